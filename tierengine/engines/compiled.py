"""A second reading of the form: one plain Python function, generated from the rules.

It stands beside the engine of record on every determination. It was not derived from it: the rules are
written out as `if` statements over local names, with no agenda, no facts in store and no sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tierengine.engines.ends import may_be_bounded
from tierengine.engines.form import Bounds, Evaluation, Facts, Form, Stratum, Test
from tierengine.errors import MismatchError, Problem

_Function = Callable[[Facts, list[str]], dict[str, bool]]


@dataclass(frozen=True, slots=True)
class _Generated:
    """The text that was generated from a form, and the function that it defines."""

    source: str
    evaluate: _Function

    @staticmethod
    def of(form: Form) -> _Generated:
        """Generate from a form; what was generated is kept with it."""
        kept = form.kept.get("generated")
        if not isinstance(kept, _Generated):
            source = _Writer(form).source()
            namespace: dict[str, Any] = {"conflict": _conflict, "Bounds": Bounds}
            exec(compile(source, "<generated evaluator>", "exec"), namespace)  # noqa: S102 - our own text, from a checked form
            kept = form.kept["generated"] = _Generated(source, namespace["evaluate"])
        return kept


class CompiledEngine:
    """The generated evaluator of one form. `source` is the text that was generated, for who wants to read it."""

    def __init__(self, form: Form) -> None:
        generated = _Generated.of(form)
        self.source = generated.source
        self._evaluate = generated.evaluate

    def settled(self, facts: Facts) -> dict[str, bool]:
        """Return each settled proposition with its truth, as `evaluate` does, without the rules that fired."""
        return self._evaluate(facts, [])

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts. Raise `MismatchError` if a proposition both holds and fails."""
        fired: list[str] = []
        settled = self._evaluate(facts, fired)
        return Evaluation(settled, tuple(sorted(fired)))


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


class _Writer:
    """Writes the source of one function; fields and propositions become numbered local names."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._locals: dict[str, str] = {}
        self._counts = {field.id for field in form.inputs if may_be_bounded(field)}
        self._lines = ["def evaluate(facts, fired):", "    get = facts.get", "    fire = fired.append"]

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
        pairs = ", ".join(f"({head!r}, {self._name(head)})" for head in heads)
        self._write(f"return {{name: value for name, value in ({pairs}{',' if pairs else ''}) if value is not None}}")
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
        for rule in stratum.rules:
            name = self._name(rule.head)
            self._write(f"if {' and '.join(self._test(test) for test in rule.tests)}:")
            self._write(f"    fire({rule.id!r})")
            self._write(f"    if {name} is {not rule.holds}: conflict({rule.head!r})")
            self._write(f"    {name} = {rule.holds}")
        return heads

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
