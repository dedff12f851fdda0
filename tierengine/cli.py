"""The command line: each verb loads, makes one public call, prints, and ends with an exit code.

0 done; 1 unusable evidence; 2 usage; 3 unsound law; 4 done, and several tiers stay open.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from tierengine import canonical, schemas
from tierengine.errors import EvidenceError, MismatchError, Problem, RulebookError, TierEngineError, UsageError
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.placements import read_placements
from tierengine.evidence.telegram import Telegram, read_telegram
from tierengine.lab.examples import failed_examples
from tierengine.law.changes import Change, changes
from tierengine.law.entries import Clause
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import assess as assess_casefile
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.clocks import Due
from tierengine.reasoning.clocks import clocks as told_clocks
from tierengine.reasoning.compare import Comparison, Side
from tierengine.reasoning.compare import compare as compare_sides
from tierengine.reasoning.history import YearOnRecord, untimely
from tierengine.reasoning.history import history as told_history
from tierengine.reasoning.interim import InterimAssessment, interim
from tierengine.reports.comparison import print_comparison
from tierengine.reports.entry import print_criterion
from tierengine.reports.history import print_clocks, print_history
from tierengine.reports.interim import print_interim
from tierengine.reports.law import Provision, print_changes, print_law, print_ledger, provisions
from tierengine.reports.markdown import markdown
from tierengine.reports.text import print_report
from tierengine.reports.tree import decisive, everything, is_open, tree_of, why_not
from tierengine.terms.scalars import day

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"terminal_width": 110},  # the same everywhere, and wide enough for whole sentences
    help="Recommends a tier under the Trafficking Victims Protection Act from evidence, and shows why.",
)


law_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Show the law: on a date, between two dates, clause by clause."
)
app.add_typer(law_app, name="law")


class ReportFormat(StrEnum):
    """How `assess` prints."""

    text = "text"
    json = "json"
    markdown = "markdown"


class PlainFormat(StrEnum):
    """How the other verbs print."""

    text = "text"
    json = "json"


class ReadingName(StrEnum):
    """Which years the automatic downgrade counts."""

    state = "state"
    statute = "statute"


class TierName(StrEnum):
    """A tier as it is written on the command line."""

    one = "1"
    two = "2"
    watch_list = "2WL"
    three = "3"


DossierFile = Annotated[Path, typer.Argument(metavar="DOSSIER", help="the dossier's YAML file")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="the date whose law decides, such as 2007-11-09")
]
RulebookFolder = Annotated[
    Path | None,
    typer.Option(
        "--rulebook", metavar="FOLDER", envvar="TIERENGINE_RULEBOOK", help="the folder that holds criteria/ and rules/"
    ),
]


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
        _print_json(told)
        return
    console = _console()
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
    law = law_of(casefile, _rulebook(rulebook), _day(as_of) if as_of else None)
    admitted = admit(casefile, law)
    counted, aside = len(casefile.dossier.records), len(admitted.set_aside)
    console = _console()
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
        sys.stdout.write(markdown(assessment))
    else:
        print_report(assessment, _console())
    if not assessment.recommendation.settled:
        raise typer.Exit(4)


@app.command()
def explain(
    dossier: DossierFile,
    as_of: AsOf = None,
    only_decisive: Annotated[bool, typer.Option("--decisive", help="only what the answer rests on")] = False,
    only_open: Annotated[bool, typer.Option("--open", help="only what is undetermined")] = False,
    not_tier: Annotated[
        TierName | None, typer.Option("--why-not", help="why a tier is not reached: 1, 2, 2WL or 3")
    ] = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show the trace as a tree, from the recommendation down to the quotes."""
    if sum((only_decisive, only_open, not_tier is not None)) > 1:
        raise UsageError(
            [
                Problem(
                    where="explain",
                    what="more than one of --decisive, --open and --why-not",
                    cure="ask for one of them at a time",
                )
            ]
        )
    assessment = _assess(dossier, as_of, rulebook)
    console = _console()
    if not_tier is not None:
        console.print(why_not(assessment.trace, f"TIER-{not_tier.value}"))
    else:
        keep = decisive if only_decisive else is_open if only_open else everything
        console.print(tree_of(assessment.trace, keep))


