"""Counting days, weeks, months, working days and hours, as the law words them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.deadlines.calendars import BeyondTheCalendar, england_and_wales
from backend.deadlines.count import (
    add_days,
    add_hours,
    add_months,
    add_span,
    add_weeks,
    add_working_days,
    is_working_day,
    midpoint,
    plan_by,
)
from backend.grammar.clocks import (
    CountFrom,
    Days,
    Direction,
    Hours,
    Months,
    Span,
    Weeks,
    WorkingDays,
)

LONDON = ZoneInfo("Europe/London")
CALENDAR = england_and_wales()
#: Far enough from both ends for the longest count tried here.
DAYS = st.dates(date(2001, 1, 1), date(2027, 12, 31))
SPANS: st.SearchStrategy[Span] = st.one_of(
    st.builds(Days, st.integers(1, 120)),
    st.builds(Weeks, st.integers(1, 52)),
    st.builds(Months, st.integers(1, 12)),
    st.builds(WorkingDays, st.integers(1, 40)),
)


@pytest.mark.parametrize(
    ("golden", "start", "span", "expected"),
    [
        ("G52 plan and notices", date(2024, 3, 28), WorkingDays(5), date(2024, 4, 8)),
        ("G52 care plan", date(2024, 3, 28), WorkingDays(10), date(2024, 4, 15)),
        ("G49 dispute", date(2025, 3, 25), WorkingDays(20), date(2025, 4, 24)),
        ("G54 health review", date(2024, 5, 31), Months(6), date(2024, 11, 30)),
        ("G60 allegation", date(2024, 3, 28), WorkingDays(1), date(2024, 4, 2)),
        ("G61 allegation", date(2024, 8, 23), WorkingDays(1), date(2024, 8, 27)),
        ("G66 report", date(2024, 8, 15), Days(28), date(2024, 9, 12)),
        ("G66 next review", date(2024, 8, 15), Months(6), date(2025, 2, 15)),
        ("G67 return", date(2025, 10, 13), Days(7), date(2025, 10, 20)),
        ("G70 order", date(2025, 1, 31), Months(3), date(2025, 4, 30)),
        ("G72 stage 1", date(2025, 4, 11), WorkingDays(1), date(2025, 4, 14)),
        ("G72 stage 2", date(2025, 4, 14), WorkingDays(3), date(2025, 4, 17)),
        ("G73 stage 1", date(2025, 4, 14), WorkingDays(5), date(2025, 4, 23)),
        ("G73 stage 2", date(2025, 4, 23), WorkingDays(5), date(2025, 4, 30)),
        ("G73 stage 3", date(2025, 4, 30), WorkingDays(5), date(2025, 5, 8)),
        ("G73 cap", date(2025, 4, 14), WorkingDays(20), date(2025, 5, 15)),
        ("the funeral holiday of 2022", date(2022, 9, 16), WorkingDays(1), date(2022, 9, 20)),
    ],
)
def test_golden_example_counts(golden: str, start: date, span: Span, expected: date) -> None:
    assert add_span(start, span) == expected, golden


@pytest.mark.parametrize(
    ("golden", "start", "hours", "shown"),
    [
        ("G57", datetime(2025, 12, 24, 18, 0), 72, "2025-12-27 18:00 GMT"),
        ("G58", datetime(2025, 3, 29, 22, 30), 72, "2025-04-01 23:30 BST"),
        ("G64 record", datetime(2025, 3, 29, 23, 30), 24, "2025-03-31 00:30 BST"),
        ("G64 debrief", datetime(2025, 3, 29, 23, 30), 48, "2025-04-01 00:30 BST"),
    ],
)
def test_hours_are_elapsed_hours(golden: str, start: datetime, hours: int, shown: str) -> None:
    moment = add_hours(start.replace(tzinfo=LONDON), hours)
    assert f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M %Z}" == shown, golden


def test_hours_from_a_moment_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_hours(datetime(2025, 1, 1), 24)


def test_hours_from_a_day_are_refused() -> None:
    with pytest.raises(TypeError, match="add_hours"):
        add_span(date(2025, 1, 1), Hours(24))


def test_counting_back_from_a_review_skips_christmas() -> None:
    assert add_span(date(2025, 1, 3), WorkingDays(3), direction=Direction.BEFORE) == date(
        2024, 12, 30
    )


@pytest.mark.parametrize(
    ("start", "span", "last_day"),
    [
        (date(2026, 1, 5), Weeks(1), date(2026, 1, 11)),
        (date(2026, 3, 1), Months(3), date(2026, 5, 31)),
        (date(2026, 1, 5), WorkingDays(5), date(2026, 1, 9)),
        (date(2026, 1, 3), WorkingDays(1), date(2026, 1, 5)),
    ],
)
def test_beginning_with_counts_the_first_day(start: date, span: Span, last_day: date) -> None:
    assert add_span(start, span, count_from=CountFrom.INCLUDE_EVENT) == last_day


@given(DAYS, st.integers(1, 40))
def test_working_day_count_lands_on_a_working_day(day: date, number: int) -> None:
    assert is_working_day(add_working_days(day, number))
    assert is_working_day(add_working_days(day, -number))


@given(DAYS, st.integers(1, 40))
def test_working_day_count_passes_exactly_that_many(day: date, number: int) -> None:
    reached = add_working_days(day, number)
    passed = [
        each
        for step in range(1, (reached - day).days + 1)
        if is_working_day(each := day + timedelta(days=step))
    ]
    assert len(passed) == number
    assert passed[-1] == reached


@given(DAYS, st.integers(1, 40))
def test_counting_forward_and_back_are_inverse(day: date, number: int) -> None:
    if not is_working_day(day):
        day = add_working_days(day, 1)
    assert add_working_days(add_working_days(day, number), -number) == day
    assert add_days(add_days(day, number), -number) == day
    assert add_weeks(add_weeks(day, number), -number) == day


@given(DAYS, DAYS, SPANS)
def test_later_event_never_gives_an_earlier_date(one: date, other: date, span: Span) -> None:
    earlier, later = sorted((one, other))
    assert add_span(earlier, span) <= add_span(later, span)
    assert add_span(earlier, span, direction=Direction.BEFORE) <= add_span(
        later, span, direction=Direction.BEFORE
    )


@given(DAYS, SPANS)
def test_longer_span_never_ends_earlier(day: date, span: Span) -> None:
    assert add_span(day, type(span)(span.number + 1)) > day
    assert add_span(day, type(span)(span.number + 1)) >= add_span(day, span)


@given(DAYS, st.integers(-60, 60))
def test_months_never_pass_the_corresponding_date(day: date, number: int) -> None:
    reached = add_months(day, number)
    assert (reached.year * 12 + reached.month) - (day.year * 12 + day.month) == number
    assert reached.day <= day.day
    if reached.day < day.day:
        assert (reached + timedelta(days=1)).day == 1


@given(DAYS, SPANS)
def test_span_stays_within_its_shortest_and_longest(day: date, span: Span) -> None:
    assert span.shortest_days <= (add_span(day, span) - day).days <= span.longest_days


@given(DAYS)
def test_plan_by_is_the_last_working_day_on_or_before(day: date) -> None:
    planned = plan_by(day)
    assert planned <= day
    assert is_working_day(planned)
    between = (planned + timedelta(days=step) for step in range(1, (day - planned).days + 1))
    assert not any(is_working_day(each) for each in between)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2027, 1, 1)), st.integers(0, 1000))
def test_hours_take_as_long_as_they_say(naive: datetime, hours: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert add_hours(moment, hours) - moment == timedelta(hours=hours)


@given(DAYS, DAYS)
def test_midpoint_lies_between(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert first <= midpoint(first, last) <= last


@pytest.mark.parametrize("number", [0, -1])
def test_zero_and_backward_counts_keep_their_sense(number: int) -> None:
    assert add_working_days(date(2026, 1, 7), number) == date(2026, 1, 7 + number)


@pytest.mark.parametrize(
    "count",
    [
        lambda: add_working_days(CALENDAR.covers_until, 1),
        lambda: add_working_days(CALENDAR.covers_until - timedelta(days=20), 20),
        lambda: add_working_days(CALENDAR.covers_from, -1),
        lambda: add_working_days(CALENDAR.covers_until + timedelta(days=1), -1),
        lambda: plan_by(CALENDAR.covers_until + timedelta(days=1)),
        lambda: is_working_day(CALENDAR.covers_from - timedelta(days=1)),
    ],
)
def test_counting_beyond_the_loaded_bank_holidays_is_refused(count: object) -> None:
    with pytest.raises(BeyondTheCalendar, match="bank holidays"):
        count()  # type: ignore[operator]
