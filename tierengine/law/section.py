"""The entries of one kind that a rulebook holds, of every date; each is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from tierengine.law.entries import Entry

E = TypeVar("E", bound=Entry)
T = TypeVar("T")

Span = tuple[date, date | None]
"""The first day in force, and the first day no longer so; nothing if it is in force still."""


class Section(Generic[E]):
    """Entries in the order of reading, of which an assessment asks for those of a day."""

    def __init__(self, spans: Sequence[Span], make: Callable[[int], E]) -> None:
        """Hold as many entries as there are spans; `make` makes the one of a number."""
        self.spans = spans
        self._make = make
        self._made: dict[int, E] = {}

    @classmethod
    def of(cls, entries: Iterable[E]) -> Section[E]:
        """Return the section of entries that are there already."""
        there = tuple(entries)
        return cls(tuple((entry.in_force.from_, entry.in_force.until) for entry in there), there.__getitem__)

    def __iter__(self) -> Iterator[E]:
        return map(self._entry, range(len(self.spans)))

    def on(self, day: date) -> Iterator[E]:
        """Yield the entries in force on the day."""
        for number, (first, until) in enumerate(self.spans):
            if first <= day and (until is None or day < until):
                yield self._entry(number)

    def _entry(self, number: int) -> E:
        if number not in self._made:
            self._made.setdefault(number, self._make(number))  # of two threads that make it, all get the first one's
        return self._made[number]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Section) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.spans))

    def __reduce__(self) -> tuple[Any, ...]:
        """Give the entries, so that another process has them all."""
        return Section.of, (tuple(self),)


def of_each(work: Callable[[E], T]) -> Callable[[E], T]:
    """Return what works something out of an entry once, however many days ask: the entries of one rulebook stay."""
    found: dict[int, T] = {}

    def once(entry: E) -> T:
        key = id(entry)
        if key not in found:
            found[key] = work(entry)
        return found[key]

    return once
