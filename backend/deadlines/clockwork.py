"""Where the rooms hang up their clocks: who reads the facts, who counts from them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.deadlines.due import Due
from backend.grammar.clocks import Rule, Rules

ReadHistories = Callable[[Sequence[int]], Mapping[int, Any]]
#: Reads the facts of many cases that are no child's.
ReadMatters = Callable[[Sequence[int]], Mapping[int, Any]]
CountDeadlines = Callable[[Any, date], Sequence[Due]]
#: Does what a passed moment calls for; says how often.
FollowUp = Callable[[datetime], int]


#: Reads which authority answers for each of many cases; left out where none does.
ReadAuthorities = Callable[[Sequence[int]], Mapping[int, str]]


@dataclass(frozen=True)
class MatterClock:
    """How the deadlines of one kind of case are read and counted, which cases still run, and
    whose ladder their alerts take."""

    read: ReadMatters
    count: CountDeadlines
    running: Callable[[], Sequence[int]]
    answered_in: ReadAuthorities


_readers: list[ReadHistories] = []
_clocks: dict[str, CountDeadlines] = {}
_matter_clocks: dict[str, MatterClock] = {}
_follow_ups: dict[str, FollowUp] = {}
_rules: dict[str, dict[str, Rules]] = {}


def install_reader(read: ReadHistories) -> None:
    """Names the one function that reads the histories of many children."""
    _readers[:] = [read]


def install_clock(room: str, count: CountDeadlines, rules: Rules) -> None:
    """Hangs up a room's clock: a pure function from a history to its deadlines, and its rules."""
    _clocks[room] = count
    _rules.setdefault(room, {})[room] = rules


def install_matter_clock(
    name: str,
    *,
    room: str,
    read: ReadMatters,
    count: CountDeadlines,
    rules: Rules,
    running: Callable[[], Sequence[int]],
    answered_in: ReadAuthorities = lambda ids: {},
) -> None:
    """Hangs up the clock of cases that are no child's: ``name`` as in "allegations/12".

    ``running`` gives the cases that may still owe something, for the count at night;
    ``answered_in`` the authority that answers for each, whose ladder its alerts go up by.
    """
    _matter_clocks[name] = MatterClock(read, count, running, answered_in)
    _rules.setdefault(room, {})[name] = rules


def install_follow_up(name: str, follow_up: FollowUp) -> None:
    """Says what the clock does in a room after each sweep: each thing in a transaction of its
    own, so that any may fail or be done by two at once, and nothing is done twice."""
    _follow_ups[name] = follow_up


def follow_ups() -> Mapping[str, FollowUp]:
    return _follow_ups


def matter_clocks() -> Mapping[str, MatterClock]:
    return _matter_clocks


def answering_authorities(abouts: Collection[str]) -> dict[str, str]:
    """Which authority answers for each of these cases, as far as their rooms say."""
    by_name: dict[str, list[int]] = {}
    for about in sorted(abouts):
        name, _, number = about.partition("/")
        if name in _matter_clocks:
            by_name.setdefault(name, []).append(int(number))
    return {
        f"{name}/{pk}": code
        for name, ids in by_name.items()
        for pk, code in _matter_clocks[name].answered_in(ids).items()
        if code
    }


def rules_of(room: str) -> tuple[Rule, ...]:
    """The newest version of each of a room's rules; none for a room without clocks."""
    found = [rule for rules in _rules.get(room, {}).values() for rule in rules.latest()]
    return tuple({rule.code: rule for rule in found}.values())


def rooms_with_clocks() -> tuple[str, ...]:
    return tuple(sorted(_rules))


def read_histories(children: Sequence[int]) -> Mapping[int, Any]:
    return _readers[0](children) if _readers else {}


def count_deadlines(history: Any, as_of: date) -> list[Due]:
    """Every room's deadlines for one history."""
    return [due for count in _clocks.values() for due in count(history, as_of)]
