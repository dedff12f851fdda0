"""A dossier out into a workbook and back: what is changed there is changed in the file, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tierengine import canonical, yamlfile
from tierengine.coding.columns import SECTIONS, SHEETS, Item, Sheet, cells, item_of
from tierengine.coding.spreadsheet import Page, Row, read_pages
from tierengine.coding.workbook import ABOUT, DIGEST, workbook
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, Dossier, dossier_in
from tierengine.evidence.edits import edited
from tierengine.evidence.unfilled import waits, without_blanks
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.yamlfile import Document, Path_


def written_out(path: Path, rulebook: Rulebook, as_of: date | None = None) -> bytes:
    """Return the workbook of a dossier, with the questions of the law of a date (its own, if none is given).

    Ratings may still be blank. Raise `EvidenceError` if the dossier cannot be used.
    """
    document = _document(path)
    casefile = dossier_in(without_blanks(document), path.parent)
    return workbook(document, casefile, law_of(casefile, rulebook, as_of))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a workbook makes of a dossier."""

    raw: bytes
    """The bytes of the dossier with the changes."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    """The ids of what was added, changed and removed."""
    waiting: int
    """How many ratings wait to be given."""


def taken_back(path: Path, raw: bytes, name: str, rulebook: Rulebook, as_of: date | None = None) -> TakenBack:
    """Return a dossier with what a workbook of it says; `name` is that of the workbook.

    Raise `EvidenceError` with every problem, each with its worksheet and cell (`records!D7`) or its line in the file.
    """
    document = _document(path)
    problems: list[Problem] = []
    pages = read_pages(raw, name, (*(sheet.name for sheet in SHEETS), ABOUT), problems)
    problems += _foreign(pages, document, name)
    if any(sheet.name not in pages for sheet in SHEETS) or ABOUT not in pages:
        raise EvidenceError(problems)
    problems += [problem for sheet in SHEETS for problem in _columns(sheet, pages[sheet.name])]
    if problems:
        raise EvidenceError(problems)
    taken = [each for sheet in SHEETS for each in _taken(sheet, pages[sheet.name], document)]
    problems += _twice(taken)
    problems += (problem for each in taken for problem in _beside_bounds(each))
    problems += _wrong(document, taken, path.parent, rulebook, as_of)
    if problems:
        raise EvidenceError(dict.fromkeys(problems))
    wanted = {section: tuple(each.item for each in taken if each.sheet.section == section) for section in SECTIONS}
    return _taken_back(document, wanted)


def _document(path: Path) -> Document:
    problems: list[Problem] = []
    document = yamlfile.load_path(path, path.name, problems)
    if document is None or problems or not isinstance(document.values, dict):
        what = Problem(where=path.name, what="the file is no dossier", cure="name the dossier's YAML file")
        raise EvidenceError(problems or [what])
    return document


# -- the workbook as a whole ---------------------------------------------------------------------------------------


def _foreign(pages: Mapping[str, Page], document: Document, name: str) -> Iterator[Problem]:
    """Worksheets that are missing, and a workbook of another dossier, or of what this one was before."""
    missing = [each for each in (*(sheet.name for sheet in SHEETS), ABOUT) if each not in pages]
    if missing:
        what = f"there is no sheet called {', '.join(f'`{each}`' for each in missing)}"
        yield Problem(where=name, what=what, cure="put it back, or write the workbook anew: tierengine sheet")
        return
    about = pages[ABOUT]
    digest_row = next((row for row in about.rows if row.texts.get("what") == DIGEST), None)
    texts = {} if digest_row is None else digest_row.texts
    if texts.get("value", texts.get("told")) != canonical.digest(document.raw):  # `told`: so it was called before 0.2.0
        yield Problem(
            where=about.where(digest_row.number if digest_row else 1, "value"),
            what=f"the workbook was not written from {document.name} as it is now",
            cure="write it anew (tierengine sheet DOSSIER FILE.xlsx), and enter there what you have changed",
        )


def _columns(sheet: Sheet, page: Page) -> Iterator[Problem]:
    names = {column.name for column in sheet.columns}
    for head in page.letters:
        if head not in names:
            what = f"no column of this sheet is called `{head}`"
            yield Problem(where=page.where(1, head), what=what, cure=f"use one of: {', '.join(sorted(names))}")
    missing = [column.name for column in sheet.columns if column.always and column.name not in page.letters]
    if missing:
        what = f"there is no column called {', '.join(f'`{name}`' for name in missing)}"
        yield Problem(where=page.where(1), what=what, cure="put it back as it was")


# -- the rows ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row as an item of the dossier."""

    sheet: Sheet
    page: Page
    row: Row
    item: Item

    def places(self, section: str, number: int) -> Iterator[tuple[Path_, str]]:
        """The cell of each key of the item, which stands at a number of its section."""
        # What is wrong with the whole is reported at its id; a kind that nobody knows, where it stands.
        unknown = any(c.path == ("kind",) and self.item.get("kind") not in c.words for c in self.sheet.columns)
        yield (section, number), self.page.where(self.row.number, "kind" if unknown else "id")
        for column in self.sheet.columns:
            where = self.page.where(self.row.number, column.name)
            for depth in range(len(column.path), 0, -1):
                yield (section, number, *column.path[:depth]), where


