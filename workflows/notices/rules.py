"""By when who must be told that a child lives somewhere, and who must have agreed to it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from backend.deadlines.answer import Met, Stop, answer, in_words
from backend.deadlines.count import add_days, add_months, add_working_days
from backend.deadlines.due import Due
from backend.grammar.clocks import (
    Cite,
    Direction,
    Kind,
    Mode,
    NoFixedPeriod,
    Rule,
    Rules,
    Verified,
    WorkingDays,
)
from backend.grammar.roles import Role
from workflows.history import (
    IN_CARE,
    ApprovalFact,
    Basis,
    History,
    PlacementFact,
    PlacementNoticeFact,
)

ROOM = "notices"
CHECKED = date(2026, 11, 22)
REGULATIONS = "S.I. 2010/959"
MADE = "https://www.legislation.gov.uk/uksi/2010/959/regulation"
HOMES = "S.I. 2015/541"
SINCE = date(2011, 4, 1)
OUT_OF_AREA_SINCE = date(2014, 1, 27)
HOMES_SINCE = date(2015, 4, 1)
LOCAL_SINCE = date(2000, 1, 1)

#: With a relative or friend, or a foster carer: approval is believed not to be needed for some.
BELIEVED_EXEMPT = ("U1", "U2", "U3")
#: Regimes in which nobody decides on a placement under regulation 11, or tells under 13.
NOT_NOTIFIED = (Basis.REG_48, Basis.OTHERS_ARRANGEMENTS, Basis.ADOPTION)
WITH_PARENTS = (Basis.REG_19, Basis.INTERIM_ORDER_WITH_PARENT, Basis.CARE_ORDER_WITH_PARENT)

SENDERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

RULES = Rules(
    Rule(
        code="notices.care_plan",
        ref="PLC-01",
        title="Care plan",
        cite=Cite(REGULATIONS, "reg. 4(1) and (2)", f"{MADE}/4/made"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=WorkingDays(10),
        counted_from="the start of the first placement",
        applies_when="a child not in care is placed for the first time in a period of care",
        checked_on=CHECKED,
        in_force_from=SINCE,
        tells=SENDERS,
        note="Before the first placement; ten working days where that was not practicable.",
    ),
    Rule(
        code="notices.placement_plan",
        ref="PLC-02",
        title="Placement plan",
        cite=Cite(REGULATIONS, "reg. 9(1) to (3)", f"{MADE}/9/made"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=WorkingDays(5),
        counted_from="the start of the placement",
        checked_on=CHECKED,
        in_force_from=SINCE,
        tells=SENDERS,
        note="Before the placement; five working days where that was not reasonably practicable.",
    ),
    Rule(
        code="notices.approval_near",
        ref="PLC-03",
        title="Nominated officer's approval outside the area",
        cite=Cite(REGULATIONS, "reg. 11(1)(a) and (2)", f"{MADE}/11"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        direction=Direction.BEFORE,
        counted_from="the start of the placement",
        applies_when="outside the area, within an adjoining one",
        checked_on=CHECKED,
        in_force_from=OUT_OF_AREA_SINCE,
        tells=(Role.NOMINATED_OFFICER, Role.TEAM_MANAGER),
    ),
    Rule(
        code="notices.approval_believed_exempt",
        ref="PLC-03",
        title="Approval outside the area, with a relative or friend",
        cite=Cite(REGULATIONS, "reg. 11(4)", f"{MADE}/11"),
        kind=Kind.STATUTE,
        verified=Verified.UNVERIFIED,
        span=NoFixedPeriod(),
        direction=Direction.BEFORE,
        counted_from="the start of the placement",
        applies_when="outside the area, with a connected person",
        checked_on=CHECKED,
        in_force_from=OUT_OF_AREA_SINCE,
        tells=(Role.TEAM_MANAGER,),
        note="An exception is believed to stand in paragraph (4), and has not been read there.",
    ),
    Rule(
        code="notices.approval_distant",
        ref="PLC-04",
        title="Director's approval at a distance",
        cite=Cite(REGULATIONS, "reg. 11(1)(b), (2)(d)(ii) and (5)", f"{MADE}/11"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        direction=Direction.BEFORE,
        counted_from="the start of the placement",
        applies_when="outside the area and outside every adjoining one",
        checked_on=CHECKED,
        in_force_from=OUT_OF_AREA_SINCE,
        tells=(Role.DIRECTOR, Role.TEAM_MANAGER),
        note="Adjoining authorities decide, not miles.",
    ),
    Rule(
        code="notices.approval_rest",
        ref="PLC-07",
        title="The rest after an emergency approval",
        cite=Cite(REGULATIONS, "reg. 11(3)", f"{MADE}/11"),
        kind=Kind.STATUTE,
        verified=Verified.UNVERIFIED,
        span=WorkingDays(5),
        counted_from="the approval",
        applies_when="the approval was given in an emergency",
        checked_on=CHECKED,
        in_force_from=OUT_OF_AREA_SINCE,
        tells=(Role.NOMINATED_OFFICER, Role.TEAM_MANAGER, Role.SOCIAL_WORKER),
        note="Counted from the approval, not from the start of the placement.",
    ),
    Rule(
        code="notices.placement",
        ref="PLC-05",
        title="Notice of the placement",
        cite=Cite(REGULATIONS, "reg. 13(1) to (3)", f"{MADE}/13/made"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        direction=Direction.BEFORE,
        counted_from="the start of the placement",
        checked_on=CHECKED,
        in_force_from=SINCE,
        tells=SENDERS,
    ),
    Rule(
        code="notices.placement_emergency",
        ref="PLC-05",
        title="Notice of a placement made in an emergency",
        cite=Cite(REGULATIONS, "reg. 13(1) to (3)", f"{MADE}/13/made"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=WorkingDays(5),
        counted_from="the start of the placement",
        applies_when="the placement was made in an emergency",
        checked_on=CHECKED,
        in_force_from=SINCE,
        tells=SENDERS,
    ),
    Rule(
        code="notices.host",
        ref="PLC-06",
        title="Notice to the host authority",
        cite=Cite(REGULATIONS, "reg. 13(4)", f"{MADE}/13"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        direction=Direction.BEFORE,
        counted_from="the start of the placement",
        applies_when="outside the area",
        checked_on=CHECKED,
        in_force_from=OUT_OF_AREA_SINCE,
        tells=SENDERS,
    ),
    Rule(
        code="notices.host_emergency",
        ref="PLC-06",
        title="Notice to the host authority after an emergency",
        cite=Cite(REGULATIONS, "reg. 13(4)", f"{MADE}/13"),
        kind=Kind.STATUTE,
        verified=Verified.UNVERIFIED,
        span=WorkingDays(5),
        counted_from="the start of the placement",
        applies_when="outside the area, made in an emergency",
        checked_on=CHECKED,
        in_force_from=OUT_OF_AREA_SINCE,
        tells=SENDERS,
    ),
    Rule(
        code="notices.ending",
        ref="PLC-08",
        title="Notice that the placement ended",
        cite=Cite(REGULATIONS, "reg. 14(1) to (5)", f"{MADE}/14/made"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=WorkingDays(10),
        counted_from="the end of the placement",
        checked_on=CHECKED,
        in_force_from=SINCE,
        tells=SENDERS,
        note="Before the end; ten working days after it where that was not practicable.",
    ),
)


def local(
    code: str, ref: str, title: str, counted_from: str, days: int, tells: tuple[Role, ...]
) -> Rules:
    """One local target in working days: what two authorities expect of each other, not law."""
    return Rules(
        Rule(
            code=code,
            ref=ref,
            title=title,
            cite=Cite("Local standard", "on notices between authorities"),
            kind=Kind.LOCAL_STANDARD,
            verified=Verified.VERIFIED,
            span=WorkingDays(days),
            counted_from=counted_from,
            checked_on=CHECKED,
            in_force_from=LOCAL_SINCE,
            tells=tells,
        )
    )


HOST_NOTICE_RULES = Rules(
    *local(
        "notices.acknowledge",
        "LOC-20",
        "Acknowledgement by the host authority",
        "the day the notice was sent",
        2,
        (Role.HOST_OFFICER, *SENDERS),
    ),
    *local(
        "notices.acknowledge_up",
        "LOC-21",
        "Acknowledgement, after the host authority's silence",
        "the day the notice was sent",
        5,
        (Role.DIRECTOR, Role.TEAM_MANAGER),
    ),
)
HOME_NOTICE_RULES = Rules(
    Rule(
        code="notices.home",
        ref="CHR-41",
        title="The home's notice to the host authority",
        cite=Cite(HOMES, "reg. 41", "https://www.legislation.gov.uk/uksi/2015/541/regulation/41"),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        local_target=WorkingDays(1),
        counted_from="the day the child came or left",
        who="the registered person",
        checked_on=CHECKED,
        in_force_from=HOMES_SINCE,
        tells=(Role.REGISTERED_MANAGER, Role.HOST_OFFICER),
        note="Without delay. The working day is a local target.",
    )
)
MISMATCH_RULES = Rules(
    *local(
        "notices.mismatch",
        "LOC-22",
        "An answer to why two sources do not agree",
        "the day it was found",
        5,
        (*SENDERS, Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.NOMINATED_OFFICER),
    ),
    *local(
        "notices.mismatch_up",
        "LOC-23",
        "Two sources settled",
        "the day it was found",
        10,
        (Role.DIRECTOR, Role.SERVICE_MANAGER, Role.TEAM_MANAGER),
    ),
)
REPORT_RULES = Rules(
    *local(
        "notices.reports_answer",
        "LOC-24",
        "Answer to the request for monthly reports",
        "the day it was asked",
        10,
        (Role.HOST_OFFICER, Role.REGISTERED_MANAGER),
    ),
    Rule(
        code="notices.report",
        ref="CHR-44",
        title="The independent visitor's monthly report",
        cite=Cite(
            HOMES, "reg. 44(7)", "https://www.legislation.gov.uk/uksi/2015/541/regulation/44"
        ),
        kind=Kind.LOCAL_STANDARD,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        mode=Mode.BUCKET,
        counted_from="the month of the visit",
        applies_when="the host authority asked for the reports and the home agreed",
        who="the registered person",
        checked_on=CHECKED,
        in_force_from=HOMES_SINCE,
        tells=(Role.HOST_OFFICER, Role.REGISTERED_MANAGER),
        note="The regulation says that a copy goes to the host on request, and not by when: the "
        "end of the following month is a local target.",
    ),
)


# What a child's placements owe


def deadlines_of(history: History, as_of: date) -> list[Due]:
    """Everything owed on the placements whose notices are kept here.

    A placement that was read from a return, or was there before notices were kept, has no
    notice here: whether anybody was told of it is not known, so nothing is counted.
    """
    found: list[Due] = []
    notices = {(each.placement, each.kind): each for each in history.placement_notices}
    for placement in history.placements:
        notice = notices.get((placement.id, "placement"))
        if notice is not None:
            found += approval_of(history, placement, notice, as_of)
            found += plans_of(history, placement, notice, notices.values(), as_of)
            found += told_of(placement, notice, as_of)
        ending = notices.get((placement.id, "ending"))
        if ending is not None and placement.ended_on is not None:
            found.append(ending_of(placement, ending, as_of))
    return found


def end_of_placement(placement: PlacementFact) -> Stop | None:
    return Stop(placement.ended_on, "the placement ended") if placement.ended_on else None


def approval_of(
    history: History, placement: PlacementFact, notice: PlacementNoticeFact, as_of: date
) -> Iterator[Due]:
    """Whether somebody who may decide agreed before the child was placed out of area."""
    if placement.is_in_area is not False or placement.first_basis in WITH_PARENTS:
        return
    distant = bool(placement.is_at_a_distance)
    exempt = placement.place in BELIEVED_EXEMPT or placement.first_basis is Basis.REG_24
    code = (
        "notices.approval_believed_exempt"
        if exempt
        else "notices.approval_distant"
        if distant
        else "notices.approval_near"
    )
    given = first_approval(history.approvals, placement.id, by_director=distant and not exempt)
    who = "the director of children's services" if distant else "a nominated officer"
    where = "outside the area and outside every adjoining one" if distant else "outside the area"
    yield answer(
        RULES.governing(code, placement.started_on),
        room=ROOM,
        key=f"approval:{placement.id}",
        counted_from=placement.started_on,
        due_on=placement.started_on,
        placement=placement.id,
        why=f"The placement is {where}; {who} approves it before it starts, on "
        f"{in_words(placement.started_on)}.",
        as_of=as_of,
        met=Met(given.decided_on, given.id) if given and given.decided_on else None,
        stop=end_of_placement(placement),
        facts={"Recorded by": notice.recorded_by} if notice.recorded_by else {},
    )
    if given is not None and given.was_emergency and given.decided_on is not None:
        yield answer(
            RULES.governing("notices.approval_rest", given.decided_on),
            room=ROOM,
            key=f"approval-rest:{placement.id}",
            counted_from=given.decided_on,
            placement=placement.id,
            why=f"The placement was approved in an emergency on {in_words(given.decided_on)}; "
            "relatives, the area authority and the IRO follow within five working days.",
            as_of=as_of,
            met=Met(given.completed_on, given.id) if given.completed_on else None,
            stop=end_of_placement(placement),
        )


def first_approval(
    approvals: Iterable[ApprovalFact], placement: str, *, by_director: bool
) -> ApprovalFact | None:
    """The earliest approval of a placement by somebody who may give it."""
    given = [
        each
        for each in approvals
        if each.placement == placement
        and each.decided_on is not None
        and (each.is_by_director or not by_director)
    ]
    return min(given, key=lambda each: (each.decided_on or date.max, each.id)) if given else None


def plans_of(
    history: History,
    placement: PlacementFact,
    notice: PlacementNoticeFact,
    notices: Iterable[PlacementNoticeFact],
    as_of: date,
) -> Iterator[Due]:
    """The care plan at the first placement of a period of care, and each placement's plan."""
    if is_first_of_period(history, placement) and not was_in_care(history, placement.started_on):
        period = history.period_of(placement)
        made = [
            each.care_plan_on
            for each in notices
            if each.care_plan_on is not None
            and (period is None or each.placement in placements_of(history, period.id))
        ]
        yield answer(
            RULES.governing("notices.care_plan", placement.started_on),
            room=ROOM,
            key=f"care-plan:{placement.id}",
            counted_from=placement.started_on,
            placement=placement.id,
            why=f"The first placement started on {in_words(placement.started_on)}; a care plan is "
            "prepared before it, or within ten working days of it.",
            as_of=as_of,
            met=Met(min(made)) if made else None,
            stop=end_of_care(history, placement),
        )
    yield answer(
        RULES.governing("notices.placement_plan", placement.started_on),
        room=ROOM,
        key=f"placement-plan:{placement.id}",
        counted_from=placement.started_on,
        placement=placement.id,
        why=f"The placement started on {in_words(placement.started_on)}; a placement plan is "
        "prepared before it, or within five working days of it.",
        as_of=as_of,
        met=Met(notice.placement_plan_on) if notice.placement_plan_on else None,
        stop=end_of_placement(placement),
        facts={"Signed": "yes" if notice.placement_plan_signed_on else "not recorded"},
    )


