"""Pairs: two countries that differ in one answer and get different outcomes, found by the solver.

A pair lies on the two sides of a condition, and the rule in which it stands comes out otherwise for one country than
for the other. It does so because of this condition: were it alone to come out otherwise, so would the rule, for both
countries or, where that cannot be had, for one. Sought is first a pair for which the finding is met for one country and
not met for the other, then one for which the finding comes out otherwise in any way, then one for which only what the
records propose does, since a person's rating or a presumption outranks that. Among these it is one with the fewest
answers. Where no pair is found there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tierengine.engines.arithmetic import thresholds
from tierengine.engines.form import Bounds, Facts, Form, Value
from tierengine.engines.logic import (
    FALSE,
    TRUE,
    Term,
    all_of,
    any_of,
    at_least,
    at_most,
    exactly,
    negate,
    same,
)
from tierengine.engines.lowering import (
    LAST_REPORT,
    LIMIT,
    Conditional,
    judged,
    last_rated,
    lower_entry,
    presumed,
    proposed,
    reached,
    shown_by,
)
from tierengine.engines.proof import Case, Scale, lowest
from tierengine.engines.solver import Solver
from tierengine.lab.cases.edges import Point, edge_of
from tierengine.law.conditions import Condition
from tierengine.law.entries import Coherence, Criterion, Given
from tierengine.law.linter import conditions
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import rank_of
from tierengine.terms.level import LEVELS, Level, rank
from tierengine.yamlfile import Path_


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two countries on the two sides of a condition."""

    proposition: str
    """The rule's proposition, whose outcome differs."""
    finding: str
    """What it bears on: of a criterion, that it reaches the level of the rule; else the same proposition."""
    on: Given
    beside: Given
    differs: str
    """The one answer in which they differ: an indicator, judgement, finding, conclusion or placement."""


@dataclass(frozen=True, slots=True)
class Rails:
    """The terms that something is shown, and that it is refuted."""

    shown: Term
    refuted: Term

    def differ(self, other: Rails) -> Term:
        """Return the term that two outcomes are not the same."""
        return negate(all_of((same(self.shown, other.shown), same(self.refuted, other.refuted))))

    def oppose(self, other: Rails) -> Term:
        """Return the term that one is met and the other not."""
        return any_of((all_of((self.shown, other.refuted)), all_of((self.refuted, other.shown))))


