"""The ways to reach a person: each knows whether it can, and sends one message."""

from collections.abc import Iterable

from backend.access.models import Person
from backend.notify.models import Preference, Way
from backend.notify.ways.live import InThePage
from backend.notify.ways.mail import ByEmail
from backend.notify.ways.message import Carrier, Message, UnableToSend
from backend.notify.ways.push import ByPush
from backend.notify.ways.text import ByText

__all__ = ["CARRIERS", "NOT_SET_UP", "Carrier", "Message", "UnableToSend", "offered", "send"]

NOT_SET_UP = "this way is not set up"
CARRIERS: dict[Way, Carrier] = {
    Way.LIVE: InThePage(),
    Way.EMAIL: ByEmail(),
    Way.TEXT: ByText(),
    Way.PUSH: ByPush(),
}


def offered() -> frozenset[Way]:
    """The ways that this installation has been given what it needs for."""
    return frozenset(way for way, carrier in CARRIERS.items() if carrier.is_offered())


def send(way: Way, person: Person, message: Message) -> None:
    """This will send one message to a person on one way.

    :raises UnableToSend: it did not go; the reason names nobody.
    """
    CARRIERS[way].send(person, message)


def lacking(way: Way, preference: Preference, people_with_devices: Iterable[int]) -> str:
    """Why a way leads to nobody here; an empty text when it leads to the person."""
    if way not in offered():
        return NOT_SET_UP
    if way == Way.TEXT and not preference.phone:
        return "no phone number"
    if way == Way.PUSH and preference.person_id not in people_with_devices:
        return "no browser to wake"
    return ""
