"""Reading notices: who plays a part in each, who may see it, and who lives in an area."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current, living_there, people_by_child
from backend.access.visibility import child_ids_visible_to
from backend.deadlines.models import Deadline
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Placement, Setting
from workflows.history import ApprovalFact, PlacementNoticeFact
from workflows.notices.models import (
    Approval,
    Condition,
    HomeNotice,
    HostNotice,
    Line,
    Mismatch,
    Notice,
    NoticeKind,
    Outcome,
    Recipient,
    ReportRequest,
)
from workflows.notices.rules import (
    HomeNoticeFact,
    HostNoticeFact,
    MismatchFact,
    ReportRequestFact,
)
from workflows.notices.table import APPROVED, PART_APPROVED, SETTLED, UNMATCHED, VOID

Parts = dict[int, list[tuple[Person, Role]]]
#: Who may know of a mismatch or a notice to the host because the child is theirs to look after.
OF_THE_CHILD = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
OF_THE_HOST = (Role.HOST_OFFICER, Role.DIRECTOR)
OF_THE_SETTING = (Role.REGISTERED_MANAGER,)


# The child's own cases


def approvals_visible_to(person: Person) -> QuerySet[Approval]:
    """The decisions about the children whose record a person may read."""
    return Approval.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def notices_visible_to(person: Person) -> QuerySet[Notice]:
    """The notices about the children whose record a person may read."""
    return Notice.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def conditions_of(approval: Approval) -> dict[str, Condition]:
    """What has been recorded for an approval, by its kind."""
    return {each.kind: each for each in approval.conditions.select_related("by")}


def conditions_missing(approval: Approval, wanted: Iterable[str]) -> list[str]:
    """Those of the conditions that nothing is recorded for yet."""
    there = set(approval.conditions.values_list("kind", flat=True))
    return [kind for kind in wanted if kind not in there]


def approvals_of(children: Iterable[int]) -> QuerySet[Approval]:
    return Approval.objects.filter(child__in=list(children)).exclude(state=str(VOID))


def approval_facts(children: Iterable[int]) -> dict[int, list[ApprovalFact]]:
    """What the clocks read of decisions: those that approved, for a placement that came."""
    facts: dict[int, list[ApprovalFact]] = defaultdict(list)
    rows = Approval.objects.filter(
        child__in=list(children), state__in=[str(APPROVED), str(PART_APPROVED)]
    ).order_by("decided_on", "pk")
    for each in rows.only(
        "child_id", "placement_id", "decided_on", "level", "was_emergency", "completed_on", "state"
    ):
        facts[each.child_id].append(
            ApprovalFact(
                id=f"a{each.pk}",
                placement=str(each.placement_id) if each.placement_id else None,
                decided_on=each.decided_on,
                is_by_director=each.is_by_director,
                was_emergency=each.was_emergency,
                completed_on=each.completed_on,
            )
        )
    return facts


def placement_notice_facts(children: Iterable[int]) -> dict[int, list[PlacementNoticeFact]]:
    """What the clocks read of notices, with who is still to be told."""
    rows = list(
        Notice.objects.filter(child__in=list(children)).exclude(state=str(VOID)).order_by("pk")
    )
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(notice__in=rows).order_by("pk"):
        lines[line.notice_id].append(line)
    facts: dict[int, list[PlacementNoticeFact]] = defaultdict(list)
    for notice in rows:
        host = [line for line in lines[notice.pk] if line.recipient == Recipient.HOST]
        others = [line for line in lines[notice.pk] if line.recipient != Recipient.HOST]
        facts[notice.child_id].append(
            PlacementNoticeFact(
                id=f"n{notice.pk}",
                placement=str(notice.placement_id),
                kind=notice.kind,
                is_emergency=notice.is_emergency,
                host_told_on=settled_on(host),
                others_told_on=settled_on(others),
                everybody_told_on=settled_on([*host, *others]),
                others=", ".join(
                    line.whom for line in [*host, *others] if line.outcome == Outcome.WAITING
                ),
                care_plan_on=notice.care_plan_on,
                placement_plan_on=notice.placement_plan_on,
                placement_plan_signed_on=notice.placement_plan_signed_on,
                recorded_by=notice.recorded_by,
            )
        )
    return facts


def settled_on(lines: Sequence[Line]) -> date | None:
    """The day the last of these was settled; None while one waits, or there are none."""
    days = [line.settled_on for line in lines]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def waiting_for(person: Person, on: date) -> QuerySet[Approval]:
    """The decisions that wait for this person, the soonest start first."""
    held = RoleAssignment.objects.filter(current(on), person=person)
    nearby = held.filter(role=Role.NOMINATED_OFFICER).values("authority")
    director = held.filter(role=Role.DIRECTOR).values("authority")
    return (
        approvals_visible_to(person)
        .filter(
            Q(state="asked", child__authority__in=nearby)
            | Q(state__in=["asked", "with_director"], child__authority__in=director)
        )
        .select_related("child", "host_authority", "asked_by")
        .order_by("starts_on", "pk")
    )


# Who plays a part in what is no child's


def assigned_in(roles: Iterable[Role], place: str, ids: Iterable[Any], on: date) -> dict[Any, Any]:
    """Who holds these parts for each of many authorities or settings, in one query."""
    found: dict[Any, list[tuple[Person, Role]]] = defaultdict(list)
    rows = RoleAssignment.objects.filter(
        current(on), role__in=list(roles), person__is_active=True, **{f"{place}__in": set(ids)}
    ).select_related("person")
    for row in rows.order_by("pk"):
        found[getattr(row, f"{place}_id")].append((row.person, Role(row.role)))
    return found


def people_of_host_notices(ids: Sequence[int], on: date) -> Parts:
    """The host's officers and director, and those who sent it."""
    rows = list(HostNotice.objects.filter(pk__in=ids).only("pk", "child_id", "host_authority_id"))
    hosts = assigned_in(OF_THE_HOST, "authority", [row.host_authority_id for row in rows], on)
    senders = people_by_child(OF_THE_CHILD, {row.child_id for row in rows}, on)
    return {row.pk: [*hosts[row.host_authority_id], *senders[row.child_id]] for row in rows}


