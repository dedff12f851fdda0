"""Verbs on the rulebook as files: copy it out, to be changed."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import RulebookFolder, folder_of
from tierengine.documents.templates import template_files
from tierengine.errors import Problem, UsageError
from tierengine.law.reader import rulebook_digest, rulebook_files


@app.command("new-rulebook")
def new_rulebook(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="where the copy goes; it must not exist yet")],
    rulebook: RulebookFolder = None,
) -> None:
    """Copy the law out into a folder, for those who change it; --rulebook FOLDER then reads it."""
    if folder.exists():
        problem = Problem(where=str(folder), what="is there already", cure="name a folder that does not exist yet")
        raise UsageError([problem])
    files = rulebook_files(folder_of(rulebook))
    templates = dict(template_files(folder_of(rulebook)))
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, raw in ({file.name: file.raw for file in files} | templates).items():
                path = beside / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
            beside.chmod(0o755)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        what = f"the copy cannot be made there: {error.strerror}"
        raise UsageError(
            [Problem(where=str(folder), what=what, cure="name a folder in one you may write to")]
        ) from None
    sys.stdout.write(
        f"{len(files)} files of the law with the digest {rulebook_digest(files)} are copied to {folder},"
        f" and {len(templates)} files with templates of documents.\n"
        f"Check them with `tierengine lint {folder}`, and use them with `--rulebook {folder}`.\n"
    )
