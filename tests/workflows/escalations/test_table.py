"""The life of a concern, and of a meeting about a home, as their tables have it."""

import pytest

from backend.casework.checks import faults_of
from backend.grammar.roles import Role
from workflows.escalations.models import Escalation, SettingMeeting
from workflows.escalations.table import MEETINGS, TABLE

OPEN = {"sent", "received", "answered", "accepted"}
CLOSED = {"resolved", "disagreed", "withdrawn"}


@pytest.mark.parametrize(
    ("step", "when", "becomes"),
    [
        ("send", {"new"}, "sent"),
        ("receive", {"sent"}, "received"),
        ("answer", {"sent", "received"}, "answered"),
        ("accept", {"answered"}, "accepted"),
        ("take_up", {"answered", "accepted"}, "sent"),
        ("move_up", {"sent", "received"}, "sent"),
        ("note_silence", {"sent", "received"}, None),
        ("skip", OPEN, "sent"),
        ("go_outside", OPEN | CLOSED, None),
        ("resolve", OPEN, "resolved"),
        ("disagree", OPEN, "disagreed"),
        ("withdraw", OPEN, "withdrawn"),
        ("void", OPEN, "void"),
    ],
)
def test_a_step_goes_from_here_to_there(step: str, when: set[str], becomes: str | None) -> None:
    row = TABLE[step]
    assert (set(row.when), row.becomes) == (when, becomes)


def test_the_clock_only_sends_on() -> None:
    steps = {row.name for row in TABLE if Role.CLOCK in row.who}
    assert steps == {"move_up", "note_silence"}


def test_only_the_raiser_settles_it() -> None:
    for step in ("send", "accept", "take_up", "resolve", "disagree", "withdraw", "void"):
        assert TABLE[step].who == (Role.RAISED_BY,)


def test_no_advocate_has_a_step() -> None:
    assert not [row.name for row in (*TABLE, *MEETINGS) if Role.ADVOCATE in row.who]


@pytest.mark.parametrize("model", [Escalation, SettingMeeting])
def test_table_and_model_agree(model: type) -> None:
    assert faults_of(model) == []
