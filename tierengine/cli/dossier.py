"""Verbs on one dossier: read its sources, check it, show its progress, compare it with another."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from tierengine import canonical, schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    Form,
    PlainFormat,
    RulebookFolder,
    a_console,
    day_given,
    file_bytes,
    print_json,
    rulebook_in,
)
from tierengine.errors import Problem, UsageError
from tierengine.evidence.annotations import annotation_page
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.records import Evidence
from tierengine.evidence.sources.opened import Opened, Written, text_digest
from tierengine.evidence.sources.reading import Format, format_of, read_source, source_name
from tierengine.evidence.sources.telegram import Telegram
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of, unused
from tierengine.reasoning.compare import Comparison, Side
from tierengine.reasoning.compare import compare as compare_sides
from tierengine.reasoning.interim import InterimAssessment, interim
from tierengine.reports.comparison import print_comparison
from tierengine.reports.interim import print_interim
from tierengine.reports.text import print_wrapped


@app.command()
def ingest(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE", help="a source document, or the sections of one cable")
    ],
    form: Form = PlainFormat.text,
    read_as: Annotated[
        Format | None, typer.Option("--as", metavar="FORMAT", help="the source's format, if its name does not show it")
    ] = None,
) -> None:
    """Read a source of any format: its paragraphs with their locators, what is left out, its digest."""
    parts = [(path.name, file_bytes(path)) for path in sources]  # those that are too large are refused unread
    name, raw = parts[0]
    known = read_as or ("telegram" if len(parts) > 1 else format_of(raw, name))
    opened = read_source(parts, known, source_name(name))
    if form is PlainFormat.json:
        print_json(_source_json(opened, known, parts))
        return
    console = a_console()
    for key, value in _source_lines(opened, known, parts):
        console.print(Text.assemble((f"{key:<16}", "bold"), value))
    for heading, text in _paragraphs(opened):
        console.print(Text(f"\n{heading}", style="bold"))
        console.print(Text(text))
    if opened.left_out:
        console.print(Text("\nleft out", style="bold"))
    for left in opened.left_out:
        console.print(Text(f"{left.what}, {left.where}: {' / '.join(left.text.split(chr(10)))}"), style="dim")
    for warning in opened.warnings:
        console.print(Text(f"warning: {warning}", style="yellow"))


@app.command()
def check(dossier: DossierFile, as_of: AsOf = None, rulebook: RulebookFolder = None) -> None:
    """Check a dossier: every key, source, digest, quote and date, and every record against the law."""
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    admitted = admit(casefile, law)
    records, set_aside = (
        {record.id for record in casefile.dossier.records},
        [unused(item) for item in admitted.set_aside],
    )
    aside = sum(each.record in records for each in set_aside)
    console = a_console()
    console.print(f"{dossier.name}: {len(records)} records, {aside} of them set aside; every quote stands at its place")
    for asked in casefile.dossier.open_questions:
        names = f"{', '.join(asked.answered_by)}; report of {asked.shown}; {asked.by}"
        print_wrapped(f"open question: {asked.id}: {asked.asks} {asked.says} [{names}]", console, 0, hang=2)
    for moved in casefile.moved():
        console.print(Text(f"moved: {moved}", style="yellow"))
    for record in casefile.dossier.records:
        if isinstance(record, Evidence) and record.carried is not None:
            shown = f"last shown for the report of {record.carried.shown} [{record.carried.by}]"
            print_wrapped(f"carried: {record.id}: {record.measures} is {record.value}, {shown}", console, 0, hang=2)
    for each in set_aside:
        print_wrapped(f"set aside: {each.record}: {each.because} [{each.rule}]", console, 0, hang=2)
    if casefile.dossier.proposed:
        waiting = len(casefile.undecided)
        refused = len(casefile.dossier.proposed) - waiting
        left = f"; go through them: tierengine code {dossier.name}" if waiting else ""
        print_wrapped(f"proposed: {waiting} to be decided, {refused} refused{left}", console, 0, hang=2)
    for locator, sentence in casefile.uncoded():
        print_wrapped(f"not coded: {locator}: {sentence}", console, 0, hang=2, style="yellow")


@app.command()
def anchors(
    dossier: DossierFile,
    form: Form = PlainFormat.text,
) -> None:
    """Show where each quote of a dossier stands: lines to write beside it, or W3C annotations."""
    casefile = read_dossier(dossier)
    if form is PlainFormat.json:
        print_json(annotation_page(casefile))
        return
    for each in casefile.anchors():
        prefix, suffix = (json.dumps(words, ensure_ascii=False) for words in each.around)
        sys.stdout.write(f"# {each.name}, {each.at}\n")
        sys.stdout.write(f"anchor: {{prefix: {prefix}, suffix: {suffix}, position: {each.span[0]}-{each.span[1]}}}\n")


@app.command("interim")
def interim_assessment(
    dossier: DossierFile,
    as_of: AsOf = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Report the progress on each deficiency named last, and which watch-list grounds would stand."""
    found = interim(read_dossier(dossier), rulebook_in(rulebook), day_given(as_of) if as_of else None)
    if form is PlainFormat.json:
        print_json(schemas.dump(InterimAssessment, found))
    else:
        print_interim(found, a_console())
    if not found.consequence.settled:
        raise typer.Exit(4)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="the earlier dossier")],
    after: Annotated[Path | None, typer.Argument(metavar="AFTER", help="the later one, if not the same")] = None,
    before_date: Annotated[
        str | None, typer.Option("--before-date", metavar="DATE", help="the date of the earlier law, if not its own")
    ] = None,
    after_date: Annotated[
        str | None, typer.Option("--after-date", metavar="DATE", help="the date of the later law, if not its own")
    ] = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Split a change of the answer into changed law, facts, certainty and human judgement."""
    if after is None and before_date is None and after_date is None:
        problem = Problem(
            where="compare",
            what="one dossier and no date",
            cure="name a second dossier or another date",
        )
        raise UsageError([problem])
    sides = _side(before, before_date, "--before-date"), _side(after or before, after_date, "--after-date")
    comparison = compare_sides(*sides, rulebook_in(rulebook))
    if form is PlainFormat.json:
        print_json(schemas.dump(Comparison, comparison))
    else:
        print_comparison(comparison, a_console())
    if not comparison.after.settled:
        raise typer.Exit(4)


def _side(dossier: Path, written: str | None, option: str) -> Side:
    casefile = read_dossier(dossier)
    return Side(casefile, day_given(written, option) if written else casefile.dossier.as_of)


def _source_json(opened: Opened, known: Format, parts: list[tuple[str, bytes]]) -> dict[str, Any]:
    values = schemas.dump(type(opened), opened)
    del values["raw"]
    values |= {"format": known, "digest": canonical.digest(parts[0][1]), "text_digest": text_digest(opened)}
    if len(parts) > 1:
        values["sections"] = [{"file": name, "digest": canonical.digest(raw)} for name, raw in parts[1:]]
    return values


def _paragraphs(opened: Opened) -> Iterator[tuple[str, str]]:
    if isinstance(opened, Telegram):
        for paragraph in opened.paragraphs:
            place = f"[bytes {paragraph.start} to {paragraph.end}]"
            yield f"{opened.locator(paragraph.number)}  {place}", paragraph.text
    else:
        yield from opened.places()


def _source_lines(opened: Opened, known: Format, parts: list[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    yield "source", opened.id
    if not isinstance(opened, Telegram):
        yield "format", known
    for _, raw in parts:
        yield "digest", canonical.digest(raw)
    foreign = ", not for foreign governments" if opened.no_foreign else ""
    if isinstance(opened, Telegram):
        yield from _header(opened, opened.handling + foreign)
        return
    yield "digest of text", text_digest(opened)
    yield "title", (opened.title if isinstance(opened, Written) else None) or "not given"
    yield "from", opened.author or "not given"
    yield "date", opened.sent or "not given"
    unmarked = "; declare it in the dossier: handling, declared_by" if opened.handling == "unknown" else ""
    yield "handling", opened.handling + foreign + unmarked


def _header(telegram: Telegram, handling: str) -> Iterator[tuple[str, str]]:
    header = telegram.header
    yield "date and time", header.dtg.isoformat() if header.dtg else header.dtg_raw or telegram.sent or "not given"
    yield "from", header.sender or "not given"
    yield "to", ", ".join(header.to) or "not given"
    yield "handling", handling
    yield "captions", ", ".join(header.captions) or "none"
    yield "attention", "; ".join(header.attention) or "none"
    yield "tags", ", ".join(header.tags) or "none"
    yield "subject", header.subject or "not given"
    yield "references", "; ".join(reference.raw for reference in header.references) or "none"
    if header.others:
        yield "other messages", "; ".join(header.others)
    yield "signature", telegram.signature or "none"
