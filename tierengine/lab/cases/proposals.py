"""Proposals put to the test: their examples, rules that never speak, and better evidence that proposes a worse level.

Both proofs are exact and need no solver. What is known of a country is an interval for each input: a number, a truth or
a level lies between two bounds, and nothing known is the widest interval. Better evidence moves no bound the wrong
way: a worse answer becomes unknown or better, an unknown one becomes better. A rule speaks if its condition is known
to hold, and the more is known the more rules speak; so a rule that a wider interval silences is silenced by the widest
that its own condition allows, and no other country need be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from math import inf

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Tally, Test, Value
from tierengine.engines.lowering import lower_proposals, reached, speaks
from tierengine.errors import Problem
from tierengine.lab.cases.given import facts_of
from tierengine.law.entries import Criterion, Proposal, ProposalExample
from tierengine.law.linter import Placed
from tierengine.law.reader import Draft
from tierengine.law.rulebook import Law
from tierengine.reasoning.proposals import Proposer, Spoken
from tierengine.terms.level import LEVELS, rank


def failed_proposals(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each example, rule and level of a proposal that is not as it must be."""
    for item in draft.placed:
        criterion = item.entry
        if isinstance(criterion, Criterion) and criterion.proposal is not None:
            law = draft.rulebook.whole_for(criterion)
            if law is not None:
                yield from failed_proposal(item, law, criterion, criterion.proposal)


def failed_proposal(item: Placed, law: Law, criterion: Criterion, proposal: Proposal) -> Iterator[Problem]:
    """Yield a problem for each example, rule and level of one proposal that is not as it must be under a law."""
    shown: set[int] = set()
    yield from _failed_examples(item, law, criterion, shown)
    proof = Proof(law, criterion)
    silent = set(proof.silent())
    for number in range(1, len(proposal.rules) + 1):
        if number in silent:
            yield item.problem(
                "this rule never speaks: whenever it could, one before it does",
                "remove it, move it up, or let those before it ask for more",
                *("proposal", "rules", number - 1),
            )
        elif number not in shown:
            yield item.problem(
                "in no example of the proposal this rule speaks",
                "add one in which it is the first whose condition is known to hold",
                *("proposal", "rules", number - 1),
            )
    for worse in proof.worsened():
        yield item.problem(
            f"better evidence worsens what is proposed: {worse.in_words(proposal)}",
            "let the other rule speak first, or let this one ask for what the evidence against the government shows",
            *("proposal", "rules", worse.after - 1),
        )


def _failed_examples(item: Placed, law: Law, criterion: Criterion, shown: set[int]) -> Iterator[Problem]:
    """Yield a problem for each example that comes out otherwise; `shown` takes in the rules that speak in one."""
    for number, (example, spoken) in enumerate(run_examples(law, criterion)):
        level = "open" if spoken is None else spoken.rule.level
        shown.update(() if spoken is None else (spoken.number,))
        if level != example.expect:
            yield item.problem(
                f"“{example.name}” is proposed as {level}, and {example.expect} is expected",
                "change the rules of the proposal or the example, whichever is wrong",
                *("proposal", "examples", number),
            )


def failed_readings(item: Placed, law: Law, criterion: Criterion) -> Iterator[Problem]:
    """Yield a problem for each example of a proposal that comes out otherwise, and each rule that speaks in none."""
    shown: set[int] = set()
    yield from _failed_examples(item, law, criterion, shown)
    for number in range(1, len(criterion.proposal.rules if criterion.proposal is not None else ()) + 1):
        if number not in shown:
            what = f"in no example of the proposal rule {number} speaks"
            yield item.problem(what, "add one in which it does", *("proposal", "rules", number - 1))


