"""Verbs that help to code: draft a dossier from sources, and go through what is proposed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from tierengine.cli.app import app
from tierengine.cli.options import RulebookFolder, day_given, file_bytes, rulebook_in, write_file
from tierengine.coding.drafting import Given, Heading, proposed, written
from tierengine.coding.proposing import Setting
from tierengine.coding.reader import Reader
from tierengine.coding.settings import due, earlier_placements, law_of_report, name_of, reporting_period
from tierengine.errors import ClassifiedError, EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import Country, EarlierPlacement, dossier_of
from tierengine.evidence.placements import read_placements
from tierengine.evidence.sources.reading import Format, format_of, read_source, source_name

DOSSIER = "dossier.yaml"


@app.command()
def draft(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="the source documents, of any format")],
    country: Annotated[str, typer.Option("--country", metavar="CODE", help="two capital letters, such as GT")],
    report: Annotated[int, typer.Option("--report", metavar="YEAR", help="the year of the annual report")],
    history: Annotated[
        Path | None, typer.Option("--history", metavar="FILE.csv", help="placements of earlier years")
    ] = None,
    covers: Annotated[
        bool,
        typer.Option("--covers-period", help="the sources report on the period: what has no date there is of it"),
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
    """Draft a dossier from sources: for each sentence what it may tell, for a person to accept, change or refuse."""
    place = _place(output, sources)
    code = _country(country)
    book = rulebook_in(rulebook)
    law = law_of_report(book, report)
    placements = _placements(history, code, report)
    given = _opened(sources, place.parent)
    heading = Heading(
        country=code,
        name=name or name_of(code) or code,
        as_of=day_given(as_of) if as_of else law.as_of,
        period=reporting_period(book, report),
        last_report=due(book, report - 1),
        placements=placements,
    )
    setting = Setting(Reader(book, law), law, heading.period, f"Government of {heading.name}", covers)
    items = tuple(proposed((each.opened for each in given), setting))
    text = written(heading, given, items).encode()
    dossier_of(text, place.name, {each.file: each.opened.raw for each in given})  # nothing is written that is unsound
    _beside(sources, given, place.parent)
    write_file(place, text)
    print(f"{place}: {len(items)} things told, with what each may mean. Go through them: tierengine code {place}")


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


def _country(code: str) -> str:
    try:
        found: str = TypeAdapter(Country).validate_python(code)
    except ValidationError:
        problem = Problem(
            where="--country",
            what=f"`{code}` is no country code",
            cure="write the two capital letters of ISO 3166-1, such as GT",
        )
        raise UsageError([problem]) from None
    return found


def _placements(history: Path | None, country: str, report: int) -> tuple[EarlierPlacement, ...]:
    if history is None:
        return ()
    return tuple(earlier_placements(read_placements(history), country, report, history.name))


def _opened(sources: Sequence[Path], folder: Path) -> tuple[Given, ...]:
    """The sources, read. Raise `EvidenceError` with all that is wrong, `ClassifiedError` if one is marked."""
    given: list[Given] = []
    problems: list[Problem] = []
    classified = False
    for path in sources:
        try:
            given.append(_one(path, folder, {each.opened.id for each in given}))
        except EvidenceError as error:
            problems += error.problems
            classified = classified or isinstance(error, ClassifiedError)
    problems += _twice(given)
    if problems:
        raise (ClassifiedError if classified else EvidenceError)(problems)
    return tuple(given)


def _one(path: Path, folder: Path, known: Iterable[str]) -> Given:
    raw = file_bytes(path)
    form: Format = format_of(raw, path.name)
    called = source_name(path.name)
    while called in known:
        called = f"{called}-2"
    opened = read_source([(path.name, raw)], form, called)
    inside = path.resolve().is_relative_to(folder.resolve())
    file = path.resolve().relative_to(folder.resolve()).as_posix() if inside else path.name
    return Given(file, form, opened)


def _twice(given: Sequence[Given]) -> Iterable[Problem]:
    """Two sources that would lie in one file, or that call themselves alike."""
    for number, each in enumerate(given):
        for other in given[:number]:
            if other.opened.id == each.opened.id:
                what = f"calls itself {each.opened.id}, as `{other.file}` does"
                yield Problem(where=f"{each.file}:1:1", what=what, cure="give one of the two")
            elif other.file == each.file:
                cure = "give one of them another name"
                yield Problem(
                    where=f"{each.file}:1:1", what="two sources of this name would lie beside the dossier", cure=cure
                )


def _beside(sources: Sequence[Path], given: Sequence[Given], folder: Path) -> None:
    """Copy sources from elsewhere to the dossier. Raise `UsageError` if another file of the name lies there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the folder cannot be made: {error.strerror}"
        cure = "name one that exists, or can be made, and in which you may write"
        raise UsageError([Problem(where=f"--output {folder}", what=what, cure=cure)]) from None
    problems = []
    for path, each in zip(sources, given, strict=True):
        target = folder / each.file
        if target.exists() and target.resolve() != path.resolve() and target.read_bytes() != each.opened.raw:
            problems.append(
                Problem(where=str(target), what="another file of this name lies there", cure="rename one of the two")
            )
    if problems:
        raise UsageError(problems)
    for path, each in zip(sources, given, strict=True):
        target = folder / each.file
        if not target.exists():
            write_file(target, each.opened.raw)
            print(f"copied {path.name} beside the dossier", file=sys.stderr)
