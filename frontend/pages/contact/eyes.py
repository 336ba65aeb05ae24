"""Outside eyes on a home: who came in, month by month, as a chart and a table."""

from collections.abc import Sequence
from typing import Any

from frontend.parts.charts import Chart, bars_of_counts
from frontend.parts.words import MONTHS, count_of
from workflows.contact.queries import Footfall

COLUMNS = (
    "Month",
    "Came in",
    "For each child living there a month",
    "Who came in",
    "Met a child elsewhere",
    "In touch from afar",
)


def month_words(month: Footfall) -> str:
    return f"{MONTHS[month.month.month - 1]} {month.month.year}"


def people_words(counted: dict[str, int]) -> str:
    """``Family 3, health 1``; the most first."""
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{who.lower()} {number}" for who, number in ordered).capitalize()


def month_of(month: Footfall) -> dict[str, Any]:
    rate = month.per_child_month
    return {
        "name": month_words(month),
        "came_in": month.came_in,
        "rate": "No child lived here" if rate is None else f"{rate:.1f}",
        "inside": people_words(month.inside) or "Nobody recorded",
        "elsewhere": people_words(month.elsewhere) or "Nobody recorded",
        "remote": people_words(month.remote) or "Nobody recorded",
    }


def export_row(month: Footfall) -> Sequence[Any]:
    one = month_of(month)
    return (
        one["name"],
        one["came_in"],
        one["rate"],
        one["inside"],
        one["elsewhere"],
        one["remote"],
    )


def chart_of(months: Sequence[Footfall]) -> Chart:
    """The oldest month on the left; a month with nobody shows as a gap that is counted."""
    ordered = sorted(months, key=lambda one: one.month)
    empty = [one for one in ordered if not one.came_in and one.child_months]
    summary = f"{sum(one.came_in for one in ordered):,} recorded"
    if empty:
        summary += f"; nobody is recorded in {count_of(len(empty), 'month')} with children there"
    return bars_of_counts(
        "People from outside who came in, by month",
        [(f"{MONTHS[one.month.month - 1][:3]} {one.month.year}", one.came_in) for one in ordered],
        f"{summary}.",
        counted="Came in",
    )
