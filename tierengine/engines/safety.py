"""What the rules engine may be given: every form that would meet a known trap of durable-rules 2.0.28 is refused.

Most traps cannot be written in a form at all: it has no negation, alternative, join, count, arithmetic,
priority or consequent. What can still be written, and goes wrong in silence or ends the process, is refused
here before anything is registered. Each guard has its trap reproduced in tests/engines/test_durable_traps.py.

Two limits need no guard, because the driver splits every stratum into rulesets of at most `MOST_RULES`
rules: 64 conditions that match at once, and 511 distinct conditions side by side. Tests in one conjunction
follow each other and are not limited in number (400 were tried); the fields of one record are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tierengine.engines.arithmetic import OPERATORS
from tierengine.engines.form import Field, Form, Rule, Stratum, Tally, Test, Value
from tierengine.errors import Problem, UnsafeRuleError

MOST_RULES = 60
"""Rules in one ruleset. Each waits on a stack of 64 while it matches, and the opening rule needs a place."""

MOST_FIELDS = 248
"""Fields in one record. The engine holds 254 of them, its own `sid` and `id` and the driver's included."""

LARGEST = 2**53
"""The largest whole number, either way; past it the engine and JSON no longer compare exactly."""

LONGEST = 4095
"""Bytes in one text as it is written in JSON; from 65,536 on only the remainder would be compared."""

BEGIN = "begin"
"""The field and the rule that the driver adds to every ruleset."""

HELD: dict[str, tuple[type[Value], str]] = {
    "truth": (bool, "true or false"),
    "count": (int, "a whole number"),
    "choice": (str, "one of its words"),
}
"""What a field of each type may hold, as a type and in words."""

RESERVED = {
    BEGIN: "the driver's opening rule",
    "id": "the identity of a record",
    "sid": "the identity of a session",
    **dict.fromkeys(
        (
            "$s",
            "$m",
            "$l",
            "$r",
            "$i",
            "$forward",
            "$and",
            "$or",
            "$eq",
            "$neq",
            "$lt",
            "$lte",
            "$gt",
            "$gte",
            "$ex",
            "$nex",
            "$mt",
            "$imt",
            "$iall",
            "$iany",
            "$add",
            "$sub",
            "$mul",
            "$div",
        ),
        "a word of the engine",
    ),
}
"""Names that mean something to the engine or to the driver."""

_NAME = re.compile(r"[ !#%-\[\]-~]{1,255}\Z")  # printable ASCII without `$`, `"` and `\`

_Known = dict[str, Field]


def check_safe(form: Form) -> None:
    """Raise `UnsafeRuleError`, with everything that was found, if the form would meet a trap."""
    problems = [*_names(form), *_inputs(form), *_comparisons(form), *_strata(form)]
    if problems:
        raise UnsafeRuleError(problems)


def check_names(form: Form) -> None:
    """Raise `UnsafeRuleError` if names that the driver made would meet a trap, such as two of one fingerprint."""
    problems = list(_names(form))
    if problems:
        raise UnsafeRuleError(problems)


def fingerprint(name: str) -> int:
    """Return the 32 bits that durable-rules keeps of a name (FNV-1a over its bytes)."""
    bits = 0x811C9DC5
    for byte in name.encode(errors="surrogatepass"):
        bits = (bits ^ byte) * 0x01000193 & 0xFFFFFFFF
    return bits


# --- names ---------------------------------------------------------------------------------------------------------


def _names(form: Form) -> Iterator[Problem]:
    fields = [*_field_names(form), *(("proposition", head) for head in _last_stratum(form))]
    rules = [("rule", rule.id) for stratum in form.strata for rule in stratum.rules]
    for names in (fields, rules):
        yield from _duplicates(names)
        kinds = {name: kind for kind, name in names}
        yield from (problem for name, kind in kinds.items() for problem in _spelling(kind, name))
        yield from _collisions(kinds)


