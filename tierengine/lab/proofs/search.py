"""Looking for cases until everything that can happen was seen: what is left over never happens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Evaluation, Field, Value
from tierengine.engines.logic import Term
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.engines.proof import Case
from tierengine.engines.solver import Limit, Solver


@dataclass(frozen=True, slots=True)
class Sought:
    """Things that may happen in a case: the term of each, and which of some an evaluation shows to have happened."""

    terms: Mapping[str, Term]
    happened: Callable[[Evaluation, Collection[str]], Iterable[str]]


def never(case: Case, sought: Sought, limit: Limit, tried: list[dict[str, Value]]) -> tuple[str, ...]:
    """Return what happens in no case; a case in which a thing happens proves that it can.

    Cases that were tried for other laws come first, and new ones are added to them: most show many things at once.
    Raise `UndecidedError` if the solver gives up.
    """
    engine = CompiledEngine(case.form)
    waiting = dict.fromkeys(sought.terms)
    for facts in tried:
        if not waiting:
            return ()
        _seen(waiting, sought, engine, _filled(case, facts))
    solver = Solver(case.definitions, limit=limit)
    for name, term in sought.terms.items():
        model = solver.find(term) if name in waiting else None
        if model is not None:
            tried.append(case.read(model))
            _seen(waiting, sought, engine, tried[-1])
    return tuple(waiting)


def _seen(waiting: dict[str, None], sought: Sought, engine: CompiledEngine, facts: Mapping[str, Value]) -> None:
    for name in tuple(sought.happened(engine.evaluate(facts), waiting.keys())):
        del waiting[name]


def _filled(case: Case, facts: Mapping[str, Value]) -> dict[str, Value]:
    """A case of another law as one of this: what it does not answer, or answers otherwise than it may, is filled in."""
    found = {field.id: _answer(field, facts.get(field.id)) for field in case.form.inputs}
    if not {LAST_REPORT, LIMIT} & found.keys() <= facts.keys():
        # The two belong together: only years on the watch list bind, and the first answer is that none do.
        found |= {field.id: field.choices[0] for field in case.form.inputs if field.id in (LAST_REPORT, LIMIT)}
    return found


def _answer(field: Field, value: Value | None) -> Value:
    """The value if the field may hold it, else the first that it may hold."""
    if field.type == "choice":
        return value if value in field.choices and value is not None else field.choices[0]
    if field.type == "truth":
        return value is True
    numbers = field.numbers or (0,)
    return value if isinstance(value, int) and (value in numbers or not field.numbers) else numbers[0]