def host_notices_visible_to(person: Person) -> QuerySet[HostNotice]:
    """The notices given to the authorities whose officer or director a person is, and those
    about children whose record they may read."""
    return HostNotice.objects.filter(
        Q(host_authority__in=places_of(person, OF_THE_HOST, "authority"))
        | Q(child__in=child_ids_visible_to(person, Depth.RECORD))
    )


def places_of(person: Person, roles: Iterable[Role], place: str) -> QuerySet[Any, Any]:
    """The authorities or settings for which somebody now holds one of these parts."""
    held = RoleAssignment.objects.filter(
        person=person, role__in=list(roles), ended_on__isnull=True, **{f"{place}__isnull": False}
    )
    return held.values(place)


def settings_hosted_by(person: Person) -> QuerySet[Setting]:
    """The settings in the areas whose officer or director a person is."""
    return Setting.objects.filter(host_authority__in=places_of(person, OF_THE_HOST, "authority"))


def people_of_home_notices(ids: Sequence[int], on: date) -> Parts:
    """The home's manager, and the officers of the authority for the area."""
    rows = list(HomeNotice.objects.filter(pk__in=ids).select_related("setting"))
    return _around_settings({row.pk: row.setting for row in rows}, (Role.HOST_OFFICER,), on)


def _around_settings(
    settings: Mapping[int, Setting],
    host_roles: tuple[Role, ...],
    on: date,
    setting_roles: tuple[Role, ...] = OF_THE_SETTING,
) -> Parts:
    hosts = assigned_in(
        host_roles, "authority", {each.host_authority_id for each in settings.values()}, on
    )
    homes = assigned_in(setting_roles, "setting", {each.pk for each in settings.values()}, on)
    return {
        pk: [*hosts[setting.host_authority_id], *homes[setting.pk]]
        for pk, setting in settings.items()
    }


