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
_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list: what it is of, the heads of its columns, and its rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def listing_file(listing: Listing, form: Form, day: date) -> bytes:
    """Return a list as a file; `day` is that of which it speaks, so that equal lists give equal bytes."""
    return listing_csv(listing).encode() if form == "csv" else listing_workbook(listing, day)


def listing_csv(listing: Listing) -> str:
    """Return a list as CSV (RFC 4180), with a head.

    A text that a spreadsheet would obey when it opens the file has an apostrophe before it.
    """
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(listing.heads)
    writer.writerows([_plain(cell) for cell in row] for row in listing.rows)
    return made.getvalue()


def listing_workbook(listing: Listing, day: date) -> bytes:
    """Return a list as XLSX: a head that stays and filters, days and numbers as such, no text taken for a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - large, and needed here alone

    from tierengine.reports.workbook import dress, saved, write_rows  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = listing.title[:31]
    write_rows(sheet, (listing.heads, *listing.rows))
    dress(sheet, map(_width, zip(listing.heads, *listing.rows, strict=True)))
    return saved(book, day, listing.title)


def _width(column: tuple[Cell, ...]) -> int:
    """How wide a column is, in characters: as its longest cell, within bounds."""
    return min(max(len(str(cell or "")) for cell in column) + 3, _WIDEST)


def _plain(cell: Cell) -> str:
    text = "" if cell is None else printable(str(cell))
    return f"'{text}" if isinstance(cell, str) and _OBEYED.match(text) and not _NUMBER.fullmatch(text) else text
