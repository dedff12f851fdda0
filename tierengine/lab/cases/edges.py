"""Edges: where a single condition begins to hold."""

from __future__ import annotations

from dataclasses import dataclass

from tierengine.engines.arithmetic import holds
from tierengine.engines.form import Bounds, Facts, Test, Value
from tierengine.engines.lowering import rating, reached
from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion, Indicator
from tierengine.law.rulebook import Law
from tierengine.terms.level import LEVELS, Level, rank


@dataclass(frozen=True, slots=True)
class Lead:
    """That one number is ahead of another by so many."""

    left: str
    right: str
    by: int


@dataclass(frozen=True, slots=True)
class Point:
    """A place on an edge or just beside it: its words, and what must be known of a case that lies there."""

    words: str
    tests: tuple[Test, ...] = ()
    lead: Lead | None = None
    level: tuple[str, Level] | None = None
    """The finding that lies there, and its level."""

    def holds(self, known: Facts) -> bool:
        """Say whether a case lies there."""
        if self.lead is not None:
            left, right = known.get(self.lead.left), known.get(self.lead.right)
            if left is None or right is None or isinstance(left, Bounds) or isinstance(right, Bounds):
                return False  # nowhere on the line, where it is not known how far one is ahead
            return int(left) - int(right) == self.lead.by
        return all(holds(test, known) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Edge:
    """The last answer that meets a condition, and the one beside it that does not."""

    on: Point
    beside: Point


def edge_of(law: Law, condition: Condition) -> Edge | None:
    """Return the edge of a single condition, or nothing if it asks for a word and has none."""
    if condition.judgement is not None:
        scale = tuple(level for level in LEVELS if level in law.judges[condition.judgement].scale)
        level, below = _step(scale, condition.at_least)
        field = rating(condition.judgement)
        on, beside = (Point(f"`{condition.judgement}` {each}", (_test(field, rank(each)),)) for each in (level, below))
        return Edge(on, beside)
    if condition.finding is not None:
        return _of_finding(law.criterion(condition.finding), condition)
    if condition.indicator is not None:
        return _of_indicator(law.indicator(condition.indicator), condition)
    return None


def _of_finding(criterion: Criterion, condition: Condition) -> Edge:
    scale = tuple(level for level in LEVELS if level in criterion.scale)
    level, below = _step(scale, condition.at_least or criterion.met_from)
    return Edge(_finding(criterion.id, scale, level), _finding(criterion.id, scale, below))


def _finding(criterion: str, scale: tuple[Level, ...], level: Level) -> Point:
    """The point at which a criterion reaches a level and not the next."""
    place = scale.index(level)
    tests = [_test(reached(criterion, level), True)] if place else []
    tests += [_test(reached(criterion, scale[place + 1]), False)] if place + 1 < len(scale) else []
    return Point(f"`{criterion}` {level}", tuple(tests), level=(criterion, level))


def _of_indicator(indicator: Indicator, condition: Condition) -> Edge | None:
    if indicator.compared is not None:
        left, right = indicator.compared.greater, indicator.compared.than
        on = Point(f"`{left}` one more than `{right}`", lead=Lead(left, right, 1))
        beside = Point(f"`{left}` equal to `{right}`", lead=Lead(left, right, 0))
        return Edge(on, beside) if condition.is_ == "true" else Edge(beside, on)
    if condition.at_least is not None and int(condition.at_least) > 0:
        return Edge(_number(indicator, int(condition.at_least)), _number(indicator, int(condition.at_least) - 1))
    if condition.at_most is not None:
        return Edge(_number(indicator, int(condition.at_most)), _number(indicator, int(condition.at_most) + 1))
    return None


def _number(indicator: Indicator, number: int) -> Point:
    return Point(f"`{indicator.id}` {number}", (_test(indicator.id, number),))


def _step(scale: tuple[Level, ...], word: str | None) -> tuple[Level, Level]:
    """A level of a scale above the lowest, and the one below it."""
    place = next(number for number, level in enumerate(scale) if level == word)
    return scale[place], scale[place - 1]


def _test(field: str, value: Value) -> Test:
    return Test(field=field, op="==", value=value)