def home_notices_visible_to(person: Person) -> QuerySet[HomeNotice]:
    """A home's notices to its manager and to the area's officers; once matched, also to those
    who read the child's record."""
    return HomeNotice.objects.filter(
        Q(setting__in=places_of(person, OF_THE_SETTING, "setting"))
        | Q(setting__host_authority__in=places_of(person, OF_THE_HOST, "authority"))
        | Q(child__in=child_ids_visible_to(person, Depth.RECORD))
    )


def people_of_mismatches(ids: Sequence[int], on: date) -> Parts:
    """The owners on both sides.

    Where no authority knows the child, the authority that the home named is asked through its
    nominated officers.
    """
    rows = list(Mismatch.objects.filter(pk__in=ids).select_related("setting", "home_notice"))
    found = _around_settings({row.pk: row.setting for row in rows}, OF_THE_HOST, on)
    children = {row.child_id for row in rows if row.child_id}
    keepers = people_by_child(OF_THE_CHILD, children, on)
    named = {
        row.pk: row.home_notice.placing_authority_id
        for row in rows
        if row.child_id is None and row.home_notice and row.home_notice.placing_authority_id
    }
    officers = assigned_in((Role.NOMINATED_OFFICER,), "authority", named.values(), on)
    for row in rows:
        if row.child_id:
            found[row.pk] += keepers[row.child_id]
        elif row.pk in named:
            found[row.pk] += officers[named[row.pk]]
    return found


def mismatches_visible_to(person: Person) -> QuerySet[Mismatch]:
    """The differences somebody on either side owns, or reads the child's record about."""
    return Mismatch.objects.filter(
        Q(setting__in=places_of(person, OF_THE_SETTING, "setting"))
        | Q(setting__host_authority__in=places_of(person, OF_THE_HOST, "authority"))
        | Q(child__in=child_ids_visible_to(person, Depth.RECORD))
        | Q(
            child__isnull=True,
            home_notice__placing_authority__in=places_of(
                person, (Role.NOMINATED_OFFICER,), "authority"
            ),
        )
    )


def people_of_report_requests(ids: Sequence[int], on: date) -> Parts:
    """The area's officers, the home's manager and its independent visitors."""
    rows = list(ReportRequest.objects.filter(pk__in=ids).select_related("setting"))
    return _around_settings(
        {row.pk: row.setting for row in rows},
        (Role.HOST_OFFICER,),
        on,
        (Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR),
    )


def report_requests_visible_to(person: Person) -> QuerySet[ReportRequest]:
    """The requests about settings in one's area, or about one's own setting."""
    return ReportRequest.objects.filter(
        Q(
            setting__in=places_of(
                person, (Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR), "setting"
            )
        )
        | Q(setting__host_authority__in=places_of(person, OF_THE_HOST, "authority"))
    )


# The facts of clocks that are no child's


def host_notice_facts(ids: Sequence[int]) -> dict[int, HostNoticeFact]:
    return {
        row.pk: HostNoticeFact(
            row.sent_on, day_of(row.acknowledged_at) if row.acknowledged_at else None
        )
        for row in HostNotice.objects.filter(pk__in=ids)
    }


def home_notice_facts(ids: Sequence[int]) -> dict[int, HomeNoticeFact]:
    return {
        row.pk: HomeNoticeFact(row.happened_on, row.sent_on)
        for row in HomeNotice.objects.filter(pk__in=ids).exclude(state=str(VOID))
    }


def mismatch_facts(ids: Sequence[int]) -> dict[int, MismatchFact]:
    return {
        row.pk: MismatchFact(row.found_on, row.answered_on, row.settled_on)
        for row in Mismatch.objects.filter(pk__in=ids)
    }


def report_request_facts(ids: Sequence[int]) -> dict[int, ReportRequestFact]:
    rows = ReportRequest.objects.filter(pk__in=ids).prefetch_related("reports")
    return {
        row.pk: ReportRequestFact(
            asked_on=row.asked_on,
            answered_on=row.answered_on or row.agreed_on,
            agreed_on=row.agreed_on,
            ended_on=row.ended_on,
            received=[(report.month, report.received_on) for report in row.reports.all()],
        )
        for row in rows
    }


