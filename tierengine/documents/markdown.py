"""A document as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.documents.draft import MADE_FROM, RECORDS, Draft
from tierengine.reports.markdown import escaped_line


def markdown(draft: Draft) -> bytes:
    """Return a document as Markdown text; what a source or a person wrote is escaped."""
    return ("\n".join(_lines(draft)) + "\n").encode()


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# {escaped_line(draft.title)}"
    for line in (draft.marking, draft.purpose, *(note.marked for note in draft.notes)):
        yield from ("", escaped_line(line))
    for section in draft.sections:
        if section.paragraphs:
            yield from ("", f"## {escaped_line(section.heading)}", "")
        listed = False
        for number, paragraph in enumerate(section.paragraphs):
            if number and not (listed and paragraph.listed):
                yield ""
            listed = paragraph.listed
            words = " ".join(escaped_line(piece.marked) for piece in paragraph.pieces)
            yield f"- {words}" if listed else words
    if draft.exhibits:
        yield from ("", f"## {RECORDS}", "")
        yield from (f"- {escaped_line(f'{each.name}: {each.at}. {each.words}')}" for each in draft.exhibits)
    yield from ("", f"## {MADE_FROM}", "")
    yield from (f"- {escaped_line(f'{name}: {value}')}" for name, value in draft.made_from)
