"""Somebody is away: the deputy is told, or whoever is above, and nothing waits."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.models import Person
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.leave import end_leave, enter_leave, leave_of
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.roles import Role
from backend.notify.inbox import notifications_of
from backend.notify.models import Leave
from backend.notify.tell import Telling, Told, tell
from tests.factories import (
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    a_team,
    allocated,
    placed,
    plays,
)

pytestmark = pytest.mark.django_db
WORKER, MANAGER = Role.SOCIAL_WORKER, Role.TEAM_MANAGER


def away(
    person: Person,
    deputy: Person | None = None,
    *,
    started_on: date = TODAY,
    ended_on: date = TODAY + timedelta(days=14),
) -> Leave:
    return enter_leave(
        person=person, started_on=started_on, ended_on=ended_on, deputy=deputy, by=person, at=NOW
    )


def said(world: World, *roles: Role, by: Role = Role.ADVOCATE) -> Told:
    event = record(
        "visits.unseen_alone_twice",
        by=world[by],
        at=NOW,
        about="visits/1",
        child_id=world.child.pk,
    )
    return tell([Telling(event, roles or (WORKER,))], at=NOW)


def heard(told: Told) -> dict[str, tuple[str, str]]:
    """Who was told, in which part, and for whom."""
    return {
        row.person.name: (row.role, row.on_behalf_of.name if row.on_behalf_of else "")
        for row in told.notifications
    }


def a_colleague(world: World) -> Person:
    """Somebody who works in the same team and sees the child as well."""
    colleague = a_person("Cara Colleague")
    plays(colleague, Role.IRO_MANAGER, authority_id=world.child.authority_id)
    return colleague


class TestTelling:
    def test_deputy_is_told_too_in_the_part_and_for_whom(self, world: World) -> None:
        worker, colleague = world[WORKER], a_colleague(world)
        away(worker, colleague)
        assert heard(said(world)) == {
            worker.name: (WORKER, ""),
            colleague.name: (WORKER, worker.name),
        }

    def test_deputy_who_may_not_see_the_child_is_not_told_and_it_goes_up(
        self, world: World
    ) -> None:
        worker, other = world[WORKER], a_person("Olu Other")
        plays(other, WORKER, team=world.team)
        away(worker, other)
        assert heard(said(world)) == {
            worker.name: (WORKER, ""),
            world[MANAGER].name: (MANAGER, worker.name),
        }
        assert not notifications_of(other).exists()

    def test_without_a_deputy_it_goes_up_at_once(self, world: World) -> None:
        away(world[WORKER])
        assert set(heard(said(world))) == {world[WORKER].name, world[MANAGER].name}

    def test_it_goes_past_a_manager_who_is_away_too(self, world: World) -> None:
        away(world[WORKER])
        away(world[MANAGER])
        assert set(heard(said(world))) == {world[WORKER].name, world[Role.SERVICE_MANAGER].name}

    def test_deputy_who_is_away_or_has_left_counts_for_nobody(self, world: World) -> None:
        colleague = a_colleague(world)
        away(world[WORKER], colleague)
        Leave.objects.create(
            person=colleague,
            started_on=TODAY,
            ended_on=TODAY,
            entered_by=colleague,
            entered_at=NOW,
        )
        assert world[MANAGER].name in heard(said(world))
        Leave.objects.filter(person=colleague).delete()
        assert world[MANAGER].name not in heard(said(world))
        Person.objects.filter(pk=colleague.pk).update(is_active=False)
        assert world[MANAGER].name in heard(said(world))

    def test_nobody_at_work_at_all_is_said(self, world: World) -> None:
        for role in (WORKER, MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR):
            away(world[role])
        told = said(world)
        assert [event.name for event in told.unheard] == ["visits.unseen_alone_twice"]
        assert set(heard(told)) == {world[WORKER].name}

    def test_somebody_at_work_who_hears_it_is_enough(self, world: World) -> None:
        for role in (WORKER, MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR):
            away(world[role])
        assert said(world, WORKER, Role.IRO).unheard == []

    def test_stand_in_who_did_it_is_not_told_and_nothing_is_unheard(self, world: World) -> None:
        away(world[WORKER])
        told = said(world, by=MANAGER)
        assert set(heard(told)) == {world[WORKER].name}
        assert told.unheard == []

    def test_stand_in_who_is_told_anyway_is_told_once(self, world: World) -> None:
        away(world[WORKER])
        told = said(world, WORKER, MANAGER)
        assert heard(told) == {
            world[WORKER].name: (WORKER, ""),
            world[MANAGER].name: (MANAGER, ""),
        }

    @pytest.mark.parametrize(
        ("start", "end", "is_away"),
        [(-3, -1, False), (-3, 0, True), (0, 0, True), (1, 3, False)],
    )
    def test_first_and_last_day_count(
        self, world: World, start: int, end: int, is_away: bool
    ) -> None:
        Leave.objects.create(
            person=world[WORKER],
            started_on=TODAY + timedelta(days=start),
            ended_on=TODAY + timedelta(days=end),
            entered_by=world[WORKER],
            entered_at=NOW,
        )
        assert (world[MANAGER].name in heard(said(world))) == is_away

    def test_queries_do_not_grow_with_the_children(self, world: World) -> None:
        colleague = a_colleague(world)
        away(world[WORKER], colleague)
        children = [world.child]
        counts = []
        for _ in range(2):
            tellings = [
                Telling(
                    record(
                        "visits.unseen_alone_twice",
                        by=world[Role.ADVOCATE],
                        at=NOW,
                        about="visits/1",
                        child_id=child.pk,
                    ),
                    (WORKER,),
                )
                for child in children
            ]
            with CaptureQueriesContext(connection) as asked:
                assert len(tell(tellings, at=NOW).notifications) == 2 * len(children)
            counts.append(len(asked))
            for _ in range(2):
                child = a_child(team=world.team)
                allocated(world[WORKER], WORKER, child)
                placed(child, a_setting())
                children.append(child)
        assert counts[0] == counts[1]


class TestEntering:
    def test_it_is_written_down_with_who_stands_in(self, world: World) -> None:
        away(world[WORKER], a_colleague(world))
        event = Event.objects.get(name="people.leave_entered")
        assert event.sentence.endswith("told in their place: Cara Colleague.")
        assert leave_of(world[WORKER], TODAY).count() == 1

    @pytest.mark.parametrize(
        ("start", "end", "field"),
        [(3, 2, "ended_on"), (-9, -1, "ended_on"), (-40, 3, "started_on"), (0, 400, "ended_on")],
    )
    def test_days_that_cannot_be_are_refused(
        self, world: World, start: int, end: int, field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            away(
                world[WORKER],
                started_on=TODAY + timedelta(days=start),
                ended_on=TODAY + timedelta(days=end),
            )
        assert refused.value.field == field
        assert not Leave.objects.exists()

    def test_twice_for_the_same_days_is_refused(self, world: World) -> None:
        away(world[WORKER])
        with pytest.raises(FactRefused, match="entered already"):
            away(world[WORKER], started_on=TODAY + timedelta(days=14))

    def test_deputy_is_a_colleague_at_work(self, world: World) -> None:
        worker, colleague = world[WORKER], a_colleague(world)
        foreign = a_person("From Elsewhere")
        plays(foreign, WORKER, team=a_team(LEEDS))
        for deputy in (worker, foreign):
            with pytest.raises(FactRefused) as refused:
                away(worker, deputy)
            assert refused.value.field == "deputy"
        away(colleague)
        with pytest.raises(FactRefused, match="is away too"):
            away(worker, colleague)

    def test_it_is_entered_by_oneself_ones_manager_or_an_administrator(self, world: World) -> None:
        worker = world[WORKER]
        for role in (Role.IRO, Role.DIRECTOR, Role.LADO):
            with pytest.raises(NotAllowed):
                enter_leave(
                    person=worker,
                    started_on=TODAY,
                    ended_on=TODAY,
                    deputy=None,
                    by=world[role],
                    at=NOW,
                )
        for number, role in enumerate((MANAGER, Role.SERVICE_MANAGER, Role.ADMINISTRATOR)):
            day = TODAY + timedelta(days=number)
            entered = enter_leave(
                person=worker,
                started_on=day,
                ended_on=day,
                deputy=None,
                by=world[role],
                at=NOW,
            )
            assert entered.entered_by == world[role]

    def test_who_is_back_is_back_and_what_was_stays_written(self, world: World) -> None:
        worker = world[WORKER]
        leave = away(worker, started_on=TODAY - timedelta(days=3))
        end_leave(leave=leave, by=worker, at=NOW)
        leave.refresh_from_db()
        assert leave.ended_on == TODAY - timedelta(days=1)
        assert world[MANAGER].name not in heard(said(world))
        with pytest.raises(NotNow):
            end_leave(leave=leave, by=worker, at=NOW)

    def test_leave_that_has_not_begun_is_struck_out(self, world: World) -> None:
        leave = away(world[WORKER], started_on=TODAY + timedelta(days=3))
        end_leave(leave=leave, by=world[WORKER], at=NOW)
        assert not Leave.objects.exists()
        assert Event.objects.filter(name="people.leave_ended").exists()
