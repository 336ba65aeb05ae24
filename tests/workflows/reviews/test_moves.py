"""A child in care is moved after a review considered it, or with the reason why none did."""

from datetime import timedelta
from typing import Any

import pytest

from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.placing import end_placement, place_child
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Child, Placement
from tests.api.kit import V1, as_person, reason_of
from tests.factories import NOW, TODAY, World, a_setting, placed
from tests.workflows.reviews import stages
from tests.workflows.reviews.stages import HELD_ON
from workflows.reviews import actions, queries
from workflows.reviews.models import ProposedChange, Review

pytestmark = pytest.mark.django_db


def propose(world: World, **facts: Any) -> ProposedChange:
    facts = {"what": "A move nearer home.", "is_move": True, **facts}
    return actions.propose_change(child=world.child, by=world[Role.SOCIAL_WORKER], at=NOW, **facts)


def consider(world: World, change: ProposedChange, review: Review) -> None:
    actions.consider_change(
        change=change, review=review, outcome="supported", why="She asked for it.",
        by=world[Role.IRO], at=NOW,
    )  # fmt: skip


def move(world: World, **facts: Any) -> Placement:
    facts = {"by": world[Role.SOCIAL_WORKER], "started_on": TODAY, "place": "K2", **facts}
    return place_child(child=world.child, setting=a_setting(), at=NOW, **facts)


def asked(world: World) -> list[tuple[str, str]]:
    rows = Deadline.objects.filter(child=world.child, ref="REV-00").order_by("pk")
    return list(rows.values_list("key", "status"))


class TestMoving:
    def test_it_needs_a_review_or_a_reason_and_writes_nothing_without(self, world: World) -> None:
        before = (Event.objects.count(), Placement.objects.count())
        with pytest.raises(FactRefused, match="A review considers a move first") as refused:
            move(world)
        assert refused.value.field == "considered"
        with pytest.raises(FactRefused, match="A review considers a move first"):
            move(world, not_considered_why="  ")
        assert (Event.objects.count(), Placement.objects.count()) == before
        world.placement.refresh_from_db()
        assert world.placement.ended_on is None

    def test_reason_is_kept_beside_the_move_and_told(self, world: World) -> None:
        placement = move(world, not_considered_why="The home closed overnight.")
        change = ProposedChange.objects.get()
        assert (change.led_to, change.not_practicable_why, change.excused_by) == (
            placement,
            "The home closed overnight.",
            world[Role.SOCIAL_WORKER],
        )
        told = Notification.objects.filter(event__name="reviews.move_not_considered")
        assert set(told.values_list("person__name", flat=True)) == {
            world[role].name for role in (Role.IRO, Role.IRO_MANAGER, Role.TEAM_MANAGER)
        }
        assert asked(world) == []

    def test_review_that_considered_it_is_tied_to_it_once(self, world: World) -> None:
        change = propose(world)
        with pytest.raises(FactRefused, match="No review has considered this"):
            move(world, considered=change.pk)
        consider(world, change, stages.held(world))
        assert [one.pk for one in queries.moves_considered(world.child)] == [change.pk]
        with pytest.raises(FactRefused, match="not both"):
            move(world, considered=change.pk, not_considered_why="Both.")
        placement = move(world, considered=change.pk)
        change.refresh_from_db()
        assert change.led_to == placement
        assert list(queries.moves_considered(world.child)) == []
        with pytest.raises(FactRefused, match="already led to another placement"):
            move(world, considered=change.pk)

    def test_review_after_the_move_considered_nothing_first(self, world: World) -> None:
        change = propose(world)
        consider(world, change, stages.held(world))
        with pytest.raises(FactRefused, match="held after the move"):
            move(world, considered=change.pk, started_on=HELD_ON - timedelta(days=1))

    def test_another_childs_change_and_a_change_that_is_no_move_do_not_count(
        self, world: World
    ) -> None:
        school = propose(world, what="Another school.", is_move=False)
        for number in (school.pk, school.pk + 4711):
            with pytest.raises(FactRefused, match="no such proposed move"):
                move(world, considered=number)

    def test_child_whose_placement_ended_first_is_moved_all_the_same(self, world: World) -> None:
        end_placement(placement=world.placement, ended_on=TODAY, by=CLOCK, at=NOW)
        with pytest.raises(FactRefused, match="A review considers a move first"):
            move(world)

    def test_temporary_stay_is_no_move_and_takes_no_reason(self, world: World) -> None:
        stay = move(world, place="T1", is_temporary=True)
        assert stay.is_temporary
        with pytest.raises(FactRefused, match="no move within care"):
            move(world, place="T1", is_temporary=True, not_considered_why="A holiday.")

    def test_next_short_break_is_no_move(self, world: World) -> None:
        world.placement.basis = "reg_48"
        world.placement.ended_on = TODAY - timedelta(days=40)
        world.placement.save()
        assert move(world, basis="reg_48").basis == "reg_48"


class TestMovesThatNobodyAccountedFor:
    def test_they_are_never_refused_and_stay_visible_until_somebody_does(
        self, world: World
    ) -> None:
        placement = placed(world.child, a_setting(), started_on=TODAY - timedelta(days=2))
        key = f"review:move:{placement.pk}"
        assert asked(world) == [(key, "waiting")]
        assert queries.moves_to_account_for(world.child) == [placement.pk]
        with pytest.raises(NotAllowed):
            actions.account_for_move(
                placement=placement, not_considered_why="Late.", by=world[Role.IRO], at=NOW
            )
        actions.account_for_move(
            placement=placement,
            not_considered_why="The home closed overnight.",
            by=world[Role.TEAM_MANAGER],
            at=NOW,
        )
        assert asked(world) == [(key, "superseded")]
        assert queries.moves_to_account_for(world.child) == []
        with pytest.raises(FactRefused, match="already recorded"):
            actions.account_for_move(
                placement=placement,
                not_considered_why="Again.",
                by=world[Role.TEAM_MANAGER],
                at=NOW,
            )

    def test_moves_before_the_record_was_brought_in_are_not_asked_about(self, world: World) -> None:
        Child.objects.filter(pk=world.child.pk).update(followed_from=TODAY - timedelta(days=1))
        placed(world.child, a_setting(), started_on=TODAY - timedelta(days=2))
        assert asked(world) == []

    def test_the_api_takes_the_answer(self, world: World) -> None:
        placement = placed(world.child, a_setting(), started_on=TODAY - timedelta(days=2))
        address = f"{V1}/proposed-changes/account-for-move/"
        facts = {"placement": placement.pk, "not_considered_why": "An emergency."}
        stranger = as_person(world.stranger).post(address, facts, format="json")
        assert (stranger.status_code, "no such placement" in reason_of(stranger)) == (400, True)
        answer = as_person(world[Role.SOCIAL_WORKER]).post(address, facts, format="json")
        assert answer.status_code == 201, answer.content
        assert answer.json()["led_to"] == placement.pk


class TestProposals:
    def test_a_proposed_change_waits_for_a_review(self, world: World) -> None:
        change = propose(world)
        key = f"review:change:{change.pk}"
        assert asked(world) == [(key, "waiting")]
        consider(world, change, stages.held(world))
        assert asked(world) == [(key, "met")]

    def test_or_until_a_manager_says_why_not(self, world: World) -> None:
        change = propose(world)
        actions.excuse_change(change=change, why="Police.", by=world[Role.TEAM_MANAGER], at=NOW)
        assert asked(world) == [(f"review:change:{change.pk}", "superseded")]
