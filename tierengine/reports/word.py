"""What every Word file of ours has: properties that name no machine, runs of plain text, and numbers of pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from tierengine.reports.printable import printable


def describe(document: Any, title: str, subject: str, day: date) -> None:
    """Set what a file manager shows: nothing of the machine or the person by whom it was made."""
    known, when = document.core_properties, datetime(day.year, day.month, day.day, tzinfo=UTC)
    known.title, known.subject, known.language = printable(title), subject, "en"
    known.author = known.last_modified_by = "tierengine"
    known.comments = known.keywords = ""
    known.created = known.modified = when
    known.revision = 1


def write(
    line: Any, text: str, *, bold: bool = False, size: float | None = None, colour: RGBColor | None = None
) -> Any:
    """Add a run of text to a paragraph, and return it; line breaks and tabs in it count as spaces. Sizes are points."""
    run = line.add_run(printable(text).replace("\n", " ").replace("\t", " "))
    run.bold = bold
    if size is not None:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def number_pages(line: Any, before: str) -> None:
    """End a foot with the number of the page and of all pages, which the word processor fills in."""
    line.style.font.size = Pt(8.5)  # a field takes the size of its paragraph
    write(line, f"{before} Page ", size=8.5)
    _field(line, "PAGE")
    write(line, " of ", size=8.5)
    _field(line, "NUMPAGES")


def _field(line: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    line._p.append(field)  # noqa: SLF001  # python-docx has no fields
