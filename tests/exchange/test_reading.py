"""Files are known by their columns, and a bad row never loses the others."""

from datetime import date
from pathlib import Path

import pytest

from backend.exchange.problems import Problems, Rule
from backend.exchange.reading import Return, UnableToReadReturn, read_return
from tests.exchange.returns import AS_OF, FIRST, HEADER, SECOND, a_return, found

EPISODE_COLUMNS = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
)


def read(folder: Path, problems: Problems | None = None) -> Return:
    return read_return(folder, as_of=AS_OF, problems=Problems() if problems is None else problems)


@pytest.mark.parametrize("name", ["episodes.csv", "EPISODES 2026.CSV", "x.Csv"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_file_is_known_whatever_its_name_mark_and_line_ends(
    tmp_path: Path, name: str, mark: str, end: str
) -> None:
    text = mark + end.join([EPISODE_COLUMNS, FIRST, SECOND]) + end
    (tmp_path / name).write_bytes(text.encode())
    told = read(tmp_path)
    assert told.files == {"episodes": [name]}
    assert [episode.where.line for episode in told.children["C1"].episodes] == [2, 3]
    assert told.children["C1"].episodes[0].dec == date(2026, 2, 9)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("review,CHILD, Review_Code ,DOB\n03/02/2026,C1,pn3,01/05/2012")
    told = read(tmp_path)
    (review,) = told.children["C1"].reviews
    assert (review.held_on, review.participation) == (date(2026, 2, 3), "PN3")


BAD_ROWS = {
    "no child": (",05/01/2026,S,V2,N2,K2,PR4,,,,,,", Rule.CHILD),
    "long child": ("C1234567890,05/01/2026,S,V2,N2,K2,PR4,,,,,,", Rule.CHILD),
    "control character": ("C\x001,05/01/2026,S,V2,N2,K2,PR4,,,,,,", Rule.CHILD),
    "no such day": ("C9,30/02/2026,S,V2,N2,K2,PR4,,,,,,", Rule.DATE),
    "american day": ("C9,2026-01-05,S,V2,N2,K2,PR4,,,,,,", Rule.DATE),
    "empty day": ("C9,,S,V2,N2,K2,PR4,,,,,,", Rule.DATE),
    "long ago": ("C9,05/01/1026,S,V2,N2,K2,PR4,,,,,,", Rule.DATE),
    "future": ("C9,03/03/2026,S,V2,N2,K2,PR4,,,,,,", Rule.FUTURE),
    "backwards": ("C9,05/01/2026,S,V2,N2,K2,PR4,04/01/2026,X1,,,,", Rule.BACKWARDS),
    "legal status": ("C9,05/01/2026,S,V9,N2,K2,PR4,,,,,,", Rule.CODE),
    "place": ("C9,05/01/2026,S,V2,N2,Q7,PR4,,,,,,", Rule.CODE),
    "too few": ("C9,05/01/2026,S", Rule.SHAPE),
    "too many": ("C9,05/01/2026,S,V2,N2,K2,PR4,,,,,,,more", Rule.SHAPE),
    "stray quotation mark": ('"C9,05/01/2026,S,V2,N2,K2,PR4,,,,,,', Rule.SHAPE),
    "endless": ("C9," + "x" * 20_000, Rule.SHAPE),
}


@pytest.mark.parametrize(("row", "rule"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_row_is_reported_with_its_line_and_the_others_are_read(
    tmp_path: Path, row: str, rule: Rule
) -> None:
    problems = Problems()
    told = read(a_return(tmp_path, episodes=[FIRST, row, SECOND]), problems)
    assert found(problems) == [(rule, "episodes.csv", 3)]
    assert [episode.where.line for episode in told.children["C1"].episodes] == [2, 4]


def test_fact_that_cannot_be_right_is_reported_and_the_row_is_used(tmp_path: Path) -> None:
    row = "C1,05/01/2026,Q,V2,N12,K2,PR9,,,WHY,NOWHERE,DN1,12"
    problems = Problems()
    told = read(a_return(tmp_path, episodes=[row]), problems)
    (episode,) = told.children["C1"].episodes
    assert [rule for rule, _, _ in found(problems)] == [Rule.FACT] * 7
    assert (episode.rne, episode.need, episode.provider, episode.reason) == ("", "", "", "")
    assert (episode.home_postcode, episode.postcode, episode.urn) == ("", "", "")
    assert episode.place == "K2"


def test_end_still_to_come_leaves_the_episode_open(tmp_path: Path) -> None:
    problems = Problems()
    row = FIRST.replace("09/02/2026", "03/03/2026")
    told = read(a_return(tmp_path, episodes=[row]), problems)
    assert told.children["C1"].episodes[0].dec is None
    assert found(problems) == [(Rule.FUTURE_END, "episodes.csv", 2)]


def test_child_with_a_refused_episode_is_known_to_be_partial(tmp_path: Path) -> None:
    told = read(a_return(tmp_path, episodes=[FIRST, SECOND.replace("K2", "Q7")]))
    assert told.children["C1"].is_partial


def test_second_header_row_is_left_out(tmp_path: Path) -> None:
    problems = Problems()
    other = HEADER.replace("2012", "2013")
    told = read(a_return(tmp_path, header=[HEADER, HEADER, other]), problems)
    assert told.children["C1"].header is not None
    assert told.children["C1"].header.date_of_birth == date(2012, 5, 1)
    assert found(problems) == [
        (Rule.TWICE, "header.csv", 3),
        (Rule.HEADER_TWICE, "header.csv", 4),
    ]


def test_old_codes_for_sex_and_motherhood_are_read(tmp_path: Path) -> None:
    rows = ["C1,2,01/05/2012,,,1.0,04/02/2026", "C2,1,01/05/2012,,UN4,0,"]
    told = read(a_return(tmp_path, header=rows))
    first, second = told.children["C1"].header, told.children["C2"].header
    assert first is not None
    assert second is not None
    assert (first.gender, first.is_mother) == ("F", True)
    assert first.mothers_child_born_on == date(2026, 2, 4)
    assert (second.gender, second.is_mother, second.upn) == ("M", False, "UN4")


def test_file_that_is_known_and_not_used_is_reported_with_its_rows(tmp_path: Path) -> None:
    a_return(tmp_path, header=[HEADER])
    (tmp_path / "prev.csv").write_text("CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\nC1,01/05/2012,Z1,,")
    (tmp_path / "other.csv").write_text("A,B\n1,2\n")
    problems = Problems()
    read(tmp_path, problems)
    assert found(problems) == [(Rule.COLUMNS, "other.csv", 1), (Rule.NOT_USED, "prev.csv", 1)]
    assert "rows: 1" in problems.in_order()[1].words


def test_no_folder_no_file_and_no_return_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadReturn, match="no folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(UnableToReadReturn, match=r"no \.csv file"):
        read(tmp_path)
    (tmp_path / "other.csv").write_text("A,B\n1,2\n")
    with pytest.raises(UnableToReadReturn, match="No file in"):
        read(tmp_path)


def test_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_bytes("CHILD,SEX".encode("utf-16"))
    with pytest.raises(UnableToReadReturn, match="UTF-8"):
        read(tmp_path)
