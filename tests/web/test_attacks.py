"""What somebody tries who means harm: names of files, framed pages, documents with script, roles, and many requests."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.web.conftest import SECRET, Served, Visitor, new_context
from tests.web.offices import HEADER, an_office
from tests.web.test_guard import _filled
from tierengine.web.access import ACCESS, ALL, GUEST, Person
from tierengine.web.answers import Answers
from tierengine.web.door import Sessions
from tierengine.web.lawbook import Lawbook
from tierengine.web.rates import Rates

Make = Callable[..., Visitor]
Open = Callable[..., Page]

ATTACK = "<script>window.harmed=1</script><img src=x onerror=window.harmed=1>"
TEXT = f"Article 12 of the penal code makes trafficking in persons a crime {ATTACK}. The police investigated 12 cases."
PAGE = f"<html><head><title>{ATTACK}</title></head><body><p>The police investigated 12 cases.</p>{ATTACK}</body></html>"


def _all_files(folder: Path) -> set[Path]:
    return {each for each in folder.rglob("*") if each.is_file()}


def _upload(visitor: Visitor, country: str, files: dict[str, bytes]) -> httpx.Response:
    token = visitor.get("/new").text.partition('name="csrf" value="')[2].partition('"')[0]
    sent = [("sources", (name, raw)) for name, raw in files.items()]
    return visitor.post("/new", data={"csrf": token, "country": country, "report": "2014"}, files=sent)


def test_an_upload_writes_into_its_own_folder_alone(folder: Path, visitor: Make) -> None:
    """Whatever a file or a country is called: nothing lands elsewhere, nothing that is there is written over."""
    around = folder.parent
    before = {each: each.read_bytes() for each in _all_files(around)}
    names = (
        "../../evil.txt",
        "..\\..\\evil2.txt",
        "/srv/evil3.txt",
        ".hidden.txt",
        "dossier.yaml.txt",
        "a%2f..%2fb.txt",
    )
    made = _upload(visitor(), "QT", {name: f"{TEXT} {number}".encode() for number, name in enumerate(names)})
    assert made.status_code == 200, made.text
    new = _all_files(around) - set(before)
    assert len(new) >= len(names)
    assert {each.parent for each in new if each.suffix == ".txt"} == {folder / "qt-2014"}
    for country in ("..", "A/", "/A", "~a", "\0A"):
        assert _upload(visitor(), country, {"a.txt": TEXT.encode()}).status_code in (400, 422), country
    assert all(each.read_bytes() == raw for each, raw in before.items())
    assert {each.parent.name for each in _all_files(around) - set(before)} == {"qt-2014"}


def test_a_download_gives_nothing_else(served: Served, visitor: Make) -> None:
    """However an address is written, no file of the machine is given."""
    cookie = "; ".join(f"{key}={value}" for key, value in visitor().cookies.items())
    host, _, port = served.at.removeprefix("http://").partition(":")
    up = (
        "../../../pyproject.toml",
        "..%2f..%2f..%2fpyproject.toml",
        "%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "..%5c..%5cx",
    )
    for place in ("/static/", "/c/QM/2011/papers/", "/c/QM/2011/ask/", "/law/edit?file=", "/c/", "/sign/"):
        for path in (*up, "%2fetc%2fpasswd", "/etc/passwd"):
            with socket.create_connection((host, int(port))) as line:  # no client tidies the address up
                line.sendall(f"GET {place}{path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n".encode())
                line.sendall(b"Connection: close\r\n\r\n")
                answer = b"".join(iter(lambda: line.recv(65536), b""))
            assert b" 200 " not in answer.partition(b"\r\n")[0], (place, path)
            assert b"root:" not in answer
            assert b"[project]" not in answer


def test_a_dossier_that_is_handed_in_reads_no_file(visitor: Make) -> None:
    """A program may name a file of the machine as its source; it is not opened."""
    ann = visitor()
    text = (ROOT / "seeds" / "invented-2011" / "dossier.yaml").read_text(encoding="utf-8")
    token = {"authorization": f"Bearer {Sessions(SECRET).program_token(Person(name='Ann Lee', roles=ALL))}"}
    for name in ("/etc/passwd", "../../etc/passwd"):
        handed = {"dossier": text.replace("file: cable.txt", f"file: {name}"), "files": {}}
        assert handed["dossier"] != text
        refused = ann.post("/api/v1/assess", json=handed, headers=token)
        assert refused.status_code == 422
        assert "root:" not in refused.text
    files = {"../../../evil": base64.b64encode(b"x").decode()}
    assert ann.post("/api/v1/assess", json={"dossier": text, "files": files}, headers=token).status_code == 422


def test_no_other_page_frames_the_desk(chromium: Browser, served: Served) -> None:
    """A page of somebody else that puts the desk into a frame, so that its buttons are clicked unseen, gets none."""
    context = new_context(chromium)
    context.add_cookies([{"name": k, "value": v, "url": served.at} for k, v in served.session("Ann Lee", *ALL).items()])
    page = context.new_page()
    page.route("http://evil.example/", lambda route: route.fulfill(body=f"<iframe src='{served.at}/you'></iframe>"))
    page.goto("http://evil.example/")
    assert not any("You write as" in (each.text_content("body") or "") for each in page.frames)
    page.goto(f"{served.at}/you")
    assert "You write as" in page.inner_text("main")
    context.close()


def test_what_a_document_holds_is_only_text(visitor: Make, browser: Open) -> None:
    """Script in a text, in a page and in the name of a file is shown as it is written, and does nothing."""
    sent = {f"{ATTACK}.txt": TEXT.encode(), "page.html": PAGE.encode()}
    assert _upload(visitor(), "QT", sent).status_code == 200
    page = browser()
    for part in ("source", "records", "answer"):
        page.goto(f"/c/QT/2014?part={part}")
        assert page.evaluate("window.harmed") is None
        assert not page.locator("main img[src=x]").count()
    page.goto("/c/QT/2014?part=source")
    assert "<script>window.harmed=1</script>" in page.inner_text("main")


def test_a_session_carries_no_roles_into_an_office(folder: Path, lawbook: Lawbook, answers: Answers) -> None:
    """A cookie that claims every role opens to a guest what is for guests, on each route of the table."""
    claims = Sessions(SECRET).begin(Person(name="Mallory", roles=ALL))
    with an_office(folder, lawbook, answers) as served, httpx.Client(base_url=served.at) as mallory:
        entered = mallory.get("/enter", headers={HEADER: "Mallory"})
        mallory.cookies = httpx.Cookies({entered.headers["set-cookie"].partition("=")[0]: claims})
        for (method, route), allowed in ACCESS.items():
            with mallory.stream(method, _filled(route), headers={HEADER: "Mallory"}) as answer:
                refused = answer.status_code == 403 and b"not enrolled" in answer.read()
            assert refused == (allowed is not None and GUEST not in allowed), (method, route)


def test_who_asks_too_often_waits(folder: Path, lawbook: Lawbook, answers: Answers) -> None:
    """Each session has its own limit, and an address from which nobody came in a lower one."""
    rates = Rates(session=20, address=1000, stranger=8)
    with an_office(folder, lawbook, answers, rates=rates) as served:
        bo, cy = served.person("Bo Chen"), served.person("Cy Ek")
        found = [bo.get("/keys").status_code for _ in range(25)]
        assert found.count(200) >= 18
        assert found[-1] == 429
        late = bo.get("/keys")
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert "Ask again in" in late.text
        assert cy.get("/keys").status_code == 200
        strangers = [httpx.get(f"{served.at}/keys").status_code for _ in range(10)]
        assert strangers[-1] == 429
        elsewhere = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        assert httpx.get(f"{served.at}/keys", headers=elsewhere).status_code == 401


@given(st.lists(st.tuples(st.floats(0, 30), st.sampled_from(["a", "b", None])), min_size=1, max_size=80))
def test_nobody_gets_more_than_the_limit(asked: list[tuple[float, str | None]]) -> None:
    """In no stretch of time does a session get more than its limit allows; who waits as long as asked, gets through."""
    now = [0.0]
    rates = Rates(session=10, address=1000, stranger=5, clock=lambda: now[0])
    granted: dict[str | None, list[float]] = {}
    for pause, session in asked:
        now[0] += pause
        wait = rates.asked("192.0.2.1", session)
        if wait:
            now[0] += wait
            assert rates.asked("192.0.2.1", session) == 0
        granted.setdefault(session, []).append(now[0])
    for session, times in granted.items():
        most = 5 if session is None else 10
        for first, start in enumerate(times):
            for last, end in enumerate(times[first:], first):
                assert last - first + 1 <= most + (end - start) * most / 60 + 1e-6


@pytest.mark.parametrize("header", ["203.0.113.9", "evil, 203.0.113.9", ",203.0.113.9"])
def test_only_the_last_address_is_the_proxys(folder: Path, lawbook: Lawbook, answers: Answers, header: str) -> None:
    """What a client writes into the header before the proxy adds its own does not give it another limit."""
    with an_office(folder, lawbook, answers, rates=Rates(stranger=3)) as served:
        for wrote in ("", "1.1.1.1, ", "2.2.2.2, "):
            httpx.get(f"{served.at}/keys", headers={"X-Forwarded-For": wrote + header})
        lines = [("X-Forwarded-For", "3.3.3.3"), ("X-Forwarded-For", header)]
        assert httpx.get(f"{served.at}/keys", headers=lines).status_code == 429
