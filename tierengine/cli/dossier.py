"""Verbs on one dossier: read its sources, check it, assess it, explain the answer, tell its progress."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from tierengine import canonical, schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    PlainFormat,
    RulebookFolder,
    a_console,
    day_given,
    print_json,
    rulebook_in,
)
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.sources.telegram import Telegram, read_telegram
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import assess as assess_casefile
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.compare import Comparison, Side
from tierengine.reasoning.compare import compare as compare_sides
from tierengine.reasoning.interim import InterimAssessment, interim
from tierengine.reports.comparison import print_comparison
from tierengine.reports.interim import print_interim
from tierengine.reports.markdown import markdown
from tierengine.reports.report import brief
from tierengine.reports.text import print_report


class ReportFormat(StrEnum):
    """How `assess` prints."""

    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def ingest(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="a telegram, as a text file")],
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
) -> None:
    """Read a source document: its header, its paragraphs with their locators, and its digest."""
    raw = _bytes(source)
    telegram = read_telegram(raw, source.name)
    if form is PlainFormat.json:
        told = schemas.dump(Telegram, telegram) | {"digest": canonical.digest(raw)}
        del told["raw"]
        print_json(told)
        return
    console = a_console()
    for name, value in _header(telegram, raw):
        console.print(Text.assemble((f"{name:<16}", "bold"), value))
    for paragraph in telegram.paragraphs:
        console.print(
            Text(f"\n{telegram.locator(paragraph.number)}  [bytes {paragraph.start} to {paragraph.end}]", style="bold")
        )
        console.print(Text(paragraph.text))
    for warning in telegram.warnings:
        console.print(Text(f"warning: {warning}", style="yellow"))


@app.command()
def check(dossier: DossierFile, as_of: AsOf = None, rulebook: RulebookFolder = None) -> None:
    """Check a dossier: every key, source, digest, quote and date, and every record against the law."""
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    admitted = admit(casefile, law)
    counted, aside = len(casefile.dossier.records), len(admitted.set_aside)
    console = a_console()
    console.print(f"{dossier.name}: {counted} records, {aside} of them set aside; every quote stands at its place")
    for locator, sentence in casefile.uncoded():
        console.print(Text(f"not coded: {locator}: {sentence}", style="yellow"))


@app.command()
def assess(
    dossier: DossierFile,
    as_of: AsOf = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="text, json or markdown")] = ReportFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Recommend a tier, with reasons. Ends with 4 where several tiers stay open."""
    assessment = _assess(dossier, as_of, rulebook)
    if form is ReportFormat.json:
        sys.stdout.write(schemas.to_json(assessment))
    elif form is ReportFormat.markdown:
        sys.stdout.write(markdown(brief(assessment)))
    else:
        print_report(brief(assessment), a_console())
    if not assessment.recommendation.settled:
        raise typer.Exit(4)


@app.command("interim")
def interim_assessment(
    dossier: DossierFile,
    as_of: AsOf = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Tell the progress on each deficiency that the last report named, and which watch-list grounds would stand."""
    told = interim(read_dossier(dossier), rulebook_in(rulebook), day_given(as_of) if as_of else None)
    if form is PlainFormat.json:
        print_json(schemas.dump(InterimAssessment, told))
    else:
        print_interim(told, a_console())
    if not told.consequence.settled:
        raise typer.Exit(4)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="the earlier dossier")],
    after: Annotated[Path | None, typer.Argument(metavar="[AFTER]", help="the later one, if not the same")] = None,
    before_date: Annotated[
        str | None, typer.Option("--before-date", metavar="DATE", help="the date of the earlier law, if not its own")
    ] = None,
    after_date: Annotated[
        str | None, typer.Option("--after-date", metavar="DATE", help="the date of the later law, if not its own")
    ] = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Split a change of the answer into changed law, new facts, changed certainty and human judgement."""
    if after is None and before_date is None and after_date is None:
        problem = Problem(
            where="compare",
            what="one dossier and no date",
            cure="name a second dossier or another date",
        )
        raise UsageError([problem])
    sides = _side(before, before_date, "--before-date"), _side(after or before, after_date, "--after-date")
    told = compare_sides(*sides, rulebook_in(rulebook))
    if form is PlainFormat.json:
        print_json(schemas.dump(Comparison, told))
    else:
        print_comparison(told, a_console())
    if not told.after.settled:
        raise typer.Exit(4)


def _assess(dossier: Path, as_of: str | None, rulebook: Path | None) -> Assessment:
    casefile = read_dossier(dossier)
    return assess_casefile(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)


def _side(dossier: Path, written: str | None, option: str) -> Side:
    casefile = read_dossier(dossier)
    return Side(casefile, day_given(written, option) if written else casefile.dossier.as_of)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(
            [
                Problem(
                    where=str(path),
                    what=f"cannot be opened: {error.strerror}",
                    cure="name a file that exists and may be read",
                )
            ]
        ) from None


def _header(telegram: Telegram, raw: bytes) -> list[tuple[str, str]]:
    header = telegram.header
    return [
        ("source", telegram.id),
        ("digest", canonical.digest(raw)),
        ("date and time", header.dtg.isoformat() if header.dtg else header.dtg_raw or "not given"),
        ("from", header.sender or "not given"),
        ("to", ", ".join(header.to) or "not given"),
        ("handling", telegram.handling + (", not for foreign governments" if telegram.no_foreign else "")),
        ("captions", ", ".join(header.captions) or "none"),
        ("attention", "; ".join(header.attention) or "none"),
        ("tags", ", ".join(header.tags) or "none"),
        ("subject", header.subject or "not given"),
        ("references", "; ".join(reference.raw for reference in header.references) or "none"),
        ("signature", telegram.signature or "none"),
    ]
