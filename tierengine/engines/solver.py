"""Looks for cases of which terms hold, with the solver MiniSat of python-sat: exact answers, or a clear refusal.

Terms become clauses as they are first met. What is supposed for one question only is given to the solver as
assumptions, so that everything it has learned stays.

Sources: Een and Soerensson, An extensible SAT-solver (SAT 2003); Ignatiev, Morgado and Marques-Silva, PySAT (SAT 2018).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from threading import Timer

from pysat.solvers import Minisat22

from tierengine.engines.clauses import Clause, Clauses
from tierengine.engines.logic import TRUE, Term
from tierengine.errors import Problem, UndecidedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long a solver may try: in seconds, or in steps, which are the same on every machine."""

    seconds: int = 0
    steps: int = 0

    def __str__(self) -> str:
        return f"{self.seconds} seconds" if self.seconds else f"{self.steps} steps"


PATIENCE = Limit(steps=1_000_000_000)
"""Far more than any question about a rulebook of this size has needed."""


_REMEMBERED = 96
"""Cases, and sets of terms that cannot all hold, that a solver remembers of each; past it, the oldest are forgotten."""


class Memory:
    """What was found before: cases, and sets of literals that no case has together. Both answer later questions.

    Each is one whole number, with a bit for every literal: so one instruction says whether all that is asked holds in
    a case, or whether all that cannot be together is asked.
    """

    def __init__(self) -> None:
        self._cases: deque[int] = deque(maxlen=_REMEMBERED)
        self._clashes: deque[int] = deque(maxlen=_REMEMBERED)

    @staticmethod
    def bits(literals: Iterable[int]) -> int:
        """Return literals as one number."""
        found = 0
        for each in literals:
            found |= 1 << (2 * each if each > 0 else 1 - 2 * each)
        return found

    def answer(self, asked: int) -> bool | None:
        """Return whether some case has all that is asked; nothing where what was found before does not decide it."""
        for case in self._cases:
            if case & asked == asked:
                self._cases.remove(case)  # what answered last is looked at first
                self._cases.appendleft(case)
                return True
        for clash in self._clashes:
            if clash & asked == clash:
                self._clashes.remove(clash)
                self._clashes.appendleft(clash)
                return False
        return None

    def keep_case(self, signs: Iterable[int]) -> None:
        """Remember a case, given by each variable in its order, or its opposite."""
        pairs = ["01" if sign > 0 else "10" for sign in signs]
        self._cases.appendleft(int("".join(reversed(pairs)) + "00", 2))

    def keep_clash(self, literals: Iterable[int]) -> None:
        """Remember literals that no case has together; what is required later cannot change that."""
        self._clashes.appendleft(self.bits(literals))

    def forget_cases(self) -> None:
        """Forget the cases, since something more is required of them."""
        self._cases.clear()


class Model:
    """A case that was found: which terms hold in it."""

    __slots__ = ("_literals", "_signs")

    def __init__(self, signs: list[int], literals: dict[Term, int]) -> None:
        self._signs = signs
        self._literals = literals

    def holds(self, term: Term) -> bool:
        """Whether a term holds in this case; a variable that nothing asked about does not."""
        try:
            literal = self._literals[term]
            return self._signs[abs(literal) - 1] == literal
        except (KeyError, IndexError):  # it was written as clauses later, or never
            return self._follows(term)

    def each(self, terms: Sequence[Term]) -> list[bool]:
        """Return for each of some terms whether it holds."""
        signs = self._signs
        try:
            literals = [self._literals[term] for term in terms]
            return [signs[abs(literal) - 1] == literal for literal in literals]
        except (KeyError, IndexError):
            return [self.holds(term) for term in terms]

    def _follows(self, term: Term) -> bool:
        """Whether a term holds by those of which it is made."""
        if term.kind == "not":
            return not self.holds(term.parts[0])
        if term.kind == "all":
            return all(self.holds(part) for part in term.parts)
        if term.kind == "any":
            return any(self.holds(part) for part in term.parts)
        return term.kind == "at least" and sum(self.holds(part) for part in term.parts) >= term.needed


class Start:
    """Terms that hold for good, written as clauses once: any number of solvers begin with them."""

    def __init__(self, *definitions: Iterable[Term]) -> None:
        self.terms = tuple(chain(*definitions))
        self.clauses: list[Clause] = []
        self.written = Clauses(self.clauses.append)
        for term in self.terms:
            self.written.require(term, [])


