"""Opens alerts for what slipped, takes them up their ladder, and ends them when all is done.

Each alert is taken in a transaction of its own, by whichever process comes first. A process
that dies leaves the rest for the next; what was done is not done again.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from backend.alerts import events
from backend.alerts.covering import cover
from backend.alerts.ladder import Rung
from backend.alerts.models import NAMES, Alert, AlertedDeadline, Question, RungReached
from backend.alerts.queries import (
    ended_because,
    ladder_of_group,
    not_yet_alerted,
    passed_at,
    settled_alerts,
    slipped_deadlines,
)
from backend.alerts.reminding import remind
from backend.alerts.table import ASKERS, OPEN
from backend.casework.facts import in_words
from backend.casework.gate import carry_out, open_case
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.notify.deliveries import reached_nobody
from backend.notify.models import Delivery, Notification, Way
from backend.notify.tell import Told, tell_person

log = logging.getLogger(__name__)
BATCH = 500
#: More steps than any ladder has; a fault in a ladder must not keep a sweep for ever.
MOST_STEPS = 50


def follow_up(at: datetime) -> int:
    """What the clock does with alerts after a sweep; returns how many steps were taken."""
    end_settled(at)
    open_alerts(at)
    hurry(at)
    steps = chase(at) + climb(at)
    return steps + remind(at) + cover(at)


def open_alerts(at: datetime) -> int:
    """This will open an alert for each group of slipped deadlines, or let them join theirs."""
    opened = 0
    while batch := list(not_yet_alerted().select_related("child")[:BATCH]):
        groups: dict[str, list[Deadline]] = {}
        for deadline in batch:
            groups.setdefault(group_of(deadline), []).append(deadline)
        for group, deadlines in sorted(groups.items()):
            opened += _open_or_join(group, deadlines, at)
    return opened


def group_of(deadline: Deadline) -> str:
    """What belongs together: one child's dates in one room, or the dates of one case."""
    return deadline.about or f"children/{deadline.child_id}:{deadline.room}"


@transaction.atomic
def _open_or_join(group: str, deadlines: list[Deadline], at: datetime) -> int:
    _one_at_a_time(group)
    alert = Alert.objects.select_for_update().filter(group=group, state__in=NAMES).first()
    is_new = alert is None
    if alert is None:
        in_order = sorted(deadlines, key=passed_at)
        first = in_order[0]
        child = first.child
        ladder = ladder_of_group(in_order)
        alert = open_case(
            Alert(
                group=group,
                family=first.room,
                child=child,
                matter=first.about,
                passed_at=passed_at(first),
                ladder=ladder.as_json(),
            ),
            "begin",
            by=CLOCK,
            at=at,
            facts={"next_at": ladder.rungs[0].moment(passed_at(first))},
            carries={"what": what_slipped(deadlines), "ladder": ladder.name},
        )
    AlertedDeadline.objects.bulk_create(
        [AlertedDeadline(alert=alert, deadline=one, joined_at=at) for one in deadlines],
        update_conflicts=True,
        unique_fields=["alert", "deadline"],
        update_fields=["joined_at"],
    )
    return int(is_new)


def _one_at_a_time(group: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [group])


def what_slipped(deadlines: Iterable[Deadline]) -> str:
    """What an alert is about, with its count: never only the first of many."""
    rows = list(deadlines)
    refs = ", ".join(dict.fromkeys(row.ref for row in rows))
    return f"{len(rows)} date{'' if len(rows) == 1 else 's'} passed ({refs})"


def end_settled(at: datetime) -> int:
    """This will end the alerts of which nothing is owed any more."""
    ended = 0
    for pk in list(settled_alerts().values_list("pk", flat=True)):
        ended += _taken(pk, _end_one, at)
    return ended


def climb(at: datetime) -> int:
    """This will take every alert whose moment has come up by as many steps as are due."""
    due = Alert.objects.filter(state__in=NAMES, next_at__lte=at)
    steps = 0
    for pk in list(due.order_by("next_at", "pk").values_list("pk", flat=True)):
        for _ in range(MOST_STEPS):
            if not _taken(pk, _climb_one, at):
                break
            steps += 1
    return steps


def chase(at: datetime) -> int:
    """This will tell whoever asked what is being done that nobody answered in time, and let
    the alert go up at once."""
    due = Question.objects.filter(closed_at=None, answer_by__lte=at)
    due.exclude(alert__state__in=NAMES).update(closed_at=at)
    alerts = sorted(set(due.order_by().values_list("alert", flat=True)))
    return sum(_taken(pk, _chase_one, at) for pk in alerts)


