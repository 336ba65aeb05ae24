"""A clock of the law: how long, counted from what, who says so, and how sure we are of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from backend.grammar.roles import Role


class Kind(StrEnum):
    """Where a rule comes from: a screen never shows a local standard as law."""

    STATUTE = "statute"
    STATUTORY_GUIDANCE = "statutory guidance"
    LOCAL_STANDARD = "local standard"


class Verified(StrEnum):
    """How the rule was checked: in the law itself, in a text that restates it, or not yet."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"


class Direction(StrEnum):
    AFTER = "after"
    BEFORE = "before"


class CountFrom(StrEnum):
    """Whether the day of the event is day nought ("within a week of") or the first day."""

    EXCLUDE_EVENT = "exclude_event"
    INCLUDE_EVENT = "include_event"


class Mode(StrEnum):
    """Once; rolling from the last actual event; or at least one in every calendar bucket."""

    ONCE = "once"
    ROLLING = "rolling"
    BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as the law words it: a number of one unit, never converted."""

    number: int

    unit = ""

    def __post_init__(self) -> None:
        if isinstance(self.number, bool) or not isinstance(self.number, int) or self.number < 1:
            raise ValueError(f"a span is a whole number from 1, not {self.number!r}")

    @property
    def words(self) -> str:
        """The span in words: "one week", "20 working days"."""
        return f"{spell(self.number)} {self.unit}{'' if self.number == 1 else 's'}"

    @property
    def shortest_days(self) -> int:
        """The fewest calendar days this span can take."""
        raise NotImplementedError

    @property
    def longest_days(self) -> int:
        """The most calendar days this span can take."""
        raise NotImplementedError


class Hours(Span):
    """Elapsed hours, counted in UTC."""

    __slots__ = ()
    unit = "hour"

    @property
    def shortest_days(self) -> int:
        return self.number // 24

    @property
    def longest_days(self) -> int:
        return -(-self.number // 24)


class Days(Span):
    """Consecutive calendar days."""

    __slots__ = ()
    unit = "day"

    @property
    def shortest_days(self) -> int:
        return self.number

    @property
    def longest_days(self) -> int:
        return self.number


class WorkingDays(Span):
    """Days that are no Saturday, Sunday or bank holiday in England and Wales."""

    __slots__ = ()
    unit = "working day"

    @property
    def shortest_days(self) -> int:
        return self.number + 2 * ((self.number - 1) // 5)

    @property
    def longest_days(self) -> int:
        # Christmas to New Year, or Easter with its neighbours, is the worst stretch there is.
        return self.number + 2 * (self.number // 5 + 1) + 5


class Weeks(Span):
    """Seven consecutive calendar days each; never converted to months."""

    __slots__ = ()
    unit = "week"

    @property
    def shortest_days(self) -> int:
        return 7 * self.number

    @property
    def longest_days(self) -> int:
        return 7 * self.number


class Months(Span):
    """Calendar months by the corresponding date; never converted to days or weeks."""

    __slots__ = ()
    unit = "month"

    @property
    def shortest_days(self) -> int:
        return min(sum(months) for months in self._stretches(28))

    @property
    def longest_days(self) -> int:
        return max(sum(months) for months in self._stretches(29))

    def _stretches(self, february: int) -> Iterator[list[int]]:
        lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for first in range(12):
            yield [lengths[(first + step) % 12] for step in range(self.number)]


@dataclass(frozen=True, slots=True)
class NoFixedPeriod:
    """The law gives no number: elapsed time is shown, and a target only if it is local."""

    unit = "none"

    @property
    def words(self) -> str:
        return "no fixed period in law"


Period = Span | NoFixedPeriod

NUMBERS = ("nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def spell(number: int) -> str:
    """Small numbers in words, as a letter would write them."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


@dataclass(frozen=True, slots=True)
class Cite:
    """The instrument, the provision in it, and where it can be read."""

    instrument: str
    provision: str
    link: str = ""

    def __str__(self) -> str:
        return f"{self.instrument} {self.provision}".strip()


class UnableToLoosen(ValueError):
    """A local standard may only tighten what the law says."""


