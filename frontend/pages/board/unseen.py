"""For a director: who was not seen on time, where, and which authorities do not answer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, IntegerField, Min, Q, QuerySet
from django.db.models.expressions import Func

from backend.access.models import Allocation, Person
from backend.access.parts import current, living_there
from backend.deadlines.due import Status
from backend.deadlines.models import Deadline
from backend.deadlines.queries import STANDING
from backend.grammar.clocks import Kind, Verified
from backend.grammar.roles import Role
from backend.records.models import Authority, Child, Placement
from frontend.pages.alerts.told import NOBODY
from frontend.parts.identity import placements_on
from workflows.escalations.models import Stage
from workflows.escalations.queries import escalations_visible_to
from workflows.escalations.table import OPEN as ESCALATION_OPEN
from workflows.escalations.table import WAITING
from workflows.notices.models import HostNotice
from workflows.notices.queries import host_notices_visible_to

LENGTHS: tuple[tuple[str, int, int | None], ...] = (
    ("Up to 7 days past", 1, 7),
    ("8 to 28 days past", 8, 28),
    ("29 to 84 days past", 29, 84),
    ("More than 84 days past", 85, None),
)
NOWHERE = "No open placement"


@dataclass(frozen=True)
class Unseen:
    """One child for whom no visit is recorded by the day the law gives."""

    child: Child
    due_on: date
    dates: int
    placement: Placement | None
    worker: str
    days: int

    @property
    def where(self) -> str:
        return self.placement.where if self.placement else NOWHERE

    @property
    def host(self) -> str:
        host = self.placement.host_authority if self.placement else None
        return host.name if host else "Not known"


@dataclass(frozen=True)
class Place:
    """How many children of one setting or area were not seen on time, and for how long."""

    name: str
    unseen: int
    children: int
    days: int


@dataclass(frozen=True)
class Silent:
    """An authority that has not answered, or not confirmed what was sent to it."""

    name: str
    concerns: int
    notices: int
    since: date


def visits_passed(children: QuerySet[Child], on: date) -> QuerySet[Deadline]:
    """The visits of which nothing is recorded by their day."""
    return Deadline.objects.filter(
        child__in=children.values("pk"), room="visits", status=Status.OPEN, due_on__lt=on
    ).order_by()


def of_verified_law() -> Q:
    return ~Q(kind=Kind.LOCAL_STANDARD) & ~Q(verified=Verified.UNVERIFIED)


def unseen_children(children: QuerySet[Child], on: date) -> list[Unseen]:
    """The children not seen by the day the law gives, the longest first; a fixed number of
    queries."""
    rows = list(
        visits_passed(children, on)
        .filter(of_verified_law())
        .values("child")
        .annotate(since=Min("due_on"), dates=Count("pk"))
    )
    ids = [row["child"] for row in rows]
    named = Child.objects.select_related("team").in_bulk(ids)
    lives = placements_on(ids, on)
    workers = dict(
        Allocation.objects.filter(current(on), child__in=ids, role=Role.SOCIAL_WORKER).values_list(
            "child", "person__name"
        )
    )
    found = [
        Unseen(
            child=named[row["child"]],
            due_on=row["since"],
            dates=row["dates"],
            placement=lives.get(row["child"]),
            worker=workers.get(row["child"], NOBODY),
            days=(on - row["since"]).days,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.days, one.child.name, one.child.pk))


def past_other_rules(children: QuerySet[Child], on: date) -> int:
    """How many children are past a local target or a rule that is not verified, for visits."""
    rows = visits_passed(children, on).exclude(of_verified_law())
    return rows.aggregate(number=Count("child", distinct=True))["number"]


def by_length(unseen: Sequence[Unseen]) -> list[tuple[str, int]]:
    """How many children by how long."""
    return [
        (words, sum(first <= one.days and (last is None or one.days <= last) for one in unseen))
        for words, first, last in LENGTHS
    ]


def by_setting(unseen: Sequence[Unseen], children: QuerySet[Child], on: date) -> list[Place]:
    """Setting by setting, with how many of these children live there in all."""
    lives = living(children, on).values_list("setting__name").annotate(number=Count("pk"))
    totals = dict(lives.filter(setting__isnull=False))
    return places([(one.where, one) for one in unseen], totals)


def by_host(unseen: Sequence[Unseen], children: QuerySet[Child], on: date) -> list[Place]:
    """The same by the authority in whose area they live."""
    lives = living(children, on).values_list("host_authority__name").annotate(number=Count("pk"))
    return places([(one.host, one) for one in unseen], dict(lives))


def living(children: QuerySet[Child], on: date) -> QuerySet[Placement]:
    return Placement.objects.filter(
        living_there(on), child__in=children.values("pk"), is_temporary=False
    ).order_by()


def places(named: Sequence[tuple[str, Unseen]], totals: dict[str, int]) -> list[Place]:
    groups: dict[str, list[Unseen]] = defaultdict(list)
    for name, one in named:
        groups[name].append(one)
    found = [
        Place(
            name=name,
            unseen=len(group),
            children=max(totals.get(name, 0), len(group)),
            days=max(one.days for one in group),
        )
        for name, group in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.unseen, -one.days, one.name))


# Concerns between agencies


def at_top_rung(person: Person) -> list[Stage]:
    """The concerns that stand at the highest level of their ladder, the oldest first."""
    seen = escalations_visible_to(person).filter(state__in=[str(s) for s in ESCALATION_OPEN])
    rungs = Func(F("escalation__rungs"), function="jsonb_array_length", output_field=IntegerField())
    rows = Stage.objects.filter(ended_at__isnull=True, escalation__in=seen.order_by().values("pk"))
    return list(
        rows.annotate(rungs=rungs)
        .filter(rung__gte=F("rungs") - 1)
        .select_related(
            "escalation__child",
            "escalation__setting",
            "escalation__to_authority",
            "escalation__to_setting",
        )
        .order_by("started_at", "pk")
    )


def silent_authorities(person: Person) -> list[Silent]:
    """The authorities of which an answer or a receipt is past its date, the longest first."""
    concerns = dict(
        escalations_visible_to(person)
        .filter(state__in=[str(s) for s in WAITING], to_authority__isnull=False)
        .exclude(to_authority__in=own_authorities(person))
        .order_by()
        .values_list("pk", "to_authority")
    )
    notices = dict(
        host_notices_visible_to(person)
        .filter(acknowledged_at__isnull=True)
        .exclude(host_authority__in=own_authorities(person))
        .order_by()
        .values_list("pk", "host_authority")
    )
    waited: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for name, sent_to in (("escalations", concerns), (HostNotice.TABLE.name, notices)):
        for pk, day in passed_in(name, list(sent_to)):
            waited[sent_to[pk]].append((name, day))
    names = dict(Authority.objects.filter(pk__in=waited).values_list("pk", "name"))
    found = [
        Silent(
            name=names[code],
            concerns=sum(name == "escalations" for name, _ in rows),
            notices=sum(name != "escalations" for name, _ in rows),
            since=min(day for _, day in rows),
        )
        for code, rows in waited.items()
    ]
    return sorted(found, key=lambda one: (one.since, one.name))


def own_authorities(person: Person) -> QuerySet[Authority]:
    """The person's own: what waits there is not another's silence."""
    held = person.assignments.filter(authority__isnull=False).values("authority")
    return Authority.objects.filter(pk__in=held)


def passed_in(name: str, ids: Sequence[int]) -> list[tuple[int, date]]:
    """Of these cases, those with a date that passed, and the first such date."""
    rows = (
        Deadline.objects.filter(
            about__in=[f"{name}/{pk}" for pk in ids],
            status__in=STANDING,
            slipped_at__isnull=False,
        )
        .order_by()
        .values("about")
        .annotate(law=Min("due_on"), local=Min("local_due_on"))
    )
    return [
        (int(row["about"].partition("/")[2]), row["law"] or row["local"])
        for row in rows
        if row["law"] or row["local"]
    ]
