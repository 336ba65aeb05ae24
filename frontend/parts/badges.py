"""How a deadline stands, in a word, a shape and a number of days."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from frontend.parts.words import as_day, clock_time, count_of, long_date

SOON_DAYS = 7
RULE_NOT_VERIFIED = "unverified"
LOCAL_STANDARD = "local standard"


class Dated(Protocol):
    """What a badge reads of a deadline."""

    status: str
    due_on: date | None
    due_at: datetime | None
    local_due_on: date | None
    kind: str
    verified: str
    met_on: date | None
    days_late: int


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
    if deadline.status == "met":
        return Badge("met", f"Done {long_date(deadline.met_on)}".strip(), "(on time)")
    if deadline.status == "met_late":
        late = f"({count_of(deadline.days_late, 'day')} late)" if deadline.days_late else "(late)"
        return Badge("late", f"Done {long_date(deadline.met_on)}".strip(), late)
    if deadline.status == "superseded":
        return Badge("closed", long_date(deadline.due_on), "(no longer due)")
    if deadline.due_on is None and deadline.due_at is None:
        return waiting_badge(deadline, on)
    return open_badge(deadline, on, at)


def waiting_badge(deadline: Dated, on: date) -> Badge:
    """For a duty without a number in law: only a local target may give it a day."""
    if deadline.local_due_on is None:
        return Badge("waiting", "Waiting", "(no date in law)")
    gone = (on - deadline.local_due_on).days
    words = (
        f"({count_of(gone, 'day')} past the local target)"
        if gone > 0
        else f"(local target, {ahead(-gone)})"
    )
    return Badge("past" if gone > 0 else "waiting", long_date(deadline.local_due_on), words)


def open_badge(deadline: Dated, on: date, at: datetime | None) -> Badge:
    due_on = deadline.due_on or as_day(deadline.due_at)  # type: ignore[arg-type]
    day = long_date(due_on)
    if deadline.due_at is not None:
        day = f"{day} at {clock_time(deadline.due_at)}"
    gone = (on - due_on).days
    if deadline.due_at is not None and at is not None and at > deadline.due_at and gone < 1:
        hours = max(1, int((at - deadline.due_at).total_seconds() // 3600))
        return Badge(past_state(deadline), day, past_words(deadline, count_of(hours, "hour")))
    if gone > 0:
        return Badge(past_state(deadline), day, past_words(deadline, count_of(gone, "day")))
    state = "today" if gone == 0 else "soon" if -gone <= SOON_DAYS else "later"
    return Badge(state, day, f"({ahead(-gone)})")


def ahead(days: int) -> str:
    if days == 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {count_of(days, 'day')}"


def past_state(deadline: Dated) -> str:
    is_law = deadline.verified != RULE_NOT_VERIFIED and deadline.kind != LOCAL_STANDARD
    return "overdue" if is_law else "past"


def past_words(deadline: Dated, length: str) -> str:
    """Says "overdue" of law that we have verified, and of nothing else."""
    if deadline.verified == RULE_NOT_VERIFIED:
        return f"({length} past its expected date, rule not yet verified)"
    if deadline.kind == LOCAL_STANDARD:
        return f"({length} past the local target)"
    return f"({length} overdue)"
