"""A reading of the form for a few countries side by side, such as one country under each rating of a word.

What is true of them is kept as one whole number, with a bit for each country. So one instruction decides a rule for all
of them, and an answer that all of them share is looked at once. For many records, NumPy columns are faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from tierengine.engines.arithmetic import decide, passes
from tierengine.engines.form import Bounds, Comparison, Form, Tally, Test, Value
from tierengine.engines.plan import NOWHERE, Plan

Countries = int
"""Some of the countries: bit n is set if country n is among them."""
Answers = Mapping[Value | Bounds, Countries]
"""Each answer to one question, with the countries that give it; those in none of them do not know it."""

_REMEMBERED = 4096
"""Answers of which a reader remembers what they pass; numbers may be any, so there is no end of them."""
_NEITHER = NOWHERE, NOWHERE
"""The rail of what is no proposition."""


class Reader:
    """What there is to be worked out for one form; made once, and kept with it."""

    def __init__(self, form: Form) -> None:
        self.plan = Plan(form)
        self.asked_of: dict[str, list[tuple[int, Test]]] = {}
        """The tests of each number and each choice, with their slots."""
        for step in self.plan.steps:
            for slot, test in step.tests:
                self.asked_of.setdefault(test.field, []).append((slot, test))
        self.passing = lru_cache(_REMEMBERED)(self._passing)
        """The slots of the tests that an answer to a question passes."""

    def _passing(self, question: str, value: Value | Bounds) -> tuple[int, ...]:
        return tuple(slot for slot, test in self.asked_of[question] if passes(value, test.op, test.value))


class SideBySide:
    """Some countries whose answers may be changed, and what follows from them each time they are settled."""

    def __init__(self, form: Form, count: int) -> None:
        self.everyone: Countries = (1 << count) - 1
        self._reader = form.once(Reader)
        self._plan = self._reader.plan
        self._planes: list[Countries] = [0] * self._plan.slots
        self._answers: dict[str, Answers] = {}

    def answer(self, question: str, answers: Answers) -> None:
        """Take in the answers to a question, in place of those before; one for which nothing asks is passed over."""
        self._answers[question] = answers
        if question in self._plan.truths:
            shown, refuted = self._plan.truths[question]
            self._planes[shown], self._planes[refuted] = answers.get(True, 0), answers.get(False, 0)
        if question in self._reader.asked_of:
            for slot, _ in self._reader.asked_of[question]:
                self._planes[slot] = 0
            for value, countries in answers.items():
                for slot in self._reader.passing(question, value):
                    self._planes[slot] |= countries

    def settle(self) -> None:
        """Work out what follows from the answers."""
        planes = self._planes
        for comparison in self._plan.form.comparisons:
            shown, refuted = self._plan.truths[comparison.id]
            planes[shown], planes[refuted] = self._compared(comparison)
        for step in self._plan.steps:
            for tally in step.tallies:
                self._count(tally)
            for slot, joined in step.conjunctions:
                plane = self.everyone
                for each in joined:
                    plane &= planes[each]
                    if not plane:
                        break
                planes[slot] = plane
            for slot, joined in step.unions:
                plane = 0
                for each in joined:
                    plane |= planes[each]
                planes[slot] = plane

    def found(self, names: Iterable[str]) -> Iterator[tuple[str, Answers]]:
        """Yield those of some names that are propositions, with what is found on them."""
        for name in names:
            if name in self._plan.heads:
                shown, refuted = self._plan.heads[name]
                yield name, {True: self._planes[shown], False: self._planes[refuted]}

    def shown(self, proposition: str) -> Countries:
        """Return the countries of which a proposition is known to hold; none for what is no proposition."""
        return self._planes[self._plan.heads.get(proposition, _NEITHER)[0]]

    def refuted(self, proposition: str) -> Countries:
        """Return the countries of which a proposition is known to fail; none for what is no proposition."""
        return self._planes[self._plan.heads.get(proposition, _NEITHER)[1]]

    def fired(self, rule: str) -> Countries:
        """Return the countries on which a rule fires."""
        return self._planes[self._plan.rules[rule]]

    @property
    def contradicted(self) -> Countries:
        """The countries of which some proposition both holds and fails, which only an unsound rulebook allows."""
        found = 0
        for shown, refuted in self._plan.doubtful:
            found |= self._planes[shown] & self._planes[refuted]
        return found

    def _compared(self, comparison: Comparison) -> tuple[Countries, Countries]:
        """Where one number is greater than another, and where not: by the numbers, else as it was answered."""
        answers = self._answers.get(comparison.id, {})
        right_hand = self._answers.get(comparison.right, {})
        greater, not_greater = 0, 0
        for left, of_left in self._answers.get(comparison.left, {}).items():
            for right, of_right in right_hand.items():
                decided = decide(left, right)
                greater |= of_left & of_right if decided is True else 0
                not_greater |= of_left & of_right if decided is False else 0
        left_open = self.everyone & ~(greater | not_greater)
        return greater | answers.get(True, 0) & left_open, not_greater | answers.get(False, 0) & left_open

    def _count(self, tally: Tally) -> None:
        for end, side in ((".holds", 0), (".fails", 1)):
            members = (self._planes[self._plan.slot(member[side])] for member in tally.members)
            self.answer(tally.id + end, _counted(members, self.everyone))


def _counted(members: Iterable[Countries], everyone: Countries) -> Answers:
    """How many of several truths are true of each country."""
    counts = [everyone]
    for member in filter(None, members):
        counts = [same & ~member | fewer & member for same, fewer in zip((*counts, 0), (0, *counts), strict=True)]
    return {number: countries for number, countries in enumerate(counts) if countries}


def each_of(countries: Countries) -> Iterator[int]:
    """Yield the number of each of some countries."""
    while countries:
        first = countries & -countries
        yield first.bit_length() - 1
        countries ^= first
