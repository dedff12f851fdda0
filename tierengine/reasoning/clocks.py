"""The days that the statute counts for the report of a year."""

from __future__ import annotations

from datetime import date, timedelta

from tierengine.errors import NotInForceError, Problem, UsageError
from tierengine.law.entries import Clock
from tierengine.law.rulebook import Law, Rulebook
from tierengine.terms.scalars import Model


class Due(Model):
    """One day that the statute counts."""

    id: str
    says: str
    day: date
    citation: str
    public_law: str | None


def report_due(rulebook: Rulebook, year: int) -> date:
    """Return the day on which the annual report of a year is due, under the law of that very day.

    Raise `NotInForceError` if there was no report yet. Source: 22 USC 7107(b)(1).
    """
    for clock in rulebook.clocks:
        if clock.report and clock.calendar is not None:
            day = clock.calendar.of(year)
            if clock.in_force.holds(day):
                return day
    first = min((clock.in_force.from_ for clock in rulebook.clocks if clock.report), default=None)
    raise NotInForceError(
        [
            Problem(
                where=f"the report of {year}",
                what="no law asks for it",
                cure=f"ask for a report due on or after {first}" if first else "add the clock of the report",
            )
        ]
    )


def report_day(law: Law, year: int) -> date:
    """Return the day on which the law of one date has the report of a year due; 1 June where it counts none."""
    calendar = next((clock.calendar for clock in law.clocks if clock.report), None)
    return date(year, 6, 1) if calendar is None else calendar.of(year)


def clocks(rulebook: Rulebook, year: int, issued: date | None = None) -> tuple[Due, ...]:
    """Return every day that the law in force when the report of a year is issued (or due) counts, in order.

    Days after the report are counted from the day it was issued if that is given, else from the day it is due. Raise
    `NotInForceError` if there was no report yet, and `UsageError` for a day that is not in that year or the next.
    """
    due = report_due(rulebook, year)
    if issued is not None and issued.year not in (year, year + 1):
        what = f"the report of {year} was not issued on {issued}"
        raise UsageError([Problem(where="--report-date", what=what, cure=f"write a day in {year} or {year + 1}")])
    law = rulebook.select(issued or due)
    return clocks_of(law, year, issued or due)


def clocks_of(law: Law, year: int, report: date) -> tuple[Due, ...]:
    """Return every day that one law counts for the report of a year that is made on a day, in order."""
    return tuple(sorted((_due(clock, year, report) for clock in law.clocks), key=lambda found: found.day))


def _due(clock: Clock, year: int, report: date) -> Due:
    after = report + timedelta(days=clock.days_after or 0)
    day = after if clock.calendar is None else clock.calendar.of(year)
    return Due(
        id=clock.id, says=clock.says, day=day, citation=str(clock.citation), public_law=clock.citation.public_law
    )
