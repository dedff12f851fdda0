"""Which single answer each settled case of a corpus hangs on, and which rules no case of it takes.

Every answer of every case is tried otherwise, on columns: a truth turned round, each other word or rank, and of a count
each number at which a rule, or a count that it is compared with, begins to tell a difference. What the rules then leave
open is told; of a tier that they leave open, `assess` may prove that no completion reaches it. What follows from an
answer by a rule of coherence stays when that answer is tried otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.arithmetic import thresholds
from tierengine.engines.columns import Column, ColumnEngine, Columns, Evaluations, Numbers, Plane, Truths, unpack
from tierengine.engines.form import Field
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.lab.corpus.cases import Corpus, Watch, unwatched
from tierengine.lab.corpus.groups import Group, read_groups
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.words import leaf_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """A settled case that another answer would move."""

    case: str
    tier: str
    """Its tier, or `not ranked`."""
    answers: tuple[str, ...]
    """The answers of which each alone, if it were otherwise, would open another tier; as a dossier names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedRules:
    """The rules of one law that no case of the corpus takes."""

    since: date
    cases: int
    rules: int
    """How many rules the law has."""
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragility:
    """What was found: how many cases are settled, which of these are fragile, and which rules were never needed."""

    cases: int
    settled: int
    fragile: tuple[Hanging, ...]
    unused: tuple[UnusedRules, ...]
    contradictory: tuple[str, ...] = ()
    """Cases that contradict themselves; `assess` would refuse them."""


def fragility(path: Path, rulebook: Rulebook, as_of: date | None = None, watch: Watch = unwatched) -> Fragility:
    """Return what the settled cases of a folder of dossiers or a Parquet file hang on; raise as `read_groups` does."""
    corpus, found = read_groups(path, rulebook, as_of, watch)
    looked = [_Group(group, corpus) for group in found]
    return Fragility(
        cases=corpus.days.size,
        settled=sum(int(each.settled.sum()) for each in looked),
        fragile=tuple(hanging for each in looked for hanging in each.fragile(watch)),
        unused=tuple(each.unused() for each in looked),
        contradictory=tuple(name for each in looked for name in each.contradictory),
    )


