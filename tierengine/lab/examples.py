"""The examples that criteria carry, run as tests."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Engine, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged, lower_criterion, rating, reached, read_value
from tierengine.errors import Problem
from tierengine.law.entries import Criterion, Example
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.trace import level_range
from tierengine.terms.level import LEVELS, rank
from tierengine.terms.outcome import Outcome


def failed_examples(rulebook: Rulebook) -> Iterator[Problem]:
    """Yield a problem for each example whose outcome or level is not the one it expects."""
    for criterion in rulebook.criteria:
        law = rulebook.whole_for(criterion)
        if law is None:
            yield Problem(
                where=f"criteria/{criterion.id}/{criterion.in_force.from_}.yaml",
                what="its examples cannot be run: on no day of its time is the law a whole",
                cure="add what is missing for that time, or let the criterion begin when it is there",
            )
            continue
        engine = CompiledEngine(lower_criterion(law, criterion))
        for number in range(len(criterion.examples)):
            yield from _run(law, criterion, number, engine)


def _run(law: Law, criterion: Criterion, number: int, engine: Engine) -> Iterator[Problem]:
    example = criterion.examples[number]
    settled = engine.evaluate(dict(facts_of(law, criterion, example))).settled
    outcome = Outcome.of(settled.get(reached(criterion.id, criterion.met_from))).value
    low, high = level_range(settled, criterion)
    where = f"criteria/{criterion.id}/{criterion.in_force.from_}.yaml, example {number + 1}"
    if outcome != example.expect:
        yield Problem(
            where=where,
            what=f"“{example.name}” is {outcome}, and {example.expect} is expected",
            cure="change the rules or the example, whichever is wrong",
        )
    elif example.level is not None and (low, high) != (rank(example.level),) * 2:
        found = LEVELS[low] if low == high else f"between {LEVELS[low]} and {LEVELS[high]}"
        yield Problem(
            where=where,
            what=f"“{example.name}” is {found}, and {example.level} is expected",
            cure="change the rules or the example, whichever is wrong",
        )


def facts_of(law: Law, criterion: Criterion, example: Example) -> Iterator[tuple[str, Value]]:
    """Yield the inputs that an example gives: a finding of another criterion is given as the levels it reaches."""
    for name, word in example.indicators.items():
        yield name, read_value(law.indicator(name), word)
    if criterion.judgement is not None:
        yield judged(criterion.judgement.id), criterion.judgement.id in example.judgements
    for name, level in example.judgements.items():
        yield rating(name), rank(level)
    for name, level in example.findings.items():
        for rung in law.criterion(name).rules:
            yield reached(name, rung.level), rank(level) >= rank(rung.level)
    yield from example.conclusions.items()
    if example.last_report is not None:
        yield LAST_REPORT, example.last_report
    if example.limit is not None:
        yield LIMIT, example.limit
