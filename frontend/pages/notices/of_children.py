"""A child's notices and the decisions on their placements, for those who read the record."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.access.matters import matters_visible_to
from backend.casework.gate import may_take
from backend.grammar.events import Depth
from backend.records.models import Child, Placement, Setting
from frontend.forms import Form
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child, person_of
from frontend.pages.notices import forms, showing
from frontend.pages.notices.asking import ask
from frontend.pages.reviews.asking import answers_of, version_read
from workflows.notices import actions
from workflows.notices.models import (
    Approval,
    ConditionKind,
    Line,
    Notice,
    NoticeKind,
    Outcome,
    Recipient,
)
from workflows.notices.queries import (
    approvals_of,
    approvals_visible_to,
    conditions_of,
    notices_visible_to,
)
from workflows.notices.table import APPROVALS, KEEPERS, NOTICES

TAB = "child_notices"
#: What is owed on a placement and shown with its notice.
OWED = ("approval", "approval-rest", "care-plan", "placement-plan", "notice-host", "notice-told")
OWED_ON_ENDING = ("notice-ending",)
APPROVES = (
    "approve",
    "approve_distant",
    "approve_emergency",
    "approve_distant_emergency",
    "complete",
    "refuse",
    "refuse_distant",
    "withdraw",
    "void",
)


@login_required
def child_notices(request: HttpRequest, child_id: int) -> HttpResponse:
    """Who agreed to each placement and who was told of it; for a host, what they were sent."""
    opened = open_child(request, child_id, page="notices", needs=Depth.CARD)
    is_record = opened.depth == Depth.RECORD
    child = opened.child
    given = matters_visible_to("host-notices", opened.person).filter(child=child)
    differing = matters_visible_to("mismatches", opened.person).filter(child=child)
    notices = Notice.objects.filter(child=child).exclude(state="void") if is_record else ()
    return render(
        request,
        "notices/child.html",
        opened.context(
            TAB,
            approvals=list(approvals_of([child.pk]).select_related("host_authority"))
            if is_record
            else [],
            notices=[notice_row(one) for one in rows_of(notices)],
            given=list(given.select_related("notice", "host_authority", "acknowledged_by")),
            differing=list(differing.exclude(state="settled").select_related("setting")),
            owed=owed_of(opened) if is_record else [],
            steps=steps_of(opened),
        ),
    )


def rows_of(notices: Any) -> list[Notice]:
    if not notices:
        return []
    rows = notices.select_related("placement__setting", "host_notice").prefetch_related("lines")
    return list(rows.order_by("-placement__started_on", "-pk"))


def notice_row(notice: Notice) -> dict[str, Any]:
    lines = list(notice.lines.all())
    settled = sum(line.outcome != Outcome.WAITING for line in lines)
    given = getattr(notice, "host_notice", None)
    return {
        "notice": notice,
        "settled": settled,
        "count": len(lines),
        "host": host_words(lines, given),
    }


def host_words(lines: list[Line], given: Any) -> str:
    if not any(line.recipient == Recipient.HOST for line in lines):
        return "Within the area"
    if given is None:
        return "Not told yet"
    return "Told, acknowledged" if given.state == "acknowledged" else "Told, not acknowledged"


def owed_of(opened: Opened) -> list[Any]:
    if opened.placement is None:
        return []
    return [
        one
        for one in showing.owed_on(opened.placement.pk, OWED)
        if one.status in ("open", "waiting")
    ]


def steps_of(opened: Opened) -> list[dict[str, Any]]:
    if opened.depth != Depth.RECORD or not opened.plays(*KEEPERS):
        return []
    url = reverse("approval_ask", args=[opened.child.pk])
    return [{"label": "Ask for approval of a placement out of area", "url": url}]


# Approvals


def places_for(child: Child) -> list[tuple[str, str]]:
    """The placements out of area that need a decision, then every home in another area."""
    rows = Placement.objects.filter(child=child, is_in_area=False, is_temporary=False)
    placements = [
        (f"placement:{each.pk}", f"{each}")
        for each in rows.select_related("setting").order_by("-started_on")
    ]
    homes = Setting.objects.exclude(host_authority=child.authority_id)
    return placements + [
        (f"setting:{pk}", f"{name}, {host}")
        for pk, name, host in homes.values_list("pk", "name", "host_authority__name").order_by(
            "name"
        )
    ]


@login_required
def ask_for_approval(request: HttpRequest, child_id: int) -> HttpResponse:
    """Asks for approval of a placement outside the area, before or after it began."""
    opened = open_child(request, child_id)
    require(opened, KEEPERS, "ask for approval of a placement")
    chosen = request.GET.get("placement", "")
    form = forms.AskApproval(
        answers_of(request),
        initial={"starts_on": opened.on, "where": f"placement:{chosen}" if chosen else ""},
    ).offer(places_for(opened.child), asks_day=True)
    asked: list[Approval] = []

    def take() -> None:
        given = dict(form.cleaned_data)
        kind, _, number = given.pop("where").partition(":")
        model: Any = Placement if kind == "placement" else Setting
        given[kind] = model.objects.select_related("host_authority").get(pk=int(number))
        asked.append(
            actions.ask_approval(child=opened.child, by=opened.person, at=opened.at, **given)
        )

    return ask(
        request,
        form,
        take,
        title="Ask for approval of a placement out of area",
        button="Ask for approval",
        done="Asked. Now record what was done for each condition.",
        back_url=reverse(TAB, args=[child_id]),
        goes_to=lambda: reverse("approval", args=[asked[0].pk]),
        context={"identity": opened.identity},
        intro="At a distance, outside the area and every adjoining one, the director of "
        "children's services decides; otherwise the nominated officer.",
    )


def open_approval(request: HttpRequest, number: int) -> tuple[Approval, Opened]:
    rows = approvals_visible_to(person_of(request)).select_related(
        "child", "host_authority", "asked_by", "decided_by", "placement"
    )
    approval = get_object_or_404(rows, pk=number)
    return approval, open_child(request, approval.child_id, page=f"approval {number}")


@login_required
def approval(request: HttpRequest, number: int) -> HttpResponse:
    """One decision: what is asked, what was done for it, and what it waits for."""
    one, opened = open_approval(request, number)
    steps = {row.name: row for row in may_take(one, opened.parts)}
    recorded = conditions_of(one)
    return render(
        request,
        "notices/approval.html",
        opened.context(
            TAB,
            approval=one,
            facts=showing.approval_rows(one),
            tasks=showing.checklist(one, recorded, may_record="satisfy" in steps),
            missing=len(ConditionKind.values) - len(recorded),
            owed=showing.owed_on(one.placement_id, ("approval", "approval-rest"))
            if one.placement_id
            else [],
            steps=[
                {
                    "label": steps[name].words,
                    "url": reverse("approval_step", args=[one.pk, name.replace("_", "-")]),
                    "is_primary": position == 0,
                }
                for position, name in enumerate(
                    name for name in APPROVES if name in steps and offers(one, name)
                )
            ],
        ),
    )


def offers(one: Approval, step: str) -> bool:
    """The short way only in an emergency, the ordinary one always."""
    return one.is_emergency or not step.endswith("emergency")


@login_required
def approval_condition(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Records what was done for one condition, with its evidence."""
    if kind not in ConditionKind.values:
        raise Http404
    one, opened = open_approval(request, number)
    require(opened, APPROVALS["satisfy"].who, "record what was done for this approval")
    standing = conditions_of(one).get(kind)
    asks = forms.SatisfyRelatives if kind == ConditionKind.RELATIVES else forms.Satisfy
    initial: dict[str, Any] = {"satisfied_on": opened.on}
    if standing is not None:
        initial = {
            "satisfied_on": standing.satisfied_on,
            "evidence": standing.evidence,
            "was_not_appropriate": standing.was_not_appropriate,
        }
    form = asks(answers_of(request), initial=initial)
    return ask(
        request,
        form,
        lambda: actions.satisfy_condition(
            approval=one,
            kind=kind,
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        ),
        title=showing.condition_words(kind, one),
        button="Record",
        done="Recorded.",
        back_url=reverse("approval", args=[number]),
        case=one,
        context={"identity": opened.identity},
    )


