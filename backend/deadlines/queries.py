"""Reading what is owed: which deadlines stand, and how urgent each is on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from backend.deadlines.due import Status, is_due_soon_on, status_on
from backend.deadlines.models import Deadline
from backend.grammar.clocks import Kind, Verified
from backend.records.models import Child

STANDING = (Status.OPEN, Status.WAITING)
#: How near a day must be to be due soon, as ``is_due_soon_on`` says.
SOON = timedelta(days=7)


class Urgency(StrEnum):
    """How urgent a standing deadline is; the most urgent first.

    What the law wants this week comes before a local target that has passed.
    """

    OVERDUE = "overdue"
    SOON = "soon"
    PAST = "past"
    LATER = "later"
    WAITING = "waiting"


RANKS: dict[Urgency, int] = {urgency: rank for rank, urgency in enumerate(Urgency)}


def urgency_on(deadline: Deadline, on: date) -> Urgency:
    """How urgent one standing deadline is: never "overdue" of what is not verified law."""
    last = deadline.last_day
    if status_on(deadline, on) == Status.OVERDUE or (
        deadline.status == Status.WAITING and last is not None and last < on
    ):
        is_law = deadline.due_on is not None and deadline.kind != Kind.LOCAL_STANDARD
        proved = is_law and deadline.verified != Verified.UNVERIFIED
        return Urgency.OVERDUE if proved else Urgency.PAST
    if deadline.status == Status.WAITING:
        return Urgency.WAITING
    return Urgency.SOON if is_due_soon_on(deadline, on) else Urgency.LATER


def ranked_on(on: date) -> Case:
    """``urgency_on`` as the database computes it, as a rank from 0."""
    passed = Q(status=Status.OPEN, due_on__lt=on)
    weak = Q(kind=Kind.LOCAL_STANDARD) | Q(verified=Verified.UNVERIFIED)
    return Case(
        When(passed & weak, then=Value(RANKS[Urgency.PAST])),
        When(passed, then=Value(RANKS[Urgency.OVERDUE])),
        When(
            Q(status=Status.WAITING, local_due_on__lt=on, due_on__isnull=True)
            | Q(status=Status.WAITING, due_on__lt=on),
            then=Value(RANKS[Urgency.PAST]),
        ),
        When(status=Status.WAITING, then=Value(RANKS[Urgency.WAITING])),
        When(due_on__lte=on + SOON, then=Value(RANKS[Urgency.SOON])),
        default=Value(RANKS[Urgency.LATER]),
        output_field=IntegerField(),
    )


def standing_for(children: QuerySet[Child, Any] | Iterable[int], on: date) -> QuerySet[Deadline]:
    """What these children are owed and have not had, with its ``rank`` and ``day``."""
    return Deadline.objects.filter(child__in=children, status__in=STANDING).annotate(
        rank=ranked_on(on), day=Coalesce(F("due_on"), F("local_due_on"))
    )


def counted_by_urgency(deadlines: QuerySet[Deadline]) -> dict[Urgency, int]:
    """How many of each urgency, in one query; those of which there are none are left out."""
    found = dict(
        deadlines.order_by().values_list("rank").annotate(number=Count("pk")).order_by("rank")
    )
    return {urgency: found[rank] for urgency, rank in RANKS.items() if rank in found}


@dataclass(frozen=True)
class Load:
    """What stands for one person, team or place."""

    overdue: int
    past: int
    soon: int
    later: int
    waiting: int
    children: int


def load_of(deadlines: QuerySet[Deadline], *by: str) -> dict[tuple[object, ...], Load]:
    """How many of each urgency for every value of some fields, in one query."""
    counts = {str(urgency): Count("pk", filter=Q(rank=rank)) for urgency, rank in RANKS.items()}
    rows = (
        deadlines.order_by().values(*by).annotate(**counts, children=Count("child", distinct=True))
    )
    return {
        tuple(row[name] for name in by): Load(
            **{str(urgency): row[str(urgency)] for urgency in Urgency}, children=row["children"]
        )
        for row in rows
    }
