"""The case in the ledger: a line of time, who said what, whether it all holds; and what a person adds to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Response

from tierengine.errors import TierEngineError
from tierengine.law.reader import rulebook_files
from tierengine.ledger import acts
from tierengine.ledger.acts import Ground
from tierengine.ledger.replay import replay
from tierengine.ledger.verify import verify
from tierengine.terms.tier import Tier
from tierengine.web.downloads import download
from tierengine.web.pages.ledger import shown, signing
from tierengine.web.visit import Case, Here, TheCase, Visit

router = APIRouter(prefix="/c/{country}/{edition}/record")

Reasons = Annotated[str, Form(max_length=8000)]
Number = Annotated[int, Form(ge=0)]
Held = Annotated[Tier | Literal[""], Form()]


@router.get("")
def record(here: Here, case: TheCase) -> Response:
    """Show what is on record of a case, as a line of time."""
    return shown(here, case.casefile.dossier.id, case=case)


@router.post("/verify")
def check(here: Here, case: TheCase) -> Response:
    """Verify the whole ledger, and make what the engine said of this case again."""
    book = here.desk.book
    try:
        with book.opened() as ledger:
            found = verify(ledger)
            with ledger.store.reading() as reader:
                numbers = reader.numbers("assessment", about=case.casefile.dossier.id)
            others = replay(ledger, numbers, lambda: None, workers=1)
    except TierEngineError as error:
        values: dict[str, Any] = {"problems": error.problems}
    else:
        values = {"holds": found, "replayed": len(numbers), "others": others}
    return shown(here, case.casefile.dossier.id, case=case, verified=values)


@router.get("/{number}/packet.zip")
def packet(here: Here, case: TheCase, number: int) -> Response:
    """Give the packet of an entry: one file by which a stranger checks the case without network."""
    from tierengine.ledger.archive import pack  # noqa: PLC0415
    from tierengine.ledger.packet import export  # noqa: PLC0415 - it loads what writes where an answer comes from

    _on_this_case(here, case, number)
    with here.desk.book.opened() as ledger:
        raw = pack(export(ledger, number))
    return download(raw, f"{case.casefile.dossier.id}-{number}.zip")


@router.post("/record")
def put_on_record(here: Here, case: TheCase) -> Response:
    """Assess the dossier as it stands, and make the answer ready to be recorded."""
    files = rulebook_files(here.desk.lawbook.folder)
    return signing(here, f"{case.address}/record", lambda desk: acts.record(desk, case.casefile, files, None)[0])


@router.post("/position")
def position(here: Here, case: TheCase, number: Number, reasons: Reasons, tier: Held = "") -> Response:
    """Make a position of the person's office ready: agreement with an assessment, or dissent."""
    _on_this_case(here, case, number)
    ground = Ground(tier=tier or None, reasons=reasons, discretion=bool(tier))
    return signing(here, f"{case.address}/record", lambda desk: acts.position(desk, number, ground))


@router.post("/determination")
def determination(
    here: Here,
    case: TheCase,
    number: Number,
    reasons: Reasons,
    seen: Annotated[str, Form(max_length=100)],
    tier: Held = "",
) -> Response:
    """Make a determination ready: it adopts the recommendation or departs from it."""
    _on_this_case(here, case, number)
    ground = Ground(tier=tier or None, reasons=reasons, discretion=bool(tier))
    return signing(here, f"{case.address}/record", lambda desk: acts.determine(desk, number, seen, ground))


@router.post("/review")
def review(
    here: Here, case: TheCase, number: Number, reasons: Reasons, verdict: Annotated[Literal["yes", "no"], Form()]
) -> Response:
    """Make a review of somebody else's entry ready."""
    _on_this_case(here, case, number)
    return signing(
        here,
        f"{case.address}/record",
        lambda desk: acts.review(desk, number, reasons, approves=verdict == "yes"),
    )


def _on_this_case(here: Visit, case: Case, number: int) -> None:
    """Raise `HTTPException` 404 unless an entry is on the case of the address: for another, they may not be cleared."""
    with here.desk.book.opened() as ledger, ledger.store.reading() as reader:
        if reader.about(number) != case.casefile.dossier.id:
            raise HTTPException(404, f"Entry {number} is not on this case.")
