"""The ledger of the desk: all that is on record, how it is begun, and how what people say is signed."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi import Form as Field

from tierengine.errors import Problem, UsageError
from tierengine.law.reader import rulebook_files
from tierengine.ledger import acts
from tierengine.ledger.book import Ledger, register_of
from tierengine.ledger.entries import AnyEntry
from tierengine.ledger.store import Reader
from tierengine.ledger.words import author, details, headline, standing, to_be_signed
from tierengine.reports.listing import Form, Listing
from tierengine.web.book import Act
from tierengine.web.rendering import counted
from tierengine.web.sought import Sought, Words, as_file, choice, has
from tierengine.web.visit import Here, Visit, seen_again

router = APIRouter()

_PAGE = 100
"""Entries on one page of the ledger."""


_KINDS = {
    "assessment": "assessments",
    "position": "positions",
    "determination": "determinations",
    "review": "reviews",
    "correction": "corrections",
    "document": "documents",
    "rulebook": "rulebooks",
    "proposal": "proposed changes of law",
    "enrolment": "enrolments",
    "withdrawal": "withdrawals",
    "witnesses": "witnesses",
}
"""The kinds of entry, and how several of a kind are called."""

Kind = Annotated[str, Query(max_length=20)]
Before = Annotated[int | None, Query(ge=0, description="the entry before which to begin")]


@router.get("/ledger")
def whole(here: Here, q: Words = "", kind: Kind = "", before: Before = None) -> Response:
    """Show the whole ledger, the last entry first: a page of it, narrowed by words and kind."""
    if not here.desk.book.begun:
        return shown(here, None)
    kinds = choice("kind", "Which", kind, _KINDS.items(), "all")
    found = _sought(here, q, kinds.chosen, before, _PAGE)
    of = counted(found.every, "entry", "entries")
    sought = Sought(at="/ledger", file="/ledger", q=q, shown=found.count, of=of, choices=(kinds,))
    return shown(here, None, lines=found.lines, sought=sought, older=found.older)


@router.get("/ledger.{form}")
def listed(here: Here, form: Form, q: Words = "", kind: Kind = "") -> Response:
    """Give the entries that the page lists, the last first, as a file."""
    found = _sought(here, q, kind if kind in _KINDS else "").lines
    rows = tuple(
        (each["entry"].number, each["entry"].time, each["entry"].kind, each["case"] or "", each["author"], each["says"],
         "\n".join(each["details"]), "yes" if each["counts"] else "no")
        for each in found
    )  # fmt: skip
    heads = ("number", "time (UTC)", "kind", "case", "author", "what it says", "details", "counts")
    return as_file(Listing(title="Ledger", heads=heads, rows=rows), form, "ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was sought in the ledger: how many entries the person is shown, how many are like that, and some of them."""

    every: int
    count: int
    lines: list[dict[str, Any]]
    """The last first."""
    older: int | None
    """The entry before which the next page begins, if there is one."""


def _sought(here: Visit, q: str, kind: str, before: int | None = None, most: int | None = None) -> _Found:
    """Seek in the ledger; without words to seek, no more entries are read than are shown."""
    with here.desk.book.opened() as ledger, ledger.store.reading() as reader:
        ledger.checkpoint(reader)
        numbers = numbers_shown(here, reader, None)
        kinds = set(reader.numbers(kind)) if kind else None
        corrections = (ledger.entry(reader, number)[0] for number in reader.numbers("correction"))
        gone = {getattr(each, "of", None) for each in corrections}

        def line(number: int) -> dict[str, Any]:
            entry, _ = ledger.entry(reader, number)
            return _line(entry, counts=number not in gone) | {"case": reader.about(number)}

        wanted = [number for number in reversed(numbers) if kinds is None or number in kinds]
        lines = {number: values for number in wanted if _matches(values := line(number), q)} if q else {}
        wanted = list(lines) if q else wanted
        page = [number for number in wanted if before is None or number < before][:most]
        return _Found(
            every=len(numbers),
            count=len(wanted),
            lines=[lines.get(number) or line(number) for number in page],
            older=page[-1] if page and page[-1] != wanted[-1] else None,
        )


def _matches(line: dict[str, Any], q: str) -> bool:
    return has(q, line["author"], line["says"], *line["details"], line["case"], line["entry"].time)


@router.post("/ledger/begin")
def begin(here: Here, origin: Annotated[str, Field(max_length=200)]) -> Response:
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
def sign(here: Here, name: str, signature: Annotated[str, Field(max_length=200)] = "") -> Response:
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
        values = {"head": "Signed, and not cosigned", "says": says, "problems": error.problems, "back": waiting.back}
        return here.page("error.html", http=503, **values)
    return seen_again(waiting.back)


@router.post("/you/key")
def make_key(
    here: Here, office: Annotated[str, Field(max_length=200)], key: Annotated[str, Field(max_length=60)] = ""
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


def shown(here: Visit, of: str | None, **values: Any) -> Response:
    """Show what is on record of a case, the last entry first, or what was sought in the whole ledger."""
    book = here.desk.book
    given: dict[str, Any] = {
        "case": None, "verified": None, "lines": [], "stands": None, "now": None, "sought": None, "older": None
    }  # fmt: skip
    if book.begun and of is not None:
        with book.opened() as ledger, ledger.store.reading() as reader:
            ledger.checkpoint(reader)
            given |= _shown(ledger, reader, of, numbers_shown(here, reader, of))
    return here.page("record.html", **(given | {"book": book, "signer": book.signer(here.person.name)} | values))


def numbers_shown(here: Visit, reader: Reader, of: str | None) -> list[int]:
    """Return the entries on a case, or all; without those on cases that the person is not shown as a whole."""
    numbers = reader.numbers(about=of) if of is not None else reader.numbers()
    whole = here.desk.whole_cases(here.person.cleared)
    if whole is None:
        return numbers
    return [number for number in numbers if (case := reader.about(number)) is None or case in whole]


def _shown(ledger: Ledger, reader: Reader, of: str, numbers: list[int]) -> dict[str, Any]:
    register = register_of(reader, of)
    entries = [ledger.entry(reader, number)[0] for number in numbers]
    current = register.assessment(of)
    return {
        "lines": [_line(each, counts=register.counts(register.said[each.number])) for each in reversed(entries)],
        "stands": standing(register, of),
        "now": next((each for each in entries if current is not None and each.number == current.number), None),
        "seen": register.seen(of),
    }


def _line(entry: AnyEntry, *, counts: bool) -> dict[str, Any]:
    """An entry in words."""
    return {
        "entry": entry,
        "author": author(entry),
        "says": headline(entry),
        "details": tuple(details(entry)),
        "counts": counts,
    }
