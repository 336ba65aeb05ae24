"""Charts drawn as plain pictures with words, each with the table it was drawn from.

Nothing here needs a script or an inline style, and every kind has a shape or a pattern of its
own, so that a chart printed in grey reads the same.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from frontend.parts.words import count_of, long_date, short_date

WIDTH = 720
GRID = "app-chart__grid"
Scale = Callable[[date], float]
OUTCOME_WORDS = {
    "on time": "made on time",
    "late": "made late",
    "overdue": "past the due day with nothing recorded",
    "due": "still to come",
}


@dataclass(frozen=True)
class KeyLine:
    """One line of the key: what a mark looks like and what it means."""

    picture: str
    words: str


@dataclass(frozen=True)
class Chart:
    """A picture and the table that says the same."""

    slug: str
    title: str
    summary: str
    picture: str
    key: tuple[KeyLine, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_empty: bool = False

    def in_numbers(self) -> list[list[str | int]]:
        """The rows of the table, with numbers as such: what a spreadsheet can add up."""
        return [[int(cell) if cell.isdigit() else cell for cell in row] for row in self.rows]


@dataclass(frozen=True)
class MonthCount:
    """How many fell due in one month, and how they went."""

    label: str
    on_time: int
    late: int
    nothing: int = 0
    """How many passed their day with nothing recorded: not known to be done, nor undone."""

    @property
    def total(self) -> int:
        return self.on_time + self.late + self.nothing


@dataclass(frozen=True)
class Owed:
    """One thing owed by a day, and what happened.

    ``outcome`` is ``on time``, ``late``, ``overdue`` (nothing recorded and the day has gone) or
    ``due`` (the day is still to come).
    """

    due_on: date
    happened_on: date | None
    outcome: str
    label: str = ""


@dataclass(frozen=True)
class Share:
    """How many of a number were on time, for one team, person or place."""

    label: str
    on_time: int
    total: int
    url: str = ""
    nothing: int = 0

    @property
    def late(self) -> int:
        return self.total - self.on_time - self.nothing

    @property
    def percent(self) -> int:
        return round(100 * self.on_time / self.total) if self.total else 0


def slug_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "chart"


def drawn(slug: str, title: str, summary: str, height: int, marks: Iterable[str]) -> str:
    """The picture with its name and summary for those who do not see it."""
    return (
        f'<svg class="app-chart__picture" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{slug}-title {slug}-summary" focusable="false" '
        'xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{slug}-title">{escape(title)}</title>'
        f'<desc id="{slug}-summary">{escape(summary)}</desc>'
        f"{''.join(marks)}</svg>"
    )


def hatch(slug: str) -> str:
    return (
        f'<defs><pattern id="{slug}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" class="app-chart__hatch-ground"/>'
        '<line x1="0" y1="0" x2="0" y2="7" class="app-chart__hatch"/></pattern></defs>'
    )


def words_at(x: float, y: float, words: str, *, anchor: str = "start", number: bool = False) -> str:
    classes = ' class="app-chart__number"' if number else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{classes}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{classes}"/>'


def box(x: float, y: float, width: float, height: float, mark: str, fill: str = "") -> str:
    filled = f' fill="{fill}"' if fill else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'class="app-chart__mark--{mark}"{filled}/>'
    )


def bars_by_month(title: str, months: Sequence[MonthCount], things: str = "visits") -> Chart:
    """Bars side by side, one a month: late stacked with stripes on top of on time."""
    slug = slug_of(title)
    total = sum(month.total for month in months)
    late = sum(month.late for month in months)
    nothing = sum(month.nothing for month in months)
    counts = f"{total - late - nothing:,} on time and {late:,} late"
    if nothing:
        counts = (
            f"{total - late - nothing:,} on time, {late:,} late and {nothing:,} with nothing "
            "recorded"
        )
    summary = (
        f"{total:,} {things} over {count_of(len(months), 'month')}; {counts}."
        if total
        else f"No {things} to show."
    )
    left, top, height, bottom = 44, 24, 200, 48
    most = max((month.total for month in months), default=0)
    tick = tick_of(most)
    scale = height / max(tick * -(-most // tick), 1)
    marks = [hatch(slug)]
    for value in range(0, tick * -(-most // tick) + 1, tick):
        y = top + height - value * scale
        marks.append(line(left, y, WIDTH - 8, y, "app-chart__axis" if not value else GRID))
        marks.append(words_at(left - 8, y + 4, str(value), anchor="end"))
    slot = (WIDTH - left - 8) / max(len(months), 1)
    for place, month in enumerate(months):
        marks += month_bar(slug, month, left + place * slot, slot, top + height, scale)
    return Chart(
        slug=slug,
        title=title,
        summary=summary,
        picture=drawn(slug, title, summary, top + height + bottom, marks),
        key=bar_key(slug, with_nothing=bool(nothing)),
        columns=with_nothing(("Month", "On time", "Late", "Share on time"), bool(nothing)),
        rows=tuple(
            with_nothing(
                (month.label, str(month.on_time), str(month.late), share_words(month)),
                bool(nothing),
                str(month.nothing),
            )
            for month in months
        ),
        is_empty=total == 0,
    )


def bars_of_counts(
    title: str,
    counts: Sequence[tuple[str, int]],
    summary: str,
    *,
    counted: str,
    unit: str = "Month",
) -> Chart:
    """Bars side by side, one number a month or a week, where nothing is early or late."""
    slug = slug_of(title)
    left, top, height, bottom = 44, 24, 160, 48
    most = max((number for _, number in counts), default=0)
    tick = tick_of(most)
    scale = height / max(tick * -(-most // tick), 1)
    marks = []
    for value in range(0, tick * -(-most // tick) + 1, tick):
        y = top + height - value * scale
        marks.append(line(left, y, WIDTH - 8, y, "app-chart__axis" if not value else GRID))
        marks.append(words_at(left - 8, y + 4, str(value), anchor="end"))
    slot = (WIDTH - left - 8) / max(len(counts), 1)
    for place, (label, number) in enumerate(counts):
        month = MonthCount(label, number, 0)
        marks += month_bar(slug, month, left + place * slot, slot, top + height, scale)
    return Chart(
        slug=slug,
        title=title,
        summary=summary,
        picture=drawn(slug, title, summary, top + height + bottom, marks),
        key=(KeyLine(swatch(box(1, 1, 16, 16, "on-time")), counted),),
        columns=(unit, counted),
        rows=tuple((label, str(number)) for label, number in counts),
        is_empty=not any(number for _, number in counts),
    )


def with_nothing(
    cells: tuple[str, ...], is_needed: bool, cell: str = "Nothing recorded"
) -> tuple[str, ...]:
    """The cells of a line, with one more before the share when something is not recorded."""
    return (*cells[:-1], cell, cells[-1]) if is_needed else cells


def tick_of(most: int) -> int:
    """A round step that puts at most six lines under the tallest bar."""
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000):
        if most <= 6 * step:
            return step
    return 10 ** (len(str(most)) - 1)


def share_words(month: MonthCount) -> str:
    return f"{round(100 * month.on_time / month.total)}%" if month.total else "none due"


def month_bar(
    slug: str, month: MonthCount, left: float, slot: float, base: float, scale: float
) -> list[str]:
    width = min(slot * 0.62, 44)
    x = left + (slot - width) / 2
    on_time, late, nothing = (
        number * scale for number in (month.on_time, month.late, month.nothing)
    )
    marks = []
    if month.nothing:
        marks.append(box(x, base - on_time - late - nothing, width, nothing, "nothing"))
    if month.on_time:
        marks.append(box(x, base - on_time, width, on_time, "on-time"))
    if month.late:
        marks.append(box(x, base - on_time - late, width, late, "late"))
        marks.append(box(x, base - on_time - late, width, late, "stripes", f"url(#{slug}-hatch)"))
    if month.total:
        marks.append(
            words_at(
                x + width / 2,
                base - on_time - late - nothing - 6,
                str(month.total),
                anchor="middle",
                number=True,
            )
        )
    name, _, year = month.label.rpartition(" ")
    marks.append(words_at(x + width / 2, base + 18, name or year, anchor="middle"))
    if name:
        marks.append(words_at(x + width / 2, base + 34, year, anchor="middle"))
    return marks


def bars_worst_first(title: str, shares: Sequence[Share], things: str = "visits") -> Chart:
    """Bars across, the lowest share on time at the top."""
    slug = slug_of(title)
    ordered = sorted(shares, key=lambda share: (share.percent, -share.total, share.label))
    worst = ordered[0] if ordered else None
    summary = (
        f"Lowest: {worst.label}, {worst.percent}% of {worst.total:,} {things} on time."
        if worst
        else f"No {things} to show."
    )
    left, row, top = 220, 34, 8
    full = WIDTH - left - 150
    marks = [hatch(slug)]
    for place, share in enumerate(ordered):
        y = top + place * row
        width = full * share.percent / 100
        marks.append(words_at(left - 10, y + 19, shortened(share.label), anchor="end"))
        gone = full * share.nothing / share.total if share.total else 0
        late = full - width - gone
        marks.append(box(left, y + 4, width, 22, "on-time"))
        if share.late or not share.total:
            marks.append(box(left + width, y + 4, late, 22, "late"))
            marks.append(box(left + width, y + 4, late, 22, "stripes", f"url(#{slug}-hatch)"))
        if share.nothing:
            marks.append(box(left + full - gone, y + 4, gone, 22, "nothing"))
        marks.append(
            words_at(left + full + 10, y + 19, f"{share.percent}% of {share.total:,}", number=True)
        )
    return Chart(
        slug=slug,
        title=title,
        summary=summary,
        picture=drawn(slug, title, summary, top + row * max(len(ordered), 1) + 8, marks),
        key=bar_key(slug, with_nothing=any(share.nothing for share in ordered)),
        columns=("Name", "On time", "Late", "Nothing recorded", "All", "Share on time"),
        rows=tuple(
            (
                share.label,
                str(share.on_time),
                str(share.late),
                str(share.nothing),
                str(share.total),
                f"{share.percent}%" if share.total else "none due",
            )
            for share in ordered
        ),
        is_empty=not ordered,
    )


def shortened(label: str, length: int = 30) -> str:
    return label if len(label) <= length else f"{label[: length - 1].rstrip()}…"


def dots_against_due(title: str, owed: Sequence[Owed], on: date, things: str = "visits") -> Chart:
    """Two lines of days: above, when each was due by; below, when it happened.

    A link that leans left was early, one that leans right was late and is broken as well.
    """
    slug = slug_of(title)
    ordered = sorted(owed, key=lambda one: one.due_on)
    summary = owed_summary(ordered, things)
    days = [one.due_on for one in ordered]
    days += [one.happened_on for one in ordered if one.happened_on] + [on]
    first, last = min(days), max(days)
    span = max((last - first).days, 1)
    left, right, due_y, made_y = 70, WIDTH - 24, 52, 132

    def x_of(day: date) -> float:
        return left + (right - left) * (day - first).days / span

    marks = [
        line(left - 8, due_y, right + 8, due_y, GRID),
        line(left - 8, made_y, right + 8, made_y, GRID),
        words_at(8, due_y + 4, "Due by"),
        words_at(8, made_y + 4, "Made"),
        *month_marks(first, last, x_of, made_y + 26),
        line(x_of(on), due_y - 22, x_of(on), made_y + 14, "app-chart__today"),
        words_at(x_of(on), due_y - 28, "Today", anchor="end" if x_of(on) > WIDTH / 2 else "start"),
    ]
    for one in ordered:
        marks += owed_marks(one, x_of, due_y, made_y)
    return Chart(
        slug=slug,
        title=title,
        summary=summary,
        picture=drawn(slug, title, summary, made_y + 48, marks),
        key=dot_key(),
        columns=("What", "Due by", "Happened", "How it stands"),
        rows=tuple(owed_row(one, things) for one in ordered),
        is_empty=not ordered,
    )


def owed_summary(owed: Sequence[Owed], things: str) -> str:
    counts = {kind: sum(one.outcome == kind for one in owed) for kind in OUTCOME_WORDS}
    parts = [f"{number} {OUTCOME_WORDS[kind]}" for kind, number in counts.items() if number]
    return f"{len(owed)} {things} owed: {', '.join(parts)}." if parts else f"No {things} owed."


def month_marks(first: date, last: date, x_of: Scale, y: float) -> list[str]:
    """A name under every month, or under every third when there are many."""
    months = []
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        if date(year, month, 1) >= first:
            months.append(date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    step = max(1, -(-len(months) // 8))
    marks = []
    for day in months[::step]:
        marks.append(line(x_of(day), y - 18, x_of(day), y - 10, "app-chart__axis"))
        marks.append(words_at(x_of(day), y + 4, short_date(day)[2:], anchor="middle"))
    return marks


def owed_marks(one: Owed, x_of: Scale, due_y: float, made_y: float) -> list[str]:
    x = x_of(one.due_on)
    if one.outcome == "overdue":
        return [cross(x, due_y)]
    marks = [diamond(x, due_y)]
    if one.happened_on is not None:
        made = x_of(one.happened_on)
        late = " app-chart__link--late" if one.outcome == "late" else ""
        marks.insert(0, line(x, due_y + 8, made, made_y - 7, f"app-chart__link{late}"))
        marks.append(triangle(made, made_y) if one.outcome == "late" else dot(made, made_y))
    return marks


def diamond(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 7:.1f}l7 7-7 7-7-7z" class="app-chart__mark--due"/>'


def dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6.5" class="app-chart__mark--on-time"/>'


def triangle(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 8:.1f}l8.500 15h-17z" class="app-chart__mark--late"/>'


def cross(x: float, y: float) -> str:
    return (
        f'<path d="M{x - 7:.1f} {y - 7:.1f}l14 14m0-14l-14 14" class="app-chart__mark--overdue"/>'
    )


def owed_row(one: Owed, things: str) -> tuple[str, ...]:
    return (
        one.label or things.removesuffix("s").capitalize(),
        long_date(one.due_on),
        long_date(one.happened_on) or "Nothing recorded",
        OUTCOME_WORDS[one.outcome].capitalize(),
    )


def swatch(marks: str) -> str:
    return (
        '<svg class="app-chart__swatch" viewBox="0 0 18 18" aria-hidden="true" focusable="false">'
        f"{marks}</svg>"
    )


def bar_key(slug: str, *, with_nothing: bool = False) -> tuple[KeyLine, ...]:
    stripes = box(1, 1, 16, 16, "stripes", f"url(#{slug}-hatch)")
    lines = (
        KeyLine(swatch(box(1, 1, 16, 16, "on-time")), "On time"),
        KeyLine(swatch(box(1, 1, 16, 16, "late") + stripes), "Late"),
    )
    if not with_nothing:
        return lines
    empty = swatch(box(1, 1, 16, 16, "nothing"))
    return (*lines, KeyLine(empty, "Due day passed, nothing recorded"))


def dot_key() -> tuple[KeyLine, ...]:
    return (
        KeyLine(swatch(diamond(9, 9)), "The day it was due by"),
        KeyLine(swatch(dot(9, 9)), "Made on time"),
        KeyLine(swatch(triangle(9, 9)), "Made late"),
        KeyLine(swatch(cross(9, 9)), "Due day passed, nothing recorded"),
    )
