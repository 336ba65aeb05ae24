"""The life of a contact plan as its table has it, and of one contact as the database has it."""

import pytest

from backend.casework.checks import faults_of
from backend.grammar.roles import Role
from workflows.contact.models import ContactPlan
from workflows.contact.table import TABLE

PLANNERS = {Role.SOCIAL_WORKER, Role.TEAM_MANAGER}


@pytest.mark.parametrize(
    ("step", "when", "becomes"),
    [
        ("agree", {"new"}, "agreed"),
        ("suspend", {"agreed"}, "suspended"),
        ("resume", {"suspended"}, "agreed"),
        ("end", {"agreed", "suspended"}, "ended"),
        ("void", {"agreed", "suspended", "ended"}, "void"),
    ],
)
def test_a_step_goes_from_here_to_there(step: str, when: set[str], becomes: str) -> None:
    row = TABLE[step]
    assert (set(row.when), row.becomes, set(row.who)) == (when, becomes, PLANNERS)


def test_the_table_has_no_other_steps() -> None:
    assert [row.name for row in TABLE] == ["agree", "suspend", "resume", "end", "void"]


def test_table_and_model_agree() -> None:
    assert faults_of(ContactPlan) == []
