"""What waits on a person: sources that came in, days that the statute counts; who can do nothing is shown nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Served, Visitor, looks_right
from tierengine.web.answers import Answers

Make = Callable[..., Visitor]
Open = Callable[..., Page]


def _row(page: str, address: str) -> str:
    """The row of a dossier."""
    found = re.search(rf'<tr>\s*<th scope="row"><a class="country" href="{address}">.*?</tr>', page, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("on", "message"), [("2011-05-20", "in 12 days"), ("2011-06-01", "today"), ("2011-06-02", "1 day ago")]
)
def test_a_clock_that_runs_out_is_shown(visitor: Make, on: str, message: str) -> None:
    """The report of the dossier's own year is shown before it is due and after, and stands above what presses less."""
    page = visitor().get("/", params={"on": on}).text
    assert f"The annual report is due: 1 June 2011, {message}" in _row(page, "/c/QM/2011")
    assert page.index('href="/c/QM/2011"') < page.index('href="/c/GT/2007-interim"')
    assert "is due" not in _row(page, "/c/QT/2025")


def test_an_interim_assessment_is_due_on_its_own_day(visitor: Make) -> None:
    """On 1 February after the report; the law of that report says so."""
    row = _row(visitor().get("/?on=2007-12-20").text, "/c/GT/2007-interim")
    assert "The interim assessment of the countries on the special watch list is due: 1 February 2008" in row
    assert "is due" not in _row(visitor().get("/?on=2007-11-10").text, "/c/GT/2007-interim")


def test_days_are_shown_however_far_the_law_reaches(visitor: Make) -> None:
    """Also on days on which no law asked for a report yet; what is no day is refused."""
    assert "The next days" in visitor().get("/?on=2026-11-28").text
    assert visitor().get("/?on=1990-01-01").status_code == 200
    assert visitor().get("/?on=soon").status_code == 422


def test_a_new_source_is_shown_until_it_is_taken_in(visitor: Make, folder: Path) -> None:
    """A file beside the dossier that it does not name; not what the program itself wrote there, nor other files."""
    place = folder / "invented-2011"
    ann = visitor()
    for name in ("memorandum.docx", "report.txt", "report.pdf", "narrative.html"):
        (place / name).write_bytes(ann.get(f"/c/QM/2011/papers/{name}").content)
    (place / "notes.xlsx").write_bytes(b"PK")
    assert "new source" not in ann.get("/").text
    (place / "second.txt").write_text("Two traffickers were convicted.\n", encoding="utf-8")
    assert "A new source, second.txt, to take in" in _row(ann.get("/").text, "/c/QM/2011")
    (place / "third.md").write_text("Nothing.\n", encoding="utf-8")
    assert "2 new sources, to take in" in _row(ann.get("/").text, "/c/QM/2011")
    for role in ("reader", "auditor", "determiner"):
        assert "new source" not in visitor(role).get("/").text


def test_a_source_of_which_nothing_is_coded_is_new(visitor: Make, folder: Path) -> None:
    """It is refused by its name, and not among the sentences of the others."""
    path = folder / "invented-2011" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    records = text.index("records:")
    path.write_text(text[:records] + "records: []\n", encoding="utf-8")
    row = _row(visitor().get("/").text, "/c/QM/2011")
    assert "A new source, 11VARONA41: nothing is coded from it" in row
    assert "sentences not coded" not in row


def test_who_can_do_nothing_is_shown_nothing(visitor: Make) -> None:
    """A reader is shown where each country stands, and no work of others."""
    page = visitor("reader").get("/").text
    assert "Tier 2 Watch List" in page
    for words in ("not coded", "rate or ask"):
        assert words not in page
        assert words in visitor("officer").get("/").text


def test_a_ledger_that_cannot_be_used_is_reported(served: Served, visitor: Make) -> None:
    """The dossiers are listed all the same."""
    Path(served.desk.book.place).write_bytes(b"no database at all, and long enough to be one" * 200)
    page = visitor().get("/")
    assert page.status_code == 200
    assert "The ledger cannot be used" in page.text
    assert "Guatemala" in page.text


def test_everyone_can_use_the_page_with_all_that_can_wait(browser: Open, folder: Path) -> None:
    """Axe finds nothing, and nothing is cut off, with clocks and new sources on it."""
    (folder / "invented-2011" / "second.txt").write_text("Two traffickers were convicted.\n", encoding="utf-8")
    page = browser()
    page.goto("/?on=2011-05-20")
    looks_right(page)


def test_a_desk_that_is_opened_first_lists_its_dossiers_at_once(
    browser: Open, visitor: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without answers; they are worked out while the page is looked at, and none is said to be what it may not be."""
    monkeypatch.setattr(Answers, "is_listed", lambda *_: False)
    ann = visitor()
    text = ann.get("/").text
    assert "9 answers are being worked out" in text
    assert "Guatemala" in text
    assert "cannot be assessed" not in text
    assert "provisional" not in _row(text, "/c/GT/2007-interim")
    assert "provisional" in _row(ann.get("/?whole=1").text, "/c/GT/2007-interim")
    page = browser()
    page.goto("/")
    expect(page.get_by_role("row", name="Guatemala 2007, interim")).to_contain_text("provisional")
    expect(page.get_by_text("being worked out")).to_have_count(0)
