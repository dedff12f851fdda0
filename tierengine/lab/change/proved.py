"""The direction of a change of the rules, proved over every complete case, with a smallest country that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts, Form, Value
from tierengine.engines.logic import Term, all_of, any_of, at_most, implies, negate, same
from tierengine.engines.lowering import judged, rating
from tierengine.engines.proof import Case, lowest
from tierengine.engines.solver import PATIENCE, Limit, Model, Solver
from tierengine.errors import UndecidedError
from tierengine.lab.change.sides import NOT_RANKED, Pairing, Side
from tierengine.lab.proofs.counterexamples import completes
from tierengine.terms.tier import TIERS

Way = Literal["worse", "better", "in or out of the lists"]
"""What a change does to a country: a worse tier, a better one, or a tier in place of none, or none in place of one."""

Verdict = Literal[
    "equal", "stricter", "looser", "incomparable", "not decided", "only in the old", "only in the new", "no law"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A country that the change moves: answers that settle one tier under the old rules and another under the new."""

    way: Way
    facts: Mapping[str, Value]
    old: str
    new: str
    smallest: bool
    """Whether it is proved that no country with fewer answers shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What the change does to complete cases under the law of a stretch of days."""

    pairing: Pairing
    verdict: Verdict
    same_rules: bool = False
    """Whether the two are equal because they are written alike, so that there was nothing to prove."""
    witnesses: tuple[Witness, ...] = ()
    gave_up: str | None = None
    """Where it is not decided: how long the solver tried, and why it gave up."""


def direction(pairing: Pairing, limit: Limit = PATIENCE) -> Direction:
    """Return the direction of the change on a stretch of days.

    An input that only one rulebook knows is left free. Rules that are the same are equal without asking the solver.
    """
    both = pairing.both()
    if both is None:
        lone: Verdict = "only in the old" if pairing.old else "only in the new" if pairing.new else "no law"
        return Direction(pairing=pairing, verdict=lone)
    old, new = both
    if old.form == new.form and old.rows == new.rows:
        return Direction(pairing=pairing, verdict="equal", same_rules=True)
    try:
        return _asked(pairing, _Pair(old, new, limit))
    except UndecidedError as error:
        return Direction(pairing=pairing, verdict="not decided", gave_up=error.problems[0].what)


def _asked(pairing: Pairing, pair: _Pair) -> Direction:
    ways: dict[Way, Witness] = {way: found for way in _WAYS if (found := pair.witness(way)) is not None}
    verdict: Verdict = "incomparable"
    if not ways:
        verdict = "equal"
    elif ways.keys() == {"worse"}:
        verdict = "stricter"
    elif ways.keys() == {"better"}:
        verdict = "looser"
    return Direction(pairing=pairing, verdict=verdict, witnesses=tuple(ways.values()))


_JUDGED, _RATING = judged(""), rating("")


def _worse(old: str, new: str) -> bool:
    return old in _PLACES and new in _PLACES and _PLACES[new] > _PLACES[old]


def _better(old: str, new: str) -> bool:
    return _worse(new, old)


def _in_or_out(old: str, new: str) -> bool:
    return {old, new} - {NOT_RANKED} != {old, new} and old != new and "" not in (old, new)


_PLACES: Mapping[str, int] = {str(tier): place for place, tier in enumerate(TIERS)}


_WAYS: Mapping[Way, Callable[[str, str], bool]] = {
    "worse": _worse,
    "better": _better,
    "in or out of the lists": _in_or_out,
}


class _Pair:
    """Two readings of the same country, one under each rulebook."""

    def __init__(self, old: Side, new: Side, limit: Limit) -> None:
        self._old, self._new = old, new
        self._engines = CompiledEngine(old.form), CompiledEngine(new.form)
        self._asked = _Asked(old, new, limit)

    def witness(self, way: Way) -> Witness | None:
        """Return a smallest country that moves this way, or nothing if no complete case does.

        Raise `UndecidedError` if the solver gives up before it has found one, or shown that there is none.
        """
        facts = self._asked.country(way)
        if facts is None:
            return None
        facts = self._bare(facts, way)
        try:
            while (smaller := self._asked.country(way, most=_answers(facts) - 1)) is not None:
                facts = smaller
            facts = self._asked.plainest(way, most=_answers(facts))
            smallest = True
        except UndecidedError:
            smallest = False
        old, new = self._tiers(facts)
        return Witness(way=way, facts=facts, old=old, new=new, smallest=smallest)

    def _bare(self, facts: dict[str, Value], way: Way) -> dict[str, Value]:
        """Leave out every answer without which the country still moves; a rating goes with the fact that it is one."""
        for name in sorted(facts):
            if name.startswith(_JUDGED):
                continue
            fewer = {field: value for field, value in facts.items() if field != name}
            if (flag := _JUDGED + name.removeprefix(_RATING)) in fewer:
                fewer[flag] = False
            if _WAYS[way](*self._tiers(fewer)):
                facts = fewer
        return facts

    def _tiers(self, facts: Facts) -> tuple[str, str]:
        """The tier that each side settles; nothing in words where it settles none."""
        old, new = (
            next((tier for row, tier in side.rows.items() if settled.get(row)), "")
            for side, settled in (
                (self._old, self._engines[0].evaluate(facts).settled),
                (self._new, self._engines[1].evaluate(facts).settled),
            )
        )
        return old, new


