"""The world that the reviews of these tests are held in."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction

from tests.factories import World, a_world


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all tests of a file; each test takes its own changes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    return deepcopy(standing_world)
