"""Decisions, notices and differences as their pages show them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from backend.deadlines.models import Deadline
from frontend.pages.children.told import row
from frontend.parts.words import long_date, long_moment
from workflows.notices.models import (
    CONSULTED,
    MAY_BE_NOBODY,
    MAY_BE_WITHHELD,
    Approval,
    Condition,
    ConditionKind,
    HomeNotice,
    HostNotice,
    Line,
    Mismatch,
    Notice,
    Outcome,
    Recipient,
    ReportRequest,
)

COLOURS = {
    Outcome.WAITING: "orange",
    Outcome.SENT: "green",
    Outcome.WITHHELD: "purple",
    Outcome.NOBODY: "grey",
}


def standing_of(about: str) -> list[Deadline]:
    """What is owed in a case that is no child's, the first day first."""
    return list(Deadline.objects.filter(about=about).exclude(status="superseded"))


def owed_on(placement_id: int, keys: Sequence[str]) -> list[Deadline]:
    """What is owed on a placement, of the kinds that these keys begin with."""
    rows = Deadline.objects.filter(
        placement=placement_id, key__in=[f"{key}:{placement_id}" for key in keys]
    )
    return list(rows.exclude(status="superseded").order_by("due_on", "pk"))


# Approvals


def approval_rows(approval: Approval) -> list[dict[str, Any]]:
    rows = [
        row("Where", ", ".join(dict.fromkeys((approval.where, approval.host_authority.name)))),
        row("Starts", long_date(approval.starts_on)),
        row(
            "Who decides",
            f"The {approval.get_level_display()}"
            + (" (at a distance: neither here nor adjoining)" if approval.is_by_director else ""),
        ),
        row("What the child needs", approval.needs),
        row("Why there", approval.why_here),
        row("Asked by", approval.asked_by.name),
    ]
    if approval.is_emergency:
        rows.append(row("Emergency", approval.emergency_reason))
    if approval.decided_by is not None and approval.decided_on is not None:
        rows.append(row("Decided", f"{approval.decided_by.name}, {long_date(approval.decided_on)}"))
    if approval.completed_on:
        rows.append(row("Completed", long_date(approval.completed_on)))
    if approval.reason:
        rows.append(row("Reason", approval.reason))
    return rows


def condition_words(kind: str, approval: Approval) -> str:
    if kind == ConditionKind.AREA_AUTHORITY and approval.is_by_director:
        return CONSULTED
    return str(ConditionKind(kind).label)


def checklist(
    approval: Approval, recorded: dict[str, Condition], *, may_record: bool
) -> list[dict[str, Any]]:
    """The conditions as a task list: what is recorded for each, and where to record it."""
    return [
        {
            "name": condition_words(kind, approval),
            "url": reverse("approval_condition", args=[approval.pk, kind]) if may_record else "",
            "hint": evidence_of(recorded.get(kind)),
            "status": "Recorded" if kind in recorded else "Not recorded",
            "is_done": kind in recorded,
            "colour": "" if kind in recorded else "blue",
        }
        for kind in ConditionKind.values
    ]


def evidence_of(condition: Condition | None) -> str:
    if condition is None:
        return ""
    left_out = "Not appropriate. " if condition.was_not_appropriate else ""
    return (
        f"{left_out}{condition.evidence} ({condition.by.name}, {long_date(condition.satisfied_on)})"
    )


# Notices


def line_entry(line: Line, notice: Notice, steps: set[str]) -> dict[str, Any]:
    """One who must be told, and what may be done about it."""
    ways: list[tuple[str, str]] = []
    if line.outcome == Outcome.WAITING:
        if line.recipient == Recipient.HOST:
            if "send_to_host" in steps:
                ways.append(("Send the notice", reverse("notice_step", args=[notice.pk, "host"])))
        else:
            if "send" in steps:
                ways.append(("Was told", _line_url(notice, line, "send")))
            if "leave_out" in steps and line.recipient in MAY_BE_NOBODY:
                ways.append(("There is nobody", _line_url(notice, line, "nobody")))
            if "withhold" in steps and line.recipient in MAY_BE_WITHHELD:
                ways.append(("Withhold", _line_url(notice, line, "withhold")))
    return {
        "line": line,
        "label": Recipient(line.recipient).label,
        "outcome": Outcome(line.outcome).label,
        "colour": COLOURS[Outcome(line.outcome)],
        "ways": [{"label": label, "url": url} for label, url in ways],
    }


def _line_url(notice: Notice, line: Line, step: str) -> str:
    return reverse("notice_line", args=[notice.pk, line.pk, step])


def plan_rows(notice: Notice) -> list[dict[str, Any]]:
    signed = ""
    if notice.placement_plan_signed_on:
        signed = f"{notice.placement_plan_signed_by}, {long_date(notice.placement_plan_signed_on)}"
    return [
        row("Care plan prepared", long_date(notice.care_plan_on)),
        row("Placement plan prepared", long_date(notice.placement_plan_on)),
        row("Placement plan signed", signed),
    ]


