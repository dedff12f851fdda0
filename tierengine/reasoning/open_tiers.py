"""Which tiers are open, exactly, and which single record a settled tier hangs on.

There are two kinds of not knowing, and they are kept apart. *Facts* that nobody has answered: a completion answers
each of them. *Ratings* that nobody has given: on the facts, an open word is rated only as the records leave room; to a
person who may rate freely, it has any level at all. A tier is open on the facts if and only if some completion reaches
it with ratings as the records leave room, and open to a person if one does with ratings as the person likes. Every
completion obeys the rules of coherence.

The three-valued engines never miss an open tier but may name one too many, where a single unknown answer bears on
several findings; the solver decides those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tierengine.engines.arithmetic import decide
from tierengine.engines.changing import Changing
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Evaluator, Facts, Form, Value
from tierengine.engines.logic import Term, all_of
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged, rating, reached
from tierengine.engines.proof import Case, known_numbers, linked, lowest
from tierengine.engines.solver import Limit, Solver
from tierengine.errors import UndecidedError
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import Admitted, known_in
from tierengine.reasoning.history import standing_under
from tierengine.reasoning.words import in_order, leaf_name
from tierengine.terms.level import Level, rank
from tierengine.terms.tier import Placement, Tier


@dataclass(frozen=True, slots=True)
class Doubt:
    """A record that the settled tier hangs on, or a report to which several records go back."""

    record: str
    others: tuple[str, ...]
    """What falls with it: the records that go back to it, and the ratings that rest on any of them."""
    tiers: tuple[Tier | None, ...]
    """The tiers that are reached if the record is wrong; `None` for a country that is on no list."""


_KEPT = 8
"""Questions that are kept at a time, each with a solver of its own; past it, the one that was made first goes."""

STEADY = Limit(steps=20_000_000)
"""In steps and not in seconds, so that an answer is the same on every machine; a hundred times what was ever needed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One country with its answers left open, and a solver that knows what every case obeys."""

    case: Case
    solver: Solver
    levels: dict[tuple[str, Level], Term] = field(default_factory=dict)
    """The terms that a criterion has a level, as far as they were asked for."""

    def reaches(self, row: TierRow) -> Term:
        """Return the term that the country is in a row of the tier table; a case may give that itself."""
        given = row.id in self.case.fields
        return self.case.answers(row.id, value=True) if given else self.case.shown[row.id]

    def at(self, criterion: Criterion, level: Level) -> Term:
        """Return the term that a criterion has a level."""
        key = (criterion.id, level)
        if key not in self.levels:
            has, has_not = rungs_of(criterion, level)
            terms = (*(self.case.shown[name] for name in has), *(self.case.not_shown(name) for name in has_not))
            self.levels[key] = all_of(terms)
        return self.levels[key]


def rungs_of(criterion: Criterion, level: Level) -> tuple[list[str], list[str]]:
    """Return the propositions that hold, and those that do not, where a criterion has just a level."""
    above = [reached(criterion.id, rung.level) for rung in criterion.rules if rank(rung.level) > rank(level)]
    return [reached(criterion.id, level)] if level != "not met" else [], above[:1]


def known(facts: Facts, field: str) -> bool:
    """Whether an input is known, and not only within bounds."""
    return field in facts and not isinstance(facts[field], Bounds)


def rated_freely(law: Law, facts: Facts) -> dict[str, Value | Bounds]:
    """Return the facts as they are to a person who may rate each word that nobody has rated as the person likes."""
    return {**facts, **{judged(name): True for name in law.judges if facts.get(judged(name)) is False}}


_RATING, _JUDGED = rating(""), judged("")
"""What the names of ratings begin with, and those that say whether a person rated."""


def answered(form: Form, facts: Facts, answers: Facts) -> dict[str, Value | Bounds]:
    """Return the facts once some answers are written into the dossier, with what these show or deny.

    A word that is rated there is judged.
    """
    bearing, found = form.once(_Bearing), {**facts, **answers}
    written = {name: bearing.answer(name, facts, answers) for each in answers for name in bearing.on(each)}
    return found | {name: value for name, value in written.items() if value is not None}


class _Bearing:
    """Which answers of one form bear on others once they are written into a dossier; made once, and kept with it."""

    def __init__(self, form: Form) -> None:
        self._unanswered = {each.id: each for each in form.unanswered}
        self._sides: dict[str, list[tuple[str, str]]] = {}
        """What is compared to the numbers on either side."""
        self._on: dict[str, list[str]] = {}
        for each in form.comparisons:
            self._sides.setdefault(each.id, []).append((each.left, each.right))
        for taken in form.unanswered:
            compared = (side for pair in self._sides.get(taken.id, ()) for side in pair)
            for name in (*taken.shown_by, *taken.denied_with, *compared):
                self._bears(name, taken.id)

    def _bears(self, name: str, on: str) -> None:
        if on not in self._on.setdefault(name, []):
            self._on[name].append(on)

    def on(self, name: str) -> Sequence[str]:
        """Return the other inputs on which the answer to one bears."""
        if name not in self._on:
            self._on[name] = [judged(leaf_name(name))] if name.startswith(_RATING) else []
        return self._on[name]

    def answer(self, name: str, facts: Facts, answers: Facts) -> Value | Bounds | None:
        """Return the answer to one input once some answers are written; nothing where it is not known."""
        if name in answers:
            return answers[name]
        if name.startswith(_JUDGED) and rating(leaf_name(name)) in answers:
            return True
        taken = self._unanswered.get(name)
        if taken is not None:
            if any(answers.get(other) is True for other in taken.shown_by):
                return True
            if any(answers.get(other) is False for other in taken.denied_with) and self._open_still(
                name, facts, answers
            ):
                return False
        return facts.get(name)

    def _open_still(self, name: str, facts: Facts, answers: Facts) -> bool:
        """Whether an input has no answer, and no two numbers that are compared give it one."""
        pairs = ([answers.get(side, facts.get(side)) for side in pair] for pair in self._sides.get(name, ()))
        return name not in facts and all(decide(left, right) is None for left, right in pairs)


class _Dossier:
    """The dossier of one country, into which answers are written and from which they are left out again."""

    def __init__(self, form: Form, facts: Facts) -> None:
        self.facts = facts
        self._bearing = form.once(_Bearing)
        self._country = Changing(form, facts)
        self._answers: dict[str, Value | Bounds] = {}

    def write(self, name: str, value: Value | Bounds) -> None:
        """Write the answer to one input."""
        self._answers[name] = value
        self._keep_up(name)

    def leave_out(self, name: str) -> None:
        """Leave out an answer that was written."""
        del self._answers[name]
        self._keep_up(name)

    def shown(self, proposition: str) -> bool:
        """Whether a proposition is shown by the facts and what is written."""
        return self._country.shown(proposition)

    def cleared(self) -> Facts:
        """Return what is written, and leave all of it out."""
        written = dict(self._answers)
        for name in written:
            self.leave_out(name)
        return written

    def _keep_up(self, name: str) -> None:
        for each in (name, *self._bearing.on(name)):
            self._country.answer(each, self._bearing.answer(each, self.facts, self._answers))


class OpenTiers:
    """Knows the open tiers under the law of a date; made once, asked for many countries."""

    def __init__(self, law: Law, form: Form, engine: Evaluator | None = None) -> None:
        self.law = law
        self.form = form
        self.engine = engine or CompiledEngine(form)
        """The generated evaluator of the form, for whoever reads it without the engine of record."""
        self._order = {field: place for place, field in enumerate(in_order(law))}
        self._linked = sorted(field for group in linked(form) if len(group) > 1 for field in group)
        self._asked: dict[tuple[tuple[str, tuple[int, ...]], ...], Asked] = {}

    def asked(self, facts: Facts) -> Asked:
        """Return the question of one country, whose facts a solver is then given for each question anew.

        Countries whose numbers are cut alike share it; they mostly do, since only numbers that are compared with one
        another need cuts of their own.
        """
        cuts = known_numbers(self.form, {name: facts[name] for name in self._linked if name in facts})
        key = tuple(cuts.items())
        if key not in self._asked:
            if len(self._asked) >= _KEPT:
                del self._asked[next(iter(self._asked))]
            case = Case.of(self.form, cuts=cuts)
            self._asked[key] = Asked(case, case.solver(limit=STEADY))
        return self._asked[key]

    def open(self, facts: Facts) -> tuple[TierRow, ...]:
        """Return the rows that are open on the facts; where the solver gives up, a row stays open.

        None is returned only where the facts contradict each other.
        """
        possible = self._possible(facts)
        if len(possible) == 1:
            return tuple(possible)
        return self._reached(possible, facts)

    def open_if_so(self, facts: Facts) -> tuple[TierRow, ...]:
        """Return the rows that are open on supposed facts; none where they contradict each other.

        `open` trusts that facts which leave one row were admitted, and so go together.
        """
        rows = self.open(facts)
        if len(rows) != 1:
            return rows
        asked = self.asked(facts)
        return rows if asked.solver.may_be(*asked.case.gives(facts)) else ()

    def open_to_a_person(self, facts: Facts) -> tuple[TierRow, ...]:
        """Return the rows that are open once each word that nobody has rated may be rated freely."""
        return self.open(rated_freely(self.law, facts))

    def _possible(self, facts: Facts) -> list[TierRow]:
        """The rows that no rule refutes: every open one, and perhaps more."""
        settled = self.engine.settled(facts)
        return [row for row in self.law.tiers if settled.get(row.id) is not False]

    def levels(self, facts: Facts) -> dict[str, tuple[Level, Level]]:
        """Return for each criterion and route the lowest and the highest level that some completion gives it."""
        settled = self.engine.settled(facts)
        asked = self.asked(facts)
        ladders: dict[str, list[tuple[Level, str]]] = {route.id: [("met", route.id)] for route in self.law.routes}
        for each in self.law.criteria:
            ladders[each.id] = [(rung.level, reached(each.id, rung.level)) for rung in each.rules]
        with asked.solver.supposing(*asked.case.gives(facts)):
            return {name: self._span(asked, ladder, settled) for name, ladder in ladders.items()}

    def clash(self, facts: Facts) -> tuple[str, ...]:
        """Return inputs whose answers cannot all be so; empty if they can. None of them can be left out."""
        asked = self.asked(facts)
        names = [name for name in facts if not name.startswith("judged/")]
        flags = asked.case.gives({name: value for name, value in facts.items() if name not in names})
        with asked.solver.supposing(*flags):
            kept = {name: all_of(asked.case.gives({name: facts[name]})) for name in names}
            if asked.solver.may_be(*kept.values()):
                return ()
            for name in names:
                fewer = [term for other, term in kept.items() if other != name]
                if not asked.solver.may_be(*fewer):
                    del kept[name]
            return tuple(kept)

    def _span(
        self, asked: Asked, ladder: Iterable[tuple[Level, str]], settled: Mapping[str, bool]
    ) -> tuple[Level, Level]:
        low: Level = "not met"
        high: Level = "not met"
        for level, name in ladder:
            shown, truth = asked.case.shown[name], settled.get(name)
            if truth is True or (truth is None and not asked.solver.may_be(asked.case.not_shown(name))):
                low = level
            if truth is True or (truth is None and asked.solver.may_be(shown)):
                high = level
        return low, high

    def witness(self, row: TierRow, facts: Facts) -> Facts | None:
        """Return the witness of one open row, as `witnesses` finds it."""
        return next(self.witnesses((row,), facts))

    def witnesses(self, rows: Iterable[TierRow], facts: Facts) -> Iterator[Facts | None]:
        """Yield for each open row answers that, once they are written into the dossier, settle it; none is idle.

        A rating among them is a person's: it stands whatever the records propose. It is `None` for a row where the
        solver gave up.
        """
        asked = self.asked(facts)
        given = asked.case.gives(facts)
        # From the end of the statute to its beginning, so that what a tier needs falls on the standards themselves.
        unknown = sorted((name for name in asked.case.fields if not known(facts, name)), key=self._place, reverse=True)
        dossier = _Dossier(self.form, facts)
        for row in rows:
            try:
                with asked.solver.supposing(*given, asked.reaches(row)):
                    completion = lowest(asked.solver, asked.case, unknown)
            except UndecidedError:
                completion = None
            yield None if completion is None else self._shortest(row.id, dossier, completion)

    def _shortest(self, row: str, dossier: _Dossier, completion: Facts) -> Facts:
        """Answers of a completion that settle a row whatever the others are, none of which can be left out.

        They are left out one after another; an answer without which the row is open is written again.
        """
        answers = self._as_written(dossier.facts, completion)
        for name, value in answers.items():
            dossier.write(name, value)
        for name, value in answers.items():
            dossier.leave_out(name)
            if not dossier.shown(row):
                dossier.write(name, value)
        return dossier.cleared()

    def _as_written(self, facts: Facts, completion: Facts) -> dict[str, Value | Bounds]:
        """A completion as a dossier says it: each word is rated with the level that its criterion comes to have."""
        settled = self.engine.settled({**facts, **completion})
        found = dict(completion)
        for name in completion:
            if name.startswith("rating/"):
                criterion = self.law.judges[leaf_name(name)]
                levels = (r.level for r in criterion.rules if settled.get(reached(criterion.id, r.level)))
                found[name] = max(map(rank, levels), default=0)
        return found

    def _place(self, field: str) -> tuple[int, str]:
        return self._order.get(field, len(self._order)), field

    # -- what the answer hangs on ---------------------------------------------------------------------------------

    def doubts(self, admitted: Admitted, facts: Facts, row: TierRow) -> Iterator[Doubt]:
        """Yield each origin that, if it alone is wrong, lets another row than the settled one be reached.

        Records of one origin fall together, and with them the ratings that rest on them.
        """
        for origin, fields in sorted(_leans_on(self.law, admitted).items()):
            if not fields.keys() & facts.keys():
                continue
            freed = {name: value for name, value in facts.items() if name not in fields}
            least = {name: Bounds(at_least=number) for name, number in fields.items() if number and name in facts}
            found = self._others(row, freed | least)
            if found:
                yield Doubt(origin, _falling(origin, admitted), tuple(other.tier for other in found))
        for placement in admitted.placements:
            tiers = tuple(dict.fromkeys(self._misplaced(admitted, placement.year, facts, row)))
            if tiers:
                yield Doubt(f"placement-{placement.year}", (), tiers)

    def _others(self, row: TierRow, facts: Facts) -> tuple[TierRow, ...]:
        """The other rows that are reached from some facts."""
        others = [other for other in self._possible(facts) if other.id != row.id]
        return self._reached(others, facts) if others else ()

    def _reached(self, rows: Iterable[TierRow], facts: Facts) -> tuple[TierRow, ...]:
        """Those of some rows that some completion of the facts reaches."""
        asked = self.asked(facts)
        with asked.solver.supposing(*asked.case.gives(facts)):
            return tuple(row for row in rows if asked.solver.may_be(asked.reaches(row)))

    def _misplaced(self, admitted: Admitted, year: int, facts: Facts, row: TierRow) -> Iterator[Tier | None]:
        """The tiers that are reached if the placement of one year was another."""
        years: dict[int, Placement] = {placement.year: placement.tier for placement in admitted.placements}
        last = max(years)
        for tier in known_in(self.law, year):
            other = years | {year: tier}
            limit = standing_under(other, admitted.report, self.law).limit
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
    for name, rated in admitted.ratings.items():
        for origin in (rated.id, *(admitted.origins.get(basis, basis) for basis in rated.rests_on or ())):
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
