"""The whole way: a deadline slips, a job delivers, two people's open pages are told at once."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.db import connections
from knox.models import AuthToken
from procrastinate.contrib.django.models import ProcrastinateJob
from uvicorn import Config
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from backend.deadlines.sweep import sweep
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification
from backend.project.asgi import application
from backend.project.serve import QuietServer, take_port, worker_app
from tests.factories import NOW, World, a_world
from tests.live.test_inbox import session_of, token_of
from tests.machine import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """The real server on a port of its own."""
    place = take_port(host="127.0.0.1", port=free_port())
    server = QuietServer(Config(application, lifespan="off", log_config=None, access_log=False))
    served = asyncio.create_task(server.serve(sockets=[place]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield place.getsockname()[1]
    server.should_exit = True
    await served
    await sync_to_async(connections.close_all)()


async def deliver_what_is_owed() -> None:
    """Runs the jobs of the queue as the background worker does, in the server's own loop."""
    async with worker_app().open_async() as workplace:
        await workplace.run_worker_async(
            queues=["deliver"], wait=False, install_signal_handlers=False, listen_notify=False
        )


def page(port: int, token: str, since: int | None = None) -> Any:
    query = "" if since is None else f"?since={since}"
    return connect(
        f"ws://127.0.0.1:{port}/ws/inbox/{query}",
        additional_headers={"Authorization": f"Bearer {token}"},
    )


async def heard(live: ClientConnection) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(await asyncio.wait_for(live.recv(), 20))
    return said


async def is_silent(live: ClientConnection) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(live.recv(), 0.5)
        return False
    return True


def owed_jobs() -> int:
    return ProcrastinateJob.objects.filter(queue_name="deliver", status="todo").count()


async def test_what_slips_reaches_open_pages_and_those_who_come_back(
    port: int, world: World
) -> None:
    people = [world[Role.SOCIAL_WORKER], world[Role.IRO]]
    tokens = [await sync_to_async(token_of)(person) for person in people]
    assert world.stranger is not None
    foreign = await sync_to_async(token_of)(world.stranger)
    await deliver_what_is_owed()
    mail.outbox.clear()
    async with (
        page(port, tokens[0]) as worker,
        page(port, tokens[1]) as iro,
        page(port, foreign) as stranger,
    ):
        before = [(await heard(live))["cursor"] for live in (worker, iro, stranger)]
        await sync_to_async(sweep)(at=NOW)
        assert await sync_to_async(owed_jobs)() > 0
        assert await is_silent(worker)
        await deliver_what_is_owed()
        for live, person, cursor in zip((worker, iro), people, before, strict=False):
            count = await Notification.objects.filter(person=person).acount()
            nudge = await heard(live)
            assert nudge["unread"] == nudge["cursor"] == count > cursor
            assert set(nudge) == {"about", "unread", "cursor"}
            assert world.child.name not in str(nudge)
        assert await is_silent(stranger)
    assert await sync_to_async(owed_jobs)() == 0
    assert {address for message in mail.outbox for address in message.to} >= {
        person.email for person in people
    }
    async with page(port, tokens[0], since=1) as again:
        said = await heard(again)
        assert said["missed"] is True
        assert said["count"] == said["unread"] - 1
    await deliver_what_is_owed()
    undelivered = Delivery.objects.filter(state="waiting")
    assert await undelivered.acount() == 0


async def test_strangers_are_turned_away_at_the_door(port: int, world: World) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{port}/ws/inbox/")
    assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus):
        await page(port, "guess")
    with pytest.raises(InvalidStatus):
        await connect(f"ws://127.0.0.1:{port}/ws/nothing/")


async def test_a_browser_on_our_own_page_and_on_another(port: int, world: World) -> None:
    session = await sync_to_async(session_of)(world[Role.IRO])
    url, headers = f"ws://127.0.0.1:{port}/ws/inbox/", {"Cookie": f"sessionid={session}"}
    async with connect(
        url,
        origin=Origin(f"http://127.0.0.1:{port}"),
        additional_headers=headers,
    ) as live:
        assert (await heard(live))["missed"] is False
    with pytest.raises(InvalidStatus):
        await connect(
            url,
            origin=Origin("https://evil.example"),
            additional_headers=headers,
        )


async def test_a_token_taken_back_closes_the_page_with_its_reason(port: int, world: World) -> None:
    token = await sync_to_async(token_of)(world[Role.SOCIAL_WORKER])
    async with page(port, token) as live:
        await heard(live)
        await sync_to_async(AuthToken.objects.all().delete)()
        await sync_to_async(sweep)(at=NOW)
        await deliver_what_is_owed()
        with pytest.raises(ConnectionClosed) as closed:
            await heard(live)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401
