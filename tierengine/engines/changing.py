"""A reading of the form for one country whose answers change one at a time.

Every slot of the plan is a gate: it holds as soon as enough of the slots that feed it hold. All slots of a rule must,
one rule of a proposition, and of what is counted as many as the test asks. So a change costs what hangs on it, and not
another reading of the whole form.

Source: Dowling and Gallier, Linear-time algorithms for testing the satisfiability of propositional Horn formulae
(Journal of Logic Programming, 1984).
"""

from __future__ import annotations

from collections.abc import Iterable

from tierengine.engines.arithmetic import compare
from tierengine.engines.form import Bounds, Comparison, Facts, Form, Tally, Value
from tierengine.engines.side_by_side import Reader


class Gates:
    """The gates of one form; made once, and kept with it."""

    def __init__(self, form: Form) -> None:
        self.reader = form.once(Reader)
        self.plan = self.reader.plan
        self.feeds: list[list[int]] = [[] for _ in range(self.plan.slots)]
        """Slot to the slots that it feeds."""
        self.missing = [1] * self.plan.slots
        """Slot to how many more must hold for it to hold; an answer is what an input misses."""
        self.compared: dict[str, list[Comparison]] = {}
        """Input to the comparisons that look at it."""
        for step in self.plan.steps:
            for tally in step.tallies:
                self._count(tally)
            for slot, joined in step.conjunctions:
                self._gate(slot, joined, len(joined))
            for slot, joined in step.unions:
                self._gate(slot, joined, 1)
        for each in form.comparisons:
            for name in (each.left, each.right, each.id):
                self.compared.setdefault(name, []).append(each)

    def _gate(self, slot: int, fed_by: Iterable[int], needed: int) -> None:
        self.missing[slot] = needed
        for each in fed_by:
            self.feeds[each].append(slot)

    def _count(self, tally: Tally) -> None:
        """The gates of the tests of a tally, which only ever ask whether so many hold, or fail."""
        for end, side in ((".holds", 0), (".fails", 1)):
            members = [self.plan.slot(member[side]) for member in tally.members]
            for slot, test in self.reader.asked_of.get(tally.id + end, ()):
                assert test.op == ">=", "a form asks of what is counted whether there is enough"
                self._gate(slot, members, int(test.value))


class Changing:
    """One country, with what follows from its answers kept up while they change."""

    def __init__(self, form: Form, facts: Facts) -> None:
        self._gates = gates = form.once(Gates)
        self._missing = list(gates.missing)
        self._holds = [False] * gates.plan.slots
        self._facts: dict[str, Value | Bounds] = {}
        self._turn([slot for slot, missing in enumerate(self._missing) if missing <= 0])
        for question, value in facts.items():
            self.answer(question, value)

    def answer(self, question: str, value: Value | Bounds | None) -> None:
        """Let the answer to a question be another, or be unknown, and keep up what follows."""
        if value is None:
            self._facts.pop(question, None)
        else:
            self._facts[question] = value
        compared = self._gates.compared.get(question, ())
        if question in self._gates.plan.truths and not compared:
            self._know(question, value)
        if question in self._gates.reader.asked_of:
            passing = () if value is None else self._gates.reader.passing(question, value)
            for slot, _ in self._gates.reader.asked_of[question]:
                self._let(slot, slot in passing)
        for each in compared:
            self._know(each.id, compare(self._facts, each))

    def shown(self, proposition: str) -> bool:
        """Whether a proposition is known to hold."""
        return self._holds[self._gates.plan.heads[proposition][0]]

    def _know(self, truth: str, value: Value | Bounds | None) -> None:
        shown, refuted = self._gates.plan.truths[truth]
        self._let(shown, value is True)
        self._let(refuted, value is False)

    def _let(self, slot: int, hold: bool) -> None:
        if self._holds[slot] is not hold:
            self._missing[slot] = 0 if hold else 1
            self._turn([slot])

    def _turn(self, waiting: list[int]) -> None:
        """Turn the slots that wait, and those that turn with them."""
        missing, holding, feeds = self._missing, self._holds, self._gates.feeds
        while waiting:
            slot = waiting.pop()
            hold = missing[slot] <= 0
            if holding[slot] is hold:
                continue
            holding[slot] = hold
            step, turning = (-1, 0) if hold else (1, 1)
            for fed in feeds[slot]:
                missing[fed] += step
                if missing[fed] == turning:
                    waiting.append(fed)