def unacknowledged() -> list[int]:
    return list(HostNotice.objects.filter(state="sent").values_list("pk", flat=True))


def unmatched() -> list[int]:
    return list(HomeNotice.objects.filter(state=str(UNMATCHED)).values_list("pk", flat=True))


def unsettled() -> list[int]:
    rows = Mismatch.objects.exclude(state=str(SETTLED))
    return list(rows.values_list("pk", flat=True))


def requests_running() -> list[int]:
    return list(
        ReportRequest.objects.filter(state__in=["asked", "agreed"]).values_list("pk", flat=True)
    )


def reports_missing(ids: Iterable[int], on: date) -> dict[int, list[date]]:
    """The months whose report did not come by the day it was expected, for each request."""
    abouts = {f"report-requests/{pk}": pk for pk in ids}
    rows = Deadline.objects.filter(
        about__in=list(abouts), ref="CHR-44", status="open", due_on__lt=on
    )
    missing: dict[int, list[date]] = defaultdict(list)
    for row in rows.order_by("due_on"):
        missing[abouts[row.about]].append(row.counted_from)
    return missing


# The host's register


def unsettled_mismatches(**of: Any) -> QuerySet[Mismatch]:
    return Mismatch.objects.filter(state__in=["open", "explained"], **of)


def register_of(
    person: Person, on: date, rows: QuerySet[Placement] | None = None
) -> QuerySet[Placement]:
    """Every child whom an authority placed in the areas of a host officer, where they live now.

    Each with whether the host was told and acknowledged it, whether the home said so, and
    whether the two differ.
    """
    told = HostNotice.objects.filter(placement=OuterRef("pk"), notice__kind=NoticeKind.PLACEMENT)
    said = HomeNotice.objects.filter(placement=OuterRef("pk"), kind="admission", state="matched")
    rows = Placement.objects.all() if rows is None else rows
    return (
        rows.filter(
            living_there(on),
            is_temporary=False,
            host_authority__in=places_of(person, (Role.HOST_OFFICER,), "authority"),
        )
        .filter(child__in=child_ids_visible_to(person, Depth.CARD))
        .annotate(
            host_was_told=Exists(told.exclude(state="new")),
            was_acknowledged=Exists(told.filter(state="acknowledged")),
            home_has_said=Exists(said),
            is_followed=Exists(Notice.objects.filter(placement=OuterRef("pk"))),
            differs=Exists(unsettled_mismatches(placement=OuterRef("pk"))),
        )
        .select_related("child__authority", "setting", "host_authority")
        .order_by("setting__name", "child__name", "pk")
    )


def known_to_homes_only(person: Person) -> QuerySet[HomeNotice]:
    """Arrivals of which a home gave notice and no authority: nobody yet says who placed them."""
    return (
        HomeNotice.objects.filter(
            state=str(UNMATCHED),
            kind="admission",
            setting__host_authority__in=places_of(person, (Role.HOST_OFFICER,), "authority"),
        )
        .select_related("setting", "placing_authority")
        .order_by("setting__name", "name", "pk")
    )


def homes_alone_say(setting_id: int | None) -> QuerySet[HomeNotice]:
    """Arrivals at one setting of which no authority has told, whoever asks may see the setting."""
    return (
        HomeNotice.objects.filter(state=str(UNMATCHED), kind="admission", setting=setting_id)
        .select_related("placing_authority")
        .order_by("pk")
    )


@dataclass(frozen=True)
class Sources:
    """Which of the two sources say that a child lives here, in words."""

    authority: str
    home: str


def sources_of(placement: Any) -> Sources:
    """For a row of ``register_of``: not recorded is never shown as not done."""
    if placement.host_was_told:
        authority = "Acknowledged" if placement.was_acknowledged else "Told"
    elif placement.is_followed and not placement.is_in_area:
        authority = "Not told"
    else:
        authority = "Own placement" if placement.is_in_area else "Not known here"
    if placement.home_has_said:
        home = "Said"
    elif placement.setting_id is None or placement.is_in_area:
        home = "Not asked"
    else:
        home = "Not said" if placement.is_followed else "Not known here"
    return Sources(authority, home)
