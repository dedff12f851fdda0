"""The verb that checks a rulebook: every problem at once, each with its place and the cure."""

from __future__ import annotations

from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import DraftFolder, PlainFormat, a_console, folder_of, print_json
from tierengine.errors import RulebookError
from tierengine.lab.proofs.lint import lint as problems_of
from tierengine.reports.problems import as_json


@app.command()
def lint(
    rulebook: DraftFolder = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
) -> None:
    """Check the whole rulebook, and run the examples of every criterion and proposal."""
    draft, problems = problems_of(folder_of(rulebook))
    if form is PlainFormat.json:
        print_json(as_json(problems))
        if problems:
            raise typer.Exit(3)
    elif draft is None or problems:
        raise RulebookError(problems)
    else:
        told = f"{len(draft.rulebook.entries())} entries and {draft.rulebook.examples} examples: sound"
        a_console().print(told)
