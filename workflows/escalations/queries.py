"""Reading concerns: who has a part in which, who may see it, and what its clocks count from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Now, TruncDate

from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current, living_there, people_by_child
from backend.access.visibility import child_ids_visible_to, settings_visible_to
from backend.grammar.events import Depth
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.records.models import Placement, Setting
from workflows.escalations.models import (
    HOSTED,
    Addressee,
    Escalation,
    Kind,
    NamedContact,
    Note,
    SettingMeeting,
    Side,
    Stage,
)
from workflows.escalations.rules import ConcernFact, StageFact
from workflows.escalations.table import CLOSED, OPEN, VOID, WAITING

Playing = list[tuple[Person, Role]]
#: Who reads a concern because of what they do for the child or for one of the authorities.
FOR_THE_CHILD = (
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO,
    Role.IRO_MANAGER,
)
FOR_AN_AUTHORITY = (Role.DIRECTOR, Role.HOST_OFFICER)


# Who may see


def today_in_england() -> Any:
    return TruncDate(Now(), tzinfo=LONDON)


def escalations_visible_to(person: Person) -> QuerySet[Escalation]:
    """The concerns a person may know of: those they raised or were asked about, and those that
    they read as a manager, a reviewing officer or the host.

    A challenge of a LADO decision stays with those who raised it and were asked.
    """
    today = today_in_england()
    held = RoleAssignment.objects.filter(current(today), person=person)

    def places(role: Role, kind: str) -> Any:
        return held.filter(role=role, **{f"{kind}__isnull": False}).values(kind)

    addressed = Stage.objects.filter(addressees__person=person).values("escalation")
    directs = places(Role.DIRECTOR, "authority")
    hosts = places(Role.HOST_OFFICER, "authority")
    reviews = Allocation.objects.filter(current(today), person=person, role=Role.IRO)
    manages = (
        Q(child__team__in=places(Role.TEAM_MANAGER, "team"))
        | Q(child__team__service__in=places(Role.SERVICE_MANAGER, "team"))
        | Q(child__authority__in=places(Role.SERVICE_MANAGER, "authority"))
        | Q(child__authority__in=directs)
        | Q(from_authority__in=directs)
        | Q(to_authority__in=directs)
        | Q(child__in=reviews.values("child"))
        | Q(
            kind=Kind.IRO_DISPUTE,
            child__authority__in=places(Role.IRO_MANAGER, "authority"),
        )
        | (Q(hosted_by__in=hosts, kind__in=HOSTED) & host_is_a_side())
    )
    return Escalation.objects.filter(
        Q(raised_by=person) | Q(pk__in=addressed) | (manages & ~Q(kind=Kind.LADO_DECISION))
    )


def host_is_a_side() -> Q:
    return Q(from_authority=F("hosted_by")) | Q(to_authority=F("hosted_by"))


# Who has a part


def people_in(ids: Sequence[int], on: date) -> Mapping[int, Playing]:
    """Everybody with a part in each of these concerns on a day; a fixed number of queries."""
    cases = list(
        Escalation.objects.filter(pk__in=ids)
        .select_related("raised_by")
        .prefetch_related(current_stages())
    )
    open_to_managers = [case for case in cases if case.kind != Kind.LADO_DECISION]
    children = {case.child_id for case in open_to_managers if case.child_id}
    for_child = people_by_child(FOR_THE_CHILD, children, on)
    for_authority = _assigned_to(
        {
            code
            for case in open_to_managers
            for code in (case.from_authority_id, case.to_authority_id)
            if code
        },
        on,
    )
    found: dict[int, Playing] = {}
    for case in cases:
        playing: dict[tuple[int, Role], Person] = {}
        for person, role in (
            *_of_stage(case),
            *_of_child(case, for_child),
            *_of_authorities(case, for_authority),
        ):
            playing[person.pk, role] = person
        if case.raised_by.is_active:
            playing[case.raised_by_id, Role.RAISED_BY] = case.raised_by
        else:
            for person in _carries_on(case, for_authority):
                playing[person.pk, Role.RAISED_BY] = person
        found[case.pk] = [(person, role) for (_, role), person in sorted(playing.items(), key=_key)]
    return found


def _key(entry: tuple[tuple[int, Role], Person]) -> tuple[int, str]:
    (number, role), _ = entry
    return number, str(role)


def current_stages() -> Prefetch:
    """The level at which each concern stands, with whom it went to."""
    standing = Stage.objects.filter(ended_at__isnull=True).select_related("answered_by")
    rows = standing.prefetch_related(
        Prefetch("addressees", Addressee.objects.select_related("person"))
    )
    return Prefetch("stages", rows, to_attr="standing")


def standing_of(case: Escalation) -> Stage | None:
    """The level at which a concern stands, as ``current_stages`` fetched it."""
    standing: list[Stage] = getattr(case, "standing", [])
    return standing[0] if standing else None


def addressed(stage: Stage | None, side: Side) -> list[Person]:
    """Those at a level who have an account in use."""
    if stage is None:
        return []
    return [
        one.person
        for one in stage.addressees.all()
        if one.side == side and one.person is not None and one.person.is_active
    ]


def _of_stage(case: Escalation) -> Playing:
    return [(person, Role.SENT_TO) for person in addressed(standing_of(case), Side.ANSWERING)]


def _of_child(case: Escalation, for_child: Mapping[int, Playing]) -> Playing:
    return [
        (person, role)
        for person, role in for_child.get(case.child_id or 0, ())
        if case.kind != Kind.LADO_DECISION
        and (role != Role.IRO_MANAGER or case.kind == Kind.IRO_DISPUTE)
    ]


def _of_authorities(case: Escalation, held: Mapping[str, Playing]) -> Playing:
    if case.kind == Kind.LADO_DECISION:
        return []
    sides = {code for code in (case.from_authority_id, case.to_authority_id) if code}
    return [
        (person, role)
        for code in sorted(sides)
        for person, role in held.get(code, ())
        if role == Role.DIRECTOR or (code == case.hosted_by_id and case.kind in HOSTED)
    ]


def _carries_on(case: Escalation, held: Mapping[str, Playing]) -> list[Person]:
    """Who speaks for the raising side when the one who raised it has left."""
    named = addressed(standing_of(case), Side.RAISING)
    if named or case.kind == Kind.LADO_DECISION:
        return named
    directors = held.get(case.from_authority_id or "", ())
    return [person for person, role in directors if role == Role.DIRECTOR]


def _assigned_to(codes: Iterable[str], on: date) -> dict[str, Playing]:
    rows = RoleAssignment.objects.filter(
        current(on), authority__in=set(codes), role__in=FOR_AN_AUTHORITY, person__is_active=True
    ).select_related("person")
    found: dict[str, Playing] = {}
    for row in rows:
        found.setdefault(row.authority_id or "", []).append((row.person, Role(row.role)))
    return found


# The two sides


def side_of(person: Person, case: Escalation, roles: Iterable[Role]) -> Side | None:
    """On whose side somebody stands, who has these parts in a concern.

    Somebody who was asked on both sides stands on neither, and so does the reviewing officer of
    a concern that is no dispute of theirs.
    """
    named = set(
        Addressee.objects.filter(stage__escalation=case, person=person).values_list(
            "side", flat=True
        )
    )
    if case.raised_by_id == person.pk:
        named.add(Side.RAISING)
    if named:
        return Side(named.pop()) if len(named) == 1 else None
    sides = {side for role in roles if (side := _side_by(role, person, case)) is not None}
    return sides.pop() if len(sides) == 1 else None


def _side_by(role: Role, person: Person, case: Escalation) -> Side | None:
    placing = case.child.authority_id if case.child is not None else None
    if role in (Role.RAISED_BY, Role.SENT_TO):
        return Side.RAISING if role == Role.RAISED_BY else Side.ANSWERING
    if role in (Role.IRO, Role.IRO_MANAGER):
        return Side.RAISING if case.kind == Kind.IRO_DISPUTE else None
    if role in (Role.TEAM_MANAGER, Role.SERVICE_MANAGER):
        return _side_at(case, placing)
    if role == Role.HOST_OFFICER:
        return _side_at(case, case.hosted_by_id)
    if role == Role.DIRECTOR:
        mine = set(
            RoleAssignment.objects.filter(
                current(today_in_england()), person=person, role=Role.DIRECTOR
            ).values_list("authority_id", flat=True)
        )
        sides = {_side_at(case, code) for code in mine} - {None}
        return sides.pop() if len(sides) == 1 else None
    return None


def _side_at(case: Escalation, code: str | None) -> Side | None:
    """The side that an authority is; one that disputes with its own officer is the one asked."""
    if code is None:
        return None
    if code == case.to_authority_id:
        return Side.ANSWERING
    return Side.RAISING if code == case.from_authority_id else None


def notes_visible_to(person: Person, case: Escalation, roles: Iterable[Role]) -> QuerySet[Note]:
    """The private notes of the reader's own side."""
    side = side_of(person, case, roles)
    rows = Note.objects.filter(escalation=case).select_related("by")
    return rows.filter(side=side) if side is not None else rows.none()


