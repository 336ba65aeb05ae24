"""Who works with a child, and opening a record without a grant."""

from datetime import date, datetime, timedelta

from django.db import transaction

from backend.access.grants import derive_for_children
from backend.access.models import Allocation, BreakGlass, Person, RoleAssignment
from backend.access.visibility import depth_of
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.gate import By, require_part
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.events import Depth
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import ALLOCATED, LABELS, Role
from backend.notify.tell import Telling, move_alerts, move_alerts_of_cases, tell
from backend.records.models import Child, Placement

ALLOCATES = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.IRO_MANAGER, Role.DIRECTOR)
GLASS_LASTS = timedelta(hours=8)
#: Professionals of the placing or of the host authority; nobody else may break the glass.
MAY_BREAK_GLASS = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.HOST_OFFICER,
    Role.LADO,
)


@transaction.atomic
def allocate(
    *, child: Child, person: Person, role: Role, started_on: date, by: By, at: datetime
) -> Allocation:
    """This will give a child to a person in a part, taking over from whoever played it.

    :raises NotAllowed: the one who asks does not manage this child's work.
    :raises FactRefused: not a part that is allocated, an inactive person, or a future day.
    """
    require_part(by, child, ALLOCATES, at, doing="allocate this child")
    child = lock_child(child.pk)
    if role not in ALLOCATED:
        raise FactRefused(f"A child is not allocated to a {LABELS[role]}.", field="role")
    if not person.is_active:
        raise FactRefused(f"{person.name} has left.", field="person")
    if started_on > day_of(at):
        raise FactRefused("An allocation cannot start in the future.", field="started_on")
    before = child.allocations.filter(role=role, ended_on__isnull=True).first()
    if before is not None and before.person_id == person.pk:
        raise FactRefused(f"{person.name} is already the {LABELS[role]}.", field="person")
    if before is not None:
        _close(before, max(started_on, before.started_on))
    allocation, event = begin_allocation(child, person, role, started_on, by=by, at=at)
    if before is not None:
        move_alerts(child_id=child.pk, leaver=before.person, role=role, event=event, at=at)
        move_alerts_of_cases(leaver=before.person, role=role, event=event, at=at)
    return allocation


def begin_allocation(
    child: Child, person: Person, role: Role, started_on: date, *, by: By, at: datetime
) -> tuple[Allocation, Event]:
    """Gives a child to somebody, and tells them."""
    allocation = Allocation.objects.create(
        child=child, person=person, role=role, started_on=started_on
    )
    derive_for_children([child.pk], day_of(at))
    event = record(
        "people.allocated",
        by=by,
        at=at,
        about=f"children/{child.pk}",
        child_id=child.pk,
        carries={"name": person.name, "role": LABELS[role], "on": f"{started_on:%-d %B %Y}"},
    )
    tell([Telling(event, (role,))], at=at)
    return allocation, event


@transaction.atomic
def end_allocation(*, allocation: Allocation, ended_on: date, by: By, at: datetime) -> Allocation:
    """This will end an allocation; open alerts go to whoever is above when nobody takes over.

    :raises NotAllowed: the one who asks does not manage this child's work.
    :raises FactRefused: already ended, or the end is before the start or in the future.
    """
    child = lock_child(allocation.child_id)
    require_part(by, child, ALLOCATES, at, doing="end this allocation")
    allocation = Allocation.objects.select_for_update().get(pk=allocation.pk)
    if allocation.ended_on is not None:
        raise FactRefused("This allocation has already ended.")
    if not allocation.started_on <= ended_on <= day_of(at):
        raise FactRefused("The end must lie between the start and today.", field="ended_on")
    _close(allocation, ended_on)
    derive_for_children([child.pk], day_of(at))
    role = Role(allocation.role)
    event = record(
        "people.deallocated",
        by=by,
        at=at,
        about=f"children/{child.pk}",
        child_id=child.pk,
        carries={
            "name": allocation.person.name,
            "role": LABELS[role],
            "on": f"{ended_on:%-d %B %Y}",
        },
    )
    tell([Telling(event, (Role.TEAM_MANAGER,))], at=at)
    move_alerts(child_id=child.pk, leaver=allocation.person, role=role, event=event, at=at)
    move_alerts_of_cases(leaver=allocation.person, role=role, event=event, at=at)
    return allocation


def _close(allocation: Allocation, ended_on: date) -> None:
    """The last day of a part is the day before somebody else's first."""
    allocation.ended_on = max(allocation.started_on, ended_on - timedelta(days=1))
    allocation.save(update_fields=["ended_on"])


@transaction.atomic
def break_glass(*, child: Child, reason: str, by: Person, at: datetime) -> BreakGlass:
    """This will open a child's record to a professional who has no grant, for eight hours.

    It is logged, the record's owners see it, and their manager is told at once.

    :raises NotAllowed: the person works for neither the placing nor the host authority.
    :raises FactRefused: no reason in words, or the record is open to them already.
    """
    reason = reason.strip()
    if len(reason) < 20:
        raise FactRefused(
            "Say why you need this record now, in at least 20 characters.", field="reason"
        )
    if depth_of(by, child) == Depth.RECORD:
        raise FactRefused("You can see this record already.")
    if not works_for_either(by, child, day_of(at)):
        raise NotAllowed(
            "Only a professional of the placing or the host authority may open this record."
        )
    glass = BreakGlass.objects.create(
        person=by, child=child, reason=reason, opened_at=at, ends_at=at + GLASS_LASTS
    )
    event = record(
        "records.opened",
        by=by,
        at=at,
        about=f"children/{child.pk}",
        child_id=child.pk,
        carries={
            "name": by.name,
            "until": f"{glass.ends_at.astimezone(LONDON):%H:%M on %-d %B %Y}",
        },
    )
    tell([Telling(event, (Role.TEAM_MANAGER, Role.SOCIAL_WORKER))], at=at)
    return glass


def works_for_either(person: Person, child: Child, on: date) -> bool:
    """Whether a professional belongs to the authority that placed the child, or hosts it."""
    hosts = Placement.objects.filter(child=child, ended_on__isnull=True).values_list(
        "host_authority_id", flat=True
    )
    authorities = {child.authority_id, *[host for host in hosts if host]}
    assigned = RoleAssignment.objects.filter(person=person, role__in=MAY_BREAK_GLASS).filter(
        started_on__lte=on
    )
    places = {
        assignment.authority_id or (assignment.team.authority_id if assignment.team else None)
        for assignment in assigned.select_related("team")
        if assignment.ended_on is None or assignment.ended_on >= on
    }
    return bool(authorities & places)