def run_examples(law: Law, criterion: Criterion) -> Iterator[tuple[ProposalExample, Spoken | None]]:
    """Yield each example of a criterion's proposal with the rule that speaks in it, or nothing if none does."""
    if criterion.proposal is None or criterion.judgement is None:
        return
    proposer = Proposer(law, CompiledEngine, (criterion,))
    for example in criterion.proposal.examples:
        spoken = proposer.spoken((criterion,), dict(facts_of(law, example, ())), {})
        yield example, spoken.get(criterion.judgement.id)


# -- what is known of a country, as intervals ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """What is known of one input: not below the one number and not above the other."""

    low: float = -inf
    high: float = inf

    def __and__(self, other: Span) -> Span:
        return Span(max(self.low, other.low), min(self.high, other.high))

    def within(self, other: Span) -> bool:
        """Whether all that is possible here is possible there."""
        return other.low <= self.low and self.high <= other.high

    @property
    def possible(self) -> bool:
        """Whether anything is."""
        return self.low <= self.high

    def better(self, sign: int, other: Span) -> tuple[Span, Span]:
        """Return the widest spans within this one and another of which the second is as good as the first or better."""
        if sign == 0:
            return self & other, self & other
        if sign > 0:
            return Span(self.low, min(self.high, other.high)), Span(max(self.low, other.low), other.high)
        return Span(max(self.low, other.low), self.high), Span(other.low, min(self.high, other.high))


UNKNOWN = Span()

Known = Mapping[str, Span]
Case = tuple[tuple[str, Span], ...]
"""What must be known for a rule to hold in one way: a span for each input that it asks for."""


@dataclass(frozen=True, slots=True)
class Worse:
    """Two rules of a proposal of which the first speaks of some country, and the second once more speaks for it."""

    before: int
    after: int
    known_before: Known
    known_after: Known

    def in_words(self, proposal: Proposal) -> str:
        """Return it in words."""
        first, second = (proposal.rules[number - 1].level for number in (self.before, self.after))
        moved = [name for name in self.known_after if self.known_after[name] != self.known_before.get(name)]
        moved += [name for name in self.known_before if name not in self.known_after]
        return (
            f"rule {self.before} proposes {first}, and this one {second} once `{'`, `'.join(sorted(moved))}` is better"
        )


class Proof:
    """Proves of one proposal which rules never speak, and which level better evidence can worsen."""

    def __init__(self, law: Law, criterion: Criterion) -> None:
        assert criterion.proposal is not None
        self._criterion = criterion
        self._rules = criterion.proposal.rules
        self._form = lower_proposals(law, (criterion,))
        self._spans = _Spans(law, self._form)
        heads: dict[str, list[Case]] = {}
        for stratum in self._form.strata:
            for rule in stratum.rules:
                heads.setdefault(rule.head, []).extend(self._spans.cases(rule.tests))
        self._cases = [heads.get(speaks(criterion.id, number), []) for number in range(1, len(self._rules) + 1)]

    def silent(self) -> Iterator[int]:
        """Yield each rule that speaks of no country."""
        for number, cases in enumerate(self._cases, 1):
            if all(self.first(dict(case)) != number for case in cases):
                yield number

    def worsened(self) -> Iterator[Worse]:
        """Yield each pair of rules of which better evidence makes the second speak, and propose a worse level."""
        sign = self._criterion.sign
        for (before, first), (after, second) in product(enumerate(self._rules, 1), repeat=2):
            if sign * (rank(second.level) - rank(first.level)) < 0:
                found = next(self._better(before, after), None)
                if found is not None:
                    yield found

    def fades(self) -> Iterator[int]:
        """Yield each rule that proposes more than the worst level, and that better evidence can silence.

        Then no rule speaks any more. It is no error, but no rule of a careful proposal does it.
        """
        worst = LEVELS[0] if self._criterion.sign > 0 else LEVELS[-1]
        for number, rule in enumerate(self._rules, 1):
            if self._criterion.sign and rule.level != worst and any(self._fades(number)):
                yield number

    def first(self, known: Known) -> int | None:
        """Return the first rule of which the condition is known to hold."""
        for number, cases in enumerate(self._cases, 1):
            for case in cases:
                if _holds(case, known):
                    return number
        return None

    def _better(self, before: int, after: int) -> Iterator[Worse]:
        for one, other in product(self._cases[before - 1], self._cases[after - 1]):
            known = self._widest(dict(one), dict(other))
            if known is not None and self.first(known[0]) == before and self.first(known[1]) == after:
                yield Worse(before, after, *known)

    def _fades(self, number: int) -> Iterator[bool]:
        for case in self._cases[number - 1]:
            known = self._widest(dict(case), {})
            yield known is not None and self.first(known[0]) == number and self.first(known[1]) is None

    def _widest(self, one: Known, other: Known) -> tuple[Known, Known] | None:
        """The least that must be known for one case, and then for another on better evidence; nothing if it cannot."""
        before: dict[str, Span] = {}
        after: dict[str, Span] = {}
        for name in (*one, *other):
            spans = one.get(name, UNKNOWN), other.get(name, UNKNOWN)
            before[name], after[name] = spans[0].better(self._spans.sign(name), spans[1])
            if not (before[name].possible and after[name].possible):
                return None
        return before, after


