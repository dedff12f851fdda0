"""A form written on the two ends of each count, for an engine that knows no bounds.

A count that is known only by bounds is two whole numbers: the least it may be, and the greatest. A test is true of
every number between them just where it is true of the end that is worst for it. Only `!=` needs two rules, one for
each side of its number; at most one of them fires, since no number lies on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tierengine.engines.arithmetic import ends
from tierengine.engines.form import Facts, Field, Form, Operator, Rule, Stratum, Test, Value

LEAST, MOST = ".least", ".most"
"""What the names of the two ends end in."""


class OnEnds:
    """A form on the ends of its counts, and the rule of the form to which each of its rules goes back."""

    def __init__(self, form: Form) -> None:
        self.counts = tuple(field.id for field in form.inputs if may_be_bounded(field))
        self._bounded = frozenset(self.counts)
        self.origin: dict[str, Rule] = {}
        self.form = Form(
            inputs=tuple(end for field in form.inputs for end in self._inputs(field)),
            # Comparing and tallying are done beside the engine, on the counts themselves.
            comparisons=form.comparisons,
            strata=tuple(self._stratum(stratum) for stratum in form.strata),
        )

    def facts(self, facts: Facts) -> dict[str, Value]:
        """Return the ends of the counts that are known; a count without a greatest number has one end."""
        found: dict[str, Value] = {}
        for name in self.counts:
            if name in facts:
                least, most = ends(facts[name])
                found[name + LEAST] = least
                if most is not None:
                    found[name + MOST] = most
        return found

    def _inputs(self, field: Field) -> tuple[Field, ...]:
        if field.id not in self._bounded:
            return (field,)
        return Field(id=field.id + LEAST, type="count"), Field(id=field.id + MOST, type="count")

    def _stratum(self, stratum: Stratum) -> Stratum:
        rules: list[Rule] = []
        for rule in stratum.rules:
            for written in self._written(rule):
                self.origin[written.id] = rule
                rules.append(written)
        return Stratum(tallies=stratum.tallies, rules=tuple(rules))

    def _written(self, rule: Rule) -> Iterator[Rule]:
        """The rule on the ends: once, or once for each side of every number that a count is not."""
        ways = list(product(*(self._sides(test) for test in rule.tests)))
        for number, sides in enumerate(ways, 1):
            name = rule.id if len(ways) == 1 else f"{rule.id} ({number})"
            tests = tuple(dict.fromkeys(test for side in sides for test in side))
            yield rule.model_copy(update={"id": name, "tests": tests})

    def _sides(self, test: Test) -> tuple[tuple[Test, ...], ...]:
        """The ways in which a test is true of every number between the ends, of which no two can be at once."""
        if test.field not in self._bounded:
            return ((test,),)
        least, most = test.field + LEAST, test.field + MOST
        if test.op == "==":
            return ((_test(least, "==", test), _test(most, "==", test)),)
        if test.op == "!=":
            return (_test(least, ">", test),), (_test(most, "<", test),)
        return ((_test(least if test.op in (">", ">=") else most, test.op, test),),)


def may_be_bounded(field: Field) -> bool:
    """Whether an input may be known by bounds: a count that is no rank."""
    return field.type == "count" and not field.numbers


def _test(field: str, op: Operator, test: Test) -> Test:
    return Test(field=field, op=op, value=test.value)
