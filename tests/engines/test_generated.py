"""The generated evaluator: the text that is generated, and its refusal of a form that shows and refutes one thing."""

from __future__ import annotations

from itertools import permutations

import pytest

from tierengine.engines.compiled import CompiledEngine, GivenEngine
from tierengine.engines.form import Evaluator, Field, Form, Rule, Stratum, Test
from tierengine.errors import MismatchError, Problem

BOTH = Problem(
    where="`LAW/met`",
    what="the rules show that it holds and that it fails",
    cure="mend the rules of this entry; no case may do both",
)


def rule(name: str, head: str, *, holds: bool) -> Rule:
    """A rule of the one answer that has its name."""
    return Rule(id=name, head=head, holds=holds, tests=(Test(field=name, op="==", value=True),))


RULES = [
    rule("a", "LAW/met", holds=True),
    rule("b", "LAW/met", holds=False),
    rule("c", "LAW/partly", holds=False),
    rule("d", "PLAN/met", holds=True),
]


@pytest.mark.parametrize("rules", list(permutations(RULES)), ids=lambda rules: "".join(rule.id for rule in rules))
def test_what_both_holds_and_fails_is_named(rules: tuple[Rule, ...]) -> None:
    """In whatever order the rules stand, also where entries may be given; what is given is not worked out at all."""
    inputs = tuple(Field(id=name, type="truth") for name in "abcd")
    form = Form(inputs=inputs, strata=(Stratum(rules=rules),))
    every: tuple[Evaluator, ...] = (CompiledEngine(form), GivenEngine(form, ()))
    for engine in every:
        for facts, settled in (({"a": True}, True), ({"b": True}, False)):
            assert engine.settled(facts | {"c": True}) == {"LAW/met": settled, "LAW/partly": False}
        for evaluate in (engine.evaluate, engine.settled):
            with pytest.raises(MismatchError) as refused:
                evaluate({"a": True, "b": True, "d": True})
            assert refused.value.problems == (BOTH,)
            assert refused.value.traces == {"generated": "LAW/met"}
    given = GivenEngine(form, ("LAW",))
    facts = {"a": True, "b": True, "d": True, "LAW/met": True}
    assert given.settled(facts) == {"PLAN/met": True}
    assert given.evaluate(facts).fired == ("d",)


def test_what_is_given_is_read_by_what_asks_for_it() -> None:
    """Each of two answers of an entry that is given, by an entry that is worked out; what is unknown stays so."""
    asks = (Test(field="LAW/met", op="==", value=True), Test(field="LAW/partly", op="==", value=False))
    plans = [Rule(id=f"p{n}", head=f"PLAN/{n}", holds=True, tests=(test,)) for n, test in enumerate(asks)]
    inputs = tuple(Field(id=name, type="truth") for name in "abc")
    form = Form(inputs=inputs, strata=(Stratum(rules=tuple(RULES[:3])), Stratum(rules=tuple(plans))))
    given = GivenEngine(form, ("LAW",))
    assert given.settled({"LAW/met": True}) == {"PLAN/0": True}
    assert given.settled({"LAW/partly": False}) == {"PLAN/1": True}
    assert given.settled({"LAW/met": False, "LAW/partly": True}) == {}
    assert given.settled({"a": True, "c": True}) == {}


TEXT = """\
def evaluate(facts, fired, given):
    get = facts.get
    fire = fired.append
    v0 = get('law')
    v1 = get('cases')
    v1m = v1
    if v1.__class__ is Bounds: v1m = v1.at_most; v1 = v1.at_least
    v2 = get('grade')
    v3 = None
    if v0 is True and v1 is not None and v1 >= 3:
        fire('a')
        v3 = True
    if v2 is not None and v2 != 'low':
        fire('b')
        if v3 is True: conflict('LAW/met')
        v3 = False
    found = zip(('LAW/met',), (v3,))
    return {name: value for name, value in found if value is not None}
"""


def test_the_text_is_no_longer_than_the_rules_need() -> None:
    """Only a count has two ends, and only what was said before is looked at again."""
    inputs = (
        Field(id="law", type="truth"),
        Field(id="cases", type="count"),
        Field(id="grade", type="choice", choices=("low", "high")),
    )
    asked = (Test(field="law", op="==", value=True), Test(field="cases", op=">=", value=3))
    rules = (
        Rule(id="a", head="LAW/met", holds=True, tests=asked),
        Rule(id="b", head="LAW/met", holds=False, tests=(Test(field="grade", op="!=", value="low"),)),
    )
    assert CompiledEngine(Form(inputs=inputs, strata=(Stratum(rules=rules),))).source == TEXT
