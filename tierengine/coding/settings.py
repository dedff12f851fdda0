"""What is known of an annual report before its sources are read: days by the statute's clocks, earlier placements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pycountry

from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import EarlierPlacement
from tierengine.evidence.placements import Placed
from tierengine.law.rulebook import Law, Rulebook
from tierengine.terms.interval import Days

_LAST = 9000
"""A year far enough from the last that a calendar has."""


def law_of_report(rulebook: Rulebook, year: int) -> Law:
    """Return the law of the day on which the report of a year was due. Raise `UsageError` if there was no such day."""
    first = rulebook.boundaries()[0]
    if not first.year < year <= _LAST or _due(rulebook.latest(), year) < first:
        raise UsageError([_no_report(year, first.year + 1)])
    known = _due(rulebook.latest(), year)
    due = _due(rulebook.on(known), year)
    return rulebook.on(due)


def _no_report(year: int, first: int) -> Problem:
    return Problem(where="--report", what=f"there is no report of {year}", cure=f"name a year from {first} on")


def _due(law: Law, year: int) -> date:
    return next(clock.calendar.of(year) for clock in law.clocks if clock.report and clock.calendar is not None)


def due(rulebook: Rulebook, year: int) -> date:
    """Return the day on which the report of a year is due by the statute."""
    return law_of_report(rulebook, year).as_of


def reporting_period(rulebook: Rulebook, year: int) -> Days:
    """Return the reporting period of the report of a year: that of the law of today, which was practice before."""
    ends = {c.period: c.calendar.of(year) for c in rulebook.latest().clocks if c.period and c.calendar is not None}
    return Days(first=ends["first"], last=ends["last"])


def earlier_placements(rows: Iterable[Placed], country: str, year: int, source: str) -> Iterator[EarlierPlacement]:
    """Yield where the reports before that of a year put a country, by its code of two letters."""
    code = long_code(country)
    for row in rows:
        if row.iso3 == code and row.year < year:
            yield EarlierPlacement(year=row.year, tier=row.tier, source=source)


def long_code(country: str) -> str:
    """Return the code of three letters of a country; of one that ISO does not name, the code with an X before it."""
    found = pycountry.countries.get(alpha_2=country) or pycountry.historic_countries.get(alpha_2=country)
    if found is not None:
        return str(found.alpha_3)
    return {"XK": "XKX"}.get(country, f"{country[0]}{country}")


def name_of(country: str) -> str | None:
    """Return the name of a country in English, or nothing if ISO names it not."""
    found = pycountry.countries.get(alpha_2=country) or pycountry.historic_countries.get(alpha_2=country)
    return str(getattr(found, "common_name", None) or found.name) if found is not None else None
