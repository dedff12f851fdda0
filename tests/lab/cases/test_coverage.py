"""What cases cover: no more with fewer cases, named at the right place, and read as the engines read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran, read_once
from tests.strategies import facts_for, laws
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Value
from tierengine.engines.lowering import lower, presumed
from tierengine.lab.cases.coverage import Book, Covered, known_of, reading
from tierengine.lab.cases.trial import Trials
from tierengine.law.entries import Given
from tierengine.law.reader import read_draft, read_rulebook
from tierengine.law.rulebook import Law
from tierengine.terms.outcome import Outcome

BOOK = read_once(SMALL)
PLACES = read_draft(SMALL).placed
LAW = BOOK.on(date(2007, 6, 12))
TRIALS = Trials()


def covered(*given: dict[str, Any], examples: bool = False) -> tuple[Covered, ...]:
    """What some countries cover of the small rulebook."""
    book = Book(BOOK, PLACES)
    for number, each in enumerate(given):
        book.see(f"case {number}", TRIALS.of_given(LAW, Given.model_validate(each)))
    if examples:
        book.see_examples()
    return book.coverage().covered


def one(found: tuple[Covered, ...], entry: str, asks: str) -> Covered:
    """A rule or condition by its words."""
    return next(each for each in found if (each.entry, each.asks) == (entry, asks))


def shown(found: tuple[Covered, ...]) -> set[tuple[str, str, str]]:
    """Everything that was seen, without saying in which case."""
    sides = {
        (str(each.where), each.asks, kind)
        for each in found
        for kind, case in (("holds", each.holds_in), ("fails", each.fails_in))
        if case is not None
    }
    edges = [(each, each.edge) for each in found if each.edge is not None]
    sides |= {(each.where, each.asks, edge.on) for each, edge in edges if edge.on_in is not None}
    return sides | {(each.where, each.asks, edge.beside) for each, edge in edges if edge.beside_in is not None}


def test_an_edge_is_covered_by_its_two_sides_exactly() -> None:
    """A hundred victims and ninety-nine lie on the edge; five hundred and none do not."""
    far = one(
        covered({"indicators": {"victims": "500"}}, {"indicators": {"victims": "0"}}), "SCOPE", "victims at least 100"
    )
    assert (far.holds_in, far.fails_in) == ("case 0", "case 1")
    assert far.missing == ("no case has `victims` 100", "no case has `victims` 99")
    near = one(
        covered({"indicators": {"victims": "100"}}, {"indicators": {"victims": "99"}}), "SCOPE", "victims at least 100"
    )
    assert near.missing == ()
    assert near.edge is not None
    assert (near.edge.on_in, near.edge.beside_in) == ("case 0", "case 1")


def test_what_is_open_is_neither_taken_nor_not() -> None:
    """A condition of which nothing is known is not covered by the case."""
    found = one(covered({"indicators": {"shelter": "true"}}), "GROUND", "increase is false")
    assert found.missing == ("it never holds", "it never fails")


def test_the_rules_of_a_given_finding_are_not_taken() -> None:
    """What is given instead of worked out takes no rule of its own."""
    given = {"indicators": {"victims": "100"}, "findings": {"SCOPE": "met"}}
    assert one(covered(given), "SCOPE", "victims at least 100").holds_in is None


def test_a_given_level_lies_on_its_edge() -> None:
    """A finding asked for at a level is on the edge at just that level, and beside it at the one below."""
    on = one(covered({"findings": {"STANDARD": "partly met"}}), "EFFORTS", "STANDARD at least partly met").edge
    assert on is not None
    assert (on.on_in, on.beside_in) == ("case 0", None)
    above = one(covered({"findings": {"STANDARD": "met"}}), "EFFORTS", "STANDARD at least partly met").edge
    assert above is not None
    assert (above.on_in, above.beside_in) == (None, None)


def test_the_examples_of_a_criterion_count() -> None:
    """With its examples the threshold of the criterion is covered."""
    assert one(covered(examples=True), "SCOPE", "victims at least 100").missing == ()


def _countries() -> st.SearchStrategy[dict[str, Any]]:
    indicators = {
        "victims": st.sampled_from(("0", "99", "100")),
        "forbidden": st.sampled_from(("true", "false")),
        "punished": st.sampled_from(("0", "1")),
        "shelter": st.sampled_from(("true", "false")),
        "increase": st.sampled_from(("true", "false")),
        "promises": st.sampled_from(("0", "8", "9")),
    }
    rated = st.dictionaries(st.just("significance"), st.sampled_from(("met", "not met")))
    return st.fixed_dictionaries(
        {"indicators": st.fixed_dictionaries({}, optional=indicators), "judgements": rated},
        optional={"last_report": st.sampled_from(("1", "2", "2WL", "3", "SC"))},
    )


@given(st.lists(_countries(), max_size=4), st.lists(_countries(), max_size=4))
def test_more_cases_cover_no_less(some: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    """What some cases cover, they cover with others too; and together they cover what each covers, in any order."""
    together = shown(covered(*some, *more))
    assert together == shown(covered(*some)) | shown(covered(*more))
    assert together == shown(covered(*reversed([*some, *more])))


@st.composite
def _facts(draw: st.DrawFn) -> tuple[Law, dict[str, Value]]:
    law = draw(laws())
    return law, draw(facts_for(law))


@given(_facts())
def test_a_condition_is_read_as_the_engines_read_it(case: tuple[Law, dict[str, Value]]) -> None:
    """Conclusions, tier rows, routes and presumptions come out as the engine settles them."""
    law, facts = case
    settled = CompiledEngine(lower(law)).evaluate(facts).settled
    known = known_of(law, facts, settled)
    for entry in law.conditional():
        assert reading(law, entry.when)(known) is Outcome.of(settled.get(entry.id))
    for criterion in law.criteria:
        if criterion.presumption is not None:
            found = reading(law, criterion.presumption.when)(known)
            assert found is Outcome.of(settled.get(presumed(criterion.id)))


@pytest.mark.parametrize("folder", [ROOT, SMALL], ids=["project", "small"])
def test_each_condition_is_named_by_its_place(folder: Path) -> None:
    """The line that is named holds the condition: its word, or the list that it opens."""
    for each in Book(read_rulebook(folder), read_draft(folder).placed).coverage().covered:
        name, line, column = each.where.rsplit(":", 2)
        text = (folder / name).read_text(encoding="utf-8").splitlines()[int(line) - 1][int(column) - 1 :]
        asked = each.asks.split(" ")[0] if each.single else "when"
        assert asked in text or (each.whole and text.startswith("when:")), each


def test_the_projects_own_cases_cover_the_whole_law(tierengine: Callable[..., Ran]) -> None:
    """Without a path the project's cases are run: each is as expected, and nothing of any law version is missing."""
    done = tierengine("test", "--coverage", "--format", "json")
    assert (done.code, done.err) == (0, "")
    answer = json.loads(done.out)["coverage"]
    assert [law["law_from"] for law in answer["laws"]] == [
        str(day) for day in read_once(ROOT).boundaries() if not read_once(ROOT).select(day).missing()
    ]
    for law in answer["laws"]:
        assert law["rules"] == law["rules_taken"] == law["rules_not_taken"]
        assert law["conditions"] == law["conditions_taken"] == law["conditions_not_taken"]
        assert law["edges"] == law["edges_on"] == law["edges_beside"]


def test_what_is_missing_is_listed(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """The table counts what one case takes, and the list names file and line of what none takes."""
    (tmp_path / "a.yaml").write_text(
        "cases: [{name: a, as_of: 2007-06-12, given: {indicators: {victims: 100}}, expect: {findings: {SCOPE: met}}}]"
    )
    done = tierengine("test", tmp_path, "--coverage", "--rulebook", SMALL)
    assert done.code == 0
    printed = " ".join(done.out.split())
    assert "2000-10-28 13 5 6 27 12 6 16 7 1" in printed
    assert "rules/rules.yaml:42:47: WL-i, when: last_report is 2: it never holds; it never fails" in printed
    assert "SCOPE, met: victims at least 100" not in printed
