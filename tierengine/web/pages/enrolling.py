"""The register of people: who, in which office, with which roles and key, since when and until when."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Form, Response

from tierengine.ledger import acts
from tierengine.ledger.entries import Role
from tierengine.web.pages.ledger import signing
from tierengine.web.visit import Here

router = APIRouter(prefix="/people")

ROLES: dict[Role, str] = {
    "reader": "reads",
    "officer": "codes and assesses dossiers, takes positions",
    "auditor": "reviews and verifies",
    "policy": "drafts and proposes changes of the law",
    "determiner": "determines a tier",
    "administrator": "keeps this register",
}
"""What each role may do."""

_Words = Annotated[str, Form(max_length=200)]


@router.get("")
def register(here: Here) -> Response:
    """Show who is and was in the register."""
    assert set(ROLES) == set(get_args(Role))
    book = here.desk.book
    return here.page("people.html", people=book.people(), roles=ROLES, signer=book.signer(here.person.name))


@router.post("/enrol")
def enrol(
    here: Here,
    name: _Words,
    office: _Words,
    key: _Words,
    roles: Annotated[list[Role], Form()],
    reasons: Annotated[str, Form(max_length=8000)],
    cleared: _Words = "",
) -> Response:
    """Make an enrolment ready."""
    marks = tuple(mark.strip() for mark in cleared.split(",") if mark.strip())
    who = acts.person(name.strip(), office.strip(), key.strip())
    return signing(here, "/people", lambda desk: acts.enrol(desk, who, tuple(roles), marks, reasons))


@router.post("/withdraw")
def withdraw(here: Here, name: _Words, reasons: Annotated[str, Form(max_length=8000)]) -> Response:
    """Make the withdrawal of a key ready."""
    return signing(here, "/people", lambda desk: acts.withdraw(desk, name, reasons))
