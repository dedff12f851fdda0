"""Which single answer each settled case of a corpus hangs on, and which rules no case of it takes.

Every answer of every case is tried otherwise, on columns: a truth turned round, each other word or rank, and of a count
each number at which a rule, or a count that it is compared with, begins to make a difference. What the rules then leave
open is reported; of a tier that they leave open, `assess` may prove that no completion reaches it. What follows from an
answer by a rule of coherence stays when that answer is tried otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.arithmetic import thresholds
from tierengine.engines.columns import Column, Columns, Numbers, Plane, Truths, bit, pack, unpack
from tierengine.engines.form import Field
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged
from tierengine.lab.change.sides import Pairing, forms_of
from tierengine.lab.corpus.cases import Corpus, parts_of
from tierengine.lab.corpus.groups import Group, contradictory, groups, laws_of
from tierengine.lab.corpus.parquet import Rows
from tierengine.lab.corpus.work import ALONE, Means, answers
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.words import leaf_name

LISTED = 10_000
"""Cases that are named; of more only the number is given, and on which answers they hang."""

LOOKED_AT = 1 << 17
"""Cases of which every rule is kept at once; a whole number of bytes of them."""

_NONE: Rows = np.empty(0, np.intp)


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
    """The first day of the law."""
    cases: int
    rules: int
    """How many rules the law has."""
    never: tuple[str, ...]
    """The ids of these rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragility:
    """What was found: how many cases are settled, which of these are fragile, and which rules were never needed."""

    cases: int
    settled: int
    fragile_cases: int
    """How many settled cases another answer would move."""
    hangs_on: Mapping[str, int]
    """Answer to how many settled cases hang on it, by its name."""
    fragile: tuple[Hanging, ...]
    """The first of these cases, at most `LISTED`."""
    unused: tuple[UnusedRules, ...]
    contradictory_cases: int = 0
    """How many cases contradict themselves; `assess` would refuse them."""
    contradictory: tuple[str, ...] = ()
    """The first of these, at most `LISTED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRules:
    """The rules of one law, and which of them some case of a part takes."""

    since: date
    cases: int
    rules: tuple[str, ...]
    taken: tuple[bool, ...]
    """A truth for each rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFragility:
    """What was found of one part of a corpus."""

    cases: int
    settled: int
    fragile_cases: int
    hangs_on: dict[str, int]
    fragile: tuple[Hanging, ...]
    taken: tuple[TakenRules, ...]
    contradictory_cases: int
    contradictory: tuple[str, ...]


@dataclass(frozen=True)
class FragileJob:
    """Tries every answer of every case of a part otherwise."""

    rulebook: Rulebook
    laws: tuple[Pairing, ...]
    kind: type[PartFragility] = PartFragility

    @property
    def key(self) -> str:
        """The question, with the law."""
        return f"fragile {self.rulebook.digest} {[str(law.first) for law in self.laws]} {LISTED}"

    def of(self, corpus: Corpus, /) -> PartFragility:
        """Return what the settled cases of a part hang on; raise as `groups` does."""
        found = [_Group(group) for group in groups(corpus, self.rulebook, self.laws)]
        against = np.sort(np.concatenate([_NONE, *(contradictory(each.group) for each in found)]))
        fragile = sorted(((row, each, place) for each in found for row, place in each.fragile()), key=itemgetter(0))
        names = corpus.names(np.array([row for row, _, _ in fragile[:LISTED]], np.intp))
        hangs_on: Counter[str] = Counter()
        for each in found:
            hangs_on.update(each.hangs_on)
        return PartFragility(
            cases=corpus.days.size,
            settled=sum(int(each.settled.sum()) for each in found),
            fragile_cases=len(fragile),
            hangs_on=dict(sorted(hangs_on.items())),
            fragile=tuple(
                Hanging(case=name, tier=each.tier(place), answers=each.answers(place))
                for name, (_, each, place) in zip(names, fragile[:LISTED], strict=True)
            ),
            taken=tuple(each.taken() for each in found),
            contradictory_cases=against.size,
            contradictory=tuple(corpus.names(against[:LISTED])),
        )


def fragility(path: Path, rulebook: Rulebook, as_of: date | None = None, means: Means = ALONE) -> Fragility:
    """Return what the settled cases of a folder of dossiers or of Parquet hang on.

    Raise as `laws_of`, `parts_of` and `answers` do.
    """
    laws = laws_of(rulebook, as_of)
    parts = parts_of(path, forms_of(laws), as_of)
    return put_together(answers(FragileJob(rulebook, laws), parts, means, "trying each answer otherwise"))


def put_together(found: Iterable[PartFragility]) -> Fragility:
    """Return what was found of a whole corpus from what was found of its parts."""
    cases = settled = fragile_cases = against = 0
    fragile: tuple[Hanging, ...] = ()
    names: tuple[str, ...] = ()
    hangs_on: Counter[str] = Counter()
    taken: dict[date, TakenRules] = {}
    for part in found:
        cases, settled = cases + part.cases, settled + part.settled
        fragile_cases, against = fragile_cases + part.fragile_cases, against + part.contradictory_cases
        fragile, names = (*fragile, *part.fragile)[:LISTED], (*names, *part.contradictory)[:LISTED]
        hangs_on.update(part.hangs_on)
        for law in part.taken:
            before = taken.get(law.since)
            taken[law.since] = law if before is None else _both(before, law)
    return Fragility(
        cases=cases,
        settled=settled,
        fragile_cases=fragile_cases,
        hangs_on=dict(sorted(hangs_on.items())),
        fragile=fragile,
        unused=tuple(_unused(law) for _, law in sorted(taken.items())),
        contradictory_cases=against,
        contradictory=names,
    )


