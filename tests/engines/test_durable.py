"""The engine of record on small forms written by hand, and on random ones against a plain reading."""

from __future__ import annotations

import gc
import json
import random
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tierengine.engines import arithmetic, durable
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import (
    Bounds,
    Comparison,
    Evaluation,
    Facts,
    Field,
    Form,
    Rule,
    Stratum,
    Tally,
    Test,
    Value,
)
from tierengine.errors import MismatchError, UnsafeRuleError, UsageError

pytest.importorskip("durable", reason="durable-rules is not built here")

INPUTS = (
    Field(id="law", type="truth"),
    Field(id="plan", type="truth"),
    Field(id="cases", type="count"),
    Field(id="last", type="count"),
    Field(id="grade", type="choice", choices=("low", "high")),
)


def reads(text: str) -> Test:
    """A test written as `field op value`."""
    name, op, word = text.split()
    values: dict[str, Value] = {"true": True, "false": False}
    value = values.get(word, int(word) if word.lstrip("-").isdigit() else word)
    return Test.model_validate({"field": name, "op": op, "value": value})


def rule(name: str, head: str, *tests: str) -> Rule:
    """A rule whose head is `+proposition` or `-proposition`."""
    return Rule(id=name, head=head[1:], holds=head[0] == "+", tests=tuple(reads(test) for test in tests))


def evaluate(form: Form, facts: Facts) -> Evaluation:
    """Evaluate once, with an engine of its own."""
    with DurableEngine(form) as engine:
        return engine.evaluate(facts)


def one_stratum(*rules: Rule) -> Form:
    """Return a form of one stratum over all inputs."""
    return Form(inputs=INPUTS, strata=(Stratum(rules=rules),))


TWO_RAILS = one_stratum(
    rule("met", "+adequate", "law == true", "cases >= 3"),
    rule("unmet.1", "-adequate", "law == false"),
    rule("unmet.2", "-adequate", "cases < 3"),
)


@pytest.mark.parametrize(
    ("facts", "settled", "fired"),
    [
        ({"law": True, "cases": 3}, {"adequate": True}, ("met",)),
        ({"law": True, "cases": 2}, {"adequate": False}, ("unmet.2",)),
        ({"law": False}, {"adequate": False}, ("unmet.1",)),
        ({"law": False, "cases": -1}, {"adequate": False}, ("unmet.1", "unmet.2")),
        ({"law": True}, {}, ()),
        ({"cases": 3}, {}, ()),
        ({}, {}, ()),
    ],
)
def test_two_rails(facts: dict[str, Value], settled: dict[str, bool], fired: tuple[str, ...]) -> None:
    """A proposition holds, fails or is not known; the rules that say so are listed in order of their names."""
    assert evaluate(TWO_RAILS, facts) == Evaluation(settled, fired)


@pytest.mark.parametrize("name", ["law", "cases", "grade"])
def test_unknown_is_absent(name: str) -> None:
    """Of an unknown field no test is true: neither equal nor different, neither more nor less."""
    values = {"law": ["true", "false"], "cases": ["0", "-1"], "grade": ["low", "high"]}[name]
    operators = ["==", "!=", "<", "<=", ">", ">="] if name == "cases" else ["==", "!="]
    tests = [f"{name} {op} {value}" for op in operators for value in values]
    form = one_stratum(*(rule(f"r{n}", f"+p{n}", test) for n, test in enumerate(tests)))
    others: dict[str, Value] = {"law": True, "cases": 0, "grade": "low"}
    del others[name]
    assert evaluate(form, others) == Evaluation({}, ())


