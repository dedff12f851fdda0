"""The pages that a desk officer opens, in a browser and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.web.conftest import Visitor, looks_right

Make = Callable[..., Visitor]
Open = Callable[..., Page]


@pytest.mark.parametrize("path", ["/", "/keys", "/you", "/c/GT/2007-interim", "/c/GT/1066"])
def test_everyone_can_use_each_page(browser: Open, path: str) -> None:
    """Axe finds nothing, and nothing is cut off, on a wide and on a narrow screen."""
    page = browser()
    page.goto(path)
    looks_right(page)


def test_countries_come_in_the_order_of_need(visitor: Make, folder: Path) -> None:
    """What presses most stands first; a file that cannot be used is listed with every problem, and others go on."""
    text = visitor().get("/").text
    assert text.index("Guatemala") < text.index("Varonia")
    broken = folder / "invented-2011" / "dossier.yaml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("quote: It covers", "quote: It never covered"))
    text = visitor().get("/").text
    assert "1 problem in the file" in text
    assert text.index("QM") < text.index("Guatemala")
    page = visitor().get("/c/QM/2011")
    assert page.status_code == 422
    assert "The quote does not stand at 11VARONA41 ¶2" in page.text


def test_what_is_not_there_leads_to_what_is(visitor: Make) -> None:
    """The page that says so does not lead back to itself."""
    assert 'href="/c/GT/1066"' not in visitor().get("/c/GT/1066").text
    assert 'href="/c/GT/2007-interim"' in visitor().get("/c/GT/2007-interim/papers/none.pdf").text


def test_an_empty_folder_says_how_to_begin(visitor: Make, folder: Path) -> None:
    """Where no dossier lies yet the page says how one is made."""
    for path in folder.rglob("dossier.yaml"):
        path.unlink()
    assert "tierengine draft" in visitor().get("/").text


def test_the_dossier_shows_source_records_and_answer(visitor: Make) -> None:
    """The quotes stand marked in the source, each record says what became of it, and the answer stands beside them."""
    text = visitor().get("/c/GT/2007-interim").text
    assert re.search(r'<mark class="counted" data-ids="[^"]+"><a [^>]+>In 2005, the GOG reformed', text)
    assert "it is announced, not done" in text
    assert "Tier 2 Watch List" in text
    assert "provisional" in text


def test_what_sources_and_people_wrote_is_only_text(visitor: Make, folder: Path) -> None:
    """Script in the fields of a dossier comes out as words."""
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    path = folder / "invented-2011" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    for old in ("Varonia (invented)", "the Government of this invented country", "the post's account in paragraph 3"):
        assert old in text
        text = text.replace(old, attack)
    path.write_text(text, encoding="utf-8")
    for address in ("/", "/c/QM/2011"):
        page = visitor().get(address)
        assert page.status_code == 200, page.text
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert "&lt;script&gt;alert" in page.text
