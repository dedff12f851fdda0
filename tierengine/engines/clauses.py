"""Terms of logic as clauses: lists of literals, one of which holds at least; a literal is a number, or its opposite.

Every term becomes a literal that holds just if the term does (Tseitin). How many of several terms hold is counted by
totalizers, which are made as far as asked and shared by all questions about the same terms.

Sources: Tseitin, On the complexity of derivation in propositional calculus (1968); Bailleux and Boufkhad, Efficient CNF
encoding of Boolean cardinality constraints (CP 2003).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tierengine.engines.logic import Term, negate

Clause = list[int]


class Clauses:
    """Makes clauses of terms, and gives each of them on as soon as it is made."""

    def __init__(self, take: Callable[[Clause], object]) -> None:
        self._take = take
        self._next = 1
        self._counters: dict[tuple[int, ...], _Counter] = {}
        self._conjunctions: dict[Term, Clause] = {}
        self.literals: dict[Term, int] = {}
        """The literal of each term that was met."""

    def copy(self, take: Callable[[Clause], object]) -> Clauses:
        """Return what goes on from here by itself, and gives what it makes elsewhere."""
        made = Clauses(take)
        made._next = self._next
        made._counters, made._conjunctions = dict(self._counters), dict(self._conjunctions)
        made.literals = dict(self.literals)
        return made

    def fresh(self) -> int:
        """Return a literal that stands for nothing yet."""
        self._next += 1
        return self._next - 1

    def require(self, term: Term, unless: Clause) -> None:
        """Let a term hold, unless one of some literals does; a term that stands nowhere else needs no literal."""
        if term.kind == "all":
            for part in term.parts:
                self.require(part, unless)
        elif term.kind == "any":
            self._require_any(term.parts, unless)
        elif term.kind == "not" and term.parts[0].kind == "any" and term.parts[0] not in self.literals:
            for part in term.parts[0].parts:
                self.require(negate(part), unless)
        else:
            self._take([*unless, *self._either(term)])

    def _require_any(self, parts: Iterable[Term], unless: Clause) -> None:
        """Let one of some terms hold; if one of them is a conjunction, each of its parts takes its place."""
        whole: Term | None = None
        clause = list(unless)
        for part in parts:
            if whole is None and self._conjoined(part):
                whole = part
            else:
                clause += self._either(part)
        if whole is None:
            self._take(clause)
        else:
            self.require(whole, clause)

    def _conjoined(self, term: Term) -> bool:
        """Whether a term is several that must hold together, and has no literal of its own."""
        inner = term.parts[0] if term.kind == "not" else term
        return inner.kind == ("any" if term.kind == "not" else "all") and inner not in self.literals

    def _either(self, term: Term) -> Clause:
        """Return literals of which one holds just if a term does."""
        if term.kind == "any" and term not in self.literals:
            return [each for part in term.parts for each in self._either(part)]
        if term.kind == "not" and term.parts[0].kind == "all" and term.parts[0] not in self.literals:
            return [each for part in term.parts[0].parts for each in self._either(negate(part))]
        return [self.literal(term)]

    def units(self, terms: Iterable[Term]) -> Clause:
        """Return literals that hold together just if the terms do; a conjunction is taken apart."""
        found: Clause = []
        for term in terms:
            if term.kind == "all":
                found += self._units_of(term)
            else:
                found.append(self.literals.get(term) or self.literal(term))
        return found

    def _units_of(self, conjunction: Term) -> Clause:
        units = self._conjunctions.get(conjunction)
        if units is None:
            units = self._conjunctions[conjunction] = self.units(conjunction.parts)
        return units

    def literal(self, term: Term) -> int:
        """Return the literal that holds just if a term does."""
        literal = self.literals.get(term)
        if literal is None:
            literal = self.literals[term] = self._made(term)
        return literal

    def _literals_of(self, terms: Iterable[Term]) -> Clause:
        known = self.literals.get
        return [known(term) or self.literal(term) for term in terms]

    def _made(self, term: Term) -> int:
        if term.kind == "variable":
            return self.fresh()
        if term.kind == "not":
            return -self.literal(term.parts[0])
        parts = self._literals_of(term.parts)
        if term.kind == "at least":
            return self._count(tuple(sorted(parts)), term.needed)
        sign = 1 if term.kind == "all" else -1
        gate = self.fresh()
        for part in parts:
            self._take([-sign * gate, sign * part])
        self._take([sign * gate, *(-sign * part for part in parts)])
        return gate

    def _count(self, parts: tuple[int, ...], needed: int) -> int:
        """The literal that so many of the parts hold."""
        counter = self._counters.get(parts)
        if counter is None or counter.upto < needed:
            upto = min(len(parts), max(needed, 2 * counter.upto if counter else 8))
            counter = self._counters[parts] = _Counter(self._sum(parts, upto), upto)
        return counter.outputs[needed - 1]

    def _sum(self, parts: tuple[int, ...], upto: int) -> Clause:
        """Literals that 1, 2, ... of the parts hold, as far as asked."""
        if len(parts) == 1:
            return [parts[0]]
        half = len(parts) // 2
        left, right = self._sum(parts[:half], upto), self._sum(parts[half:], upto)
        outputs = [self.fresh() for _ in range(min(upto, len(left) + len(right)))]
        for more in range(len(left) + 1):
            for others in range(len(right) + 1):
                held = min(more + others, len(outputs))
                if held:
                    holding = [*([-left[more - 1]] if more else []), *([-right[others - 1]] if others else [])]
                    self._take([*holding, outputs[held - 1]])
                if more + others < len(outputs):
                    failing = [*left[more : more + 1], *right[others : others + 1]]
                    self._take([*failing, -outputs[more + others]])
        return outputs


@dataclass(frozen=True, slots=True)
class _Counter:
    outputs: Clause
    upto: int
