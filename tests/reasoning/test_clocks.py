"""The days that the statute counts, against dates worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.conftest import ROOT, Ran, read_once
from tierengine.reasoning.admission import known_in
from tierengine.reasoning.clocks import clocks

BOOK = read_once(ROOT)
EXPECTED = {
    2001: {"REPORT": "2001-06-01"},
    2003: {"REPORT": "2003-06-01", "TIER-3-EARLIEST": "2003-07-16", "TIER-3-LATEST": "2003-08-30"},
    2004: {
        "REPORT": "2004-06-01",
        "TIER-3-EARLIEST": "2004-07-16",
        "TIER-3-LATEST": "2004-08-30",
        "SPECIAL-WATCH-LIST": "2004-08-30",
        "INTERIM": "2005-02-01",
    },
    2008: {
        "REPORT": "2008-06-01",
        "TIER-3-EARLIEST": "2008-07-16",
        "TIER-3-LATEST": "2008-08-30",
        "SPECIAL-WATCH-LIST": "2008-08-30",
        "INTERIM": "2009-02-01",
    },
    2013: {
        "REPORT": "2013-06-01",
        "EVIDENCE-POSTED": "2013-07-01",
        "TIER-3-EARLIEST": "2013-07-16",
        "TIER-3-LATEST": "2013-08-30",
        "SPECIAL-WATCH-LIST": "2013-08-30",
        "INTERIM": "2014-02-01",
    },
    2019: {
        "PERIOD-FIRST": "2018-04-01",
        "PERIOD-LAST": "2019-03-31",
        "REPORT": "2019-06-01",
        "EVIDENCE-POSTED": "2019-07-01",
        "TIER-3-EARLIEST": "2019-07-16",
        "TIER-3-LATEST": "2019-08-30",
        "SPECIAL-WATCH-LIST": "2019-08-30",
        "ACTION-PLAN": "2019-11-28",
        "INTERIM": "2020-02-01",
    },
    2021: {
        "PERIOD-FIRST": "2020-04-01",
        "PERIOD-LAST": "2021-03-31",
        "REPORT": "2021-06-30",
        "EVIDENCE-POSTED": "2021-07-30",
        "TIER-3-EARLIEST": "2021-08-14",
        "TIER-3-LATEST": "2021-09-28",
        "SPECIAL-WATCH-LIST": "2021-09-28",
        "ACTION-PLAN": "2021-12-27",
        "INTERIM": "2022-02-01",
    },
}


@pytest.mark.parametrize("year", EXPECTED)
def test_days_of_a_year(year: int) -> None:
    """Each day that the law of the year counts, and no other."""
    assert {due.id: str(due.day) for due in clocks(BOOK, year)} == EXPECTED[year]


def test_a_late_report_moves_the_days_that_follow_it() -> None:
    """Days after the report are counted from the day it was issued; days of the calendar stay."""
    found = {due.id: due.day for due in clocks(BOOK, 2007, date(2007, 6, 12))}
    assert found["TIER-3-LATEST"] == date(2007, 9, 10)
    assert found["INTERIM"] == date(2008, 2, 1)


def test_as_typed(tierengine: Callable[..., Ran]) -> None:
    """Text and JSON, in the order of the days; a year without a report is refused with the earliest date."""
    days = [each["day"] for each in json.loads(tierengine("clocks", "--year", "2021", "--format", "json").out)]
    assert days == sorted(days)
    assert "the annual report is due" in tierengine("clocks", "--year", "2021").out
    ran = tierengine("clocks", "--year", "2000")
    assert (ran.code, ran.out) == (3, "")
    assert "2000-10-28" in ran.err


@pytest.mark.parametrize("day", ["2018-06-28", "2000-10-01", "9999-12-31", "soon"])
def test_a_day_on_which_the_report_was_not_issued(day: str, tierengine: Callable[..., Ran]) -> None:
    """A day of another year, or none at all, is a question that cannot be asked."""
    ran = tierengine("clocks", "--year", "2019", "--report-date", day)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("--report-date: ")


@pytest.mark.parametrize("on", [date(2004, 6, 1), date(2018, 6, 1), date(2020, 6, 30)])
@pytest.mark.parametrize(
    ("year", "tiers"),
    [(2000, set()), (2001, {"1", "2", "3", "SC"}), (2003, {"1", "2", "3", "SC"}), (2004, {"1", "2", "2WL", "3", "SC"})],
)
def test_which_tiers_a_report_could_name(on: date, year: int, tiers: set[str]) -> None:
    """Those of the law on the day on which that report was due, whenever it is asked; not on the days of its period."""
    assert set(known_in(BOOK.select(on), year)) == tiers


def test_a_tier_of_the_day_on_which_the_report_is_due() -> None:
    """It is known in that report, and on the day after it is not; where no report is due, every tier always is."""
    law = BOOK.select(date(2018, 6, 1))
    for day, known in ((date(2003, 6, 1), {"1", "2", "2WL", "3", "SC"}), (date(2003, 6, 2), {"1", "2", "3", "SC"})):
        assert set(known_in(replace(law, tiers_since={**law.tiers_since, "2WL": day}), 2003)) == known
    assert known_in(replace(law, clocks=law.clocks[::-1]), 2001) == known_in(law, 2001) == ("1", "2", "3", "SC")
    assert known_in(law, 0) == ()
    assert known_in(replace(law, clocks=()), 0) == ("1", "2", "2WL", "3", "SC")
