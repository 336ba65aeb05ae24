"""Waits for what must come true, however slow the machine is."""

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from backend.grammar.moments import LONDON

Found = TypeVar("Found")
SECONDS = 240.0


def until(what: str, look: Callable[[], Found], *, seconds: float = SECONDS) -> Found:
    """What is found once there is something; fails when it does not come."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends, f"not after {seconds:.0f} seconds: {what}"
        time.sleep(0.1)
    return found


def now() -> datetime:
    """The moment at which other programs live too."""
    return datetime.now(LONDON)


def today() -> date:
    """The day on which they do."""
    return now().date()
