"""One country under the law of a date, ready to be asked about; and the answers that its open questions may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tierengine.engines.arithmetic import thresholds
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Value
from tierengine.engines.lowering import lower
from tierengine.engines.proof import Case, Solver
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import in_order


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers to one question that no rule can tell apart: the first of them and, for a count, the last."""

    value: Value
    last: int | None = None
    """The last number of the range; nothing where it has no end, or where the answer is no count."""


class Inquiry:
    """What is known of a country, with the readings of the law that questions about it are put to.

    A completion gives each unknown input a value. Every question here is about all completions.
    """

    def __init__(self, law: Law, facts: Mapping[str, Value]) -> None:
        self.law = law
        self.form: Form = lower(law)
        self.fields = {field.id: field for field in self.form.inputs}
        self.facts: dict[str, Value] = {name: facts[name] for name in self.fields if name in facts}
        self.engine = CompiledEngine(self.form)
        self.unknown = tuple(name for name in in_order(law) if name in self.fields and name not in self.facts)
        """The open questions, in the order of the statute."""

    @cached_property
    def case(self) -> Case:
        """The country with its open questions left open."""
        return Case(self.form)

    @cached_property
    def solver(self) -> Solver:
        """A solver that knows the facts of the country."""
        solver = Solver(self.case)
        solver.add(*self.case.gives(self.facts))
        return solver

    @cached_property
    def witnesses(self) -> dict[str, dict[str, Value]]:
        """Each row of the tier table that some completion reaches, with one that does."""
        models = ((row.id, self.solver.find(self.case.shown[row.id])) for row in self.law.tiers)
        return {row: self.case.read(model) for row, model in models if model is not None}

    def open_rows(self) -> tuple[TierRow, ...]:
        """Return the rows that some completion reaches, in the order of the table."""
        return tuple(row for row in self.law.tiers if row.id in self.witnesses)

    def reached(self, answers: Mapping[str, Value]) -> frozenset[str]:
        """Return the rows that one completion reaches (one, if the law is sound)."""
        settled = self.engine.evaluate({**self.facts, **answers}).settled
        return frozenset(row.id for row in self.law.tiers if settled.get(row.id) is True)

    # -- the answers there are ------------------------------------------------------------------------------------

    def answers(self, field: str) -> tuple[Answer, ...]:
        """Return answers to an open question, one of each sort that some rule, or another answer, can tell apart."""
        kind = self.fields[field]
        if kind.type == "truth":
            return Answer(True), Answer(False)
        if kind.type == "choice":
            return tuple(Answer(word) for word in kind.choices)
        if kind.numbers:
            return tuple(Answer(number, number) for number in kind.numbers)
        return tuple(self._ranges(field))

    def range_of(self, field: str, number: int) -> Answer:
        """Return the answers to an open question among which a number lies."""
        return next(each for each in self.answers(field) if each.last is None or number <= each.last)

    def linked(self, field: str, known: Mapping[str, Value]) -> frozenset[str]:
        """Return a count and the unknown counts that are compared with it, directly or through one another."""
        found, before = {field}, set[str]()
        while found != before:
            before = set(found)
            for pair in self._compared:
                if pair & found:
                    found |= pair - known.keys()
        return frozenset(found)

    def boundaries(self, field: str, known: Mapping[str, Value]) -> frozenset[int]:
        """Return the numbers at which a count begins to mean something else."""
        linked = self.linked(field, known)
        found = {number for name in linked for number in self._thresholds.get(name, ())}
        for pair in self._compared:
            if pair & linked:
                beside = (int(known[name]) for name in (pair - {field}) & known.keys())
                found |= {number + step for number in beside for step in (0, 1)}
        return frozenset(found)

    def _ranges(self, field: str) -> Iterator[Answer]:
        """Split the whole numbers where a rule or a known count does; near a boundary, where others may stand between.

        Of n counts that are compared with one another, only the 2^n - 1 numbers nearest to the boundaries can differ:
        two orders of at least 2^n - 1 elements cannot be told apart by n of them (Ehrenfeucht and Fraisse).
        """
        near = 1 << (len(self.linked(field, self.facts)) - 1)
        bounds = sorted({0} | self.boundaries(field, self.facts))
        for first, following in zip(bounds, (*bounds[1:], None), strict=True):
            if following is None:
                for number in range(first, first + 2 * near - 2):
                    yield Answer(number, number)
                yield Answer(first + 2 * near - 2)
            elif following - first < 2 * near:
                for number in range(first, following):
                    yield Answer(number, number)
            else:
                for number in range(first, first + near - 1):
                    yield Answer(number, number)
                yield Answer(first + near - 1, following - near)
                for number in range(following - near + 1, following):
                    yield Answer(number, number)

    @cached_property
    def _compared(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset((each.left, each.right)) for each in self.form.comparisons)

    @cached_property
    def _thresholds(self) -> dict[str, frozenset[int]]:
        return thresholds(self.form)
