"""A country whose answers change comes, after each change, to exactly what the generated evaluator finds."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.test_bounds import compared_form
from tests.engines.test_columns import asked, heads, random_records
from tests.strategies import laws, loosely
from tierengine.engines.changing import Changing
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Facts, Field, Form, Rule, Stratum, Tally, Test
from tierengine.engines.lowering import lower
from tierengine.law.rulebook import Rulebook


def assert_kept_up(form: Form, states: list[Facts]) -> None:
    """Change a country from one state to the next, an answer at a time, and compare after each."""
    engine, now = CompiledEngine(form), dict(states[0])
    country = Changing(form, now)
    for state in states:
        for name in sorted(now.keys() | state.keys()):
            if now.get(name) != state.get(name):
                for _ in range(2):  # to hear the same again changes nothing
                    country.answer(name, state.get(name))
                now = {other: value for other, value in {**now, name: state.get(name)}.items() if value is not None}
                assert_found(form, country, engine.settled(now))
        assert_found(form, country, engine.settled(state))


def assert_found(form: Form, country: Changing, settled: dict[str, bool]) -> None:
    """Compare what is shown of a country."""
    assert {head for head in heads(form) if country.shown(head)} == {head for head, holds in settled.items() if holds}


@given(st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_laws_are_kept_up(data: st.DataObject) -> None:
    """Inputs become known, unknown or known by bounds, and two numbers come to be compared."""
    law = data.draw(laws())
    form = lower(law)
    assert_kept_up(form, [asked(form, facts) for facts in data.draw(st.lists(loosely(law), min_size=2, max_size=4))])


def test_the_real_law_is_kept_up(rulebook: Rulebook) -> None:
    """From one made-up country to the next, all inputs change; every step between them is looked at."""
    form = lower(rulebook.latest())
    assert_kept_up(form, [asked(form, record) for record in random_records(form, 3, 1)])


def test_what_two_numbers_decide_is_kept_up() -> None:
    """By the numbers, their bounds or a direct answer, whichever of them comes or goes."""
    known = (None, 1, 3, Bounds(1, 3), Bounds(2))
    states = [dict(zip(("n", "o", "more"), each, strict=True)) for each in product(known, known, (None, True, False))]
    random.Random(1).shuffle(states)
    assert_kept_up(compared_form(), [{name: each for name, each in one.items() if each is not None} for one in states])


def test_a_count_of_which_none_is_asked_holds_from_the_beginning() -> None:
    """Of a form written by hand; the law is refused one."""
    truth = Field(id="t", type="truth")
    sides = Test(field="t", op="==", value=True), Test(field="t", op="==", value=False)
    rules = tuple(
        Rule(id=str(least), head=f"so {least}", holds=True, tests=(Test(field="s.holds", op=">=", value=least),))
        for least in (0, 1)
    )
    form = Form(inputs=(truth,), strata=(Stratum(tallies=(Tally(id="s", members=(sides,)),), rules=rules),))
    assert_kept_up(form, [{}, {"t": True}, {"t": False}, {}])
    assert Changing(form, {}).shown("so 0")
