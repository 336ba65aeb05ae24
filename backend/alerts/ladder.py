"""How an alert goes up: who is told, how long before or after the date, and by which way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from backend.deadlines.count import add_working_days
from backend.grammar.moments import LONDON, day_of, end_of
from backend.grammar.roles import LABELS, Role

#: People are told at the start of a working day, not at midnight.
MORNING = time(9)
#: Telling the same people again grows rarer up to this many working days, and never stops.
LONGEST_GAP = 20


class Unit(StrEnum):
    """What the wait of a rung is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"


class Way(StrEnum):
    """How somebody is reached; live in the page always."""

    LIVE = "live"
    EMAIL = "email"
    TEXT = "text"


class LadderRefused(ValueError):
    """The rungs do not make a ladder; the reason is in words."""


@dataclass(frozen=True)
class Rung:
    """One step: so long after the date had passed, or before it, these people, by these ways.

    A step before the date is a reminder. ``repeats_every`` (working days) tells them again for
    as long as nothing was done, after twice as long each time; only the last rung repeats.
    """

    after: int
    unit: Unit
    roles: tuple[Role, ...]
    ways: tuple[Way, ...] = (Way.LIVE, Way.EMAIL)
    repeats_every: int = 0
    is_before: bool = False

    @property
    def wait(self) -> str:
        """The wait in words: "3 working days"."""
        unit = "working day" if self.unit is Unit.WORKING_DAYS else "hour"
        return f"{self.after} {unit}{'' if self.after == 1 else 's'}"

    @property
    def when(self) -> str:
        """When it is, in words: "3 working days after the date"."""
        if self.is_before and not self.after:
            return "on the last day"
        return f"{self.wait} {'before' if self.is_before else 'after'} the date"

    @property
    def again_words(self) -> str:
        """How it repeats, in words; empty when it does not."""
        if not self.repeats_every:
            return ""
        days = f"{self.repeats_every} working day{'' if self.repeats_every == 1 else 's'}"
        if self.repeats_every >= LONGEST_GAP:
            return f"Again every {days} until it is done"
        return (
            f"Again after {days}, then after twice as long each time, and at least every "
            f"{LONGEST_GAP} working days, until it is done"
        )

    @property
    def people(self) -> str:
        return ", ".join(LABELS[role] for role in self.roles)

    def moment(self, passed_at: datetime) -> datetime:
        """When this rung is reached, for a date that passed, or will pass, at a moment."""
        ahead = -self.after if self.is_before else self.after
        if self.unit is Unit.HOURS:
            return passed_at + timedelta(hours=ahead)
        # A date passes with its last minute, so the day it passed is the day before.
        last_day = day_of(passed_at - timedelta(minutes=1))
        return _morning(last_day, ahead)

    def again(self, at: datetime, repeated: int) -> datetime | None:
        """When it is told again, after it was at a moment, and so often repeated before."""
        if not self.repeats_every:
            return None
        longest = max(self.repeats_every, LONGEST_GAP)
        # Never more than twice as long: 2 ** 9 is beyond every longest gap.
        return _morning(day_of(at), min(self.repeats_every * 2 ** min(repeated, 9), longest))

    def foresees(self, at: datetime) -> datetime:
        """Of a reminder: the latest moment a date may pass at for this to be due already."""
        if self.unit is Unit.HOURS:
            return at + timedelta(hours=self.after)
        day = day_of(at)
        if self.moment(end_of(day)) > at:
            return at
        while self.moment(end_of(day + timedelta(days=1))) <= at:
            day += timedelta(days=1)
        return end_of(day)


def _morning(day: Any, working_days: int) -> datetime:
    return datetime.combine(add_working_days(day, working_days), MORNING, tzinfo=LONDON)


@dataclass(frozen=True)
class Ladder:
    """The reminders before a date, the rungs that follow the first telling, and whose rule
    they are."""

    name: str
    rungs: tuple[Rung, ...]
    reminders: tuple[Rung, ...] = ()

    @classmethod
    def of(cls, name: str, steps: Sequence[Rung]) -> "Ladder":
        """The ladder of some steps, of which those before the date are reminders."""
        return cls(
            name,
            tuple(step for step in steps if not step.is_before),
            tuple(step for step in steps if step.is_before),
        )

    @property
    def steps(self) -> tuple[Rung, ...]:
        """Everything in the order of its moments."""
        return (*self.reminders, *self.rungs)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rungs": [_kept(rung) for rung in self.rungs],
            "reminders": [_kept(rung) for rung in self.reminders],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ladder":
        return cls(
            name=kept["name"],
            rungs=tuple(read_rung(one) for one in kept["rungs"]),
            reminders=tuple(read_rung(one) for one in kept.get("reminders", ())),
        )


def _kept(rung: Rung) -> dict[str, Any]:
    return {
        "after": rung.after,
        "unit": str(rung.unit),
        "is_before": rung.is_before,
        "roles": [str(role) for role in rung.roles],
        "ways": [str(way) for way in rung.ways],
        "repeats_every": rung.repeats_every,
    }


