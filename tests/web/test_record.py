"""What is said on record from the desk: keys, signatures, the line of time, four eyes on a change of law."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.conftest import ROOT
from tests.web.conftest import Served, Visitor, looks_right

Make = Callable[..., Visitor]
Open = Callable[..., Page]
CASE = "/c/QM/2011/record"


@pytest.fixture
def own_law(served: Served, tmp_path: Path) -> Path:
    """A copy of the law, under git, that the desk works on and may write."""
    law = tmp_path / "law"
    for room in ("criteria", "rules"):
        shutil.copytree(ROOT / room, law / room)
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qm", "law"],
    ):
        subprocess.run(["git", "-C", str(law), *words], check=True)
    for key, value in (("user.name", "A"), ("user.email", "a@b.example")):
        subprocess.run(["git", "-C", str(law), "config", key, value], check=True)
    served.desk.lawbook.folder = law
    return law


def _sign(client: Visitor, answer: httpx.Response) -> httpx.Response:
    """Sign what is shown; what is shown must be what is signed."""
    assert answer.status_code == 200, answer.text
    assert answer.url.path.startswith("/sign/"), answer.text
    assert "The digest of what is signed: sha256:" in answer.text
    signed = client.send_form(answer.url.path, answer.url.path)
    assert signed.status_code == 200, signed.text
    return signed


def _with_key(visitor: Make, name: str, office: str) -> Visitor:
    client = visitor(name=name)
    assert client.send_form("/you", "/you/key", office=office).status_code == 200
    return client


def _waits(client: Visitor) -> str:
    """The page of what waits on somebody, with every answer: after a change of law none is known yet."""
    return client.get("/?whole=1").text


def _begun(visitor: Make) -> Visitor:
    ann = _with_key(visitor, "Ann Lee", "J/TIP")
    _sign(ann, ann.send_form("/ledger", "/ledger/begin", origin="example.gov/desk-tests"))
    return ann


def test_a_case_is_recorded_determined_and_taken_away(visitor: Make, tmp_path: Path) -> None:
    """From an empty ledger to a packet that the second checker confirms, each act signed after it was shown."""
    ann = _begun(visitor)
    assert _waits(ann).count("Not on record yet") > 1
    shown = ann.send_form(CASE, f"{CASE}/record")
    assert "To be signed by you: Varonia" in _waits(ann)
    assert "To be signed by you" not in _waits(visitor(name="Cy Ek"))
    _sign(ann, shown)
    assert "Entry 1 waits to be determined" in _waits(ann)
    bo = _with_key(visitor, "Bo Ek", "S/P")
    page = bo.get(CASE).text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    fields = {"number": "1", "seen": seen[1], "reasons": "The reading of the sources bears it out."}
    _sign(bo, bo.send_form(CASE, f"{CASE}/determination", **fields))
    assert "Entry 2 determined" in ann.get(CASE).text
    assert "waits to be determined" not in _waits(ann)
    verified = ann.send_form(CASE, f"{CASE}/verify")
    assert "It holds" in verified.text
    packet = ann.get(f"{CASE}/2/packet.zip")
    with zipfile.ZipFile(io.BytesIO(packet.content)) as archive:
        archive.extractall(tmp_path / "packet")
    checked = subprocess.run([sys.executable, "check.py"], cwd=tmp_path / "packet", capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_was_altered_is_found_from_the_page(served: Served, visitor: Make) -> None:
    """One byte of an entry in the database: the page says what does not hold."""
    ann = _begun(visitor)
    _sign(ann, ann.send_form(CASE, f"{CASE}/record"))
    with closing(sqlite3.connect(served.desk.book.place)) as database, database:
        database.execute("UPDATE entries SET raw = replace(raw, 'QM', 'QN') WHERE number = 1")
    page = ann.send_form("/you", f"{CASE}/verify")
    assert "does not hold" in page.text, page.text[-1500:]
    assert "entry 1" in page.text


def test_a_change_of_law_needs_four_eyes(served: Served, visitor: Make, own_law: Path) -> None:
    """Proposed, not to be approved by its author, approved by another, adopted, written and committed."""
    ann = _begun(visitor)
    _sign(ann, ann.send_form(CASE, f"{CASE}/record"))
    name = "criteria/MS3/2000-10-28.yaml"
    text = (own_law / name).read_text(encoding="utf-8")
    draft = text.replace(
        "title: Stringent penalties for any form", "title: Stringent penalties for any form of trafficking"
    )
    assert draft != text
    edit = f"/law/edit?file={name}"
    propose = f"/law/propose?file={name}"
    shown = ann.send_form(edit, propose, text=draft, reasons="The title says what it is about.")
    _sign(ann, shown)
    change = "/changes/2"
    assert change not in _waits(ann)  # somebody else approves it
    assert "waits for somebody else" in ann.get(change).text
    assert "somebody else approves it or objects to it" in ann.get(change).text
    own = ann.send_form("/you", f"{change}/review", verdict="yes", reasons="I like it myself.")
    assert own.status_code != 200 or "/sign/" not in own.url.path
    bo = _with_key(visitor, "Bo Ek", "L/HRR")
    assert "The title says what it is about. It waits for somebody else" in _waits(bo)
    _sign(bo, bo.send_form(change, f"{change}/review", verdict="yes", reasons="It reads better, and moves nobody."))
    assert "It is approved, and waits to be adopted" in _waits(ann)
    assert change not in _waits(visitor("officer", name="Bo Ek"))
    _sign(ann, ann.send_form(change, f"{change}/adopt", reasons="Approved by another office."))
    assert "not the one under which the ledger records" in _waits(ann)
    assert "It is written" in ann.send_form(change, f"{change}/write").text
    assert (own_law / name).read_text(encoding="utf-8") == draft
    assert "not the one under which the ledger records" not in _waits(ann)
    assert "The law was changed since entry 1; the answer is the same" in _waits(ann)
    log = subprocess.run(["git", "-C", str(own_law), "log", "--format=%s"], capture_output=True, text=True, check=True)
    assert log.stdout.splitlines()[0] == "The title says what it is about."


def test_an_entry_is_spoken_of_on_the_page_of_its_own_case(visitor: Make) -> None:
    """The first entry is on the law, and on no case: nothing can be said of it from a case, nor taken away."""
    ann = _begun(visitor)
    for act, more in (("position", {}), ("determination", {"seen": "sha256:"}), ("review", {"verdict": "yes"})):
        fields = {"number": "0", "reasons": "This is on another case.", **more}
        assert ann.send_form(CASE, f"{CASE}/{act}", **fields).status_code == 404
    assert ann.get(f"{CASE}/0/packet.zip").status_code == 404


def test_nobody_signs_for_another(visitor: Make) -> None:
    """What waits for a signature is shown to its author alone."""
    ann = _with_key(visitor, "Ann Lee", "J/TIP")
    shown = ann.send_form("/ledger", "/ledger/begin", origin="example.gov/desk-tests")
    assert visitor(name="Bo Ek").get(shown.url.path).status_code == 404


def test_the_register_is_opened_and_kept_from_the_page(visitor: Make) -> None:
    """The first enrolment is of the administrator; from then on the register says who may write."""
    ann = _begun(visitor)
    page = ann.get("/people").text
    key = re.search(r'id="key" name="key" maxlength="60" value="([^"]+)"', page)
    assert key is not None
    who = {"name": "Ann Lee", "office": "J/TIP", "key": key[1], "reasons": "The register is opened."}
    _sign(ann, ann.send_form("/people", "/people/enrol", **who, roles=["administrator"]))
    assert "administrator" in ann.get("/people").text
    refused = ann.send_form(CASE, f"{CASE}/record")
    assert refused.status_code != 200
    assert "may not write this" in refused.text


@pytest.mark.parametrize("path", [CASE, "/ledger", "/changes", "/people", "/you"])
def test_everyone_can_use_each_page(browser: Open, visitor: Make, path: str) -> None:
    """Axe finds nothing, and nothing is cut off, on a wide and on a narrow screen."""
    ann = _begun(visitor)
    _sign(ann, ann.send_form(CASE, f"{CASE}/record"))
    page = browser()
    page.goto(path)
    looks_right(page)


def test_everyone_can_read_what_is_signed(browser: Open, visitor: Make) -> None:
    """The page on which an act waits for its signature can be used in every way."""
    _begun(visitor)
    page = browser()
    page.goto(CASE)
    page.click("form[action$='/record/record'] button")
    page.wait_for_url("**/sign/*")
    looks_right(page)
