"""Sentences of a source, cut to the parts that each say one thing, by punctuation and by words that turn about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierengine.evidence.sources.opened import Opened, is_heading

_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sgt|Rev|Hon|Prof|Sr|Jr|No|Nos|Art|Arts|Sec|Inc|Ltd|vs|etc|approx"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*|\b[ei]\.[eg])\.$"
)
_END = re.compile(r"[.!?]+[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z\d\u00c0-\u00de])")
_PART = re.compile(
    r"\s*;\s+|\s+[-\u2013\u2014|]\s+|\s*:\s+(?=\S)"
    r"|,\s+(?=(?:but|although|though|while|whereas|despite|yet)\b)"
    r"|\s+(?=(?:although|whereas)\b)|(?<=\w)\s+(?=but\s+(?:did|has|have|had|does|do|was|were|it|the|failed|no|not)\b)"
)
"""Where a part ends: a semicolon, a dash, a colon, and before a word that turns the sentence about."""


_ENDED = re.compile(r"[.!?;:][\"'\u201d\u2019)\]\d]*\s*$")
_NUMBERED = re.compile(r"(?:\d+|[IVX]+)(?:\.\d+)*[.)]?\s+[A-Z][^\d.!?]*")
_SMALL = frozenset(("of", "in", "and", "the", "for", "on", "to", "a", "an", "by", "or", "&", "-", "\u2013"))
_FEW = 6
"""Words of a title at most."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or the part of one that says a thing by itself, with the locator of its paragraph."""

    at: str
    text: str


def sentences(source: Opened) -> Iterator[Sentence]:
    """Yield the sentences of a source in its order, cut to their parts; each stands in its paragraph word by word.

    A heading names what follows and says nothing itself, so it is passed over; and so are the cells of a table that
    were run together, which say no longer what each number counts.
    """
    for locator, paragraph in source.places():
        if is_heading(source, locator) or is_title(paragraph):
            continue
        for sentence in whole_sentences(paragraph):
            for part in _PART.split(sentence):
                if any(letter.isalpha() for letter in part):
                    yield Sentence(locator, part.strip(" ,"))


def is_title(paragraph: str) -> bool:
    """Say whether a paragraph is no sentence: a numbered heading, the head of a table, or cells run together."""
    if _ENDED.search(paragraph):
        return False
    parts = paragraph.split()
    numbers = sum(part[0].isdigit() for part in parts)
    titled = any(part[0].isupper() for part in parts) and all(part[0].isupper() or part in _SMALL for part in parts)
    return (
        _NUMBERED.fullmatch(paragraph) is not None
        or (1 < len(parts) <= _FEW and titled)
        or (numbers > 3 and numbers >= len(parts) - numbers)
    )


def whole_sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; the point of an abbreviation or an initial ends none."""
    start = 0
    for end in _END.finditer(paragraph):
        if not _SHORT.search(paragraph, start, _point(paragraph, end.start())):
            yield paragraph[start : end.end()].strip()
            start = end.end()
    if paragraph[start:].strip():
        yield paragraph[start:].strip()


def _point(paragraph: str, at: int) -> int:
    """The place after the first point of an end."""
    return min(at + 1, len(paragraph))
