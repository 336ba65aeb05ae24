"""Who may read which case, what the clocks read, and what a LADO needs to see at a glance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from backend.access.grants import Grant, GrantTables, group_name, person_holder
from backend.access.matters import Playing
from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current, living_there
from backend.access.visibility import child_ids_visible_to, settings_visible_to
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.codes import SettingType
from backend.records.models import Placement, Setting
from workflows.lado.likeness import Features, reasons_of
from workflows.lado.models import (
    ABOUT_ADULTS,
    Adult,
    AdultMatch,
    Allegation,
    AlsoRaisedAs,
    AuthorityNotice,
    Discipline,
    HomeNotification,
    Meeting,
    NoticeChild,
    NoticeGrant,
    NoticeGroupGrant,
    NoticeShare,
    OutsideTelling,
    Referral,
    ReferralGrant,
    ReferralGroupGrant,
    ReferralShare,
    Sector,
    Shift,
    Task,
    Track,
)
from workflows.lado.rules import (
    ChildFact,
    DisciplineFact,
    NoticeFacts,
    ReferralFacts,
    TaskFact,
    band_of,
)
from workflows.lado.table import (
    ADVISED,
    CLOSED,
    CONCLUDED,
    LOW_LEVEL,
    NEW,
    OPEN,
    RECEIVED,
    SENT,
    STANDING,
    TAKEN,
    UNRECEIVED,
    VOID,
)

SEES_REFERRAL, SEES_NOTICE = "view_referral", "view_authoritynotice"
#: Nobody with one of these parts is ever let into an allegation by sharing.
NEVER_SHARED_WITH = (Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR)

#: Settings whose registered person notifies under regulation 40.
HOMES = (SettingType.CHILDRENS_HOME, SettingType.SECURE_HOME)

# Who plays a part


def leads_of(authorities: Iterable[str], on: date) -> dict[str, list[Person]]:
    """The LADOs of each authority; where there is none its directors stand in."""
    found: dict[str, dict[str, list[Person]]] = {code: {} for code in set(authorities)}
    rows = RoleAssignment.objects.filter(
        current(on),
        role__in=(Role.LADO, Role.DIRECTOR),
        authority__in=found,
        person__is_active=True,
    ).select_related("person")
    for row in rows:
        found[str(row.authority_id)].setdefault(row.role, []).append(row.person)
    return {
        code: roles.get(Role.LADO) or roles.get(Role.DIRECTOR) or []
        for code, roles in found.items()
    }


def people_of_referrals(ids: Sequence[int], on: date) -> dict[int, Playing]:
    """The LADO who leads, with whom they shared it, and the sender while it is being sent."""
    rows = list(Referral.objects.filter(pk__in=ids).select_related("referred_by"))
    leads = leads_of((row.authority_id for row in rows), on)
    playing: dict[int, list[tuple[Person, Role]]] = {}
    for row in rows:
        playing[row.pk] = [(person, Role.LADO) for person in leads[row.authority_id]]
        if row.state == NEW and row.referred_by is not None:
            playing[row.pk].append((row.referred_by, Role.REFERRER))
    for share in ReferralShare.objects.filter(
        referral__in=ids, ended_at__isnull=True, person__is_active=True
    ).select_related("person"):
        playing[share.referral_id].append((share.person, Role.SENT_TO))
    return {pk: tuple(parts) for pk, parts in playing.items()}


def people_of_receipts(ids: Sequence[int], on: date) -> dict[int, Playing]:
    """Whoever sent each referral, if they have an account."""
    return {
        row.pk: ((row.referred_by, Role.REFERRER),)
        if row.referred_by and row.referred_by.is_active
        else ()
        for row in Referral.objects.filter(pk__in=ids).select_related("referred_by")
    }


def answering_roles(kind: str) -> tuple[Role, ...]:
    """Who answers for an authority: of its children, or of an adult who lives there."""
    if kind == AuthorityNotice.Kind.HOME:
        return (Role.LADO, Role.DIRECTOR)
    return (Role.LADO, Role.SERVICE_MANAGER, Role.DIRECTOR)


def people_of_notices(ids: Sequence[int], on: date) -> dict[int, Playing]:
    """The LADO who leads, those who answer for the authority, and with whom they shared it."""
    rows = list(
        AuthorityNotice.objects.filter(pk__in=ids).values_list(
            "pk", "kind", "authority_id", "referral__authority_id"
        )
    )
    leads = leads_of((host for _, _, _, host in rows), on)
    answering: dict[str, list[tuple[Person, Role]]] = defaultdict(list)
    for assigned in RoleAssignment.objects.filter(
        current(on),
        role__in=answering_roles(AuthorityNotice.Kind.CHILDREN),
        authority__in={code for _, _, code, _ in rows},
        person__is_active=True,
    ).select_related("person"):
        answering[str(assigned.authority_id)].append((assigned.person, Role(assigned.role)))
    playing: dict[int, list[tuple[Person, Role]]] = {
        pk: [
            *((person, Role.RAISED_BY) for person in leads[host]),
            *(part for part in answering[code] if part[1] in answering_roles(kind)),
        ]
        for pk, kind, code, host in rows
    }
    for share in NoticeShare.objects.filter(
        notice__in=ids, ended_at__isnull=True, person__is_active=True
    ).select_related("person"):
        playing[share.notice_id].append((share.person, Role.SENT_TO))
    return {pk: tuple(parts) for pk, parts in playing.items()}


# Grants, derived from the same facts


def _lead_holders(authorities: Iterable[str], on: date) -> dict[str, str]:
    """The group that leads in each authority: its LADOs, or its directors standing in."""
    codes = set(authorities)
    with_lado = set(
        RoleAssignment.objects.filter(
            current(on), role=Role.LADO, authority__in=codes, person__is_active=True
        ).values_list("authority_id", flat=True)
    )
    return {
        code: group_name(Role.LADO if code in with_lado else Role.DIRECTOR, "authority", code)
        for code in codes
    }


def grants_on_referrals(ids: Iterable[int], on: date) -> frozenset[Grant]:
    """Who may see these referrals, as the facts of a day call for."""
    rows = list(Referral.objects.filter(pk__in=list(ids)).values_list("pk", "authority_id"))
    leads = _lead_holders((code for _, code in rows), on)
    shared = ReferralShare.objects.filter(
        referral__in=[pk for pk, _ in rows], ended_at__isnull=True, person__is_active=True
    ).values_list("referral_id", "person_id")
    return frozenset(
        [Grant(leads[code], pk, SEES_REFERRAL) for pk, code in rows]
        + [Grant(person_holder(person), pk, SEES_REFERRAL) for pk, person in shared]
    )


def grants_on_notices(ids: Iterable[int], on: date) -> frozenset[Grant]:
    """Who may see these notices, as the facts of a day call for."""
    rows = list(
        AuthorityNotice.objects.filter(pk__in=list(ids)).values_list(
            "pk", "kind", "authority_id", "referral__authority_id"
        )
    )
    leads = _lead_holders((host for _, _, _, host in rows), on)
    owed = {Grant(leads[host], pk, SEES_NOTICE) for pk, _, _, host in rows}
    for pk, kind, code, _ in rows:
        owed |= {
            Grant(group_name(role, "authority", code), pk, SEES_NOTICE)
            for role in answering_roles(kind)
        }
    shared = NoticeShare.objects.filter(
        notice__in=[row[0] for row in rows], ended_at__isnull=True, person__is_active=True
    ).values_list("notice_id", "person_id")
    owed |= {Grant(person_holder(person), pk, SEES_NOTICE) for pk, person in shared}
    return frozenset(owed)


REFERRAL_GRANTS = GrantTables(
    by_person=ReferralGrant,
    by_group=ReferralGroupGrant,
    owed=grants_on_referrals,
    every=lambda: Referral.objects.order_by("pk").values_list("pk", flat=True),
)
NOTICE_GRANTS = GrantTables(
    by_person=NoticeGrant,
    by_group=NoticeGroupGrant,
    owed=grants_on_notices,
    every=lambda: AuthorityNotice.objects.order_by("pk").values_list("pk", flat=True),
)


def _granted(person: Person, tables: GrantTables) -> QuerySet[Any, Any]:
    own = tables.by_person.objects.filter(user=person).values_list("content_object_id")
    groups = tables.by_group.objects.filter(group__in=person.groups.values("pk")).values_list(
        "content_object_id"
    )
    return own.order_by().union(groups.order_by())  # type: ignore[no-any-return]


def referrals_visible_to(person: Person) -> QuerySet[Referral]:
    """The referrals a person may know of, by grants of their own and of nothing else."""
    return Referral.objects.filter(pk__in=_granted(person, REFERRAL_GRANTS))


def notices_visible_to(person: Person) -> QuerySet[AuthorityNotice]:
    """The notices a person may know of."""
    return AuthorityNotice.objects.filter(pk__in=_granted(person, NOTICE_GRANTS))


def receipts_visible_to(person: Person) -> QuerySet[Referral]:
    """What a person sent to a LADO: their own words and that they were received, no more."""
    return Referral.objects.filter(referred_by=person)


def reads_referrals(person: Person, on: date) -> bool:
    """Whether somebody is a LADO, or reads a case without being one."""
    held = RoleAssignment.objects.filter(current(on), person=person, role=Role.LADO)
    return held.exists() or referrals_visible_to(person).exists()


def has_allegations_to_read(person: Person) -> bool:
    """Whether somebody sent a referral, or may read a case or a notice of one."""
    groups = person.groups.values("pk")
    return (
        Person.objects.filter(pk=person.pk)
        .filter(
            Exists(receipts_visible_to(person).order_by())
            | Exists(ReferralGrant.objects.filter(user=person))
            | Exists(ReferralGroupGrant.objects.filter(group__in=groups))
            | Exists(NoticeGrant.objects.filter(user=person))
            | Exists(NoticeGroupGrant.objects.filter(group__in=groups))
        )
        .exists()
    )


def notifications_visible_to(person: Person, on: date) -> QuerySet[HomeNotification]:
    """Notifications of a person's own setting, recorded there; for a LADO all of the area."""
    held = RoleAssignment.objects.filter(current(on), person=person)
    return HomeNotification.objects.filter(
        Q(
            setting__in=held.filter(role=Role.REGISTERED_MANAGER).values("setting"),
            seen_by=HomeNotification.SeenBy.HOME,
        )
        | Q(setting__host_authority__in=held.filter(role=Role.LADO).values("authority"))
    )


