"""What a comparison, a tally and a test mean: the arithmetic that is done beside the rules engine.

Pure functions over known fields. An absent field is not known, and nothing that needs it comes out true.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from tierengine.engines.form import Comparison, Facts, Form, Operator, Tally, Test

OPERATORS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(test: Test, facts: Facts) -> bool:
    """Whether the test is true; false when its field is not known, whatever the operator."""
    known = facts.get(test.field)
    return known is not None and OPERATORS[test.op](known, test.value)


def compare(facts: Facts, comparison: Comparison) -> bool | None:
    """Whether left is greater than right; `None` when either is not known."""
    left, right = facts.get(comparison.left), facts.get(comparison.right)
    if left is None or right is None:
        return None
    return OPERATORS[">"](left, right)


def tally(facts: Facts, tally: Tally) -> tuple[int, int]:
    """How many members are known to hold, and how many are known to fail."""
    shown = sum(holds(shows, facts) for shows, _ in tally.members)
    refuted = sum(holds(refutes, facts) for _, refutes in tally.members)
    return shown, refuted


def thresholds(form: Form) -> dict[str, frozenset[int]]:
    """Return the numbers at which a test of a count begins to say otherwise, for each count of a form."""
    counts = {field.id for field in form.inputs if field.type == "count"}
    found: dict[str, set[int]] = {}
    for test in form.tests():
        if test.field in counts:
            found.setdefault(test.field, set()).update(_begins(test))
    return {field: frozenset(numbers) for field, numbers in found.items()}


def _begins(test: Test) -> tuple[int, ...]:
    """Where, on the whole numbers, the outcome of a test changes."""
    number = int(test.value)
    if test.op in (">=", "<"):
        return (number,)
    return (number + 1,) if test.op in ("<=", ">") else (number, number + 1)
