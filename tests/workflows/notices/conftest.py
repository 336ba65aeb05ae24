"""The world that the API tests of this room ask about."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from tests.factories import NOW


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at the day on which the world of the tests lives."""
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield
