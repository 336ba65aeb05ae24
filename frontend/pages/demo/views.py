"""Signing in as a demo person with one click; none of this exists when demo mode is off."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.grammar.moments import day_of
from frontend.context import moment_of
from frontend.pages.demo.cast import demo_people, parts_by_role

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: More people than this in one part fold away.
SHOWN = 6


def require_demo() -> None:
    """:raises Http404: this is no demonstration, and nobody signs in without proof."""
    if not settings.DEMO:
        raise Http404


@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the invented world, by the part they play."""
    require_demo()
    parts = [
        {"part": part, "first": part.players[:SHOWN], "rest": part.players[SHOWN:]}
        for part in parts_by_role(day_of(moment_of(request)))
    ]
    return render(request, "demo/people.html", {"parts": parts})


@require_POST
def sign_in(request: HttpRequest, person_id: int) -> HttpResponse:
    """Signs in as one of them."""
    require_demo()
    person = get_object_or_404(demo_people(), pk=person_id)
    login(request, person, backend=BACKEND)
    return redirect("/")
