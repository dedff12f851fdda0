"""Refuses a source that carries any sign of classification, before anything of it is extracted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from tierengine.errors import ClassifiedError, Problem
from tierengine.evidence.handling import Handling
from tierengine.evidence.sources.plain import Line, without_links
from tierengine.evidence.sources.visible import visible

_LETTERS = {"O": "[O0]", "I": "[I1l|]", "S": "[S5$]", "E": "[E3]"}
"""Letters that scanning gives as a digit."""


def _level(between: str) -> str:
    """A level in capitals, with something between its letters."""
    words = (between.join(_LETTERS.get(letter, letter) for letter in word) for word in ("CONFIDENTIAL", "SECRET"))
    return f"(?:{'|'.join(words)})"


_SPACED = _level("[ ._*-]?")
"""A level in capitals, its letters together or apart."""
_APART = _level("[ ._*-]")
"""A level whose letters stand apart, which running text never does."""
_COLUMN = r"(?:C\nO\nN\nF\nI\nD\nE\nN\nT\nI\nA\nL|S\nE\nC\nR\nE\nT)"
"""A level with one letter a line."""
_PORTION = r"\( ?(?:C|S|TS)(?: ?[/,-][^()]{0,40})? ?\)"
"""The mark of a classified paragraph: (C), (S/NF), (S//REL TO ...)."""

_LABEL = (
    "a classified label of the archive",
    re.compile(r"^(?:TOP )?(?:SECRET|CONFIDENTIAL)$", re.MULTILINE | re.IGNORECASE),
)
_IN_A_CABLE = (
    # In capitals at the start of a line, as captions are written; upper-case prose that wraps there is refused too.
    ("a classification line", re.compile(rf"^(?:T ?O ?P )?{_SPACED}(?= ?(?:$|/|[A-Z]{{2}}))", re.MULTILINE)),
    ("a classification authority", re.compile(r"^(?:\(U\) ?)?(?:CLASSIFIED BY|Classified By)\b", re.MULTILINE)),
)
"""What is a sign in a cable, and a heading like any other in a page or a paper."""
_ON_A_PAGE = (
    (
        "a classification line",
        re.compile(
            rf"^[^\w\n]*(?:(?:T ?O ?P[ -]?)?{_SPACED}|TOP SECRET)(?:[^\w\n]*$| ?/| ?[-:] ?(?=[A-Z]{{2}}))", re.MULTILINE
        ),
    ),
    ("a classification authority", re.compile(r"^(?:\(U\) ?)?CLASSIFIED BY\b", re.MULTILINE)),
)
"""What is a sign in a page or a paper: a level by itself on a line, or before a slash or a dash."""
_SIGNS = (
    ("a classification line", re.compile(rf"^{_COLUMN}$", re.MULTILINE)),
    # Copies that put the header, or what the archive says of the cable, into one line.
    ("a classification line", re.compile(rf"\b{_APART}\b")),
    (
        "a classification line",
        re.compile(rf"\b{_SPACED}(?= ?//| NOFORN\b| SECTION \d| [A-Z][A-Z '.-]{{0,40}} \d{{3,8}}\b)"),
    ),
    (
        "a classified label of the archive",
        re.compile(
            r"^(?:\w{1,12} )?Classification ?:?\s(?:TOP )?(?:SECRET|CONFIDENTIAL)\b", re.MULTILINE | re.IGNORECASE
        ),
    ),
    (
        "a classified label of the archive",
        re.compile(r"^(?:\d\d[A-Z]{2,40}\d+|\d{4}-\d\d-\d\d)\b.*\b(?:SECRET|CONFIDENTIAL)\b", re.MULTILINE),
    ),
    (
        "a declassification date",
        re.compile(
            r"\bDECL(?:ASSIFY)?(?: ON)? ?:|\bDECLASSIFY ON\b|\bD ?E ?C ?L ?[:.]? ?\d|\bD E C L\b", re.IGNORECASE
        ),
    ),
    # Schedules of the orders before 12958: all of them say when classified text is to be opened.
    (
        "a declassification date",
        re.compile(r"^E\.? ?O\.? ?\d+ ?:.*\b(?:DECL|OADR|X?GDS|ADS)\b", re.MULTILINE | re.IGNORECASE),
    ),
    ("a classification authority", re.compile(r"\bClassified\sBy ?:", re.IGNORECASE)),
    ("the routing sign of classified traffic", re.compile(r"\bZNY\b|\b(?:C{5}|S{5}|T{5}) ZZH\b")),
    # Behind a paragraph's title, and anywhere in the subject.
    (
        "a paragraph marked as classified",
        re.compile(rf"^(?=[^\w\n]{{0,6}}\d)[^A-Za-z\n]{{1,14}}[A-Za-z][^:.()\n]{{0,60}}[:.] ?{_PORTION}", re.MULTILINE),
    ),
    ("a subject marked as classified", re.compile(rf"^SUBJ(?:ECT)?:.* {_PORTION}", re.MULTILINE)),
)
"""Each sign alone is enough: a copy may have lost the caption and kept the rest."""
_MARKED = (
    "a paragraph marked as classified",
    # At the start of a line, behind a paragraph mark however mangled; "OFFENDER(S)" is a word.
    re.compile(rf"^(?:[A-Za-z]{{1,2}}(?=[\d._) ]))?[\W\d_]{{0,14}}?{_PORTION}", re.MULTILINE),
)
_NO_PORTION = re.compile(r" ?(?:(?:19|20)\d\d\b|[Cc]opyright\b|COPYRIGHT\b|[a-z])")
"""What follows `(C)` where it stands for copyright, and `(S)` where it begins a word."""
_LISTED = re.compile(r"^\W*\((?P<letter>[A-Z])\)")

_SENSITIVE = re.compile(
    r"^\W*(?:\(?(?:SBU|FOUO|CUI)\b|SENSITIVE BUT UNCLASSIFIED\b|FOR OFFICIAL USE ONLY\b)"
    r"|^\W*CONTROLLED UNCLASSIFIED INFORMATION\b"
    r"|\bUNCLASSIFIED ?/+ ?(?:FOR OFFICIAL USE ONLY|FOUO|SBU|CUI)\b"
)
_NO_FOREIGN = re.compile(r"\(?(?:SBU|UNCLASSIFIED|CUI) ?/+ ?(?:NF|NOFORN)\b|^\W*NOFORN\W*$")
_UNCLASSIFIED = re.compile(r"^\W*UNCLAS(?:SIFIED)?\b(?:\W*$|.*\d{3})")


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that stands somewhere in a source: its number (of line, page or paragraph), its words, and where it is."""

    number: int
    text: str
    place: str = ""
    """Where it stands if not in the text: `in a comment`."""
    menu: bool = False
    """Whether it is an entry of a menu, where a level by itself is a word to click on and no marking."""


def seen_lines(lines: Iterable[Line]) -> tuple[Seen, ...]:
    """The lines of a text file."""
    return tuple(Seen(number, line.text) for number, line in enumerate(lines, start=1))


def refuse_classified(seen: Iterable[Seen], name: str, *, cable: bool = True) -> None:
    """Raise `ClassifiedError`, naming place and kind of sign and repeating nothing, if a line bears a sign.

    In a cable the shapes of captions are taken more strictly than in a page or a paper, which have headings and lists.
    """
    shown = [(line, text) for line in seen for text in _shown(line.text)]
    found = sorted({(line.number, line.place, kind) for line, kind in _signs(shown, cable=cable)})
    if found:
        raise ClassifiedError(
            Problem(
                where=f"{name}:{number}:1",
                what=f"classified: {kind} stands {place or 'here'}; nothing was read",
                cure="do not use this source here; take it off this machine by the rules for classified text",
            )
            for number, place, kind in found
        )


def marked(seen: Iterable[Seen]) -> tuple[Handling, bool]:
    """Return the handling that the markings of a page or a paper ask for, and whether it is not for foreigners."""
    shown = [text for line in seen if not line.menu for text in _shown(line.text)]
    no_foreign = any(_NO_FOREIGN.search(text) for text in shown)
    if no_foreign or any(_SENSITIVE.search(text) for text in shown):
        return "sensitive but unclassified", no_foreign
    return ("unclassified" if any(_UNCLASSIFIED.search(text) for text in shown) else "unknown"), False


def _signs(shown: list[tuple[Seen, str]], *, cable: bool) -> Iterator[tuple[Seen, str]]:
    """The lines that bear a sign, each with its kind."""
    text = "\n".join(words for _, words in shown)
    begins = list(accumulate((len(words) + 1 for _, words in shown), initial=0))

    def line(at: int) -> int:
        return bisect_right(begins, at) - 1

    for kind, shape in (*_SIGNS, *(_IN_A_CABLE if cable else _ON_A_PAGE), _LABEL):
        for sign in shape.finditer(text):
            first = shown[line(sign.start())][0]
            if not (first.menu and (shape is _LABEL[1] or shape is _ON_A_PAGE[0][1])):
                yield first, kind
    for sign in _MARKED[1].finditer(text):
        if cable or not _is_list(sign, text, shown, line(sign.end() - 1)):
            yield shown[line(sign.end() - 1)][0], _MARKED[0]


def _is_list(sign: re.Match[str], text: str, shown: list[tuple[Seen, str]], at: int) -> bool:
    """Whether a letter in brackets counts in a list, as in a statute: (A), (B), (C); or stands for copyright."""
    if _NO_PORTION.match(text, sign.end()):
        return True
    letters = [found["letter"] for _, words in shown[max(0, at - 200) : at + 1] if (found := _LISTED.match(words))]
    return letters[-3:] == ["A", "B", "C"] or letters[-2:] == ["R", "S"]


def _shown(line: str) -> list[str]:
    """What a reader sees of a line, without the debris of links and emphasis."""
    bare = without_links(line).replace("**", "").replace("__", "")
    return list(visible(bare))
