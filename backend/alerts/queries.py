"""Reading alerts: which stand, who may see them, who has been told, and what they speak of."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from backend.access.grants import CARD_ONLY
from backend.access.matters import Playing, about_matters_of, people_by_about
from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current, people_by_child
from backend.access.visibility import child_ids_visible_to
from backend.alerts.ladder import Ladder, default_for
from backend.alerts.models import NAMES, Alert, AlertedDeadline, ChosenLadder, Reminder, RungReached
from backend.deadlines.clockwork import answering_authorities
from backend.deadlines.due import Status
from backend.deadlines.models import Deadline
from backend.deadlines.queries import STANDING
from backend.grammar.events import Depth
from backend.grammar.moments import end_of
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


class Policies:
    """How alerts go up in each authority, as it stands now; read once for many dates."""

    def __init__(self) -> None:
        self._chosen: dict[str, dict[str, Ladder]] = {}
        for row in ChosenLadder.objects.all():
            of_family = self._chosen.setdefault(row.family, {})
            of_family[row.authority_id] = Ladder.from_json(row.ladder)

    def chosen(self, family: str) -> Mapping[str, Ladder]:
        """What authorities have chosen for one family."""
        return self._chosen.get(family, {})

    def default(self, family: str) -> Ladder:
        return default_for(family)

    def of(self, deadlines: Sequence[Deadline]) -> dict[int, Ladder]:
        """The ladder of each date: its child's authority's, or that of whoever answers for the
        case."""
        answering = answering_authorities({row.about for row in deadlines if row.about})
        return {
            row.pk: self.chosen(row.room).get(
                row.child.authority_id if row.child else answering.get(row.about, ""),
                self.default(row.room),
            )
            for row in deadlines
        }


def ladder_of_group(deadlines: Sequence[Deadline]) -> Ladder:
    """The ladder an alert takes when it opens: that which somebody was reminded by already,
    else the one in force."""
    reminded = Reminder.objects.filter(
        deadline__in=[row.pk for row in deadlines], deadline__slipped_at__gte=F("passes_at")
    ).order_by("-passes_at", "pk")
    for one in reminded.select_related("deadline"):
        if one.passes_at == passed_at(one.deadline):
            return one.frozen_ladder
    return Policies().of(deadlines[:1])[deadlines[0].pk]


def passed_at(deadline: Deadline) -> datetime:
    """When the date of a deadline passed."""
    if deadline.due_at is not None:
        return deadline.due_at
    assert deadline.last_day is not None
    return end_of(deadline.last_day)


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
