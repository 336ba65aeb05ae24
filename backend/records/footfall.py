"""Outside eyes: how often somebody from outside came to see the children of a setting."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Eyes(StrEnum):
    """Where somebody saw the child. Only those who came inside could see the setting."""

    INSIDE = "inside"
    ELSEWHERE = "elsewhere"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Seen:
    """How many times, in a month, people of one kind saw children of one setting."""

    setting_id: int
    month: date
    who: str
    eyes: Eyes
    number: int


CountEyes = Callable[[Sequence[int], date, date], Iterable[Seen]]
_rooms: dict[str, CountEyes] = {}


def install_footfall(room: str, count: CountEyes) -> None:
    """Lets a room add the outsiders it knows of, counted from its own records."""
    _rooms[room] = count


def seen_in(settings: Sequence[int], first: date, last: date) -> list[Seen]:
    """Every room's count for these settings, from a day to a day."""
    return [seen for count in _rooms.values() for seen in count(settings, first, last)]
