"""The whole ladder of an alert: whom it was sent to, what comes next, and when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F, IntegerField, QuerySet
from django.db.models.expressions import Func

from backend.alerts import events
from backend.alerts.ladder import Rung
from backend.alerts.models import Alert, AlertedDeadline, RungReached
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification, Way

FIRST = "deadlines.slipped"
FIRST_WORDS = "Told when the date passed"


class Standing(StrEnum):
    """Where a step stands: taken before, the latest one taken, the one that follows, or later."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    LATER = "later"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Sent:
    """One way by which somebody was told, and what became of it."""

    way: str
    words: str
    state: str
    sent_at: datetime | None
    tries: int
    failure: str


@dataclass(frozen=True)
class Heard:
    """One person who was told at a step, by which ways, and when they read it."""

    person_id: int
    name: str
    role: str
    told_at: datetime
    read_at: datetime | None
    sent: tuple[Sent, ...]

    @property
    def role_words(self) -> str:
        return Role(self.role).label


@dataclass(frozen=True)
class LadderStep:
    """One step of the ladder; 0 is the first telling, before the alert was opened.

    A reminder came before the date, and has a number of its own.
    """

    number: int
    people: str
    when: str
    standing: Standing
    at: datetime | None
    repeat: int = 0
    again_words: str = ""
    is_reminder: bool = False
    heard: tuple[Heard, ...] = ()
    reached_nobody: bool = False

    @property
    def is_taken(self) -> bool:
        return self.standing in (Standing.DONE, Standing.NOW)


def heard_by(rows: Iterable[Notification]) -> tuple[Heard, ...]:
    """Everybody told, each once, in order of their names."""
    found = {
        row.person_id: Heard(
            person_id=row.person_id,
            name=row.person.name,
            role=row.role,
            told_at=row.told_at,
            read_at=row.read_at,
            sent=tuple(_sent(one) for one in row.deliveries.all()),
        )
        for row in rows
    }
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.person_id)))


def _sent(one: Delivery) -> Sent:
    return Sent(
        way=one.way,
        words=str(Way(one.way).label),
        state=one.state,
        sent_at=one.sent_at,
        tries=one.tries,
        failure=one.failure,
    )


def ladder_of(alert: Alert) -> list[LadderStep]:
    """Every step of an alert in order: taken, the one that follows, and those after it."""
    reached = list(RungReached.objects.filter(alert=alert).order_by("number", "repeat"))
    told = _told_of([one.event_id for one in reached])
    rungs = alert.frozen_ladder.rungs
    steps = _before(alert)
    steps.append(_first(alert, is_now=alert.is_standing and not reached))
    for place, one in enumerate(reached):
        is_now = alert.is_standing and place == len(reached) - 1
        rung = rungs[one.number - 1]
        steps.append(
            LadderStep(
                number=one.number,
                people=rung.people,
                when=rung.when,
                standing=Standing.NOW if is_now else Standing.DONE,
                at=one.at,
                repeat=one.repeat,
                again_words=rung.again_words,
                heard=heard_by(told[one.event_id]),
                reached_nobody=one.reached_nobody,
            )
        )
    return steps + _to_come(alert, rungs)


def _before(alert: Alert) -> list[LadderStep]:
    """The reminders of every date that the alert speaks of; those of its ladder that were not
    sent, because the date was not known by then, as not needed."""
    deadlines = AlertedDeadline.objects.filter(alert=alert).values("deadline")
    rows = Notification.objects.filter(deadline__in=deadlines, event__name=events.REMINDED)
    told: dict[int, list[Notification]] = defaultdict(list)
    for row in _with_people(rows.order_by("event__at", "pk")):
        told[row.event_id].append(row)
    sent = [(found[0].event, found) for found in told.values()]
    steps = [
        LadderStep(
            number=int(event.carries["number"]),
            people=event.carries["told"],
            when=f"for what was due by {event.carries['due_on']}",
            standing=Standing.DONE,
            at=event.at,
            is_reminder=True,
            heard=heard_by(found),
        )
        for event, found in sent
    ]
    if steps:
        return steps
    return [
        LadderStep(
            number=number,
            people=rung.people,
            when=rung.when,
            standing=Standing.NOT_NEEDED,
            at=None,
            is_reminder=True,
        )
        for number, rung in enumerate(alert.frozen_ladder.reminders, start=1)
    ]


