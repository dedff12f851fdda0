"""A dossier goes out into a workbook and comes back: nothing is lost, nothing is run, every problem has its cell."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine import yamlfile
from tierengine.coding.columns import SHEETS
from tierengine.coding.sheet import taken_back, written_out
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.edits import edited
from tierengine.law.rulebook import Rulebook

Run = Callable[..., Ran]
FROZEN = ROOT / "tests" / "data" / "sheet"
"""A dossier, and workbooks of it as LibreOffice saved them."""


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """A copy of the dossier of Guatemala."""
    shutil.copytree(GUATEMALA.parent, tmp_path / "gt")
    return tmp_path / "gt" / "dossier.yaml"


def _columns(page: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[1] if cell.value}


def _cell(book: Any, sheet: str, name: str, head: str) -> Any:
    """The cell of a column in the row of an id; in the first empty row for an id that is not there."""
    page = book[sheet]
    rows = {row[0].value: row[0].row for row in page.iter_rows(min_row=2)}
    return page.cell(rows.get(name, page.max_row + 1), _columns(page)[head])


def _fill(book: Any, sheet: str, **cells: Any) -> None:
    page = book[sheet]
    row = page.max_row + 1
    for head, value in cells.items():
        page.cell(row, _columns(page)[head.replace("__", ".")], value)


def _raw(book: Any) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# -- out and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", sorted(ROOT.glob("seeds/*/dossier.yaml")), ids=lambda path: path.parent.name)
def test_nothing_changes_where_nothing_was_changed(seed: Path, tierengine: Run, tmp_path: Path) -> None:
    """Every seed comes back byte for byte."""
    shutil.copytree(seed.parent, tmp_path / "d")
    path, book = tmp_path / "d" / "dossier.yaml", tmp_path / "out.xlsx"
    assert tierengine("sheet", path, book).code == 0
    ran = tierengine("sheet", path, book, "--read")
    assert (ran.code, ran.out, ran.err) == (0, "dossier.yaml: nothing was changed\n", "")
    assert path.read_bytes() == seed.read_bytes()


def test_what_an_office_does_with_it(tierengine: Run, dossier: Path) -> None:
    """Cells changed, a row added, one removed, rows sorted: the file says so, its comments stay, and it checks."""
    path = dossier.parent / "out.xlsx"
    tierengine("sheet", dossier, path)
    book = openpyxl.load_workbook(path)
    _cell(book, "records", "arrest-warrant", "value").value = None
    _cell(book, "records", "arrest-warrant", "value.at_least").value = 1
    _cell(book, "records", "awareness-campaigns", "note").value = "=SUM(A1) is no formula here"
    _cell(book, "records", "awareness-campaigns", "note").data_type = "s"
    silence = {"id": "nothing-on-extradition", "indicator": "extradites_traffickers_on_same_terms"}
    silence |= {"source": "07GUATEMALA2213", "read": "paragraphs 1 to 8", "author": "Ann Lee", "note": "Nothing."}
    _fill(book, "silences", **silence, date=date(2026, 11, 28))
    book["records"].delete_rows(_cell(book, "records", "regional-collaboration", "id").row)
    book.move_sheet("records", 3)  # the order of the sheets does not matter
    book.save(path)
    before = dossier.read_text(encoding="utf-8")
    ran = tierengine("sheet", dossier, path, "--read")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        "dossier.yaml: 1 added: nothing-on-extradition",
        "dossier.yaml: 2 changed: arrest-warrant, awareness-campaigns",
        "dossier.yaml: 1 removed: regional-collaboration",
    ]
    after = dossier.read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    assert "    value: {at_least: 1}\n" in after
    assert "    note: =SUM(A1) is no formula here\n" in after
    assert "    date: 2026-11-28\n    note: Nothing.\n" in after
    assert tierengine("check", dossier).code == 0
    again = tierengine("sheet", dossier, path, "--read")
    assert again.code == 1
    assert re.match(r"about!B4: the workbook was not written from dossier\.yaml as it is now\n", again.err)


def test_blank_ratings_are_filled_in_a_spreadsheet(tierengine: Run, dossier: Path) -> None:
    """`rate --write` leaves blanks; the workbook shows them, and they may be filled one by one."""
    tierengine("rate", dossier, "--write")  # leaves four
    path = dossier.parent / "out.xlsx"
    assert tierengine("sheet", dossier, path).code == 0
    book = openpyxl.load_workbook(path)
    filled = {"rating": "met", "author": "Ann Lee", "date": date(2007, 11, 12), "reasons": "the commission"}
    for head, value in filled.items():
        _cell(book, "ratings", "rating-significant-efforts", head).value = value
    book.save(path)
    ran = tierengine("sheet", dossier, path, "--read")
    assert (ran.code, ran.err) == (0, "dossier.yaml: 3 ratings wait to be given\n")
    text = dossier.read_text(encoding="utf-8")
    assert "    rating: met  # not met, met\n" in text
    assert "    date: 2007-11-12\n    reasons: the commission\n" in text
    assert tierengine("check", dossier).err.count("waits for its") == 3


def test_drop_down_lists_questions_and_sources(dossier: Path, rulebook: Rulebook) -> None:
    """Each closed column has a list, the lists hold what the law of the day knows, and what is read stands beside."""
    book = openpyxl.load_workbook(io.BytesIO(written_out(dossier, rulebook)))
    assert book.sheetnames == ["records", "ratings", "silences", "requests", "questions", "sources", "lists", "about"]
    lists = {column[0].value: {cell.value for cell in column[1:]} for column in book["lists"].iter_cols()}
    law = rulebook.on(read_dossier(dossier).dossier.as_of)
    assert {"trafficking_convictions", "victim_call_centre"} <= lists["indicators"]
    assert lists["judgements"] - {None} == set(law.judges)
    assert lists["levels"] - {None} == {"not met", "partly met", "largely met", "met"}
    listed = {
        (page.title, page.cell(1, next(iter(found.sqref.ranges)).min_col).value): found.formula1
        for page in book
        for found in page.data_validations.dataValidation
    }
    for head in ("kind", "measures", "value", "reliability", "credibility", "at", "actor.is"):
        column = re.fullmatch(r"lists!\$([A-Z]+)\$2:\$[A-Z]+\$\d+", listed["records", head])
        assert column, head
    assert {("ratings", "rating"), ("silences", "source"), ("requests", "answer")} <= listed.keys()
    assert [row[0].value for row in book["sources"].iter_rows(min_row=2, max_row=3)] == [
        "07GUATEMALA2213 ¶1",
        "07GUATEMALA2213 ¶2",
    ]
    asked = {row[2].value: row[3].value for row in book["questions"].iter_rows(min_row=2)}
    assert asked.keys() == {i.id for i in law.indicators if i.counts_kind is None} | law.judges.keys()


WORDS = st.one_of(
    st.sampled_from(
        ("=1+1", "+49", "-2", "@SUM(A1)", "#N/A", "true", "007", "1.0", "2014-06-20", "'x", "a\nb", "é ¶4")
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=30),
)


@st.composite
def dossiers(draw: st.DrawFn) -> dict[str, Any]:
    """The values of a sound dossier with texts of any kind, ratings, silences and requests."""
    document = yamlfile.load((ROOT / "seeds" / "invented-2013" / "dossier.yaml").read_bytes(), "dossier.yaml", [])
    assert document is not None
    values = dict(document.values)
    keys = ("note", "undated", "reasons", "author", "question")
    values["records"] = tuple(
        {key: _written(draw(WORDS), value) if key in keys else value for key, value in record.items()}
        | ({"note": _written(draw(WORDS), "x")} if record["kind"] != "judgement" else {})
        for record in values["records"]
    )
    silence = {"indicator": "victim_call_centre", "source": values["sources"][0]["id"], "date": "2013-05-01"}
    values["silences"] = tuple(
        silence | {"id": f"s{number}"} | {key: _written(draw(WORDS), "x") for key in ("read", "note", "author")}
        for number in range(draw(st.integers(0, 2)))
    )
    return values


def _written(text: str, other: str) -> str:
    """A text that says something once spaces around it are gone."""
    return text if text.strip() else other


@settings(max_examples=12)
@given(data=st.data())
def test_no_text_is_lost_on_the_way(data: st.DataObject, rulebook: Rulebook, tmp_path_factory: Any) -> None:
    """Out and back gives the same bytes; and what is changed in the workbook is what the dossier then says."""
    folder = tmp_path_factory.mktemp("d")
    shutil.copytree(ROOT / "seeds" / "invented-2013", folder, dirs_exist_ok=True)
    path = folder / "dossier.yaml"
    document = yamlfile.load(path.read_bytes(), path.name, [])
    assert document is not None
    values = data.draw(dossiers())
    path.write_bytes(edited(document, {section: values[section] for section in ("records", "silences")}))
    book = written_out(path, rulebook)
    assert taken_back(path, book, "out.xlsx", rulebook).raw == path.read_bytes()
    opened = openpyxl.load_workbook(io.BytesIO(book))
    now = read_dossier(path).document.values
    meant = {}
    for sheet in SHEETS[:3]:
        heads = {"reasons", "note"} & {column.name for column in sheet.columns}
        for item in filter(sheet.takes, now.get(sheet.section, ())):
            for head in sorted(heads & item.keys()):
                text = _written(data.draw(WORDS), "x")
                cell = _cell(opened, sheet.name, item["id"], head)
                cell.value, cell.data_type = text, "s"
                meant[sheet.section, item["id"], head] = text.strip()
    taken = taken_back(path, _raw(opened), "out.xlsx", rulebook)
    path.write_bytes(taken.raw)
    after = read_dossier(path).document.values
    items = {(s, item["id"]): item for s in ("records", "silences") for item in after.get(s, ())}
    for (section, name, head), text in meant.items():
        assert items[section, name][head].strip() == text
    kept = {key: item for key, item in items.items() if not any(key == (s, n) for s, n, _ in meant)}
    assert all(item in now[section] for (section, _), item in kept.items())


def test_a_column_that_is_gone_takes_nothing_with_it(dossier: Path, rulebook: Rulebook) -> None:
    """Whoever hides what is seldom written by removing its column leaves the records as they were."""
    book = openpyxl.load_workbook(io.BytesIO(written_out(dossier, rulebook)))
    book["records"].delete_cols(_columns(book["records"])["note"])
    assert taken_back(dossier, _raw(book), "out.xlsx", rulebook).raw == dossier.read_bytes()


def test_a_workbook_is_not_written_over(tierengine: Run, dossier: Path) -> None:
    """What an office has filled in is not lost by a forgotten --read."""
    path = dossier.parent / "out.xlsx"
    path.write_bytes(b"somebody's work")
    ran = tierengine("sheet", dossier, path)
    assert (ran.code, ran.out, path.read_bytes()) == (2, "", b"somebody's work")
    assert "there is such a file already\n    add --read" in ran.err


# -- other programs ------------------------------------------------------------------------------------------------


def test_as_libreoffice_saved_it(rulebook: Rulebook) -> None:
    """Shared strings, days as serial numbers: opened and saved there, it is what it was; changed there, it is read."""
    path = FROZEN / "dossier.yaml"
    saved = (FROZEN / "saved.xlsx").read_bytes()
    assert b"sharedStrings" in saved
    assert taken_back(path, saved, "saved.xlsx", rulebook).raw == path.read_bytes()
    taken = taken_back(path, (FROZEN / "changed.xlsx").read_bytes(), "changed.xlsx", rulebook)
    assert (taken.added, taken.removed) == (("nothing-on-officials",), ())
    assert b"value: 17" in taken.raw
    assert b"date: 2013-06-01" in taken.raw


def _libreoffice() -> str | None:
    """LibreOffice, if it is here and opens spreadsheets."""
    program = shutil.which("soffice")
    return program if program and any(Path(program).resolve().parent.glob("libsclo.so")) else None


@pytest.mark.skipif(_libreoffice() is None, reason="LibreOffice Calc is not installed; test_as_libreoffice_saved_it is")
def test_through_libreoffice(dossier: Path, rulebook: Rulebook, tmp_path: Path) -> None:
    """Opened and saved by LibreOffice, the workbook gives the same bytes."""
    (tmp_path / "in.xlsx").write_bytes(written_out(dossier, rulebook))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = ("--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", tmp_path / "in.xlsx")
    subprocess.run([str(_libreoffice()), profile, *words], check=True, timeout=120, capture_output=True)
    taken = taken_back(dossier, (tmp_path / "out" / "in.xlsx").read_bytes(), "in.xlsx", rulebook)
    assert taken.raw == dossier.read_bytes()


def test_as_excel_types_it(dossier: Path, rulebook: Rulebook) -> None:
    """A truth that became TRUE, a number with a decimal point, days with a time of midnight, empty rows and cells."""
    book = openpyxl.load_workbook(io.BytesIO(written_out(dossier, rulebook)))
    for sheet in ("records", "silences"):
        for row in book[sheet].iter_rows(min_row=2):
            for cell in row:
                if cell.value in ("true", "false"):
                    cell.value = cell.value == "true"
                elif isinstance(cell.value, int):
                    cell.value = float(cell.value)
        page = book[sheet]
        page.cell(page.max_row + 40, 3).value = ""
        page.cell(1, page.max_column + 5).value = None
        page.insert_rows(1)  # a row above the heads, as some offices leave it
    taken = taken_back(dossier, _raw(book), "out.xlsx", rulebook)
    assert taken.raw == dossier.read_bytes()


# -- what is wrong -------------------------------------------------------------------------------------------------


def test_every_problem_has_its_cell_and_all_are_reported_at_once(tierengine: Run, dossier: Path) -> None:
    """Unknown words, an empty cell, a quote that is not there, a value of the wrong type; nothing is written."""
    path = dossier.parent / "out.xlsx"
    tierengine("sheet", dossier, path)
    book = openpyxl.load_workbook(path)
    _cell(book, "records", "arrest-warrant", "kind").value = "rumour"
    _cell(book, "records", "awareness-campaigns", "measures").value = None
    _cell(book, "records", "reform-expected", "actor.is").value = "goverment"
    _cell(book, "records", "reform-expected", "date").value = "2007-02-30"
    _cell(book, "silences", "nothing-on-complicity", "date").value = "yesterday"
    _fill(book, "requests", id="r", criterion="F-PROSECUTE")
    book.save(path)
    before = dossier.read_bytes()
    ran = tierengine("sheet", dossier, path, "--read")
    assert (ran.code, ran.out) == (1, "")
    assert dossier.read_bytes() == before
    cells = {line.split(": ")[0] for line in ran.err.splitlines() if not line.startswith(" ")}
    assert all(re.fullmatch(r"(records|silences|requests)![A-Z]+\d+", place) for place in cells), cells
    for sheet, name, head in (
        ("records", "arrest-warrant", "kind"),
        ("records", "awareness-campaigns", "measures"),
        ("records", "reform-expected", "actor.is"),
        ("records", "reform-expected", "date"),
        ("silences", "nothing-on-complicity", "date"),
        ("requests", "r", "date"),
        ("requests", "r", "at"),
        ("requests", "r", "answer"),
    ):
        assert f"{sheet}!{_cell(book, sheet, name, head).coordinate}" in cells, head
    assert all(line.startswith("    ") for line in ran.err.splitlines()[1::2])


def test_what_is_not_quoted_and_what_the_law_refuses_are_reported_together(tierengine: Run, dossier: Path) -> None:
    """A quote that does not stand hides neither a number that is none nor a question that nobody asks."""
    path = dossier.parent / "out.xlsx"
    tierengine("sheet", dossier, path)
    book = openpyxl.load_workbook(path)
    wrong = (("arrest-warrant", "quote", "nobody said this"), ("awareness-campaigns", "measures", "weather"))
    for name, head, text in wrong:
        _cell(book, "records", name, head).value = text
    book.save(path)
    ran = tierengine("sheet", dossier, path, "--read")
    assert (ran.code, ran.out) == (1, "")
    for name, head, _ in wrong:
        assert f"records!{_cell(book, 'records', name, head).coordinate}: " in ran.err


CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "a quote not there": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "quote"), "value", "nobody said this"),
        r"records!O13: the quote does not stand at 07GUATEMALA2213 ¶4",
    ),
    "no such indicator": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "measures"), "value", "arrests_made"),
        r"records!C13: no criterion in force on 2007-11-09 knows the indicator `arrests_made`",
    ),
    "an id twice": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "id"), "value", "legislation-seminar"),
        r"records!A13: `legislation-seminar` stands here a second time; the first is records!A6",
    ),
    "value and bounds": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "value.at_most"), "value", 3),
        r"records!D13: both a value and bounds of it stand in this row",
    ),
    "a formula": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "value"), "value", "=1+1"),
        r"records!D13: a formula stands here",
    ),
    "an error": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "value"), "value", "#REF!"),
        r"records!D13: an error stands here, #REF!",
    ),
    "half a number": (
        lambda book: setattr(_cell(book, "records", "arrest-warrant", "value"), "value", 1.5),
        r"records!D13: `trafficking_arrest_warrants` is a count, and `1.5` is none",
    ),
    "no sheet": (lambda book: book.remove(book["silences"]), r"out\.xlsx: there is no sheet called `silences`"),
    "no column": (lambda book: book["records"].delete_cols(3), r"records!A1: there is no column called `measures`"),
    "a column more": (
        lambda book: book["records"].cell(1, 30, "colour"),
        r"records!AD1: no column of this sheet is called `colour`",
    ),
    "a cell without a head": (
        lambda book: book["records"].cell(7, 30, "red"),
        r"records!AD7: the column of this cell has no head",
    ),
    "a column twice": (
        lambda book: book["records"].cell(1, 28, "quote"),
        r"records!AB1: there is a second column `quote`",
    ),
    "everything removed": (
        lambda book: book["about"].delete_rows(1, 20),
        r"about!A1: the workbook was not written from dossier\.yaml",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_wrong_is_reported_with_its_cell(change: str, dossier: Path, rulebook: Rulebook) -> None:
    """One mistake each, with the cell and a cure."""
    book = openpyxl.load_workbook(io.BytesIO(written_out(dossier, rulebook)))
    spoil, message = CHANGES[change]
    spoil(book)
    with pytest.raises(EvidenceError) as refused:
        taken_back(dossier, _raw(book), "out.xlsx", rulebook)
    assert re.match(message, str(refused.value)), refused.value
    assert all(problem.cure for problem in refused.value.problems)


def test_what_no_cell_can_hold_is_reported_with_its_line(dossier: Path, tierengine: Run) -> None:
    """A control character and a text longer than a cell: the workbook is not written."""
    text = dossier.read_text(encoding="utf-8")
    text = text.replace("    unit: warrants\n", '    unit: warrants\n    note: "a\\u0007"\n')
    text = text.replace("No case, operation", "y " * 20_000 + "No case, operation")
    dossier.write_text(text, encoding="utf-8")
    ran = tierengine("sheet", dossier, dossier.parent / "out.xlsx")
    assert ran.code == 1
    problems = re.findall(r"dossier\.yaml:\d+:5: (`note` .*)", ran.err)
    assert problems == [
        "`note` holds characters that no spreadsheet keeps as they are",
        "`note` is longer than a cell of a spreadsheet can be, 32767 characters",
    ]
    assert not (dossier.parent / "out.xlsx").exists()


# -- hostile and foreign files -------------------------------------------------------------------------------------


def _with_part(raw: bytes, name: str, content: bytes) -> bytes:
    """A workbook of which one part is another."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, content)
    return written.getvalue()


