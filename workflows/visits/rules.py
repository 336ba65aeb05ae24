"""By when a child must be visited: every visiting clock, with its words in law."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from backend.grammar.clocks import (
    Cite,
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

ROOM = "visits"
CHECKED_ON = date(2026, 11, 21)
TOLD = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)
TOLD_WITHOUT_IRO = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

CARE_PLANNING = "S.I. 2010/959"
CARE_PLANNING_FROM = date(2011, 4, 1)
LONG_TERM_FROM = date(2015, 4, 1)
ADOPTION = "S.I. 2005/389"
ADOPTION_FROM = date(2005, 12, 30)
LONG_STAYS = "S.I. 2011/1010"
CHILDREN_ACT = "Children Act 1989"
REG_28 = "https://www.legislation.gov.uk/uksi/2010/959/regulation/28/made"
REG_48 = "https://www.legislation.gov.uk/uksi/2010/959/regulation/48/made"
REG_36 = "https://www.legislation.gov.uk/uksi/2005/389/regulation/36/made"
LONG_STAY_LINK = "https://www.legislation.gov.uk/uksi/2011/1010/made"
PART_5 = "https://www.legislation.gov.uk/uksi/2010/959/part/5"

# In 2020 and 2021 a visit could be made from afar, at first widely and then in few cases.
# The day on which this ended has not been read in the instrument.
REMOTE = (
    (date(2020, 4, 24), date(2020, 9, 24), "S.I. 2020/445"),
    (date(2020, 9, 25), date(2021, 9, 30), "S.I. 2020/909"),
)
REMOTE_LINK = "https://www.legislation.gov.uk/uksi/2020/445/made"


def visit_rule(
    ref: str,
    code: str,
    title: str,
    span: Period,
    counted_from: str,
    provision: str,
    *,
    instrument: str = CARE_PLANNING,
    link: str = REG_28,
    verified: Verified = Verified.VERIFIED,
    mode: Mode = Mode.ROLLING,
    applies_when: str = "",
    in_force_from: date = CARE_PLANNING_FROM,
    tells: tuple[Role, ...] = TOLD,
    local_target: WorkingDays | None = None,
    note: str = "",
) -> Rule:
    return Rule(
        code=f"visits.{code}",
        ref=ref,
        title=title,
        cite=Cite(instrument, provision, link),
        kind=Kind.STATUTE,
        verified=verified,
        span=span,
        counted_from=counted_from,
        mode=mode,
        applies_when=applies_when,
        who="the placing authority's representative",
        checked_on=CHECKED_ON,
        in_force_from=in_force_from,
        tells=tells,
        local_target=local_target,
        note=note,
    )


def with_remote_years(rule: Rule) -> tuple[Rule, ...]:
    """The versions of a rule of regulation 28, with those that let visits be made from afar."""
    versions: list[Rule] = []
    starts = rule.in_force_from
    for begins, ends, instrument in REMOTE:
        if starts < begins:
            versions.append(
                replace(rule, in_force_from=starts, in_force_to=begins - timedelta(days=1))
            )
        versions.append(
            replace(
                rule,
                cite=Cite(
                    rule.cite.instrument,
                    f"{rule.cite.provision} as altered by {instrument}",
                    REMOTE_LINK,
                ),
                verified=Verified.UNVERIFIED,
                in_force_from=begins,
                in_force_to=ends,
                remote_visits_count=True,
                note="A visit made from afar could count; read the instrument before relying on "
                "this.",
            )
        )
        starts = ends + timedelta(days=1)
    return (*versions, replace(rule, in_force_from=starts))


def regulation_28(rules: Iterable[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield from with_remote_years(rule)


ONCE = Mode.ONCE
PLACEMENT_START = "the start of the placement"
LAST_VISIT = "the last actual visit"
UNVERIFIED, SECONDARY = Verified.UNVERIFIED, Verified.SECONDARY

ORDINARY = (
    visit_rule(
        "VIS-01", "first", "First visit in a placement", Weeks(1), PLACEMENT_START,
        "reg. 28(2)(a)", mode=ONCE, applies_when="any placement; each move starts it again",
    ),
    visit_rule(
        "VIS-02", "first_year", "Visits in the first year of a placement", Weeks(6), LAST_VISIT,
        "reg. 28(2)(b)",
        applies_when="the last visit was before the first anniversary of the placement",
    ),
    visit_rule(
        "VIS-03", "until_18", "Visits after the first year, placement intended until 18",
        Months(3), LAST_VISIT, "reg. 28(2)(c)(i)",
        applies_when="a recorded decision that the placement is to last until the child is 18",
    ),
    visit_rule(
        "VIS-04", "later_years", "Visits after the first year, any other placement", Weeks(6),
        LAST_VISIT, "reg. 28(2)(c)(ii)", applies_when="no intention that it lasts until 18",
    ),
    visit_rule(
        "VIS-05", "long_term_foster", "Visits in a long-term foster placement", Months(6),
        LAST_VISIT, "reg. 28 as amended by S.I. 2015/495 reg. 5", verified=SECONDARY,
        in_force_from=LONG_TERM_FROM,
        applies_when="long-term foster placement, in place a year, and the child has agreed to "
        "fewer visits; never in a residential placement",
    ),
    visit_rule(
        "VIS-06", "unassessed_parents_weekly", "Weekly visits before assessment is complete",
        Weeks(1), LAST_VISIT, "reg. 28(3)",
        applies_when="regulation 19 applies, until the first review",
    ),
    visit_rule(
        "VIS-06", "unassessed_parents", "Visits before assessment is complete, after the review",
        Weeks(6), LAST_VISIT, "reg. 28(3)", applies_when="regulation 19 applies, after the first "
        "review",
    ),
    visit_rule(
        "VIS-07", "temporary_approval_weekly", "Weekly visits to a connected person's home",
        Weeks(1), LAST_VISIT, "reg. 28(4)",
        applies_when="regulation 24 applies, until the first review",
    ),
    visit_rule(
        "VIS-07", "temporary_approval", "Visits to a connected person's home, after the review",
        Weeks(4), LAST_VISIT, "reg. 28(4)",
        applies_when="regulation 24 applies, after the first review",
    ),
    visit_rule(
        "VIS-08", "interim_order_weekly", "Weekly visits to a child with parents, interim order",
        Weeks(1), LAST_VISIT, "reg. 28(4)",
        applies_when="interim care order and living with a parent, until the first review",
    ),
    visit_rule(
        "VIS-08", "interim_order", "Visits to a child with parents, interim order, after the "
        "review", Weeks(4), LAST_VISIT, "reg. 28(4)",
        applies_when="interim care order and living with a parent, after the first review",
    ),
    visit_rule(
        "VIS-09", "care_order_first", "First visit after a care order, living with parents",
        Weeks(1), "the making of the care order", "reg. 28(5)", mode=ONCE,
        applies_when="full care order and living with a parent",
    ),
    visit_rule(
        "VIS-09", "care_order", "Visits to a child with parents, care order", Weeks(6),
        LAST_VISIT, "reg. 28(5)", applies_when="full care order and living with a parent",
    ),
    visit_rule(
        "VIS-10", "others_first", "First visit where others arranged where the child lives",
        Weeks(1), "the start of, or a change to, the arrangements", "reg. 28(6)", mode=ONCE,
        verified=UNVERIFIED,
        applies_when="in care, and somebody else is responsible for the arrangements",
    ),
    visit_rule(
        "VIS-10", "others_first_year", "Visits where others arranged where the child lives",
        Weeks(6), LAST_VISIT, "reg. 28(6)", verified=UNVERIFIED,
        applies_when="in care, others responsible, in the first year",
    ),
    visit_rule(
        "VIS-10", "others_later_years", "Visits where others arranged it, after the first year",
        Months(3), LAST_VISIT, "reg. 28(6)", verified=UNVERIFIED,
        applies_when="in care, others responsible, after the first year",
    ),
    visit_rule(
        "VIS-11", "requested", "Visit that somebody asked for", NoFixedPeriod(),
        "the day of the request", "reg. 28(7)(a)", mode=ONCE, verified=SECONDARY,
        local_target=WorkingDays(5),
        applies_when="a reasonable request by the child or whoever cares for them",
    ),
    visit_rule(
        "VIS-12", "regulator_notice", "Visit after a regulator's notice about the home", Weeks(1),
        "the day the notice was first received", "reg. 28(7)(b)", mode=ONCE,
        verified=UNVERIFIED, applies_when="a notice under section 30A of the Care Standards Act "
        "2000 names the home; one clock for every child placed there",
    ),
)  # fmt: skip

DUTIES = (
    visit_rule(
        "VIS-13", "in_private", "Speak to the child in private", NoFixedPeriod(),
        "every visit", "reg. 29", mode=ONCE,
        link="https://www.legislation.gov.uk/uksi/2010/959/regulation/29",
        applies_when="unless the child refuses, it is inappropriate given age and understanding, "
        "or the visitor is unable; how a child communicates is not by itself an exception",
    ),
    visit_rule(
        "VIS-14", "welfare_review", "Review the case when welfare is not safeguarded",
        NoFixedPeriod(), "the visit", "reg. 30", mode=ONCE,
        link="https://www.legislation.gov.uk/uksi/2010/959/regulation/30",
        applies_when="a visit found welfare not adequately safeguarded by the placement",
        note="The review itself is counted under REV-05.",
    ),
    visit_rule(
        "VIS-15", "advice_between_visits", "Advice and support between visits", NoFixedPeriod(),
        "the start of the placement", "reg. 31", mode=ONCE, link=PART_5, verified=UNVERIFIED,
        applies_when="throughout; tell the child how to get it",
    ),
)  # fmt: skip

SHORT_BREAKS = (
    visit_rule(
        "VIS-16", "short_breaks_first", "First visit in a series of short breaks", Months(3),
        "the first day of the first short break", "reg. 48(3)(c)", link=REG_48, mode=ONCE,
        verified=UNVERIFIED,
        applies_when="same carer or place, no stay over 17 days, at most 75 days in any twelve "
        "months; on days when the child is there",
    ),
    visit_rule(
        "VIS-16", "short_breaks", "Visits in a series of short breaks", Months(6), LAST_VISIT,
        "reg. 48(3)(c)", link=REG_48, verified=UNVERIFIED,
        applies_when="as for the first visit in a series of short breaks",
    ),
)  # fmt: skip

PLACED_FOR_ADOPTION = (
    visit_rule(
        "VIS-20", "adoption_first", "First visit to a child placed for adoption", Weeks(1),
        PLACEMENT_START, "reg. 36(4)(a)", instrument=ADOPTION, link=REG_36, mode=ONCE,
        in_force_from=ADOPTION_FROM, applies_when="placed for adoption",
    ),
    visit_rule(
        "VIS-20", "adoption_weekly", "Weekly visits to a child placed for adoption", Weeks(1),
        LAST_VISIT, "reg. 36(4)(b)", instrument=ADOPTION, link=REG_36,
        in_force_from=ADOPTION_FROM, applies_when="placed for adoption, until the first review",
    ),
    visit_rule(
        "VIS-20", "adoption_as_decided", "Visits as decided at the adoption review",
        NoFixedPeriod(), LAST_VISIT, "reg. 36(4)(c)", instrument=ADOPTION, link=REG_36,
        in_force_from=ADOPTION_FROM, applies_when="placed for adoption, after the first review",
    ),
)  # fmt: skip

NOT_LOOKED_AFTER_STAYS = (
    visit_rule(
        "VIS-40", "stay_notified", "Tell the authority of a long stay in health or education",
        NoFixedPeriod(), "when three months or more are intended", "ss. 85 to 86A",
        instrument=CHILDREN_ACT, verified=SECONDARY, mode=ONCE, tells=TOLD_WITHOUT_IRO,
        link="https://www.legislation.gov.uk/ukpga/1989/41/section/86A",
        applies_when="not looked after; accommodated by a health body, in education, a care home "
        "or an independent hospital for at least three months",
    ),
    visit_rule(
        "VIS-41", "stay_first", "First visit to a child in a long stay", WorkingDays(14),
        "the day the authority was told", "reg. 3", instrument=LONG_STAYS, link=LONG_STAY_LINK,
        verified=UNVERIFIED, mode=ONCE, tells=TOLD_WITHOUT_IRO,
        applies_when="the authority was told under section 85 or 86",
    ),
    visit_rule(
        "VIS-41", "stay_first_year", "Visits in the first year of a long stay", Months(3),
        LAST_VISIT, "reg. 3", instrument=LONG_STAYS, link=LONG_STAY_LINK, verified=UNVERIFIED,
        tells=TOLD_WITHOUT_IRO, applies_when="section 85 or 86, in the first year",
    ),
    visit_rule(
        "VIS-41", "stay_later_years", "Visits after the first year of a long stay", Months(6),
        LAST_VISIT, "reg. 3", instrument=LONG_STAYS, link=LONG_STAY_LINK, verified=UNVERIFIED,
        tells=TOLD_WITHOUT_IRO, applies_when="section 85 or 86, after the first year",
    ),
)  # fmt: skip

RULES = Rules(
    *regulation_28(ORDINARY),
    *DUTIES,
    *SHORT_BREAKS,
    *PLACED_FOR_ADOPTION,
    *NOT_LOOKED_AFTER_STAYS,
)