def _holds(case: Case, known: Known) -> bool:
    """Whether all is known that must be for a rule to hold in one way. It is asked a hundred thousand times."""
    for name, span in case:
        found = known.get(name, UNKNOWN)
        if found.low < span.low or found.high > span.high:
            return False
    return True


class _Spans:
    """Reads the tests of a form as spans: truths are 0 and 1, levels their rank, words of a list their place in it."""

    def __init__(self, law: Law, form: Form) -> None:
        self._choices = {field.id: field.choices for field in form.inputs if field.type == "choice"}
        self._levels: dict[str, tuple[str, int]] = {}
        self._signs: dict[str, int] = {indicator.id: indicator.sign for indicator in law.indicators}
        for criterion in law.criteria:
            self._signs[criterion.id] = criterion.sign
            self._levels |= {
                reached(criterion.id, rung.level): (criterion.id, rank(rung.level)) for rung in criterion.rules
            }
        self._tallies: dict[str, tuple[Tally, int]] = {
            tally.id + end: (tally, side)
            for stratum in form.strata
            for tally in stratum.tallies
            for side, end in enumerate((".holds", ".fails"))
        }

    def sign(self, name: str) -> int:
        """Return which way an input helps; placements and ratings of the last report help neither way."""
        return self._signs.get(name, 0)

    def cases(self, tests: Iterable[Test]) -> Iterator[Case]:
        """Yield each way in which all tests are known to be true."""
        for way in product(*(self._ways(test) for test in tests)):
            known: dict[str, Span] = {}
            for name, span in (each for case in way for each in case):
                known[name] = known.get(name, UNKNOWN) & span
            if all(span.possible for span in known.values()):
                yield tuple(known.items())

    def _ways(self, test: Test) -> Iterator[Case]:
        if test.field in self._tallies:
            tally, side = self._tallies[test.field]
            for members in combinations(tally.members, int(test.value)):
                yield from self.cases(member[side] for member in members)
        elif test.field in self._choices:
            for place, word in enumerate(self._choices[test.field]):
                if (word == test.value) == (test.op == "=="):
                    yield ((test.field, Span(place, place)),)
        elif test.field in self._levels:
            name, level = self._levels[test.field]
            yield ((name, Span(low=level) if test.value is True else Span(high=level - 1)),)
        else:
            yield ((test.field, _span(test.op, test.value)),)


def _span(op: str, value: Value) -> Span:
    """The numbers of which a test is true: of a truth, whatever lies above 0 or below 1."""
    number = int(value)
    if isinstance(value, bool):
        return Span(low=1) if value else Span(high=0)
    return {
        ">=": Span(low=number),
        ">": Span(low=number + 1),
        "<=": Span(high=number),
        "<": Span(high=number - 1),
    }[op]