def _taken(sheet: Sheet, page: Page, document: Document) -> Iterator[_Taken]:
    old = {item.get("id"): item for item in document.values.get(sheet.section, ()) if sheet.takes(item)}
    for row in page.rows:
        was = old.get(row.texts.get("id", ""))
        before = cells(sheet, was or {})
        texts = tuple(
            row.texts.get(column.name, "") if column.name in page.letters else text  # what has no column stays
            for column, text in zip(sheet.columns, before, strict=True)
        )
        yield _Taken(sheet, page, row, item_of(sheet, texts, was))


def _twice(taken: list[_Taken]) -> Iterator[Problem]:
    """Ids that stand in more than one row."""
    first: dict[tuple[str, str], _Taken] = {}
    for each in taken:
        name = str(each.item.get("id", ""))
        other = first.setdefault((each.sheet.section, name), each)
        if other is not each and name:
            yield Problem(
                where=each.page.where(each.row.number, "id"),
                what=f"`{name}` stands here a second time; the first is {other.page.where(other.row.number, 'id')}",
                cure="give each row an id of its own, or remove one",
            )


def _beside_bounds(each: _Taken) -> Iterator[Problem]:
    """A value and bounds of it in one row."""
    texts = each.row.texts
    if texts.get("value") and (texts.get("value.at_least") or texts.get("value.at_most")):
        yield Problem(
            where=each.page.where(each.row.number, "value"),
            what="both a value and bounds of it stand in this row",
            cure="write the number if it is known exactly, and else only its bounds",
        )


# -- what is wrong with what they say ------------------------------------------------------------------------------


class _Merged(Document):
    """A dossier of which some lists come from a workbook: their places are cells, those of the rest are lines."""

    __slots__ = ("places",)
    places: Mapping[Path_, str]

    def __init__(self, document: Document, values: Any, places: Mapping[Path_, str]) -> None:
        marks = {path: mark for path, mark in document.marks.items() if len(path) < 2 or path[0] not in SECTIONS}
        super().__init__(document.name, document.raw, values, dict.fromkeys(places, (1, 1)) | marks)
        object.__setattr__(self, "places", places)

    def where(self, *path: str | int) -> str:
        """Return the cell of the value at the path or around it, or the line, where it stands in the file."""
        while path and path not in self.places and path not in self.marks:
            path = path[:-1]
        return self.places.get(path) or Document.where(self, *path)


def _wrong(
    document: Document, taken: list[_Taken], folder: Path, rulebook: Rulebook, as_of: date | None
) -> Iterator[Problem]:
    """What is wrong with the dossier that the rows make; ratings that wait to be given are left out of it."""
    values = dict(document.values)
    places: dict[Path_, str] = {}
    for section in SECTIONS:
        counted = [each for each in taken if each.sheet.section == section and not waits(each.item)]
        if counted or section in values:
            values[section] = tuple(each.item for each in counted)
        for number, each in enumerate(counted):
            for path, where in each.places(section, number):
                places.setdefault(path, where)
                places.setdefault((section,), f"{each.page.name}!A1")
    merged = _Merged(document, values, places)
    casefile: Casefile | None
    try:
        casefile = dossier_in(merged, folder)
    except EvidenceError as error:
        yield from error.problems
        casefile = _whatever_it_quotes(merged, document, folder)
    try:
        if casefile is not None:
            admit(casefile, law_of(casefile, rulebook, as_of))
    except EvidenceError as error:
        yield from error.problems


def _whatever_it_quotes(merged: Document, document: Document, folder: Path) -> Casefile | None:
    """The dossier that the rows make though some quotes do not stand, so that the law is asked of it all the same.

    Nothing if it is none, or if the sources cannot be opened.
    """
    dossier = yamlfile.check(merged, Dossier, [])
    try:
        sources = dossier_in(without_blanks(document), folder).sources
    except EvidenceError:
        return None
    return Casefile.of(dossier, merged, sources) if dossier is not None else None


# -- what is changed -----------------------------------------------------------------------------------------------


def _taken_back(document: Document, wanted: Mapping[str, tuple[Item, ...]]) -> TakenBack:
    old = {(s, item["id"]): item for s in SECTIONS for item in document.values.get(s, ())}
    new = {(s, item["id"]): item for s in SECTIONS for item in wanted[s]}
    return TakenBack(
        raw=edited(document, wanted),
        added=tuple(name for section, name in new if (section, name) not in old),
        changed=tuple(key[1] for key, item in new.items() if key in old and old[key] != item),
        removed=tuple(name for section, name in old if (section, name) not in new),
        waiting=sum(waits(item) for item in wanted["records"]),
    )
