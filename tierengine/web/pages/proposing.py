"""Proposed changes of law: the difference, what was found out of it, who approves; then it is written as files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Response

from tierengine.errors import Problem, RulebookError, UsageError
from tierengine.lab.cases.examples import failed_examples
from tierengine.law.reader import draft_of, rulebook_files
from tierengine.ledger import acts
from tierengine.ledger.book import Ledger
from tierengine.ledger.entries import ProposalEntry
from tierengine.ledger.findings import findings
from tierengine.ledger.keys import plain_name
from tierengine.ledger.replay import Replayer
from tierengine.ledger.store import Reader
from tierengine.ledger.words import author, headline
from tierengine.web.pages.editing import Name, with_draft
from tierengine.web.pages.ledger import signing
from tierengine.web.visit import Here, seen_again
from tierengine.wholefile import write_whole

router = APIRouter()

Reasons = Annotated[str, Form(max_length=8000)]

_FIRST = "begin the ledger on its page: its first entry is the law of the day"


@router.post("/law/propose")
def propose(here: Here, name: Name, text: Annotated[str, Form(max_length=500_000)], reasons: Reasons) -> Response:
    """Make a proposal ready: the draft, why, its difference, the proof of its direction, and its census."""
    files = with_draft(rulebook_files(here.desk.lawbook.folder), name, text.replace("\r\n", "\n"))
    draft = draft_of(files)
    if problems := [*draft.ill_placed, *failed_examples(draft)]:
        raise RulebookError(problems)
    return signing(
        here,
        "/changes",
        lambda desk: acts.propose(
            desk, files, draft.rulebook.examples, findings(desk.ledger, files, here.census, _FIRST), reasons
        ),
    )


@router.get("/changes")
def changes(here: Here) -> Response:
    """List the proposals, the last first, each with how it stands."""
    if not here.desk.book.begun:
        return here.page("changes.html", proposals=[], begun=False)
    with here.desk.book.opened() as ledger, ledger.store.reading() as reader:
        numbers = reader.numbers("proposal")
        found = [_proposal(ledger, reader, number) for number in reversed(numbers)]
    return here.page("changes.html", proposals=found, begun=True)


@router.get("/changes/{number}")
def change(here: Here, number: int) -> Response:
    """Show a proposal: its difference with what was found out of it, and who has looked at it."""
    with here.desk.book.opened() as ledger, ledger.store.reading() as reader:
        proposal = _proposal(ledger, reader, number)
        entry = proposal["entry"]
        difference = ledger.blob(reader, entry.difference).decode()
        proof = json.loads(ledger.blob(reader, entry.proof))
        census = None if entry.census is None else json.loads(ledger.blob(reader, entry.census))
    proposal |= {
        "own": plain_name(entry.by.name) == plain_name(here.person.name),
        "written": here.desk.rulebook.digest == entry.rulebook,
    }
    return here.page("change.html", lines=difference.splitlines(), proof=proof, census=census, **proposal)


@router.post("/changes/{number}/review")
def review(here: Here, number: int, reasons: Reasons, verdict: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Make an approval of a proposal ready, or an objection to it; its author cannot give one."""
    return signing(
        here,
        f"/changes/{number}",
        lambda desk: acts.review(desk, number, reasons, approves=verdict == "yes"),
    )


@router.post("/changes/{number}/adopt")
def adopt(here: Here, number: int, reasons: Reasons) -> Response:
    """Make the adoption of an approved proposal ready."""
    return signing(here, f"/changes/{number}", lambda desk: acts.adopt(desk, number, reasons))


@router.post("/changes/{number}/write")
def write(here: Here, number: int) -> Response:
    """Write the files of a proposal that was adopted, and commit them where the folder of the law is under git."""
    with here.desk.book.opened() as ledger, ledger.store.reading() as reader:
        proposal = _proposal(ledger, reader, number)
        if not proposal["adopted"]:
            raise HTTPException(409, "Only a change that was adopted is written. Somebody else approves it first.")
        _, files = Replayer(ledger).rulebook(reader, proposal["entry"].rulebook)
    folder = here.desk.lawbook.folder
    changed = [file for file in files if (folder / file.name).read_bytes() != file.raw]
    for file in changed:
        write_whole(folder / file.name, file.raw)
    here.desk.lawbook.changed()
    _commit(folder, [file.name for file in changed], f"{proposal['entry'].reasons}\n\nEntry {number} of the ledger.")
    return seen_again(f"/changes/{number}")


def _commit(folder: Path, names: list[str], message: str) -> None:
    """Commit some files, if there are any and the folder is a git repository; nothing else is committed with them."""
    if not names or not (folder / ".git").exists():
        return
    made = subprocess.run(  # noqa: S603
        ["git", "-C", str(folder), "commit", "--quiet", "-m", message, "--", *names],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        cure = "the files are written; commit them by hand"
        raise UsageError([Problem(where="git", what=made.stderr.strip().splitlines()[-1], cure=cure)])


def _proposal(ledger: Ledger, reader: Reader, number: int) -> dict[str, Any]:
    """A proposal with its reviews, whether it is approved and adopted. Raise `HTTPException` 404 if it is none."""
    if not 0 <= number < ledger.checkpoint(reader).size:
        raise HTTPException(404, "The ledger has no such entry.")
    entry, _ = ledger.entry(reader, number)
    if not isinstance(entry, ProposalEntry):
        raise HTTPException(404, f"Entry {number} is no proposal, it is a {entry.kind}.")
    later = [ledger.entry(reader, each)[0] for each in reader.numbers("review", "rulebook") if each > number]
    reviews = [each for each in later if getattr(each, "of", None) == number]
    adopted = next((each for each in later if getattr(each, "proposal", None) == number), None)
    return {
        "entry": entry,
        "author": author(entry),
        "says": headline(entry),
        "reviews": [{"entry": each, "author": author(each), "says": headline(each)} for each in reviews],
        "approved": bool(reviews) and all(getattr(each, "approves", False) for each in reviews),
        "adopted": adopted,
    }
