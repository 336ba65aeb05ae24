"""A real browser before a real Sightline with its demo world."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.browser.chromium import find_chromium, launch_arguments, node_for_driver
from tests.machine import RunningDemo, free_port

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: What browsers say of a refusal that a test asked for, and of a line that it cut.
EXPECTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")


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
    """This machine's Chromium, which reaches nothing but this machine."""
    path = find_chromium()
    if path is None:
        pytest.fail("There is no Chromium: run `make test`, which fetches one.")
    own_node = node_for_driver()
    if own_node:
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = own_node
    # Playwright's loop must not outlive these tests: others have loops of their own.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=launch_arguments())
        yield chromium
        chromium.close()


class Watch:
    """Everything that went wrong on a page while a test looked elsewhere."""

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", lambda line: self._hear(line.type, line.text))
        page.on("request", self._see)

    def _hear(self, kind: str, words: str) -> None:
        if kind == "error" and not any(part in words for part in EXPECTED):
            self.faults.append(f"console: {words}")

    def _see(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in ("http", "https", "ws") and where.hostname != "127.0.0.1":
            self.faults.append(f"asked for {request.url}")


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, demo: RunningDemo) -> Iterator[OpenPage]:
    """Opens pages of people who share nothing; a fault on any of them fails the test."""
    contexts, watches = [], []

    def open_one(*, phone: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=demo.address,
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            has_touch=phone,
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        contexts.append(context)
        watches.append(Watch(page))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [fault for watch in watches for fault in watch.faults] == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page on a desk."""
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A page on a phone."""
    return open_page(phone=True)


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Fails with what axe finds on a page against WCAG 2.2 AA."""
    axe = Axe()
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page: Page) -> None:
        found = axe.run(page, options={"runOnly": {"type": "tag", "values": rules}})
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
