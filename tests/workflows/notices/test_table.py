"""Every table of the room with its model, and what the database refuses beside the gate."""

import pytest
from django.db import DatabaseError, transaction

from backend.casework.checks import faults_of
from backend.grammar.roles import Role
from tests.factories import NOW, World
from tests.workflows.notices.walks import home_says, line_of, tell_host, the_notice
from workflows.notices import actions
from workflows.notices.models import (
    Approval,
    HomeNotice,
    HostNotice,
    Line,
    Mismatch,
    Notice,
    ReportRequest,
)
from workflows.notices.table import APPROVALS

MODELS = [Approval, Notice, HostNotice, HomeNotice, Mismatch, ReportRequest]


@pytest.mark.parametrize("model", MODELS)
def test_table_and_model_agree(model: type) -> None:
    assert faults_of(model) == []


def test_at_a_distance_only_the_director_decides() -> None:
    for row in APPROVALS.steps_from("with_director"):
        if row.name.startswith(("approve", "refuse")):
            assert row.who == (Role.DIRECTOR,)


def test_no_state_is_set_beside_the_gate(world: World) -> None:
    notice = the_notice(world.placement)
    tell_host(world, notice)
    for model, state in ((Notice, "void2"), (HostNotice, "new"), (Notice, "new")):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(state=state)  # type: ignore[attr-defined]


def test_nothing_is_removed(world: World) -> None:
    tell_host(world, the_notice(world.placement))
    for model in (Notice, HostNotice):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()  # type: ignore[attr-defined]


def test_a_line_is_settled_by_somebody_with_a_reason(world: World) -> None:
    line = line_of(the_notice(world.placement), "parent")
    for facts in (
        {"outcome": "sent"},
        {"outcome": "withheld", "settled_on": NOW.date(), "by": world[Role.SOCIAL_WORKER]},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Line.objects.filter(pk=line.pk).update(**facts)


def test_what_was_explained_is_never_changed(world: World) -> None:
    home_says(world)
    mismatch = actions.explain_mismatch(
        mismatch=Mismatch.objects.get(),
        words="Told by telephone.",
        by=world[Role.HOST_OFFICER],
        at=NOW,
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        mismatch.explanations.update(words="Nothing was said.")
