"""Episodes become periods of care, legal statuses and placements."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.exchange.problems import Problems, Rule
from backend.exchange.reading import read_return
from backend.exchange.spells import Life, Spell, basis_of, life_of
from backend.records.models import LegalStatus
from tests.exchange.returns import AS_OF, a_return

BORN = date(2012, 5, 1)


def life(folder: Path, *rows: str) -> tuple[Life, list[tuple[Rule, int]]]:
    """The life that episodes tell: each row from DECOM to REASON, then the postcode."""
    lines = []
    for row in rows:
        decom, rne, law, place, dec, rec, reason, postcode = row.split(",")
        lines.append(f"C1,{decom},{rne},{law},N1,{place},PR1,{dec},{rec},{reason},,{postcode},")
    problems = Problems()
    told = read_return(a_return(folder, episodes=lines), as_of=AS_OF, problems=problems)
    assert problems.found == []
    seen: list[tuple[Rule, int]] = []
    lived = life_of(
        told.children["C1"].episodes,
        [],
        BORN,
        lambda rule, words, where: seen.append((rule, where.line)),
    )
    return lived, seen


def days(spells: list[Spell], fact: str = "") -> list[tuple[Any, ...]]:
    return [
        (f"{spell.started_on:%d/%m}", f"{spell.ended_on:%d/%m}" if spell.ended_on else "")
        + ((spell.facts[fact],) if fact else ())
        for spell in spells
    ]


HOME, FOSTER, OTHER = "DN1 2AB", "S1 2HH", "LS1 1UR"


def test_legal_change_alone_leaves_one_placement(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"01/01/2025,S,V2,K2,01/02/2025,X1,,{HOME}",
        f"01/02/2025,L,C1,K2,01/03/2025,X1,,{HOME}",
        f"01/03/2025,L,C2,K2,,,,{HOME}",
    )
    assert days(lived.care) == [("01/01", "")]
    assert days(lived.legal_statuses, "code") == [
        ("01/01", "01/02", "V2"),
        ("01/02", "01/03", "C1"),
        ("01/03", "", "C2"),
    ]
    assert days(lived.placements, "place") == [("01/01", "", "K2")]
    assert seen == []


def test_move_ends_one_placement_and_keeps_the_reason(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,01/02/2025,X1,CREQB,{FOSTER}",
        f"01/02/2025,P,C2,K2,01/03/2025,E4A,,{HOME}",
    )
    assert days(lived.placements, "change_reason") == [
        ("01/01", "01/02", "CREQB"),
        ("01/02", "01/03", ""),
    ]
    assert days(lived.legal_statuses) == [("01/01", "01/03")]
    assert days(lived.care, "end_reason") == [("01/01", "01/03", "E4A")]
    assert seen == []


def test_same_place_with_another_carer_is_a_move(tmp_path: Path) -> None:
    lived, _ = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,01/02/2025,X1,OTHER,{FOSTER}",
        f"01/02/2025,P,C2,U6,,,,{FOSTER}",
    )
    assert days(lived.placements) == [("01/01", "01/02"), ("01/02", "")]


def test_temporary_stay_lies_inside_the_placement_it_interrupts(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,01/02/2025,X1,,{FOSTER}",
        f"01/02/2025,P,C2,T3,08/02/2025,X1,,{OTHER}",
        f"08/02/2025,P,C2,U6,01/03/2025,X1,,{FOSTER}",
        f"01/03/2025,P,C2,T1,05/03/2025,X1,,{HOME}",
        f"05/03/2025,P,C2,U6,,,,{FOSTER}",
    )
    assert [
        (*row, spell.facts["is_temporary"])
        for row, spell in zip(days(lived.placements, "place"), lived.placements, strict=True)
    ] == [
        ("01/01", "", "U6", False),
        ("01/02", "08/02", "T3", True),
        ("01/03", "05/03", "T1", True),
    ]
    assert seen == []


def test_placement_lasts_through_a_temporary_stay_that_ends_elsewhere(tmp_path: Path) -> None:
    lived, _ = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,01/02/2025,X1,,{FOSTER}",
        f"01/02/2025,P,C2,T1,08/02/2025,X1,,{OTHER}",
        f"08/02/2025,P,C2,K2,,,,{HOME}",
    )
    assert days(lived.placements, "place") == [
        ("01/01", "08/02", "U6"),
        ("01/02", "08/02", "T1"),
        ("08/02", "", "K2"),
    ]


def test_open_temporary_stay_leaves_the_placement_open(tmp_path: Path) -> None:
    lived, _ = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,01/02/2025,X1,,{FOSTER}",
        f"01/02/2025,P,C2,T1,,,,{OTHER}",
    )
    assert days(lived.placements, "is_temporary") == [("01/01", "", False), ("01/02", "", True)]


def test_temporary_stay_that_nothing_surrounds_is_where_the_child_lives(tmp_path: Path) -> None:
    lived, seen = life(tmp_path, f"01/02/2025,S,C2,T0,,,,{OTHER}")
    assert days(lived.placements, "is_temporary") == [("01/02", "", False)]
    assert seen == [(Rule.TEMPORARY, 2)]


def test_care_that_ended_and_began_again_is_two_periods(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"01/01/2025,S,C2,K2,01/02/2025,E4A,,{HOME}",
        f"01/03/2025,S,V2,K2,,,,{HOME}",
    )
    assert days(lived.care, "end_reason") == [("01/01", "01/02", "E4A"), ("01/03", "", "")]
    assert days(lived.placements) == [("01/01", "01/02"), ("01/03", "")]
    assert seen == []


def test_next_episode_that_is_absent_leaves_care_open(tmp_path: Path) -> None:
    lived, seen = life(tmp_path, f"01/01/2025,S,C2,K2,01/02/2025,X1,,{HOME}")
    assert days(lived.care) == [("01/01", "")]
    assert days(lived.placements) == [("01/01", "01/02")]
    assert seen == [(Rule.NEXT_ABSENT, 2)]


def test_later_episode_ends_an_earlier_one_that_runs_into_it(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,,,,{FOSTER}",
        f"01/03/2025,P,C2,K2,,,,{HOME}",
    )
    assert days(lived.placements) == [("01/01", "01/03"), ("01/03", "")]
    assert seen == [(Rule.OVERLAP_CUT, 2)]


def test_episode_inside_another_is_left_out_so_that_no_child_is_lost(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"01/01/2025,S,C2,U6,,,,{FOSTER}",
        f"01/03/2025,P,C2,K2,01/04/2025,E4A,,{HOME}",
        f"01/01/2025,S,C2,U6,,,,{FOSTER}",
    )
    assert days(lived.placements, "place") == [("01/01", "", "U6")]
    assert sorted(seen, key=lambda one: one[1]) == [(Rule.OVERLAP_OUT, 3), (Rule.TWICE, 4)]


def test_episode_before_birth_or_of_no_days_is_left_out(tmp_path: Path) -> None:
    lived, seen = life(
        tmp_path,
        f"30/04/2012,S,C2,K2,01/06/2012,X1,,{HOME}",
        f"01/01/2025,S,C2,K2,01/01/2025,X1,,{HOME}",
        f"01/01/2025,S,C2,U6,,,,{FOSTER}",
    )
    assert days(lived.placements, "place") == [("01/01", "", "U6")]
    assert seen == [(Rule.BEFORE_BIRTH, 2), (Rule.NO_DAYS, 3)]


def test_codes_that_do_not_fit_are_reported(tmp_path: Path) -> None:
    _, seen = life(
        tmp_path,
        f"01/01/2025,P,C2,U6,01/02/2025,X1,,{FOSTER}",
        f"01/02/2025,L,C2,K2,01/03/2025,X1,,{HOME}",
        f"01/03/2025,S,C2,U6,01/04/2025,X1,,{OTHER}",
        f"01/04/2025,L,C2,U6,,X1,CARPL,{OTHER}",
    )
    assert sorted(seen, key=lambda one: (one[1], one[0].code)) == [
        (Rule.BEGAN_EARLIER, 2),
        (Rule.NEW_REASON, 3),
        (Rule.RESTARTED, 4),
        (Rule.MOVE_REASON, 5),
        (Rule.NO_CHANGE, 5),
        (Rule.OPEN_REASON, 5),
    ]


@pytest.mark.parametrize(
    ("place", "laws", "basis", "ended_on", "order_made_on"),
    [
        ("K2", [("C2", 1)], "", None, None),
        ("P1", [("C1", 1)], "interim_order_with_parent", None, None),
        ("P1", [("C2", 1)], "care_order_with_parent", None, date(2025, 1, 1)),
        ("P1", [("C1", 1), ("C2", 3)], "care_order_with_parent", None, date(2025, 3, 1)),
        ("P1", [("V2", 1)], "", None, None),
        ("K2", [("V4", 1)], "reg_48", None, None),
        ("K2", [("V3", 1), ("C2", 3)], "reg_48", date(2025, 3, 1), None),
        ("K2", [("C2", 1), ("V3", 3)], "", None, None),
        ("A5", [("E1", 1)], "adoption", None, None),
    ],
)
def test_basis_follows_from_place_and_law(
    place: str,
    laws: list[tuple[str, int]],
    basis: str,
    ended_on: date | None,
    order_made_on: date | None,
    tmp_path: Path,
) -> None:
    lived, _ = life(tmp_path, f"01/01/2025,S,V2,{place},,,,{HOME}")
    statuses = [
        LegalStatus(
            code=code,
            started_on=date(2025, month, 1),
            ended_on=date(2025, laws[number + 1][1], 1) if number + 1 < len(laws) else None,
        )
        for number, (code, month) in enumerate(laws)
    ]
    assert basis_of(lived.placements[0], statuses) == {
        "basis": basis,
        "basis_ended_on": ended_on,
        "order_made_on": order_made_on,
    }