def _both(one: TakenRules, other: TakenRules) -> TakenRules:
    taken = tuple(a or b for a, b in zip(one.taken, other.taken, strict=True))
    return replace(one, cases=one.cases + other.cases, taken=taken)


def _unused(law: TakenRules) -> UnusedRules:
    never = sorted(rule for rule, taken in zip(law.rules, law.taken, strict=True) if not taken)
    return UnusedRules(since=law.since, cases=law.cases, rules=len(law.rules), never=tuple(never))


class _Group:
    """The cases that one law decides."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self._form = group.side.form
        self._count = group.rows.size
        self._engine = group.side.engine
        self._asked = {*group.side.rows, *self._form.coherence}
        self._open = self._opened(self._engine.settle(group.columns, self._count, self._asked))
        self.settled: NDArray[np.bool_] = np.asarray(self._open.sum(axis=0) == 1, np.bool_)
        self._thresholds = thresholds(self._form)
        self._places = {field.id: {word: n for n, word in enumerate(field.choices)} for field in self._form.inputs}
        fields = [field for field in (*self._form.inputs, *self._form.answerable()) if not _is_judged(field.id)]
        self._moved = {field.id: self._moved_by(field) for field in fields}

    @property
    def hangs_on(self) -> dict[str, int]:
        """Answer to how many cases hang on it; one that moves none is left out."""
        counts = {leaf_name(name): int(unpack(cases, self._count).sum()) for name, cases in self._moved.items()}
        return {name: count for name, count in counts.items() if count}

    def fragile(self) -> Iterator[tuple[int, int]]:
        """Yield the settled cases that a single answer would move: the place in the corpus, and in the group."""
        hangs = reduce(np.bitwise_or, self._moved.values(), np.zeros(-(-self._count // 8), np.uint8))
        for place in np.flatnonzero(unpack(hangs, self._count)).tolist():
            yield int(self.group.rows[place]), place

    def tier(self, place: int) -> str:
        """Return the tier of a settled case."""
        return tuple(self.group.side.rows.values())[int(np.flatnonzero(self._open[:, place])[0])]

    def answers(self, place: int) -> tuple[str, ...]:
        """Return the answers that a case hangs on."""
        return tuple(leaf_name(name) for name, cases in self._moved.items() if bit(cases, place))

    def _opened(self, found: Mapping[str, Truths]) -> NDArray[np.bool_]:
        """Which rows of the tier table the rules leave open: a row for each, a column for each case."""
        return np.array([~unpack(found[row].refuted, self._count) for row in self.group.side.rows])

    def _sound(self, found: Mapping[str, Truths]) -> NDArray[np.bool_]:
        """The cases that contradict themselves nowhere."""
        against = [found[name].refuted for name in self._form.coherence]
        return ~unpack(reduce(np.bitwise_or, against, np.zeros(-(-self._count // 8), np.uint8)), self._count)

    def _moved_by(self, field: Field) -> Plane:
        """The settled cases in which an answer is known and, if it were another, would leave another row open."""
        column = self.group.columns.get(field.id)
        moved = np.zeros(self._count, np.bool_)
        if column is None:
            return pack(moved)
        for other in self._others(field, column):
            changed = {**self.group.columns, field.id: other}
            found = self._engine.settle(changed, self._count, self._asked)
            moved |= (self._opened(found) & ~self._open).any(axis=0) & self._may_be(changed) & self._sound(found)
        return pack(moved & self.settled & unpack(_known(column), self._count) & ~self._denied(field.id))

    def _denied(self, field: str) -> NDArray[np.bool_]:
        """The cases in which an answer follows from a no to what covers it, so that it is none of its own."""
        indicator = self.group.side.law.indicators_by_id.get(field)
        denied = np.zeros(self._count, np.bool_)
        for name in indicator.denied_with if indicator is not None else ():
            column = self.group.columns.get(name)
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
        for pair in self.group.side.form.comparisons:
            if field in (pair.left, pair.right):
                other = self.group.columns.get(pair.right if field == pair.left else pair.left)
                if isinstance(other, Numbers):
                    yield other

    def taken(self) -> TakenRules:
        """Return which rules fire on some case; those of coherence are there to be broken by none."""
        coherence = {f"{name}{sign}" for name in self._form.coherence for sign in "+-"}
        rules = [rule.id for stratum in self._form.strata for rule in stratum.rules]
        rules = sorted(rule for rule in rules if rule.rstrip("0123456789") not in coherence)
        taken = np.zeros(len(rules), np.bool_)
        for start in range(0, self._count, LOOKED_AT):
            some = slice(start // 8, (start + LOOKED_AT) // 8)
            cut = {name: column.cut(some) for name, column in self.group.columns.items()}
            found = self._engine.evaluate(cut, min(LOOKED_AT, self._count - start))
            taken |= np.asarray(found.fired[[found.rules[rule] for rule in rules]].any(axis=1), np.bool_)
        truths = tuple(bool(each) for each in taken)
        return TakenRules(since=self.group.since, cases=self._count, rules=tuple(rules), taken=truths)


def _is_judged(name: str) -> bool:
    """Whether an input only says whether a person has rated an open word."""
    return name.startswith(judged(""))


def _known(column: Column) -> Plane:
    return column.known if isinstance(column, Numbers) else column.shown | column.refuted
