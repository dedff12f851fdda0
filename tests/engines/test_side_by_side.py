"""Countries side by side come to exactly what the generated evaluator finds of each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.test_columns import asked, heads, random_records
from tests.strategies import laws, loosely
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Evaluation, Form, Rule, Stratum, Test
from tierengine.engines.form import Field as Input
from tierengine.engines.lowering import lower
from tierengine.engines.plan import NOWHERE, Plan
from tierengine.engines.side_by_side import SideBySide, each_of
from tierengine.law.rulebook import Rulebook

Records = list[dict[str, Any]]


def answer(countries: SideBySide, records: Records) -> None:
    """Give each country the answers of its record."""
    for name in dict.fromkeys(name for facts in records for name in facts):
        values: dict[Any, int] = {}
        for number, facts in enumerate(records):
            if name in facts:
                values[facts[name]] = values.get(facts[name], 0) | 1 << number
        countries.answer(name, values)


def found(form: Form, countries: SideBySide) -> list[Evaluation]:
    """What was found on each country, as the generated evaluator says it."""
    rules = sorted(rule.id for stratum in form.strata for rule in stratum.rules)
    evaluations = []
    for number in each_of(countries.everyone):
        settled = {head: True for head in heads(form) if countries.shown(head) >> number & 1}
        settled |= {head: False for head in heads(form) if countries.refuted(head) >> number & 1}
        evaluations.append(Evaluation(settled, tuple(rule for rule in rules if countries.fired(rule) >> number & 1)))
    return evaluations


def assert_alike(form: Form, records: Records) -> None:
    """Compare with the generated evaluator."""
    countries = SideBySide(form, len(records))
    answer(countries, records)
    countries.settle()
    assert found(form, countries) == [CompiledEngine(form).evaluate(facts) for facts in records]
    assert not countries.contradicted
    of_each = {head: {True: countries.shown(head), False: countries.refuted(head)} for head in heads(form)}
    assert dict(countries.found([*of_each, "nothing"])) == of_each
    assert countries.shown("nothing") == countries.refuted("nothing") == 0


@given(st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_countries_of_random_laws_are_read_alike(data: st.DataObject) -> None:
    """Inputs may be absent, or known by bounds."""
    law = data.draw(laws())
    form = lower(law)
    assert_alike(form, [asked(form, facts) for facts in data.draw(st.lists(loosely(law), min_size=1, max_size=9))])


def test_every_version_of_the_law_is_read_alike(rulebook: Rulebook) -> None:
    """Random records under the law of each stretch of days, with the rules that fired."""
    for number, day in enumerate(rulebook.boundaries()):
        form = lower(rulebook.on(day))
        assert_alike(form, random_records(form, 20, number))


def test_answers_may_be_changed(rulebook: Rulebook) -> None:
    """What was settled before leaves nothing behind once other answers are given."""
    form = lower(rulebook.latest())
    first, second = random_records(form, 30, 1), random_records(form, 30, 2)
    countries = SideBySide(form, 30)
    answer(countries, first)
    countries.settle()
    for name in {name for facts in first for name in facts}:
        countries.answer(name, {})
    answer(countries, second)
    countries.settle()
    assert found(form, countries) == [CompiledEngine(form).evaluate(facts) for facts in second]


@pytest.mark.parametrize("value", [True, False])
def test_what_holds_and_fails_is_named(*, value: bool) -> None:
    """Of an unsound form, the countries on which a proposition does both are known; nothing is said of the others."""
    test = Test(field="x", op="==", value=value)
    rules = tuple(Rule(id=str(holds), head="y", holds=holds, tests=(test, test)) for holds in (True, False))
    form = Form(inputs=(Input(id="x", type="truth"),), strata=(Stratum(rules=rules),))
    countries = SideBySide(form, 3)
    countries.answer("x", {value: 0b101, not value: 0b010})
    countries.settle()
    assert countries.contradicted == 0b101


def test_no_slot_of_a_plan_is_left_empty(rulebook: Rulebook) -> None:
    """Each costs the memory of a plane; only the first, on which nothing is ever set, stands for nothing."""
    plan = Plan(lower(rulebook.latest()))
    steps = [(*step.tests, *step.conjunctions, *step.unions) for step in plan.steps]
    taken = [*(slot for rail in plan.truths.values() for slot in rail), *(slot for each in steps for slot, _ in each)]
    assert sorted(taken) == list(range(NOWHERE + 1, plan.slots))
