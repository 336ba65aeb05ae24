"""Who can be tried out in the demo: by the part they play, with what that part sees."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet

from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current
from backend.grammar.roles import LABELS, Role

ADDRESS = "@demo.example"

#: What each part sees, in the order in which a visitor would want to meet them.
SEES: dict[Role, str] = {
    Role.SOCIAL_WORKER: "The record of each child allocated to them: who must be seen by when, "
    "why, and the visit to record.",
    Role.IRO: "The record of each child whose reviews they chair: which review is due, prepared "
    "or late, and whether the child was seen and heard before it.",
    Role.TEAM_MANAGER: "The record of every child of their team: what slipped, whose it is, and "
    "the decisions they must answer.",
    Role.SERVICE_MANAGER: "The record of every child of the teams of their service.",
    Role.DIRECTOR: "The record of every child their authority placed, and how timely it is.",
    Role.IRO_MANAGER: "The record of every child of the authority, by reviewing officer.",
    Role.NOMINATED_OFFICER: "The placements outside the area that wait for their approval.",
    Role.ADVOCATE: "The record of each child they speak for; no dispute between professionals.",
    Role.HOST_OFFICER: "The card of every child placed in their area, whoever placed them, and "
    "the homes there.",
    Role.REGISTERED_MANAGER: "The card of each child who lives in their home now, and nothing of "
    "the record.",
    Role.LADO: "Allegations against people who work with children in their area, and the card of "
    "each child named.",
    Role.INDEPENDENT_VISITOR: "The home they visit each month.",
    Role.ADMINISTRATOR: "Accounts and policy, and no child at all.",
}


@dataclass(frozen=True)
class Player:
    """One demo person in one part."""

    person: Person
    where: str
    children: int


@dataclass
class Part:
    """Everybody who plays one part; those with most children first."""

    label: str
    sees: str
    players: list[Player] = field(default_factory=list)


def demo_people() -> QuerySet[Person]:
    """The people of the invented world, and nobody else."""
    return Person.objects.filter(email__endswith=ADDRESS, is_active=True)


def parts_by_role(on: date) -> list[Part]:
    """The demo people by part, in a fixed number of queries."""
    people = demo_people()
    counts = {
        (person, role): number
        for person, role, number in Allocation.objects.filter(current(on), person__in=people)
        .order_by()
        .values_list("person", "role")
        .annotate(number=Count("child", distinct=True))
    }
    assigned = (
        RoleAssignment.objects.filter(current(on), person__in=people)
        .select_related("person", "team__authority", "authority", "setting")
        .order_by("person__name", "pk")
    )
    found = players_of(assigned, counts)
    around = Counter(one.person.organisation for players in found.values() for one in players)

    def order(one: Player) -> tuple[int, int, str]:
        """Those whose colleagues are here too come first: their work can be seen from both ends."""
        return -around[one.person.organisation], -one.children, one.person.name

    return [
        Part(
            label=words[:1].upper() + words[1:],
            sees=sees,
            players=sorted(found[role], key=order),
        )
        for role, sees in SEES.items()
        if (words := LABELS[role]) and found[role]
    ]


def players_of(
    assigned: Iterable[RoleAssignment], counts: dict[tuple[int, str], int]
) -> dict[Role, list[Player]]:
    found: dict[Role, list[Player]] = defaultdict(list)
    for one in assigned:
        where = one.team or one.authority or one.setting
        number = counts.get((one.person_id, one.role), 0)
        found[Role(one.role)].append(Player(one.person, str(where), number))
    return found
