"""Which tiers are open, exactly, and which single record a settled tier hangs on.

A completion gives every unknown answer a value. An open word that nobody has rated may be rated in any way for which
the records leave room; a rating that overrides the records is a determination and no completion. A tier is open if and
only if some completion reaches it. The three-valued engines never miss one but may name one too many, where a single
unknown answer bears on several findings; the solver decides those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts, Form
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.engines.proof import Case, Solver
from tierengine.errors import UndecidedError
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import Admitted, known_in
from tierengine.reasoning.history import standing_under
from tierengine.reasoning.words import in_order
from tierengine.terms.tier import Placement, Tier


@dataclass(frozen=True, slots=True)
class Doubt:
    """A record that the settled tier hangs on, or a report to which several records go back."""

    record: str
    others: tuple[str, ...]
    """What falls with it: the records that go back to it, and the ratings that rest on any of them."""
    tiers: tuple[Tier | None, ...]
    """The tiers that are reached if the record is wrong; `None` for a country that is on no list."""


class OpenTiers:
    """Knows the open tiers under the law of a date; made once, asked for many countries."""

    def __init__(self, law: Law, form: Form) -> None:
        self._law = law
        self._form = form
        self._engine = CompiledEngine(form)
        self._order = {field: place for place, field in enumerate(in_order(law))}

    @cached_property
    def _case(self) -> Case:
        return Case(self._form)

    @cached_property
    def _solver(self) -> Solver:
        """The solver with what every case obeys; made only where a question needs it."""
        return Solver(self._case)

    def open(self, facts: Facts) -> tuple[TierRow, ...]:
        """Return the rows that some completion of the facts reaches; where the solver gives up, a row stays open."""
        possible = self._possible(facts)
        if len(possible) == 1:
            return tuple(possible)
        with self._solver.supposing(*self._case.gives(facts)):
            return tuple(row for row in possible if self._solver.may_be(self._case.shown[row.id]))

    def _possible(self, facts: Facts) -> list[TierRow]:
        """The rows that no rule refutes: every open one, and perhaps more."""
        settled = self._engine.evaluate(facts).settled
        return [row for row in self._law.tiers if settled.get(row.id) is not False]

    def witness(self, row: TierRow, facts: Facts) -> Facts | None:
        """Return answers to unknown questions that lead to an open row whatever the others are, none of them idle.

        Nothing is returned where the solver gave up.
        """
        # From the end of the statute to its beginning, so that what a tier needs falls on the standards themselves.
        unknown = sorted(self._case.fields.keys() - facts.keys(), key=self._place, reverse=True)
        try:
            with self._solver.supposing(*self._case.gives(facts), self._case.shown[row.id]):
                completion = self._solver.lowest(self._case, unknown)
        except UndecidedError:
            return None
        return None if completion is None else self._shortest(row.id, facts, completion)

    def _shortest(self, row: str, facts: Facts, completion: Facts) -> Facts:
        """Answers of a completion that make a row sure whatever the others are, none of which can be left out."""
        answers = dict(completion)
        for name in completion:
            without = {other: value for other, value in answers.items() if other != name}
            if self._engine.evaluate({**facts, **without}).settled.get(row) is True:
                answers = without
        return answers

    def _place(self, field: str) -> tuple[int, str]:
        return self._order.get(field, len(self._order)), field

    # -- what the answer hangs on ---------------------------------------------------------------------------------

    def doubts(self, admitted: Admitted, facts: Facts, row: TierRow) -> Iterator[Doubt]:
        """Yield each origin that, if it alone is wrong, lets another row than the settled one be reached.

        Records of one origin fall together, and with them the ratings that rest on them.
        """
        for origin, fields in sorted(_leans_on(self._law, admitted).items()):
            freed = {name: value for name, value in facts.items() if name not in fields}
            least = {name: number for name, number in fields.items() if name in facts}
            found = self._others(row, freed, least) if least else ()
            if found:
                yield Doubt(origin, _falling(origin, admitted), tuple(other.tier for other in found))
        for placement in admitted.placements:
            tiers = tuple(dict.fromkeys(self._misplaced(admitted, placement.year, facts, row)))
            if tiers:
                yield Doubt(f"placement-{placement.year}", (), tiers)

    def _others(self, row: TierRow, facts: Facts, least: Mapping[str, int]) -> tuple[TierRow, ...]:
        """The other rows that are reached from some facts, with what the counts are at least."""
        others = [other for other in self._possible(facts) if other.id != row.id]
        if not others:
            return ()
        counts = [self._case.values[name] >= number for name, number in least.items() if number]
        with self._solver.supposing(*self._case.gives(facts), *counts):
            return tuple(other for other in others if self._solver.may_be(self._case.shown[other.id]))

    def _misplaced(self, admitted: Admitted, year: int, facts: Facts, row: TierRow) -> Iterator[Tier | None]:
        """The tiers that are reached if the placement of one year was another."""
        years: dict[int, Placement] = {placement.year: placement.tier for placement in admitted.placements}
        last = max(years)
        for tier in known_in(self._law, year):
            other = years | {year: tier}
            limit = standing_under(other, admitted.report, self._law).limit
            moved = {name: value for name, value in facts.items() if name not in (LAST_REPORT, LIMIT)}
            given = {LAST_REPORT: other[last], LIMIT: limit}
            moved |= {name: word for name, word in given.items() if word is not None and name in facts}
            yield from (other.tier for other in self.open(moved) if other.id != row.id)


def _leans_on(law: Law, admitted: Admitted) -> dict[str, dict[str, int]]:
    """Origin to the inputs that it alone supports, each with the least that other origins leave of a count."""
    leans: dict[str, dict[str, int]] = {}

    def lean(origin: str, field: str, least: int = 0) -> None:
        leans.setdefault(origin, {})[field] = least

    for name, records in admitted.records.items():
        indicator = law.indicator(name)
        for origin in {admitted.origins[record.id] for record in records}:
            others = [record for record in records if admitted.origins[record.id] != origin]
            if indicator.counts_kind is not None:
                lean(origin, name, len(others))
            elif indicator.combine == "sum":
                lean(origin, name, sum(int(other.value) for other in others))
            elif not others and name not in admitted.requests:
                lean(origin, name)
    for name, rating in admitted.ratings.items():
        for origin in (rating.id, *(admitted.origins.get(basis, basis) for basis in rating.rests_on or ())):
            lean(origin, f"rating/{name}")
    for name, silences in admitted.silences.items():
        if name not in admitted.records and len(silences) == 1:
            lean(silences[0].id, name)
    for name, requests in admitted.requests.items():
        if len(requests) == 1 and name not in admitted.records:
            lean(requests[0].id, name)
    return leans


def _falling(origin: str, admitted: Admitted) -> tuple[str, ...]:
    """What is wrong if an origin is wrong: every record that goes back to it, and the ratings that rest on them."""
    gone = {record for record, last in admitted.origins.items() if last == origin} | {origin}
    rested = {rating.id for rating in admitted.ratings.values() if gone & set(rating.rests_on or ())}
    return tuple(sorted((gone | rested) - {origin}))
