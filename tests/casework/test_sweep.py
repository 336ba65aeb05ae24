"""Deadlines that slip are told of once, to the right people, whatever dies on the way."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from backend.access.models import Person
from backend.deadlines import sweep as sweeping
from backend.deadlines.models import Deadline, Heartbeat
from backend.deadlines.recalculate import recalculate, recalculate_all
from backend.deadlines.sweep import BATCH, sweep, sweep_batch, unhandled, watch
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.moments import end_of
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import PeriodOfCare
from tests.casework.test_gate import at_once
from tests.factories import (
    TODAY,
    World,
    a_child,
    a_setting,
    a_world,
    an_outcome,
    moment,
    placed,
)
from workflows.visits import actions

STARTED = TODAY
DUE = TODAY + timedelta(days=7)
AFTER = end_of(DUE)


def first_visit(world: World) -> Deadline:
    return Deadline.objects.get(child=world.child, ref="VIS-01")


def slips_told_to(person: Person) -> int:
    return Notification.objects.filter(
        person=person, event__name="deadlines.slipped", deadline__ref="VIS-01"
    ).count()


def told() -> dict[str, int]:
    return {
        person.name: count for person in Person.objects.all() if (count := slips_told_to(person))
    }


@pytest.mark.django_db
class TestSweep:
    def test_nothing_slips_on_the_day_it_is_due(self) -> None:
        world = a_world(STARTED)
        sweep(at=AFTER - timedelta(seconds=1))
        assert first_visit(world).slipped_at is None
        assert told() == {}

    def test_from_the_next_day_the_worker_the_manager_and_the_iro_are_told_once(self) -> None:
        world = a_world(STARTED)
        sweep(at=AFTER)
        once = {world[role].name: 1 for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)}
        assert told() == once
        assert first_visit(world).slipped_at == AFTER
        assert sweep(at=AFTER + timedelta(days=1)) == 0
        assert told() == once

    def test_the_words_hold_nothing_personal(self) -> None:
        world = a_world(STARTED)
        sweep(at=AFTER)
        for notification in Notification.objects.all():
            assert world.child.name not in notification.words
            assert world.setting.name not in notification.words

    def test_a_visit_in_time_leaves_nothing_to_tell(self) -> None:
        world = a_world(STARTED)
        actions.record_visit(
            child=world.child,
            outcome=an_outcome(DUE),
            by=world[Role.SOCIAL_WORKER],
            at=moment(DUE, 18),
        )
        sweep(at=AFTER)
        assert told() == {}

    def test_a_record_made_too_late_does_not_erase_that_it_slipped(self) -> None:
        world = a_world(STARTED)
        sweep(at=AFTER)
        actions.record_visit(
            child=world.child,
            outcome=an_outcome(DUE),
            by=world[Role.SOCIAL_WORKER],
            at=AFTER + timedelta(days=2),
        )
        deadline = first_visit(world)
        assert (deadline.status, deadline.days_late) == ("met", 0)
        assert deadline.slipped_at == AFTER
        assert Event.objects.filter(
            name="deadlines.slipped", about=f"deadlines/{deadline.pk}"
        ).exists()

    def test_when_nobody_plays_the_parts_the_next_above_is_told(self) -> None:
        world = a_world(STARTED)
        world.child.allocations.all().delete()
        for assignment in world[Role.TEAM_MANAGER].assignments.all():
            assignment.delete()
        sweep(at=AFTER)
        assert told() == {world[Role.SERVICE_MANAGER].name: 1}

    def test_when_there_is_nobody_at_all_that_is_recorded(self) -> None:
        child = a_child()
        placed(child, a_setting(), started_on=STARTED)
        sweep(at=AFTER)
        unheard = Event.objects.filter(name="deadlines.unheard", child_id=child.pk)
        assert "VIS-01" in {event.carries["ref"] for event in unheard}

    def test_it_takes_the_same_number_of_queries_for_one_child_and_for_three(self) -> None:
        a_world(STARTED)
        sweep(at=moment(STARTED))
        with CaptureQueriesContext(connection) as one:
            sweep_batch(AFTER, BATCH)
        for _ in range(3):
            a_world(STARTED)
        with CaptureQueriesContext(connection) as three:
            sweep_batch(AFTER, BATCH)
        assert Deadline.objects.filter(ref="VIS-01", slipped_at=AFTER).count() == 4
        assert len(three) == len(one)

    def test_it_leaves_a_sign_of_life(self) -> None:
        sweep(at=AFTER)
        watch(at=AFTER)
        assert dict(Heartbeat.objects.values_list("job", "at")) == {
            "sweep": AFTER,
            "watchdog": AFTER,
            "register": AFTER,
        }

    def test_the_watchdog_sees_what_the_sweep_did_not(self) -> None:
        a_world(STARTED)
        sweep(at=AFTER - timedelta(minutes=1))
        assert unhandled(at=AFTER) == 0
        waiting = Deadline.objects.filter(next_moment_at__lte=AFTER).count()
        assert unhandled(at=AFTER + timedelta(minutes=6)) == waiting > 0


@pytest.mark.django_db
class TestRecalculation:
    def test_nothing_changes_when_no_fact_changed(self) -> None:
        world = a_world(STARTED)
        before = list(Deadline.objects.order_by("pk").values())
        done = recalculate([world.child.pk], by=CLOCK, at=moment(STARTED, 12))
        assert (done.added, done.changed, done.removed) == (0, 0, 0)
        assert list(Deadline.objects.order_by("pk").values()) == before

    def test_a_new_date_in_the_future_may_slip_again(self) -> None:
        world = a_world(STARTED)
        sweep(at=AFTER)
        Deadline.objects.filter(pk=first_visit(world).pk).update(due_on=DUE)
        world.placement.started_on = STARTED + timedelta(days=5)
        world.placement.save()
        recalculate([world.child.pk], by=CLOCK, at=AFTER)
        deadline = first_visit(world)
        assert deadline.due_on == DUE + timedelta(days=5)
        assert deadline.slipped_at is None
        moved = Event.objects.get(name="deadlines.moved", about=f"deadlines/{deadline.pk}")
        assert moved.carries["old_due_on"] == DUE.isoformat()

    def test_loaded_history_is_overdue_and_nobody_is_told_one_by_one(self) -> None:
        world = a_world(STARTED)
        Deadline.objects.filter(child=world.child).delete()
        recalculate([world.child.pk], by=CLOCK, at=AFTER + timedelta(days=30), loaded=True)
        deadline = first_visit(world)
        assert (deadline.status, deadline.next_moment_at) == ("open", None)
        assert not sweep(at=AFTER + timedelta(days=30))
        assert told() == {}

    def test_it_takes_the_same_number_of_queries_for_one_child_and_for_three(self) -> None:
        first = a_world(STARTED)
        others = [a_world(STARTED) for _ in range(2)]
        with CaptureQueriesContext(connection) as one:
            recalculate([first.child.pk], by=CLOCK, at=AFTER)
        children = [first.child.pk, *[world.child.pk for world in others]]
        with CaptureQueriesContext(connection) as three:
            recalculate(children, by=CLOCK, at=AFTER)
        assert len(three) == len(one)


def terminate(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.django_db(transaction=True)
class TestDying:
    def test_a_sweep_that_dies_half_way_loses_nothing_and_repeats_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worlds = [a_world(STARTED) for _ in range(3)]
        whole = sweeping.tell
        batches = []

        def die_on_the_second(tellings: list, *, at):  # type: ignore[no-untyped-def, type-arg]
            batches.append(len(tellings))
            if len(batches) == 2:
                raise SystemExit("killed")
            return whole(tellings, at=at)

        monkeypatch.setattr(sweeping, "tell", die_on_the_second)
        with pytest.raises(SystemExit):
            sweep(at=AFTER, batch=2)
        monkeypatch.setattr(sweeping, "tell", whole)
        sweep(at=AFTER + timedelta(minutes=1), batch=2)
        assert told() == {
            world[role].name: 1
            for world in worlds
            for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)
        }
        assert not Deadline.objects.filter(next_moment_at__lte=AFTER).exists()

    def test_a_connection_cut_in_the_middle_of_a_batch_loses_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worlds = [a_world(STARTED) for _ in range(2)]
        whole = sweeping.tell
        backend: list[int] = []

        def cut(tellings: list, *, at):  # type: ignore[no-untyped-def, type-arg]
            told_so_far = whole(tellings, at=at)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            at_once(lambda: terminate(backend[0]))
            return told_so_far

        monkeypatch.setattr(sweeping, "tell", cut)
        with pytest.raises(DatabaseError):
            sweep(at=AFTER)
        connection.close()
        monkeypatch.setattr(sweeping, "tell", whole)
        assert told() == {}
        sweep(at=AFTER + timedelta(minutes=1))
        assert told() == {
            world[role].name: 1
            for world in worlds
            for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)
        }

    def test_many_sweeps_at_once_tell_each_person_once(self) -> None:
        worlds = [a_world(STARTED) for _ in range(4)]
        results = at_once(*[lambda: sweep(at=AFTER, batch=3)] * 4)
        assert all(isinstance(result, int) for result in results), results
        slipped = Deadline.objects.filter(slipped_at=AFTER).count()
        assert sum(r for r in results if isinstance(r, int)) == slipped
        for world in worlds:
            assert (
                Notification.objects.filter(
                    person=world[Role.TEAM_MANAGER],
                    deadline__ref="VIS-01",
                    deadline__child=world.child,
                ).count()
                == 1
            )


@pytest.mark.django_db
class TestCountingAgainAtNight:
    def test_a_birthday_ends_the_clocks_without_anybody_recording_anything(self) -> None:
        world = a_world(STARTED)
        world.child.date_of_birth = DUE.replace(year=DUE.year - 18) - timedelta(days=2)
        world.child.save()
        recalculate([world.child.pk], by=CLOCK, at=moment(STARTED))
        assert first_visit(world).status == "open"
        found = recalculate_all(by=CLOCK, at=moment(DUE))
        assert found["children"] == 1
        assert first_visit(world).status == "superseded"

    def test_a_date_beyond_the_calendar_does_not_stop_the_others(self) -> None:
        sound, odd = a_world(STARTED), a_world(STARTED)
        PeriodOfCare.objects.filter(child=odd.child).update(started_on=date(1999, 12, 24))
        before = list(odd.child.deadlines.order_by("pk").values_list("key", "due_on", "status"))
        sound.child.deadlines.all().delete()
        done = recalculate([sound.child.pk, odd.child.pk], by=CLOCK, at=moment(STARTED))
        assert set(done.left) == {odd.child.pk}
        assert first_visit(sound).status == "open"
        after = list(odd.child.deadlines.order_by("pk").values_list("key", "due_on", "status"))
        assert after == before
