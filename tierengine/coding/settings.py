"""What is known of an annual report before its sources are read: days by the statute's clocks, earlier placements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count

import pycountry

from tierengine.errors import Problem
from tierengine.evidence.dossier import EarlierPlacement
from tierengine.evidence.placements import Placed
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.clocks import report_day
from tierengine.terms.interval import Days


def drafted_years(rulebook: Rulebook, today: date) -> range:
    """Return the years for whose report a dossier can be drafted on a day.

    A dossier names the report before it, and of a reporting period that has not begun no source can tell.
    """
    law = rulebook.on(rulebook.boundaries()[0])
    first = next(year for year in count(law.as_of.year) if report_day(law, year) >= law.as_of)
    last = max(year for year in (today.year, today.year + 1) if reporting_period(rulebook, year).first <= today)
    return range(first + 1, last + 1)


def year_problems(year: int, years: range) -> Iterator[Problem]:
    """Yield what is wrong with a year that is none of those for whose report a dossier can be drafted."""
    if year in years:
        return
    what = f"there is no report of {year}"
    if year == years.start - 1:
        what = f"no report came before that of {year}, and a dossier names the one before"
    if year >= years.stop:
        what = f"the reporting period of the report of {year} has not begun, so that no source can tell of it"
    yield Problem(where="the year of the report", what=what, cure=f"name a year from {years[0]} to {years[-1]}")


def day_problems(as_of: date | None, year: int) -> Iterator[Problem]:
    """Yield what is wrong with a day on which the report of a year is not issued."""
    if as_of is not None and as_of.year != year:
        what, cure = f"{as_of} does not lie in {year}", "write the day on which the report is issued"
        yield Problem(where="--as-of", what=what, cure=cure)


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
