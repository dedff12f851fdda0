"""The intermediate form: the one thing every engine reads.

A form is a list of strata. Each stratum may look at the inputs and at everything below it, and holds
tallies (counts made before its rules are asked) and rules. A rule is one conjunction of tests and says
that one proposition holds, or that it fails. A proposition for which no rule fires is not known. So the
three values need no operator of their own: unknown is an absent field, of which no test is true.

Sources: Kleene's strong three-valued logic, kept on two rails; the safe subset of durable-rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, TypeVar

from tierengine.terms.scalars import Model


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a count that is not known exactly: at least so many, at most so many, or both."""

    at_least: int = 0
    at_most: int | None = None


Value = bool | int | str
Facts = Mapping[str, Value | Bounds]
"""Field to value, or for a count perhaps to its bounds. An unknown field is absent, never `None`."""

Operator = Literal["==", "!=", "<", "<=", ">", ">="]


class Field(Model):
    """An input: its name and what it may hold. `choice` fields list their words, `count` fields are whole numbers."""

    id: str
    type: Literal["truth", "count", "choice"]
    choices: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    """Where a count may only be one of these, such as the ranks of a rubric."""


class Test(Model):
    """One comparison of a field with a constant; false when the field is absent."""

    __test__ = False

    field: str
    op: Operator
    value: Value


class Rule(Model):
    """If every test is true, then the proposition `head` holds (or, with `holds` false, fails)."""

    id: str
    head: str
    holds: bool
    tests: tuple[Test, ...]


class Comparison(Model):
    """A derived input: true when `left` is greater than `right`, false when not.

    Where the two numbers do not decide it, it may be answered directly: facts then hold a truth under its own id.
    """

    id: str
    left: str
    right: str


class Tally(Model):
    """How many of the members are known to hold (field `<id>.holds`) and to fail (field `<id>.fails`).

    Each member is a pair of tests: the one that shows that it holds, the one that shows that it fails.
    """

    id: str
    members: tuple[tuple[Test, Test], ...]


class Stratum(Model):
    """Tallies first, then rules; no rule looks at another of the same stratum."""

    tallies: tuple[Tally, ...] = ()
    rules: tuple[Rule, ...] = ()

    @cached_property
    def heads(self) -> frozenset[str]:
        """The propositions that its rules show or refute."""
        return frozenset(rule.head for rule in self.rules)

    def without(self, propositions: Collection[str]) -> Stratum:
        """Return the stratum without the rules on some propositions."""
        return Stratum(tallies=self.tallies, rules=tuple(rule for rule in self.rules if rule.head not in propositions))


class Unanswered(Model):
    """What an input is taken to be where nobody answers it: true if one of some inputs is, else false if another is."""

    id: str
    shown_by: tuple[str, ...]
    denied_with: tuple[str, ...]


class _OfForm(Protocol):
    """What is made of a form alone."""

    def __init__(self, form: Form) -> None: ...


OfForm = TypeVar("OfForm", bound=_OfForm)


class Form(Model):
    """A whole rulebook, ready for an engine."""

    inputs: tuple[Field, ...]
    comparisons: tuple[Comparison, ...] = ()
    strata: tuple[Stratum, ...]
    coherence: tuple[str, ...] = ()
    """Propositions that hold of every country, such as that nobody is punished without a conviction: one that fails
    shows that the answers contradict each other."""
    unanswered: tuple[Unanswered, ...] = ()

    @cached_property
    def kept(self) -> dict[str, object]:
        """What engines worked out from this form and keep with it, by name; a form never changes."""
        return {}

    def once(self, kind: type[OfForm]) -> OfForm:
        """Return what a class makes of this form; it is kept with the form, since many countries share it."""
        kept = self.kept.get(kind.__qualname__)
        if not isinstance(kept, kind):
            kept = self.kept[kind.__qualname__] = kind(self)
        return kept

    def answerable(self) -> tuple[Field, ...]:
        """Return the comparisons as truths that may be answered directly."""
        return tuple(Field(id=comparison.id, type="truth") for comparison in self.comparisons)

    def tests(self) -> Iterator[Test]:
        """Yield every test, of the rules and of what the tallies count."""
        for stratum in self.strata:
            yield from (test for rule in stratum.rules for test in rule.tests)
            yield from (test for tally in stratum.tallies for member in tally.members for test in member)

    def given(self, propositions: Collection[str]) -> Form:
        """Return the form in which some propositions are given instead of worked out: each is an input."""
        fields = (*self.inputs, *(Field(id=name, type="truth") for name in propositions))
        return Form(
            inputs=tuple(sorted(fields, key=lambda field: field.id)),
            comparisons=self.comparisons,
            strata=tuple(stratum.without(propositions) for stratum in self.strata),
            coherence=self.coherence,
            unanswered=self.unanswered,
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an engine found: each settled proposition with its truth, and the rules that fired, sorted by id."""

    settled: dict[str, bool]
    fired: tuple[str, ...]


class Engine(Protocol):
    """A reading of a form."""

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts. Raise `MismatchError` if a proposition both holds and fails."""
        ...


class Evaluator(Engine, Protocol):
    """A reading of a form that need not say which rules fired."""

    def settled(self, facts: Facts) -> dict[str, bool]:
        """Return each settled proposition with its truth, as `evaluate` does, without the rules that fired."""
        ...