@pytest.mark.parametrize(
    ("test", "facts", "true"),
    [
        ("law == true", {"law": True}, True),
        ("law == true", {"law": False}, False),
        ("law == false", {"law": False}, True),
        ("law != true", {"law": False}, True),
        ("law != true", {"law": True}, False),
        ("grade == high", {"grade": "high"}, True),
        ("grade == high", {"grade": "low"}, False),
        ("grade != high", {"grade": "low"}, True),
        ("grade != high", {"grade": "high"}, False),
        ("cases == 0", {"cases": 0}, True),
        ("cases != 0", {"cases": 0}, False),
        ("cases < 0", {"cases": -1}, True),
        ("cases < 0", {"cases": 0}, False),
        ("cases <= 0", {"cases": 0}, True),
        ("cases <= 0", {"cases": 1}, False),
        ("cases > -2", {"cases": -1}, True),
        ("cases > -2", {"cases": -2}, False),
        ("cases >= 9", {"cases": 10}, True),
        ("cases >= 9", {"cases": 8}, False),
    ],
)
def test_operators(test: str, facts: dict[str, Value], true: bool) -> None:
    """Every operator on every type, both ways; the engine and our own arithmetic agree."""
    assert bool(evaluate(one_stratum(rule("r", "+p", test)), facts).fired) is true
    assert arithmetic.holds(reads(test), facts) is true


def test_strata() -> None:
    """A rule may ask for what was settled below it, and for its failing; what is not settled is absent."""
    form = Form(
        inputs=INPUTS,
        strata=(
            Stratum(rules=(rule("a+", "+a", "law == true"), rule("a-", "-a", "law == false"))),
            Stratum(rules=(rule("b+", "+b", "a == false", "plan == true"), rule("b-", "-b", "a == true"))),
            Stratum(
                rules=(
                    rule("c+", "+c", "b == true"),
                    rule("c-", "-c", "b == false", "a == true"),
                    rule("d+", "+d", "b != true"),
                )
            ),
        ),
    )
    assert evaluate(form, {"law": False, "plan": True}) == Evaluation(
        {"a": False, "b": True, "c": True}, ("a-", "b+", "c+")
    )
    assert evaluate(form, {"law": True}) == Evaluation(
        {"a": True, "b": False, "c": False, "d": True}, ("a+", "b-", "c-", "d+")
    )
    assert evaluate(form, {"plan": True}) == Evaluation({}, ())


def test_one_proposition_settled_in_two_strata() -> None:
    """Rules on one proposition may stand in several strata; who asks for it stands above them all."""
    form = Form(
        inputs=INPUTS,
        strata=(
            Stratum(rules=(rule("a1", "+a", "law == true"), rule("b", "+b", "plan == true"))),
            Stratum(rules=(rule("a2", "+a", "b == true"),)),
            Stratum(rules=(rule("c", "+c", "a == true"),)),
        ),
    )
    assert evaluate(form, {"plan": True}).fired == ("a2", "b", "c")
    assert evaluate(form, {"law": True, "plan": True}).fired == ("a1", "a2", "b", "c")


@pytest.mark.parametrize(
    ("facts", "settled"),
    [
        ({"cases": 5, "last": 4}, {"rising": True}),
        ({"cases": 4, "last": 4}, {"rising": False}),
        ({"cases": 3, "last": 4}, {"rising": False}),
        ({"cases": 3}, {}),
        ({"last": 4}, {}),
    ],
)
def test_comparisons(facts: dict[str, Value], settled: dict[str, bool]) -> None:
    """More than last year, not more, or not known when either year is missing."""
    form = Form(
        inputs=INPUTS,
        comparisons=(Comparison(id="more", left="cases", right="last"),),
        strata=(Stratum(rules=(rule("+", "+rising", "more == true"), rule("-", "-rising", "more == false"))),),
    )
    assert evaluate(form, facts).settled == settled


