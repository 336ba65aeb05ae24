"""One live channel per open page: it says that something changed, and the page asks again."""

import asyncio
import contextlib
import logging
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer
from django.db import DatabaseError
from prometheus_client import Gauge
from redis.exceptions import RedisError

from backend.access.models import Person
from backend.live.who import person_of
from backend.notify.inbox import count_since, cursor, unread
from backend.notify.ways.live import group_of

log = logging.getLogger(__name__)

NOT_SIGNED_IN = 4401
NO_CURSOR = 4400
NO_ADDRESS = 4404
UNABLE_TO_CHECK = 1011
SECONDS_BETWEEN_CHECKS = 30
OPEN = Gauge(
    "sightline_open_channels", "Live channels that are open in this process.", registry=None
)
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


def came_since(person_id: int, since: int) -> dict[str, Any] | None:
    """How an inbox stands when something came after a cursor; None when nothing did."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None or cursor(person) <= since:
        return None
    return standing(person, since)


class InboxConsumer(AsyncJsonWebsocketConsumer):
    """Tells a person's open page that there is something new, and nothing of what it is."""

    group = ""
    person_id = 0
    cursor = 0
    is_over = False
    watch: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except (RedisError, DatabaseError) as error:
            # The page comes back by itself, and asks what it missed.
            log.warning("a live channel ended: %s", type(error).__name__)
            if not self.is_over:
                await self.close(UNABLE_TO_CHECK)
        finally:
            await self._leave()

    async def connect(self) -> None:
        person = await database_sync_to_async(person_of)(self.scope)
        if person is None:
            await self._end(NOT_SIGNED_IN)
            return
        try:
            since = since_of(self.scope["query_string"])
        except NoCursor:
            await self._end(NO_CURSOR)
            return
        self.person_id = person.pk
        # First the group, then the count: what comes between is told twice rather than never.
        self.group = group_of(person.pk)
        await self.channel_layer.group_add(self.group, self.channel_name)
        said = await database_sync_to_async(standing)(person, since)
        self.cursor = said["cursor"]
        await self.accept()
        await self.send_json(said)
        OPEN.inc()
        self.watch = asyncio.create_task(self._keep_checking())

    async def disconnect(self, code: int) -> None:
        self.is_over = True

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Nothing is asked over this channel; what comes in is let fall."""

    async def inbox_nudge(self, message: dict[str, Any]) -> None:
        if await self._is_still_here():
            self.cursor = max(self.cursor, message["cursor"])
            await self.send_json({name: message[name] for name in ("about", "unread", "cursor")})

    async def _keep_checking(self) -> None:
        try:
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
            while await self._is_still_here():
                await self._catch_up()
                await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
        except (RedisError, DatabaseError):
            # Who cannot be asked about is not told anything; the page comes back by itself.
            await self._end(UNABLE_TO_CHECK)

    async def _is_still_here(self) -> bool:
        """Whether the same person is still signed in; closes the channel when not."""
        if self.is_over:
            return False
        person = await database_sync_to_async(person_of)(self.scope)
        if person is not None and person.pk == self.person_id:
            return True
        await self._end(NOT_SIGNED_IN)
        return False

    async def _catch_up(self) -> None:
        """Joins the group again, which a Redis that restarted forgot, and says what was lost."""
        await self.channel_layer.group_add(self.group, self.channel_name)
        said = await database_sync_to_async(came_since)(self.person_id, self.cursor)
        if said and not self.is_over:
            self.cursor = said["cursor"]
            await self.send_json(said)

    async def _end(self, code: int) -> None:
        """Closes once, though a check and a message may both find that it must."""
        if not self.is_over:
            self.is_over = True
            await self.close(code)

    async def _leave(self) -> None:
        """Whatever ended it, nothing of this channel stays."""
        if self.watch is not None:
            self.watch.cancel()
            OPEN.dec()
        if self.group:
            # Who is not taken out of the group falls out of it after a day.
            with contextlib.suppress(RedisError):
                await self.channel_layer.group_discard(self.group, self.channel_name)


class NothingConsumer(AsyncWebsocketConsumer):
    """Every other address."""

    async def connect(self) -> None:
        await self.close(NO_ADDRESS)
