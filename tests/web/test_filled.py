"""A workbook is downloaded, filled in, and read back; what is wrong in it is reported cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from tests.web.conftest import Visitor, looks_right
from tests.web.test_coding import _form
from tierengine.evidence.dossier import read_dossier

Make = Callable[..., Visitor]
Open = Callable[..., Page]

AT = "/c/QM/2011"


def _filled(client: Visitor, fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook as the desk gives it, filled in."""
    book = openpyxl.load_workbook(BytesIO(client.get(f"{AT}/papers/dossier.xlsx").content))
    fill(book)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(sheet: Worksheet, record: str, column: str) -> str:
    """The place of a cell: of which record, in which column."""
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == column)
    row = next(cell.row for cell in sheet["A"] if cell.value == record)
    return f"{letter}{row}"


def _send(client: Visitor, raw: bytes, name: str = "filled.xlsx") -> httpx.Response:
    token = _form(client.get(f"{AT}/workbook").text, "workbook")
    return client.post(f"{AT}/workbook", data=token, files={"workbook": (name, raw)})


def test_a_filled_workbook_is_read_back_and_undone(visitor: Make, folder: Path) -> None:
    """What was changed there is changed in the file, the page says how much, and all of it is one step to undo."""
    path = folder / "invented-2011" / "dossier.yaml"
    before, ann = path.read_bytes(), visitor()

    def fill(book: openpyxl.Workbook) -> None:
        sheet = book["records"]
        sheet[_cell(sheet, "no-labour", "note")] = "looked at again"
        sheet.delete_rows(sheet[_cell(sheet, "article-12", "id")].row)

    page = _send(ann, _filled(ann, fill))
    assert page.status_code == 200
    assert "Undo: read a workbook back: 1 changed and 1 removed" in page.text
    (record,) = [each for each in read_dossier(path).dossier.records if each.id == "no-labour"]
    assert getattr(record, "note", None) == "looked at again"
    ann.post(f"{AT}/undo", data=_form(page.text, "undo"))
    assert path.read_bytes() == before
    assert "Nothing was changed" in _send(ann, _filled(ann, lambda _: None)).text


def test_what_is_wrong_is_named_by_cell_and_nothing_is_written(browser: Open, visitor: Make, folder: Path) -> None:
    """Every problem at once, on a page that is fit for all; sent from the keyboard."""
    path, ann, wrong = folder / "invented-2011" / "dossier.yaml", visitor(), dict[str, str]()

    def fill(book: openpyxl.Workbook) -> None:
        sheet = book["records"]
        for record, column, text in (("no-labour", "reliability", "Z"), ("article-12", "kind", "rumour")):
            wrong[column] = _cell(sheet, record, column)
            sheet[wrong[column]] = text

    (folder / "filled.xlsx").write_bytes(_filled(ann, fill))
    before = path.read_bytes()
    page = browser()
    page.goto(f"{AT}/papers")
    page.get_by_role("link", name="Read it back, filled in").press("Enter")
    looks_right(page)
    page.get_by_label("The filled workbook").set_input_files(folder / "filled.xlsx")
    page.get_by_role("button", name="Read it back").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("to mend in filled.xlsx")
    for cell in wrong.values():
        expect(page.get_by_role("rowheader", name=f"records, {cell}", exact=True)).to_be_visible()
    looks_right(page)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("raw", "message"), [(b"no workbook", "no XLSX workbook"), (b"", "no XLSX workbook"), (b"PK\x03\x04 cut", "")]
)
def test_what_is_no_workbook_is_refused(visitor: Make, folder: Path, raw: bytes, message: str) -> None:
    """By its name, as text alone, with nothing changed."""
    before = (folder / "invented-2011" / "dossier.yaml").read_bytes()
    answer = _send(visitor(), raw, "<b>a</b>.xlsx")
    assert answer.status_code == 422
    assert message in answer.text
    assert "<b>a" not in answer.text
    assert (folder / "invented-2011" / "dossier.yaml").read_bytes() == before


def test_a_workbook_of_an_earlier_dossier_loses_nobodys_work(visitor: Make, folder: Path) -> None:
    """If somebody changed the dossier meanwhile, it is refused, and their change stays."""
    path, ann = folder / "invented-2011" / "dossier.yaml", visitor()
    raw = _filled(ann, lambda book: book["records"].delete_rows(2))
    path.write_bytes(path.read_bytes() + b"# somebody else was here\n")
    answer = _send(ann, raw)
    assert answer.status_code == 422
    assert "was not written from dossier.yaml as it is now" in answer.text
    assert path.read_bytes().endswith(b"was here\n")
