"""Every trap of durable-rules 2.0.28 that concerns us: that it is real, and that our use of it does not meet it.

The traps are set off in processes of their own, because several of them end the process or hang.
A failure in the first half means that the installed version behaves otherwise than the one that was measured.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Comparison, Field, Form, Rule, Stratum, Tally, Test, Value
from tierengine.engines.safety import LARGEST, LONGEST, MOST_FIELDS, check_safe, fingerprint
from tierengine.errors import EvidenceError, TierEngineError, UnsafeRuleError, UsageError

pytest.importorskip("durable", reason="durable-rules is not built here")

HANG = "it hangs"
PATIENCE = 2.0
"""Seconds after which a process that is said to hang, and normally would take a quarter of one, is stopped."""

TWINS = ("shelter-prosecute-police-prevent", "visa-police-shelter-judge")
"""Two names that durable-rules cannot tell apart."""

OPENING = """
import os, sys
sys.setdlopenflags(os.RTLD_LAZY)  # as tierengine imports it; from Python 3.13 on the published build needs it
from durable.engine import Host, MessageObservedException

class QuietHost(Host):
    def _run(self): pass

host, fired = QuietHost(), []

def consequent(name):
    return lambda c: fired.append(name)

def rules(**antecedents):
    host.set_rulesets({"t": {name: {"all": found, "run": consequent(name)} for name, found in antecedents.items()}})

def facts(*found):
    return host.assert_facts("t", list(found))

def fact(found):
    return host.assert_fact("t", found)
"""


def set_off(script: str, patience: float = 30.0, fill: str = "0") -> int | str:
    """Run a script against bare durable-rules: the signal that ended it, `HANG`, or what it printed.

    `fill` is the byte with which the C library fills memory that nobody has set (0: whatever lies there).
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", OPENING + script],
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
            env=os.environ | {"MALLOC_PERTURB_": fill},
        )
    except subprocess.TimeoutExpired:
        return HANG
    if done.returncode > 0:
        return done.stderr
    return -done.returncode or done.stdout.strip()


def shows(script: str, expected: int | str, patience: float = 30.0) -> bool:
    """Whether a trap shows: the expected end, or a crash in its place.

    Some traps read memory that nobody has set, so that what lies there decides; several fillings are tried.
    """
    ends = (set_off(script, patience, fill) for fill in ("0", "85", "255", "1", "0"))
    return any(end == expected or isinstance(end, int) for end in ends)


