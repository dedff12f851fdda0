"""Verbs on the years: how the watch list bound each report, and the days that the statute counts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tierengine import schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    Form,
    PlainFormat,
    RulebookFolder,
    a_console,
    day_given,
    print_json,
    rulebook_in,
    year_given,
)
from tierengine.errors import Problem, UsageError
from tierengine.evidence.placements import read_placements
from tierengine.reasoning.clocks import Due
from tierengine.reasoning.clocks import clocks as clocks_of
from tierengine.reasoning.history import YearOnRecord, untimely
from tierengine.reasoning.history import history as history_of
from tierengine.reports.history import print_clocks, print_history


class ReadingName(StrEnum):
    """Which years the automatic downgrade counts."""

    state = "state"
    statute = "statute"


@app.command()
def history(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a CSV file: country, iso3, year, tier, waiver")],
    year: Annotated[str | None, typer.Option("--year", metavar="YEAR", help="only the report of this year")] = None,
    form: Form = PlainFormat.text,
    reading: Annotated[
        ReadingName, typer.Option("--reading", help="which years count: state (Tier 2 Watch List) or statute (special)")
    ] = ReadingName.state,
    rulebook: RulebookFolder = None,
) -> None:
    """Show how years on the watch list bound each report, and whether each placement fits."""
    book = rulebook_in(rulebook)
    rows = read_placements(file, lambda rows: untimely(rows, book))
    found = tuple(history_of(rows, book, reading.value))
    if year is not None:
        found = _of_year(found, year_given(year, "--year"), file)
    if form is PlainFormat.json:
        print_json([schemas.dump(YearOnRecord, each) for each in found])
    else:
        print_history(found, a_console())


@app.command()
def clocks(
    year: Annotated[str, typer.Option("--year", metavar="YEAR", help="the year of the report")],
    report_date: Annotated[
        str | None,
        typer.Option("--report-date", metavar="DATE", help="the day it was issued, if not when it is due"),
    ] = None,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show the days that the statute counts for the report of a year."""
    issued = day_given(report_date, "--report-date") if report_date else None
    found = clocks_of(rulebook_in(rulebook), year_given(year, "--year"), issued)
    if form is PlainFormat.json:
        print_json([schemas.dump(Due, each) for each in found])
    else:
        print_clocks(found, a_console())


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
