"""Putting a child's own details right: who they are, how they communicate, what they need."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from backend.access.grants import derive_for_children
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused, MovedOn
from backend.casework.facts import check_text
from backend.casework.gate import By, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Child

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
