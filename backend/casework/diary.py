"""A calendar that a person reads beside their own: what is due, by initials only."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from icalendar import Calendar, Event

from backend.access.caseload import children_in_part
from backend.access.models import Person
from backend.access.visibility import children_visible_to
from backend.deadlines.queries import standing_for
from backend.grammar.events import Depth
from backend.grammar.roles import ALLOCATED
from backend.notify.models import CalendarFeed
from backend.records.models import Child

PRODUCT = "-//Sightline//What is due//EN"
#: Calendar programs are asked to look again this often.
LOOK_AGAIN = timedelta(hours=4)


@dataclass(frozen=True)
class Entry:
    """One day in the calendar, and which child it is about."""

    uid: str
    on: date
    words: str
    child_id: int
    path: str


#: What is arranged with these children from a day on, as the room knows it.
Arranged = Callable[[Sequence[int], date], Iterable[Entry]]
_rooms: dict[str, Arranged | None] = {}


def install_diary(room: str, arranged: Arranged | None = None) -> None:
    """Puts what a room owes, and what it has arranged, into people's calendars."""
    _rooms[room] = arranged


@transaction.atomic
def make_feed(*, person: Person, at: datetime) -> str:
    """This will make a secret address for a person's calendar, in place of any other.

    Returns the secret: it is kept only as a fingerprint, and can be shown once.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    revoke_feed(person=person, at=at)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(person=person, token_hash=fingerprint(secret), made_at=at)
    return secret


def revoke_feed(*, person: Person, at: datetime) -> bool:
    """This will close the address; calendars that still read it find nothing."""
    return bool(feed_of(person).update(revoked_at=at))


def feed_of(person: Person) -> QuerySet[CalendarFeed]:
    """The address that stands open for a person, if any."""
    return CalendarFeed.objects.filter(person=person, revoked_at__isnull=True)


def reader_of(secret: str, at: datetime) -> Person | None:
    """Whose calendar a secret opens; nobody's when it was revoked, or the person has left."""
    feed = (
        CalendarFeed.objects.filter(
            token_hash=fingerprint(secret), revoked_at__isnull=True, person__is_active=True
        )
        .select_related("person")
        .first()
    )
    if feed is None:
        return None
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=at)
    return feed.person


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def initials_of(name: str) -> str:
    return "".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def entries_for(person: Person, on: date) -> list[Entry]:
    """What is due and arranged for the children allocated to a person whom they may see."""
    allocated = {
        pk
        for role in ALLOCATED
        for pk in children_in_part(person, role, on).values_list("pk", flat=True)
    }
    seen = children_visible_to(person, Depth.RECORD).filter(pk__in=allocated)
    children = sorted(seen.values_list("pk", flat=True))
    owed = standing_for(children, on).filter(room__in=_rooms, day__isnull=False)
    found = [
        Entry(
            uid=f"deadline-{row.pk}",
            on=row.last_day,
            words=f"{row.title} ({row.ref}) due",
            child_id=row.childs_id,
            path=f"/children/{row.child_id}/",
        )
        for row in owed.order_by("day", "pk")
        if row.last_day is not None
    ]
    for room in sorted(_rooms):
        arranged = _rooms[room]
        if arranged is not None:
            found += arranged(children, on)
    return found


def calendar_of(person: Person, *, at: datetime, on: date) -> bytes:
    """A person's calendar as calendar programs read it."""
    entries = entries_for(person, on)
    names = dict(
        Child.objects.filter(pk__in={entry.child_id for entry in entries}).values_list("pk", "name")
    )
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Sightline")
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", LOOK_AGAIN)
    for entry in entries:
        calendar.add_component(_event(entry, initials_of(names[entry.child_id]), at))
    return bytes(calendar.to_ical())


def _event(entry: Entry, initials: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@sightline")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", f"{initials}: {entry.words}")
    event.add("url", f"{settings.BASE_URL}{entry.path}")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
