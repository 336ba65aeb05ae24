"""A child is placed far from home, nobody comes in time, somebody comes at last: by API alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from backend.deadlines.sweep import sweep
from backend.grammar.moments import end_of
from backend.grammar.roles import Role
from tests.api.kit import reason_of
from tests.factories import TODAY, World, a_setting, a_world, an_outcome, moment
from tests.journeys.asking import Asking

pytestmark = pytest.mark.django_db

MOVED = TODAY
DUE = TODAY + timedelta(days=7)


@pytest.fixture
def world() -> Iterator[World]:
    cache.clear()
    with time_machine.travel(moment(TODAY - timedelta(days=60)), tick=False):
        world = a_world()
    with time_machine.travel(moment(MOVED), tick=False):
        yield world


def first_visit(asking: Asking, placement: int) -> dict[str, Any]:
    found = asking.rows("deadlines/", ref="VIS-01", room="visits")
    (row,) = [row for row in found if row["placement"] == placement]
    return row


def test_a_late_visit_is_seen_told_and_never_made_punctual(world: World) -> None:
    worker, iro, manager, host = (
        Asking(world[role])
        for role in (Role.SOCIAL_WORKER, Role.IRO, Role.TEAM_MANAGER, Role.HOST_OFFICER)
    )
    home = a_setting()

    moved = worker.post(
        "placements/",
        {
            "child": world.child.pk,
            "setting": home.pk,
            "started_on": str(MOVED),
            "place": "K2",
            "could_live_nearer": False,
            "could_live_nearer_reason": "No place nearby meets these needs.",
            "not_considered_why": "The home closed overnight.",
        },
    ).json()
    owed = first_visit(worker, moved["id"])
    assert (owed["due_on"], owed["state"]) == (str(DUE), "open")
    assert owed["why"]
    assert [row["id"] for row in host.rows("children/", setting=home.pk)] == [world.child.pk]
    read_up_to = iro.get("notifications/inbox/")["cursor"]

    with time_machine.travel(moment(DUE), tick=False):
        tried = worker.post(
            "visits/attempt/",
            {
                "child": world.child.pk,
                "made_at": moment(DUE, 9).isoformat(),
                "reason": "The home said that the child was out.",
            },
        )
        assert tried.status_code == 201, tried.content
        assert first_visit(worker, moved["id"])["words"] == "due today"

    late = DUE + timedelta(days=3)
    with time_machine.travel(end_of(DUE) + timedelta(minutes=1), tick=False):
        sweep(at=end_of(DUE) + timedelta(minutes=1))
        assert sweep(at=end_of(DUE) + timedelta(minutes=2)) == 0
    with time_machine.travel(moment(late), tick=False):
        slipped = first_visit(iro, moved["id"])
        assert (slipped["state"], slipped["days_late"]) == ("overdue", 3)
        overdue = iro.rows("deadlines/", state="overdue", role="iro", setting=home.pk)
        assert slipped["id"] in {row["id"] for row in overdue}
        for asking in (iro, manager, worker):
            told = asking.rows("notifications/", since=0)
            assert [row["deadline"] for row in told].count(slipped["id"]) == 1
        new = iro.rows("notifications/", since=read_up_to)
        assert slipped["id"] in {row["deadline"] for row in new}

        record_and_send_twice(worker, iro, world, late)

        met = first_visit(worker, moved["id"])
        assert (met["state"], met["days_late"], met["met_on"]) == ("met_late", 3, str(late))
        names = [row["name"] for row in worker.rows("events/", child=world.child.pk)]
        assert names.count("deadlines.slipped") >= 1
        assert names.count("visits.made") == 1
        seen_by_host = {row["name"] for row in host.rows("events/", child=world.child.pk)}
        assert seen_by_host
        assert not {"visits.made", "deadlines.slipped"} & seen_by_host


def record_and_send_twice(worker: Asking, iro: Asking, world: World, day: date) -> None:
    """The phone loses its connection and sends again; the IRO may read but not record."""
    outcome = an_outcome(day, hour=9)
    body = {
        **outcome,
        "made_at": outcome["made_at"].isoformat(),
        "child": world.child.pk,
        "accounts": [
            {"source": "home", "who": "Key worker", "said": "Settling in."},
            {"source": "child", "who": "Child", "said": "Showed the garden."},
        ],
    }
    refused = iro.post("visits/record/", body)
    assert refused.status_code == 403
    assert "social worker" in reason_of(refused)
    answers = [worker.post("visits/record/", body, **{"idempotency-key": "car-1"}) for _ in (1, 2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    shown = iro.get(f"visits/{answers[0].json()['id']}/")
    assert shown["own_words"] == "Pointed to: garden, again, mum."
    assert {account["source"] for account in shown["accounts"]} == {"home", "child"}
    assert shown["actions"] == []
