"""Verbs on questions: all that the law asks, and of a dossier what would settle it, move it up, or follow."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tierengine import canonical, schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DayOfLaw,
    DossierFile,
    Form,
    PlainFormat,
    RulebookFolder,
    TierName,
    a_console,
    day_given,
    print_json,
    rulebook_in,
    write_file,
)
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.unfilled import Blank, with_blanks
from tierengine.lab.questions.path import WayUp
from tierengine.lab.questions.path import path as find_path
from tierengine.lab.questions.rate import RatingSheet
from tierengine.lab.questions.rate import rate as rate_words
from tierengine.lab.questions.reasons import Reasons
from tierengine.lab.questions.reasons import reasons as find_reasons
from tierengine.lab.questions.settle import CollectionPlan
from tierengine.lab.questions.settle import settle as plan_collection
from tierengine.law.questions import QuestionTable
from tierengine.law.questions import questions as questions_of
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.concession import Concession
from tierengine.reasoning.concession import concede as concede_findings
from tierengine.reports.concession import print_concession
from tierengine.reports.markdown import markdown
from tierengine.reports.path import print_path
from tierengine.reports.questions import print_questions, questions_csv, questions_markdown, questions_text
from tierengine.reports.rate import rating_report
from tierengine.reports.reasons import print_reasons
from tierengine.reports.settle import print_plan
from tierengine.reports.text import print_report
from tierengine.reports.workbook import questions_workbook


class TableFormat(StrEnum):
    """The formats of the table of questions."""

    text = "text"
    markdown = "markdown"
    csv = "csv"
    xlsx = "xlsx"
    json = "json"


class SheetFormat(StrEnum):
    """How the rating sheet is printed."""

    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def questions(
    as_of: DayOfLaw,
    form: Annotated[TableFormat, typer.Option("--format", help="text, markdown, csv, xlsx or json")] = TableFormat.text,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="where it is written; xlsx needs one")
    ] = None,
    rulebook: RulebookFolder = None,
) -> None:
    """List every question that the law of a day asks, what may answer it, and what silence means."""
    day = day_given(as_of)
    if form is TableFormat.xlsx and output is None:
        what, cure = "a workbook is written into a file", "name one with --output, such as questions.xlsx"
        raise UsageError([Problem(where="--format xlsx", what=what, cure=cure)])
    table = questions_of(rulebook_in(rulebook).on(day))
    if output is not None:
        write_file(output, _table_as(table, form))
    elif form is TableFormat.text:
        print_questions(table, a_console())
    else:
        sys.stdout.buffer.write(_table_as(table, form))


def _table_as(table: QuestionTable, form: TableFormat) -> bytes:
    """Return the table of questions in a format, as the bytes of a file."""
    if form is TableFormat.xlsx:
        return questions_workbook(table)
    if form is TableFormat.json:
        return canonical.readable(schemas.dump(QuestionTable, table)).encode()
    render = {
        TableFormat.text: questions_text,
        TableFormat.markdown: questions_markdown,
        TableFormat.csv: questions_csv,
    }[form]
    return render(table).encode()


@app.command()
def settle(
    dossier: DossierFile,
    as_of: AsOf = None,
    pointless: Annotated[bool, typer.Option("--pointless", help="list the questions that are pointless")] = False,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Plan what to collect: the fewest questions that settle the tier, and which are pointless."""
    day = day_given(as_of) if as_of else None
    plan = plan_collection(read_dossier(dossier), rulebook_in(rulebook), day)
    if form is PlainFormat.json:
        print_json(schemas.dump(CollectionPlan, plan))
    else:
        print_plan(plan, a_console(), pointless=pointless)
    if len(plan.open_tiers) > 1:
        raise typer.Exit(4)


@app.command()
def rate(
    dossier: DossierFile,
    write: Annotated[
        bool, typer.Option("--write", help="put a blank rating for each open word that decides into the dossier")
    ] = False,
    as_of: AsOf = None,
    form: Annotated[SheetFormat, typer.Option("--format", help="text, json or markdown")] = SheetFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Print the rating sheet: the open words that decide, for and against, and what follows."""
    casefile = read_dossier(dossier)
    sheet = rate_words(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    if form is SheetFormat.json:
        print_json(schemas.dump(RatingSheet, sheet))
    elif form is SheetFormat.markdown:
        sys.stdout.write(markdown(rating_report(sheet)))
    else:
        print_report(rating_report(sheet), a_console())
    if write and sheet.words:
        blanks = [
            Blank(each.word, each.asks, {str(level): means for level, means in each.rubric.items()})
            for each in sheet.words
        ]
        write_file(dossier, with_blanks(casefile.document, blanks))
        added = (
            f"{len(blanks)} blank ratings stand in {dossier.name}; `tierengine check` names each until it is filled."
        )
        print(added, file=sys.stderr)
    if len(sheet.open_tiers) > 1:
        raise typer.Exit(4)


@app.command()
def path(
    dossier: DossierFile,
    to: Annotated[TierName, typer.Option("--to", help="the tier to reach: 1, 2, 2WL or 3")],
    as_of: AsOf = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Find the fewest actions by the government that reach a better tier, or what blocks them all."""
    day = day_given(as_of) if as_of else None
    way = find_path(read_dossier(dossier), rulebook_in(rulebook), to.value, day)
    if form is PlainFormat.json:
        print_json(schemas.dump(WayUp, way))
    else:
        print_path(way, a_console())


@app.command()
def reasons(
    dossier: DossierFile,
    not_tier: Annotated[TierName | None, typer.Option("--why-not", help="what excludes a tier: 1, 2, 2WL or 3")] = None,
    as_of: AsOf = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Name the smallest sets of findings that alone entail the tier, or alone exclude another."""
    day = day_given(as_of) if as_of else None
    found = find_reasons(read_dossier(dossier), rulebook_in(rulebook), not_tier.value if not_tier else None, day)
    if form is PlainFormat.json:
        print_json(schemas.dump(Reasons, found))
    else:
        print_reasons(found, a_console())
    if not found.settled:
        raise typer.Exit(4)


@app.command()
def concede(
    dossier: DossierFile,
    findings: Annotated[
        list[str],
        typer.Argument(
            metavar="FINDING[=OUTCOME]",
            help="a disputed finding, and the outcome that is held: met, 'not met', or without one the opposite",
        ),
    ],
    tier: Annotated[TierName, typer.Option("--tier", help="the tier that is held: 1, 2, 2WL or 3")],
    as_of: AsOf = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Say whether a tier would be the answer if disputed findings were conceded. Ends with 4 if several are open."""
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    conceded = concede_findings(casefile, law, findings, tier.value)
    if form is PlainFormat.json:
        print_json(schemas.dump(Concession, conceded))
    else:
        print_concession(conceded, a_console())
    if len(conceded.then.open_tiers) > 1:
        raise typer.Exit(4)
