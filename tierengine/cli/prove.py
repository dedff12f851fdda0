"""Verbs that prove: what holds of every version of the law, or the smallest country that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tierengine import schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DraftFolder,
    Form,
    PlainFormat,
    a_console,
    cache_folder,
    day_given,
    folder_of,
    print_json,
)
from tierengine.engines.solver import PATIENCE, Limit
from tierengine.lab.proofs.asking import Proof
from tierengine.lab.proofs.certificates import Certificates
from tierengine.lab.proofs.prove import prove as proofs_of
from tierengine.lab.proofs.prove import written
from tierengine.law.reader import read_drafted
from tierengine.reports.proofs import print_proofs


@app.command()
def prove(
    rulebook: DraftFolder = None,
    as_of: AsOf = None,
    form: Form = PlainFormat.text,
    certificates: Annotated[
        Path | None,
        typer.Option("--certificates", metavar="DIR", help="write each question there with its proof, and a checker"),
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="DIR", help="write each counterexample there, as a dossier")
    ] = None,
    time_limit: Annotated[
        int | None, typer.Option("--time-limit", metavar="SECONDS", min=1, help="how long to try at each question")
    ] = None,
) -> None:
    """Prove what must hold of the law of every date, or show the smallest country that breaks it."""
    book = read_drafted(folder_of(rulebook), cache_folder())
    limit = Limit(seconds=time_limit) if time_limit else PATIENCE
    as_of_day = day_given(as_of) if as_of else None
    kept = None if certificates is None else Certificates.begin(certificates)
    found = tuple(proofs_of(book, as_of_day, limit, kept))
    confirmed = None if kept is None else kept.finish()
    if write is not None:
        found = tuple(written(each, write) for each in found)
    if form is PlainFormat.json:
        print_json([schemas.dump(Proof, each) for each in found])
    else:
        print_proofs(found, a_console(), confirmed)
    if any(each.verdict != "proved" for each in found):
        raise typer.Exit(3)
