"""A fresh channel layer for every test: queues belong to the loop of the test."""

from collections.abc import Iterator

import pytest
from channels.layers import channel_layers
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_layer() -> Iterator[None]:
    cache.clear()
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()
