"""The text of a source and where each of its characters stands in the bytes as given."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from tierengine.evidence.sources.anchors import Anchor, Folded

_LINK = re.compile(r"\[([^\[\]\n]*)\]\(#\)")
"""Link debris of Markdown copies: `[KCRM](#)` shows KCRM."""

_PAGE_LINE = re.compile(
    r"(?:^|(?<=[\r\n]))[ \t]*(?:[A-Z][A-Z '.-]{1,30} \d{5,8} +\d{3}(?:\.\d)? OF \d{3}|\d{3}\.\d OF \d{3})[ \t]*"
    r"(?=[\r\n]|$)"
)
"""A page line inside the text, such as `STATE 00123456 002 OF 012`; the sentence around it goes on."""

_RUN = re.compile(r"[\x00-\x7f]+|.", re.DOTALL)
"""Characters of one byte each, as nearly all of a cable are, or a single other one."""

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end: its words, and the byte offsets of its first character and past its last."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """Decoded text; `offsets[n]` is the byte at which character n begins, with one more entry for the end."""

    characters: str
    offsets: tuple[int, ...]

    @staticmethod
    def of(raw: bytes) -> SourceText:
        """Decode UTF-8, with or without byte order mark; a byte that is none is read as Windows-1252.

        A byte that Windows-1252 leaves undefined becomes U+FFFD. Bytes are decoded one by one, so that a part of a
        source always reads as it does in the whole.
        """
        bom = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
        characters: list[str] = []
        offsets = [bom]
        for run in _RUN.findall(raw[bom:].decode("utf-8", "surrogateescape")):
            stray = "\udc80" <= run <= "\udcff"
            characters.append(_stray(run) if stray else run)
            if run.isascii():
                offsets.extend(range(offsets[-1] + 1, offsets[-1] + len(run) + 1))
            else:
                offsets.append(offsets[-1] + (1 if stray else len(run.encode("utf-8"))))
        return SourceText("".join(characters), tuple(offsets))

    def lines(self) -> tuple[Line, ...]:
        """The lines, whichever line ends the copy has."""
        lines, begun = [], 0
        for end in [*_LINE_END.finditer(self.characters), None]:
            last = end.start() if end else len(self.characters)
            lines.append(Line(self.characters[begun:last], self.offsets[begun], self.offsets[last]))
            begun = end.end() if end else last
        return tuple(lines)


Hidden = tuple[tuple[int, int], ...]
"""Stretches of bytes that are no part of the text around them: the head of the next section of a cable."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """What a stretch of a source says to a reader, character by character, with the bytes behind each.

    In `written` a line end stays after a hyphen alone: whether the hyphen is part of the word, nobody knows.
    """

    written: str
    spans: tuple[tuple[int, int], ...]

    @staticmethod
    @lru_cache(maxsize=512)  # a paragraph is searched for one quote after another
    def of(raw: bytes, start: int, end: int, hidden: Hidden = ()) -> PlainText:
        """Read the bytes from `start` to `end`: white space becomes single spaces, link debris what it shows.

        Page lines and what is hidden are left out. A word that is broken after its hyphen at a line end is joined.
        """
        source = SourceText.of(raw[start:end])
        characters: list[str] = []
        spans: list[tuple[int, int]] = []
        for piece, first, last in _shown(source, start, hidden):
            shown = piece
            if piece.isspace():
                following = source.characters[last : last + 1]
                broken = _LINE_END.search(piece) and _hyphenated(characters, following)
                if not characters:
                    continue
                shown = "\n" if broken else " "
            characters.append(shown)
            spans.append((start + source.offsets[first], start + source.offsets[last]))
        while characters and characters[-1] in " \n":
            characters.pop()
            spans.pop()
        return PlainText("".join(characters), tuple(spans))

    @property
    def characters(self) -> str:
        """The text in one line; a broken word keeps its hyphen."""
        return self.written.replace("-\n", "-")

    def find(self, quote: str, anchor: Anchor | None = None) -> tuple[int, int] | None:
        """Return the first byte and the byte past the last of a quote, or nothing if it is not there."""
        found = Folded.of(self.written).find(self._plain(quote), anchor)
        return (self.spans[found[0]][0], self.spans[found[1] - 1][1]) if found else None

    def around(self, quote: str, anchor: Anchor | None = None) -> tuple[str, str] | None:
        """Return the words just before and just after a quote."""
        return Folded.of(self.written).around(self._plain(quote), anchor)

    def _plain(self, quote: str) -> str:
        raw = quote.encode("utf-8", "surrogatepass")
        return PlainText.of(raw, 0, len(raw)).written


def is_page_line(text: str) -> bool:
    """Whether a line is the head of a page of a telegram, and no part of the text."""
    return _PAGE_LINE.fullmatch(text) is not None


def without_links(text: str) -> str:
    """Return text with link debris replaced by what it shows."""
    return _LINK.sub(r"\1", text)


def _stray(escaped: str) -> str:
    return escaped.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _hyphenated(before: list[str], following: str) -> bool:
    return len(before) > 1 and before[-1] == "-" and before[-2].isalnum() and following.isalnum()


def _shown(source: SourceText, start: int, away: Hidden) -> list[tuple[str, int, int]]:
    """What is shown, with the stretch behind it: characters with the link debris at them, white space run by run."""
    text = source.characters
    hidden: set[int] = set()
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    for link in _LINK.finditer(text):
        hidden |= set(range(link.start(), link.end())) - set(range(link.start(1), link.end(1)))
        if link[1]:
            begins[link.start(1)], ends[link.end(1) - 1] = link.start(), link.end()
    for page in _PAGE_LINE.finditer(text):
        hidden |= set(range(page.start(), page.end()))
    for first, last in away:
        low, high = bisect_left(source.offsets, first - start), bisect_left(source.offsets, last - start)
        hidden |= set(range(max(low, 0), min(high, len(text))))
    pieces: list[tuple[str, int, int]] = []
    for at, character in enumerate(text):
        if at in hidden:
            continue
        first, last = begins.get(at, at), ends.get(at, at + 1)
        if character.isspace() and pieces and pieces[-1][0].isspace():
            pieces[-1] = (pieces[-1][0] + character, pieces[-1][1], last)
        else:
            pieces.append((character, first, last))
    return pieces
