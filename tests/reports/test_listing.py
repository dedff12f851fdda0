"""Lists as files: what stands in them comes back, and nothing of it is obeyed."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from tierengine.reports.listing import Cell, Listing, listing_csv, listing_workbook
from tierengine.reports.printable import printable

CELLS = st.one_of(
    st.none(), st.integers(-(10**9), 10**9), st.dates(date(1950, 1, 1)), st.text(st.characters(codec="utf-8"))
)
DAY = date(2011, 6, 27)


def _listing(rows: list[tuple[Cell, ...]]) -> Listing:
    return Listing(title="Things", heads=("one", "two"), rows=tuple(rows))


@settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_no_cell_of_a_csv_is_obeyed(rows: list[tuple[Cell, ...]]) -> None:
    """Each text is what it was, or has an apostrophe before it; none begins as a formula does."""
    read = list(csv.reader(StringIO(listing_csv(_listing(rows)), newline="")))
    assert read[0] == ["one", "two"]
    assert len(read) == len(rows) + 1
    for cells, row in zip(read[1:], rows, strict=True):
        for text, cell in zip(cells, row, strict=True):
            plain = "" if cell is None else printable(str(cell))
            assert text in (plain, f"'{plain}")
            assert (
                not isinstance(cell, str) or not text.startswith(("=", "+", "-", "@")) or text.lstrip("+-")[0].isdigit()
            )


@settings(max_examples=30)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_a_workbook_holds_what_it_was_given(rows: list[tuple[Cell, ...]]) -> None:
    """Numbers and days as such, texts as texts, whatever they begin with; equal lists give equal bytes."""
    raw = listing_workbook(_listing(rows), DAY)
    assert raw == listing_workbook(_listing(rows), DAY)
    sheet = openpyxl.load_workbook(BytesIO(raw)).worksheets[0]
    for number, row in enumerate(rows, 2):
        for at, cell in enumerate(row, 1):
            found = sheet.cell(number, at)
            assert found.data_type != "f"
            if isinstance(cell, int | date):
                assert str(found.value).removesuffix(" 00:00:00") == str(cell)
