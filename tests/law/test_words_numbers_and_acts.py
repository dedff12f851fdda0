"""What an entry cites, when it begins and what it says to people, held against the Acts and against its own rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import ROOT, Ran
from tests.lab.edits import edited
from tierengine import yamlfile
from tierengine.errors import Problem
from tierengine.law.acts import lint_acts, named
from tierengine.law.constancy import lint_constancy
from tierengine.law.drift import lint_drift
from tierengine.law.linter import Placed
from tierengine.law.reader import placed_in, read_draft

DRAFT = read_draft(ROOT)


def _changed(name: str, before: str, after: str) -> list[Placed]:
    """The entries of the project's rulebook with some words of one file replaced."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert before in text
    problems: list[Problem] = []
    document = yamlfile.load(text.replace(before, after, 1).encode(), name, problems)
    assert document is not None
    here = placed_in(document, problems)
    assert not problems
    return [here.pop(0) if item.document.name == name else item for item in DRAFT.placed]


def _problems(name: str, before: str, after: str) -> str:
    placed = _changed(name, before, after)
    problems = [*lint_acts(DRAFT.rulebook, placed), *lint_constancy(placed), *lint_drift(placed)]
    return "\n".join(str(each) for each in problems)


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        (
            "rules/watch_list.yaml",
            "usc: 22 USC 7107(b)(3)(A)(i)\n",
            "usc: 22 USC 7107(b)(3)(A)(ii)\n",
            "rules/watch_list.yaml:7:7: the two numbers name two clauses",
        ),
        (
            "rules/watch_list.yaml",
            "tvpa: section 110(b)(2)(A)(i)\n",
            "tvpa: section 110(b)(2)(A)\n",
            "write `usc: 22 USC 7107(b)(2)(A)`, or the `tvpa` that goes with 22 USC 7107(b)(2)(A)(i)",
        ),
        (
            "rules/watch_list.yaml",
            "public_law: P.L. 108-193 section 6(e)",
            "public_law: P.L. 108-193 section 6(d)(1)",
            "P.L. 108-193 section 6(d)(1) did not touch 22 USC 7107(b)(3)(A)(i); it touched 22 USC 7106(b)(1)",
        ),
        (
            "rules/watch_list.yaml",
            "public_law: P.L. 108-193 section 6(e)",
            "public_law: P.L. 113-4 section 1205",
            "P.L. 113-4 section 1205 touched 22 USC 7107(b)(3)(A)(i) on 2013-03-07, and this should have been so by",
        ),
        ("rules/watch_list.yaml", "P.L. 108-193", "P.L. 108-194", "no Act of rules/acts.yaml is P.L. 108-194"),
        ("rules/tiers.yaml", "act: P.L. 115-427 section 6(1)", "act: P.L. 115-427 section 9", "has no section 9"),
        (
            "rules/clocks.yaml",
            "from: 2019-01-09",
            "from: 2019-01-10",
            "begins on 2019-01-10, and no Act changes anything",
        ),
        ("rules/clocks.yaml", "from: 2000-10-28", "from: 1999-10-28", "the nearest day of an Act is 2000-10-28"),
        ("rules/watch_list.yaml", "from: 2013-03-07", "from: 2013-03-08", "is renumbered on 2013-03-08"),
        (
            "rules/history.yaml",
            "act: P.L. 115-427 section 6(2)(C)",
            "act: P.L. 115-425 section 203(1)(B)",
            "P.L. 115-425 section 203(1)(B) changed the law on 2019-01-08, and this is on 2019-01-09",
        ),
        (
            "rules/history.yaml",
            "      counted_from:\n        {authority: statute, tvpa: section 110(b)(3)(D)(i), "
            "usc: 22 USC 7107(b)(3)(D)(i), public_law: P.L. 110-457 section 107(a)}\n",
            "",
            "the number `counted_from` is cited from nowhere",
        ),
        ("rules/clocks.yaml", ", public_law: P.L. 116-283 section 1299R(b)}", "}", "the day is cited without its Act"),
        (
            "rules/history.yaml",
            "says: The waiver lasts up to one year and no longer up to two.",
            "says: TO BE FILLED IN",
            "`change` does not say yet what the Act does",
        ),
        (
            "rules/history.yaml",
            "waiver_years: 2\n",
            "waiver_years: 3\n",
            "`waiver_years` is 3, and `says` does not name",
        ),
        ("rules/history.yaml", "counted_from: 2009", "counted_from: 2010", "no interpretation names that report"),
        (
            "criteria/MS3/2000-10-28.yaml",
            "max_penalty_trafficking_years, at_least: 4}\n        - {j",
            "max_penalty_trafficking_years, at_least: 5}\n        - {j",
            "criteria/MS3/2000-10-28.yaml:11:3: this says `four years`, and the rule asks for 5 years",
        ),
        (
            "criteria/F-OFFICIALS/2008-01-10.yaml",
            "effort: false",
            "effort: true",
            "is declared otherwise in criteria/F-OFFICIALS/2000-10-28.yaml: `effort` differs",
        ),
        ("criteria/MS4/2008-12-23.yaml", "part: standard", "part: factor", "`MS4` has another `part`"),
    ],
)
def test_a_slip_is_reported(name: str, before: str, after: str, expected: str) -> None:
    """Each slip is reported at its place, with what to write instead."""
    assert expected in _problems(name, before, after)


def test_the_law_of_the_project_has_none() -> None:
    """Every citation, date and number of the project's law bears it out."""
    placed = list(DRAFT.placed)
    assert not [*lint_acts(DRAFT.rulebook, placed), *lint_constancy(placed), *lint_drift(placed)]


def test_the_linter_of_the_program_looks_for_them(tierengine: Callable[..., Ran], tmp_path: object) -> None:
    """A user who types `lint` sees all three at once, and the exit code is that of an unsound law."""
    folder = edited(
        tmp_path,  # type: ignore[arg-type]
        ("rules/watch_list.yaml", "usc: 22 USC 7107(b)(3)(A)(i)\n", "usc: 22 USC 7107(b)(3)(A)(ii)\n"),
        ("rules/history.yaml", "waiver_years: 2\n", "waiver_years: 3\n"),
        ("criteria/MS4/2008-12-23.yaml", "part: standard", "part: factor"),
        of=ROOT,
    )
    ran = tierengine("lint", folder)
    assert ran.code == 3
    for words in ("the two numbers name two clauses", "`says` does not name it", "has another `part`"):
        assert words in ran.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P.L. 113-4 section 1204(4) and (5)", ["1204(4)", "1204(5)"]),
        ("P.L. 115-427 section 6(1)(C) and (2)(A)(iii)", ["6(1)(C)", "6(2)(A)(iii)"]),
        ("P.L. 106-386 section 108, as last amended by P.L. 113-4 section 1204(1)", ["108", "1204(1)"]),
        ("P.L. 116-283 section 1299R(b)", ["1299R(b)"]),
        ("the Act of 2000", []),
    ],
)
def test_the_sections_that_a_citation_names(text: str, expected: list[str]) -> None:
    """Each section is read with the number that it shares with the one before it."""
    assert [section.removeprefix("section ") for _, section in named(text)] == expected
