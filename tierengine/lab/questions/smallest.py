"""The smallest choices that will do: all of them, exactly.

The solver proposes a choice that is as small as what it knows allows; whoever asks looks at it and either takes it or
says why it fails, which excludes every choice that fails for the same reason. A size is left only when the solver
proves that it holds no choice any more.

Source: Chandrasekaran, Karp, Moreno-Centeno and Vempala, Algorithms for implicit hitting set problems (SODA 2011).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress, islice
from typing import Generic, TypeVar

from tierengine.engines.logic import Term, all_of, at_most, negate
from tierengine.engines.solver import Model, Solver

T = TypeVar("T")

MOST = 100
"""How many equally small choices are listed; where there are more, the answer says so."""

Objection = Callable[[Model], Term | None]
"""Looks at a proposal: nothing if it will do, else a term that excludes it and what fails for the same reason."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """Equally small choices, and whether these are all there are."""

    found: tuple[T, ...]
    whole: bool

    @staticmethod
    def of(items: Iterable[T], most: int = MOST) -> Listed[T]:
        """Return the first of some items, up to so many."""
        found = tuple(islice(items, most + 1))
        return Listed(found[:most], len(found) <= most)


def smallest(
    solver: Solver,
    choices: Mapping[str, Term],
    objection: Objection = lambda _: None,
    *,
    least: int = 0,
) -> Iterator[Model]:
    """Yield, for each smallest choice that will do, a case in which it is made; none has fewer than `least` elements.

    The solver is left with what excludes the choices that were found. Raise `UndecidedError` if it gives up.
    """
    if not solver.has():
        return
    for size in range(least, len(choices) + 1):
        small, found = at_most(size, choices.values()), False
        while (model := solver.find(small)) is not None:
            term = objection(model)
            if term is not None:
                solver.add(term)
                continue
            found = True
            yield model
            solver.add(negate(all_of(choices[name] for name in chosen(model, choices))))
        if found:
            return


def chosen(model: Model, choices: Mapping[str, Term]) -> tuple[str, ...]:
    """Return the names of the choices that are made in a case, in their order."""
    return tuple(compress(choices, model.each([*choices.values()])))
