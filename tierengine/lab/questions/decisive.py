"""What of a completion decides that it is off a row: how high or low a few of its answers are, whatever the others are.

Whoever has those answers is off the row, so a set of answers that settles the row must go against one of them. That is
one clause, where the completion itself would be a copy of the whole law.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tierengine.engines.logic import Term, any_of, negate
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.engines.proof import asked_by_rules, joined, taken_together
from tierengine.lab.questions.inquiry import Inquiry

Places = Mapping[str, int]
"""Each open question, and each word that may be rated, with the place of its answer in a completion."""


class Decisive:
    """Finds decisive answers of completions of the same facts.

    An answer decides by one of its sides: that it is so high or higher, or so low or lower. Decisive answers also
    decide every rule of coherence that asks for one of them, so that they go along with any others that go along with
    the facts.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._whole = inquiry.whole
        self._asking: dict[str, set[str]] = {}
        """Each question with the rules of coherence that ask for it, directly or through findings."""
        for rule, names in asked_by_rules(inquiry.form).items():
            for name in names:
                self._asking.setdefault(name, set()).add(rule)
        self._bound = {name: group for group in _bound(inquiry) for name in group}
        self._solver = self._whole.solver(self._whole.follows)
        self._solver.add(*self._whole.gives(inquiry.fixed))
        self._sides: dict[tuple[str, int], tuple[int, ...]] = {}
        """The sides of an answer to a question at a place, by the numbers that stand for them in the solver."""
        self._known: dict[int, tuple[str, Term]] = {}
        """The question and the term of each side that was met."""
        self._open: dict[tuple[str, frozenset[str]], int] = {}
        """That a row is reached, or one of some rules of coherence is broken."""

    def go_along(self, places: Places) -> bool:
        """Whether answers go along with the facts, those that are only shown or denied by others among them."""
        return self._solver.has(*(self._whole.values[name].at(place) for name, place in places.items()))

    def of(self, places: Places, given: Collection[str], row: str) -> list[tuple[str, Term]]:
        """Return questions, each with a decisive side of its answer in a completion that is off a row.

        None of them are `given` where others decide it. They are the same in every run.
        """
        sides = [side for name, place in places.items() for side in self._sides_of(name, place)]
        others = [side for side in sides if self._known[side][0] not in given]
        found = self._enough(others, places, row) or self._enough(sides, places, row) or set(sides)
        for ordered in (sorted(found), sorted(found, reverse=True)):
            # What the solver names hangs on their order; asked again the other way round, it names fewer.
            among = [side for side in ordered if side in found]
            found = self._closed(self._core(among, row, self._touched(among)), places) or found
        return [self._known[side] for side in sides if side in found]

    def _sides_of(self, name: str, place: int) -> tuple[int, ...]:
        """The numbers that stand for the sides of an answer."""
        if (name, place) not in self._sides:
            sides = {self._solver.literal(side): (name, side) for side in self._whole.values[name].sides(place)}
            self._known |= sides
            self._sides[name, place] = tuple(sides)
        return self._sides[name, place]

    def _enough(self, among: Collection[int], places: Places, row: str) -> set[int]:
        """Decisive sides among some; none if they decide nothing."""
        looked_at: set[str] = set()
        while True:
            found = self._closed(self._core(among, row, looked_at), places)
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

    def _touched(self, sides: Iterable[int]) -> set[str]:
        """The rules of coherence that ask for some of the questions."""
        names = {self._known[side][0] for side in sides}
        return set().union(*(self._asking[name] for name in names & self._asking.keys()))

    def _closed(self, sides: Iterable[int], places: Places) -> set[int]:
        """Some sides, with all of the answers that are bound to them."""
        found = set(sides)
        groups = {self._bound[name] for side in found if (name := self._known[side][0]) in self._bound}
        for name in set().union(*groups) & places.keys():
            found.update(self._sides_of(name, places[name]))
        return found


def _bound(inquiry: Inquiry) -> tuple[frozenset[str], ...]:
    """Questions that bind one another beside the rules of coherence.

    They are what nobody answers and others show or deny, with these; two numbers of which only is known which is the
    greater; and the placements.
    """
    pairs = ({each.left, each.right} for each in inquiry.form.comparisons if each.id in inquiry.facts)
    return tuple(joined((*taken_together(inquiry.form), *pairs, {LAST_REPORT, LIMIT})))
