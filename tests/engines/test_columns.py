"""Many records at once give exactly what the other engines give one by one."""

from __future__ import annotations

import random
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import laws, loosely
from tierengine.engines import columns as module
from tierengine.engines.arithmetic import compare
from tierengine.engines.columns import ColumnEngine, Columns, Numbers, Truths, columns_of, facts_of, some_of, unpack
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.ends import may_be_bounded
from tierengine.engines.form import Bounds, Engine, Evaluation, Facts, Field, Form, Operator, Rule, Stratum, Tally, Test
from tierengine.engines.lowering import lower
from tierengine.errors import MismatchError, Problem
from tierengine.law.rulebook import Rulebook

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]


def asked(form: Form, facts: Facts) -> dict[str, Any]:
    """The facts that a form has inputs for."""
    inputs = {field.id for field in (*form.inputs, *form.answerable())}
    return {name: value for name, value in facts.items() if name in inputs}


def assert_alike(engine: Engine, form: Form, records: list[dict[str, Any]]) -> None:
    """Compare the columns with an engine that takes one record after the other."""
    columns, count = columns_of(form, records), len(records)
    found, settled = (
        ColumnEngine(form).evaluate(columns, count),
        ColumnEngine(form).settle(columns, count, heads(form)),
    )
    assert [found.of(number) for number in range(count)] == [engine.evaluate(facts) for facts in records]
    for head, truths in settled.items():
        assert np.array_equal(truths.shown, found.truths(head).shown)
        assert np.array_equal(truths.refuted, found.truths(head).refuted)
        assert truths.shown.dtype == truths.refuted.dtype == np.uint8


def heads(form: Form) -> set[str]:
    """The propositions of a form."""
    return {rule.head for stratum in form.strata for rule in stratum.rules}


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=UNHURRIED)
def test_columns_find_what_the_generated_evaluator_finds(data: st.DataObject) -> None:
    """On random laws, for records in which some inputs are absent."""
    law = data.draw(laws())
    form = lower(law)
    records = [asked(form, facts) for facts in data.draw(st.lists(loosely(law), min_size=1, max_size=20))]
    assert_alike(CompiledEngine(form), form, records)


@given(st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=UNHURRIED)
def test_columns_find_what_the_engine_of_record_finds(data: st.DataObject) -> None:
    """On random laws, without going through the generated evaluator."""
    law = data.draw(laws(most_criteria=3))
    form = lower(law)
    records = [asked(form, facts) for facts in data.draw(st.lists(loosely(law), min_size=1, max_size=10))]
    with DurableEngine(form) as engine:
        assert_alike(engine, form, records)


def value(field: Field, chance: random.Random) -> Any:
    """A random value of an input, on both sides of every threshold of the real law."""
    if field.type == "truth":
        return chance.random() < 0.5
    if may_be_bounded(field) and chance.random() < 0.3:
        least = chance.choice((0, 1, 2, 4, 99, 100))
        return Bounds(least, chance.choice((None, least + 1, least + 2)))
    return chance.choice(field.choices or field.numbers or (0, 1, 2, 3, 4, 5, 99, 100, 101))


def random_records(form: Form, number: int, seed: int) -> list[dict[str, Any]]:
    """Random facts, of which between none and all inputs are absent."""
    chance = random.Random(seed)
    records = []
    for _ in range(number):
        known = chance.random()
        records.append({field.id: value(field, chance) for field in form.inputs if chance.random() < known})
        # What is answered directly goes along with the two numbers, or they leave it open.
        answered = {each.id: chance.random() < 0.5 for each in form.comparisons if compare(records[-1], each) is None}
        records[-1] |= {name: said for name, said in answered.items() if chance.random() < 0.5}
    return records


def test_every_version_of_the_law_is_read_alike(rulebook: Rulebook) -> None:
    """Random records under the law of each stretch of days, with the rules that fired."""
    fired: set[str] = set()
    for number, day in enumerate(rulebook.boundaries()):
        form = lower(rulebook.on(day))
        records = random_records(form, 60, number)
        assert_alike(CompiledEngine(form), form, records)
        with DurableEngine(form) as engine:
            assert_alike(engine, form, records[:20])
        fired |= {rule for facts in records for rule in CompiledEngine(form).evaluate(facts).fired}
    assert len(fired) > 300


