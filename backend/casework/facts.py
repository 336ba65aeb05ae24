"""What every room asks of the facts it is given: texts, reasons, days, and where a child lived."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from backend.access.parts import living_there
from backend.casework.errors import FactRefused
from backend.grammar.moments import day_of
from backend.records.models import Child, Placement

#: Nothing older than this is written down as if it had just been heard.
FURTHEST_BACK = timedelta(days=3653)
#: Nobody writes more than this about one thing; it also keeps a stray paste out.
LONGEST_TEXT = 20_000


def in_words(day: date) -> str:
    """A day as a sentence on the timeline has it: 5 March 2026."""
    return f"{day:%-d %B %Y}"


def check_text(text: str, field: str, *, longest: int = LONGEST_TEXT) -> str:
    """:raises FactRefused: longer than anybody writes, or with characters that no text has."""
    if len(text) > longest:
        raise FactRefused(
            f"This is {len(text):,} characters long; the most is {longest:,}.", field=field
        )
    if "\x00" in text:
        raise FactRefused("This contains a character that cannot be stored.", field=field)
    return text


def check_texts(facts: Mapping[str, Any]) -> None:
    """:raises FactRefused: one of the texts is longer than anybody writes, or cannot be kept."""
    for name, value in facts.items():
        if isinstance(value, str):
            check_text(value, name)


def check_reason(reason: str, words: str, field: str = "reason") -> str:
    """:raises FactRefused: nothing was written where something must be, as ``words`` ask."""
    reason = check_text(reason, field).strip()
    if not reason:
        raise FactRefused(words, field=field)
    return reason


def check_has_passed(child: Child, day: date, at: datetime, field: str) -> date:
    """:raises FactRefused: the day lies in the future, ten years back, or before the birth."""
    if day > day_of(at):
        raise FactRefused("This day is in the future.", field=field)
    if day < child.date_of_birth:
        raise FactRefused("This day is before the child was born.", field=field)
    if day < day_of(at) - FURTHEST_BACK:
        raise FactRefused("This day is more than ten years ago.", field=field)
    return day


def where_lived(child: Child, day: date) -> Placement | None:
    """The placement of a day; on the day of a move, the new one."""
    rows = child.placements.filter(is_temporary=False)
    return rows.filter(living_there(day)).first() or rows.filter(ended_on=day).first()
