"""Ratings that wait to be given: written into a dossier as blanks, which have to be filled before it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any

from tierengine.errors import Problem
from tierengine.evidence.rewriting import Rewriting
from tierengine.yamlfile import Document

BLANK = "?"
"""What stands where a person has to write."""

_KEYS = ("rating", "author", "date", "reasons")
"""What a person writes into a blank rating."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A rating that waits to be given."""

    word: str
    """The name of the open word."""
    asks: str
    rubric: Mapping[str, str]
    """What each level means."""


def unfilled(document: Document, others: Iterable[Problem]) -> list[Problem]:
    """Return the problems of a dossier in which each blank that was not filled is reported once, with what to write."""
    kept, places = [], set()
    for number, word, waiting in _waiting(document):
        places |= {document.where("records", number, key) for key in waiting}
        problem = Problem(
            where=document.where("records", number, waiting[0]),
            what=f"the rating of `{word}` waits for its {', '.join(waiting)}",
            cure="write them (the levels stand beside `rating`, a date as 2008-06-04), or remove the whole record",
        )
        kept.append(problem)
    return [*(problem for problem in others if problem.where not in places), *kept]


def _waiting(document: Document) -> Iterator[tuple[int, str, list[str]]]:
    """The ratings that wait to be given: the place of the record, the open word, and the keys that are blank."""
    records = document.values.get("records", ()) if isinstance(document.values, dict) else ()
    for number, record in enumerate(records if isinstance(records, tuple) else ()):
        if waits(record):
            yield number, str(record.get("measures")), [key for key in _KEYS if record.get(key) == BLANK]


def waits(record: Any) -> bool:
    """Whether a record is a rating that waits to be given."""
    judgement = isinstance(record, dict) and record.get("kind") == "judgement"
    return judgement and any(record.get(key) == BLANK for key in _KEYS)


def without_blanks(document: Document) -> Document:
    """Return a dossier without its ratings that wait to be given; what is left keeps the places that it has."""
    records = document.values.get("records") if isinstance(document.values, dict) else None
    if not isinstance(records, tuple) or not any(map(waits, records)):
        return document
    kept = [number for number, record in enumerate(records) if not waits(record)]
    moved = {old: new for new, old in enumerate(kept)}
    marks = {}
    for path, mark in document.marks.items():
        if len(path) < 2 or path[0] != "records":
            marks[path] = mark
        elif path[1] in moved:
            marks["records", moved[int(path[1])], *path[2:]] = mark
    values = document.values | {"records": tuple(records[number] for number in kept)}
    return replace(document, values=values, marks=marks)


def with_blanks(document: Document, blanks: Iterable[Blank]) -> bytes:
    """Return the bytes of a dossier with a blank rating for each open word, after its other records.

    Nothing else changes, comments and line ends included. Raise `EvidenceError` if the records are not written as a
    list of lines.
    """
    rewriting = Rewriting(document)
    for blank in blanks:
        rewriting.append("records", tuple(_lines(blank)))
    return rewriting.raw


def _lines(blank: Blank) -> Iterator[str]:
    yield f"- id: rating-{blank.word.replace('_', '-')}"
    yield "  kind: judgement"
    yield f"  measures: {blank.word}"
    yield "  question: >-"
    yield from (f"    {line}" for line in wrap(blank.asks, 100))
    for level, means in blank.rubric.items():
        yield from (f"  # {line}" for line in wrap(f"{level}: {means}", 100))
    yield f"  rating: '{BLANK}'  # {', '.join(blank.rubric)}"
    yield f"  author: '{BLANK}'"
    yield f"  date: '{BLANK}'"
    yield f"  reasons: '{BLANK}'"
