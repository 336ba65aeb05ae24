"""Can this be done to an alert now?"""

from datetime import date, datetime, timedelta

from backend.alerts.models import Alert
from backend.casework.errors import FactRefused, NotNow
from backend.deadlines.count import add_working_days
from backend.grammar.moments import day_of

#: An answer promises something near: a duty that has passed does not wait for months.
LATEST_PROMISE = timedelta(days=28)
LONGEST_SNOOZE = 3
MOST_SNOOZES = 2


class UnableToSnooze(NotNow):
    """The alert has been put off as often as it may be."""


def check_promise(by_on: date, at: datetime) -> None:
    """:raises FactRefused: the day has passed, or lies more than four weeks ahead."""
    today = day_of(at)
    if by_on < today:
        raise FactRefused("Choose today or a day to come.", field="by_on")
    if by_on > today + LATEST_PROMISE:
        raise FactRefused("Choose a day within four weeks.", field="by_on")


def check_snooze(until: date, at: datetime) -> None:
    """:raises FactRefused: the day has passed, or is further off than three working days."""
    today = day_of(at)
    if until <= today:
        raise FactRefused("Choose a day after today.", field="until")
    if until > add_working_days(today, LONGEST_SNOOZE):
        raise FactRefused(
            f"An alert can be put off by {LONGEST_SNOOZE} working days at most.", field="until"
        )


def check_can_snooze(alert: Alert) -> None:
    """:raises UnableToSnooze: it was put off twice already."""
    if alert.snoozes.count() >= MOST_SNOOZES:
        raise UnableToSnooze(
            f"This alert was put off {MOST_SNOOZES} times already. Say what will be done instead."
        )
