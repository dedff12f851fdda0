"""A document as a Word file that an office edits, in the styles of its word processor; blanks stand out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tierengine.documents.draft import MADE_FROM, RECORDS, Blank, Draft, Paragraph, Said
from tierengine.reports.printable import printable
from tierengine.reports.timeless import timeless
from tierengine.reports.word import describe, number_pages, write

_QUIET = RGBColor(0x4D, 0x56, 0x61)
_INK = RGBColor(0x1B, 0x1F, 0x24)
_RED = RGBColor(0x9F, 0x24, 0x29)


def docx(draft: Draft) -> bytes:
    """Return a document as a Word file; equal documents give equal bytes."""
    made = BytesIO()
    _Letter(draft).whole().save(made)
    return timeless(made.getvalue())


class _Letter:
    """Writes a document into a new Word file, from the top down."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._document: Any = Document()

    def whole(self) -> Any:
        """Return the Word file."""
        draft = self._draft
        describe(self._document, draft.title, printable(draft.purpose)[:250], draft.day)
        self._styles()
        self._page()
        self._document.add_paragraph(printable(draft.title), style="Title")
        write(self._document.add_paragraph(), draft.marking, bold=True)
        write(self._document.add_paragraph(), draft.purpose, colour=_QUIET)
        for note in draft.notes:
            self._piece(self._document.add_paragraph(), note, colour=_RED)
        for section in draft.sections:
            if section.paragraphs:
                self._document.add_heading(printable(section.heading), 1)
            for paragraph in section.paragraphs:
                self._paragraph(paragraph)
        if draft.exhibits:
            self._document.add_heading(RECORDS, 1)
            for each in draft.exhibits:
                self._small(f"{each.name}: ", f"{each.at}. {each.words}")
        self._document.add_heading(MADE_FROM, 1)
        for name, value in draft.made_from:
            self._small(f"{name}: ", value)
        return self._document

    def _styles(self) -> None:
        styles = self._document.styles
        body = styles["Normal"]
        body.font.name, body.font.size = "Arial", Pt(10.5)
        body.paragraph_format.space_after = Pt(5)
        for name, size in (("Title", 18), ("Heading 1", 13)):
            styles[name].font.size, styles[name].font.color.rgb, styles[name].font.bold = Pt(size), _INK, True
            fonts = styles[name].element.rPr.rFonts
            for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
                del fonts.attrib[theme]  # the font of a theme would outdo the one that is named
            styles[name].font.name = "Arial"
        for rule in list(styles["Title"].element.pPr.iter(qn("w:pBdr"))):
            rule.getparent().remove(rule)
        bullet = styles["List Bullet"]
        bullet.paragraph_format.space_after = Pt(4)
        for crowded in list(bullet.element.pPr.iter(qn("w:contextualSpacing"))):
            crowded.getparent().remove(crowded)

    def _page(self) -> None:
        """The marking stands at the head and the foot of every page."""
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(24)
        write(section.header.paragraphs[0], self._draft.marking, size=8.5, bold=True)
        number_pages(section.footer.paragraphs[0], f"{self._draft.marking}  ")

    def _paragraph(self, paragraph: Paragraph) -> None:
        line = self._document.add_paragraph(style="List Bullet" if paragraph.listed else None)
        for number, piece in enumerate(paragraph.pieces):
            if number:
                line.add_run(" ")
            self._piece(line, piece)

    def _piece(self, line: Any, piece: Said | Blank, colour: RGBColor | None = None) -> None:
        if isinstance(piece, Blank):
            before, _, rest = piece.marked.partition("[")
            if before:
                write(line, before, bold=True)
            write(line, f"[{rest}").font.highlight_color = WD_COLOR_INDEX.YELLOW
            return
        write(line, piece.text, colour=colour)
        if piece.grounds:
            write(line, f" [{'; '.join(piece.grounds)}]", size=8, colour=_QUIET)

    def _small(self, name: str, words: str) -> None:
        line = self._document.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        write(line, name, size=8.5, bold=True)
        write(line, words, size=8.5)
