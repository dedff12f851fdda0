"""Which tiers are open, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts, Form
from tierengine.engines.proof import Case, Solver
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law


@dataclass(frozen=True, slots=True)
class Reached:
    """A row of the tier table that some completion reaches."""

    row: TierRow


class OpenTiers:
    """Knows the open tiers under the law of a date; made once, asked for many countries."""

    def __init__(self, law: Law, form: Form) -> None:
        self._law = law
        self._form = form
        self._engine = CompiledEngine(form)

    @cached_property
    def _case(self) -> Case:
        return Case(self._form)

    @cached_property
    def _solver(self) -> Solver:
        return Solver(self._case)

    def open(self, facts: Facts) -> tuple[Reached, ...]:
        """Return the rows that some completion of the facts reaches, in the order of the tier table."""
        settled = self._engine.evaluate(facts).settled
        possible = [row for row in self._law.tiers if settled.get(row.id) is not False]
        if len(possible) == 1:
            return (Reached(possible[0]),)
        terms = self._case.gives(facts)
        return tuple(Reached(row) for row in possible if self._solver.find(*terms, self._case.shown[row.id]))
