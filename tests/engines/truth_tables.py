"""Random terms of logic beside their truth tables, worked out without them: what a solver says, by brute force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tierengine.engines.logic import (
    FALSE,
    TRUE,
    Term,
    all_of,
    any_of,
    at_least,
    at_most,
    exactly,
    implies,
    negate,
    same,
    variable,
)

VARIABLES = tuple(variable(name) for name in "abcd")
EVERY = range(1 << len(VARIABLES))
"""Every way in which the variables may hold, as a number: its bits say which do."""


@dataclass(frozen=True)
class Tabled:
    """A term, and the ways in which it holds."""

    term: Term
    ways: frozenset[int]


KNOWN = (
    Tabled(TRUE, frozenset(EVERY)),
    Tabled(FALSE, frozenset()),
    *(Tabled(each, frozenset(way for way in EVERY if way >> place & 1)) for place, each in enumerate(VARIABLES)),
)

Count = Callable[[int, Sequence[Term]], Term]
COUNTS: tuple[tuple[Count, Callable[[int, int], bool]], ...] = (
    (at_least, lambda held, number: held >= number),
    (at_most, lambda held, number: held <= number),
    (exactly, lambda held, number: held == number),
)


def _larger(parts: st.SearchStrategy[Tabled]) -> st.SearchStrategy[Tabled]:
    several = st.lists(parts, max_size=7)
    return st.one_of(
        parts.map(lambda part: Tabled(negate(part.term), frozenset(EVERY) - part.ways)),
        several.map(lambda some: Tabled(all_of(_terms(some)), frozenset(EVERY).intersection(*_ways(some)))),
        several.map(lambda some: Tabled(any_of(_terms(some)), frozenset().union(*_ways(some)))),
        st.tuples(parts, parts).map(
            lambda two: Tabled(implies(two[0].term, two[1].term), (frozenset(EVERY) - two[0].ways) | two[1].ways)
        ),
        st.tuples(parts, parts).map(
            lambda two: Tabled(same(two[0].term, two[1].term), frozenset(EVERY) - (two[0].ways ^ two[1].ways))
        ),
        st.builds(_counted, st.sampled_from(COUNTS), st.integers(-1, 8), several),
    )


def _counted(count: tuple[Count, Callable[[int, int], bool]], number: int, some: list[Tabled]) -> Tabled:
    make, holds = count
    ways = frozenset(way for way in EVERY if holds(sum(way in each.ways for each in some), number))
    return Tabled(make(number, _terms(some)), ways)


def _terms(some: Sequence[Tabled]) -> list[Term]:
    return [each.term for each in some]


def _ways(some: Sequence[Tabled]) -> list[frozenset[int]]:
    return [each.ways for each in some]


tabled = st.recursive(st.sampled_from(KNOWN), _larger, max_leaves=25)
"""Terms of four variables with their truth tables."""
