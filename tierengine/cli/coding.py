"""Verbs that help to code: draft a dossier from sources, and go through what is proposed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import RulebookFolder, day_given, file_bytes, rulebook_in, write_file, year_given
from tierengine.coding.starting import DOSSIER, Beginning, begun
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.placements import read_placements
from tierengine.evidence.sources.reading import File


@app.command()
def draft(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE", help="the source documents, of any format")],
    country: Annotated[str, typer.Option("--country", metavar="CODE", help="two capital letters, such as GT")],
    report: Annotated[str, typer.Option("--report", metavar="YEAR", help="the year of the annual report")],
    history: Annotated[
        Path | None, typer.Option("--history", metavar="FILE.csv", help="placements of earlier years")
    ] = None,
    covers: Annotated[
        bool,
        typer.Option("--covers-period", help="the sources report on the period; undated statements are of it"),
    ] = False,
    name: Annotated[str | None, typer.Option("--name", help="the country's name, if not that of ISO 3166")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="the day of the report, if not that on which it is due"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help=f"a file, or a folder for {DOSSIER}; else beside the first source")
    ] = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Draft a dossier from sources: what each sentence may answer, to be accepted or refused."""
    place = _place(output, sources)
    beginning = Beginning(
        country=country,
        report=year_given(report, "--report"),
        today=datetime.now(UTC).date(),
        name=name,
        as_of=day_given(as_of) if as_of else None,
        covers_period=covers,
        placements=read_placements(history) if history is not None else (),
        placed_in=history.name if history is not None else "",
    )
    files, unread = _files(sources, place.parent)
    drafted = begun(beginning, files, rulebook_in(rulebook), unread)
    _beside(sources, files, place.parent)
    write_file(place, drafted.document.raw)
    print(f"{place}: {_found(len(drafted.undecided), place)}")


def _found(statements: int, place: Path) -> str:
    """How many statements a draft found, and what to do next."""
    if not statements:
        return "no sentence leads to a question. Write records by hand; `tierengine questions` lists what is asked"
    found = (
        "1 statement found, with what it may mean"
        if statements == 1
        else f"{statements} statements found, with what each may mean"
    )
    return f"{found}. Go through {'it' if statements == 1 else 'them'}: tierengine code {place}"


def _place(output: Path | None, sources: Sequence[Path]) -> Path:
    """Where the dossier is to be written. Raise `UsageError` if one lies there, which may be somebody's work."""
    place = output if output is not None else sources[0].parent
    place = place / DOSSIER if place.is_dir() or place.suffix == "" else place
    if place.exists():
        problem = Problem(
            where=str(place),
            what="a dossier lies there already, and is not written over",
            cure="name another file with --output, or move that one away",
        )
        raise UsageError([problem])
    return place


def _files(sources: Sequence[Path], folder: Path) -> tuple[list[File], list[Problem]]:
    """The files, each named as it lies or will lie in the folder of the dossier, and what could not be opened."""
    files: list[File] = []
    problems: list[Problem] = []
    for path in sources:
        inside = path.resolve().is_relative_to(folder.resolve())
        name = path.resolve().relative_to(folder.resolve()).as_posix() if inside else path.name
        try:
            files.append((name, file_bytes(path)))
        except EvidenceError as error:
            problems += error.problems
    return files, problems


def _beside(sources: Sequence[Path], files: Sequence[File], folder: Path) -> None:
    """Copy sources from elsewhere to the dossier. Raise `UsageError` if another file of the name lies there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the folder cannot be made: {error.strerror}"
        cure = "name one that exists, or can be made, and in which you may write"
        raise UsageError([Problem(where=f"--output {folder}", what=what, cure=cure)]) from None
    problems = []
    for path, (name, raw) in zip(sources, files, strict=True):
        target = folder / name
        if target.exists() and target.resolve() != path.resolve() and target.read_bytes() != raw:
            problems.append(
                Problem(where=str(target), what="another file of this name lies there", cure="rename one of the two")
            )
    if problems:
        raise UsageError(problems)
    for path, (name, raw) in zip(sources, files, strict=True):
        target = folder / name
        if not target.exists():
            write_file(target, raw)
            print(f"copied {path.name} beside the dossier", file=sys.stderr)
