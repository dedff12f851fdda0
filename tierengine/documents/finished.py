"""A finished document read back, whatever its format: headings, paragraphs, and what it was made from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import docx

from tierengine.documents.draft import MADE_FROM, MADE_FROM_NAMES, RECORDS
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.sources.opened import Opened, is_heading
from tierengine.evidence.sources.reading import Format, format_of, read_source

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHANGES = ("ins", "del", "moveFrom", "moveTo")
_STRUCK = (f"{_W}strike", f"{_W}dstrike")
_HARMLESS = {"title", "property", "list label", "field code", "description"}
"""What stands beside the text of a file and is not read as part of the document."""
_MARGINAL: Mapping[Format, frozenset[str]] = {
    "docx": frozenset({"header", "footer"}),
    "pdf": frozenset({"running head", "footnote", "bookmark"}),
}
"""What the reader of sources leaves out and is read here all the same, each in its own way."""
_FOOT = re.compile(r"(?P<marking>.*?)\s*(?:Page )?\d+ ?(?:of|/) ?\d+")
"""The foot of a page, with its number."""


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
    flowing: bool = False
    """Whether its lines are those of pages and no paragraphs, as in a PDF (`paper.py`)."""
    headings: tuple[str, ...] = ()
    """What a PDF lists as its headings, where it does."""

    @cached_property
    def made_from(self) -> dict[str, str]:
        """What it says that it was made from, each by its name."""
        lines = [line.text for part in self.parts if alike(part.heading) == alike(MADE_FROM) for line in part.lines]
        found = (text.partition(": ") for text in (_named(" ".join(lines)) if self.flowing else lines))
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
    `UsageError` for a format in which no document is written.
    """
    form: Format = format_of(raw, name)
    if form not in ("docx", "html", "markdown", "pdf"):
        what = f"a {form} file cannot be read back sentence by sentence"
        raise UsageError([Problem(where=name, what=what, cure="name a document in DOCX, HTML, Markdown or PDF")])
    opened = read_source([(name, raw)], form, "it")
    beside = {"docx": _tracked, "pdf": _drawn}.get(form)
    problems = [*(() if beside is None else beside(raw, name)), *_aside(opened, name, form)]
    if problems:
        raise EvidenceError(problems)
    if form == "pdf":
        return _from_pages(opened, name)
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


def ends_as_drafted(raw: bytes) -> bool:
    """Say whether a PDF ends with the list of what it was made from, without reading all of it."""
    import pypdfium2  # noqa: PLC0415 - only a PDF needs it

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError:
        return False
    last = range(max(0, len(document) - 2), len(document))
    words = " ".join(document[number].get_textpage().get_text_range() for number in last)
    document.close()
    return MADE_FROM in words


# -- a PDF: lines on pages ------------------------------------------------------------------------------------------


def _from_pages(opened: Opened, name: str) -> Finished:
    """A PDF as it is read: what it was made from, and all lines above, in the order of the pages."""
    pages, margins = _pages(opened, name), list[str]()
    lines = [line for page, found in sorted(pages.items()) for line in _within(found, _heads(opened, page), margins)]
    at = max((n for n, line in enumerate(lines) if alike(line.text) == MADE_FROM), default=len(lines))
    made_from = Headed(lines[at].where, MADE_FROM, tuple(lines[at + 1 :])) if at < len(lines) else None
    headings = tuple(each.text for each in opened.left_out if each.what == "bookmark")
    parts = (Headed(name, "", tuple(lines[:at])), *([made_from] if made_from else ()))
    return Finished(name, parts, tuple(margins), flowing=True, headings=headings)


def _pages(opened: Opened, name: str) -> dict[int, list[Line]]:
    """The lines of each page; those that a reader of sources would take for a footnote are lines as well."""
    pages: dict[int, list[Line]] = {}
    for locator, text in opened.places():
        place = locator.partition(" ")[2]
        pages.setdefault(_number(place), []).append(Line(f"{name}: {place}", text))
    for each in opened.left_out:
        if each.what == "footnote":
            lines = (Line(f"{name}: {each.where}", text) for text in each.text.splitlines())
            pages.setdefault(_number(each.where), []).extend(lines)
    return pages