WRONG_ANSWERS = {
    "a negation is ignored when its fact comes second": (
        "rules(r=[{'m_0': {'a': 1}}, {'m_1$not': {'b': 1}}]); facts({'a': 1}, {'b': 1}); print(fired)",
        "['r']",
    ),
    "a negation alone never fires": (
        "rules(r=[{'m$not': {'b': 1}}], s=[{'m': {'a': 1}}]); fact({'a': 1}); print(fired)",
        "['s']",
    ),
    "two sessions with one hash share their facts": (
        "rules(r=[{'a': {'x': 1}}, {'b': {'y': 1}}]); fact({'sid': 'case-0724246', 'x': 1});"
        "fact({'sid': 'case-1465780', 'y': 1}); print(fired)",
        "['r']",
    ),
    "two facts with one hash are taken for one": (
        "rules(r=[{'m': {'$gt': {'x': 0}}}]); fact({'x': 75197})\n"
        "try: fact({'x': 203709})\nexcept MessageObservedException: print('observed')",
        "observed",
    ),
    "two names with one hash are one name": (
        f"rules(r=[{{'m': {{'{TWINS[0]}': 1}}}}]); fact({{'{TWINS[1]}': 1}}); print(fired)",
        "['r']",
    ),
    "an alternative with a join misses": (
        "rules(r=[{'first': {'kind': 1}}, {'second': {'$or': [{'x': 1}, {'y': {'first': 'y'}}]}}]);"
        "facts({'id': 'a', 'kind': 1, 'y': 1}, {'id': 'b', 'x': 1, 'y': 2}); print(fired)",
        "[]",
    ),
    "two conditions met by one fact do not fire": (
        "rules(r=[{'a': {'x': 1}}, {'b': {'y': 1}}]); fact({'x': 1, 'y': 1}); print(fired)",
        "[]",
    ),
    "an alternative fires once for each true branch": (
        "rules(r=[{'m': {'$or': [{'x': 1}, {'y': 1}]}}]); fact({'x': 1, 'y': 1}); print(fired)",
        "['r', 'r']",
    ),
    "the second key of a condition is ignored": (
        "rules(r=[{'m': {'x': 1, 'y': 2}}]); fact({'x': 1}); print(fired)",
        "['r']",
    ),
    "a misspelt field is accepted": (
        "rules(r=[{'m': {'victms': 1}}], s=[{'m': {'victims': 1}}]); fact({'victims': 1}); print(fired)",
        "['s']",
    ),
    # '1' == 1 is seen on Python 3.11 and not on 3.12, where the extension is built otherwise; its sisters are on both.
    "a text equals a truth": ("rules(r=[{'m': {'x': True}}]); fact({'x': 'true'}); print(fired)", "['r']"),
    "a text is greater than a number": ("rules(r=[{'m': {'$gt': {'x': 3}}}]); fact({'x': '5'}); print(fired)", "['r']"),
    "not a number equals nothing": ("rules(r=[{'m': {'x': None}}]); fact({'x': float('nan')}); print(fired)", "['r']"),
    "large whole numbers are equal": ("rules(r=[{'m': {'x': 2**64}}]); fact({'x': 2**63}); print(fired)", "['r']"),
    "a small fraction silently drops the rest of the batch": (
        "rules(r=[{'m': {'x': 1}}], s=[{'m': {'y': 1}}]); facts({'x': 1}, {'x': 1e-05}, {'y': 1}); print(fired)",
        "['r']",
    ),
    "long texts are compared by their remainder": (
        "rules(r=[{'m': {'x': 'a' * 65536}}]); fact({'x': 'b' * 65536}); print(fired)",
        "['r']",
    ),
    "an exception in a consequent is swallowed": (
        "def fail(c): raise SystemExit(3)\n"
        "host.set_rulesets({'t': {'r': {'all': [{'m': {'x': 1}}], 'run': fail}}});"
        "print('exception' in fact({'x': 1}))",
        "True",
    ),
    "a consequent with two parameters stops the session": (
        "def two(c, name='r'): fired.append(name)\n"
        "host.set_rulesets({'t': {'r': {'all': [{'m': {'x': 1}}], 'run': two},"
        " 's': {'all': [{'m': {'x': 1}}], 'run': consequent('s')}}}); fact({'x': 1}); print(len(fired))",
        "1",
    ),
    "the definition loses its consequents": (
        "given = {'r': {'all': [{'m': {'x': 1}}], 'run': consequent('r')}}; host.set_rulesets({'t': given});"
        "print('run' in given['r'])",
        "False",
    ),
    "a batch with one unknown fact runs nothing": (
        "rules(r=[{'m': {'x': 1}}])\ntry: facts({'x': 1}, {'z': 1})\nexcept Exception: print(fired)",
        "[]",
    ),
    "the usual host starts two threads": ("import threading; Host(); print(threading.active_count())", "3"),
    "sixty-five conditions at once are too many": (
        "rules(**{f'r{n}': [{'m': {f'x{n}': 1}}] for n in range(65)})\n"
        "try: fact({f'x{n}': 1 for n in range(65)})\nexcept Exception as error: print(str(error)[-3:], fired)",
        "303 []",
    ),
    "two hundred and fifty-three fields are too many": (
        "rules(r=[{'m': {'x0': 1}}])\ntry: fact({f'x{n}': 1 for n in range(253)})\n"
        "except Exception as error: print(str(error)[-3:], fired)",
        "302 []",
    ),
}

