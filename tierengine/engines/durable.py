"""The engine of record: durable-rules 2.0.28, used only in the way in which it was never seen to be wrong.

Every stratum is cut into small rulesets. For each, one record goes in with all that its rules look at, the
findings of lower strata included as plain true or false; the agenda is drained; the session is deleted.
Counting and comparing is done beside the engine (`arithmetic`), and nothing is chained inside it. A count
goes in as two whole numbers, the least and the greatest that it may be (`ends`).

The agenda is drained through the extension module, without the package's host. A form of 304 rules in 8
strata, 25 of them firing, took 330 microseconds a record this way and 840 through `Host.assert_fact`, of
which 130 are our own arithmetic in both. It also means that there are no dispatcher threads, no consequents
that can fail in silence, and that rulesets can be given back. These names are not a promised interface, so
the version is pinned, and checked.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType, TracebackType
from typing import Any, Protocol, Self, cast

from tierengine.engines import arithmetic
from tierengine.engines.ends import OnEnds, may_be_bounded
from tierengine.engines.form import Bounds, Evaluation, Facts, Field, Form, Operator, Rule, Stratum, Test, Value
from tierengine.engines.measured import DURABLE_RULES, check_python
from tierengine.engines.safety import BEGIN, HELD, LARGEST, MOST_FIELDS, MOST_RULES, check_names, check_safe
from tierengine.errors import EvidenceError, MismatchError, Problem, UnsafeRuleError, UsageError

_WORDS: Mapping[Operator, str] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class _Extension(Protocol):
    """What is used of `durable_rules_engine`, the extension module of durable-rules."""

    error: type[Exception]

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def delete_ruleset(self, handle: int, /) -> None: ...
    def assert_fact(self, handle: int, record: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, session: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, session: int, /) -> str | None: ...
    def delete_state(self, handle: int, sid: str | None, /) -> None: ...


class DurableEngine:
    """Reads one form with durable-rules.

    Registered rulesets cost about 12 kilobytes a rule outside Python's own memory. They are given back by
    `close`, at the end of a `with` block, or when the engine is no longer referred to. Threads may share an
    engine; they take turns.
    """

    def __init__(self, form: Form) -> None:
        check_safe(form)
        self._written = OnEnds(form)
        check_names(self._written.form)
        extension = _load()
        # Not the form itself: the engine is kept with it, and goes when it goes.
        self._comparisons = form.comparisons
        self._inputs = {field.id: field for field in (*form.inputs, *form.answerable())}
        self._turn = threading.Lock()
        self._strata: list[tuple[Stratum, list[_Ruleset]]] = []
        handles: list[int] = []
        # Arranged before the first is registered, so that a failure half way gives back what there is.
        self._close = weakref.finalize(self, _unregister, extension, handles)
        for stratum in self._written.form.strata:
            rulesets: list[_Ruleset] = []
            for rules in _split(stratum.rules):
                rulesets.append(_Ruleset(extension, rules))
                handles.append(rulesets[-1].handle)
            self._strata.append((stratum, rulesets))

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts.

        Raise `EvidenceError` if the facts are not what the inputs declare, `MismatchError` if a proposition
        both holds and fails.
        """
        _check_facts(facts, self._inputs)
        with self._turn:
            if not self._close.alive:
                raise UsageError([Problem(where="the engine", what="it was closed", cure="make a new one")])
            return self._evaluate(facts)

    @property
    def closed(self) -> bool:
        """Whether it was closed, or misbehaved, and does not answer any more."""
        return not self._close.alive

    def close(self) -> None:
        """Give the registered rulesets back. Closing twice is harmless."""
        with self._turn:
            self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _evaluate(self, facts: Facts) -> Evaluation:
        known = {**facts, **self._written.facts(facts)}
        for comparison in self._comparisons:
            answer = arithmetic.compare(known, comparison)
            if answer is not None:
                known[comparison.id] = answer
        settled: dict[str, bool] = {}
        fired: list[Rule] = []
        for stratum, rulesets in self._strata:
            known.update(_counts(known, stratum))
            for ruleset in rulesets:
                fired += (self._written.origin[rule.id] for rule in self._ask(ruleset, known))
            settled = _settle(fired)
            known.update(settled)
        return Evaluation(settled, tuple(sorted(rule.id for rule in fired)))

    def _ask(self, ruleset: _Ruleset, known: Facts) -> list[Rule]:
        try:
            return ruleset.fire(known)
        except BaseException:
            # The session may be left half used, by Ctrl-C too: this engine must not answer again.
            self._close()
            raise


