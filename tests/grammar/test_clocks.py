"""What a rule is: its words, its dated versions, and a local standard that may only tighten."""

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta

import pytest

from backend.grammar.clocks import (
    Cite,
    Days,
    Direction,
    Hours,
    Kind,
    Months,
    NoFixedPeriod,
    NotInForce,
    Rule,
    Rules,
    Span,
    UnableToLoosen,
    Verified,
    Weeks,
    WorkingDays,
    describe_overdue,
    faults_of,
)

RULE = Rule(
    code="visits.example",
    ref="VIS-99",
    title="A visit",
    cite=Cite("S.I. 2010/959", "reg. 28(2)(a)", "https://www.legislation.gov.uk/"),
    kind=Kind.STATUTE,
    verified=Verified.VERIFIED,
    span=Weeks(6),
    counted_from="the last actual visit",
    checked_on=date(2026, 11, 21),
    in_force_from=date(2011, 4, 1),
)


def test_rule_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        RULE.span = Weeks(8)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Hours(24), "24 hours"),
        (Days(1), "one day"),
        (WorkingDays(20), "20 working days"),
        (Weeks(6), "six weeks"),
        (Months(3), "three months"),
    ],
)
def test_span_reads_as_the_law_words_it(span: Span, words: str) -> None:
    assert span.words == words


@pytest.mark.parametrize("number", [0, -1, True, 1.5, "6"])
def test_span_of_no_whole_number_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Weeks(number)  # type: ignore[arg-type]


def test_units_are_never_equal_to_each_other() -> None:
    assert Weeks(12) != Months(12)
    assert Days(7) != Weeks(7)


def test_rule_words_say_the_direction() -> None:
    assert RULE.words == "six weeks of the last actual visit"
    before = replace(
        RULE, span=WorkingDays(15), direction=Direction.BEFORE, counted_from="the review"
    )
    assert before.words == "15 working days before the review"
    assert replace(RULE, span=NoFixedPeriod()).words == "no fixed period in law"


@pytest.mark.parametrize("local", [Weeks(6), Weeks(4), Days(42), Days(28), WorkingDays(20)])
def test_local_standard_may_tighten(local: Span) -> None:
    RULE.check_can_tighten(local)


@pytest.mark.parametrize("local", [Weeks(7), Days(43), Months(2), WorkingDays(40)])
def test_local_standard_may_not_loosen(local: Span) -> None:
    with pytest.raises(UnableToLoosen, match="VIS-99"):
        RULE.check_can_tighten(local)


def test_local_standard_that_is_only_sometimes_shorter_is_refused() -> None:
    three_months = replace(RULE, span=Months(3))
    three_months.check_can_tighten(Days(89))
    with pytest.raises(UnableToLoosen):
        three_months.check_can_tighten(Days(90))


def test_any_local_target_may_stand_where_the_law_gives_no_number() -> None:
    replace(RULE, span=NoFixedPeriod()).check_can_tighten(WorkingDays(5))


def test_version_in_force_is_picked_by_day() -> None:
    old = replace(RULE, in_force_to=date(2015, 3, 31))
    new = replace(RULE, span=Months(3), in_force_from=date(2015, 4, 1))
    rules = Rules(new, old)
    assert rules.on("visits.example", date(2015, 3, 31)) is old
    assert rules.on("visits.example", date(2015, 4, 1)) is new
    with pytest.raises(NotInForce, match="1 April 2010"):
        rules.on("visits.example", date(2010, 4, 1))
    assert rules.governing("visits.example", date(2010, 4, 1)) is old


def test_unknown_rule_is_refused() -> None:
    with pytest.raises(LookupError, match=r"visits\.nothing"):
        Rules(RULE).on("visits.nothing", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ((RULE, RULE), "two versions in force"),
        (
            (
                replace(RULE, in_force_to=date(2016, 1, 1)),
                replace(RULE, in_force_from=date(2015, 1, 1)),
            ),
            "two versions in force",
        ),
        ((replace(RULE, cite=Cite("", "reg. 1")),), "cites no instrument"),
        ((replace(RULE, cite=Cite("S.I. 2010/959", "")),), "cites no provision"),
        ((replace(RULE, in_force_to=RULE.in_force_from - timedelta(days=1)),), "ends before"),
        ((replace(RULE, counted_from=""),), "lacks"),
        ((replace(RULE, local_target=Weeks(7)),), "could be longer"),
    ],
)
def test_faulty_rules_are_refused(rules: tuple[Rule, ...], fault: str) -> None:
    assert any(fault in each for each in faults_of(rules))
    with pytest.raises(ValueError, match=fault):
        Rules(*rules)


def test_unverified_rule_is_never_worded_as_a_breach() -> None:
    words = describe_overdue(Verified.UNVERIFIED)
    assert words == "past its expected date (rule not yet verified)"
    assert describe_overdue(Verified.VERIFIED) == "overdue"
    assert describe_overdue(Verified.SECONDARY) == "overdue"
