"""The law on a date, between two dates, and clause by clause."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran, read_once
from tierengine.law.changes import all_changes, changes

BOOK = read_once(ROOT)
DAYS = st.dates(date(2000, 10, 28), date(2030, 1, 1))


def _changed(first: date, second: date) -> set[tuple[str, str]]:
    return {(change.how, change.id) for change in changes(BOOK, first, second) if not change.id.isdigit()}


def _in_force(day: date) -> set[str]:
    return {entry.id for entry in BOOK.on(day).entries()}


def test_the_deferral_of_the_act_of_2005() -> None:
    """Nothing changes when the Act is signed; two years later factors 3 and 7 do."""
    assert not changes(BOOK, date(2005, 10, 1), date(2008, 1, 9))
    found = changes(BOOK, date(2007, 11, 9), date(2008, 6, 4))
    assert {(change.how, change.id, change.day, change.act) for change in found} == {
        ("amended", "F-PREVENT", date(2008, 1, 10), "P.L. 109-164 section 104(b)(1)"),
        ("amended", "F-OFFICIALS", date(2008, 1, 10), "P.L. 109-164 section 104(b)(1)"),
        ("added", "COH-DEPLOYED-NATIONALS-INVOLVED", date(2008, 1, 10), "P.L. 109-164 section 104(b)(1)"),
    }


def test_what_nothing_encodes_is_listed_as_well(tierengine: Callable[..., Ran]) -> None:
    """One part of the Act of 2005 took effect at once; it decides no list, and `law diff` names it all the same."""
    signed = all_changes(BOOK, date(2005, 12, 1), date(2006, 2, 1))
    assert [(change.how, change.day, change.act) for change in signed] == [
        ("added", date(2006, 1, 10), "P.L. 109-164 section 104(e)")
    ]
    assert "22 USC 7107(b)(1)(D)" in tierengine("law", "diff", "2005-12-01", "2006-02-01").out
    gone = all_changes(BOOK, date(2013, 3, 6), date(2013, 3, 7))
    assert ("struck", "CLAUSE-INTERIM-REPORTS") in {(change.how, change.id) for change in gone}
    through_the_years = all_changes(BOOK, date(2000, 10, 28), date(2026, 7, 1))
    assert {change.id for change in through_the_years if not change.act.startswith("P.L. ")} == {"CARRY-ACTION"}


def test_every_change_names_its_act() -> None:
    """Each is named with the Public Law and the section that made it."""
    found = changes(BOOK, date(2000, 10, 28), date(2026, 11, 1))
    # A rule of policy, which no Act made, asks after action plans since there are any.
    assert [change.id for change in found if not re.match(r"P\.L\. \d+-\d+ section ", change.act)] == ["CARRY-ACTION"]


def test_the_act_of_2013() -> None:
    """A factor is added, three are renumbered, three amended, and the watch list moves up a paragraph."""
    found = _changed(date(2012, 6, 19), date(2013, 6, 19))
    factors = {(how, name) for how, name in found if name.startswith("F-")}
    assert factors == {
        ("added", "F-PARTNERSHIP"),
        ("renumbered", "F-MONITOR"),
        ("renumbered", "F-PROGRESS"),
        ("renumbered", "F-DEMAND"),
        ("amended", "F-PREVENT"),
        ("amended", "F-COOPERATE"),
        ("amended", "F-OFFICIALS"),
    }
    assert ("renumbered", "WL-iii-II") in found
    moved = next(c for c in changes(BOOK, date(2012, 6, 19), date(2013, 6, 19)) if c.id == "F-PROGRESS")
    assert moved.says == "22 USC 7106(b)(10) becomes 22 USC 7106(b)(11)"


def test_the_two_acts_of_january_2019() -> None:
    """The ground of commitments is struck on the second day, not on the first."""
    assert ("struck", "WL-iii-III") not in _changed(date(2019, 1, 7), date(2019, 1, 8))
    second = _changed(date(2019, 1, 8), date(2019, 1, 9))
    assert {("struck", "WL-iii-III"), ("added", "SE-D"), ("amended", "DOWNGRADE")} <= second
    assert ("added", "POLICY-OR-PATTERN") in _changed(date(2019, 1, 7), date(2019, 1, 8))


@given(DAYS, DAYS)
def test_added_and_struck_are_what_is_in_force(one: date, other: date) -> None:
    """Between two dates exactly those ids come and go that are in force on one of them and not on the other."""
    first, second = sorted((one, other))
    before, after = _in_force(first), _in_force(second)
    found = changes(BOOK, first, second)
    added = {change.id for change in found if change.how == "added"}
    struck = {change.id for change in found if change.how == "struck"}
    assert after - before == added - struck
    assert before - after == struck - added
    assert all(change.act for change in found)


@given(DAYS)
def test_a_date_with_itself(day: date) -> None:
    """Nothing changes between a date and itself."""
    assert changes(BOOK, day, day) == ()


@pytest.mark.parametrize(
    ("day", "factors"),
    [("2001-06-01", 7), ("2007-11-09", 10), ("2008-06-04", 10), ("2009-06-16", 11), ("2013-06-19", 12)],
)
def test_show(day: str, factors: int, tierengine: Callable[..., Ran]) -> None:
    """The factors of a date are listed with the numbers of that date."""
    ran = tierengine("law", "show", "--as-of", day)
    assert ran.code == 0
    assert ran.out.endswith(f"{factors} factors\n")
    found = json.loads(tierengine("law", "show", "--as-of", day, "--format", "json").out)
    assert [each["number"] for each in found if each["part"] == "factor"] == list(range(1, factors + 1))


def test_show_before_the_law(tierengine: Callable[..., Ran]) -> None:
    """The day before the first Act is refused with the earliest date."""
    ran = tierengine("law", "show", "--as-of", "2000-10-27")
    assert (ran.code, ran.out) == (3, "")
    assert "from 2000-10-28" in ran.err


def test_diff_as_typed(tierengine: Callable[..., Ran]) -> None:
    """Text names Act and provision; the wrong order is a usage error; no change says so."""
    ran = tierengine("law", "diff", "2007-11-09", "2008-06-04")
    assert "P.L. 109-164 section 104(b)(1)" in ran.out
    assert "{" not in tierengine("law", "diff", "2003-12-18", "2003-12-19").out
    assert "Nothing changed" in tierengine("law", "diff", "2010-01-01", "2011-01-01").out
    wrong = tierengine("law", "diff", "2011-01-01", "2010-01-01")
    assert (wrong.code, wrong.out) == (2, "")
    assert "write the earlier date first" in wrong.err


def test_a_renumbered_provision_is_cited_nowhere_under_its_old_number() -> None:
    """On the day on which a provision gets another number, every citation of it has that, however deep it stands."""
    moved = [(entry, move) for entry in BOOK.entries() for move in entry.renumbered]
    cited = [(entry, move, _cited(entry.numbered_on(move.from_).model_dump())) for entry, move in moved]
    for entry, move, found in cited:
        assert [usc for usc in found if usc.startswith(move.usc)]
        assert not [usc for usc in found if usc.startswith(entry.citation.usc or "-") and not usc.startswith(move.usc)]
    assert sum(sum(usc.startswith(move.usc) for usc in found) for _, move, found in cited) > len(moved)


def _cited(value: Any) -> list[str]:
    """The provisions of all citations in what a model holds."""
    if isinstance(value, dict):
        own = [value["usc"] or ""] if value.keys() >= {"authority", "usc"} else []
        return own + [usc for inner in value.values() for usc in _cited(inner)]
    return [usc for inner in value for usc in _cited(inner)] if isinstance(value, tuple) else []
