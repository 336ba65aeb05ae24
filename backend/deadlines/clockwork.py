"""Where the rooms hang up their clocks: who reads a child's history, who counts from it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from backend.deadlines.due import Due
from backend.grammar.clocks import Rule, Rules

ReadHistories = Callable[[Sequence[int]], Mapping[int, Any]]
CountDeadlines = Callable[[Any, date], Sequence[Due]]

_readers: list[ReadHistories] = []
_clocks: dict[str, CountDeadlines] = {}
_rules: dict[str, Rules] = {}


def install_reader(read: ReadHistories) -> None:
    """Names the one function that reads the histories of many children."""
    _readers[:] = [read]


def install_clock(room: str, count: CountDeadlines, rules: Rules) -> None:
    """Hangs up a room's clock: a pure function from a history to its deadlines, and its rules."""
    _clocks[room] = count
    _rules[room] = rules


def rules_of(room: str) -> tuple[Rule, ...]:
    """The newest version of each of a room's rules; none for a room without clocks."""
    return _rules[room].latest() if room in _rules else ()


def rooms_with_clocks() -> tuple[str, ...]:
    return tuple(sorted(_clocks))


def read_histories(children: Sequence[int]) -> Mapping[int, Any]:
    return _readers[0](children) if _readers else {}


def count_deadlines(history: Any, as_of: date) -> list[Due]:
    """Every room's deadlines for one history."""
    return [due for count in _clocks.values() for due in count(history, as_of)]
