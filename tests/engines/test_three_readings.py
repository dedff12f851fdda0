"""The engine of record, the generated evaluator and the oracle read the same law alike.

The laws and facts are random. A failure prints the smallest law found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.oracle import Value, complete, conclude, open_tiers
from tests.strategies import CITATION, ENTRY, facts_for, inputs_of, laws, loosely, without_ratings
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Bounds, Evaluation, Facts, Form
from tierengine.engines.lowering import lower
from tierengine.law.entries import Conclusion, Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.outcome import Outcome

needs_durable = pytest.mark.skipif(find_spec("durable_rules_engine") is None, reason="durable-rules is not built here")

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
MOST_COMPLETIONS = 256


def random_laws(number: int) -> settings:
    """So many random laws, each as slow as it needs to be."""
    return settings(max_examples=number, deadline=None, suppress_health_check=UNHURRIED)


def asked(form: Form, facts: Facts) -> dict[str, Value | Bounds]:
    """The facts that some rule asks for; a form has no other inputs, and the engine of record refuses the rest."""
    inputs = {field.id for field in (*form.inputs, *form.answerable())}
    return {name: value for name, value in facts.items() if name in inputs}


def generated(law: Law) -> Callable[[Facts], Evaluation]:
    """The generated evaluator of the law."""
    form = lower(law)
    engine = CompiledEngine(form)
    return lambda facts: engine.evaluate(asked(form, facts))


def agree(law: Law, facts: Facts, found: Evaluation) -> dict[str, Outcome]:
    """Compare what an engine settled with the oracle, name by name; return its outcomes."""
    outcomes = conclude(law, facts)
    assert set(found.settled) <= set(outcomes)
    assert {name: Outcome.of(found.settled.get(name)) for name in outcomes} == outcomes
    return outcomes


def test_the_generated_evaluator_agrees_with_the_oracle() -> None:
    """Every proposition of a random law has the outcome that the oracle gives it."""
    seen: Counter[Outcome] = Counter()

    @random_laws(250)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(laws())
        form = lower(law)
        evaluate = generated(law)
        for _ in range(4):
            facts = data.draw(loosely(law))
            outcomes = agree(law, facts, evaluate(facts))
            assert {rule.head for stratum in form.strata for rule in stratum.rules} <= set(outcomes)
            seen.update(outcomes.values())

    run()
    assert min(seen[outcome] for outcome in Outcome) > 100


@needs_durable
def test_the_engine_of_record_agrees_with_both() -> None:
    """It settles the same propositions by the same rules as the generated evaluator, as the oracle says."""
    fired: Counter[int] = Counter()

    @random_laws(150)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(laws())
        form = lower(law)
        evaluate = generated(law)
        with DurableEngine(form) as engine:
            for _ in range(4):
                facts = data.draw(loosely(law))
                found = engine.evaluate(asked(form, facts))
                assert found == evaluate(facts)
                assert found == engine.evaluate(dict(reversed(asked(form, facts).items())))
                agree(law, facts, found)
                fired[len(found.fired)] += 1

    run()
    assert sum(number for rules, number in fired.items() if rules > 3) > 20


def law_around(when: dict[str, Any]) -> Law:
    """A law that asks the condition as a rule, as a presumption and as a conclusion."""
    judgement = {"id": "weight", "words": ("so",), "question": "so", "rubric": {"not met": "so", "met": "so"}}
    counts = tuple(
        {"id": name, "asks": "so", "type": "count", "unit": "so", "better": "more"} for name in ("C_1", "C_4")
    )
    indicators: tuple[dict[str, Any], ...] = (
        {"id": "C_0", "asks": "so", "type": "truth", "better": "true"},
        {"id": "C_2", "asks": "so", "type": "choice", "choices": ("none", "draft", "enacted"), "better": "neither"},
        {"id": "C_3", "asks": "so", "type": "truth", "better": "true", "compared": {"greater": "C_1", "than": "C_4"}},
        *counts,
    )
    more: dict[str, Any] = {"indicators": indicators, "judgement": judgement}
    asks = {"indicator": "C_0", "is": "true"}
    presumption = {"says": "so", "citation": CITATION, "when": when}
    written: list[dict[str, Any]] = [
        {"id": "C", "rules": ({"level": "met", "says": "so", "when": asks},)} | more,
        {"id": "D", "rules": ({"level": "met", "says": "so", "when": when},)},
        {"id": "E", "rules": ({"level": "met", "says": "so", "when": asks},), "presumption": presumption},
    ]
    shared: dict[str, Any] = ENTRY | {
        "part": "factor",
        "title": "so",
        "question": "so",
        "direction": "favours the government",
        "scale": {"not met": "so", "met": "so"},
        "examples": (),
    }
    whens = {"so": {"indicator": "C_1", "at_least": "1"}, "asked": when, "denied": {"not": when}}
    return Law(
        as_of=date(2007, 11, 9),
        digest="made up",
        criteria=tuple(Criterion.model_validate(shared | one) for one in written),
        admissions=(),
        certainties=(),
        conclusions=tuple(
            Conclusion.model_validate(ENTRY | {"id": name, "says": "so", "when": asked})
            for name, asked in whens.items()
        ),
        tiers=(),
        routes=(),
        advice=(),
        progress=(),
    )


@needs_durable
@pytest.mark.parametrize(
    "when",
    [
        {"any": ({"indicator": "C_0", "is": "true"}, {"not": {"indicator": "C_0", "is": "true"}})},
        {"all": ({"indicator": "C_0", "is": "true"}, {"not": {"indicator": "C_0", "is": "true"}})},
        {"not": {"all": ({"indicator": "C_0", "is": "true"}, {"indicator": "C_0", "is": "false"})}},
        {"all": ({"indicator": "C_1", "at_least": "3"}, {"indicator": "C_1", "at_most": "2"})},
        {"any": ({"indicator": "C_1", "at_least": "3"}, {"indicator": "C_1", "at_most": "2"})},
        {"any": ({"indicator": "C_1", "at_least": "3"}, {"indicator": "C_1", "at_most": "5"})},
        {"all": ({"indicator": "C_2", "is": "none"}, {"indicator": "C_2", "is": "draft"})},
        {"any": tuple({"indicator": "C_2", "is": word} for word in ("none", "draft", "enacted"))},
        {"any": tuple({"placement": "last_report", "is": word} for word in ("1", "2", "2WL", "3", "SC"))},
        {"all": ({"placement": "last_report", "is": "1"}, {"placement": "last_report", "is": "2"})},
        {"some": {"at_least": "1", "of": tuple({"indicator": "C_0", "is": word} for word in ("true", "false"))}},
        {"some": {"at_least": "2", "of": tuple({"indicator": "C_0", "is": word} for word in ("true", "false"))}},
        {"some": {"at_least": "2", "of": ({"indicator": "C_0", "is": "true"},) * 2}},
        {"any": ({"finding": "C"}, {"not": {"finding": "C"}})},
        {"all": ({"conclusion": "so"}, {"not": {"conclusion": "so"}})},
        {"any": ({"judgement": "weight", "at_least": "met"}, {"not": {"judgement": "weight", "at_least": "met"}})},
        {"all": ({"indicator": "C_3", "is": "true"}, {"indicator": "C_3", "is": "false"})},
        {"any": ({"indicator": "C_3", "is": "true"}, {"indicator": "C_3", "is": "false"})},
    ],
    ids=repr,
)
def test_what_must_hold_or_cannot(when: dict[str, Any]) -> None:
    """A condition that must hold, or cannot, is open while its parts are: not simplified, and not dropped into a no."""
    law = law_around(when)
    form = lower(law)
    cases: list[dict[str, Value]] = [{}, {"C_0": True}, {"C_0": False}, {"C_1": 2}, {"C_1": 3}, {"C_2": "none"}]
    cases += [{"C_2": "enacted"}, {"last_report": "1"}, {"last_report": "SC"}, {"C_1": 2, "C_4": 2}]
    cases += [{"C_1": 2, "C_4": 1}, {"C_4": 2}, {"judged/weight": True, "rating/weight": 3}]
    evaluate = generated(law)
    with DurableEngine(form) as engine:
        for case in cases:
            facts = {"judged/weight": False} | case
            found = engine.evaluate(asked(form, facts))
            assert found == evaluate(facts)
            agree(law, facts, found)


def test_more_knowledge_unsettles_nothing() -> None:
    """A fact added for an unknown input, ratings apart, leaves every settled proposition as it was."""
    added: Counter[bool] = Counter()

    @random_laws(150)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(laws())
        evaluate = generated(law)
        facts = data.draw(facts_for(law))
        before = evaluate(facts).settled
        for name in data.draw(st.permutations(without_ratings(facts, law))):
            facts[name] = data.draw(inputs_of(law)[name])
            after = evaluate(facts).settled
            assert before.items() <= after.items()
            added[len(after) > len(before)] += 1
            before = after

    run()
    assert added[True] > 10


@random_laws(100)
@given(st.data())
def test_the_order_of_facts_is_irrelevant(data: st.DataObject) -> None:
    """The same facts in another order give the same answer, by the same rules."""
    law = data.draw(laws())
    evaluate = generated(law)
    facts = data.draw(facts_for(law))
    shuffled = dict(data.draw(st.permutations(list(facts.items()))))
    assert evaluate(shuffled) == evaluate(facts)


@random_laws(100)
@given(st.data())
def test_the_order_of_entries_is_irrelevant(data: st.DataObject) -> None:
    """The same entries in another order settle the same propositions."""
    law = data.draw(laws())
    turned = replace(
        law,
        criteria=law.criteria[::-1],
        conclusions=law.conclusions[::-1],
        tiers=law.tiers[::-1],
        routes=law.routes[::-1],
    )
    facts = data.draw(facts_for(law))
    assert generated(turned)(facts).settled == generated(law)(facts).settled


def test_no_tier_that_can_still_be_reached_is_ruled_out() -> None:
    """A tier row that some completion of the facts makes met is not settled as failing.

    Ratings stay as they are: a rating outranks the rules, and may open what they had settled.
    """
    seen: Counter[str] = Counter()

    @random_laws(250)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(laws(most_criteria=2))
        facts = data.draw(facts_for(law, most_unknown=4))
        unknown = without_ratings(facts, law)
        if len(list(islice(complete(law, facts, unknown), MOST_COMPLETIONS + 1))) > MOST_COMPLETIONS:
            seen["too many completions"] += 1
            return
        settled = generated(law)(facts).settled
        reached = open_tiers(law, facts, unknown)
        assert {tier for tier in reached if settled.get(tier) is False} == set()
        open_rows = [row.id for row in law.tiers if row.id not in settled]
        seen["reached, and open"] += len(reached.intersection(open_rows))
        seen["reached, and settled"] += len(reached.difference(open_rows))
        seen["open, and not reached"] += len(set(open_rows) - reached)
        event(f"open rows: {len(open_rows)}")

    run()
    assert min(seen["reached, and open"], seen["reached, and settled"]) > 10, seen
    assert seen["too many completions"] < 50, seen
