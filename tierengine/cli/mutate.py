"""The verb that tries every single change of the law on everything that should notice it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from tierengine import schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    DraftFolder,
    Form,
    PlainFormat,
    a_console,
    cache_folder,
    folder_of,
    print_json,
    write_file,
)
from tierengine.engines.solver import Limit
from tierengine.errors import Problem, UsageError
from tierengine.lab.change.mutation import PATIENCE, Mutation, Plan, changed_files, mutation
from tierengine.law.reader import rulebook_files
from tierengine.law.revisions import files_at
from tierengine.reports.mutation import cases_of, print_mutation


@app.command()
def mutate(
    rulebook: DraftFolder = None,
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="PATH", help="a file or folder of cases; else the project's own")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="REV", help="only changes to files that differ from a revision or folder"),
    ] = None,
    file: Annotated[
        list[str] | None, typer.Option("--file", metavar="NAME", help="only changes to this file; may be repeated")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample",
            metavar="N",
            min=1,
            help="look at each N-th change alone, or with --record as well",
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE", help="only changes on which this record no longer holds"),
    ] = None,
    suggest: Annotated[
        Path | None, typer.Option("--suggest", metavar="FILE", help="write the cases that would notice what moves")
    ] = None,
    time_limit: Annotated[
        int | None, typer.Option("--time-limit", metavar="SECONDS", min=1, help="how long to try at each change")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="look again at what an earlier run has found")] = False,
    form: Form = PlainFormat.text,
) -> None:
    """Try every single change of the law: what notices it, and what moves an answer unseen."""
    folder = folder_of(rulebook)
    plan = Plan(
        rulebook=folder,
        cases=cases or folder_of(None) / "tests" / "cases",
        limit=Limit(seconds=time_limit) if time_limit else PATIENCE,
        files=_files(folder, file, since),
        sample=sample,
        kept=None if again else cache_folder(),
        record=record,
    )
    found = _watched(plan)
    if suggest is not None:
        write_file(suggest, cases_of(found.moving()).encode())
    if form is PlainFormat.json:
        print_json(schemas.dump(Mutation, found))
    else:
        print_mutation(found, a_console())
    if found.moving() or found.undecided():
        raise typer.Exit(3)


def _files(folder: Path, named: list[str] | None, since: str | None) -> frozenset[str] | None:
    """The files of the rulebook whose changes are looked at: those named, and those that differ; nothing means all."""
    files = rulebook_files(folder)
    known = {each.name for each in files}
    if unknown := sorted(set(named or ()) - known):
        cure = f"write one of: {', '.join(sorted(each for each in known if each.startswith('rules/')))}, or a criterion"
        raise UsageError([Problem(where="--file", what=f"the rulebook has no file {unknown[0]}", cure=cure)])
    differing = None if since is None else changed_files(files, files_at(since))
    if named is None or not named:
        return differing
    return frozenset(named) if differing is None else differing & set(named)


def _watched(plan: Plan) -> Mutation:
    """Run with a bar on standard error; a run that is stopped says that it can be gone on with."""
    console = Console(file=sys.stderr)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("trying single changes", total=None)
        try:
            return mutation(plan, lambda done, total: bar.update(task, completed=done, total=total))
        except KeyboardInterrupt:
            bar.stop()
            sys.stderr.write("stopped; what was found is kept, and the same command goes on from there\n")
            raise typer.Exit(130) from None
