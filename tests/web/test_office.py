"""The desk for an office: who comes in and how, keys that lie in browsers, roles by the register of people."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.web.conftest import looks_right
from tests.web.offices import ADMINISTRATOR, HEADER, InOffice, an_office, begun
from tierengine.ledger.replay import replay
from tierengine.ledger.verify import verify
from tierengine.web.answers import Answers
from tierengine.web.lawbook import Lawbook

CASE = "/c/QM/2011/record"


@pytest.fixture
def office(folder: Path, lawbook: Lawbook, answers: Answers) -> Iterator[InOffice]:
    """An office whose proxy names who asks."""
    with an_office(folder, lawbook, answers) as served:
        yield served


def test_a_key_of_the_browser_signs(chromium: Browser, office: InOffice) -> None:
    """Made on the page, enrolled by the administrator, used for an act: all in browsers, and the ledger holds."""
    ann = chromium.new_context(base_url=office.at, extra_http_headers={HEADER: ADMINISTRATOR}).new_page()
    bo = chromium.new_context(base_url=office.at, extra_http_headers={HEADER: "Bo Chen"}).new_page()
    for page, name in ((ann, "Policy office"), (bo, "Country desk")):
        page.goto("/enter")
        page.fill("#office", name)
        page.click("text=Make my key in this browser")
        page.wait_for_selector("summary")
        looks_right(page)
    assert "Until then you are shown no dossier" in bo.inner_text("main")
    ann.goto("/ledger")
    ann.click("text=Begin it")
    ann.click("button:text-is('Sign')")
    ann.wait_for_url("**/ledger")
    ann.goto("/people")
    ann.fill("#enrol-reasons", "The register is opened.")
    for role in ("officer", "policy"):
        ann.click(f"label[for=role-{role}]")
    ann.click("text=Show what I sign")
    ann.click("button:text-is('Sign')")
    ann.wait_for_url("**/people")
    ann.click("text=Fill in the form for Bo Chen")
    looks_right(ann)
    ann.click("label[for=role-officer]")
    ann.fill("#enrol-reasons", "Joins the desk.")
    ann.locator("text=Show what I sign").first.click()
    ann.click("button:text-is('Sign')")
    ann.wait_for_url("**/people")
    bo.goto(CASE)
    bo.click("form[action$='/record/record'] button")
    bo.click("button:text-is('Sign')")
    bo.wait_for_url(f"**{CASE}")
    # The private key cannot be taken out, not even by a script of the page itself.
    taken = bo.evaluate(_TAKE)
    assert taken == "InvalidAccessError"
    with office.desk.book.opened() as ledger:
        assert verify(ledger).checkpoint.size == 4
        assert not replay(ledger, [3], lambda: None, workers=1)
        with ledger.store.reading() as reader:
            assert ledger.entry(reader, 3)[0].by.name == "Bo Chen"
    for page in (ann, bo):
        page.context.close()


_TAKE = """() => new Promise((resolve) => {
    const opening = indexedDB.open("tierengine", 1);
    opening.onsuccess = () => {
        const asked = opening.result.transaction("keys").objectStore("keys").get("Bo Chen");
        asked.onsuccess = () => crypto.subtle.exportKey("pkcs8", asked.result.privateKey)
            .then(() => resolve("taken"), (error) => resolve(error.name));
    };
})"""


def test_what_the_register_says_counts_at_once(office: InOffice) -> None:
    """Enrolled, given another role, withdrawn: the same session may do now what the register says now."""
    ann, bo = begun(office), office.person("Bo Chen")
    assert bo.get("/").status_code == 403
    assert "not enrolled yet" in bo.get("/").text
    assert bo.announce().status_code == 200
    ann.enrol(bo, "reader")
    assert bo.get("/").status_code == 200
    assert bo.get("/new").status_code == 403
    ann.enrol(bo, "officer")
    assert bo.get("/new").status_code == 200
    token = _program_token(bo.get("/api/v1/docs").text)
    program = {"authorization": f"Bearer {token}"}
    assert httpx.get(f"{office.at}/api/v1/dossiers", headers=program).status_code == 200
    ann.withdraw("Bo Chen")
    assert bo.get("/").status_code == 403
    assert httpx.get(f"{office.at}/api/v1/dossiers", headers=program).status_code == 403
    refused = bo.announce()
    assert "key was withdrawn" in refused.text


def _program_token(page: str) -> str:
    return page.partition("Bearer ")[2].split("<")[0].split('"')[0].split("'")[0].split()[0]


def test_many_ask_at_once(office: InOffice) -> None:
    """A browser asks for a page and its styles at the same time, and so do many people; all are answered."""
    ann = begun(office)
    asked = ["/you", "/static/desk.css", "/people", "/static/sign.js", "/ledger", "/keys"] * 10
    with ThreadPoolExecutor(12) as many:
        found = list(many.map(lambda path: ann.get(path).status_code, asked))
    assert found == [200] * len(asked)


def test_only_the_one_who_was_named_opens_the_register(office: InOffice) -> None:
    """Until somebody is enrolled, one name may begin the ledger and enrol itself; afterwards the name is nothing."""
    mallory = office.person("Mallory")
    mallory.announce()
    assert mallory.send_form("/you", "/ledger/begin", origin="example.gov/own").status_code == 403
    ann = begun(office)
    assert mallory.send_form("/you", "/people/enrol", name="Mallory").status_code == 403
    other = office.person("Dot Ek")
    other.announce()
    ann.enrol(other, "administrator")
    other.withdraw(ADMINISTRATOR)
    assert ann.get("/people").status_code == 403


def test_names_that_look_alike_are_refused(office: InOffice) -> None:
    """A name with a letter that only looks like another's gets no key to wait for its enrolment."""
    begun(office)
    twin = office.person("\N{CYRILLIC CAPITAL LETTER A}nn Lee")
    refused = twin.announce()
    assert refused.status_code == 400
    assert "looks like" in refused.text
    assert twin.get("/").status_code == 403


