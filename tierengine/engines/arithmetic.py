"""What a comparison, a tally and a test mean: the arithmetic that is done beside the rules engine.

Pure functions over known fields. An absent field is not known, and nothing that needs it comes out true. Of a count
that is known only by bounds a test is true where it is for every number within them, and only there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tierengine.engines.form import Bounds, Comparison, Facts, Form, Operator, Tally, Test, Value

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
    return passes(facts.get(test.field), test.op, test.value)


def passes(known: Value | Bounds | None, op: Operator, value: Value) -> bool:
    """Whether what is known of a field compares so with a value; false where nothing is."""
    if isinstance(known, Bounds):
        return _holds_within(op, known, int(value))
    return known is not None and OPERATORS[op](known, value)


def _holds_within(op: Operator, bounds: Bounds, number: int) -> bool:
    """Whether a test is true of every number within bounds."""
    low, high = bounds.at_least, bounds.at_most
    above, below = low > number, high is not None and high < number
    if op in ("==", "!="):
        return above or below if op == "!=" else low == high == number
    return (
        (above or (op == ">=" and low == number)) if op in (">", ">=") else (below or (op == "<=" and high == number))
    )


def compare(facts: Facts, comparison: Comparison) -> bool | None:
    """Whether left is greater than right: by the two numbers where they decide it, else as it was answered directly.

    Nothing is returned where neither says so.
    """
    decided = decide(facts.get(comparison.left), facts.get(comparison.right))
    if decided is not None:
        return decided
    answered = facts.get(comparison.id)
    return answered if isinstance(answered, bool) else None


def decide(left: Value | Bounds | None, right: Value | Bounds | None) -> bool | None:
    """Whether one count is greater than another; nothing where one is not known, or the bounds leave it open."""
    if left is None or right is None:
        return None
    (least, most), (least_right, most_right) = ends(left), ends(right)
    if most_right is not None and least > most_right:
        return True
    return False if most is not None and most <= least_right else None


def ends(count: Value | Bounds) -> tuple[int, int | None]:
    """Return the least and the greatest number that a count may be; nothing for the greatest where there is none."""
    if isinstance(count, Bounds):
        return count.at_least, count.at_most
    return int(count), int(count)


def exact(bounds: Bounds) -> int | Bounds:
    """Return the number that bounds leave, where they leave only one; else the bounds."""
    return bounds.at_least if bounds.at_least == bounds.at_most else bounds


def added(counts: Iterable[Value | Bounds]) -> int | Bounds:
    """Return what counts add up to: the greatest number is known only where each has one."""
    pairs = [ends(count) for count in counts]
    most = [most for _, most in pairs if most is not None]
    return exact(Bounds(sum(least for least, _ in pairs), sum(most) if len(most) == len(pairs) else None))


def met(counts: Iterable[Value | Bounds]) -> int | Bounds | None:
    """Return what is known of a count of which several things are said; nothing where no number fits them all."""
    pairs = [ends(count) for count in counts]
    least = max(least for least, _ in pairs)
    most = min((most for _, most in pairs if most is not None), default=None)
    return None if most is not None and most < least else exact(Bounds(least, most))


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
