"""Who looks after an authority's accounts, and whom and what that covers."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current
from backend.casework.errors import NotAllowed
from backend.events.record import CLOCK, Clock
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Authority, Setting, Team

Place = Team | Authority | Setting


def authority_of(place: Place) -> str:
    """The code of the authority whose administrators answer for a place."""
    if isinstance(place, Authority):
        return place.pk
    return place.authority_id if isinstance(place, Team) else place.host_authority_id


def place_of(assignment: RoleAssignment) -> Place:
    """The team, authority or setting that a part is played for."""
    place = assignment.team or assignment.authority or assignment.setting
    assert place is not None
    return place


def in_authority(code: str) -> Q:
    """The parts played for an authority, its teams, and the settings in its area."""
    return Q(authority=code) | Q(team__authority=code) | Q(setting__host_authority=code)


def administered_by(person: Person, on: date) -> QuerySet[Authority]:
    """The authorities whose accounts and policy a person looks after on a day."""
    if not person.is_active:
        return Authority.objects.none()
    mine = RoleAssignment.objects.filter(current(on), person=person, role=Role.ADMINISTRATOR)
    return Authority.objects.filter(pk__in=mine.values("authority"))


def require_administrator(by: Person | Clock, code: str, at: datetime) -> None:
    """Refuses everybody but an administrator of this authority.

    :raises NotAllowed: in words that say who may.
    """
    if by == CLOCK:
        return
    assert isinstance(by, Person)
    if not administered_by(by, day_of(at)).filter(pk=code).exists():
        raise NotAllowed(
            "Accounts, parts and policy are kept by an administrator of the authority."
        )


def people_of(authority: Authority) -> QuerySet[Person]:
    """Everybody who plays or played a part in an authority, or works with one of its children."""
    parts = RoleAssignment.objects.filter(in_authority(authority.pk), person=OuterRef("pk"))
    working = Allocation.objects.filter(person=OuterRef("pk"), child__authority=authority)
    return Person.objects.filter(Exists(parts) | Exists(working))


def administrators_of(authority: Authority, at: datetime) -> QuerySet[Person]:
    """Everybody who looks after an authority's accounts at a moment."""
    parts = RoleAssignment.objects.filter(
        current(day_of(at)), role=Role.ADMINISTRATOR, authority=authority
    )
    return Person.objects.filter(pk__in=parts.values("person"), is_active=True)
