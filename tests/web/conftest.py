"""A desk that is really served, those who visit it, and a browser that looks at its pages."""

from __future__ import annotations

import io
import json
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import ROOT
from tests.web.looks import looks_right
from tierengine.evidence.dossier import read_dossier
from tierengine.web.access import ALL, Person, Role
from tierengine.web.answers import Answers
from tierengine.web.application import Settings, application
from tierengine.web.assets.fetch import fetch
from tierengine.web.book import Book
from tierengine.web.changes import Changes
from tierengine.web.desk import Desk
from tierengine.web.door import Links, Sessions
from tierengine.web.guard import Log
from tierengine.web.lawbook import Lawbook
from tierengine.web.shelf import Shelf

__all__ = ["looks_right"]

PATIENCE = 120_000
"""Milliseconds that a page is waited for: a machine that is busy is no fault of it."""
expect.set_options(timeout=PATIENCE)
CHROMIUM = "/usr/bin/chromium"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SECRET = b"a secret of thirty-two bytes....."


@dataclass
class Served:
    """A desk that is served, and what it wrote into its log."""

    desk: Desk
    at: str
    cookie: str
    log: io.StringIO
    tokens: list[str] = field(default_factory=list)

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the log."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def logged(self, number: str) -> dict[str, Any]:
        """Return the line on a request; it is written once its answer is sent."""
        for _ in range(100):
            for line in self.lines():
                if line["request"] == number:
                    return line
            sleep(0.02)
        raise AssertionError(f"the log does not hold {number}")

    def session(self, name: str, *roles: Role) -> dict[str, str]:
        """Return the cookie of a person, as it is given to who comes in."""
        return {self.cookie: Sessions(SECRET).begin(Person(name=name, roles=frozenset(roles)))}


class Visitor(httpx.Client):
    """A person without script: follows redirects, and sends forms as their pages hold them."""

    def send_form(self, page: str, action: str, **fields: str | list[str]) -> httpx.Response:
        """Open a page, and send a form with its token."""
        token = _CSRF.search(self.get(page).text)
        assert token is not None, f"{page} holds no form"
        return self.post(action, data={"csrf": token[1], **fields})


@pytest.fixture(scope="session", autouse=True)
def assets() -> None:
    """Have the styles and scripts of the pages in their place."""
    fetch()


@pytest.fixture(scope="session")
def lawbook(tmp_path_factory: pytest.TempPathFactory) -> Lawbook:
    """The law of the project."""
    return Lawbook(ROOT, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def answers(lawbook: Lawbook) -> Answers:
    """The answers of all tests: they are kept by digests, so that no test can be given those of another.

    Those of the list are worked out already, as they are in a desk that was open before.
    """
    made = Answers(lawbook)
    for path in (ROOT / "seeds").rglob("dossier.yaml"):
        made.listed(read_dossier(path))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with copies of the seeds."""
    return Path(shutil.copytree(ROOT / "seeds", tmp_path / "dossiers"))


@pytest.fixture
def served(folder: Path, lawbook: Lawbook, answers: Answers) -> Iterator[Served]:
    """A desk over the seeds, served on loopback."""
    shelf = Shelf(folder)
    desk = Desk(
        shelf=shelf,
        lawbook=lawbook,
        answers=answers,
        changes=Changes(shelf, answers),
        book=Book(str(folder / "ledger.sqlite"), folder / "keys"),
    )
    tokens: list[str] = []
    log = io.StringIO()
    inner = application(desk, Settings(secret=SECRET, links=Links(tokens.append)), Log(log))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(inner, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        at = f"http://127.0.0.1:{listening.getsockname()[1]}"
        cookie = httpx.get(f"{at}/enter", params={"token": tokens[0]}).headers["set-cookie"].partition("=")[0]
        yield Served(desk, at, cookie, log, tokens)
        server.should_exit = True
        thread.join()
        for work in tuple(desk.works._known.values()):
            desk.works.stop(work)  # nobody looks at it any more


@pytest.fixture
def visitor(served: Served) -> Iterator[Callable[..., Visitor]]:
    """Make a visitor: `visitor()` may do everything, `visitor("reader")` what readers may."""
    made: list[Visitor] = []

    def make(*roles: Role, name: str = "Ann Lee") -> Visitor:
        cookies = served.session(name, *(roles or ALL))
        made.append(Visitor(base_url=served.at, cookies=cookies, follow_redirects=True, timeout=60))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser in which pages are tried."""
    if not Path(CHROMIUM).exists():
        pytest.fail("the desk is tried in a browser: install the package chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield launched
        launched.close()


def new_context(chromium: Browser, **options: Any) -> BrowserContext:
    """A new visit to the browser, whose pages are waited for."""
    context = chromium.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def browser(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Make a page of a browser that has come in, as `visitor` does; nothing may go wrong in it unseen."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(*roles: Role, name: str = "Ann Lee", script: bool = True) -> Page:
        context = new_context(chromium, base_url=served.at, java_script_enabled=script)
        contexts.append(context)
        for key, value in served.session(name, *(roles or ALL)).items():
            context.add_cookies([{"name": key, "value": value, "url": served.at}])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
        return page

    yield make
    for each in contexts:
        each.close()
    assert not wrong
