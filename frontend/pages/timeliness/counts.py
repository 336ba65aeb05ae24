"""Counting what fell due, month by month and team by team: the database does the adding up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from backend.access.models import Allocation, Person
from backend.access.parts import current
from backend.access.visibility import child_ids_visible_to
from backend.deadlines.due import Status, days_late_on, status_on
from backend.deadlines.models import Deadline
from backend.deadlines.standing import with_status
from backend.grammar.clocks import Kind, Verified
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from frontend.parts.charts import MonthCount, Share
from frontend.parts.words import MONTHS
from workflows.reviews.queries import OWED

NOBODY = {"team": "No team", "worker": "Nobody allocated"}
MET, LATE, NOTHING = "On time", "Late", "Nothing recorded"


@dataclass(frozen=True)
class Tally:
    """How many fell due, and how they went."""

    on_time: int
    late: int
    nothing: int

    @property
    def total(self) -> int:
        return self.on_time + self.late + self.nothing

    @property
    def percent(self) -> int | None:
        return round(100 * self.on_time / self.total) if self.total else None


@dataclass(frozen=True)
class RuleTally:
    """The same for one rule that is no verified law."""

    ref: str
    title: str
    standing: str
    tally: Tally


def first_month(on: date, months: int) -> date:
    """The first day of the month so many months back, this month being the first of them."""
    number = on.year * 12 + on.month - months
    return date(number // 12, number % 12 + 1, 1)


def fell_due(
    person: Person, what: str, since: date, on: date, teams: Sequence[int]
) -> QuerySet[Deadline]:
    """What fell due for the children whose record a person reads, from a day to a day.

    A duty that ended in time, because the child moved or came home, is not among them.
    """
    counted = Q(status__in=[Status.MET, Status.MET_LATE]) | with_status(Status.OVERDUE, on)
    rows = Deadline.objects.filter(
        counted,
        child__in=child_ids_visible_to(person, Depth.RECORD),
        due_on__gte=since,
        due_on__lte=on,
        room="visits" if what == "visits" else "reviews",
    )
    if what == "reviews":
        rows = rows.filter(rule__in=OWED)
    elif what == "steps":
        rows = rows.exclude(rule__in=OWED)
    if teams:
        rows = rows.filter(child__team__in=teams)
    return rows.order_by()


def of_law(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """What statute or statutory guidance asks, as far as it was verified."""
    return rows.exclude(kind=Kind.LOCAL_STANDARD).exclude(verified=Verified.UNVERIFIED)


def not_of_law(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Local standards, and rules that nobody has checked against the law."""
    return rows.filter(Q(kind=Kind.LOCAL_STANDARD) | Q(verified=Verified.UNVERIFIED))


def counts_on(on: date) -> dict[str, Count]:
    return {
        "on_time": Count("pk", filter=Q(status=Status.MET)),
        "late": Count("pk", filter=Q(status=Status.MET_LATE)),
        "nothing": Count("pk", filter=with_status(Status.OVERDUE, on)),
    }


def tally_of(row: Mapping[str, Any]) -> Tally:
    return Tally(row["on_time"], row["late"], row["nothing"])


def in_all(rows: QuerySet[Deadline], on: date) -> Tally:
    return tally_of(rows.aggregate(**counts_on(on)))


def by_month(rows: QuerySet[Deadline], since: date, on: date) -> list[MonthCount]:
    """Every month from the first to this one, also those in which nothing was due."""
    found = {
        row["month"]: tally_of(row)
        for row in rows.annotate(month=TruncMonth("due_on", output_field=DateField()))
        .values("month")
        .annotate(**counts_on(on))
    }
    months: list[MonthCount] = []
    month = since
    while month <= on:
        tally = found.get(month, Tally(0, 0, 0))
        label = f"{MONTHS[month.month - 1][:3]} {month.year}"
        months.append(MonthCount(label, tally.on_time, tally.late, tally.nothing))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months


def by_team(rows: QuerySet[Deadline], on: date) -> list[Share]:
    named = rows.annotate(whose=Coalesce("child__team__name", Value(NOBODY["team"])))
    return shares_of(named, on)


def by_worker(rows: QuerySet[Deadline], on: date, role: Role) -> list[Share]:
    """By whoever plays a part for the child on this day, whoever did when it fell due."""
    return shares_of(rows.annotate(whose=playing_now(role, on)), on)


def playing_now(role: Role, on: date) -> Coalesce:
    now = Allocation.objects.filter(current(on), child=OuterRef("child"), role=role)
    return Coalesce(Subquery(now.values("person__name")[:1]), Value(NOBODY["worker"]))


def shares_of(rows: QuerySet[Deadline], on: date) -> list[Share]:
    found = rows.values("whose").annotate(**counts_on(on)).order_by("whose")
    return [
        Share(row["whose"], tally.on_time, tally.total, nothing=tally.nothing)
        for row in found
        if (tally := tally_of(row))
    ]


def by_rule(rows: QuerySet[Deadline], on: date) -> list[RuleTally]:
    """Rule by rule, with what each is when it is not verified law."""
    found = rows.values("ref", "title", "kind").annotate(**counts_on(on)).order_by("ref", "title")
    return [
        RuleTally(
            row["ref"],
            row["title"],
            "Local standard, not law"
            if row["kind"] == Kind.LOCAL_STANDARD
            else "Not yet verified against the law",
            tally_of(row),
        )
        for row in found
    ]


def worst_first(rows: QuerySet[Deadline], on: date) -> QuerySet[Deadline]:
    """What was late or is not recorded: nothing recorded first, the longest before the rest."""
    missed = rows.exclude(status=Status.MET).annotate(
        rank=Case(When(status=Status.MET_LATE, then=Value(1)), default=Value(0)),
    )
    return with_people(missed, on).order_by(
        "rank", Case(When(rank=0, then=F("due_on"))), "-days_late", "due_on", "pk"
    )


def with_people(rows: QuerySet[Deadline], on: date) -> QuerySet[Deadline]:
    return rows.select_related("child__team").annotate(
        worker=playing_now(Role.SOCIAL_WORKER, on), iro=playing_now(Role.IRO, on)
    )


COLUMNS = (
    "Child",
    "Team",
    "Social worker",
    "Independent reviewing officer",
    "What was due",
    "Rule",
    "Standing",
    "Due by",
    "Done",
    "How it went",
    "Days late",
)


def outcome_of(deadline: Deadline, on: date) -> str:
    """How one went, in a word; what is not recorded is never called not done."""
    status = status_on(deadline, on)
    return {Status.MET: MET, Status.MET_LATE: LATE}.get(status, NOTHING)


def export_rows(rows: Iterable[Any], on: date) -> Iterable[Sequence[Any]]:
    for one in rows:
        team = one.child.team
        yield (
            one.child.name,
            team.name if team else NOBODY["team"],
            one.worker,
            one.iro,
            one.title,
            one.ref,
            standing_of(one),
            one.due_on,
            one.met_on or "",
            outcome_of(one, on),
            days_late_on(one, on),
        )


def standing_of(deadline: Deadline) -> str:
    if deadline.kind == Kind.LOCAL_STANDARD:
        return "Local standard, not law"
    if deadline.verified == Verified.UNVERIFIED:
        return "Not yet verified against the law"
    return str(deadline.kind).capitalize()
