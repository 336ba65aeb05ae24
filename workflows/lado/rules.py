"""The clocks of an allegation: one is guidance for all, most are local targets and say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.deadlines.answer import Met, Stop, answer, in_words
from backend.deadlines.count import add_months
from backend.deadlines.due import Due
from backend.grammar.clocks import (
    Cite,
    Days,
    Kind,
    Mode,
    Months,
    NoFixedPeriod,
    Period,
    Rule,
    Rules,
    Verified,
    Weeks,
    WorkingDays,
)
from backend.grammar.roles import Role

ROOM = "lado"
CHECKED = date(2026, 11, 22)
WORKING_TOGETHER = Cite(
    "Working Together to Safeguard Children 2023",
    "chapter 4, people in positions of trust",
    "https://lincolnshire.gov.uk/directory-record/73037/local-authority-designated-officer-lado-referrals-regarding-children-s-homes",
)
KEEPING_SAFE = Cite("Keeping Children Safe in Education", "part four")
KEEPING_SAFE_ONCE = Cite("Keeping Children Safe in Education", "part four, earlier editions")
#: No authority has set these: they are what Sightline asks where neither law nor guidance does.
LOCAL = Cite("Sightline's default", "for allegations against people who work with children")


def _local(
    code: str,
    ref: str,
    title: str,
    span: Period,
    counted_from: str,
    who: str,
    tells: tuple[Role, ...],
) -> Rule:
    """What people aim for where no law and no guidance gives a number."""
    return Rule(
        code=code,
        ref=ref,
        title=title,
        cite=LOCAL,
        kind=Kind.LOCAL_STANDARD,
        # Nothing in an instrument is left to be checked: the target is the authorities' own.
        verified=Verified.VERIFIED,
        span=span,
        counted_from=counted_from,
        who=who,
        checked_on=CHECKED,
        in_force_from=date(2000, 1, 1),
        tells=tells,
    )


def _employers(code: str, title: str, days: int, applies_when: str) -> Rule:
    """What guidance once expected of an employer: history, and never shown as law."""
    return Rule(
        code=code,
        ref="ALG-07",
        title=title,
        cite=KEEPING_SAFE_ONCE,
        kind=Kind.STATUTORY_GUIDANCE,
        verified=Verified.UNVERIFIED,
        span=WorkingDays(days),
        counted_from="the decision with the LADO",
        applies_when=applies_when,
        who="the employer",
        checked_on=CHECKED,
        in_force_from=date(2000, 1, 1),
        tells=(Role.LADO,),
        note="Earlier guidance only; a date to expect, not one to be held to.",
    )


def _progress(code: str, title: str, span: Period, counted_from: str) -> Rule:
    return Rule(
        code=code,
        ref="ALG-05",
        title=title,
        cite=KEEPING_SAFE,
        kind=Kind.STATUTORY_GUIDANCE,
        verified=Verified.UNVERIFIED,
        span=span,
        counted_from=counted_from,
        mode=Mode.ROLLING,
        who="the LADO",
        checked_on=CHECKED,
        in_force_from=date(2000, 1, 1),
        tells=(Role.LADO,),
    )


RULES = Rules(
    Rule(
        code="lado.referral",
        ref="ALG-01",
        title="Tell the LADO of an allegation",
        cite=WORKING_TOGETHER,
        kind=Kind.STATUTORY_GUIDANCE,
        verified=Verified.SECONDARY,
        span=WorkingDays(1),
        counted_from="the day a manager first knew",
        applies_when="an allegation may meet the threshold",
        who="the employer",
        checked_on=CHECKED,
        in_force_from=date(2000, 1, 1),
        tells=(Role.LADO,),
        note="The day it happened, the day the employer heard and the day a manager knew are all "
        "kept; it is counted from the first awareness of any manager. Some areas ask for 24 hours.",
    ),
    _local(
        "lado.triage",
        "ALG-03",
        "Decide on the threshold",
        WorkingDays(1),
        "the referral",
        "the LADO",
        (Role.LADO,),
    ),
    _local(
        "lado.meeting",
        "ALG-04",
        "Hold the first meeting on the allegation",
        WorkingDays(5),
        "the decision that the threshold is met",
        "the LADO",
        (Role.LADO,),
    ),
    _progress(
        "lado.first_review",
        "First review of progress",
        Weeks(4),
        "the first meeting, or the decision where none was held",
    ),
    _progress(
        "lado.monthly_review",
        "Review of progress, monthly",
        Months(1),
        "the last review that took place",
    ),
    _progress(
        "lado.fortnightly_review",
        "Review of progress, fortnightly",
        Weeks(2),
        "the last review that took place",
    ),
    Rule(
        code="lado.dbs",
        ref="ALG-11",
        title="Refer to the Disclosure and Barring Service",
        cite=Cite(
            "Safeguarding Vulnerable Groups Act 2006",
            "section 35",
            "https://www.legislation.gov.uk/ukpga/2006/47/section/35",
        ),
        kind=Kind.STATUTE,
        verified=Verified.UNVERIFIED,
        span=NoFixedPeriod(),
        counted_from="the dismissal, removal or resignation",
        applies_when="somebody is removed from the work, or would have been had they not left",
        who="the employer",
        checked_on=CHECKED,
        in_force_from=date(2012, 9, 10),
        tells=(Role.LADO,),
        note="The duty stands even when the person resigns.",
    ),
    Rule(
        code="lado.clear_at_once",
        ref="ALG-06",
        title="Resolve what is clear at once",
        cite=KEEPING_SAFE,
        kind=Kind.STATUTORY_GUIDANCE,
        verified=Verified.UNVERIFIED,
        span=Weeks(1),
        counted_from="the allegation",
        applies_when="it is clear from the first that the allegation is unsubstantiated, "
        "unfounded, false or malicious",
        who="the employer and the LADO",
        checked_on=CHECKED,
        in_force_from=date(2000, 1, 1),
        tells=(Role.LADO,),
    ),
    _employers(
        "lado.action",
        "Act where no formal discipline is needed",
        3,
        "no formal discipline is needed",
    ),
    _employers(
        "lado.hearing",
        "Hold the disciplinary hearing",
        15,
        "nothing more has to be found out before a hearing",
    ),
    Rule(
        code="lado.early_years",
        ref="ALG-12",
        title="Early years provider tells Ofsted",
        cite=Cite("Early years foundation stage statutory framework", "paragraph 3.8"),
        kind=Kind.STATUTORY_GUIDANCE,
        verified=Verified.SECONDARY,
        span=Days(14),
        counted_from="the day the allegation was made",
        applies_when="the adult works in early years or childcare",
        who="the registered early years provider",
        checked_on=CHECKED,
        in_force_from=date(2012, 9, 1),
        tells=(Role.LADO,),
        note="As soon as is reasonably practicable, and at the latest within 14 days. It is not "
        "the rule for children's homes.",
    ),
    Rule(
        code="lado.home_notifies",
        ref="ALG-13",
        title="The home notifies Ofsted and everybody concerned",
        cite=Cite(
            "S.I. 2015/541",
            "reg. 40(4)(c)",
            "https://www.legislation.gov.uk/uksi/2015/541/regulation/40",
        ),
        kind=Kind.STATUTE,
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        local_target=WorkingDays(1),
        counted_from="the day the allegation was made",
        applies_when="the allegation is about a children's home or somebody who works there",
        who="the registered person",
        checked_on=CHECKED,
        in_force_from=date(2015, 4, 1),
        tells=(Role.LADO,),
        note="Without delay. The working day is a local target.",
    ),
    _local(
        "lado.home_told",
        "ALG-14",
        "Tell the adult's home authority",
        WorkingDays(1),
        "the decision that the threshold is met",
        "the LADO",
        (Role.LADO,),
    ),
    _local(
        "lado.task",
        "LOC-41",
        "Do what a meeting asked for",
        NoFixedPeriod(),
        "the meeting",
        "whoever was asked",
        (Role.LADO,),
    ),
    _local(
        "lado.outcome_told",
        "ALG-15",
        "Tell the outcome and close",
        WorkingDays(5),
        "the last outcome",
        "the LADO",
        (Role.LADO,),
    ),
)

NOTICE_RULES = Rules(
    _local(
        "lado.notice_receipt",
        "ALG-14",
        "Receive the notice",
        WorkingDays(1),
        "the day the notice was sent",
        "the authority that was told",
        (Role.LADO, Role.SERVICE_MANAGER, Role.RAISED_BY),
    ),
    _local(
        "lado.child_answer",
        "ALG-14",
        "Say what was done about your child",
        WorkingDays(2),
        "the day the child was named",
        "the authority that was told",
        (Role.LADO, Role.SERVICE_MANAGER, Role.RAISED_BY),
    ),
)


@dataclass(frozen=True, slots=True)
class TaskFact:
    """What a meeting asked of somebody, by when, and when it was done."""

    id: int
    asked_on: date
    due_on: date
    done_on: date | None = None


#: Which historic expectation goes with which course of an employer's discipline.
OF_COURSE = {"no_formal": "lado.action", "hearing": "lado.hearing"}


@dataclass(frozen=True, slots=True)
class DisciplineFact:
    """What the employer does about an adult, as it was last recorded."""

    course: str
    decided_on: date
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """What the clocks of one case read, nearly all of it days."""

    referred_on: date
    manager_knew_on: date | None = None
    alleged_on: date | None = None
    decided_on: date | None = None
    opened_on: date | None = None
    is_clear_at_once: bool = False
    is_early_years: bool = False
    is_about_home: bool = False
    ofsted_told_on: date | None = None
    home_notified_on: date | None = None
    has_other_home: bool = False
    home_told_on: date | None = None
    discipline: DisciplineFact | None = None
    tasks: tuple[TaskFact, ...] = ()
    meetings: tuple[date, ...] = ()
    reviews: tuple[date, ...] = ()
    is_fortnightly: bool = False
    left_work_on: date | None = None
    barring_settled_on: date | None = None
    concluded_on: date | None = None
    closed_on: date | None = None
    void_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChildFact:
    """One child whom a notice names, and when the authority said what it had done."""

    id: int
    named_on: date
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the clocks of one notice read."""

    sent_on: date
    received_on: date | None = None
    children: tuple[ChildFact, ...] = ()
    ended_on: date | None = None


