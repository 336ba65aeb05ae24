"""A day on which the API is asked, and the world it is asked about."""

import pytest


@pytest.fixture(autouse=True)
def on_the_day(today: None) -> None:
    """Everything is asked on that day."""
