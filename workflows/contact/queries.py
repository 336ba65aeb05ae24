"""Reading contact: the plans, what took place, and how many outsiders see a setting's children."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import TruncMonth

from backend.access.models import Person, RoleAssignment
from backend.access.parts import living_there
from backend.access.visibility import child_ids_visible_to, settings_visible_to
from backend.deadlines.count import add_months
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.records.footfall import Eyes, Seen, seen_in
from backend.records.models import Child, Placement, Setting
from workflows.contact.models import Contact, ContactPlan, Outcome, Way, Where, Who
from workflows.contact.table import AGREED, NEW, SUSPENDED, VOID
from workflows.history import ContactFact, ContactPlanFact, Pause


def plans_visible_to(person: Person) -> QuerySet[ContactPlan]:
    """The contact plans of the children whose record a person may read."""
    return ContactPlan.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def contacts_visible_to(person: Person) -> QuerySet[Contact]:
    """The contacts of the children whose record a person may read.

    A registered manager, who reads only the card, sees what they entered themselves and what
    is planned for the children who live there now.
    """
    manages = RoleAssignment.objects.filter(
        person=person, role=Role.REGISTERED_MANAGER, ended_on__isnull=True
    )
    on_card = Q(child__in=child_ids_visible_to(person, Depth.CARD))
    planned_there = Q(outcome=Outcome.PLANNED, placement__setting__in=manages.values("setting"))
    return Contact.objects.filter(
        Q(child__in=child_ids_visible_to(person, Depth.RECORD))
        | (on_card & (Q(recorded_by=person) | planned_there))
    )


def plans_of(child: Child) -> QuerySet[ContactPlan]:
    """A child's contact plans, those in force first."""
    return (
        ContactPlan.objects.filter(child=child)
        .exclude(state=str(NEW))
        .select_related("relative")
        .prefetch_related("suspensions__by")
        .order_by("ended_on", "-started_on", "-pk")
    )


def standing_plan(child: Child, relative_id: int, way: str) -> ContactPlan | None:
    """The plan that is in force, or set aside, for one person and one way."""
    return (
        ContactPlan.objects.filter(child=child, relative_id=relative_id, way=way)
        .filter(state__in=[str(AGREED), str(SUSPENDED)])
        .first()
    )


def contacts_of(child: Child) -> QuerySet[Contact]:
    """A child's contacts, newest first."""
    return Contact.objects.filter(child=child).select_related("plan__relative", "recorded_by")


def plan_facts(children: Iterable[int]) -> dict[int, list[ContactPlanFact]]:
    """What the clocks read of contact plans, with their pauses and what took place."""
    plans = (
        ContactPlan.objects.filter(child__in=list(children))
        .exclude(state__in=[str(NEW), str(VOID)])
        .select_related("relative")
        .prefetch_related("suspensions")
        .order_by("started_on", "pk")
    )
    rows = list(plans)
    done: dict[int, list[ContactFact]] = defaultdict(list)
    took_place = Contact.objects.filter(plan__in=rows, outcome=Outcome.DONE).order_by("on", "pk")
    for pk, plan_id, on, way in took_place.values_list("pk", "plan_id", "on", "way"):
        done[plan_id or 0].append(ContactFact(f"c{pk}", on, way == Way.IN_PERSON))
    facts: dict[int, list[ContactPlanFact]] = defaultdict(list)
    for plan in rows:
        facts[plan.child_id].append(
            ContactPlanFact(
                id=f"k{plan.pk}",
                whom=plan.whom,
                every_days=plan.every_days,
                started_on=plan.started_on,
                in_person=plan.is_in_person,
                ended_on=plan.ended_on,
                pauses=tuple(
                    Pause(f"s{pause.pk}", pause.started_on, pause.ended_on)
                    for pause in plan.suspensions.all()
                ),
                contacts=tuple(done[plan.pk]),
            )
        )
    return facts


# Outside eyes


def eyes_of(way: str, where: str) -> Eyes:
    """Whether somebody came in, met the child elsewhere, or was only heard or read."""
    if way != Way.IN_PERSON:
        return Eyes.REMOTE
    return Eyes.INSIDE if where == Where.SETTING else Eyes.ELSEWHERE