class NotInForce(LookupError):
    """No version of the rule was in force on that day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One dated version of one clock, as one row that a practitioner can check.

    ``code`` is the project's own name, ``ref`` the id in the law reference, ``who`` the one
    who owes it, ``tells`` the roles to be told when it slips. ``local_target`` is what
    people aim for where the law gives no number.
    """

    code: str
    ref: str
    title: str
    cite: Cite
    kind: Kind
    verified: Verified
    span: Period
    counted_from: str
    checked_on: date
    in_force_from: date
    in_force_to: date | None = None
    direction: Direction = Direction.AFTER
    count_from: CountFrom = CountFrom.EXCLUDE_EVENT
    mode: Mode = Mode.ONCE
    applies_when: str = ""
    who: str = "the placing authority"
    tells: tuple[Role, ...] = ()
    local_target: Span | None = None
    remote_visits_count: bool = False
    note: str = ""

    @property
    def provision(self) -> str:
        return str(self.cite)

    @property
    def link(self) -> str:
        return self.cite.link

    @property
    def has_number(self) -> bool:
        return not isinstance(self.span, NoFixedPeriod)

    @property
    def words(self) -> str:
        """The period in words, with its direction."""
        if not self.has_number:
            is_before = self.direction is Direction.BEFORE
            return f"before {self.counted_from}" if is_before else self.span.words
        where = "before" if self.direction is Direction.BEFORE else "of"
        return f"{self.span.words} {where} {self.counted_from}"

    def was_in_force(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)

    def check_can_tighten(self, local: Span) -> None:
        """Raises UnableToLoosen unless the local span is never longer than the law's."""
        if isinstance(self.span, NoFixedPeriod):
            return
        if type(local) is type(self.span):
            never_longer = local.number <= self.span.number
        else:
            never_longer = local.longest_days <= self.span.shortest_days
        if not never_longer:
            raise UnableToLoosen(
                f"{self.ref}: a local standard of {local.words} could be longer than "
                f"the {self.span.words} that {self.provision} allows"
            )


def describe_overdue(verified: str) -> str:
    """What to say of a deadline that has passed; an unverified rule is no breach of law."""
    if verified == Verified.UNVERIFIED:
        return "past its expected date (rule not yet verified)"
    return "overdue"


class Rules:
    """The rules of a room: every version of each, found by code and day."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self._versions: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda rule: rule.in_force_from):
            self._versions.setdefault(rule.code, []).append(rule)
        faults = faults_of(rules)
        if faults:
            raise ValueError("; ".join(faults))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def versions(self, code: str) -> tuple[Rule, ...]:
        """Every version of a rule, oldest first."""
        try:
            return tuple(self._versions[code])
        except KeyError:
            raise LookupError(f"there is no rule called {code}") from None

    def on(self, code: str, day: date) -> Rule:
        """The version in force on a day; raises NotInForce when there was none."""
        for rule in reversed(self.versions(code)):
            if rule.was_in_force(day):
                return rule
        raise NotInForce(f"no version of {code} was in force on {day:%-d %B %Y}")

    def governing(self, code: str, day: date) -> Rule:
        """The version in force on a day, or the first one for days before it.

        Children already looked after were brought under the regulations when they began, so
        an older event is counted by the first version.
        """
        first = self.versions(code)[0]
        return first if day < first.in_force_from else self.on(code, day)

    def latest(self) -> tuple[Rule, ...]:
        """The newest version of each rule, in the order of the room's page."""
        return tuple(rule for rule in self.rules if self._versions[rule.code][-1] is rule)


def faults_of(rules: Iterable[Rule]) -> list[str]:
    """What is wrong with a set of rules, in words; empty when nothing is."""
    faults: list[str] = []
    by_code: dict[str, list[Rule]] = {}
    for rule in rules:
        by_code.setdefault(rule.code, []).append(rule)
        if not rule.cite.instrument:
            faults.append(f"{rule.code} cites no instrument")
        if rule.kind is Kind.STATUTE and not rule.cite.provision:
            faults.append(f"{rule.code} cites no provision")
        if not rule.ref or not rule.title or not rule.counted_from:
            faults.append(f"{rule.code} lacks its reference, title or what it is counted from")
        if rule.in_force_to is not None and rule.in_force_to < rule.in_force_from:
            faults.append(f"{rule.code} ends before it begins")
        if rule.local_target is not None and rule.has_number:
            try:
                rule.check_can_tighten(rule.local_target)
            except UnableToLoosen as reason:
                faults.append(str(reason))
    for code, versions in by_code.items():
        versions.sort(key=lambda rule: rule.in_force_from)
        for earlier, later in pairwise(versions):
            if earlier.in_force_to is None or earlier.in_force_to >= later.in_force_from:
                faults.append(f"{code} has two versions in force on {later.in_force_from}")
    return faults
