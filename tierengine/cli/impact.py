"""Verbs on many cases: what a change of the rules does to them, and what their placements hang on.

NumPy and pyarrow take half a second to import; that is done in the verbs, so that the others start at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from tierengine import schemas
from tierengine.cli.app import app, audit_app
from tierengine.cli.options import (
    AsOf,
    Cluster,
    CorpusPath,
    Form,
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

if TYPE_CHECKING:
    from tierengine.lab.corpus.work import Means

T = TypeVar("T")


@app.command("impact")
def impact_of(
    old: Annotated[str, typer.Argument(metavar="OLD", help="a rulebook folder, or a git revision")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="another")],
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus", metavar="PATH", help="cases to count: a folder of dossiers, or Parquet: a file or a folder"
        ),
    ] = None,
    moved: Annotated[
        Path | None,
        typer.Option("--moved", metavar="FILE", help="where to write the cases that move, as Parquet"),
    ] = None,
    as_of: AsOf = None,
    cluster: Cluster = None,
    seconds: Annotated[
        int | None,
        typer.Option("--seconds", metavar="N", min=1, help="how long the solver may try each question"),
    ] = None,
    form: Form = PlainFormat.text,
) -> None:
    """Show what a change of the rules does: stricter or looser, with proof, and whom it moves."""
    from tierengine.engines.solver import PATIENCE, Limit  # noqa: PLC0415
    from tierengine.lab.change.impact import Impact, Question, impact  # noqa: PLC0415
    from tierengine.reports.impact import print_impact  # noqa: PLC0415

    if moved is not None and corpus is None:
        cure = "name the cases with --corpus as well"
        raise UsageError([Problem(where="--moved", what="there are no cases that could move", cure=cure)])
    asked = Question(
        corpus=corpus,
        as_of=day_given(as_of) if as_of else None,
        limit=Limit(seconds=seconds) if seconds else PATIENCE,
        moved=moved,
    )
    with stopping():
        found = impact(rulebook_at(old, cache_folder()), rulebook_at(new, cache_folder()), asked, means(cluster))
    if form is PlainFormat.json:
        print_json(schemas.dump(Impact, found))
    else:
        print_impact(found, a_console())
    if not found.decided:
        raise typer.Exit(3)


@audit_app.command("like-cases")
def like_cases(
    corpus: CorpusPath,
    as_of: AsOf = None,
    cluster: Cluster = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """List each pair in which one case is at least as good on every criterion and yet placed lower."""
    from tierengine.lab.corpus.like_cases import Audit, audit  # noqa: PLC0415
    from tierengine.reports.like_cases import print_audit  # noqa: PLC0415

    with stopping():
        found = audit(corpus, rulebook_in(rulebook), day_given(as_of) if as_of else None, means(cluster))
    if form is PlainFormat.json:
        print_json(schemas.dump(Audit, found))
    else:
        print_audit(found, a_console())


@audit_app.command("fragile")
def fragile(
    corpus: CorpusPath,
    as_of: AsOf = None,
    cluster: Cluster = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """List each settled case that one other answer would move, and the rules that no case takes."""
    from tierengine.lab.corpus.fragile import Fragility, fragility  # noqa: PLC0415
    from tierengine.reports.fragile import print_fragility  # noqa: PLC0415

    book = rulebook_in(rulebook)
    with stopping():
        found = fragility(corpus, book, day_given(as_of) if as_of else None, means(cluster))
    if form is PlainFormat.json:
        print_json(schemas.dump(Fragility, found))
    else:
        print_fragility(found, book, a_console())


@audit_app.command("robust")
def robust(
    corpus: CorpusPath,
    disagreement: Annotated[
        Path | None,
        typer.Option(
            "--disagreement", metavar="FILE", help="which other levels raters were seen to give: rating,given,other"
        ),
    ] = None,
    as_of: AsOf = None,
    cluster: Cluster = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show how firmly each case keeps its tier if every rating may be one level higher or lower."""
    from tierengine.lab.corpus.robust import Robustness, robustness  # noqa: PLC0415
    from tierengine.reports.robust import print_robustness  # noqa: PLC0415

    book = rulebook_in(rulebook)
    with stopping():
        day = day_given(as_of) if as_of else None
        found = robustness(corpus, book, day, disagreement, means(cluster))
    if form is PlainFormat.json:
        print_json(schemas.dump(Robustness, found))
    else:
        print_robustness(found, book, a_console())


@audit_app.command("pack")
def pack(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="Parquet: a file or a folder")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the Parquet file to write")],
    rulebook: RulebookFolder = None,
) -> None:
    """Write a corpus of Parquet as one file whose columns are read in a third of the time."""
    from tierengine.lab.corpus.packed import write_packed  # noqa: PLC0415

    cases = write_packed(corpus, file, rulebook_in(rulebook), watch)
    print(f"{file} holds the {cases:,} cases; give it to the other commands in place of {corpus}")


def means(cluster: str | None) -> Means:
    """How the work on a corpus is done: with a bar, and with what is done kept in the cache."""
    from tierengine.lab.corpus.work import Means  # noqa: PLC0415

    cache = cache_folder()
    return Means(watch=watch, kept=None if cache is None else cache / "runs", cluster=cluster)


@contextmanager
def stopping() -> Iterator[None]:
    """Say to a user who stops a long run how far it was; it ends with 130, as the shell has it."""
    from tierengine.lab.corpus.work import StoppedError  # noqa: PLC0415

    try:
        yield
    except StoppedError as stopped:
        print(stopped, file=sys.stderr)
        raise typer.Exit(130) from None


def watch(pieces: Sequence[T], doing: str, /) -> Iterable[T]:
    """Go through long work with a bar on standard error, if that is a terminal."""
    return track(pieces, doing, console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty())
