"""Looking for cases until everything that can happen was seen: what is left over never happens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import compress
from operator import not_
from typing import TypeVar

from tierengine.engines.logic import Term
from tierengine.engines.proof import Case
from tierengine.engines.solver import Limit, Model, Solver

N = TypeVar("N", int, str)


def never(
    case: Case, terms: Mapping[N, Term], limit: Limit, seen: Callable[[Model], Collection[N]] | None = None
) -> tuple[N, ...]:
    """Return the names of the terms that hold in no case. Raise `UndecidedError` if the solver gives up.

    With `seen`, which reads a case in another way, a term holds in some case only where it says so of one.
    """
    solver = Solver(case.definitions, limit=limit)
    if seen is None:
        return tuple(compress(terms, map(not_, solver.which(tuple(terms.values()), sure=True))))
    waiting = dict.fromkeys(terms)
    for name, term in terms.items():
        model = solver.find(term) if name in waiting else None
        if model is not None:  # what else is seen in the case that was found need not be asked
            held = set(seen(model))
            waiting = {each: None for each in waiting if each not in held}
    return tuple(waiting)