ENDS = {
    "deleting a session in which nothing fired": (
        "rules(r=[{'a': {'x': 1}}, {'b': {'y': 1}}]); fact({'x': 1}); host.delete_state('t')",
        signal.SIGSEGV,
    ),
    "a live session too many": (
        "rules(r=[{'m': {'x': 1}}])\nfor n in range(1026):\n"
        "    try: fact({'sid': str(min(n, 1024)), 'x': 1})\n    except MemoryError: pass",
        signal.SIGSEGV,
    ),
    "an empty fact in a batch": ("rules(r=[{'m': {'x': 1}}]); facts({})", signal.SIGSEGV),
    "a division by zero": (
        "rules(r=[{'m': {'x': {'$div': {'$l': {'$m': 'y'}, '$r': {'$m': 'z'}}}}}]); fact({'x': 1, 'y': 1, 'z': 0})",
        signal.SIGFPE,
    ),
    "513 conditions side by side": ("rules(**{f'r{n}': [{'m': {'x': n}}] for n in range(513)})", HANG),
    "an empty conjunction": ("rules(r=[{'m': {'$and': []}}]); fact({'x': 1})", HANG),
}


@pytest.mark.parametrize(("script", "answer"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
def test_wrong_answers_are_real(script: str, answer: str) -> None:
    """Bare durable-rules gives this wrong answer, or refuses with this error."""
    assert shows(script, answer)


@pytest.mark.parametrize(("script", "end"), ENDS.values(), ids=ENDS.keys())
def test_crashes_and_hangs_are_real(script: str, end: int | str) -> None:
    """Bare durable-rules ends the process, or never returns."""
    assert shows(script, end, PATIENCE if end == HANG else 30.0)


# --- what is refused ------------------------------------------------------------------------------------------------


def field(name: str, kind: Literal["truth", "count", "choice"] = "truth") -> Field:
    """Return an input."""
    return Field(id=name, type=kind, choices=("low", "high") if kind == "choice" else ())


FIELDS = (field("open"), field("cases", "count"), field("grade", "choice"))


def ask(name: str, op: Any = "==", value: Any = True) -> Test:
    """A test, however wrong: nothing is checked on the way."""
    return Test.model_construct(field=name, op=op, value=value)


def rule(name: str, *tests: Test, head: str = "", holds: bool = True) -> Rule:
    """Return a rule as it would stand in a form, unchecked."""
    return Rule.model_construct(id=name, head=head or f"head-of-{name}", holds=holds, tests=tests)


def form(*strata: tuple[Rule, ...], inputs: tuple[Field, ...] = FIELDS) -> Form:
    """Return a form as it would be lowered, unchecked."""
    return Form.model_construct(
        inputs=inputs, comparisons=(), strata=tuple(Stratum.model_construct(tallies=(), rules=s) for s in strata)
    )


def named(*names: str) -> Form:
    """Return a form whose inputs bear the names."""
    return form((rule("r", ask(names[0])),), inputs=tuple(field(name) for name in names))


def tallied(*tallies: Tally, rules: tuple[Rule, ...] = ()) -> Form:
    """Return a form that counts."""
    return Form(inputs=FIELDS, strata=(Stratum(tallies=tallies, rules=rules),))


CIRCULAR = Tally(id="t", members=((ask("p"), ask("p")),))

REFUSED = {
    "empty conjunction": (form((rule("r"),)), "rule `r`: the rule has no test; the engine hangs on"),
    "misspelt field": (form((rule("r", ask("opne")),)), "rule `r`: it looks at `opne`, which is not known there"),
    "same stratum": (
        form((rule("a", ask("open"), head="p"), rule("b", ask("p")))),
        "rule `b`: it looks at the proposition `p`, which is not settled below it",
    ),
    "settled further up": (
        form((rule("a", ask("open"), head="p"),), (rule("b", ask("p")),), (rule("c", ask("open"), head="p"),)),
        "rule `b`: it looks at the proposition `p`, which is not settled below it",
    ),
    "tally of its own stratum": (
        tallied(CIRCULAR, rules=(rule("a", ask("open"), head="p"),)),
        "tally `t`: it looks at the proposition `p`, which is not settled below it",
    ),
    "tally of a tally beside it": (
        tallied(
            CIRCULAR.model_copy(update={"id": "u"}), Tally(id="v", members=((ask("u.holds", ">", 1), ask("open")),))
        ),
        "tally `v`: it looks at `u.holds`, which is not known there",
    ),
    "empty tally": (tallied(Tally(id="t", members=())), "tally `t`: a tally without members counts nothing"),
    "text for a number": (form((rule("r", ask("cases", "==", "1")),)), "rule `r`: `cases` holds a whole number, and"),
    "number for a truth": (form((rule("r", ask("open", "==", 1)),)), "rule `r`: `open` holds true or false, and is"),
    "truth for a number": (form((rule("r", ask("cases", "==", True)),)), "rule `r`: `cases` holds a whole number"),
    "unlisted word": (form((rule("r", ask("grade", "==", "hihg")),)), "rule `r`: `hihg` is not one of the words of"),
    "order of texts": (form((rule("r", ask("grade", "<", "low")),)), "rule `r`: `grade` has no order, and is compared"),
    "order of truths": (form((rule("r", ask("open", ">=", True)),)), "rule `r`: `open` has no order, and is compared"),
    "fraction": (form((rule("r", ask("cases", ">", 1e-05)),)), "rule `r`: `1e-05` is neither a truth, a whole number"),
    "not a number": (form((rule("r", ask("cases", "==", float("nan"))),)), "rule `r`: `nan` is neither a truth"),
    "nothing": (form((rule("r", ask("cases", "==", None)),)), "rule `r`: `None` is neither a truth"),
    "join": (form((rule("r", ask("cases", "==", {"first": "cases"})),)), "rule `r`: `{'first': 'cases'}` is neither"),
    "large number": (form((rule("r", ask("cases", "<", LARGEST + 1)),)), "is too large to be compared exactly"),
    "long text": (form((), inputs=(Field(id="w", type="choice", choices=("é" * 700,)),)), f"more than {LONGEST} bytes"),
    "negation": (form((rule("r", ask("open", "none")),)), "rule `r`: `none` is not an operator"),
    "alternative": (form((rule("r", ask("open", "$or")),)), "rule `r`: `$or` is not an operator"),
    "the same rule twice": (
        form((rule("r", ask("open")), rule("r", ask("cases", ">", 1)))),
        "rule `r`: the name is used more than once",
    ),
    "the same test twice": (
        form((rule("r", ask("open"), ask("open")),)),
        "rule `r`: the test `open == True` stands 2 times",
    ),
    "a field and a proposition": (
        form((rule("r", ask("open"), head="open"),)),
        "proposition `open`: the name is used more than once: input, proposition",
    ),
    "names with one hash": (named(*TWINS), f"input `{TWINS[1]}`: the engine cannot tell the name from `{TWINS[0]}`"),
    "the identity of a record": (named("id"), "input `id`: the name is reserved for the identity of a record"),
    "the identity of a session": (named("sid"), "input `sid`: the name is reserved for the identity of a session"),
    "a word of the engine": (named("$s"), "input `$s`: the name is reserved for a word of the engine"),
    "the opening field": (named("begin"), "input `begin`: the name is reserved for the driver's opening rule"),
    "the opening rule": (form((rule("begin", ask("open")),)), "rule `begin`: the name is reserved for the driver's"),
    "dollar": (named("price$"), "input `price$`: the name is not made of 1 to 255 plain characters"),
    "quotation mark": (named('a"b'), 'input `a"b`: the name is not made of'),
    "backslash": (named("a\\"), "input `a\\`: the name is not made of"),
    "line end": (named("a\n"), "the name is not made of"),
    "beyond ASCII": (named("état"), "input `état`: the name is not made of"),
    "no name": (named(""), "input ``: the name is not made of"),
    "too many fields": (
        form(
            (rule("r", *(ask(f"x{n}") for n in range(MOST_FIELDS + 1))),),
            inputs=tuple(field(f"x{n}") for n in range(MOST_FIELDS + 1)),
        ),
        f"rule `r`: the rule looks at more than {MOST_FIELDS} fields",
    ),
    "choice without words": (form((), inputs=(Field(id="w", type="choice"),)), "input `w`: a choice without words"),
    "unknown type": (
        form((rule("r", ask("w")),), inputs=(Field.model_construct(id="w", type="float", choices=()),)),
        "input `w`: `float` is not a type of field",
    ),
    "comparison of words": (
        Form(inputs=FIELDS, comparisons=(Comparison(id="c", left="cases", right="grade"),), strata=()),
        "comparison `c`: `grade` is not an input that holds a whole number",
    ),
}


@pytest.mark.parametrize(("unsafe", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_at_load(unsafe: Form, message: str) -> None:
    """A form that would meet a trap is refused before anything is registered, with the reason and the cure."""
    with pytest.raises(UnsafeRuleError) as refusal:
        DurableEngine(unsafe)
    assert message in str(refusal.value)
    assert all(problem.cure for problem in refusal.value.problems)


def test_everything_is_reported_at_once() -> None:
    """One refusal names every problem, in the order of the form."""
    with pytest.raises(UnsafeRuleError) as refusal:
        check_safe(form((rule("a"), rule("b", ask("opne"), ask("cases", "~", "1")))))
    assert [problem.where for problem in refusal.value.problems] == ["rule `a`", *["rule `b`"] * 3]


@pytest.mark.parametrize("extra", ["none", "any", "pri", "count", "run", "dist"])
def test_a_form_has_no_word_for_it(extra: str) -> None:
    """Negation, alternatives, priorities, counts and consequents have no place in a rule."""
    with pytest.raises(ValidationError):
        Rule.model_validate({"id": "r", "head": "p", "holds": True, "tests": (), extra: 1})


def test_fingerprints_are_those_of_the_engine() -> None:
    """Our hash agrees with the engine's on the pairs that the engine was seen to confuse."""
    assert fingerprint("case-0724246") == fingerprint("case-1465780")
    assert fingerprint(TWINS[0]) == fingerprint(TWINS[1])
    assert (fingerprint("id"), fingerprint("sid")) == (926444256, 3593476751)  # constants in its source


# --- what is refused as evidence ------------------------------------------------------------------------------------


BAD_FACTS: dict[str, tuple[dict[str, Any], str]] = {
    "text for a number": ({"cases": "1"}, "fact `cases`: `1` is not a whole number"),
    "text for a truth": ({"open": "true"}, "fact `open`: `true` is not true or false"),
    "number for a truth": ({"open": 1}, "fact `open`: `1` is not true or false"),
    "truth for a number": ({"cases": True}, "fact `cases`: `True` is not a whole number"),
    "fraction": ({"cases": 1e-05}, "fact `cases`: `1e-05` is not a whole number"),
    "not a number": ({"cases": float("nan")}, "fact `cases`: `nan` is not a whole number"),
    "nothing": ({"cases": None}, "fact `cases`: `None` is not a whole number"),
    "large number": ({"cases": -LARGEST - 1}, "is too large to be compared exactly"),
    "long text": ({"grade": "b" * 65536}, "is not one of its words"),
    "unlisted word": ({"grade": "hihg"}, "fact `grade`: `hihg` is not one of its words"),
    "misspelt field": ({"opne": True}, "fact `opne`: no input has this name"),
    "a session of its own": ({"sid": "case-0724246"}, "fact `sid`: no input has this name"),
}


@pytest.mark.parametrize(("facts", "message"), BAD_FACTS.values(), ids=BAD_FACTS.keys())
def test_evidence_refused(facts: dict[str, Value], message: str) -> None:
    """A value that the engine would convert, cut or confuse does not reach it."""
    with DurableEngine(form((rule("r", ask("open")),))) as engine, pytest.raises(EvidenceError) as refusal:
        engine.evaluate(facts)
    assert message in str(refusal.value)


# --- what cannot happen ---------------------------------------------------------------------------------------------


def test_one_fact_meets_two_tests() -> None:
    """Tests are one conjunction over one record, so a fact that meets both makes the rule fire, and once."""
    with DurableEngine(form((rule("r", ask("open"), ask("cases", ">", 1)),))) as engine:
        assert engine.evaluate({"open": True, "cases": 2}).fired == ("r",)
        assert engine.evaluate({"open": True, "cases": 1}).fired == ()


def test_records_with_one_hash_are_two_records() -> None:
    """Each record has its own session, so none is taken for another that was seen before."""
    with DurableEngine(form((rule("r", ask("cases", ">", 0)),))) as engine:
        assert [engine.evaluate({"cases": n}).fired for n in (75197, 203709, 75197)] == [("r",)] * 3


def test_nothing_is_left_of_the_record_before() -> None:
    """A rule cannot fire on one field of this record and one of the last."""
    with DurableEngine(form((rule("r", ask("open"), ask("cases", ">", 0)),))) as engine:
        assert engine.evaluate({"open": True}).fired == ()
        assert engine.evaluate({"cases": 1}).fired == ()


def test_no_record_is_too_empty() -> None:
    """No facts at all, and no rule firing, neither ends the process nor leaves a session behind."""
    with DurableEngine(form((rule("r", ask("open")),))) as engine:
        assert engine.evaluate({}).settled == engine.evaluate({"open": False}).settled == {}


def test_more_records_than_sessions() -> None:
    """Eleven hundred records pass where 1,025 live sessions would end the process."""
    with DurableEngine(form((rule("r", ask("open")),))) as engine:
        assert all(engine.evaluate({"open": True}).fired for _ in range(1100))


def test_a_stratum_of_any_size() -> None:
    """Six hundred rules in one stratum, all firing, on six hundred fields: it is split, and nothing is lost."""
    inputs = tuple(field(f"x{n}") for n in range(600))
    rules = tuple(rule(f"r{n}", ask(f"x{n}")) for n in range(600))
    with DurableEngine(form(rules, inputs=inputs)) as engine:
        assert len(engine.evaluate({field.id: True for field in inputs}).fired) == 600


def test_six_hundred_conditions_on_one_field() -> None:
    """Distinct conditions side by side do not fill the engine's table, where 513 would make it hang."""
    with DurableEngine(form(tuple(rule(f"r{n}", ask("cases", ">", n)) for n in range(600)))) as engine:
        assert len(engine.evaluate({"cases": 300}).fired) == 300


def test_the_widest_record() -> None:
    """A rule over as many fields as are allowed, with several tests on one of them, still fires."""
    names = [f"x{n}" for n in range(MOST_FIELDS - 1)]
    tests = [*(ask(name) for name in names), *(ask("cases", "<", n) for n in range(1, 152))]
    inputs = (field("cases", "count"), *(field(name) for name in names))
    with DurableEngine(form((rule("r", *tests),), inputs=inputs)) as engine:
        known = dict.fromkeys(names, True)
        assert engine.evaluate({**known, "cases": 0}).fired == ("r",)
        assert engine.evaluate({**known, "cases": 1}).fired == ()


def test_the_largest_values() -> None:
    """At the edges of what is allowed the engine still tells neighbours apart."""
    word, other = "a" * LONGEST, "a" * (LONGEST - 1) + "b"
    words = Field(id="w", type="choice", choices=(word, other, "ab", "ab!"))
    asked = form(
        (
            rule("most", ask("cases", "==", LARGEST)),
            rule("word", ask("w", "==", word)),
            rule("ab", ask("w", "==", "ab")),
        ),
        inputs=(*FIELDS, words),
    )
    with DurableEngine(asked) as engine:
        assert engine.evaluate({"cases": LARGEST, "w": word}).fired == ("most", "word")
        assert engine.evaluate({"cases": LARGEST - 1, "w": other}).fired == ()
        assert engine.evaluate({"cases": -LARGEST, "w": "ab!"}).fired == ()
        assert engine.evaluate({"w": "ab"}).fired == ("ab",)


def test_awkward_words() -> None:
    """Quotation marks, backslashes, other scripts and words that look like values are compared as they stand."""
    words = ("true", "1", "null", 'say "no"', "back\\slash", "fil\né", "中文", "🙂", "{}", "%s", "")
    asked = form(
        tuple(rule(f"r{n}", ask("w", "==", word)) for n, word in enumerate(words)),
        inputs=(Field(id="w", type="choice", choices=words),),
    )
    with DurableEngine(asked) as engine:
        assert [engine.evaluate({"w": word}).fired for word in words] == [(f"r{n}",) for n in range(len(words))]


def test_no_thread_is_started() -> None:
    """There are no dispatcher threads that could take an action away."""
    before = threading.active_count()
    with DurableEngine(form((rule("r", ask("open")),))) as engine:
        engine.evaluate({"open": True})
        assert threading.active_count() == before


def test_threads_take_turns() -> None:
    """Four threads on one engine, each with its own records, never see each other's."""
    expected = {n: (("r",) if n % 3 == 0 else ()) for n in range(2000)}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with DurableEngine(form((rule("r", ask("open")),))) as engine, ThreadPoolExecutor(4) as pool:
            found = pool.map(lambda n: engine.evaluate({"open": n % 3 == 0}).fired, expected)
            assert dict(zip(expected, found, strict=True)) == expected
    finally:
        sys.setswitchinterval(interval)


class Misbehaving:
    """A stand-in for the extension: it says what it is told to say."""

    error = ValueError

    def __init__(self, status: int = 0, messages: tuple[str | None, ...] = (None,), failure: str = "") -> None:
        self.status, self.messages, self.failure = status, list(messages), failure

    def assert_fact(self, handle: int, record: str) -> tuple[int, int]:
        """Take a record, or fail."""
        if self.failure:
            raise self.error(self.failure)
        return self.status, 1

    def start_action_for_state(self, handle: int, session: int) -> tuple[str, str] | None:
        """Give the first message."""
        first = self.messages.pop(0)
        return None if first is None else ("{}", first)

    def complete_and_start_action(self, handle: int, session: int) -> str | None:
        """Give the next message."""
        return self.messages.pop(0)

    def delete_state(self, handle: int, sid: str | None) -> None:
        """Forget nothing, as there is no session."""


@pytest.mark.parametrize(
    ("extension", "message"),
    [
        (Misbehaving(failure="error code: 303"), "error code: 303"),
        (Misbehaving(status=1), "the record was not taken in (status 1)"),
        (Misbehaving(messages=('{"r":{}}', None)), "the agenda did not fire `begin`"),
        (Misbehaving(messages=('{"begin":{}}', '{"r":{}}', '{"r":{}}', None)), "each rule at most once"),
        (Misbehaving(messages=('{"begin":{}}', '{"unknown":{}}', None)), "each rule at most once"),
        (Misbehaving(messages=('{"begin":{}}',) * 9), "each rule at most once"),
    ],
    ids=["error", "record not handled", "no opening rule", "a rule twice", "an unknown rule", "no end"],
)
def test_an_engine_that_misbehaves(extension: Misbehaving, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong inside is an error of ours, never an incomplete answer; the engine does not answer again."""
    engine = DurableEngine(form((rule("r", ask("open")),)))
    monkeypatch.setattr(engine._strata[0][0], "_extension", extension)
    with pytest.raises(UnsafeRuleError) as refusal:
        engine.evaluate({"open": True})
    assert message in str(refusal.value)
    with pytest.raises(UsageError, match="it was closed"):
        engine.evaluate({"open": True})


def test_a_missing_or_other_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without durable-rules, or with a version that was not measured, the constructor says so."""
    monkeypatch.setattr("tierengine.engines.durable.version", lambda name: "2.1.0")
    with pytest.raises(TierEngineError, match=r"version 2\.1\.0 is installed"):
        DurableEngine(form())
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(TierEngineError, match="not installed, or was not built"):
        DurableEngine(form())