def _field_names(form: Form) -> Iterator[tuple[str, str]]:
    """Every field but the propositions, which may have several rules, with what it is."""
    yield from (("input", field.id) for field in form.inputs)
    yield from (("comparison", comparison.id) for comparison in form.comparisons)
    for stratum in form.strata:
        yield from (("tally", field.id) for tally in stratum.tallies for field in _counts(tally))


def _duplicates(names: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    kinds: dict[str, list[str]] = {}
    for kind, name in names:
        kinds.setdefault(name, []).append(kind)
    for name, used in kinds.items():
        if len(used) > 1:
            yield Problem(
                where=f"{used[-1]} `{name}`",
                what="the name is used more than once: " + ", ".join(used),
                cure="give each its own name",
            )


def _spelling(kind: str, name: str) -> Iterator[Problem]:
    where = f"{kind} `{name}`"
    if name in RESERVED and (kind != "rule" or name == BEGIN):
        yield Problem(where=where, what=f"the name is reserved for {RESERVED[name]}", cure="choose another name")
    elif not _NAME.match(name):
        yield Problem(
            where=where,
            what="the name is not made of 1 to 255 plain characters",
            cure='use printable ASCII without `$`, `"` and `\\`',
        )


def _collisions(kinds: dict[str, str]) -> Iterator[Problem]:
    seen = {fingerprint(word): word for word in RESERVED}
    for name, kind in kinds.items():
        first = seen.setdefault(fingerprint(name), name)
        if first != name:
            yield Problem(
                where=f"{kind} `{name}`",
                cure="rename one of the two",
                what=f"the engine cannot distinguish the name from `{first}`: it keeps 32 bits of each",
            )


# --- inputs, comparisons, tallies, rules ---------------------------------------------------------------------------


def _inputs(form: Form) -> Iterator[Problem]:
    for field in form.inputs:
        where = f"input `{field.id}`"
        if field.type not in HELD:
            yield Problem(
                where=where,
                what=f"`{field.type}` is not a type of field",
                cure="declare it as `truth`, `count` or `choice`",
            )
        if field.type == "choice" and not field.choices:
            yield Problem(where=where, what="a choice without words can hold nothing", cure="list its words")
        for word in field.choices:
            yield from _value(where, word)


def _comparisons(form: Form) -> Iterator[Problem]:
    counts = {field.id for field in form.inputs if field.type == "count"}
    for comparison in form.comparisons:
        for side in (comparison.left, comparison.right):
            if side not in counts:
                yield Problem(
                    where=f"comparison `{comparison.id}`",
                    what=f"`{side}` is not an input that holds a whole number",
                    cure="compare two inputs declared as `count`",
                )


def _strata(form: Form) -> Iterator[Problem]:
    """Walk upwards with what is known so far, so that a rule may only look down."""
    known: _Known = {field.id: field for field in form.inputs}
    known |= {comparison.id: Field(id=comparison.id, type="truth") for comparison in form.comparisons}
    last = _last_stratum(form)
    for level, stratum in enumerate(form.strata):
        for tally in stratum.tallies:
            yield from _tally(tally, known, last)
        known |= {field.id: field for tally in stratum.tallies for field in _counts(tally)}
        yield from _rules(stratum, known, last)
        known |= {head: Field(id=head, type="truth") for head, settled in last.items() if settled == level}


def _last_stratum(form: Form) -> dict[str, int]:
    """The stratum in which each proposition is settled: the highest that has a rule on it."""
    return {rule.head: level for level, stratum in enumerate(form.strata) for rule in stratum.rules}


def _counts(tally: Tally) -> tuple[Field, Field]:
    return Field(id=f"{tally.id}.holds", type="count"), Field(id=f"{tally.id}.fails", type="count")


def _tally(tally: Tally, known: _Known, last: dict[str, int]) -> Iterator[Problem]:
    where = f"tally `{tally.id}`"
    if not tally.members:
        yield Problem(where=where, what="a tally without members counts nothing", cure="list what it counts")
    for test in (test for member in tally.members for test in member):
        yield from _test(where, test, known, last)


def _rules(stratum: Stratum, known: _Known, last: dict[str, int]) -> Iterator[Problem]:
    for rule in stratum.rules:
        where = f"rule `{rule.id}`"
        yield from _shape(where, rule)
        for test in rule.tests:
            yield from _test(where, test, known, last)


def _shape(where: str, rule: Rule) -> Iterator[Problem]:
    if not rule.tests:
        yield Problem(
            where=where,
            what="the rule has no test; the engine hangs on an empty conjunction",
            cure="write at least one test",
        )
    # Constants are told apart as they are written, because 1 == True in Python.
    written = Counter((test.field, test.op, repr(test.value)) for test in rule.tests)
    for (field, op, value), times in written.items():
        if times > 1:
            yield Problem(
                where=where, what=f"the test `{field} {op} {value}` stands {times} times", cure="write it once"
            )
    if len({test.field for test in rule.tests}) > MOST_FIELDS:
        yield Problem(
            where=where,
            what=f"the rule looks at more than {MOST_FIELDS} fields, too many for one record",
            cure="give a part of it a proposition of its own in a lower stratum",
        )


# --- one test ------------------------------------------------------------------------------------------------------


def _test(where: str, test: Test, known: _Known, last: dict[str, int]) -> Iterator[Problem]:
    if test.op not in OPERATORS:
        yield Problem(where=where, what=f"`{test.op}` is not an operator", cure="use one of " + " ".join(OPERATORS))
    wrong = list(_value(where, test.value))
    yield from wrong
    field = known.get(test.field)
    if field is None:
        yield _not_known(where, test.field, last)
    elif not wrong:
        yield from _fits(where, test, field)


def _not_known(where: str, name: str, last: dict[str, int]) -> Problem:
    if name in last:
        return Problem(
            where=where,
            what=f"it looks at the proposition `{name}`, which is not settled below it",
            cure="put the rule in a stratum above every rule on that proposition",
        )
    return Problem(
        where=where,
        what=f"it looks at `{name}`, which is not known there: the test would never be true",
        cure="correct the name, declare the input, or tally it in the same or a lower stratum",
    )


def _value(where: str, value: object) -> Iterator[Problem]:
    """A constant must be true or false, a whole number or a short text, and nothing else."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST:
            yield Problem(
                where=where,
                what=f"{value} is too large to be compared exactly",
                cure="keep whole numbers between -2^53 and 2^53; use a larger unit",
            )
    elif isinstance(value, str):
        if len(json.dumps(value)) - 2 > LONGEST:
            yield Problem(where=where, what=f"the text takes more than {LONGEST} bytes", cure="use a short word for it")
    else:
        yield Problem(
            where=where,
            what=f"`{value}` is neither a truth, a whole number nor a text",
            cure="write fractions as whole numbers of a smaller unit; leave out what is not known",
        )


def _fits(where: str, test: Test, field: Field) -> Iterator[Problem]:
    """The engine converts before it compares ("1" equals 1), so the types must be the same beforehand."""
    if field.type not in HELD:
        return
    held, what = HELD[field.type]
    if type(test.value) is not held:
        yield Problem(
            where=where,
            what=f"`{field.id}` holds {what}, and is compared with `{test.value}`",
            cure=f"compare it with {what}",
        )
    elif field.type == "choice" and test.value not in field.choices:
        yield Problem(
            where=where,
            what=f"`{test.value}` is not one of the words of `{field.id}`",
            cure="use one of " + ", ".join(f"`{word}`" for word in field.choices),
        )
    if field.type != "count" and test.op not in ("==", "!="):
        yield Problem(
            where=where, what=f"`{field.id}` has no order, and is compared with `{test.op}`", cure="use `==` or `!=`"
        )
