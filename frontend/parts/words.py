"""Days, ages and lengths of time in the words people use."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def count_of(number: int, one: str, many: str = "") -> str:
    """``1 day``, ``2 days``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def as_day(moment: date | datetime) -> date:
    """The day in England of a day or of a moment."""
    if isinstance(moment, datetime):
        return moment.astimezone(LONDON).date() if moment.tzinfo else moment.date()
    return moment


def long_date(day: date | datetime | None) -> str:
    """``4 March 2026``."""
    if day is None:
        return ""
    day = as_day(day)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date | datetime | None) -> str:
    """``4 Mar 2026``, for narrow columns."""
    if day is None:
        return ""
    day = as_day(day)
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def clock_time(moment: datetime | None) -> str:
    """``18:04``, as the clock on the wall in England says."""
    return moment.astimezone(LONDON).strftime("%H:%M") if moment else ""


def long_moment(moment: datetime | None) -> str:
    """``4 March 2026 at 18:04``."""
    return f"{long_date(moment)} at {clock_time(moment)}" if moment else ""


def days_words(day: date, on: date) -> str:
    """``today``, ``tomorrow``, ``in 5 days``, ``3 days ago``."""
    days = (day - on).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days == -1:
        return "yesterday"
    return f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"


def age_on(born_on: date, on: date) -> int:
    """Completed years, counting 29 February as reached on 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def age_words(born_on: date, on: date) -> str:
    """``12 years old``; in months before the second birthday."""
    years = age_on(born_on, on)
    if years >= 2:
        return f"{years} years old"
    months = (
        12 * (on.year - born_on.year)
        + on.month
        - born_on.month
        - (1 if on.day < born_on.day else 0)
    )
    return f"{count_of(max(months, 0), 'month')} old"


def capital(words: str) -> str:
    """With a capital first letter; LADO and IRO stay as they are."""
    return f"{words[:1].upper()}{words[1:]}"


def listed(words: list[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
