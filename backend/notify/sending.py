"""Sending what is owed: claimed first, then sent, then settled; tried again with growing gaps.

A claim puts the next try into the future before anything leaves. Whoever dies in the middle
leaves the message to be tried again under the same reference, by which it can be told apart.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from backend.access.models import Person
from backend.events.record import CLOCK, record
from backend.notify.models import Delivery, Sending, Way
from backend.notify.ways import Message, UnableToSend, send

log = logging.getLogger(__name__)
#: How long after each try the next one follows; after the last, it stands as failed.
GAPS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 45))
MOST_TRIES = len(GAPS) + 1
ADDRESS = "/notifications/"
LEFT = "has left"


def due(at: datetime) -> Q:
    """What waits and whose moment has come."""
    its_moment = Q(next_try_at__isnull=True) | Q(next_try_at__lte=at)
    return Q(state=Sending.State.WAITING) & its_moment


def owed_to_people(
    at: datetime, *, among: Iterable[int] | None = None, most: int = 500
) -> list[tuple[int, Way]]:
    """Whom something is owed on which way; of these notifications only, or of all."""
    rows = Delivery.objects.filter(due(at))
    if among is not None:
        rows = rows.filter(notification__in=list(among))
    found = rows.order_by("notification__person", "way").values_list("notification__person", "way")
    return [(person, Way(way)) for person, way in found.distinct()[:most]]


def deliver_to(person_id: int, way: Way, *, at: datetime) -> int:
    """This will send everything that one person is owed on one way, as few messages.

    Returns how many notifications did not go this time.
    """
    rows = _claim(person_id, way, at)
    by_reference: dict[uuid.UUID, list[Delivery]] = defaultdict(list)
    for row in rows:
        by_reference[row.reference].append(row)
    return sum(_send_together(way, batch, at) for batch in by_reference.values())


@transaction.atomic
def _claim(person_id: int, way: Way, at: datetime) -> list[Delivery]:
    """Takes what is due, so that no other worker does; what is new goes in one message."""
    rows = list(
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(due(at), notification__person=person_id, way=way)
        .select_related("notification__person", "notification__event")
        .order_by("pk")
    )
    together = uuid.uuid4()
    for row in rows:
        if row.tries == 0:
            row.reference = together
        _begin_try(row, at)
    Delivery.objects.bulk_update(rows, ["reference", *CLAIMED])
    return [row for row in rows if row.state == Sending.State.WAITING]


CLAIMED = ("tries", "next_try_at", "state", "failure")
SETTLED = ("next_try_at", "state", "failure", "sent_at")


def _begin_try(row: Delivery, at: datetime) -> None:
    told = row.notification
    if row.way != Way.LIVE and (told.read_at is not None or told.moved_to_id is not None):
        row.state, row.next_try_at = Sending.State.SPARED, None
        return
    begin_try(row, at)


def begin_try(row: Sending, at: datetime) -> None:
    """Counts a try, and owes the next one in case this one is never heard of again."""
    row.next_try_at = at + GAPS[min(row.tries, len(GAPS) - 1)]
    row.tries += 1


def settle(row: Sending, error: UnableToSend | None, at: datetime) -> None:
    """Writes on a row what became of the try."""
    row.failure = error.reason[:200] if error is not None else ""
    if error is None:
        row.state, row.sent_at, row.next_try_at = Sending.State.SENT, at, None
    elif error.is_final or row.tries >= MOST_TRIES:
        row.state, row.next_try_at = Sending.State.FAILED, None


def _send_together(way: Way, rows: list[Delivery], at: datetime) -> int:
    person = rows[0].notification.person
    error = attempt(way, person, _message(rows))
    with transaction.atomic():
        for row in rows:
            settle(row, error, at)
        Delivery.objects.bulk_update(rows, list(SETTLED))
        record_failed([row for row in rows if row.state == Sending.State.FAILED], at=at)
    return len(rows) if error is not None else 0


def attempt(way: Way, person: Person, message: Message) -> UnableToSend | None:
    """Sends one message; answers why it did not go."""
    if not person.is_active:
        return UnableToSend(LEFT, is_final=True)
    try:
        send(way, person, message)
    except UnableToSend as error:
        return error
    except Exception as error:  # whatever it is, it holds up nobody else's message
        log.error("a message was not sent: %s", type(error).__name__)
        return UnableToSend(type(error).__name__)
    return None


def _message(rows: list[Delivery]) -> Message:
    count = len(rows)
    alerts = "1 new alert" if count == 1 else f"{count} new alerts"
    urgent = "urgent: " if any(row.notification.is_urgent for row in rows) else ""
    return Message(
        subject=f"Sightline: {urgent}{alerts}",
        lines=tuple(f"- {row.notification.words}" for row in rows),
        path=ADDRESS,
        reference=rows[0].reference,
        about=rows[-1].notification.about,
        is_retry=rows[0].tries > 1,
    )


def record_failed(rows: Iterable[Delivery], *, at: datetime) -> None:
    """This will leave an event for each delivery that stands as failed.

    A nudge that never came is none: what it speaks of stands in the page.
    """
    for row in rows:
        if row.way == Way.LIVE:
            continue
        told = row.notification
        record(
            "deliveries.failed",
            by=CLOCK,
            at=at,
            about=told.about,
            carries={
                "name": told.person.name,
                "way": Way(row.way).label,
                "why": row.failure,
                "number": told.number,
            },
        )
