"""Reads the files of a return into rows by child; a bad row never loses the others."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from backend.exchange import layouts
from backend.exchange.problems import Problems, Rule

LONGEST_LINE = 10_000
EARLIEST = date(1900, 1, 1)


class UnableToReadReturn(Exception):
    """The return as a whole cannot be read; the message is for the person who asked."""


class RowRefused(Exception):
    """One row cannot be used."""

    def __init__(self, rule: Rule, words: str) -> None:
        super().__init__(words)
        self.rule = rule
        self.words = words


@dataclass(frozen=True)
class Where:
    """The file and line that a row came from."""

    file: str
    line: int


@dataclass(frozen=True)
class HeaderRow:
    """Who the child is."""

    where: Where
    date_of_birth: date
    gender: str
    ethnicity: str
    upn: str
    is_mother: bool
    mothers_child_born_on: date | None


@dataclass(frozen=True)
class Episode:
    """A time under one legal status in one place, as the return cuts a child's care."""

    where: Where
    decom: date
    rne: str
    legal_status: str
    need: str
    place: str
    provider: str
    dec: date | None
    rec: str
    reason: str
    home_postcode: str
    postcode: str
    urn: str

    @property
    def lives(self) -> tuple[str, str, str, str]:
        """What must be the same for two episodes to be one placement."""
        return (self.place, self.provider, self.postcode, self.urn)


@dataclass(frozen=True)
class ReviewHeld:
    """A review that was held."""

    where: Where
    date_of_birth: date
    held_on: date
    participation: str


@dataclass(frozen=True)
class TimeMissing:
    """A time missing, or away without authorisation."""

    where: Where
    date_of_birth: date
    is_away: bool
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class Unaccompanied:
    """An unaccompanied asylum-seeking child, until a day when known."""

    where: Where
    date_of_birth: date
    until: date | None


@dataclass
class ChildRows:
    """All usable rows of one child."""

    local_id: str
    header: HeaderRow | None = None
    episodes: list[Episode] = field(default_factory=list)
    reviews: list[ReviewHeld] = field(default_factory=list)
    missing: list[TimeMissing] = field(default_factory=list)
    unaccompanied: list[Unaccompanied] = field(default_factory=list)
    #: An episode was refused, so what is not here may still be true.
    is_partial: bool = False

    def wheres(self) -> list[Where]:
        rows: list[Any] = [*self.episodes, *self.reviews, *self.missing, *self.unaccompanied]
        return [*([self.header.where] if self.header else []), *(row.where for row in rows)]


@dataclass
class Return:
    """What one authority sent: rows by child, and which files there were."""

    children: dict[str, ChildRows] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    rows: int = 0

    def has(self, layout: str) -> bool:
        return layout in self.files

    def of(self, local_id: str) -> ChildRows:
        return self.children.setdefault(local_id, ChildRows(local_id))


Value = TypeVar("Value")


@dataclass
class Row:
    """One line of a file, read cell by cell."""

    where: Where
    cells: Mapping[str, str]
    problems: Problems
    as_of: date

    def text(self, column: str) -> str:
        return self.cells[column].strip()

    @property
    def child(self) -> str:
        written = self.text("CHILD")
        if not written:
            raise RowRefused(Rule.CHILD, "The row does not say which child it is about.")
        if len(written) > layouts.LONGEST_CHILD or not written.isprintable():
            raise RowRefused(
                Rule.CHILD,
                f"A child identifier has at most {layouts.LONGEST_CHILD} ordinary characters; "
                f"this one reads {shortened(written)}.",
            )
        return written

    def found(self, rule: Rule, words: str) -> None:
        self.problems.add(rule, words, self.where.file, self.where.line, self.text("CHILD")[:20])

    def day(self, column: str) -> date | None:
        written = self.text(column)
        if not written:
            return None
        try:
            day = datetime.strptime(written, "%d/%m/%Y").date()  # noqa: DTZ007 a day, not a moment
        except ValueError:
            raise RowRefused(
                Rule.DATE, f"{column} reads {shortened(written)}, which is not a day (dd/mm/yyyy)."
            ) from None
        if day < EARLIEST:
            raise RowRefused(Rule.DATE, f"{column} reads {written}: no child was in care then.")
        return day

    def past_day(self, column: str) -> date:
        day = self.day(column)
        if day is None:
            raise RowRefused(Rule.DATE, f"{column} is empty.")
        if day > self.as_of:
            raise RowRefused(
                Rule.FUTURE, f"{column} reads {day:%d/%m/%Y}, after {self.as_of:%d/%m/%Y}."
            )
        return day

    def end(self, column: str, start: date) -> date | None:
        """An end, if it has come; an end still to come leaves the spell open."""
        day = self.day(column)
        if day is None:
            return None
        if day < start:
            raise RowRefused(
                Rule.BACKWARDS, f"{column} reads {day:%d/%m/%Y}, before {start:%d/%m/%Y}."
            )
        if day > self.as_of:
            self.found(
                Rule.FUTURE_END,
                f"{column} reads {day:%d/%m/%Y}, after {self.as_of:%d/%m/%Y}: taken as open.",
            )
            return None
        return day

    def needed(self, column: str, known: tuple[str, ...]) -> str:
        written = self.text(column).upper()
        if written not in known:
            said = f"reads {shortened(written)}, which is not a code" if written else "is empty"
            raise RowRefused(Rule.CODE, f"{column} {said}.")
        return written

    def wanted(self, column: str, known: Mapping[str, Value] | tuple[str, ...]) -> str:
        """A code that may be empty; a wrong one is reported and taken as empty."""
        written = self.text(column).upper()
        if written and written not in known:
            self.found(Rule.FACT, f"{column} reads {shortened(written)}, which is not a code.")
            return ""
        return written

    def postcode(self, column: str) -> str:
        written = self.text(column)
        tidied = layouts.tidy_postcode(written)
        if written and tidied is None:
            self.found(Rule.FACT, f"{column} reads {shortened(written)}, which is no postcode.")
        return tidied or ""

    def number(self, column: str, form: "layouts.re.Pattern[str]") -> str:
        written = self.text(column).upper()
        if written and not form.fullmatch(written):
            self.found(Rule.FACT, f"{column} reads {shortened(written)}, which is no {column}.")
            return ""
        return written


