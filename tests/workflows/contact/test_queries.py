"""Who reads contact, and how outside eyes on a setting are counted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.casework.placing import place_child
from backend.deadlines.clockwork import read_histories
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.records.models import Child, Relative
from tests.factories import (
    NOW,
    TODAY,
    World,
    a_child,
    a_setting,
    a_world,
    allocated,
    an_outcome,
    moment,
    placed,
)
from workflows.contact import actions, queries
from workflows.contact.models import Contact, ContactPlan
from workflows.visits.actions import record_visit, void_visit

pytestmark = pytest.mark.django_db

RECORD_READERS = {
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.ADVOCATE,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
}
PICTURE_READERS = {
    Role.HOST_OFFICER,
    Role.LADO,
    Role.REGISTERED_MANAGER,
    Role.INDEPENDENT_VISITOR,
}
FEBRUARY, JANUARY = date(2026, 2, 1), date(2026, 1, 1)


@pytest.fixture(scope="module")
def world_facts() -> dict[str, Any]:
    return {"started_on": date(2025, 12, 1)}


def came(world: World, on: date, child: Child | None = None, **facts: Any) -> Contact:
    return actions.record_contact(
        **{
            "child": child or world.child,
            "who": "family",
            "name": "Grandmother",
            "way": "in_person",
            "where": "setting",
            "on": on,
            "source": "family",
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def planned(world: World, child: Child | None = None) -> ContactPlan:
    child = child or world.child
    return actions.agree_plan(
        child=child,
        relative=Relative.objects.create(child=child, name="Nana", relationship="Grandmother"),
        way="in_person",
        every_days=14,
        started_on=TODAY - timedelta(days=28),
        agreed_by="Everybody.",
        childs_wish="Wants it.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


def visited(world: World, on: date, hour: int = 15, **outcome: Any) -> Any:
    return record_visit(
        child=world.child,
        outcome=an_outcome(on, hour, **outcome),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


class TestReaders:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
    def test_plans_and_contacts_are_read_with_the_record(self, world: World, role: Role) -> None:
        plan, contact = planned(world), came(world, TODAY)
        reads = role in RECORD_READERS
        assert list(queries.plans_visible_to(world[role])) == ([plan] if reads else [])
        assert list(queries.contacts_visible_to(world[role])) == ([contact] if reads else [])

    def test_a_setting_sees_what_it_sent_and_no_more(self, world: World) -> None:
        manager = world[Role.REGISTERED_MANAGER]
        came(world, TODAY)
        own = came(world, TODAY, by=manager, source="home")
        assert list(queries.contacts_visible_to(manager)) == [own]

    def test_a_setting_loses_sight_when_the_child_moves(self, world: World) -> None:
        manager = world[Role.REGISTERED_MANAGER]
        came(world, TODAY, by=manager, source="home")
        place_child(
            child=world.child,
            started_on=TODAY,
            place="K2",
            setting=a_setting(),
            by=CLOCK,
            at=NOW,
        )
        assert list(queries.contacts_visible_to(manager)) == []

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
    def test_footfall_is_for_the_picture_and_for_those_whose_child_lives_there(
        self, world: World, role: Role
    ) -> None:
        seen = list(queries.settings_with_footfall_for(world[role]))
        may = role in RECORD_READERS | PICTURE_READERS
        assert seen == ([world.setting] if may else [])

    def test_a_stranger_sees_nothing(self, world: World) -> None:
        assert world.stranger is not None
        planned(world)
        came(world, TODAY)
        assert list(queries.plans_visible_to(world.stranger)) == []
        assert list(queries.contacts_visible_to(world.stranger)) == []
        assert list(queries.settings_with_footfall_for(world.stranger)) == []


class TestFootfall:
    def months(self, world: World, count: int = 3) -> dict[date, queries.Footfall]:
        rows = queries.footfall_of([world.setting.pk], months=count, on=TODAY)
        return {row.month: row for row in rows}

    def test_only_those_who_came_in_are_counted_as_such(self, world: World) -> None:
        came(world, date(2026, 2, 3))
        came(world, date(2026, 2, 10))
        came(world, date(2026, 2, 11), who="health", name="Nurse")
        came(world, date(2026, 2, 12), where="family_home")
        came(world, date(2026, 2, 13), way="video", where="")
        found = self.months(world)[FEBRUARY]
        assert found.inside == {"Family": 2, "Health": 1}
        assert found.elsewhere == {"Family": 1}
        assert found.remote == {"Family": 1}
        assert (found.came_in, found.child_months, found.per_child_month) == (3, 1.0, 3.0)

    def test_statutory_visits_are_among_the_outside_eyes(self, world: World) -> None:
        visited(world, date(2026, 2, 5))
        visited(world, date(2026, 2, 6), place="school")
        visited(world, date(2026, 2, 7), is_remote=True)
        found = self.months(world)[FEBRUARY]
        who = "Placing authority, statutory visit"
        assert (found.inside, found.elsewhere, found.remote) == ({who: 1}, {who: 1}, {who: 1})

    def test_a_visit_late_in_the_evening_lies_in_its_month_in_england(self) -> None:
        summer = a_world(started_on=date(2025, 6, 1))
        # Half past midnight on 1 August in England is still July in UTC.
        record_visit(
            child=summer.child,
            outcome={
                **an_outcome(date(2025, 8, 1)),
                "made_at": moment(date(2025, 8, 1), 0, 30),
            },
            by=summer[Role.SOCIAL_WORKER],
            at=moment(date(2025, 8, 2)),
        )
        rows = queries.footfall_of([summer.setting.pk], months=2, on=date(2025, 8, 3))
        assert [(row.month, row.came_in) for row in rows] == [
            (date(2025, 8, 1), 1),
            (date(2025, 7, 1), 0),
        ]

    def test_what_was_in_error_planned_or_missed_was_seen_by_nobody(self, world: World) -> None:
        visit = visited(world, date(2026, 2, 5))
        void_visit(visit=visit, reason="Error.", by=world[Role.SOCIAL_WORKER], at=NOW)
        contact = came(world, date(2026, 2, 5))
        actions.strike_out_contact(
            contact=contact, reason="Error.", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        actions.miss_contact(
            child=world.child,
            who="family",
            name="Grandmother",
            way="in_person",
            on=date(2026, 2, 6),
            why_not="setting",
            reason="No driver.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert self.months(world)[FEBRUARY].came_in == 0

    def test_a_month_with_nobody_stands_there_as_such(self, world: World) -> None:
        came(world, date(2026, 2, 3))
        found = self.months(world)
        assert list(found) == [date(2026, 3, 1), FEBRUARY, JANUARY]
        assert (found[JANUARY].came_in, found[JANUARY].per_child_month) == (0, 0.0)

    def test_a_setting_without_children_has_no_rate(self, world: World) -> None:
        empty = a_setting()
        found = queries.footfall_of([empty.pk], months=1, on=TODAY)[0]
        assert (found.child_months, found.per_child_month) == (0.0, None)

    def test_part_of_a_month_counts_as_a_part(self, world: World) -> None:
        other = a_child(team=world.team)
        placed(other, world.setting, started_on=date(2026, 2, 15))
        assert self.months(world)[FEBRUARY].child_months == 1.5

    def test_every_authoritys_children_there_are_counted(self, world: World) -> None:
        other = a_child("E08000035")
        placed(other, world.setting, started_on=date(2025, 12, 1))
        allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, other)
        came(world, date(2026, 2, 3))
        came(world, date(2026, 2, 4), other)
        found = self.months(world)[FEBRUARY]
        assert (found.came_in, found.child_months, found.per_child_month) == (2, 2.0, 1.0)

    def test_contact_before_a_move_stays_with_the_setting_of_that_day(self, world: World) -> None:
        came(world, date(2026, 2, 3))
        elsewhere = a_setting()
        place_child(
            child=world.child,
            started_on=date(2026, 2, 15),
            place="K2",
            setting=elsewhere,
            by=CLOCK,
            at=moment(date(2026, 2, 15)),
        )
        assert self.months(world)[FEBRUARY].came_in == 1
        there = queries.footfall_of([elsewhere.pk], months=2, on=TODAY)
        assert [row.came_in for row in there] == [0, 0]

    def test_three_settings_take_as_many_queries_as_one(self, world: World) -> None:
        came(world, TODAY)
        with CaptureQueriesContext(connection) as one:
            queries.footfall_of([world.setting.pk], months=12, on=TODAY)
        settings = [world.setting.pk, a_setting().pk, a_setting().pk]
        with CaptureQueriesContext(connection) as three:
            assert len(queries.footfall_of(settings, months=12, on=TODAY)) == 36
        assert len(three) == len(one)


class TestFacts:
    def test_the_clocks_read_many_children_in_as_many_queries_as_one(self, world: World) -> None:
        came(world, TODAY, plan=planned(world))
        with CaptureQueriesContext(connection) as one:
            read_histories([world.child.pk])
        others = [a_child(team=world.team) for _ in range(2)]
        for other in others:
            allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, other)
            placed(other, world.setting)
            came(world, TODAY, other, plan=planned(world, other))
        with CaptureQueriesContext(connection) as three:
            read = read_histories([world.child.pk, *[other.pk for other in others]])
        assert [len(history.contact_plans[0].contacts) for history in read.values()] == [1, 1, 1]
        assert len(three) == len(one)

    def test_children_for_whom_no_contact_is_agreed(self, world: World) -> None:
        iro = world[Role.IRO]
        assert list(queries.children_without_plan(iro, on=TODAY)) == [world.child]
        plan = planned(world)
        assert list(queries.children_without_plan(iro, on=TODAY)) == []
        actions.end_plan(
            plan=plan, ended_on=TODAY, reason="Moved.", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        assert list(queries.children_without_plan(iro, on=TODAY)) == [world.child]
