"""Telling the LADO without an account: anybody may, and nothing is given away."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from rest_framework.throttling import AnonRateThrottle

from backend.casework.errors import FactRefused
from backend.events.record import CLOCK
from frontend.context import moment_of
from frontend.pages.lado import forms
from frontend.parts.refusals import put_refusal_on
from workflows.lado import actions
from workflows.lado.models import Source

REFERENCE = "told-the-lado"


class PerAddress(AnonRateThrottle):
    """How often one address may send the form: enough for anybody who means it."""

    scope = "tell-the-lado"
    rate = "10/hour"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})


@never_cache
def tell_the_lado(request: HttpRequest) -> HttpResponse:
    """Takes in what somebody tells of an adult who works with children."""
    form = forms.Public(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if not PerAddress().allow_request(request, None):  # type: ignore[arg-type]
            return render(request, "lado/too_often.html", status=429)
        if form.is_valid():
            given = dict(form.cleaned_data)
            given.pop("website")
            try:
                referral = actions.make_referral(
                    adult=forms.adult_in(given),
                    source=Source.PUBLIC,
                    by=CLOCK,
                    at=moment_of(request),
                    **given,
                )
            except FactRefused as refusal:
                put_refusal_on(form, refusal)
            else:
                request.session[REFERENCE] = referral.reference
                return redirect(reverse("lado_told"))
        status = 422
    return render(
        request,
        "lado/tell.html",
        {"form": form, "limbs": forms.LIMBS.values()},
        status=status,
    )


@never_cache
def told(request: HttpRequest) -> HttpResponse:
    """Says that it was sent, with a number to quote and nothing of what was written."""
    reference = request.session.get(REFERENCE)
    if not reference:
        return redirect(reverse("tell_the_lado"))
    return render(request, "lado/told.html", {"reference": reference})