def shortened(written: str) -> str:
    """What was written, between quotes, not too long and without control characters."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in written[:40])
    return f"“{shown}{'…' if len(written) > 40 else ''}”"


def read_return(folder: Path, *, as_of: date, problems: Problems) -> Return:
    """This will read every file of the return in a folder, whatever the files are called.

    :raises UnableToReadReturn: no such folder, no file of the return in it, or not UTF-8.
    """
    if not folder.is_dir():
        raise UnableToReadReturn(f"There is no folder {folder}.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    if not paths:
        raise UnableToReadReturn(f"There is no .csv file in {folder}.")
    told = Return()
    for path in paths:
        _read_file(path, told, as_of, problems)
    if not told.files:
        raise UnableToReadReturn(
            f"No file in {folder} has the columns of an SSDA903 file. "
            f"The episodes file, for instance, has: {', '.join(layouts.LAYOUTS['episodes'])}."
        )
    return told


def _read_file(path: Path, told: Return, as_of: date, problems: Problems) -> None:
    lines = _lines(path, problems)
    first = next(lines, None)
    columns = [cell.strip().upper() for cell in first[1]] if first else []
    while columns and not columns[-1]:
        columns.pop()
    layout = layouts.layout_of(frozenset(columns))
    if layout is None or len(columns) != len(set(columns)):
        _report_unread(path.name, columns, sum(1 for _ in lines), problems)
        return
    told.files.setdefault(layout, []).append(path.name)
    for line, cells in lines:
        told.rows += 1
        where = Where(path.name, line)
        if len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :]):
            problems.add(
                Rule.SHAPE,
                f"The row has {len(cells)} cells; the file has {len(columns)} columns.",
                where.file,
                where.line,
            )
            _mark_partial(layout, told, dict(zip(columns, cells, strict=False)))
            continue
        row = Row(where, dict(zip(columns, cells, strict=False)), problems, as_of)
        try:
            READERS[layout](row, told)
        except RowRefused as refused:
            row.found(refused.rule, refused.words)
            _mark_partial(layout, told, row.cells)


def _mark_partial(layout: str, told: Return, cells: Mapping[str, str]) -> None:
    child = cells.get("CHILD", "").strip()
    if layout == layouts.EPISODES and child and len(child) <= layouts.LONGEST_CHILD:
        told.of(child).is_partial = True


def _report_unread(file: str, columns: list[str], rows: int, problems: Problems) -> None:
    unused = layouts.unused_layout_of(frozenset(columns))
    if unused:
        words = f"This is the file of {unused}: nothing of it is used (rows: {rows})."
        problems.add(Rule.NOT_USED, words, file, 1)
        return
    shown = shortened(", ".join(columns))
    problems.add(
        Rule.COLUMNS, f"Nothing of it was read (rows: {rows}); its columns are {shown}.", file, 1
    )


def _lines(path: Path, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with their lines. No field of a return has a line break in it, so
    each line is read alone: a stray quotation mark cannot swallow the rows after it."""
    try:
        # Only line feeds and carriage returns end a line; form feeds and the like do not.
        with path.open(encoding="utf-8-sig", newline=None) as file:
            for number, line in enumerate(file, start=1):
                cells = _cells(line)
                if cells is None:
                    problems.add(Rule.SHAPE, "The line cannot be read.", path.name, number)
                elif any(cell.strip() for cell in cells):
                    yield number, cells
    except UnicodeDecodeError:
        raise UnableToReadReturn(
            f"{path.name} is not written in UTF-8. Save it as “CSV UTF-8” and try again."
        ) from None
    except OSError as error:
        raise UnableToReadReturn(f"{path.name} cannot be read: {error.strerror}.") from None


