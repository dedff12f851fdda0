"""Refuses a source that carries any sign of classification, before anything of it is extracted."""

from __future__ import annotations

import re

from tierengine.errors import ClassifiedError, Problem
from tierengine.evidence.source_text import Line

_SIGNS = (
    # A classification line: the word alone at the start of a line, in capitals, as captions are written.
    ("a classification line", re.compile(r"^\s*(?:TOP\s+SECRET|SECRET|CONFIDENTIAL)\b(?=[\s/]*(?:$|[A-Z/]{2,}))")),
    ("a spaced classification line", re.compile(r"^\s*(?:C O N F I D E N T I A L|S E C R E T|T O P\s+S E C R E T)\b")),
    ("a declassification date", re.compile(r"\bDECL(?:ASSIFY)?(?: ON)?\s*:", re.IGNORECASE)),
    ("a classification authority", re.compile(r"\bClassified\s+By\b", re.IGNORECASE)),
    ("the routing sign ZNY", re.compile(r"^\s*ZNY\b")),
    (
        "a paragraph marked as classified",
        re.compile(r"^\s*(?:\S{1,10}\s*)?\(\s*(?:C|S|TS)\s*(?:/\s*/?\s*[A-Z]+\s*)*\)"),
    ),
    (
        "a classified label of the archive",
        re.compile(r"^\s*Classification:?\s*(?:TOP\s+SECRET|SECRET|CONFIDENTIAL)\b", re.IGNORECASE),
    ),
)
"""Each sign alone is enough: a copy may have lost the caption and kept the rest."""


def refuse_classified(lines: tuple[Line, ...], name: str) -> None:
    """Raise `ClassifiedError`, naming line and kind of sign and repeating nothing, if a line bears a sign."""
    problems = [
        Problem(
            where=f"{name}:{number}:1",
            what=f"classified: {kind} stands here; nothing was read",
            cure="do not use this source here; take it off this machine by the rules for classified text",
        )
        for number, line in enumerate(lines, 1)
        for kind, sign in _SIGNS
        if sign.search(line.text)
    ]
    if problems:
        raise ClassifiedError(problems)
