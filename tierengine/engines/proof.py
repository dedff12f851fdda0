"""A reading of the form as terms of the solver z3: questions about every case at once, answered exactly.

A `Case` is one country whose answers are not fixed. A `Solver` looks for a case of which something holds; where it
finds none there is none, and where it gives up it says so and nothing is concluded.

Source: de Moura and Bjoerner, Z3: an efficient SMT solver (TACAS 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import z3

from tierengine.engines.arithmetic import OPERATORS
from tierengine.engines.form import Facts, Field, Form, Stratum, Test, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.errors import Problem, UndecidedError


class Case:
    """One country with its answers left open: a term for each input, and two rails for each proposition.

    A whole case answers every input, so that a proposition that is not shown is refuted. With `partly`, each input
    may also be unknown, and a proposition may be neither shown nor refuted.
    """

    def __init__(self, form: Form, name: str = "case", *, partly: bool = False) -> None:
        self.form = form
        self.fields: dict[str, Field] = {field.id: field for field in form.inputs}
        self.known: dict[str, z3.BoolRef] = {
            field: z3.Bool(f"{name}:known:{field}") if partly else z3.BoolVal(True) for field in self.fields
        }
        self.values: dict[str, z3.ExprRef] = {
            field.id: z3.Bool(f"{name}:{field.id}") if field.type == "truth" else z3.Int(f"{name}:{field.id}")
            for field in form.inputs
        }
        self.shown: dict[str, z3.BoolRef] = {}
        self.refuted: dict[str, z3.BoolRef] = {}
        self._name = name
        self._partly = partly
        self._compared = {comparison.id: comparison for comparison in form.comparisons}
        self._answers: dict[tuple[str, type, Value], z3.BoolRef] = {}
        self._tests: dict[tuple[str, str, type, Value], z3.BoolRef] = {}
        self._bounds: dict[tuple[str, int], z3.BoolRef] = {}
        self._tallied: dict[str, z3.ArithRef] = {}
        self._propositions = [list(self._define(stratum)) for stratum in form.strata]
        self.definitions: tuple[z3.BoolRef, ...] = (
            *self._domains(),
            *(definition for definitions in self._propositions for definition in definitions),
        )
        """What every case obeys: the answers that each input may have, and what follows from them."""

    # -- asking ---------------------------------------------------------------------------------------------------

    def holds(self, test: Test) -> z3.BoolRef:
        """Return the term that a test is known to be true."""
        key = (test.field, test.op, type(test.value), test.value)
        if key not in self._tests:
            self._tests[key] = self._holds(test)
        return self._tests[key]

    def _holds(self, test: Test) -> z3.BoolRef:
        if test.field in self.shown:
            return self.shown[test.field] if test.value is True else self.refuted[test.field]
        if test.field in self._tallied:
            return OPERATORS[test.op](self._tallied[test.field], int(test.value))
        if test.field in self._compared:
            return self._comparison(test)
        return self._if_known(test.field, self._compare(test))

    def answers(self, field: str, value: Value) -> z3.BoolRef:
        """Return the term that an input is known and has a value."""
        key = (field, type(value), value)
        if key not in self._answers:
            self._answers[key] = self._if_known(field, self._equals(field, value))
        return self._answers[key]

    def gives(self, facts: Facts) -> tuple[z3.BoolRef, ...]:
        """Return the terms that the inputs have these values; inputs that the form does not ask for are passed over."""
        return tuple(self.answers(field, value) for field, value in facts.items() if field in self.fields)

    def rank(self, field: str, value: Value) -> int:
        """Return how high an answer is: a count itself, false before true, choices as they are listed."""
        kind = self.fields[field]
        return kind.choices.index(str(value)) if kind.type == "choice" else int(value)

    def value_at(self, field: str, rank: int) -> Value:
        """Return the answer of a rank: what `rank` gives a rank for."""
        kind = self.fields[field]
        if kind.type == "truth":
            return rank > 0
        return rank if kind.type == "count" else kind.choices[rank]

    def at_most(self, field: str, rank: int) -> z3.BoolRef:
        """Return the term that an input is no higher than a rank."""
        if (field, rank) not in self._bounds:
            self._bounds[field, rank] = self._at_most(field, rank)
        return self._bounds[field, rank]

    def _at_most(self, field: str, rank: int) -> z3.BoolRef:
        if self.fields[field].type == "truth":
            return z3.BoolVal(True) if rank > 0 else z3.Not(self.values[field])
        return self.values[field] <= rank

    def fires(self, tests: Iterable[Test]) -> z3.BoolRef:
        """Return the term that every test of a rule is known to be true."""
        return all_of([self.holds(test) for test in tests])

    def read(self, model: z3.ModelRef) -> dict[str, Value]:
        """Return the answers that a found case gives: every input, or those known in it."""
        return {
            field: self.value(model, field)
            for field in self.fields
            if z3.is_true(model.eval(self.known[field], model_completion=True))
        }

    # -- defining -------------------------------------------------------------------------------------------------

    def _domains(self) -> Iterator[z3.BoolRef]:
        for name, field in self.fields.items():
            term = self.values[name]
            if field.numbers:
                yield z3.Or(*(term == number for number in field.numbers))
            elif field.type == "count":
                yield term >= 0
            elif field.type == "choice":
                yield z3.And(term >= 0, term < len(field.choices))
        if LIMIT in self.fields and LAST_REPORT in self.fields:
            # Only years on the Tier 2 Watch List that reach up to the last report bind the next one.
            free, there = self._equals(LIMIT, "none"), self._equals(LAST_REPORT, "2WL")
            yield z3.Or(z3.Not(self.known[LIMIT]), z3.Not(self.known[LAST_REPORT]), free, there)

    def _define(self, stratum: Stratum) -> Iterator[z3.BoolRef]:
        for tally in stratum.tallies:
            for end, side in ((".holds", 0), (".fails", 1)):
                counted = (z3.If(self.holds(member[side]), 1, 0) for member in tally.members)
                self._tallied[tally.id + end] = z3.Sum(*counted)
        # No rule looks at another of its stratum, so all are written before any is named.
        fired = [(rule.head, rule.holds, self.fires(rule.tests)) for rule in stratum.rules]
        for head in dict.fromkeys(head for head, _, _ in fired):
            rails = [
                any_of([term for name, holds, term in fired if name == head and holds is side])
                for side in (True, False)
            ]
            self.shown[head] = z3.Bool(f"{self._name}:{head}")
            yield self.shown[head] == rails[0]
            self.refuted[head] = z3.Bool(f"{self._name}:not:{head}") if self._partly else z3.Not(self.shown[head])
            if self._partly:
                yield self.refuted[head] == rails[1]

    # -- terms ----------------------------------------------------------------------------------------------------

    def _if_known(self, field: str, term: z3.BoolRef) -> z3.BoolRef:
        return all_of([self.known[field], term]) if self._partly else term

    def _compare(self, test: Test) -> z3.BoolRef:
        term, field = self.values[test.field], self.fields[test.field]
        if field.type == "count":
            return OPERATORS[test.op](term, int(test.value))
        equal = self._equals(test.field, test.value)
        return equal if test.op == "==" else z3.Not(equal)

    def _comparison(self, test: Test) -> z3.BoolRef:
        comparison = self._compared[test.field]
        greater = self.values[comparison.left] > self.values[comparison.right]
        known = (self.known[comparison.left], self.known[comparison.right])
        return z3.And(*known, greater if test.value is (test.op == "==") else z3.Not(greater))

    def _equals(self, name: str, value: Value) -> z3.BoolRef:
        term, field = self.values[name], self.fields[name]
        if field.type == "truth":
            return term if value is True else z3.Not(term)
        if field.type == "count":
            return term == int(value)
        return term == field.choices.index(str(value)) if value in field.choices else z3.BoolVal(False)

    def value(self, model: z3.ModelRef, name: str) -> Value:
        """Return the answer that a found case gives to one input."""
        field = self.fields[name]
        found = model.eval(self.values[name], model_completion=True)
        if field.type == "truth":
            return bool(z3.is_true(found))
        return int(found.as_long()) if field.type == "count" else field.choices[found.as_long()]


def all_of(terms: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """Return the term that every term holds; like `z3.And`, without its search for a common sort of each argument."""
    return terms[0] if len(terms) == 1 else _joined(z3.Z3_mk_and, terms)


def any_of(terms: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """Return the term that some term holds; like `z3.Or`, without its search for a common sort of each argument."""
    return terms[0] if len(terms) == 1 else _joined(z3.Z3_mk_or, terms)


def _joined(make: Callable[..., Any], terms: Sequence[z3.BoolRef]) -> z3.BoolRef:
    context = z3.main_ctx()
    return z3.BoolRef(make(context.ref(), len(terms), (z3.Ast * len(terms))(*(t.as_ast() for t in terms))), context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long a solver may try: in seconds, or in steps, which are the same on every machine."""

    seconds: int = 0
    steps: int = 0

    def __str__(self) -> str:
        return f"{self.seconds} seconds" if self.seconds else f"{self.steps} steps"


