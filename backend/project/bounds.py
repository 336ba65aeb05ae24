"""Turns away what nobody means to send, before it fills the disk."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: The framework writes a body to disk before any page looks at it. What pages and the API
#: take is far less than this, and they say so themselves.
LARGEST_BODY = 32 * 1024 * 1024
REASON = "What you sent is too large."


class BoundedBodies:
    """Passes requests on, as long as their bodies stay within bounds."""

    def __init__(self, application: Application, largest: int = LARGEST_BODY) -> None:
        self.application = application
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if declared_length(scope) > self.largest:
            await refuse(scope, send)
            return
        received = 0
        has_answered = False

        async def receive_within_bounds() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message if received <= self.largest else {"type": "http.disconnect"}

        async def answer(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        await self.application(scope, receive_within_bounds, answer)
        if received > self.largest and not has_answered:
            await refuse(scope, send)


def declared_length(scope: Scope) -> int:
    """How long the sender says the body is; 0 when they do not say."""
    given = dict(scope["headers"]).get(b"content-length", b"")
    return int(given) if given.isdigit() and len(given) < 20 else 0


async def refuse(scope: Scope, send: Send) -> None:
    """Answers 413, to programs in the API's own shape."""
    if scope["path"].startswith("/api/"):
        form = b"application/problem+json"
        body = json.dumps(
            {
                "type": "/api/problems/#too-large",
                "title": "Too much at once",
                "status": 413,
                "detail": REASON,
                "reason": REASON,
            }
        ).encode()
    else:
        form, body = b"text/plain; charset=utf-8", REASON.encode()
    headers = [
        (b"content-type", form),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
