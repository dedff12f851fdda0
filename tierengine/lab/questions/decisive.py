"""What of a completion decides that it is off a row: a few of its answers, whatever the others are.

Whoever has those answers is off the row, so a set of answers that settles the row must go against one of them. That is
one clause, where the completion itself would be a copy of the whole law.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tierengine.engines.logic import Term, any_of, implies, negate, variable
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.engines.proof import asked_by_rules, joined, taken_together
from tierengine.engines.solver import Solver
from tierengine.lab.questions.inquiry import Inquiry

Answers = Mapping[str, Term]
"""Each open question, and each word that may be rated, with the term of its answer in a completion."""


class Decisive:
    """Finds decisive answers of completions of the same facts.

    Decisive answers also decide every rule of coherence that asks for one of them, so that they go along with any
    others that go along with the facts.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        whole = inquiry.whole
        rules = asked_by_rules(inquiry.form)
        self._asking: dict[str, set[str]] = {}
        """Each question with the rules of coherence that ask for it, directly or through findings."""
        for rule, names in rules.items():
            for name in names:
                self._asking.setdefault(name, set()).add(rule)
        self._bound = _bound(inquiry)
        otherwise = {row.id: whole.shown[row.id] for row in inquiry.law.tiers}
        otherwise |= {rule: negate(whole.coherence[rule]) for rule in rules}
        named = {name: variable(f"otherwise:{name}") for name in otherwise}
        nothing = variable("nothing is otherwise")
        self._solver = whole.solver(whole.follows)
        self._solver.add(*whole.gives(inquiry.fixed), any_of((nothing, *named.values())))
        self._solver.add(*(implies(named[name], term) for name, term in otherwise.items()))
        self._stays = {name: self._solver.literal(negate(term)) for name, term in named.items()}
        """That a row is not looked at, or a rule of coherence."""
        self._something = self._solver.literal(negate(nothing))
        """That something is otherwise of what is looked at: a row is reached, or a rule is broken."""

    @staticmethod
    def about(inquiry: Inquiry) -> Decisive:
        """Return what finds them for an inquiry; it is kept with it, since each row is asked for."""
        if "decisive" not in inquiry.kept:
            inquiry.kept["decisive"] = Decisive(inquiry)
        kept = inquiry.kept["decisive"]
        assert isinstance(kept, Decisive)
        return kept

    def go_along(self, answers: Answers) -> bool:
        """Whether answers go along with the facts, those that are only shown or denied by others among them."""
        return self._solver.find(*answers.values()) is not None

    def of(self, answers: Answers, given: Collection[str], row: str) -> list[str]:
        """Return names of decisive answers of a completion that is off a row, as few `given` ones as can be.

        They come in the order of the answers, and are the same in every run.
        """
        astray = _Astray(answers, row)
        others = answers.keys() - given
        found = self._enough(others, astray) or self._enough(answers, astray) or set(answers)
        for name in sorted(found, key=lambda each: (each not in given, each)):
            fewer = found - self._with_bound([name], answers)
            core = self._core(fewer, astray, self._touched(fewer)) if name in found else ()
            if core:
                found = self._with_bound(core, answers)
        return [name for name in answers if name in found]

    def _enough(self, among: Collection[str], astray: _Astray) -> set[str]:
        """Decisive answers among some; none if they decide nothing."""
        looked_at: set[str] = set()
        while True:
            found = self._with_bound(self._core(among, astray, looked_at), astray.answers)
            touched = self._touched(found)
            if touched <= looked_at:
                return found
            looked_at |= touched

    def _core(self, among: Collection[str], astray: _Astray, rules: Collection[str]) -> tuple[str, ...]:
        """Names of answers with which a row is not reached and none of some rules is broken; none if that is open."""
        stays = (literal for name, literal in self._stays.items() if name != astray.row and name not in rules)
        return self._solver.clash_of(astray.literals(among, self._solver), [self._something, *stays])

    def _touched(self, names: Iterable[str]) -> set[str]:
        """The rules of coherence that ask for some of the questions."""
        return set().union(*(self._asking[name] for name in names if name in self._asking))

    def _with_bound(self, names: Iterable[str], answers: Answers) -> set[str]:
        """Some questions, with those that are bound to them."""
        found = set(names)
        return found.union(*(group & answers.keys() for group in self._bound if not group.isdisjoint(found)))


class _Astray:
    """A completion that is off a row, with the numbers that stand for its answers, as far as they were asked for."""

    def __init__(self, answers: Answers, row: str) -> None:
        self.answers = answers
        self.row = row
        self._literals: dict[str, int] = {}

    def literals(self, among: Collection[str], solver: Solver) -> dict[str, int]:
        """Return the numbers of some of its answers, in their order."""
        known = self._literals
        for name in self.answers:
            if name in among and name not in known:
                known[name] = solver.literal(self.answers[name])
        return {name: known[name] for name in self.answers if name in among}


def _bound(inquiry: Inquiry) -> tuple[frozenset[str], ...]:
    """Questions that bind one another beside the rules of coherence.

    They are what nobody answers and others show or deny, with these; two numbers of which only is known which is the
    greater; and the placements.
    """
    pairs = ({each.left, each.right} for each in inquiry.form.comparisons if each.id in inquiry.facts)
    return tuple(joined((*taken_together(inquiry.form), *pairs, {LAST_REPORT, LIMIT})))
