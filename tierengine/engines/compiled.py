"""A second reading of the form: one plain Python function, generated from the rules.

It stands beside the engine of record on every determination. It was not derived from it: the rules are
written out as `if` statements over local names, with no agenda, no facts in store and no sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tierengine.engines.ends import may_be_bounded
from tierengine.engines.form import Bounds, Evaluation, Facts, Form, Rule, Stratum, Test
from tierengine.errors import MismatchError, Problem

_Function = Callable[[Facts, list[str], Collection[str]], dict[str, bool]]


@dataclass(frozen=True, slots=True)
class _Generated:
    """The text that was generated from a form, and the function that it defines."""

    source: str
    evaluate: _Function

    @staticmethod
    def of(form: Form, *, givable: bool = False) -> _Generated:
        """Generate from a form; what was generated is kept with it. With `givable`, entries may be given answered."""
        name = "generated, givable" if givable else "generated"
        kept = form.kept.get(name)
        if not isinstance(kept, _Generated):
            source = _Writer(form, givable=givable).source()
            namespace: dict[str, Any] = {"conflict": _conflict, "Bounds": Bounds}
            exec(compile(source, "<generated evaluator>", "exec"), namespace)  # noqa: S102 - our own text, from a checked form
            kept = form.kept[name] = _Generated(source, namespace["evaluate"])
        return kept


class CompiledEngine:
    """The generated evaluator of one form. `source` is the text that was generated, for who wants to read it."""

    def __init__(self, form: Form) -> None:
        generated = _Generated.of(form)
        self.source = generated.source
        self._evaluate = generated.evaluate

    def settled(self, facts: Facts) -> dict[str, bool]:
        """Return each settled proposition with its truth, as `evaluate` does, without the rules that fired."""
        return self._evaluate(facts, [], ())

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts. Raise `MismatchError` if a proposition both holds and fails."""
        fired: list[str] = []
        settled = self._evaluate(facts, fired, ())
        return Evaluation(settled, tuple(sorted(fired)))


