"""Where a room takes over what a return says about its own work, and gives it back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from backend.events.record import Actor


@dataclass(frozen=True, order=True)
class ReviewRow:
    """A review that was held, with its participation code (PN0 to PN7; empty when not known)."""

    held_on: date
    participation: str


@dataclass(frozen=True)
class ReviewChange:
    """What loading did to one review; a review that stood already makes no change."""

    verb: Literal["added", "corrected"]
    held_on: date


#: Takes, for each child's number, the reviews that were held; answers with what changed.
#: It writes held, closed reviews in bulk, matches those that stand by the day they were held,
#: never removes one, never empties a code, records no event and tells nobody.
ReviewLoader = Callable[
    [Mapping[int, Sequence[ReviewRow]], Actor, datetime], Mapping[int, Sequence[ReviewChange]]
]
#: Answers with the reviews held for each of these children, in order.
ReviewReader = Callable[[Sequence[int]], Mapping[int, Sequence[ReviewRow]]]

_loader: list[ReviewLoader] = []
_reader: list[ReviewReader] = []


def install_review_loader(load: ReviewLoader) -> None:
    """Names the one function that takes in reviews from a return."""
    _loader[:] = [load]


def install_review_reader(read: ReviewReader) -> None:
    """Names the one function that gives back the reviews for a return."""
    _reader[:] = [read]


def takes_reviews() -> bool:
    """Whether a room takes in reviews."""
    return bool(_loader)


def load_reviews(
    rows: Mapping[int, Sequence[ReviewRow]], by: Actor, at: datetime
) -> Mapping[int, Sequence[ReviewChange]]:
    return _loader[0](rows, by, at) if _loader else {}


def read_reviews(children: Sequence[int]) -> Mapping[int, Sequence[ReviewRow]]:
    return _reader[0](children) if _reader else {}
