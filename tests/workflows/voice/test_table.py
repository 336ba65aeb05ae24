"""The life of a view as its table has it: which step, from where, to where, by whom."""

import pytest

from backend.casework.checks import faults_of
from backend.grammar.roles import Role
from workflows.voice.models import View
from workflows.voice.table import TABLE

LISTENERS = {Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO, Role.ADVOCATE}
ANSWERERS = {Role.SOCIAL_WORKER, Role.TEAM_MANAGER}


@pytest.mark.parametrize(
    ("step", "when", "becomes", "who"),
    [
        ("hear", {"new"}, "heard", LISTENERS),
        ("answer", {"heard", "answered", "told"}, "answered", ANSWERERS),
        ("tell", {"answered"}, "told", LISTENERS),
        ("keep", {"answered", "told"}, None, ANSWERERS),
        ("void", {"heard", "answered", "told"}, "void", ANSWERERS | {Role.IRO}),
    ],
)
def test_a_step_goes_from_here_to_there(
    step: str, when: set[str], becomes: str | None, who: set[Role]
) -> None:
    row = TABLE[step]
    assert (set(row.when), row.becomes, set(row.who)) == (when, becomes, who)


def test_the_table_has_no_other_steps() -> None:
    assert [row.name for row in TABLE] == ["hear", "answer", "tell", "keep", "void"]


def test_table_and_model_agree() -> None:
    assert faults_of(View) == []


def test_what_was_entered_in_error_stays_so() -> None:
    assert TABLE.steps_from("void") == ()
