"""One end of a live channel, for tests."""

import json
from typing import Any
from urllib.parse import urlsplit

from asgiref.testing import ApplicationCommunicator

Header = tuple[bytes, bytes]


class Channel:
    """A websocket as the server sees it; nothing of the program is replaced."""

    def __init__(self, application: Any, path: str, headers: list[Header]) -> None:
        parts = urlsplit(path)
        scope = {
            "type": "websocket",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        self.ends = ApplicationCommunicator(application, scope)

    async def connect(self) -> tuple[bool, int | None]:
        """Whether the channel opened, and the code with which it did not."""
        await self.ends.send_input({"type": "websocket.connect"})
        answer = await self.ends.receive_output(10)
        return answer["type"] == "websocket.accept", answer.get("code")

    async def say(self, **said: Any) -> None:
        await self.ends.send_input({"type": "websocket.receive", **said})

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        answer = await self.ends.receive_output(10)
        assert answer["type"] == "websocket.send", answer
        heard: dict[str, Any] = json.loads(answer["text"])
        return heard

    async def close_code(self) -> int:
        """The code with which the other end closes next."""
        answer = await self.ends.receive_output(10)
        assert answer["type"] == "websocket.close", answer
        return int(answer["code"])

    async def is_silent(self, seconds: float = 0.3) -> bool:
        return bool(await self.ends.receive_nothing(timeout=seconds))

    async def leave(self) -> None:
        await self.ends.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.ends.wait(10)
