"""Who comes in, who may do what, and what every answer passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import SECRET, Served, Visitor
from tierengine.web.access import ACCESS, ALL, ROLES, shapes
from tierengine.web.application import Settings, application
from tierengine.web.door import Ended, Sessions
from tierengine.web.guard import LARGEST, Log
from tierengine.web.pages import FIRST
from tierengine.web.pages.others import OTHERS

Make = Callable[..., Visitor]

# What stands for the parts of an address in the walk over all routes.
_PARTS = {"country": "QM", "edition": "2011", "path": "desk.css"}


def _filled(route: str) -> str:
    return re.sub(r"{(\w+)(:path)?}", lambda part: _PARTS.get(part[1], "none"), route)


def test_a_link_opens_once(served: Served) -> None:
    """The link of the terminal gives a session, and the next time nothing; the terminal shows another one."""
    first, second = served.tokens  # the first was used by the fixture
    with httpx.Client(base_url=served.at) as stranger:
        assert stranger.get("/you").status_code == 401
        assert stranger.get("/enter", params={"token": first}).status_code == 401
        assert stranger.get("/enter", params={"token": "no such token"}).status_code == 401
        entered = stranger.get("/enter", params={"token": second})
        assert entered.status_code == 303
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert stranger.get("/you").status_code == 200
    assert len(served.tokens) == 3


def test_a_session_cannot_be_forged_or_fixed(served: Served, visitor: Make) -> None:
    """A cookie that the desk did not sign is none, and coming in gives another than the one that was there."""
    own = visitor().cookies[served.cookie]
    for forged in (own.replace(own[5], "A" if own[5] != "A" else "B", 1), own[:-2], "", "x", f"{own}.{own}"):
        assert httpx.get(f"{served.at}/you", headers={"cookie": f"{served.cookie}={forged}"}).status_code == 401, forged
    with httpx.Client(base_url=served.at, cookies={served.cookie: own}) as victim:
        given = victim.get("/enter", params={"token": served.tokens[-1]}).headers["set-cookie"]
    assert own not in given


def test_who_signs_out_is_out_at_once(served: Served, visitor: Make, tmp_path: Path) -> None:
    """An old cookie, a form and a token of the session open nothing, also after a new start; other sessions go on."""
    ann, other = visitor(), visitor()
    cookie = {served.cookie: ann.cookies[served.cookie]}
    token = re.search(r"Bearer ([\w.-]+)", ann.get("/api/v1/docs").text)
    assert token is not None
    bearer = {"authorization": f"Bearer {token[1]}"}
    with httpx.Client(base_url=served.at) as program:
        assert program.get("/api/v1/dossiers", headers=bearer).status_code == 200
        assert ann.post("/leave").status_code == 403  # no other page signs anybody out
        left = ann.send_form("/you", "/leave")
        assert left.status_code == 200
        assert "You are signed out" in left.text
        assert "Max-Age=0" in left.history[0].headers["set-cookie"]
        assert ann.get("/you").status_code == 401
        assert program.get("/api/v1/dossiers", headers=bearer).status_code == 401
    with httpx.Client(base_url=served.at, cookies=cookie) as old:
        assert old.get("/you").status_code == 401
    assert other.get("/you").status_code == 200
    ended = tmp_path / "ended.json"
    first = Sessions(SECRET, Ended(ended))
    first.end(cookie[served.cookie])
    assert Sessions(SECRET, Ended(ended)).person(cookie[served.cookie]) is None
    assert Sessions(SECRET, Ended()).person(cookie[served.cookie]) is not None


def test_what_is_streamed_ends_with_the_session(visitor: Make) -> None:
    """A page that is left open somewhere else is shown nothing more."""
    ann = visitor()
    with ann.stream("GET", "/c/QM/2011/events") as events:
        lines = (line for line in events.iter_lines() if line.startswith("event"))
        assert next(lines) == "event: changed"
        with httpx.Client(base_url=ann.base_url, cookies=ann.cookies, follow_redirects=True) as tab:
            page = tab.get("/you").text
            csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
            assert tab.post("/leave", data={"csrf": csrf}).status_code == 200
        assert list(lines) == []


@pytest.mark.parametrize("roles", [(), *((role,) for role in ROLES)])
def test_every_route_is_for_those_in_the_table(served: Served, visitor: Make, roles: tuple[str, ...]) -> None:
    """Each route is tried with each role: those in its row get in, everybody else is refused."""
    who = visitor(*roles) if roles else httpx.Client(base_url=served.at)
    for (method, route), allowed in ACCESS.items():
        if route == "/enter":
            continue
        with who.stream(method, _filled(route), follow_redirects=False) as answer:  # events have no end
            # A form without its token is refused as well, after the roles were looked at.
            refused = answer.status_code == 403 and b"Your roles" in answer.read()
            if allowed is None or set(roles) & allowed:
                assert not refused, (method, route, roles)
                assert answer.status_code != 401
            else:
                assert refused if roles else answer.status_code == 401, (method, route, roles)
    who.close()


def test_no_route_is_forgotten(served: Served) -> None:
    """The table has a row for every route and no other, and the desk does not start with one that has none."""
    assert set(shapes(each for group in (*FIRST, *OTHERS) for each in group.router.routes)) == set(ACCESS)
    row = ACCESS.pop(("GET", "/you"))
    try:
        with pytest.raises(ValueError, match="/you"):
            application(served.desk, Settings(secret=b"x" * 32, links=None), Log())
    finally:
        ACCESS["GET", "/you"] = row
    assert frozenset(ROLES) == ALL


def test_a_form_counts_only_with_the_token_of_its_session(served: Served, visitor: Make) -> None:
    """A form without token, with that of another session, or with a false one changes nothing."""
    ann, bo = visitor(), visitor(name="Bo Chen")
    theirs = re.search(r'name="csrf" value="([^"]+)"', bo.get("/you").text)
    assert theirs is not None
    for token in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": theirs[1]}):
        refused = ann.post("/you", data={"name": "Mallory", **token})
        assert refused.status_code == 403
    assert "You write as Ann Lee" in ann.get("/you").text
    assert "You write as Ann B. Lee" in ann.send_form("/you", "/you", name="Ann B. Lee").text


def test_what_is_sent_is_bounded(visitor: Make) -> None:
    """A request beyond the limit is refused, and the desk goes on."""
    ann = visitor()
    refused = ann.post("/you", data={"name": "x" * (LARGEST + 1)})
    assert refused.status_code == 413
    assert ann.get("/you").status_code == 200


def test_headers_and_hosts(served: Served, visitor: Make) -> None:
    """Every answer, errors too, says what a browser may load; a foreign host name is refused."""
    for path in ("/", "/nowhere", "/static/desk.css", "/c/GT/1066", "/c/GT/2007-interim"):
        headers = visitor().get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
    assert httpx.get(served.at, headers={"host": "evil.example"}).status_code == 400


def test_pages_hold_no_script_and_no_style(visitor: Make) -> None:
    """Nothing inline stands in a page, so that the strict policy breaks none."""
    for path in ("/", "/keys", "/you", "/c/GT/2007-interim", "/nowhere"):
        text = visitor().get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)


def test_what_breaks_is_named_by_a_number(served: Served, visitor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the code gives a page with a number, and the log says where it was; no page shows a stack trace."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(served.desk.shelf), "all", broken)
    answer = visitor().get("/")
    assert answer.status_code == 500
    number = re.search(r"this number: ([0-9a-f]{8})", answer.text)
    assert number is not None
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"
    logged = served.logged(number[1])
    assert logged["broke"].startswith("RuntimeError at ")
    assert "secret words" not in served.log.getvalue()


def test_the_log_holds_no_contents(served: Served, visitor: Make) -> None:
    """A line a request: who, which route, how it ended, how long; neither addresses nor what was sent."""
    ann = visitor()
    ann.get("/c/GT/2007-interim", params={"source": "private words"})
    ann.get("/you")  # a line is written once its answer is sent
    line = next(each for each in served.lines() if each["route"] == "/c/{country}/{edition}")
    assert set(line) == {"at", "request", "who", "method", "route", "status", "ms"}
    assert (line["who"], line["route"], line["status"]) == ("Ann Lee", "/c/{country}/{edition}", 200)
    assert "private" not in served.log.getvalue()
