"""The installation says itself when something is silent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from backend.deadlines.sweep import beat, sweep, watch
from backend.project.health import what_is_wrong
from tests.factories import a_world

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.django_db
class TestHealth:
    def test_new_installation_without_a_sweep_is_not_well(self) -> None:
        assert what_is_wrong(at=AT) == [
            "the sweep has been silent for more than 5 minutes",
            "the watchdog has been silent for more than 15 minutes",
        ]

    def test_all_is_well_after_a_sweep_and_a_look(self) -> None:
        sweep(at=AT)
        watch(at=AT)
        assert what_is_wrong(at=AT) == []

    def test_silence_of_the_sweep_shows(self) -> None:
        beat("sweep", AT - timedelta(minutes=6), {})
        watch(at=AT)
        assert what_is_wrong(at=AT) == ["the sweep has been silent for more than 5 minutes"]

    def test_deadlines_that_nobody_looked_at_show(self) -> None:
        a_world(started_on=AT.date() - timedelta(days=56))
        beat("sweep", AT, {})
        watch(at=AT)
        [wrong] = what_is_wrong(at=AT)
        assert wrong.endswith("deadlines are past their moment and nobody has looked")

    def test_anybody_may_ask_and_learns_nothing_of_children(self) -> None:
        answer = Client().get("/health/")
        assert answer.status_code == 503
        assert answer.json() == {"well": False, "wrong": what_is_wrong(at=AT)}
        assert answer.headers["Cache-Control"].startswith("max-age=0")

    def test_asking_changes_nothing(self) -> None:
        assert Client().post("/health/").status_code == 405
