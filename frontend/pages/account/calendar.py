"""The secret address of one's calendar, and what calendar programs read there."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from backend.casework.diary import (
    calendar_of,
    feed_of,
    fingerprint,
    make_feed,
    reader_of,
    revoke_feed,
)
from backend.grammar.moments import day_of
from frontend.context import moment_of
from frontend.pages.children.opening import person_of
from frontend.problems import problem_page

#: A program looks every few hours; somebody who guesses looks much more often.
MOST_LOOKS = 30
MOST_GUESSES = 20
SECONDS = 600


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Whether the reader's calendar stands open, and what it is for."""
    return render(
        request, "your_account/calendar.html", {"feed": feed_of(person_of(request)).first()}
    )


@login_required
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Makes a new address and shows it, this once."""
    secret = make_feed(person=person_of(request), at=moment_of(request))
    address = f"{settings.BASE_URL}{reverse('calendar_feed', args=[secret])}"
    answer = render(request, "your_account/calendar_made.html", {"address": address})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Closes the address."""
    if revoke_feed(person=person_of(request), at=moment_of(request)):
        messages.success(request, "The address is closed. Calendars that read it find nothing.")
    return redirect("your_calendar")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret; without one, nothing that anybody could learn from."""
    guesser = f"calendar-guesses:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(guesser, 0) >= MOST_GUESSES:
        return problem_page(request, 429)
    at = moment_of(request)
    person = reader_of(secret, at)
    if person is None:
        count_one(guesser)
        raise Http404
    if count_one(f"calendar-looks:{fingerprint(secret)}") > MOST_LOOKS:
        return problem_page(request, 429)
    answer = HttpResponse(
        calendar_of(person, at=at, on=day_of(at)), content_type="text/calendar; charset=utf-8"
    )
    answer["Cache-Control"] = "private, max-age=600"
    answer["Content-Disposition"] = 'inline; filename="sightline.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def count_one(key: str) -> int:
    """Counts one more within the time; how many that makes."""
    cache.add(key, 0, SECONDS)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        return 1
