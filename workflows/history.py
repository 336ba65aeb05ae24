"""The facts of a child's life that the clocks read: who, where, when, and what was done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from backend.deadlines.count import add_months


class Basis(StrEnum):
    """The special regime a placement is under; no basis means an ordinary placement."""

    REG_19 = "reg_19"
    REG_24 = "reg_24"
    REG_48 = "reg_48"
    INTERIM_ORDER_WITH_PARENT = "interim_order_with_parent"
    CARE_ORDER_WITH_PARENT = "care_order_with_parent"
    OTHERS_ARRANGEMENTS = "others_arrangements"
    ADOPTION = "adoption"
    SECTION_85 = "section_85"
    SECTION_86 = "section_86"


#: A child living there under these is not looked after: other clocks, and no reviews.
NOT_LOOKED_AFTER = (Basis.SECTION_85, Basis.SECTION_86)
#: Legal statuses under which a child is in care, not only looked after.
IN_CARE = ("C1", "C2", "D1", "E1")
#: Places a carer and the authority call long-term foster care.
LONG_TERM_FOSTER = ("U1", "U4")
#: Temporary stays: in hospital, on holiday, or of seven days or less.
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
#: The longest single stay, and the most days in twelve months (S.I. 2010/959 reg. 48(2)).
LONGEST_STAY = 17
MOST_DAYS_A_YEAR = 75
#: The legal status code of a series of short breaks recorded as one agreement.
AGREED_SERIES = "V4"
#: S.I. 2020/445 set the limit on a single stay aside.
ANY_LENGTH_FROM, ANY_LENGTH_UNTIL = date(2020, 4, 24), date(2020, 9, 24)


class Spell(Protocol):
    """Anything that lasts from a day to a day."""

    @property
    def started_on(self) -> date: ...

    @property
    def ended_on(self) -> date | None: ...


def covers(spell: Spell, day: date) -> bool:
    """Whether a spell had begun and not ended before a day; its last day counts."""
    return spell.started_on <= day and (spell.ended_on is None or day <= spell.ended_on)


@dataclass(frozen=True, slots=True)
class CarePeriod:
    """A time during which the child was looked after without a break."""

    started_on: date
    ended_on: date | None = None
    id: str = ""
    is_followed: bool = True
    """Whether the work was kept here from its first day; not so when read from a return."""


@dataclass(frozen=True, slots=True)
class LegalStatusSpell:
    """The SSDA903 legal status of the child during a spell of days."""

    status: str
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class BasisSpell:
    """The regime a placement was under for a time; ``order_made_on`` starts VIS-09's clock."""

    basis: Basis
    started_on: date
    ended_on: date | None = None
    order_made_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """The child: born when, looked after when."""

    date_of_birth: date
    periods: tuple[CarePeriod, ...] = ()
    adoption_authority_on: date | None = None
    """The day authority to place for adoption was obtained (REV-20)."""
    adoption_authority_ended_on: date | None = None
    followed_from: date | None = None
    """The day the record was brought in without the visits made before; None if begun here."""

    @property
    def turns_18_on(self) -> date:
        born = self.date_of_birth
        try:
            return born.replace(year=born.year + 18)
        except ValueError:  # born on a leap day: of full age on 1 March
            return date(born.year + 18, 3, 1)


@dataclass(frozen=True, slots=True)
class PlacementFact:
    """Where the child lived, from a day to a day.

    ``bases`` holds the special regimes in order; days that none covers are ordinary.
    ``setting`` says which home, when known.
    """

    id: str
    started_on: date
    place: str
    ended_on: date | None = None
    bases: tuple[BasisSpell, ...] = ()
    setting: str | None = None
    intended_until_18: bool = False
    permanence_decided_on: date | None = None
    long_term_foster_agreed_on: date | None = None
    long_term_foster_withdrawn_on: date | None = None
    arrangements_changed_on: tuple[date, ...] = ()
    """Days on which somebody else's arrangements for the child changed (VIS-10)."""
    notified_on: date | None = None
    """When the authority was told of a section 85 or 86 stay (VIS-41)."""
    is_in_area: bool | None = None
    is_at_a_distance: bool | None = None
    """Outside the area and every adjoining one (PLC-04); None when it is not known where."""

    def basis_on(self, day: date) -> Basis | None:
        found = None
        for spell in self.bases:
            if spell.started_on <= day and (spell.ended_on is None or day < spell.ended_on):
                found = spell.basis
        return found

    @property
    def first_basis(self) -> Basis | None:
        return self.basis_on(self.started_on)

    @property
    def is_looked_after(self) -> bool:
        return self.first_basis not in NOT_LOOKED_AFTER

    @property
    def is_short_break(self) -> bool:
        return self.first_basis is Basis.REG_48


