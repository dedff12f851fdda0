"""The verb that shows a year of dossiers at a glance."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.documents import templates_in
from tierengine.cli.impact import watch
from tierengine.cli.options import (
    DocumentFile,
    KeysFolder,
    RulebookFolder,
    a_console,
    rulebook_in,
    write_file,
    year_given,
)
from tierengine.documents.diary import year_calendar
from tierengine.documents.glance import year_html, year_report, year_workbook
from tierengine.documents.year import Kept, Year, year_of
from tierengine.errors import Problem, UsageError
from tierengine.reports.text import print_report, report_text


class Format(StrEnum):
    """The formats of a year."""

    text = "text"
    html = "html"
    xlsx = "xlsx"
    ics = "ics"


@app.command()
def year(
    of: Annotated[str, typer.Argument(metavar="YEAR", help="the year of the report")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="holds the dossiers, and the documents on them")],
    form: Annotated[Format | None, typer.Option("--format", help="text, html, xlsx or ics")] = None,
    output: DocumentFile = None,
    ledger: Annotated[
        str | None, typer.Option("--ledger", metavar="PLACE", help="whose final documents are looked at as well")
    ] = None,
    keys: KeysFolder = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show every dossier of a year at a glance: what changed, who is bound, what is due."""
    asked, chosen = year_given(of, "YEAR"), form or _format_of(output)
    if chosen is Format.xlsx and output is None:
        what, cure = "a workbook is written into a file", "name one with --output, such as year.xlsx"
        raise UsageError([Problem(where="--format xlsx", what=what, cure=cure)])
    if not folder.is_dir():
        what, cure = "there is no such folder", "name the folder in which the dossiers lie"
        raise UsageError([Problem(where=str(folder), what=what, cure=cure)])
    kept = () if ledger is None else _kept(ledger, keys)
    found = year_of(folder, asked, rulebook_in(rulebook), templates_in(rulebook), kept=kept, watch=watch)
    if output is not None:
        write_file(output, _rendered(found, chosen))
    elif chosen is Format.text:
        print_report(year_report(found), a_console())
    else:
        sys.stdout.buffer.write(_rendered(found, chosen))


def _kept(place: str, keys: Path | None) -> tuple[Kept, ...]:
    """The final documents that a ledger keeps."""
    from tierengine.cli.ledger_options import ledger_at  # noqa: PLC0415 - a year without a ledger needs none of it
    from tierengine.ledger.stands import kept_documents  # noqa: PLC0415

    with ledger_at(place, keys) as opened:
        return kept_documents(opened)


def _format_of(output: Path | None) -> Format:
    if output is None:
        return Format.text
    found = next((each for each in Format if output.suffix.lower() == f".{each.value}"), None)
    if found is None and output.suffix.lower() != ".txt":
        what, cure = (
            f"`{output.name}` does not show its format",
            "end it with .txt, .html, .xlsx or .ics, or add --format",
        )
        raise UsageError([Problem(where="--output", what=what, cure=cure)])
    return found or Format.text


def _rendered(found: Year, form: Format) -> bytes:
    if form is Format.xlsx:
        return year_workbook(found)
    if form is Format.ics:
        return year_calendar(found)
    return year_html(found) if form is Format.html else report_text(year_report(found)).encode()
