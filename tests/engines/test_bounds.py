"""A count that is known only by bounds: a test is known to be true just where it is for every number within them."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import bounds
from tierengine.engines.arithmetic import OPERATORS, added, compare, ends, holds, met, thresholds
from tierengine.engines.changing import Changing
from tierengine.engines.columns import ColumnEngine, columns_of, facts_of
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import (
    Bounds,
    Comparison,
    Engine,
    Facts,
    Field,
    Form,
    Operator,
    Rule,
    Stratum,
    Tally,
    Test,
    Value,
)
from tierengine.engines.side_by_side import SideBySide
from tierengine.errors import EvidenceError, UnsafeRuleError

COUNT = Field(id="n", type="count")
OTHER = Field(id="o", type="count")
MORE = Comparison(id="more", left="n", right="o")
FAR = 30
"""Larger than any number that these tests ask for."""

counts = st.integers(0, 9) | bounds()
operators: st.SearchStrategy[Operator] = st.sampled_from(list(OPERATORS))


def numbers(count: int | Bounds) -> range:
    """The numbers that a count may be, as far as a test can tell them apart."""
    least, most = ends(count)
    return range(least, FAR if most is None else most + 1)


@given(operators, st.integers(-1, 10), counts)
def test_a_test_is_the_meet_of_its_numbers(op: Operator, constant: int, count: int | Bounds) -> None:
    """It holds of bounds if and only if it holds of each number within them."""
    test = Test(field="n", op=op, value=constant)
    assert holds(test, {"n": count}) == all(holds(test, {"n": number}) for number in numbers(count))


@given(counts, counts, st.none() | st.booleans())
def test_a_comparison_is_the_meet_of_its_numbers(left: int | Bounds, right: int | Bounds, said: bool | None) -> None:
    """It is decided if every pair of numbers decides it alike; if not, what was said directly stands."""
    answered = {} if said is None else {"more": said}
    pairs = {first > second for first, second in product(numbers(left), numbers(right))}
    expected = pairs.pop() if len(pairs) == 1 else said
    assert compare({"n": left, "o": right, **answered}, MORE) == expected


@given(counts, counts)
def test_counts_are_added_and_met_number_by_number(one: int | Bounds, other: int | Bounds) -> None:
    """A sum may be what two numbers add up to; two things said of one count leave what both allow, or nothing."""
    total, both = added((one, other)), met((one, other))
    sums = {first + second for first, second in product(numbers(one), numbers(other))}
    assert set(numbers(total)) == sums.intersection(range(FAR if ends(total)[1] is None else 2 * FAR))
    assert (ends(total)[1] is None) is (ends(one)[1] is None or ends(other)[1] is None)
    left = set(numbers(one)).intersection(numbers(other))
    assert (set() if both is None else set(numbers(both))) == left
    for found in (total, both):
        assert not isinstance(found, Bounds) or found.at_least != found.at_most, "one number is no bounds"


@given(st.lists(st.tuples(operators, st.integers(0, 9)), min_size=1, max_size=3))
def test_thresholds_are_where_a_test_begins_to_say_otherwise(asked: list[tuple[Operator, int]]) -> None:
    """Of each count, and of nothing else: at the number below, some test says otherwise."""
    tests = [Test(field="n", op=op, value=value) for op, value in asked]
    of_outcome = Test(field="o", op="==", value=True)
    rules = tuple(Rule(id=str(n), head="p", holds=True, tests=(test, of_outcome)) for n, test in enumerate(tests))
    form = Form(inputs=(COUNT, Field(id="o", type="truth")), strata=(Stratum(rules=rules),))
    said = [[holds(test, {"n": number}) for test in tests] for number in range(-1, FAR)]
    begins = {number for number, (below, here) in enumerate(pairwise(said)) if below != here}
    assert thresholds(form) == {"n": begins}


def all_tests() -> Form:
    """A form with a rule for every test of one count, and one that asks twice for what it is not."""
    tests = [Test(field="n", op=op, value=number) for op in OPERATORS for number in range(-1, 8)]
    rules = [
        Rule(id=f"{test.op} {test.value}", head=f"{test.op} {test.value}", holds=True, tests=(test,)) for test in tests
    ]
    twice = tuple(Test(field="n", op="!=", value=number) for number in (2, 4))
    more = (Test(field="more", op="==", value=True),)
    rules += [
        Rule(id="twice", head="twice", holds=True, tests=twice),
        Rule(id="m", head="m", holds=True, tests=more),
    ]
    return Form(inputs=(COUNT, OTHER), comparisons=(MORE,), strata=(Stratum(rules=tuple(rules)),))


def test_every_engine_reads_bounds_as_all_their_numbers() -> None:
    """Each rule fires just where it fires for every number; the rules keep their names, and each fires once."""
    pytest.importorskip("durable", reason="durable-rules is not built here")
    form = all_tests()
    cases = [Bounds(least, most) for least in range(7) for most in (None, *range(least, 8))]
    records: list[Facts] = [{"n": case, "o": 3} for case in cases]
    compiled = CompiledEngine(form)
    columns = ColumnEngine(form).evaluate(columns_of(form, records), len(records))
    with DurableEngine(form) as durable:
        engines: tuple[Engine, ...] = (compiled, durable)
        for row, (case, facts) in enumerate(zip(cases, records, strict=True)):
            each = [set(compiled.evaluate({"n": number, "o": 3}).fired) for number in numbers(case)]
            fired = tuple(sorted(set.intersection(*each)))
            assert [engine.evaluate(facts).fired for engine in engines] == [fired, fired]
            assert columns.of(row).fired == fired


def compared_form() -> Form:
    """A form that says which of two counts is greater, and nothing else."""
    sides = tuple(
        Rule(id=f"m{holds}", head="m", holds=holds, tests=(Test(field="more", op="==", value=holds),))
        for holds in (True, False)
    )
    return Form(inputs=(COUNT, OTHER), comparisons=(MORE,), strata=(Stratum(rules=sides),))


def test_every_engine_lets_two_numbers_outrank_what_was_answered_directly() -> None:
    """A direct answer counts where the numbers leave it open, whether they are known by bounds or not at all."""
    pytest.importorskip("durable", reason="durable-rules is not built here")
    form = compared_form()
    known: list[int | Bounds | None] = [None, 1, 3, Bounds(1, 3), Bounds(2)]
    answers = [dict(zip(("n", "o", "more"), each, strict=True)) for each in product(known, known, (None, True, False))]
    records: list[Facts] = [{name: each for name, each in one.items() if each is not None} for one in answers]
    expected = [{} if said is None else {"m": said} for said in (compare(facts, MORE) for facts in records)]
    compiled, columns = CompiledEngine(form), ColumnEngine(form).evaluate(columns_of(form, records), len(records))
    countries = SideBySide(form, len(records))
    for name in ("n", "o", "more"):
        given = {facts[name] for facts in records if name in facts}
        countries.answer(name, {value: _those(records, name, value) for value in given})
    countries.settle()
    for facts, settled in zip(records, expected, strict=True):
        alone = SideBySide(form, 1)
        for name, value in facts.items():
            alone.answer(name, {value: 1})
        alone.settle()
        assert dict(alone.found(["m"])) == {"m": {side: int(settled == {"m": side}) for side in (True, False)}}
    with DurableEngine(form) as durable:
        assert [durable.evaluate(facts).settled for facts in records] == expected
    assert [compiled.evaluate(facts).settled for facts in records] == expected
    assert [columns.of(row).settled for row in range(len(records))] == expected
    assert countries.shown("m") == sum(1 << row for row, settled in enumerate(expected) if settled == {"m": True})
    assert countries.refuted("m") == sum(1 << row for row, settled in enumerate(expected) if settled == {"m": False})
    assert [Changing(form, facts).shown("m") for facts in records] == [settled == {"m": True} for settled in expected]


def _those(records: list[Facts], name: str, value: Value | Bounds) -> int:
    """The records in which a field has a value, a bit for each."""
    return sum(1 << row for row, facts in enumerate(records) if name in facts and facts[name] == value)


@given(st.lists(st.fixed_dictionaries({}, optional={"n": counts, "o": counts, "more": st.booleans()}), min_size=1))
def test_columns_keep_bounds_and_direct_answers(records: list[dict[str, int | bool | Bounds]]) -> None:
    """What goes into columns comes out of them; bounds of a single number are that number."""
    form = all_tests()
    columns = columns_of(form, records)
    for row, facts in enumerate(records):
        assert facts_of(form, columns, row) == {name: _plain(value) for name, value in facts.items()}


def _plain(value: int | bool | Bounds) -> int | bool | Bounds:
    return value.at_least if isinstance(value, Bounds) and value.at_least == value.at_most else value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (COUNT, Bounds(3, 2)),
        (Field(id="n", type="count", numbers=(0, 3)), Bounds(0, 3)),
        (Field(id="n", type="truth"), Bounds(1)),
        (COUNT, Bounds(2**53 + 1)),
    ],
)
def test_bounds_that_no_number_fits_are_refused(field: Field, value: Bounds) -> None:
    """Bounds without a number between them, of a rank or of a truth, and numbers that are too large."""
    pytest.importorskip("durable", reason="durable-rules is not built here")
    test = Test(field="n", op="==", value=True if field.type == "truth" else 1)
    rule = Rule(id="r", head="p", holds=True, tests=(test,))
    form = Form(inputs=(field,), strata=(Stratum(rules=(rule,)),))
    with DurableEngine(form) as engine, pytest.raises(EvidenceError):
        engine.evaluate({"n": value})


def test_an_input_may_not_be_called_like_the_end_of_a_count() -> None:
    """The engine of record knows a count by its two ends, and their names are taken."""
    pytest.importorskip("durable", reason="durable-rules is not built here")
    with pytest.raises(UnsafeRuleError, match="used more than once"):
        DurableEngine(Form(inputs=(COUNT, Field(id="n.least", type="truth")), strata=()))
    compared = Comparison(id="n.least", left="n", right="o")
    with pytest.raises(UnsafeRuleError, match="used more than once"):
        DurableEngine(Form(inputs=(COUNT, OTHER), comparisons=(compared,), strata=()))


def test_a_tally_may_not_look_to_the_engine_like_the_end_of_a_count() -> None:
    """The engine of record keeps 32 bits of each name, and they are the same of these two."""
    pytest.importorskip("durable", reason="durable-rules is not built here")
    count, truth = Field(id="mqreivt", type="count"), Field(id="t", type="truth")
    sides = Test(field="t", op="==", value=True), Test(field="t", op="==", value=False)
    stratum = Stratum(tallies=(Tally(id="mwofwhw", members=(sides,)),))
    with pytest.raises(UnsafeRuleError, match=r"cannot distinguish the name from `mqreivt\.least`"):
        DurableEngine(Form(inputs=(count, truth), strata=(stratum,)))
