"""Windows of a real Chromium: a desk or a phone, watched for faults, looked at by axe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.browser.chromium import find_chromium, launch_arguments, node_for_driver

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What browsers say of a refusal that a test asked for, and of a line that it cut.
EXPECTED = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")


@contextmanager
def chromium() -> Iterator[Browser]:
    """This machine's Chromium, which reaches nothing but this machine."""
    path = find_chromium()
    if path is None:
        pytest.fail("There is no Chromium: run `make test`, which fetches one.")
    own_node = node_for_driver()
    if own_node:
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = own_node
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=launch_arguments())
        yield browser
        browser.close()


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


class Windows:
    """Windows that share nothing; each page is somebody else's."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.pages: list[Page] = []
        self.watches: list[Watch] = []

    def open(self, *, phone: bool = False, scripts: bool = True) -> Page:
        """A page on a desk or on a phone."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            has_touch=phone,
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        self.pages.append(page)
        self.watches.append(Watch(page))
        return page

    def close(self) -> None:
        """Closes them all; what each was seen to do wrong is kept."""
        for page in self.pages:
            page.context.close()
        self.pages.clear()

    @property
    def faults(self) -> list[str]:
        return [fault for watch in self.watches for fault in watch.faults]


@cache
def axe() -> Axe:
    return Axe()


def assert_accessible(page: Page) -> None:
    """Fails with what axe finds on a page against WCAG 2.2 AA."""
    found = axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
