"""Cases at each stage, reached by walking the real steps."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.access.models import Person
from backend.grammar.roles import Role
from backend.records.models import Child, Setting
from tests.factories import (
    BARKING,
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_team,
    a_world,
    allocated,
    placed,
    plays,
)
from workflows.lado.actions import add_allegation as allege
from workflows.lado.actions import (
    close_notice,
    conclude_referral,
    decide_threshold,
    follow_track,
    make_referral,
    receive_referral,
    settle_allegation,
)
from workflows.lado.models import LIMBS, AuthorityNotice, Referral, Track
from workflows.lado.table import STANDING

#: What no screen of anybody without a part may ever show.
NAME = "Rowena Quillfeather"
TOLD = "Held a child by the wrists against the radiator at bedtime."
WORK = "Night support worker"


@dataclass
class House:
    """A home in Doncaster with children of Barking and of Leeds, and everybody about them."""

    world: World
    leeds_child: Child
    leeds: dict[Role, Person]

    @property
    def setting(self) -> Setting:
        return self.world.setting

    @property
    def lado(self) -> Person:
        return self.world[Role.LADO]

    @property
    def manager(self) -> Person:
        return self.world[Role.REGISTERED_MANAGER]


def a_house() -> House:
    """Two authorities with a child in one home; both have a LADO, Barking a service manager."""
    world = a_world()
    barking_lado = a_person("Barking Lado")
    plays(barking_lado, Role.LADO, authority_id=BARKING)
    plays(world[Role.SERVICE_MANAGER], Role.SERVICE_MANAGER, authority_id=BARKING)
    world.people[Role.SENT_TO] = barking_lado
    child = a_child(LEEDS, a_team(LEEDS))
    leeds = {role: a_person(f"Leeds {role.label}") for role in (Role.LADO, Role.DIRECTOR)}
    for role, person in leeds.items():
        plays(person, role, authority_id=LEEDS)
    worker = a_person("Leeds worker")
    allocated(worker, Role.SOCIAL_WORKER, child)
    leeds[Role.SOCIAL_WORKER] = worker
    placed(child, world.setting)
    return House(world, child, leeds)


def told(**changes: Any) -> dict[str, Any]:
    """What a registered manager tells the LADO."""
    facts: dict[str, Any] = {
        "what_happened": TOLD,
        "adult": {
            "name": NAME,
            "date_of_birth": date(1990, 5, 12),
            "employer": "An owner",
            "job": WORK,
            "sector": "residential",
        },
        "unit": "The annexe",
        "shift": "night",
        "source": "setting",
        "happened_on": TODAY - timedelta(days=3),
        "employer_knew_on": TODAY,
        "manager_knew_on": TODAY,
        "made_safe": "She is not at work tonight.",
    }
    return {**facts, **changes}


def sent(house: House, **changes: Any) -> Referral:
    facts = {"setting": house.setting, "by": house.manager, "at": NOW, **changes}
    return make_referral(**told(**facts))


def received(house: House, **changes: Any) -> Referral:
    return receive_referral(referral=sent(house, **changes), by=house.lado, at=NOW)


def limbs(*met: str) -> dict[str, tuple[bool, str]]:
    return {name: (name in met, f"Because of what was told: {name}.") for name in LIMBS}


def opened(house: House, **changes: Any) -> Referral:
    return decide_threshold(
        referral=received(house, **changes),
        result="open",
        limbs=limbs("harmed", "poses_risk"),
        reason="A child may have been hurt by an adult who works at night.",
        by=house.lado,
        at=NOW,
    )


def kept(house: House, **changes: Any) -> Referral:
    return decide_threshold(
        referral=received(house, **changes),
        result="keep",
        limbs=limbs(),
        reason="Poor practice that the home will work on.",
        by=house.lado,
        at=NOW,
    )


def concluded(house: House, outcome: str = "substantiated") -> Referral:
    referral = allege(
        referral=opened(house),
        category="restraint",
        words="Held by the wrists.",
        by=house.lado,
        at=NOW,
    )
    referral = settle_allegation(
        referral=referral,
        allegation=referral.allegations.get(),
        outcome=outcome,
        reason="Two people saw it.",
        by=house.lado,
        at=NOW,
    )
    return conclude_referral(referral=referral, by=house.lado, at=NOW)


def ready_to_close(house: House, outcome: str = "substantiated") -> Referral:
    referral = concluded(house, outcome)
    for kind in Track.Kind:
        referral = follow_track(
            referral=referral,
            kind=kind,
            stands="finished",
            since=TODAY,
            words="Ended.",
            by=house.lado,
            at=NOW,
        )
    for notice in referral.notices.filter(state__in=STANDING):
        close_notice(notice=notice, outcome_told="Substantiated.", by=house.lado, at=NOW)
    return referral


def notice_to(referral: Referral, authority: str) -> AuthorityNotice:
    return AuthorityNotice.objects.get(referral=referral, authority=authority, kind="children")
