"""A real browser before a real Sightline with its demo world."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import windows
from tests.browser.kit import Accessible, OpenPage
from tests.browser.windows import Windows, chromium
from tests.machine import RunningDemo, free_port


@pytest.fixture(scope="package")
def demo() -> Iterator[RunningDemo]:
    """Sightline as `make run` serves it, with a demo world of its own."""
    home = Path(tempfile.mkdtemp(prefix="sightline-demo-"))
    try:
        with RunningDemo(home, free_port()) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium; Playwright's loop must not outlive these tests: others have their own."""
    with chromium() as one:
        yield one


@pytest.fixture
def open_page(browser: Browser, demo: RunningDemo) -> Iterator[OpenPage]:
    """Opens pages of people who share nothing; a fault on any of them fails the test."""
    opened = Windows(browser, demo.address)
    yield opened.open
    opened.close()
    assert opened.faults == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page on a desk."""
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A page on a phone."""
    return open_page(phone=True)


@pytest.fixture(scope="session")
def assert_accessible() -> Accessible:
    """Fails with what axe finds on a page against WCAG 2.2 AA."""
    return windows.assert_accessible


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
