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

import z3

from tierengine.engines.form import Facts, Form, Value
from tierengine.engines.lowering import (
    LAST_REPORT,
    LIMIT,
    Conditional,
    judged,
    lower_entry,
    presumed,
    proposed,
    reached,
    shown_by,
)
from tierengine.engines.proof import Case, Solver
from tierengine.lab.cases.edges import Point, edge_of
from tierengine.law.conditions import Condition
from tierengine.law.entries import Coherence, Criterion, Given
from tierengine.law.linter import conditions, directly_inside
from tierengine.law.rulebook import Law, asked_of
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

    shown: z3.BoolRef
    refuted: z3.BoolRef

    def differ(self, other: Rails) -> z3.BoolRef:
        """Return the term that two outcomes are not the same."""
        return z3.Or(self.shown != other.shown, self.refuted != other.refuted)

    def oppose(self, other: Rails) -> z3.BoolRef:
        """Return the term that one is met and the other not."""
        return z3.Or(z3.And(self.shown, other.refuted), z3.And(self.refuted, other.shown))


class Pairs:
    """Finds pairs for the conditions of one entry under a law; made once for all its conditions."""

    def __init__(self, law: Law, entry: Conditional) -> None:
        self._law = law
        self._entry = entry
        self._conditions = dict(conditions(entry))
        # A condition that another makes needless leaves no trace in the form; watched, it keeps its input there.
        singles = (each for each in self._conditions.values() if not each.parts)
        watched = {f"?{number}": each for number, each in enumerate(singles)}
        self._form: Form = lower_entry(law, entry, watched, self._bearing_on())
        self._on = Case(self._form, "on", partly=True)
        self._beside = Case(self._form, "beside", partly=True)
        self._answers = dict(_answers(self._form, law))

    def _bearing_on(self) -> Iterator[Coherence]:
        """The rules of coherence that speak of nothing but what the entry asks for."""
        names = {self._entry.id, *(condition.name for condition in self._conditions.values())}
        compared = [i.compared for i in self._law.indicators if i.id in names and i.compared is not None]
        names |= {side for pair in compared for side in (pair.greater, pair.than)}
        return (rule for rule in self._law.coherence if asked_of(rule) <= names)

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
        for cause in (z3.And(*because), z3.Or(*because)):
            terms = (*self._gap(path), on.differ(beside), cause)
            if self._solver.find(*terms) is None:
                continue
            wanted = (reached_on.oppose(reached_beside), reached_on.differ(reached_beside), on.oppose(beside))
            for differ in (*wanted, z3.BoolVal(True)):
                answers = self._smallest(*terms, differ)
                if answers is not None:
                    return self._pair(path, answers, (*terms, differ))
        return None

    # -- what is asked --------------------------------------------------------------------------------------------

    @cached_property
    def _solver(self) -> Solver:
        solver = Solver(self._on, self._beside)
        for case in (self._on, self._beside):
            solver.add(*self._sound(case))
        solver.add(*(self._on.known[name] == self._beside.known[name] for name in self._on.fields))
        solver.add(z3.PbEq([(self._differs(fields), 1) for fields in self._answers.values()], 1))
        return solver

    def _sound(self, case: Case) -> Iterator[z3.BoolRef]:
        """A word is judged if it is rated; a finding that is known is known as a level; nothing contradicts itself."""
        yield from (z3.Not(case.refuted[name]) for name in self._form.coherence)
        for name in case.fields:
            if name.startswith("rating/"):
                rated = judged(name.removeprefix("rating/"))
                if rated in case.fields:
                    yield z3.And(case.known[rated], case.values[rated] == case.known[name])
        for fields in self._answers.values():
            levels = [name for name in fields if "/" in name and not name.startswith(("rating/", "judged/"))]
            for lower, higher in pairwise(levels):
                yield case.known[lower] == case.known[higher]
                yield z3.Implies(case.values[higher], case.values[lower])

    def _differs(self, fields: tuple[str, ...]) -> z3.BoolRef:
        return z3.Or(
            *(z3.And(self._on.known[name], self._on.values[name] != self._beside.values[name]) for name in fields)
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

    def _gap(self, path: Path_) -> tuple[z3.BoolRef, z3.BoolRef]:
        """The terms that one country lies on the condition, and the other just beside it."""
        points = self._points(path)
        if points is not None:
            return self._lies(self._on, points[0]), self._lies(self._beside, points[1])
        condition = self._conditions[path]
        on, beside = (self._told(case, condition, path, None) for case in (self._on, self._beside))
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
        rails = [self._told(case, self._conditions[each], each, (path, holds)) for each in wholes]
        return Rails(z3.And(*(each.shown for each in rails)), z3.Or(*(each.refuted for each in rails)))

    def _told(self, case: Case, condition: Condition, path: Path_, forced: tuple[Path_, bool] | None) -> Rails:
        """A condition in a case, with one condition inside it forced to hold or to fail."""
        if forced is not None and path == forced[0]:
            return Rails(z3.BoolVal(forced[1]), z3.BoolVal(not forced[1]))
        parts = [self._told(case, part, below, forced) for below, part in directly_inside(path, condition)]
        if not parts:
            return self._single(case, condition)
        if condition.operator == "not":
            return Rails(parts[0].refuted, parts[0].shown)
        shown, refuted = [(each.shown, 1) for each in parts], [(each.refuted, 1) for each in parts]
        return Rails(z3.PbGe(shown, condition.needed), z3.PbGe(refuted, len(parts) - condition.needed + 1))

    def _single(self, case: Case, condition: Condition) -> Rails:
        test = shown_by(self._law, condition)
        if isinstance(test.value, bool):
            return Rails(case.holds(test), case.holds(test.model_copy(update={"value": not test.value})))
        return Rails(case.holds(test), z3.And(case.known[test.field], z3.Not(case.holds(test))))

    def _lies(self, case: Case, point: Point) -> z3.BoolRef:
        """The term that a country lies at a point; of a finding, as far as the form tells its levels apart."""
        if point.lead is not None:
            left, right = point.lead.left, point.lead.right
            ahead = case.values[left] - case.values[right] == point.lead.by
            return z3.And(case.known[left], case.known[right], ahead)
        if point.level is None:
            return z3.And(*(case.holds(test) for test in point.tests))
        name, level = point.level
        reaches = {
            reached(name, rung.level): rank(level) >= rank(rung.level) for rung in self._law.criterion(name).rules
        }
        return z3.And(*case.gives(reaches))

    # -- what is found --------------------------------------------------------------------------------------------

    def _smallest(self, *terms: z3.BoolRef) -> int | None:
        """The fewest answers with which all terms can hold."""
        with self._solver.supposing(*terms):
            best = self._solver.find()
            answers = None
            while best is not None:
                answers = sum(z3.is_true(best.eval(known, model_completion=True)) for known in self._known())
                best = self._solver.find(self._at_most(answers - 1))
            return answers

    def _known(self) -> list[z3.BoolRef]:
        return [self._on.known[fields[0]] for fields in self._answers.values()]

    def _at_most(self, answers: int) -> z3.BoolRef:
        return z3.PbLe([(known, 1) for known in self._known()], answers)

    def _pair(self, path: Path_, answers: int, terms: tuple[z3.BoolRef, ...]) -> Pair:
        on, beside = self._plainest(*terms, self._at_most(answers))
        points = self._points(path) or (None, None)
        differs = (name for name, fields in self._answers.items() if any(on.get(f) != beside.get(f) for f in fields))
        return Pair(
            proposition=self._head(path),
            finding=self._finding(path),
            on=_given(on, self._law, points[0]),
            beside=_given(beside, self._law, points[1]),
            differs=next(differs),
        )

    def _plainest(self, *terms: z3.BoolRef) -> tuple[Facts, Facts]:
        """Both countries with the first answers that can be had, each as low as can be; the same whatever was asked."""
        with self._solver.supposing(*terms):
            given = [fields for fields in self._answers.values() if self._answered(fields[0])]
            names = [name for fields in given for name in fields]
            on = self._solver.lowest(self._on, names)
            assert on is not None
            self._solver.add(*self._on.gives(on))
            beside = self._solver.lowest(self._beside, names)
            assert beside is not None
            return on, beside

    def _answered(self, field: str) -> bool:
        """Whether an input can be known besides those before it; from now on it is, or is not."""
        known = self._on.known[field]
        can = self._solver.find(known) is not None
        self._solver.add(known if can else z3.Not(known))
        return can


def _rails(case: Case, proposition: str) -> Rails:
    return Rails(case.shown[proposition], case.refuted[proposition])


def _answers(form: Form, law: Law) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The answers that a country may give, each with the inputs it fills, those of a finding from the lowest level."""
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
    return field.removeprefix("rating/") if field.startswith("rating/") else field.split("/", maxsplit=1)[0]


def _given(facts: Mapping[str, Value], law: Law, point: Point | None) -> Given:
    """Write the inputs of a country as the answers that give them."""
    level = None if point is None else point.level
    findings = {_answer(name): name for name in facts if _answer(name) in law.criteria_by_id and "/" in name}
    return Given.model_validate(
        {
            "indicators": {name: _word(facts[name]) for name in facts if name in law.indicators_by_id},
            "judgements": {_answer(name): LEVELS[int(facts[name])] for name in facts if name.startswith("rating/")},
            "findings": {
                name: level[1] if level is not None and level[0] == name else _level(law.criterion(name), facts)
                for name in findings
            },
            "conclusions": {
                name: facts[name]
                for name in facts
                if "/" not in name and isinstance(facts[name], bool) and name not in law.indicators_by_id
            },
            **{name: facts[name] for name in (LAST_REPORT, LIMIT) if name in facts},
        }
    )


def _level(criterion: Criterion, facts: Mapping[str, Value]) -> Level:
    """The lowest level that a finding given by the levels it reaches may have."""
    held: list[Level] = [rung.level for rung in criterion.rules if facts.get(reached(criterion.id, rung.level)) is True]
    return held[-1] if held else "not met"


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
