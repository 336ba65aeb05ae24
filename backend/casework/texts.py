"""What people write: with the reason that was asked for, and never longer than can be read."""

from backend.casework.errors import FactRefused

#: Nobody writes more than this about one thing; it also keeps a stray paste out.
LONGEST_TEXT = 20_000


def check_text(text: str, field: str, *, longest: int = LONGEST_TEXT) -> str:
    """:raises FactRefused: longer than anybody writes, or with characters that no text has."""
    if len(text) > longest:
        raise FactRefused(
            f"This is {len(text):,} characters long; the most is {longest:,}.", field=field
        )
    if "\x00" in text:
        raise FactRefused("This contains a character that cannot be stored.", field=field)
    return text


def check_reason(reason: str, words: str, *, field: str = "reason") -> str:
    """:raises FactRefused: no reason was given."""
    reason = check_text(reason, field).strip()
    if not reason:
        raise FactRefused(words, field=field)
    return reason
