"""Verbs that help to write a dossier: out into a spreadsheet and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import AsOf, DossierFile, RulebookFolder, day_given, rulebook_in, write_file
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.sources.reading import refuse_too_large


@app.command()
def sheet(
    dossier: DossierFile,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="the workbook to write, or to read with --read")],
    read: Annotated[bool, typer.Option("--read", help="take the workbook back into the dossier")] = False,
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Write a dossier as a workbook with drop-down lists; with --read, take the workbook back into the dossier."""
    from tierengine.coding.sheet import taken_back, written_out  # noqa: PLC0415  # the library for XLSX is a large one

    book, day = rulebook_in(rulebook), day_given(as_of) if as_of else None
    if not read:
        _refuse_to_write_over(file, "add --read to take it back into the dossier, or name another file")
        write_file(file, written_out(dossier, book, day))
        print(f"{file.name}: written; fill it in, then: tierengine sheet {dossier} {file} --read")
        return
    taken = taken_back(dossier, _bytes(file), file.name, book, day)
    if taken.raw != dossier.read_bytes():
        write_file(dossier, taken.raw)
    told = {"added": taken.added, "changed": taken.changed, "removed": taken.removed}
    if not any(told.values()):
        print(f"{dossier.name}: nothing was changed")
    for what, ids in told.items():
        if ids:
            print(f"{dossier.name}: {len(ids)} {what}: {', '.join(ids)}")
    if taken.waiting:
        print(f"{dossier.name}: {taken.waiting} ratings wait to be given", file=sys.stderr)


def _refuse_to_write_over(path: Path, cure: str) -> None:
    """Raise `UsageError` if a file is there already, in which somebody may have written."""
    if path.exists():
        raise UsageError([Problem(where=str(path), what="there is such a file already", cure=cure)])


def _bytes(path: Path) -> bytes:
    try:
        refuse_too_large(path.stat().st_size, path.name)
        return path.read_bytes()
    except OSError as error:
        problem = Problem(
            where=str(path), what=f"cannot be opened: {error.strerror}", cure="name a file that exists and may be read"
        )
        raise EvidenceError([problem]) from None
