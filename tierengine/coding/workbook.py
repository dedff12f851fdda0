"""A dossier as a workbook (XLSX): its lists to be filled in, and the questions and the sources beside them.

Text is written as text, so that nothing a source says is taken for a formula; numbers and days are written as such.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tierengine import canonical
from tierengine.coding.columns import SHEETS, Column, Sheet, cells
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile
from tierengine.law.entries import LAST_YEAR, Criterion, Indicator
from tierengine.law.rulebook import Law
from tierengine.terms.level import LEVELS
from tierengine.yamlfile import Document

ABOUT = "about"
"""The worksheet that says from which dossier the workbook was made."""
DIGEST = "digest of the dossier"
LONGEST = 32_767
"""UTF-16 units of a cell at most; a spreadsheet cuts off what is longer."""

_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|x005F_")
"""What no spreadsheet keeps as it is: control characters, and letters that XLSX reads as such."""
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,14})")
_FIRST_DAY = date(1900, 3, 1)
"""Before it, spreadsheets count days in more than one way."""
_SPARE = 500
"""Rows below the last that have the drop-down lists as well."""
_WIDTHS = {"text": 22, "number": 10, "date": 12, "names": 24, "value": 12}
_WIDE = {"quote": 70, "note": 40, "reasons": 50, "question": 50, "text": 110, "asks": 60, "undated": 30}


def workbook(document: Document, casefile: Casefile, law: Law) -> bytes:
    """Return the workbook of a dossier.

    `document` is its file, whose ratings may be blank; `casefile` is what could be read of it. Raise `EvidenceError`
    with every text that no cell can hold.
    """
    problems = list(_unkept(document))
    if problems:
        raise EvidenceError(problems)
    book = Workbook()
    book.remove(book.worksheets[0])
    lists = _Lists(_words(casefile, law))
    for sheet in SHEETS:
        _fill(book.create_sheet(sheet.name), sheet, document, lists)
    _table(book.create_sheet("questions"), ("criterion", "about", "id", "question", "answers", "kinds"), _asked(law))
    _table(book.create_sheet("sources"), ("at", "text"), _paragraphs(casefile))
    lists.write(book.create_sheet("lists"))
    _table(book.create_sheet(ABOUT), ("what", "value"), _about(document, casefile, law))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _unkept(document: Document) -> Iterator[Problem]:
    for sheet in SHEETS:
        for number, item in _items(sheet, document):
            for column, text in zip(sheet.columns, cells(sheet, item), strict=True):
                where = document.where(sheet.section, number, *column.path)
                if _UNKEPT.search(text):
                    what = f"`{column.name}` holds characters that no spreadsheet keeps as they are"
                    yield Problem(where=where, what=what, cure="write them in words, or change this record in the file")
                elif len(text.encode("utf-16-le", "replace")) // 2 > LONGEST:
                    what = f"`{column.name}` is longer than a cell of a spreadsheet can be, {LONGEST} characters"
                    yield Problem(where=where, what=what, cure="shorten it, or change this record in the file")


def _items(sheet: Sheet, document: Document) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The items of a worksheet, each with its place in its section."""
    for number, item in enumerate(document.values.get(sheet.section, ())):
        if sheet.takes(item):
            yield number, item


# -- the worksheets that are filled in -----------------------------------------------------------------------------


def _fill(page: Worksheet, sheet: Sheet, document: Document, lists: _Lists) -> None:
    _head(page, [column.name for column in sheet.columns])
    last = 1
    for row, (_, item) in enumerate(_items(sheet, document), 2):
        last = row
        for at, (column, text) in enumerate(zip(sheet.columns, cells(sheet, item), strict=True), 1):
            _put(page.cell(row, at), text, column.holds)
    for at, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = _WIDE.get(column.path[-1], _WIDTHS[column.holds])
        if column.holds in ("text", "date") and not column.words:  # what is typed there stays as it is typed
            page.column_dimensions[letter].number_format = "@" if column.holds == "text" else "yyyy-mm-dd"
        found = lists.validation(sheet, column)
        if found is not None:
            page.add_data_validation(found)
            found.add(f"{letter}2:{letter}{last + _SPARE}")


def _put(cell: Cell | MergedCell, text: str, holds: str) -> None:
    """Write a cell by what its column holds; whatever is no number or day there is text."""
    assert isinstance(cell, Cell)
    if not text:
        return
    if holds in ("number", "value") and _NUMBER.fullmatch(text):
        cell.value = int(text)
    elif holds == "date" and (day := _day(text)) is not None:
        cell.value = day
        cell.number_format = "yyyy-mm-dd"
    else:
        _put_text(cell, text)


def _put_text(cell: Cell | MergedCell, text: str) -> None:
    """Write text that stays text, also where it begins like a formula or looks like an error."""
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _FIRST_DAY and day.isoformat() == text else None


def _head(page: Worksheet, names: Iterable[str]) -> None:
    for at, name in enumerate(names, 1):
        _put_text(page.cell(1, at), name)
        page.cell(1, at).font = Font(bold=True)
    page.freeze_panes = "B2"