class Pairs:
    """Finds pairs for the conditions of one entry under a law; made once for all its conditions."""

    def __init__(self, law: Law, entry: Conditional) -> None:
        self._law = law
        self._entry = entry
        self._conditions = dict(conditions(entry))
        # A condition that another makes needless leaves no trace in the form; watched, it keeps its input there.
        singles = (each for each in self._conditions.values() if not each.parts)
        watched = {f"?{number}": each for number, each in enumerate(singles)}
        self._form: Form = lower_entry(law, entry, watched, bearing_on(law, entry))
        # One number may be just one more than another also where an answer begins between them.
        cuts = {name: {number - 1 for number in found if number} for name, found in thresholds(self._form).items()}
        self._on = Case(self._form, "on", partly=True, cuts=cuts, beside=(self._form,))
        self._beside = Case(self._form, "beside", partly=True, cuts=cuts, beside=(self._form,))
        self._answers = dict(answers_of(self._form, law))

    def find(self, path: Path_) -> Pair | None:
        """Return a smallest pair for the condition at a path of the entry, or nothing if there is none.

        Raise `UndecidedError` if the solver gives up.
        """
        head, finding = self._head(path), self._finding(path)
        on, beside = (_rails(case, head) for case in (self._on, self._beside))
        reached_on, reached_beside = (_rails(case, finding) for case in (self._on, self._beside))
        because = (
            on.differ(self._otherwise(self._on, path, False)),
            beside.differ(self._otherwise(self._beside, path, True)),
        )
        for cause in (all_of(because), any_of(because)):
            terms = (*self._gap(path), on.differ(beside), cause)
            if self._solver.find(*terms) is None:
                continue
            wanted = (reached_on.oppose(reached_beside), reached_on.differ(reached_beside), on.oppose(beside))
            for differ in (*wanted, TRUE):
                answers = self._smallest(*terms, differ)
                if answers is not None:
                    return self._pair(path, answers, (*terms, differ))
        return None

    # -- what is asked --------------------------------------------------------------------------------------------

    @cached_property
    def _solver(self) -> Solver:
        solver = Solver(self._on.definitions, self._beside.definitions)
        for case in (self._on, self._beside):
            solver.add(*sound(case, self._answers))
        solver.add(*(same(self._on.known[name], self._beside.known[name]) for name in self._on.fields))
        solver.add(exactly(1, [self._differs(fields) for fields in self._answers.values()]))
        return solver

    def _differs(self, fields: tuple[str, ...]) -> Term:
        return any_of(
            all_of((self._on.known[name], negate(self._on.values[name].alike(self._beside.values[name]))))
            for name in fields
        )

    def _head(self, path: Path_) -> str:
        """The proposition of the rule to which a path leads."""
        entry = self._entry
        if not isinstance(entry, Criterion):
            return entry.id
        if path[0] == "presumption":
            return presumed(entry.id)
        level = entry.rules[int(path[1])].level
        plain = entry.judgement is None and entry.presumption is None
        return reached(entry.id, level) if plain else proposed(entry.id, level)

    def _finding(self, path: Path_) -> str:
        """The proposition that the rule's outcome bears on: of a criterion, that it reaches the level."""
        entry = self._entry
        if not isinstance(entry, Criterion):
            return entry.id
        level = entry.met_from if path[0] == "presumption" else entry.rules[int(path[1])].level
        return reached(entry.id, level)

    def _gap(self, path: Path_) -> tuple[Term, Term]:
        """The terms that one country lies on the condition, and the other just beside it."""
        points = self._points(path)
        if points is not None:
            return self._lies(self._on, points[0]), self._lies(self._beside, points[1])
        condition = self._conditions[path]
        on, beside = (self._known_part(case, condition, path, None) for case in (self._on, self._beside))
        return on.shown, beside.refuted

    def _points(self, path: Path_) -> tuple[Point, Point] | None:
        condition = self._conditions[path]
        edge = None if condition.parts else edge_of(self._law, condition)
        return None if edge is None else (edge.on, edge.beside)

    def _otherwise(self, case: Case, path: Path_, holds: bool) -> Rails:
        """The rule to which a path leads, if the condition there alone held, or alone failed."""
        wholes = [other for other in self._conditions if other[-1] == "when" and other[0] == path[0]]
        if path[0] == "rules":  # a level is proposed if the rules of the levels below hold too
            wholes = [other for other in wholes if int(other[1]) <= int(path[1])]
        rails = [self._known_part(case, self._conditions[each], each, (path, holds)) for each in wholes]
        return Rails(all_of(each.shown for each in rails), any_of(each.refuted for each in rails))

    def _known_part(self, case: Case, condition: Condition, path: Path_, forced: tuple[Path_, bool] | None) -> Rails:
        """A condition in a case, with one condition inside it forced to hold or to fail."""
        if forced is not None and path == forced[0]:
            return Rails(TRUE, FALSE) if forced[1] else Rails(FALSE, TRUE)
        parts = [self._known_part(case, part, (*path, *below), forced) for below, part in condition.directly]
        if not parts:
            return self._single(case, condition)
        if condition.operator == "not":
            return Rails(parts[0].refuted, parts[0].shown)
        shown, refuted = [each.shown for each in parts], [each.refuted for each in parts]
        return Rails(at_least(condition.needed, shown), at_least(len(parts) - condition.needed + 1, refuted))

    def _single(self, case: Case, condition: Condition) -> Rails:
        test = shown_by(self._law, condition)
        if isinstance(test.value, bool):
            return Rails(case.holds(test), case.holds(test.model_copy(update={"value": not test.value})))
        return Rails(case.holds(test), all_of((case.known[test.field], negate(case.holds(test)))))

    def _lies(self, case: Case, point: Point) -> Term:
        """The term that a country lies at a point; of a finding, as far as the form distinguishes its levels."""
        if point.lead is not None:
            left, right = point.lead.left, point.lead.right
            ahead = _ahead(case.values[left], case.values[right], point.lead.by)
            return all_of((case.known[left], case.known[right], ahead))
        if point.level is None:
            return all_of(case.holds(test) for test in point.tests)
        name, level = point.level
        reaches = {
            reached(name, rung.level): rank(level) >= rank(rung.level) for rung in self._law.criterion(name).rules
        }
        return all_of(case.answers(rung, truth) for rung, truth in reaches.items() if rung in case.fields)

    # -- what is found --------------------------------------------------------------------------------------------

    def _smallest(self, *terms: Term) -> int | None:
        """The fewest answers with which all terms can hold."""
        with self._solver.supposing(*terms):
            best = self._solver.find()
            answers = None
            while best is not None:
                answers = sum(best.holds(known) for known in self._known())
                best = self._solver.find(self._at_most(answers - 1))
            return answers

    def _known(self) -> list[Term]:
        return [self._on.known[fields[0]] for fields in self._answers.values()]

    def _at_most(self, answers: int) -> Term:
        return at_most(answers, self._known())

    def _pair(self, path: Path_, answers: int, terms: tuple[Term, ...]) -> Pair:
        on, beside = self._plainest(*terms, self._at_most(answers))
        points = self._points(path) or (None, None)
        differs = (name for name, fields in self._answers.items() if any(on.get(f) != beside.get(f) for f in fields))
        return Pair(
            proposition=self._head(path),
            finding=self._finding(path),
            on=given_of(on, self._law, points[0]),
            beside=given_of(beside, self._law, points[1]),
            differs=next(differs),
        )

    def _plainest(self, *terms: Term) -> tuple[dict[str, Value], dict[str, Value]]:
        """Both countries with the first answers that can be had, each as low as can be; the same whatever was asked."""
        with self._solver.supposing(*terms):
            given = [fields for fields in self._answers.values() if self._answered(fields[0])]
            names = [name for fields in given for name in fields]
            on = lowest(self._solver, self._on, names)
            assert on is not None
            self._solver.add(*(self._on.answers(name, value) for name, value in on.items()))
            beside = lowest(self._solver, self._beside, names)
            assert beside is not None
            return on, beside

    def _answered(self, field: str) -> bool:
        """Whether an input can be known besides those before it; from now on it is, or is not."""
        known = self._on.known[field]
        can = self._solver.find(known) is not None
        self._solver.add(known if can else negate(known))
        return can


