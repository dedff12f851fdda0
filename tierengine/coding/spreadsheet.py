"""A workbook (XLSX) as somebody else wrote it: the text of its cells with their places, and nothing of it run.

Formulas are reported and never worked out; macros, links and pictures are not looked at.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from lxml.etree import XMLSyntaxError
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.sources.reading import refuse_too_large
from tierengine.evidence.sources.zipped import opened, part

MOST_ROWS = 20_000
"""Rows of one worksheet that hold anything."""
MOST_COLUMNS = 200

_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MAIN = b"spreadsheetml.sheet.main+xml"
_DAMAGED = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    zipfile.BadZipFile,
    ParseError,
    XMLSyntaxError,
    InvalidFileException,
)
"""What openpyxl raises on a workbook that is not as the format wants it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a worksheet that holds anything: its number, and the text of its cells by the head of their column."""

    number: int
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A worksheet: its name, the letters of its columns by their heads, and its rows."""

    name: str
    letters: dict[str, str]
    rows: tuple[Row, ...]

    def where(self, row: int, head: str | None = None) -> str:
        """Return the place of a cell, such as `records!D7`; of the first column where there is none of that head."""
        return f"{self.name}!{self.letters.get(head or '', 'A')}{row}"


def read_pages(raw: bytes, name: str, wanted: tuple[str, ...], problems: list[Problem]) -> dict[str, Page]:
    """Return the worksheets of some names, wherever they stand in the workbook.

    What is wrong with a cell is added to `problems` with its place. Raise `EvidenceError` if the file is no workbook,
    or one that harms whoever opens it.
    """
    _guard(raw, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it does not read, such as drop-down lists of a newer kind
            book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
            names = {each.strip().casefold(): each for each in book.sheetnames}
            found = {each: book[names[each]] for each in wanted if each in names}
            return {each: _page(each, sheet, problems) for each, sheet in found.items() if hasattr(sheet, "iter_rows")}
    except _DAMAGED as error:
        said = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise _refused(name, f"the workbook is damaged: {said}", "save it anew as XLSX") from None


def _guard(raw: bytes, name: str) -> None:
    refuse_too_large(len(raw), name)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(name, "this is an old or a protected workbook", "save it as XLSX, without a password")
    if not raw.startswith(b"PK\x03\x04"):
        raise _refused(name, "this is no XLSX workbook", "give the workbook that `tierengine sheet` wrote, as XLSX")
    with opened(raw, name) as archive:
        names = archive.namelist()
        types = part(archive, "[Content_Types].xml", name) if "[Content_Types].xml" in names else b""
        if _MAIN not in types:
            macros = b"macroEnabled" in types
            what = "the workbook holds macros" if macros else "this is no XLSX workbook"
            raise _refused(name, what, "save it as XLSX" + (", without macros" if macros else ""))
        for entry in names:
            if entry.endswith((".xml", ".rels")) and _DOCTYPE.search(part(archive, entry, name).replace(b"\0", b"")):
                what = f"`{entry}` in it declares entities, which no spreadsheet writes"
                raise _refused(name, what, "do not open it; write the sheet anew")


def _page(name: str, sheet: Any, problems: list[Problem]) -> Page:
    sheet.reset_dimensions()  # what a file says of its own size need not be so
    letters: dict[str, str] = {}
    rows: list[Row] = []
    heads: tuple[str, ...] = ()
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        texts = [_text(cell, f"{name}!{get_column_letter(at)}{number}", problems) for at, cell in enumerate(cells, 1)]
        if not any(texts):
            continue
        if not heads:
            heads = tuple(texts[: max(at for at, text in enumerate(texts, 1) if text)])
            letters = dict(_letters(name, number, heads, problems))
            continue
        problems += _headless(name, number, texts, heads)
        rows.append(Row(number, {head: text for head, text in zip(heads, texts, strict=False) if head}))
        if len(rows) > MOST_ROWS:
            raise _refused(f"{name}!A{number}", f"there are more than {MOST_ROWS} rows", "split the dossier")
    return Page(name, letters, tuple(rows))


def _letters(name: str, number: int, heads: tuple[str, ...], problems: list[Problem]) -> Iterator[tuple[str, str]]:
    if len(heads) > MOST_COLUMNS:
        raise _refused(
            f"{name}!A{number}", f"there are more than {MOST_COLUMNS} columns", "remove those that are empty"
        )
    for at, head in enumerate(heads, 1):
        letter = get_column_letter(at)
        if head and head in heads[: at - 1]:
            where = f"{name}!{letter}{number}"
            problems.append(Problem(where=where, what=f"there is a second column `{head}`", cure="remove one of them"))
        elif head:
            yield head, letter


def _headless(name: str, number: int, texts: list[str], heads: tuple[str, ...]) -> Iterator[Problem]:
    for at, text in enumerate(texts):
        if text and (at >= len(heads) or not heads[at]):
            where = f"{name}!{get_column_letter(at + 1)}{number}"
            yield Problem(where=where, what="the column of this cell has no head", cure="move it, or empty the cell")


def _text(cell: Any, where: str, problems: list[Problem]) -> str:
    """The text of a cell; what it does not say itself is a problem."""
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if value is None:
        return ""
    if kind == "f":
        problems.append(Problem(where=where, what="a formula stands here", cure="write what it gives instead"))
        return ""
    if kind == "e":
        problems.append(Problem(where=where, what=f"an error stands here, {value}", cure="write what is meant"))
        return ""
    return _written(value)


def _written(value: Any) -> str:
    """A value as a dossier writes it: numbers, truths and days."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _refused(where: str, what: str, cure: str) -> EvidenceError:
    return EvidenceError([Problem(where=where, what=what, cure=cure)])
