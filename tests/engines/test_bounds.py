"""A count that is known only by bounds: a test is known to be true just where it is for every number within them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import bounds
from tierengine.engines.arithmetic import OPERATORS, compare, ends, holds
from tierengine.engines.columns import ColumnEngine, columns_of, facts_of
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Bounds, Comparison, Engine, Facts, Field, Form, Operator, Rule, Stratum, Test
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


def all_tests() -> Form:
    """A form with a rule for every test of one count, and one that asks twice for what it is not."""
    tests = [Test(field="n", op=op, value=number) for op in OPERATORS for number in range(-1, 8)]
    rules = [
        Rule(id=f"{test.op} {test.value}", head=f"{test.op} {test.value}", holds=True, tests=(test,)) for test in tests
    ]
    twice = tuple(Test(field="n", op="!=", value=number) for number in (2, 4))
    told = (Test(field="more", op="==", value=True),)
    rules += [Rule(id="twice", head="twice", holds=True, tests=twice), Rule(id="m", head="m", holds=True, tests=told)]
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
