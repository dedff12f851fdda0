"""What the rules of coherence make of the answers of one country: what follows from them, and what contradicts.

An answer follows if every other answer to its question would make one rule fail. It is then filled in, and is not asked
for. Only rules on answers, ratings and placements derive; those on findings are asked once everything is evaluated. No
fact follows from a rating. A rating that follows answers where the rules ask for it; it is no person's, and outranks
nothing. Where a rule fails, the answers that it looked at contradict each other.

Source: unit propagation (Davis, Putnam, Logemann and Loveland, 1960 and 1962), on answers of several values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from tierengine.engines.arithmetic import compare, holds, tally, thresholds
from tierengine.engines.compiled import CompiledEngine, GivenEngine
from tierengine.engines.form import Bounds, Evaluator, Facts, Field, Form, Rule, Value
from tierengine.engines.lowering import lower, lower_coherence
from tierengine.law.entries import Coherence
from tierengine.law.rulebook import Law

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Followed:
    """An answer that nobody gave and that follows from others."""

    value: Value
    rule: Coherence
    read: tuple[str, ...]
    """The inputs that it was read from; they may themselves have followed."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A rule that fails, and the inputs that make it fail."""

    rule: Coherence
    inputs: tuple[str, ...]


class Coherent:
    """Knows the rules of coherence of the law of a date; made once, asked for many countries."""

    def __init__(self, law: Law, given: frozenset[str] | None = None) -> None:
        self._law = law
        self._given = given
        self._deriving = _deriving(law)
        self._asked_by: dict[str, list[int]] = {}
        for place, rule in enumerate(self._deriving):
            for name in rule.asks:
                self._asked_by.setdefault(name, []).append(place)
        form = lower(law, given=given or frozenset())
        self.form = form
        """The form of the law, with some answers given."""
        self.inputs = {field.id for field in form.inputs}
        self._sides = {each.id: (each.left, each.right) for each in form.comparisons}
        self._tallies = {t.id + end: t for s in form.strata for t in s.tallies for end in (".holds", ".fails")}
        self._rules = {rule.id: rule for stratum in form.strata for rule in stratum.rules}

    @cached_property
    def engine(self) -> Evaluator:
        """The evaluator of the form."""
        return CompiledEngine(self.form) if self._given is None else GivenEngine(lower(self._law), self._given)

    @staticmethod
    def of(law: Law, given: frozenset[str] | None = None) -> Coherent:
        """Return what knows the rules of a law; it is kept with the law, since many dossiers share one.

        `given` names entries whose answer is given instead of worked out, of a country of which any may be: the same
        evaluator then serves whatever is given, be it nothing.
        """
        name = "coherent" if given is None else " ".join(("coherent with", *sorted(given)))
        if name not in law.kept:
            law.kept[name] = Coherent(law, given)
        kept = law.kept[name]
        assert isinstance(kept, Coherent)
        return kept

    def follows(self, facts: Facts, changed: Collection[str] | None = None) -> dict[str, Followed]:
        """Return every answer that follows, by one rule at a time, in the order of deriving.

        Where all that followed before some answers `changed` stands among the facts, only what is new is returned.
        """
        found: dict[str, Followed] = {}
        waiting = list(self._deriving) if changed is None else self._asking(changed)
        known = dict(facts) if waiting else {}
        while waiting:
            new = {name: each for rule in waiting for name, each in rule.derive(known)}
            found |= new
            known |= {name: each.value for name, each in new.items()}
            waiting = self._asking(new)
        return found

    def _asking(self, names: Iterable[str]) -> list[_Deriving]:
        """The rules that ask for any of some answers, in the order of the rulebook."""
        places = {place for name in names for place in self._asked_by.get(name, ())}
        return [self._deriving[place] for place in sorted(places)]

    def contradictions(self, facts: Facts) -> Iterator[Contradiction]:
        """Yield every rule that fails on the facts, what follows among them, in the order of the rulebook."""
        impossible = {rule.rule.id: rule.asks for rule in self._deriving if rule.leaves_nothing(facts)}
        evaluation = self.engine.evaluate({name: value for name, value in facts.items() if name in self.inputs})
        fired = [self._rules[name] for name in evaluation.fired]
        for rule in self._law.coherence:
            if evaluation.settled.get(rule.id) is False:
                yield Contradiction(rule, tuple(dict.fromkeys(self._leaves(rule.id, facts, fired, frozenset()))))
            elif rule.id in impossible:
                yield Contradiction(rule, tuple(name for name in impossible[rule.id] if name in facts))

    def _leaves(self, head: str, facts: Facts, fired: Iterable[Rule], seen: frozenset[str]) -> Iterator[str]:
        """The inputs on which a settled proposition rests, by the first rule that settled it."""
        rule = next((each for each in fired if each.head == head), None)
        for field in self._asked(rule) if rule is not None else ():
            if field in self.inputs:
                yield from (field,) if field in facts and not field.startswith("judged/") else ()
            elif field not in seen:
                yield from self._leaves(field, facts, fired, seen | {field})

    def _asked(self, rule: Rule) -> Iterator[str]:
        for test in rule.tests:
            if test.field in self._sides:
                yield from self._sides[test.field]
            elif test.field in self._tallies:
                for member in self._tallies[test.field].members:
                    yield from (self._sides.get(member[0].field) or (member[0].field,))
            else:
                yield test.field


def _on_answers(rule: Coherence) -> bool:
    """Whether a rule looks at nothing but answers, ratings and placements."""
    return not any(part.finding or part.conclusion for part in rule.must.walk())


