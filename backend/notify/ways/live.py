"""A nudge to the pages that a person has open."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from backend.access.models import Person
from backend.notify.inbox import cursor, unread
from backend.notify.ways.message import Message, UnableToSend


def group_of(person_id: int) -> str:
    """The channel group that reaches every open page of a person."""
    return f"inbox.{person_id}"


class InThePage:
    """Says that something changed; the page asks again, with permission."""

    def is_offered(self) -> bool:
        return True

    def send(self, person: Person, message: Message) -> None:
        layer = get_channel_layer()
        nudge = {
            "type": "inbox.nudge",
            "about": message.about,
            "unread": unread(person),
            "cursor": cursor(person),
        }
        try:
            async_to_sync(layer.group_send)(group_of(person.pk), nudge)
        except Exception as error:  # whatever carries the nudge may fail in its own way
            raise UnableToSend(type(error).__name__) from error
