"""What an event is: its name, its sentence, and how deep into the record it reaches."""

from dataclasses import dataclass
from enum import StrEnum


class Depth(StrEnum):
    """Who may read of it: readers of the card, of the record, or of a restricted case only."""

    CARD = "card"
    RECORD = "record"
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class EventKind:
    """One kind of event: ``room.past participle``, and a sentence with the facts it carries.

    The sentence is a format string. It may use ``{who}`` and the names in ``carries``;
    it never holds free text about a child.
    """

    name: str
    sentence: str
    carries: tuple[str, ...] = ()
    depth: Depth = Depth.RECORD
    #: The words of the alert a person receives; without personal facts.
    alert: str = ""
    #: Danger: whoever is told is reached at once, in quiet hours too.
    is_urgent: bool = False

    def __post_init__(self) -> None:
        room, _, verb = self.name.partition(".")
        if not (room and verb):
            raise ValueError(f"{self.name!r}: an event is called <room>.<past participle>")


class Kinds:
    """All kinds of event that the installed rooms know."""

    def __init__(self) -> None:
        self._by_name: dict[str, EventKind] = {}

    def add(self, *kinds: EventKind) -> None:
        for kind in kinds:
            known = self._by_name.setdefault(kind.name, kind)
            if known != kind:
                raise ValueError(f"{kind.name} is described twice")

    def __getitem__(self, name: str) -> EventKind:
        try:
            return self._by_name[name]
        except KeyError:
            raise LookupError(f"no room describes the event {name}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(sorted(self._by_name.values(), key=lambda kind: kind.name))


KINDS = Kinds()
