"""Tables as workbooks of an office, filtered by their heads; and the table of questions as one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from tierengine.law.questions import QuestionTable
from tierengine.reports.listing import Cell
from tierengine.reports.printable import printable
from tierengine.reports.questions import COLUMNS, counted, row
from tierengine.reports.timeless import timeless

_WIDTHS = {"title": 30, "provision": 28, "question": 38, "asks": 60, "values": 30, "comparison": 44, "levels": 60}
"""Columns that hold more than a word or two, in characters."""

_WIDTH = 18
_HEAD = PatternFill("solid", start_color="D9E2EC")


def questions_workbook(table: QuestionTable) -> bytes:
    """Return the table as XLSX; equal tables give equal bytes, and no text is taken for a formula."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Questions"
    write_rows(sheet, (COLUMNS, *map(row, table.questions)))
    dress(sheet, [_WIDTHS.get(name, _WIDTH) for name in COLUMNS], frozen="E2")
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    about = book.create_sheet("Law")
    write_rows(about, (("law in force on", str(table.as_of)), ("rulebook", table.rulebook), ("holds", counted(table))))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = _WIDTH, 80
    return saved(book, table.as_of, f"What the law in force on {table.as_of} asks")


def write_rows(sheet: Worksheet, rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows of texts, numbers and days; a text that begins with `=` stays one."""
    for number, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, column, printable(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"


def dress(sheet: Worksheet, widths: Iterable[float], frozen: str = "A2") -> None:
    """Make a long table readable: a head that stays and filters, widths in characters, and lines that wrap."""
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = frozen
    sheet.auto_filter.ref = sheet.dimensions


def saved(book: Workbook, day: date, title: str) -> bytes:
    """Return a workbook as bytes, dated by a day of what it holds and not by the clock."""
    known = book.properties
    known.creator = known.lastModifiedBy = "tierengine"
    known.title = title
    known.created = known.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (the format knows no zone)
    made = BytesIO()
    # `Workbook.save` would write the moment of the clock as the day of the last change.
    ExcelWriter(book, ZipFile(made, "w", ZIP_DEFLATED)).save()
    return timeless(made.getvalue())
