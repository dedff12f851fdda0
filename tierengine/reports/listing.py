"""A list that somebody takes away: as CSV for programs, as a workbook for an office."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Literal

from tierengine.reports.printable import printable

Form = Literal["csv", "xlsx"]

Cell = str | int | date | None

_OBEYED = re.compile(r"\s*[=+\-@|%]|[\t\r\n]")
"""How a text begins that a spreadsheet takes for a formula or a command when it opens a CSV file."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_LONGEST = 32_767
"""Characters of a cell of a workbook at most."""
_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list: what it is of, the heads of its columns, and its rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def listing_file(told: Listing, form: Form, day: date) -> bytes:
    """Return a list as a file; `day` is that of which it tells, so that equal lists give equal bytes."""
    return listing_csv(told).encode() if form == "csv" else listing_workbook(told, day)


def listing_csv(told: Listing) -> str:
    """Return a list as CSV (RFC 4180), with a head.

    A text that a spreadsheet would obey when it opens the file has an apostrophe before it.
    """
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(told.heads)
    writer.writerows([_plain(cell) for cell in row] for row in told.rows)
    return made.getvalue()


def listing_workbook(told: Listing, day: date) -> bytes:
    """Return a list as XLSX: a head that stays and filters, days and numbers as such, no text taken for a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - large, and needed here alone
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    from tierengine.reports.workbook import HEAD, saved  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = told.title[:31]
    for number, row in enumerate((told.heads, *told.rows), 1):
        for at, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, at)
            cell.value = printable(value)[:_LONGEST] if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill = Font(bold=True), HEAD
    for at, head in enumerate(told.heads, 1):
        longest = max((len(str(row[at - 1] or "")) for row in told.rows), default=0)
        sheet.column_dimensions[get_column_letter(at)].width = min(max(longest, len(head)) + 3, _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    return saved(book, day, told.title)


def _plain(cell: Cell) -> str:
    text = "" if cell is None else printable(str(cell))
    return f"'{text}" if isinstance(cell, str) and _OBEYED.match(text) and not _NUMBER.fullmatch(text) else text
