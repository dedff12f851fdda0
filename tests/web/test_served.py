"""The desk as it is started in a terminal, and killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread
from time import sleep

import httpx
import pytest

from tests.conftest import ROOT, Ran
from tests.web.test_coding import AT, _form, drafted
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.records import Rating
from tierengine.web.keyboard import KEYS
from tierengine.wholefile import HALF

Run = Callable[..., Ran]

__all__ = ["drafted"]


class Started:
    """A desk in a process of its own, and a browser that came in by its link."""

    def __init__(self, folder: Path, state: Path) -> None:
        environment = os.environ | {"XDG_STATE_HOME": str(state), "XDG_CACHE_HOME": str(state / "cache")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tierengine.cli", "desk", str(folder)],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.printed = [self.process.stdout.readline() for _ in range(3)]
        link = re.search(r"http://\S+", "".join(self.printed))
        assert link is not None, self.printed
        self.browser = httpx.Client(base_url=link[0].partition("/enter")[0], timeout=60)
        assert self.browser.get(link[0]).status_code == 303

    def kill(self) -> None:
        """End it at once, as a cut of the power would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()
        self.browser.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Path], Started]]:
    """Start desks, and end them."""
    made: list[Started] = []

    def make(folder: Path) -> Started:
        made.append(Started(folder, tmp_path / "state"))
        return made[-1]

    yield make
    for each in made:
        each.kill()


def test_killed_at_any_moment_it_loses_nothing(start: Callable[[Path], Started], folder: Path, drafted: Path) -> None:
    """What was acknowledged is in the file, which is whole; the next desk goes on, and the browser is still in."""
    desk = start(folder)
    page = desk.browser.get(AT).text
    taken = desk.browser.post(f"{AT}/accept", data=_form(page, "accept", 0))
    assert taken.status_code == 303
    request = desk.browser.build_request("POST", f"{AT}/accept", data=_form(page, "accept", 1))
    with socket.create_connection((request.url.host, request.url.port or 80)) as line:
        head = "".join(f"{key}: {value}\r\n" for key, value in request.headers.items())
        line.sendall(f"POST {request.url.path} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        desk.kill()  # the second decision is under way, and nobody saw that it was taken
    records = read_dossier(drafted).dossier.records
    assert len(records) in (2, 3)
    assert [each.measures for each in records].count("trafficking_criminalised") == 1
    again = start(folder)
    again.browser.cookies = desk.browser.cookies
    page = again.browser.get(AT).text
    assert "Undo: accepted what was proposed" in page  # what was done before the end can be taken back
    assert again.browser.post(f"{AT}/undo", data=_form(page, "undo")).status_code == 303
    assert len(read_dossier(drafted).dossier.records) == len(records) - 1
    page = again.browser.get("/you").text
    assert again.browser.post("/leave", data=_form(page, "leave")).status_code == 303
    assert list((drafted.parents[2] / "state").rglob("ended.json"))  # a new start knows it too


def test_killed_while_two_write_it_keeps_what_each_saw_taken(start: Callable[[Path], Started], folder: Path) -> None:
    """Two people rate in one dossier until the desk is killed: the last rating that each saw taken is in the file."""
    desk = start(folder)
    rate = "/c/GT/2007-interim/rate"
    may_stand: dict[str, list[str]] = {"significant_efforts": [""], "significant_number_of_victims": [""]}
    """The reasons of each word: those that its rater saw taken, and then perhaps some that were on the way."""

    def person(word: str) -> None:
        with suppress(httpx.HTTPError), httpx.Client(cookies=desk.browser.cookies, timeout=60) as browser:
            for number in count():
                page = browser.get(f"{at}{rate}", params={"word": word}).text
                form = {key: _hidden(page, key) for key in ("csrf", "seen")}
                sent = {"word": word, "level": "met", "reasons": f"reason {number}", "on": "2007-11-09"}
                may_stand[word].append(sent["reasons"])
                assert browser.post(f"{at}{rate}", data=form | sent).status_code == 303
                may_stand[word] = [sent["reasons"]]

    at = str(desk.browser.base_url).rstrip("/")
    people = [Thread(target=person, args=(word,)) for word in may_stand]
    for each in people:
        each.start()
    while "" in {each[0] for each in may_stand.values()}:
        assert all(each.is_alive() for each in people)
        sleep(0.01)
    sleep(0.2)
    desk.kill()
    for each in people:
        each.join()
    records = read_dossier(folder / "guatemala-2007" / "dossier.yaml").dossier.records
    written = {each.measures: each.reasons for each in records if isinstance(each, Rating)}
    assert all(written[word] in reasons for word, reasons in may_stand.items()), (written, may_stand)
    left = {each.name for each in (folder / "guatemala-2007").iterdir() if not each.name.endswith(HALF)}
    assert left == {"cable.txt", "dossier.yaml", ".dossier.yaml.undo"}
    (folder / "guatemala-2007" / f"dossier.yaml{HALF}").write_text("government: {code:")  # as if killed within it
    found = start(folder).browser.get("/api/v1/dossiers").json()
    of_guatemala = [each["name"] for each in found if each["name"].startswith("guatemala-2007")]
    assert of_guatemala == ["guatemala-2007/dossier.yaml"], "and nothing reads what is half-written"


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_the_link_is_all_that_is_printed(start: Callable[[Path], Started], folder: Path) -> None:
    """The terminal shows the link, where the log lies and how to end; the log and the secret are for the user alone."""
    desk = start(folder)
    printed = "".join(desk.printed)
    shown = re.sub(r"127.0.0.1:\d+/enter\?token=\S+", "127.0.0.1:PORT/enter?token=TOKEN", printed)
    page = (ROOT / "docs" / "how-to" / "desk.md").read_text(encoding="utf-8")
    assert re.sub(r"logged in \S+\.", "logged in FILE.", shown) in page
    for key in KEYS:
        assert key.key in page
    log = re.search(r"Requests are logged in (\S+)\.", printed)
    assert log is not None
    secret = Path(log[1]).with_name("secret")
    assert secret.stat().st_mode & 0o077 == 0
    assert Path(log[1]).parent.stat().st_mode & 0o077 == 0


def test_what_cannot_be_opened_is_refused(tierengine: Run, tmp_path: Path) -> None:
    """A folder that is none, and a port that is taken."""
    nowhere = tierengine("desk", tmp_path / "nowhere")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "is no folder" in nowhere.err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = tierengine("desk", tmp_path, "--port", port)
    assert ran.code == 2
    assert "the port cannot be used" in ran.err
