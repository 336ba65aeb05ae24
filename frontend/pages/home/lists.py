"""What somebody must see to in one part they play, in order, and who carries how much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from backend.access.caseload import children_in_part
from backend.access.models import Allocation, Person
from backend.access.parts import current, living_there
from backend.access.visibility import child_ids_visible_to
from backend.deadlines.models import Deadline
from backend.deadlines.queries import RANKS, Load, Urgency, load_of, standing_for, urgency_on
from backend.grammar.clocks import Kind
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.records.models import Child, Placement
from frontend.parts.badges import badge_of
from frontend.parts.identity import Identity, identity_of, placements_on
from frontend.parts.words import long_date
from workflows.visits.models import Visit
from workflows.visits.table import ARRANGED

#: Parts that see the record of children and answer for what is owed to them.
ANSWERS_FOR = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.ADVOCATE,
)
#: Parts whose work is done by others: who carries how much is shown first.
OVERSEES: Mapping[Role, Role] = {
    Role.TEAM_MANAGER: Role.SOCIAL_WORKER,
    Role.IRO_MANAGER: Role.IRO,
}
BY_TEAM = (Role.SERVICE_MANAGER, Role.DIRECTOR)
#: Chooses the children whom nobody carries.
NOBODY = "nobody"
GROUPS: Mapping[Urgency, str] = {
    Urgency.OVERDUE: "Overdue",
    Urgency.SOON: "Due this week",
    Urgency.PAST: "Past an expected day",
    Urgency.LATER: "Later",
    Urgency.WAITING: "Waiting",
}
WORDS: Mapping[Urgency, str] = {
    Urgency.OVERDUE: "Nothing is recorded that meets these. What was done and not yet written "
    "down can still be recorded, and shows as recorded late.",
    Urgency.PAST: "Local targets, and rules that are not yet verified: not a breach of law.",
    Urgency.WAITING: "The law gives no number of days.",
}


def law_words(deadline: Deadline) -> str:
    """Where a duty is written, and never a local standard as law."""
    if deadline.kind == Kind.LOCAL_STANDARD:
        return "Local standard, not law"
    is_guidance = deadline.kind == Kind.STATUTORY_GUIDANCE
    return f"{'Statutory guidance' if is_guidance else 'Law'}: {deadline.provision}"


@dataclass(frozen=True)
class WorkRow:
    """One thing owed to one child."""

    deadline: Deadline
    identity: Identity
    urgency: Urgency
    arranged: Visit | None
    worker: str
    #: How many more of these the child is owed, no more urgent than this one.
    more: int

    @property
    def law(self) -> str:
        """Where it is written, and never a local standard as law."""
        return law_words(self.deadline)

    @property
    def is_arranged_too_late(self) -> bool:
        """Whether somebody is to come, but only after a day that has not yet passed."""
        if self.urgency not in (Urgency.SOON, Urgency.LATER):
            return False
        coming = self.arranged.happened_on if self.arranged else None
        last_day = self.deadline.last_day
        return coming is not None and last_day is not None and coming > last_day


@dataclass(frozen=True)
class Group:
    """The rows of one urgency on this page, under the number there are in all."""

    title: str
    slug: str
    count: int
    words: str
    rows: Sequence[WorkRow]


@dataclass(frozen=True)
class Carried:
    """What stands for one worker or one team."""

    name: str
    load: Load
    key: str


def children_of(person: Person, role: Role, on: date) -> QuerySet[Child]:
    """The children somebody has in one part, and whose record they may read."""
    return children_in_part(person, role, on).filter(
        pk__in=child_ids_visible_to(person, Depth.RECORD)
    )


def work_of(person: Person, role: Role, on: date) -> QuerySet[Deadline]:
    """What is owed to the children that somebody has in one part.

    The same day, the child at a distance comes first: they have fewest others who come.
    """
    lives = Placement.objects.filter(
        living_there(on), child=OuterRef("child"), is_temporary=False
    ).order_by("-started_on")
    return (
        standing_for(children_of(person, role, on).values("pk"), on)
        .annotate(
            is_far=Coalesce(
                Subquery(lives.values("is_at_a_distance")[:1]),
                Value(False),
                output_field=BooleanField(),
            ),
            miles=Subquery(lives.values("distance_miles")[:1]),
        )
        .order_by(
            "rank",
            F("day").asc(nulls_last=True),
            "-is_far",
            F("miles").desc(nulls_last=True),
            "child__name",
            "pk",
        )
    )


def narrowed(
    work: QuerySet[Deadline], chosen: Mapping[str, Any], role: Role, on: date
) -> QuerySet[Deadline]:
    """The part of the work that fits what was chosen."""
    lives = Placement.objects.filter(living_there(on), child=OuterRef("child"), is_temporary=False)
    if words := str(chosen.get("name") or "").strip():
        work = work.filter(child__name__icontains=words)
    if urgent := chosen.get("urgency"):
        work = work.filter(rank__in=[RANKS[Urgency(one)] for one in urgent])
    if rooms := chosen.get("room"):
        work = work.filter(room__in=rooms)
    if chosen.get("far"):
        work = work.filter(is_far=True)
    if teams := chosen.get("team"):
        work = work.filter(child__team__in=teams)
    if settings := chosen.get("setting"):
        work = work.filter(Exists(lives.filter(setting__in=settings)))
    if workers := chosen.get("worker"):
        held = Allocation.objects.filter(current(on), child=OuterRef("child"))
        theirs = Q(Exists(held.filter(person__in=[one for one in workers if one != NOBODY])))
        if NOBODY in workers:
            theirs |= ~Q(Exists(held.filter(role=OVERSEES.get(role, Role.SOCIAL_WORKER))))
        work = work.filter(theirs)
    return work


def folded(work: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Of each child, rule and urgency the one that comes first, and how ``many`` there are.

    Twenty of a kind would push other children out of sight; every count is made before this.
    """
    alike = [F("child"), F("rule"), F("rank")]
    return work.annotate(
        place=Window(
            RowNumber(), partition_by=alike, order_by=[F("day").asc(nulls_last=True), F("pk")]
        ),
        many=Window(Count("pk"), partition_by=alike),
    ).filter(place=1)


