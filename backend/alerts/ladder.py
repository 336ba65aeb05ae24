"""How an alert goes up: who is told, how long after the date, and by which way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from backend.deadlines.count import add_working_days
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import LABELS, Role

#: People are told at the start of a working day, not at midnight.
MORNING = time(9)


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
    """One step upwards: so long after the date had passed, these people, by these ways.

    ``repeats_every`` (working days) tells them again for as long as nothing was done; only
    the last rung of a ladder repeats.
    """

    after: int
    unit: Unit
    roles: tuple[Role, ...]
    ways: tuple[Way, ...] = (Way.LIVE, Way.EMAIL)
    repeats_every: int = 0

    @property
    def wait(self) -> str:
        """The wait in words: "3 working days"."""
        unit = "working day" if self.unit is Unit.WORKING_DAYS else "hour"
        return f"{self.after} {unit}{'' if self.after == 1 else 's'}"

    @property
    def people(self) -> str:
        return ", ".join(LABELS[role] for role in self.roles)

    def moment(self, passed_at: datetime) -> datetime:
        """When this rung is reached, for a date that passed at a moment."""
        if self.unit is Unit.HOURS:
            return passed_at + timedelta(hours=self.after)
        # A date passes with its last minute, so the day it passed is the day before.
        last_day = day_of(passed_at - timedelta(minutes=1))
        return _morning(last_day, self.after)

    def again(self, at: datetime) -> datetime | None:
        return _morning(day_of(at), self.repeats_every) if self.repeats_every else None


def _morning(day: Any, working_days: int) -> datetime:
    return datetime.combine(add_working_days(day, working_days), MORNING, tzinfo=LONDON)


@dataclass(frozen=True)
class Ladder:
    """The rungs that follow the first telling, in order, and whose rule they are."""

    name: str
    rungs: tuple[Rung, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rungs": [
                {
                    "after": rung.after,
                    "unit": str(rung.unit),
                    "roles": [str(role) for role in rung.roles],
                    "ways": [str(way) for way in rung.ways],
                    "repeats_every": rung.repeats_every,
                }
                for rung in self.rungs
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ladder":
        return cls(
            name=kept["name"],
            rungs=tuple(
                Rung(
                    after=rung["after"],
                    unit=Unit(rung["unit"]),
                    roles=tuple(Role(role) for role in rung["roles"]),
                    ways=tuple(Way(way) for way in rung["ways"]),
                    repeats_every=rung["repeats_every"],
                )
                for rung in kept["rungs"]
            ),
        )


def check_ladder(rungs: Sequence[Rung]) -> None:
    """:raises LadderRefused: no rungs, a rung without people, or rungs out of order."""
    if not rungs:
        raise LadderRefused("A ladder needs at least one step.")
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
        raise LadderRefused("A later step waits for less time than the one before it.")


MOST = {Unit.HOURS: 240, Unit.WORKING_DAYS: 30}
_A_MONDAY = datetime(2026, 3, 3, tzinfo=LONDON)


def _days(number: int, *roles: Role, text: bool = False, repeats_every: int = 0) -> Rung:
    ways = (Way.LIVE, Way.EMAIL, Way.TEXT) if text else (Way.LIVE, Way.EMAIL)
    return Rung(number, Unit.WORKING_DAYS, roles, ways, repeats_every)


LOCAL = "Sightline's default; a local standard, not law"
OTHERS = Ladder(
    LOCAL,
    (
        _days(2, Role.TEAM_MANAGER),
        _days(5, Role.SERVICE_MANAGER),
        _days(10, Role.DIRECTOR, repeats_every=5),
    ),
)
#: What holds where an authority has chosen nothing, by the room whose date passed.
DEFAULTS: dict[str, Ladder] = {
    "visits": Ladder(
        LOCAL,
        (
            _days(1, Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
            _days(3, Role.SERVICE_MANAGER, Role.IRO),
            _days(5, Role.DIRECTOR, Role.IRO_MANAGER, text=True, repeats_every=5),
        ),
    ),
    "reviews": Ladder(
        LOCAL,
        (
            _days(1, Role.IRO, Role.TEAM_MANAGER),
            _days(5, Role.IRO_MANAGER, Role.SERVICE_MANAGER),
            _days(10, Role.DIRECTOR, repeats_every=5),
        ),
    ),
    "notices": Ladder(
        LOCAL,
        (
            _days(2, Role.TEAM_MANAGER, Role.HOST_OFFICER),
            _days(5, Role.SERVICE_MANAGER),
            _days(10, Role.DIRECTOR, repeats_every=5),
        ),
    ),
    "lado": Ladder(
        LOCAL,
        (
            _days(1, Role.LADO),
            _days(3, Role.SERVICE_MANAGER, Role.DIRECTOR, text=True, repeats_every=3),
        ),
    ),
    "escalations": Ladder(
        LOCAL,
        (
            _days(1, Role.SENT_TO, Role.RAISED_BY),
            _days(3, Role.TEAM_MANAGER, Role.SERVICE_MANAGER),
            _days(5, Role.DIRECTOR, repeats_every=5),
        ),
    ),
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
