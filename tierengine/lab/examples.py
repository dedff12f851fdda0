"""The examples that criteria carry, run as tests."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Engine, Value
from tierengine.engines.lowering import lower_criterion, reached
from tierengine.errors import Problem
from tierengine.lab.given import facts_of
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
    settled = engine.evaluate(example_facts(law, criterion, example)).settled
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


def example_facts(law: Law, criterion: Criterion, example: Example) -> dict[str, Value]:
    """Return the inputs of a criterion's own form that an example gives."""
    judges = () if criterion.judgement is None else (criterion.judgement.id,)
    return dict(facts_of(law, example, judges))