def bearing_on(law: Law, entry: Conditional) -> Iterator[Coherence]:
    """Yield the rules of coherence that speak of nothing but what an entry asks for."""
    names = {entry.id, *(condition.name for _, condition in conditions(entry))}
    compared = [i.compared for i in law.indicators if i.id in names and i.compared is not None]
    names |= {side for pair in compared for side in (pair.greater, pair.than)}
    return (rule for rule in law.coherence if rule.asked <= names)


def sound(case: Case, answers: Mapping[str, tuple[str, ...]]) -> Iterator[Term]:
    """Yield that a word is judged if it is rated; a finding that is known is known as a level."""
    for name in case.fields:
        if name.startswith("rating/"):
            rated = judged(name.removeprefix("rating/"))
            if rated in case.fields:
                yield from (case.known[rated], same(case.values[rated].at_least(1), case.known[name]))
    for fields in answers.values():
        levels = [name for name in fields if "/" in name and not name.startswith(("rating/", "judged/", _LAST_RATED))]
        for lower, higher in pairwise(levels):
            yield same(case.known[lower], case.known[higher])
            yield case.values[higher].no_higher_than(case.values[lower])


def _ahead(left: Scale, right: Scale, by: int) -> Term:
    """The term that one number is greater than another by so much."""
    places = {int(answer): place for place, answer in enumerate(left.answers)}
    return any_of(
        all_of((left.at(places[number + by]), right.at(place)))
        for number, place in places.items()
        if number + by in places
    )


def _rails(case: Case, proposition: str) -> Rails:
    return Rails(case.shown[proposition], case.refuted[proposition])


_LAST_RATED = last_rated("")


def answers_of(form: Form, law: Law) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the answers that a country may give, each with the inputs it fills; a finding's from the lowest level."""
    found: dict[str, list[str]] = {}
    for field in form.inputs:
        if not field.id.startswith("judged/"):
            found.setdefault(_answer(field.id), []).append(field.id)
    for name, fields in found.items():
        criterion = law.criteria_by_id.get(name)
        ladder = [] if criterion is None else [reached(name, rung.level) for rung in criterion.rules]
        yield name, tuple(sorted(fields, key=lambda field: ladder.index(field) if field in ladder else 0))


def _answer(field: str) -> str:
    """The name of the answer that fills an input."""
    if field.startswith(_LAST_RATED):
        return field
    return field.removeprefix("rating/") if field.startswith("rating/") else field.split("/", maxsplit=1)[0]


def given_of(facts: Facts, law: Law, point: Point | None = None) -> Given:
    """Return the inputs of a country as the answers that give them."""
    level = None if point is None else point.level
    findings = {_answer(name): name for name in facts if _answer(name) in law.criteria_by_id and "/" in name}
    return Given.model_validate(
        {
            "indicators": {name: _word(facts[name]) for name in facts if name in law.indicators_by_id},
            "judgements": {_answer(name): LEVELS[rank_of(facts[name])] for name in facts if name.startswith("rating/")},
            "findings": {
                name: level[1] if level is not None and level[0] == name else _level(law.criterion(name), facts)
                for name in findings
            },
            "conclusions": {
                name: facts[name]
                for name in facts
                if "/" not in name and isinstance(facts[name], bool) and name not in law.indicators_by_id
            },
            "last_ratings": {
                name.removeprefix(_LAST_RATED): LEVELS[rank_of(facts[name])]
                for name in facts
                if name.startswith(_LAST_RATED)
            },
            **{name: facts[name] for name in (LAST_REPORT, LIMIT) if name in facts},
        }
    )


def _level(criterion: Criterion, facts: Facts) -> Level:
    """The lowest level that a finding given by the levels it reaches may have."""
    held: list[Level] = [rung.level for rung in criterion.rules if facts.get(reached(criterion.id, rung.level)) is True]
    return held[-1] if held else "not met"


def _word(value: Value | Bounds) -> str | dict[str, int | None]:
    if isinstance(value, Bounds):
        return {"at_least": value.at_least, "at_most": value.at_most}
    return str(value).lower() if isinstance(value, bool) else str(value)
