"""Word documents (DOCX): paragraphs and tables in their order, tracked changes as if accepted; all else left out."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from tierengine.evidence.sources.draft import Draft, refused
from tierengine.evidence.sources.opened import Written
from tierengine.evidence.sources.zipped import opened, part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEADING = re.compile(r"(?:heading|title|\u00fcberschrift|titre|t\u00edtulo)\s*\d?$", re.IGNORECASE)
_PARTS = re.compile(r"word/(?P<kind>header|footer|footnotes|endnotes|comments)\w*\.xml$")
_DRAWN = re.compile(r"word/(?:diagrams/data|charts/chart)\d*\.xml")
_LABELS = {
    ("textpath", "string"): "watermark",
    ("", "descr"): "description",
    ("", "alt"): "description",
    ("docPr", "title"): "description",
    ("lvlText", f"{_W}val"): "list label",
    ("docVar", f"{_W}val"): "variable",
}
_PROPERTIES = re.compile(r"docProps/\w+\.xml$|customXml/\w+\.xml$")
_KINDS = {"header": "header", "footer": "footer", "footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_NOT_SHOWN = {
    "del": "deleted text",
    "moveFrom": "deleted text",
    "instrText": "field code",
    "delInstrText": "field code",
}
_CHANGES = {"ins", "del", "moveFrom", "moveTo"}
_NOTHING, _CURE = "the document holds no text", "if it is a scan, read it with text recognition first"


def read_docx(raw: bytes, name: str, source: str) -> Written:
    """Read a Word document; no macro runs, and no template or picture that it names is loaded."""
    with opened(raw, name) as archive:
        draft = Draft(raw, name, source, "docx")
        names = [entry for entry in archive.namelist() if entry.endswith((".xml", ".rels"))]
        for entry in names:
            if _DOCTYPE.search(part(archive, entry, name).replace(b"\0", b"")):
                what = f"`{entry}` in it declares entities, which no word processor writes"
                raise refused(name, what, "do not open it; ask whoever gave it for the document as PDF")
        _Document(draft, raw, name).read()
        _beside(draft, archive, name)
    return draft.written(_NOTHING, _CURE)


def _beside(draft: Draft, archive: zipfile.ZipFile, name: str) -> None:
    """What stands in other parts than the document: headers, notes, comments, properties, files within."""
    for entry in sorted(archive.namelist()):
        found = _PARTS.fullmatch(entry)
        if found:
            kind = _KINDS[found["kind"]]
            for at, words in enumerate(_blocks(_xml(part(archive, entry, name), name, entry)), start=1):
                draft.leave(kind, f"{kind} {at}", words, at, place=f"in a {kind}")
        elif _PROPERTIES.fullmatch(entry):
            root = _xml(part(archive, entry, name), name, entry)
            for words in root.itertext():
                draft.leave("property", entry, str(words), 1, place="in a property")
            _described(draft, root)
        elif entry.startswith(("word/embeddings/", "word/media/")) or entry.endswith(".bin"):
            draft.warnings.append(f"`{entry}` in it was not read: it is no text")
        elif _DRAWN.fullmatch(entry):
            for words in _xml(part(archive, entry, name), name, entry).itertext():
                draft.leave("drawing", entry, str(words), 1, place="in a drawing")
        if entry.startswith("word/") and entry.endswith(".xml"):
            for what, words in _labels(_xml(part(archive, entry, name), name, entry)):
                draft.leave(what, entry, words, 1, place=f"in a {what}")


def _labels(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Words that stand in attributes: watermarks, descriptions of pictures, what a list puts before its items."""
    for element in root.iter():
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        for key, words in element.attrib.items():
            label = _LABELS.get((tag, key)) or _LABELS.get(("", key))
            if label is not None and re.search(r"[A-Za-z]{2}", words):
                yield label, words


def _described(draft: Draft, root: etree._Element) -> None:
    for child in root:
        key = etree.QName(child).localname if isinstance(child.tag, str) else ""
        words = " ".join((child.text or "").split()) or None
        if key == "creator":
            draft.author = words
        elif key == "title":
            draft.title = words
        elif key == "modified":
            draft.sent = words


