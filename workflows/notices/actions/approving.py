"""Deciding on a placement outside the area of the child's own authority."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import carry_out, open_case, require_part
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.records.models import Authority, Child, Placement, Setting
from workflows.notices import events
from workflows.notices.checks import (
    check_can_approve,
    check_can_ask,
    check_condition,
    check_day,
    check_day_to_come,
    check_is_emergency,
    check_where,
    level_for,
)
from workflows.notices.models import Approval, Condition, ConditionKind, Level
from workflows.notices.table import KEEPERS, PART_APPROVED

EVERYTHING = tuple(ConditionKind)


@transaction.atomic
def ask_approval(
    *,
    child: Child,
    needs: str,
    why_here: str,
    by: Person,
    at: datetime,
    placement: Placement | None = None,
    setting: Setting | None = None,
    host_authority: Authority | None = None,
    starts_on: date | None = None,
    is_emergency: bool = False,
    emergency_reason: str = "",
) -> Approval:
    """This will ask whoever must approve a placement outside the area: the nominated officer,
    or the director where it is at a distance.

    :raises NotAllowed: the person does not keep this child's record.
    :raises UnableToAskApproval: a decision on this placement stands already.
    :raises FactRefused: it is within the area, or something is missing.
    """
    require_part(by, child, KEEPERS, at, doing="ask for approval of a placement")
    where, host = check_where(child, setting, placement, host_authority)
    day = placement.started_on if placement else starts_on
    if day is None:
        raise FactRefused("Enter the day the placement is to start.", field="starts_on")
    if placement is None:
        check_day_to_come(day, at)
    level = level_for(child, host)
    if is_emergency:
        emergency_reason = check_reason(
            emergency_reason, "Say why this is an emergency.", "emergency_reason"
        )
    approval = Approval(
        child=child,
        placement=placement,
        setting=placement.setting if placement else setting,
        where=where,
        host_authority=host,
        level=level,
        starts_on=day,
        needs=check_reason(needs, "Say what the child needs.", "needs"),
        why_here=check_reason(
            why_here, "Say why this is the most appropriate placement.", "why_here"
        ),
        is_emergency=is_emergency,
        emergency_reason=emergency_reason if is_emergency else "",
        asked_by=by,
    )
    lock_child(child.pk)
    check_can_ask(child, placement, setting)
    return open_case(
        approval,
        "ask_director" if level == Level.DIRECTOR else "ask",
        by=by,
        at=at,
        carries={"level": level.label},
    )


def satisfy_condition(
    *,
    approval: Approval,
    kind: str,
    evidence: str,
    satisfied_on: date,
    by: Person,
    at: datetime,
    was_not_appropriate: bool = False,
    expects: int | None = None,
) -> Approval:
    """This will record what was done for one of the conditions, with its evidence.

    Said again, the later evidence stands; the earlier is kept in the history of the row.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no such condition, no evidence, or a day in the future.
    """
    evidence = check_condition(kind, evidence, was_not_appropriate)
    check_day(satisfied_on, at, "satisfied_on")

    def keep(case: Approval) -> None:
        Condition.objects.update_or_create(
            approval=case,
            kind=kind,
            defaults={
                "evidence": evidence,
                "satisfied_on": satisfied_on,
                "was_not_appropriate": was_not_appropriate,
                "by": by,
            },
        )

    return carry_out(
        approval,
        "satisfy",
        by=by,
        at=at,
        expects=expects,
        carries={"what": ConditionKind(kind).label.lower()},
        then=keep,
    )


def approve_placement(
    *,
    approval: Approval,
    by: Person,
    at: datetime,
    decided_on: date | None = None,
    expects: int | None = None,
) -> Approval:
    """This will approve the placement, once everything that must be so is recorded.

    :raises NotAllowed: at a distance only the director approves.
    :raises UnableToApprove: evidence is missing; says for what.
    :raises NotNow, MovedOn, FactRefused: as the gate says; a day in the future.
    """
    day = check_day(decided_on or day_of(at), at, "decided_on")
    return carry_out(
        approval,
        "approve_distant" if approval.is_by_director else "approve",
        by=by,
        at=at,
        expects=expects,
        facts={"decided_by": by, "decided_on": day},
        carries={"on": in_words(day)},
        check=lambda case: check_can_approve(case, EVERYTHING),
    )


def approve_emergency(
    *,
    approval: Approval,
    by: Person,
    at: datetime,
    decided_on: date | None = None,
    expects: int | None = None,
) -> Approval:
    """This will approve a placement in an emergency; the rest follows within days.

    :raises NotAllowed: at a distance only the director approves.
    :raises UnableToApprove: it is no emergency, or the child's wishes or why here are missing.
    :raises NotNow, MovedOn, FactRefused: as the gate says; a day in the future.
    """
    day = check_day(decided_on or day_of(at), at, "decided_on")
    return carry_out(
        approval,
        "approve_distant_emergency" if approval.is_by_director else "approve_emergency",
        by=by,
        at=at,
        expects=expects,
        facts={"decided_by": by, "decided_on": day},
        carries={"on": in_words(day)},
        check=check_is_emergency,
    )


def complete_approval(
    *,
    approval: Approval,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Approval:
    """This will complete an emergency approval once the rest of the conditions are recorded.

    :raises UnableToApprove: evidence is missing; says for what.
    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """

    def last_condition(case: Approval) -> date:
        return max(case.conditions.values_list("satisfied_on", flat=True))

    def check(case: Approval) -> None:
        check_can_approve(case, EVERYTHING)

    day = day_of(at)
    if approval.state == PART_APPROVED and approval.conditions.count() == len(EVERYTHING):
        decided_on = approval.decided_on or day
        day = max(decided_on, last_condition(approval))
    return carry_out(
        approval,
        "complete",
        by=by,
        at=at,
        expects=expects,
        facts={"completed_on": day},
        check=check,
    )


def refuse_placement(
    *,
    approval: Approval,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Approval:
    """This will refuse to approve a placement outside the area, with the reason.

    :raises NotAllowed: at a distance only the director decides.
    :raises NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    day = day_of(at)
    return carry_out(
        approval,
        "refuse_distant" if approval.is_by_director else "refuse",
        by=by,
        at=at,
        expects=expects,
        facts={
            "decided_by": by,
            "decided_on": day,
            "reason": check_reason(reason, "Say why it is refused."),
        },
        carries={"on": in_words(day)},
    )


def withdraw_request(
    *, approval: Approval, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Approval:
    """This will withdraw a request for approval, with the reason.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say why it is withdrawn.")
    return carry_out(approval, "withdraw", by=by, at=at, expects=expects, facts={"reason": reason})


def void_approval(
    *, approval: Approval, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Approval:
    """This will mark a decision as entered in error; it approves nothing any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(approval, "void", by=by, at=at, expects=expects, facts={"reason": reason})


def link_approvals(placement: Placement, at: datetime) -> None:
    """This will put the decision that was made before a placement began beside it."""
    waiting = Approval.objects.select_for_update().filter(
        child_id=placement.child_id,
        placement__isnull=True,
        host_authority_id=placement.host_authority_id,
        state__in=["asked", "with_director", "part_approved", "approved"],
    )
    for approval in waiting.order_by("pk"):
        if approval.setting_id not in (None, placement.setting_id):
            continue
        Approval.objects.filter(pk=approval.pk).update(placement=placement)
        record(
            events.LINKED,
            by=CLOCK,
            at=at,
            about=approval.about,
            child_id=placement.child_id,
            setting_id=placement.setting_id,
            carries={"on": in_words(placement.started_on)},
        )