def host_notice_rows(notice: HostNotice) -> list[dict[str, Any]]:
    child, placement = notice.child, notice.placement
    rows = [
        row("Child", child.name),
        row("Date of birth", long_date(child.date_of_birth)),
        row("Placed by", child.authority.name),
        row("Lives at", placement.where),
        row("Since", long_date(placement.started_on)),
    ]
    if notice.notice.kind == "ending":
        rows.append(row("Until", long_date(placement.ended_on)))
    else:
        rows += [
            row("What the child needs", notice.needs),
            row("Why this is the most appropriate placement", notice.why_here),
            row("Care plan", "You have it" if notice.has_care_plan else "Not with this notice"),
        ]
    rows.append(row("Sent", f"{long_date(notice.sent_on)}, by {notice.sent_by.name}"))
    rows.append(row("Acknowledged", acknowledged_words(notice)))
    return rows


def acknowledged_words(notice: HostNotice | HomeNotice) -> str:
    """By whom and when, by name; not yet is said as such."""
    if notice.acknowledged_by is None or notice.acknowledged_at is None:
        return "Not yet"
    return f"{notice.acknowledged_by.name}, {long_moment(notice.acknowledged_at)}"


# The home's notices


def home_notice_rows(notice: HomeNotice) -> list[dict[str, Any]]:
    what = "Came" if notice.is_admission else "Left"
    plan = notice.get_has_ehc_plan_display()
    if notice.ehc_authority is not None:
        plan = f"{plan}, kept by {notice.ehc_authority.name}"
    how = " (entered from a letter or message)" if notice.came_on_paper else ""
    authority = notice.placing_authority.name if notice.placing_authority else "Not said"
    rows = [
        row("Child", notice.name),
        row("Date of birth", long_date(notice.date_of_birth)),
        row("Home", notice.setting.name),
        row(what, long_date(notice.happened_on)),
        row("Accommodated", notice.get_basis_display()),
        row("Placing authority", f"{authority}: {notice.authority_contact}"),
        row("Independent reviewing officer", notice.iro_contact),
        row("EHC plan", plan),
        row("Sent", f"{long_date(notice.sent_on)}, by {notice.sent_by.name}{how}"),
        row("Matched with", notice.child.name if notice.child else "No placed child yet"),
        row("Acknowledged", acknowledged_words(notice)),
    ]
    if notice.reason:
        rows.append(row("In error because", notice.reason))
    return rows


# Mismatches and reports


def mismatch_rows(mismatch: Mismatch) -> list[dict[str, Any]]:
    """What each side says, and what came of it."""
    placement, said = mismatch.placement, mismatch.home_notice
    if placement is not None:
        until = f" to {long_date(placement.ended_on)}" if placement.ended_on else ""
        authority = f"Placed from {long_date(placement.started_on)}{until}"
    else:
        authority = "No authority says that a child of this name and date of birth is placed here"
    if said is not None:
        what = "Came" if said.is_admission else "Left"
        home = f"{what} on {long_date(said.happened_on)}; said so on {long_date(said.sent_on)}"
    else:
        home = "Nothing that is recorded here"
    who = mismatch.child.name if mismatch.child else said.name if said else ""
    rows = [
        row("Child", who),
        row("Home", mismatch.setting.name),
        row("The placing authority says", authority),
        row("The home says", home),
        row("Found", long_date(mismatch.found_on)),
    ]
    if mismatch.settled_on is not None:
        by = mismatch.settled_by.name if mismatch.settled_by else "by itself"
        rows.append(row("Settled", f"{long_date(mismatch.settled_on)}, {by}: {mismatch.reason}"))
    else:
        rows += [
            row("Settled before, and opened again", words) for words in settled_before(mismatch)
        ]
    return rows


def settled_before(mismatch: Mismatch) -> list[str]:
    """How people settled it before it was opened again, as the history of the row has it."""
    kept = mismatch.events.filter(  # type: ignore[attr-defined]
        state="settled", settled_by__isnull=False
    )
    rows = kept.order_by("settled_on", "reason").values_list(
        "settled_on", "settled_by__name", "reason"
    )
    return [f"{long_date(day)}, {by}: {reason}" for day, by, reason in rows.distinct()]


def who_of(mismatch: Mismatch) -> str:
    if mismatch.child is not None:
        return mismatch.child.name
    return mismatch.home_notice.name if mismatch.home_notice else ""


def request_rows(request: ReportRequest) -> list[dict[str, Any]]:
    rows = [
        row("Home", request.setting.name),
        row("Asked", f"{long_date(request.asked_on)}, by {request.asked_by.name}"),
        row("Why", request.why),
    ]
    if request.answered_by is not None:
        day = request.agreed_on or request.answered_on
        rows.append(row("Answered", f"{long_date(day)}, by {request.answered_by.name}"))
    if request.reason:
        rows.append(row("Reason", request.reason))
    if request.ended_on:
        rows.append(row("Withdrawn", long_date(request.ended_on)))
    return rows


def month_words(month: date) -> str:
    return f"{month:%B %Y}"
