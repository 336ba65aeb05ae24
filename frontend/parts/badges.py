"""How a deadline stands, in a word, a shape and a number of days."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from backend.deadlines.due import Standing, Status, days_late_on, is_due_soon_on, status_on
from backend.grammar.clocks import Kind, Verified, describe_overdue
from frontend.parts.words import clock_time, count_of, long_date


class Dated(Standing, Protocol):
    """What a badge reads of a deadline: a row, or the answer of a rule."""

    @property
    def due_at(self) -> datetime | None: ...

    @property
    def local_due_on(self) -> date | None: ...

    @property
    def kind(self) -> str: ...

    @property
    def met_on(self) -> date | None: ...


@dataclass(frozen=True)
class Badge:
    """What is drawn: ``state`` names the shape and the colour, the rest is read aloud."""

    state: str
    date: str
    words: str

    @property
    def text(self) -> str:
        return f"{self.date} {self.words}".strip()


def badge_of(deadline: Dated, on: date, at: datetime | None = None) -> Badge:
    """How a deadline stands on a day, and, for one counted in hours, at a moment."""
    status = status_on(deadline, on)
    if status in (Status.MET, Status.MET_LATE):
        return met_badge(deadline, is_late=status == Status.MET_LATE)
    if deadline.status == Status.SUPERSEDED:
        return ended_badge(deadline)
    if deadline.due_on is None:
        return waiting_badge(deadline, on)
    if status == Status.OVERDUE:
        return past_badge(deadline, count_of(days_late_on(deadline, on), "day"))
    if deadline.due_at is not None and at is not None and at > deadline.due_at:
        hours = max(1, int((at - deadline.due_at).total_seconds() // 3600))
        return past_badge(deadline, count_of(hours, "hour"))
    days = (deadline.due_on - on).days
    soon = "soon" if is_due_soon_on(deadline, on) else "later"
    return Badge("today" if days == 0 else soon, day_words(deadline), f"({ahead(days)})")


def met_badge(deadline: Dated, *, is_late: bool) -> Badge:
    done = f"Done {long_date(deadline.met_on)}".strip()
    if not is_late:
        return Badge("met", done, "(on time)")
    late = f"{count_of(deadline.days_late, 'day')} late" if deadline.days_late else "late"
    return Badge("late", done, f"({late})")


def ended_badge(deadline: Dated) -> Badge:
    """For a duty that fell away: an end does not hide that it had slipped."""
    if deadline.days_late:
        gone = count_of(deadline.days_late, "day")
        return Badge("past", day_words(deadline), f"(nothing recorded, {gone} past when it ended)")
    return Badge("closed", day_words(deadline), "(no longer due)")


def waiting_badge(deadline: Dated, on: date) -> Badge:
    """For a duty without a number in law: only a local target may give it a day."""
    if deadline.local_due_on is None:
        return Badge("waiting", "Waiting", "(no fixed period in law)")
    days = (deadline.local_due_on - on).days
    if days < 0:
        words = f"({count_of(-days, 'day')} past the local target)"
        return Badge("past", long_date(deadline.local_due_on), words)
    return Badge("waiting", long_date(deadline.local_due_on), f"(local target, {ahead(days)})")


def past_badge(deadline: Dated, length: str) -> Badge:
    """Says "overdue" of law that we have verified, and of nothing else."""
    if deadline.kind == Kind.LOCAL_STANDARD:
        return Badge("past", day_words(deadline), f"({length} past the local target)")
    words = f"{length} {describe_overdue(deadline.verified)}"
    if deadline.verified == Verified.UNVERIFIED:
        return Badge("past", day_words(deadline), words)
    return Badge("overdue", day_words(deadline), f"({words})")


def day_words(deadline: Dated) -> str:
    if deadline.due_at is not None:
        return f"{long_date(deadline.due_at)} at {clock_time(deadline.due_at)}"
    return long_date(deadline.due_on)


def ahead(days: int) -> str:
    if days == 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {count_of(days, 'day')}"
