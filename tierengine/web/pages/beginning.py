"""A new dossier: sources are sent, read by the guarded readers, and drafted from."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from tierengine.coding.starting import Beginning, begun
from tierengine.errors import Problem, UsageError
from tierengine.evidence.sources.reading import FORMATS
from tierengine.web.visit import Here, seen_again
from tierengine.wholefile import write_whole

router = APIRouter()

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@router.get("/new")
def new(here: Here) -> Response:
    """Show the form."""
    return here.page("new.html", formats=FORMATS, year=datetime.now(UTC).year)


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
    sent = _named([(each.filename or "", each.file.read()) for each in sources if each.filename])
    beginning = Beginning(country=country.strip().upper(), report=report, covers_period=covers)
    raw = begun(beginning, sent, here.desk.rulebook).document.raw
    name = f"{beginning.country.lower()}-{report}"
    _write(here.desk.folder / name, [*sent, ("dossier.yaml", raw)])
    return seen_again(f"/c/{beginning.country}/{report}")


def _named(sent: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files under names that lead nowhere else, each once, none of which is that of the dossier."""
    found: dict[str, bytes] = {}
    for name, raw in sent:
        plain = _UNSAFE.sub("-", name.replace("\\", "/").rpartition("/")[2]).lstrip(".-")[-100:] or "source"
        stem, dot, ending = plain.rpartition(".")
        known = {*found, "dossier.yaml"}
        free = (f"{stem}-{number}{dot}{ending}" if dot else f"{ending}-{number}" for number in range(2, 1000))
        found[plain if plain not in known else next(each for each in free if each not in known)] = raw
    return list(found.items())


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
