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

from tests.conftest import Golden
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Bounds, Comparison, Field, Form, Rule, Stratum, Tally, Test, Value
from tierengine.engines.measured import check_python
from tierengine.engines.safety import LARGEST, LONGEST, MOST_FIELDS, fingerprint
from tierengine.errors import EvidenceError, Problem, UnsafeRuleError, UsageError

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


def comparing(left: str, right: str, *rules: Rule, name: str = "c") -> Form:
    """Return a form that compares two inputs."""
    return Form.model_construct(
        inputs=FIELDS,
        comparisons=(Comparison(id=name, left=left, right=right),),
        strata=(Stratum.model_construct(tallies=(), rules=rules),),
    )


def wide(number: int) -> Form:
    """Return a form with a rule that looks at so many fields, at the first of them twice."""
    names = [f"x{n}" for n in range(number)]
    asked = (ask("x0", "!=", False), *(ask(name) for name in names))
    return form((rule("r", *asked),), inputs=tuple(field(name) for name in names))


def one_rule(*tests: Test) -> Form:
    """Return a form of one rule."""
    return form((rule("r", *tests),))


REFUSED = {
    "empty conjunction": one_rule(),
    "misspelt field": one_rule(ask("opne")),
    "same stratum": form((rule("a", ask("open"), head="p"), rule("b", ask("p")))),
    "settled further up": form(
        (rule("a", ask("open"), head="p"),), (rule("b", ask("p")),), (rule("c", ask("open"), head="p"),)
    ),
    "tally of its own stratum": tallied(CIRCULAR, rules=(rule("a", ask("open"), head="p"),)),
    "tally of a tally beside it": tallied(
        CIRCULAR.model_copy(update={"id": "u"}), Tally(id="v", members=((ask("u.holds", ">", 1), ask("open")),))
    ),
    "empty tally": tallied(Tally(id="t", members=())),
    "text for a number": one_rule(ask("cases", "==", "1")),
    "number for a truth": one_rule(ask("open", "==", 1)),
    "truth for a number": one_rule(ask("cases", "==", True)),
    "number for a word": one_rule(ask("grade", "==", 1)),
    "unlisted word": one_rule(ask("grade", "==", "hihg")),
    "order of texts": one_rule(ask("grade", "<", "low")),
    "order of truths": one_rule(ask("open", ">=", True)),
    "order of a comparison": comparing("cases", "cases", rule("r", ask("c", ">", False))),
    "number for a proposition": form((rule("a", ask("open"), head="p"),), (rule("b", ask("p", "==", 1)),)),
    "truth for a tally": tallied(
        Tally(id="t", members=((ask("open"), ask("open", "==", False)),)),
        rules=(rule("a", ask("t.holds", ">=", 1)), rule("b", ask("t.fails"))),
    ),
    "fraction": one_rule(ask("cases", ">", 1e-05)),
    "not a number": one_rule(ask("cases", "==", float("nan"))),
    "nothing": one_rule(ask("cases", "==", None)),
    "join": one_rule(ask("cases", "==", {"first": "cases"})),
    "large number": one_rule(ask("cases", "<", LARGEST + 1)),
    "large number below zero": one_rule(ask("cases", "<", -LARGEST - 1)),
    "long text": form((), inputs=(Field(id="w", type="choice", choices=("é" * 682 + "aaa", "é" * 682 + "aaaa")),)),
    "negation": one_rule(ask("open", "none")),
    "alternative": one_rule(ask("open", "$or")),
    "the same rule three times": form((rule("r", ask("open")), rule("s", ask("open")), *[rule("r", ask("open"))] * 2)),
    "the same test twice": one_rule(ask("open"), ask("cases", ">", 1), ask("open")),
    "two constants that Python takes for one": one_rule(ask("open"), ask("open", "==", 1)),
    "a field and a proposition": form((rule("r", ask("open"), head="open"),)),
    "an input and a comparison": comparing("cases", "cases", name="open"),
    "an input, a comparison and a proposition": comparing(
        "cases", "cases", rule("r", ask("cases", ">", 1), head="open"), name="open"
    ),
    "an input and a tally": Form(
        inputs=(*FIELDS, field("t.fails", "count")),
        strata=(Stratum(tallies=(Tally(id="t", members=((ask("open"), ask("open", "==", False)),)),)),),
    ),
    "names with one hash": named(*TWINS),
    "rules with one hash": form(tuple(rule(name, ask("open"), head=f"p{len(name)}") for name in TWINS)),
    "the identity of a record": named("id"),
    "the identity of a session": named("sid"),
    "a word of the engine": named("$s"),
    "the opening field": named("begin"),
    "the opening rule": form((rule("begin", ask("open")), rule("id", ask("open")))),
    "dollar": named("price$"),
    "quotation mark": named('a"b'),
    "backslash": named("a\\"),
    "line end": named("a\n"),
    "beyond ASCII": named("état"),
    "no name": named(""),
    "long name": named("n" * 255, "m" * 256),
    "too many fields": wide(MOST_FIELDS + 1),
    "as many fields as there may be": wide(MOST_FIELDS),
    "choice without words": form((), inputs=(Field(id="w", type="choice"),)),
    "unknown type": form(
        (rule("r", ask("w")),), inputs=(Field.model_construct(id="w", type="float", choices=()), FIELDS[0])
    ),
    "comparison of words": comparing("cases", "grade"),
    "comparison of truths": comparing("open", "cases"),
    "a name that the driver makes of another": form((), inputs=(field("cases", "count"), field("cases.least"))),
    "everything at once": form((rule("a"), rule("b", ask("opne"), ask("cases", "~", "1")))),
}
"""Forms of which all but one would meet a trap."""


