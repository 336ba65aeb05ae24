"""The bank holidays of England and Wales, from a dated file, so that counts can be repeated."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("england_and_wales.json")
SATURDAY = 5


class BeyondTheCalendar(ValueError):
    """A working day was asked for outside the years whose bank holidays are loaded.

    ``counted_from`` is the fact whose count led there, where one is known.
    """

    counted_from: date | None = None


@dataclass(frozen=True)
class BankHolidays:
    """The bank holidays of whole years, and where they were read."""

    version: str
    covers_from: date
    covers_until: date
    titles: dict[date, str]

    def check_covers(self, day: date) -> None:
        """Raises BeyondTheCalendar for a day whose bank holidays are not known."""
        if not self.covers_from <= day <= self.covers_until:
            raise BeyondTheCalendar(
                f"working days are known from {self.covers_from:%-d %B %Y} to "
                f"{self.covers_until:%-d %B %Y}; {day:%-d %B %Y} is outside the loaded "
                "bank holidays"
            )

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, and no bank holiday, Christmas Day or Good Friday."""
        self.check_covers(day)
        return day.weekday() < SATURDAY and day not in self.titles

    @cached_property
    def working_days(self) -> tuple[date, ...]:
        """Every working day of the loaded years, in order."""
        length = (self.covers_until - self.covers_from).days + 1
        days = (self.covers_from + timedelta(days=step) for step in range(length))
        return tuple(day for day in days if self.is_working_day(day))


@lru_cache(maxsize=1)
def england_and_wales() -> BankHolidays:
    """The loaded calendar of England and Wales."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    return BankHolidays(
        version=held["version"],
        covers_from=date.fromisoformat(held["covers_from"]),
        covers_until=date.fromisoformat(held["covers_until"]),
        titles={date.fromisoformat(day): title for day, title in held["bank_holidays"].items()},
    )
