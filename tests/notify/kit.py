"""Telling somebody of something, sending what is owed, and what became of it."""

from datetime import datetime
from typing import Any

from backend.access.models import Person
from backend.events.record import record
from backend.grammar.roles import Role
from backend.notify.deliveries import deliveries_of
from backend.notify.models import Delivery, Notification, Preference, Way
from backend.notify.sending import deliver_to, owed_to_people
from backend.notify.tell import Telling, tell
from tests.factories import NOW, World

PHONE = "+447700900123"


def said(world: World, at: datetime = NOW, **how: Any) -> Notification:
    """Tells the IRO of something that happened to the child."""
    also = how.pop("also", ())
    event = record(
        "visits.unseen_alone_twice",
        by=world[Role.SOCIAL_WORKER],
        at=at,
        about="visits/1",
        child_id=world.child.pk,
    )
    return tell([Telling(event, (Role.IRO,), **how)], at=at, also=also).notifications[0]


def prefers(person: Person, **how: Any) -> Preference:
    return Preference.objects.update_or_create(person=person, defaults=how)[0]


def send_all(at: datetime = NOW, *, way: Way | None = None) -> None:
    for person, owed in owed_to_people(at):
        if way in (None, owed):
            deliver_to(person, owed, at=at)


def of(notification: Notification) -> dict[str, Delivery]:
    return {row.way: row for row in deliveries_of([notification.pk])[notification.pk]}
