"""What every test can count on."""

import importlib
import ipaddress
import socket
from collections.abc import Generator, Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from pytest_django.plugin import blocking_manager_key
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from backend.project import throwaway
from tests.factories import NOW, World, a_world

#: What shares one invented world and its server.
BROWSER = "tests/browser/"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The settings of the test database, with the cluster behind them running."""
    throwaway.start()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database; one that was kept from before may have lost its authorities."""
    with django_db_blocker.unblock():
        put_back_authorities()


def is_here(address: Any) -> bool:
    """Whether an address is on this machine."""
    if not isinstance(address, tuple):
        return True
    if address[0] == "localhost":
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def nothing_reaches_out() -> Iterator[None]:
    """Refuses every connection to another machine: tests and program need none."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address):
            raise AssertionError(f"{address} is not on this machine")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """A test that commits empties every table when it ends: the next finds the authorities."""
    yield
    if nextitem is None:
        return
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits or "transactional_db" in getattr(item, "fixturenames", ()):
        with item.config.stash[blocking_manager_key].unblock():
            put_back_authorities()


def put_back_authorities() -> None:
    """Puts the authorities of England where an emptied database lacks them."""
    if not apps.get_model("records", "Authority").objects.exists():
        importlib.import_module("backend.records.migrations.0002_authorities").load(apps, None)


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at the day on which the world of the tests lives."""
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def world_facts() -> dict[str, Any]:
    """What differs in the world of a file."""
    return {}


@pytest.fixture(scope="module")
def standing_world(
    world_facts: dict[str, Any], django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    """One world for all tests of a file; each test takes its own changes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world(**world_facts)
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    return deepcopy(standing_world)


class TogetherByFile(LoadScopeScheduling):
    """Tests of one file run one after another, and everything with a browser does."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


def is_long(item: pytest.Item) -> bool:
    """Whether a test drives a browser, starts real servers or takes many seconds."""
    return item.nodeid.startswith(BROWSER) or item.get_closest_marker("slow") is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker waits for another at the end."""
    items.sort(key=lambda item: (not item.nodeid.startswith(BROWSER), not is_long(item)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherByFile:
    return TogetherByFile(config, log)