def _cells(line: str) -> list[str] | None:
    if len(line) > LONGEST_LINE:
        return None
    try:
        return next(csv.reader([line.rstrip("\r\n")]), [])
    except csv.Error:
        return None


def _read_header(row: Row, told: Return) -> None:
    child = row.child
    header = HeaderRow(
        where=row.where,
        date_of_birth=row.past_day("DOB"),
        gender=layouts.SEXES.get(row.wanted("SEX", layouts.SEXES), "U"),
        ethnicity=row.wanted("ETHNIC", layouts.ETHNICITIES),
        upn=row.number("UPN", layouts.UPN),
        is_mother=layouts.YES_NO.get(row.wanted("MOTHER", layouts.YES_NO), False),
        mothers_child_born_on=_mothers_child(row),
    )
    rows = told.of(child)
    if rows.header is not None:
        first = f"{rows.header.where.file} line {rows.header.where.line}"
        same = replaced(header, rows.header) == rows.header
        rule = Rule.TWICE if same else Rule.HEADER_TWICE
        raise RowRefused(rule, f"The child has a header row already: {first}.")
    rows.header = header


def replaced(header: HeaderRow, other: HeaderRow) -> HeaderRow:
    """A header row as if it stood where another stands."""
    return HeaderRow(**{**header.__dict__, "where": other.where})


def _mothers_child(row: Row) -> date | None:
    try:
        day = row.day("MC_DOB")
    except RowRefused as refused:
        row.found(Rule.FACT, refused.words)
        return None
    if day is not None and day > row.as_of:
        row.found(Rule.FACT, f"MC_DOB reads {day:%d/%m/%Y}, which has not come.")
        return None
    return day


def _read_episode(row: Row, told: Return) -> None:
    child = row.child
    decom = row.past_day("DECOM")
    episode = Episode(
        where=row.where,
        decom=decom,
        rne=row.wanted("RNE", layouts.REASONS_NEW),
        legal_status=row.needed("LS", layouts.LEGAL_STATUSES),
        need=row.wanted("CIN", layouts.NEEDS),
        place=row.needed("PLACE", layouts.PLACES),
        provider=row.wanted("PLACE_PROVIDER", layouts.PROVIDERS),
        dec=row.end("DEC", decom),
        rec=row.wanted("REC", layouts.REASONS_ENDED),
        reason=row.wanted("REASON_PLACE_CHANGE", layouts.REASONS_MOVED),
        home_postcode=row.postcode("HOME_POST"),
        postcode=row.postcode("PL_POST"),
        urn=row.number("URN", layouts.URN),
    )
    told.of(child).episodes.append(episode)


def _read_review(row: Row, told: Return) -> None:
    child = row.child
    review = ReviewHeld(
        where=row.where,
        date_of_birth=row.past_day("DOB"),
        held_on=row.past_day("REVIEW"),
        participation=row.wanted("REVIEW_CODE", layouts.PARTICIPATIONS),
    )
    told.of(child).reviews.append(review)


def _read_missing(row: Row, told: Return) -> None:
    child = row.child
    started_on = row.past_day("MIS_START")
    time = TimeMissing(
        where=row.where,
        date_of_birth=row.past_day("DOB"),
        is_away=layouts.MISSING_CODES[row.needed("MISSING", tuple(layouts.MISSING_CODES))],
        started_on=started_on,
        ended_on=row.end("MIS_END", started_on),
    )
    told.of(child).missing.append(time)


def _read_unaccompanied(row: Row, told: Return) -> None:
    child = row.child
    status = Unaccompanied(where=row.where, date_of_birth=row.past_day("DOB"), until=row.day("DUC"))
    told.of(child).unaccompanied.append(status)


READERS: dict[str, Callable[[Row, Return], None]] = {
    layouts.HEADER: _read_header,
    layouts.EPISODES: _read_episode,
    layouts.REVIEWS: _read_review,
    layouts.MISSING: _read_missing,
    layouts.UASC: _read_unaccompanied,
}
