"""What was loaded can be written again, and loading that changes nothing."""

import csv
from pathlib import Path

import pytest
from django.db import transaction

from backend.exchange.layouts import LAYOUTS
from backend.exchange.writing import UnableToWriteReturn, write_return
from backend.records.models import Authority
from tests.exchange.returns import AS_OF, BARKING, FIRST, HEADER, a_return, load
from tests.factories import a_world

pytestmark = pytest.mark.django_db

#: Moves, legal changes, temporary stays, two periods, a carer kept, and a home unknown.
EPISODES = [
    FIRST,
    "C1,09/02/2026,L,C2,N2,K2,PR4,20/02/2026,X1,CARPL,IG11 7LU,DN1 2AB,SC123456",
    "C1,20/02/2026,B,E1,N2,A6,PR1,,,,IG11 7LU,S1 2HH,SC999999",
    "C2,01/01/2025,S,V2,N1,U6,PR1,01/03/2025,X1,,IG11 7LU,S1 2HH,",
    "C2,01/03/2025,P,V2,N1,T1,,08/03/2025,X1,,IG11 7LU,DN1 2AB,",
    "C2,08/03/2025,P,V2,N1,U6,PR1,01/04/2025,X1,,IG11 7LU,S1 2HH,",
    "C2,01/04/2025,L,C1,N1,U6,PR1,01/05/2025,X1,PLACE,IG11 7LU,S1 2HH,",
    "C2,01/05/2025,T,C1,N1,U4,PR1,10/05/2025,X1,,IG11 7LU,S1 2HH,",
    "C2,10/05/2025,T,C1,N1,T2,,17/05/2025,X1,,IG11 7LU,LS1 1UR,",
    "C2,17/05/2025,T,C1,N1,U4,PR1,01/06/2025,E4A,,IG11 7LU,S1 2HH,",
    "C2,01/09/2025,S,V2,N4,K2,PR4,01/10/2025,X1,,IG11 7LU,ZZ1 1ZZ,1234567",
    "C2,01/10/2025,T,V2,N4,T2,,08/10/2025,X1,,IG11 7LU,LS1 1UR,",
    "C2,08/10/2025,T,V2,N4,K2,PR4,,,,IG11 7LU,ZZ1 1ZZ,1234567",
]
FILES: dict[str, list[str]] = {
    "header": [HEADER, "C2,M,03/06/2010,BAFR,UN4,1,04/02/2026"],
    "episodes": EPISODES,
    "reviews": ["C1,01/05/2012,30/01/2026,PN3", "C2,03/06/2010,28/01/2025,PN7"],
    "missing": ["C2,03/06/2010,M,10/02/2025,11/02/2025", "C2,03/06/2010,A,01/03/2026,"],
    "uasc": ["C2,M,03/06/2010,03/06/2028"],
}


def read_back(folder: Path) -> dict[str, list[str]]:
    return {
        layout: [
            ",".join(cells)
            for cells in list(csv.reader((folder / f"{layout}.csv").open(newline="")))[1:]
        ]
        for layout in LAYOUTS
    }


def test_return_is_written_as_it_was_loaded(tmp_path: Path) -> None:
    load(a_return(tmp_path / "a", **FILES))
    write_return(authority=Authority.objects.get(pk=BARKING), folder=tmp_path / "b")
    assert read_back(tmp_path / "b") == FILES


def test_loading_what_was_written_changes_nothing(tmp_path: Path) -> None:
    load(a_return(tmp_path / "a", **FILES))
    authority = Authority.objects.get(pk=BARKING)
    write_return(authority=authority, folder=tmp_path / "b")
    assert load(tmp_path / "b").changes == 0


def test_what_was_written_fills_an_empty_register_alike(tmp_path: Path) -> None:
    authority = Authority.objects.get(pk=BARKING)
    with transaction.atomic():
        load(a_return(tmp_path / "a", **FILES))
        write_return(authority=authority, folder=tmp_path / "b")
        transaction.set_rollback(True)
    assert not authority.children.exists()
    load(tmp_path / "b")
    write_return(authority=authority, folder=tmp_path / "c")
    assert read_back(tmp_path / "c") == read_back(tmp_path / "b")


def test_what_people_recorded_is_written_and_other_authorities_are_not(tmp_path: Path) -> None:
    world = a_world()
    authority = Authority.objects.get(pk=BARKING)
    write_return(authority=Authority.objects.get(pk="E08000035"), folder=tmp_path / "leeds")
    assert read_back(tmp_path / "leeds")["header"] == []
    write_return(authority=authority, folder=tmp_path / "barking")
    start = f"{world.placement.started_on:%d/%m/%Y}"
    assert read_back(tmp_path / "barking")["episodes"] == [
        f"{world.child.local_id},{start},S,C2,,K2,,,,,,DN1 2AB,{world.setting.urn}"
    ]
    loaded = load(tmp_path / "barking", as_of=AS_OF)
    assert loaded.counts["withdrawn"] == loaded.counts["ended"] == 0


def test_files_are_for_their_owner_only_and_are_not_replaced_unasked(tmp_path: Path) -> None:
    authority = Authority.objects.get(pk=BARKING)
    write_return(authority=authority, folder=tmp_path / "new")
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == sorted(f"{layout}.csv" for layout in LAYOUTS)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()} == {0o600}
    with pytest.raises(UnableToWriteReturn, match="already"):
        write_return(authority=authority, folder=tmp_path / "new")
    write_return(authority=authority, folder=tmp_path / "new", may_replace=True)