class _Ruleset:
    """Some rules of one stratum, registered; at any time it has one session or none."""

    def __init__(self, extension: _Extension, rules: tuple[Rule, ...]) -> None:
        self._extension = extension
        self._rules = {rule.id: rule for rule in rules}
        self._fields = tuple(sorted(_fields(rules)))
        try:
            self.handle = extension.create_ruleset("stratum", _definition(rules))
        except extension.error as error:
            raise _trapped(str(error)) from error

    def fire(self, known: Facts) -> list[Rule]:
        """Return the rules that fire on what is known."""
        record: dict[str, Value] = {"id": "record", BEGIN: True}
        # No rule looks at a count itself, and whatever else is known is plain.
        record |= {field: cast(Value, known[field]) for field in self._fields if field in known}
        try:
            return self._rules_of(self._drain(json.dumps(record)))
        except (self._extension.error, MemoryError) as error:
            raise _trapped(str(error)) from error

    def _drain(self, record: str) -> list[str]:
        """Open a session with the record, empty its agenda, delete the session; return the names as they fired."""
        extension, handle = self._extension, self.handle
        status, session = extension.assert_fact(handle, record)
        first = extension.start_action_for_state(handle, session)
        if status != 0 or first is None:
            # Nothing has fired, and deleting such a session ends the process: it is left to the operating system.
            raise _trapped(f"the record was not taken in (status {status})")
        names: list[str] = []
        message: str | None = first[1]
        try:
            # `begin` and every rule once; one message more would mean that a rule fired twice.
            while message is not None and len(names) <= len(self._rules) + 1:
                # A message is {"<rule>":{...the whole record...}}; only the name is needed.
                names.append(message[2 : message.index('"', 2)])
                message = extension.complete_and_start_action(handle, session)
        finally:
            extension.delete_state(handle, None)
        return names

    def _rules_of(self, names: list[str]) -> list[Rule]:
        """The rules behind the names, once it is certain that the agenda ran as it should."""
        rules = [self._rules[name] for name in names if name in self._rules]
        if BEGIN not in names or len(rules) + 1 != len(names) or len(set(names)) != len(names):
            raise _trapped("the agenda did not fire `begin` and each rule at most once")
        return rules


def _load() -> _Extension:
    """Import durable-rules, which needs a compiler to install and so may be missing."""
    check_python()
    try:
        found = version("durable-rules")
        extension = _import_lazily("durable_rules_engine")
    except (PackageNotFoundError, ImportError) as error:
        raise UsageError(
            [
                Problem(
                    where="durable-rules",
                    what="the rules engine is not installed, or was not built for this Python",
                    cure=f"install durable-rules=={DURABLE_RULES} with a C compiler; docs/how-to/install.md says how",
                )
            ]
        ) from error
    if found != DURABLE_RULES:
        raise UsageError(
            [
                Problem(
                    where="durable-rules",
                    what=f"version {found} is installed, and its traps were not measured",
                    cure=f"install durable-rules=={DURABLE_RULES}",
                )
            ]
        )
    _keep_memory()
    return cast(_Extension, extension)


@cache
def _keep_memory() -> None:
    """Let glibc keep the memory of a session for the next one; once for a process.

    It may hand that memory back to the system for every record (888 page faults and 2.3 milliseconds instead of 0 and
    0.4); it stops once a large block was freed.
    """
    bytearray(16 << 20)


def _import_lazily(name: str) -> ModuleType:
    """Import an extension module whose functions are looked up when they are called, and not all at once.

    As it is published, durable-rules names a function that Python no longer has since 3.13. It calls it only where
    somebody keeps its messages in a store of their own, which nobody does here.
    """
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        return importlib.import_module(name)
    finally:
        sys.setdlopenflags(flags)


def _unregister(extension: _Extension, handles: list[int]) -> None:
    while handles:
        extension.delete_ruleset(handles.pop())


# --- from the form to the engine's own language ---------------------------------------------------------------------


