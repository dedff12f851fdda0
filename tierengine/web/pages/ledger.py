"""The ledger of the desk: all that is on record, how it is begun, and how what people say is signed."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Response

from tierengine.errors import Problem, UsageError
from tierengine.law.reader import rulebook_files
from tierengine.ledger import acts
from tierengine.ledger.book import Ledger, register_of
from tierengine.ledger.entries import AnyEntry
from tierengine.ledger.register import Register
from tierengine.ledger.store import Reader
from tierengine.ledger.words import author, details, headline, standing, to_be_signed
from tierengine.web.book import Act
from tierengine.web.visit import Here, Visit, seen_again

router = APIRouter()


@router.get("/ledger")
def whole(here: Here) -> Response:
    """Show the whole ledger, the last entry first."""
    return shown(here, None)


@router.post("/ledger/begin")
def begin(here: Here, origin: Annotated[str, Form(max_length=200)]) -> Response:
    """Begin a ledger, and make its first entry ready: under which rulebook assessments are recorded."""
    book = here.desk.book
    if book.signer(here.person.name) is None:
        raise UsageError(
            [Problem(where="key", what="you have no key to sign with", cure="make one on your page first")]
        )
    book.begin(origin.strip())
    files, examples = rulebook_files(here.desk.lawbook.folder), here.desk.rulebook.examples
    reasons = "The law as it stood when this ledger was begun."
    return signing(here, "/ledger", lambda desk: acts.change_rulebook(desk, files, examples, reasons))


@router.get("/sign/{name}")
def show(here: Here, name: str) -> Response:
    """Show in words exactly what is signed, and its digest."""
    waiting = here.desk.book.waiting(name, here.person.name)
    if waiting is None:
        raise HTTPException(404, "Nothing of yours waits here for a signature; it may be signed already.")
    return here.page(
        "sign.html",
        name=name,
        waiting=waiting,
        says=to_be_signed(waiting.unsigned),
        bytes=base64.b64encode(waiting.unsigned.to_sign).decode(),
        local=here.desk.book.local,
    )


@router.post("/sign/{name}")
def sign(here: Here, name: str, signature: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Append what was shown, with the signature."""
    book = here.desk.book
    waiting = book.waiting(name, here.person.name)
    if waiting is None:
        raise HTTPException(404, "Nothing of yours waits here for a signature; it may be signed already.")
    try:
        made = base64.b64decode(signature, validate=True) if signature else None
    except (binascii.Error, ValueError):
        raise HTTPException(422, "A signature is written in base64; this is not.") from None
    book.sign(name, waiting, made)
    error = book.cosigned()
    if error is not None:
        says = (
            "What you signed is on record. What its witnesses sign under it is lacking, or speaks against the ledger."
        )
        told = {"head": "Signed, and not cosigned", "says": says, "problems": error.problems, "back": waiting.back}
        return here.page("error.html", http=503, **told)
    return seen_again(waiting.back)


@router.post("/you/key")
def make_key(
    here: Here, office: Annotated[str, Form(max_length=200)], key: Annotated[str, Form(max_length=60)] = ""
) -> Response:
    """Make the key by which a person signs on this machine; in an office, take the public part of the browser's."""
    book = here.desk.book
    if book.local:
        book.keys.make(here.person.name, office.strip())
    elif not key:
        raise HTTPException(400, "In an office the key is made in your browser. Switch script on, and make it there.")
    else:
        book.announce(here.person.name, office.strip(), key.strip())
    return seen_again("/you")


def signing(here: Visit, back: str, act: Act) -> Response:
    """Make an act ready to be signed, and show it to its author."""
    return seen_again(f"/sign/{here.desk.book.prepare(here.person.name, back, act)}")


def shown(here: Visit, of: str | None, **told: Any) -> Response:
    """Show what is on record of a case, or all that is, the last entry first."""
    book = here.desk.book
    shown: dict[str, Any] = {"case": None, "verified": None, "lines": [], "stands": None, "now": None, "size": 0}
    if book.begun:
        with book.opened() as ledger, ledger.store.reading() as reader:
            numbers = numbers_shown(here, reader, of)
            shown |= _told(ledger, reader, of, numbers)
    return here.page("record.html", **(shown | {"book": book, "signer": book.signer(here.person.name)} | told))


def numbers_shown(here: Visit, reader: Reader, of: str | None) -> list[int]:
    """Return the entries on a case, or all; without those on cases that the person is not shown as a whole."""
    numbers = reader.numbers(about=of) if of is not None else reader.numbers()
    whole = here.desk.whole_cases(here.person.cleared)
    if whole is None:
        return numbers
    return [number for number in numbers if (case := reader.about(number)) is None or case in whole]


def _told(ledger: Ledger, reader: Reader, of: str | None, numbers: list[int]) -> dict[str, Any]:
    size = ledger.checkpoint(reader).size
    register = register_of(reader, of) if of is not None else None
    entries = [ledger.entry(reader, number)[0] for number in numbers]
    current = register.assessment(of) if register is not None and of is not None else None
    return {
        "lines": [_line(entry, register) for entry in reversed(entries)],
        "stands": standing(register, of) if register is not None and of is not None else None,
        "now": current,
        "seen": register.seen(of) if register is not None and of is not None else None,
        "size": size,
    }


def _line(entry: AnyEntry, register: Register | None) -> dict[str, Any]:
    counts = register is None or register.counts(register.said[entry.number])
    return {
        "entry": entry,
        "author": author(entry),
        "says": headline(entry),
        "details": tuple(details(entry)),
        "counts": counts,
    }
