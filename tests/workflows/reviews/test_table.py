"""The table of reviews: every stage is reached by real steps, and the database keeps to it."""

import pytest
from django.db import DatabaseError, transaction

from backend.casework.checks import faults_of
from backend.grammar.roles import Role
from tests.factories import NOW, World
from tests.workflows.reviews.stages import at_stage
from workflows.reviews.models import Review
from workflows.reviews.rules import RULES
from workflows.reviews.table import CLOSED, NEW, TABLE

STAGES = (
    "convened",
    "prepared",
    "adjourned",
    "held",
    "decided",
    "recorded",
    "circulated",
    "closed",
)


def test_every_row_has_its_method_its_event_and_somebody_who_may() -> None:
    assert faults_of(Review) == []


def test_every_clock_that_a_step_meets_is_a_rule_of_this_room() -> None:
    known = {rule.ref for rule in RULES}
    assert {ref for step in TABLE for ref in step.meets} <= known


def test_only_the_iro_chairs_and_only_managers_answer() -> None:
    chairs = ("hear", "hold", "adjourn", "resume", "decide", "record", "close", "amend")
    assert {TABLE[name].who for name in chairs} == {(Role.IRO,)}
    assert {TABLE[name].who for name in ("agree", "dispute")} == {
        (Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
    }


def test_a_home_takes_no_step_of_a_review() -> None:
    home = (Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR, Role.HOST_OFFICER)
    assert [step.name for step in TABLE if set(home) & set(step.who)] == []


def test_an_advocate_gives_views_and_nothing_else() -> None:
    assert [step.name for step in TABLE if Role.ADVOCATE in step.who] == ["consult"]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_is_reached_by_the_steps_before_it(world: World, stage: str) -> None:
    assert at_stage(world, stage).state == stage


@pytest.mark.django_db
@pytest.mark.parametrize("stage", STAGES)
def test_the_database_refuses_every_change_of_state_that_is_not_in_the_table(
    world: World, stage: str
) -> None:
    review = at_stage(world, stage)
    allowed = {end for start, end in TABLE.transitions() if start == stage}
    for state in TABLE.states:
        if state in (stage, *allowed):
            continue
        with pytest.raises(DatabaseError, match="transition"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(state=str(state))
    assert Review.objects.get(pk=review.pk).state == stage


@pytest.mark.django_db
def test_the_database_refuses_a_review_that_starts_anywhere_else(world: World) -> None:
    review = Review(child=world.child, opened_at=NOW)
    review.__dict__["state"] = str(CLOSED)
    with pytest.raises(DatabaseError, match="Cannot insert"), transaction.atomic():
        review.save()
    assert TABLE.starts == NEW


@pytest.mark.django_db
def test_the_database_refuses_to_remove_a_review(world: World) -> None:
    review = at_stage(world, "convened")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Review.objects.filter(pk=review.pk).delete()