def seen_by_contact(settings: Sequence[int], first: date, last: date) -> list[Seen]:
    """The contacts that took place with children of these settings, by month and kind."""
    rows = (
        Contact.objects.filter(
            outcome=Outcome.DONE, placement__setting__in=settings, on__range=(first, last)
        )
        .annotate(month=TruncMonth("on"))
        .values_list("placement__setting_id", "month", "who", "way", "where")
        .annotate(number=Count("pk"))
        .order_by("month", "placement__setting_id", "who")
    )
    return [
        Seen(setting_id, month, Who(who).label, eyes_of(way, where), number)
        for setting_id, month, who, way, where, number in rows
    ]


@dataclass(frozen=True, slots=True)
class Footfall:
    """Who from outside saw the children of a setting in one month, as far as it was recorded."""

    setting_id: int
    month: date
    child_months: float
    inside: dict[str, int]
    elsewhere: dict[str, int]
    remote: dict[str, int]

    @property
    def came_in(self) -> int:
        return sum(self.inside.values())

    @property
    def per_child_month(self) -> float | None:
        """Outsiders who came in for each child living there a month; None with no child there."""
        return round(self.came_in / self.child_months, 1) if self.child_months else None


def settings_with_footfall_for(person: Person) -> QuerySet[Setting]:
    """The settings whose picture a person may see, and those where children live whose record
    they may read: who keeps a child's record may know whether anybody from outside goes there.
    """
    lives = Placement.objects.filter(
        ended_on__isnull=True, child__in=child_ids_visible_to(person, Depth.RECORD)
    )
    return Setting.objects.filter(
        Q(pk__in=settings_visible_to(person).values("pk")) | Q(pk__in=lives.values("setting"))
    )


def footfall_of(settings: Sequence[int], *, months: int, on: date) -> list[Footfall]:
    """Outside eyes month by month, the newest first; a month without any stands there as such."""
    firsts = [add_months(on.replace(day=1), -back) for back in range(months)]
    if not firsts:
        return []
    counted: dict[tuple[int, date], dict[Eyes, dict[str, int]]] = defaultdict(
        lambda: {eyes: defaultdict(int) for eyes in Eyes}
    )
    for seen in seen_in(settings, firsts[-1], on):
        counted[seen.setting_id, seen.month][seen.eyes][seen.who] += seen.number
    lived = child_months_of(settings, firsts, on)
    return [
        Footfall(
            setting_id=setting_id,
            month=month,
            child_months=lived[setting_id, month],
            inside=dict(counted[setting_id, month][Eyes.INSIDE]),
            elsewhere=dict(counted[setting_id, month][Eyes.ELSEWHERE]),
            remote=dict(counted[setting_id, month][Eyes.REMOTE]),
        )
        for setting_id in settings
        for month in firsts
    ]


def child_months_of(
    settings: Sequence[int], firsts: Sequence[date], on: date
) -> dict[tuple[int, date], float]:
    """How many children lived in a setting in each month; part of a month counts as a part."""
    stays = Placement.objects.filter(setting__in=settings, started_on__lte=on).filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=min(firsts))
    )
    found: dict[tuple[int, date], float] = defaultdict(float)
    for setting_id, started_on, ended_on in stays.values_list(
        "setting_id", "started_on", "ended_on"
    ):
        for first in firsts:
            following = add_months(first, 1)
            until = min(following, ended_on or following, on + timedelta(days=1))
            days = (until - max(first, started_on)).days
            if days > 0 and setting_id is not None:
                found[setting_id, first] += days / (following - first).days
    return found


def children_without_plan(person: Person, *, on: date) -> QuerySet[Child]:
    """Children living away from home for whom no contact with anybody is agreed.

    ``last_contact_on`` is the day of the last contact that took place. Those without one come
    first.
    """
    away = Placement.objects.filter(living_there(on), is_temporary=False)
    planned = ContactPlan.objects.filter(state__in=[str(AGREED), str(SUSPENDED)])
    return (
        Child.objects.filter(pk__in=child_ids_visible_to(person, Depth.RECORD))
        .filter(pk__in=away.values("child"))
        .exclude(pk__in=planned.values("child"))
        .annotate(last_contact_on=Max("contacts__on", filter=Q(contacts__outcome=Outcome.DONE)))
        .order_by(F("last_contact_on").asc(nulls_first=True), "name", "pk")
    )