def _hostile(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    bomb = b"<a>" + b" " * (80 * 2**20) + b"</a>"
    yield "a zip bomb", _with_part(good, "xl/worksheets/sheet9.xml", bomb), "grows too large"
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    yield "an entity bomb", _with_part(good, "xl/sharedStrings.xml", entity), "declares entities"
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        types = archive.read("[Content_Types].xml")
    macros = types.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
    yield "macros", _with_part(good, "[Content_Types].xml", macros), "holds macros"
    yield "a document", _with_part(good, "[Content_Types].xml", types.replace(b"spreadsheetml", b"w")), "no XLSX"
    yield "an old workbook", b"\xd0\xcf\x11\xe0" + good, "an old or a protected workbook"
    yield "a table of text", b"id,kind\n", "no XLSX workbook"
    yield "nothing", b"", "no XLSX workbook"
    yield "cut short", good[: len(good) // 2], "cut short or damaged"
    yield "no sheets", _with_part(good, "xl/workbook.xml", b"<workbook/>"), "damaged|no sheet called"


def test_hostile_and_foreign_files_are_refused(dossier: Path, rulebook: Rulebook) -> None:
    """Nothing is unpacked that grows without end, nothing is run, and what is no workbook is refused as such."""
    for what, raw, message in _hostile(written_out(dossier, rulebook)):
        with pytest.raises(EvidenceError, match=message):
            taken_back(dossier, raw, what, rulebook)


@settings(max_examples=40)
@given(data=st.data())
def test_a_damaged_workbook_is_refused_and_never_fails(data: st.DataObject, rulebook: Rulebook) -> None:
    """Bytes changed anywhere, also within its parts: refused, or read as it is; nothing else happens."""
    good = (FROZEN / "saved.xlsx").read_bytes()
    if data.draw(st.booleans()):
        at, byte = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(0, 255))
        raw = good[:at] + bytes([byte]) + good[at + 1 :]
    else:
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            name = data.draw(st.sampled_from(sorted(archive.namelist())))
            part = archive.read(name)
        at, end = data.draw(st.integers(0, len(part))), data.draw(st.integers(0, 30))
        raw = _with_part(good, name, part[:at] + data.draw(st.binary(max_size=3)) + part[at + end :])
    with contextlib.suppress(EvidenceError):
        taken_back(FROZEN / "dossier.yaml", raw, "saved.xlsx", rulebook)


def test_text_that_looks_like_a_formula_is_written_as_text(dossier: Path, rulebook: Rulebook) -> None:
    """No cell of a workbook that we write is a formula, whatever the sources and the records say."""
    text = dossier.read_text(encoding="utf-8").replace("Not even a promise", "=HYPERLINK(1) Not even a promise")
    dossier.write_text(text, encoding="utf-8")
    book = openpyxl.load_workbook(io.BytesIO(written_out(dossier, rulebook)))
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    assert _cell(book, "records", "reform-expected", "note").value.startswith("=HYPERLINK(1)")
