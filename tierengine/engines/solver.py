"""Looks for cases of which terms hold, with the solver MiniSat of python-sat: exact answers, or a clear refusal.

Terms become clauses as they are first met (Tseitin); how many of several hold is counted by totalizers. What is
supposed for one question only is given to the solver as assumptions, so that everything it has learned stays.

Sources: Tseitin, On the complexity of derivation in propositional calculus (1968); Bailleux and Boufkhad, Efficient CNF
encoding of Boolean cardinality constraints (CP 2003); Een and Soerensson, An extensible SAT-solver (SAT 2003);
Ignatiev, Morgado and Marques-Silva, PySAT (SAT 2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

from pysat.solvers import Solver as Sat

from tierengine.engines.logic import Term
from tierengine.errors import Problem, UndecidedError

_ENGINE = "minisat22"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long a solver may try: in seconds, or in steps, which are the same on every machine."""

    seconds: int = 0
    steps: int = 0

    def __str__(self) -> str:
        return f"{self.seconds} seconds" if self.seconds else f"{self.steps} steps"


PATIENCE = Limit(steps=1_000_000_000)
"""Far more than any question about a rulebook of this size has needed."""


class Model:
    """A case that was found: which terms hold in it."""

    __slots__ = ("_literals", "_signs")

    def __init__(self, signs: list[int], literals: dict[Term, int]) -> None:
        self._signs = signs
        self._literals = literals

    def holds(self, term: Term) -> bool:
        """Whether a term holds in this case; a variable that nothing asked about does not."""
        literal = self._literals.get(term)
        if literal is not None:
            place = abs(literal) - 1
            return place < len(self._signs) and (self._signs[place] > 0) == (literal > 0)
        if term.kind == "not":
            return not self.holds(term.parts[0])
        if term.kind == "all":
            return all(self.holds(part) for part in term.parts)
        if term.kind == "any":
            return any(self.holds(part) for part in term.parts)
        return term.kind == "at least" and sum(self.holds(part) for part in term.parts) >= term.needed


