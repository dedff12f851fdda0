"""Anchors: where a quote stands in the text of a source, as selectors of the W3C Web Annotation Data Model (2017).

A quote is found in spite of what typesetting does to words: line breaks, soft hyphens, hyphenation at the end of a
line, ligatures, curly quotation marks, dashes, no-break spaces. Every other difference refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from tierengine.terms.scalars import Model

AROUND = 32
"""Characters of a prefix and of a suffix, as annotation clients write them."""

BREAK = "\ufdd0"
"""Stands for a hyphen at the end of a line, of which nobody knows whether it is part of the word.

Unicode keeps this code for no character of any text.
"""

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)
"""Quotation marks, dashes and ligatures, and the plain characters that stand for them."""

_PIECES = re.compile(
    r"(?P<soft>\u00ad(?:[ \t]*[\r\n]\s*)?)|(?P<broken>(?<=\w)[-\u2010]\s*[\r\n\u2028]\s*(?=\w))"
    r"|(?P<space>\s+)|(?P<dash>(?<!-)--(?!-))|(?P<one>.)",
    re.DOTALL,
)

Position = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,9})$")]


class Anchor(Model):
    """What marks the place of a quote besides its words: what stands before and after it, and its position."""

    prefix: Annotated[str, StringConstraints(max_length=200)] | None = None
    """The words just before the quote."""
    suffix: Annotated[str, StringConstraints(max_length=200)] | None = None
    """The words just after it."""
    position: Position | None = Field(default=None, examples=["412-530"])
    """Where it stood when it was coded: the first position and the one past the last, as in `412-530`."""

    @model_validator(mode="after")
    def _says_something(self) -> Anchor:
        if self.prefix is None and self.suffix is None and self.position is None:
            raise ValueError("an anchor has `prefix`, `suffix` or `position`; write one of them, or leave it out")
        return self


def selectors(quote: str, around: tuple[str, str], span: tuple[int, int], *, by_bytes: bool) -> list[dict[str, Any]]:
    """Return the selectors of a quote: its words with those around it, and its position in the text or in the bytes."""
    exact = {"type": "TextQuoteSelector", "exact": quote, "prefix": around[0], "suffix": around[1]}
    kind = "DataPositionSelector" if by_bytes else "TextPositionSelector"
    return [exact, {"type": kind, "start": span[0], "end": span[1]}]


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with all that typesetting does to it undone; `spans[n]` is what character n stands for in the text."""

    characters: str
    spans: tuple[tuple[int, int], ...]
    text: str

    @staticmethod
    @lru_cache(maxsize=512)  # a paragraph is searched for one quote after another
    def of(text: str) -> Folded:
        """Fold a text."""
        characters: list[str] = []
        spans: list[tuple[int, int]] = []
        for shown, first, last in _pieces(text):
            if shown == " " and not characters:
                continue
            characters.append(shown)
            spans.append((first, last))
        while characters and characters[-1] == " ":
            characters.pop()
            spans.pop()
        return Folded("".join(characters), tuple(spans), text)

    def find(self, quote: str, anchor: Anchor | None = None) -> tuple[int, int] | None:
        """Return where in the text a quote begins and ends, or nothing if it is not there."""
        found = self._find(quote, anchor)
        return (self.spans[found[0]][0], self.spans[found[1] - 1][1]) if found else None

    def around(self, quote: str, anchor: Anchor | None = None) -> tuple[str, str] | None:
        """Return the text just before and just after a quote."""
        found = self._find(quote, anchor)
        if found is None:
            return None
        before, after = self.characters[: found[0]], self.characters[found[1] :]
        return before[-AROUND:].replace(BREAK, "-"), after[:AROUND].replace(BREAK, "-")

    def _find(self, quote: str, anchor: Anchor | None) -> tuple[int, int] | None:
        places = self._all(Folded.of(quote).characters)
        return next((place for place in places if anchor is None or self._fits(place, anchor)), None)

    def _all(self, words: str) -> Iterator[tuple[int, int]]:
        if not words:
            return
        if BREAK not in words and BREAK not in self.characters:
            at = self.characters.find(words)
            while at >= 0:
                yield at, at + len(words)
                at = self.characters.find(words, at + 1)
            return
        shape = _shape(words)
        found = shape.search(self.characters)
        while found:
            yield found.span()
            found = shape.search(self.characters, found.start() + 1)

    def _fits(self, place: tuple[int, int], anchor: Anchor) -> bool:
        before, after = _bare(self.characters[: place[0]]), _bare(self.characters[place[1] :])
        prefix, suffix = (_bare(Folded.of(words or "").characters) for words in (anchor.prefix, anchor.suffix))
        return before.endswith(prefix) and after.startswith(suffix)


def _shape(words: str) -> re.Pattern[str]:
    """The shape of folded words in folded text that has hyphens at line ends."""
    parts: list[str] = []
    for at, character in enumerate(words):
        if character == BREAK:
            parts.append(f"[-{BREAK}]?")
        else:
            parts.append(f"[-{BREAK}]" if character == "-" else re.escape(character))
            if character.isalnum() and words[at + 1 : at + 2].isalnum():
                parts.append(f"{BREAK}?")
    return re.compile("".join(parts))


def _bare(characters: str) -> str:
    return re.sub(f"[ {BREAK}-]", "", characters)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    for piece in _PIECES.finditer(text):
        first, last = piece.span()
        if piece.lastgroup == "soft":
            continue
        if piece.lastgroup == "one":
            for letter in piece[0].translate(_ALIKE):
                yield letter, first, last
        else:
            yield {"broken": BREAK, "space": " ", "dash": "-"}[str(piece.lastgroup)], first, last
