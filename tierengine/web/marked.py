"""The text of a source with its quotes marked, each in the look of what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tierengine.evidence.dossier import Casefile, Deficiency, Request
from tierengine.evidence.records import Rating
from tierengine.evidence.sources.anchors import Anchor, Folded
from tierengine.evidence.sources.opened import Opened, is_heading

Fate = Literal["counted", "aside", "proposed", "refused", "asked", "no-evidence", "unread"]
"""What became of a passage: a record that counts or is set aside, a proposal that waits or was refused, a request or
something that an earlier report asked for, no evidence, or nothing yet."""

FATES: dict[Fate, str] = {
    "counted": "a record that counts",
    "aside": "a record that is set aside",
    "proposed": "proposed, to be decided",
    "refused": "proposed, and refused",
    "asked": "asked for, or named by the last report",
    "no-evidence": "no evidence",
    "unread": "nothing is coded from it yet",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a passage was quoted for: its id in the dossier (none for what is unread), and what became of it."""

    id: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph, and all that was made of them; the first mark gives the look."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def fate(self) -> Fate | None:
        """The look of the words."""
        return self.marks[0].fate if self.marks else None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a source: its locator, its text in pieces, and whether it is a heading."""

    at: str
    pieces: tuple[Piece, ...]
    heading: bool

    @property
    def place(self) -> str:
        """The locator without the name of the source."""
        return self.at.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class _Quoted:
    at: str
    quote: str
    anchor: Anchor | None
    mark: Mark


def marked(casefile: Casefile, source: str, aside: Mapping[str, str]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a source. `aside` holds the records that are set aside, by their id."""
    opened = casefile.sources[source]
    quoted: dict[str, list[_Quoted]] = {}
    for each in (*_quotes(casefile, aside), *_unread(casefile)):
        quoted.setdefault(each.at, []).append(each)
    return tuple(_paragraph(opened, at, text, quoted.get(at, [])) for at, text in opened.places())


def _paragraph(source: Opened, at: str, text: str, quoted: list[_Quoted]) -> Paragraph:
    folded = Folded.of(text)
    spans = [(span, each.mark) for each in quoted if (span := folded.find(each.quote, each.anchor)) is not None]
    return Paragraph(at, tuple(_pieces(text, spans)), is_heading(source, at))


def _pieces(text: str, spans: list[tuple[tuple[int, int], Mark]]) -> Iterator[Piece]:
    """The text cut wherever a quote begins or ends."""
    order = list(FATES)
    cuts = sorted({0, len(text), *(edge for span, _ in spans for edge in span)})
    for first, end in pairwise(cuts):
        over = {mark: None for span, mark in spans if span[0] <= first and end <= span[1]}
        yield Piece(text[first:end], tuple(sorted(over, key=lambda mark: order.index(mark.fate))))


def _quotes(casefile: Casefile, aside: Mapping[str, str]) -> Iterator[_Quoted]:
    dossier = casefile.dossier
    for record in dossier.records:
        if not isinstance(record, Rating):
            fate: Fate = "aside" if record.id in aside else "counted"
            yield _Quoted(record.at, record.quote, record.anchor, Mark(record.id, fate))
    for item in dossier.proposed:
        yield _Quoted(item.at, item.quote, item.anchor, Mark(item.id, "refused" if item.refused else "proposed"))
    asked_for: tuple[Request | Deficiency, ...] = (*dossier.requests, *dossier.deficiencies)
    for asked in asked_for:
        yield _Quoted(asked.at, asked.quote, asked.anchor, Mark(asked.id, "asked"))
    for number, none in enumerate(dossier.not_evidence):
        yield _Quoted(none.at, none.quote, none.anchor, Mark(f"no-evidence-{number + 1}", "no-evidence"))
    post = dossier.post_recommendation
    if post is not None:
        yield _Quoted(post.at, post.quote, post.anchor, Mark("post-recommendation", "asked"))


def _unread(casefile: Casefile) -> Iterator[_Quoted]:
    for at, sentence in casefile.uncoded():
        yield _Quoted(at, sentence, None, Mark("", "unread"))
