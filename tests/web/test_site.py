"""The site of docs/, as `make docs` builds it: everyone can use it, and nothing is loaded from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT

KINDS = {
    "light": ("index.html", "how-to/desk.html", "reference/json.html", "explanation/structure.html"),
    "dark": ("tutorial/auditor.html", "reference/words.html"),
}
"""Pages of each kind: the way in, pictures, long tables, a drawing; commands, a short table."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as strictly as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of the browser; what it asks of the network fails the test."""
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if not sent.url.startswith(("file:", "data:")) else None)
    yield page
    context.close()
    assert asked == []


@pytest.mark.parametrize("scheme", KINDS)
def test_everyone_can_use_the_site(scheme: Literal["light", "dark"], site: Path, page: Page) -> None:
    """A page of each kind: axe finds nothing, and nothing is wider than a small window."""
    page.emulate_media(color_scheme=scheme)
    wrong: list[str] = []
    for kind in KINDS[scheme]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto((site / kind).as_uri())
        found = Axe().run(page)
        wrong += [f"{kind}: {found.generate_report()}"] if found.violations_count else []
        page.set_viewport_size({"width": 360, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [f"{kind} is {wide} pixels wider than the window"] if wide > 0 else []
    assert not wrong, "\n\n".join(wrong)
