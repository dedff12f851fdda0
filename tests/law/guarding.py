"""Whether a case fails once the rules that express a clause of the statute are taken out: then it guards the clause.

Taken out is every rule that concludes for an entry that the ledger names for the clause, and every rule that asks for
an indicator or a judgement that it names. An interpretation stands for the entry that holds it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tierengine.engines.arithmetic import compare, holds, tally
from tierengine.engines.form import Evaluation, Facts, Field, Form, Rule
from tierengine.engines.lowering import rating
from tierengine.lab.cases.asked import PlacedAsked
from tierengine.lab.cases.given import whole_facts
from tierengine.lab.cases.suite import Expected, PlacedCase
from tierengine.lab.cases.trial import Answer, Laid, judge, judge_asked
from tierengine.law.entries import Clause, Entry
from tierengine.law.rulebook import Law

_PROCEDURE = ("admissions", "advice", "progress", "downgrades", "relistings", "clocks")
"""Sections whose entries answer short cases."""


def guards(placed: PlacedCase | PlacedAsked, clause: Clause) -> bool:
    """Say whether a case, of a day on which a clause is in force, fails without the rules that express the clause.

    Of a country only the findings that are expected are looked at; a dossier guards none: it rests on all the law.
    """
    law = placed.law
    if not clause.in_force.holds(law.as_of):
        return False
    names = _expressing(law, clause)
    if isinstance(placed, PlacedAsked):
        return _asked_fails(placed, names)
    case = placed.case
    if case.given is None or not case.expect.findings:
        return False
    facts = placed.facts if placed.facts is not None else whole_facts(law, case.given)
    without = _Without(law, frozenset((*case.given.findings, *case.given.conclusions)), names)
    found = replace(placed, case=case.model_copy(update={"expect": Expected(findings=case.expect.findings)}))
    return bool(judge(found, Answer(without, facts, law)).failures)


def _expressing(law: Law, clause: Clause) -> frozenset[str]:
    """The names under `by`, with the entry that holds it in place of an interpretation."""
    holding = {reading.id: entry.id for entry in law.entries() for reading in entry.interpretations}
    return frozenset(holding.get(name, name) for name in clause.by)


def _asked_fails(placed: PlacedAsked, names: frozenset[str]) -> bool:
    left: dict[str, Any] = {name: _others(getattr(placed.law, name), names) for name in _PROCEDURE}
    fewer: Law = replace(placed.law, **left)
    return bool(judge_asked(replace(placed, law=fewer)).failures)


def _others(entries: tuple[Entry, ...], names: frozenset[str]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.id not in names)


class _Without(Laid):
    """The law with some answers given and without the rules that conclude for some names, or ask for them."""

    def __init__(self, law: Law, given: frozenset[str], names: frozenset[str]) -> None:
        super().__init__(law, given)
        self.form = _thinned(self.form, names)
        self.engine = _Plain(self.form)


class _Plain:
    """Reads a form rule by rule: slower than the generated evaluator, of which none need be generated for one case."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def settled(self, facts: Facts) -> dict[str, bool]:
        """Return what follows from the facts, without the rules that fired."""
        return self.evaluate(facts).settled

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts."""
        known = dict(facts)
        for comparison in self._form.comparisons:
            decided = compare(known, comparison)
            known |= {} if decided is None else {comparison.id: decided}
        settled: dict[str, bool] = {}
        fired: list[str] = []
        for stratum in self._form.strata:
            for each in stratum.tallies:
                held, failed = tally(known, each)
                known |= {f"{each.id}.holds": held, f"{each.id}.fails": failed}
            firing = [rule for rule in stratum.rules if all(holds(test, known) for test in rule.tests)]
            settled |= {rule.head: rule.holds for rule in firing}
            fired += [rule.id for rule in firing]
            known |= {rule.head: rule.holds for rule in firing}
        return Evaluation(settled, tuple(sorted(fired)))


def _thinned(form: Form, names: frozenset[str]) -> Form:
    """A form without some rules; what nothing concludes any more is an input that nobody answers."""
    fields = names | {rating(name) for name in names}

    def stays(rule: Rule) -> bool:
        return rule.head.split("/")[0] not in names and all(test.field not in fields for test in rule.tests)

    strata = tuple(
        each.model_copy(update={"rules": tuple(rule for rule in each.rules if stays(rule))}) for each in form.strata
    )
    lost = {rule.head for each in form.strata for rule in each.rules} - {
        rule.head for each in strata for rule in each.rules
    }
    inputs = (*form.inputs, *(Field(id=head, type="truth") for head in sorted(lost)))
    return form.model_copy(update={"strata": strata, "inputs": inputs})