@dataclass(frozen=True, slots=True)
class VisitFact:
    """A visit that took place; without the child seen it is an attempt and meets nothing."""

    id: str
    placement: str
    made_on: date
    child_seen: bool = True
    seen_alone: bool | None = None
    was_remote: bool = False
    is_welfare_safeguarded: bool = True
    """False when the visitor found the welfare not adequately safeguarded (VIS-14)."""


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """A review; the day it opened governs, the day it was completed is kept beside it.

    ``opened_on`` is None while a review is only convened for ``convened_for``.
    """

    id: str
    opened_on: date | None = None
    completed_on: date | None = None
    convened_on: date | None = None
    convened_for: date | None = None
    was_meeting_held: bool | None = None
    iro_contacted_on: date | None = None
    documents_sent_on: date | None = None
    decisions_issued_on: date | None = None
    manager_received_on: date | None = None
    manager_answered_on: date | None = None
    recorded_on: date | None = None
    circulated_on: date | None = None
    is_followed: bool = False
    """Whether its preparation and record are kept here; not so for reviews read from a return."""


@dataclass(frozen=True, slots=True)
class NoticeFact:
    """A regulator's notice about the home where the child is placed (s30a)."""

    id: str
    placement: str
    received_on: date
    kind: str = "s30a"


@dataclass(frozen=True, slots=True)
class RequestFact:
    """Somebody asked for a visit: the child, or who cares for them."""

    id: str
    asked_on: date
    placement: str | None = None
    asked_by: str = "the child"
    answered_on: date | None = None
    """When somebody came because of it; without it, the next visit after it answers."""
    refused_on: date | None = None
    """When it was decided, with a reason, that the request was not reasonable."""


def in_order(placements: Iterable[PlacementFact]) -> list[PlacementFact]:
    """As the child lived: one that began and ended on a day comes before one that went on."""
    return sorted(
        placements, key=lambda each: (each.started_on, each.ended_on or date.max, each.id)
    )


class EarlyReviewReason(StrEnum):
    """Why a review is owed before its ordinary date."""

    IRO_REQUEST = "iro_request"
    WELFARE_NOT_SAFEGUARDED = "welfare_not_safeguarded"
    BEFORE_AN_EVENT = "before_an_event"


@dataclass(frozen=True, slots=True)
class EarlyReviewTrigger:
    """Something that calls for an early review; ``event_on`` is the day it must come before."""

    id: str
    reason: EarlyReviewReason
    arose_on: date
    event_on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """A significant change to the care plan, which a review considers first (REV-00)."""

    id: str
    proposed_on: date
    is_move: bool = False
    considered_on: date | None = None
    excused_on: date | None = None
    """When it was recorded why considering it first was not reasonably practicable."""
    led_to: str | None = None
    """The placement of the move."""


@dataclass(frozen=True, slots=True)
class IroAppointment:
    """An independent reviewing officer was named for the child."""

    appointed_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class IroCheck:
    """The IRO looked at the case between reviews."""

    id: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class ViewFact:
    """A child said what they want, feel or choose; ``answer_given_on`` is the answer that stands.

    ``act_by`` is the day something was promised for; None where a reason was given why not.
    """

    id: str
    said_on: date
    answered_on: date | None = None
    answer_given_on: date | None = None
    told_on: date | None = None
    act_by: date | None = None
    kept_on: date | None = None
    placement: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time during which a contact plan was set aside."""

    id: str
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A contact that took place. One from afar does not meet a plan to meet in person."""

    id: str
    happened_on: date
    was_in_person: bool = True