def hurry(at: datetime) -> int:
    """This will let an alert go up at once when no message of its latest step arrived."""
    failed = Delivery.objects.filter(
        notification__event=OuterRef("event"), state=Delivery.State.FAILED
    )
    steps = RungReached.objects.filter(
        Exists(failed.exclude(way=Way.LIVE)), alert__state=str(OPEN), reached_nobody=False
    )
    alerts = sorted(set(steps.order_by().values_list("alert", flat=True)))
    return sum(_taken(pk, _hurry_one, at) for pk in alerts)


def _taken(pk: int, do: object, at: datetime) -> bool:
    """Does one thing to one alert, unless somebody else has it; a failure is said loudly."""
    try:
        with transaction.atomic():
            rows = Alert.objects.select_for_update(skip_locked=True, of=("self",))
            alert = rows.filter(pk=pk, state__in=NAMES).first()
            return alert is not None and bool(do(alert, at))  # type: ignore[operator]
    except Exception:
        log.exception("alert %s could not be taken on; the next sweep tries again", pk)
        return False


def _end_one(alert: Alert, at: datetime) -> bool:
    if not settled_alerts().filter(pk=alert.pk).exists():
        return False
    because = ended_because(alert)
    carry_out(
        alert,
        "end",
        by=CLOCK,
        at=at,
        facts={"because": because, "at": at},
        carries={"because": because},
    )
    return True


def _climb_one(alert: Alert, at: datetime) -> bool:
    """One step up: told by name, or recorded that nobody was there, and then up at once."""
    if alert.next_at is None or alert.next_at > at or alert.next_rung is None:
        return False
    rung = alert.next_rung
    rungs = alert.frozen_ladder.rungs
    number = min(alert.reached + 1, len(rungs))
    follows = rungs[alert.reached + 1] if alert.reached + 1 < len(rungs) else None
    told_before = alert.repeated + (alert.reached >= len(rungs))
    moment = follows.moment(alert.passed_at) if follows else rung.again(at, told_before)

    def keep(locked: Alert, event: Event, told: Told) -> None:
        RungReached.objects.create(
            alert=locked,
            number=number,
            repeat=locked.repeated,
            at=at,
            event=event,
            reached_nobody=bool(told.unheard),
        )
        if told.unheard:
            _go_up_at_once(locked, number, rung, at, goes_on=follows is not None)

    carry_out(
        alert,
        "climb",
        by=CLOCK,
        at=at,
        facts={"next_at": moment},
        carries={
            "number": number,
            "what": what_slipped(slipped_deadlines(alert)),
            "told": rung.people,
        },
        tells=rung.roles,
        also=[Way(str(way)) for way in rung.ways],
        heard=keep,
    )
    return True


def _chase_one(alert: Alert, at: datetime) -> bool:
    due = list(alert.questions.filter(closed_at=None, answer_by__lte=at).select_related("by"))
    for question in due:
        question.closed_at = at
        question.save(update_fields=["closed_at"])
        event = record(
            events.UNANSWERED,
            by=CLOCK,
            at=at,
            about=alert.about,
            child_id=alert.child_id,
            carries={"name": question.by.name, "asked_on": in_words(day_of(question.at))},
        )
        parts = alert.parts_of(question.by, day_of(at)) & set(ASKERS)
        if parts:
            tell_person(question.by, event, role=min(parts), at=at, about=alert.hears_as)
    if due and alert.state == OPEN and alert.reached < len(alert.frozen_ladder.rungs):
        alert.next_at = at
        alert.save(update_fields=["next_at"])
    return bool(due)


def _hurry_one(alert: Alert, at: datetime) -> bool:
    """Every way to everybody failed, nobody read it and nobody has seen the alert."""
    latest = RungReached.objects.filter(alert=alert).order_by("-number", "-repeat").first()
    if latest is None or latest.reached_nobody or alert.receipts.filter(at__gte=latest.at).exists():
        return False
    told = list(Notification.objects.filter(event=latest.event).values_list("pk", flat=True))
    if reached_nobody(told).count() < max(len(told), 1):
        return False
    latest.reached_nobody = True
    latest.save(update_fields=["reached_nobody"])
    record(
        events.UNDELIVERED,
        by=CLOCK,
        at=at,
        about=alert.about,
        child_id=alert.child_id,
        carries={"number": latest.number},
    )
    if alert.reached < len(alert.frozen_ladder.rungs):
        alert.next_at = at
        alert.save(update_fields=["next_at"])
    return True


def _go_up_at_once(alert: Alert, number: int, rung: Rung, at: datetime, *, goes_on: bool) -> None:
    """Nobody to tell is a fact of its own, and no reason to wait."""
    record(
        events.NOBODY,
        by=CLOCK,
        at=at,
        about=alert.about,
        child_id=alert.child_id,
        carries={"number": number, "roles": rung.people},
    )
    if goes_on:
        alert.next_at = at
        alert.save(update_fields=["next_at"])