def matches_visible_to(person: Person) -> QuerySet[AdultMatch]:
    """Suggestions and answers about adults in cases the person may see, on either side."""
    mine = referrals_visible_to(person).order_by().values("adult")
    return AdultMatch.objects.filter(Q(one__in=mine) | Q(other__in=mine))


def settings_known_to(person: Person, on: date) -> QuerySet[Setting]:
    """The settings a person may name: whose picture they see, or where their children live."""
    of_children = Placement.objects.filter(
        living_there(on), child__in=child_ids_visible_to(person), setting__isnull=False
    ).values("setting")
    return Setting.objects.filter(
        Q(pk__in=settings_visible_to(person).values("pk")) | Q(pk__in=of_children)
    )


# What the clocks read


def referral_facts(ids: Sequence[int]) -> Mapping[int, ReferralFacts]:
    held: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for pk, kind, held_on in Meeting.objects.filter(referral__in=ids).values_list(
        "referral_id", "kind", "held_on"
    ):
        held[pk].append((kind, held_on))
    asked: dict[int, list[TaskFact]] = defaultdict(list)
    for task in Task.objects.filter(referral__in=ids).select_related("meeting").order_by("pk"):
        asked[task.referral_id].append(
            TaskFact(task.pk, task.meeting.held_on, task.due_on, task.done_on)
        )
    disciplines = {
        row.referral_id: DisciplineFact(row.course, row.decided_on, row.done_on)
        for row in Discipline.objects.filter(referral__in=ids).order_by("pk")
    }
    return {
        row.pk: ReferralFacts(
            referred_on=row.referred_on,
            manager_knew_on=row.manager_knew_on or row.employer_knew_on,
            alleged_on=min(filter(None, (row.employer_knew_on, row.manager_knew_on)), default=None),
            decided_on=row.decided_on,
            opened_on=row.threshold_met_on,
            is_clear_at_once=row.is_clear_at_once,
            is_early_years=row.adult.sector == Sector.EARLY_YEARS,
            is_about_home=row.setting is not None and row.setting.type in HOMES,
            ofsted_told_on=row.ofsted_told_on,
            home_notified_on=day_of(row.home_notified_at) if row.home_notified_at else None,
            has_other_home=row.adult.home_authority_id not in (None, row.authority_id),
            home_told_on=day_of(row.home_told_at) if row.home_told_at else None,
            discipline=disciplines.get(row.pk),
            tasks=tuple(asked[row.pk]),
            meetings=tuple(
                sorted(day for kind, day in held[row.pk] if kind != Meeting.Kind.PROGRESS)
            ),
            reviews=tuple(
                sorted(day for kind, day in held[row.pk] if kind == Meeting.Kind.PROGRESS)
            ),
            is_fortnightly=row.is_fortnightly,
            left_work_on=row.left_work_on,
            barring_settled_on=row.barring_settled_on,
            concluded_on=row.concluded_on,
            closed_on=row.closed_on,
            void_on=row.void_on,
        )
        for row in _with_tellings(Referral.objects.filter(pk__in=ids).exclude(state=NEW))
    }