def is_first_of_period(history: History, placement: PlacementFact) -> bool:
    period = history.period_of(placement)
    return period is not None and placement.started_on == period.started_on


def placements_of(history: History, period_id: str) -> set[str]:
    """The placements that began in a period of care."""
    return {
        each.id
        for each in history.placements
        if (period := history.period_of(each)) is not None and period.id == period_id
    }


def was_in_care(history: History, day: date) -> bool:
    """Under a court's order, whose own care plan stands: no clock of ours starts."""
    return history.legal_status_on(day) in IN_CARE


def end_of_care(history: History, placement: PlacementFact) -> Stop | None:
    period = history.period_of(placement)
    if period is None or period.ended_on is None:
        return None
    return Stop(period.ended_on, "the period of care ended")


def told_of(placement: PlacementFact, notice: PlacementNoticeFact, as_of: date) -> Iterator[Due]:
    """Whether everybody was told of a placement, and first of all the host authority."""
    started = in_words(placement.started_on)
    when = (
        f"The placement was made in an emergency on {started}; notice follows within five "
        "working days."
        if notice.is_emergency
        else f"The placement started on {started}; written notice is given before it."
    )
    duties = [("placement", "told", notice.others_told_on, notice.others)]
    if placement.is_in_area is False:
        duties.insert(0, ("host", "host", notice.host_told_on, "the host authority"))
    for code, key, told_on, whom in duties:
        rule = RULES.governing(
            f"notices.{code}{'_emergency' if notice.is_emergency else ''}", placement.started_on
        )
        yield answer(
            rule,
            room=ROOM,
            key=f"notice-{key}:{placement.id}",
            counted_from=placement.started_on,
            due_on=None if notice.is_emergency else placement.started_on,
            placement=placement.id,
            why=when,
            as_of=as_of,
            met=Met(told_on, notice.id) if told_on else None,
            stop=end_of_placement(placement),
            facts={"Still to be told": whom} if not told_on else {},
        )


