"""Verbs that help to write a dossier: out into a spreadsheet and back, and into the next year."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    RulebookFolder,
    a_console,
    day_given,
    rulebook_in,
    write_file,
    year_given,
)
from tierengine.coding.roll import Wanted
from tierengine.coding.roll import roll as roll_dossier
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.sources.reading import refuse_too_large
from tierengine.law.entries import Becomes
from tierengine.reports.text import print_wrapped


class PlacementName(StrEnum):
    """A placement as it is written on the command line."""

    one = "1"
    two = "2"
    watch_list = "2WL"
    three = "3"
    special = "SC"


@app.command()
def sheet(
    dossier: DossierFile,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="the workbook to write, or to read with --read")],
    read: Annotated[bool, typer.Option("--read", help="take the workbook back into the dossier")] = False,
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Write a dossier as a workbook with drop-down lists; with --read, take the workbook back."""
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
    values = {"added": taken.added, "changed": taken.changed, "removed": taken.removed}
    if not any(values.values()):
        print(f"{dossier.name}: nothing was changed")
    for what, ids in values.items():
        if ids:
            print(f"{dossier.name}: {len(ids)} {what}: {', '.join(ids)}")
    if taken.waiting:
        print(f"{dossier.name}: {taken.waiting} ratings wait to be given", file=sys.stderr)


@app.command()
def roll(
    dossier: DossierFile,
    report: Annotated[str, typer.Option("--report", metavar="YEAR", help="the report for which the new one is")],
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="the new dossier; beside the old one if none is named"),
    ] = None,
    placed: Annotated[
        PlacementName | None,
        typer.Option("--placed", help="where the last report placed the country: 1, 2, 2WL, 3, SC"),
    ] = None,
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Make next year's dossier: what stands, the figures of last year, and what is to be asked."""
    asked = year_given(report, "--report")
    file = output or dossier.with_name(f"{dossier.stem}-{report}{dossier.suffix}")
    _refuse_to_write_over(file, "name another file with --output")
    wanted = Wanted(asked, file.parent, day_given(as_of) if as_of else None, placed.value if placed else None)
    rolled = roll_dossier(dossier, wanted, rulebook_in(rulebook))
    write_file(file, rolled.raw)
    console = a_console()
    first, last = rolled.period
    console.print(f"{file.name}: for the report of {report}, law of {rolled.law}, period {first} to {last}")
    for rule in dict.fromkeys(each.rule for each in rolled.carried):
        ids = [each.id for each in rolled.carried if each.rule is rule]
        print_wrapped(f"{_counted(rule.becomes, len(ids))}: {', '.join(ids)} [{rule.id}]", console, 2, hang=2)
    if rolled.left:
        print_wrapped(f"{len(rolled.left)} left behind: {', '.join(rolled.left)}", console, 2, hang=2)
    if placed is None:
        print_wrapped(f"not known: where the report of {asked - 1} placed the country (--placed)", console, 2, hang=2)


def _counted(becomes: Becomes, count: int) -> str:
    """Name what records become, with how many there are."""
    several = {
        "a standing record": "standing records",
        "a question": "questions",
        "a figure of last year": "figures of last year",
    }
    return f"{count} {several[becomes] if count > 1 else becomes.removeprefix('a ')}"


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
