"""Who plays which part for a child, on a day: read from allocations, assignments, placements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from backend.access.models import Allocation, Person, RoleAssignment
from backend.grammar.roles import ALLOCATED, Role
from backend.records.models import Child, Placement

#: Where the child belongs, or lives, decides whose part it is.
BY_TEAM = (Role.TEAM_MANAGER,)
BY_SERVICE = (Role.SERVICE_MANAGER,)
BY_PLACING_AUTHORITY = (
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
)
BY_HOST_AUTHORITY = (Role.HOST_OFFICER,)
BY_SETTING = (Role.REGISTERED_MANAGER,)


def current(on: date) -> Q:
    """In force on a day; the last day still counts."""
    return Q(started_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gte=on))


def living_there(on: date) -> Q:
    """A placement in force on a day; on the day of a move the child is at the new place."""
    return Q(started_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))


@dataclass(frozen=True)
class Ties:
    """What ties a child to teams, authorities and a setting on a day."""

    child_id: int
    team_id: int | None
    service_id: int | None
    authority_id: str
    host_authority_id: str | None
    setting_id: int | None

    def scopes(self) -> list[tuple[Role, str, str]]:
        """Every (role, kind of place, its id) that has a part in this child's life."""
        named = [
            *((role, "team", self.team_id) for role in BY_TEAM),
            *((role, "team", self.service_id) for role in BY_SERVICE),
            *((role, "authority", self.authority_id) for role in BY_PLACING_AUTHORITY),
            *((role, "authority", self.host_authority_id) for role in BY_HOST_AUTHORITY),
            *((role, "setting", self.setting_id) for role in BY_SETTING),
        ]
        return [(role, kind, str(place)) for role, kind, place in named if place is not None]


def ties_of(children: Iterable[int], on: date) -> list[Ties]:
    """The ties of many children, in two queries."""
    wanted = list(children)
    lives = {
        placement.child_id: placement
        for placement in Placement.objects.filter(
            living_there(on), child__in=wanted, is_temporary=False
        ).only("child_id", "host_authority_id", "setting_id")
    }
    rows = Child.objects.filter(pk__in=wanted).values_list(
        "pk", "team_id", "team__service_id", "authority_id"
    )
    return [
        Ties(
            child_id=pk,
            team_id=team,
            service_id=service,
            authority_id=authority,
            host_authority_id=lives[pk].host_authority_id if pk in lives else None,
            setting_id=lives[pk].setting_id if pk in lives else None,
        )
        for pk, team, service, authority in rows
    ]


def _assigned(scopes: list[tuple[Role, str, str]], on: date) -> QuerySet[RoleAssignment]:
    roles: dict[tuple[str, str], list[Role]] = defaultdict(list)
    for role, kind, place in scopes:
        roles[kind, place].append(role)
    places = Q(pk__in=[])
    for (kind, place), played in roles.items():
        places |= Q(**{"role__in": played, f"{kind}_id": place})
    return RoleAssignment.objects.filter(places & current(on), person__is_active=True)


def _scope(assignment: RoleAssignment) -> tuple[Role, str, str]:
    kind, place = next(
        (kind, place)
        for kind, place in (
            ("team", assignment.team_id),
            ("authority", assignment.authority_id),
            ("setting", assignment.setting_id),
        )
        if place is not None
    )
    return Role(assignment.role), kind, str(place)


def people_by_child(
    roles: Iterable[Role], children: Iterable[int], on: date
) -> dict[int, list[tuple[Person, Role]]]:
    """Who plays one of these parts for each child on a day, each person once.

    The number of queries does not grow with the number of children.
    """
    wanted, ids = set(roles), list(children)
    found: dict[int, dict[int, tuple[Person, Role]]] = {pk: {} for pk in ids}
    allocated = Allocation.objects.filter(
        current(on), child__in=ids, role__in=wanted & set(ALLOCATED), person__is_active=True
    )
    for allocation in allocated.select_related("person"):
        found[allocation.child_id].setdefault(
            allocation.person_id, (allocation.person, Role(allocation.role))
        )
    ties = ties_of(ids, on)
    scopes = sorted({scope for tie in ties for scope in tie.scopes() if scope[0] in wanted})
    by_scope: dict[tuple[Role, str, str], list[Person]] = {scope: [] for scope in scopes}
    if scopes:
        for a in _assigned(scopes, on).select_related("person"):
            by_scope[_scope(a)].append(a.person)
    for tie in ties:
        for scope in tie.scopes():
            for person in by_scope.get(scope, ()):
                found[tie.child_id].setdefault(person.pk, (person, scope[0]))
    return {pk: [people[key] for key in sorted(people)] for pk, people in found.items()}


def people_playing(roles: Iterable[Role], child: Child, on: date) -> list[tuple[Person, Role]]:
    """Everybody who plays one of these parts for a child on a day, each person once."""
    return people_by_child(roles, [child.pk], on)[child.pk]


def parts_of(person: Person, child: Child, on: date) -> frozenset[Role]:
    """The parts a person plays for a child on a day."""
    return parts_for_many(person, [child], on)[child.pk]


def parts_for_many(
    person: Person, children: Iterable[Child], on: date
) -> dict[int, frozenset[Role]]:
    """The parts a person plays for each of many children, in a fixed number of queries."""
    wanted = [child.pk for child in children]
    parts: dict[int, set[Role]] = {pk: set() for pk in wanted}
    allocated = Allocation.objects.filter(current(on), child__in=wanted, person=person)
    for pk, role in allocated.values_list("child_id", "role"):
        parts[pk].add(Role(role))
    mine = {_scope(a) for a in RoleAssignment.objects.filter(current(on), person=person)}
    for ties in ties_of(wanted, on):
        parts[ties.child_id] |= {scope[0] for scope in ties.scopes() if scope in mine}
    return {pk: frozenset(roles) for pk, roles in parts.items()}


def roles_held(person: Person, on: date) -> frozenset[Role]:
    """Every part a person plays for anybody or any place on a day."""
    held = RoleAssignment.objects.filter(current(on), person=person).values_list("role", flat=True)
    given = Allocation.objects.filter(current(on), person=person).values_list("role", flat=True)
    return frozenset(Role(role) for role in {*held, *given})
