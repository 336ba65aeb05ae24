"""What could not be used of a return, row by row, in plain words, and how often."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum


class Outcome(Enum):
    """What became of the row."""

    LEFT_OUT = "row left out"
    PARTLY_USED = "row used without this"
    KEPT = "row used; please check"


class Rule(Enum):
    """The checks a return goes through: a short name, what is wrong, and what became of it."""

    COLUMNS = ("columns", "Columns that belong to no file of the return", Outcome.LEFT_OUT)
    NOT_USED = ("not-used", "A file that is recognised but not used", Outcome.LEFT_OUT)
    SHAPE = ("shape", "A row with too many or too few cells", Outcome.LEFT_OUT)
    CHILD = ("child", "No usable child identifier", Outcome.LEFT_OUT)
    DATE = ("date", "Not a date (dd/mm/yyyy)", Outcome.LEFT_OUT)
    FUTURE = ("future", "A date in the future", Outcome.LEFT_OUT)
    FUTURE_END = ("future-end", "An end in the future: taken as still open", Outcome.PARTLY_USED)
    CODE = ("code", "A code that is needed and not known", Outcome.LEFT_OUT)
    FACT = ("fact", "A code or number that cannot be right", Outcome.PARTLY_USED)
    TWICE = ("twice", "The same row twice", Outcome.LEFT_OUT)
    HEADER_TWICE = ("header-twice", "A second, different header row", Outcome.LEFT_OUT)
    NO_HEADER = ("no-header", "A child without a usable header row", Outcome.LEFT_OUT)
    BIRTH = ("birth", "Another date of birth than the header's", Outcome.LEFT_OUT)
    BEFORE_BIRTH = ("before-birth", "Before the child was born", Outcome.LEFT_OUT)
    BACKWARDS = ("backwards", "The end is before the start", Outcome.LEFT_OUT)
    NO_DAYS = ("no-days", "An episode that ended on the day it began", Outcome.LEFT_OUT)
    NO_EPISODE = ("no-episode", "A child without a usable episode", Outcome.KEPT)
    OVERLAP_CUT = (
        "overlap-cut", "Overlaps with a later episode: ended when that one began", Outcome.KEPT
    )  # fmt: skip
    OVERLAP_OUT = ("overlap-out", "Lies inside another episode", Outcome.LEFT_OUT)
    OPEN_REASON = (
        "open-reason", "An open episode with a reason for its end", Outcome.PARTLY_USED
    )  # fmt: skip
    NO_REASON = ("no-reason", "An ended episode without a reason", Outcome.KEPT)
    NEXT_ABSENT = (
        "next-absent", "The next episode should start the same day and does not", Outcome.KEPT
    )  # fmt: skip
    WENT_ON = ("went-on", "Care ended and yet the next episode does not begin care", Outcome.KEPT)
    RESTARTED = ("restarted", "Care begins in the middle of care", Outcome.KEPT)
    NEW_REASON = (
        "new-reason", "The reason for a new episode does not fit what changed", Outcome.PARTLY_USED
    )  # fmt: skip
    NO_CHANGE = ("no-change", "A new episode in which nothing changed", Outcome.KEPT)
    MOVE_REASON = (
        "move-reason", "A reason for a change of placement without a change", Outcome.PARTLY_USED
    )  # fmt: skip
    NEED = ("need", "The category of need differs within one period", Outcome.PARTLY_USED)
    BEGAN_EARLIER = (
        "began-earlier", "The first episode begins in the middle of care", Outcome.KEPT
    )  # fmt: skip
    TEMPORARY = ("temporary", "A temporary stay that no placement surrounds", Outcome.KEPT)
    BREAKS = ("breaks", "Short breaks by agreement: the days are not in the return", Outcome.KEPT)
    REVIEW_CARE = ("review-care", "A review outside every period of care", Outcome.LEFT_OUT)
    REVIEW_AGE = ("review-age", "A participation code for another age", Outcome.PARTLY_USED)
    REVIEWS_UNREAD = ("reviews-unread", "No room takes in reviews", Outcome.LEFT_OUT)
    MISSING_OVERLAP = ("missing-overlap", "Overlaps with another time missing", Outcome.LEFT_OUT)
    HOME = ("home", "A home that is not in the register", Outcome.PARTLY_USED)
    HOME_ADDED = ("home-added", "A home put in the register by its number only", Outcome.KEPT)
    NOT_THERE = ("not-there", "A child with open care who is not in this return", Outcome.KEPT)
    DIFFERS = ("differs", "Corrected in the record since: the record stands", Outcome.PARTLY_USED)
    CLASHES = ("clashes", "Clashes with what people recorded: nothing loaded", Outcome.LEFT_OUT)
    FAILED = ("failed", "The child could not be loaded: nothing loaded", Outcome.LEFT_OUT)

    def __init__(self, code: str, label: str, outcome: Outcome) -> None:
        self.code = code
        self.label = label
        self.outcome = outcome


@dataclass(frozen=True)
class Problem:
    """One thing found: where, under which rule, in words."""

    rule: Rule
    words: str
    file: str = ""
    line: int = 0
    child: str = ""

    @property
    def place(self) -> tuple[str, int, str, str]:
        return (self.file, self.line, self.child, self.rule.code)


@dataclass
class Problems:
    """All that was found."""

    found: list[Problem] = field(default_factory=list)

    def add(self, rule: Rule, words: str, file: str = "", line: int = 0, child: str = "") -> None:
        self.found.append(Problem(rule, words, file, line, child))

    def take(self, others: Iterable[Problem]) -> None:
        self.found += others

    def by_rule(self) -> list[tuple[Rule, int]]:
        """How often each rule was broken, in the order of the rules."""
        counted = Counter(problem.rule for problem in self.found)
        return [(rule, counted[rule]) for rule in Rule if counted[rule]]

    def in_order(self) -> list[Problem]:
        return sorted(self.found, key=lambda problem: problem.place)
