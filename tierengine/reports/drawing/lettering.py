"""How wide words are, and how they are broken into rows, without asking any font.

The widths bound those of the common fonts for screens and print (DejaVu Sans is the widest of them), so that text that
fits by this measure fits in all of them.
"""

from __future__ import annotations

import re
import unicodedata

_NARROW = frozenset("ijl.,:;'|!()[]{}/\\ \u00b7\u2018\u2019f rt-I\"`")
_WIDE = frozenset("mMwWOQG@%&\u2014\u2026")
_WORDS = re.compile(r"\s+|\S+")
_PIECES = re.compile(r"[^/-]*[/-]|[^/-]+")
"""A word that is too long may be broken after a hyphen and a slash, as in a long id."""


def width(text: str, size: int, *, bold: bool = False) -> float:
    """Return how wide a text is at most, in the units of its size."""
    return sum(map(_em, text)) * size * (1.1 if bold else 1.0)


def rows(text: str, room: float, size: int, *, bold: bool = False, most: int = 99) -> tuple[str, ...]:
    """Return a text in rows of which each fits the room; what is more than `most` rows is cut, and ends in dots."""
    found = [""]
    for piece in _pieces(text, room, size, bold=bold):
        if width((found[-1] + piece).rstrip(), size, bold=bold) <= room:
            found[-1] += piece
        else:
            found.append(piece.lstrip())
    kept = [row.strip() for row in found if row.strip()]
    if len(kept) <= most:
        return tuple(kept)
    return (*kept[: most - 1], _cut(kept[most - 1], room, size, bold=bold))


def _pieces(text: str, room: float, size: int, *, bold: bool) -> list[str]:
    """The parts between which a row may end: words, and of a word wider than the room its parts or characters."""
    found: list[str] = []
    for word in _WORDS.findall(text):
        if word.isspace():
            found.append(" ")
        elif width(word, size, bold=bold) <= room:
            found.append(word)
        else:
            for piece in _PIECES.findall(word):
                found += [piece] if width(piece, size, bold=bold) <= room else list(piece)
    return found


def _cut(row: str, room: float, size: int, *, bold: bool) -> str:
    """A row with dots at its end, cut between words where it has several."""
    while row and width(row + "\u2026", size, bold=bold) > room:
        row = row.rpartition(" ")[0] or row[:-1]
    return row.rstrip(" ,;") + "\u2026"


def _em(character: str) -> float:
    """The width of a character in ems."""
    if character in _NARROW:
        return 0.42
    if character in _WIDE or unicodedata.east_asian_width(character) in "WF":
        return 1.02
    if character.isdigit() or (character.islower() and character.isascii()):
        return 0.64
    if character.isascii():
        return 0.78
    return 0.0 if unicodedata.combining(character) else 0.9
