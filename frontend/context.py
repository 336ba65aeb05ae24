"""What every page knows: the day, who is reading, and how much is unread."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from backend.access.models import Person
from backend.grammar.moments import day_of
from backend.notify.inbox import cursor, unread
from frontend.navigation import ways


def moment_of(request: HttpRequest) -> datetime:
    """The one moment at which a request happens: the clock is read once, at the edge."""
    moment: datetime | None = getattr(request, "moment", None)
    if moment is None:
        moment = timezone.localtime()
        request.moment = moment  # type: ignore[attr-defined]
    return moment


def every_page(request: HttpRequest) -> dict[str, Any]:
    """The day and the moment of the request, and what belongs to the reader."""
    at = moment_of(request)
    context: dict[str, Any] = {"now": at, "today": day_of(at), "is_demo": settings.DEMO}
    person = getattr(request, "user", None)
    if isinstance(person, Person):
        context |= {
            "ways": SimpleLazyObject(lambda: ways(request, person, day_of(at))),
            "acting_for": acting_for(person),
            "unread": SimpleLazyObject(lambda: unread(person)),
            "inbox_cursor": SimpleLazyObject(lambda: cursor(person)),
        }
    return context


def acting_for(person: Any) -> str:
    """The organisation on whose behalf somebody reads and writes."""
    return str(getattr(person, "organisation", "") or "")