class _Asked:
    """The solver's question about a country under both rulebooks, of which all or only some answers are known.

    A complete case that moves is one of these, and one of these that moves does so however it is completed; and it is
    completed here, in one way for both that contradicts the coherence of neither. So there is a complete case if and
    only if there is one of these.
    """

    def __init__(self, old: Side, new: Side, limit: Limit) -> None:
        self._rows = old.rows, new.rows
        self._old, whole_old = _partly_and_whole(old.form, "old", new.form)
        self._new, whole_new = _partly_and_whole(new.form, "new", old.form)
        cases = (self._old, whole_old, self._new, whole_new)
        self._solver = Solver(*(case.definitions for case in cases), limit=limit)
        self._known = self._old.known | self._new.known
        for field in sorted(self._old.fields.keys() & self._new.fields.keys()):
            self._solver.add(whole_old.values[field].alike(whole_new.values[field]))
            self._solver.add(same(self._old.known[field], self._new.known[field]))
        self._solver.add(*completes(whole_old, self._old), *completes(whole_new, self._new))
        for field in self._known:
            if field.startswith(_JUDGED):
                self._solver.add(self._known[field], *self._rated(field))

    def country(self, way: Way, most: int | None = None) -> dict[str, Value] | None:
        """Return the answers of a country that moves this way, with at most so many answers, if there is one."""
        model = self._solver.find(*self._terms(way, most))
        return None if model is None else self._old.read(model) | self._new.read(model)

    def plainest(self, way: Way, most: int) -> dict[str, Value]:
        """Return, of the countries that move this way with at most so many answers, the one that comes first.

        Which one the solver finds may hang on what it was asked before; this one does not. Field after field, nothing
        known comes before something; then, field after field, the lower value before the higher.
        """
        facts: dict[str, Value] = {}
        with self._solver.supposing(*self._terms(way, most)):
            model = self._solver.find()
            assert model is not None
            for field in sorted(self._known):
                model = self._first(model, self._known[field], negate(self._known[field]))
            given = sorted(self._old.read(model) | self._new.read(model))
            for case in (self._old, self._new):
                low = lowest(self._solver, case, [f for f in given if f in case.fields and f not in facts])
                assert low is not None
                self._solver.add(*case.gives(low))
                facts |= low
        return facts

    def _first(self, model: Model, otherwise: Term, wanted: Term) -> Model:
        """Let what is wanted hold from now on if some country allows it, else the other; return one that agrees."""
        if not model.holds(wanted):
            better = self._solver.find(wanted)
            if better is None:
                self._solver.add(otherwise)
                return model
            model = better
        self._solver.add(wanted)
        return model

    def _terms(self, way: Way, most: int | None) -> Iterator[Term]:
        """What holds of a country that moves this way, with at most so many answers."""
        yield any_of(
            all_of((self._old.shown[old], self._new.shown[new]))
            for old, before in self._rows[0].items()
            for new, after in self._rows[1].items()
            if _WAYS[way](before, after)
        )
        if most is not None:
            yield at_most(most, (known for field, known in self._known.items() if not field.startswith(_JUDGED)))

    def _rated(self, flag: str) -> Iterator[Term]:
        """What was judged has a rating."""
        name = _RATING + flag.removeprefix(_JUDGED)
        for case in (self._old, self._new):
            if flag in case.fields and name in case.fields:
                yield implies(case.answers(flag, True), case.known[name])


def _partly_and_whole(form: Form, name: str, other: Form) -> tuple[Case, Case]:
    """A case of which all or some answers are known, and one that completes it; both beside those of another form."""
    return Case(form, name, partly=True, beside=(other,)), Case(form, f"whole {name}", beside=(other,))


def _answers(facts: Facts) -> int:
    """How many answers a country gives; whether a person rated an open word is none of its own."""
    return sum(not field.startswith(_JUDGED) for field in facts)
