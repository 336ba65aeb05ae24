"""Reading alerts: which stand, who may see them, who has been told, and what they speak of."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from backend.access.grants import CARD_ONLY
from backend.access.matters import Playing, about_matters_of, people_by_about
from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current, people_by_child
from backend.access.visibility import child_ids_visible_to
from backend.alerts.ladder import Ladder, default_for
from backend.alerts.models import NAMES, Alert, AlertedDeadline, ChosenLadder, RungReached
from backend.deadlines.due import Status
from backend.deadlines.models import Deadline
from backend.deadlines.queries import STANDING
from backend.grammar.events import Depth
from backend.grammar.roles import IN_ONE_CASE, Role
from backend.records.models import Authority

#: An alert speaks of professionals' work: readers of the card and advocates do not see it.
NOT_FOR = (*CARD_ONLY, Role.ADVOCATE, Role.CLOCK)
TELLABLE = tuple(role for role in Role if role not in (*NOT_FOR, *IN_ONE_CASE))


def people_of_alerts(ids: Sequence[int], on: date) -> Mapping[int, Playing]:
    """Who plays a part for what each alert is about, as far as they may see alerts."""
    rows = list(Alert.objects.filter(pk__in=ids).values_list("pk", "child_id", "matter"))
    by_child = people_by_child(TELLABLE, {child for _, child, _ in rows if child}, on)
    by_matter = people_by_about({matter for _, _, matter in rows if matter}, on)
    return {
        pk: by_child[child] if child else by_matter.get(matter, ()) for pk, child, matter in rows
    }


def alerts_visible_to(person: Person) -> QuerySet[Alert]:
    """The alerts of children whose record the person may read, and of cases they may see.

    An advocate reads the record of a child, and no alerts.
    """
    children = child_ids_visible_to(person, Depth.RECORD)
    speaks_for = person.allocations.filter(role=Role.ADVOCATE).values("child_id")
    about = about_matters_of(person, "matter", leaving_out=("alerts",))
    return Alert.objects.filter((Q(child__in=children) & ~Q(child__in=speaks_for)) | about)


def standing_alerts(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    return rows.filter(state__in=NAMES)


def slipped_deadlines(alert: Alert) -> QuerySet[Deadline]:
    """What an alert still speaks of: told of as slipped, and neither done nor moved."""
    return Deadline.objects.filter(
        alerted__alert=alert, status__in=STANDING, told_at__isnull=False
    ).order_by("due_on", "pk")


def not_yet_alerted() -> QuerySet[Deadline]:
    """Slipped deadlines, told of, that no alert speaks of since."""
    since = AlertedDeadline.objects.filter(
        deadline=OuterRef("pk"), joined_at__gte=OuterRef("told_at")
    )
    return Deadline.objects.filter(
        ~Exists(since), told_at__isnull=False, status__in=STANDING
    ).order_by("told_at", "pk")


def settled_alerts() -> QuerySet[Alert]:
    """Standing alerts of which nothing is owed any more."""
    owed = AlertedDeadline.objects.filter(
        alert=OuterRef("pk"),
        deadline__status__in=STANDING,
        deadline__told_at__isnull=False,
        joined_at__gte=F("deadline__told_at"),
    )
    return Alert.objects.filter(~Exists(owed), state__in=NAMES)


def ended_because(alert: Alert) -> str:
    """Why an alert that is settled has ended, in words."""
    rows = Deadline.objects.filter(alerted__alert=alert)
    met = sum(row.status in (Status.MET, Status.MET_LATE) for row in rows)
    if met == len(rows):
        return "what was owed has been done"
    if not met:
        return "what was owed is no longer owed, or its date was corrected"
    return "what was owed has been done, or is no longer owed"


def ladder_for(authority_id: str | None, family: str) -> Ladder:
    """The ladder an alert would have if it opened now."""
    chosen = ChosenLadder.objects.filter(authority=authority_id, family=family).first()
    return Ladder.from_json(chosen.ladder) if chosen else default_for(family)


def alerts_for(person: Person, on: date) -> QuerySet[Alert]:
    """The alerts that wait for somebody: sent to them at a step, or of a child allocated to them
    on a day."""
    sent = RungReached.objects.filter(
        event__notifications__person=person, event__notifications__moved_to=None
    )
    mine = person.allocations.filter(current(on)).exclude(role=Role.ADVOCATE)
    return alerts_visible_to(person).filter(
        Q(pk__in=sent.values("alert")) | Q(child__in=mine.values("child"))
    )


def ladders_chosen(authorities: Sequence[str]) -> dict[tuple[str, str], ChosenLadder]:
    """What these authorities have chosen, by authority and family."""
    rows = ChosenLadder.objects.filter(authority__in=list(authorities)).select_related("chosen_by")
    return {(row.authority_id, row.family): row for row in rows}


def authorities_of(person: Person, on: date) -> QuerySet[Authority]:
    """The authorities in which somebody plays a part on a day, or has children."""
    held = RoleAssignment.objects.filter(current(on), person=person)
    given = Allocation.objects.filter(current(on), person=person)
    return Authority.objects.filter(
        Q(pk__in=held.filter(authority__isnull=False).values("authority"))
        | Q(pk__in=held.filter(team__isnull=False).values("team__authority"))
        | Q(pk__in=given.values("child__authority"))
    )
