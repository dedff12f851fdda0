"""The verb that checks a rulebook: every problem at once, each with its place and the cure."""

from __future__ import annotations

import typer

from tierengine.cli.app import app
from tierengine.cli.options import DraftFolder, Form, PlainFormat, a_console, folder_of, print_json
from tierengine.documents.lint import lint as problems_of_templates
from tierengine.documents.templates import read_templates
from tierengine.errors import RulebookError
from tierengine.lab.proofs.lint import lint as problems_of
from tierengine.law.reader import TEMPLATES
from tierengine.reports.problems import as_json


@app.command()
def lint(
    rulebook: DraftFolder = None,
    form: Form = PlainFormat.text,
) -> None:
    """Check the whole rulebook, and run the examples of every criterion and proposal."""
    folder = folder_of(rulebook)
    draft, problems = problems_of(folder)
    templates = read_templates(folder) if (folder / TEMPLATES).is_dir() else None
    if draft is not None and templates is not None:
        problems = (*problems, *problems_of_templates(templates, draft.rulebook))
    if form is PlainFormat.json:
        print_json(as_json(problems))
        if problems:
            raise typer.Exit(3)
    elif draft is None or problems:
        raise RulebookError(problems)
    else:
        says = f"{len(draft.rulebook.entries())} entries and {draft.rulebook.examples} examples: sound"
        documents = (
            "no templates of documents" if templates is None else f"{len(templates.kinds)} templates of documents"
        )
        a_console().print(f"{says}; {documents}")