@app.command()
def show(
    criterion: Annotated[str, typer.Argument(metavar="CRITERION", help="its id, such as F-PROSECUTE")],
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show one criterion: question, provision, scale, rules, interpretations."""
    book = _rulebook(rulebook)
    law = book.on(_day(as_of)) if as_of else book.on(book.covered()[-1][0])
    found = law.criteria_by_id.get(criterion)
    if found is None:
        raise UsageError(
            [
                Problem(
                    where="show",
                    what=f"no criterion in force on {law.as_of} is called `{criterion}`",
                    cure=f"name one of: {', '.join(sorted(law.criteria_by_id))}",
                )
            ]
        )
    print_criterion(found, _console())


@app.command("interim")
def interim_assessment(
    dossier: DossierFile,
    as_of: AsOf = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Tell the progress on each deficiency that the last report named, and which watch-list grounds would stand."""
    told = interim(read_dossier(dossier), _rulebook(rulebook), _day(as_of) if as_of else None)
    if form is PlainFormat.json:
        _print_json(schemas.dump(InterimAssessment, told))
    else:
        print_interim(told, _console())
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
    told = compare_sides(*sides, _rulebook(rulebook))
    if form is PlainFormat.json:
        _print_json(schemas.dump(Comparison, told))
    else:
        print_comparison(told, _console())
    if not told.after.settled:
        raise typer.Exit(4)


@law_app.command("show")
def law_show(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="the date, such as 2007-11-09")],
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show the law in force on a date, with the numbers of that date."""
    law = _rulebook(rulebook).on(_day(as_of))
    if form is PlainFormat.json:
        _print_json([schemas.dump(Provision, each) for each in provisions(law)])
    else:
        print_law(law, _console())


@law_app.command("diff")
def law_diff(
    first: Annotated[str, typer.Argument(metavar="DATE", help="the earlier date")],
    second: Annotated[str, typer.Argument(metavar="DATE", help="the later date")],
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show what was added, struck, amended and renumbered between two dates, and by which Act."""
    days = _day(first, "law diff"), _day(second, "law diff")
    if days[0] > days[1]:
        problem = Problem(where="law diff", what=f"{first} is later than {second}", cure="write the earlier date first")
        raise UsageError([problem])
    found = changes(_rulebook(rulebook), *days)
    if form is PlainFormat.json:
        _print_json([schemas.dump(Change, each) for each in found])
    else:
        print_changes(found, _console())


