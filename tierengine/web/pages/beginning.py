"""A new dossier: sources are sent, read by the guarded readers, and drafted from."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from tierengine.coding.settings import drafted_years
from tierengine.coding.starting import Beginning, begun
from tierengine.errors import Problem, UsageError
from tierengine.web.uploads import sent_files
from tierengine.web.visit import Here, seen_again
from tierengine.wholefile import write_whole

router = APIRouter()


@router.get("/new")
def new(here: Here) -> Response:
    """Show the form."""
    today = datetime.now(UTC).date()
    return here.page("new.html", year=today.year, years=drafted_years(here.desk.rulebook, today))


@router.post("/new")
def begin(
    here: Here,
    country: Annotated[str, Form(max_length=2)],
    report: Annotated[int, Form()],
    sources: Annotated[list[UploadFile], File()],
    *,
    covers: Annotated[bool, Form()] = False,
) -> Response:
    """Draft a dossier from the sources, in a folder of its own, which appears as a whole or not at all."""
    sent = sent_files(sources, {"dossier.yaml"})
    today = datetime.now(UTC).date()
    beginning = Beginning(country=country.strip().upper(), report=report, today=today, covers_period=covers)
    raw = begun(beginning, sent, here.desk.rulebook).document.raw
    name = f"{beginning.country.lower()}-{report}"
    _write(here.desk.folder / name, [*sent, ("dossier.yaml", raw)])
    return seen_again(f"/c/{beginning.country}/{report}")


def _write(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    if folder.exists():
        what, cure = "a dossier of this country and year lies here already", "open it, or move its folder away"
        raise UsageError([Problem(where=folder.name, what=what, cure=cure)])
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    beside.mkdir()
    try:
        for name, raw in files:
            write_whole(beside / name, raw)
        beside.rename(folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        what, cure = (
            f"the dossier cannot be written: {error.strerror}",
            "see that the folder of the desk can be written",
        )
        raise UsageError([Problem(where=folder.name, what=what, cure=cure)]) from None