def _with_tellings(rows: QuerySet[Referral]) -> QuerySet[Referral, Any]:
    """Each case with when Ofsted and the adult's home authority were first told, and when the
    home itself notified."""
    to_ofsted = OutsideTelling.objects.filter(
        referral=OuterRef("pk"), whom=OutsideTelling.Whom.OFSTED
    ).order_by("told_on")
    to_home = AuthorityNotice.objects.filter(
        referral=OuterRef("pk"), kind=AuthorityNotice.Kind.HOME, sent_at__isnull=False
    ).order_by("sent_at")
    by_home = HomeNotification.objects.filter(referral=OuterRef("pk")).order_by("notified_at")
    return rows.select_related("adult", "setting").annotate(
        ofsted_told_on=Subquery(to_ofsted.values("told_on")[:1]),
        home_told_at=Subquery(to_home.values("sent_at")[:1]),
        home_notified_at=Subquery(by_home.values("notified_at")[:1]),
    )


def notice_facts(ids: Sequence[int]) -> Mapping[int, NoticeFacts]:
    named: dict[int, list[ChildFact]] = defaultdict(list)
    for row in NoticeChild.objects.filter(notice__in=ids).order_by("pk"):
        answered = day_of(row.answered_at) if row.answered_at else None
        named[row.notice_id].append(ChildFact(row.child_id, day_of(row.named_at), answered))
    return {
        notice.pk: NoticeFacts(
            sent_on=day_of(notice.sent_at or notice.opened_at),
            received_on=day_of(notice.received_at) if notice.received_at else None,
            children=tuple(named[notice.pk]),
            ended_on=day_of(notice.closed_at) if notice.closed_at else None,
        )
        for notice in AuthorityNotice.objects.filter(pk__in=ids, sent_at__isnull=False)
    }


