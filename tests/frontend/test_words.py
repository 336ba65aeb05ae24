"""Days, ages and lengths of time in words."""

from datetime import UTC, date, datetime

import pytest

from frontend.parts import words


def test_long_date_names_the_month_in_full():
    assert words.long_date(date(2026, 3, 4)) == "4 March 2026"


def test_long_date_of_nothing_is_empty():
    assert words.long_date(None) == ""


def test_moment_is_told_by_the_clock_in_england():
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert words.long_moment(summer) == "1 July 2026 at 00:30"
    assert words.long_date(summer) == "1 July 2026"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 10), "today"),
        (date(2026, 3, 11), "tomorrow"),
        (date(2026, 3, 9), "yesterday"),
        (date(2026, 3, 15), "in 5 days"),
        (date(2026, 3, 7), "3 days ago"),
    ],
)
def test_days_words_says_how_far(day, said):
    assert words.days_words(day, date(2026, 3, 10)) == said


@pytest.mark.parametrize(
    ("born_on", "on", "said"),
    [
        (date(2012, 2, 29), date(2026, 2, 28), "13 years old"),
        (date(2012, 2, 29), date(2026, 3, 1), "14 years old"),
        (date(2025, 1, 31), date(2026, 3, 1), "13 months old"),
        (date(2026, 2, 10), date(2026, 3, 10), "1 month old"),
        (date(2026, 3, 10), date(2026, 3, 10), "0 months old"),
    ],
)
def test_age_words_counts_completed_years_then_months(born_on, on, said):
    assert words.age_words(born_on, on) == said


def test_listed_joins_with_commas_and_a_last_word():
    assert words.listed(["day"]) == "day"
    assert words.listed(["day", "month", "year"]) == "day, month and year"
    assert words.listed([]) == ""


def test_count_of_uses_the_plural_given():
    assert words.count_of(1, "child", "children") == "1 child"
    assert words.count_of(2675, "child", "children") == "2,675 children"