def test_records_are_cut_into_blocks_without_a_seam(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of two bytes of records find what one block finds, and the last one may be short."""
    form = lower(rulebook.latest())
    records = random_records(form, 83, 7)
    whole = ColumnEngine(form).evaluate(columns_of(form, records), 83)
    monkeypatch.setattr(module, "BLOCK", 2)
    cut = ColumnEngine(form).evaluate(columns_of(form, records), 83)
    assert [cut.of(number) for number in range(83)] == [whole.of(number) for number in range(83)]


def one_rule(op: Operator, constant: bool | int | str, field: Field) -> Form:
    """A form of one rule with one test."""
    rule = Rule(id="r", head="p", holds=True, tests=(Test(field=field.id, op=op, value=constant),))
    return Form(inputs=(field,), strata=(Stratum(rules=(rule,)),))


COUNT = Field(id="n", type="count")
CHOICE = Field(id="n", type="choice", choices=("a", "b", "c"))


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("constant", [-1, 0, 1, 127, 128, 2**31, 2**53])
def test_every_operator_on_numbers(op: Operator, constant: int) -> None:
    """An unknown number passes no test, whatever the operator."""
    records: list[dict[str, Any]] = [{"n": n} for n in (0, 1, 2, 126, 127, 128, 129, 2**31, 2**53 - 1, 2**53)] + [{}]
    form = one_rule(op, constant, COUNT)
    assert_alike(CompiledEngine(form), form, records)


@pytest.mark.parametrize("constant", [-1, 0, 3, 127, 128, 300, 2**40])
@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_a_threshold_beyond_what_a_narrow_column_can_hold(op: Operator, constant: int) -> None:
    """Numbers kept in one byte are compared with larger constants as they are."""
    values = (0, 3, 127)
    columns: Columns = {"n": Numbers(np.array(values, np.int8), np.array([0b111], np.uint8))}
    found = ColumnEngine(one_rule(op, constant, COUNT)).evaluate(columns, 3)
    engine = CompiledEngine(one_rule(op, constant, COUNT))
    assert [found.of(n) for n in range(3)] == [engine.evaluate({"n": value}) for value in values]


@pytest.mark.parametrize("op", ["==", "!="])
@pytest.mark.parametrize("word", ["a", "b", "c"])
def test_choices(op: Operator, word: str) -> None:
    """A choice is compared by its word, and one not known passes no test."""
    form = one_rule(op, word, CHOICE)
    assert_alike(CompiledEngine(form), form, [{"n": "a"}, {"n": "b"}, {"n": "c"}, {}])


@pytest.mark.parametrize("op", ["==", "!="])
@pytest.mark.parametrize("constant", [True, False])
def test_truths_on_either_side(op: Operator, constant: bool) -> None:
    """`!=` on a truth asks that it is known, as everywhere."""
    form = one_rule(op, constant, Field(id="n", type="truth"))
    assert_alike(CompiledEngine(form), form, [{"n": True}, {"n": False}, {}])


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("end", ["holds", "fails"])
def test_tallies_of_every_size(op: Operator, end: Literal["holds", "fails"]) -> None:
    """Every number of members, against every threshold from none to more than there are."""
    chance = random.Random(1)
    for size in range(1, 10):
        fields = tuple(Field(id=f"m{n}", type="truth") for n in range(size))
        members = tuple((Test(field=f.id, op="==", value=True), Test(field=f.id, op="==", value=False)) for f in fields)
        for least in range(-1, size + 2):
            rule = Rule(id="r", head="p", holds=True, tests=(Test(field=f"t.{end}", op=op, value=least),))
            strata = (Stratum(tallies=(Tally(id="t", members=members),), rules=(rule,)),)
            form = Form(inputs=fields, strata=strata)
            records = [{f.id: chance.random() < 0.5 for f in fields if chance.random() < 0.8} for _ in range(30)]
            assert_alike(CompiledEngine(form), form, records)


def test_an_input_without_a_column_is_known_of_no_record(rulebook: Rulebook) -> None:
    """Leaving a column out says the same as a column in which nothing is known."""
    form = lower(rulebook.latest())
    records = random_records(form, 20, 3)
    without = {name for name in (f.id for f in form.inputs) if len(name) % 3 == 0}
    columns = {name: column for name, column in columns_of(form, records).items() if name not in without}
    found = ColumnEngine(form).evaluate(columns, 20)
    shorter = [{name: each for name, each in facts.items() if name not in without} for facts in records]
    engine = CompiledEngine(form)
    assert [found.of(n) for n in range(20)] == [engine.evaluate(facts) for facts in shorter]


def test_no_bit_behind_the_last_record_is_set(rulebook: Rulebook) -> None:
    """So that records can be counted by counting bits."""
    form = lower(rulebook.latest())
    records = random_records(form, 13, 5)
    found = ColumnEngine(form).evaluate(columns_of(form, records), 13)
    for planes in (found.fired, found.shown, found.refuted):
        assert not (planes[:, -1] >> 5).any()


def test_some_records_of_many(rulebook: Rulebook) -> None:
    """They may be in another order, and one may stand there twice; bounds go along."""
    form = lower(rulebook.latest())
    records = random_records(form, 40, 9)
    columns = columns_of(form, records)
    chosen = np.array([33, 2, 2, 17, 39, 0, 8, 7, 31])
    some = {name: some_of(column, chosen) for name, column in columns.items()}
    assert [facts_of(form, some, row) for row in range(9)] == [records[row] for row in chosen.tolist()]


def test_records_that_contradict_themselves(rulebook: Rulebook) -> None:
    """Each of which a rule of coherence fails, and no other."""
    form = lower(rulebook.latest())
    records = random_records(form, 60, 11)
    engine = CompiledEngine(form)
    settled = [engine.settled(facts) for facts in records]
    expected = [any(each.get(rule) is False for rule in form.coherence) for each in settled]
    found = ColumnEngine(form).evaluate(columns_of(form, records), 60)
    assert unpack(found.contradicted(form), 60).tolist() == expected
    assert any(expected)
    assert not all(expected)


def test_no_records_at_all() -> None:
    """Nothing is found of nobody."""
    constants: list[tuple[Field, bool | int | str]] = [(COUNT, 1), (CHOICE, "a"), (Field(id="n", type="truth"), True)]
    for field, constant in constants:
        form = one_rule("==", constant, field)
        for columns in ({}, columns_of(form, [])):
            assert ColumnEngine(form).evaluate(columns, 0).fired.shape == (1, 0)


def test_a_contradiction_is_refused_with_its_record() -> None:
    """The proposition and the first record on which it both holds and fails are named."""
    field = Field(id="n", type="truth")
    test = Test(field="n", op="==", value=True)
    rules = tuple(Rule(id=f"r{holds}", head="p", holds=holds, tests=(test,)) for holds in (True, False))
    form = Form(inputs=(field,), strata=(Stratum(rules=rules),))
    columns = columns_of(form, [{"n": False}, {}, {"n": True}, {"n": True}])
    engine = ColumnEngine(form)
    for ask in (lambda: engine.evaluate(columns, 4), lambda: engine.settle(columns, 4, ())):
        with pytest.raises(MismatchError) as refused:
            ask()
        assert refused.value.problems == (
            Problem(
                where="proposition `p`",
                what="it both holds and fails on record 3",
                cure="mend the rules of this proposition; no case may do both",
            ),
        )
        assert refused.value.traces == {"columns": {"p": ("rFalse", "rTrue")}}


def test_planes_say_of_whom_a_proposition_holds() -> None:
    """Shown, refuted, and neither where it is not known."""
    rules = tuple(
        Rule(id=f"r{holds}", head="p", holds=holds, tests=(Test(field="n", op="==", value=holds),))
        for holds in (True, False)
    )
    form = Form(inputs=(Field(id="n", type="truth"),), strata=(Stratum(rules=rules),))
    columns = columns_of(form, [{"n": False}, {}, {"n": True}])
    found = ColumnEngine(form).evaluate(columns, 3)
    truths = found.truths("p")
    assert isinstance(truths, Truths)
    assert unpack(truths.shown, 3).tolist() == [False, False, True]
    assert unpack(truths.refuted, 3).tolist() == [True, False, False]
    assert found.of(2) == Evaluation({"p": True}, ("rTrue",))
