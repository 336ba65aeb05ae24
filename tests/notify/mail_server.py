"""A real mail server on this machine, which takes mail, refuses it, or hangs up."""

import socket
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        port: int = here.getsockname()[1]
        return port


@dataclass
class Post:
    """What arrived, and what the server says next."""

    arrived: list[Message] = field(default_factory=list)
    #: What is answered to a recipient, and to the mail itself; "" hangs up.
    to_recipient: str = "250 OK"
    to_mail: str = "250 OK"
    #: The one address that is refused for good.
    refuses: str = ""
    #: Whether a mail is kept though its sender never hears so.
    keeps_then_hangs_up: bool = False

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address == self.refuses:
            return "550 no such mailbox"
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.keeps_then_hangs_up:
            self.arrived.append(message_from_bytes(envelope.content))
            server.transport.abort()
            return "421 gone"
        if self.to_mail.startswith("250"):
            self.arrived.append(message_from_bytes(envelope.content))
        if not self.to_mail:
            server.transport.abort()
        return self.to_mail or "421 gone"

    @property
    def identifiers(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.arrived]


class MailServer:
    """The server while a test runs."""

    def __init__(self) -> None:
        self.post = Post()
        self.port = free_port()
        self.controller = Controller(self.post, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "MailServer":
        self.controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.controller.stop()
