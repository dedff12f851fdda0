"""Records with handling marks are shown to those who are cleared for them, on every page and to every program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.offices import InOffice, Member, an_office, begun
from tierengine.evidence.handling import EVERYTHING, Mark, cleared_for
from tierengine.web.access import ACCESS, in_part
from tierengine.web.answers import Answers
from tierengine.web.lawbook import Lawbook
from tierengine.web.pages.editing import _FOUND

AT = "/c/QM/2011"
MARKED = "no-labour"
QUOTE = "forced labour"


@pytest.fixture
def office(folder: Path, lawbook: Lawbook, answers: Answers) -> Iterator[InOffice]:
    """An office with a dossier, one record of which is sensitive."""
    path = folder / "invented-2011" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    marked = re.sub(rf"(  - id: {MARKED}\n)", r"\1    handling: sensitive but unclassified\n", text)
    assert marked != text
    path.write_text(marked, encoding="utf-8")
    with an_office(folder, lawbook, answers) as served:
        yield served


def _enrolled(office: InOffice, ann: Member, name: str, cleared: str) -> Member:
    member = office.person(name)
    member.announce()
    assert ann.enrol(member, "officer", cleared=cleared).status_code == 200
    return member


def test_what_is_marked_is_shown_to_the_cleared_alone(office: InOffice, folder: Path) -> None:
    """On every page, in every download and to every program: the record, its words and its count are not there."""
    ann = begun(office)
    bo = _enrolled(office, ann, "Bo Chen", "")
    cy = _enrolled(office, ann, "Cy Ek", "sensitive but unclassified")
    assert MARKED in cy.get(f"{AT}?part=records").text
    secret = re.search(
        rf"- id: {MARKED}\n(?:    .*\n)*?    quote: (.+)\n", (folder / "invented-2011/dossier.yaml").read_text()
    )
    assert secret is not None
    words = secret[1].strip("'\"")[:40]
    assert words in cy.get(f"{AT}?part=source").text
    seen = 0
    for method, route in ACCESS:
        # A stream has no end, and a plan takes ten seconds: it is made of what the other pages are made of.
        if method != "GET" or "{country}" not in route or route.endswith(("events", "/path", "/settle", "/plan")):
            continue
        files = ("report.txt", "answer.json", "dossier.yaml", "dossier.xlsx") if "{file}" in route else ("",)
        for file in files:
            address = route.format(country="QM", edition="2011", number=1, file=file, form="csv")
            answer = bo.get(address)
            assert answer.status_code in (200, 403, 404, 422), address
            assert MARKED not in answer.text, address
            assert words not in answer.text, address
            seen += answer.status_code == 200
    assert seen > 10
    counts = [each.get("/api/v1/dossiers/QM/2011/check").json()["records"] for each in (bo, cy)]
    assert counts[0] < counts[1]
    for file in ("dossier.yaml", "dossier.xlsx"):
        assert bo.get(f"{AT}/papers/{file}").status_code == 403
        assert cy.get(f"{AT}/papers/{file}").status_code == 200
    assert words not in bo.get("/").text


def test_who_is_shown_a_part_changes_nothing(office: InOffice) -> None:
    """Nobody writes into a dossier, or signs on it, that they do not see as a whole."""
    ann = begun(office)
    bo = _enrolled(office, ann, "Bo Chen", "")
    for end in ("record/record", "undo"):
        assert bo.send_form("/you", f"{AT}/{end}").status_code == 403
    cy = _enrolled(office, ann, "Cy Ek", "sensitive but unclassified")
    assert cy.sign(cy.send_form(f"{AT}/record", f"{AT}/record/record")).status_code == 200
    number = len(cy.get("/api/v1/ledger").json()["entries"]) - 1
    assert cy.get(f"{AT}/record/{number}/packet.zip").status_code == 200
    assert bo.get(f"{AT}/record/{number}/packet.zip").status_code == 403
    assert bo.get(f"/c/GT/2007-interim/record/{number}/packet.zip").status_code == 404
    assert "varonia-2011" in cy.get("/api/v1/ledger").text
    assert "varonia-2011" not in bo.get("/api/v1/ledger").text
    assert "varonia-2011" not in bo.get("/ledger").text


def test_what_looks_at_all_dossiers_is_for_who_is_shown_all(office: InOffice) -> None:
    """Neither a comparison of cases nor the census of a change shows what a dossier holds beyond one's clearance."""
    ann = begun(office)
    bo = _enrolled(office, ann, "Bo Chen", "")
    cy = _enrolled(office, ann, "Cy Ek", "sensitive but unclassified")
    for page in ("/audit/like-cases", "/audit/robust"):
        assert bo.get(page).status_code == 403
    assert cy.get("/audit/robust").status_code == 200
    whole: dict[str, object] = {"stretches": [], "census": None}
    assert _FOUND["impact"]("Census", whole).says.startswith("not counted")
    for each, corpus in ((bo, False), (cy, True)):
        token = re.search(r"Bearer ([\w.-]+)", each.get("/api/v1/docs").text)
        assert token is not None
        order = {"work": "impact", "files": {}}
        begun_ = each.post("/api/v1/work", json=order, headers={"authorization": f"Bearer {token[1]}"})
        assert begun_.status_code == 202
        work = office.desk.works.find(begun_.json()["id"], each.name)
        assert work is not None
        assert (work.order.corpus is not None) == corpus
        office.desk.works.stop(work)


def test_a_file_that_cannot_be_read_shows_nothing(office: InOffice, folder: Path) -> None:
    """What is wrong with a dossier may quote it."""
    ann = begun(office)
    bo = _enrolled(office, ann, "Bo Chen", "")
    path = folder / "invented-2011" / "dossier.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nsecret_words: yes\n", encoding="utf-8")
    for address in (AT, "/", "/api/v1/dossiers"):
        assert "secret_words" not in bo.get(address).text


def test_a_route_that_is_not_named_shows_no_part() -> None:
    """A new route on a dossier is refused to those who are shown a part of it, until somebody says that it may."""
    assert not in_part("GET", "/c/{country}/{edition}/new-page")
    assert not in_part("POST", "/c/{country}/{edition}/rate")
    assert all(("GET", route) in ACCESS for route in _parts())


def _parts() -> set[str]:
    return {route for method, route in ACCESS if in_part(method, route)}


def test_marks_add_up() -> None:
    """Nothing is read into a mark: what may be sensitive is shown to whom both marks are shown."""
    assert cleared_for(()) == Mark("unclassified")
    assert cleared_for(("unknown",)) == Mark("unclassified")
    assert cleared_for(("Sensitive but  Unclassified",)) == Mark("sensitive but unclassified")
    assert cleared_for(("unknown", "sensitive but unclassified", "not for foreign governments")) == EVERYTHING
