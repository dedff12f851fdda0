"""A source while it is read: each format reports what it meets, and gets what the guard and the engine need."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.sources.guard import Seen, marked, refuse_classified
from tierengine.evidence.sources.opened import LeftOut, Paragraph, Written

LONGEST_TEXT = 20_000_000
"""Characters of all text of one source; a book has a million."""

MOST = 100_000
"""Paragraphs, and pieces that are left out, of one source."""

_LONGEST_HEADING = 60
_BROKEN = re.compile(r"(?<=\w)(?P<hyphen>[-\u2010])[ \t]*(?:\r\n|[\r\n\u2028])\s*(?=\w)")
_KEPT = "\ufdd1"
"""Stands for a line end that is kept; no character of any text, by Unicode."""
_OPEN = re.compile(r"(?P<hyphen>[-\u2010])\n")


def flowing(text: str) -> str:
    """Return text in one line, with a line end kept after a hyphen alone (and after a soft one, which is no sign)."""
    marked_text = _BROKEN.sub(lambda found: found["hyphen"] + _KEPT, text)
    marked_text = re.sub(r"\u00ad[ \t]*[\r\n]\s*", "\u00ad", marked_text)
    joined = " ".join(marked_text.split())
    return joined.replace(_KEPT, "\n")


class Draft:
    """Paragraphs, what is left out, and all that somebody could see, in the order in which they are met."""

    def __init__(self, raw: bytes, name: str, source: str, form: str) -> None:
        self._raw = raw
        self._name = name
        self._source = source
        self._form = form
        self._paragraphs: list[Paragraph] = []
        self._left_out: list[LeftOut] = []
        self._seen: list[Seen] = []
        self._headings: Counter[str] = Counter()
        self._heading = ""
        self._count = 0
        self._length = 0
        self.watching = True
        """Whether the guard sees paragraphs as they are taken; not where it sees the lines of the file."""
        self.warnings: list[str] = []
        self.title: str | None = None
        self.author: str | None = None
        self.sent: str | None = None
        self.day: date | None = None

    @property
    def empty(self) -> bool:
        """Whether no paragraph was met yet."""
        return not self._paragraphs

    def section(self, prefix: str) -> None:
        """Begin to count paragraphs anew, under a name of the format's own, such as `page 14`."""
        self._heading, self._count = prefix, 0

    def heading(self, text: str, number: int) -> None:
        """Take a heading: what follows is counted below it, and itself is paragraph 0 of its part."""
        words = flowing(text)
        if not words:
            return
        called = _short(words)
        self._watch(text, number, "")
        self._headings[called] += 1
        times = self._headings[called]
        self.section(f"{called} ({times})" if times > 1 else called)
        self._add(0, words)

    def paragraph(self, text: str, number: int, place: str = "") -> None:
        """Take a paragraph; `number` and `place` are those of its line or page, for messages."""
        words = flowing(text)
        if words:
            self._watch(text, number, place)
            self._count += 1
            self._add(self._count, words)

    def leave(self, what: str, where: str, text: str, number: int, *, menu: bool = False, place: str = "") -> None:
        """Take text that is no paragraph."""
        lines = [line for line in (flowing(each) for each in text.splitlines()) if line]
        if lines:
            self._grow(sum(map(len, lines)))
            self._left_out.append(LeftOut(what, where, "\n".join(lines)))
            self._seen.extend(Seen(number, line, place or f"in what is left out ({what})", menu) for line in lines)

    def see(self, text: str, number: int, place: str = "") -> None:
        """Take text for the guard alone."""
        self._grow(len(text))
        self._seen.extend(Seen(number, line, place) for line in text.splitlines())

    def written(self, nothing: str, cure: str) -> Written:
        """Return the source; raise `ClassifiedError` on a marking, `EvidenceError` with these words without text."""
        refuse_classified(self._seen, self._name, cable=False)
        if self.empty:
            raise refused(self._name, nothing, cure)
        handling, no_foreign = marked(self._seen)
        return Written(
            id=self._source,
            format=self._form,
            title=self.title,
            author=self.author,
            sent=self.sent,
            paragraphs=tuple(self._paragraphs),
            left_out=tuple(self._left_out),
            handling=handling,
            no_foreign=no_foreign,
            warnings=tuple(dict.fromkeys(self.warnings)),
            raw=self._raw,
            day=self.day,
        )

    def _add(self, count: int, words: str) -> None:
        start = self._paragraphs[-1].end + 1 if self._paragraphs else 0
        locator = f"{self._heading} ¶{count}" if self._heading else f"¶{count}"
        self._paragraphs.append(Paragraph(locator, words, start, start + len(words)))
        self._grow(len(words))

    def _watch(self, text: str, number: int, place: str) -> None:
        if self.watching:
            self._seen.extend(Seen(number, line, place) for line in text.splitlines() if line.strip())

    def _grow(self, more: int) -> None:
        self._length += more
        if len(self._paragraphs) + len(self._left_out) > MOST:
            raise refused(self._name, f"it has more than {MOST} paragraphs", "give the part of it that is evidence")
        if self._length > LONGEST_TEXT:
            what = f"its text is longer than {LONGEST_TEXT // 10**6} million characters"
            raise refused(self._name, what, "split it, and give the parts that are evidence")


def refused(name: str, what: str, cure: str) -> EvidenceError:
    """Return the error that a source cannot be used."""
    return EvidenceError([Problem(where=f"{name}:1:1", what=what, cure=cure)])


def _short(words: str) -> str:
    """A heading as it stands in a locator."""
    line = re.sub(r"\s+", " ", _OPEN.sub(r"\g<hyphen>", words)).replace("¶", "")
    if len(line) <= _LONGEST_HEADING:
        return line.strip()
    return line[:_LONGEST_HEADING].rsplit(" ", 1)[0].strip() + "…"
