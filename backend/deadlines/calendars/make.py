"""Writes the file of bank holidays anew: ``python -m backend.deadlines.calendars.make DATE``."""

import json
import sys
from datetime import date
from importlib.metadata import version

from backend.deadlines.calendars import FILE

#: Children now in care may have come into it before the published feed begins.
FIRST_YEAR = 2000


def published() -> dict[date, str]:
    """The GOV.UK feed as the package carries it, without asking the internet."""
    from govuk_bank_holidays.bank_holidays import BankHolidays

    feed = BankHolidays(use_cached_holidays=True)
    events = feed.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return {event["date"]: str(event["title"]).replace("’", "'") for event in events}  # noqa: RUF001


def before_the_feed(first_published: int) -> dict[date, str]:
    """The years before the feed begins, on weekdays, from an independent table."""
    import holidays

    table = holidays.country_holidays(
        "GB", subdiv="ENG", years=range(FIRST_YEAR, first_published), language="en_GB"
    )
    return {day: title for day, title in table.items() if day.weekday() < 5}


def main(made_on: date) -> None:
    feed = published()
    first, last = min(feed).year, max(feed).year
    older = before_the_feed(first)
    titles = dict(sorted((older | feed).items()))
    held = {
        "division": "England and Wales",
        "version": made_on.isoformat(),
        "covers_from": date(FIRST_YEAR, 1, 1).isoformat(),
        "covers_until": date(last, 12, 31).isoformat(),
        "sources": [
            f"{first} to {last}: GOV.UK bank holidays, in govuk-bank-holidays "
            f"{version('govuk-bank-holidays')} (Open Government Licence)",
            f"{FIRST_YEAR} to {first - 1}: holidays {version('holidays')}, weekdays",
        ],
        "bank_holidays": {day.isoformat(): title for day, title in titles.items()},
    }
    FILE.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
