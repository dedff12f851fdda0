"""The examples that criteria carry, run as tests."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Engine, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged, lower_criterion, rating, reached, read_value
from tierengine.errors import Problem
from tierengine.law.entries import Criterion, Example
from tierengine.law.reader import Draft
from tierengine.law.rulebook import Law
from tierengine.reasoning.trace import level_range
from tierengine.terms.level import LEVELS, rank
from tierengine.terms.outcome import Outcome


def failed_examples(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each example whose outcome or level is not the one it expects."""
    for item in draft.placed:
        if not isinstance(item.entry, Criterion):
            continue
        law = draft.rulebook.whole_for(item.entry)
        if law is None:
            yield item.problem(
                "its examples cannot be run: on no day of its time is the law a whole",
                "add what is missing for that time, or let the criterion begin when it is there",
                "in_force",
            )
            continue
        engine = CompiledEngine(lower_criterion(law, item.entry))
        for number, example in enumerate(item.entry.examples):
            complaint = _complaint(law, item.entry, example, engine)
            if complaint is not None:
                told = f"“{example.name}” is {complaint}"
                yield item.problem(told, "change the rules or the example, whichever is wrong", "examples", number)


def _complaint(law: Law, criterion: Criterion, example: Example, engine: Engine) -> str | None:
    """What an example gives and what it should, if they differ."""
    settled = engine.evaluate(dict(facts_of(law, criterion, example))).settled
    outcome = Outcome.of(settled.get(reached(criterion.id, criterion.met_from))).value
    low, high = level_range(settled, criterion)
    if outcome != example.expect:
        return f"{outcome}, and {example.expect} is expected"
    if example.level is not None and (low, high) != (rank(example.level),) * 2:
        found = LEVELS[low] if low == high else f"between {LEVELS[low]} and {LEVELS[high]}"
        return f"{found}, and {example.level} is expected"
    return None


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