Act = Callable[..., object]
DECIDES = ("approve", "approve_distant", "approve_emergency", "approve_distant_emergency")
APPROVAL_ACTS: dict[str, tuple[type[Form], Act, str]] = {
    "approve": (forms.Decide, actions.approve_placement, "Approved."),
    "approve_distant": (forms.Decide, actions.approve_placement, "Approved."),
    "approve_emergency": (forms.Decide, actions.approve_emergency, "Approved; the rest follows."),
    "approve_distant_emergency": (
        forms.Decide,
        actions.approve_emergency,
        "Approved; the rest follows.",
    ),
    "complete": (forms.Nothing, actions.complete_approval, "Completed."),
    "refuse": (forms.Because, actions.refuse_placement, "Refused. Those who asked are told."),
    "refuse_distant": (forms.Because, actions.refuse_placement, "Refused."),
    "withdraw": (forms.Because, actions.withdraw_request, "Withdrawn."),
    "void": (forms.Because, actions.void_approval, "Marked as entered in error."),
}


@login_required
def approval_step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Approves, refuses, completes or withdraws."""
    name = step.replace("-", "_")
    if name not in APPROVAL_ACTS:
        raise Http404
    one, opened = open_approval(request, number)
    row = APPROVALS[name]
    require(opened, row.who, f"take the step “{row.words.lower()}”")
    asks, act, done = APPROVAL_ACTS[name]
    form = asks(answers_of(request), initial={"decided_on": opened.on})
    return ask(
        request,
        form,
        lambda: act(
            approval=one,
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        ),
        title=row.words,
        button=row.words,
        done=done,
        back_url=reverse("approval", args=[number]),
        case=one,
        context={"identity": opened.identity},
        facts=showing.approval_rows(one) if name in DECIDES else [],
    )


# Notices


def open_notice(request: HttpRequest, number: int) -> tuple[Notice, Opened]:
    rows = notices_visible_to(person_of(request)).select_related(
        "child", "placement__setting", "placement__host_authority"
    )
    notice = get_object_or_404(rows, pk=number)
    return notice, open_child(request, notice.child_id, page=f"notice {number}")


@login_required
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """One notice: who must be told, who was, and what is owed on it."""
    one, opened = open_notice(request, number)
    assert one.placement_id is not None
    steps = {row.name for row in may_take(one, opened.parts)}
    lines = list(one.lines.select_related("by"))
    given = getattr(one, "host_notice", None)
    is_placement = one.kind == NoticeKind.PLACEMENT
    return render(
        request,
        "notices/notice.html",
        opened.context(
            TAB,
            notice=one,
            lines=[showing.line_entry(line, one, steps) for line in lines],
            waiting=sum(line.outcome == Outcome.WAITING for line in lines),
            given=given,
            given_words=showing.acknowledged_words(given) if given else "",
            given_owed=showing.standing_of(given.about) if given else [],
            plans=showing.plan_rows(one) if is_placement else [],
            owed=showing.owed_on(one.placement_id, OWED if is_placement else OWED_ON_ENDING),
            steps=notice_steps(one, steps),
        ),
    )


def notice_steps(one: Notice, steps: set[str]) -> list[dict[str, Any]]:
    is_placement = one.kind == NoticeKind.PLACEMENT
    ways = [
        ("send", "told", "Record who was told", True),
        ("name_recipient", "recipient", "Name somebody else to tell", True),
        ("plan", "plans", "Record the plans", is_placement),
        ("mark_emergency", "emergency", "This was an emergency", is_placement),
        ("void", "error", "Entered in error", True),
    ]
    return [
        {
            "label": label,
            "url": reverse("notice_step", args=[one.pk, path]),
            "is_primary": name == "send",
        }
        for name, path, label, fits in ways
        if name in steps and fits and not (name == "mark_emergency" and one.is_emergency)
    ]


def send_one(*, line: Line, **given: Any) -> Notice:
    return actions.send_notice(lines=[line], **given)


LINE_ACTS: dict[str, tuple[str, type[Form], Act, str]] = {
    "send": ("send", forms.Sent, send_one, "Recorded."),
    "withhold": ("withhold", forms.Because, actions.withhold_notice, "Withheld, with the reason."),
    "nobody": ("leave_out", forms.Because, actions.leave_out_recipient, "Recorded."),
}


@login_required
def notice_line(request: HttpRequest, number: int, line_id: int, step: str) -> HttpResponse:
    """Says what became of one who must be told."""
    if step not in LINE_ACTS:
        raise Http404
    one, opened = open_notice(request, number)
    line = get_object_or_404(Line, notice=one, pk=line_id)
    name, asks, act, done = LINE_ACTS[step]
    row = NOTICES[name]
    require(opened, row.who, f"take the step “{row.words.lower()}”")
    form = asks(answers_of(request), initial={"sent_on": opened.on, "name": line.name})
    return ask(
        request,
        form,
        lambda: act(
            notice=one,
            line=line,
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        ),
        title=f"{row.words}: {Recipient(line.recipient).label.lower()}",
        button="Record",
        done=done,
        back_url=reverse("notice", args=[number]),
        case=one,
        context={"identity": opened.identity},
        intro=withheld_words(line) if step == "withhold" else "",
    )


def withheld_words(line: Line) -> str:
    if line.recipient == Recipient.CHILD:
        return (
            "The child may be left untold only where telling would not be appropriate for their "
            "age and understanding."
        )
    return "Notice may be withheld only where it would put the child at risk of significant harm."


NOTICE_ACTS: dict[str, tuple[str, type[Form], Act, str]] = {
    "host": ("send_to_host", forms.ToHost, actions.send_to_host, "Sent to the host authority."),
    "recipient": ("name_recipient", forms.NewRecipient, actions.name_recipient, "Added."),
    "plans": ("plan", forms.Plans, actions.record_plans, "Recorded."),
    "emergency": ("mark_emergency", forms.Because, actions.mark_emergency, "Recorded."),
    "error": ("void", forms.Because, actions.void_notice, "Marked as entered in error."),
}


@login_required
def notice_told(request: HttpRequest, number: int) -> HttpResponse:
    """Says who was told on a day, several at once."""
    one, opened = open_notice(request, number)
    row = NOTICES["send"]
    require(opened, row.who, f"take the step “{row.words.lower()}”")
    waiting = {
        str(line.pk): line
        for line in one.lines.filter(outcome=Outcome.WAITING).exclude(recipient=Recipient.HOST)
    }
    form = forms.Told(answers_of(request), initial={"sent_on": opened.on}).offer(waiting.values())
    return ask(
        request,
        form,
        lambda: actions.send_notice(
            notice=one,
            lines=[waiting[pk] for pk in form.cleaned_data["lines"]],
            sent_on=form.cleaned_data["sent_on"],
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
        ),
        title="Who was told",
        button="Record",
        done="Recorded.",
        back_url=reverse("notice", args=[number]),
        case=one,
        context={"identity": opened.identity},
    )


@login_required
def notice_step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Sends the host authority its notice, records plans, or puts the notice right."""
    if step not in NOTICE_ACTS:
        raise Http404
    one, opened = open_notice(request, number)
    name, asks, act, done = NOTICE_ACTS[step]
    row = NOTICES[name]
    require(opened, row.who, f"take the step “{row.words.lower()}”")
    if step == "host" and one.kind == NoticeKind.ENDING:
        asks = forms.EndToHost
    form = asks(answers_of(request), initial=standing_answers(one, opened))
    return ask(
        request,
        form,
        lambda: act(
            notice=one,
            by=opened.person,
            at=opened.at,
            expects=version_read(request),
            **form.cleaned_data,
        ),
        title=row.words,
        button=row.words,
        done=done,
        back_url=reverse("notice", args=[number]),
        case=one,
        context={"identity": opened.identity},
    )


def standing_answers(one: Notice, opened: Opened) -> dict[str, Any]:
    """What is known already: nobody is asked the same thing twice."""
    asked = approvals_of([one.child_id]).filter(placement=one.placement_id).first()
    return {
        "sent_on": opened.on,
        "needs": asked.needs if asked else "",
        "why_here": asked.why_here if asked else "",
        "care_plan_on": one.care_plan_on,
        "placement_plan_on": one.placement_plan_on,
        "placement_plan_signed_by": one.placement_plan_signed_by,
        "placement_plan_signed_on": one.placement_plan_signed_on,
    }
