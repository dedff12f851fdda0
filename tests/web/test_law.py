"""The pages on the law, and a draft of it: read, edited, found wanting, mended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Served, Visitor, looks_right

Make = Callable[..., Visitor]
Open = Callable[..., Page]
EDITED = "/law/edit?file=criteria/MS3/2000-10-28.yaml"


@pytest.mark.parametrize(
    "path", ["/law?on=2007-11-09", "/law/F-PROSECUTE?on=2008-06-04", "/law/coverage?on=2008-06-04", EDITED]
)
def test_everyone_can_use_each_page(browser: Open, path: str) -> None:
    """Axe finds nothing, and nothing is cut off, on a wide and on a narrow screen."""
    page = browser()
    page.goto(path)
    looks_right(page)


def test_the_law_of_a_day_has_the_numbers_of_that_day(visitor: Make) -> None:
    """Ten factors on 9 November 2007, and a date without a law is refused as a mistake of who asks."""
    text = visitor().get("/law?on=2007-11-09").text
    assert "factor 10 that day" in text
    assert "factor 11 that day" not in text
    assert visitor().get("/law?on=1999-01-01").status_code == 400
    assert visitor().get("/law/NONE").status_code == 404


def test_a_criterion_shows_its_ladder_in_words(visitor: Make) -> None:
    """Each level with the condition of its rule, in questions and not in names; versions lead through the years."""
    text = visitor().get("/law/F-PROSECUTE?on=2008-06-04").text
    assert "How many trafficking cases were prosecuted in the period? At least 1." in text
    assert 'href="/law/F-PROSECUTE?on=2000-10-28"' in text
    assert "trafficking_prosecutions" not in text


def test_readers_cannot_draft(visitor: Make) -> None:
    """Only policy staff are offered it, and only they may."""
    reader = visitor("reader")
    assert "Propose a change" not in reader.get("/law/MS3").text
    assert reader.get(EDITED).status_code == 403


def test_problems_show_at_their_line_without_script(visitor: Make) -> None:
    """The form does all of it, too."""
    client = visitor()
    draft = _file(client).replace("is: true", "is: ture", 1)
    page = client.send_form(EDITED, EDITED, text=draft)
    assert page.status_code == 200
    assert "Mend these" in page.text
    assert "line " in page.text


def test_a_draft_is_judged_as_one_types(browser: Open) -> None:
    """A slip is told at its line; mended, and a threshold moved, examples, proofs and the census arrive."""
    page = browser()
    page.goto(EDITED)
    text = page.get_by_label("The file as you draft it")
    before = text.input_value()
    text.fill(before.replace("at_least:", "at_lest:", 1))
    expect(page.get_by_role("heading", name="Mend these")).to_be_visible()
    line = before[: before.index("at_least:")].count("\n") + 1
    expect(page.get_by_role("link", name=f"line {line}", exact=True).first).to_be_visible()
    text.fill(before.replace("at_least: 4", "at_least: 5", 1))
    strip = page.locator(".strip")
    expect(strip).to_contain_text("as law")
    expect(strip.locator(".check-waiting")).to_have_count(0)
    expect(strip.locator(".check-running")).to_have_count(0)
    expect(strip.locator(".check", has_text="Examples")).to_have_class("check check-bad")
    expect(strip.locator(".check", has_text="Census")).to_contain_text("dossiers move")
    looks_right(page)


def test_only_work_on_a_draft_stands_in_its_strip(served: Served, visitor: Make) -> None:
    """Other long work of the same person is no part of it, and breaks nothing."""
    client = visitor()
    client.get("/audit/robust")
    (work,) = served.desk.works._known.values()
    assert client.get(f"/law/work/{work.id}").status_code == 404


def test_names_that_the_law_knows_are_completed(browser: Open) -> None:
    """Three letters and Enter."""
    page = browser()
    page.goto(EDITED)
    text = page.get_by_label("The file as you draft it")
    text.press("Control+End")
    text.press_sequentially("# trafficking_conv")
    expect(page.get_by_role("option", name="trafficking_convictions", exact=True)).to_be_visible()
    text.press("Enter")
    assert text.input_value().rstrip().endswith("# trafficking_convictions")


def _file(client: Visitor) -> str:
    page = client.get(EDITED).text
    return page.partition('hx-sync="this:replace">')[2].partition("</textarea>")[0]