# Lists


def in_order(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """Concerns with all that a list shows of them, and since when a level before was silent."""
    silent = Stage.objects.filter(
        escalation=OuterRef("pk"),
        found_somebody=True,
        answered_at__isnull=True,
        ended_at__isnull=False,
    )
    since = silent.order_by("-number").values("started_at")[:1]
    return (
        rows.annotate(silent_since=Subquery(since))
        .select_related(
            "child",
            "setting",
            "raised_by",
            "from_authority",
            "from_setting",
            "to_authority",
            "to_setting",
        )
        .prefetch_related(current_stages())
    )


def is_addressed_now(person: Person) -> Exists:
    return Exists(
        Addressee.objects.filter(
            stage__escalation=OuterRef("pk"),
            stage__ended_at__isnull=True,
            side=Side.ANSWERING,
            person=person,
        )
    )


def waiting_on(person: Person) -> QuerySet[Escalation]:
    """The concerns in which this person has to do the next thing."""
    asked = Q(is_addressed_now(person), state__in=[str(state) for state in WAITING])
    asks = Q(raised_by=person, state="answered")
    return escalations_visible_to(person).filter(asked | asks)


def open_ones(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return rows.filter(state__in=[str(state) for state in OPEN])


def running() -> list[int]:
    return list(open_ones(Escalation.objects.all()).values_list("pk", flat=True))


# Facts for the clocks


def concern_facts(ids: Sequence[int]) -> dict[int, ConcernFact]:
    """The concerns as their clocks read them, in two queries."""
    stages: dict[int, list[StageFact]] = {}
    for stage in Stage.objects.filter(escalation__in=ids).order_by("escalation", "number"):
        stages.setdefault(stage.escalation_id, []).append(stage_fact(stage))
    return {
        case.pk: ConcernFact(
            stages=tuple(stages.get(case.pk, ())),
            is_dispute=case.kind == Kind.IRO_DISPUTE,
            closed_on=case.closed_on if case.state in (*CLOSED, VOID) else None,
            closed_as=str(case.state),
        )
        for case in Escalation.objects.filter(pk__in=ids)
    }


def stage_fact(stage: Stage) -> StageFact:
    return StageFact(
        number=stage.number,
        level=stage.level,
        counted_from=stage.counted_from,
        receive_days=stage.receive_days,
        answer_days=stage.answer_days,
        found_somebody=stage.found_somebody,
        is_formal=stage.is_formal,
        received_on=day_of(stage.received_at) if stage.received_at else None,
        answered_on=day_of(stage.answered_at) if stage.answered_at else None,
        decided_on=day_of(stage.decided_at) if stage.decided_at else None,
        promised_by=stage.promised_by,
        was_accepted=stage.was_accepted,
        ended_on=day_of(stage.ended_at) if stage.ended_at else None,
    )


# Whom to call


def standing_contacts() -> QuerySet[NamedContact]:
    return NamedContact.objects.filter(removed_at__isnull=True).select_related(
        "authority", "setting", "person", "confirmed_by", "doubted_by"
    )


# Meetings about a home


def meetings_visible_to(person: Person) -> QuerySet[SettingMeeting]:
    """The meetings a person may know of: as the host, as a manager of an authority that has, or
    had since it was called, a child in the home, or invited by name."""
    today = today_in_england()
    held = RoleAssignment.objects.filter(current(today), person=person)
    hosts = held.filter(role__in=(Role.HOST_OFFICER, Role.LADO, Role.DIRECTOR))
    directs = held.filter(role__in=(Role.DIRECTOR, Role.SERVICE_MANAGER)).values("authority")
    stays = stays_since_called()
    manages = (
        Q(child__authority__in=directs)
        | Q(child__team__in=held.filter(role=Role.TEAM_MANAGER).values("team"))
        | Q(child__team__service__in=held.filter(role=Role.SERVICE_MANAGER).values("team"))
    )
    return SettingMeeting.objects.filter(
        Q(raised_by=person)
        | Q(setting__host_authority__in=hosts.values("authority"))
        | Q(invited__person=person)
        | Exists(stays.filter(manages))
    ).distinct()


def stays_since_called() -> QuerySet[Placement]:
    """The placements in a meeting's home that stood when it was called, or began since."""
    called_at = ExpressionWrapper(OuterRef("called_at"), output_field=DateTimeField())
    return Placement.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=TruncDate(called_at, tzinfo=LONDON)),
        setting=OuterRef("setting"),
        is_temporary=False,
    )


