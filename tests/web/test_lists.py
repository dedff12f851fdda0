"""Lists are narrowed by their address, and leave as files that hold exactly what the page shows to who asks."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visitor, looks_right
from tests.web.offices import InOffice, begun
from tests.web.test_cleared import MARKED, _enrolled, office
from tests.web.test_coding import AT, _form, drafted
from tests.web.test_record import CASE, _begun, _sign
from tierengine import schemas
from tierengine.lab.corpus.like_cases import Audit, Pair, Placed
from tierengine.web.pages import auditing

Make = Callable[..., Visitor]
Open = Callable[..., Page]

GT = "/c/GT/2007-interim"

__all__ = ["drafted", "office"]


def _rows(client: Visitor, address: str) -> list[dict[str, str]]:
    """The rows of a list as CSV; as a workbook it holds as many."""
    path, _, query = address.partition("?")
    answer = client.get(f"{path}.csv?{query}")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(answer.text, newline="")))
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"{path}.xlsx?{query}").content)).worksheets[0]
    assert sheet.max_row == len(rows) + 1
    return rows


def test_countries_are_found_by_words_tier_and_status(visitor: Make) -> None:
    """The page and the file show the same, in the same order; what is no choice chooses all."""
    ann = visitor()
    every = _rows(ann, "/countries")
    assert len(every) == 9
    two = _rows(ann, "/countries?tier=2&status=settled")
    assert {each["recommendation"] for each in two} == {"Tier 2"}
    assert 0 < len(two) < len(every)
    page = ann.get("/?tier=2&status=settled").text
    assert re.findall(r'class="country" href="/c/(\w+)/', page) == [each["code"] for each in two]
    assert [each["code"] for each in _rows(ann, "/countries?q=guate")] == ["GT"]
    assert _rows(ann, "/countries?q=no%20such%20words") == []
    assert "No dossier is like that." in ann.get("/?q=no such words").text
    assert len(_rows(ann, "/countries?tier=9")) == len(every)
    assert ann.get("/countries.exe").status_code == 422


def test_records_are_found_without_script(browser: Open) -> None:
    """The form of the column narrows it, the address holds how, and what is set aside says why in the file too."""
    page = browser(script=False)
    page.goto(f"{GT}?part=records")
    page.get_by_text("Find records, or take them away").click()
    page.get_by_label("Which").select_option("aside")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".record")).to_have_count(5)
    assert "show=aside" in page.url
    page.get_by_role("searchbox", name="Find").fill("figures previous year")
    page.get_by_role("searchbox", name="Find").press("Enter")
    expect(page.locator(".record")).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    assert page.locator(".record").count() > 20


def test_records_leave_with_all_that_is_known_of_them(visitor: Make) -> None:
    """Quote, place, mark, and why one is set aside."""
    (row,) = _rows(visitor(), f"{GT}/records?show=aside&q=announced reform")
    assert row["kind"] == "commitment"
    assert "it is announced, not done" in row["note"]
    assert row["place"].startswith("07GUATEMALA2213")
    assert len(_rows(visitor("reader"), f"{GT}/records")) > 20


def test_a_decision_leaves_the_list_narrowed(visitor: Make, drafted: Path) -> None:
    """Who goes through the proposals of one source stays there, also without script."""
    ann = visitor()
    page = ann.get(f"{AT}?part=records&show=proposed&source=11VARONA41")
    action = re.search(r'action="([^"]*/accept[^"]*)"', page.text)
    assert action is not None
    back = ann.post(action[1].replace("&amp;", "&"), data=_form(page.text, "accept.*?"))
    assert back.url.params["show"] == "proposed"
    assert back.url.params["source"] == "11VARONA41"


def test_the_ledger_is_found_in_pages(visitor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """By kind and words; the last entry first, and the older ones on the next page."""
    monkeypatch.setattr("tierengine.web.pages.ledger._PAGE", 1)
    ann = _begun(visitor)
    _sign(ann, ann.send_form(CASE, f"{CASE}/record"))
    first = ann.get("/ledger")
    assert "entry-1" in first.text
    assert "entry-0" not in first.text
    assert "entry-0" in ann.get("/ledger?before=1").text
    assert [each["number"] for each in _rows(ann, "/ledger")] == ["1", "0"]
    (row,) = _rows(ann, "/ledger?kind=assessment&q=varonia")
    assert (row["kind"], row["case"], row["author"]) == ("assessment", "varonia-2011", "Ann Lee, J/TIP")
    assert _rows(ann, "/ledger?q=guatemala") == []


def test_the_questions_to_ask_leave_as_a_table(visitor: Make) -> None:
    """Those that are sought, in their order; and all that the law of a day asks."""
    ann = visitor()
    every = _rows(ann, "/c/QT/2025/ask/questions")
    found = _rows(ann, "/c/QT/2025/ask/questions?q=victims")
    assert [each for each in every if each in found] == found
    assert len(found) <= len(every)
    assert len(_rows(ann, "/law/questions?on=2007-11-09")) > 100


def test_what_is_asked_for_outlasts_the_working_out(visitor: Make) -> None:
    """Whoever seeks among questions that are not worked out yet finds the same once they are."""
    ann = visitor()
    first = ann.get(f"{GT}/ask?q=prohibition&to=2")
    assert "Working it out" in first.text
    link = re.search(rf'href="({GT}/ask/plan[^"]*)"', first.text)
    assert link is not None
    then = ann.get(html.unescape(link[1]))
    assert then.url.query == b"q=prohibition&to=2"
    assert 'value="prohibition"' in then.text


def test_pairs_are_found_by_their_cases(visitor: Make) -> None:
    """Of those that nothing explains, and by the names of their cases; until they are known there is no file."""
    pair = Pair(
        since=date(2011, 6, 27),
        lower=Placed(case="=low", tier="3", by="a report"),
        higher=Placed(case="high", tier="2", by="a report"),
        explained_by=(),
    )
    found = schemas.dump(Audit, Audit(cases=2, not_ranked=0, no_tier=0, pairs=(pair,)))
    assert len(auditing._pairs(found, "high", "unexplained", str)) == 1
    assert auditing._pairs(found, "elsewhere", "", str) == []
    ann = visitor()
    assert ann.get("/audit/like-cases.csv").status_code in (200, 409)


@pytest.mark.parametrize("path", ["/?q=or", "/ledger?kind=rulebook", f"{GT}?part=records&q=victims"])
def test_everyone_can_use_each_list(browser: Open, visitor: Make, path: str) -> None:
    """Axe finds nothing, and nothing is cut off, on a wide and on a narrow screen."""
    if "ledger" in path:
        _begun(visitor)
    page = browser()
    page.goto(path)
    looks_right(page)


def test_nobody_takes_away_what_they_are_not_shown(office: InOffice) -> None:
    """What bears a mark is in no file of those who are not cleared for it, nor are entries on such a case."""
    ann = begun(office)
    bo = _enrolled(office, ann, "Bo Chen", "")
    cy = _enrolled(office, ann, "Cy Ek", "sensitive but unclassified")
    assert cy.sign(cy.send_form("/c/QM/2011/record", "/c/QM/2011/record/record")).status_code == 200
    for form in ("csv", "xlsx"):
        lists = ("/c/QM/2011/records", "/countries", "/ledger")
        found = [bo.get(f"{each}.{form}?q={words}") for each in lists for words in ("", MARKED, "varonia-2011")]
        assert all(each.status_code == 200 for each in found)
        texts = [each.text if form == "csv" else _text(each.content) for each in found]
        assert not [text for text in texts if MARKED in text or "varonia-2011" in text]
    assert MARKED in cy.get("/c/QM/2011/records.csv").text
    assert "varonia-2011" in cy.get("/ledger.csv").text
    assert bo.get("/audit/like-cases.csv").status_code == 403


def _text(raw: bytes) -> str:
    sheet = openpyxl.load_workbook(BytesIO(raw)).worksheets[0]
    return " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
