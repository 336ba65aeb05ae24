"""A child's own details, put down and put right: who they are, how they speak, what they need."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from backend.access.grants import derive_for_children
from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused, MovedOn, NotAllowed
from backend.casework.facts import check_text
from backend.casework.gate import By, require_part
from backend.casework.people import begin_allocation
from backend.deadlines.recalculate import recalculate
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Authority, Child, Team

#: Nobody older is a child, or a care leaver who still lives where they were placed.
OLDEST = 25
KEEPS_DETAILS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
#: What may be put right, and what it is called on the timeline.
CORRECTABLE = {
    "name": "name",
    "date_of_birth": "date of birth",
    "gender": "gender",
    "home_postcode": "home postcode",
    "disabilities": "disability",
    "communicates_by": "how the child communicates",
    "communication_profile": "communication profile",
    "language": "language",
    "interpreter_needed": "interpreter",
    "culture": "culture",
    "religion": "religion",
    "identity_plan": "identity",
    "needs_trauma": "trauma and adversity",
    "needs_health": "health",
    "needs_education": "education",
    "ehc_plan_authority": "EHC plan",
    "team": "team",
}


def teams_to_register_in(person: Person, on: date) -> QuerySet[Team]:
    """The teams with which somebody may register a child: their own, and those of their service."""
    held = RoleAssignment.objects.filter(current(on), person=person, team__isnull=False)
    own = held.filter(role__in=KEEPS_DETAILS).values("team")
    service = held.filter(role=Role.SERVICE_MANAGER).values("team")
    return Team.objects.filter(Q(pk__in=own) | Q(service__in=service)).select_related("authority")


@transaction.atomic
def register_child(
    *,
    team: Team,
    local_id: str,
    name: str,
    date_of_birth: date,
    by: Person,
    at: datetime,
    **details: Any,
) -> Child:
    """This will put a child on the register of a team, and tell whoever manages the team.

    A social worker who registers a child becomes the child's social worker. Nothing is owed to
    the child until a placement is recorded.

    :raises NotAllowed: the person does not keep the records of this team.
    :raises FactRefused: the authority has this child already, or a detail cannot be true.
    """
    on = day_of(at)
    if team not in teams_to_register_in(by, on):
        raise NotAllowed("You can register a child only with a team that you work in or manage.")
    # One at a time for each authority: two who register the same child see each other.
    Authority.objects.select_for_update(no_key=True).get(pk=team.authority_id)
    child = Child(
        authority_id=team.authority_id,
        team=team,
        local_id=local_id.strip(),
        name=" ".join(name.split()),
        date_of_birth=date_of_birth,
        **details,
    )
    _check({"local_id": local_id, "name": name, "date_of_birth": date_of_birth, **details}, at)
    if child.age_on(on) > OLDEST:
        raise FactRefused(
            f"The child would be {child.age_on(on)}. Check the year.", field="date_of_birth"
        )
    _refuse_second_record(child)
    _save(child)
    event = record(
        "children.registered", by=by, at=at, about=f"children/{child.pk}", child_id=child.pk
    )
    derive_for_children([child.pk], on)
    if RoleAssignment.objects.filter(
        current(on), person=by, role=Role.SOCIAL_WORKER, team=team
    ).exists():
        begin_allocation(child, by, Role.SOCIAL_WORKER, on, by=by, at=at)
    tell([Telling(event, (Role.TEAM_MANAGER,))], at=at)
    return child


def _refuse_second_record(child: Child) -> None:
    """Two records of one child are two half pictures, and a visit to one is owed on the other."""
    known = Child.objects.filter(authority_id=child.authority_id)
    if known.filter(local_id__iexact=child.local_id).exists():
        raise FactRefused(
            f"Your authority already has a child with the number {child.local_id}. "
            "Look for that record, or check the number.",
            field="local_id",
        )
    if known.filter(name__iexact=child.name, date_of_birth=child.date_of_birth).exists():
        raise FactRefused(
            "Your authority already has a child with this name and date of birth. "
            "Look for that record, or ask your manager which team keeps it.",
            field="name",
        )


@transaction.atomic
def correct_child(
    *,
    child: Child,
    changes: Mapping[str, Any],
    by: By,
    at: datetime,
    expects: str | None = None,
) -> Child:
    """This will put details of a child right, and name on the timeline which were changed.

    ``expects`` is what ``seen`` said of these details when the person began to write.

    :raises NotAllowed: the person does not keep this child's record.
    :raises MovedOn: somebody else changed the same detail meanwhile.
    :raises FactRefused: nothing changed, or a detail cannot be true.
    """
    require_part(by, child, KEEPS_DETAILS, at, doing="correct this child's details")
    child = lock_child(child.pk)
    changed = {name: value for name, value in changes.items() if getattr(child, name) != value}
    for name in changes:
        if name not in CORRECTABLE:
            raise FactRefused("This detail is not corrected here.", field=name)
    if expects is not None and seen(child, changes) != expects:
        raise MovedOn(
            "Somebody else changed these details while you were writing. "
            "Look at the record again before you change it."
        )
    if not changed:
        raise FactRefused("Nothing was changed.")
    _check(changed, at)
    for name, value in changed.items():
        setattr(child, name, value)
    _save(child)
    derive_for_children([child.pk], day_of(at))
    recalculate([child.pk], by=by, at=at)
    record(
        "children.corrected",
        by=by,
        at=at,
        about=f"children/{child.pk}",
        child_id=child.pk,
        carries={"what": ", ".join(CORRECTABLE[name] for name in changed)},
    )
    return child


def seen(child: Child, names: Iterable[str]) -> str:
    """Some details of a child as they stand, to compare with later."""
    standing = repr([(name, getattr(child, name)) for name in sorted(names)])
    return sha256(standing.encode()).hexdigest()[:16]


def _check(changed: Mapping[str, Any], at: datetime) -> None:
    for name, value in changed.items():
        if isinstance(value, str):
            check_text(value, name)
    born = changed.get("date_of_birth")
    if born is not None and born > day_of(at):
        raise FactRefused("A date of birth cannot be in the future.", field="date_of_birth")


def _save(child: Child) -> None:
    try:
        child.full_clean()
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise FactRefused(reasons[0], field="" if field == "__all__" else field) from error
    child.save()
