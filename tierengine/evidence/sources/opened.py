"""What an open source is to the rest of the engine, whatever its format: paragraphs with places, text, and a mark.

A format is one file that gives an `Opened`. Most give a `Written`; a telegram is one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from tierengine import canonical
from tierengine.evidence.handling import Handling
from tierengine.evidence.sources.anchors import Anchor, Folded


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text of a source that is no paragraph: what it is, such as a menu or a footnote, where it stands, its words."""

    what: str
    where: str
    text: str


class Opened(Protocol):
    """A source that was read."""

    @property
    def id(self) -> str:
        """What the dossier and every locator call it; it holds no space."""

    @property
    def raw(self) -> bytes:
        """Its bytes as given."""

    @property
    def handling(self) -> Handling:
        """How its markings ask for it to be handled."""

    @property
    def no_foreign(self) -> bool:
        """Whether some part is marked not to be given to foreign governments."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is doubtful about the copy."""

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is no paragraph."""

    @property
    def sent(self) -> str | None:
        """When it was sent or published, if it says so."""

    @property
    def day(self) -> date | None:
        """The day on which it was sent, if its format bears one: a silence may be taken to speak of that day."""

    @property
    def author(self) -> str | None:
        """Who sent or wrote it, if it says so."""

    @property
    def text(self) -> str:
        """Its paragraphs as one text, in which positions are counted if `by_bytes` is false."""

    @property
    def by_bytes(self) -> bool:
        """Whether positions count bytes of the file and not characters of the text."""

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield locator and text of each paragraph, in reading order."""

    def passage(self, locator: str, quote: str, anchor: Anchor | None = None) -> tuple[int, int] | None:
        """Return the first position of a quote in a paragraph and the one past its last, or nothing if it is not there.

        Where it stands there more than once, the anchor says which; where the anchor fits none, nothing is returned.
        """

    def around(self, locator: str, quote: str, anchor: Anchor | None = None) -> tuple[str, str] | None:
        """Return some words before and after a quote in its paragraph."""

    def handled(self, handling: Handling) -> Opened:
        """Return the same source with the handling that somebody declared."""


Look = Callable[[bytes, str], Opened | None]
"""Reads what is attached to a source, by its bytes and its name, for the guard; nothing if no format here reads it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its locator within the source, such as `page 14 ¶3`, its text, and where that begins and ends.

    A line end stays in the text after a hyphen alone, since there nobody knows whether the hyphen is part of the word.
    """

    locator: str
    """Its place within the source, such as `page 14 ¶3`."""
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Written:
    """A source of any format but the telegram. Positions count characters of `text`."""

    id: str
    format: str
    """The format that it was read as."""
    title: str | None
    author: str | None
    sent: str | None
    """The day, or day and time, that it bears."""
    paragraphs: tuple[Paragraph, ...]
    left_out: tuple[LeftOut, ...]
    handling: Handling
    """The strictest handling that any marking of it asks for; `unknown` where there is none."""
    no_foreign: bool
    """Whether some part is marked not to be given to foreign governments (NF, NOFORN)."""
    warnings: tuple[str, ...]
    raw: bytes
    day: date | None = None

    @property
    def by_bytes(self) -> bool:
        """Positions are those of the text."""
        return False

    @property
    def text(self) -> str:
        """The paragraphs, a line end between two."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield locator and text of each paragraph, in reading order."""
        for paragraph in self.paragraphs:
            yield f"{self.id} {paragraph.locator}", shown(paragraph.text)

    def passage(self, locator: str, quote: str, anchor: Anchor | None = None) -> tuple[int, int] | None:
        """Return the characters of `text` that a quote takes up, or nothing."""
        paragraph = self._paragraph(locator)
        found = Folded.of(paragraph.text).find(quote, anchor) if paragraph is not None else None
        if paragraph is None or found is None:
            return None
        return paragraph.start + found[0], paragraph.start + found[1]

    def around(self, locator: str, quote: str, anchor: Anchor | None = None) -> tuple[str, str] | None:
        """Return some words before and after a quote."""
        paragraph = self._paragraph(locator)
        return Folded.of(paragraph.text).around(quote, anchor) if paragraph is not None else None

    def handled(self, handling: Handling) -> Written:
        """Return the same source with the handling that somebody declared."""
        return replace(self, handling=handling)

    def _paragraph(self, locator: str) -> Paragraph | None:
        source, _, place = locator.partition(" ")
        return next((each for each in self.paragraphs if each.locator == place), None) if source == self.id else None


def text_digest(opened: Opened) -> str:
    """Return the digest of a source's text as it is read."""
    return canonical.digest(opened.text.encode("utf-8"))


def shown(text: str) -> str:
    """The text of a paragraph in one line, as it is seen: without soft hyphens."""
    return " ".join(text.replace("-\n", "-").replace("\u00ad", "").split())


def is_heading(source: Opened, locator: str) -> bool:
    """Say whether a paragraph is a heading, which is paragraph 0 of the part that it begins; a telegram has none."""
    return isinstance(source, Written) and locator.endswith(" ¶0")
