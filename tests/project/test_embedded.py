"""The embedded database."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.machine import environment, postgres_of

HOLD = (
    "import sys; from backend.project import embedded; embedded.start(durable=False);"
    " print('held', flush=True); sys.stdin.readline(); print(embedded.stop(), flush=True)"
)


@pytest.mark.django_db
def test_database_folds_beyond_english() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select lower('ÉLODIE'), version()")
        folded, version = cursor.fetchone()
    assert folded == "élodie"
    assert version.startswith("PostgreSQL 18")


def hold(home: Path) -> "subprocess.Popen[str]":
    """A program that uses the database until it is told to let go."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "held\n"
    return program


def test_only_the_last_to_leave_stops_the_database(new_home: Path) -> None:
    first, second = hold(new_home), hold(new_home)
    running = postgres_of(new_home)
    assert first.communicate("go\n", timeout=180)[0] == "False\n"
    assert postgres_of(new_home) == running
    assert second.communicate("go\n", timeout=180)[0] == "True\n"
    assert postgres_of(new_home) is None


def test_one_that_was_killed_does_not_count(new_home: Path) -> None:
    killed, other = hold(new_home), hold(new_home)
    killed.kill()
    killed.communicate()
    assert other.communicate("go\n", timeout=180)[0] == "True\n"
    assert postgres_of(new_home) is None


def test_interrupted_first_start_does_not_spoil_the_next(new_home: Path) -> None:
    (new_home / "postgres" / "base").mkdir(parents=True)
    (new_home / "postgres" / "base" / "1").write_text("half")
    program = hold(new_home)
    assert program.communicate("go\n", timeout=180)[0] == "True\n"


def test_stale_number_of_another_program_is_not_taken_for_the_database(new_home: Path) -> None:
    first = hold(new_home)
    first.communicate("go\n", timeout=180)
    (new_home / "postgres" / "postmaster.pid").write_text("1\n" * 8)
    second = hold(new_home)
    assert second.communicate("go\n", timeout=180)[0] == "True\n"


def test_long_path_finds_a_shorter_way_in(new_home: Path) -> None:
    far = new_home / ("far-" * 20) / ("away-" * 10)
    far.mkdir(parents=True)
    program = hold(far)
    assert program.communicate("go\n", timeout=180)[0] == "True\n"