def refusal(asked: Form) -> tuple[Problem, ...]:
    """What is said of a form before anything of it is registered."""
    try:
        DurableEngine(asked).close()
    except UnsafeRuleError as error:
        return tuple(error.problems)
    return ()


def test_refused_at_load(golden: Golden) -> None:
    """A form that would meet a trap is refused: all that is wrong, each with its place and cure, and nothing sound."""
    golden({name: [str(problem) for problem in refusal(asked)] for name, asked in REFUSED.items()}, "unsafe.txt")


def test_half_a_character_is_refused_as_any_other() -> None:
    """A name that cannot be written in UTF-8 is refused with its reason, and stops nothing before."""
    assert [problem.what for problem in refusal(named("a\ud800"))] == [
        "the name is not made of 1 to 255 plain characters"
    ]


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


BAD_FACTS: dict[str, dict[str, Any]] = {
    "text for a number": {"cases": "1"},
    "text for a truth": {"open": "true"},
    "number for a truth": {"open": 1},
    "truth for a number": {"cases": True},
    "fraction": {"cases": 1e-05},
    "not a number": {"cases": float("nan")},
    "nothing": {"cases": None},
    "large number": {"cases": LARGEST + 1},
    "large number below zero": {"cases": -LARGEST - 1},
    "long text": {"grade": "b" * 65536},
    "unlisted word": {"grade": "hihg"},
    "misspelt field": {"opne": True, "open": True},
    "a session of its own": {"sid": "case-0724246"},
    "bounds of a truth": {"open": Bounds(0, None)},
    "bounds of a rank": {"rank": Bounds(1, 2)},
    "bounds of nothing": {"cases": Bounds(3, 2)},
    "bounds of one number": {"cases": Bounds(3, 3)},
    "bounds that are no numbers": {"cases": Bounds(True, 7)},
    "a large bound": {"cases": Bounds(0, LARGEST + 1)},
    "everything at once": {"opne": 1, "cases": "1", "grade": 7},
}


