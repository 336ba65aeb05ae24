"""A body without end is turned away before it is kept anywhere."""

import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from backend.api.problems import TOO_LARGE, Problem
from backend.project.bounds import BoundedBodies


class Reader:
    """A program that reads the whole body before it answers, and keeps count."""

    def __init__(self) -> None:
        self.kept = 0
        self.was_asked = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.was_asked = True
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.kept += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"read"})


async def answer_to(
    reader: Reader, *parts: bytes, declared: bytes = b"", path: str = "/api/"
) -> Any:
    headers = [(b"content-length", declared)] if declared else []
    scope = {"type": "http", "path": path, "headers": headers}
    ends = ApplicationCommunicator(BoundedBodies(reader, largest=100), scope)
    for number, part in enumerate(parts, start=1):
        more = number < len(parts)
        await ends.send_input({"type": "http.request", "body": part, "more_body": more})
    start, body = await ends.receive_output(5), await ends.receive_output(5)
    await ends.wait(5)
    return start["status"], dict(start["headers"]), body["body"]


async def test_what_is_within_bounds_is_read() -> None:
    reader = Reader()
    code, _, body = await answer_to(reader, b"x" * 60, b"x" * 40, declared=b"100")
    assert (code, body, reader.kept) == (200, b"read", 100)


async def test_what_says_that_it_is_too_large_is_not_even_begun() -> None:
    reader = Reader()
    code, _, _ = await answer_to(reader, b"x", declared=b"101")
    assert (code, reader.was_asked) == (413, False)


@pytest.mark.parametrize("declared", [b"", b"10", b"nonsense", b"-1"])
async def test_what_says_nothing_or_lies_is_stopped_on_the_way(declared: bytes) -> None:
    reader = Reader()
    code, _, _ = await answer_to(reader, *[b"x" * 30] * 9, declared=declared)
    assert code == 413
    assert reader.kept <= 100


async def test_the_refusal_has_the_shape_of_the_door() -> None:
    _, headers, body = await answer_to(Reader(), b"x", declared=b"101")
    assert headers[b"content-type"] == b"application/problem+json"
    assert json.loads(body) == Problem(TOO_LARGE).body()
    _, headers, body = await answer_to(Reader(), b"x", declared=b"101", path="/visits/")
    assert headers[b"content-type"].startswith(b"text/plain")
    assert body == b"What you sent is too large."