def rows_for(deadlines: Iterable[Deadline], role: Role, on: date) -> list[WorkRow]:
    """The lines for some deadlines; the number of queries does not grow with them."""
    listed = list(deadlines)
    ids = {deadline.childs_id for deadline in listed}
    lives = placements_on(ids, on)
    arranged: dict[int, Visit] = {}
    coming = Visit.objects.filter(child__in=ids, state=str(ARRANGED)).order_by("-arranged_for")
    for visit in coming:
        arranged[visit.child_id] = visit
    carried_by = OVERSEES.get(role, Role.SOCIAL_WORKER)
    workers = dict(
        Allocation.objects.filter(current(on), child__in=ids, role=carried_by).values_list(
            "child_id", "person__name"
        )
    )
    return [
        WorkRow(
            deadline=deadline,
            identity=identity_of(deadline.owed_to, lives.get(deadline.childs_id), on),
            urgency=urgency_on(deadline, on),
            arranged=arranged.get(deadline.childs_id) if deadline.room == "visits" else None,
            worker=workers.get(deadline.childs_id, ""),
            more=getattr(deadline, "many", 1) - 1,
        )
        for deadline in listed
    ]


def grouped(rows: Iterable[WorkRow], counts: Mapping[Urgency, int]) -> list[Group]:
    """The rows of a page under headings; each heading counts every row there is."""
    listed = list(rows)
    return [
        Group(
            title=title,
            slug=str(urgency),
            count=counts.get(urgency, 0),
            words=WORDS.get(urgency, ""),
            rows=[row for row in listed if row.urgency == urgency],
        )
        for urgency, title in GROUPS.items()
    ]


def carried(work: QuerySet[Deadline], role: Role, on: date) -> list[Carried]:
    """Who carries how much, the most overdue first; what nobody carries is shown as well."""
    if role in BY_TEAM:
        found = load_of(work, "child__team_id", "child__team__name")
        rows = [
            Carried(str(name or "No team"), load, str(pk or ""))
            for (pk, name), load in found.items()
        ]
    elif role in OVERSEES:
        holder = Allocation.objects.filter(
            current(on), child=OuterRef("child"), role=OVERSEES[role]
        )
        work = work.annotate(
            holder=Subquery(holder.values("person")[:1]),
            holder_name=Subquery(holder.values("person__name")[:1]),
        )
        found = load_of(work, "holder", "holder_name")
        rows = [
            Carried(str(name or "Nobody allocated"), load, str(pk or NOBODY))
            for (pk, name), load in found.items()
        ]
    else:
        return []
    return sorted(
        rows, key=lambda one: (-one.load.overdue, -one.load.soon, -one.load.past, one.name)
    )


EXPORT_COLUMNS = (
    "Child",
    "Number with the placing authority",
    "Lives at",
    "From home",
    "At a distance",
    "What is owed",
    "How urgent",
    "Due by",
    "How it stands",
    "Local target",
    "Written in",
    "Visit arranged for",
    "Worker",
)


def export_row(row: WorkRow, on: date) -> list[Any]:
    deadline, who = row.deadline, row.identity
    return [
        who.name,
        who.local_id,
        who.setting_name,
        who.distance_words,
        who.is_at_a_distance,
        deadline.title,
        GROUPS[row.urgency],
        deadline.due_on or "",
        badge_of(deadline, on).text,
        long_date(deadline.local_due_on),
        row.law,
        row.arranged.arranged_for if row.arranged else "",
        row.worker,
    ]
