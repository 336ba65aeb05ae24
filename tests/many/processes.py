"""Web processes and workers of one installation, each a program of its own."""

import json
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from tests.machine import PROGRAM, environment, free_port
from tests.many.waiting import until

STARTS = "press Ctrl-C"
SECRET = "a-long-text-that-only-these-tests-know-and-nobody-else-does-at-all"


def address_of_database() -> str:
    """The address under which another program finds the database of the tests."""
    given = connection.settings_dict
    who = quote(given["USER"], safe="")
    if given["PASSWORD"]:
        who += f":{quote(given['PASSWORD'], safe='')}"
    where = f"?host={quote(given['HOST'], safe='')}" if given["HOST"] else ""
    port = f":{given['PORT']}" if given["PORT"] else ""
    return f"postgresql://{who}@{port}/{quote(given['NAME'], safe='')}{where}"


class Part:
    """One process: only web, or only worker."""

    def __init__(self, kind: str, **settings: str) -> None:
        self.kind = kind
        self.port = free_port()
        self.log = Path(tempfile.mkstemp(prefix=f"sightline-{kind}-")[1])
        self.settings = {"SECRET_KEY": SECRET, "PORT": str(self.port), **settings}
        self.start()

    def start(self) -> None:
        """This will start it; `until_started` waits for it."""
        with self.log.open("w") as said:
            self.program = subprocess.Popen(
                [str(PROGRAM), "serve", "--only", self.kind],
                env=environment(Path(tempfile.gettempdir()), **self.settings),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def until_started(self) -> None:
        """This will wait until it is at work."""
        until(f"the {self.kind} starts", lambda: STARTS in self.said() or self.has_ended())
        assert not self.has_ended(), f"it does not start:\n{self.said()}"

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.program.poll() is not None

    def said(self) -> str:
        """Everything it has printed."""
        return self.log.read_text()

    def kill(self) -> None:
        """This will end it without warning."""
        self.program.kill()
        self.program.wait(60)

    def ask_to_stop(self) -> None:
        """This will ask it to finish what it began and end."""
        self.program.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """This will see to it that nothing of it stays."""
        if not self.has_ended():
            self.ask_to_stop()
            try:
                self.program.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.unlink(missing_ok=True)

    def talks_to(self, port: int) -> bool:
        """Whether it has a connection to this port of this machine."""
        import psutil

        connections = psutil.Process(self.program.pid).net_connections("tcp")
        return any(
            place.raddr and place.raddr.port == port and place.status == psutil.CONN_ESTABLISHED
            for place in connections
        )

    def ask(
        self, path: str, token: str = "", body: dict[str, Any] | None = None
    ) -> tuple[int, Any]:
        """The status and the content of an answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, _read(refusal.read())

    def answers(self, path: str, token: str = "") -> int:
        """The status of an answer; 0 when none comes."""
        try:
            return self.ask(path, token)[0]
        except OSError:
            return 0


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")


class Installation:
    """Two web processes and two workers on one database and one Redis."""

    def __init__(self, **settings: str) -> None:
        self.webs = [Part("web", **settings) for _ in range(2)]
        self.workers = [Part("worker", **settings) for _ in range(2)]

    @property
    def parts(self) -> list[Part]:
        """All four."""
        return [*self.webs, *self.workers]

    def until_started(self) -> None:
        """This will start those that were ended, and wait until all are at work."""
        for part in self.parts:
            if part.has_ended():
                part.start()
        for part in self.parts:
            part.until_started()

    def end(self) -> None:
        """This will see to it that nothing of them stays."""
        for part in self.parts:
            if not part.has_ended():
                part.ask_to_stop()
        for part in self.parts:
            part.end()

    def worker_that_talks_to(self, port: int) -> Part:
        """The worker that has a connection to this port."""
        found = until(
            "a worker talks to it",
            lambda: [part for part in self.workers if not part.has_ended() and part.talks_to(port)],
        )
        return found[0]