@dataclass(frozen=True, slots=True)
class ContactPlanFact:
    """With whom the child keeps in touch, at most how many days apart, and what took place."""

    id: str
    whom: str
    every_days: int
    started_on: date
    in_person: bool = True
    ended_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    contacts: tuple[ContactFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """The decision to place a child outside the area: by whom, and whether in an emergency."""

    id: str
    placement: str | None
    decided_on: date | None
    is_by_director: bool = False
    was_emergency: bool = False
    completed_on: date | None = None
    """When the rest after an emergency approval was done."""


@dataclass(frozen=True, slots=True)
class PlacementNoticeFact:
    """Who was told that a placement started or ended; a day stands once nobody is left to tell."""

    id: str
    placement: str
    kind: str = "placement"
    is_emergency: bool = False
    host_told_on: date | None = None
    others_told_on: date | None = None
    others: str = ""
    """Those still to be told, in words."""
    care_plan_on: date | None = None
    placement_plan_on: date | None = None
    placement_plan_signed_on: date | None = None
    everybody_told_on: date | None = None
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The switches of the placing authority. Local targets are in working days."""

    first_day_visit_counts: bool = False
    local_max_days_between_visits: int | None = None
    request_target_days: int = 5
    early_review_target_days: int = 10


@dataclass(frozen=True, slots=True)
class History:
    """All the facts that the visit and review clocks of one child read."""

    child: ChildFacts
    placements: tuple[PlacementFact, ...] = ()
    legal_statuses: tuple[LegalStatusSpell, ...] = ()
    visits: tuple[VisitFact, ...] = ()
    reviews: tuple[ReviewFact, ...] = ()
    notices: tuple[NoticeFact, ...] = ()
    requests: tuple[RequestFact, ...] = ()
    early_reviews: tuple[EarlyReviewTrigger, ...] = ()
    changes: tuple[ChangeFact, ...] | None = None
    """None when changes of the plan are not known here: then no move is asked about."""
    iro_appointments: tuple[IroAppointment, ...] | None = None
    """None when appointments are not known here: then their clock is left out."""
    iro_checks: tuple[IroCheck, ...] | None = None
    views: tuple[ViewFact, ...] = ()
    contact_plans: tuple[ContactPlanFact, ...] = ()
    approvals: tuple[ApprovalFact, ...] = ()
    placement_notices: tuple[PlacementNoticeFact, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def legal_status_on(self, day: date) -> str | None:
        """The status in force on a day; on a day of change, the later one."""
        found = None
        for spell in self.legal_statuses:
            if covers(spell, day):
                found = spell.status
        return found

    def period_of(self, placement: PlacementFact) -> CarePeriod | None:
        """The period of care in which a placement began."""
        found = None
        for period in self.child.periods:
            if covers(period, placement.started_on):
                found = period
        return found

    @property
    def short_breaks(self) -> list[PlacementFact]:
        """Every stay or agreement under regulation 48, in order."""
        return in_order(stay for stay in self.placements if stay.is_short_break)


@dataclass(frozen=True, slots=True)
class LimitPassed:
    """The day from which short breaks became full looked-after care, and why."""

    on: date
    stay: str
    words: str


def is_agreement(history: History, stay: PlacementFact) -> bool:
    """Whether a record stands for an agreed series (V4) and not for one stay in it.

    A short record of that code is counted as a stay, which is the safer reading.
    """
    return may_be_agreement(stay) and history.legal_status_on(stay.started_on) == AGREED_SERIES


def may_be_agreement(stay: PlacementFact) -> bool:
    """Whether a record is too long for one stay, or has no end."""
    return stay.ended_on is None or (stay.ended_on - stay.started_on).days > MOST_DAYS_A_YEAR


def agreed_series_ended_on(history: History) -> date | None:
    """The day the last agreement on short breaks ended; None while one may go on."""
    stays = history.short_breaks
    if stays and is_agreement(history, stays[-1]):
        return stays[-1].ended_on
    return None


def short_break_limit_passed(history: History, as_of: date) -> LimitPassed | None:
    """The first day on which one stay was over 17 days, or a year's stays over 75 days.

    A day of a stay is counted once it has passed: the day it began is day nought. Stays are
    counted only as far as ``as_of``, because an open stay may still end in time.
    """
    stays = [stay for stay in history.short_breaks if not is_agreement(history, stay)]
    days: list[date] = []
    for stay in stays:
        last = min(stay.ended_on or as_of, as_of)
        for number in range(1, (last - stay.started_on).days + 1):
            day = stay.started_on + timedelta(days=number)
            days.append(day)
            if number > LONGEST_STAY and not ANY_LENGTH_FROM <= day <= ANY_LENGTH_UNTIL:
                return LimitPassed(day, stay.id, f"A single stay passed {LONGEST_STAY} days")
            oldest = len(days) - 1 - MOST_DAYS_A_YEAR
            if oldest >= 0 and days[oldest] > add_months(day, -12):
                return LimitPassed(
                    day, stay.id, f"The stays of twelve months passed {MOST_DAYS_A_YEAR} days"
                )
    return None
