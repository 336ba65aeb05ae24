"""Sightline served in this process, so that its clock is the clock of the journey."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import connections
from django.test import Client
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


def asked(address: str, session: str) -> int:
    """What the server answers to somebody with a session."""
    try:
        with urlopen(Request(address, headers={"Cookie": session})) as answer:
            assert answer.url == address, f"sent on to {answer.url}"
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


class Desks:
    """Everybody's own browser. They sign in when asked, and go home at the end of the day."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.windows = Windows(browser, address)
        self.at: dict[int, Page] = {}
        self.sessions: dict[int, str] = {}

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

    def seen_by(self, people: dict[str, Person], path: str) -> set[str]:
        """To whom of these the server shows a page; everybody else has to meet a 404."""
        aside(lambda: self.let_in(people.values()))
        address = f"{self.windows.address}{path}"
        found = {name: asked(address, self.sessions[one.pk]) for name, one in people.items()}
        assert set(found.values()) <= {200, 404}, f"{path}: {found}"
        return {name for name, status in found.items() if status == 200}

    def let_in(self, people: Iterable[Person]) -> None:
        """Gives each a session until they go home, without a browser around it."""
        for person in people:
            if person.pk not in self.sessions:
                client = Client()
                client.force_login(Person.objects.get(pk=person.pk))
                self.sessions[person.pk] = client.cookies[
                    settings.SESSION_COOKIE_NAME
                ].OutputString([])

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
        self.sessions.clear()
