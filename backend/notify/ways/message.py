"""What goes to a person: words without personal facts, and where to read the rest."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings

from backend.access.models import Person

#: A text message of one part has no room for more.
LONGEST_TEXT = 140


class UnableToSend(Exception):
    """A message did not go. ``is_final`` when trying again would change nothing."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


@dataclass(frozen=True)
class Message:
    """One message, with the reference under which it is known however often it is tried."""

    subject: str
    lines: tuple[str, ...]
    path: str
    reference: UUID
    #: What an open page is told: the thing that changed, never the child.
    about: str = ""
    is_retry: bool = False

    @property
    def link(self) -> str:
        return f"{settings.BASE_URL}{self.path}"

    @property
    def body(self) -> str:
        return "\n".join([*self.lines, "", f"Sign in to read and answer: {self.link}"])

    @property
    def brief(self) -> str:
        """The whole in one text message."""
        words = self.lines[0].removeprefix("- ") if len(self.lines) == 1 else ""
        if not words or len(words) > LONGEST_TEXT:
            words = self.subject.removeprefix("Sightline: ")
        return f"Sightline: {words} {self.link}"


class Carrier(Protocol):
    """One way to a person."""

    def is_offered(self) -> bool:
        """Whether this installation has what the way needs."""
        ...

    def send(self, person: Person, message: Message) -> None:
        """:raises UnableToSend: it did not go."""
        ...
