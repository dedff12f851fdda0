"""A reading of the form on NumPy columns: many records at once, with the rules that fire on each.

What is true of many records is kept as a plane: one bit for each record, the first in the lowest bit of the first
byte, as Arrow keeps its truths. A rule is the conjunction of the planes of its tests, so that one instruction
decides it for hundreds of records. Only numbers are looked at one by one, once for each threshold.

A proposition has two planes, shown and refuted; of a record on which neither is set it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.form import Comparison, Evaluation, Facts, Field, Form, Rule, Stratum, Tally, Test, Value
from tierengine.errors import MismatchError, Problem

Plane = NDArray[np.uint8]
"""One bit for each record; the bits behind the last record are never set."""

BLOCK = 1 << 16
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
    """Anything where the number is not known."""
    known: Plane

    def cut(self, part: slice) -> Numbers:
        """Return the same of some bytes of records."""
        return Numbers(self.values[part.start * 8 : part.stop * 8], self.known[part])


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
        self._form = form
        rules = [rule for stratum in form.strata for rule in stratum.rules]
        self._rules = {rule.id: row for row, rule in enumerate(rules)}
        self._heads = {head: row for row, head in enumerate(dict.fromkeys(rule.head for rule in rules))}

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
            shown=np.zeros((len(self._heads), width), np.uint8),
            refuted=np.zeros((len(self._heads), width), np.uint8),
        )
        everyone = all_of(count)
        for start in range(0, width, BLOCK):
            part = slice(start, start + BLOCK)
            cut = {name: column.cut(part) for name, column in columns.items()}
            _Block(self._form, cut, found, part, everyone[part]).run()
        _refuse_contradictions(found)
        return found


def all_of(count: int) -> Plane:
    """Return the plane of so many records on which every bit is set."""
    return pack(np.ones(count, np.bool_))


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
    return Numbers(column.values[records], some(column.known))


def columns_of(form: Form, records: Sequence[Facts]) -> dict[str, Column]:
    """Return the facts of many records as columns, one for each input of the form."""
    return {field.id: _column(field, [facts.get(field.id) for facts in records]) for field in form.inputs}


def facts_of(form: Form, columns: Columns, record: int) -> dict[str, Value]:
    """Return what the columns say of one record."""
    found = ((field.id, _cell(field, columns[field.id], record)) for field in form.inputs if field.id in columns)
    return {name: value for name, value in found if value is not None}


def _cell(field: Field, column: Column, record: int) -> Value | None:
    if isinstance(column, Truths):
        return True if bit(column.shown, record) else False if bit(column.refuted, record) else None
    if not bit(column.known, record):
        return None
    number = int(column.values[record])
    return field.choices[number] if field.type == "choice" else number


def _column(field: Field, values: Sequence[Value | None]) -> Column:
    if field.type == "truth":
        shown, refuted = (pack(np.array([value is side for value in values], np.bool_)) for side in (True, False))
        return Truths(shown, refuted)
    places: Mapping[Value | None, Value] = {word: place for place, word in enumerate(field.choices)}
    numbers = [0 if value is None else places.get(value, value) for value in values]
    return Numbers(np.array(numbers, np.int64), pack(np.array([value is not None for value in values], np.bool_)))


class _Block:
    """Evaluates some records; every plane that was once worked out is kept for the tests that ask for it again."""

    def __init__(self, form: Form, columns: Columns, found: Evaluations, part: slice, everyone: Plane) -> None:
        self._form = form
        self._everyone = everyone
        self._found = found
        self._fired, self._shown, self._refuted = found.fired[:, part], found.shown[:, part], found.refuted[:, part]
        nowhere = np.zeros_like(everyone)
        unknown = Truths(nowhere, nowhere)
        self._truths = {name: column for name, column in columns.items() if isinstance(column, Truths)}
        self._numbers = {name: column for name, column in columns.items() if isinstance(column, Numbers)}
        self._places = {field.id: {word: n for n, word in enumerate(field.choices)} for field in form.inputs}
        self._counts: dict[str, list[Plane]] = {}
        self._reached: dict[tuple[str, int], Plane] = {}
        self._tested: dict[tuple[str, str, Value], Plane] = {}
        for field in form.inputs:
            if field.id not in columns:
                self._truths[field.id] = unknown  # of no test true, whatever it holds

    def run(self) -> None:
        """Decide every rule of every stratum."""
        for comparison in self._form.comparisons:
            self._truths[comparison.id] = self._compare(comparison)
        for stratum in self._form.strata:
            self._decide(stratum)

    def _decide(self, stratum: Stratum) -> None:
        for tally in stratum.tallies:
            self._count(tally)
        for rule in stratum.rules:
            self._fire(rule)
        for head in {rule.head for rule in stratum.rules}:
            row = self._found.heads[head]
            self._truths[head] = Truths(self._shown[row], self._refuted[row])

    def _fire(self, rule: Rule) -> None:
        fired = self._fired[self._found.rules[rule.id]]
        first, *others = (self._where(test) for test in rule.tests)
        fired[:] = first
        for plane in others:
            np.bitwise_and(fired, plane, out=fired)
        rail = (self._shown if rule.holds else self._refuted)[self._found.heads[rule.head]]
        np.bitwise_or(rail, fired, out=rail)

    def _compare(self, comparison: Comparison) -> Truths:
        left, right = self._numbers.get(comparison.left), self._numbers.get(comparison.right)
        if left is None or right is None:
            return Truths(np.zeros_like(self._everyone), np.zeros_like(self._everyone))
        known = left.known & right.known
        shown = pack(left.values > right.values) & known
        return Truths(shown, known ^ shown)

    def _count(self, tally: Tally) -> None:
        for end, side in ((".holds", 0), (".fails", 1)):
            self._counts[tally.id + end] = _sum([self._where(member[side]) for member in tally.members])

    def _where(self, test: Test) -> Plane:
        """The records on which a test is known to be true."""
        truths = self._truths.get(test.field)
        if truths is not None:
            return truths.shown if (test.value is True) == (test.op == "==") else truths.refuted
        key = (test.field, test.op, test.value)
        if key not in self._tested:
            self._tested[key] = self._measure(test)
        return self._tested[key]

    def _measure(self, test: Test) -> Plane:
        """The records on which a number or a choice is known and compares so: by one threshold, or by two."""
        name, op = test.field, test.op
        value = int(self._places.get(name, {}).get(str(test.value), test.value))
        known = self._numbers[name].known if name in self._numbers else self._everyone
        if op in ("==", "!="):
            equal = self._at_least(name, value) ^ self._at_least(name, value + 1)
            return equal if op == "==" else known ^ equal
        reached = self._at_least(name, value + 1 if op in (">", "<=") else value)
        return reached if op in (">", ">=") else known ^ reached

    def _at_least(self, name: str, least: int) -> Plane:
        """The records of which a number is known and is so large, or larger."""
        key = (name, least)
        if key not in self._reached:
            if name in self._counts:
                self._reached[key] = _reaches(self._counts[name], least, self._everyone)
            else:
                self._reached[key] = pack(self._numbers[name].values >= least) & self._numbers[name].known
        return self._reached[key]


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
