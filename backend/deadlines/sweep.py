"""Finds what slipped and tells, once; any number may run, any may die, nothing is told twice."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from backend.deadlines.clockwork import follow_ups
from backend.deadlines.models import Deadline, Heartbeat
from backend.events.models import Event
from backend.events.record import CLOCK, compose, record_all
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell

log = logging.getLogger(__name__)

BATCH = 200
#: The sweep runs every minute; a moment unhandled for longer than this is a fault.
INTERVAL = timedelta(minutes=5)


class Swept(NamedTuple):
    """How many deadlines slipped, and of how many of them nobody could be told."""

    slipped: int
    unheard: int


def sweep(*, at: datetime, batch: int = BATCH) -> int:
    """This will tell the responsible people of every deadline whose moment has come.

    Returns how many slipped. Each batch is one transaction: a sweep that is killed loses
    that batch whole, and the next sweep takes it up again.
    """
    slipped = unheard = 0
    while (taken := sweep_batch(at, batch)).slipped:
        slipped += taken.slipped
        unheard += taken.unheard
    beat("sweep", at, {"slipped": slipped, "unheard": unheard, **_follow_up(at)})
    return slipped


def _follow_up(at: datetime) -> dict[str, int]:
    """What the rooms do themselves when a moment has passed, such as taking a step upwards.

    One room's failure is said loudly and keeps no other room from its work; the watchdog
    sees what was left.
    """
    done: dict[str, int] = {}
    for name, follow_up in follow_ups().items():
        try:
            done[name] = follow_up(at)
        except Exception:
            log.exception("what follows a passed moment failed in %s", name)
            done[f"{name} failed"] = 1
    return done


@transaction.atomic
def sweep_batch(at: datetime, batch: int) -> Swept:
    rows = list(
        Deadline.objects.select_for_update(skip_locked=True)
        .filter(next_moment_at__lte=at)
        .order_by("next_moment_at", "pk")[:batch]
    )
    if not rows:
        return Swept(0, 0)
    for row in rows:
        row.slipped_at = row.told_at = at
        row.next_moment_at = None
    Deadline.objects.bulk_update(rows, ["slipped_at", "told_at", "next_moment_at"])
    events = record_all(_said("deadlines.slipped", row, at) for row in rows)
    told = tell(
        [
            Telling(
                event,
                tuple(Role(role) for role in row.tells),
                deadline_id=row.pk,
                about=row.about,
            )
            for event, row in zip(events, rows, strict=True)
        ],
        at=at,
    )
    by_event = {event.pk: row for event, row in zip(events, rows, strict=True)}
    record_all(_said("deadlines.unheard", by_event[event.pk], at) for event in told.unheard)
    return Swept(len(rows), len(told.unheard))


def _said(name: str, row: Deadline, at: datetime) -> Event:
    return compose(
        name,
        by=CLOCK,
        at=at,
        about=row.about or f"deadlines/{row.pk}",
        child_id=row.child_id,
        carries={"ref": row.ref, "title": row.title, "due_on": f"{row.last_day:%-d %B %Y}"},
    )


def beat(job: str, at: datetime, found: dict[str, int]) -> None:
    """Leaves a sign that a recurring job finished."""
    Heartbeat.objects.update_or_create(job=job, defaults={"at": at, "found": found})


def unhandled(*, at: datetime) -> int:
    """The watchdog's question: how many deadlines are past their moment and nobody looked?"""
    return Deadline.objects.filter(next_moment_at__lt=at - INTERVAL).count()


def watch(*, at: datetime) -> int:
    """This will count what the sweep should have handled and has not, and leave a sign."""
    count = unhandled(at=at)
    beat("watchdog", at, {"unhandled": count})
    return count
