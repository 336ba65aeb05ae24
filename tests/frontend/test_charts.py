"""Charts and the tables that say the same."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from frontend.parts import charts

ON = date(2026, 3, 10)
SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [charts.MonthCount("Jan 2026", 3, 1), charts.MonthCount("Feb 2026", 0, 0)]
OWED = [
    charts.Owed(ON - timedelta(days=60), ON - timedelta(days=61), "on time"),
    charts.Owed(ON - timedelta(days=30), ON - timedelta(days=20), "late"),
    charts.Owed(ON - timedelta(days=2), None, "overdue"),
    charts.Owed(ON + timedelta(days=9), None, "due"),
]
SHARES = [
    charts.Share("Leaving care", 9, 9),
    charts.Share('North <"team">', 18, 30),
    charts.Share("Nobody", 0, 0),
]
DRAWN = [
    charts.bars_by_month("Visits by month", MONTHS),
    charts.dots_against_due("Visits against due days", OWED, ON),
    charts.bars_worst_first("Visits on time", SHARES),
]


@pytest.mark.parametrize("chart", DRAWN, ids=lambda chart: chart.slug)
def test_picture_has_a_name_a_summary_and_no_inline_style(chart):
    picture = ET.fromstring(chart.picture)
    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}title").text == chart.title
    assert picture.find(f"{SVG}desc").text == chart.summary
    assert picture.get("aria-labelledby").split() == [
        f"{chart.slug}-title",
        f"{chart.slug}-summary",
    ]
    assert all("style" not in mark.attrib for mark in picture.iter())


def classes_of(chart):
    return [mark.get("class") for mark in ET.fromstring(chart.picture).iter() if mark.get("class")]


def test_bars_by_month_draws_late_with_stripes_and_tells_the_same_in_the_table():
    chart = DRAWN[0]
    assert classes_of(chart).count("app-chart__mark--stripes") == 1
    assert chart.rows == (("Jan 2026", "3", "1", "75%"), ("Feb 2026", "0", "0", "none due"))
    assert chart.summary == "4 visits over 2 months; 3 on time and 1 late."


def test_bars_by_month_with_nothing_says_so():
    chart = charts.bars_by_month("Reviews by month", [], "reviews")
    assert chart.is_empty
    assert chart.summary == "No reviews to show."


def test_bars_are_as_tall_as_their_numbers():
    picture = ET.fromstring(DRAWN[0].picture)
    tall = {
        mark.get("class"): float(mark.get("height"))
        for mark in picture.findall(f"{SVG}rect")
        if "--" in mark.get("class")
    }
    assert tall["app-chart__mark--on-time"] == pytest.approx(3 * tall["app-chart__mark--late"])


def test_dots_give_each_outcome_a_shape_of_its_own():
    drawn = classes_of(DRAWN[1])
    assert drawn.count("app-chart__mark--due") == 3
    assert drawn.count("app-chart__mark--on-time") == 1
    assert drawn.count("app-chart__mark--late") == 1
    assert drawn.count("app-chart__mark--overdue") == 1
    assert "app-chart__link app-chart__link--late" in drawn


def test_dots_table_says_nothing_recorded_and_never_not_done():
    assert DRAWN[1].rows[2] == (
        "Visit",
        "8 March 2026",
        "Nothing recorded",
        "Past the due day with nothing recorded",
    )
    assert not any("not done" in " ".join(row).lower() for row in DRAWN[1].rows)


def test_dots_with_nothing_owed_still_draws():
    assert charts.dots_against_due("Visits", [], ON).is_empty


def test_worst_comes_first():
    assert [row[0] for row in DRAWN[2].rows] == ["Nobody", 'North <"team">', "Leaving care"]
    assert [row[-1] for row in DRAWN[2].rows] == ["none due", "60%", "100%"]


def test_labels_are_escaped():
    assert "<team" not in DRAWN[2].picture
    assert "North &lt;" in DRAWN[2].picture


def test_nothing_recorded_is_neither_on_time_nor_late():
    chart = charts.bars_by_month("Visits", [charts.MonthCount("Jan 2026", 3, 1, 2)])
    assert chart.summary == "6 visits over 1 month; 3 on time, 1 late and 2 with nothing recorded."
    assert chart.columns == ("Month", "On time", "Late", "Nothing recorded", "Share on time")
    assert chart.rows == (("Jan 2026", "3", "1", "2", "50%"),)
    assert "app-chart__mark--nothing" in chart.picture
    assert [line.words for line in chart.key][-1] == "Due day passed, nothing recorded"


def test_share_draws_what_is_not_recorded_apart_from_what_was_late():
    chart = charts.bars_worst_first("Shares", [charts.Share("North", 3, 6, nothing=2)])
    assert chart.rows == (("North", "3", "1", "2", "6", "50%"),)
    widths = [
        float(mark.get("width"))
        for kind in ("on-time", "late", "nothing")
        for mark in ET.fromstring(chart.picture).iter()
        if mark.get("class") == f"app-chart__mark--{kind}" and mark.get("x")
    ]
    assert widths[0] == pytest.approx(3 * widths[1], abs=0.3)
    assert widths[2] == pytest.approx(2 * widths[1], abs=0.3)