def deadlines_of(case: ReferralFacts, as_of: date) -> list[Due]:
    """Everything owed in one case, done or not."""
    return [
        *_told(case, as_of),
        *_decided(case, as_of),
        *_met(case, as_of),
        *_reviewed(case, as_of),
        *_barred(case, as_of),
        *_cleared(case, as_of),
        *_disciplined(case, as_of),
        *_regulator_told(case, as_of),
        *_home_told(case, as_of),
        *_asked(case, as_of),
        *_ended(case, as_of),
    ]


def _void(case: ReferralFacts) -> Stop | None:
    return Stop(case.void_on, "the referral was entered in error") if case.void_on else None


def _told(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.manager_knew_on is None:
        return
    yield answer(
        RULES.governing("lado.referral", case.manager_knew_on),
        room=ROOM,
        key="referral",
        counted_from=case.manager_knew_on,
        why=f"A manager first knew on {in_words(case.manager_knew_on)}; the LADO is told within "
        "one working day. Immediate danger never waits for this.",
        as_of=as_of,
        met=Met(case.referred_on),
    )


def _decided(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    yield answer(
        RULES.governing("lado.triage", case.referred_on),
        room=ROOM,
        key="triage",
        counted_from=case.referred_on,
        why=f"The referral was made on {in_words(case.referred_on)}. "
        "The target for the decision is local, not the law.",
        as_of=as_of,
        met=Met(case.decided_on) if case.decided_on else None,
        stop=_void(case),
    )


def _met(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.opened_on is None:
        return
    yield answer(
        RULES.governing("lado.meeting", case.opened_on),
        room=ROOM,
        key="meeting",
        counted_from=case.opened_on,
        why=f"The threshold was met on {in_words(case.opened_on)}. "
        "The target for the first meeting is local, not the law.",
        as_of=as_of,
        met=Met(case.meetings[0]) if case.meetings else None,
        stop=_end_of_work(case),
    )


def _end_of_work(case: ReferralFacts) -> Stop | None:
    if case.concluded_on is not None:
        return Stop(case.concluded_on, "every allegation had its outcome")
    return _void(case)


def _reviewed(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.opened_on is None:
        return
    began = case.meetings[0] if case.meetings else case.opened_on
    yield _review_after(case, "lado.first_review", "start", began, as_of, *case.reviews[:1])
    often = "lado.fortnightly_review" if case.is_fortnightly else "lado.monthly_review"
    for position, last in enumerate(case.reviews):
        following = case.reviews[position + 1 : position + 2]
        yield _review_after(case, often, f"after:{position + 1}", last, as_of, *following)


def _review_after(
    case: ReferralFacts, code: str, key: str, began: date, as_of: date, *held: date
) -> Due:
    return answer(
        RULES.governing(code, began),
        room=ROOM,
        key=f"review:{key}",
        counted_from=began,
        why=f"Counted from {in_words(began)}.",
        as_of=as_of,
        met=Met(held[0]) if held else None,
        stop=_end_of_work(case),
    )


def _barred(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.left_work_on is None:
        return
    yield answer(
        RULES.governing("lado.dbs", case.left_work_on),
        room=ROOM,
        key="dbs",
        counted_from=case.left_work_on,
        why=f"The adult was removed from the work, or left it, on {in_words(case.left_work_on)}.",
        as_of=as_of,
        met=Met(case.barring_settled_on) if case.barring_settled_on else None,
        stop=_void(case),
    )


def _below(case: ReferralFacts) -> Stop | None:
    """What was decided to be below the threshold is no allegation that anybody has to notify."""
    if case.decided_on is not None and case.opened_on is None:
        return Stop(case.decided_on, "the threshold was decided not to be met")
    return _void(case)


def _alleged(case: ReferralFacts) -> date:
    return case.alleged_on or case.referred_on


def _cleared(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if not case.is_clear_at_once:
        return
    alleged_on = _alleged(case)
    resolved_on = case.concluded_on if case.opened_on else case.decided_on
    yield answer(
        RULES.governing("lado.clear_at_once", alleged_on),
        room=ROOM,
        key="clear",
        counted_from=alleged_on,
        why=f"The allegation was made on {in_words(alleged_on)}, and it was clear from the first "
        "that it is unsubstantiated, unfounded, false or malicious.",
        as_of=as_of,
        met=Met(resolved_on) if resolved_on else None,
        stop=_void(case),
    )


def _disciplined(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.discipline is None or case.discipline.course not in OF_COURSE:
        return
    decided_on, done_on = case.discipline.decided_on, case.discipline.done_on
    yield answer(
        RULES.governing(OF_COURSE[case.discipline.course], decided_on),
        room=ROOM,
        key="discipline",
        counted_from=decided_on,
        why=f"What the employer does was decided on {in_words(decided_on)}. Earlier guidance gave "
        "this number of days; the present one gives none.",
        as_of=as_of,
        met=Met(done_on) if done_on else None,
        stop=_end_of_case(case),
    )


def _regulator_told(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    alleged_on = _alleged(case)
    told_on = [("lado.early_years", case.ofsted_told_on)] if case.is_early_years else []
    told_on += [("lado.home_notifies", case.home_notified_on)] if case.is_about_home else []
    for code, on in told_on:
        yield answer(
            RULES.governing(code, alleged_on),
            room=ROOM,
            key=code.partition(".")[2],
            counted_from=alleged_on,
            why=f"The allegation was made on {in_words(alleged_on)}.",
            as_of=as_of,
            met=Met(on) if on else None,
            stop=_below(case),
        )


def _home_told(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.opened_on is None or not case.has_other_home:
        return
    yield answer(
        RULES.governing("lado.home_told", case.opened_on),
        room=ROOM,
        key="home",
        counted_from=case.opened_on,
        why="The adult lives, or works with children, in the area of another authority too. The "
        f"threshold was met on {in_words(case.opened_on)}. The target is local, not the law.",
        as_of=as_of,
        met=Met(case.home_told_on) if case.home_told_on else None,
        stop=_end_of_work(case),
    )


def _end_of_case(case: ReferralFacts) -> Stop | None:
    return Stop(case.closed_on, "the case was closed") if case.closed_on else _void(case)


def _asked(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    for task in case.tasks:
        yield answer(
            RULES.governing("lado.task", task.asked_on),
            room=ROOM,
            key=f"task:{task.id}",
            counted_from=task.asked_on,
            due_on=task.due_on,
            why=f"The meeting of {in_words(task.asked_on)} asked for this by "
            f"{in_words(task.due_on)}.",
            as_of=as_of,
            met=Met(task.done_on) if task.done_on else None,
            stop=_end_of_case(case),
        )


def _ended(case: ReferralFacts, as_of: date) -> Iterator[Due]:
    if case.concluded_on is None:
        return
    yield answer(
        RULES.governing("lado.outcome_told", case.concluded_on),
        room=ROOM,
        key="outcome",
        counted_from=case.concluded_on,
        why=f"Every allegation had its outcome on {in_words(case.concluded_on)}. "
        "The target for telling everybody is local, not the law.",
        as_of=as_of,
        met=Met(case.closed_on) if case.closed_on else None,
    )


def notice_deadlines_of(notice: NoticeFacts, as_of: date) -> list[Due]:
    """The receipt that is owed, and an answer for each child."""
    stop = Stop(notice.ended_on, "the notice was closed") if notice.ended_on else None
    receipt = answer(
        NOTICE_RULES.governing("lado.notice_receipt", notice.sent_on),
        room=ROOM,
        key="receipt",
        counted_from=notice.sent_on,
        why=f"The notice was sent on {in_words(notice.sent_on)}. This target is local.",
        as_of=as_of,
        met=Met(notice.received_on) if notice.received_on else None,
        stop=stop,
    )
    answers = [
        answer(
            NOTICE_RULES.governing("lado.child_answer", child.named_on),
            room=ROOM,
            key=f"child:{child.id}",
            counted_from=child.named_on,
            why=f"The child was named on {in_words(child.named_on)}. This target is local.",
            as_of=as_of,
            met=Met(child.answered_on) if child.answered_on else None,
            stop=stop,
        )
        for child in notice.children
    ]
    return [receipt, *answers]


#: What an employer's scheme calls normal pension age; a parameter of the case, 65 to 68.
PENSION_AGE = 67
YEARS_KEPT = 10


def keep_until(alleged_on: date, born_on: date | None, pension_age: int = PENSION_AGE) -> date:
    """Until when the record is kept: ten years, or normal pension age when that is later.

    Source: ALG-10. Without a date of birth only the ten years can be counted.
    """
    ten_years = add_months(alleged_on, 12 * YEARS_KEPT)
    return ten_years if born_on is None else max(ten_years, add_months(born_on, 12 * pension_age))


#: How long cases once were expected to take: shown as bands, never as a breach.
BANDS = ((1, "Within one month"), (3, "Within three months"), (12, "Within twelve months"))
LONGER = "Longer than twelve months"


def band_of(referred_on: date, concluded_on: date) -> str:
    """The band of time that a case took, by calendar months."""
    for months, words in BANDS:
        if concluded_on <= add_months(referred_on, months):
            return words
    return LONGER
