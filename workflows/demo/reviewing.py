"""The reviews of the invented world."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any


def review_steps(world: Any, life: Any) -> Iterator[tuple[datetime, Callable[[], Any]]]:
    return iter(())
