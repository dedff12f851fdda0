"""The tier table: one row for each settled case, found for all cases at once as by trying each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SMALL
from tierengine.law.conditions import Condition
from tierengine.law.entries import TierRow
from tierengine.law.linter import lint_tiers
from tierengine.law.reader import read_draft

FINDINGS = ("EFFORTS", "GROUND", "SCOPE", "STANDARD")
DRAFT = read_draft(SMALL)


def _conditions() -> st.SearchStrategy[Any]:
    """Conditions of every operator that a row of the tier table may have, as they are written."""
    asked = st.sampled_from([*({"finding": name} for name in FINDINGS), {"conclusion": "FULL"}])
    return st.recursive(asked, _joined, max_leaves=6)


def _joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner, min_size=1, max_size=4).map(tuple)
    some = parts.flatmap(lambda of: st.integers(1, len(of)).map(lambda least: {"at_least": str(least), "of": of}))
    return st.one_of(
        inner.map(lambda part: {"not": part}),
        some.map(lambda some: {"some": some}),
        parts.flatmap(lambda of: st.sampled_from([{"all": of}, {"any": of}])),
    )


def _tables() -> st.SearchStrategy[list[Any]]:
    """Five rows of which each case has exactly one, the first whose condition holds; one of them perhaps exchanged."""
    sound = st.lists(_conditions(), min_size=4, max_size=4).map(_in_turn)
    other = st.tuples(sound, st.integers(0, 4), _conditions())
    return sound | other.map(lambda drawn: [*drawn[0][: drawn[1]], drawn[2], *drawn[0][drawn[1] + 1 :]])


def _in_turn(written: list[Any]) -> list[Any]:
    rows = [{"all": (each, *({"not": earlier} for earlier in written[:n]))} for n, each in enumerate(written)]
    return [*rows, {"not": {"any": tuple(written)}}]


def _holds(written: Mapping[str, Any], met: Mapping[str, bool]) -> bool:
    """Whether a condition holds where these findings are met."""
    ((word, of),) = written.items()
    if word in ("finding", "conclusion"):
        return met["STANDARD" if word == "conclusion" else of]  # which is what FULL asks for
    if word == "not":
        return not _holds(of, met)
    held = [_holds(part, met) for part in (of["of"] if word == "some" else of)]
    return sum(held) >= int(of["at_least"]) if word == "some" else {"all": all, "any": any}[word](held)


@given(_tables())
def test_a_table_is_refused_exactly_where_some_case_has_no_row_or_two(written: list[Any]) -> None:
    """A table of any conditions is compared with each case tried by itself; the case that is named is such a case."""
    whens = iter([Condition.model_validate(each) for each in written])
    placed = [
        replace(item, entry=item.entry.model_copy(update={"when": next(whens)}))
        if isinstance(item.entry, TierRow)
        else item
        for item in DRAFT.placed
    ]
    rows = [item.entry for item in placed if isinstance(item.entry, TierRow)]
    problems = lint_tiers(DRAFT.rulebook.with_section("tiers", rows), placed)
    cases = [dict(zip(FINDINGS, truths, strict=True)) for truths in product((True, False), repeat=len(FINDINGS))]
    ill = [case for case in cases if sum(_holds(each, case) for each in written) != 1]
    assert len(problems) == bool(ill)
    for problem in problems:
        named = problem.what.partition("these are met: ")[2].partition(";")[0].split(", ")
        assert {name: name in named for name in FINDINGS} in ill
