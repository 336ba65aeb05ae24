"""A list as a spreadsheet, exactly as the reader may see it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from frontend.parts.words import LONDON

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A text that starts so would be worked out by a spreadsheet instead of being read.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CANNOT_BE_WRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST_CELL = 32_000
WIDEST = 60


def safe_cell(value: Any) -> Any:
    """A value that a spreadsheet shows and never works out."""
    if isinstance(value, datetime):
        return value.astimezone(LONDON).replace(tzinfo=None) if value.tzinfo else value
    if value is None or isinstance(value, bool | int | float | date):
        return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else value
    words = CANNOT_BE_WRITTEN.sub("", str(value))[:LONGEST_CELL]
    return f"'{words}" if words.startswith(STARTS_A_FORMULA) else words


def spreadsheet(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, notes: Sequence[str] = ()
) -> HttpResponse:
    """The answer that brings a list as a file; ``notes`` say on what day it was drawn."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name[:31]
    for note in notes:
        sheet.append([safe_cell(note)])
    sheet.append(list(columns))
    heading = sheet.max_row
    for cell in sheet[heading]:
        cell.font = Font(bold=True)
    widths = [len(column) for column in columns]
    for row in rows:
        cells = [safe_cell(value) for value in row]
        sheet.append(cells)
        widths = [
            max(width, len(str(cell or ""))) for width, cell in zip(widths, cells, strict=True)
        ]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(width + 2, 10), WIDEST)
    sheet.freeze_panes = f"B{heading + 1}"
    sheet.auto_filter.ref = f"A{heading}:{get_column_letter(len(columns))}{sheet.max_row}"
    file = BytesIO()
    book.save(file)
    answer = HttpResponse(file.getvalue(), content_type=KIND)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    answer["Content-Disposition"] = f'attachment; filename="{slug}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer
