"""How alerts go up: who is told after how long, by which way; and choosing it for an authority."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.alerts.actions import CHOOSES_LADDERS, choose_ladder
from backend.alerts.events import CHOSEN
from backend.alerts.ladder import FAMILIES, Ladder, Rung, default_for, family_words
from backend.alerts.queries import authorities_of, ladders_chosen
from backend.casework.errors import FactRefused, NotAllowed
from backend.events.models import Event
from backend.grammar.moments import day_of
from backend.records.models import Authority
from frontend.context import moment_of
from frontend.pages.alerts import forms
from frontend.pages.alerts.forms import ways_words
from frontend.pages.children.opening import person_of, sent
from frontend.pages.children.told import entry_of
from frontend.pages.reviews.asking import without_errors
from frontend.parts.words import capital

KEPT_CHANGES = 50


def chooses(person: Person, on: date) -> set[str]:
    """The authorities for which somebody may choose."""
    held = RoleAssignment.objects.filter(
        current(on), person=person, role__in=CHOOSES_LADDERS, authority__isnull=False
    )
    return set(held.values_list("authority", flat=True))


def rung_words(number: int, rung: Rung) -> dict[str, Any]:
    """One step in words."""
    return {
        "number": number,
        "when": rung.when,
        "people": capital(rung.people),
        "ways": "As each of them wishes" if rung.is_before else capital(ways_words(rung.ways)),
        "again": rung.again_words,
        "is_reminder": rung.is_before,
    }


@login_required
def ladders(request: HttpRequest) -> HttpResponse:
    """The ladders in force for new alerts, in each authority where the reader plays a part."""
    person, on = person_of(request), day_of(moment_of(request))
    authorities = list(authorities_of(person, on).distinct())
    chosen = ladders_chosen([one.pk for one in authorities])
    may_choose = chooses(person, on)
    shown = [
        {
            "authority": authority,
            "may_choose": authority.pk in may_choose,
            "families": [
                ladder_card(authority, family, chosen.get((authority.pk, family)))
                for family in FAMILIES
            ],
        }
        for authority in authorities
    ]
    changes = Event.objects.filter(
        name=CHOSEN, about__in=[f"authorities/{one.pk}" for one in authorities]
    ).order_by("-at", "-pk")[:KEPT_CHANGES]
    return render(
        request,
        "alerts/ladders.html",
        {"authorities": shown, "changes": [entry_of(event) for event in changes]},
    )


def ladder_card(authority: Authority, family: str, chosen: Any) -> dict[str, Any]:
    ladder = Ladder.from_json(chosen.ladder) if chosen else default_for(family)
    return {
        "title": family_words(family),
        "name": ladder.name,
        "chosen": chosen,
        "rungs": [rung_words(number, rung) for number, rung in enumerate(ladder.steps, start=1)],
        "url": reverse("alert_ladder", args=[authority.pk, family]),
    }


@login_required
def ladder(request: HttpRequest, code: str, family: str) -> HttpResponse:
    """Chooses the steps for new alerts of one family in one authority."""
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    authority: Authority = get_object_or_404(authorities_of(person, on).distinct(), pk=code)
    if family not in FAMILIES:
        raise Http404
    if authority.pk not in chooses(person, on):
        raise NotAllowed(
            f"You cannot choose how alerts go up in {authority.name}. This can be done by its "
            "director of children's services or an administrator."
        )
    chosen = ladders_chosen([authority.pk]).get((authority.pk, family))
    standing = Ladder.from_json(chosen.ladder) if chosen else default_for(family)
    asked = forms.RungForms(family, standing.steps, sent(request))
    refused = forms.Receive(sent(request))
    is_sent = request.method == "POST" and "add" not in request.POST
    if not is_sent:
        for form in asked.forms:
            without_errors(form)
    if is_sent and asked.is_valid():
        try:
            choose_ladder(authority=authority, family=family, rungs=asked.rungs(), by=person, at=at)
        except FactRefused as refusal:
            refused.add_error(None, refusal.reason)
        else:
            messages.success(request, "Saved. It holds for new alerts; open ones keep their steps.")
            return redirect("alert_ladders")
    return render(
        request,
        "alerts/ladder.html",
        {
            "authority": authority,
            "title": family_words(family),
            "standing": standing,
            "asked": asked,
            "refused": refused if is_sent else None,
            "judged": [refused, *asked.asked] if is_sent else [],
            "has_errors": is_sent,
        },
    )