def _table(page: Worksheet, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A worksheet that is only read by people."""
    _head(page, names)
    for at, name in enumerate(names, 1):
        page.column_dimensions[get_column_letter(at)].width = _WIDE.get(name, 24)
    for row, texts in enumerate(rows, 2):
        for at, text in enumerate(texts, 1):
            if text:
                _put_text(page.cell(row, at), _UNKEPT.sub("\ufffd", text))


# -- drop-down lists -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words of every drop-down list, a column each."""

    words: Mapping[str, tuple[str, ...]]

    def write(self, page: Worksheet) -> None:
        _head(page, self.words)
        for at, words in enumerate(self.words.values(), 1):
            page.column_dimensions[get_column_letter(at)].width = 34
            for row, word in enumerate(words, 2):
                _put_text(page.cell(row, at), word)

    def validation(self, sheet: Sheet, column: Column) -> DataValidation | None:
        """The drop-down list of a column, if there are words to choose from."""
        name = _LISTED.get((sheet.name, column.name)) or _LISTED.get(("", column.name)) or column.name
        words = self.words.get(name) or self.words.get(f"{sheet.name}.{name}")
        if not words:
            return None
        at = get_column_letter(list(self.words).index(name if name in self.words else f"{sheet.name}.{name}") + 1)
        found = DataValidation(
            type="list", formula1=f"lists!${at}$2:${at}${len(words) + 1}", allow_blank=True, showErrorMessage=True
        )
        # Where other words may be right as well, the list helps and does not refuse.
        found.errorStyle = "stop" if column.words else "warning"
        found.errorTitle, found.error = column.name, f"This is not on the list of {name} (see the sheet `lists`)."
        return found


_LISTED = {
    ("records", "measures"): "indicators",
    ("ratings", "measures"): "judgements",
    ("ratings", "rating"): "levels",
    ("silences", "indicator"): "indicators",
    ("requests", "criterion"): "criteria",
    ("", "source"): "sources",
    ("", "at"): "paragraphs",
    ("", "value"): "values",
    ("", "unit"): "units",
}
"""Which list the cells of a column choose from; a column of few words has a list of its own name."""


def _words(casefile: Casefile, law: Law) -> dict[str, tuple[str, ...]]:
    choices = [word for indicator in law.indicators for word in indicator.choices]
    lists: dict[str, list[str]] = {
        "indicators": [indicator.id for indicator in law.indicators if indicator.counts_kind is None],
        "judgements": list(law.judges),
        "criteria": list(law.criteria_by_id),
        "levels": list(LEVELS),
        "values": ["true", "false", *choices, *LAST_YEAR],
        "units": [indicator.unit for indicator in law.indicators if indicator.unit],
        "sources": list(casefile.sources),
        "paragraphs": [at for source in casefile.sources.values() for at, _ in source.places()],
    }
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.words and (sheet.name, column.name) not in _LISTED:
                name = column.name if column.name not in lists else f"{sheet.name}.{column.name}"
                lists.setdefault(name, list(column.words))
    return {name: tuple(dict.fromkeys(words)) for name, words in lists.items()}


# -- what stands beside them ---------------------------------------------------------------------------------------


def _asked(law: Law) -> Iterator[tuple[str, ...]]:
    """Every question of the law: what may answer it, and of what kind a record of it is."""
    for criterion in law.criteria:
        for indicator in criterion.indicators:
            if indicator.counts_kind is None:
                kinds = ", ".join(indicator.kinds)
                yield criterion.id, criterion.title, indicator.id, indicator.asks, _answers(indicator), kinds
        yield from _judged(criterion)


def _answers(indicator: Indicator) -> str:
    listed = {"truth": "true or false", "count": f"a number of {indicator.unit}"}.get(indicator.type)
    whose = "; by the government only" if indicator.effort else ""
    return (listed or ", ".join(indicator.choices)) + whose


def _judged(criterion: Criterion) -> Iterator[tuple[str, ...]]:
    judgement = criterion.judgement
    if judgement is not None:
        rubric = "\n".join(f"{level}: {means}" for level, means in judgement.rubric.items())
        yield criterion.id, criterion.title, judgement.id, judgement.question, rubric, "judgement (sheet ratings)"


def _paragraphs(casefile: Casefile) -> Iterator[tuple[str, str]]:
    """Every paragraph with its locator; one that is too long for a cell goes on in the next row."""
    for source in casefile.sources.values():
        for at, text in source.places():
            for first in range(0, len(text), LONGEST // 2):
                yield at, text[first : first + LONGEST // 2]


def _about(document: Document, casefile: Casefile, law: Law) -> Iterator[tuple[str, str]]:
    yield "dossier", casefile.dossier.id
    yield "file", document.name
    yield DIGEST, canonical.digest(document.raw)
    yield "law of", law.as_of.isoformat()
    yield "reporting period", str(casefile.dossier.period)
    yield "how to fill it in", "A row is a record. Leave cells empty that say nothing. Write bounds of a count in"
    yield "", "value.at_least and value.at_most. Give exactly one of date, period and undated."
    yield "how it goes back", "tierengine sheet DOSSIER FILE.xlsx --read"
    yield "what is read", "records, ratings, silences and requests. The other sheets only help."
