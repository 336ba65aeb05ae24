"""By when a view is answered, the child told and a promise kept; counted without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.deadlines.due import Due, status_on
from backend.grammar.clocks import Rule
from workflows.history import ChildFacts, History, ViewFact
from workflows.voice.rules import RULES, deadlines_of

#: A Thursday: Easter Monday lies within the ten working days after it.
SAID_ON = date(2026, 3, 26)


def history(*views: ViewFact) -> History:
    return History(child=ChildFacts(date(2012, 5, 1)), views=views)


def owed(view: ViewFact, as_of: date = SAID_ON) -> dict[str, Due]:
    return {due.key.rpartition(":")[2]: due for due in deadlines_of(history(view), as_of)}


def test_an_answer_is_owed_within_ten_working_days_over_easter() -> None:
    due = owed(ViewFact("w1", SAID_ON))["answer"]
    assert (due.ref, due.due_on) == ("LOC-01", date(2026, 4, 13))
    assert due.key == "view:w1:answer"


def test_nothing_but_an_answer_is_owed_until_it_is_answered() -> None:
    assert list(owed(ViewFact("w1", SAID_ON))) == ["answer"]


def test_an_unanswered_view_is_overdue_the_day_after() -> None:
    due = owed(ViewFact("w1", SAID_ON))["answer"]
    assert status_on(due, date(2026, 4, 13)) == "open"
    assert status_on(due, date(2026, 4, 14)) == "overdue"


def test_the_child_is_told_within_five_working_days_of_the_answer() -> None:
    answered = ViewFact(
        "w1", SAID_ON, answered_on=date(2026, 3, 31), answer_given_on=date(2026, 3, 31)
    )
    dues = owed(answered)
    assert (dues["answer"].status, dues["answer"].met_on) == ("met", date(2026, 3, 31))
    assert (dues["tell"].ref, dues["tell"].due_on) == ("LOC-02", date(2026, 4, 9))


def test_a_late_answer_stays_late() -> None:
    late = ViewFact("w1", SAID_ON, answered_on=date(2026, 4, 15), answer_given_on=date(2026, 4, 15))
    due = owed(late)["answer"]
    assert (due.status, due.days_late) == ("met_late", 2)


def test_a_second_answer_does_not_make_the_first_late_and_is_told_again() -> None:
    again = ViewFact("w1", SAID_ON, answered_on=date(2026, 3, 31), answer_given_on=date(2026, 6, 1))
    dues = owed(again, date(2026, 6, 1))
    assert dues["answer"].status == "met"
    assert (dues["tell"].status, dues["tell"].due_on) == ("open", date(2026, 6, 8))


def test_a_promise_is_owed_on_the_day_that_was_promised() -> None:
    promised = ViewFact(
        "w1",
        SAID_ON,
        answered_on=SAID_ON,
        answer_given_on=SAID_ON,
        act_by=date(2026, 5, 1),
    )
    due = owed(promised)["keep"]
    assert (due.ref, due.due_on, due.status) == ("LOC-03", date(2026, 5, 1), "open")
    kept = ViewFact(
        "w1",
        SAID_ON,
        answered_on=SAID_ON,
        answer_given_on=SAID_ON,
        act_by=date(2026, 5, 1),
        kept_on=date(2026, 5, 4),
    )
    assert (owed(kept)["keep"].status, owed(kept)["keep"].days_late) == ("met_late", 3)


def test_a_reason_why_not_promises_nothing() -> None:
    refused = ViewFact("w1", SAID_ON, answered_on=SAID_ON, answer_given_on=SAID_ON)
    assert list(owed(refused)) == ["answer", "tell"]


def test_a_young_adult_is_still_answered() -> None:
    adult = History(child=ChildFacts(date(2005, 1, 1)), views=(ViewFact("w1", SAID_ON),))
    assert [due.status for due in deadlines_of(adult, SAID_ON)] == ["open"]


def test_none_of_it_is_shown_as_law() -> None:
    everything = ViewFact(
        "w1", SAID_ON, answered_on=SAID_ON, answer_given_on=SAID_ON, act_by=date(2026, 5, 1)
    )
    dues = deadlines_of(history(everything), SAID_ON)
    assert {due.kind for due in dues} == {"local standard"}
    assert [
        due.why for due in dues if "not the law" not in due.why and "by the law" not in due.why
    ] == []
    assert {rule.cite.instrument for rule in RULES} == {"Local standard"}


@given(
    said_on=st.dates(date(2015, 1, 1), date(2027, 6, 1)),
    later=st.integers(min_value=0, max_value=90),
)
def test_what_is_said_later_is_never_owed_earlier(said_on: date, later: int) -> None:
    first = owed(ViewFact("w1", said_on))["answer"]
    second = owed(ViewFact("w1", said_on + timedelta(days=later)))["answer"]
    assert first.due_on is not None
    assert second.due_on is not None
    assert first.due_on <= second.due_on


@pytest.mark.parametrize("rule", list(RULES), ids=lambda rule: rule.ref)
def test_those_who_hear_of_a_slip_include_the_iro(rule: Rule) -> None:
    assert "iro" in rule.tells
