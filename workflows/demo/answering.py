"""Somebody answers some of the alerts of the invented world, and puts one off."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from backend.access.models import Person
from backend.access.parts import people_by_child
from backend.alerts.actions import answer_alert, receive_alert, snooze_alert
from backend.alerts.models import Alert
from backend.alerts.table import OPEN
from backend.deadlines.count import add_working_days
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role

WEEKS = 12
EACH_WEEK = 3
SAID = (
    "I go on my way back from court and write it up the same evening.",
    "The visit was made; I am putting it on the record today.",
    "The home asked for another day. I have agreed one and will be there.",
)


def answering_steps(today: date, main: str) -> Iterator[tuple[datetime, Callable[[], Any]]]:
    """A morning in each of the last weeks on which a few alerts of one authority are answered."""
    for weeks in range(WEEKS, -1, -1):
        day = today - timedelta(days=7 * weeks + 1)
        at = datetime(day.year, day.month, day.day, 10, 20, tzinfo=LONDON)
        yield at, partial(_answer_some, main, at, weeks)


def _answer_some(main: str, at: datetime, weeks: int) -> None:
    waiting = Alert.objects.filter(
        state=str(OPEN), family="visits", child__authority=main, answers=None, snoozes=None
    ).select_related("child")
    alerts = list(waiting.order_by("-passed_at", "pk")[: 2 * EACH_WEEK : 2])
    workers = _workers([alert.child_id for alert in alerts if alert.child_id], day_of(at))
    for number, alert in enumerate(alerts):
        by = workers.get(alert.child_id or 0)
        if by is None:
            continue
        if weeks == 0 and number == EACH_WEEK - 1:
            _put_off(alert, by, at)
            continue
        answer_alert(
            alert=alert,
            what=SAID[(weeks + number) % len(SAID)],
            doer=by.name,
            by_on=day_of(at) + timedelta(days=2 + number),
            by=by,
            at=at,
        )


def _put_off(alert: Alert, by: Person, at: datetime) -> None:
    receive_alert(alert=alert, by=by, at=at)
    snooze_alert(
        alert=alert,
        until=add_working_days(day_of(at), 2),
        reason="The home is closed to visitors until the sickness there is over.",
        by=by,
        at=at,
    )


def _workers(children: list[int], on: date) -> dict[int, Person]:
    found = people_by_child((Role.SOCIAL_WORKER, Role.TEAM_MANAGER), children, on)
    return {pk: playing[0][0] for pk, playing in found.items() if playing}
