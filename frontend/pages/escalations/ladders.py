"""How concerns go up in an authority: a ladder that is published, or its own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from backend.casework.errors import FactRefused, NotAllowed
from backend.records.models import Authority
from frontend.context import moment_of
from frontend.pages.children.opening import person_of, sent
from frontend.pages.escalations import forms
from frontend.pages.escalations.asking import ask
from frontend.pages.escalations.directory import require_professional
from frontend.pages.escalations.views import tabs
from frontend.pages.reviews.asking import without_errors
from frontend.parts.refusals import put_refusal_on
from workflows.escalations import actions
from workflows.escalations.ladders import Ladder, Use, default_for
from workflows.escalations.models import LadderInUse

BACK = "ladders"
DONE = "Chosen. Concerns raised before keep the ladder they were raised with."


@login_required
def ladders(request: HttpRequest) -> HttpResponse:
    """How concerns go up in the reader's authority, and what else is published."""
    require_professional(request)
    mine = actions.chooses_ladder(person_of(request), moment_of(request))
    return render(
        request,
        "escalations/ladders.html",
        {
            "authorities": [
                {"authority": authority, "uses": [in_use(authority, use) for use in Use]}
                for authority in mine.order_by("name")
            ],
            "published": [
                {"use": use, "ladders": [shown(ladder) for ladder in actions.ladders_of(use)]}
                for use in Use
            ],
            "tabs": tabs(BACK, request),
        },
    )


def standing(authority: Authority, use: Use) -> LadderInUse | None:
    return LadderInUse.objects.filter(authority=authority, use=use).first()


def in_use(authority: Authority, use: Use) -> dict[str, Any]:
    return {
        "use": use,
        "ladder": shown(actions.ladder_for(use, authority)),
        "row": standing(authority, use),
        "url": reverse("ladder_choose", args=[authority.pk, use.value]),
    }


def shown(ladder: Ladder) -> dict[str, Any]:
    return {"ladder": ladder, "words": forms.rungs_words(ladder)}


def authority_to_choose_for(request: HttpRequest, code: str) -> Authority:
    """:raises NotAllowed: neither its director nor one of its administrators."""
    authority: Authority = get_object_or_404(Authority, pk=code)
    mine = actions.chooses_ladder(person_of(request), moment_of(request))
    if authority not in mine:
        raise NotAllowed(
            "How concerns go up is chosen by an administrator or a director of that authority."
        )
    return authority


@login_required
def choose(request: HttpRequest, code: str, use: str) -> HttpResponse:
    """Chooses how concerns that are raised from now on go up."""
    authority, wanted = authority_to_choose_for(request, code), Use(use)
    now = standing(authority, wanted)
    chosen = default_for(wanted).code if now is None else now.code or forms.OWN
    form = forms.WhichLadder(sent(request), initial={"code": chosen}).offer(
        actions.ladders_of(wanted)
    )
    if form.is_bound and form.is_valid() and form.cleaned_data["code"] == forms.OWN:
        return redirect("ladder_own", authority.pk, wanted.value)
    return ask(
        request,
        form,
        lambda: actions.choose_ladder(
            authority=authority,
            use=wanted,
            by=person_of(request),
            at=moment_of(request),
            **form.cleaned_data,
        ),
        title=f"{wanted.label}: how they go up in {authority.name}",
        button="Continue",
        done=DONE,
        back_url=reverse(BACK),
        intro="This holds for concerns raised from now on. Those raised before keep theirs. "
        "None of these numbers is law.",
    )


@login_required
def own(request: HttpRequest, code: str, use: str) -> HttpResponse:
    """Writes down an authority's own ladder, from the lowest level to the director."""
    authority, wanted = authority_to_choose_for(request, code), Use(use)
    now = standing(authority, wanted)
    is_own = now is not None and not now.code
    first = {"name": now.name, "source": now.source} if now is not None and is_own else {}
    answers = sent(request)
    is_sent = answers is not None and "add" not in answers
    form = forms.OwnLadder(answers, initial=first)
    asked = forms.RungForms(wanted, actions.ladder_for(wanted, authority).rungs, answers)
    if not is_sent:
        for one in (form, *asked.forms):
            without_errors(one)
    elif all([form.is_valid(), asked.is_valid()]) and keep(request, authority, wanted, form, asked):
        messages.success(request, DONE)
        return redirect(BACK)
    return render(
        request,
        "escalations/own_ladder.html",
        {
            "authority": authority,
            "use": wanted,
            "form": form,
            "asked": asked,
            "judged": [form, *asked.asked] if is_sent else [],
        },
    )


def keep(
    request: HttpRequest,
    authority: Authority,
    use: Use,
    form: forms.OwnLadder,
    asked: forms.RungForms,
) -> bool:
    """Whether the ladder could be chosen; what was refused stands at the head of the page."""
    try:
        actions.choose_ladder(
            authority=authority,
            use=use,
            rungs=asked.rungs(),
            by=person_of(request),
            at=moment_of(request),
            **form.cleaned_data,
        )
    except FactRefused as refusal:
        put_refusal_on(form, refusal)
        return False
    return True