TALLIED = Form(
    inputs=INPUTS,
    strata=(
        Stratum(rules=(rule("a+", "+a", "grade == high"), rule("a-", "-a", "grade == low"))),
        Stratum(
            tallies=(
                Tally(
                    id="of",
                    members=(
                        (reads("law == true"), reads("law == false")),
                        (reads("cases >= 3"), reads("cases < 3")),
                        (reads("a == true"), reads("a == false")),
                    ),
                ),
            ),
            rules=(
                rule("two+", "+two", "of.holds >= 2"),
                rule("two-", "-two", "of.fails >= 2"),
                rule("none", "+none", "of.holds == 0"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("facts", "settled"),
    [
        ({"law": True, "cases": 3}, {"two": True}),
        ({"law": False, "cases": 1}, {"two": False, "none": True}),
        ({"law": True, "cases": 1}, {}),
        ({"law": True, "cases": 1, "grade": "high"}, {"a": True, "two": True}),
        ({"law": True, "cases": 1, "grade": "low"}, {"a": False, "two": False}),
        ({}, {"none": True}),
    ],
)
def test_tallies(facts: dict[str, Value], settled: dict[str, bool]) -> None:
    """At least two of three: known as soon as two hold, or two fail, whatever the third turns out to be."""
    assert evaluate(TALLIED, facts).settled == settled


def test_a_contradiction_is_a_mismatch() -> None:
    """A proposition that both holds and fails is no answer; all of a stratum are named, with their rules."""
    form = one_stratum(
        rule("a+", "+a", "law == true"),
        rule("a++", "+a", "cases > 1"),
        rule("a-", "-a", "cases > 0"),
        rule("b+", "+b", "law == true"),
        rule("b-", "-b", "cases > 1"),
        rule("c", "+c", "law == true"),
    )
    with DurableEngine(form) as engine:
        with pytest.raises(MismatchError) as refusal:
            engine.evaluate({"law": True, "cases": 2})
        cure = "\n    mend the rules of this proposition; no case may do both"
        assert [str(problem) for problem in refusal.value.problems] == [
            f"proposition `a`: it both holds (by `a+`, `a++`) and fails (by `a-`){cure}",
            f"proposition `b`: it both holds (by `b+`) and fails (by `b-`){cure}",
        ]
        assert refusal.value.traces == {"durable-rules": ["a+", "a++", "a-", "b+", "b-", "c"]}
        assert engine.evaluate({"law": True}).fired == ("a+", "b+", "c")  # the engine is still good


def test_a_contradiction_between_strata() -> None:
    """What was settled below may not be unsettled above."""
    form = Form(
        inputs=INPUTS,
        strata=(
            Stratum(rules=(rule("a+", "+a", "law == true"),)),
            Stratum(rules=(rule("a-", "-a", "plan == true"),)),
        ),
    )
    with pytest.raises(MismatchError, match="proposition `a`"):
        evaluate(form, {"law": True, "plan": True})


@pytest.mark.parametrize("size", [59, 60, 61, 120, 121])
def test_splitting_changes_nothing(size: int) -> None:
    """A stratum answers the same however many rulesets it needs."""
    form = one_stratum(*(rule(f"r{n:03}", f"{'+-'[n % 2]}p{n}", f"cases > {n}") for n in range(size)))
    found = evaluate(form, {"cases": size - 5})
    assert found.fired == tuple(f"r{n:03}" for n in range(size - 5))
    assert found.settled == {f"p{n}": n % 2 == 0 for n in range(size - 5)}


def test_an_empty_form() -> None:
    """Without rules nothing follows, and without strata neither."""
    assert evaluate(Form(inputs=INPUTS, strata=()), {"law": True}) == Evaluation({}, ())
    assert evaluate(Form(inputs=INPUTS, strata=(Stratum(),)), {"law": True}) == Evaluation({}, ())


def test_the_order_of_facts_is_irrelevant() -> None:
    """Any order of the same facts gives the same answer, and the facts are left as they were."""
    pairs: list[tuple[str, Value]] = [("law", True), ("cases", 1), ("grade", "high"), ("plan", False)]
    with DurableEngine(TALLIED) as engine:
        answers = set()
        for _ in range(20):
            random.shuffle(pairs)
            facts = dict(pairs)
            answers.add(repr(engine.evaluate(facts)))
            assert list(facts.items()) == pairs
    assert len(answers) == 1


def test_closing() -> None:
    """A closed engine says so; closing twice is harmless; another engine on the same form is not touched."""
    first, second = DurableEngine(TALLIED), DurableEngine(TALLIED)
    first.close()
    first.close()
    with pytest.raises(UsageError) as refusal:
        first.evaluate({})
    assert str(refusal.value) == "the engine: it was closed\n    make a new one"
    assert (first.closed, second.closed) == (True, False)
    assert second.evaluate({}).fired == ("none",)


class Watched:
    """The extension, with what is registered, asked and given back; it may have no room for a ruleset."""

    def __init__(self, room: int = 99) -> None:
        self._real = durable._load()
        self._room = room
        self.error = self._real.error
        self.made: dict[int, list[str]] = {}
        """Ruleset to the names of its rules."""
        self.records: list[dict[str, Any]] = []

    def create_ruleset(self, name: str, rules: str) -> int:
        """Register, while there is room."""
        if len(self.made) == self._room:
            raise self.error("error code: 101")
        handle = self._real.create_ruleset(name, rules)
        self.made[handle] = [name for name in json.loads(rules) if name != "begin"]
        return handle

    def delete_ruleset(self, handle: int) -> None:
        """Give back what was registered, once."""
        del self.made[handle]
        self._real.delete_ruleset(handle)

    def assert_fact(self, handle: int, record: str) -> tuple[int, int]:
        """Take a record."""
        self.records.append(json.loads(record))
        return self._real.assert_fact(handle, record)

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        return getattr(self._real, name)


def watched(monkeypatch: pytest.MonkeyPatch, room: int = 99) -> Watched:
    """Let the engines of a test use an extension that is watched."""
    extension = Watched(room)
    monkeypatch.setattr(durable, "_load", lambda: extension)
    return extension


def test_what_is_registered_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """By closing, by forgetting, and where the extension refuses a later ruleset, which is named as its failure."""
    extension = watched(monkeypatch, room=2)
    engine = DurableEngine(TALLIED)
    assert sorted(extension.made.values()) == [["a+", "a-"], ["two+", "two-", "none"]]
    engine.close()
    assert extension.made == {}
    engine = DurableEngine(TALLIED)
    assert len(extension.made) == 2
    del engine
    gc.collect()
    assert extension.made == {}
    strata = tuple(Stratum(rules=(rule(name, f"+p{name}", "law == true"),)) for name in "abc")
    with pytest.raises(UnsafeRuleError, match="the engine did not do as it should: error code: 101"):
        DurableEngine(Form(inputs=INPUTS, strata=strata))
    gc.collect()
    assert extension.made == {}


@pytest.mark.parametrize(
    ("rules", "fields", "sizes"),
    [(60, 1, [60]), (61, 1, [60, 1]), (121, 1, [60, 60, 1]), (2, 124, [2]), (3, 124, [2, 1]), (1, 248, [1])],
)
def test_a_stratum_is_cut_only_where_it_must_be(
    rules: int, fields: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 60 rules, and before the rule with which there would be more than 248 fields."""
    extension = watched(monkeypatch)
    names = [[f"x{n}" if fields == 1 else f"x{n}.{m}" for m in range(fields)] for n in range(rules)]
    made = [rule(f"r{n}", f"+p{n}", *(f"{name} == true" for name in each)) for n, each in enumerate(names)]
    inputs = tuple(Field(id=name, type="truth") for each in names for name in each)
    with DurableEngine(Form(inputs=inputs, strata=(Stratum(rules=tuple(made)),))):
        assert [len(each) for each in extension.made.values()] == sizes


def test_what_the_extension_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is known, that at which the rules look; the ends of a count, and an identity for each record."""
    extension = watched(monkeypatch)
    form = one_stratum(rule("r", "+p", "law == true", "cases >= 2", "cases <= 9"))
    with DurableEngine(form) as engine:
        engine.evaluate({"law": True, "plan": False, "cases": Bounds(3, 4), "last": 7})
        engine.evaluate({"cases": Bounds(3, None)})
    asked = {"id": "record", "begin": True}
    assert extension.records == [asked | {"law": True, "cases.least": 3, "cases.most": 4}, asked | {"cases.least": 3}]


def retell(form: Form, facts: Facts) -> Evaluation:
    """The meaning of a form, read plainly and slowly."""
    known: dict[str, Any] = dict(facts)
    for comparison in form.comparisons:
        if comparison.left in known and comparison.right in known:
            pairs = product(_numbers(known[comparison.left]), _numbers(known[comparison.right]))
            greater = {left > right for left, right in pairs}
            known |= {comparison.id: greater.pop()} if len(greater) == 1 else {}
    settled: dict[str, bool] = {}
    fired: list[str] = []
    for stratum in form.strata:
        for tally in stratum.tallies:
            known[f"{tally.id}.holds"] = sum(_true(shows, known) for shows, _ in tally.members)
            known[f"{tally.id}.fails"] = sum(_true(refutes, known) for _, refutes in tally.members)
        for one in stratum.rules:
            if all(_true(test, known) for test in one.tests):
                fired.append(one.id)
                settled[one.head] = one.holds
        known |= settled
    return Evaluation(settled, tuple(sorted(fired)))


def _numbers(value: Any) -> list[Any]:
    """Every value that something may have: of a count without a greatest number, more than any test asks for."""
    if not isinstance(value, Bounds):
        return [value]
    return list(range(value.at_least, 20 if value.at_most is None else value.at_most + 1))


def _true(test: Test, known: dict[str, Any]) -> bool:
    return test.field in known and all(_compares(test, value) for value in _numbers(known[test.field]))


def _compares(test: Test, value: Any) -> bool:
    if test.op in ("==", "!="):
        return bool(value == test.value) is (test.op == "==")
    sign = (value > test.value) - (value < test.value)
    return bool({"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[test.op])


def some_test(chance: random.Random, fields: list[Field]) -> Test:
    """A well-typed test of one of the fields."""
    field = chance.choice(fields)
    if field.type == "count":
        op, value = chance.choice(["==", "!=", "<", "<=", ">", ">="]), str(chance.randint(-2, 5))
    else:
        op, value = chance.choice(["==", "!="]), chance.choice(field.choices or ("true", "false"))
    return reads(f"{field.id} {op} {value}")


def some_form(chance: random.Random) -> Form:
    """A form of five strata and 200 rules, that looks at everything a form may look at."""
    inputs = tuple(
        Field(id=f"{field.id}{n}", type=field.type, choices=field.choices) for n in range(6) for field in INPUTS
    )
    comparisons = tuple(Comparison(id=f"more{n}", left=f"cases{n}", right=f"last{n}") for n in range(6))
    known = [*inputs, *(Field(id=comparison.id, type="truth") for comparison in comparisons)]
    strata = []
    for level in range(5):
        tally = Tally(
            id=f"of{level}", members=tuple((some_test(chance, known), some_test(chance, known)) for _ in range(5))
        )
        known += [Field(id=f"of{level}.{end}", type="count") for end in ("holds", "fails")]
        heads = [Field(id=f"p{level}.{n}", type="truth") for n in range(40)]
        rules = tuple(
            Rule(
                id=f"r{head.id}",
                head=head.id,
                holds=chance.random() < 0.5,
                tests=tuple(dict.fromkeys(some_test(chance, known) for _ in range(chance.randint(1, 4)))),
            )
            for head in heads
        )
        known += heads
        strata.append(Stratum(tallies=(tally,), rules=rules))
    return Form(inputs=inputs, comparisons=comparisons, strata=tuple(strata))


def some_facts(chance: random.Random, form: Form) -> dict[str, Value | Bounds]:
    """Facts for the inputs, a fifth of them unknown."""
    several: dict[str, list[Value | Bounds]] = {
        "truth": [True, False],
        "count": [*range(-3, 7), *(Bounds(least, most) for least in range(4) for most in (None, least, least + 2))],
        "choice": ["low", "high"],
    }
    fields = (*form.inputs, *form.answerable())
    return {field.id: chance.choice(several[field.type]) for field in fields if chance.random() > 0.2}


@pytest.mark.parametrize("seed", range(8))
def test_random_forms(seed: int) -> None:
    """On random forms and random facts the engine finds exactly what a plain reading finds."""
    chance = random.Random(seed)
    form = some_form(chance)
    with DurableEngine(form) as engine:
        for _ in range(100):
            facts = some_facts(chance, form)
            assert engine.evaluate(facts) == retell(form, facts)


def _pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory in use from /proc")
def test_memory_does_not_grow() -> None:
    """Two thousand records leave no sessions behind, and a hundred closed or forgotten engines no rulesets."""
    chance = random.Random(1)
    form = some_form(chance)
    records = [some_facts(chance, form) for _ in range(50)]
    with DurableEngine(form) as engine:
        for facts in records * 4:
            engine.evaluate(facts)
        for _ in range(20):
            DurableEngine(form).close()
        gc.collect()
        before = _pages()
        for facts in records * 40:
            engine.evaluate(facts)
        for n in range(100):
            another = DurableEngine(form)
            if n % 2:
                another.close()
        del another
        gc.collect()
        assert _pages() - before < 2000  # 8 MB; one live session takes 3 MB, and one engine 2 MB
