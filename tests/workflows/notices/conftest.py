"""The world that the tests of this room work in."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction

from tests.factories import NOW, World, a_world


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at the day on which the world of the tests lives."""
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all tests of a file; each test takes its own changes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    return deepcopy(standing_world)
