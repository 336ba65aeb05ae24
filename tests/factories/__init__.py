"""People, places and children for tests; a state is reached by walking the real steps."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from backend.access.grants import derive_for_children, derive_for_settings, derive_groups
from backend.access.models import Allocation, Person, RoleAssignment
from backend.casework.placing import place_child
from backend.events.record import CLOCK
from backend.grammar.moments import LONDON
from backend.grammar.roles import Role
from backend.records.models import Authority, Child, Placement, Provider, Setting, Team

PASSWORD = "correct horse battery staple"
_numbers = count(1)

#: A Monday in an ordinary week: every test that needs "today" starts here.
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=LONDON)

BARKING, DONCASTER, SHEFFIELD, LEEDS = "E09000002", "E08000017", "E08000039", "E08000035"


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day in England."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def a_person(name: str = "", **facts: Any) -> Person:
    number = next(_numbers)
    return Person.objects.create_user(
        email=f"person{number}@example.org",
        password=None,
        name=name or f"Person {number}",
        **facts,
    )


def plays(person: Person, role: Role, **where: Any) -> RoleAssignment:
    """Gives somebody a part for a team, an authority or a setting."""
    assignment = RoleAssignment.objects.create(
        person=person, role=role, started_on=date(2020, 1, 1), **where
    )
    derive_groups([person.pk], TODAY)
    return assignment


def allocated(person: Person, role: Role, child: Child) -> Allocation:
    """Makes a child somebody's own."""
    allocation = Allocation.objects.create(
        child=child, person=person, role=role, started_on=date(2020, 1, 1)
    )
    derive_for_children([child.pk], TODAY)
    return allocation


def an_authority(code: str = BARKING) -> Authority:
    return Authority.objects.get(pk=code)


def a_team(authority: str = BARKING, service: Team | None = None) -> Team:
    return Team.objects.create(
        authority_id=authority, name=f"Team {next(_numbers)}", service=service
    )


def a_setting(host: str = DONCASTER, **facts: Any) -> Setting:
    number = next(_numbers)
    provider = Provider.objects.create(name=f"Provider {number}", owner="An owner")
    setting = Setting.objects.create(
        urn=f"SC{number:06d}",
        name=facts.pop("name", f"House {number}"),
        type="childrens_home",
        host_authority_id=host,
        provider=provider,
        postcode="DN1 2AB",
        registered_places=6,
        **facts,
    )
    derive_for_settings([setting.pk], TODAY)
    return setting


def a_child(authority: str = BARKING, team: Team | None = None, **facts: Any) -> Child:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "local_id": str(number),
        "name": f"Child {number} Example",
        "date_of_birth": date(2012, 5, 1),
        "communicates_by": ["body", "symbols"],
        "communication_profile": "Looks away to say no; reaches to say yes.",
    }
    return Child.objects.create(authority_id=authority, team=team, **{**defaults, **facts})


def placed(
    child: Child,
    setting: Setting | None = None,
    *,
    started_on: date = TODAY - timedelta(days=56),
    place: str = "K2",
    legal_status: str = "C2",
    **facts: Any,
) -> Placement:
    """Places a child through the real action, as of the day it starts."""
    return place_child(
        child=child,
        started_on=started_on,
        place=place,
        legal_status=legal_status,
        setting=setting,
        by=CLOCK,
        at=moment(started_on, 9),
        **facts,
    )


@dataclass
class World:
    """One child in a home far away, and everybody who plays a part for them."""

    child: Child
    placement: Placement
    setting: Setting
    team: Team
    people: dict[Role, Person]
    stranger: Person

    def __getitem__(self, role: Role) -> Person:
        return self.people[role]


def a_world(started_on: date = TODAY - timedelta(days=56), **facts: Any) -> World:
    """A child of Barking in a home in Doncaster, with all roles filled, and a stranger."""
    service = a_team()
    team = a_team(service=service)
    setting = a_setting()
    child = a_child(team=team)
    people: dict[Role, Person] = {
        role: a_person(f"{role.label.title()} {child.local_id}")
        for role in Role
        if role != Role.CLOCK
    }
    for role in (Role.SOCIAL_WORKER, Role.IRO, Role.ADVOCATE):
        allocated(people[role], role, child)
    plays(people[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, team=team)
    plays(people[Role.IRO], Role.IRO, authority_id=BARKING)
    plays(people[Role.TEAM_MANAGER], Role.TEAM_MANAGER, team=team)
    plays(people[Role.SERVICE_MANAGER], Role.SERVICE_MANAGER, team=service)
    plays(people[Role.DIRECTOR], Role.DIRECTOR, authority_id=BARKING)
    plays(people[Role.IRO_MANAGER], Role.IRO_MANAGER, authority_id=BARKING)
    plays(people[Role.NOMINATED_OFFICER], Role.NOMINATED_OFFICER, authority_id=BARKING)
    plays(people[Role.ADMINISTRATOR], Role.ADMINISTRATOR, authority_id=BARKING)
    plays(people[Role.HOST_OFFICER], Role.HOST_OFFICER, authority_id=DONCASTER)
    plays(people[Role.LADO], Role.LADO, authority_id=DONCASTER)
    plays(people[Role.REGISTERED_MANAGER], Role.REGISTERED_MANAGER, setting=setting)
    plays(people[Role.INDEPENDENT_VISITOR], Role.INDEPENDENT_VISITOR, setting=setting)
    placement = placed(child, setting, started_on=started_on, **facts)
    stranger = a_person("A Stranger")
    plays(stranger, Role.TEAM_MANAGER, team=a_team(LEEDS))
    return World(child, placement, setting, team, people, stranger)


def an_outcome(made_on: date, hour: int = 15, **facts: Any) -> dict[str, Any]:
    """A whole outcome of a visit on which the child was seen alone and well."""
    return {
        "made_at": moment(made_on, hour),
        "place": "setting",
        "was_seen_alone": True,
        "was_bedroom_seen": True,
        "communicated_by": ["symbols", "body"],
        "own_words": "Pointed to: garden, again, mum.",
        "paraphrase": "Likes the garden and misses mum.",
        "feels_safe": "yes",
        "behaviour": "none",
        "practice_observed": "Staff waited for an answer and followed it.",
        "matches_records": "yes",
        "culture_respected": "yes",
        "family_contact": "yes",
        "is_welfare_safeguarded": True,
        "next_steps": "Visit again within six weeks.",
        **facts,
    }