class Solver:
    """Looks for cases. What is added holds for every question; what is asked holds for that question only."""

    def __init__(self, *definitions: Iterable[Term], limit: Limit = PATIENCE, start: Start | None = None) -> None:
        """Take what holds for good: what a start has written before, and definitions beside it."""
        start = start or Start()
        self._sat = Minisat22(bootstrap_with=start.clauses)
        self._limit = limit
        self._clauses = start.written.copy(self._sat.add_clause)
        self._memory = Memory()
        self._terms = list(start.terms)
        self._supposed: list[int] = []
        self._bits: int | None = None
        """What is supposed, as the memory writes it; nothing until it is asked for."""
        self._within: list[int | None] = []
        """Of each block of supposing that is open, the literal under which terms are added meanwhile, if any was."""
        for terms in definitions:
            self.add(*terms)

    def add(self, *terms: Term) -> None:
        """Let the terms hold from now on, or to the end of the block of supposing."""
        unless = [-self._block()] if self._within else []
        self._terms += terms
        self._memory.forget_cases()
        for term in terms:
            self._clauses.require(term, unless)

    @contextmanager
    def supposing(self, *terms: Term) -> Iterator[None]:
        """Let the terms hold, and what is supposed or added meanwhile, until the end of the block."""
        before, known = len(self._supposed), len(self._terms)
        self._within.append(None)
        self.suppose(*terms)
        try:
            yield
        finally:
            block = self._within.pop()
            del self._supposed[before:], self._terms[known:]
            self._bits = None
            if block is not None:
                self._sat.add_clause([-block])

    def suppose(self, *terms: Term) -> None:
        """Let more terms hold, until the end of the block of supposing."""
        assert self._within, "what holds for good is added"
        self._supposed += self._clauses.units(terms)
        self._terms += terms
        self._bits = None

    def _block(self) -> int:
        """The literal under which terms are added in the innermost block of supposing."""
        block = self._within[-1]
        if block is None:
            block = self._within[-1] = self._clauses.fresh()
            self._supposed.append(block)
            self._bits = None
        return block

    def find(self, *terms: Term) -> Model | None:
        """Return a case of which all terms hold; nothing if there is none. Raise `UndecidedError` if it gives up.

        Which of several cases is found may hang on what was asked before; whether there is one does not.
        """
        assumed = self._clauses.units(terms)
        return Model(self._sat.get_model() or [], self._clauses.literals) if self._decided(assumed) else None

    def has(self, *terms: Term) -> bool:
        """Whether there is a case of which all terms hold. Raise `UndecidedError` if the solver gives up."""
        return self._decided(self._clauses.units(terms))

    def may_be(self, *terms: Term) -> bool:
        """Whether some case has all terms hold; also where the solver gives up, since then nothing is excluded."""
        assumed = self._clauses.units(terms)
        if self._bits is None:
            self._bits = Memory.bits(self._supposed)
        known = self._memory.answer(self._bits | Memory.bits(assumed))
        if known is not None:
            return known
        found = self._check(assumed)
        if found:
            self._memory.keep_case(self._sat.get_model() or [])
        elif found is False:
            self._memory.keep_clash(self._sat.get_core() or [])
        return found is not False

    def which(self, terms: Sequence[Term], beside: Term = TRUE, *, sure: bool = False) -> list[bool]:
        """Return for each of some terms whether a case has it, and another term beside; also where the solver gives up.

        To be `sure`, raise `UndecidedError` where it gives up.

        Each case that is found answers for every term that it has, and is looked for among those that have most others
        of which nothing is known yet. So a few cases mostly do for all.
        """
        literals = [self._clauses.literal(term) for term in terms]
        # A conjunction is aimed at by its parts, which the solver decides first. They are in order, so that the last of
        # several answers to a question, which are such conjunctions, is the one that all their parts together aim at.
        parts = {literal: self._clauses.units((term,)) for literal, term in zip(literals, terms, strict=True)}
        waiting = dict.fromkeys(literals)
        found: set[int] = set()
        other = self._clauses.units((beside,))
        for literal in literals:
            if literal not in waiting:
                continue
            del waiting[literal]
            self._sat.set_phases([part for each in waiting for part in parts[each]])
            answer = self._decided([*other, literal]) if sure else self._check([*other, literal])
            if answer is None:
                found.add(literal)
            elif answer:
                signs = self._sat.get_model() or []
                has = [each for each in waiting if (signs[abs(each) - 1] > 0) == (each > 0)]
                found |= {literal, *has}
                for each in has:
                    del waiting[each]
        return [literal in found for literal in literals]

    def clash(self, terms: Mapping[str, Term], beside: Iterable[Term] = ()) -> tuple[str, ...]:
        """Return names of terms that cannot all hold, with others beside; empty if they can.

        The set need not be the smallest.
        """
        literals = {name: self._clauses.literal(term) for name, term in terms.items()}
        core = self.clash_of(literals.values(), self._clauses.units(beside))
        return tuple(sorted(name for name, literal in literals.items() if literal in core))

    def literal(self, term: Term) -> int:
        """Return the number that stands for a term, with which `clash_of` asks about it again and again."""
        return self._clauses.literal(term)

    def clash_of(self, literals: Collection[int], beside: Sequence[int]) -> set[int]:
        """Return what `clash` does, of terms by the numbers that stand for them."""
        if self._decided([*beside, *literals]):
            return set()
        return set(self._sat.get_core() or ()).difference(beside, self._supposed)

    def question(self, *terms: Term) -> tuple[Term, ...]:
        """Return all that must hold for these terms to be found: what was added, what is supposed, and they."""
        return (*self._terms, *terms)

    def _decided(self, assumed: list[int]) -> bool:
        """Whether there is a case. Raise `UndecidedError` if the solver gave up."""
        found = self._check(assumed)
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
        return found

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
