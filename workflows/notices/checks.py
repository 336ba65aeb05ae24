"""Can this be done now? Questions about the case and its facts, never about who asks."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.access.models import Person
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import FURTHEST_BACK, check_reason, check_text, in_words
from backend.grammar.moments import day_of
from backend.records.models import Authority, Child, Placement, Setting
from workflows.notices.models import (
    BEFORE_AN_EMERGENCY,
    MAY_BE_NOBODY,
    MAY_BE_WITHHELD,
    Approval,
    Basis,
    ConditionKind,
    Explanation,
    HasPlan,
    HomeNotice,
    HomeNoticeKind,
    Level,
    Line,
    Mismatch,
    MonthlyReport,
    Notice,
    Outcome,
    Recipient,
    ReportRequest,
)
from workflows.notices.queries import conditions_missing
from workflows.notices.table import VOID

LONGEST_NAME = 200


class UnableToApprove(NotNow):
    """Something that must be so before a placement outside the area is not recorded yet."""


class UnableToAskApproval(NotNow):
    """A decision about this placement stands already."""


class UnableToSettleLine(NotNow):
    """Somebody already recorded what became of it."""


class UnableToAskForReports(NotNow):
    """A request to this home stands already."""


class UnableToMatch(NotNow):
    """The placement is matched with another notice of the home."""


def check_day(day: date, at: datetime, field: str) -> date:
    """:raises FactRefused: the day lies in the future, or more than ten years back."""
    if day > day_of(at):
        raise FactRefused("This day is in the future.", field=field)
    if day < day_of(at) - FURTHEST_BACK:
        raise FactRefused("This day is more than ten years ago.", field=field)
    return day


def check_day_to_come(day: date, at: datetime) -> None:
    """:raises FactRefused: further back or ahead than anybody plans a placement."""
    if abs((day - day_of(at)).days) > 366:
        raise FactRefused("This is more than a year away.", field="starts_on")


def check_name(name: str, words: str, field: str, longest: int = LONGEST_NAME) -> str:
    """:raises FactRefused: nothing was written, or more than anybody would."""
    return check_text(check_reason(name, words, field), field, longest=longest)


# Approval


def level_for(child: Child, host: Authority) -> Level:
    """Who decides: the director where the host is neither the authority nor its neighbour.

    :raises FactRefused: the place is within the authority's own area.
    """
    if host.pk == child.authority_id:
        raise FactRefused(
            "This is within the authority's own area: no approval is needed.", field="setting"
        )
    adjoins = child.authority.neighbours.filter(pk=host.pk).exists()
    return Level.NOMINATED_OFFICER if adjoins else Level.DIRECTOR


def check_where(
    child: Child, setting: Setting | None, placement: Placement | None, host: Authority | None
) -> tuple[str, Authority]:
    """Where the child is to live, and in whose area.

    :raises FactRefused: nothing says where, or it is another child's placement.
    """
    if placement is not None:
        if placement.child_id != child.pk:
            raise FactRefused("This is no placement of this child.", field="placement")
        if placement.host_authority is None:
            raise FactRefused(
                "It is not known in whose area this placement is. Correct its postcode first.",
                field="placement",
            )
        return placement.where, placement.host_authority
    if setting is not None:
        return setting.name, setting.host_authority
    if host is None:
        raise FactRefused("Say where the child is to live.", field="setting")
    return host.name, host


def check_can_ask(child: Child, placement: Placement | None, setting: Setting | None) -> None:
    """:raises UnableToAskApproval: a decision on the same placement waits or was given."""
    standing = Approval.objects.filter(
        child=child, state__in=["asked", "with_director", "part_approved", "approved"]
    )
    if placement is not None:
        standing = standing.filter(placement=placement)
    else:
        standing = standing.filter(placement__isnull=True, setting=setting)
    if one := standing.first():
        raise UnableToAskApproval(f"This was asked for before. It is now: {one.stands_at.label}.")


def check_can_approve(approval: Approval, wanted: tuple[ConditionKind, ...]) -> None:
    """:raises UnableToApprove: something that must be so is not recorded; says what."""
    missing = conditions_missing(approval, wanted)
    if missing:
        words = "; ".join(ConditionKind(kind).label.lower() for kind in missing)
        raise UnableToApprove(f"Before this can be approved, record the evidence for: {words}.")


def check_is_emergency(approval: Approval) -> None:
    """:raises UnableToApprove: nobody said that it is an emergency, or what comes first is not."""
    if not approval.is_emergency:
        raise UnableToApprove(
            "This was not asked for as an emergency: all of the conditions come first."
        )
    check_can_approve(approval, BEFORE_AN_EMERGENCY)


def check_condition(kind: str, evidence: str, was_not_appropriate: bool) -> str:
    """:raises FactRefused: no condition of the law, no evidence, or passed over without leave."""
    if kind not in ConditionKind.values:
        raise FactRefused("Say what was done.", field="kind")
    if was_not_appropriate and kind != ConditionKind.RELATIVES:
        raise FactRefused(
            "Only relatives may be left out where consulting them is not appropriate.",
            field="was_not_appropriate",
        )
    return check_reason(evidence, "Say what was done, by whom, and what was said.", "evidence")


# Notices


def check_waits(line: Line, notice: Notice) -> None:
    """:raises UnableToSettleLine: what became of it stands already."""
    if line.notice_id != notice.pk:
        raise FactRefused("This is no line of this notice.", field="line")
    if line.outcome != Outcome.WAITING:
        by = line.by.name if line.by else "Somebody"
        day = in_words(line.settled_on) if line.settled_on else "before"
        raise UnableToSettleLine(
            f"{by} already recorded this on {day}: {Outcome(line.outcome).label.lower()}."
        )


def check_tells_somebody(lines: Sequence[Line]) -> None:
    """:raises FactRefused: nobody was named, or the host authority, who is sent the notice."""
    if not lines:
        raise FactRefused("Say who was told.", field="lines")
    if any(line.recipient == Recipient.HOST for line in lines):
        raise FactRefused("The host authority is sent the notice itself.", field="lines")


def check_told_on(notice: Notice, day: date, at: datetime) -> None:
    """:raises FactRefused: in the future, or long before the placement was thought of."""
    check_day(day, at, "sent_on")
    placement = notice.placement
    assert placement is not None
    if (placement.started_on - day).days > 365:
        raise FactRefused("This is more than a year before the placement.", field="sent_on")


def check_may_withhold(line: Line, reason: str) -> str:
    """:raises FactRefused: the law does not let notice be withheld from them, or no reason."""
    if line.recipient not in MAY_BE_WITHHELD:
        raise FactRefused(
            f"Notice cannot be withheld from {Recipient(line.recipient).label.lower()}.",
            field="line",
        )
    words = (
        "Say why telling the child would not be appropriate, for their age and understanding."
        if line.recipient == Recipient.CHILD
        else "Say what significant harm telling them would put the child at risk of."
    )
    return check_reason(reason, words)


def check_may_leave_out(line: Line, reason: str) -> str:
    """:raises FactRefused: there always is such a one, or it is not said why there is none."""
    if line.recipient not in MAY_BE_NOBODY:
        raise FactRefused(
            f"{Recipient(line.recipient).label} must be told.",
            field="line",
        )
    return check_reason(reason, "Say why there is nobody to tell.")


def check_plans(
    notice: Notice,
    *,
    care_plan_on: date | None,
    placement_plan_on: date | None,
    signed_by: str,
    signed_on: date | None,
    at: datetime,
) -> None:
    """:raises FactRefused: nothing said, a day in the future, or signed before it was made."""
    if notice.kind != "placement":
        raise FactRefused("Plans belong with the notice of the placement, not of its end.")
    if care_plan_on is None and placement_plan_on is None:
        raise FactRefused("Say when a plan was prepared.", field="placement_plan_on")
    for field, day in (
        ("care_plan_on", care_plan_on),
        ("placement_plan_on", placement_plan_on),
        ("placement_plan_signed_on", signed_on),
    ):
        if day is not None:
            check_day(day, at, field)
    check_text(signed_by, "placement_plan_signed_by", longest=LONGEST_NAME)
    if bool(signed_by.strip()) != (signed_on is not None):
        raise FactRefused(
            "Say both who signed the placement plan and when.",
            field="placement_plan_signed_on" if signed_by else "placement_plan_signed_by",
        )
    if signed_on and (placement_plan_on is None or signed_on < placement_plan_on):
        raise FactRefused(
            "The placement plan is signed after it is prepared.", field="placement_plan_signed_on"
        )


def check_tells_host(needs: str, why_here: str, kind: str) -> None:
    """:raises FactRefused: the notice to the host does not say what the law has it say."""
    check_text(needs, "needs")
    check_text(why_here, "why_here")
    if kind != "placement":
        return
    check_reason(needs, "Give the assessment of the child's needs.", "needs")
    check_reason(why_here, "Say why this is the most appropriate placement.", "why_here")


# The home's notice


def check_home_notice(
    setting: Setting,
    *,
    kind: str,
    date_of_birth: date,
    happened_on: date,
    sent_on: date,
    basis: str,
    has_ehc_plan: str,
    ehc_authority: Authority | None,
    at: datetime,
) -> None:
    """:raises FactRefused: something that the notice must say is missing, or cannot be true."""
    if kind not in HomeNoticeKind.values:
        raise FactRefused("Say whether the child came or left.", field="kind")
    if basis not in Basis.values:
        raise FactRefused("Say under what the child is accommodated.", field="basis")
    if has_ehc_plan not in HasPlan.values:
        raise FactRefused("Say whether there is an EHC plan.", field="has_ehc_plan")
    if has_ehc_plan == HasPlan.YES and ehc_authority is None:
        raise FactRefused("Say which authority keeps the EHC plan.", field="ehc_authority")
    check_day(happened_on, at, "happened_on")
    check_day(sent_on, at, "sent_on")
    if sent_on < happened_on:
        raise FactRefused("The notice is given when it has happened.", field="sent_on")
    if date_of_birth > happened_on:
        raise FactRefused("This is after the child came or left.", field="date_of_birth")
    if (happened_on - date_of_birth).days > 26 * 366:
        raise FactRefused("This is nobody of a child's age.", field="date_of_birth")


def check_can_match(notice: HomeNotice, placement: Placement) -> None:
    """:raises FactRefused, UnableToMatch: lived elsewhere, or another notice says the same."""
    if placement.setting_id != notice.setting_id:
        raise FactRefused("This child does not live in this home.", field="placement")
    taken = HomeNotice.objects.filter(placement=placement, kind=notice.kind, state="matched")
    if taken.exclude(pk=notice.pk).exists():
        raise UnableToMatch("Another notice of the home says the same of this child.")


# Mismatches and reports


def check_corrects(mismatch: Mismatch, said: Explanation | None, by: Person) -> None:
    """:raises FactRefused: somebody else's words, or words that were corrected before."""
    if said is None:
        return
    if said.mismatch_id != mismatch.pk or said.by_id != by.pk:
        raise FactRefused("Choose something that you said here yourself.", field="corrects")
    if Explanation.objects.filter(corrects=said).exists():
        raise FactRefused(
            "This was corrected already. Correct what you said last.", field="corrects"
        )


