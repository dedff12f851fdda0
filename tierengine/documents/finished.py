"""A finished document read back, whatever its format: headings, paragraphs, and what it was made from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import docx

from tierengine.documents.draft import MADE_FROM, RECORDS
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.sources.opened import Opened, is_heading
from tierengine.evidence.sources.reading import Format, format_of, read_source

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHANGES = ("ins", "del", "moveFrom", "moveTo")
_HARMLESS = {"title", "property", "list label", "field code", "description"}
"""What stands beside the text of a file and is not read as part of the document."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or an item of a list: where it stands, and its words."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Headed:
    """The paragraphs under a heading."""

    where: str
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Finished:
    """A finished document; the first heading is its title, and what stands under it before the next one its head."""

    name: str
    parts: tuple[Headed, ...]
    margins: tuple[str, ...]
    """What stands at the head and the foot of its pages, where its format has any."""

    @cached_property
    def made_from(self) -> dict[str, str]:
        """What it says that it was made from, each by its name."""
        lines = (line.text for part in self.parts if alike(part.heading) == alike(MADE_FROM) for line in part.lines)
        found = (text.partition(": ") for text in lines)
        return {name: value.strip() for name, _, value in found if value}

    @property
    def body(self) -> Iterator[Headed]:
        """Its parts without the two lists at its end."""
        return (each for each in self.parts if alike(each.heading) not in (alike(MADE_FROM), alike(RECORDS)))

    @property
    def records(self) -> tuple[Line, ...]:
        """The lines of its list of records."""
        return tuple(line for part in self.parts if alike(part.heading) == alike(RECORDS) for line in part.lines)


def read_finished(raw: bytes, name: str) -> Finished:
    """Read a finished document.

    Raise `EvidenceError` for what cannot be read, for tracked changes and for words beside the text, all at once; and
    `UsageError` for a PDF, of which the paragraphs cannot be told for sure.
    """
    form: Format = format_of(raw, name)
    if form not in ("docx", "html", "markdown"):
        what = f"a {form} file cannot be read back sentence by sentence"
        raise UsageError(
            [Problem(where=name, what=what, cure="name the DOCX, HTML or Markdown from which it was made")]
        )
    opened = read_source([(name, raw)], form, "it")
    problems = [*(_tracked(raw, name) if form == "docx" else ()), *_aside(opened, name, form)]
    if problems:
        raise EvidenceError(problems)
    return Finished(name, tuple(_parts(opened, name)), tuple(_margins(opened)) if form == "docx" else ())


def _parts(opened: Opened, name: str) -> Iterator[Headed]:
    where, heading, lines = name, "", list[Line]()
    for locator, text in opened.places():
        place = f"{name}: {locator.partition(' ')[2]}"
        if is_heading(opened, locator):
            if heading or lines:
                yield Headed(where, heading, tuple(lines))
            where, heading, lines = place, text, []
        else:
            lines.append(Line(place, text))
    yield Headed(where, heading, tuple(lines))


def _margins(opened: Opened) -> Iterator[str]:
    """The words of every header and footer; nothing where there is none."""
    for kind in ("header", "footer"):
        found = [each.text for each in opened.left_out if each.what == kind]
        yield from found or [""]


def _tracked(raw: bytes, name: str) -> Iterator[Problem]:
    """Every paragraph in which changes are tracked: what is read would be neither the old words nor the new ones."""
    body = docx.Document(io.BytesIO(raw)).element.body
    for number, paragraph in enumerate(body.iter(f"{_W}p"), start=1):
        if next(paragraph.iter(*(f"{_W}{kind}" for kind in _CHANGES)), None) is not None:
            words = "".join(str(text.text or "") for text in paragraph.iter(f"{_W}t", f"{_W}delText"))
            what = f"changes are tracked in \u201c{words[:60]}\u201d"
            cure = "accept or refuse every change in the word processor, and save the file"
            yield Problem(where=f"{name}: paragraph {number}", what=what, cure=cure)


def _aside(opened: Opened, name: str, form: Format) -> Iterator[Problem]:
    """Words and pictures beside the text, where nobody looks for grounds."""
    harmless = _HARMLESS | ({"header", "footer"} if form == "docx" else set())
    for warning in opened.warnings:
        if "word/media" in warning:
            cure = "delete the picture, and write what it shows with its record"
            yield Problem(where=name, what="a picture stands in it, which is not read", cure=cure)
    for each in opened.left_out:
        if each.what not in harmless:
            what = f"a {each.what} stands beside the text: \u201c{each.text[:60]}\u201d"
            yield Problem(
                where=f"{name}: {each.where}", what=what, cure="move it into the text with its record, or delete it"
            )


_ALIKE = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-", "\u2011": "-"}
)


def alike(text: str) -> str:
    """Return words as a word processor leaves them alone: with plain quotes and dashes, and single spaces."""
    return re.sub(r"\s+", " ", text.translate(_ALIKE).replace("\u00a0", " ")).strip()
