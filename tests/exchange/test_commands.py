"""The commands say what they did, and refuse what they cannot use in one line."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.records.models import Child, Placement
from tests.exchange.returns import BARKING, FIRST, HEADER, SECOND, a_return

pytestmark = pytest.mark.django_db


def run(command: str, *words: object, **options: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, words), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A return with one good child and one bad row."""
    return a_return(
        tmp_path / "sent", header=[HEADER], episodes=[FIRST, SECOND, "=C9,x,S,V2,N1,K2,PR1,,,,,,"]
    )


def test_import_says_what_it_did_and_lists_each_problem(folder: Path, tmp_path: Path) -> None:
    said = run(
        "import_ssda903", folder, "--authority", BARKING, "--problems", tmp_path / "problems.csv"
    )
    assert "Children: 1 read, 1 added" in said
    assert "1  Not a date (dd/mm/yyyy) (date: row left out)" in said
    rows = list(csv.reader((tmp_path / "problems.csv").open(encoding="utf-8-sig", newline="")))
    dates = [row for row in rows if row[3] == "date"]
    assert [row[:4] for row in dates] == [["episodes.csv", "4", "'=C9", "date"]]
    assert "DECOM reads “x”" in dates[0][4]
    assert (tmp_path / "problems.csv").stat().st_mode & 0o777 == 0o600


def test_import_takes_the_day_of_the_return(folder: Path) -> None:
    said = run("import_ssda903", folder, "--authority", BARKING, "--as-of", "2026-02-01")
    assert "1  A date in the future (future: row left out)" in said
    assert Placement.objects.get().ended_on is None


def test_dry_run_says_so(folder: Path) -> None:
    said = run("import_ssda903", folder, "--authority", BARKING, "--dry-run")
    assert "1 would be added" in said
    assert "nothing was written" in said
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--authority", "E99999999"], "No authority has the code"),
        (["--authority", BARKING, "--as-of", "2999-01-01"], "lies in the future"),
        (["--authority", BARKING, "--problems", "/nowhere/at/all.csv"], "cannot be written"),
    ],
)
def test_import_refuses_what_it_cannot_use(folder: Path, words: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        run("import_ssda903", folder, *words)
    assert refused.value.returncode == 2
    assert not Child.objects.exists()


def test_commands_refuse_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder") as refused:
        run("import_ssda903", tmp_path / "nowhere", "--authority", BARKING)
    assert refused.value.returncode == 2
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written to") as refused:
        run("export_ssda903", tmp_path / "file", "--authority", BARKING)
    assert refused.value.returncode == 2


def test_export_says_how_many_rows_it_wrote(folder: Path, tmp_path: Path) -> None:
    run("import_ssda903", folder, "--authority", BARKING)
    said = run("export_ssda903", tmp_path / "out", "--authority", BARKING.lower())
    assert "episodes.csv: 2 rows" in said


def test_import_refuses_a_day_in_another_form(folder: Path) -> None:
    with pytest.raises(CommandError, match="write it as 2026-03-31"):
        run("import_ssda903", folder, "--authority", BARKING, "--as-of", "31/03/2026")