def ending_of(placement: PlacementFact, notice: PlacementNoticeFact, as_of: date) -> Due:
    assert placement.ended_on is not None
    told_on = notice.everybody_told_on
    return answer(
        RULES.governing("notices.ending", placement.ended_on),
        room=ROOM,
        key=f"notice-ending:{placement.id}",
        counted_from=placement.ended_on,
        placement=placement.id,
        why=f"The placement ended on {in_words(placement.ended_on)}; everybody who was to be told "
        "of it is told that it ended, within ten working days.",
        as_of=as_of,
        met=Met(told_on, notice.id) if told_on else None,
        facts={"Still to be told": notice.others} if not told_on else {},
    )


# What is owed in cases that are no child's


@dataclass(frozen=True, slots=True)
class HostNoticeFact:
    """A notice sent to the host authority, and when they said that they had it."""

    sent_on: date
    acknowledged_on: date | None = None


def host_notice_deadlines(fact: HostNoticeFact, as_of: date) -> list[Due]:
    """How long a notice may stay without an answer, and when its silence goes up."""
    met = Met(fact.acknowledged_on) if fact.acknowledged_on else None
    return [
        answer(
            rule,
            room=ROOM,
            key=rule.code,
            counted_from=fact.sent_on,
            why=f"The notice was sent on {in_words(fact.sent_on)}; the host authority says by name "
            f"that they have it within {rule.span.words}. This is a local target, not the law.",
            as_of=as_of,
            met=met,
        )
        for rule in HOST_NOTICE_RULES
    ]


