"""A second opinion: the form as terms of the solver z3, over whole numbers, written apart from the reading in clauses.

Source: de Moura and Bjoerner, Z3: an efficient SMT solver (TACAS 2008).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import z3

from tierengine.engines.arithmetic import OPERATORS
from tierengine.engines.form import Bounds, Comparison, Facts, Form, Stratum, Test, Unanswered, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT


class Z3Case:
    """One country with its answers left open: a term for each input, and two rails for each proposition.

    With `partly`, each input may also be unknown; then the bounds, and the comparisons without figures, of a country
    that is asked about count although the number itself is not known.
    """

    def __init__(self, form: Form, name: str = "case", *, partly: bool = False, facts: Facts | None = None) -> None:
        self.form = form
        self.fields = {field.id: field for field in form.inputs}
        self.known: dict[str, z3.BoolRef] = {
            field: z3.Bool(f"{name}:known:{field}") if partly else z3.BoolVal(val=True) for field in self.fields
        }
        self.values: dict[str, Any] = {
            field.id: z3.Bool(f"{name}:{field.id}") if field.type == "truth" else z3.Int(f"{name}:{field.id}")
            for field in form.inputs
        }
        self.shown: dict[str, z3.BoolRef] = {}
        self.refuted: dict[str, z3.BoolRef] = {}
        self._name = name
        self._partly = partly
        self._facts = facts or {}
        self._compared = {comparison.id: comparison for comparison in form.comparisons}
        self._tallied: dict[str, Any] = {}
        propositions = [definition for stratum in form.strata for definition in self._define(stratum)]
        coherent = [z3.Not(self.refuted[rule]) for rule in form.coherence]
        self.definitions: tuple[z3.BoolRef, ...] = (*self._domains(), *propositions, *coherent)
        """What every case obeys: the answers that each input may have, what follows from them, and coherence."""

    def holds(self, test: Test) -> z3.BoolRef:
        """Return the term that a test is known to be true."""
        if test.field in self.shown:
            return self.shown[test.field] if test.value is True else self.refuted[test.field]
        if test.field in self._tallied:
            return OPERATORS[test.op](self._tallied[test.field], int(test.value))
        if test.field in self._compared:
            return self._comparison(self._compared[test.field], truth=test.value is (test.op == "=="))
        passes = self._passes(test)
        bounds = self._facts.get(test.field)
        if not isinstance(bounds, Bounds):
            return z3.And(self.known[test.field], passes)
        if not found(_within(self.values[test.field], bounds), z3.Not(passes)):
            return z3.BoolVal(val=True)
        return z3.And(self.known[test.field], passes)

    def answers(self, field: str, value: Value) -> z3.BoolRef:
        """Return the term that an input is known and has a value."""
        return z3.And(self.known[field], self._equals(field, value))

    def gives(self, facts: Facts) -> Iterator[z3.BoolRef]:
        """Yield the terms that the inputs have these values, or lie within these bounds.

        What nobody answered is true if an answer still to come shows it, and else false if some answer denies it; so
        is what is only denied so far, for an answer still to come may show it.
        """
        asked = {field: value for field, value in facts.items() if field in self.fields or field in self._compared}
        counted = {each.id for each in self.form.comparisons if _apart(asked.get(each.left), asked.get(each.right))}
        assumed = [each for each in self.form.unanswered if each.id not in counted and _assumed(each, asked)]
        passed = counted | {each.id for each in assumed}
        stated = {field: value for field, value in asked.items() if field not in passed}
        for field, value in stated.items():
            yield _within(self.values[field], value) if isinstance(value, Bounds) else self._stated(field, value)
        for each in self.form.unanswered:
            true = self._stated(each.id, value=True)
            shown = z3.Or(*(self._stated(name, value=True) for name in each.shown_by if name not in asked))
            yield z3.Implies(shown, true)
            if each in assumed:
                denied = z3.Or(*(self._stated(name, value=False) for name in each.denied_with))
                yield z3.Implies(z3.And(z3.Not(shown), denied), z3.Not(true))

    def _stated(self, field: str, value: Value) -> z3.BoolRef:
        """The term that an input has a value, or that a comparison comes out so."""
        if field not in self._compared:
            return self.answers(field, value)
        comparison = self._compared[field]
        greater: z3.BoolRef = self.values[comparison.left] > self.values[comparison.right]
        return greater if value is True else z3.Not(greater)

    def fires(self, tests: Iterable[Test]) -> z3.BoolRef:
        """Return the term that every test of a rule is known to be true."""
        return z3.And(*map(self.holds, tests))

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
                self._tallied[tally.id + end] = z3.Sum(*(z3.If(self.holds(each[side]), 1, 0) for each in tally.members))
        # No rule looks at another of its stratum, so all are written before any is named.
        fired = [(rule.head, rule.holds, self.fires(rule.tests)) for rule in stratum.rules]
        for head in dict.fromkeys(head for head, _, _ in fired):
            rails = [
                z3.Or(*(term for name, holds, term in fired if name == head and holds is side))
                for side in (True, False)
            ]
            self.shown[head] = z3.Bool(f"{self._name}:{head}")
            yield self.shown[head] == rails[0]
            self.refuted[head] = z3.Bool(f"{self._name}:not:{head}") if self._partly else z3.Not(self.shown[head])
            if self._partly:
                yield self.refuted[head] == rails[1]

    def _comparison(self, comparison: Comparison, *, truth: bool) -> z3.BoolRef:
        """A comparison is known to come out so if it does for the least and the most that each number may be."""
        left, right = self.values[comparison.left], self.values[comparison.right]
        if not self._partly:
            return left > right if truth else left <= right
        if self._facts.get(comparison.id) is truth:
            return z3.BoolVal(val=True)
        (least, most), (low, high) = self._span(comparison.left), self._span(comparison.right)
        known = [self._bounded(comparison.left, top=not truth), self._bounded(comparison.right, top=truth)]
        return z3.And(*known, least > high if truth else most <= low)

    def _span(self, field: str) -> tuple[Any, Any]:
        """The least and the most that a number may be, as far as either is known."""
        bounds, value, known = self._facts.get(field), self.values[field], self.known[field]
        if not isinstance(bounds, Bounds):
            return value, value
        most = value if bounds.at_most is None else z3.If(known, value, bounds.at_most)
        return z3.If(known, value, bounds.at_least), most

    def _bounded(self, field: str, *, top: bool) -> z3.BoolRef:
        """Whether anything is known of how high, or how low, a number may be."""
        bounds = self._facts.get(field)
        bounded = isinstance(bounds, Bounds) and (not top or bounds.at_most is not None)
        return z3.BoolVal(val=True) if bounded else self.known[field]

    def _passes(self, test: Test) -> z3.BoolRef:
        if self.fields[test.field].type == "count":
            passes: z3.BoolRef = OPERATORS[test.op](self.values[test.field], int(test.value))
            return passes
        equal = self._equals(test.field, test.value)
        return equal if test.op == "==" else z3.Not(equal)

    def _equals(self, name: str, value: Value) -> z3.BoolRef:
        term, field = self.values[name], self.fields[name]
        if field.type == "truth":
            return term if value is True else z3.Not(term)
        if field.type == "count":
            return term == int(value)
        return term == field.choices.index(str(value)) if value in field.choices else z3.BoolVal(val=False)


def _assumed(each: Unanswered, facts: Facts) -> bool:
    """Whether the value of an input is assumed: nobody answered it, or it is false as an answer that denies it says."""
    denied = any(facts.get(name) is False for name in each.denied_with)
    return each.id not in facts or (facts[each.id] is False and denied)


def _apart(left: Value | Bounds | None, right: Value | Bounds | None) -> bool:
    """Whether two numbers decide which is greater, or that the left is not."""
    if left is None or right is None:
        return False
    low, high = (left.at_least, left.at_most) if isinstance(left, Bounds) else (left, left)
    low_right, high_right = (right.at_least, right.at_most) if isinstance(right, Bounds) else (right, right)
    greater = high_right is not None and int(low) > int(high_right)
    return greater or (high is not None and int(high) <= int(low_right))


def _within(number: Any, bounds: Bounds) -> z3.BoolRef:
    top = z3.BoolVal(val=True) if bounds.at_most is None else number <= bounds.at_most
    return z3.And(number >= bounds.at_least, top)


def found(*terms: z3.BoolRef) -> bool:
    """Whether all terms can hold."""
    solver = z3.Solver()
    solver.add(*terms)
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


class Completions:
    """Knows what completions of facts there are; made once for a form, asked for many countries."""

    def __init__(self, form: Form) -> None:
        self._case = Z3Case(form)
        self._solver = z3.Solver()
        self._solver.add(*self._case.definitions)

    def may_hold(self, facts: Facts, names: Iterable[str] = ()) -> dict[str, tuple[bool, bool]]:
        """Return of propositions, or of each, whether some completion shows it, and whether some refutes it."""
        self._solver.push()
        self._solver.add(*self._case.gives(facts))
        terms = {name: self._case.shown[name] for name in names or self._case.shown}
        found = {name: (self._may(term), self._may(z3.Not(term))) for name, term in terms.items()}
        self._solver.pop()
        return found

    def _may(self, term: z3.BoolRef) -> bool:
        return bool(self._solver.check(term) == z3.sat)


def settled(form: Form, facts: Facts) -> dict[str, bool] | None:
    """Return what the rails show and refute where just these facts are known; nothing if they contradict themselves."""
    case = Z3Case(form, partly=True, facts=facts)
    exact = {name for name, value in facts.items() if not isinstance(value, Bounds)}
    solver = z3.Solver()
    solver.add(*case.definitions, *case.gives(facts))
    solver.add(*(known if name in exact else z3.Not(known) for name, known in case.known.items()))
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    rails = ((case.shown, True), (case.refuted, False))
    return {name: truth for rail, truth in rails for name, term in rail.items() if z3.is_true(model.eval(term))}