def _xml(raw: bytes, name: str, entry: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        raise refused(name, f"`{entry}` in it is no sound XML", "get the file again, or save it anew") from None


def _blocks(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter(f"{_W}p"):
        words = "".join(str(text.text or "") for text in paragraph.iter(f"{_W}t", f"{_W}delText"))
        if words.strip():
            yield words


@dataclass(slots=True)
class _Words:
    """The words of a paragraph, and those in it that a reader does not see, by what they are."""

    shown: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


class _Document:
    """The body of a document."""

    def __init__(self, draft: Draft, raw: bytes, name: str) -> None:
        self._draft = draft
        try:
            self._document = docx.Document(io.BytesIO(raw))
        except (OpcError, KeyError, ValueError, etree.XMLSyntaxError, AttributeError, zipfile.BadZipFile):
            cure = "open it in a word processor and save it as .docx"
            raise refused(name, "this is no whole Word document", cure) from None
        styles = {style.style_id: style for style in self._document.styles}
        self._headings = {key for key, style in styles.items() if _HEADING.match(style.name or "")}
        self._hidden = {key for key, style in styles.items() if style.element.find(f"{_W}rPr/{_W}vanish") is not None}
        self._number = 0

    def read(self) -> None:
        """Read the body."""
        body = self._document.element.body
        for child in body:
            self._block(child)
        if next(body.iter(*(f"{_W}{kind}" for kind in _CHANGES)), None) is not None:
            self._draft.warnings.append("changes are tracked in it; it is read as if all were accepted")

    def _block(self, element: etree._Element) -> None:
        waiting = deque([element])
        while waiting:
            found = waiting.popleft()
            if found.tag == f"{_W}p":
                self._paragraph(found)
            elif found.tag == f"{_W}tr" and not any(len(cell.findall(f"{_W}p")) > 1 for cell in found.iter(f"{_W}tc")):
                self._row(found)
            elif found.tag not in (f"{_W}sectPr", _FALLBACK):
                waiting.extendleft(reversed(found))

    def _paragraph(self, element: etree._Element) -> None:
        self._number += 1
        words, style = self._words(element), element.find(f"{_W}pPr/{_W}pStyle")
        text = "".join(words.shown)
        if style is not None and style.get(f"{_W}val") in self._headings:
            self._draft.heading(text, self._number)
        else:
            self._draft.paragraph(text, self._number)
        self._others(words)

    def _row(self, row: etree._Element) -> None:
        """A row of a table, where every cell is one paragraph: its cells in one line."""
        self._number += 1
        cells = [self._words(paragraph) for paragraph in row.iter(f"{_W}p")]
        self._draft.paragraph("\t".join("".join(cell.shown) for cell in cells), self._number)
        for cell in cells:
            self._draft.see("".join(cell.shown), self._number)  # a banner may fill a cell
            self._others(cell)

    def _others(self, words: _Words) -> None:
        for what, text in words.others:
            self._draft.leave(what, f"paragraph {self._number}", text, self._number, place=f"in {what}")
        for box in words.boxes:
            for child in box:
                self._block(child)

    def _words(self, paragraph: etree._Element) -> _Words:
        """The words of a paragraph, run by run; text boxes stand apart."""
        words = _Words()
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        hidden = style is not None and style.get(f"{_W}val") in self._hidden
        kind: str | None = "hidden text" if hidden else None
        waiting: deque[tuple[etree._Element, str | None]] = deque((child, kind) for child in paragraph)
        while waiting:
            element, kind = waiting.popleft()
            tag = element.tag.removeprefix(_W) if isinstance(element.tag, str) else ""
            kind = _NOT_SHOWN.get(tag, kind)
            if tag == "r" and self._vanishes(element):
                kind = "hidden text"
            if tag == "txbxContent":
                words.boxes.append(element)
            elif tag in ("t", "delText", "instrText", "delInstrText") or tag in _CHARACTERS:
                text = _CHARACTERS.get(tag) or element.text or ""
                words.shown.append(text) if kind is None else words.others.append((kind, text))
            elif element.tag != _FALLBACK and tag not in ("pPr", "rPr"):
                waiting.extendleft((child, kind) for child in reversed(element))
        return words

    def _vanishes(self, run: etree._Element) -> bool:
        """Whether a run is formatted as hidden, by itself or by its style."""
        own, style = run.find(f"{_W}rPr/{_W}vanish"), run.find(f"{_W}rPr/{_W}rStyle")
        if own is not None:
            return own.get(f"{_W}val") not in ("0", "false", "off")
        return style is not None and style.get(f"{_W}val") in self._hidden
