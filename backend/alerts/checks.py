"""Can this be done to an alert now?"""

from datetime import date, datetime, timedelta

from backend.access.models import Person
from backend.alerts.ladder import MORNING
from backend.alerts.models import Alert
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import in_words
from backend.deadlines.count import add_working_days
from backend.grammar.moments import LONDON, day_of

#: An answer promises something near: a duty that has passed does not wait for months.
LATEST_PROMISE = timedelta(days=28)
LONGEST_SNOOZE = 3
MOST_SNOOZES = 2
#: How long somebody who is asked has to answer, in working days.
TIME_TO_ANSWER = 2


class UnableToSnooze(NotNow):
    """The alert has been put off as often as it may be."""


class UnableToAsk(NotNow):
    """The same person asked already, or nobody is there to be asked."""


def answer_awaited(at: datetime) -> datetime:
    """When a question that is asked now should have been answered."""
    day = add_working_days(day_of(at), TIME_TO_ANSWER)
    return datetime.combine(day, MORNING, tzinfo=LONDON)


def check_can_ask(alert: Alert, by: Person) -> None:
    """:raises UnableToAsk: the person waits for an answer already."""
    open_one = alert.questions.filter(by=by, closed_at=None).first()
    if open_one is not None:
        raise UnableToAsk(
            f"You asked on {in_words(day_of(open_one.at))}. An answer is awaited by "
            f"{in_words(day_of(open_one.answer_by))}; without one the alert goes up."
        )


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
