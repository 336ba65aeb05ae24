"""Small pieces that several actions share."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from backend.casework.errors import FactRefused
from backend.casework.facts import in_words, where_lived
from backend.grammar.moments import day_of
from workflows.reviews.checks import (
    check_past,
    check_words,
    require,
)
from workflows.reviews.models import (
    Attendee,
    Participation,
    Review,
)


def day_after(review: Review, day: date | None, at: datetime, field: str) -> date:
    day = check_past(day or day_of(at), at, field, "This cannot lie in the future.")
    if review.completed_on is not None and day < review.completed_on:
        raise FactRefused("This cannot be before the review.", field=field)
    return day


def attendees_given(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    there = list(rows)
    for row in there:
        require(row, {"name": "Enter the name.", "part": "Say who they are to the child."})
        check_words(row)
    return there


def write_attendees(case: Review, rows: list[Mapping[str, Any]]) -> None:
    Attendee.objects.bulk_create([Attendee(review=case, **row) for row in rows])


def placement_id_on(review: Review, day: date) -> int | None:
    placement = where_lived(review.child, day)
    return placement.pk if placement else None


def part_in_words(outcome: Mapping[str, Any]) -> str:
    code = outcome.get("participation")
    if not code or code not in Participation.values:
        return "not coded (short breaks)"
    return f"{code}, {Participation(code).label.lower()}"


def day_of_review(review: Review) -> str:
    return in_words(review.happened_on) if review.happened_on else "an unknown day"


def as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value or "")
