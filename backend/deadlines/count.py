"""Dates in, a date out: the counting that every clock of the law rests on."""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from backend.deadlines.calendars import BankHolidays, BeyondTheCalendar, england_and_wales
from backend.grammar.clocks import (
    CountFrom,
    Days,
    Direction,
    Hours,
    Months,
    Rule,
    Span,
    Weeks,
    WorkingDays,
)

__all__ = [
    "BeyondTheCalendar",
    "add_days",
    "add_hours",
    "add_months",
    "add_span",
    "add_weeks",
    "add_working_days",
    "due_by",
    "is_working_day",
    "midpoint",
    "plan_by",
]

ONE_DAY = timedelta(days=1)
NO_DAYS = timedelta()


def is_working_day(day: date, holidays: BankHolidays | None = None) -> bool:
    """Not a Saturday, Sunday or bank holiday in England and Wales.

    Source: S.I. 2011/1010 reg. 2; the definition in S.I. 2010/959 reg. 2(1) is believed the
    same. Raises BeyondTheCalendar outside the loaded years.
    """
    return (holidays or england_and_wales()).is_working_day(day)


def add_days(day: date, number: int) -> date:
    """Calendar days; the day itself is day nought. Never moved off a weekend."""
    return day + timedelta(days=number)


def add_weeks(day: date, number: int) -> date:
    """Weeks of seven consecutive days; the day itself is day nought."""
    return day + timedelta(weeks=number)


def add_months(day: date, number: int) -> date:
    """Calendar months by the corresponding date; where there is none, the month's last day.

    Source: Interpretation Act 1978 Sch. 1 and the corresponding-date rule.
    """
    months = day.year * 12 + day.month - 1 + number
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_working_days(day: date, number: int, holidays: BankHolidays | None = None) -> date:
    """The nth working day away from a day, which is never counted itself.

    A negative number counts back. Raises BeyondTheCalendar rather than guess.
    """
    held = holidays or england_and_wales()
    held.check_covers(day)
    if number == 0:
        return day
    days = held.working_days
    passed = bisect_right(days, day) - 1 if number > 0 else bisect_left(days, day)
    found = passed + number
    if not 0 <= found < len(days):
        edge = held.covers_until + ONE_DAY if number > 0 else held.covers_from - ONE_DAY
        held.check_covers(edge)
    return days[found]


def add_hours(moment: datetime, number: int) -> datetime:
    """Elapsed hours, counted in UTC; weekends and clock changes do not stop them."""
    if moment.tzinfo is None:
        raise ValueError("hours are counted from a moment with a time zone")
    return (moment.astimezone(UTC) + timedelta(hours=number)).astimezone(moment.tzinfo)


def add_span(
    day: date,
    span: Span,
    *,
    direction: Direction = Direction.AFTER,
    count_from: CountFrom = CountFrom.EXCLUDE_EVENT,
    holidays: BankHolidays | None = None,
) -> date:
    """The last day of a period that runs from an event, or the first day before one."""
    sign = -1 if direction is Direction.BEFORE else 1
    first_day = sign * ONE_DAY if count_from is CountFrom.INCLUDE_EVENT else NO_DAYS
    match span:
        case WorkingDays():
            return add_working_days(day - first_day, sign * span.number, holidays)
        case Days():
            return add_days(day, sign * span.number) - first_day
        case Weeks():
            return add_weeks(day, sign * span.number) - first_day
        case Months():
            return add_months(day, sign * span.number) - first_day
        case Hours():
            raise TypeError("hours run from a moment, not from a day: use add_hours")
    raise TypeError(f"{span!r} cannot be counted")


def due_by(rule: Rule, day: date, holidays: BankHolidays | None = None) -> date | None:
    """When a rule's period ends, counted from a day; None where the law gives no number."""
    if not isinstance(rule.span, Span):
        return None
    return add_span(
        day, rule.span, direction=rule.direction, count_from=rule.count_from, holidays=holidays
    )


def plan_by(due_on: date, holidays: BankHolidays | None = None) -> date:
    """The last working day on or before a due date: for planning; the law's day never moves."""
    held = holidays or england_and_wales()
    held.check_covers(due_on)
    found = bisect_right(held.working_days, due_on) - 1
    if found < 0:
        held.check_covers(held.covers_from - ONE_DAY)
    return held.working_days[found]


def midpoint(first: date, last: date) -> date:
    """The day half way between two days, the earlier one where there are two."""
    return first + timedelta(days=(last - first).days // 2)
