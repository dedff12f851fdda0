"""How a finished text is cut: into the words before each mark, and those into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierengine.documents.draft import WRITE
from tierengine.documents.finished import alike

_MARK = re.compile(r"\[([^\[\]]*)\]")
QUOTE = re.compile(r'"([^"]*)"')
"""Quoted words, once quotes are plain."""
_SENTENCE = re.compile(r"(?<=[.!?])(?:[)'\u2420]*)\s+(?=[A-Z0-9\u2420(])")
_HIDDEN = re.compile("\u2420(\\d+)\u2420")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words up to the mark that stands behind them, and the names in that mark."""

    text: str
    names: tuple[str, ...]
    blank: str | None = None


def chunks_of(text: str) -> Iterator[Chunk]:
    """Cut a paragraph behind each mark; a bracket within quotes is none."""
    masked = QUOTE.sub(lambda found: '"' + re.sub(r"[\[\]]", " ", found[1]) + '"', alike(text))
    at = 0
    for mark in _MARK.finditer(masked):
        words, inner = masked[at : mark.start()].strip(), mark[1].strip()
        at = mark.end()
        if inner.startswith(WRITE.strip()):
            yield Chunk(words, (), blank=inner.removeprefix(WRITE.strip()).strip())
        else:
            yield Chunk(words, tuple(each.strip() for each in inner.split(";") if each.strip()))
    rest = masked[at:].strip()
    if rest.strip(".;, "):
        yield Chunk(rest, ())


def sentences_of(text: str) -> list[str]:
    """Cut words into sentences; what is quoted is no end of one."""
    quotes: list[str] = []

    def hide(found: re.Match[str]) -> str:
        quotes.append(found[0])
        return f"\u2420{len(quotes) - 1}\u2420"

    hidden = QUOTE.sub(hide, alike(text))
    cut = (each for each in _SENTENCE.split(hidden) if each.strip())
    return [_HIDDEN.sub(lambda found: quotes[int(found[1])], each).strip() for each in cut]


def short(words: str) -> str:
    """Return the beginning of some words, enough to find them."""
    return words if len(words) <= 80 else words[:77].rsplit(" ", 1)[0] + "\u2026"
