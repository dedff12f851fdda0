"""The desk for an office: who comes in and how, keys that lie in browsers, roles by the register of people."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.ledger.conftest import new_database, postgresql
from tests.ledger.test_witness import W1, serving
from tests.web.conftest import Served, Visitor, looks_right, new_context
from tests.web.offices import ADMINISTRATOR, HEADER, InOffice, an_office, begun
from tierengine.ledger import acts
from tierengine.ledger.entries import Witness as Named
from tierengine.ledger.notes import Cosigner
from tierengine.ledger.replay import replay
from tierengine.ledger.verify import verify
from tierengine.ledger.witness import Witness
from tierengine.web.announced import Announced
from tierengine.web.answers import Answers
from tierengine.web.book import Book
from tierengine.web.lawbook import Lawbook

__all__ = ["postgresql"]

CASE = "/c/QM/2011/record"


@pytest.fixture
def office(folder: Path, lawbook: Lawbook, answers: Answers) -> Iterator[InOffice]:
    """An office whose proxy names who asks."""
    with an_office(folder, lawbook, answers) as served:
        yield served


def test_a_key_of_the_browser_signs(chromium: Browser, office: InOffice) -> None:
    """Made on the page, enrolled by the administrator, used for an act: all in browsers, and the ledger holds."""
    ann = new_context(chromium, base_url=office.at, extra_http_headers={HEADER: ADMINISTRATOR}).new_page()
    bo = new_context(chromium, base_url=office.at, extra_http_headers={HEADER: "Bo Chen"}).new_page()
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
        cookie = httpx.get(f"{served.at}/enter", headers={HEADER: "Bo Chen"}).headers["set-cookie"]
        assert cookie.startswith("__Host-tierengine-")
        for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert word in cookie
        assert httpx.get(f"{served.at}/enter", headers={HEADER: "Bo Chen", "host": "evil.example"}).status_code == 400


def test_the_verb_serves_until_it_is_stopped(folder: Path, tmp_path: Path) -> None:
    """It says where it listens, answers there, and ends when it is told to."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("--public-url", "https://desk.example.gov", "--administrator", "Ann Lee", "--proxy-header", HEADER)
    process = subprocess.Popen(
        [sys.executable, "-m", "tierengine.cli", "serve", str(folder), "--port", str(port), *words],
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "XDG_STATE_HOME": str(tmp_path / "state")}
        | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TIERENGINE_KEYS": str(tmp_path / "keys")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as printed:
        lines = [printed.readline() for _ in range(3)]
        assert f"listens at 127.0.0.1:{port}" in lines[0]
        assert lines[1].strip() == "https://desk.example.gov"
        headers = {"host": "desk.example.gov", HEADER: "Ann Lee"}
        entered = httpx.get(f"http://127.0.0.1:{port}/enter", headers=headers, timeout=60)
        assert entered.status_code == 303
        assert "Secure" in entered.headers["set-cookie"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in (0, 130, -signal.SIGINT)


def test_a_ledger_in_a_database(request: pytest.FixtureRequest, folder: Path) -> None:
    """A database without a ledger has none begun yet; once it is begun from the desk, it is there."""
    book = Book(new_database(request), folder / "keys", announced=Announced(folder / "announced.json"))
    assert not book.begun
    assert not book.people().kept
    book.begin("example.gov/office")
    assert book.begun
    assert Book(book.place, folder / "keys").begun


def test_a_signed_act_is_cosigned(office: InOffice, tmp_path: Path) -> None:
    """Where the register asks for a witness, it cosigns what is signed; where it is gone the page says so, once."""
    witness = Witness.make(tmp_path / "witness.sqlite", W1)
    ann = begun(office)
    with office.desk.book.opened() as ledger, ledger.store.reading() as reader:
        witness.know(ledger.verifier(reader))
    with serving(witness) as (host, port):
        named = (Named(key=str(Cosigner(W1.name, W1.public)), address=f"http://{host}:{port}"),)
        name = office.desk.book.prepare(
            ADMINISTRATOR, "/ledger", lambda desk: acts.require_witnesses(desk, named, 1, "a second office")
        )
        assert ann.sign(ann.get(f"/sign/{name}")).status_code == 200
        with office.desk.book.opened() as ledger:
            assert verify(ledger, known=(witness.cosigner,)).times
    alone = ann.sign(ann.send_form(CASE, f"{CASE}/record"))
    assert alone.status_code == 503
    assert "on record" in alone.text
    assert ann.get("/api/v1/ledger").json()["entries"][-1]["kind"] == "assessment"


def test_on_loopback_nobody_takes_a_name_that_looks_alike(served: Served, visitor: Callable[..., Visitor]) -> None:
    """The page under one's name refuses one that looks like somebody's in the register."""
    ann = visitor(name="Ann Lee")
    ann.send_form("/you", "/you/key", office="J/TIP")
    shown = ann.send_form("/ledger", "/ledger/begin", origin="example.gov/loopback")
    ann.send_form(shown.url.path, shown.url.path)
    person = served.desk.book.signer("Ann Lee")
    assert person is not None
    values = {"name": "Ann Lee", "office": "J/TIP", "key": person.key, "reasons": "opens it"}
    shown = ann.send_form("/people", "/people/enrol", **values, roles=["administrator"])
    assert ann.send_form(shown.url.path, shown.url.path).status_code == 200
    refused = ann.send_form("/you", "/you", name="\N{CYRILLIC CAPITAL LETTER A}nn Lee")
    assert refused.status_code == 400
    assert ann.send_form("/you", "/you", name="Bo Chen").status_code == 200
