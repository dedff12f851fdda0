"""The ledger of the statute, against an outline of it that was written apart from the ledger."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran, read_once
from tests.law.guarding import guards
from tierengine.lab.cases.asked import PlacedAsked
from tierengine.lab.cases.suite import PlacedCase, read_suite
from tierengine.law.entries import Clause

BOOK = read_once(ROOT)

STANDARDS = ("7106(a)", *(f"7106(a)({number})" for number in range(1, 5)), "7106(b)")
LISTS = tuple(f"7107(b)(1)({letter})" for letter in "ABC")
WATCH_LIST = ("(A)", "(A)(i)", "(A)(ii)", "(A)(iii)", "(A)(iii)(I)", "(A)(iii)(II)", "(B)", "(C)")
DOWNGRADE = ("(D)", "(D)(i)", "(D)(ii)", *(f"(D)(ii)({roman})" for roman in ("I", "II", "III")))
RELISTING = ("(F)", "(F)(i)(I)", "(F)(i)(II)", "(F)(ii)")
PROOF = ("(B)", *(f"(B)({roman})" for roman in ("i", "ii", "iii", "iv", "v")))
BUDGETS = ("(D)", "(D)(i)", "(D)(ii)", "(D)(iii)", "(E)", "(E)(i)", "(E)(ii)", "(F)")


def _factors(*clauses: int) -> tuple[str, ...]:
    """Every factor by its number, as often as its paragraph has clauses."""
    return tuple(f"7106(b)({number})" for number, times in enumerate(clauses, start=1) for _ in range(times))


def _under(paragraph: str, *inside: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"7107(b){paragraph}{clause}" for clauses in inside for clause in clauses)


LETTERS = ("(A)", "(B)", "(C)")
COMMITMENTS = ("(A)(iii)(III)",)
PARTNERS = ("7106(b)(9)(A)", "7106(b)(9)(B)")

OUTLINE = {
    # The first Act: seven factors; an annual report, optional interim reports, three considerations.
    date(2002, 6, 1): (
        *STANDARDS,
        *_factors(1, 3, 1, 1, 1, 1, 1),
        *("7107(b)(1)", *LISTS, "7107(b)(2)", "7107(b)(3)"),
        *_under("(3)", LETTERS),
    ),
    # 2003: presumptions with their option for good faith, factors 8 to 10, the special watch list.
    date(2004, 6, 14): (
        *STANDARDS,
        *_factors(3, 3, 1, 1, 1, 1, 3, 1, 1, 1),
        *("7107(b)(1)", *LISTS, "7107(b)(2)", "7107(b)(4)"),
        *_under("(3)", WATCH_LIST, COMMITMENTS),
        *_under("(4)", LETTERS),
    ),
    # The option has lapsed; of the Act of 2005 only the organizations are in force.
    date(2007, 11, 9): (
        *STANDARDS,
        *_factors(2, 3, 1, 1, 1, 1, 2, 1, 1, 1),
        *("7107(b)(1)", *LISTS, "7107(b)(1)(D)", "7107(b)(2)", "7107(b)(4)"),
        *_under("(3)", WATCH_LIST, COMMITMENTS),
        *_under("(4)", LETTERS),
    ),
    # The deferred words: three measures in factor 3, nationals on missions in factor 7.
    date(2008, 6, 4): (
        *STANDARDS,
        *_factors(2, 3, 4, 1, 1, 1, 3, 1, 1, 1),
        *("7107(b)(1)", *LISTS, "7107(b)(1)(D)", "7107(b)(2)", "7107(b)(4)"),
        *_under("(3)", WATCH_LIST, COMMITMENTS),
        *_under("(4)", LETTERS),
    ),
    # 2008: incarceration, training, identity in the place of demand, demand as factor 11, the downgrade.
    date(2011, 6, 27): (
        *STANDARDS,
        *_factors(3, 4, 4, 1, 1, 1, 3, 1, 1, 1, 1),
        *("7106(b)(11)(A)", "7106(b)(11)(B)"),
        *("7107(b)(1)", *LISTS, *_under("(1)", ("(D)", "(E)", "(F)")), "7107(b)(2)", "7107(b)(4)"),
        *_under("(3)", WATCH_LIST, COMMITMENTS, DOWNGRADE),
        *_under("(4)", LETTERS),
    ),
    # 2013: three more measures, arrangements, inaction, partnerships; interim reports gone, paragraphs moved up.
    date(2013, 6, 19): (
        *STANDARDS,
        *_factors(3, 4, 7, 2, 1, 1, 4, 1, 1, 1, 1, 1),
        *(*PARTNERS, "7106(b)(12)(A)", "7106(b)(12)(B)"),
        *("7107(b)(1)", "7107(b)(1)", *LISTS, *_under("(1)", ("(D)", "(E)", "(F)", "(G)")), "7107(b)(3)"),
        *_under("(2)", WATCH_LIST, COMMITMENTS, DOWNGRADE, ("(E)",)),
        *_under("(3)", LETTERS),
    ),
    # The first of the two Acts: proportional actions, re-listing limit, proof of failure.
    date(2019, 1, 8): (
        *STANDARDS,
        *_factors(3, 4, 7, 2, 1, 1, 4, 1, 1, 1, 1, 1),
        *(*PARTNERS, "7106(b)(12)(A)", "7106(b)(12)(B)"),
        *("7107(b)(1)", "7107(b)(1)", *LISTS, *_under("(1)", ("(D)", "(E)", "(F)", "(G)"))),
        *_under("(2)", WATCH_LIST, ("(A)(iii)(I)",), COMMITMENTS, DOWNGRADE, ("(E)",), RELISTING),
        *_under("(3)", ("(A)", "(A)(i)", "(A)(ii)", "(A)(iii)"), PROOF),
    ),
    # The second: enable, concrete actions, no commitments, the period, budgets, consultation, action plans.
    date(2026, 11, 24): (
        *STANDARDS,
        *_factors(3, 4, 7, 2, 1, 1, 5, 1, 1, 1, 1, 1),
        *(*PARTNERS, "7106(b)(12)(A)", "7106(b)(12)(B)"),
        *("7107(b)(1)", "7107(b)(1)", "7107(b)(1)", *LISTS, *_under("(1)", ("(D)", "(E)", "(F)", "(G)", "(H)"))),
        *_under("(1)", ("(A)", "(B)", "(B)")),
        *_under("(2)", WATCH_LIST, ("(A)(iii)(I)",), DOWNGRADE, ("(E)", "(E)(i)", "(E)(ii)"), RELISTING),
        *_under("(3)", ("(A)", "(A)(i)", "(A)(ii)", "(A)(iii)"), PROOF, BUDGETS),
        *("7107(b)(4)", *_under("(4)", ("(A)", "(B)", "(C)", "(D)"))),
    ),
}


def _off_the_ledger(day: date, clauses: tuple[Clause, ...]) -> Counter[str]:
    """What the outline of a day has more of, or less, than these clauses."""
    outline = Counter(f"22 USC {clause}" for clause in OUTLINE[day])
    listed = Counter(str(clause.citation.usc) for clause in clauses)
    return (outline - listed) + (listed - outline)


@pytest.mark.parametrize("day", OUTLINE, ids=str)
def test_every_clause_of_the_outline_is_on_the_ledger(day: date) -> None:
    """A clause that the statute had on a date and that the ledger does not list fails here; so does one too many."""
    assert _off_the_ledger(day, BOOK.select(day).clauses) == Counter()


@pytest.mark.parametrize("missing", sorted({clause.id for clause in BOOK.clauses}))
def test_a_clause_taken_off_is_missed(missing: str) -> None:
    """Whichever clause is taken off the ledger, the outline of some day misses it, though others share its place."""
    left = {day: tuple(c for c in BOOK.select(day).clauses if c.id != missing) for day in OUTLINE}
    assert any(_off_the_ledger(day, clauses) for day, clauses in left.items())


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
        (
            "criteria/F-PROSECUTE/2008-12-23.yaml",
            "    usc: 22 USC 7106(b)(1)\n    public_law: P.L. 108-193",
            "    usc: 22 USC 7106(b)(91)\n    public_law: P.L. 108-193",
            ":3: the ledger of the statute does not list 22 USC 7106(b)(91)",
        ),
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


@cache
def _cases() -> Mapping[str, Sequence[PlacedCase | PlacedAsked]]:
    """Name to the cases of the project that bear it."""
    folder = ROOT / "tests" / "cases"
    found: dict[str, list[PlacedCase | PlacedAsked]] = {}
    suite = read_suite(folder, BOOK)
    for placed in suite.cases:
        found.setdefault(placed.case.name, []).append(placed)
    for asked in suite.asked:
        found.setdefault(asked.asked.name, []).append(asked)
    return found


EXPRESSED = [clause for clause in BOOK.clauses if clause.by]


@pytest.mark.parametrize("clause", EXPRESSED, ids=lambda clause: clause.id)
def test_a_clause_names_the_cases_that_fail_without_it(clause: Clause) -> None:
    """Once what expresses a clause is taken out, each case fails that the ledger names for it; it names some."""
    assert clause.cases
    for name in clause.cases:
        assert [placed for placed in _cases().get(name, ()) if guards(placed, clause)], name


@given(st.data())
@settings(deadline=None, max_examples=20)
def test_a_case_of_another_provision_guards_no_clause(data: st.DataObject) -> None:
    """What is taken out for one clause fails no case of another standard: a guard is of its own clause."""
    clause = data.draw(st.sampled_from([each for each in EXPRESSED if each.id.startswith("CLAUSE-FACTOR")]))
    names = [name for name in _cases() if name.startswith(("SE-", "MS1 ", "MS2 ", "MS3 ", "SCOPE "))]
    name = data.draw(st.sampled_from(names))
    assert not any(guards(placed, clause) for placed in _cases()[name])
