"""A reading of the form on NumPy columns: many records at once, with the rules that fire on each.

What is true of many records is kept as a plane: one bit for each record, the first in the lowest bit of the first
byte, as Arrow keeps its truths. A rule is the conjunction of the planes of its tests, so that one instruction
decides it for hundreds of records. Only numbers are looked at one by one, once for each threshold.

A proposition has two planes, shown and refuted; of a record on which neither is set it is not known. A count that is
known only by bounds has its least number in one column and its greatest in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.arithmetic import ends
from tierengine.engines.form import (
    Bounds,
    Comparison,
    Evaluation,
    Facts,
    Field,
    Form,
    Tally,
    Test,
    Value,
)
from tierengine.engines.plan import Plan, Step
from tierengine.errors import MismatchError, Problem

Plane = NDArray[np.uint8]
"""One bit for each record; the bits behind the last record are never set."""

BLOCK = 1 << 15
"""Bytes of a plane that are worked on at once, so that what is worked out on the way needs little memory."""


@dataclass(frozen=True, slots=True)
class Truths:
    """A truth of many records: where it is known to hold, and where it is known to fail."""

    shown: Plane
    refuted: Plane

    def cut(self, part: slice) -> Truths:
        """Return the same of some bytes of records."""
        return Truths(self.shown[part], self.refuted[part])


@dataclass(frozen=True, slots=True)
class Numbers:
    """A whole number of many records, and where it is known; of a choice, the places of its words in the list."""

    values: NDArray[np.integer]
    """Anything where the number is not known; of a number with bounds, the least that it may be."""
    known: Plane
    greatest: Greatest | None = None
    """Where some number is known only by bounds."""

    def cut(self, part: slice) -> Numbers:
        """Return the same of some bytes of records."""
        greatest = None if self.greatest is None else self.greatest.cut(part)
        return Numbers(self.values[part.start * 8 : part.stop * 8], self.known[part], greatest)

    @property
    def most(self) -> Greatest:
        """The greatest that each number may be, and where there is one; the number itself where it has no bounds."""
        return Greatest(self.values, self.known) if self.greatest is None else self.greatest


@dataclass(frozen=True, slots=True)
class Greatest:
    """The greatest that a number of many records may be, and where there is such a number."""

    values: NDArray[np.integer]
    known: Plane

    def cut(self, part: slice) -> Greatest:
        """Return the same of some bytes of records."""
        return Greatest(self.values[part.start * 8 : part.stop * 8], self.known[part])


Column = Truths | Numbers
Columns = Mapping[str, Column]
"""Input to its column: truths for a truth, numbers for a count or a choice. One left out is known of no record."""


@dataclass(frozen=True, slots=True)
class Evaluations:
    """What was found on many records: a plane for each rule, and two for each proposition."""

    count: int
    rules: Mapping[str, int]
    """Rule to its row in `fired`."""
    heads: Mapping[str, int]
    """Proposition to its row in `shown` and in `refuted`."""
    fired: Plane
    shown: Plane
    refuted: Plane

    def of(self, record: int) -> Evaluation:
        """Return what was found on one record, as the other engines say it."""
        byte, bit = divmod(record, 8)
        fired, shown, refuted = ((planes[:, byte] >> bit & 1).tolist() for planes in self._all())
        settled = {head: bool(shown[row]) for head, row in self.heads.items() if shown[row] or refuted[row]}
        return Evaluation(settled, tuple(sorted(rule for rule, row in self.rules.items() if fired[row])))

    def truths(self, head: str) -> Truths:
        """Return where a proposition is shown and where it is refuted."""
        row = self.heads[head]
        return Truths(self.shown[row], self.refuted[row])

    def contradicted(self, form: Form) -> Plane:
        """Return the records of which a rule of coherence fails."""
        found = np.zeros(-(-self.count // 8), np.uint8)
        for head in form.coherence:
            found |= self.truths(head).refuted
        return found

    def _all(self) -> tuple[Plane, Plane, Plane]:
        return self.fired, self.shown, self.refuted


class ColumnEngine:
    """Reads one form for many records at a time."""

    def __init__(self, form: Form) -> None:
        self._plan = Plan(form)
        self._rules = {rule: row for row, rule in enumerate(self._plan.rules)}
        self._heads = {head: row for row, head in enumerate(self._plan.heads)}

    def evaluate(self, columns: Columns, count: int) -> Evaluations:
        """Return what follows from the columns of so many records.

        Raise `MismatchError` if a proposition both holds and fails.
        """
        width = -(-count // 8)
        found = Evaluations(
            count,
            self._rules,
            self._heads,
            fired=np.empty((len(self._rules), width), np.uint8),
            shown=np.empty((len(self._heads), width), np.uint8),
            refuted=np.empty((len(self._heads), width), np.uint8),
        )
        rules, heads = list(self._plan.rules.values()), list(self._plan.heads.values())
        for part, planes in self._blocks(columns, count):
            for row, slot in enumerate(rules):
                found.fired[row, part] = planes[slot]
            for row, (shown, refuted) in enumerate(heads):
                found.shown[row, part], found.refuted[row, part] = planes[shown], planes[refuted]
        _refuse_contradictions(found)
        return found

    def settle(self, columns: Columns, count: int, asked: Collection[str]) -> dict[str, Truths]:
        """Return what some propositions come to, of so many records: sooner than all of it, and in little memory.

        Raise `MismatchError` if any proposition both holds and fails.
        """
        width = -(-count // 8)
        found = {head: Truths(np.empty(width, np.uint8), np.empty(width, np.uint8)) for head in asked}
        for part, planes in self._blocks(columns, count):
            if any(np.bitwise_and(planes[shown], planes[refuted]).any() for shown, refuted in self._plan.doubtful):
                self.evaluate(columns, count)  # says which proposition it is, and of which record
            for head, kept in found.items():
                shown, refuted = self._plan.heads[head]
                kept.shown[part], kept.refuted[part] = planes[shown], planes[refuted]
        return found

    def _blocks(self, columns: Columns, count: int) -> Iterator[tuple[slice, Sequence[Plane]]]:
        """Yield the planes of some bytes of records after the others, each at its slot of the plan."""
        everyone = all_of(count)
        cells = np.empty((self._plan.slots, min(BLOCK, everyone.size)), np.uint8)  # new memory costs more than its use
        for start in range(0, everyone.size, BLOCK):
            part = slice(start, start + BLOCK)
            cut = {name: column.cut(part) for name, column in columns.items()}
            size = everyone[part].size
            yield part, _Block(self._plan, cut, everyone[part], cells[:, :size]).run()


def all_of(count: int) -> Plane:
    """Return the plane of so many records on which every bit is set."""
    plane = np.full(-(-count // 8), 0xFF, np.uint8)
    plane[-1:] >>= -count % 8
    return plane


def pack(truths: NDArray[np.bool_]) -> Plane:
    """Return truths, one for each record, as a plane."""
    return np.packbits(truths, bitorder="little")


def bit(plane: Plane, record: int) -> bool:
    """Return what a plane says of one record."""
    return bool(plane[record // 8] >> record % 8 & 1)


def unpack(plane: Plane, count: int) -> NDArray[np.bool_]:
    """Return a plane as truths, one for each record."""
    return np.unpackbits(plane, count=count, bitorder="little").view(np.bool_)


def some_of(column: Column, records: NDArray[np.intp]) -> Column:
    """Return a column of some of its records."""

    def some(plane: Plane) -> Plane:
        return pack(unpack(plane, plane.size * 8)[records])

    if isinstance(column, Truths):
        return Truths(some(column.shown), some(column.refuted))
    most = column.greatest
    greatest = None if most is None else Greatest(most.values[records], some(most.known))
    return Numbers(column.values[records], some(column.known), greatest)


def columns_of(form: Form, records: Sequence[Facts]) -> dict[str, Column]:
    """Return the facts of many records as columns, one for each input of the form.

    A comparison has a column where some record answers it directly.
    """
    found = {field.id: _column(field, [facts.get(field.id) for facts in records]) for field in form.inputs}
    for field in form.answerable():
        if any(field.id in facts for facts in records):
            found[field.id] = _column(field, [facts.get(field.id) for facts in records])
    return found


def facts_of(form: Form, columns: Columns, record: int) -> dict[str, Value | Bounds]:
    """Return what the columns say of one record."""
    fields = (*form.inputs, *form.answerable())
    found = ((field.id, _cell(field, columns[field.id], record)) for field in fields if field.id in columns)
    return {name: value for name, value in found if value is not None}


def _cell(field: Field, column: Column, record: int) -> Value | Bounds | None:
    if isinstance(column, Truths):
        return True if bit(column.shown, record) else False if bit(column.refuted, record) else None
    if not bit(column.known, record):
        return None
    number, most = int(column.values[record]), column.most
    if field.type == "choice":
        return field.choices[number]
    greatest = int(most.values[record]) if bit(most.known, record) else None
    return number if greatest == number else Bounds(number, greatest)


def _column(field: Field, values: Sequence[Value | Bounds | None]) -> Column:
    if field.type == "truth":
        shown, refuted = (pack(np.array([value is side for value in values], np.bool_)) for side in (True, False))
        return Truths(shown, refuted)
    known = pack(np.array([value is not None for value in values], np.bool_))
    if field.type == "choice":
        places = {word: place for place, word in enumerate(field.choices)}
        return Numbers(np.array([places.get(str(value), 0) for value in values], np.int64), known)
    pairs = [(0, None) if value is None else ends(value) for value in values]
    numbers = Numbers(np.array([least for least, _ in pairs], np.int64), known)
    if not any(isinstance(value, Bounds) for value in values):
        return numbers
    ended = pack(np.array([most is not None for _, most in pairs], np.bool_))
    return replace(numbers, greatest=Greatest(np.array([most or 0 for _, most in pairs], np.int64), ended))


class _Block:
    """Evaluates some records; every plane that was once worked out is kept for the tests that ask for it again."""

    def __init__(self, plan: Plan, columns: Columns, everyone: Plane, cells: Plane) -> None:
        self._plan = plan
        self._cells = cells
        self._everyone = everyone
        self._nowhere = np.zeros_like(everyone)
        self._truths = {name: column for name, column in columns.items() if isinstance(column, Truths)}
        self._numbers = {name: column for name, column in columns.items() if isinstance(column, Numbers)}
        self._places = {field.id: {word: n for n, word in enumerate(field.choices)} for field in plan.form.inputs}
        self._counts: dict[str, list[Plane]] = {}
        self._reached: dict[tuple[str, int], Plane] = {}
        self._capped: dict[tuple[str, int], Plane] = {}
        self._planes = [self._nowhere] * plan.slots

    def run(self) -> Sequence[Plane]:
        """Decide every rule of every stratum, and return the planes by their slots."""
        for comparison in self._plan.form.comparisons:
            self._truths[comparison.id] = self._compare(comparison)
        for name, (shown, refuted) in self._plan.truths.items():
            if name in self._truths:
                self._planes[shown], self._planes[refuted] = self._truths[name].shown, self._truths[name].refuted
        for step in self._plan.steps:
            self._take(step)
        return self._planes

    def _take(self, step: Step) -> None:
        planes = self._planes
        for slot, test in step.tests:
            if test.field in self._numbers:
                planes[slot] = self._measure(test)
        for tally in step.tallies:
            self._count(tally)
        for slot, test in step.tests:
            if test.field in self._counts:
                planes[slot] = self._measure(test)
        for slot, (first, second, *others) in step.conjunctions:
            plane = planes[slot] = np.bitwise_and(planes[first], planes[second], out=self._cells[slot])
            for other in others:
                np.bitwise_and(plane, planes[other], out=plane)
        for slot, (first, second, *others) in step.unions:
            plane = planes[slot] = np.bitwise_or(planes[first], planes[second], out=self._cells[slot])
            for other in others:
                np.bitwise_or(plane, planes[other], out=plane)

    def _compare(self, comparison: Comparison) -> Truths:
        """Where one number is greater than another, and where not: by the numbers, else as it was answered."""
        answered = self._truths.get(comparison.id) or Truths(self._nowhere, self._nowhere)
        left, right = self._numbers.get(comparison.left), self._numbers.get(comparison.right)
        if left is None or right is None:
            return answered
        more = pack(left.values > right.most.values) & left.known & right.most.known
        not_more = pack(left.most.values <= right.values) & left.most.known & right.known
        open_ = ~(more | not_more)
        return Truths(more | (answered.shown & open_), not_more | (answered.refuted & open_))

    def _count(self, tally: Tally) -> None:
        for end, side in ((".holds", 0), (".fails", 1)):
            slots = [self._plan.slot(member[side]) for member in tally.members]
            self._counts[tally.id + end] = _sum([self._planes[slot] for slot in slots])

    def _measure(self, test: Test) -> Plane:
        """The records on which a number or a choice is known and compares so: by one threshold, or by two."""
        name, op = test.field, test.op
        value = int(self._places.get(name, {}).get(str(test.value), test.value))
        if op == "==":
            return self._at_least(name, value) & self._at_most(name, value)
        if op == "!=":
            return self._at_least(name, value + 1) | self._at_most(name, value - 1)
        if op in (">", ">="):
            return self._at_least(name, value + 1 if op == ">" else value)
        return self._at_most(name, value - 1 if op == "<" else value)

    def _at_least(self, name: str, least: int) -> Plane:
        """The records of which a number is known and is so large, or larger."""
        key = (name, least)
        if key not in self._reached:
            if name in self._counts:
                self._reached[key] = _reaches(self._counts[name], least, self._everyone)
            else:
                self._reached[key] = pack(self._numbers[name].values >= least) & self._numbers[name].known
        return self._reached[key]

    def _at_most(self, name: str, most: int) -> Plane:
        """The records of which a number is known and is no larger."""
        greatest = self._numbers[name].greatest if name in self._numbers else None
        if greatest is None:
            known = self._numbers[name].known if name in self._numbers else self._everyone
            return known ^ self._at_least(name, most + 1)
        key = (name, most)
        if key not in self._capped:
            self._capped[key] = pack(greatest.values <= most) & greatest.known
        return self._capped[key]


def _sum(planes: Sequence[Plane]) -> list[Plane]:
    """How many of the planes are set on each record: the binary digits of the number, the lowest first."""
    digits: list[Plane] = []
    for plane in planes:
        carry = plane
        for place, digit in enumerate(digits):
            digits[place], carry = digit ^ carry, digit & carry
        digits.append(carry)
    return digits


def _reaches(digits: Sequence[Plane], least: int, everyone: Plane) -> Plane:
    """The records on which a number, given by its binary digits, is so large or larger."""
    if least <= 0:
        return everyone
    if least >> len(digits):
        return np.zeros_like(everyone)
    reached = everyone  # equal so far counts; a higher digit overrules what the lower ones say
    for place, digit in enumerate(digits):
        reached = digit & reached if least >> place & 1 else digit | reached
    return reached


def _refuse_contradictions(found: Evaluations) -> None:
    both = np.bitwise_and(found.shown, found.refuted)
    rows = np.flatnonzero(both.any(axis=1))
    if rows.size:
        heads = [head for head, row in found.heads.items() if row in rows]
        first = {head: int(np.flatnonzero(unpack(both[found.heads[head]], found.count))[0]) for head in heads}
        raise MismatchError(
            [
                Problem(
                    where=f"proposition `{head}`",
                    what=f"it both holds and fails on record {record + 1}",
                    cure="mend the rules of this proposition; no case may do both",
                )
                for head, record in first.items()
            ],
            {"columns": {head: found.of(record).fired for head, record in first.items()}},
        )