def _deriving(law: Law) -> tuple[_Deriving, ...]:
    """The rules of a law that derive; they are kept with it, since what is given of a country does not change them."""
    if "deriving" not in law.kept:
        law.kept["deriving"] = tuple(_Deriving(law, rule) for rule in law.coherence if _on_answers(rule))
    kept = law.kept["deriving"]
    assert isinstance(kept, tuple)
    return kept


class _Deriving:
    """One rule on answers, and what it derives."""

    def __init__(self, law: Law, rule: Coherence) -> None:
        self.rule = rule
        self._form: Form = lower_coherence(law, (rule,))
        self._fails = [each for stratum in self._form.strata for each in stratum.rules if not each.holds]
        self._tallies = [each for stratum in self._form.strata for each in stratum.tallies]
        self._edges = thresholds(self._form)
        placements = set(law.PLACEMENTS)
        self._may_follow = {field.id: field for field in self._form.inputs if field.id not in placements}
        self.asks = tuple(field.id for field in self._form.inputs)
        self._looks_at = (*self.asks, *(each.id for each in self._form.comparisons))
        self._of_nothing = tuple(self._derived({}))
        self._nothing_left = self._leaves_nothing({})

    def derive(self, facts: Facts) -> Iterable[tuple[str, Followed]]:
        """Return each unknown answer to which this rule leaves one value."""
        return self._of_nothing if self._untouched(facts) else self._derived(facts)

    def _untouched(self, facts: Facts) -> bool:
        """Whether nothing that the rule asks is known, as mostly is so."""
        return facts.keys().isdisjoint(self.asks)

    def _derived(self, facts: Facts) -> Iterator[tuple[str, Followed]]:
        own = self._own(facts)
        without_ratings = {name: value for name, value in own.items() if not name.startswith("rating/")}
        for name in self._may_follow:
            seen = own if name.startswith("rating/") else without_ratings
            left = self._left(name, seen) if name not in facts else []
            if len(left) == 1 and left[0] is not None:
                yield name, Followed(left[0], self.rule, self._read(name, seen, left))

    def leaves_nothing(self, facts: Facts) -> bool:
        """Whether every answer to some unknown question makes the rule fail."""
        return self._nothing_left if self._untouched(facts) else self._leaves_nothing(facts)

    def _leaves_nothing(self, facts: Facts) -> bool:
        own = self._own(facts)
        return any(not self._left(name, own) for name in self._may_follow if name not in own)

    def _own(self, facts: Facts) -> Facts:
        """Those of the facts at which the rule looks."""
        return {name: facts[name] for name in self._looks_at if name in facts}

    def _left(self, name: str, facts: Facts) -> list[Value | None]:
        """The answers to an unknown question that the rule leaves; `None` stands for many numbers."""
        answers = _classes(self._may_follow[name], self._boundaries(name, facts))
        return [only for tried, only in answers if not self._failed({**facts, name: tried})]

    def _read(self, name: str, facts: Facts, left: list[Value | None]) -> tuple[str, ...]:
        """The inputs from which an answer follows, none of which can be left out."""
        needed = {other: facts[other] for other in self.asks if other in facts}
        for other in tuple(needed):
            without = {each: value for each, value in needed.items() if each != other}
            if self._left(name, without) == left:
                needed = without
        return tuple(needed)

    def _failed(self, facts: Facts) -> bool:
        known = dict(facts)
        for comparison in self._form.comparisons:
            answer = compare(facts, comparison)
            if answer is not None:
                known[comparison.id] = answer
        for each in self._tallies:
            known[each.id + ".holds"], known[each.id + ".fails"] = tally(known, each)
        return any(all(holds(test, known) for test in rule.tests) for rule in self._fails)

    def _boundaries(self, name: str, facts: Facts) -> set[int]:
        """The numbers at which the rule begins to say otherwise, on the way up from nothing."""
        found = set(self._edges.get(name, ()))
        for comparison in self._form.comparisons:
            for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                if side == name and other in facts:
                    found |= {end + step for end in _ends(facts[other]) for step in (0, 1)}
        return found


def _ends(number: Value | Bounds) -> tuple[int, ...]:
    """A number, or the ends of what is known of it."""
    if isinstance(number, Bounds):
        return (number.at_least,) if number.at_most is None else (number.at_least, number.at_most)
    return (int(number),)


def _classes(field: Field, boundaries: set[int]) -> Iterator[tuple[Value, Value | None]]:
    """Yield one answer of each class that a rule can distinguish, and again if it is the only one of its class."""
    if field.type == "truth":
        yield from ((False, False), (True, True))
    elif field.type == "choice":
        yield from ((word, word) for word in field.choices)
    elif field.numbers:
        yield from ((number, number) for number in field.numbers)
    else:
        begins = sorted({0} | {number for number in boundaries if number > 0})
        for first, following in pairwise(begins):
            yield first, first if following == first + 1 else None
        yield begins[-1], None


def filled_in(facts: Mapping[str, V], follows: Mapping[str, Followed]) -> dict[str, V | Value]:
    """Return the facts with what follows from them."""
    return {**facts, **{name: each.value for name, each in follows.items()}}


def rests_on(follows: Mapping[str, Followed], name: str) -> tuple[str, ...]:
    """Return the given inputs from which an answer follows, one step after another."""
    if name not in follows:
        return (name,)
    found = (given for read in follows[name].read for given in rests_on(follows, read))
    return tuple(dict.fromkeys(found))
