"""A document as a tagged PDF, for print and for the file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tierengine.documents.draft import MADE_FROM, RECORDS, Blank, Draft, Said
from tierengine.reports.printable import printable
from tierengine.reports.typeset import pdf_of

_TEMPLATE = files("tierengine.documents").joinpath("document.typ").read_bytes()


def pdf(draft: Draft) -> bytes:
    """Return a document as PDF; equal documents give equal bytes, and every word goes in as data."""
    return pdf_of(_TEMPLATE, {"document": json.dumps(_values(draft), ensure_ascii=False)}, draft.day)


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "title": printable(draft.title),
        "date": {"year": draft.day.year, "month": draft.day.month, "day": draft.day.day},
        "marking": draft.marking,
        "purpose": printable(draft.purpose),
        "notes": [_piece(note) for note in draft.notes],
        "sections": [
            {
                "heading": printable(section.heading),
                "paragraphs": [
                    {"listed": each.listed, "pieces": [_piece(piece) for piece in each.pieces]}
                    for each in section.paragraphs
                ],
            }
            for section in draft.sections
            if section.paragraphs
        ],
        "lists": [
            {
                "heading": RECORDS,
                "lines": [[each.name, printable(f"{each.at}. {each.words}")] for each in draft.exhibits],
            },
            {"heading": MADE_FROM, "lines": [[name, printable(value)] for name, value in draft.made_from]},
        ],
    }


def _piece(piece: Said | Blank) -> dict[str, Any]:
    if isinstance(piece, Blank):
        label, bracket, rest = piece.marked.partition("[")
        return {"kind": "blank", "label": printable(label), "text": printable(bracket + rest)}
    return {"kind": "said", "text": printable(piece.text), "grounds": list(piece.grounds)}
