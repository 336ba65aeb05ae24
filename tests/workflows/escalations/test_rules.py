"""The days of each ladder, counted against dates worked out by hand."""

from datetime import date

import pytest

from backend.deadlines.due import Due
from backend.grammar.clocks import Verified
from workflows.escalations import ladders
from workflows.escalations.ladders import LADDERS, Level, Rung, Use, default_for, published, thawed
from workflows.escalations.rules import ConcernFact, StageFact, deadlines_of

AS_OF = date(2025, 6, 30)


def unanswered(code: str, start: date) -> list[date]:
    """The last day of each level, when nobody ever answers."""
    days = []
    for number, rung in enumerate(published(code).rungs, start=1):
        stage = StageFact(number, rung.words, start, rung.receive_days, rung.answer_days)
        due = by_key(deadlines_of(ConcernFact((stage,)), AS_OF))[f"response:{number}"]
        assert due.due_on is not None
        days.append(due.due_on)
        start = due.due_on
    return days


def by_key(dues: list[Due]) -> dict[str, Due]:
    return {due.key: due for due in dues}


def test_darlington_unresolved_at_each_stage() -> None:
    assert unanswered("darlington", date(2025, 4, 11))[:2] == [
        date(2025, 4, 14),
        date(2025, 4, 17),
    ]


def test_five_five_five_skips_easter_and_may_day_and_stays_within_twenty() -> None:
    start = date(2025, 4, 14)
    assert unanswered("iro_5_5_5", start)[:3] == [
        date(2025, 4, 23),
        date(2025, 4, 30),
        date(2025, 5, 8),
    ]
    stage = StageFact(1, "team manager", start, 1, 5)
    cap = by_key(deadlines_of(ConcernFact((stage,), is_dispute=True), AS_OF))["dispute"]
    assert (cap.ref, cap.due_on) == ("IRO-10", date(2025, 5, 15))


def test_twenty_working_days_over_easter() -> None:
    stage = StageFact(1, "team manager", date(2025, 3, 25), 1, 5)
    cap = by_key(deadlines_of(ConcernFact((stage,), is_dispute=True), AS_OF))["dispute"]
    assert cap.due_on == date(2025, 4, 24)
    assert cap.verified == Verified.SECONDARY


def test_only_an_iro_has_the_national_limit() -> None:
    stage = StageFact(1, "practitioner", date(2025, 3, 25), 1, 1)
    assert set(by_key(deadlines_of(ConcernFact((stage,)), AS_OF))) == {"receipt:1", "response:1"}


def test_a_ladder_is_never_shown_as_law() -> None:
    stage = StageFact(1, "practitioner", date(2025, 3, 25), 1, 1)
    for due in deadlines_of(ConcernFact((stage,)), AS_OF):
        assert due.kind == "local standard"
        assert "not the law" in due.why


def test_an_answer_stops_one_clock_and_starts_the_raisers() -> None:
    stage = StageFact(1, "practitioner", date(2025, 3, 3), 1, 1, answered_on=date(2025, 3, 5))
    found = by_key(deadlines_of(ConcernFact((stage,)), AS_OF))
    assert (found["response:1"].status, found["response:1"].days_late) == ("met_late", 1)
    assert found["acceptance:1"].due_on == date(2025, 3, 12)


def test_a_level_that_was_left_behind_keeps_that_it_was_silent() -> None:
    stage = StageFact(1, "practitioner", date(2025, 3, 3), 1, 1, ended_on=date(2025, 3, 5))
    due = by_key(deadlines_of(ConcernFact((stage,)), AS_OF))["response:1"]
    assert (due.status, due.days_late) == ("superseded", 1)
    assert "not recorded as done" in due.why


def test_a_level_with_nobody_owes_nothing() -> None:
    stage = StageFact(1, "team manager", date(2025, 3, 3), 1, 1, found_somebody=False)
    assert deadlines_of(ConcernFact((stage,)), AS_OF) == []


def test_the_informal_alert_is_outside_the_limit() -> None:
    alert = StageFact(1, "alert", date(2025, 3, 3), 1, 10, is_formal=False)
    formal = StageFact(2, "head of service", date(2025, 3, 17), 1, 5)
    only = by_key(deadlines_of(ConcernFact((alert,), is_dispute=True), AS_OF))
    both = by_key(deadlines_of(ConcernFact((alert, formal), is_dispute=True), AS_OF))
    assert "dispute" not in only
    assert both["dispute"].counted_from == date(2025, 3, 17)


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.code)
def test_every_ladder_leads_to_the_director_and_says_whose_it_is(ladder: ladders.Ladder) -> None:
    assert Level.DIRECTOR in ladder.rungs[-1].levels
    assert ladder.source
    assert ladder.is_default == (ladder.source == "local default, not law")
    assert ladder.is_default or ladder.link
    assert thawed([rung.frozen() for rung in ladder.rungs]) == ladder.rungs


def test_the_local_default_is_one_three_five_and_ten() -> None:
    assert [rung.answer_days for rung in default_for(Use.CHALLENGE).rungs] == [1, 3, 5, 10]


@pytest.mark.parametrize(
    ("answer", "receive", "levels"),
    [(0, 1, (Level.DIRECTOR,)), (61, 1, (Level.DIRECTOR,)), (1, 2, (Level.DIRECTOR,)), (1, 1, ())],
)
def test_a_rung_that_cannot_be_is_refused(
    answer: int, receive: int, levels: tuple[Level, ...]
) -> None:
    with pytest.raises(ValueError, match=r"\."):
        Rung(levels, answer, receive)
