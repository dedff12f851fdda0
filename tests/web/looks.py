"""What holds of a page in every way in which somebody may look at it, whatever it shows.

One walk checks a page on a narrow and on a wide screen, enlarged to twice its size, in print, in the forced colours of
Windows, with less motion, and with the keyboard alone. What is asked of the page stands in `looks.js`.
"""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_ASKED = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
_RULES = {"rules": {"target-size": {"enabled": True}}}
"""What axe leaves out unless it is asked for (WCAG 2.2, 2.5.8)."""
_NARROW, _ENLARGED, _WIDE = 320, 640, 1280
"""Widths in CSS pixels; the second is that of a wide screen on which everything is shown at twice its size."""
_PAPER = 680
"""The width of a sheet of A4 between its margins."""


def looks_right(page: Page) -> None:
    """Check a page in all these ways; what is wrong is reported with the words that are concerned."""
    for width in (_NARROW, _ENLARGED, _WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        if width != _ENLARGED:
            found = Axe().run(page, options=_RULES)
            assert not found.violations_count, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} pixels wider than {width}"
    page.keyboard.press("Tab")
    assert not _wrong(page, "withoutFocus()"), page.url
    _wrong(page, "remember()")
    page.emulate_media(forced_colors="active", color_scheme="dark", reduced_motion="reduce")
    assert not _wrong(page, "inForcedColours()"), page.url
    assert not _wrong(page, "moves()"), page.url
    page.emulate_media(media="print", forced_colors="none", color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size({"width": _PAPER, "height": 900})
    assert not _wrong(page, f"inPrint({_PAPER})"), page.url
    page.emulate_media(media="null")
    page.set_viewport_size({"width": _WIDE, "height": 900})


def _wrong(page: Page, asked: str) -> list[str]:
    found: list[str] = page.evaluate(f"() => {{ {_ASKED} return {asked}; }}")
    return found
