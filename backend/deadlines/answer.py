"""From a rule and the facts it was counted from to the answer people read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from backend.deadlines.calendars import BeyondTheCalendar, england_and_wales
from backend.deadlines.count import add_span, due_by, plan_by
from backend.deadlines.due import Due, Status
from backend.grammar.clocks import Rule, Span, Verified


@lru_cache(maxsize=1 << 14)
def in_words(day: date) -> str:
    """A day as a letter writes it: Monday 5 January 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True)
class Stop:
    """The day a duty ended without being done, and why: "the placement ended"."""

    on: date
    because: str


@dataclass(frozen=True, slots=True)
class Met:
    """The day a duty was done, and by which visit or review."""

    on: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A second way to read the facts: shown beside the date that governs."""

    due_on: date
    words: str


def first_stop(*stops: Stop | None) -> Stop | None:
    """The earliest of several ends; of two on one day, the first named."""
    known = [stop for stop in stops if stop is not None]
    return min(known, key=lambda stop: stop.on) if known else None


def answer(
    rule: Rule,
    *,
    room: str,
    key: str,
    counted_from: date,
    why: str,
    as_of: date,
    placement: str | None = None,
    due_on: date | None = None,
    met: Met | None = None,
    stop: Stop | None = None,
    local: Span | None = None,
    facts: Mapping[str, str] | None = None,
    reading: Reading | None = None,
) -> Due:
    """The duty a rule lays down, counted from a day.

    ``due_on`` is given only where something other than the rule's own period fixes the day.
    Raises BeyondTheCalendar when a working day would have to be guessed.
    """
    local = local or rule.local_target
    try:
        if due_on is None:
            due_on = due_by(rule, counted_from)
        planned_by = plan_by(due_on) if due_on else None
        local_due_on = add_span(counted_from, local) if local else None
    except BeyondTheCalendar as reason:
        reason.counted_from = counted_from
        raise
    if local_due_on is not None and due_on is not None and local_due_on >= due_on:
        local_due_on = None
    if met is not None and stop is not None and met.on > stop.on:
        met = None
    status, days_late = settle(due_on, met=met, stop=stop, as_of=as_of)
    return Due(
        key=key,
        room=room,
        ref=rule.ref,
        rule=rule.code,
        title=rule.title,
        rule_version=rule.in_force_from,
        kind=str(rule.kind),
        verified=str(rule.verified),
        provision=rule.provision,
        link=rule.link,
        counted_from=counted_from,
        due_on=due_on,
        plan_by=planned_by,
        local_due_on=local_due_on,
        placement=placement,
        status=status,
        met_on=met.on if met else None,
        met_by=met.by if met else None,
        days_late=days_late,
        stops_on=stop.on if stop and not met else None,
        why=" ".join(
            sentences(rule, why, due_on, local_due_on, local, met, stop, reading, status, days_late)
        ),
        facts=dict(facts or {}),
        alternative=(
            {"due_on": reading.due_on.isoformat(), "words": reading.words} if reading else None
        ),
        calendar_version=england_and_wales().version,
        tells=rule.tells,
    )


def settle(
    due_on: date | None, *, met: Met | None, stop: Stop | None, as_of: date
) -> tuple[Status, int]:
    """What the facts alone say, and how many days late it was done or ended undone."""
    if met is not None:
        late = (met.on - due_on).days if due_on else 0
        return (Status.MET_LATE, late) if late > 0 else (Status.MET, 0)
    if stop is not None and stop.on <= as_of:
        return Status.SUPERSEDED, max(0, (stop.on - due_on).days) if due_on else 0
    return (Status.OPEN, 0) if due_on else (Status.WAITING, 0)


def sentences(
    rule: Rule,
    why: str,
    due_on: date | None,
    local_due_on: date | None,
    local: Span | None,
    met: Met | None,
    stop: Stop | None,
    reading: Reading | None,
    status: Status,
    days_late: int,
) -> list[str]:
    """Everything a reader should know about why this is due, in full sentences."""
    said = [why]
    if due_on is None and met is None:
        said.append("The law gives no number of days.")
    if local_due_on is not None and local is not None:
        said.append(f"Local target: {local.words}, {in_words(local_due_on)}; this is not the law.")
    if reading is not None:
        said.append(reading.words)
    if status is Status.SUPERSEDED and stop is not None:
        end = f"{stop.because[:1].upper()}{stop.because[1:]} on {in_words(stop.on)}"
        if days_late:
            days = f"{days_late} day{'' if days_late == 1 else 's'}"
            said.append(f"{end}; by then it was {days} past its date and not recorded as done.")
        else:
            said.append(f"{end}, so it is no longer owed.")
    if rule.verified is Verified.UNVERIFIED:
        said.append("This rule has not yet been verified against the law.")
    return said
