"""Reading what one was told, marking it as seen, and going to what it is about."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from backend.access.matters import may_see
from backend.notify.inbox import mark_read, notifications_of, unread
from frontend.context import moment_of
from frontend.pages.children.opening import person_of
from frontend.pages.notifications.ways import as_told, depths_of, page_for
from frontend.parts.lists import page_of
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import count_of, long_moment

GONE = (
    "You can no longer see the child this was about. Whoever works with the child now "
    "has been told."
)
#: No page shows more than this, so no honest answer names more.
MOST_AT_ONCE = 100


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """One's own notifications, newest first."""
    person = person_of(request)
    only_unread = request.GET.get("show") == "unread"
    rows = notifications_of(person).prefetch_related("moved_from__person")
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    if "export" in request.GET:
        return export(request, as_told(person, rows))
    page = page_of(rows, request)
    told = as_told(person, page.object_list)
    return render(
        request,
        "notifications/notifications.html",
        {
            "page": page,
            "told": told,
            "only_unread": only_unread,
            "unread_here": [
                one.notification.number for one in told if one.notification.read_at is None
            ],
            "tabs": tabs(only_unread, unread(person)),
            "back": request.get_full_path(),
        },
    )


def tabs(only_unread: bool, number: int) -> list[dict[str, Any]]:
    url = reverse("notifications")
    return [
        {"label": "Everything", "url": url, "is_current": not only_unread},
        {
            "label": "Unread",
            "url": f"{url}?show=unread",
            "is_current": only_unread,
            "count": number,
        },
    ]


def export(request: HttpRequest, told: list[Any]) -> HttpResponse:
    return spreadsheet(
        "Notifications",
        ("When", "What", "In words", "Child", "Came from", "Read"),
        (
            (
                one.notification.told_at,
                one.notification.words,
                one.sentence,
                one.child_name,
                ", ".join(one.moved_from),
                one.notification.read_at or "Not yet",
            )
            for one in told
        ),
        notes=(f"Notifications of {person_of(request).name}, {long_moment(moment_of(request))}.",),
    )


@login_required
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Marks one, or all that a page showed, as read."""
    asked = request.POST.getlist("number")[:MOST_AT_ONCE]
    numbers = [int(one) for one in asked if one.isdecimal() and len(one) < 18]
    done = mark_read(person=person_of(request), numbers=numbers, at=moment_of(request))
    if done:
        messages.success(request, f"{count_of(done, 'notification')} marked as read.")
    return redirect(way_back(request))


@login_required
@require_POST
def open_one(request: HttpRequest, number: int) -> HttpResponse:
    """Marks one as read and goes to what it is about, if the reader may still see it."""
    person = person_of(request)
    one = get_object_or_404(notifications_of(person), number=number)
    mark_read(person=person, numbers=[number], at=moment_of(request))
    depth = depths_of(person, {one.child_id} if one.child_id else set()).get(one.child_id or 0)
    url = page_for(one, depth, sees_case=may_see(person, one.about))
    if not url:
        messages.warning(request, GONE)
        return redirect(way_back(request))
    return redirect(url)


def way_back(request: HttpRequest) -> str:
    """The page of the list that was left, and never another site's."""
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if here and back.startswith(reverse("notifications")) else reverse("notifications")