def _split(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, ...]]:
    """Cut the rules of a stratum, in order, so that neither rules nor fields are too many for one ruleset."""
    part: list[Rule] = []
    for rule in rules:
        if part and (len(part) == MOST_RULES or len(_fields([*part, rule])) > MOST_FIELDS):
            yield tuple(part)
            part = []
        part.append(rule)
    if part:
        yield tuple(part)


def _fields(rules: list[Rule] | tuple[Rule, ...]) -> set[str]:
    return {test.field for rule in rules for test in rule.tests}


def _definition(rules: tuple[Rule, ...]) -> str:
    """The ruleset as durable-rules reads it, with an opening rule that always fires."""
    definition: dict[str, Any] = {BEGIN: {"all": [{"m": {BEGIN: True}}]}}
    for rule in rules:
        definition[rule.id] = {"all": [{"m": {"$and": [_condition(test) for test in rule.tests]}}]}
    return json.dumps(definition)


def _condition(test: Test) -> dict[str, Any]:
    """One key for each condition: the engine reads no further than the first."""
    plain: dict[str, Any] = {test.field: test.value}
    return plain if test.op == "==" else {_WORDS[test.op]: plain}


# --- what goes in and what comes out --------------------------------------------------------------------------------


def _check_facts(facts: Facts, inputs: Mapping[str, Field]) -> None:
    problems = [problem for name, value in facts.items() for problem in _check_fact(name, value, inputs.get(name))]
    if problems:
        raise EvidenceError(problems)


def _check_fact(name: str, value: object, field: Field | None) -> Iterator[Problem]:
    where = f"fact `{name}`"
    if field is None:
        yield Problem(where=where, what="no input has this name", cure="correct the name, or leave the fact out")
        return
    ends = [end for end in (value.at_least, value.at_most) if end is not None] if isinstance(value, Bounds) else [value]
    held, what = HELD[field.type]
    if isinstance(value, Bounds) and (not may_be_bounded(field) or not _in_order(value)):
        yield _misfit(where, value, what)
    for each in ends:
        if type(each) is not held or (field.type == "choice" and each not in field.choices):
            yield _misfit(where, each, what)
        elif isinstance(each, int) and abs(each) > LARGEST:
            yield Problem(
                where=where,
                what=f"{each} is too large to be compared exactly",
                cure="keep whole numbers between -2^53 and 2^53; use a larger unit",
            )


def _in_order(bounds: Bounds) -> bool:
    """Whether some number lies within the bounds; of those of none, every test and its opposite would be true."""
    return bounds.at_most is None or bounds.at_least <= bounds.at_most


def _misfit(where: str, value: object, what: str) -> Problem:
    return Problem(
        where=where,
        what=f"`{str(value)[:80]}` is not {what}",
        cure=f"give {what}, or leave the fact out if it is not known",
    )


def _counts(known: Facts, stratum: Stratum) -> dict[str, Value]:
    counts: dict[str, Value] = {}
    for tally in stratum.tallies:
        counts[f"{tally.id}.holds"], counts[f"{tally.id}.fails"] = arithmetic.tally(known, tally)
    return counts


def _settle(fired: list[Rule]) -> dict[str, bool]:
    """What the rules that fired say, if no two of them contradict each other."""
    settled = {rule.head: rule.holds for rule in fired}
    contradicted = dict.fromkeys(rule.head for rule in fired if settled[rule.head] != rule.holds)
    if contradicted:
        raise MismatchError(
            [_contradiction(head, fired) for head in contradicted],
            {"durable-rules": [rule.id for rule in fired]},
        )
    return settled


def _contradiction(head: str, fired: list[Rule]) -> Problem:
    shows, refutes = (
        ", ".join(f"`{rule.id}`" for rule in fired if rule.head == head and rule.holds is side)
        for side in (True, False)
    )
    return Problem(
        where=f"proposition `{head}`",
        what=f"it both holds (by {shows}) and fails (by {refutes})",
        cure="mend the rules of this proposition; no case may do both",
    )


def _trapped(what: str) -> UnsafeRuleError:
    return UnsafeRuleError(
        [
            Problem(
                where="durable-rules",
                what=f"the engine did not do as it should: {what}",
                cure="do not use this determination; send the form and the facts to those who maintain tierengine",
            )
        ]
    )
