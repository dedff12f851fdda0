"""Names that look alike are one name, whatever letters they are written with.

Two names look alike if their skeletons are equal: each letter is replaced by the one that stands for all that look
like it, such as a Latin `A` for a Cyrillic one. They are compared as they are written, in capitals and in small
letters, since a Cyrillic `\N{CYRILLIC CAPITAL LETTER EN}` makes HANS look like Hans in capitals only.

The pairs of letters are those of confusable-homoglyphs 3.3.1. It lists each pair both ways; a letter that pairs with
several stands for them all, so that the direction, which it leaves out, need not be known. The rules of a ledger are
asked again of old entries: the package is used in this version alone, so that they say the same for ever.

Source: Unicode Technical Standard 39, section 4 (confusable detection); the property Default_Ignorable_Code_Point of
the Unicode Character Database.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

Looks = tuple[str, str, str]
"""The skeletons of a name as it is written, in capitals, and in small letters."""

_MARK = "\N{LEFT-TO-RIGHT MARK}"
"""What the package writes around letters of scripts that run from right to left."""

_IGNORED = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
"""What is not seen at all, from the first code point to the last of each stretch."""


@cache
def looks(name: str) -> Looks:
    """Return how a name looks; white space counts as one space, and leads or ends no name."""
    written = " ".join(unicodedata.normalize("NFKC", name).split())
    return skeleton(written), skeleton(written.upper()), skeleton(written.casefold())


def alike(one: str, other: str) -> bool:
    """Return whether two names look alike as they are written, in capitals, or in small letters."""
    return any(mine == theirs for mine, theirs in zip(looks(one), looks(other), strict=True))


def skeleton(text: str) -> str:
    """Return the skeleton of a text: texts that look alike have the same; it is not meant to be read."""
    # Letters with their marks are paired as well as bare ones, so that it is done before they are taken apart, too.
    for _ in range(2):
        text = unicodedata.normalize("NFD", text.translate(_table()))
    return text


class Names:
    """Some names, of which it can be asked whether a further one looks like one of them."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._looks: dict[tuple[int, str], str] = {}

    def add(self, name: str) -> None:
        """Add a name. How it looks is found out when it is first asked for, which few acts do."""
        self._names.append(name)

    def like(self, name: str) -> str | None:
        """Return the first of the names that looks like another, or nothing."""
        for each in self._names:
            for at in enumerate(looks(each)):
                self._looks.setdefault(at, each)
        self._names.clear()
        return next((self._looks[at] for at in enumerate(looks(name)) if at in self._looks), None)


@cache
def _table() -> Mapping[int, str | None]:
    """What stands for each letter, and nothing for what is not seen."""
    # It reads a megabyte of JSON when it is imported, which most acts do not need.
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415

    pairs: dict[str, set[str]] = {}
    for text, others in confusables_data.items():
        pairs.setdefault(text.replace(_MARK, ""), set()).update(each["c"].replace(_MARK, "") for each in others)
    letters = {letter: _stands_for(letter, pairs) for letter in pairs if len(letter) == 1}
    table: dict[int, str | None] = {
        ord(letter): "".join(letters.get(each, each) for each in text) for letter, text in letters.items()
    }
    return table | {code: None for first, last in _IGNORED for code in range(first, last + 1)}


def _stands_for(letter: str, pairs: Mapping[str, set[str]]) -> str:
    """What stands for a letter: it has one such, while that may stand for many; of two alone, the first stands."""
    others = pairs[letter]
    if len(others) > 1:
        return letter
    (other,) = others
    if len(other) > 1 or len(pairs[other]) > 1:
        return other
    return min(letter, other)
