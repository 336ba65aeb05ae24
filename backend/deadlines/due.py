"""What is owed for a child and by when: the answer a rule gives, with all its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from backend.grammar.clocks import Kind, describe_overdue
from backend.grammar.roles import Role


class Status(StrEnum):
    """What a deadline is; only ``overdue`` depends on the day one asks."""

    OPEN = "open"
    MET = "met"
    MET_LATE = "met_late"
    SUPERSEDED = "superseded"
    WAITING = "waiting"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One duty with its date. ``key`` stays the same when a corrected fact moves the date.

    ``status`` is what the facts alone say: open, met, met_late, superseded or waiting. Ask
    ``status_on`` for what it is on a day. A superseded duty with ``days_late`` was never
    done and had slipped by so many days when it ended.
    """

    key: str
    room: str
    ref: str
    rule: str
    title: str
    rule_version: date
    kind: str
    verified: str
    provision: str
    link: str
    counted_from: date
    due_on: date | None
    why: str
    status: str
    placement: str | None = None
    due_at: datetime | None = None
    plan_by: date | None = None
    local_due_on: date | None = None
    met_on: date | None = None
    met_by: str | None = None
    days_late: int = 0
    stops_on: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    alternative: Mapping[str, str] | None = None
    calendar_version: str = ""
    tells: tuple[Role, ...] = ()


class Standing(Protocol):
    """What the functions below read: a Due, or the row that keeps one."""

    @property
    def status(self) -> str: ...

    @property
    def due_on(self) -> date | None: ...

    @property
    def days_late(self) -> int: ...

    @property
    def verified(self) -> str: ...

    @property
    def kind(self) -> str: ...


def status_on(due: Standing, as_of: date) -> Status:
    """The one place that says open or overdue: overdue from the day after the due date."""
    if due.status == Status.SUPERSEDED:
        return Status.OVERDUE if due.days_late else Status.SUPERSEDED
    if due.status == Status.OPEN and due.due_on is not None and due.due_on < as_of:
        return Status.OVERDUE
    return Status(due.status)


def days_late_on(due: Standing, as_of: date) -> int:
    """Whole days past the due date: until met, until it ended, or until ``as_of``."""
    if due.status == Status.OPEN and due.due_on is not None:
        return max(0, (as_of - due.due_on).days)
    return due.days_late


def is_due_soon_on(due: Standing, as_of: date, *, lead_days: int = 7) -> bool:
    """Whether the day is near: open, not passed, and at most ``lead_days`` away."""
    return (
        due.status == Status.OPEN
        and due.due_on is not None
        and as_of <= due.due_on <= as_of + timedelta(days=lead_days)
    )


def words_on(due: Standing, as_of: date) -> str:
    """The status as a reader meets it: "3 days overdue", "due today", "met 2 days late"."""
    status, late = status_on(due, as_of), days_late_on(due, as_of)
    days = f"{late} day{'' if late == 1 else 's'}"
    if due.status == Status.SUPERSEDED and late:
        return f"not recorded as done; {days} past its date when it ended"
    if status is Status.OVERDUE:
        is_local = due.kind == Kind.LOCAL_STANDARD
        phrase = "past the local target" if is_local else describe_overdue(due.verified)
        return f"{days} {phrase}"
    if status is Status.MET_LATE:
        return f"met {days} late"
    if status is Status.OPEN and due.due_on == as_of:
        return "due today"
    return {
        Status.MET: "met in time",
        Status.OPEN: "open",
        Status.SUPERSEDED: "no longer owed",
        Status.WAITING: "waiting; no fixed period in law",
    }[status]