def check_can_reopen(mismatch: Mismatch) -> None:
    """:raises NotNow: what it was about was entered in error."""
    if mismatch.home_notice and mismatch.home_notice.state == VOID:
        raise NotNow("The home's notice was entered in error: there is nothing left to settle.")


def check_can_ask_reports(setting: Setting) -> None:
    """:raises UnableToAskForReports: a request stands; says since when."""
    standing = ReportRequest.objects.filter(
        setting=setting, state__in=["asked", "agreed", "refused"]
    ).first()
    if standing is not None:
        raise UnableToAskForReports(
            f"The reports were asked for on {in_words(standing.asked_on)}. It is now: "
            f"{standing.stands_at.label.lower()}."
        )


def check_report(
    request: ReportRequest, month: date, received_on: date, visited_on: date | None, at: datetime
) -> date:
    """The first of the month it is about.

    :raises FactRefused: a month to come, one that was received, or a day in the future.
    """
    check_day(received_on, at, "received_on")
    first = month.replace(day=1)
    check_day(first, at, "month")
    if visited_on is not None:
        check_day(visited_on, at, "visited_on")
        if visited_on.replace(day=1) != first:
            raise FactRefused("The visit was in another month.", field="visited_on")
    if MonthlyReport.objects.filter(request=request, month=first).exists():
        raise FactRefused(f"The report for {first:%B %Y} was received before.", field="month")
    return first
