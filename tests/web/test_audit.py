"""What an auditor asks of all dossiers at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import looks_right

Open = Callable[..., Page]


@pytest.mark.parametrize(
    ("path", "says"), [("/audit/like-cases", "were compared"), ("/audit/robust", "Guatemala 2007, interim")]
)
def test_the_answer_arrives_on_a_page_that_everyone_can_use(browser: Open, path: str, says: str) -> None:
    """It says that it is being worked out, and then shows it; axe finds nothing, and nothing is cut off."""
    page = browser()
    page.goto(path)
    expect(page.locator("#main")).to_contain_text(says)
    looks_right(page)