def _number(place: str) -> int:
    found = re.search(r"\d+", place)
    return int(found[0]) if found else 0


def _heads(opened: Opened, page: int) -> list[str]:
    """What the reader knows as running heads of a page, since several pages have them."""
    return [each.text for each in opened.left_out if each.what == "running head" and _number(each.where) == page]


def _within(lines: list[Line], heads: list[str], margins: list[str]) -> list[Line]:
    """The lines of a page without its head and its foot, which go to the margins; empty words where there is none."""
    within = list(lines)
    if within and _FOOT.fullmatch(within[-1].text):
        heads = [*heads, within.pop().text]
    foot = next((found for each in heads if (found := _FOOT.fullmatch(each))), None)
    if foot is not None and within and within[0].text == foot["marking"] and foot["marking"] not in heads:
        heads = [within.pop(0).text, *heads]
    margins += heads if len(heads) > 1 else [*heads, ""]
    return within


_NAMED = re.compile(rf"(?:^|\s)(?:\W )?(?=(?:{'|'.join(MADE_FROM_NAMES)}): )")


def _named(text: str) -> list[str]:
    """The entries of the list of what a document was made from, out of lines that break where they break."""
    entries = (each.strip() for each in _NAMED.split(text) if each.strip())
    return [re.sub(r"(?<=/) | (?=[0-9a-f]*\)$)", "", each) for each in entries]


# -- beside the text ------------------------------------------------------------------------------------------------


def _margins(opened: Opened) -> Iterator[str]:
    """The words of every header and footer; nothing where there is none."""
    for kind in ("header", "footer"):
        found = [each.text for each in opened.left_out if each.what == kind]
        yield from found or [""]


def _tracked(raw: bytes, name: str) -> Iterator[Problem]:
    """Every paragraph in which changes are tracked or words struck through: they would be read as if they stood."""
    body = docx.Document(io.BytesIO(raw)).element.body
    for number, paragraph in enumerate(body.iter(f"{_W}p"), start=1):
        if next(paragraph.iter(*(f"{_W}{kind}" for kind in _CHANGES)), None) is not None:
            words = "".join(str(text.text or "") for text in paragraph.iter(f"{_W}t", f"{_W}delText"))
            what = f"changes are tracked in \u201c{words[:60]}\u201d"
            cure = "accept or refuse every change in the word processor, and save the file"
            yield Problem(where=f"{name}: paragraph {number}", what=what, cure=cure)
        for run in paragraph.iter(f"{_W}r"):
            if any(mark.get(f"{_W}val", "true") not in ("false", "0") for mark in run.iter(*_STRUCK)):
                words = "".join(str(text.text or "") for text in run.iter(f"{_W}t"))
                what, cure = f"\u201c{words[:60]}\u201d is struck through", "delete the words, or take the stroke away"
                yield Problem(where=f"{name}: paragraph {number}", what=what, cure=cure)


def _drawn(raw: bytes, name: str) -> Iterator[Problem]:
    """Every picture on a page of a PDF."""
    import pypdfium2  # noqa: PLC0415 - only a PDF needs it

    document = pypdfium2.PdfDocument(raw)
    for number in range(len(document)):
        page = document[number]
        if any(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])):
            yield _pictured(f"{name}: page {number + 1}")
        page.close()
    document.close()


def _pictured(where: str) -> Problem:
    cure = "delete the picture, and write what it shows with its record"
    return Problem(where=where, what="a picture stands in it, which is not read", cure=cure)


def _aside(opened: Opened, name: str, form: Format) -> Iterator[Problem]:
    """Words and pictures beside the text, where nobody looks for grounds."""
    harmless = _HARMLESS | _MARGINAL.get(form, frozenset())
    for warning in opened.warnings:
        if "word/media" in warning:
            yield _pictured(name)
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
