"""What people do with visits, a page for each step."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from frontend.forms import Form
from frontend.pages.children.edits import require
from frontend.pages.children.opening import Opened, open_child, person_of, sent
from frontend.pages.visits import forms, told
from frontend.pages.visits.forms import SECTIONS
from frontend.parts.refusals import put_refusal_on
from workflows.visits import actions
from workflows.visits.models import Request, Visit
from workflows.visits.queries import requests_visible_to, visits_visible_to
from workflows.visits.table import ATTEMPTED, MADE, VISITORS

Take = Callable[[Mapping[str, Any]], Visit]
#: Questions that ask a fact of an action in another way.
ASKED_AS = {"made_at": "made_on", "arranged_for": "arranged_on"}


def open_visit(request: HttpRequest, visit_id: int, *, page: str = "") -> tuple[Visit, Opened]:
    """A visit of a child whose record the reader may see."""
    visit = get_object_or_404(
        visits_visible_to(person_of(request)).select_related("visitor", "placement__setting"),
        pk=visit_id,
    )
    return visit, open_child(request, visit.child_id, page=page)


def version_read(request: HttpRequest, visit: Visit) -> int | None:
    """The version that the person was looking at when they began."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else None


@login_required
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Everything recorded of a visit, how it is known, and what may be done now."""
    one, opened = open_visit(request, visit_id, page=f"visit {visit_id}")
    amendments = list(one.amendments.select_related("by"))
    return render(
        request,
        "visits/visit.html",
        opened.context(
            visit=one,
            when=told.when_rows(one),
            cards=told.cards_of(one) if one.was_seen_alone is not None else [],
            accounts=list(one.accounts.all()),
            concerns=list(one.concerns.all()),
            home_only=told.is_home_only(one),
            earlier=told.earlier_texts(amendments),
            steps=told.steps_of(one, opened.parts),
            just_recorded="recorded" in request.GET,
            draft_urls=[
                reverse("visit_draft_arranged", args=[one.pk, section.slug]) for section in SECTIONS
            ]
            + [reverse("visit_draft", args=[one.child_id, section.slug]) for section in SECTIONS],
        ),
    )


def ask(
    request: HttpRequest,
    opened: Opened,
    form: Form,
    take: Take,
    *,
    title: str,
    button: str,
    done: str,
    back_url: str,
    visit: Visit | None = None,
    **more: Any,
) -> HttpResponse:
    """Asks what a step needs, and takes the step."""
    if request.method == "POST" and form.is_valid():
        try:
            taken = take(form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal, ASKED_AS)
        else:
            messages.success(request, done)
            return redirect("visit", taken.pk)
    return render(
        request,
        "visits/ask.html",
        opened.context(
            form=form,
            title=title,
            button=button,
            back_url=back_url,
            visit=visit,
            version=request.POST.get("version") or (visit.version if visit else ""),
            **more,
        ),
    )


@login_required
def arrange(request: HttpRequest, child_id: int) -> HttpResponse:
    """Arranges a visit, announced or not."""
    opened = open_child(request, child_id)
    require(opened, VISITORS, "arrange a visit to this child")
    form = forms.Arrange(sent(request))

    def take(answers: Mapping[str, Any]) -> Visit:
        return actions.arrange_visit(
            child=opened.child, by=opened.person, at=opened.at, **form.answers()
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="Arrange a visit",
        button="Arrange the visit",
        done="Visit arranged.",
        back_url=reverse("child", args=[child_id]),
    )


@login_required
def rearrange(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Gives an arranged visit another time."""
    one, opened = open_visit(request, visit_id)
    require(opened, VISITORS, "arrange a visit to this child")
    local = one.arranged_for.astimezone(opened.at.tzinfo) if one.arranged_for else None
    initial = {
        "arranged_on": local.date() if local else None,
        "arranged_time": local.time() if local else None,
        "told": "unannounced" if one.is_unannounced else "announced",
    }
    form = forms.Arrange(sent(request), initial=initial)

    def take(answers: Mapping[str, Any]) -> Visit:
        return actions.rearrange_visit(
            visit=one,
            by=opened.person,
            at=opened.at,
            expects=version_read(request, one),
            **form.answers(),
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="Change the time of the visit",
        button="Change the time",
        done="The visit has another time.",
        back_url=reverse("visit", args=[one.pk]),
        visit=one,
    )


