"""Refuses a source that carries any sign of classification, before anything of it is extracted."""

from __future__ import annotations

import re

from tierengine.errors import ClassifiedError, Problem
from tierengine.evidence.sources.plain import Line, without_links

_SPACED = r"(?:C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L|S ?E ?C ?R ?E ?T)"
"""A level in capitals, its letters together or apart."""
_APART = r"(?:C O N F I D E N T I ?A ?L|S E C R E T)"
"""A level whose letters stand apart, which running text never does."""
_PORTION = r"\( ?(?:C|S|TS)(?: ?[/,-][^()]{0,40})? ?\)"
"""The mark of a classified paragraph: (C), (S/NF), (S//REL TO ...)."""

_SIGNS = (
    # In capitals at the start of a line, as captions are written; upper-case prose that wraps there is refused too.
    ("a classification line", re.compile(rf"^(?:T ?O ?P )?{_SPACED}(?= ?(?:$|/|[A-Z]{{2}}))", re.MULTILINE)),
    # Copies that put the header, or what the archive says of the cable, into one line.
    ("a classification line", re.compile(rf"\b{_APART}\b")),
    (
        "a classification line",
        re.compile(rf"\b{_SPACED}(?= ?//| NOFORN\b| SECTION \d| [A-Z][A-Z '.-]{{0,40}} \d{{3,8}}\b)"),
    ),
    (
        "a classified label of the archive",
        re.compile(r"^(?:TOP )?(?:SECRET|CONFIDENTIAL)$", re.MULTILINE | re.IGNORECASE),
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
    ("a classification authority", re.compile(r"^(?:\(U\) ?)?(?:CLASSIFIED BY|Classified By)\b", re.MULTILINE)),
    ("the routing sign of classified traffic", re.compile(r"\bZNY\b|\b(?:C{5}|S{5}|T{5}) ZZH\b")),
    # At the start of a line, behind a paragraph mark however mangled; "OFFENDER(S)" is a word.
    (
        "a paragraph marked as classified",
        re.compile(rf"^(?:[A-Za-z]{{1,2}}(?=[\d._) ]))?[\W\d_]{{0,14}}?{_PORTION}", re.MULTILINE),
    ),
    # Behind a paragraph's title, and anywhere in the subject.
    (
        "a paragraph marked as classified",
        re.compile(rf"^(?=[^\w\n]{{0,6}}\d)[^A-Za-z\n]{{1,14}}[A-Za-z][^:.()\n]{{0,60}}[:.] ?{_PORTION}", re.MULTILINE),
    ),
    ("a subject marked as classified", re.compile(rf"^SUBJ(?:ECT)?:.* {_PORTION}", re.MULTILINE)),
)
"""Each sign alone is enough: a copy may have lost the caption and kept the rest."""


def refuse_classified(lines: tuple[Line, ...], name: str) -> None:
    """Raise `ClassifiedError`, naming line and kind of sign and repeating nothing, if a line bears a sign."""
    shown = "\n".join(_shown(line.text) for line in lines)
    found = sorted(
        {(shown.count("\n", 0, sign.start()), kind) for kind, shape in _SIGNS for sign in shape.finditer(shown)}
    )
    if found:
        raise ClassifiedError(
            Problem(
                where=f"{name}:{line + 1}:1",
                what=f"classified: {kind} stands here; nothing was read",
                cure="do not use this source here; take it off this machine by the rules for classified text",
            )
            for line, kind in found
        )


def _shown(line: str) -> str:
    """A line without the debris of links and emphasis, its white space as single spaces."""
    return " ".join(without_links(line).replace("**", "").split())
