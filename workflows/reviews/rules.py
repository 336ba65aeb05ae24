"""By when a child's case must be reviewed: every reviewing clock, with its words in law."""

from datetime import date

from backend.grammar.clocks import (
    Cite,
    Direction,
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

ROOM = "reviews"
CHECKED_ON = date(2026, 11, 21)
TOLD = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
IRO_TOLD = (Role.IRO, Role.IRO_MANAGER)

CARE_PLANNING = "S.I. 2010/959"
ADOPTION = "S.I. 2005/389"
HANDBOOK = "IRO Handbook (2010)"
GUIDANCE = "Children Act 1989 guidance, volume 2 (2015)"
CARE_PLANNING_FROM = date(2011, 4, 1)
LONG_TERM_FROM = date(2015, 4, 1)
ADOPTION_FROM = date(2005, 12, 30)
PART_6 = "https://www.legislation.gov.uk/uksi/2010/959/part/6/made"
REG_48 = "https://www.legislation.gov.uk/uksi/2010/959/regulation/48/made"
REG_36 = "https://www.legislation.gov.uk/uksi/2005/389/regulation/36/made"
HANDBOOK_LINK = "https://www.gov.uk/government/publications/independent-reviewing-officers-handbook"
UNVERIFIED, SECONDARY = Verified.UNVERIFIED, Verified.SECONDARY
ONCE = Mode.ONCE


def review_rule(
    ref: str,
    code: str,
    title: str,
    span: Period,
    counted_from: str,
    provision: str,
    *,
    instrument: str = CARE_PLANNING,
    link: str = PART_6,
    kind: Kind = Kind.STATUTE,
    verified: Verified = Verified.VERIFIED,
    mode: Mode = Mode.ROLLING,
    direction: Direction = Direction.AFTER,
    applies_when: str = "",
    in_force_from: date = CARE_PLANNING_FROM,
    who: str = "the placing authority",
    tells: tuple[Role, ...] = TOLD,
    local_target: WorkingDays | None = None,
    note: str = "",
) -> Rule:
    return Rule(
        code=code if "." in code else f"reviews.{code}",
        ref=ref,
        title=title,
        cite=Cite(instrument, provision, link),
        kind=kind,
        verified=verified,
        span=span,
        counted_from=counted_from,
        mode=mode,
        direction=direction,
        applies_when=applies_when,
        who=who,
        checked_on=CHECKED_ON,
        in_force_from=in_force_from,
        tells=tells,
        local_target=local_target,
        note=note,
    )


def handbook_rule(
    ref: str,
    code: str,
    title: str,
    span: Period,
    counted_from: str,
    provision: str,
    *,
    verified: Verified = UNVERIFIED,
    kind: Kind = Kind.STATUTORY_GUIDANCE,
    direction: Direction = Direction.AFTER,
    mode: Mode = ONCE,
    who: str = "the independent reviewing officer",
    tells: tuple[Role, ...] = IRO_TOLD,
    note: str = "",
) -> Rule:
    return review_rule(
        ref,
        code,
        title,
        span,
        counted_from,
        provision,
        instrument=HANDBOOK,
        link=HANDBOOK_LINK,
        kind=kind,
        verified=verified,
        direction=direction,
        mode=mode,
        who=who,
        tells=tells,
        note=note,
    )


EARLY_TARGET = WorkingDays(10)

CASE_REVIEWS = (
    review_rule(
        "REV-00", "before_change", "Consider a significant change at a review first",
        NoFixedPeriod(), "a proposed significant change to the care plan", "reg. 32(2)",
        mode=ONCE, applies_when="unless not reasonably practicable; includes a planned move",
    ),
    review_rule(
        "REV-01", "first", "First review", WorkingDays(20),
        "the day the child became looked after", "reg. 33(1)", mode=ONCE,
        applies_when="every period of care",
    ),
    review_rule(
        "REV-02", "second", "Second review", Months(3), "the first review actually held",
        "reg. 33(2)", mode=ONCE, applies_when="after the first review",
    ),
    review_rule(
        "REV-03", "later", "Later reviews", Months(6), "the previous review actually held",
        "reg. 33(2)", applies_when="after the second review; a move does not start it again",
    ),
    review_rule(
        "REV-04", "iro_request", "Earlier review asked for by the IRO", NoFixedPeriod(),
        "the request", "reg. 33(3)(a)", mode=ONCE, local_target=EARLY_TARGET,
        applies_when="before the ordinary date",
    ),
    review_rule(
        "REV-05", "welfare", "Earlier review because welfare is not safeguarded",
        NoFixedPeriod(), "the visit that found it", "reg. 33(3)(b), with reg. 30", mode=ONCE,
        local_target=EARLY_TARGET, applies_when="before the ordinary date (see VIS-14)",
    ),
    review_rule(
        "REV-06", "before_event", "Earlier review before a coming event", NoFixedPeriod(),
        "the event", "reg. 33(3)(c) to (e)", mode=ONCE, direction=Direction.BEFORE,
        applies_when="accommodation is to end, or release from detention, and no review would "
        "otherwise come before it",
    ),
    review_rule(
        "REV-07", "adjourned", "Complete an adjourned review", WorkingDays(20),
        "the day the review opened", "reg. 36(2), with the IRO Handbook ch. 3", mode=ONCE,
        verified=UNVERIFIED, applies_when="the IRO was not satisfied with preparation; "
        "exceptional",
    ),
    review_rule(
        "REV-08", "conduct", "How a review is held", NoFixedPeriod(), "each review", "reg. 36",
        mode=ONCE, verified=UNVERIFIED,
        applies_when="the IRO attends, speaks to the child in private before, and sees that "
        "parents' views are taken and every decision is somebody's",
    ),
    review_rule(
        "REV-09", "follow_up", "Carry out and record the decisions", NoFixedPeriod(),
        "each review", "regs. 35, 37 and 38 and Sch. 7", mode=ONCE, verified=UNVERIFIED,
        applies_when="the IRO is told of any significant failure or change",
    ),
    review_rule(
        "REV-10", "short_breaks_first", "First review of a series of short breaks", Months(3),
        "the first day of the first short break", "reg. 48(3)(d)", link=REG_48, mode=ONCE,
        verified=SECONDARY, applies_when="short breaks within the limits of reg. 48(2)",
    ),
    review_rule(
        "REV-11", "short_breaks_later", "Later reviews of a series of short breaks", Months(6),
        "the previous review actually held", "reg. 48(3)(d)", link=REG_48, verified=SECONDARY,
        applies_when="short breaks within the limits of reg. 48(2)",
    ),
    review_rule(
        "REV-12", "annual_meeting", "A review meeting in a long-term foster placement",
        Months(12), "the last review meeting", "ch. 4", instrument=GUIDANCE,
        link="https://www.gov.uk/government/publications/"
        "children-act-1989-care-planning-placement-and-case-review",
        kind=Kind.STATUTORY_GUIDANCE, verified=UNVERIFIED, in_force_from=LONG_TERM_FROM,
        applies_when="long-term foster placement over one year; reviews still every six months, "
        "a meeting need not be held each time; never in a residential placement",
    ),
    review_rule(
        "REV-20", "adoption_authority_first", "First review once adoption is authorised",
        Months(3), "the day authority to place for adoption was obtained", "reg. 36(1)",
        instrument=ADOPTION, link=REG_36, mode=ONCE, in_force_from=ADOPTION_FROM,
        applies_when="authorised and not yet placed",
    ),
    review_rule(
        "REV-20", "adoption_authority_later", "Later reviews once adoption is authorised",
        Months(6), "the previous review actually held", "reg. 36(1)", instrument=ADOPTION,
        link=REG_36, in_force_from=ADOPTION_FROM, applies_when="authorised and not yet placed",
    ),
    review_rule(
        "REV-21", "adoption_first", "First review after placement for adoption", Weeks(4),
        "the placement for adoption", "reg. 36(3)(a)", instrument=ADOPTION, link=REG_36,
        mode=ONCE, in_force_from=ADOPTION_FROM, applies_when="placed for adoption",
    ),
    review_rule(
        "REV-22", "adoption_second", "Second review after placement for adoption", Months(3),
        "the first review actually held", "reg. 36(3)(b)", instrument=ADOPTION, link=REG_36,
        mode=ONCE, in_force_from=ADOPTION_FROM, applies_when="placed for adoption",
    ),
    review_rule(
        "REV-22", "adoption_later", "Later reviews after placement for adoption", Months(6),
        "the previous review actually held", "reg. 36(3)(c)", instrument=ADOPTION, link=REG_36,
        in_force_from=ADOPTION_FROM, applies_when="placed for adoption, until adopted or returned",
    ),
)  # fmt: skip

REVIEWING_OFFICER = (
    handbook_rule(
        "IRO-01", "iro.appointed", "Appoint an IRO", WorkingDays(5),
        "the day the child became looked after", "on appointing an IRO", verified=SECONDARY,
        who="the placing authority", tells=(Role.TEAM_MANAGER, Role.IRO_MANAGER),
    ),
    handbook_rule(
        "IRO-02", "iro.contacted", "Social worker and IRO speak before the review",
        WorkingDays(15), "the review", "on preparing a review", verified=SECONDARY,
        direction=Direction.BEFORE, who="the social worker",
        tells=(Role.SOCIAL_WORKER, Role.IRO, Role.TEAM_MANAGER),
    ),
    handbook_rule(
        "IRO-03", "iro.documents", "Care plan, education and health plans with the IRO",
        WorkingDays(3), "the review", "on preparing a review", direction=Direction.BEFORE,
        who="the social worker", tells=(Role.SOCIAL_WORKER, Role.IRO, Role.TEAM_MANAGER),
        note="The handbook says three days; counted here as working days.",
    ),
    handbook_rule(
        "IRO-04", "iro.midpoint", "IRO looks at the case half way to the next review",
        NoFixedPeriod(), "the last review", "on monitoring between reviews",
        kind=Kind.LOCAL_STANDARD, mode=Mode.ROLLING,
        note="Half way between two reviews.",
    ),
    handbook_rule(
        "IRO-05", "iro.decisions", "Decisions of the review in writing", WorkingDays(5),
        "the review", "ch. 3",
    ),
    handbook_rule(
        "IRO-06", "iro.manager_answer", "Manager says whether the decisions are agreed",
        WorkingDays(5), "the day the manager received them", "ch. 3", verified=SECONDARY,
        who="the team manager", tells=(Role.TEAM_MANAGER, Role.IRO, Role.IRO_MANAGER),
    ),
    handbook_rule(
        "IRO-07", "iro.record", "Full record of the review", WorkingDays(15), "the review",
        "ch. 3",
    ),
    handbook_rule(
        "IRO-08", "iro.circulated", "Record sent to those who should have it", WorkingDays(20),
        "the review", "ch. 3", who="the placing authority",
        tells=(Role.IRO, Role.IRO_MANAGER, Role.TEAM_MANAGER),
        note="Counted from the review; some authorities count from the finished record.",
    ),
)  # fmt: skip

RULES = Rules(*CASE_REVIEWS, *REVIEWING_OFFICER)
