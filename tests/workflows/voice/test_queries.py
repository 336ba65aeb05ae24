"""Who reads what children said, and which children nobody has heard."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.models import Person
from backend.deadlines.clockwork import read_histories
from backend.grammar.roles import Role
from backend.records.models import Child
from tests.factories import (
    NOW,
    TODAY,
    World,
    a_child,
    a_world,
    allocated,
    an_outcome,
    moment,
    placed,
)
from workflows.visits.actions import record_visit
from workflows.voice import actions, queries
from workflows.voice.models import View

pytestmark = pytest.mark.django_db

READERS = {
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.ADVOCATE,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
}


def heard(child: Child, by: Person, said_on: date) -> View:
    return actions.hear_view(
        child=child,
        said_on=said_on,
        own_words="Signed: more music.",
        communicated_by=["sign"],
        by=by,
        at=moment(max(said_on, TODAY - timedelta(days=1)), 12),
    )


class TestReaders:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
    def test_readers_of_the_record_read_views_and_nobody_else(
        self, world: World, role: Role
    ) -> None:
        view = heard(world.child, world[Role.SOCIAL_WORKER], TODAY)
        seen = list(queries.views_visible_to(world[role]))
        assert seen == ([view] if role in READERS else [])

    def test_a_stranger_reads_nothing(self, world: World) -> None:
        heard(world.child, world[Role.SOCIAL_WORKER], TODAY)
        assert world.stranger is not None
        assert list(queries.views_visible_to(world.stranger)) == []

    def test_the_offer_of_an_advocate_is_read_with_the_record(self, world: World) -> None:
        offered = actions.offer_advocate(
            child=world.child,
            offered_on=TODAY,
            how_offered="In person.",
            by=world[Role.IRO],
            at=NOW,
        )
        assert list(queries.advocacy_visible_to(world[Role.ADVOCATE])) == [offered]
        assert list(queries.advocacy_visible_to(world[Role.REGISTERED_MANAGER])) == []


class TestWords:
    def test_reading_many_takes_as_many_queries_as_reading_one(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]

        def visited(days: int) -> None:
            record_visit(
                child=world.child,
                outcome=an_outcome(TODAY - timedelta(days=days)),
                by=worker,
                at=NOW,
            )

        visited(1)
        with CaptureQueriesContext(connection) as one:
            assert len(queries.with_words(View.objects.all())) == 1
        visited(2)
        visited(3)
        with CaptureQueriesContext(connection) as three:
            views = queries.with_words(View.objects.all())
        assert [view.words_elsewhere is not None for view in views] == [True, True, True]
        assert len(three) == len(one)

    def test_words_written_here_are_looked_for_nowhere_else(self, world: World) -> None:
        heard(world.child, world[Role.SOCIAL_WORKER], TODAY)
        assert [view.words_elsewhere for view in queries.with_words(View.objects.all())] == [None]


class TestUnheard:
    def names(self, person: Person, weeks: int = 6) -> list[int]:
        return [child.pk for child in queries.children_unheard(person, weeks=weeks, on=TODAY)]

    def test_the_longest_unheard_come_first(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        children = [a_child(team=world.team) for _ in range(4)]
        for child in children:
            allocated(worker, Role.SOCIAL_WORKER, child)
            placed(child, world.setting, started_on=TODAY - timedelta(days=200))
        recent, older, oldest, never = children
        heard(recent, worker, TODAY - timedelta(days=41))
        heard(older, worker, TODAY - timedelta(days=42))
        heard(oldest, worker, TODAY - timedelta(days=100))
        heard(world.child, worker, TODAY)
        found = list(queries.children_unheard(worker, weeks=6, on=TODAY))
        assert [child.pk for child in found] == [never.pk, oldest.pk, older.pk]
        assert vars(found[1])["last_heard_on"] == TODAY - timedelta(days=100)

    def test_a_child_never_heard_is_named_without_a_day(self, world: World) -> None:
        found = list(queries.children_unheard(world[Role.IRO], weeks=6, on=TODAY))
        assert [(child.pk, vars(child)["last_heard_on"]) for child in found] == [
            (world.child.pk, None)
        ]

    def test_what_was_entered_in_error_was_not_heard(self, world: World) -> None:
        view = heard(world.child, world[Role.SOCIAL_WORKER], TODAY)
        assert self.names(world[Role.IRO]) == []
        actions.void_view(view=view, reason="Another child.", by=world[Role.IRO], at=NOW)
        assert self.names(world[Role.IRO]) == [world.child.pk]

    def test_a_child_who_has_just_come_is_not_unheard_yet(self) -> None:
        new = a_world(started_on=TODAY - timedelta(days=20))
        assert self.names(new[Role.IRO]) == []
        assert self.names(new[Role.IRO], weeks=2) == [new.child.pk]

    def test_a_child_no_longer_away_is_not_on_the_list(self) -> None:
        from backend.casework.placing import end_placement
        from backend.events.record import CLOCK

        world = a_world()
        end_placement(placement=world.placement, ended_on=TODAY, by=CLOCK, at=NOW)
        assert self.names(world[Role.IRO]) == []

    def test_a_young_adult_still_living_there_stays_on_the_list(self) -> None:
        child = a_world()
        Child.objects.filter(pk=child.child.pk).update(date_of_birth=date(2007, 1, 1))
        assert self.names(child[Role.IRO]) == [child.child.pk]

    def test_a_stranger_sees_no_names(self, world: World) -> None:
        assert world.stranger is not None
        assert self.names(world.stranger) == []
        assert self.names(world[Role.REGISTERED_MANAGER]) == []


class TestAdvocates:
    def test_only_an_accepted_and_standing_advocate_counts(self, world: World) -> None:
        iro = world[Role.IRO]

        def without() -> list[int]:
            return [child.pk for child in queries.children_without_advocate(iro, on=TODAY)]

        assert without() == [world.child.pk]
        advocacy = actions.offer_advocate(
            child=world.child, offered_on=TODAY, how_offered="In person.", by=iro, at=NOW
        )
        assert without() == [world.child.pk]
        actions.answer_offer(advocacy=advocacy, is_accepted=True, answered_on=TODAY, by=iro, at=NOW)
        assert without() == []
        actions.end_advocacy(advocacy=advocacy, ended_on=TODAY, by=iro, at=NOW)
        assert without() == [world.child.pk]


class TestFacts:
    def test_the_clocks_read_many_children_in_as_many_queries_as_one(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        heard(world.child, worker, TODAY)
        with CaptureQueriesContext(connection) as one:
            read_histories([world.child.pk])
        others = [a_child(team=world.team) for _ in range(2)]
        for other in others:
            allocated(worker, Role.SOCIAL_WORKER, other)
            heard(other, worker, TODAY)
            heard(other, worker, TODAY)
        with CaptureQueriesContext(connection) as three:
            read = read_histories([world.child.pk, *[other.pk for other in others]])
        assert len(read[world.child.pk].views) == 1
        assert [len(read[other.pk].views) for other in others] == [2, 2]
        assert len(three) == len(one)
