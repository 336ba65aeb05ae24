"""The look behind the clock finds what is stuck, and only that."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from backend.deadlines.models import Heartbeat
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.project.health import what_is_wrong
from tests.factories import NOW, TODAY, World, moment
from tests.workflows.escalations.conftest import after_midnight, disputed, nights, raised, stage_of
from workflows.escalations import actions
from workflows.escalations.audit import audit
from workflows.escalations.models import Stage

pytestmark = pytest.mark.django_db


def test_a_ladder_that_is_swept_is_never_found(world: World) -> None:
    raised(world)
    disputed(world)
    for day in range(1, 45):
        nights(day, day)
        assert audit(at=after_midnight(day)) == [], day


def test_a_concern_that_nobody_sent_on_is_found_and_reported_once(world: World) -> None:
    case = raised(world)
    quiet = moment(TODAY + timedelta(days=2), 0, 30)
    assert audit(at=quiet) == []
    late = moment(TODAY + timedelta(days=2), 3)
    [stuck] = audit(at=late)
    assert (stuck.escalation, stuck.because) == (
        case,
        "nobody replied by 2026-03-03 and it did not go up",
    )
    assert Heartbeat.objects.get(job="ladders").found == {"stuck": 1}
    assert "1 concerns are not where their ladder says" in what_is_wrong(at=late)
    audit(at=late + timedelta(hours=1))
    assert Event.objects.filter(name="escalations.found_stuck").count() == 1
    nights(2, 2)
    assert audit(at=late + timedelta(hours=2)) == []
    assert "1 concerns are not where their ladder says" not in what_is_wrong(at=late)


def test_a_stage_that_was_moved_past_the_actions_is_found(world: World) -> None:
    case = raised(world)
    Stage.objects.filter(pk=stage_of(case).pk).update(rung=2)
    [stuck] = audit(at=NOW)
    assert stuck.because == "it was sent to rung 0 and stands on rung 2"


def test_an_answer_waits_for_its_raiser_and_is_not_stuck(world: World) -> None:
    case = raised(world)
    actions.answer_concern(
        escalation=case,
        answer="Thursday.",
        promised_by_whom="Amara",
        promised_by=None,
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )
    assert audit(at=after_midnight(30)) == []


def test_silence_at_the_top_that_nobody_was_told_of_is_found(world: World) -> None:
    raised(world, rung=3, is_immediate_risk=True, risk="Now.")
    [stuck] = audit(at=after_midnight(20))
    assert stuck.because.endswith("at the highest level and nobody was told")


def test_the_command_says_which_and_fails(world: World) -> None:
    case = raised(world)
    out = StringIO()
    with pytest.raises(CommandError, match="1 not where"):
        call_command("audit_ladders", stdout=out)
    assert case.about in out.getvalue()