@dataclass(frozen=True, slots=True)
class HomeNoticeFact:
    """A home's notice: when the child came or left, and when the home said so."""

    happened_on: date
    sent_on: date


def home_notice_deadlines(fact: HomeNoticeFact, as_of: date) -> list[Due]:
    """Whether the home told the host authority without delay."""
    rule = HOME_NOTICE_RULES.governing("notices.home", fact.happened_on)
    return [
        answer(
            rule,
            room=ROOM,
            key=rule.code,
            counted_from=fact.happened_on,
            why=f"The child came or left on {in_words(fact.happened_on)}; the home tells the host "
            "authority without delay.",
            as_of=as_of,
            met=Met(fact.sent_on),
        )
    ]


@dataclass(frozen=True, slots=True)
class MismatchFact:
    """Two sources that do not agree, since when, and what came of it."""

    found_on: date
    answered_on: date | None = None
    settled_on: date | None = None


def mismatch_deadlines(fact: MismatchFact, as_of: date) -> list[Due]:
    """How long a difference may stand unexplained, and unsettled."""
    answered = min(filter(None, (fact.answered_on, fact.settled_on)), default=None)
    ends = {"notices.mismatch": answered, "notices.mismatch_up": fact.settled_on}
    return [
        answer(
            rule,
            room=ROOM,
            # Found again is a new duty; what slipped before stays as it was.
            key=f"{rule.code}:{fact.found_on}",
            counted_from=fact.found_on,
            why=f"Two sources were found not to agree on {in_words(fact.found_on)}; within "
            f"{rule.span.words} somebody says why. This is a local target, not the law."
            if rule.code == "notices.mismatch"
            else f"Two sources were found not to agree on {in_words(fact.found_on)}; within "
            f"{rule.span.words} it is settled, or goes up. This is a local target, not the law.",
            as_of=as_of,
            met=Met(day) if (day := ends[rule.code]) else None,
        )
        for rule in MISMATCH_RULES
    ]


