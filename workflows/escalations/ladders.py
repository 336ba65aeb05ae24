"""How a concern goes up: the ladders that partnerships publish, and a local default.

No number here is law. Each ladder says whose it is and where it was read; a rung whose source
gives no number carries the local default and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from backend.grammar.clocks import Verified

LOCAL_DEFAULT_WORDS = "local default, not law"


class Level(StrEnum):
    """Whom to call: the levels of a ladder, and the other doors of an authority."""

    PRACTITIONER = "practitioner"
    TEAM_MANAGER = "team_manager"
    SERVICE_MANAGER = "service_manager"
    SENIOR = "senior"
    DIRECTOR = "director"
    LADO_SENIOR = "lado_senior"
    LADO = "lado"
    IRO_SERVICE = "iro_service"
    DUTY = "duty"

    @property
    def label(self) -> str:
        return LEVEL_WORDS[self]


LEVEL_WORDS: dict[Level, str] = {
    Level.PRACTITIONER: "practitioner",
    Level.TEAM_MANAGER: "team manager",
    Level.SERVICE_MANAGER: "head of service",
    Level.SENIOR: "assistant director",
    Level.DIRECTOR: "director of children's services",
    Level.LADO_SENIOR: "named senior for the LADO service",
    Level.LADO: "LADO",
    Level.IRO_SERVICE: "IRO service",
    Level.DUTY: "duty team, day and night",
}


class Use(StrEnum):
    """What a ladder is for."""

    CHALLENGE = "challenge"
    IRO_DISPUTE = "iro_dispute"
    LADO_DECISION = "lado_decision"

    @property
    def label(self) -> str:
        return USE_WORDS[self]


USE_WORDS: dict[Use, str] = {
    Use.CHALLENGE: "Concerns between agencies",
    Use.IRO_DISPUTE: "Disputes of the IRO",
    Use.LADO_DECISION: "Challenges of a LADO decision",
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: who is asked, and how many working days they have."""

    levels: tuple[Level, ...]
    answer_days: int
    receive_days: int = 1
    #: The days are the local default, because the source gives none.
    is_local: bool = False
    #: An informal alert comes before the time that the guidance limits.
    is_formal: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        for days in (self.answer_days, self.receive_days):
            if isinstance(days, bool) or not 1 <= days <= 60:
                raise ValueError("A level has from 1 to 60 working days.")
        if self.receive_days > self.answer_days:
            raise ValueError("Receipt is confirmed no later than the answer is due.")
        if not self.levels:
            raise ValueError("Say who is asked.")

    @property
    def words(self) -> str:
        return " and ".join(level.label for level in self.levels)

    def frozen(self) -> dict[str, Any]:
        """As it is kept with a case."""
        return {**asdict(self), "levels": [str(level) for level in self.levels]}


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs, whose they are, and how sure we are of them."""

    code: str
    use: Use
    name: str
    source: str
    verified: Verified
    rungs: tuple[Rung, ...]
    link: str = ""
    ref: str = ""
    note: str = field(default="")

    @property
    def is_default(self) -> bool:
        return self.code.startswith("default")


def thawed(rungs: Iterable[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """The rungs as they were frozen into a case."""
    return tuple(
        Rung(**{**kept, "levels": tuple(Level(level) for level in kept["levels"])})
        for kept in rungs
    )


def default(code: str, use: Use, *rungs: Rung) -> Ladder:
    return Ladder(
        code=code,
        use=use,
        name=f"Local default ({', '.join(str(rung.answer_days) for rung in rungs)} working days)",
        source=LOCAL_DEFAULT_WORDS,
        verified=Verified.UNVERIFIED,
        rungs=rungs,
    )


PRACTITIONER, TEAM, SERVICE = (Level.PRACTITIONER,), (Level.TEAM_MANAGER,), (Level.SERVICE_MANAGER,)
SENIOR, DIRECTOR = (Level.SENIOR,), (Level.DIRECTOR,)

LADDERS: tuple[Ladder, ...] = (
    default(
        "default",
        Use.CHALLENGE,
        Rung(PRACTITIONER, 1, is_local=True),
        Rung(TEAM, 3, is_local=True),
        Rung(SERVICE, 5, is_local=True),
        Rung(DIRECTOR, 10, is_local=True),
    ),
    Ladder(
        code="darlington",
        use=Use.CHALLENGE,
        name="Darlington Safeguarding Partnership",
        source="Professional challenge procedure and practice guidance",
        link="https://www.darlington-safeguarding-partnership.co.uk/professionals/"
        "working-with-children/child-protection-procedures/"
        "professional-challenge-procedure-and-practice-guidance/procedure-and-guidance",
        verified=Verified.SECONDARY,
        ref="ESC-01",
        rungs=(
            Rung(PRACTITIONER, 1),
            Rung(TEAM, 3, note="line managers or designated leads, where possible"),
            Rung(SERVICE, 5, is_local=True, note="a meeting of the agencies"),
            Rung(DIRECTOR, 10, is_local=True),
        ),
    ),
    Ladder(
        code="st_helens",
        use=Use.CHALLENGE,
        name="SHSCB multi-agency pathway",
        source="Multi-agency escalation policy briefing, 2016 (partnership's name inferred)",
        link="https://paperzz.com/doc/6972127/multi-agency-escalation-policy-briefing",
        verified=Verified.SECONDARY,
        ref="ESC-02",
        rungs=(
            Rung(PRACTITIONER, 1),
            Rung(TEAM, 1),
            Rung(SERVICE, 5, note="formal notice, copied to the board"),
            Rung(DIRECTOR, 10, is_local=True),
        ),
    ),
    default(
        "default_iro",
        Use.IRO_DISPUTE,
        Rung(TEAM, 5, is_local=True),
        Rung(SERVICE, 5, is_local=True),
        Rung(SENIOR, 5, is_local=True),
        Rung(DIRECTOR, 5, is_local=True),
    ),
    Ladder(
        code="iro_5_5_5",
        use=Use.IRO_DISPUTE,
        name="IRO alerts protocol, 5 working days a stage",
        source="Alerts protocol, May 2017 (authority not named)",
        link="https://slideplayer.com./amp/14843821",
        verified=Verified.SECONDARY,
        ref="IRO-11",
        rungs=(
            Rung(TEAM, 5),
            Rung(SERVICE, 5),
            Rung(SENIOR, 5, note="executive head"),
            Rung(DIRECTOR, 5, is_local=True, note="strategic director"),
        ),
    ),
    Ladder(
        code="nottinghamshire",
        use=Use.IRO_DISPUTE,
        name="Nottinghamshire dispute resolution",
        source="IRO alert, then the formal process",
        link="http://nottinghamshirechildcare.proceduresonline.com/chapters/p_dispute.html",
        verified=Verified.SECONDARY,
        ref="IRO-13",
        rungs=(
            Rung((Level.PRACTITIONER, Level.TEAM_MANAGER), 10, is_formal=False, note="IRO alert"),
            Rung(SERVICE, 5, is_local=True),
            Rung(DIRECTOR, 10, is_local=True),
        ),
    ),
    default(
        "default_lado",
        Use.LADO_DECISION,
        Rung((Level.LADO_SENIOR,), 3, is_local=True),
        Rung(DIRECTOR, 5, is_local=True),
    ),
)


def published(code: str) -> Ladder:
    """:raises LookupError: there is no such ladder."""
    for ladder in LADDERS:
        if ladder.code == code:
            return ladder
    raise LookupError(f"there is no ladder called {code}")


def default_for(use: Use) -> Ladder:
    return next(ladder for ladder in LADDERS if ladder.use is use and ladder.is_default)
