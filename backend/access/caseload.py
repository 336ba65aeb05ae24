"""Which children are somebody's, in one part they play."""

from datetime import date

from django.db.models import Q, QuerySet

from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import (
    BY_HOST_AUTHORITY,
    BY_PLACING_AUTHORITY,
    BY_SERVICE,
    BY_SETTING,
    BY_TEAM,
    current,
    living_there,
)
from backend.grammar.roles import ALLOCATED, Role
from backend.records.models import Child, Placement


def children_in_part(person: Person, role: Role, on: date) -> QuerySet[Child]:
    """The children for whom a person plays this part on a day."""
    if role in ALLOCATED:
        mine = Allocation.objects.filter(current(on), person=person, role=role)
        return Child.objects.filter(pk__in=mine.values("child_id"))
    held = RoleAssignment.objects.filter(current(on), person=person, role=role)
    lives = Placement.objects.filter(living_there(on), is_temporary=False)
    theirs = Q(pk__in=[])
    if role in BY_TEAM:
        theirs |= Q(team_id__in=held.filter(team__isnull=False).values("team_id"))
    if role in BY_SERVICE:
        theirs |= Q(team__service_id__in=held.filter(team__isnull=False).values("team_id"))
    if role in BY_PLACING_AUTHORITY:
        theirs |= Q(authority_id__in=held.filter(authority__isnull=False).values("authority_id"))
    if role in BY_HOST_AUTHORITY:
        areas = held.filter(authority__isnull=False).values("authority_id")
        theirs |= Q(pk__in=lives.filter(host_authority_id__in=areas).values("child_id"))
    if role in BY_SETTING:
        homes = held.filter(setting__isnull=False).values("setting_id")
        theirs |= Q(pk__in=lives.filter(setting_id__in=homes).values("child_id"))
    return Child.objects.filter(theirs)
