"""The browsers that a person asked to be woken."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from backend.casework.errors import FactRefused
from backend.casework.preferences import add_browser, remove_browser
from frontend.context import moment_of
from frontend.pages.children.opening import person_of

FACTS = ("endpoint", "p256dh", "auth", "name")


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Adds the browser that the reader sits at."""
    facts = {name: request.POST.get(name, "") for name in FACTS}
    try:
        add_browser(person=person_of(request), at=moment_of(request), **facts)
    except FactRefused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "This browser shows a message from now on.")
    return redirect("your_telling")


@login_required
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Removes a browser."""
    if not remove_browser(person=person_of(request), number=number):
        raise Http404
    messages.success(request, "The browser shows no more messages.")
    return redirect("your_telling")