def running_referrals() -> list[int]:
    return list(
        Referral.objects.exclude(state__in=[NEW, CLOSED, VOID]).values_list("pk", flat=True)
    )


def running_notices() -> list[int]:
    return list(AuthorityNotice.objects.filter(state__in=STANDING).values_list("pk", flat=True))


# Who may be affected


def affected_by(referral: Referral, on: date) -> dict[int, Placement | None]:
    """Children who live at the setting, lived there when it happened, or are named; with where
    each lives now."""
    children = set(
        referral.named_children.filter(child__isnull=False).values_list("child_id", flat=True)
    )
    if referral.setting_id is not None:
        there = living_there(on)
        if referral.happened_on is not None:
            there |= living_there(referral.happened_on)
        children |= set(
            Placement.objects.filter(there, setting=referral.setting_id).values_list(
                "child_id", flat=True
            )
        )
    lives = {
        placement.child_id: placement
        for placement in Placement.objects.filter(
            living_there(on), child__in=children, is_temporary=False
        )
    }
    return {pk: lives.get(pk) for pk in sorted(pk for pk in children if pk is not None)}


def cases_at(setting_id: int) -> QuerySet[Referral]:
    """Cases about somebody of a setting in which the threshold is met and work goes on."""
    return Referral.objects.filter(setting=setting_id, state=OPEN)