PATIENCE = Limit(steps=50_000_000)
"""Far more than any question about a rulebook of this size has needed."""


class Solver:
    """Looks for cases. What is added holds for every question; what is asked holds for that question only."""

    def __init__(self, *cases: Case, limit: Limit = PATIENCE) -> None:
        self._solver = z3.Solver()
        self._solver.set(random_seed=0)
        if limit.seconds:
            self._solver.set(timeout=limit.seconds * 1000)
        if limit.steps:
            self._solver.set(rlimit=limit.steps)
        self._limit = limit
        for case in cases:
            self._solver.add(*case.definitions)

    def add(self, *terms: z3.BoolRef) -> None:
        """Let the terms hold from now on."""
        self._solver.add(*terms)

    @contextmanager
    def supposing(self, *terms: z3.BoolRef) -> Iterator[None]:
        """Let the terms hold, and what is added meanwhile, until the end of the block."""
        self._solver.push()
        try:
            self._solver.add(*terms)
            yield
        finally:
            self._solver.pop()

    def find(self, *terms: z3.BoolRef) -> z3.ModelRef | None:
        """Return a case of which all terms hold; nothing if there is none. Raise `UndecidedError` if it gives up.

        Which of several cases is found may hang on what was asked before; whether there is one does not.
        """
        with self.supposing(*terms):
            return self._check()

    def may_be(self, *terms: z3.BoolRef) -> bool:
        """Whether some case has all terms hold; also where the solver gives up, since then nothing is excluded."""
        with self.supposing(*terms):
            return bool(self._solver.check() != z3.unsat)

    def lowest(self, case: Case, fields: Iterable[str]) -> dict[str, Value] | None:
        """Return the found case in which the first field is as low as can be, then the second, and so on.

        It is the same whatever was asked before. Nothing is returned if there is no case.
        """
        with self.supposing():
            if self._check() is None:
                return None
            found: dict[str, Value] = {}
            rest = list(fields)
            while rest:
                settled = self._settled_low(case, rest)
                found |= settled
                rest = rest[len(settled) :]
            return found

    def _settled_low(self, case: Case, fields: Sequence[str]) -> dict[str, Value]:
        """Return the lowest answers of the first fields or of all; they are settled from now on."""
        model, high = self._mostly_low(case, fields)
        found: dict[str, Value] = {}
        told = 0
        for field in fields:
            if field not in high:
                found[field] = case.value_at(field, 0)
                continue
            self.add(*(case.answers(each, value) for each, value in list(found.items())[told:]))
            told = len(found)
            lowered = self._lowered(case, field, model)
            found[field] = case.value(lowered, field)
            if lowered is not model:
                break  # another case, in which what comes after this field need no longer be low
        self.add(*(case.answers(each, value) for each, value in list(found.items())[told:]))
        return found

    def _mostly_low(self, case: Case, fields: Sequence[str]) -> tuple[z3.ModelRef, set[str]]:
        """Return a case in which most fields are as low as any answer, and those that may not be.

        Where some fields cannot all be so low, the last of them is let go: it is worth least.
        """
        low = {field: case.at_most(field, 0) for field in fields}
        while (model := self._check(*low.values())) is None:
            core = {term.get_id() for term in self._solver.unsat_core()}
            del low[[field for field, term in low.items() if term.get_id() in core][-1]]
        return model, set(fields) - low.keys()

    def _lowered(self, case: Case, field: str, model: z3.ModelRef) -> z3.ModelRef:
        """Return a case in which one field is as low as can be; half of what remains is tried each time."""
        least, rank = 0, case.rank(field, case.value(model, field))
        while least < rank:
            middle = (least + rank) // 2
            lower = self.find(case.at_most(field, middle))
            if lower is None:
                least = middle + 1
            else:
                model, rank = lower, case.rank(field, case.value(lower, field))
        return model

    def clash(self, terms: Mapping[str, z3.BoolRef]) -> tuple[str, ...]:
        """Return names of terms that cannot all hold; empty if they can. The set need not be the smallest."""
        with self.supposing():
            for name, term in terms.items():
                self._solver.assert_and_track(term, name)
            return () if self._check() is not None else tuple(sorted(str(name) for name in self._solver.unsat_core()))

    def text(self, *terms: z3.BoolRef) -> str:
        """Return the question of whether all terms can hold, in the SMT-LIB language."""
        with self.supposing(*terms):
            return str(self._solver.to_smt2())

    def _check(self, *supposed: z3.BoolRef) -> z3.ModelRef | None:
        answer = self._solver.check(*supposed)
        if answer == z3.unknown:
            raise UndecidedError(
                [
                    Problem(
                        where="the solver",
                        what=f"it did not decide within {self._limit} ({self._solver.reason_unknown()})",
                        cure="nothing is proved either way; allow more time, or write the rules in smaller parts",
                    )
                ]
            )
        return self._solver.model() if answer == z3.sat else None
