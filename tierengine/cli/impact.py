"""Verbs on many cases: what a change of the rules does to them, and whether like cases are placed alike.

NumPy and pyarrow take half a second to import; that is done in the verbs, so that the others start at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from tierengine import schemas
from tierengine.cli.app import app, audit_app
from tierengine.cli.options import (
    AsOf,
    PlainFormat,
    RulebookFolder,
    a_console,
    cache_folder,
    day_given,
    print_json,
    rulebook_in,
)
from tierengine.errors import Problem, UsageError
from tierengine.law.revisions import rulebook_at

T = TypeVar("T")


@app.command("impact")
def impact_of(
    old: Annotated[str, typer.Argument(metavar="OLD", help="a rulebook folder, or a git revision")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="another")],
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", metavar="PATH", help="cases to count: a folder of dossiers, or a Parquet file"),
    ] = None,
    moved: Annotated[
        Path | None,
        typer.Option("--moved", metavar="FILE", help="where to write the cases that move, as Parquet"),
    ] = None,
    as_of: AsOf = None,
    seconds: Annotated[
        int | None,
        typer.Option("--seconds", metavar="N", min=1, help="how long the solver may try each question"),
    ] = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
) -> None:
    """Tell what a change of the rules does: stricter or looser, with proof, and whom it moves."""
    from tierengine.engines.solver import PATIENCE, Limit  # noqa: PLC0415
    from tierengine.lab.change.census import write_moves  # noqa: PLC0415
    from tierengine.lab.change.impact import Impact, Question, impact  # noqa: PLC0415
    from tierengine.reports.impact import print_impact  # noqa: PLC0415

    if moved is not None and corpus is None:
        cure = "name the cases with --corpus as well"
        raise UsageError([Problem(where="--moved", what="there are no cases that could move", cure=cure)])
    asked = Question(
        corpus=corpus,
        as_of=day_given(as_of) if as_of else None,
        limit=Limit(seconds=seconds) if seconds else PATIENCE,
    )
    told = impact(rulebook_at(old, cache_folder()), rulebook_at(new, cache_folder()), asked, watch)
    if moved is not None and told.census is not None:
        write_moves(told.census, moved)
    if form is PlainFormat.json:
        print_json(schemas.dump(Impact, told))
    else:
        print_impact(told, a_console())
    if not told.decided:
        raise typer.Exit(3)


@audit_app.command("like-cases")
def like_cases(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="a folder of dossiers, or a Parquet file")],
    as_of: AsOf = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """List each pair in which one case is at least as good on every criterion and yet placed lower."""
    from tierengine.lab.corpus.like_cases import Audit, audit  # noqa: PLC0415
    from tierengine.reports.like_cases import print_audit  # noqa: PLC0415

    told = audit(corpus, rulebook_in(rulebook), day_given(as_of) if as_of else None, watch)
    if form is PlainFormat.json:
        print_json(schemas.dump(Audit, told))
    else:
        print_audit(told, a_console())


@audit_app.command("fragile")
def fragile(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="a folder of dossiers, or a Parquet file")],
    as_of: AsOf = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """List each settled case that a single other answer would move, and the rules that no case takes."""
    from tierengine.lab.corpus.fragile import Fragility, fragility  # noqa: PLC0415
    from tierengine.reports.fragile import print_fragility  # noqa: PLC0415

    told = fragility(corpus, rulebook_in(rulebook), day_given(as_of) if as_of else None, watch)
    if form is PlainFormat.json:
        print_json(schemas.dump(Fragility, told))
    else:
        print_fragility(told, a_console())


def watch(pieces: Sequence[T], doing: str, /) -> Iterable[T]:
    """Go through long work with a bar on standard error, if that is a terminal."""
    return track(pieces, doing, console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty())