def found_by_email(email: str) -> Person | None:
    """The account with this e-mail address."""
    return Person.objects.filter(email=email.strip().lower()).first()


def is_allocated(person: Person, notice: AuthorityNotice, on: date) -> bool:
    """Whether a child of the notice is this person's to see or to review."""
    return Allocation.objects.filter(
        current(on),
        person=person,
        role__in=(Role.SOCIAL_WORKER, Role.IRO),
        child__in=notice.children.values("child"),
    ).exists()


def works_for(person: Person, authority: str, on: date) -> bool:
    """Whether somebody plays a part for an authority or one of its teams."""
    return (
        RoleAssignment.objects.filter(current(on), person=person)
        .filter(Q(authority=authority) | Q(team__authority=authority))
        .exists()
    )


# What a LADO looks for


def features_of(adult: Adult) -> Features:
    return Features(adult.name, adult.date_of_birth, adult.employer, adult.job)


def alike(adult: Adult) -> list[tuple[Adult, tuple[str, ...]]]:
    """Adults of other referrals who may be the same one, with why."""
    candidates = Adult.objects.exclude(pk=adult.pk).exclude(referral__state=VOID)
    near = Q(name_key=adult.name_key) | Q(surname_key=adult.surname_key)
    if adult.date_of_birth is not None:
        near |= Q(date_of_birth=adult.date_of_birth)
    mine = features_of(adult)
    found = [(other, reasons_of(mine, features_of(other))) for other in candidates.filter(near)]
    return [(other, reasons) for other, reasons in found if reasons]


@dataclass(frozen=True)
class Repeat:
    """A person or a setting with more than one referral."""

    key: int
    name: str
    referrals: int
    low_level: int
    last_on: date


def repeat_people(person: Person) -> list[Repeat]:
    """Adults whom a person confirmed to be in more than one of the referrals one may see."""
    rows = (
        referrals_visible_to(person)
        .exclude(state=VOID)
        .filter(adult__same_as__isnull=False)
        .order_by()
        .values("adult__same_as")
        .annotate(
            count=Count("pk"),
            low=Count("pk", filter=Q(state=LOW_LEVEL)),
            last=Max("referred_on"),
        )
        .filter(count__gt=1)
    )
    names = dict(
        Adult.objects.filter(pk__in=[row["adult__same_as"] for row in rows]).values_list(
            "pk", "name"
        )
    )
    found = [
        Repeat(
            row["adult__same_as"] or 0,
            names.get(row["adult__same_as"] or 0, ""),
            row["count"],
            row["low"],
            row["last"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.referrals, each.name))


def repeat_settings(person: Person) -> list[Repeat]:
    """Settings with more than one referral, low-level concerns counted with them."""
    rows = (
        referrals_visible_to(person)
        .exclude(state=VOID)
        .filter(setting__isnull=False)
        .order_by()
        .values("setting_id", "setting__name")
        .annotate(
            count=Count("pk"),
            low=Count("pk", filter=Q(state=LOW_LEVEL)),
            last=Max("referred_on"),
        )
        .filter(count__gt=1)
    )
    found = [
        Repeat(row["setting_id"], row["setting__name"], row["count"], row["low"], row["last"])
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.referrals, each.name))


