"""System moments and days of life: a moment is UTC, a day is a day in England."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def day_of(moment: datetime) -> date:
    """The day in England on which an aware moment falls."""
    return moment.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """The first moment after a day in England, in UTC: from then on the day has passed."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=LONDON).astimezone(UTC)
