"""Counterexamples: the smallest countries that a failed proof leaves, in sentences and as dossiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Value
from tierengine.engines.logic import Term, all_of, any_of, at_most, implies, negate, same
from tierengine.engines.lowering import judged, rating, reached
from tierengine.engines.proof import Case, Cuts
from tierengine.engines.solver import Model, Solver
from tierengine.errors import EvidenceError
from tierengine.lab.proofs.sketch import Sketch, carrier_of, kind_of_record, placements, sketch
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import answer, question, sentences
from tierengine.terms.level import rank

MOST_COUNTED = 12
"""Records of a kind that a counterexample counts at most, so that its dossier stays readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country of a counterexample: what is claimed of it, and the answers that show it."""

    says: str
    answers: tuple[str, ...]
    """The answers, in sentences."""
    facts: Mapping[str, Value]
    """The same answers, by the name of the question."""
    sketch: Sketch | None
    """Its dossier and telegram; nothing where no dossier can say it."""
    written: str | None = None
    """The path of the dossier, once it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """What is wrong, and one country that shows it or two that show it together."""

    says: str
    countries: tuple[Country, ...]


def country(law: Law, facts: Mapping[str, Value], says: str) -> Country:
    """Return a country with its answers in words, and sketched as a dossier if one can say them."""
    try:
        drawn: Sketch | None = sketch(law, facts, says)
    except EvidenceError:
        drawn = None
    return Country(says=says, answers=sentences(law, facts), facts=dict(facts), sketch=drawn)


def differences(law: Law, before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    """Yield each question that two countries answer differently, with both answers."""
    for field in before:
        if field in after and before[field] != after[field] and not field.startswith("judged/"):
            first, second = answer(law, field, before[field]), answer(law, field, after[field])
            yield f"{question(law, field)} First: {first} Then: {second}"


def recorded(law: Law, form: Form, facts: Mapping[str, Value]) -> dict[str, Value]:
    """Return answers in which each rating that only goes along with the records is recorded as the level it leads to.

    It is left out where the level stays open with it.
    """
    found = dict(facts)
    along = {
        name: each for name, each in law.judges.items() if facts.get(judged(name)) is False and rating(name) in facts
    }
    if along:
        settled = CompiledEngine(form).evaluate(facts).settled
        for name, criterion in along.items():
            levels = {rank(rung.level): settled.get(reached(criterion.id, rung.level)) for rung in criterion.rules}
            if None in levels.values():
                del found[rating(name)]
            else:
                found[rating(name)] = max((place for place, there in levels.items() if there), default=0)
                found[judged(name)] = True
    return found


def smallest(solver: Solver, measures: Sequence[Sequence[Term]], *terms: Term) -> Model | None:
    """Return a case in which as few terms of the first measure hold as can be, then as few of the next; or nothing.

    Exact: the number allowed is raised from none. Raise `UndecidedError` if the solver gives up on the way.
    """
    model = solver.find(*terms)
    if model is None:
        return None
    kept = list(terms)
    for measure in measures:
        for bound in range(len(measure) + 1):
            few = at_most(bound, measure)
            found = solver.find(*kept, few)
            if found is not None:
                model = found
                kept.append(few)
                break
    return model


def given(case: Case) -> list[Term]:
    """Return a term for each answer that a case may give, which holds if it does."""
    return [known for name, known in case.known.items() if not name.startswith("judged/")]


def cuts_of(law: Law) -> Cuts:
    """Return where counts are cut so that `sayable` can be asked of a case."""
    return {each.id: (1, MOST_COUNTED + 1) for each in law.indicators if each.counts_kind is not None}


def sayable(law: Law, case: Case, *, rated: bool = True) -> Iterator[Term]:
    """Yield the terms that a dossier can say what a partly known case answers.

    A word was judged just if a rating of it is recorded (unless `rated` is false, for ratings that go along with the
    records and are not recorded); counted records are one or more; placements have a history.
    """
    for name in law.judges:
        if judged(name) in case.fields:
            yield case.known[judged(name)]
            there = case.known[rating(name)]
            flagged = case.answers(judged(name), True)
            yield same(flagged, there) if rated else implies(flagged, there)
    for indicator in law.indicators:
        if indicator.id not in case.fields:
            continue
        known = case.known[indicator.id]
        if indicator.counts_kind is not None:
            counted = case.values[indicator.id]
            some = all_of((counted.from_number(1), negate(counted.from_number(MOST_COUNTED + 1))))
            yield implies(known, some) if carrier_of(law, indicator.counts_kind) else negate(known)
        elif kind_of_record(law, indicator) is None:
            yield negate(known)
    asked = [name for name in law.PLACEMENTS if name in case.fields]
    yield any_of(_placed(case, asked, answers) for _, answers in placements(law))


def _placed(case: Case, asked: Sequence[str], answers: Mapping[str, Value]) -> Term:
    return all_of(case.answers(name, answers[name]) if name in answers else negate(case.known[name]) for name in asked)


def completes(whole: Case, partly: Case) -> Iterator[Term]:
    """Yield the terms that a whole case gives every answer that a partly known one gives."""
    for name, known in partly.known.items():
        yield implies(known, whole.values[name].alike(partly.values[name]))
