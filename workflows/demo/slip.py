"""Makes one date of the invented world pass now, by correcting a fact it is counted from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from backend.access.models import Person
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Child
from workflows.visits import actions
from workflows.visits.models import Visit
from workflows.visits.table import MADE

#: Those whose screens the demonstration shows come first.
SHOWN = "amara@demo.example"


class NothingLeftToSlip(LookupError):
    """Every date of the invented world has slipped or been met."""


@dataclass(frozen=True)
class Slipped:
    """What slipped, and who was told."""

    title: str
    child: Child
    due_on: date
    told: list[str]


@transaction.atomic
def make_one_slip(*, at: datetime) -> Slipped:
    """This will put a visit's date back so far that the next one was due yesterday, then sweep.

    :raises NothingLeftToSlip: no child is waiting for a regular visit.
    """
    today = day_of(at)
    waiting = Deadline.objects.filter(
        room="visits", status="open", slipped_at__isnull=True, due_on__gte=today
    ).filter(key__contains=":after:")
    shown = waiting.filter(child__allocations__person__email=SHOWN)
    deadline = shown.order_by("due_on").first() or waiting.order_by("due_on").first()
    if deadline is None or deadline.due_on is None:
        raise NothingLeftToSlip("Every date has slipped already. Record a visit first.")
    visit = (
        Visit.objects.filter(child=deadline.child_id, state=str(MADE)).order_by("-made_at").first()
    )
    if visit is None or visit.made_at is None:
        raise NothingLeftToSlip("No visit has been made from which a date is counted.")
    by = Person.objects.get(
        allocations__child=deadline.child_id,
        allocations__role=Role.SOCIAL_WORKER,
        allocations__ended_on__isnull=True,
    )
    days = (deadline.due_on - today).days + 1
    actions.amend_visit(
        visit=visit,
        changes={"made_at": visit.made_at - timedelta(days=days)},
        why="The day was entered wrongly (demonstration).",
        by=by,
        at=at,
    )
    sweep(at=at)
    deadline.refresh_from_db()
    told = Notification.objects.filter(deadline=deadline, told_at=at).select_related("person")
    return Slipped(
        title=deadline.title,
        child=deadline.owed_to,
        due_on=deadline.due_on or today,
        told=sorted({notification.person.name for notification in told}),
    )
