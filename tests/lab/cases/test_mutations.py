"""A threshold moved by one makes a case of the project fail, wherever coverage calls the threshold covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar, cast

import pytest

from tests.conftest import ROOT, read_once
from tierengine.engines import lowering
from tierengine.engines.lowering import Conditional
from tierengine.lab.cases.coverage import Book, Covered
from tierengine.lab.cases.edges import edge_of
from tierengine.lab.cases.suite import PlacedCase, read_suite
from tierengine.lab.cases.trial import Trials
from tierengine.law.conditions import LEVEL_WORDS, Condition
from tierengine.law.linter import conditions
from tierengine.law.reader import read_draft
from tierengine.law.rulebook import Law

E = TypeVar("E")

BOOK = read_once(ROOT)
CASES = read_suite(ROOT / "tests" / "cases", BOOK).cases
LAWS = list(BOOK.whole_laws())


@cache
def _covered(*, examples: bool) -> tuple[Covered, ...]:
    """The edges that the cases cover on both sides, with or without the help of the examples."""
    book, trials = Book(BOOK, read_draft(ROOT).placed), Trials()
    for placed in CASES:
        book.see(placed.case.name, trials.answer(placed))
    if examples:
        book.see_examples()
    edges = [each for each in book.coverage().covered if each.edge is not None]
    return tuple(each for each in edges if each.edge and each.edge.on_in and each.edge.beside_in)


def _entry(law: Law, covered: Covered) -> Conditional | None:
    entries = (*law.criteria, *law.conditional())
    named = (each for each in entries if each.id == covered.entry and each.in_force.from_ == covered.in_force_from)
    return next(named, None)


def _moved(law: Law, condition: Condition, looser: bool) -> Condition:
    """The condition with its threshold moved by one, so that it also holds beside its edge, or no more on it."""
    never = {"all": (condition, Condition.model_validate({"not": condition}))}
    always = {"any": (condition, Condition.model_validate({"not": condition}))}
    step = -1 if looser else 1
    if condition.indicator is not None and condition.at_least is not None:
        return condition.model_copy(update={"at_least": str(int(condition.at_least) + step)})
    if condition.indicator is not None and condition.at_most is not None:
        return condition.model_copy(update={"at_most": str(int(condition.at_most) - step)})
    if condition.indicator is None:
        criterion = law.judges[condition.name] if condition.judgement else law.criterion(condition.name)
        levels = [level for level in LEVEL_WORDS if level in criterion.scale]
        place = levels.index(condition.at_least or criterion.met_from) + step  # type: ignore[arg-type]
        if 0 <= place < len(levels):
            return condition.model_copy(update={"at_least": levels[place]})
    return Condition.model_validate(always if looser else never)


def _set(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A nested value of mappings and tuples with the part at a path replaced."""
    if not path:
        return new
    if isinstance(value, tuple):
        return tuple(_set(inner, path[1:], new) if place == path[0] else inner for place, inner in enumerate(value))
    return {**value, path[0]: _set(value[path[0]], path[1:], new)}


def _mutated(law: Law, covered: Covered, looser: bool) -> Law:
    entry = _entry(law, covered)
    assert entry is not None
    condition = dict(conditions(entry))[covered.path]
    moved = _moved(law, condition, looser).model_dump(by_alias=True, exclude_none=True)
    written = _set(entry.model_dump(by_alias=True, exclude_none=True), covered.path, moved)
    changed = type(entry).model_validate(written)

    def with_it(entries: tuple[E, ...]) -> tuple[E, ...]:
        return tuple(cast("E", changed) if each is entry else each for each in entries)

    return replace(
        law,
        criteria=with_it(law.criteria),
        conclusions=with_it(law.conclusions),
        tiers=with_it(law.tiers),
        routes=with_it(law.routes),
    )


def _noticed(covered: Covered, looser: bool) -> bool:
    """Whether some case fails under a rulebook with the threshold moved."""
    laws = {law.as_of: law for law in LAWS if _entry(law, covered) is not None}
    mutated: dict[Any, Law] = {}
    trials: dict[Any, Trials] = {}
    for placed in _likely_first(covered):
        day = max(law.as_of for law in LAWS if law.as_of <= placed.law.as_of)
        if day not in laws:
            continue
        if day not in mutated:
            mutated[day], trials[day] = _mutated(laws[day], covered, looser), Trials()
        if trials[day].run(replace(placed, law=mutated[day])).failures:
            return True
    return False


def _likely_first(covered: Covered) -> Iterator[PlacedCase]:
    """The cases of which no finding of the entry is given, those that are named after it first."""
    asked = [
        placed
        for placed in CASES
        if placed.case.given is not None
        and covered.entry not in placed.case.given.findings
        and covered.entry not in placed.case.given.conclusions
    ]
    assert covered.edge is not None
    firsts = (covered.edge.on.replace("`", ""), covered.edge.beside.replace("`", ""))
    name = f"{covered.entry} since {covered.in_force_from}, {covered.rule}: "

    def likely(placed: PlacedCase) -> int:
        if placed.case.name.startswith(tuple(name + first for first in firsts)):
            return 0
        return 1 if placed.case.name.startswith(name) else 2

    return iter(sorted(asked, key=likely))


def test_every_threshold_is_covered() -> None:
    """The project's cases and examples cover every threshold of every law, and the cases alone nearly all."""
    thresholds = {
        (entry.id, entry.in_force.from_, path)
        for law in LAWS
        for entry in (*law.criteria, *law.conditional())
        for path, condition in conditions(entry)
        if not condition.parts and edge_of(law, condition) is not None
    }
    assert {(each.entry, each.in_force_from, each.path) for each in _covered(examples=True)} == thresholds
    assert len(_covered(examples=False)) > 0.9 * len(thresholds)


@pytest.mark.parametrize("looser", [True, False], ids=["looser", "stricter"])
@pytest.mark.parametrize("entry", sorted({each.id for law in LAWS for each in (*law.criteria, *law.conditional())}))
def test_a_threshold_moved_by_one_is_noticed(entry: str, looser: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each threshold of an entry that the cases cover by themselves, moved by one to either side, makes one fail."""
    monkeypatch.setattr(lowering, "WIDEST", 2 * lowering.WIDEST)  # a condition that is never met is written at length
    edges = [each for each in _covered(examples=False) if each.entry == entry]
    unnoticed = [f"{each.where}: {each.asks}" for each in edges if not _noticed(each, looser)]
    assert not unnoticed
