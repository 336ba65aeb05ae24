"""The loaded bank holidays: where they come from, that they agree, that enough are left."""

import json
from datetime import date, timedelta

import holidays
from govuk_bank_holidays.bank_holidays import BankHolidays as Published

from backend.deadlines.calendars import FILE, england_and_wales
from backend.deadlines.count import add_months

HELD = england_and_wales()
MONDAY_TO_FRIDAY = range(5)


def test_file_agrees_with_an_independent_table_on_every_weekday() -> None:
    years = range(HELD.covers_from.year, HELD.covers_until.year + 1)
    table = holidays.country_holidays("GB", subdiv="ENG", years=years)
    independent = {day for day in table if day.weekday() in MONDAY_TO_FRIDAY}
    assert {day for day in HELD.titles if day.weekday() in MONDAY_TO_FRIDAY} == independent


def test_file_holds_every_published_bank_holiday() -> None:
    feed = Published(use_cached_holidays=True).get_holidays(division=Published.ENGLAND_AND_WALES)
    published = {event["date"] for event in feed}
    first = min(published).year
    assert {day for day in HELD.titles if day.year >= first} == published


def test_at_least_twelve_months_of_bank_holidays_remain() -> None:
    today = date.today()  # noqa: TID251 - the one place where today is read
    assert add_months(today, 12) <= HELD.covers_until, (
        "load the newly published bank holidays: "
        "python -m backend.deadlines.calendars.make YYYY-MM-DD"
    )


def test_every_loaded_year_has_its_eight_bank_holidays() -> None:
    counts = {
        year: sum(day.year == year for day in HELD.titles)
        for year in range(HELD.covers_from.year, HELD.covers_until.year + 1)
    }
    assert all(8 <= count <= 10 for count in counts.values()), counts


def test_file_says_where_and_when_it_was_read() -> None:
    held = json.loads(FILE.read_text(encoding="utf-8"))
    assert date.fromisoformat(held["version"]) <= HELD.covers_until
    assert any("GOV.UK" in source for source in held["sources"])


def test_christmas_good_friday_and_one_off_holidays_are_no_working_days() -> None:
    for day in (
        date(2024, 12, 25),
        date(2024, 3, 29),
        date(2022, 9, 19),
        date(2023, 5, 8),
        date(2021, 12, 28),
    ):
        assert not HELD.is_working_day(day)
    assert HELD.is_working_day(date(2022, 5, 30))


def test_working_days_are_all_the_days_that_remain() -> None:
    day, found = HELD.covers_from, []
    while day <= HELD.covers_until:
        if HELD.is_working_day(day):
            found.append(day)
        day += timedelta(days=1)
    assert list(HELD.working_days) == found
