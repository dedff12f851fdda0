"""A workbook of a dossier that was filled in elsewhere: read back as a whole, or refused with the cells at fault."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile

from tierengine.errors import EvidenceError, Problem
from tierengine.web.changes import Now
from tierengine.web.rendering import counted, listed
from tierengine.web.visit import Case, Here, TheCase, Visit, seen_again

router = APIRouter(prefix="/c/{country}/{edition}")


@router.get("/workbook")
def form(here: Here, case: TheCase) -> Response:
    """Show where the workbook is had, and where it is sent back."""
    return _page(here, case)


@router.post("/workbook")
def read_back(here: Here, case: TheCase, workbook: Annotated[UploadFile, File()]) -> Response:
    """Change the dossier as the workbook says; where anything in it is wrong, show each cell, and change nothing."""
    from tierengine.coding.sheet import taken_back  # noqa: PLC0415 - what reads workbooks is large

    name = (workbook.filename or "workbook").replace("\\", "/").rpartition("/")[2][-100:]
    raw, path, book = workbook.file.read(), case.kept.path, here.desk.rulebook
    try:
        taken = taken_back(path, raw, name, book)
        parts = (("added", taken.added), ("changed", taken.changed), ("removed", taken.removed))
        done = [f"{len(ids)} {word}" for word, ids in parts if ids]
        if not done:
            return _page(here, case, same=name)
        says = f"read a workbook back: {listed(done)}"

        def change(_: Now) -> bytes:
            return taken_back(path, raw, name, book).raw  # of the file as it stands now

        here.desk.changes.make(case.kept, here.person.name, says, change)
    except EvidenceError as error:
        return _page(here, case, error.problems, name)
    return seen_again(f"{case.address}?part=records")


def _page(here: Visit, case: Case, problems: tuple[Problem, ...] = (), name: str = "", same: str = "") -> Response:
    what = counted(len(problems), "thing")
    http = 422 if problems else 200
    return here.page("workbook.html", http=http, case=case, problems=problems, what=what, name=name, same=same)
