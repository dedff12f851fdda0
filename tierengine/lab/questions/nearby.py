"""What becomes of a completion if one of its answers is another: every such answer is tried, side by side.

One reading of the form shows so much of what can be that a solver is asked about little more than what cannot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from tierengine.engines.form import Bounds, Form, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged
from tierengine.engines.proof import taken_together
from tierengine.engines.side_by_side import Countries, SideBySide, each_of
from tierengine.reasoning.words import leaf_name


@dataclass(frozen=True, slots=True)
class Nearby:
    """A completion with another answer to one question; a word that is rated so is judged."""

    question: str
    answer: Value
    rows: tuple[str, ...]
    """The rows that it reaches: one, in a sound law."""


def bearing(form: Form) -> frozenset[str]:
    """Return the inputs of which an answer may go against what is known otherwise than by a rule of coherence."""
    compared = ((each.left, each.right) for each in form.comparisons)
    return frozenset(chain(*taken_together(form), *compared, (LIMIT, LAST_REPORT)))


class OtherAnswers:
    """Answers to questions that bear on no other, each of which is tried by itself."""

    def __init__(self, form: Form, answers: Iterable[tuple[str, Value]]) -> None:
        self._form = form
        self._answers = tuple(answers)
        self._countries = SideBySide(form, len(self._answers))
        """A country for each answer."""
        self._given: dict[str, dict[Value | Bounds, Countries]] = {}
        """Question to each of these answers to it, with the countries that give it."""
        for number, (name, value) in enumerate(self._answers):
            self._give(name, value, 1 << number)
            if name.startswith("rating/"):
                self._give(judged(leaf_name(name)), True, 1 << number)

    def _give(self, name: str, value: Value, country: Countries) -> None:
        given = self._given.setdefault(name, {})
        given[value] = given.get(value, 0) | country

    def near(self, completion: Mapping[str, Value], rows: Collection[str]) -> Iterator[Nearby]:
        """Yield what is near a completion that answers every input, as far as it obeys every rule of coherence."""
        countries = self._countries
        for name, value in completion.items():
            given = self._given.get(name, {})
            others = countries.everyone & ~sum(given.values())
            countries.answer(name, {**given, value: given.get(value, 0) | others})
        countries.settle()
        coherent = countries.everyone
        for rule in self._form.coherence:
            coherent &= countries.shown(rule)
        reached = {row: countries.shown(row) for row in rows}
        for number in each_of(coherent):
            yield Nearby(*self._answers[number], tuple(row for row, by in reached.items() if by >> number & 1))