@dataclass(frozen=True)
class Place:
    """How many referrals one unit or shift of a place has."""

    place: str
    unit: str
    shift: str
    referrals: int
    low_level: int
    raised_elsewhere: int

    @property
    def shift_words(self) -> str:
        return str(Shift(self.shift).label)


def places_of(referrals: QuerySet[Referral]) -> list[Place]:
    """How many of these referrals there are by place, unit and shift."""
    rows = (
        referrals.exclude(state=VOID)
        .order_by()
        .values("setting__name", "workplace", "unit", "shift")
        .annotate(
            count=Count("pk"),
            low=Count("pk", filter=Q(state=LOW_LEVEL)),
            elsewhere=Count("pk", filter=~Q(also_raised_as=[])),
        )
        .order_by("-count", "setting__name", "workplace", "unit", "shift")
    )
    return [
        Place(
            row["setting__name"] or row["workplace"],
            row["unit"],
            row["shift"],
            row["count"],
            row["low"],
            row["elsewhere"],
        )
        for row in rows
    ]


def silent_notices(person: Person) -> QuerySet[AuthorityNotice]:
    """Notices that an authority has not received or not answered, in cases one may see."""
    return (
        AuthorityNotice.objects.filter(
            referral__in=referrals_visible_to(person).order_by().values("pk"),
            state__in=(UNRECEIVED, TAKEN),
        )
        .filter(Q(receipt_went_up_at__isnull=False) | Q(answer_went_up_at__isnull=False))
        .select_related("authority", "referral__setting")
        .order_by("sent_at", "pk")
    )


def unmatched_referrals(person: Person) -> QuerySet[Referral]:
    """Referrals about a setting whose own notification under regulation 40 nobody has seen."""
    seen = HomeNotification.objects.filter(referral=OuterRef("pk"))
    return (
        referrals_visible_to(person)
        .filter(setting__isnull=False, state__in=(OPEN, CONCLUDED, CLOSED))
        .exclude(Exists(seen))
        .select_related("setting")
        .order_by("-referred_on", "-pk")
    )


def unmatched_notifications(person: Person, on: date) -> QuerySet[HomeNotification]:
    """Notifications about adults for which no referral to the LADO was found."""
    held = RoleAssignment.objects.filter(current(on), person=person, role=Role.LADO)
    return (
        notifications_visible_to(person, on)
        .filter(
            kind__in=ABOUT_ADULTS,
            referral__isnull=True,
            setting__host_authority__in=held.values("authority"),
        )
        .select_related("setting")
        .order_by("-happened_at", "-pk")
    )


WAITING_ON = {
    SENT: "the LADO, to receive it",
    RECEIVED: "the LADO, to decide",
    CONCLUDED: "the LADO, to tell the outcome and close",
    ADVISED: "nobody",
    LOW_LEVEL: "nobody",
    CLOSED: "nobody",
    VOID: "nobody",
}


WAITS_FOR = {
    Track.Kind.POLICE: "the police",
    Track.Kind.SECTION_47: "the child protection enquiry",
    Track.Kind.EMPLOYER: "the employer",
}
UNFINISHED = (Track.Stands.NOT_STARTED, Track.Stands.RUNNING)


