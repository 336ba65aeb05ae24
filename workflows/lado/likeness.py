"""Whether two referrals may be about one adult: a suggestion for a person to judge, never more."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "dame"})
#: From here on two spellings are close enough to ask about, given the same day of birth.
CLOSE = 0.8


@dataclass(frozen=True, slots=True)
class Features:
    """By what one adult is compared with another."""

    name: str
    date_of_birth: date | None = None
    employer: str = ""
    job: str = ""


def words_of(text: str) -> list[str]:
    """The words of a name or an employer: no accents, capitals, titles or signs."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "").replace("-", " ")
    return [word for word in re.findall(r"[a-z0-9]+", plain) if word not in TITLES]


def key_of(name: str) -> str:
    """The same for "O'Neill, Siân" and "Sian ONeill"."""
    return " ".join(sorted(words_of(name)))[:200]


def surname_of(name: str) -> str:
    """The surname, before a comma where there is one."""
    before, comma, _ = name.partition(",")
    words = words_of(before if comma else name)
    return (words[-1] if words else "")[:200]


def reasons_of(one: Features, other: Features) -> tuple[str, ...]:
    """Why these two may be one adult; empty when nothing calls for a look."""
    days = {one.date_of_birth, other.date_of_birth} - {None}
    same_day = len(days) == 1 and one.date_of_birth is not None and other.date_of_birth is not None
    if len(days) == 2:
        return ()
    same_name = key_of(one.name) == key_of(other.name) != ""
    close = not same_name and _close(key_of(one.name), key_of(other.name))
    same_surname = surname_of(one.name) == surname_of(other.name) != ""
    same_employer = key_of(one.employer) == key_of(other.employer) != ""
    same_job = key_of(one.job) == key_of(other.job) != ""
    likely = (
        same_name
        or (same_day and (close or same_surname))
        or (same_surname and same_employer and same_job)
    )
    if not likely:
        return ()
    found = (
        ("same name", same_name),
        ("a name spelt almost the same", close),
        ("same surname", same_surname and not same_name),
        ("same date of birth", same_day),
        ("same employer", same_employer),
        ("same job", same_job),
    )
    return tuple(words for words, holds in found if holds)


def _close(one: str, other: str) -> bool:
    return bool(one and other) and SequenceMatcher(None, one, other).ratio() >= CLOSE
