"""What every journey starts from."""

import pytest
from django.core.cache import cache

from tests.journeys.story import Story, a_story


@pytest.fixture
def story() -> Story:
    cache.clear()
    return a_story()
