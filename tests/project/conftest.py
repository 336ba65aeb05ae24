"""A place of its own for a demo, which nothing outlives."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine import postgres_of, sightline


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An empty place for an installation's own files."""
    place = Path(tempfile.mkdtemp(prefix="sightline-demo-"))
    yield place
    if postgres_of(place):
        sightline("version", home=place)
        sightline("showmigrations", home=place)
    assert postgres_of(place) is None
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def new_home() -> Iterator[Path]:
    """Such a place for one test alone."""
    place = Path(tempfile.mkdtemp(prefix="sightline-demo-"))
    yield place
    shutil.rmtree(place, ignore_errors=True)
