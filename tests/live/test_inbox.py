"""The live channel: who is let in, what is said on connecting, what a nudge carries."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.test import Client
from knox.models import AuthToken

from backend.access.models import Person
from backend.deadlines.sweep import sweep
from backend.grammar.roles import Role
from backend.live import consumers
from backend.notify.jobs import deliver
from backend.notify.models import Notification
from backend.notify.ways.live import group_of
from backend.project.asgi import application
from tests.factories import NOW, World, a_person, a_world
from tests.live.kit import Channel, Header

pytestmark = pytest.mark.django_db(transaction=True)

HOST = b"127.0.0.1:8000"
HERE = (b"origin", b"http://127.0.0.1:8000")


def token_of(person: Person) -> str:
    _, token = AuthToken.objects.create(person)
    return str(token)


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def bearer(token: str) -> Header:
    return (b"authorization", f"Bearer {token}".encode())


def cookie(session: str) -> Header:
    return (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode())


def channel(*headers: Header, path: str = "/ws/inbox/") -> Channel:
    given = headers if any(name == b"host" for name, _ in headers) else ((b"host", HOST), *headers)
    return Channel(application, path, list(given))


async def refused(*headers: Header, path: str = "/ws/inbox/") -> int | None:
    """The code with which somebody is turned away before the channel opens."""
    opened, code = await channel(*headers, path=path).connect()
    assert not opened
    return code


async def welcomed(*headers: Header, path: str = "/ws/inbox/") -> tuple[Channel, dict[str, Any]]:
    live = channel(*headers, path=path)
    opened, _ = await live.connect()
    assert opened
    return live, await live.hear()


@pytest.fixture
def person() -> Person:
    return a_person("Ada Worker")


class TestWhoIsLetIn:
    async def test_nobody_without_a_sign_in(self, person: Person) -> None:
        assert await refused(HERE) == 4401
        assert await refused() == 4401

    async def test_a_token_and_a_session_of_our_own_pages(self, person: Person) -> None:
        token = await sync_to_async(token_of)(person)
        session = await sync_to_async(session_of)(person)
        for headers in ((bearer(token),), (cookie(session), HERE)):
            live, said = await welcomed(*headers)
            assert said == {"missed": False, "count": 0, "unread": 0, "cursor": 0}
            await live.leave()

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            b"https://evil.example",
            b"http://127.0.0.1:9999",
            b"null",
            b"",
            b"http://127.0.0.1:8000.evil.example",
        ],
    )
    async def test_a_session_sent_along_from_a_foreign_page(
        self, origin: bytes | None, person: Person
    ) -> None:
        headers = [cookie(await sync_to_async(session_of)(person))]
        if origin is not None:
            headers.append((b"origin", origin))
        assert await refused(*headers) == 4401

    async def test_a_foreign_name_for_our_own_address(self, person: Person) -> None:
        session = await sync_to_async(session_of)(person)
        foreign = (b"host", b"evil.example"), (b"origin", b"http://evil.example")
        assert await refused(cookie(session), *foreign) == 4401

    @pytest.mark.parametrize(
        "value", [b"Bearer", b"Bearer ", b"Bearer guess", b"Basic YTpi", b"Bearer \xff\xfe", b"x"]
    )
    async def test_a_wrong_token_even_beside_a_good_session(
        self, value: bytes, person: Person
    ) -> None:
        session = await sync_to_async(session_of)(person)
        assert await refused((b"authorization", value), cookie(session), HERE) == 4401

    async def test_who_has_left(self, person: Person) -> None:
        token = await sync_to_async(token_of)(person)
        session = await sync_to_async(session_of)(person)
        person.is_active = False
        await person.asave()
        assert await refused(bearer(token)) == 4401
        assert await refused(cookie(session), HERE) == 4401

    async def test_a_session_that_was_ended(self, person: Person) -> None:
        session = await sync_to_async(session_of)(person)
        person.set_password("another passphrase altogether")
        await person.asave()
        assert await refused(cookie(session), HERE) == 4401
        assert await refused(cookie("nothing-like-a-session"), HERE) == 4401

    @pytest.mark.parametrize("since", ["x", "-1", "1.5", "9" * 19, "", "²", "1;2"])
    async def test_a_cursor_that_is_none(self, since: str, person: Person) -> None:
        token = await sync_to_async(token_of)(person)
        assert await refused(bearer(token), path=f"/ws/inbox/?since={since}") == 4400

    async def test_no_other_address(self, person: Person) -> None:
        token = await sync_to_async(token_of)(person)
        for path in ("/ws/", "/ws/inbox", "/", "/ws/inbox/2/"):
            assert await refused(bearer(token), path=path) == 4404


@pytest.fixture
def world() -> World:
    """A world in which people have just been told of what slipped."""
    world = a_world()
    sweep(at=NOW)
    return world


def last_number(person: Person) -> int:
    return Notification.objects.filter(person=person).latest("number").number


class TestConnecting:
    async def test_says_whether_anything_was_missed(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        token = await sync_to_async(token_of)(worker)
        last = await sync_to_async(last_number)(worker)
        for since, count in ((0, last), (1, last - 1), (last, 0), (last + 5, 0)):
            live, said = await welcomed(bearer(token), path=f"/ws/inbox/?since={since}")
            expected = {"missed": count > 0, "count": count, "unread": last, "cursor": last}
            assert said == expected
            await live.leave()


class TestNudges:
    async def test_reach_the_person_and_carry_nothing_of_the_child(self, world: World) -> None:
        worker, iro = world[Role.SOCIAL_WORKER], world[Role.IRO]
        mine, _ = await welcomed(bearer(await sync_to_async(token_of)(worker)))
        theirs, _ = await welcomed(bearer(await sync_to_async(token_of)(iro)))
        stranger, _ = await welcomed(
            bearer(await sync_to_async(token_of)(world.stranger))  # type: ignore[arg-type]
        )
        rows = [row async for row in Notification.objects.filter(person=worker)]
        await sync_to_async(deliver)([row.pk for row in rows])
        nudge = await mine.hear()
        assert set(nudge) == {"about", "unread", "cursor"}
        assert nudge["unread"] == nudge["cursor"] == len(rows)
        room, _, number = nudge["about"].partition("/")
        assert room in ("alerts", "deadlines")
        assert number.isdigit()
        assert await theirs.is_silent()
        assert await stranger.is_silent()
        for live in (mine, theirs, stranger):
            await live.leave()

    async def test_what_is_said_to_us_is_let_fall(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        live, _ = await welcomed(bearer(await sync_to_async(token_of)(worker)))
        for text in ("{", '{"type": "inbox.nudge"}', "x" * 10_000):
            await live.say(text=text)
        await live.say(bytes=b"\x00\xff")
        assert await live.is_silent()
        await nudge(worker)
        assert (await live.hear())["about"] == "visits/1"
        await live.leave()


async def nudge(person: Person) -> None:
    message = {"type": "inbox.nudge", "about": "visits/1", "unread": 1, "cursor": 1, "name": "X"}
    await get_channel_layer().group_send(group_of(person.pk), message)


class TestStaying:
    @pytest.fixture(params=["token", "session", "account"])
    def ended(self, request: pytest.FixtureRequest, person: Person) -> Any:
        """A sign-in, and what ends it."""
        token, session = token_of(person), session_of(person)

        def take_back() -> None:
            if request.param == "token":
                AuthToken.objects.all().delete()
            elif request.param == "session":
                person.set_password("another passphrase altogether")
                person.save()
            else:
                Person.objects.filter(pk=person.pk).update(is_active=False)

        headers = (cookie(session), HERE) if request.param == "session" else (bearer(token),)
        return headers, take_back

    async def test_a_message_is_not_given_to_who_was_signed_out(
        self, ended: Any, person: Person
    ) -> None:
        headers, take_back = ended
        live, _ = await welcomed(*headers)
        await nudge(person)
        assert await live.hear() == {"about": "visits/1", "unread": 1, "cursor": 1}
        await sync_to_async(take_back)()
        await nudge(person)
        assert await live.close_code() == 4401

    async def test_a_silent_channel_ends_too(
        self, ended: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(consumers, "SECONDS_BETWEEN_CHECKS", 0.05)
        headers, take_back = ended
        live, _ = await welcomed(*headers)
        assert await live.is_silent()
        await sync_to_async(take_back)()
        assert await live.close_code() == 4401
