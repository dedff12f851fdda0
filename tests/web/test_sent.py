"""What is sent to the desk and by it, at its edges: too much, too slow, malformed, opened in place, for too long."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import SECRET, Served, Visitor
from tests.web.offices import HEADER, an_office, begun
from tests.web.test_attacks import _upload
from tierengine.web import guard
from tierengine.web.access import ALL, Person
from tierengine.web.answers import Answers
from tierengine.web.door import Sessions
from tierengine.web.guard import LARGEST
from tierengine.web.lawbook import Lawbook
from tierengine.web.pages import dossier

Make = Callable[..., Visitor]
CASE = "/c/QM/2011"
FORM = "application/x-www-form-urlencoded"


def _program() -> dict[str, str]:
    token = Sessions(SECRET).program_token(Person(name="Ann Lee", roles=ALL))
    return {"authorization": f"Bearer {token}", "content-type": "application/json"}


def test_who_sends_slowly_holds_nobody_up(served: Served, visitor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """While many uploads trickle in pages go on; what is not whole in time is refused in words, and written nowhere."""
    monkeypatch.setattr(guard, "PATIENCE", 3.0)
    ann = visitor()
    before = set(served.desk.folder.iterdir())
    cookie = "; ".join(f"{key}={value}" for key, value in ann.cookies.items())
    host, _, port = served.at.removeprefix("http://").partition(":")
    head = f"POST /new HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 5000\r\n"
    kind = "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    lines = [socket.create_connection((host, int(port))) for _ in range(60)]  # more than there are threads
    for line in lines:
        line.sendall((head + kind).encode())
    assert ann.get("/keys").status_code == 200
    for line in lines:
        line.settimeout(30)
        answer = line.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408 ")
        line.close()
    assert set(served.desk.folder.iterdir()) == before


def test_what_is_too_large_is_refused_in_words(visitor: Make) -> None:
    """A person reads on a page how large it may be, a program in the shape of every refusal."""
    for path, headers, words in (
        ("/new", {"content-type": "multipart/form-data; boundary=x"}, "<h1>That is too large</h1>"),
        ("/api/v1/assess", _program(), '{"error":"That is too large"'),
    ):
        head = b'--x\r\nContent-Disposition: form-data; name="sources"; filename="a.txt"\r\n\r\n'
        parts = (head if not number else b"x" * 2**20 for number in range(LARGEST // 2**20 + 2))
        refused = visitor().post(path, content=parts, headers=headers)
        assert refused.status_code == 413
        assert words in refused.text
        assert "A request holds 40 MB at most" in refused.text


def test_what_says_that_it_is_too_large_is_not_read(served: Served, visitor: Make) -> None:
    """Where the size is announced the answer does not wait for what is sent."""
    cookie = "; ".join(f"{key}={value}" for key, value in visitor().cookies.items())
    host, _, port = served.at.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(f"POST /you HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n".encode())
        line.sendall(f"Content-Type: {FORM}\r\nContent-Length: {LARGEST + 1}\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"[" * 200_000,
        b'{"dossier":' * 50_000,
        b'{"dossier": ' + b"9" * 100_000 + b"}",
        b'{"dossier": "\xff\xfe"}',
        b'{"dossier": "\\ud800", "files": {}}',
        json.dumps({"dossier": "a: " + "[" * 50_000, "files": {}}).encode(),
        json.dumps({"dossier": "a: &a {<<: *a}", "files": {}}).encode(),
    ],
    ids=["nested", "nested objects", "a long number", "not UTF-8", "half a character", "nested YAML", "an anchor"],
)
def test_what_is_malformed_breaks_nothing(visitor: Make, sent: bytes) -> None:
    """JSON that is nested without end, too long or no text is refused as what it is, and is no fault of the desk."""
    refused = visitor().post("/api/v1/assess", content=sent, headers=_program())
    assert refused.status_code in (400, 422)
    assert refused.json()["error"]


def test_nothing_opens_in_the_place_of_the_desk(visitor: Make) -> None:
    """Whatever was sent or is taken away, its script runs nowhere: a browser keeps it as a file, by a plain name."""
    ann = visitor()
    picture = b"<svg onload='alert(1)'><text>The police investigated 12 cases.</text></svg>"
    made = _upload(ann, "QT", {"a\r\nX-Evil: 1.svg": picture, "b\n.html": b"<p>The police investigated 12 cases.</p>"})
    assert made.status_code == 200, made.text
    assert "x-evil" not in made.headers
    assert "<svg" not in made.text
    for case, file in (("QT/2014", "dossier.yaml"), ("QM/2011", "report.html")):
        taken = ann.get(f"/c/{case}/papers/{file}")
        name = f"{case.replace('/', '-')}-{file}"
        assert taken.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert taken.headers["x-content-type-options"] == "nosniff"
        assert taken.headers["cache-control"] == "no-store"


def test_no_browser_and_no_proxy_keeps_a_page(visitor: Make) -> None:
    """What only those who came in are shown is kept nowhere; styles and scripts, which are everybody's, are."""
    ann = visitor()
    for path in ("/keys", "/people", "/c/XX/1066", "/nowhere", "/api/v1/dossiers", "/you"):
        assert ann.get(path).headers["cache-control"] == "no-store", path
    assert httpx.get(str(ann.base_url), timeout=60).headers["cache-control"] == "no-store"
    assert "immutable" in ann.get("/static/desk.css").headers["cache-control"]


def test_a_link_leads_nowhere_else(served: Served) -> None:
    """Whatever is added to the link of the terminal, and however an address is written, it stays at the desk."""
    with httpx.Client(base_url=served.at, timeout=60) as browser:
        asked = {"token": served.tokens[-1], "next": "//evil.example", "back": "http://evil.example"}
        assert browser.get("/enter", params=asked).headers["location"] == "/"
        for path in ("/law/", "//evil.example/", "//evil.example/%2e%2e", "/\\evil.example/"):
            assert "location" not in browser.get(served.at + path).headers, path


def test_an_office_is_asked_by_https_alone(folder: Path, lawbook: Lawbook, answers: Answers) -> None:
    """Every answer says so, errors too; its cookies are for HTTPS, for this host and out of the reach of script."""
    with (
        an_office(folder, lawbook, answers, scheme="https") as office,
        httpx.Client(base_url=office.at, headers={HEADER: "Ann Lee"}, timeout=60) as browser,
    ):
        cookie = browser.get("/enter").headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert all(word in cookie for word in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"))
        for path in ("/enter", "/nowhere", "/static/desk.css", "/law/"):
            answer = browser.get(path)
            assert answer.headers["strict-transport-security"].startswith("max-age=")
            assert not answer.headers.get("location", "").startswith("http:")


def test_a_page_that_is_open_hears_nothing_after_its_reader_left(
    folder: Path, lawbook: Lawbook, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both sessions of a person end with their role: each page that is open has to ask anew, and is refused."""
    monkeypatch.setattr(dossier, "_LONGEST", 1.0)
    with an_office(folder, lawbook, answers) as office:
        ann, bo = begun(office), office.person("Bo Chen")
        bo.announce()
        ann.enrol(bo, "reader")
        again = office.person("Bo Chen")
        for session in (bo, again):
            assert session.get(CASE).status_code == 200
        with bo.stream("GET", f"{CASE}/events") as events:
            heard = events.read().decode()  # ends; of a stream that does not, nothing comes and the reader gives up
        assert "event: changed" in heard
        ann.withdraw("Bo Chen")
        for session in (bo, again):
            assert session.get(f"{CASE}/events").status_code == 403
            assert session.get(CASE).status_code == 403
