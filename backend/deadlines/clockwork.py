"""Where the rooms hang up their clocks: who reads a child's history, who counts from it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from backend.deadlines.due import Due

ReadHistories = Callable[[Sequence[int]], Mapping[int, Any]]
CountDeadlines = Callable[[Any, date], Sequence[Due]]

_readers: list[ReadHistories] = []
_clocks: dict[str, CountDeadlines] = {}


def install_reader(read: ReadHistories) -> None:
    """Names the one function that reads the histories of many children."""
    _readers[:] = [read]


def install_clock(room: str, count: CountDeadlines) -> None:
    """Hangs up a room's clock: a pure function from a history to its deadlines."""
    _clocks[room] = count


def read_histories(children: Sequence[int]) -> Mapping[int, Any]:
    return _readers[0](children) if _readers else {}


def count_deadlines(history: Any, as_of: date) -> list[Due]:
    """Every room's deadlines for one history."""
    return [due for count in _clocks.values() for due in count(history, as_of)]
