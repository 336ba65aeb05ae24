"""Outside demo mode: a real database, a secure connection, nobody signed in by a click."""

import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests.machine import PROGRAM, environment, free_port, sightline

pytestmark = pytest.mark.slow


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows no redirection."""

    def redirect_request(self, *_: object) -> None:
        """Never."""


def ask(address: str, **headers: str) -> tuple[int, Message]:
    """The status and the headers of an answer."""
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.build_opener(Unmoved).open(request, timeout=60) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers


@pytest.fixture(scope="module")
def production(home: Path) -> Iterator[str]:
    """The address of a production server on a database that is named."""
    hold = (
        "import sys; from backend.project import embedded; embedded.start(durable=False);"
        " print(embedded.socket_folder(), flush=True); sys.stdin.readline(); embedded.stop()"
    )
    database = subprocess.Popen(
        [str(PROGRAM.with_name("python")), "-c", hold],
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert database.stdout is not None
    port = free_port()
    settings = {
        "DATABASE_URL": f"postgresql://postgres@/sightline?host={database.stdout.readline().strip()}",
        "SECRET_KEY": "a-long-text-that-only-this-test-knows-and-nobody-else-does-at-all",
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": "https://127.0.0.1",
        "PORT": str(port),
    }
    unready = sightline("serve", home=home, **settings)
    assert (unready.returncode, unready.stderr.count("\n")) == (1, 1)
    assert "sightline migrate" in unready.stderr
    assert sightline("migrate", "-v0", home=home, **settings).returncode == 0
    server = subprocess.Popen(
        [str(PROGRAM), "serve"],
        env=environment(home, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    try:
        assert "Sightline is at" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=180)[0]
        database.communicate("go\n", timeout=180)
    assert server.returncode == 0
    assert said == "Stopped.\n"


SECURE = {"X-Forwarded-Proto": "https"}


def test_plain_connection_is_sent_to_a_secure_one(production: str) -> None:
    status, headers = ask(f"{production}/account/login/")
    assert status == 301
    assert headers["Location"].startswith("https://127.0.0.1")


def test_answers_carry_what_keeps_them_safe(production: str) -> None:
    status, headers = ask(f"{production}/account/login/", **SECURE)
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "secure" in headers["Set-Cookie"].lower()
    assert "server" not in headers


def test_unknown_host_is_refused(production: str) -> None:
    assert ask(f"{production}/account/login/", Host="elsewhere.example", **SECURE)[0] == 400


def test_health_is_told_without_a_secure_connection(production: str) -> None:
    assert ask(f"{production}/health/")[0] == 200
    assert ask(f"{production}/ready/")[0] in (200, 503)


def test_figures_are_nobodys_without_a_token(production: str) -> None:
    assert ask(f"{production}/metrics/")[0] == 403


@pytest.mark.parametrize("path", ["/demo/", "/parts/"])
def test_demo_pages_do_not_exist(production: str, path: str) -> None:
    assert ask(f"{production}{path}", **SECURE)[0] == 404


def test_nobody_is_signed_in_by_a_click(production: str) -> None:
    status, headers = ask(f"{production}/demo/1/sign-in/", **SECURE)
    assert status in (404, 405)
    assert "Set-Cookie" not in headers


def test_nobody_makes_an_account_for_themselves(production: str) -> None:
    request = urllib.request.Request(f"{production}/account/signup/", headers=SECURE)
    with urllib.request.urlopen(request, timeout=60) as answer:
        page = answer.read().decode()
    assert 'name="password1"' not in page