class Solver:
    """Looks for cases. What is added holds for every question; what is asked holds for that question only."""

    def __init__(self, *definitions: Iterable[Term], limit: Limit = PATIENCE) -> None:
        self._sat = Sat(name=_ENGINE)
        self._limit = limit
        self._next = 1
        self._literals: dict[Term, int] = {}
        self._counters: dict[tuple[int, ...], _Counter] = {}
        self._supposed: list[int] = []
        self._within: list[int] = []
        """Of each block of supposing that is open, the literal under which terms are added meanwhile."""
        for terms in definitions:
            self.add(*terms)

    # -- asking ---------------------------------------------------------------------------------------------------

    def add(self, *terms: Term) -> None:
        """Let the terms hold from now on, or to the end of the block of supposing."""
        guard = [-self._within[-1]] if self._within else []
        for term in terms:
            self._add(term, guard)

    def _add(self, term: Term, guard: list[int]) -> None:
        if term.kind == "all":
            for part in term.parts:
                self._add(part, guard)
        elif term.kind == "any":
            self._sat.add_clause([*guard, *(self._literal(part) for part in term.parts)])
        else:
            self._sat.add_clause([*guard, self._literal(term)])

    @contextmanager
    def supposing(self, *terms: Term) -> Iterator[None]:
        """Let the terms hold, and what is added meanwhile, until the end of the block."""
        before, block = len(self._supposed), self._fresh()
        self._supposed += [block, *self._units(terms)]
        self._within.append(block)
        try:
            yield
        finally:
            self._within.pop()
            del self._supposed[before:]
            self._sat.add_clause([-block])

    def find(self, *terms: Term) -> Model | None:
        """Return a case of which all terms hold; nothing if there is none. Raise `UndecidedError` if it gives up.

        Which of several cases is found may hang on what was asked before; whether there is one does not.
        """
        found = self._check(self._units(terms))
        if found is None:
            raise UndecidedError(
                [
                    Problem(
                        where="the solver",
                        what=f"it did not decide within {self._limit}",
                        cure="nothing is proved either way; allow more time, or write the rules in smaller parts",
                    )
                ]
            )
        return Model(self._sat.get_model() or [], self._literals) if found else None

    def may_be(self, *terms: Term) -> bool:
        """Whether some case has all terms hold; also where the solver gives up, since then nothing is excluded."""
        return self._check(self._units(terms)) is not False

    def clash(self, terms: Mapping[str, Term]) -> tuple[str, ...]:
        """Return names of terms that cannot all hold; empty if they can. The set need not be the smallest."""
        literals = {name: self._literal(term) for name, term in terms.items()}
        if self.find(*terms.values()) is not None:
            return ()
        core = set(self._sat.get_core() or ())
        return tuple(sorted(name for name, literal in literals.items() if literal in core))

    def _check(self, assumed: list[int]) -> bool | None:
        """Whether there is a case; nothing if the solver gave up."""
        assumptions = self._supposed + assumed
        if self._limit.seconds:
            timer = Timer(self._limit.seconds, self._sat.interrupt)
            timer.start()
            try:
                found = self._sat.solve_limited(assumptions=assumptions, expect_interrupt=True)
            finally:
                timer.cancel()
                self._sat.clear_interrupt()
        else:
            self._sat.prop_budget(self._limit.steps)
            found = self._sat.solve_limited(assumptions=assumptions)
        return None if found is None else bool(found)

    # -- clauses --------------------------------------------------------------------------------------------------

    def _units(self, terms: Iterable[Term]) -> list[int]:
        """The literals that must hold so that the terms do; a conjunction is taken apart."""
        found: list[int] = []
        for term in terms:
            found += self._units(term.parts) if term.kind == "all" else (self._literal(term),)
        return found

    def _fresh(self) -> int:
        self._next += 1
        return self._next - 1

    def _literal(self, term: Term) -> int:
        literal = self._literals.get(term)
        if literal is None:
            literal = self._literals[term] = self._made(term)
        return literal

    def _made(self, term: Term) -> int:
        if term.kind == "variable":
            return self._fresh()
        if term.kind == "not":
            return -self._literal(term.parts[0])
        parts = [self._literal(part) for part in term.parts]
        if term.kind == "at least":
            return self._count(tuple(sorted(parts)), term.needed)
        sign = 1 if term.kind == "all" else -1
        gate = self._fresh()
        for part in parts:
            self._sat.add_clause([-sign * gate, sign * part])
        self._sat.add_clause([sign * gate, *(-sign * part for part in parts)])
        return gate

    def _count(self, parts: tuple[int, ...], needed: int) -> int:
        """The literal that so many of the parts hold."""
        counter = self._counters.get(parts)
        if counter is None or counter.upto < needed:
            upto = min(len(parts), max(needed, 2 * counter.upto if counter else 4))
            counter = self._counters[parts] = _Counter(self._sum(parts, upto), upto)
        return counter.outputs[needed - 1]

    def _sum(self, parts: tuple[int, ...], upto: int) -> list[int]:
        """Literals that 1, 2, ... of the parts hold, as far as asked."""
        if len(parts) == 1:
            return [parts[0]]
        half = len(parts) // 2
        left, right = self._sum(parts[:half], upto), self._sum(parts[half:], upto)
        outputs = [self._fresh() for _ in range(min(upto, len(left) + len(right)))]
        for more in range(len(left) + 1):
            for others in range(len(right) + 1):
                held = min(more + others, len(outputs))
                if held:
                    holding = [*([-left[more - 1]] if more else []), *([-right[others - 1]] if others else [])]
                    self._sat.add_clause([*holding, outputs[held - 1]])
                if more + others < len(outputs):
                    failing = [*left[more : more + 1], *right[others : others + 1]]
                    self._sat.add_clause([*failing, -outputs[more + others]])
        return outputs


@dataclass(frozen=True, slots=True)
class _Counter:
    outputs: list[int]
    upto: int
