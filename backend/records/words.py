"""What children said, read where it was first written down: linked, never copied."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Said:
    """A child's own words, signs or choices, and what somebody understood."""

    said_on: date
    own_words: str
    paraphrase: str = ""
    communicated_by: tuple[str, ...] = ()
    helped_by: str = ""


ReadWords = Callable[[Sequence[int]], Mapping[int, Said]]
_readers: dict[str, ReadWords] = {}


def install_words(room: str, read: ReadWords) -> None:
    """Lets others read what children said in a room's own records."""
    _readers[room] = read


def said_in(references: Iterable[str]) -> dict[str, Said]:
    """What was said in each of these, such as ``visits/12``; one query for each room."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for reference in references:
        room, _, number = reference.partition("/")
        if room in _readers and number.isdecimal():
            wanted[room].append(int(number))
    return {
        f"{room}/{pk}": said
        for room, ids in wanted.items()
        for pk, said in _readers[room](ids).items()
    }
