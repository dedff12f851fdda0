"""Terms of propositional logic, with counts of how many of several hold: what a solver is asked in.

A term is made once and may stand in many others; it is compared by identity. Constants are folded when a term is
made, so that what is asked stays small.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Kind = Literal["variable", "all", "any", "not", "at least"]


class Term:
    """A variable, or what is made of other terms: all of them, any, the opposite of one, at least so many."""

    __slots__ = ("kind", "name", "needed", "parts")

    def __init__(self, kind: Kind, parts: tuple[Term, ...] = (), *, needed: int = 0, name: str = "") -> None:
        self.kind: Kind = kind
        self.parts = parts
        self.needed = needed
        self.name = name

    def __repr__(self) -> str:
        if self.kind == "variable":
            return self.name
        count = f" {self.needed}" if self.kind == "at least" else ""
        return f"({self.kind}{count} {' '.join(map(repr, self.parts))})".replace(" )", ")")

    def __bool__(self) -> bool:
        raise TypeError("a term has no truth of its own; ask a solver")


TRUE = Term("all")
"""All of nothing."""
FALSE = Term("any")
"""Any of nothing."""


def variable(name: str) -> Term:
    """Return a new variable; the name is for people, and two variables of one name are two."""
    return Term("variable", name=name)


def negate(term: Term) -> Term:
    """Return the opposite of a term."""
    if term is TRUE:
        return FALSE
    if term is FALSE:
        return TRUE
    return term.parts[0] if term.kind == "not" else Term("not", (term,))


def all_of(terms: Iterable[Term]) -> Term:
    """Return the term that every one of some terms holds; of none, that is true."""
    return _joined(terms, "all", TRUE, FALSE)


def any_of(terms: Iterable[Term]) -> Term:
    """Return the term that some of the terms holds; of none, that is false."""
    return _joined(terms, "any", FALSE, TRUE)


def _joined(terms: Iterable[Term], kind: Literal["all", "any"], idle: Term, decides: Term) -> Term:
    parts = []
    for term in terms:
        if term is decides:
            return decides
        if term is not idle:
            parts.append(term)
    if not parts:
        return idle
    return parts[0] if len(parts) == 1 else Term(kind, tuple(parts))


def implies(condition: Term, then: Term) -> Term:
    """Return the term that if the first holds, so does the second."""
    return any_of((negate(condition), then))


def same(first: Term, second: Term) -> Term:
    """Return the term that both hold or neither does."""
    if first is second:
        return TRUE
    return all_of((implies(first, second), implies(second, first)))


def at_least(number: int, terms: Iterable[Term]) -> Term:
    """Return the term that so many of the terms hold, or more."""
    free = []
    for term in terms:
        if term is TRUE:
            number -= 1
        elif term is not FALSE:
            free.append(term)
    if number <= 0:
        return TRUE
    if number > len(free):
        return FALSE
    if number == 1:
        return any_of(free)
    if number == len(free):
        return all_of(free)
    return Term("at least", tuple(free), needed=number)


def at_most(number: int, terms: Iterable[Term]) -> Term:
    """Return the term that so many of the terms hold, or fewer."""
    return negate(at_least(number + 1, terms))


def exactly(number: int, terms: Iterable[Term]) -> Term:
    """Return the term that just so many of the terms hold."""
    counted = tuple(terms)
    return all_of((at_least(number, counted), at_most(number, counted)))