class _Group:
    """The cases that one law decides."""

    def __init__(self, group: Group, corpus: Corpus) -> None:
        self._group = group
        self._names = corpus.names(group.rows)
        self._count = group.rows.size
        self._engine = ColumnEngine(group.side.form)
        self._found = self._engine.evaluate(group.columns, self._count)
        self._open = self._opened(self._found)
        sound = self._sound(self._found)
        self.contradictory = [self._names[case] for case in np.flatnonzero(~sound).tolist()]
        self.settled: NDArray[np.bool_] = np.asarray(self._open.sum(axis=0) == 1, np.bool_)
        self._thresholds = thresholds(group.side.form)
        self._places = {field.id: {word: n for n, word in enumerate(field.choices)} for field in group.side.form.inputs}

    def _opened(self, found: Evaluations) -> NDArray[np.bool_]:
        """Which rows of the tier table the rules leave open: a row for each, a column for each case."""
        return np.array([~unpack(found.truths(row).refuted, self._count) for row in self._group.side.rows])

    def _sound(self, found: Evaluations) -> NDArray[np.bool_]:
        """The cases that contradict themselves nowhere."""
        return ~unpack(found.contradicted(self._group.side.form), self._count)

    def fragile(self, watch: Watch) -> Iterator[Hanging]:
        """Yield the settled cases that a single answer would move, in the order of the corpus."""
        form = self._group.side.form
        fields = [field for field in (*form.inputs, *form.answerable()) if not field.id.startswith("judged/")]
        moved = {field.id: self._moved_by(field) for field in watch(fields, "trying each answer otherwise")}
        hangs = reduce(np.logical_or, moved.values(), np.zeros(self._count, np.bool_))
        tiers = tuple(self._group.side.rows.values())
        for case in np.flatnonzero(hangs).tolist():
            yield Hanging(
                case=self._names[case],
                tier=tiers[int(np.flatnonzero(self._open[:, case])[0])],
                answers=tuple(leaf_name(name) for name, cases in moved.items() if cases[case]),
            )

    def _moved_by(self, field: Field) -> NDArray[np.bool_]:
        """The settled cases in which an answer is known and, if it were another, would leave another row open."""
        column = self._group.columns.get(field.id)
        moved = np.zeros(self._count, np.bool_)
        if column is None:
            return moved
        for other in self._others(field, column):
            changed = {**self._group.columns, field.id: other}
            found = self._engine.evaluate(changed, self._count)
            moved |= (self._opened(found) & ~self._open).any(axis=0) & self._may_be(changed) & self._sound(found)
        return moved & self.settled & unpack(_known(column), self._count) & ~self._denied(field.id)

    def _denied(self, field: str) -> NDArray[np.bool_]:
        """The cases in which an answer follows from a no to what covers it, so that it is none of its own."""
        indicator = self._group.side.law.indicators_by_id.get(field)
        denied = np.zeros(self._count, np.bool_)
        for name in indicator.denied_with if indicator is not None else ():
            column = self._group.columns.get(name)
            if isinstance(column, Truths):
                denied |= unpack(column.refuted, self._count)
        return denied

    def _may_be(self, columns: Columns) -> NDArray[np.bool_]:
        """The cases that some history makes: only years that reach up to the last report bind the next one."""
        limit, last = columns.get(LIMIT), columns.get(LAST_REPORT)
        if not (isinstance(limit, Numbers) and isinstance(last, Numbers)):
            return np.ones(self._count, np.bool_)
        free = (limit.values == self._places[LIMIT]["none"]) | ~unpack(limit.known, self._count)
        there = (last.values == self._places[LAST_REPORT]["2WL"]) | ~unpack(last.known, self._count)
        return np.asarray(free | there, np.bool_)

    def _others(self, field: Field, column: Column) -> Iterator[Column]:
        """The column with every answer that is known put otherwise, in each way that can make a difference."""
        if isinstance(column, Truths):
            yield Truths(column.refuted, column.shown)
            return
        for number in self._numbers(field):
            yield replace(column, values=np.full(self._count, number, np.int64), greatest=None)
        for beside in self._compared_with(field.id):
            for end in (beside.values, beside.most.values):
                for step in (0, 1):
                    yield replace(column, values=end.astype(np.int64) + step, greatest=None)

    def _numbers(self, field: Field) -> Iterable[int]:
        """The ranks or the places of words that there are; of a count, where some rule begins to say otherwise."""
        if field.type == "choice":
            return range(len(field.choices))
        return field.numbers or sorted({0, *(number for number in self._thresholds.get(field.id, ()) if number > 0)})

    def _compared_with(self, field: str) -> Iterator[Numbers]:
        for pair in self._group.side.form.comparisons:
            if field in (pair.left, pair.right):
                other = self._group.columns.get(pair.right if field == pair.left else pair.left)
                if isinstance(other, Numbers):
                    yield other

    def unused(self) -> UnusedRules:
        """Return the rules that fired on no case; those of coherence are there to be broken by none."""
        coherence = {f"{name}{sign}" for name in self._group.side.form.coherence for sign in "+-"}
        rules = {n: row for n, row in self._found.rules.items() if n.rstrip("0123456789") not in coherence}
        taken = np.asarray(self._found.fired.any(axis=1), np.bool_).reshape(-1)
        return UnusedRules(
            since=self._group.since,
            cases=self._count,
            rules=len(rules),
            never=tuple(sorted(rule for rule, row in rules.items() if not taken[row])),
        )


def _known(column: Column) -> Plane:
    return column.known if isinstance(column, Numbers) else column.shown | column.refuted
