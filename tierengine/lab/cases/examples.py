"""The examples that criteria carry, run as tests."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Engine, Value
from tierengine.engines.lowering import lower_coherence, lower_criterion, reached
from tierengine.errors import Problem
from tierengine.lab.cases.given import facts_of
from tierengine.lab.cases.proposals import failed_proposals
from tierengine.law.entries import Coherence, Criterion, Example
from tierengine.law.linter import Placed
from tierengine.law.reader import Draft
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.trace import level_range
from tierengine.terms.level import LEVELS, rank
from tierengine.terms.outcome import Outcome


def failed_examples(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each example that does not give what it expects, and for each unsound proposal."""
    for item in draft.placed:
        if isinstance(item.entry, Coherence):
            yield from _incoherent(draft.rulebook, item, item.entry)
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
        yield from failed_rules(item, item.entry, law)
    yield from failed_proposals(draft)


def failed_rules(item: Placed, criterion: Criterion, law: Law) -> Iterator[Problem]:
    """Yield a problem for each example of a criterion that its rules answer otherwise under a law."""
    engine = CompiledEngine(lower_criterion(law, criterion))
    for number, example in enumerate(criterion.examples):
        complaint = _complaint(law, criterion, example, engine)
        if complaint is not None:
            says = f"“{example.name}” is {complaint}"
            yield item.problem(says, "change the rules or the example, whichever is wrong", "examples", number)


def _incoherent(rulebook: Rulebook, item: Placed, rule: Coherence) -> Iterator[Problem]:
    """The examples of a rule of coherence of which it finds something else, under the first law that has the rule."""
    law = next(law for law in rulebook.whole_laws() if rule.id in {each.id for each in law.coherence})
    yield from failed_coherence(item, rule, law)


def failed_coherence(item: Placed, rule: Coherence, law: Law) -> Iterator[Problem]:
    """Yield a problem for each example of which a rule of coherence finds something else under a law."""
    engine = CompiledEngine(lower_coherence(law, (rule,)))
    for number, example in enumerate(rule.examples):
        found = _found(engine.evaluate(dict(facts_of(law, example, ()))).settled.get(rule.id))
        if found != example.expect:
            says = f"“{example.name}” is {found}, and {example.expect} is expected"
            yield item.problem(says, "change the rule or the example, whichever is wrong", "examples", number)


def _found(settled: bool | None) -> str:
    """What a rule of coherence finds of a case, in the words of its examples."""
    return "open" if settled is None else "coherent" if settled else "contradiction"


def _complaint(law: Law, criterion: Criterion, example: Example, engine: Engine) -> str | None:
    """What an example gives and what it should, if they differ."""
    settled = engine.evaluate(example_facts(law, criterion, example)).settled
    outcome = Outcome.of(settled.get(reached(criterion.id, criterion.met_from))).value
    low, high = level_range(settled, criterion)
    if outcome != example.expect:
        return f"{outcome}, and {example.expect} is expected"
    if example.level is not None and (low, high) != (rank(example.level),) * 2:
        found = LEVELS[low] if low == high else f"between {LEVELS[low]} and {LEVELS[high]}"
        return f"{found}, and {example.level} is expected"
    return None


def example_facts(law: Law, criterion: Criterion, example: Example) -> dict[str, Value | Bounds]:
    """Return the inputs of a criterion's own form that an example gives."""
    judges = () if criterion.judgement is None else (criterion.judgement.id,)
    return dict(facts_of(law, example, judges))
