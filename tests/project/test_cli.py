"""The `sightline` command speaks plainly."""

from pathlib import Path

import pytest

from tests.machine import postgres_of, sightline


def test_help_shows_our_commands_first_and_in_order(new_home: Path) -> None:
    done = sightline("--help", home=new_home)
    lines = done.stdout.splitlines()
    ours = [
        line.split()[0]
        for line in lines[lines.index("Commands:") + 1 : lines.index("Django's own:")]
        if line.strip()
    ]
    first = ["explain", "import-ssda903", "export-ssda903", "sweep", "token", "demo", "serve"]
    assert done.returncode == 0
    assert ours[: len(first)] == first
    assert "migrate" in done.stdout
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines if line.startswith("  serve"))
    assert not (new_home / "postgres").exists()


def test_help_of_a_command_says_only_what_is_its_own(new_home: Path) -> None:
    ours = sightline("sweep", "--help", home=new_home).stdout
    assert "--at MOMENT" in ours
    assert "--pythonpath" not in ours
    assert "--pythonpath" in sightline("migrate", "--help", home=new_home).stdout


def test_no_words_give_help(new_home: Path) -> None:
    assert sightline(home=new_home).stdout.startswith("Sightline keeps every child")


def test_unknown_command_suggests_the_nearest(new_home: Path) -> None:
    done = sightline("swep", home=new_home)
    assert done.returncode == 2
    assert done.stderr == (
        "sightline: There is no command 'swep'. Did you mean sweep? See: sightline --help\n"
    )


def test_version_is_ours(new_home: Path) -> None:
    assert sightline("--version", home=new_home).stdout == "sightline 0.1.0\n"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mysql://u:secret@h/n", "must be the address of a PostgreSQL"),
        ("postgresql://u:secret@h", "names no database"),
        ("postgresql://u:secret@h:port/n", "cannot be read"),
        ("postgresql://u:secret@127.0.0.1:9/n", "at 127.0.0.1:9 does not answer"),
    ],
)
def test_wrong_database_address_gives_one_line_without_the_password(
    new_home: Path, address: str, reason: str
) -> None:
    done = sightline("migrate", home=new_home, DATABASE_URL=address, DEMO="1")
    assert done.returncode in (1, 2)
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr
    assert done.stdout == ""


def test_unmigrated_database_gives_one_line(new_home: Path) -> None:
    done = sightline("clearsessions", home=new_home)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "sightline: The database has no tables for this yet. Make them with: sightline migrate"
    )
    assert "Traceback" not in done.stderr
    assert postgres_of(new_home) is None


def test_embedded_database_is_refused_outside_demo_mode(new_home: Path) -> None:
    done = sightline("serve", home=new_home, SECRET_KEY="x" * 60)
    assert done.returncode == 2
    assert "only for demo mode" in done.stderr
    assert not (new_home / "postgres").exists()


def test_production_needs_a_secret(new_home: Path) -> None:
    done = sightline("serve", home=new_home, DATABASE_URL="postgresql://u@127.0.0.1:9/n")
    assert done.returncode == 2
    assert done.stderr.startswith("sightline: SECRET_KEY is not set.")


def test_wrong_option_shows_usage(new_home: Path) -> None:
    done = sightline("serve", "--bogus", home=new_home, DEMO="1")
    assert done.returncode == 2
    assert "usage: sightline serve" in done.stderr
    assert "Traceback" not in done.stderr
