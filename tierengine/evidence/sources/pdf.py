"""PDF with text: the lines of each page as paragraphs; running heads, page numbers, footnotes and notes left out."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from tierengine.evidence.sources.draft import Draft, refused
from tierengine.evidence.sources.opened import Look, Written

MOST_PAGES = 2000

_LINE = re.compile(r"(?P<words>[^\r\n\x02\ufffe]+)(?P<hyphen>[\x02\ufffe])?")
"""A line, and the sign that PDFium gives for a hyphen at its end, where it leaves out the line end."""
_ENDS = re.compile(r"[.!?:;]['\")\]\u2019\u201d\d]*\s*$")
_ITEM = re.compile(r"^(?:[\u2022\u25cf\u25aa\u2023\uf0b7*\u2013-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
_BULLET = re.compile(r"^[\u2022\u25cf\u25aa\u2023\uf0b7]")
_NOTE = re.compile(r"^\s*(?:\d{1,3}|[*\u2020\u2021\u00a7])\W?\s*\S")
_PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
_MARGIN = 0.1
"""The share of a page's height, above and below, in which running heads stand."""
_METADATA = re.compile(rb"<x:xmpmeta.{0,200000}?</x:xmpmeta>", re.DOTALL)
_ANNOTATED = ("Contents", "T", "Subj", "V", "TU", "RC")
_CURE_SCAN = "read it with text recognition first, check what it read, and give that file"


@dataclass(slots=True)
class _Line:
    """A line of a page: its text, whether a hyphen breaks it, and where it stands; the origin is below left."""

    text: str
    left: float
    right: float
    base: float
    size: float
    broken: bool

    @property
    def bare(self) -> str:
        """The text without numbers, by which running heads are known."""
        return re.sub(r"\d+", "#", " ".join(self.text.split()).casefold())


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: its height, and its lines in reading order."""

    number: int
    height: float
    lines: list[_Line]


def read_pdf(raw: bytes, name: str, source: str, look: Look) -> Written:
    """Read a PDF; no script in it runs, and no form in it is filled in."""
    document = _opened(raw, name)
    try:
        if len(document) > MOST_PAGES:
            what = f"it has {len(document)} pages, more than {MOST_PAGES}"
            raise refused(name, what, "split it, and give the part that is evidence")
        draft = Draft(raw, name, source, "pdf")
        pages = [_page(document, number, draft) for number in range(len(document))]
        _properties(document, raw, draft, look)
    finally:
        document.close()
    _compose(pages, draft)
    return draft.written("it is a scan without text", _CURE_SCAN)


def _opened(raw: bytes, name: str) -> pypdfium2.PdfDocument:
    if b"%%EOF" not in raw[-65536:]:
        raise refused(name, "the file is cut short", "get the file again")
    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            cure = "save it without a password, by whoever has the password"
            raise refused(name, "the file is protected by a password", cure) from None
        raise refused(name, "the file is damaged and cannot be read as PDF", "get the file again") from None


# -- lines ------------------------------------------------------------------------------------------------------


def _page(document: pypdfium2.PdfDocument, number: int, draft: Draft) -> _Page:
    """The lines of a page, and what is noted on it."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        draft.warnings.append(f"page {number + 1} is damaged and was not read")
        return _Page(number + 1, 0, [])
    lines = _text(page)
    height = page.get_height()
    if _annotations(page, number + 1, draft):
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)  # what a stamp or a form field shows becomes text
        page.close()
        page = document[number]
        for line in _text(page):
            draft.see(line.text, number + 1, f"on page {number + 1}")
    page.close()
    return _Page(number + 1, height, lines)


def _text(page: pypdfium2.PdfPage) -> list[_Line]:
    """The lines of a page as PDFium orders them."""
    text = page.get_textpage()
    lines: list[_Line] = []
    for found in _LINE.finditer(_characters(text)):
        words = found["words"].strip()
        if words:
            first = found.start() + len(found["words"]) - len(found["words"].lstrip())
            lines.append(_placed(text, words, first, broken=found["hyphen"] is not None))
    text.close()
    return lines


