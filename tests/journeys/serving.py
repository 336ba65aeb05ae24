"""Sightline served in this process, so that its clock is the clock of the journey."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections
from playwright.sync_api import Browser, Page
from uvicorn import Config

from backend.access.models import Person
from backend.project.asgi import application
from backend.project.serve import QuietServer, take_port
from tests.browser.windows import Windows
from tests.factories import PASSWORD
from tests.machine import free_port


@contextmanager
def served() -> Iterator[str]:
    """The address of the real server, which stops when the block ends."""
    place = take_port(host="127.0.0.1", port=free_port())
    server = QuietServer(Config(application, lifespan="off", log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[place])))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def aside(do: Callable[[], None]) -> None:
    """Does something in a thread of its own: the browser's loop has this one."""

    def whole() -> None:
        try:
            do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(whole).result()


class Desks:
    """Everybody's own browser. They sign in when asked, and go home at the end of the day."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.windows = Windows(browser, address)
        self.at: dict[int, Page] = {}

    def go(self, person: Person, path: str) -> Page:
        """Opens a page that must be there."""
        assert self.status(person, path) == 200, f"{person.name}: {path}"
        return self.at[person.pk]

    def status(self, person: Person, path: str) -> int:
        """What the server answers when somebody opens a page."""
        if person.pk not in self.at:
            self.at[person.pk] = self.windows.open()
            self.sign_in(person)
        answer = self.at[person.pk].goto(path)
        assert answer is not None
        return answer.status

    def sign_in(self, person: Person) -> None:
        page = self.at[person.pk]
        page.goto("/")
        page.get_by_label("Email").fill(person.email)
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name=f"Sign out {person.name}").wait_for()

    def leave(self) -> None:
        """Everybody goes home."""
        self.windows.close()
        self.at.clear()
