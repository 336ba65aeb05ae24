"""The gate: lock, may, change, clock, record, tell, and all of it or nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from backend.casework.checks import faults_of, rooms
from backend.casework.errors import NotAllowed, NotNow
from backend.casework.gate import carry_out, open_case
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.grammar.table import Step, Table
from backend.notify.models import Notification
from tests.factories import NOW, TODAY, World, a_world, an_outcome, moment
from workflows.visits import actions
from workflows.visits.models import Visit
from workflows.visits.table import ARRANGED, NEW


def arranged(world: World) -> Visit:
    return actions.arrange_visit(
        child=world.child,
        arranged_for=moment(TODAY + timedelta(days=3)),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


@pytest.mark.django_db
class TestOrder:
    def test_a_later_failure_leaves_nothing_behind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        world = a_world()
        visit = arranged(world)
        standing = (visit.version, Event.objects.count(), Notification.objects.count())

        def fail(case: Visit) -> None:
            raise OSError("the disk is full")

        with pytest.raises(OSError, match="full"):
            carry_out(
                visit,
                "miss",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
                facts={"reason": "Snow."},
                carries={"on": "5 March 2026"},
                then=fail,
            )
        visit.refresh_from_db()
        assert visit.state == "arranged"
        assert (
            visit.version,
            Event.objects.count(),
            Notification.objects.count(),
        ) == standing

    def test_the_clock_takes_only_its_own_steps(self) -> None:
        world = a_world()
        with pytest.raises(NotAllowed, match="clock does not"):
            carry_out(arranged(world), "miss", by=CLOCK, at=NOW, facts={"reason": "Late."})

    def test_a_part_that_has_ended_counts_no_more(self) -> None:
        world = a_world()
        visit = arranged(world)
        allocation = world.child.allocations.get(role=Role.SOCIAL_WORKER)
        allocation.ended_on = TODAY - timedelta(days=1)
        allocation.save()
        with pytest.raises(NotAllowed):
            actions.miss_visit(visit=visit, reason="Snow.", by=world[Role.SOCIAL_WORKER], at=NOW)

    def test_a_step_from_another_state_says_who_came_first(self) -> None:
        world = a_world()
        visit = arranged(world)
        actions.miss_visit(visit=visit, reason="Snow.", by=world[Role.TEAM_MANAGER], at=NOW)
        with pytest.raises(NotNow) as refused:
            actions.miss_visit(visit=visit, reason="Snow.", by=world[Role.SOCIAL_WORKER], at=NOW)
        assert refused.value.reason == (
            "The visit arranged for 5 March 2026 did not happen. "
            f"({world[Role.TEAM_MANAGER].name}, 10:00 on 2 March 2026) "
            "This is now: did not happen. “It did not happen” is not possible any more."
        )

    def test_opening_is_refused_before_anything_is_written(self) -> None:
        world = a_world()
        with pytest.raises(NotAllowed):
            open_case(
                Visit(child=world.child),
                "arrange",
                by=world[Role.HOST_OFFICER],
                at=NOW,
                facts={"arranged_for": NOW, "visitor_id": 1},
                carries={"on": "today"},
            )
        assert not Visit.objects.exists()


@pytest.mark.django_db
class TestProtection:
    def test_the_state_cannot_be_set_by_hand(self) -> None:
        visit = arranged(a_world())
        with pytest.raises(AttributeError, match="Direct state modification"):
            visit.state = "made"

    def test_a_failed_refresh_leaves_the_state_protected_and_known(self) -> None:
        world = a_world()
        visit = arranged(world)
        ghost = Visit.objects.get(pk=visit.pk)
        ghost.pk = 0
        with pytest.raises(Visit.DoesNotExist):
            ghost.refresh_from_db()
        assert ghost.state == "arranged"
        with pytest.raises(AttributeError):
            ghost.state = "made"

    def test_a_refresh_reads_the_state_that_somebody_else_set(self) -> None:
        world = a_world()
        visit = arranged(world)
        stale = Visit.objects.get(pk=visit.pk)
        actions.miss_visit(visit=visit, reason="Snow.", by=world[Role.SOCIAL_WORKER], at=NOW)
        stale.refresh_from_db()
        assert stale.state == "missed"
        stale.refresh_from_db(fields=["state"])
        assert stale.state == "missed"


class TestTables:
    def test_no_installed_room_has_a_fault(self) -> None:
        assert {model.__name__: faults_of(model) for model in rooms()} == {
            model.__name__: [] for model in rooms()
        }

    def test_a_row_without_a_method_is_a_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        longer = Table(
            "visits",
            NEW,
            *Visit.TABLE,
            Step("vanish", (ARRANGED,), NEW, (Role.CLOCK,), event="made"),
        )
        monkeypatch.setattr(Visit, "TABLE", longer)
        assert [fault.id for fault in faults_of(Visit)] == ["sightline.E001"]

    def test_a_step_stands_once(self) -> None:
        step = Step("book", (NEW,), ARRANGED, (Role.CLOCK,))
        with pytest.raises(ValueError, match="twice"):
            Table("visits", NEW, step, step)


def at_once(*works: Callable[[], Any]) -> list[object]:
    """Runs everything at the same time, each on its own connection; errors are results."""
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_people_recording_the_same_visit_at_once_make_one_record() -> None:
    world = a_world()
    visit = arranged(world)

    def recording(role: Role) -> Callable[[], Visit]:
        return lambda: actions.record_visit(
            child=world.child,
            visit=visit,
            outcome=an_outcome(TODAY + timedelta(days=3)),
            by=world[role],
            at=moment(TODAY + timedelta(days=3), 18),
        )

    results = at_once(recording(Role.SOCIAL_WORKER), recording(Role.TEAM_MANAGER))
    made = [result for result in results if isinstance(result, Visit)]
    refused = [result for result in results if isinstance(result, NotNow)]
    assert len(made) == len(refused) == 1, results
    assert made[0].visitor is not None
    assert made[0].visitor.name in refused[0].reason
    assert Visit.objects.get().state == "made"
    assert Event.objects.filter(name="visits.made").count() == 1
    assert Deadline.objects.filter(child=world.child, met_on=TODAY + timedelta(days=3)).count() == 1
