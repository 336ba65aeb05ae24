"""Who may read which reviews, what is at risk, and what the clocks are given."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.models import Person
from backend.deadlines.models import Deadline
from backend.deadlines.recalculate import recalculate
from backend.events.record import CLOCK
from backend.exchange.loaders import ReviewRow
from backend.grammar.roles import Role
from backend.records.models import PeriodOfCare
from tests.factories import NOW, TODAY, World, a_child, a_world, allocated, placed
from tests.workflows.reviews import stages
from tests.workflows.reviews.stages import HELD_ON
from workflows.reading import read_histories
from workflows.reviews import actions, queries
from workflows.reviews.models import Challenge, Review

pytestmark = pytest.mark.django_db

READERS = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.ADVOCATE,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
)
NOT_READERS = tuple(role for role in Role if role not in (*READERS, Role.CLOCK))


class TestWhoMayRead:
    def test_readers_of_the_record_see_the_review_and_what_belongs_to_it(
        self, world: World
    ) -> None:
        review = stages.decided(world)
        for role in READERS:
            assert list(queries.reviews_visible_to(world[role])) == [review], role
            assert queries.decisions_visible_to(world[role]).count() == 1, role

    @pytest.mark.parametrize("role", NOT_READERS)
    def test_nobody_else_sees_any_of_it(self, world: World, role: Role) -> None:
        stages.decided(world)
        actions.request_early_review(
            child=world.child,
            reason="iro_request",
            words="Drift.",
            by=world[Role.IRO],
            at=NOW,
        )
        actions.propose_change(
            child=world.child, what="A move.", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        actions.check_between_reviews(
            child=world.child, checked_on=TODAY, found="Well.", by=world[Role.IRO], at=NOW
        )
        reads = (
            queries.reviews_visible_to,
            queries.decisions_visible_to,
            queries.early_reviews_visible_to,
            queries.changes_visible_to,
        )
        assert [read(world[Role.IRO]).count() for read in reads] == [1, 1, 1, 1]
        for person in (world[role], world.stranger):
            assert [read(person).count() for read in reads] == [0, 0, 0, 0]

    def test_decisions_of_a_review_in_error_are_gone_from_the_lists(self, world: World) -> None:
        review = stages.decided(world)
        actions.void_review(review=review, reason="Wrong child.", by=world[Role.IRO], at=NOW)
        assert not queries.decisions_visible_to(world[Role.IRO]).exists()


class TestChallenges:
    def raised(self, world: World, by: Person) -> Challenge:
        return actions.raise_challenge(
            child=world.child,
            about="practice",
            words="Restraint every day, and no plan.",
            to_name="Head of the home",
            due_on=TODAY + timedelta(days=5),
            by=by,
            at=NOW,
        )

    def test_an_advocate_and_a_home_see_none(self, world: World) -> None:
        challenge = self.raised(world, world[Role.IRO])
        assert list(queries.challenges_visible_to(world[Role.TEAM_MANAGER])) == [challenge]
        assert world[Role.ADVOCATE].pk in {
            grant.user_id for grant in world.child.childgrant_set.all()
        }
        for role in (Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.HOST_OFFICER):
            assert not queries.challenges_visible_to(world[role]).exists(), role
        assert not queries.challenges_visible_to(world.stranger).exists()

    def test_a_host_officer_sees_their_own_and_no_other(self, world: World) -> None:
        self.raised(world, world[Role.IRO])
        own = self.raised(world, world[Role.HOST_OFFICER])
        assert list(queries.challenges_visible_to(world[Role.HOST_OFFICER])) == [own]


class TestAtRisk:
    def risks(self, world: World, on: date = TODAY) -> dict[int, tuple[str, ...]]:
        return {
            risk.child.pk: risk.reasons for risk in queries.reviews_at_risk([world.child.pk], on)
        }

    def test_a_review_that_is_owed_and_not_convened(self, world: World) -> None:
        (reasons,) = self.risks(world).values()
        assert reasons[0] == "No review is convened"
        assert reasons[1].startswith("A visit due by 12 January 2026")

    def test_what_a_convened_review_lacks(self, world: World) -> None:
        stages.convened(world, convened_on=TODAY, convened_for=TODAY + timedelta(days=3))
        (reasons,) = self.risks(world).values()
        assert reasons[:5] == (
            "Not prepared",
            "Missing: views of the child",
            "Missing: views of parents",
            "Missing: views of the home or carer",
            "Missing: the IRO's time with the child beforehand",
        )
        assert reasons[5] == "Convened for a day after 2 February 2026, by when it is due"

    def test_nothing_once_it_was_held_and_the_next_is_far(self, world: World) -> None:
        stages.held(world)
        assert self.risks(world) == {}

    def test_a_day_that_passed_without_a_record_is_not_called_not_held(self, world: World) -> None:
        stages.prepared(world)
        (reasons,) = self.risks(world).values()
        assert "Its day has passed and it is not recorded as held" in reasons

    def test_three_children_take_as_many_queries_as_one(self, world: World) -> None:
        others = [placed(a_child(team=world.team)).child for _ in range(2)]
        for child in others:
            allocated(world[Role.IRO], Role.IRO, child)
            stages.convened(world, child=child)
        counts = []
        for children in ([others[0].pk], [world.child.pk, *(child.pk for child in others)]):
            with CaptureQueriesContext(connection) as taken:
                found = queries.reviews_at_risk(children, TODAY)
            counts.append(len(taken))
            assert len(found) == len(children)
        assert counts[0] == counts[1]


class TestForTheClocks:
    def test_reviews_called_off_or_in_error_are_left_out(self, world: World) -> None:
        review = stages.convened(world)
        actions.cancel_review(review=review, reason="Snow.", by=world[Role.IRO], at=NOW)
        held = stages.held(world)
        (fact,) = queries.review_facts([world.child.pk])[world.child.pk]
        assert (fact.id, fact.opened_on, fact.is_followed) == (f"r{held.pk}", HELD_ON, True)
        actions.void_review(review=held, reason="Wrong child.", by=world[Role.IRO], at=NOW)
        assert queries.review_facts([world.child.pk]) == {}

    def test_an_iro_is_read_from_the_first_allocation(self, world: World) -> None:
        (fact,) = queries.appointment_facts([world.child.pk])[world.child.pk]
        assert fact.appointed_on == date(2020, 1, 1)

    def test_a_period_read_from_a_return_opens_no_clock_of_appointment(self, world: World) -> None:
        assert Deadline.objects.filter(child=world.child, ref="IRO-01").exists()
        PeriodOfCare.objects.filter(child=world.child).update(start_reason="S")
        recalculate([world.child.pk], by=CLOCK, at=NOW)
        (row,) = Deadline.objects.filter(child=world.child, ref="IRO-01")
        assert row.status == "superseded"

    def test_three_histories_take_as_many_queries_as_one(self, world: World) -> None:
        stages.held(world)
        others = [placed(a_child(team=world.team)).child.pk for _ in range(2)]
        rows = [ReviewRow(date(2026, 2, 1), "PN1")]
        actions.load_reviews(dict.fromkeys(others, rows), CLOCK, NOW)
        counts = []
        for children in ([world.child.pk], [world.child.pk, *others]):
            with CaptureQueriesContext(connection) as taken:
                histories = read_histories(children)
            counts.append(len(taken))
            assert all(history.reviews for history in histories.values())
        assert counts[0] == counts[1]


def test_what_a_page_shows_of_many_reviews_takes_as_many_queries_as_of_one() -> None:
    counts = []
    for earlier in (0, 2):
        world = a_world()
        stages.closed(world)
        rows = [ReviewRow(date(2026, 1, 10 + day), "PN1") for day in range(earlier)]
        actions.load_reviews({world.child.pk: rows}, CLOCK, NOW)
        with CaptureQueriesContext(connection) as taken:
            shown = [
                (review.home_share.words, len(review.decisions.all()), review.chair)
                for review in queries.with_all_parts(Review.objects.filter(child=world.child))
            ]
        counts.append(len(taken))
        assert len(shown) == earlier + 1
    assert counts[0] == counts[1]