def test_a_forged_header_is_refused(office: InOffice) -> None:
    """From any other address than the proxy's nothing is answered, whatever it says of itself."""
    begun(office)
    elsewhere = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=office.at, transport=elsewhere, headers={HEADER: ADMINISTRATOR}) as mallory:
        for path in ("/enter", "/", "/you", "/static/desk.css"):
            assert mallory.get(path, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_a_session_is_of_whom_the_proxy_names(office: InOffice) -> None:
    """A cookie that somebody else took along is none; without the header nobody comes in."""
    ann = begun(office)
    cookies = dict(ann.cookies)
    for headers in ({HEADER: "Bo Chen"}, {}):
        assert httpx.get(f"{office.at}/you", headers=headers, cookies=cookies).status_code == 401
    assert httpx.get(f"{office.at}/enter").status_code == 401
    twice = [(HEADER, "Bo Chen"), (HEADER, ADMINISTRATOR)]
    assert httpx.get(f"{office.at}/enter", headers=twice).status_code == 401
    fixed = httpx.get(f"{office.at}/enter", headers={HEADER: "Bo Chen"}, cookies=cookies)
    assert next(iter(cookies.values())) not in fixed.headers["set-cookie"]


def test_a_signed_act_counts_once(office: InOffice) -> None:
    """Sent again, by its author or by another, or with another's signature, it adds nothing."""
    ann, bo = begun(office), office.person("Bo Chen")
    bo.announce()
    ann.enrol(bo, "officer")
    shown = ann.send_form(CASE, f"{CASE}/record")
    signature = ann.signature(shown)
    assert bo.send_form("/you", shown.url.path, signature=signature).status_code == 404
    assert ann.send_form("/you", shown.url.path, signature=bo.signature(shown)).status_code == 400
    assert ann.send_form("/you", shown.url.path, signature=signature).status_code == 200
    assert ann.send_form("/you", shown.url.path, signature=signature).status_code == 404
    again = ann.send_form(CASE, f"{CASE}/record")
    assert ann.send_form("/you", again.url.path, signature=signature).status_code == 400
    with office.desk.book.opened() as ledger:
        assert verify(ledger).checkpoint.size == 4


def test_by_https_cookies_are_for_this_host_alone(folder: Path, lawbook: Lawbook, answers: Answers) -> None:
    """The cookie has the prefix that a browser takes by HTTPS only, and no other name of host is answered."""
    with an_office(folder, lawbook, answers, scheme="https") as served:
        told = httpx.get(f"{served.at}/enter", headers={HEADER: "Bo Chen"}).headers["set-cookie"]
        assert told.startswith("__Host-tierengine-")
        for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert word in told
        assert httpx.get(f"{served.at}/enter", headers={HEADER: "Bo Chen", "host": "evil.example"}).status_code == 400
