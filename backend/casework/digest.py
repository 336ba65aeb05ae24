"""The summary that a person is sent each working day, or each week: counts, and no child's name."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from backend.access.caseload import children_in_part
from backend.access.models import Allocation, Person
from backend.access.parts import current, roles_held
from backend.deadlines.count import is_working_day
from backend.deadlines.queries import RANKS, Urgency, counted_by_urgency, standing_for
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.notify.choosing import preferences_of, quiet_until
from backend.notify.inbox import notifications_of
from backend.notify.models import Digest, Preference, Sending, Way
from backend.notify.sending import attempt, begin_try, due, settle
from backend.notify.ways import Message

log = logging.getLogger(__name__)
#: When the summary of a day is sent.
MORNING = time(7)
MOST_WORKERS = 20
OWN = (Role.SOCIAL_WORKER, Role.IRO)
MANAGING = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.IRO_MANAGER, Role.DIRECTOR)


@dataclass(frozen=True)
class Part:
    """One part of a summary: a heading, its lines, and the page where one goes on."""

    title: str
    lines: tuple[str, ...]


Writer = Callable[[Person, datetime], Part | None]
_writers: dict[str, Writer] = {}


def install_part(name: str, write: Writer) -> None:
    """Adds a part to everybody's summary. It names no child, not by initials either."""
    _writers[name] = write


def is_owed(every: str, on: date) -> bool:
    """Whether a summary is sent on a day: a working day; for each week, its first."""
    if every == Preference.Every.NEVER or not is_working_day(on):
        return False
    return every == Preference.Every.DAY or not any(
        is_working_day(date.fromordinal(on.toordinal() - back))
        for back in range(1, on.weekday() + 1)
    )


def owe_digests(at: datetime) -> int:
    """This will owe a summary of today to everybody who wants one, once; returns how many."""
    here = at.astimezone(LONDON)
    on = here.date()
    if here.time() < MORNING or not is_working_day(on):
        return 0
    people = Person.objects.filter(is_active=True).exclude(digests__on=on)
    wanted = list(people.values_list("pk", flat=True))
    preferences = preferences_of(wanted)
    rows = [
        Digest(
            person_id=pk,
            on=on,
            next_try_at=quiet_until(at, preferences[pk].quiet_from, preferences[pk].quiet_to),
        )
        for pk in wanted
        if is_owed(preferences[pk].digest, on)
    ]
    return len(Digest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000))


def owed_digests(at: datetime) -> list[int]:
    """The summaries whose moment has come."""
    return list(Digest.objects.filter(due(at)).order_by("pk").values_list("pk", flat=True))


def send_digest(pk: int, *, at: datetime) -> bool:
    """This will write and send one summary, unless somebody else does or nothing is to be said.

    Returns whether it was sent.
    """
    with transaction.atomic():
        rows = Digest.objects.select_for_update(skip_locked=True, of=("self",))
        digest = rows.filter(due(at), pk=pk).select_related("person").first()
        if digest is None:
            return False
        begin_try(digest, at)
        parts = list(parts_for(digest.person, at)) if day_of(at) == digest.on else []
        if not parts:
            digest.state, digest.next_try_at = Sending.State.SPARED, None
        digest.save()
    if not parts:
        return False
    error = attempt(Way.EMAIL, digest.person, _message(digest, parts))
    settle(digest, error, at)
    digest.save()
    if error is not None:
        log.warning("a summary was not sent this time: %s", error.reason)
    return error is None


def _message(digest: Digest, parts: Iterable[Part]) -> Message:
    lines: list[str] = []
    for part in parts:
        lines += [part.title, *(f"- {line}" for line in part.lines), ""]
    return Message(
        subject=f"Sightline: your summary of {digest.on:%-d %B}",
        lines=tuple(lines[:-1]),
        path="/",
        reference=digest.reference,
        is_retry=digest.tries > 1,
    )


def parts_for(person: Person, at: datetime) -> Iterator[Part]:
    """What there is to say to a person."""
    held = roles_held(person, day_of(at))
    for write in (_own, _workers, _unread, *(_writers[name] for name in sorted(_writers))):
        part = write(person, at)
        if part is not None and (held or write is _unread):
            yield part


def _own(person: Person, at: datetime) -> Part | None:
    """What the children are owed whom somebody sees or reviews."""
    on = day_of(at)
    children = [
        pk for role in OWN for pk in children_in_part(person, role, on).values_list("pk", flat=True)
    ]
    standing = standing_for(set(children), on)
    counted = counted_by_urgency(standing)
    lines = [
        words.format(_counted(counted[urgency]))
        for urgency, words in (
            (Urgency.OVERDUE, "{} overdue"),
            (Urgency.PAST, "{} past a local target or a date that nobody has verified"),
            (Urgency.SOON, "{} due within seven days"),
        )
        if urgency in counted
    ]
    longest = standing.filter(rank=RANKS[Urgency.OVERDUE]).aggregate(since=Min("day"))["since"]
    if longest is not None:
        lines.append(f"The longest overdue: {_days(on, longest)}")
    return Part("The children you see or review", tuple(lines)) if lines else None


def _workers(person: Person, at: datetime) -> Part | None:
    """For a manager: each worker with a count, and how long the oldest has been overdue."""
    on = day_of(at)
    held = roles_held(person, on) & set(MANAGING)
    children = {
        pk
        for role in held
        for pk in children_in_part(person, role, on).values_list("pk", flat=True)
    }
    if not children:
        return None
    late = standing_for(children, on).filter(rank=RANKS[Urgency.OVERDUE])
    since = dict(late.order_by().values_list("child").annotate(since=Min("day")))
    number = dict(late.order_by().values_list("child").annotate(number=Count("pk")))
    worker = dict(
        Allocation.objects.filter(current(on), child__in=since, role=Role.SOCIAL_WORKER)
        .values_list("child")
        .annotate(name=Max("person__name"))
    )
    theirs: dict[str, list[int]] = {}
    for child in since:
        theirs.setdefault(worker.get(child, "Nobody allocated"), []).append(child)
    lines = [
        (
            sum(number[child] for child in mine),
            name,
            min(since[child] for child in mine),
        )
        for name, mine in theirs.items()
    ]
    lines.sort(key=lambda line: (-line[0], line[1]))
    said = [
        f"{name}: {_counted(count)} overdue, the longest {_days(on, oldest)}"
        for count, name, oldest in lines[:MOST_WORKERS]
    ]
    if len(lines) > MOST_WORKERS:
        said.append(f"and {len(lines) - MOST_WORKERS} more")
    return Part("The people you manage", tuple(said)) if said else None


def _unread(person: Person, at: datetime) -> Part | None:
    """What the person was told and has not looked at."""
    rows = notifications_of(person).filter(read_at__isnull=True).order_by()
    found = rows.aggregate(
        number=Count("pk"), oldest=Min("told_at"), urgent=Count("pk", filter=Q(is_urgent=True))
    )
    if not found["number"]:
        return None
    alerts = "1 alert" if found["number"] == 1 else f"{found['number']} alerts"
    lines = [f"{alerts} not read, the oldest of {day_of(found['oldest']):%-d %B %Y}"]
    if found["urgent"]:
        lines.append(f"{found['urgent']} of them urgent")
    return Part("Your notifications", tuple(lines))


def _counted(number: int) -> str:
    return "1 date" if number == 1 else f"{number} dates"


def _days(on: date, since: date) -> str:
    days = (on - since).days
    return "1 day" if days == 1 else f"{days} days"
