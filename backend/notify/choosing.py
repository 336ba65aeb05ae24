"""Which ways a notification takes to its person, and from when: preferences and quiet hours."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

from backend.access.models import Person
from backend.grammar.events import KINDS
from backend.grammar.moments import LONDON
from backend.notify.models import Delivery, Notification, Preference, PushDevice, Way
from backend.notify.ways import NOT_SET_UP, lacking

#: What the machinery itself tells of, in words; a room's family is called as the room is.
CALLED = {
    "care": "Care that began or ended",
    "deadlines": "Dates that moved or passed",
    "lado": "Allegations",
    "people": "Allocations",
    "records": "Records opened with a reason",
}


def families() -> dict[str, str]:
    """The families of alerts a person may choose between, with their names."""
    found = sorted({family_of(kind.name) for kind in KINDS if kind.alert})
    return {family: CALLED.get(family, capital(family)) for family in found}


def family_of(event: str) -> str:
    return event.partition(".")[0]


def capital(family: str) -> str:
    words = family.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def preferences_of(people: Iterable[int]) -> dict[int, Preference]:
    """How each of these people wishes to be reached; who never said has the usual answers."""
    wanted = set(people)
    said = {one.person_id: one for one in Preference.objects.filter(person__in=wanted)}
    return {pk: said.get(pk) or Preference(person_id=pk) for pk in wanted}


def preference_of(person: Person) -> Preference:
    return preferences_of([person.pk])[person.pk]


def quiet_until(at: datetime, quiet_from: time | None, quiet_to: time | None) -> datetime | None:
    """When the quiet hours that a moment falls into end; nothing when it falls into none.

    The hours are those of a clock on a wall in England, over midnight if they must.
    """
    if quiet_from is None or quiet_to is None:
        return None
    here = at.astimezone(LONDON)
    now, day = here.time(), here.date()
    if quiet_from < quiet_to:
        is_quiet = quiet_from <= now < quiet_to
    else:
        is_quiet = now >= quiet_from or now < quiet_to
        day += timedelta(days=1 if now >= quiet_from else 0)
    end = datetime.combine(day, quiet_to, tzinfo=LONDON).astimezone(UTC)
    return end if is_quiet and end > at else None


def deliveries_for(
    notifications: Sequence[Notification], *, also: Collection[Way] = ()
) -> list[Delivery]:
    """What is owed for each notification, not yet written: a fixed number of queries.

    Everything stands in the page. ``also`` are the ways that a ladder asks for: they are taken
    whatever the person prefers. One that leads nowhere for the person stands as failed from the
    start, one that this installation does not have as not set up; e-mail goes in its place.
    """
    people = {row.person_id for row in notifications}
    preferences = preferences_of(people)
    devices = set(PushDevice.objects.filter(person__in=people).values_list("person", flat=True))
    return [
        delivery
        for row in notifications
        for delivery in _of_one(row, preferences[row.person_id], devices, also)
    ]


def _of_one(
    row: Notification, preference: Preference, devices: set[int], also: Collection[Way]
) -> list[Delivery]:
    asked = set(also)
    if any(lacking(way, preference, devices) for way in asked):
        asked.add(Way.EMAIL)
    preferred = {
        way for way in _preferred(row, preference) if not lacking(way, preference, devices)
    }
    return [
        _delivery(row, way, preference, lacking(way, preference, devices))
        for way in Way
        if way in asked | preferred | {Way.LIVE}
    ]


def _preferred(row: Notification, preference: Preference) -> set[Way]:
    """The ways a person wishes; every way there is when it is urgent."""
    if row.is_urgent:
        return set(Way)
    if family_of(row.event.name) in preference.unwanted:
        return set()
    wishes = {
        Way.EMAIL: preference.by_email,
        Way.TEXT: preference.by_text,
        Way.PUSH: preference.by_push,
    }
    return {way for way, is_wished in wishes.items() if is_wished}


def _delivery(row: Notification, way: Way, preference: Preference, lack: str) -> Delivery:
    if lack == NOT_SET_UP:
        return Delivery(notification=row, way=way, state=Delivery.State.NOT_SET_UP, failure=lack)
    if lack:
        return Delivery(notification=row, way=way, state=Delivery.State.FAILED, failure=lack)
    waits = None
    if way != Way.LIVE and not row.is_urgent:
        waits = quiet_until(row.told_at, preference.quiet_from, preference.quiet_to)
    return Delivery(notification=row, way=way, next_try_at=waits)
