"""Waking a browser: signed, sealed, and with nothing in it but that there is something new."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command

from backend.casework.errors import FactRefused
from backend.casework.preferences import MOST_BROWSERS, add_browser, remove_browser
from backend.grammar.roles import Role
from backend.notify.models import PushDevice
from backend.notify.sending import GAPS
from backend.notify.ways.push import is_push_service, public_key
from tests.factories import NOW, World, a_person
from tests.notify.kit import of, said, send_all

pytestmark = pytest.mark.django_db


def written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """A browser with its keys, and the push service behind it."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers_with = 201
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), door_of(self))
        self.place = f"127.0.0.1:{self.web.server_port}"
        self.endpoint = f"http://{self.place}/push/1"

    @property
    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {"p256dh": written(point), "auth": written(self.secret)}

    def opened(self, sealed: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(
            sealed, private_key=self.private, auth_secret=self.secret, version="aes128gcm"
        )
        words: dict[str, str] = json.loads(plain)
        return words


def door_of(browser: Browser) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sealed = self.rfile.read(int(self.headers["Content-Length"]))
            browser.calls.append(
                ({name.title(): said for name, said in self.headers.items()}, sealed)
            )
            self.send_response(browser.answers_with)
            if browser.answers_with == 302:
                self.send_header("Location", browser.endpoint)
            self.end_headers()

        def log_message(self, format: str, *words: Any) -> None:
            """The tests' own output stays readable."""

    return Door


@pytest.fixture
def keyed(settings: Any) -> None:
    out = StringIO()
    call_command("push_key", stdout=out)
    settings.VAPID_PRIVATE_KEY = out.getvalue().strip().removeprefix("VAPID_PRIVATE_KEY=")
    settings.VAPID_CONTACT = "mailto:service@example.org"


@pytest.fixture
def browser(settings: Any, keyed: None) -> Iterator[Browser]:
    running = Browser()
    threading.Thread(target=running.web.serve_forever, daemon=True).start()
    settings.PUSH_SERVICES_BESIDES = [running.place]
    yield running
    running.web.shutdown()
    running.web.server_close()


def added(world: World, browser: Browser) -> PushDevice:
    return add_browser(
        person=world[Role.IRO], endpoint=browser.endpoint, name="Firefox", at=NOW, **browser.keys
    )


def test_it_is_signed_sealed_and_says_nothing_of_anybody(
    world: World,
    browser: Browser,
) -> None:
    added(world, browser)
    told = said(world)
    send_all()
    (headers, sealed) = browser.calls[0]
    assert browser.opened(sealed) == {"title": "Sightline", "body": "Sightline: 1 new alert"}
    token, key = (
        part.partition("=")[2]
        for part in headers["Authorization"].removeprefix("vapid ").split(",")
    )
    assert key == public_key()
    point = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    signer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(token, signer, algorithms=["ES256"], audience=f"http://{browser.place}")
    assert claims["sub"] == "mailto:service@example.org"
    rows = of(told)
    assert rows["push"].state == "sent"
    assert headers["Topic"] == rows["push"].reference.hex


def test_browser_that_has_gone_is_forgotten(world: World, browser: Browser) -> None:
    added(world, browser)
    browser.answers_with = 410
    told = said(world)
    send_all()
    assert not PushDevice.objects.exists()
    rows = of(told)
    assert (rows["push"].state, rows["push"].failure) == ("failed", "push 410")
    assert "push" not in of(said(world))


@pytest.mark.parametrize("code", [429, 500, 302])
def test_service_that_fails_is_tried_again(
    world: World,
    browser: Browser,
    code: int,
) -> None:
    added(world, browser)
    browser.answers_with = code
    told = said(world)
    send_all()
    browser.answers_with = 201
    send_all(NOW + GAPS[0])
    rows = of(told)
    assert (rows["push"].state, rows["push"].tries) == ("sent", 2)
    assert len(browser.calls) == 2


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/fcm", False),
        ("https://fcm.googleapis.com.evil.example/fcm", False),
        ("https://evilfcm.googleapis.com.example/", False),
        ("https://notfcm.googleapis.com/", False),
        ("https://fcm.googleapis.com@127.0.0.1/", False),
        ("https://user:word@fcm.googleapis.com/", False),
        ("https://127.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://[/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_browser_makers_are_called(address: str, is_one: bool) -> None:
    assert is_push_service(address) == is_one


class TestAdding:
    def test_another_who_signs_in_takes_the_browser_over(
        self,
        world: World,
        browser: Browser,
    ) -> None:
        added(world, browser)
        other = a_person()
        add_browser(person=other, endpoint=browser.endpoint, name="", at=NOW, **browser.keys)
        assert [device.person for device in PushDevice.objects.all()] == [other]
        assert not remove_browser(person=world[Role.IRO], number=PushDevice.objects.get().pk)
        assert remove_browser(person=other, number=PushDevice.objects.get().pk)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"endpoint": "https://internal.example/"}, "endpoint"),
            ({"p256dh": "short"}, "p256dh"),
            ({"auth": "\u00e9"}, "auth"),
            ({"auth": ""}, "auth"),
        ],
    )
    def test_what_no_browser_gives_is_refused(
        self, browser: Browser, changed: dict[str, str], field: str
    ) -> None:
        facts = {"endpoint": browser.endpoint, **browser.keys, **changed}
        with pytest.raises(FactRefused) as refused:
            add_browser(person=a_person(), name="", at=NOW, **facts)
        assert refused.value.field == field
        assert not PushDevice.objects.exists()

    def test_ten_are_enough(self, browser: Browser) -> None:
        person = a_person()
        for number in range(MOST_BROWSERS + 1):
            facts = {"endpoint": f"http://{browser.place}/push/{number}", **browser.keys}
            if number == MOST_BROWSERS:
                with pytest.raises(FactRefused, match="ten is the most"):
                    add_browser(person=person, name="", at=NOW, **facts)
            else:
                add_browser(person=person, name="", at=NOW, **facts)

    def test_without_keys_nobody_is_asked(self) -> None:
        with pytest.raises(FactRefused, match="not set up"):
            add_browser(person=a_person(), endpoint="", p256dh="", auth="", name="", at=NOW)
