"""Count, never tick: deadlines are computed again from the facts whenever a fact changes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from backend.deadlines.clockwork import count_deadlines, matter_clocks, read_histories
from backend.deadlines.count import BeyondTheCalendar
from backend.deadlines.due import Due
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import Actor, compose, record_all
from backend.grammar.moments import day_of, end_of
from backend.records.models import Child

OWNED_BY = ("id", "child", "about")
WRITTEN = [field.name for field in Deadline._meta.fields if field.name not in OWNED_BY]


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
        recount = _Recount(by, at, loaded)
        standing = _rows_of(Q(child__in=ids), "child_id")
        for child_id in ids:
            history = histories.get(child_id)
            try:
                counted = count_deadlines(history, on) if history is not None else []
            except BeyondTheCalendar as reason:
                if len(ids) == 1:
                    raise
                recount.left[child_id] = str(reason)
                continue
            recount.take(counted, standing.get(child_id, {}), child_id=child_id)
        return recount.write()


def recalculate_matters(name: str, ids: Iterable[int], *, by: Actor, at: datetime) -> Recalculated:
    """This will compute again what is owed in these cases that are no child's.

    Cases without a clock owe nothing.

    :raises BeyondTheCalendar: as for a child.
    """
    clock = matter_clocks().get(name)
    if clock is None:
        return Recalculated(added=0, changed=0, removed=0, left={})
    wanted = sorted(set(ids))
    abouts = {pk: f"{name}/{pk}" for pk in wanted}
    on = day_of(at)
    with transaction.atomic():
        _one_at_a_time(abouts.values())
        facts = clock.read(wanted)
        recount = _Recount(by, at, loaded=False)
        standing = _rows_of(Q(about__in=list(abouts.values())), "about")
        for pk, about in abouts.items():
            try:
                counted = clock.count(facts[pk], on) if pk in facts else []
            except BeyondTheCalendar as reason:
                if len(wanted) == 1:
                    raise
                recount.left[pk] = str(reason)
                continue
            recount.take(counted, standing.get(about, {}), about=about)
        return recount.write()


def _one_at_a_time(abouts: Iterable[str]) -> None:
    """Waits for whoever else counts the same cases; the case itself may not be locked here."""
    with connection.cursor() as cursor:
        for about in sorted(abouts):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [about])


class _Recount:
    """What one recalculation found, written at once at its end."""

    def __init__(self, by: Actor, at: datetime, loaded: bool) -> None:
        self.by, self.at, self.loaded = by, at, loaded
        self.added: list[Deadline] = []
        self.changed: list[Deadline] = []
        self.removed: list[int] = []
        self.events: list[Event] = []
        self.left: dict[int, str] = {}

    def take(self, counted: Iterable[Due], rows: dict[str, Deadline], **owner: Any) -> None:
        """Compares what the rules say with the rows that stand."""
        kept: set[str] = set()
        for due in counted:
            kept.add(due.key)
            row = rows.get(due.key) or Deadline(key=due.key, **owner)
            before = _picture(row) if row.pk else None
            row.take(due)
            _set_next_moment(row, day_of(self.at), self.loaded)
            if before is None:
                self.added.append(row)
            elif before != _picture(row):
                self.changed.append(row)
                self.events += _moved(before, row, self.by, self.at)
        self.removed += [row.pk for key, row in rows.items() if key not in kept]

    def write(self) -> Recalculated:
        Deadline.objects.bulk_create(self.added, batch_size=500)
        Deadline.objects.bulk_update(self.changed, WRITTEN, batch_size=500)
        gone = _withdraw(self.removed)
        record_all(self.events)
        return Recalculated(
            added=len(self.added), changed=len(self.changed), removed=gone, left=self.left
        )


def _rows_of(which: Q, owner: str) -> dict[Any, dict[str, Deadline]]:
    rows: dict[Any, dict[str, Deadline]] = {}
    for row in Deadline.objects.select_for_update().filter(which).order_by("pk"):
        rows.setdefault(getattr(row, owner), {})[row.key] = row
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
        row.slipped_at = row.told_at = None
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
            about=row.about or f"deadlines/{row.pk}",
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
    """This will count every deadline again: some change only because a day passed.

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
    for name, clock in matter_clocks().items():
        for part in batched(sorted(clock.running()), batch):
            done = recalculate_matters(name, part, by=by, at=at)
            found["changed"] += done.added + done.changed + done.removed
            found["left"] += len(done.left)
    return found


def batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
