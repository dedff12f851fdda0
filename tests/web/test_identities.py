"""Coming in by OpenID Connect, with a provider that is really asked; and what does not let anybody in."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser

from tests.web.conftest import looks_right, new_context
from tests.web.identities import CLIENT, SECRET, Identities
from tests.web.offices import ADMINISTRATOR, InOffice, an_office, listening
from tierengine.web.answers import Answers
from tierengine.web.lawbook import Lawbook
from tierengine.web.provider import Provider


@pytest.fixture
def identities() -> Iterator[Identities]:
    """A provider of identities."""
    with socket.create_server(("127.0.0.1", 0)) as at:
        served = Identities(issuer=f"http://127.0.0.1:{at.getsockname()[1]}", back="")
        with listening(served.application(), at):
            yield served


@pytest.fixture
def office(folder: Path, lawbook: Lawbook, answers: Answers, identities: Identities) -> Iterator[InOffice]:
    """An office whose people sign in there."""
    at = socket.create_server(("127.0.0.1", 0))
    desk = f"http://127.0.0.1:{at.getsockname()[1]}"
    identities.back = f"{desk}/enter/back"
    provider = Provider(identities.issuer, CLIENT, SECRET, claim="name", desk=desk)
    with an_office(folder, lawbook, answers, provider=provider, at=at) as served:
        yield served


def _browser(office: InOffice) -> httpx.Client:
    """A browser that follows redirects only where it is told to."""
    return httpx.Client(base_url=office.at)


def _there(browser: httpx.Client) -> str:
    """Go to the provider, and return the address with which it sends the browser back."""
    return browser.get(browser.get("/enter").headers["location"]).headers["location"]


def test_people_come_in_by_their_provider(chromium: Browser, office: InOffice, identities: Identities) -> None:
    """In a browser: to the provider, back, and in under the name that it vouches for."""
    identities.name = ADMINISTRATOR
    page = new_context(chromium, base_url=office.at).new_page()
    page.goto("/")
    page.click("a:text-is('Come in')")
    page.wait_for_url("**/you")
    assert f"You write as {ADMINISTRATOR}" in page.inner_text("main")
    assert "administrator" in page.inner_text("main")
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/left?state=*")
    assert "Your session with the provider of your office has ended too." in page.inner_text("main")
    looks_right(page)
    page.goto(f"{office.at}/you")
    assert "Please come in first" in page.inner_text("main")
    page.context.close()


def test_who_signs_out_leaves_the_provider_too(office: InOffice, identities: Identities) -> None:
    """It is asked once, with its own token, where to come back and a state that only this browser brings back."""
    with _browser(office) as browser:
        _signed_out(browser)
        shown = browser.get("/leave/there")
        (there,) = set(re.findall(r'href="(http[^"]+)"', shown.text))
        assert f'content="0; url={there}"' in shown.text
        back = httpx.get(html.unescape(there)).headers["location"]
        (asked,) = identities.ended
        assert "has ended too" not in browser.get("/left?state=other").text
        assert "has ended too" not in browser.get(back).text  # the state was good for one answer
        _signed_out(browser)
        browser.get("/leave/there")
        assert "has ended too" in browser.get(f"/left?state={_cookie(browser, '-leaving')}").text
        assert not [each for each in browser.cookies if each.startswith("tierengine-")]
    assert asked.keys() == {"id_token_hint", "client_id", "post_logout_redirect_uri", "state"}


def test_a_session_that_goes_on_is_not_ended_by_a_link(office: InOffice, identities: Identities) -> None:
    """Nobody is sent to the provider before they have signed out themselves."""
    with _browser(office) as browser:
        assert browser.get("/leave/there").headers["location"] == "/left"
        assert browser.get(_there(browser)).status_code == 303
        assert browser.get("/leave/there").headers["location"] == "/left"
    assert identities.ended == []


def test_a_provider_that_does_not_say_how_is_named(office: InOffice, identities: Identities) -> None:
    """The page then says that people may still be signed in there."""
    identities.ends = False
    with _browser(office) as browser:
        _signed_out(browser)
        browser.follow_redirects = True
        assert "may still be signed in with the provider" in browser.get("/leave/there").text


def _signed_out(browser: httpx.Client) -> None:
    """Come in, and sign out of the desk."""
    assert browser.get(_there(browser)).status_code == 303
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/you").text)
    assert token is not None
    assert browser.post("/leave", data={"csrf": token[1]}).headers["location"] == "/leave/there"


def _cookie(browser: httpx.Client, end: str) -> str:
    return next(value for name, value in browser.cookies.items() if name.endswith(end))


def test_what_is_asked_of_the_provider(office: InOffice) -> None:
    """A code with PKCE, a state and a nonce of this journey alone, which lie in a cookie that no script reads."""
    with _browser(office) as browser:
        first, second = browser.get("/enter"), browser.get("/enter")
    asked, again = (parse_qs(urlsplit(each.headers["location"]).query) for each in (first, second))
    assert asked["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != again[name]
        assert len(asked[name][0]) >= 43
    assert "HttpOnly" in first.headers["set-cookie"]


def test_an_answer_counts_in_the_browser_that_asked(office: InOffice) -> None:
    """Neither the link of somebody else's sign-in, nor a state that is altered, nor a code that was used lets in."""
    with _browser(office) as mallory, _browser(office) as victim:
        theirs = _there(mallory)
        victim.get("/enter")
        assert victim.get(theirs).status_code == 401
        own = _there(victim)
        assert victim.get(re.sub(r"state=[^&]+", "state=other", own)).status_code == 401
        assert victim.get(re.sub(r"iss=[^&]+", "iss=http%3A%2F%2Fevil.example", own)).status_code == 401
        assert victim.get("/enter/back").status_code == 401
        assert victim.get(own).status_code == 303
        assert victim.get(own).status_code == 401
        assert victim.get("/you").status_code == 200


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "of another journey"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "http://evil.example"},
        {"exp": 1_000_000_000},
        {"name": None},
        {"name": ["Ann Lee"]},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    office: InOffice, identities: Identities, lies: dict[str, Any]
) -> None:
    """Of another journey, for another client, by another issuer, too old, or without a name."""
    identities.lies = lies
    with _browser(office) as browser:
        refused = browser.get(_there(browser))
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers


def test_a_token_by_another_key_lets_nobody_in(office: InOffice, identities: Identities) -> None:
    """The signature is looked at."""
    identities.signs_with = "foreign"
    with _browser(office) as browser:
        assert browser.get(_there(browser)).status_code == 401


def test_a_provider_that_cannot_be_asked_is_reported(office: InOffice, identities: Identities) -> None:
    """A page says so; nothing breaks."""
    identities.issuer = "http://evil.example"  # what it says of itself is then not of the issuer that is asked
    with _browser(office) as browser:
        refused = browser.get("/enter")
    assert refused.status_code == 401
    assert "not of this issuer" in refused.text