def _first(alert: Alert, *, is_now: bool) -> LadderStep:
    """The telling by the sweep, of every date that the alert speaks of."""
    deadlines = AlertedDeadline.objects.filter(alert=alert).values("deadline")
    rows = Notification.objects.filter(deadline__in=deadlines, event__name=FIRST)
    return LadderStep(
        number=0,
        people=FIRST_WORDS,
        when="",
        standing=Standing.NOW if is_now else Standing.DONE,
        at=alert.opened_at,
        heard=heard_by(_with_people(rows.order_by("told_at", "pk"))),
    )


def _to_come(alert: Alert, rungs: Sequence[Rung]) -> list[LadderStep]:
    """The steps that were not taken; what is put off by an answer puts off those after it."""
    steps: list[LadderStep] = []
    earliest = alert.next_at
    coming = list(enumerate(rungs[alert.reached :], start=alert.reached + 1))
    if not coming and alert.next_rung is not None:
        coming = [(len(rungs), alert.next_rung)]
    for place, (number, rung) in enumerate(coming):
        at = rung.moment(alert.passed_at)
        if place == 0 and earliest is not None:
            at = earliest
        elif earliest is not None:
            at = max(at, earliest)
        follows = Standing.NEXT if place == 0 else Standing.LATER
        steps.append(
            LadderStep(
                number=number,
                people=rung.people,
                when=rung.when,
                standing=follows if alert.is_standing else Standing.NOT_NEEDED,
                at=at if alert.is_standing else None,
                repeat=alert.repeated + 1 if alert.reached >= len(rungs) else 0,
                again_words=rung.again_words,
            )
        )
    return steps if alert.is_standing else [one for one in steps if not one.repeat]


def _told_of(events: Sequence[int]) -> Mapping[int, list[Notification]]:
    found: dict[int, list[Notification]] = defaultdict(list)
    rows = Notification.objects.filter(event__in=events).order_by("pk")
    for row in _with_people(rows):
        found[row.event_id].append(row)
    return found


def _with_people(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.select_related("person", "event").prefetch_related("deliveries")


@dataclass(frozen=True)
class LastSent:
    """Whom an alert was last sent to, and when."""

    number: int
    at: datetime
    names: tuple[str, ...]
    reached_nobody: bool = False


def last_sent(alerts: Sequence[Alert]) -> dict[int, LastSent]:
    """Whom each of many alerts was last sent to; a fixed number of queries."""
    ids = [alert.pk for alert in alerts]
    latest: dict[int, RungReached] = {}
    for one in RungReached.objects.filter(alert__in=ids).order_by("number", "repeat"):
        latest[one.alert_id] = one
    told = _told_of([one.event_id for one in latest.values()])
    first: dict[int, set[str]] = defaultdict(set)
    rows = Notification.objects.filter(deadline__alerted__alert__in=ids, event__name=FIRST)
    for pk, name in rows.values_list("deadline__alerted__alert", "person__name"):
        first[pk].add(name)
    found: dict[int, LastSent] = {}
    for alert in alerts:
        step = latest.get(alert.pk)
        if step is None:
            names = tuple(sorted(first[alert.pk]))
            found[alert.pk] = LastSent(0, alert.opened_at, names, reached_nobody=not names)
        else:
            names = tuple(one.name for one in heard_by(told[step.event_id]))
            found[alert.pk] = LastSent(step.number, step.at, names, step.reached_nobody)
    return found


def with_steps(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """The alerts with ``steps``: how many their own ladder has."""
    return rows.annotate(
        steps=Func(F("ladder__rungs"), function="jsonb_array_length", output_field=IntegerField())
    )


def at_top(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those of the alerts that have taken the last step of their ladder."""
    return with_steps(rows).filter(reached__gte=F("steps"))
