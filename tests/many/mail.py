"""A mail server that can hold a message before it takes it, or before it says that it has."""

import asyncio
from collections import Counter
from email import message_from_bytes
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from tests.machine import free_port
from tests.many.waiting import until


class Mailbox:
    """Takes every message, and remembers to whom and under which identifier it came."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.held: list[tuple[str, str]] = []
        self.holds_before = self.holds_after = False
        self.port = free_port()
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def address(self) -> str:
        """The setting that sends mail here."""
        return f"smtp://127.0.0.1:{self.port}?tls=off"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Takes one message, at the pace of the test; whoever hangs up ends this."""
        identifier = str(message_from_bytes(envelope.content)["Message-ID"])
        mail = (envelope.rcpt_tos[0], identifier)
        if self.holds_before:
            self.held.append(mail)
            while self.holds_before:
                await asyncio.sleep(0.05)
        self.taken.append(mail)
        if self.holds_after:
            self.held.append(mail)
            while self.holds_after:
                await asyncio.sleep(0.05)
        return "250 taken"

    def begin_anew(self) -> None:
        """This will forget what came before."""
        self.taken.clear()
        self.held.clear()

    def until_held(self) -> tuple[str, str]:
        """The message that is being held."""
        return until("a message is held", lambda: self.held)[0]

    def count_of(self, address: str) -> int:
        """How many messages came for somebody, those under the same identifier as one."""
        return len({identifier for to, identifier in self.taken if to == address})

    def repeated(self) -> list[tuple[str, str]]:
        """What came more than once."""
        return [mail for mail, count in Counter(self.taken).items() if count > 1]

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.holds_before = self.holds_after = False
        self.server.stop()
