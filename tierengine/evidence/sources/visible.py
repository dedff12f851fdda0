"""What a reader sees of a text: entities and tags resolved, invisible characters gone, look-alike letters made plain.

It is made for the guard alone; no quote is ever read from it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

_LOOKS_LIKE = {
    "A": "\u0410\u0391\u13aa\ua4ee\u1d00\u0430\u03b1",
    "B": "\u0412\u0392\u13f4\ua4d0\u0299",
    "C": "\u0421\u03f9\u13df\ua4da\u1d04\u0441\u03f2\u2ca4\u2ca5",
    "D": "\u0500\u13a0\ua4d3\u1d05\u0501",
    "E": "\u0415\u0395\u13ac\ua4f0\u1d07\u0435\u2c88",
    "F": "\u03dc\ua4dd\ua730\ua798\u0492",
    "G": "\u050c\u13c0\ua4d6\u0262",
    "H": "\u041d\u0397\u13bb\ua4e7\u029c",
    "I": "\u0406\u0399\u13c6\ua4f2\u026a\u0456\u04c0\u04cf\u0131\u03b9\u2160\u01c0\u05c0",
    "J": "\u0408\u13ab\ua4d9\u1d0a\u0458",
    "K": "\u041a\u039a\u13e6\ua4d7\u1d0b",
    "L": "\u13de\ua4e1\u029f\u216c\u2cd0",
    "M": "\u041c\u039c\u13b7\ua4df\u1d0d\u03fa",
    "N": "\u039d\ua4e0\u0274\u2c9a",
    "O": "\u041e\u039f\u0555\ua4f3\u1d0f\u043e\u03bf\u2c9e\u0585",
    "P": "\u0420\u03a1\u13e2\ua4d1\u1d18\u0440\u03c1\u2ca2",
    "Q": "\u051a\u051b",
    "R": "\u13a1\u13d2\ua4e3\u0280\u1587",
    "S": "\u0405\u13da\ua4e2\ua731\u0455\u054f\u13d5",
    "T": "\u0422\u03a4\u13a2\ua4d4\u1d1b\u2ca6",
    "U": "\u054d\ua4f4\u1d1c\u057d\u222a",
    "V": "\u0474\u13d9\ua4e6\u1d20\u0475\u2164",
    "W": "\u051c\u13b3\ua4ea\u1d21\u051d",
    "X": "\u0425\u03a7\ua4eb\u0445\u03c7\u2169",
    "Y": "\u0423\u03a5\u13bd\ua4ec\u028f\u0443\u04ae",
    "Z": "\u0396\u13c3\ua4dc\u1d22",
}
"""Letters of other scripts that are drawn as a Latin letter is (Unicode UTS 39, confusables, for capitals)."""

_PLAIN = {
    **{ord(other): letter for letter, others in _LOOKS_LIKE.items() for other in others},
    **{0x1F1E6 + place: chr(ord("A") + place) for place in range(26)},
    **{0x1F170 + place: chr(ord("A") + place) for place in range(26)},
    **{0x1F150 + place: chr(ord("A") + place) for place in range(26)},
    **dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x034F), ""),
    0x2800: " ",
}
"""Look-alikes, letters in boxes, and letters of no width that Unicode does not class as invisible."""

_LINK = re.compile(r"!?\[([^\[\]\n]{0,400})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
"""A link in Markdown, which shows its words."""
_COMMENT = re.compile(r"<!--|-->")
_BLOCK = re.compile(
    r"</?(?:address|article|br|center|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|table|td|th|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,4000}>")
_OVERRIDE = re.compile("[\u202d\u202e]")
_INVISIBLE = ("Cf", "Mn", "Me", "Cc")


def visible(text: str) -> Iterator[str]:
    """Yield the lines that a reader of one line sees, and what stands in its tags, links and comments."""
    resolved = _unescaped(text)
    for version in dict.fromkeys((resolved, _LINK.sub(r"\1", resolved))):
        if "<" in version and ">" in version:
            opened = _COMMENT.sub("\n", version)
            for line in _TAG.sub("", _BLOCK.sub("\n", opened)).split("\n"):
                yield from _drawn(line)
            for tag in _TAG.findall(opened):
                yield from _drawn(tag.strip("<>"))
        else:
            yield from _drawn(version)


def untagged(markup: str) -> str:
    """Return the text of markup: a line for each block, and nothing for the tags within a line."""
    return _unescaped(_TAG.sub("", _BLOCK.sub("\n", markup)))


def _unescaped(text: str) -> str:
    """Text with its entities resolved, those too that were escaped once more."""
    for _ in range(3):
        if "&" not in text:
            return text
        text = html.unescape(text)
    return text


def _drawn(line: str) -> Iterator[str]:
    yield plain_letters(line)
    if _OVERRIDE.search(line):
        first, *parts = re.split("\u202e", line)
        turned = first
        for part in parts:
            inside, end, rest = part.partition("\u202c")
            turned += inside[::-1] + (rest if end else "")
        yield plain_letters(turned)


def plain_letters(line: str) -> str:
    """A line without invisible characters and accents, its look-alikes and wide letters plain, single spaces."""
    return " ".join((line if line.isascii() else line.translate(_LETTERS)).replace("\0", "").split())


class _Letters(dict[int, str]):
    """What each character looks like, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        """Work a character out."""
        apart = unicodedata.normalize("NFKD", str(_PLAIN.get(code, chr(code)))).translate(_PLAIN)
        shown = "".join(c for c in apart if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
        return self.setdefault(code, shown)


_LETTERS = _Letters()
