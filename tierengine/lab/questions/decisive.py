"""What of a completion decides that it is off a row: how high or low a few of its answers are, whatever the others are.

Whoever has those answers is off the row, so a set of answers that settles the row must go against one of them. That is
one clause, where the completion itself would be a copy of the whole law.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import compress

from tierengine.engines.form import Form
from tierengine.engines.logic import Term, any_of, negate
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged
from tierengine.engines.proof import asked_by_rules, joined, taken_together
from tierengine.engines.solver import Model
from tierengine.lab.questions.inquiry import Inquiry


class Decisive:
    """Finds decisive answers of completions of the same facts.

    An answer decides by one of its sides: that it is so high or higher, or so low or lower. Decisive answers also
    decide every rule of coherence that asks for one of them, so that they go along with any others that go along with
    the facts.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._whole = inquiry.whole
        self._solver = self._whole.solver(self._whole.follows)
        self._solver.add(*self._whole.gives(inquiry.fixed))
        flags = (judged(name) for name in inquiry.unrated)
        names = (*sorted(inquiry.fields.keys() - inquiry.facts.keys() | inquiry.bounded), *flags)
        self._steps: list[Term] = []
        """Of each open question, and of each word that may be rated, the terms that its answer is so high or higher."""
        self._known: dict[int, tuple[str, Term]] = {}
        """The question and the term of each side of an answer, by the number that stands for it in the solver."""
        for name in names:
            scale = self._whole.values[name]
            for place, step in enumerate(scale.rises[1:]):
                self._steps.append(step)
                self._known |= {self._solver.literal(side): (name, side) for side in (step, scale.at_most(place))}
        self._numbers = [self._solver.literal(step) for step in self._steps]
        self._asked_by = _at_each(self._known, inquiry.form.once(_Asking).rules)
        """The rules of coherence that ask for the question of a side, directly or through findings."""
        self._together = _at_each(self._known, {name: group for group in _bound(inquiry) for name in group})
        """The questions that are bound to that of a side."""
        self._open: dict[tuple[str, frozenset[str]], int] = {}
        """That a row is reached, or one of some rules of coherence is broken."""

    def sides(self, completion: Model) -> list[int]:
        """Return the sides of the answers of a completion, by the numbers that stand for them in the solver.

        Of the sides of one answer, those that say less come first, since the solver names the first that do.
        """
        held = completion.each(self._steps)
        below = [-number for number, holds in zip(self._numbers, held, strict=True) if not holds]
        return [*compress(self._numbers, held), *reversed(below)]

    def go_along(self, sides: Sequence[int]) -> bool:
        """Whether answers go along with the facts, those that are only shown or denied by others among them."""
        return not self._solver.clash_of(sides, ())

    def of(self, sides: Sequence[int], given: Collection[str], row: str) -> list[tuple[str, Term]]:
        """Return questions, each with a decisive side of its answer in a completion that is off a row.

        None of them are `given` where others decide it. They are the same in every run.
        """
        others = [side for side in sides if self._known[side][0] not in given]
        found = self._enough(others, sides, row) or self._enough(sides, sides, row) or set(sides)
        for ordered in (sorted(found), sorted(found, reverse=True)):
            # What the solver names hangs on their order; asked again the other way round, it names fewer.
            among = [side for side in ordered if side in found]
            found = self._closed(self._core(among, row, self._touched(found)), sides) or found
        return [self._known[side] for side in sides if side in found]

    def _enough(self, among: Collection[int], sides: Sequence[int], row: str) -> set[int]:
        """Decisive sides among some; none if they decide nothing."""
        looked_at: set[str] = set()
        while True:
            found = self._closed(self._core(among, row, looked_at), sides)
            touched = self._touched(found)
            if touched <= looked_at:
                return found
            looked_at |= touched

    def _core(self, among: Collection[int], row: str, rules: Collection[str]) -> set[int]:
        """Sides with which a row is not reached and none of some rules is broken; none if that is open."""
        key = row, frozenset(rules)
        if key not in self._open:
            broken = (negate(self._whole.coherence[rule]) for rule in sorted(rules))
            self._open[key] = self._solver.literal(any_of((self._whole.shown[row], *broken)))
        return self._solver.clash_of(among, [self._open[key]])

    def _touched(self, sides: set[int]) -> frozenset[str]:
        """The rules of coherence that ask for some of the questions."""
        return frozenset().union(*(self._asked_by[side] for side in self._asked_by.keys() & sides))

    def _closed(self, found: set[int], sides: Sequence[int]) -> set[int]:
        """Some sides, with all of the answers that are bound to them."""
        together = frozenset().union(*(self._together[side] for side in self._together.keys() & found))
        if together:
            found.update(side for side in sides if self._known[side][0] in together)
        return found


def _at_each(known: Mapping[int, tuple[str, Term]], names: Mapping[str, Collection[str]]) -> dict[int, frozenset[str]]:
    """What some questions have, by the sides of their answers."""
    return {side: frozenset(names[name]) for side, (name, _) in known.items() if name in names}


class _Asking:
    """Which rules of coherence of a form ask for what; made once, and kept with it."""

    def __init__(self, form: Form) -> None:
        self.rules: dict[str, set[str]] = {}
        """Each input with the rules that ask for it, directly or through findings."""
        for rule, names in asked_by_rules(form).items():
            for name in names:
                self.rules.setdefault(name, set()).add(rule)


def _bound(inquiry: Inquiry) -> tuple[frozenset[str], ...]:
    """Questions that bind one another beside the rules of coherence.

    They are what nobody answers and others show or deny, with these; two numbers of which only is known which is the
    greater; and the placements.
    """
    pairs = ({each.left, each.right} for each in inquiry.form.comparisons if each.id in inquiry.facts)
    return tuple(joined((*taken_together(inquiry.form), *pairs, {LAST_REPORT, LIMIT})))
