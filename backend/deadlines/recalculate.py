"""Count, never tick: deadlines are computed again from the facts whenever a fact changes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from backend.deadlines.clockwork import count_deadlines, read_histories
from backend.deadlines.count import BeyondTheCalendar
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import Actor, compose, record_all
from backend.grammar.moments import day_of, end_of
from backend.records.models import Child

WRITTEN = [field.name for field in Deadline._meta.fields if field.name not in ("id", "child")]


_waiting: ContextVar[set[int] | None] = ContextVar("waiting", default=None)


@contextmanager
def counted_together() -> Iterator[None]:
    """Within this, children are only noted, and counted by ``count_waiting``, many at once.

    It is for long runs of changes that nobody reads in between.
    """
    token = _waiting.set(set())
    try:
        yield
    finally:
        _waiting.reset(token)


def count_waiting(*, by: Actor, at: datetime) -> None:
    """This will count the deadlines of all children noted so far."""
    noted = _waiting.get() or set()
    if noted:
        _count(sorted(noted), by, at, loaded=False)
        noted.clear()


@dataclass(frozen=True)
class Recalculated:
    """What a recalculation changed."""

    added: int
    changed: int
    removed: int
    #: Children whose dates could not be counted, and why; their deadlines stay as they were.
    left: dict[int, str]


def recalculate(
    children: Iterable[int], *, by: Actor, at: datetime, loaded: bool = False
) -> Recalculated:
    """This will compute the deadlines of these children again and leave an event for each
    standing date that moved.

    ``loaded`` is for history that was brought in from elsewhere: a date that had already
    passed when it was loaded is kept as past, but nobody is told of it one by one.

    :raises BeyondTheCalendar: the only child asked for has a date outside the loaded bank
        holidays. Among many children that one is left as it was and named in the answer.
    """
    noted = _waiting.get()
    if noted is not None:
        noted |= set(children)
        return Recalculated(added=0, changed=0, removed=0, left={})
    return _count(sorted(set(children)), by, at, loaded=loaded)


def _count(ids: list[int], by: Actor, at: datetime, *, loaded: bool) -> Recalculated:
    on = day_of(at)
    with transaction.atomic():
        # One recalculation of a child at a time; always in the same order.
        list(Child.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
        histories = read_histories(ids)
        standing = _rows_of(ids)
        added: list[Deadline] = []
        changed: list[Deadline] = []
        events: list[Event] = []
        removed: list[int] = []
        left: dict[int, str] = {}
        for child_id in ids:
            rows = standing.get(child_id, {})
            kept: set[str] = set()
            history = histories.get(child_id)
            try:
                counted = count_deadlines(history, on) if history is not None else []
            except BeyondTheCalendar as reason:
                if len(ids) == 1:
                    raise
                left[child_id] = str(reason)
                continue
            for due in counted:
                kept.add(due.key)
                row = rows.get(due.key) or Deadline(child_id=child_id, key=due.key)
                before = _picture(row) if row.pk else None
                row.take(due)
                _set_next_moment(row, on, loaded)
                if before is None:
                    added.append(row)
                elif before != _picture(row):
                    changed.append(row)
                    events += _moved(before, row, by, at)
            removed += [row.pk for key, row in rows.items() if key not in kept]
        Deadline.objects.bulk_create(added, batch_size=500)
        Deadline.objects.bulk_update(changed, WRITTEN, batch_size=500)
        gone = _withdraw(removed)
        record_all(events)
    return Recalculated(added=len(added), changed=len(changed), removed=gone, left=left)


def _rows_of(children: Sequence[int]) -> dict[int, dict[str, Deadline]]:
    rows: dict[int, dict[str, Deadline]] = {}
    for row in Deadline.objects.select_for_update().filter(child__in=children).order_by("pk"):
        rows.setdefault(row.child_id, {})[row.key] = row
    return rows


def _picture(row: Deadline) -> dict[str, object]:
    return {
        field.attname: getattr(row, field.attname)
        for field in Deadline._meta.fields
        if field.attname != "id"
    }


def _set_next_moment(row: Deadline, on: date, loaded: bool) -> None:
    """The sweep looks once the last day has passed, unless the duty is settled or was told of."""
    if not row.is_standing or row.last_day is None:
        row.next_moment_at = None
        return
    moment = row.due_at or end_of(row.last_day)
    if row.slipped_at and moment > row.slipped_at:
        row.slipped_at = None
    if loaded and row.last_day < on and row.slipped_at is None:
        row.slipped_at = moment
    row.next_moment_at = None if row.slipped_at else moment


def _moved(before: dict[str, object], row: Deadline, by: Actor, at: datetime) -> list[Event]:
    if before["due_on"] == row.due_on or not row.due_on or not before["due_on"]:
        return []
    return [
        compose(
            "deadlines.moved",
            by=by,
            at=at,
            about=f"deadlines/{row.pk}",
            child_id=row.child_id,
            carries={
                "ref": row.ref,
                "title": row.title,
                "old_due_on": before["due_on"],
                "new_due_on": row.due_on,
            },
        )
    ]


def _withdraw(ids: Sequence[int]) -> int:
    """A duty whose facts are gone is superseded, not erased: somebody may have been told of it."""
    return (
        Deadline.objects.filter(pk__in=ids)
        .exclude(status="superseded")
        .update(status="superseded", next_moment_at=None)
    )


def recalculate_all(*, by: Actor, at: datetime, batch: int = 200) -> dict[str, int]:
    """This will count every child's deadlines again: some change only because a day passed.

    A young person comes of age, and short breaks add up, without anybody recording anything.
    Each batch is a transaction of its own.
    """
    found = {"children": 0, "changed": 0, "left": 0}
    last = 0
    while ids := list(
        Child.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]
    ):
        done = recalculate(ids, by=by, at=at)
        found["children"] += len(ids)
        found["changed"] += done.added + done.changed + done.removed
        found["left"] += len(done.left)
        last = ids[-1]
    return found