@dataclass(frozen=True, slots=True)
class ReportRequestFact:
    """A standing request for monthly reports, and the months that came."""

    asked_on: date
    answered_on: date | None = None
    agreed_on: date | None = None
    ended_on: date | None = None
    received: Sequence[tuple[date, date]] = ()
    """The first of each month that was reported on, and the day its report came."""


def report_deadlines(fact: ReportRequestFact, as_of: date) -> list[Due]:
    """The answer to the request, then a report for every calendar month since."""
    stop = Stop(fact.ended_on, "the request was withdrawn") if fact.ended_on else None
    asked = REPORT_RULES.governing("notices.reports_answer", fact.asked_on)
    found = [
        answer(
            asked,
            room=ROOM,
            key="answer",
            counted_from=fact.asked_on,
            why=f"The reports were asked for on {in_words(fact.asked_on)}; the home says yes or no "
            f"within {asked.span.words}. This is a local target, not the law.",
            as_of=as_of,
            met=Met(fact.answered_on) if fact.answered_on else None,
            stop=stop,
        )
    ]
    came = dict(fact.received)
    for month in months_expected(fact, as_of):
        rule = REPORT_RULES.governing("notices.report", month)
        last = add_days(add_months(month, 2), -1)
        found.append(
            answer(
                rule,
                room=ROOM,
                key=f"report:{month:%Y-%m}",
                counted_from=month,
                due_on=last,
                why=f"The independent visitor's report for {month:%B %Y} is expected by "
                f"{in_words(last)}. The day is a local target, not the law.",
                as_of=as_of,
                met=Met(came[month]) if month in came else None,
                stop=stop,
            )
        )
    return found


def months_expected(fact: ReportRequestFact, as_of: date) -> list[date]:
    """The first of every month for which a report is expected, up to the present one."""
    if fact.agreed_on is None:
        return []
    month, last = fact.agreed_on.replace(day=1), min(as_of, fact.ended_on or as_of)
    months: list[date] = []
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months


def said_by(day: date) -> date:
    """The last day on which a home's notice of something that happened on a day is in time."""
    target = HOME_NOTICE_RULES.governing("notices.home", day).local_target
    assert target is not None
    return add_working_days(day, target.number)
