"""The verb that writes a report on a dossier for people, in the format in which they read it."""

from __future__ import annotations

import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import AsOf, DossierFile, RulebookFolder, a_console, day_given, rulebook_in, write_file
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.questions.rate import sheet_of
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.compare import Comparison, Side, compare
from tierengine.reasoning.followed import followed_up
from tierengine.reasoning.release import release
from tierengine.reports.answer import Coded
from tierengine.reports.followed import followed_section
from tierengine.reports.rate import rating_sections
from tierengine.reports.release import released_report
from tierengine.reports.report import Report
from tierengine.reports.report import report as report_on
from tierengine.reports.text import print_report, report_text


class Format(StrEnum):
    """The formats of a report."""

    text = "text"
    markdown = "markdown"
    html = "html"
    docx = "docx"
    pdf = "pdf"


class ReleaseTo(StrEnum):
    """To whom a report is released: within the government, or to anybody."""

    unclassified = "unclassified"
    public = "public"


_BINARY = (Format.docx, Format.pdf)


@app.command()
def report(
    dossier: DossierFile,
    form: Annotated[Format, typer.Option("--format", help="text, markdown, html, docx or pdf")] = Format.text,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="where it is written")] = None,
    before: Annotated[
        Path | None, typer.Option("--before", metavar="DOSSIER", help="the earlier dossier, to explain the change")
    ] = None,
    to: Annotated[
        ReleaseTo | None, typer.Option("--release", help="leave out what may not be released: unclassified or public")
    ] = None,
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Write the whole report for people: page, memorandum or paper. Ends with 4 where several tiers stay open."""
    _refuse_terminal(form, output)
    _refuse_change(to, before)
    casefile, law_book = read_dossier(dossier), rulebook_in(rulebook)
    law = law_of(casefile, law_book, day_given(as_of) if as_of else None)
    if to is not None:
        released = release(casefile, law, to.value)
        assessment, made = released.assessment, released_report(released, law)
    else:
        assessor = Assessor(law)
        assessment = assessor.assess(casefile)
        sheet = rating_sections(sheet_of(casefile, assessor, assessment))
        change = _change(before, Side(casefile, law.as_of), law_book)
        earlier = casefile.dossier.earlier_placements
        coded = Coded.of(casefile, assessment)
        followed = followed_section(followed_up(casefile, law, admit(casefile, law)))
        made = report_on(assessment, law, change, earlier, sheet=sheet, coded=coded, annex=followed)
    if output is not None:
        write_file(output, _rendered(made, form))
    elif form is Format.text:
        print_report(made, a_console())
    else:
        sys.stdout.buffer.write(_rendered(made, form))
    if not assessment.recommendation.settled:
        raise typer.Exit(4)


def _rendered(finished: Report, form: Format) -> bytes:
    """Return a report in a format; `tierengine/reports/FORMAT.py` makes it, and is loaded for it alone."""
    if form is Format.text:
        return report_text(finished).encode()
    made: str | bytes = getattr(import_module(f"tierengine.reports.{form.value}"), form.value)(finished)
    return made.encode() if isinstance(made, str) else made


def _change(before: Path | None, after: Side, rulebook: Rulebook) -> Comparison | None:
    if before is None:
        return None
    earlier: Casefile = read_dossier(before)
    return compare(Side(earlier, earlier.dossier.as_of), after, rulebook)


def _refuse_change(to: ReleaseTo | None, before: Path | None) -> None:
    """Refuse to explain a change in what is released: it would speak of the whole of both dossiers."""
    if to is not None and before is not None:
        what, cure = "a change cannot be explained from what is released", "leave out --before or --release"
        raise UsageError([Problem(where="--release", what=what, cure=cure)])


def _refuse_terminal(form: Format, output: Path | None) -> None:
    if form in _BINARY and output is None and sys.stdout.isatty():
        problem = Problem(
            where="--format",
            what=f"a `{form.value}` file cannot be shown on a terminal",
            cure="name a file with --output, or lead the output into one",
        )
        raise UsageError([problem])
