"""Reminds those who must do something before its date passes; what was kept in time is no slip."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.alerts import events
from backend.alerts.ladder import FAMILIES, Ladder, Rung
from backend.alerts.models import Reminder
from backend.alerts.queries import Policies, passed_at
from backend.deadlines.models import Deadline
from backend.deadlines.queries import STANDING
from backend.events.models import Event
from backend.events.record import CLOCK, compose, record_all
from backend.notify.models import Way
from backend.notify.tell import Telling, tell

BATCH = 200


def remind(at: datetime) -> int:
    """This will send every reminder whose moment has come; returns how many dates they name.

    The ladder is fixed at the first reminder. Where several are due at once, because nothing
    ran or the date came near, only the last of them is sent.
    """
    policies = Policies()
    for family in FAMILIES:
        _begin(family, policies, at)
    sent = 0
    while taken := _send_batch(at):
        sent += taken
    return sent


def coming(family: str, policies: Policies, at: datetime) -> QuerySet[Deadline]:
    """The dates of one family to come of which somebody may have to be reminded by now."""
    chosen = policies.chosen(family)
    windows = {code: _reaches_to(ladder, at) for code, ladder in chosen.items()}
    otherwise = _reaches_to(policies.default(family), at)
    near = Q(child__isnull=True, next_moment_at__lte=max([otherwise, *windows.values()]))
    near |= Q(child__isnull=False, next_moment_at__lte=otherwise) & ~Q(
        child__authority__in=list(chosen)
    )
    for code, until in windows.items():
        near |= Q(child__authority=code, next_moment_at__lte=until)
    return Deadline.objects.filter(
        near, room=family, status__in=STANDING, next_moment_at__gt=at
    ).select_related("child")


def _reaches_to(ladder: Ladder, at: datetime) -> datetime:
    return ladder.reminders[0].foresees(at) if ladder.reminders else at


def _begin(family: str, policies: Policies, at: datetime) -> None:
    known = Reminder.objects.filter(deadline=OuterRef("pk"), passes_at=OuterRef("next_moment_at"))
    rows = list(coming(family, policies, at).filter(~Exists(known)))
    ladders = policies.of(rows)
    Reminder.objects.bulk_create(
        [
            Reminder(
                deadline=row,
                passes_at=passed_at(row),
                ladder=ladders[row.pk].as_json(),
                next_at=first,
            )
            for row in rows
            if (first := first_moment(row, ladders[row.pk])) is not None and first <= at
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def first_moment(deadline: Deadline, ladder: Ladder) -> datetime | None:
    """When somebody is first reminded of a date; never, where the ladder has no reminder."""
    if not ladder.reminders or deadline.next_moment_at is None:
        return None
    return ladder.reminders[0].moment(deadline.next_moment_at)


@transaction.atomic
def _send_batch(at: datetime) -> int:
    rows = list(
        Reminder.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(next_at__lte=at)
        .select_related("deadline")
        .order_by("next_at", "pk")[:BATCH]
    )
    due = [(row, rung) for row in rows for rung in _next_of(row, at)]
    Reminder.objects.bulk_update(rows, ["reached", "next_at"])
    said = record_all([_said(row, rung, at) for row, rung in due])
    by_ways: dict[tuple[Way, ...], list[tuple[Telling, Rung]]] = {}
    for (row, rung), event in zip(due, said, strict=True):
        telling = Telling(event, rung.roles, row.deadline_id, about=row.deadline.about)
        ways = tuple(Way(str(way)) for way in rung.ways)
        by_ways.setdefault(ways, []).append((telling, rung))
    for ways, tellings in by_ways.items():
        told = tell([telling for telling, _ in tellings], at=at, also=ways)
        unheard = {event.pk for event in told.unheard}
        record_all(
            [
                _unheard(telling.event, rung, at)
                for telling, rung in tellings
                if telling.event.pk in unheard
            ]
        )
    return len(rows)


def _next_of(row: Reminder, at: datetime) -> Iterator[Rung]:
    """The reminder that is sent now, if the date still stands; what follows is put down."""
    row.next_at = None
    deadline = row.deadline
    if not deadline.is_standing or deadline.next_moment_at != row.passes_at or row.passes_at <= at:
        return
    reminders = row.frozen_ladder.reminders
    due = sum(one.moment(row.passes_at) <= at for one in reminders)
    if due < len(reminders):
        row.next_at = reminders[due].moment(row.passes_at)
    if due > row.reached:
        row.reached = due
        yield reminders[due - 1]


def _said(row: Reminder, rung: Rung, at: datetime) -> Event:
    deadline = row.deadline
    return compose(
        events.REMINDED,
        by=CLOCK,
        at=at,
        about=deadline.about or f"deadlines/{deadline.pk}",
        child_id=deadline.child_id,
        carries={
            "number": row.reached,
            "ref": deadline.ref,
            "title": deadline.title,
            "due_on": f"{deadline.last_day:%-d %B %Y}",
            "told": rung.people,
        },
    )


def _unheard(event: Event, rung: Rung, at: datetime) -> Event:
    return compose(
        events.NOBODY_REMINDED,
        by=CLOCK,
        at=at,
        about=event.about,
        child_id=event.child_id,
        carries={**{name: event.carries[name] for name in ("ref", "title")}, "roles": rung.people},
    )
