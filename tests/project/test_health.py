"""The installation says itself whether it is alive, whether it is well, and in figures how well."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from procrastinate.contrib.django import app
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from backend.deadlines.models import Deadline
from backend.deadlines.sweep import beat, sweep, watch
from backend.notify.models import Delivery
from backend.project.health import what_is_wrong
from tests.api.kit import queries
from tests.factories import World, a_world
from tests.machine import free_port

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def sign(at: datetime) -> None:
    """A worker gives a sign of life."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_workers CASCADE")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def owe(queue: str, at: datetime) -> None:
    """Somebody owes a job from a moment on."""
    app.configure_task("no.such.task", queue=queue, schedule_at=at).defer()


@pytest.fixture
def well(db: None) -> None:
    """An installation in which everything works."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    sign(AT)
    sweep(at=AT)
    watch(at=AT)


class TestHealth:
    def test_answers_though_nothing_is_well(self) -> None:
        answer = Client().get("/health/")
        assert (answer.status_code, answer.json()) == (200, {"alive": True})
        assert answer.headers["Cache-Control"].startswith("max-age=0")


class TestReady:
    @pytest.mark.django_db
    def test_new_installation_is_not_well(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
        assert what_is_wrong(at=AT) == [
            "no worker is at work",
            "the sweep has been silent for more than 5 minutes",
            "the watchdog has been silent for more than 15 minutes",
        ]

    def test_all_is_well_after_a_sweep_and_a_look(self, well: None) -> None:
        assert what_is_wrong(at=AT) == []

    def test_silence_of_the_sweep_shows(self, well: None) -> None:
        beat("sweep", AT - timedelta(minutes=6), {})
        assert what_is_wrong(at=AT) == ["the sweep has been silent for more than 5 minutes"]

    def test_silence_of_every_worker_shows(self, well: None) -> None:
        sign(AT - timedelta(minutes=2))
        assert what_is_wrong(at=AT) == ["no worker is at work"]

    def test_job_that_nobody_takes_shows_with_its_queue(self, well: None) -> None:
        owe("deliver", AT - timedelta(minutes=6))
        owe("sweep", AT - timedelta(minutes=4))
        owe("nightly", AT + timedelta(minutes=1))
        assert what_is_wrong(at=AT) == ["jobs have waited for more than 5 minutes: deliver"]

    def test_deadlines_that_nobody_looked_at_show(self, well: None) -> None:
        a_world(started_on=AT.date() - timedelta(days=56))
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        [wrong] = what_is_wrong(at=AT)
        assert wrong.endswith("deadlines are past their moment and nobody has looked")

    def test_database_behind_the_code_shows(self, well: None) -> None:
        MigrationRecorder(connection).record_unapplied(*connection_newest("deadlines"))
        assert what_is_wrong(at=AT) == ["the database is not up to date: run sightline migrate"]

    def test_redis_that_does_not_answer_shows_when_there_should_be_one(
        self, well: None, settings: Settings
    ) -> None:
        settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
        assert what_is_wrong(at=AT) == [
            "Redis does not answer: open pages hear of nothing until it does"
        ]

    @pytest.mark.django_db
    def test_anybody_may_ask_and_learns_nothing_of_children(self) -> None:
        answer = Client().get("/ready/")
        assert answer.status_code == 503
        assert answer.json()["well"] is False
        assert "the sweep has been silent for more than 5 minutes" in answer.json()["wrong"]
        assert answer.headers["Cache-Control"].startswith("max-age=0")


def connection_newest(label: str) -> tuple[str, str]:
    """The newest change of a part of the house that the database has."""
    applied = MigrationRecorder(connection).applied_migrations()
    return max(change for change in applied if change[0] == label)


def figures(client: Client | None = None, **headers: str) -> dict[tuple[str, str], float]:
    """Every figure by its name and the words beside it, which come in the order of their labels."""
    answer = (client or Client()).get("/metrics/", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
class TestFigures:
    @pytest.fixture
    def world(self, well: None) -> World:
        """A child with people who were told, and mail that did not go."""
        world = a_world(started_on=AT.date() - timedelta(days=56))
        sweep(at=AT)
        return world

    def test_say_how_far_work_is_behind(self, world: World) -> None:
        owe("nightly", AT)
        Deadline.objects.filter(pk=Deadline.objects.values("pk")[:1]).update(next_moment_at=AT)
        found = figures()
        assert found["sightline_queue_age_seconds", "nightly"] > 0
        assert found["sightline_jobs", "todo"] > 1
        assert found["sightline_deadlines_unhandled", ""] > 0
        assert found["sightline_deadline_oldest_unhandled_seconds", ""] > 0
        assert found["sightline_job_silence_seconds", "sweep"] > 0
        assert found["sightline_open_channels", ""] >= 0

    def test_tell_what_waits_from_what_failed(self, world: World) -> None:
        first = Delivery.objects.filter(way="email").latest("pk")
        Delivery.objects.filter(pk=first.pk).update(state="failed", failure="550")
        waiting = Delivery.objects.filter(way="email", state="waiting").count()
        found = figures()
        assert found["sightline_deliveries_unsent", "failed email"] == 1
        assert found["sightline_deliveries_unsent", "waiting email"] == waiting > 0
        assert found["sightline_delivery_oldest_due_seconds", ""] > 0

    def test_hold_nothing_about_anybody(self, world: World) -> None:
        said = Client().get("/metrics/").content.decode()
        assert "sightline_jobs" in said
        for word in (world.child.name, *(person.name for person in world.people.values())):
            assert word not in said
            assert word.split()[0] not in said

    def test_take_no_more_questions_for_more_children(self, world: World) -> None:
        def asked() -> int:
            with queries() as found:
                figures()
            return len(found)

        once = asked()
        a_world(started_on=AT.date() - timedelta(days=56))
        assert asked() == once


@pytest.mark.django_db
class TestWhoReadsFigures:
    def test_demo_shows_them_to_this_machine_only(self) -> None:
        assert Client().get("/metrics/").status_code == 200
        assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics/").status_code == 403

    def test_without_a_token_nobody_outside_demo_mode(self, settings: Settings) -> None:
        settings.DEMO = False
        assert Client().get("/metrics/").status_code == 403

    def test_with_a_token_whoever_has_it(self, settings: Settings) -> None:
        settings.METRICS_TOKEN = "only-monitoring-knows"
        elsewhere = Client(REMOTE_ADDR="192.0.2.7")
        assert figures(elsewhere, Authorization="Bearer only-monitoring-knows")
        for wrong in ("Bearer guess", "Bearer ", "only-monitoring-knows", "Bearer \u00e9"):
            answer = Client().get("/metrics/", headers={"Authorization": wrong})
            assert answer.status_code == 403
        assert Client().get("/metrics/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/", "/ready/", "/metrics/"])
def test_asking_changes_nothing(path: str) -> None:
    assert Client().post(path).status_code == 405