def _characters(text: pypdfium2.PdfTextPage) -> str:
    """The characters of a page, each at its index; at once where every index has a character, which is faster."""
    length = text.count_chars()
    held = ctypes.create_string_buffer(2 * length + 2)
    wide = ctypes.cast(held, ctypes.POINTER(ctypes.c_ushort))
    if length and pdfium.FPDFText_GetText(text, 0, length, wide) == length + 1:
        found = held.raw[: 2 * length].decode("utf-16-le", "replace")
        if len(found) == length:
            return found
    codes = (pdfium.FPDFText_GetUnicode(text, index) for index in range(length))
    return "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)


def _placed(text: pypdfium2.PdfTextPage, words: str, first: int, *, broken: bool) -> _Line:
    """A line with its place: where its first and its last letter stand."""
    left, base = _origin(text, first)
    right, _ = _origin(text, first + len(words) - 1)
    size = pdfium.FPDFText_GetFontSize(text, first) or 1.0
    return _Line(words + "-" * broken, left, right, base, _scaled(text, first, size), broken)


def _origin(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value


def _scaled(text: pypdfium2.PdfTextPage, index: int, size: float) -> float:
    """The size at which a letter is drawn, where the page scales its fonts."""
    matrix = pdfium.FS_MATRIX()
    if size == 1.0 and pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix)):
        return abs(matrix.d) or 1.0
    return float(size)


# -- what is beside the text -------------------------------------------------------------------------------------


def _annotations(page: pypdfium2.PdfPage, number: int, draft: Draft) -> bool:
    """Take notes, stamps and form fields; return whether there are any but links."""
    found = False
    for at in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, at)
        if pdfium.FPDFAnnot_GetSubtype(note) != pdfium.FPDF_ANNOT_LINK:
            found = True
            words = "\n".join(filter(None, (_annotated(note, key) for key in _ANNOTATED)))
            draft.leave("note", f"page {number}", words, number, place=f"in a note on page {number}")
        pdfium.FPDFPage_CloseAnnot(note)
    return found


