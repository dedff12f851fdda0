"""The words of a text, and phrases that stand for many ways to say one thing.

A phrase is a row of words. `word*` takes every word that begins so, `one|other*` takes either, `#` takes a number in
digits. Between two words of a row at most three others may stand, or at most eight where `..` is written. Rows that `+`
joins may stand in either order, at most ten words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

CLOSE, FAR, APART = 3, 8, 10
"""How many other words may stand between two words of a row, across `..`, and between two rows."""

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['\u2019][a-z]+)?|\d+(?:,\d{3})*(?:\.\d+)?")
_ELEMENT = re.compile(r"#|[a-z']+\*?(?:\|[a-z']+\*?)*")


class Spoken(NamedTuple):
    """A word or number of a text, in small letters, and where it stands there."""

    text: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[0].isdigit()


def words(text: str) -> tuple[Spoken, ...]:
    """Return the words and numbers of a text in their order; signs between them are none, and hyphens part them."""
    return tuple(Spoken(_plain(found[0]), *found.span()) for found in _WORD.finditer(text))


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a list that is written in one line."""
    return tuple(word.text for word in words(text))


def _plain(word: str) -> str:
    return word.lower().replace("\u2019", "'").removesuffix("'s")


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: the words that it takes, and how many others may stand before it."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    number: bool
    after: int

    def takes(self, word: Spoken) -> bool:
        """Say whether a word may stand here."""
        return word.text in self.whole or word.text.startswith(self.beginnings) or (self.number and word.is_number)

    def covers(self, other: Element) -> bool:
        """Say whether every word that another takes is taken here."""
        return (
            (self.number or not other.number)
            and self.after >= other.after
            and all(each in self.whole or each.startswith(self.beginnings) for each in other.whole)
            and all(each.startswith(self.beginnings) for each in other.beginnings)
        )


Row = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that was read: its rows, the first of which leads."""

    written: str
    rows: tuple[Row, ...]

    @property
    def weight(self) -> int:
        """How many words it asks for."""
        return sum(map(len, self.rows))

    def places(self, spoken: Sequence[Spoken]) -> Iterator[tuple[int, ...]]:
        """Yield the places of its words in a text, those of the leading row first; the nearest where there are more."""
        lead = self.rows[0][0]
        starts = (start for start, word in enumerate(spoken) if lead.takes(word))
        return (found for start in starts if (found := self.places_from(start, spoken)))

    def places_from(self, start: int, spoken: Sequence[Spoken]) -> tuple[int, ...]:
        """Return the places of its words where the first of them stands at a certain place; none if it does not."""
        lead = _row(self.rows[0], start, spoken)
        taken = lead
        for row in self.rows[1:] if lead else ():
            others = (found for place in range(len(spoken)) if (found := _row(row, place, spoken)))
            free = (each for each in others if not set(each) & set(taken))
            nearest = min(free, key=partial(_between, lead), default=None)
            if nearest is None or _between(lead, nearest) > APART:
                return ()
            taken += nearest
        return taken

    def covers(self, other: Phrase) -> bool:
        """Say whether it stands, word by word, wherever another of as many words does."""
        return [len(row) for row in self.rows] == [len(row) for row in other.rows] and all(
            mine.covers(theirs)
            for row, row_of_other in zip(self.rows, other.rows, strict=True)
            for mine, theirs in zip(row, row_of_other, strict=True)
        )


@lru_cache(maxsize=4096)
def phrase(written: str) -> Phrase:
    """Read a phrase. Raise `ValueError` with what is wrong, a semicolon and the cure if it is none."""
    rows = tuple(_read_row(part.split(), written) for part in written.split("+"))
    return Phrase(written, rows)


def _read_row(pieces: list[str], written: str) -> Row:
    if not pieces or pieces[0] == ".." or pieces[-1] == "..":
        raise ValueError(f"`{written}` has a part without words; write words on both sides of `+` and of `..`")
    for piece in pieces:
        if piece != ".." and not _ELEMENT.fullmatch(piece):
            raise ValueError(
                f"`{piece}` can stand nowhere in a phrase; write small letters, `word*`, `one|other*`, `#`, `..`, `+`"
            )
    before = [CLOSE, *(FAR if piece == ".." else CLOSE for piece in pieces)]
    return tuple(_element(piece, after) for piece, after in zip(pieces, before, strict=False) if piece != "..")


def _element(piece: str, after: int) -> Element:
    if piece == "#":
        return Element(frozenset(), (), number=True, after=after)
    ways = piece.split("|")
    beginnings = tuple(way[:-1] for way in ways if way.endswith("*"))
    return Element(frozenset(way for way in ways if not way.endswith("*")), beginnings, number=False, after=after)


def _row(row: Row, start: int, spoken: Sequence[Spoken]) -> tuple[int, ...]:
    """The places of a row of words of which the first stands at a place, each as near to the one before as can be."""
    if not row[0].takes(spoken[start]):
        return ()
    taken = [start]
    for element in row[1:]:
        near = range(taken[-1] + 1, min(taken[-1] + 2 + element.after, len(spoken)))
        place = next((at for at in near if element.takes(spoken[at])), None)
        if place is None:
            return ()
        taken.append(place)
    return tuple(taken)


def _between(one: Sequence[int], other: Sequence[int]) -> int:
    """How many words stand between two rows; none where they are mixed."""
    first, second = sorted((one, other), key=min)
    return max(min(second) - max(first) - 1, 0)