def read_rung(kept: Mapping[str, Any]) -> Rung:
    return Rung(
        after=kept["after"],
        unit=Unit(kept["unit"]),
        roles=tuple(Role(role) for role in kept["roles"]),
        ways=tuple(Way(way) for way in kept["ways"]),
        repeats_every=kept["repeats_every"],
        is_before=kept.get("is_before", False),
    )


def check_ladder(rungs: Sequence[Rung]) -> None:
    """:raises LadderRefused: no rung after the date, one without people, or out of order."""
    if not any(not rung.is_before for rung in rungs):
        raise LadderRefused("A ladder needs at least one step after the date.")
    for number, rung in enumerate(rungs, start=1):
        if not rung.roles:
            raise LadderRefused(f"Step {number} names nobody. Choose who is told.")
        if rung.after < 0 or rung.after > MOST[rung.unit]:
            raise LadderRefused(
                f"Step {number} waits {rung.wait}. Choose at most {MOST[rung.unit]}."
            )
        if rung.repeats_every and number < len(rungs):
            raise LadderRefused(f"Step {number} repeats. Only the last step can.")
    reached = [rung.moment(_A_MONDAY) for rung in rungs]
    if reached != sorted(reached):
        raise LadderRefused("A later step comes before the one above it. Put them in order.")


MOST = {Unit.HOURS: 240, Unit.WORKING_DAYS: 30}
_A_MONDAY = datetime(2026, 3, 3, tzinfo=LONDON)


def _days(number: int, *roles: Role, text: bool = False, repeats_every: int = 0) -> Rung:
    ways = (Way.LIVE, Way.EMAIL, Way.TEXT) if text else (Way.LIVE, Way.EMAIL)
    return Rung(number, Unit.WORKING_DAYS, roles, ways, repeats_every)


def _before(number: int, *roles: Role) -> Rung:
    """A reminder asks for no way of its own: it goes as each person wishes."""
    return Rung(number, Unit.WORKING_DAYS, roles, (Way.LIVE,), is_before=True)


LOCAL = "Sightline's default; a local standard, not law"
OTHERS = Ladder.of(
    LOCAL,
    (
        _days(2, Role.TEAM_MANAGER),
        _days(5, Role.SERVICE_MANAGER),
        _days(10, Role.DIRECTOR, repeats_every=5),
    ),
)
#: What holds where an authority has chosen nothing, by the room whose date passed.
DEFAULTS: dict[str, Ladder] = {
    "visits": Ladder.of(
        LOCAL,
        (
            _before(3, Role.SOCIAL_WORKER),
            _days(1, Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
            _days(3, Role.SERVICE_MANAGER, Role.IRO),
            _days(5, Role.DIRECTOR, Role.IRO_MANAGER, text=True, repeats_every=5),
        ),
    ),
    "reviews": Ladder.of(
        LOCAL,
        (
            _before(5, Role.IRO, Role.SOCIAL_WORKER),
            _days(1, Role.IRO, Role.TEAM_MANAGER),
            _days(5, Role.IRO_MANAGER, Role.SERVICE_MANAGER),
            _days(10, Role.DIRECTOR, repeats_every=5),
        ),
    ),
    "notices": Ladder.of(
        LOCAL,
        (
            _before(1, Role.SOCIAL_WORKER, Role.HOST_OFFICER),
            _days(2, Role.TEAM_MANAGER, Role.HOST_OFFICER),
            _days(5, Role.SERVICE_MANAGER),
            _days(10, Role.DIRECTOR, repeats_every=5),
        ),
    ),
    "lado": Ladder.of(
        LOCAL,
        (
            _before(0, Role.LADO),
            _days(1, Role.LADO),
            _days(3, Role.SERVICE_MANAGER, Role.DIRECTOR, text=True, repeats_every=3),
        ),
    ),
    "escalations": Ladder.of(
        LOCAL,
        (
            _before(1, Role.SENT_TO),
            _days(1, Role.SENT_TO, Role.RAISED_BY),
            _days(3, Role.TEAM_MANAGER, Role.SERVICE_MANAGER),
            _days(5, Role.DIRECTOR, repeats_every=5),
        ),
    ),
}
#: Who does what one family is about, and is asked what is being done.
DOERS: dict[str, tuple[Role, ...]] = {
    "reviews": (Role.IRO, Role.SOCIAL_WORKER),
    "notices": (Role.SOCIAL_WORKER, Role.HOST_OFFICER, Role.NOMINATED_OFFICER),
    "lado": (Role.LADO,),
    "escalations": (Role.SENT_TO,),
}
#: What an alert is about, as people read it: the room whose date passed.
FAMILIES: dict[str, str] = {
    "visits": "Visits",
    "reviews": "Reviews",
    "notices": "Notices between authorities",
    "lado": "Allegations",
    "escalations": "Concerns between agencies",
    "voice": "Views of children and advocates",
    "contact": "Family contact",
}


def family_words(family: str) -> str:
    return FAMILIES.get(family, family.capitalize())


def default_for(family: str) -> Ladder:
    return DEFAULTS.get(family, OTHERS)


def doers_of(family: str) -> tuple[Role, ...]:
    return DOERS.get(family, (Role.SOCIAL_WORKER,))