def _annotated(note: pdfium.FPDF_ANNOTATION, key: str) -> str:
    length = pdfium.FPDFAnnot_GetStringValue(note, key.encode(), None, 0)
    if length <= 2:
        return ""
    held = ctypes.create_string_buffer(length)
    pdfium.FPDFAnnot_GetStringValue(note, key.encode(), ctypes.cast(held, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return held.raw.decode("utf-16-le", "replace").rstrip("\0")


def _properties(document: pypdfium2.PdfDocument, raw: bytes, draft: Draft, look: Look) -> None:
    """Take properties, bookmarks and attached files."""
    found = document.get_metadata_dict(skip_empty=True)
    for key, words in found.items():
        draft.leave("property", key, words, 1, place="in a property")
    draft.title, draft.author = found.get("Title"), found.get("Author")
    draft.sent = _date(found.get("CreationDate") or "")
    for metadata in _METADATA.finditer(raw):
        draft.see(re.sub(r"<[^<>]*>", "\n", metadata[0].decode("utf-8", "replace")), 1, "in a property")
    for mark in document.get_toc(max_depth=10):
        draft.leave("bookmark", "contents", mark.get_title(), 1, place="in a bookmark")
    for at in range(document.count_attachments()):
        attached = document.get_attachment(at)
        called = attached.get_name() or f"attachment {at + 1}"
        draft.leave("attachment", called, called, 1, place="in the name of an attachment")
        read = look(bytes(attached.get_data()), called)
        if read is None:
            draft.warnings.append(f"the attachment `{called}` was not looked into: no format that is read here")
        else:
            draft.see(
                "\n".join([*(text for _, text in read.places()), *(left.text for left in read.left_out)]), 1, "in it"
            )


def _date(written: str) -> str | None:
    found = re.match(r"D:(\d{4})(\d{2})(\d{2})", written)
    return "-".join(found.groups()) if found else None


# -- paragraphs --------------------------------------------------------------------------------------------------


def _compose(pages: Sequence[_Page], draft: Draft) -> None:
    """Put the lines of all pages into paragraphs."""
    heads = _running(pages)
    body = _body_size(pages)
    going_on: list[_Line] = []
    for page in pages:
        lines = _kept(page, heads, body, draft)
        if not lines:
            if page.height and not page.lines:
                draft.warnings.append(f"page {page.number} holds no text; it may be a picture")
            continue
        paragraphs = list(_paragraphs(lines))
        if going_on and _goes_on(going_on[-1], paragraphs[0][0]):
            going_on += paragraphs.pop(0)
        _add(going_on, draft, page.number - 1)
        going_on = []
        draft.section(f"page {page.number}")
        for paragraph in paragraphs[:-1]:
            _add(paragraph, draft, page.number)
        going_on = paragraphs[-1] if paragraphs else []
    _add(going_on, draft, pages[-1].number if pages else 1)


def _add(lines: list[_Line], draft: Draft, page: int) -> None:
    draft.paragraph("\n".join(line.text for line in lines), page, f"on page {page}")


def _kept(page: _Page, heads: set[str], body: float, draft: Draft) -> list[_Line]:
    """The lines of a page that are text; the others are left out, each by what it is."""
    kept: list[_Line] = []
    if all(line.bare in heads or _PAGE_NUMBER.match(line.text) for line in page.lines):
        heads = set()  # a page of one line, as many others have; it is no head of anything
    for line in page.lines:
        margin = not _MARGIN * page.height < line.base < (1 - _MARGIN) * page.height
        if margin and (line.bare in heads or _PAGE_NUMBER.match(line.text)):
            draft.leave("running head", f"page {page.number}", line.text, page.number)
        else:
            kept.append(line)
    return [line for column in _columns(kept) for line in _without_notes(column, body, page.number, draft)]


def _columns(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """The lines of a page, column by column: a new one begins where the next line stands higher."""
    column: list[_Line] = []
    for line in lines:
        if column and column[-1].base - line.base < -line.size:
            yield column
            column = []
        column.append(line)
    yield column


def _without_notes(column: list[_Line], body: float, page: int, draft: Draft) -> list[_Line]:
    """The lines of a column above the footnotes at its end, which are left out."""
    notes = len(column)
    while notes and column[notes - 1].size < 0.9 * body:
        notes -= 1
    while notes < len(column) and not _NOTE.match(column[notes].text):
        notes += 1
    if 0 < notes < len(column):
        words = "\n".join(line.text for line in column[notes:])
        draft.leave("footnote", f"page {page}", words, page)
    return column[:notes] if notes else column


def _running(pages: Sequence[_Page]) -> set[str]:
    """The lines in the margins that several pages repeat: three of them, or both of two."""
    counted: Counter[str] = Counter()
    for page in pages:
        margin = (each for each in page.lines if not _MARGIN * page.height < each.base < (1 - _MARGIN) * page.height)
        counted.update({line.bare for line in margin})
    return {bare for bare, times in counted.items() if times >= min(3, max(len(pages), 2))}


def _body_size(pages: Sequence[_Page]) -> float:
    """The size in which most letters are drawn."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _paragraphs(lines: list[_Line]) -> Iterator[list[_Line]]:
    """The lines of a page, paragraph by paragraph."""
    steps = [one.base - other.base for one, other in pairwise(lines)]
    usual = [step for step, line in zip(steps, lines, strict=False) if 0.5 * line.size < step < 3 * line.size]
    leading = median(usual) if usual else 0.0
    right = max(line.right for line in lines)
    paragraph = [lines[0]]
    for line in lines[1:]:
        if _begins(paragraph[-1], line, leading, right):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _begins(above: _Line, line: _Line, leading: float, right: float) -> bool:
    """Whether a line begins a paragraph, below the line above it."""
    if above.broken:
        return False
    step = above.base - line.base
    if step < -line.size:  # a new column
        return not _goes_on(above, line)
    if abs(step) < 0.3 * line.size:
        return False
    if _BULLET.match(line.text):
        return True
    if step > max(1.35 * leading, 1.1 * line.size) or abs(line.size - above.size) > 0.12 * above.size:
        return True
    ended = bool(_ENDS.search(above.text))
    short = above.right < above.left + 0.8 * (right - above.left)
    return ended and (short or line.left > above.left + 0.8 * line.size or bool(_ITEM.match(line.text)))


def _goes_on(above: _Line, line: _Line) -> bool:
    """Whether a sentence goes on from the foot of a column or page to the head of the next."""
    return above.broken or (not _ENDS.search(above.text) and line.text[:1].islower())
