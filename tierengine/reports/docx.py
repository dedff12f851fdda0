"""A report as a memorandum that an office can edit, with the styles, headings and tables of its word processor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm, Pt, RGBColor

from tierengine.reports.bars import office_legend, office_signs
from tierengine.reports.drawing.svg import SERIF, described, svg
from tierengine.reports.drawing.way import Branch, Way, twin
from tierengine.reports.outline import Line, Section
from tierengine.reports.printable import printable
from tierengine.reports.report import ANNEXES, EVIDENCE, PURPOSE, TWIN, WAY, Exhibit, Report
from tierengine.reports.states import State
from tierengine.reports.timeless import timeless
from tierengine.reports.typeset import png_of
from tierengine.reports.word import describe, number_pages, write

_PAPER: tuple[Length, Length] = (Mm(210), Mm(297))
_MARGIN = Mm(22)
_COLUMNS: tuple[Length, ...] = (Mm(42), Mm(32), Mm(92))
_MEMO_COLUMNS: tuple[Length, ...] = (Mm(70), Mm(28), Mm(68))
_MEMO_PAIR: tuple[Length, ...] = (Mm(84), Mm(82))
_BAR_COLUMNS: tuple[Length, ...] = (Mm(94), Mm(72))
_COLOURS: dict[State, RGBColor] = {
    "met": RGBColor(0x1A, 0x6B, 0x3C),
    "not-met": RGBColor(0x9F, 0x24, 0x29),
    "open": RGBColor(0x7A, 0x52, 0x00),
    "plain": RGBColor(0x44, 0x61, 0x7F),
}
_CLEARANCES = ("Drafted", "Cleared", "Approved")


def docx(report: Report) -> bytes:
    """Return a report as a Word document; equal reports give equal bytes."""
    made = BytesIO()
    _Memorandum(report).whole().save(made)
    return timeless(made.getvalue())


class _Memorandum:
    """Writes a report into a new document, from the top down."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._document: Any = Document()

    def whole(self) -> Any:
        """Return the document."""
        report = self._report
        describe(self._document, report.heading, PURPOSE, report.as_of)
        self._styles()
        self._page()
        self._opening()
        for section in report.lead:
            self._part(section)
        for section in report.sheet:
            self._part(section)
        self._annexes(report)
        if report.exhibits:
            self._evidence(report.exhibits)
        self._clearance()
        return self._document

    # -- the document as a whole --------------------------------------------------------------------------------

    def _styles(self) -> None:
        styles = self._document.styles
        body = styles["Normal"]
        body.font.name, body.font.size = "Arial", Pt(10)
        body.paragraph_format.space_after = Pt(4)
        for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12)):
            style = styles[name]
            style.font.size, style.font.color.rgb = Pt(size), RGBColor(0x1B, 0x1F, 0x24)
        for name in ("List Bullet", "List Bullet 2", "List Bullet 3"):
            styles[name].font.size = Pt(9.5)
            styles[name].paragraph_format.space_after = Pt(2)

    def _page(self) -> None:
        section = self._document.sections[0]
        _sized(section, *_PAPER)
        section.different_first_page_header_footer = True
        write(section.header.paragraphs[0], self._report.heading, size=8.5)
        for footer in (section.footer, section.first_page_footer):
            number_pages(footer.paragraphs[0], PURPOSE)

    def _opening(self) -> None:
        """The lines that the office fills in."""
        self._document.add_paragraph("Memorandum", style="Title")
        table = self._empty_table((Mm(24), Mm(142)))
        for name, value in (("To", ""), ("From", ""), ("Subject", self._report.heading), ("Date", "")):
            cells = table.add_row().cells
            write(cells[0].paragraphs[0], f"{name}:", bold=True)
            write(cells[1].paragraphs[0], value)

    def _clearance(self) -> None:
        """The lines for those who sign, at the end."""
        self._heading("Clearance")
        table = self._table(("", "Name and office", "Date and signature"), _COLUMNS)
        for name in _CLEARANCES:
            write(table.add_row().cells[0].paragraphs[0], f"{name}:", bold=True)

    def _annexes(self, report: Report) -> None:
        """What stands behind the memorandum, on pages of its own."""
        if report.drawn is not None:
            self._way(report.drawn)
        elif report.body:
            self._document.add_page_break()
            self._heading(ANNEXES)
        for section in report.body:
            self._section(section)

    # -- the sections -------------------------------------------------------------------------------------------

    def _heading(self, title: str, level: int = 1) -> None:
        self._document.add_heading(printable(title), level)

    def _paragraph(self, text: str, style: str | None = None) -> None:
        if text:
            write(self._document.add_paragraph(style=style), text)

    def _part(self, section: Section) -> None:
        if section.answer:
            self._answer(section)
        elif section.bars:
            self._bars(section)
        else:
            self._section(section, _MEMO_COLUMNS if section.marked else _MEMO_PAIR)

    def _bars(self, section: Section) -> None:
        """Levels, one a line: no more than a bar and its words."""
        self._heading(section.title)
        self._paragraph(office_legend())
        table = self._table(section.heads[:2], _BAR_COLUMNS)
        for line in section.lines:
            name, level = _row(table)
            self._name(name, line, size=9)
            self._mark_of(level, line, size=9)
            for cell in (name, level):
                cell.paragraphs[0].paragraph_format.space_after = Pt(0)

    def _name(self, cell: Any, line: Line, size: float | None = None) -> None:
        """What a line is about, and its code behind it."""
        write(cell.paragraphs[0], line.title or line.name, bold=True, size=size)
        if line.title:
            write(cell.paragraphs[0], f" {line.name}", size=8)

    def _mark_of(self, cell: Any, line: Line, size: float | None = None) -> None:
        """The outcome of a line in words, behind its bar if it has one."""
        drawn = f"{office_signs(line.bar)} " if line.bar is not None else ""
        write(cell.paragraphs[0], f"{drawn}{line.mark}", bold=True, size=size, colour=_COLOURS[line.state])

    def _answer(self, section: Section) -> None:
        """The recommendation, up front and in words."""
        self._heading(section.title)
        for line in section.lines:
            paragraph = self._document.add_paragraph()
            write(paragraph, f"{line.name}, ", bold=True, size=14)
            write(paragraph, line.mark, bold=True, size=14, colour=_COLOURS[line.state])
            self._paragraph(line.text)
            for below in line.below:
                self._paragraph(below, "List Bullet")

    def _section(self, section: Section, widths: tuple[Length, ...] = ()) -> None:
        """The lines of a section in a table, without the column of outcomes where there are two widths only."""
        widths = widths or _COLUMNS
        self._heading(section.title)
        heads = section.heads if len(widths) == len(section.heads) else (section.heads[0], section.heads[-1])
        table = self._table(heads, widths)
        for line in section.lines:
            self._line(_row(table), line)

    def _line(self, cells: Any, line: Line) -> None:
        self._name(cells[0], line)
        if len(cells) > 2:
            self._mark_of(cells[1], line)
        for number, (text, style) in enumerate(self._said(line)):
            paragraph = cells[-1].paragraphs[0] if number == 0 else cells[-1].add_paragraph()
            paragraph.style = style
            write(paragraph, text)

    def _said(self, line: Line) -> Iterator[tuple[str, str]]:
        """The paragraphs of a line's last cell, each with its style."""
        if line.text:
            yield line.text, "Normal"
        for below in line.below:
            yield below, "List Bullet"
        if line.evidence:
            cited = (f"[{self._report.number(passage)}] {passage.at}" for passage in line.evidence)
            yield f"Evidence: {'; '.join(cited)}", "Normal"

    def _table(self, heads: Iterable[str], widths: tuple[Length, ...]) -> Any:
        """A table whose first row is repeated on each page."""
        table = self._empty_table(widths, "Table Grid")
        row = table.add_row()
        _mark(row._tr.get_or_add_trPr(), "w:tblHeader", val="true")  # noqa: SLF001  # only so is a row repeated
        for cell, head in zip(row.cells, heads, strict=True):
            write(cell.paragraphs[0], head, bold=True)
            _mark(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", fill="ECEEF1")  # noqa: SLF001  # and a cell shaded
        return table

    def _empty_table(self, widths: tuple[Length, ...], style: str | None = None) -> Any:
        table = self._document.add_table(rows=0, cols=len(widths), style=style)
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        return table

    def _evidence(self, exhibits: tuple[Exhibit, ...]) -> None:
        self._heading(EVIDENCE)
        widths: tuple[Length, ...] = (Mm(16), Mm(48), Mm(102))
        table = self._table(("No.", "Record and place", "Words"), widths)
        for exhibit in exhibits:
            passage, cells = exhibit.passage, _row(table)
            write(cells[0].paragraphs[0], f"[{exhibit.number}]")
            write(cells[1].paragraphs[0], passage.record, bold=True)
            write(cells[1].add_paragraph(), passage.at)
            texts = [f"\u201c{passage.quote}\u201d"] if passage.quote else []
            texts += [f"Note: {passage.note}"] if passage.note else []
            texts += [f"Used for: {', '.join(use.name for use in exhibit.uses)}"]
            for number, text in enumerate(texts):
                write(cells[2].paragraphs[0] if number == 0 else cells[2].add_paragraph(), text)

    # -- the drawing --------------------------------------------------------------------------------------------

    def _way(self, drawn: Way) -> None:
        """The drawing on a page of its own, across; then the same in words."""
        across = self._document.add_section(WD_SECTION.NEW_PAGE)
        _sized(across, _PAPER[1], _PAPER[0])
        across.orientation = WD_ORIENT.LANDSCAPE
        across.different_first_page_header_footer = False
        self._heading(ANNEXES)
        self._heading(WAY, 2)
        self._picture(drawn)
        upright = self._document.add_section(WD_SECTION.NEW_PAGE)
        _sized(upright, *_PAPER)
        upright.orientation = WD_ORIENT.PORTRAIT
        self._heading(TWIN)
        for branch in twin(drawn):
            self._branch(branch, 0)

    def _picture(self, drawn: Way) -> None:
        room = _PAPER[1] - 2 * _MARGIN, _PAPER[0] - 2 * _MARGIN - Mm(20)
        picture = self._document.add_picture(BytesIO(png_of(svg(drawn, WAY, SERIF))))
        scale = min(room[0] / picture.width, room[1] / picture.height)
        picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
        properties = picture._inline.docPr  # noqa: SLF001  # python-docx has no other way to give a picture its text
        properties.set("descr", described())
        properties.set("title", WAY)
        properties.set("name", WAY)

    def _branch(self, branch: Branch, depth: int) -> None:
        style = "List Bullet" if depth == 0 else f"List Bullet {min(depth + 1, 3)}"
        paragraph = self._document.add_paragraph(style=style)
        if depth > 2:
            paragraph.paragraph_format.left_indent = Mm(6.35 * (depth + 1))
        write(paragraph, branch.text)
        for below in branch.below:
            self._branch(below, depth + 1)


def _sized(section: Any, width: Length, height: Length) -> None:
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN


def _row(table: Any) -> Any:
    """The cells of a new row, which is not broken across pages."""
    row = table.add_row()
    _mark(row._tr.get_or_add_trPr(), "w:cantSplit", val="true")  # noqa: SLF001  # python-docx has no other way
    return row.cells


def _mark(properties: Any, name: str, **values: str) -> None:
    """Add a property that python-docx has no word for."""
    mark = OxmlElement(name)
    for attribute, value in values.items():
        mark.set(qn(f"w:{attribute}"), value)
    properties.append(mark)