class GivenEngine:
    """The generated evaluator of a whole form of which some entries are answered by the facts, not worked out.

    It says what `CompiledEngine` says of the form without the rules of these entries. One text serves whatever is
    given, where each such form would have to be generated and compiled by itself.
    """

    def __init__(self, form: Form, given: Collection[str]) -> None:
        self._evaluate = _Generated.of(form, givable=True).evaluate
        self._given = frozenset(given)

    def settled(self, facts: Facts) -> dict[str, bool]:
        """Return each settled proposition with its truth, as `evaluate` does, without the rules that fired."""
        return self._worked_out(self._evaluate(facts, [], self._given))

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts. Raise `MismatchError` if a proposition both holds and fails."""
        fired: list[str] = []
        settled = self._evaluate(facts, fired, self._given)
        return Evaluation(self._worked_out(settled), tuple(sorted(fired)))

    def _worked_out(self, settled: dict[str, bool]) -> dict[str, bool]:
        return {name: value for name, value in settled.items() if _entry(name) not in self._given}


def _conflict(proposition: str) -> None:
    raise MismatchError(
        [
            Problem(
                where=f"`{proposition}`",
                what="the rules show that it holds and that it fails",
                cure="mend the rules of this entry; no case may do both",
            )
        ],
        {"generated": proposition},
    )


def _entry(proposition: str) -> str:
    """The entry whose rules settle a proposition."""
    return proposition.partition("/")[0]


class _Writer:
    """Writes the source of one function; fields and propositions become numbered local names."""

    def __init__(self, form: Form, *, givable: bool) -> None:
        self._form = form
        self._givable = givable
        self._locals: dict[str, str] = {}
        self._said: set[tuple[str, bool]] = set()
        """What the rules that are written say: each proposition, and whether it holds."""
        self._counts = {field.id for field in form.inputs if may_be_bounded(field)}
        self._lines = ["def evaluate(facts, fired, given):", "    get = facts.get", "    fire = fired.append"]

    def source(self) -> str:
        for field in self._form.inputs:
            self._input(field.id)
        for comparison in self._form.comparisons:
            (left, most), (right, most_right) = self._ends(comparison.left), self._ends(comparison.right)
            self._write(f"if {left} is not None and {most_right} is not None and {left} > {most_right}:")
            self._write(f"    {self._name(comparison.id)} = True")
            self._write(f"elif {most} is not None and {right} is not None and {most} <= {right}:")
            self._write(f"    {self._name(comparison.id)} = False")
            self._write("else:")
            self._write(f"    {self._name(comparison.id)} = get({comparison.id!r})")
        heads: list[str] = []
        for stratum in self._form.strata:
            heads += self._stratum(stratum)
        names, values = (", ".join((*each, "")).strip() for each in (map(repr, heads), map(self._name, heads)))
        self._write(f"found = zip(({names}), ({values}))")
        self._write("return {name: value for name, value in found if value is not None}")
        return "\n".join(self._lines) + "\n"

    def _input(self, field: str) -> None:
        """Take in one input: of a count its two ends, which differ only where it is known by bounds."""
        low, high = self._ends(field)
        self._write(f"{low} = get({field!r})")
        if low != high:
            self._write(f"{high} = {low}")
            self._write(f"if {low}.__class__ is Bounds: {high} = {low}.at_most; {low} = {low}.at_least")

    def _ends(self, field: str) -> tuple[str, str]:
        """The names of the least and the greatest number that a field may be; the same where it has no bounds."""
        name = self._name(field)
        return (name, f"{name}m") if field in self._counts else (name, name)

    def _stratum(self, stratum: Stratum) -> list[str]:
        for tally in stratum.tallies:
            for end, side in ((".holds", 0), (".fails", 1)):
                counted = " + ".join(f"({self._test(member[side])})" for member in tally.members)
                self._write(f"{self._name(tally.id + end)} = {counted}")
        heads = list(dict.fromkeys(rule.head for rule in stratum.rules))
        for head in heads:
            self._write(f"{self._name(head)} = None")
        if not self._givable:
            self._rules(stratum.rules)
            return heads
        for entry, rules in groupby(stratum.rules, key=lambda rule: _entry(rule.head)):
            own = tuple(rules)
            self._write(f"if {entry!r} in given:")
            for head in dict.fromkeys(rule.head for rule in own):
                self._write(f"    {self._name(head)} = get({head!r})")
            self._write("else:")
            self._rules(own, "    ")
        return heads

    def _rules(self, rules: Sequence[Rule], indent: str = "") -> None:
        for rule in rules:
            name = self._name(rule.head)
            self._write(f"{indent}if {' and '.join(self._test(test) for test in rule.tests)}:")
            self._write(f"{indent}    fire({rule.id!r})")
            if (rule.head, not rule.holds) in self._said:  # else no rule before it can have said the opposite
                self._write(f"{indent}    if {name} is {not rule.holds}: conflict({rule.head!r})")
            self._write(f"{indent}    {name} = {rule.holds}")
            self._said.add((rule.head, rule.holds))

    def _test(self, test: Test) -> str:
        low, high = self._ends(test.field)
        if isinstance(test.value, bool) and test.op == "==":
            return f"{low} is {test.value}"
        if low != high:
            return self._of_ends(test, low, high)
        if test.op == "==":
            return f"{low} == {test.value!r}"
        return f"{low} is not None and {low} {test.op} {test.value!r}"

    def _of_ends(self, test: Test, low: str, high: str) -> str:
        """A test of every number from one end to the other: of the end that is worst for it."""
        if test.op == "==":
            return f"{low} == {test.value!r} and {high} == {test.value!r}"
        if test.op == "!=":
            return f"({low} is not None and {low} > {test.value!r} or {high} is not None and {high} < {test.value!r})"
        end = low if test.op in (">", ">=") else high
        return f"{end} is not None and {end} {test.op} {test.value!r}"

    def _name(self, field: str) -> str:
        return self._locals.setdefault(field, f"v{len(self._locals)}")

    def _write(self, line: str) -> None:
        self._lines.append("    " + line)
