"""Text as a reader may be shown it: without characters that steer a terminal, break a file or turn the words round."""

from __future__ import annotations

import re
from html import escape

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
"""Control characters, marks that change the direction of what follows, and what XML does not allow."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Return a text with each character that would not be shown but obeyed replaced by one that is seen."""
    if text.isascii() and text.isprintable():  # most are, and that is seen in half the time
        return text
    return _STEERING.sub(REPLACEMENT, text)


def escaped(text: str) -> str:
    """Return a text as it stands in HTML and XML, in an element or in a quoted attribute."""
    return escape(printable(text), quote=True)


def cut(words: str, room: int, dots: str = "\N{HORIZONTAL ELLIPSIS}") -> str:
    """Return some words in one line of so many characters; where they are cut, between two words, dots say so."""
    if len(words) <= room:
        return words
    kept = words[: max(0, room - len(dots) + 1)].rpartition(" ")[0] or words[: max(0, room - len(dots))]
    return kept.rstrip(" ,;:") + dots
