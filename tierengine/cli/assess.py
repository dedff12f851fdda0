"""The verb that is used most: assess a dossier. It loads nothing that one screen does not need."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import AsOf, DossierFile, RulebookFolder, a_console, day_given, rulebook_in
from tierengine.evidence.dossier import read_dossier
from tierengine.reasoning.assess import assess as assess_casefile
from tierengine.reports.answer import Coded
from tierengine.reports.screen import print_screen


class ReportFormat(StrEnum):
    """How `assess` prints."""

    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def assess(
    dossier: DossierFile,
    as_of: AsOf = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="text, json or markdown")] = ReportFormat.text,
    full: Annotated[bool, typer.Option("--full", help="print the whole answer, not one screen of it")] = False,
    rulebook: RulebookFolder = None,
) -> None:
    """Recommend a tier, with reasons, on one screen. Ends with 4 where several tiers stay open."""
    casefile = read_dossier(dossier)
    assessment = assess_casefile(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    coded = Coded.of(casefile, assessment)
    if form is ReportFormat.json:
        from tierengine import schemas  # noqa: PLC0415

        sys.stdout.write(schemas.to_json(assessment))
    elif form is ReportFormat.markdown:
        from tierengine.reports.markdown import markdown  # noqa: PLC0415 - one screen takes none of it
        from tierengine.reports.report import brief  # noqa: PLC0415

        sys.stdout.write(markdown(brief(assessment, coded)))
    elif full:
        from tierengine.reports.report import brief  # noqa: PLC0415
        from tierengine.reports.text import print_report  # noqa: PLC0415

        print_report(brief(assessment, coded), a_console())
    else:
        print_screen(assessment, a_console(), coded)
    if not assessment.recommendation.settled:
        raise typer.Exit(4)