@law_app.command("coverage")
def law_coverage(
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show every clause of the statute, and what became of it."""
    clauses = _rulebook(rulebook).clauses
    if form is PlainFormat.json:
        _print_json([schemas.dump(Clause, each) for each in clauses])
    else:
        print_ledger(clauses, _console())


@app.command()
def history(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a CSV file: country, iso3, year, tier, waiver")],
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help="only the report of this year")] = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    reading: Annotated[
        ReadingName, typer.Option("--reading", help="which years count: state (Tier 2 Watch List) or statute (special)")
    ] = ReadingName.state,
    rulebook: RulebookFolder = None,
) -> None:
    """Show how each country's years on the watch list bound each report, and whether its placement fits."""
    book = _rulebook(rulebook)
    rows = read_placements(file, lambda rows: untimely(rows, book))
    found = tuple(told_history(rows, book, reading.value))
    if year is not None:
        found = _of_year(found, year, file)
    if form is PlainFormat.json:
        _print_json([schemas.dump(YearOnRecord, each) for each in found])
    else:
        print_history(found, _console())


@app.command()
def clocks(
    year: Annotated[int, typer.Option("--year", metavar="YEAR", min=1900, max=9000, help="the year of the report")],
    report_date: Annotated[
        str | None,
        typer.Option("--report-date", metavar="DATE", help="the day it was issued, if not when it is due"),
    ] = None,
    form: Annotated[PlainFormat, typer.Option("--format", help="text or json")] = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show the days that the statute counts for the report of a year."""
    issued = _day(report_date, "--report-date") if report_date else None
    found = told_clocks(_rulebook(rulebook), year, issued)
    if form is PlainFormat.json:
        _print_json([schemas.dump(Due, each) for each in found])
    else:
        print_clocks(found, _console())


@app.command()
def lint(
    rulebook: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="holds criteria/ and rules/")] = None,
) -> None:
    """Check the whole rulebook, and run the examples of every criterion."""
    book = read_rulebook(_folder(rulebook))
    failed = list(failed_examples(book))
    if failed:
        raise RulebookError(failed)
    examples = sum(len(criterion.examples) for criterion in book.criteria)
    _console().print(f"{len(book.entries())} entries and {examples} examples: sound")


@app.command()
def schema(
    of: Annotated[schemas.Subject, typer.Argument(metavar="SUBJECT", help="dossier, assessment, criterion or rules")],
) -> None:
    """Print the JSON Schema of a dossier, an assessment, a criterion or a rule file."""
    _print_json(schemas.schema(of))


def main() -> None:
    """Run the command line; every problem is told on standard error, and the exit code says of what kind it is."""
    try:
        app(prog_name="tierengine")
    except MismatchError as error:
        _keep_traces(error)
        _fail(error, 3)
    except TierEngineError as error:
        codes = {EvidenceError: 1, UsageError: 2, RulebookError: 3}
        _fail(error, next(code for kind, code in codes.items() if isinstance(error, kind)))


def _assess(dossier: Path, as_of: str | None, rulebook: Path | None) -> Assessment:
    casefile = read_dossier(dossier)
    return assess_casefile(casefile, _rulebook(rulebook), _day(as_of) if as_of else None)


def _side(dossier: Path, day_given: str | None, option: str) -> Side:
    casefile = read_dossier(dossier)
    return Side(casefile, _day(day_given, option) if day_given else casefile.dossier.as_of)


def _rulebook(folder: Path | None) -> Rulebook:
    return read_rulebook(_folder(folder), cache=_cache())


def _folder(folder: Path | None) -> Path:
    """The folder that was named, or the one in which tierengine itself lies."""
    return folder if folder is not None else Path(__file__).resolve().parent.parent


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "tierengine"


def _of_year(found: tuple[YearOnRecord, ...], year: int, file: Path) -> tuple[YearOnRecord, ...]:
    chosen = tuple(each for each in found if each.year == year)
    if not chosen:
        years = sorted({each.year for each in found})
        raise UsageError(
            [
                Problem(
                    where="--year",
                    what=f"{file.name} has no placement of {year}",
                    cure=f"ask for a year from {years[0]} to {years[-1]}",
                )
            ]
        )
    return chosen


def _day(word: str, option: str = "--as-of") -> date:
    try:
        found: date = day(word)
    except ValueError as error:
        what, _, cure = str(error).partition("; ")
        raise UsageError([Problem(where=option, what=what, cure=cure)]) from None
    return found


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


def _console() -> Console:
    """A console that wraps at 110 columns where it does not know better, so that files are the same everywhere."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _keep_traces(error: MismatchError) -> None:
    raw = json.dumps(error.traces, indent=2, sort_keys=True, default=str).encode()
    kept = Path(f"mismatch-{canonical.digest(raw)[7:19]}.json")
    kept.write_bytes(raw)
    print(f"both traces are kept in {kept}", file=sys.stderr)


def _fail(error: TierEngineError, code: int) -> NoReturn:
    for problem in error.problems:
        print(problem, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
