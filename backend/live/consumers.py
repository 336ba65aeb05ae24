"""One live channel per open page: it says that something changed, and the page asks again."""

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer
from django.db import DatabaseError

from backend.access.models import Person
from backend.live.who import person_of
from backend.notify.inbox import count_since, cursor, unread
from backend.notify.jobs import group_of

NOT_SIGNED_IN = 4401
NO_CURSOR = 4400
NO_ADDRESS = 4404
UNABLE_TO_CHECK = 1011
SECONDS_BETWEEN_CHECKS = 30
LONGEST_CURSOR = 18


class NoCursor(ValueError):
    """What stands after ``since=`` is no number of a notification."""


def since_of(query: bytes) -> int | None:
    """The cursor in the address; None when there is none.

    :raises NoCursor: it is not a number that could be one.
    """
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("since")
    if given is None:
        return None
    text = given[-1]
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_CURSOR):
        raise NoCursor(text)
    return int(text)


def standing(person: Person, since: int | None) -> dict[str, Any]:
    """How an inbox stands, and whether anything came since a cursor."""
    count = 0 if since is None else count_since(person, since)
    return {
        "missed": count > 0,
        "count": count,
        "unread": unread(person),
        "cursor": cursor(person),
    }


class InboxConsumer(AsyncJsonWebsocketConsumer):
    """Tells a person's open page that there is something new, and nothing of what it is."""

    group = ""
    person_id = 0
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        person = await database_sync_to_async(person_of)(self.scope)
        if person is None:
            await self.close(NOT_SIGNED_IN)
            return
        try:
            since = since_of(self.scope["query_string"])
        except NoCursor:
            await self.close(NO_CURSOR)
            return
        self.person_id = person.pk
        # First the group, then the count: what comes between is told twice rather than never.
        self.group = group_of(person.pk)
        await self.channel_layer.group_add(self.group, self.channel_name)
        said = await database_sync_to_async(standing)(person, since)
        await self.accept()
        await self.send_json(said)
        self.watch = asyncio.create_task(self._keep_checking())

    async def disconnect(self, code: int) -> None:
        if self.watch is not None:
            self.watch.cancel()
        await self._leave_group()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Nothing is asked over this channel; what comes in is let fall."""

    async def inbox_nudge(self, message: dict[str, Any]) -> None:
        if await self._is_still_here():
            await self.send_json({name: message[name] for name in ("about", "unread", "cursor")})

    async def _keep_checking(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while await self._is_still_here():
                await asyncio.sleep(SECONDS_BETWEEN_CHECKS)

    async def _is_still_here(self) -> bool:
        """Whether the same person is still signed in; closes the channel when not."""
        if not self.group:
            return False
        try:
            person = await database_sync_to_async(person_of)(self.scope)
        except DatabaseError:
            # Who cannot be asked about is not told anything; the page comes back by itself.
            await self._end(UNABLE_TO_CHECK)
            return False
        if person is not None and person.pk == self.person_id:
            return True
        await self._end(NOT_SIGNED_IN)
        return False

    async def _end(self, code: int) -> None:
        """Closes once, though a check and a message may both find that it must."""
        if self.group:
            await self._leave_group()
            await self.close(code)

    async def _leave_group(self) -> None:
        group, self.group = self.group, ""
        if group:
            await self.channel_layer.group_discard(group, self.channel_name)


class NothingConsumer(AsyncWebsocketConsumer):
    """Every other address."""

    async def connect(self) -> None:
        await self.close(NO_ADDRESS)
