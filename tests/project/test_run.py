"""What `make run` starts, and that nothing of it stays."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.machine import ROOT, RunningDemo, environment, free_port, postgres_of, sightline

pytestmark = pytest.mark.slow


#: How long the first start took, on this machine and at this hour.
took: dict[str, float] = {}


def fetch(address: str) -> tuple[int, str]:
    """The status and the text of a page."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def wait_until_well(demo: RunningDemo) -> dict[str, object]:
    """What the installation says about itself once its first sweep is done."""
    said: dict[str, object] = {}
    for _ in range(200):
        status, text = fetch(f"{demo.address}/ready/")
        said = json.loads(text)
        if status == 200:
            break
        time.sleep(0.1)
    return said


def test_demo_serves_works_and_leaves_nothing_on_ctrl_c(home: Path) -> None:
    with RunningDemo(home, free_port()) as demo:
        took["first"] = demo.seconds_to_start
        assert f"Sightline is at {demo.address}" in demo.said
        assert "Caution: this is the embedded PostgreSQL" in demo.said
        status, page = fetch(f"{demo.address}/account/login/")
        assert (status, "Sightline" in page) == (200, True)
        assert wait_until_well(demo) == {"well": True, "wrong": []}
        assert postgres_of(home) is not None
        assert demo.stop(signal.SIGINT) == 0
    assert demo.said.rstrip().endswith("Stopped.")
    assert "Traceback" not in demo.said
    assert postgres_of(home) is None


def test_second_start_is_quick_keeps_what_was_there_and_warns_no_more(home: Path) -> None:
    before = sightline("shell", "-v0", "-c", COUNT, home=home).stdout
    with RunningDemo(home, free_port()) as demo:
        assert demo.seconds_to_start < took["first"] / 2
        assert "Caution" not in demo.said
        joined = sightline("shell", "-v0", "-c", COUNT, home=home)
        assert postgres_of(home) is not None, "a command beside it must not stop its database"
        assert demo.stop(signal.SIGTERM) == 0
    assert before.strip().isdigit()
    assert joined.stdout == before
    assert postgres_of(home) is None


COUNT = "from backend.access.models import Person; print(Person.objects.count())"


def test_killed_without_warning_the_next_start_recovers_and_stops_all(home: Path) -> None:
    with RunningDemo(home, free_port()) as demo:
        left = postgres_of(home)
        demo.stop(signal.SIGKILL)
    assert postgres_of(home) == left
    with RunningDemo(home, free_port()) as demo:
        assert fetch(f"{demo.address}/account/login/")[0] == 200
        assert demo.stop() == 0
    assert postgres_of(home) is None


def test_database_killed_with_it_recovers_too(home: Path) -> None:
    with RunningDemo(home, free_port()) as demo:
        postgres = postgres_of(home)
        assert postgres is not None
        os.kill(postgres, signal.SIGKILL)
        demo.stop(signal.SIGKILL)
    with RunningDemo(home, free_port()) as demo:
        assert fetch(f"{demo.address}/account/login/")[0] == 200
    assert postgres_of(home) is None


def test_taken_port_gives_one_line_that_names_another(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = sightline("serve", "--prepare", home=home, DEMO="1", PORT=str(port))
    assert done.returncode == 1
    assert done.stderr == (
        f"sightline: Port {port} is taken by another program. Stop it, or choose another port:"
        f" make run PORT={port + 1}\n"
    )
    assert postgres_of(home) is None


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_impossible_port_gives_one_line(home: Path, port: str) -> None:
    done = sightline("serve", home=home, DEMO="1", PORT=port)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert port in done.stderr


def test_wrong_address_of_the_database_gives_one_line_that_says_why(new_home: Path) -> None:
    away = f"postgresql://u:secret@127.0.0.1:{free_port()}/n"
    done = sightline(
        *("serve", "--prepare"),
        home=new_home,
        DEMO="1",
        DATABASE_POOL="1",
        DATABASE_URL=away,
        PORT=str(free_port()),
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "refused" in done.stderr
    assert "secret" not in done.stderr


def test_full_disk_gives_one_line(new_home: Path) -> None:
    import subprocess

    script = (
        f"mount -t tmpfs -o size=20m none {new_home} &&"
        f" exec {ROOT}/.venv/bin/sightline serve --prepare"
    )
    if not (ROOT / ".venv/bin/sightline").exists() or os.geteuid() != 0:
        pytest.skip("only root can make a small disk")
    probe = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o size=1m none {new_home}"],
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        pytest.skip("this machine lets nobody make a small disk")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script],
        env=environment(new_home, DEMO="1", PORT=str(free_port())),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("sightline: The disk is full")
    assert "Traceback" not in done.stderr