def waiting_on(referral: Referral) -> str:
    """Who moves next, in words. Lists prefetch ``tracks`` and ``notices__authority``."""
    if referral.state != OPEN:
        return WAITING_ON.get(referral.stands_at, "nobody")
    waits = [
        WAITS_FOR[Track.Kind(each.kind)]
        for each in referral.tracks.all()
        if each.stands in UNFINISHED
    ]
    silent = [each for each in referral.notices.all() if each.state in (UNRECEIVED, TAKEN)]
    waits += [f"{each.authority.name} to answer" for each in silent]
    return ", ".join(waits) or "the LADO, to give each allegation its outcome"


# The annual figures


@dataclass(frozen=True)
class Figures:
    """What a LADO reports of a year: counts, never names."""

    referrals: int
    consultations: int
    referred_again: int
    by_result: dict[str, int]
    by_sector: dict[str, int]
    by_category: dict[str, int]
    by_outcome: dict[str, int]
    by_other_way: dict[str, int]
    by_time: dict[str, int]
    unspoken_by_outcome: dict[str, int]


def year_of(on: date) -> int:
    """The year in which the year of a report began: it runs from April to March."""
    return on.year if on >= date(on.year, 4, 1) else on.year - 1


def days_of(year: int) -> tuple[date, date]:
    """The first and the last day of the year of a report."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def figures_of(person: Person, first: date, last: date) -> Figures:
    """The figures of the referrals made between two days, among those the person may see."""
    rows = list(
        referrals_visible_to(person)
        .exclude(state=VOID)
        .filter(referred_on__range=(first, last))
        .select_related("adult")
        .order_by("pk")
    )
    alleged = list(
        Allegation.objects.filter(referral__in=[row.pk for row in rows]).select_related(
            "child__child"
        )
    )
    return Figures(
        referrals=len(rows),
        consultations=sum(row.is_consultation for row in rows),
        referred_again=_referred_again(rows),
        by_result=_count(_decided(row) for row in rows),
        by_sector=_count(Sector(row.adult.sector).label for row in rows),
        by_category=_count(each.get_category_display() for each in alleged),
        by_outcome=_count(_outcome(each) for each in alleged),
        by_other_way=_count(
            str(AlsoRaisedAs(way).label) for row in rows for way in row.also_raised_as
        ),
        by_time=_count(
            band_of(row.referred_on, row.concluded_on) if row.concluded_on else "Not yet concluded"
            for row in rows
            if row.threshold_met_on
        ),
        unspoken_by_outcome=_count(_outcome(each) for each in alleged if _is_unspoken(each)),
    )


def _referred_again(rows: Sequence[Referral]) -> int:
    """How many are about an adult of an earlier referral anywhere, as a person confirmed.

    That an adult was referred before is known to a LADO of either authority; what was said is not.
    """
    known = {row.adult.same_as for row in rows} - {None}
    told = Referral.objects.exclude(state=VOID).filter(adult__same_as__in=known)
    first: dict[int, int] = {}
    for adult, referral in told.order_by("referred_on", "pk").values_list("adult__same_as", "pk"):
        first.setdefault(adult or 0, referral)
    return sum(first.get(row.adult.same_as or 0, row.pk) != row.pk for row in rows)


def _decided(referral: Referral) -> str:
    """What was decided of a referral, in few words; a case that went on stays one that opened."""
    if referral.state in (SENT, RECEIVED):
        return "Not yet decided"
    if referral.state == ADVISED:
        return "Advice only"
    return "Below threshold" if referral.state == LOW_LEVEL else "Threshold met"


def _outcome(allegation: Allegation) -> str:
    return allegation.get_outcome_display() if allegation.outcome else "No outcome yet"


def _is_unspoken(allegation: Allegation) -> bool:
    """About a child who does not use speech: whether they are believed less shows here."""
    child = allegation.child.child if allegation.child else None
    return child is not None and "speech" not in child.communicates_by


def _count(words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