@login_required
def attempt(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that somebody went and the child was not seen."""
    opened = open_child(request, child_id)
    require(opened, VISITORS, "record a visit to this child")
    return ask_attempted(request, opened, None, reverse("child", args=[child_id]))


@login_required
def attempted(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Records that an arranged visit was attempted and the child not seen."""
    one, opened = open_visit(request, visit_id)
    require(opened, VISITORS, "record a visit to this child")
    return ask_attempted(request, opened, one, reverse("visit", args=[one.pk]))


def ask_attempted(
    request: HttpRequest, opened: Opened, one: Visit | None, back_url: str
) -> HttpResponse:
    initial = {}
    if one is not None and one.arranged_for:
        local = one.arranged_for.astimezone(opened.at.tzinfo)
        initial = {"made_on": local.date(), "made_time": local.time()}
    form = forms.Attempted(sent(request), initial=initial)

    def take(answers: Mapping[str, Any]) -> Visit:
        return actions.attempt_visit(
            child=opened.child,
            visit=one,
            by=opened.person,
            at=opened.at,
            expects=version_read(request, one) if one else None,
            **form.answers(),
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="The child was not seen",
        button="Record the attempt",
        done="Recorded. The visit is still owed, and the team manager has been told.",
        back_url=back_url,
        visit=one,
        intro="An attempt is kept, and shows that you went. It does not count as a visit: the "
        "child is still to be seen by the same day.",
    )


def ask_reason(
    request: HttpRequest,
    visit_id: int,
    action: Callable[..., Visit],
    *,
    label: str,
    required: str,
    **page: str,
) -> HttpResponse:
    """A step that only needs its reason."""
    one, opened = open_visit(request, visit_id)
    require(opened, VISITORS, "change this visit")
    form = forms.Reason(sent(request), label=label, required=required)

    def take(answers: Mapping[str, Any]) -> Visit:
        return action(
            visit=one,
            reason=answers["reason"],
            by=opened.person,
            at=opened.at,
            expects=version_read(request, one),
        )

    back_url = reverse("visit", args=[one.pk])
    return ask(request, opened, form, take, back_url=back_url, visit=one, **page)


@login_required
def missed(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Says that an arranged visit did not happen."""
    return ask_reason(
        request,
        visit_id,
        actions.miss_visit,
        label="Why did the visit not happen?",
        required="Say why the visit did not happen.",
        title="The visit did not happen",
        button="Record that it did not happen",
        done="Recorded. The visit is still owed, and the team manager and the IRO have been told.",
    )


@login_required
def void(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Marks an entry as made in error; it stays on the record."""
    return ask_reason(
        request,
        visit_id,
        actions.void_visit,
        label="What was entered in error?",
        required="Say what was entered in error.",
        title="This was entered in error",
        button="Mark as entered in error",
        done="Marked as entered in error. It stays on the record and meets no deadline.",
        intro="The entry stays for everybody to see, and meets no deadline any more. Use this for "
        "the wrong child or a visit that never was. To put a text right, amend the record.",
    )


@login_required
def amend(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Puts texts of a record right; each stays as it stood beside the new one."""
    one, opened = open_visit(request, visit_id)
    require(opened, VISITORS, "amend this record")
    if one.state not in (MADE, ATTEMPTED):
        return redirect("visit", one.pk)
    form = forms.Amend(sent(request), visit=one)

    def take(answers: Mapping[str, Any]) -> Visit:
        return actions.amend_visit(
            visit=one,
            changes=form.changes(),
            why=answers["why"],
            by=opened.person,
            at=opened.at,
            expects=version_read(request, one),
        )

    return ask(
        request,
        opened,
        form,
        take,
        title="Amend the record",
        button="Save the amendment",
        done="Amended. The earlier text is kept below.",
        back_url=reverse("visit", args=[one.pk]),
        visit=one,
        intro="Change what needs changing. What was recorded before stays readable, with who "
        "changed it, when and why.",
    )


@login_required
def ask_for_visit(request: HttpRequest, child_id: int) -> HttpResponse:
    """Records that the child, or somebody for them, asked for a visit."""
    opened = open_child(request, child_id, needs=Depth.CARD)
    require(opened, actions.RECORDS_REQUESTS, "record a request for this child")
    form = forms.AskedFor(sent(request), initial={"asked_on": opened.on})
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_visit(
                child=opened.child, by=opened.person, at=opened.at, **form.cleaned_data
            )
        except FactRefused as refusal:
            put_refusal_on(form, refusal, {"made_at": "asked_on"})
        else:
            messages.success(request, "Recorded. The social worker has been told.")
            return redirect("child", child_id)
    return render(
        request,
        "visits/ask.html",
        opened.context(
            form=form,
            title="Somebody asked for a visit",
            button="Record the request",
            back_url=reverse("child", args=[child_id]),
        ),
    )


@login_required
def refuse(request: HttpRequest, request_id: int) -> HttpResponse:
    """Records that a request for a visit was not reasonable, and why."""
    person = person_of(request)
    asked: Request = get_object_or_404(requests_visible_to(person), pk=request_id)
    opened = open_child(request, asked.child_id)
    require(opened, VISITORS, "decide about this request")
    form = forms.Reason(
        sent(request),
        label="Why was the request not reasonable?",
        required="Say why the request was not reasonable.",
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.refuse_request(
                request=asked, reason=form.cleaned_data["reason"], by=person, at=opened.at
            )
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(request, "Recorded. The manager and the IRO have been told.")
            return redirect("child_visits", asked.child_id)
    return render(
        request,
        "visits/ask.html",
        opened.context(
            form=form,
            title="The request was not reasonable",
            button="Record the refusal",
            back_url=reverse("child_visits", args=[asked.child_id]),
            intro="A child's request to be seen is rarely unreasonable. The manager and the IRO "
            "are told, and the child must be told too.",
        ),
    )


@login_required
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """Records what the child, or whoever asked for a visit, was told back."""
    person = person_of(request)
    asked: Request = get_object_or_404(requests_visible_to(person), pk=request_id)
    opened = open_child(request, asked.child_id)
    require(opened, actions.ANSWERS_REQUESTS, "record this answer")
    form = forms.Answered(
        sent(request), initial={"answered_on": opened.on, "answered_who": person.name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_request(request=asked, by=person, at=opened.at, **form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        else:
            messages.success(request, "Recorded what they were told.")
            return redirect("child_visits", asked.child_id)
    return render(
        request,
        "visits/ask.html",
        opened.context(
            form=form,
            title="What they were told",
            button="Record the answer",
            back_url=reverse("child_visits", args=[asked.child_id]),
            intro="Telling somebody does not meet the request: only a visit does.",
        ),
    )
