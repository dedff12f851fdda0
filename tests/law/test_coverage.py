"""The ledger of the statute, against an outline of it that was written apart from the ledger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran
from tierengine.law.reader import read_rulebook

BOOK = read_rulebook(ROOT)

STANDARDS = ("7106(a)", "7106(a)(1)", "7106(a)(2)", "7106(a)(3)", "7106(a)(4)", "7106(b)")
LISTS = ("7107(b)(1)", "7107(b)(1)(A)", "7107(b)(1)(B)", "7107(b)(1)(C)")
OUTLINE = {
    date(2002, 6, 1): (
        *STANDARDS,
        *(f"7106(b)({number})" for number in range(1, 8)),
        *LISTS,
        "7107(b)(2)",
        "7107(b)(3)",
        *(f"7107(b)(3)({letter})" for letter in "ABC"),
    ),
    date(2007, 11, 9): (
        *STANDARDS,
        *(f"7106(b)({number})" for number in range(1, 11)),
        *LISTS,
        "7107(b)(1)(D)",
        "7107(b)(2)",
        "7107(b)(3)(A)",
        *(f"7107(b)(3)(A)({roman})" for roman in ("i", "ii", "iii", "iii)(I", "iii)(II", "iii)(III")),
        "7107(b)(3)(B)",
        "7107(b)(3)(C)",
        "7107(b)(4)",
        *(f"7107(b)(4)({letter})" for letter in "ABC"),
    ),
    date(2011, 6, 27): (
        *STANDARDS,
        *(f"7106(b)({number})" for number in range(1, 12)),
        *LISTS,
        *(f"7107(b)(1)({letter})" for letter in "DEF"),
        "7107(b)(3)(D)(i)",
        "7107(b)(3)(D)(ii)",
    ),
    date(2026, 11, 24): (
        *STANDARDS,
        *(f"7106(b)({number})" for number in range(1, 13)),
        *LISTS,
        *(f"7107(b)(1)({letter})" for letter in "DEFGH"),
        "7107(b)(2)(A)",
        *(f"7107(b)(2)(A)({roman})" for roman in ("i", "ii", "iii", "iii)(I", "iii)(II")),
        *(f"7107(b)(2)({letter})" for letter in "BCDEF"),
        "7107(b)(2)(D)(i)",
        "7107(b)(2)(D)(ii)",
        "7107(b)(3)(A)",
        *(f"7107(b)(3)(A)({roman})" for roman in ("i", "ii", "iii")),
        "7107(b)(3)(B)",
        *(f"7107(b)(3)(B)({roman})" for roman in ("i", "ii", "iii", "iv", "v")),
        *(f"7107(b)(3)({letter})" for letter in "DEF"),
        "7107(b)(4)",
        "7107(b)(4)(A)",
        "7107(b)(4)(D)",
    ),
}


@pytest.mark.parametrize("day", OUTLINE, ids=str)
def test_every_clause_of_the_outline_is_on_the_ledger(day: date) -> None:
    """A clause that the statute had on a date and that the ledger does not list fails here."""
    listed = {clause.citation.usc for clause in BOOK.select(day).clauses}
    assert [clause for clause in OUTLINE[day] if f"22 USC {clause}" not in listed] == []


def test_coverage_as_typed(tierengine: Callable[..., Ran]) -> None:
    """Every clause says what became of it, and the last line counts them."""
    clauses = json.loads(tierengine("law", "coverage", "--format", "json").out)
    ways = [clause["treatment"] for clause in clauses]
    assert set(ways) == {"encoded", "left to a judgement", "not encoded", "out of scope"}
    last = tierengine("law", "coverage").out.splitlines()[-1]
    assert last.startswith(f"{len(clauses)} clauses: ")
    assert f"{ways.count('encoded')} encoded" in last


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("rules/coverage.yaml", "by: [MS1]", "by: [MS9]", "nothing in force as long as this clause is called `MS9`"),
        (
            "rules/coverage.yaml",
            "usc: 22 USC 7106(b)(5)}",
            "usc: 22 USC 7106(b)(55)}",
            "does not list 22 USC 7106(b)(5)",
        ),
        ("rules/coverage.yaml", "    by: [MS1]\n", "", "names what does so under `by`"),
    ],
)
def test_a_ledger_that_does_not_hold(
    file: str, old: str, new: str, expected: str, tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """A clause taken off the ledger, or accounted for by nothing, is found by `lint`."""
    for room in ("criteria", "rules"):
        shutil.copytree(ROOT / room, tmp_path / room)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    ran = tierengine("lint", tmp_path)
    assert (ran.code, ran.out) == (3, "")
    assert expected in ran.err
