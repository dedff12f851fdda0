"""The verb that opens the desk in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import CensusCases, DossiersFolder, RulebookFolder, cache_folder, folder_of, keys_folder
from tierengine.errors import Problem, UsageError
from tierengine.web.desk import open_desk
from tierengine.web.server import serve_on_loopback, state_folder


@app.command()
def desk(
    folder: DossiersFolder = Path(),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="the port; 0 takes a free one")] = 0,
    rulebook: RulebookFolder = None,
    corpus: CensusCases = None,
) -> None:
    """Open the desk in the browser, for one person over a folder of dossiers."""
    if not folder.is_dir():
        raise UsageError([Problem(where=str(folder), what="is no folder", cure="name the folder of your dossiers")])
    opened = open_desk(folder, folder_of(rulebook), cache=cache_folder(), keys=keys_folder(None), cases=corpus)
    printed = [0]

    def announce(link: str) -> None:
        first = (
            "The desk is open. Your browser comes in by this link, once:" if not printed[0] else "For another browser:"
        )
        printed[0] += 1
        typer.echo(f"{first}\n    {link}")
        if printed[0] == 1:
            typer.echo(f"Requests are logged in {state_folder(folder) / 'requests.log'}. Ctrl-C closes the desk.")

    serve_on_loopback(opened, port, announce)