def people_at_meetings(ids: Sequence[int], on: date) -> Mapping[int, Playing]:
    """Everybody with a part in each of these meetings on a day; a fixed number of queries."""
    meetings = list(
        SettingMeeting.objects.filter(pk__in=ids)
        .select_related("raised_by", "setting")
        .prefetch_related("invited__person")
    )
    stays = list(
        Placement.objects.filter(
            setting__in={meeting.setting_id for meeting in meetings}, is_temporary=False
        ).values_list("setting_id", "child_id", "started_on", "ended_on")
    )
    for_child = people_by_child(
        (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR),
        {child for _, child, _, _ in stays},
        on,
    )
    hosts = _hosting({meeting.setting.host_authority_id for meeting in meetings}, on)
    found: dict[int, Playing] = {}
    for meeting in meetings:
        called = day_of(meeting.called_at)
        playing: dict[tuple[int, Role], Person] = {
            (person.pk, role): person for person, role in hosts[meeting.setting.host_authority_id]
        }
        for setting_id, child_id, started_on, ended_on in stays:
            is_there = started_on <= on and (ended_on is None or ended_on >= called)
            if setting_id == meeting.setting_id and is_there:
                for person, role in for_child[child_id]:
                    playing[person.pk, role] = person
        for one in meeting.invited.all():
            if one.person.is_active:
                playing[one.person_id, Role.SENT_TO] = one.person
        if meeting.raised_by.is_active:
            playing[meeting.raised_by_id, Role.RAISED_BY] = meeting.raised_by
        found[meeting.pk] = [
            (person, role) for (_, role), person in sorted(playing.items(), key=_key)
        ]
    return found


def _hosting(codes: Iterable[str], on: date) -> dict[str, Playing]:
    found: dict[str, Playing] = {code: [] for code in codes}
    rows = RoleAssignment.objects.filter(
        current(on),
        authority__in=list(found),
        role__in=(Role.HOST_OFFICER, Role.LADO, Role.DIRECTOR),
        person__is_active=True,
    ).select_related("person")
    for row in rows:
        found[row.authority_id or ""].append((row.person, Role(row.role)))
    return found


def homes_known_to(person: Person) -> QuerySet[Setting]:
    """The homes a person may name: those whose picture they see, and where a child lives of whom
    they know."""
    living = Placement.objects.filter(
        living_there(today_in_england()),
        is_temporary=False,
        child__in=child_ids_visible_to(person, Depth.CARD),
    )
    return Setting.objects.filter(
        Q(pk__in=settings_visible_to(person).values("pk")) | Q(pk__in=living.values("setting"))
    )