def unfit(engine: DurableEngine, facts: dict[str, Value]) -> list[str]:
    """What is said of facts."""
    try:
        engine.evaluate(facts)
    except EvidenceError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_evidence_refused(golden: Golden) -> None:
    """A value that the engine would convert, cut or confuse does not reach it."""
    rank = Field(id="rank", type="count", numbers=(0, 1, 2))
    with DurableEngine(form((rule("r", ask("open")),), inputs=(*FIELDS, rank))) as engine:
        golden({name: unfit(engine, facts) for name, facts in BAD_FACTS.items()}, "unfit-facts.txt")


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
    """At the edges of what is allowed the engine still keeps neighbours apart."""
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
        self.status, self.messages, self.failure = status, messages, failure

    def assert_fact(self, handle: int, record: str) -> tuple[int, int]:
        """Take a record, or fail, and begin with the messages."""
        if self.failure:
            raise self.error(self.failure)
        self.left = list(self.messages)
        return self.status, 1

    def start_action_for_state(self, handle: int, session: int) -> tuple[str, str] | None:
        """Give the first message."""
        first = self.left.pop(0)
        return None if first is None else ("{}", first)

    def complete_and_start_action(self, handle: int, session: int) -> str | None:
        """Give the next message."""
        return self.left.pop(0)

    def delete_state(self, handle: int, sid: str | None) -> None:
        """Forget nothing, as there is no session."""


NOT_ONCE = "the agenda did not fire `begin` and each rule at most once"


@pytest.mark.parametrize(
    ("extension", "message"),
    [
        (Misbehaving(failure="error code: 303"), "error code: 303"),
        (Misbehaving(status=1, messages=('{"begin":{}}', None)), "the record was not taken in (status 1)"),
        (Misbehaving(), "the record was not taken in (status 0)"),
        (Misbehaving(messages=('{"r":{}}', None)), NOT_ONCE),
        (Misbehaving(messages=('{"begin":{}}', '{"r":{}}', '{"r":{}}', None)), NOT_ONCE),
        (Misbehaving(messages=('{"begin":{}}', '{"begin":{}}', None)), NOT_ONCE),
        (Misbehaving(messages=('{"begin":{}}', '{"unknown":{}}', None)), NOT_ONCE),
        (Misbehaving(messages=('{"begin":{}}',) * 4), NOT_ONCE),
    ],
    ids=["error", "status", "no message", "no opening rule", "a rule twice", "opened twice", "unknown rule", "no end"],
)
def test_an_engine_that_misbehaves(extension: Misbehaving, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong inside is an error of ours, never an incomplete answer; the engine does not answer again."""
    engine = DurableEngine(form((rule("r", ask("open")),)))
    monkeypatch.setattr(engine._strata[0][1][0], "_extension", extension)
    with pytest.raises(UnsafeRuleError) as refused:
        engine.evaluate({"open": True})
    cure = "do not use this determination; send the form and the facts to those who maintain tierengine"
    assert str(refused.value) == f"durable-rules: the engine did not do as it should: {message}\n    {cure}"
    with pytest.raises(UsageError, match="it was closed"):
        engine.evaluate({"open": True})


def test_a_missing_or_other_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without durable-rules, or with a version or on a Python that was not measured, the constructor says so."""
    monkeypatch.setattr("tierengine.engines.durable.version", lambda name: {"durable-rules": "2.1.0"}[name])
    cure = "\n    install durable-rules==2.0.28"
    with pytest.raises(UsageError) as refused:
        DurableEngine(form())
    assert str(refused.value) == f"durable-rules: version 2.1.0 is installed, and its traps were not measured{cure}"
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(UsageError) as refused:
        DurableEngine(form())
    missing = "durable-rules: the rules engine is not installed, or was not built for this Python"
    assert str(refused.value) == f"{missing}{cure} with a C compiler; docs/how-to/install.md says how"


def test_a_python_on_which_nothing_was_measured() -> None:
    """It is refused by its own number, with the numbers of those that may be used."""
    for sound in ((3, 11), (3, 15)):
        check_python(sound)
    for other in ((3, 10), (3, 16), (4, 11)):
        with pytest.raises(UsageError) as refused:
            check_python(other)
        assert str(refused.value) == (
            f"Python {other[0]}.{other[1]}: the rules engine was not measured on it, so no answer that it gives can be"
            " relied on\n    run tierengine with Python 3.11, 3.12, 3.13, 3.14 or 3.15"
        )
