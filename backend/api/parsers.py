"""What people send: JSON of a bearable size, in characters that can be stored."""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

NOT_JSON = "This is not JSON. Check commas, quotes and brackets."
UNSTORABLE = "The text contains a character that cannot be stored. Remove it and send it again."


class PlainJSON(JSONParser):
    """JSON without the numbers that are none, and without characters no database keeps."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        try:
            sent = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(NOT_JSON) from error
        if any(map(_is_unstorable, _texts(sent))):
            raise ParseError(UNSTORABLE)
        return sent


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _texts(sent: Any) -> Iterator[str]:
    """Every text in what was sent, names as well as values."""
    waiting = [sent]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, dict):
            yield from thing
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)


def _is_unstorable(text: str) -> bool:
    if "\x00" in text:
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
