"""Reads reports back, with other programs than those that wrote them."""

from __future__ import annotations

from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pypdfium2
from docx import Document


class Page(HTMLParser):
    """An HTML page as a browser takes it apart: its elements, and its text by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.unclosed: list[str] = []
        self._silent = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "br"}:
            self.unclosed.append(tag)
        self._silent += tag in {"style", "svg", "title"}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that ends where it begins."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Each element ends in its turn."""
        assert self.unclosed.pop() == tag
        self._silent -= tag in {"style", "svg", "title"}

    def handle_data(self, data: str) -> None:
        """Keep what a reader reads."""
        if not self._silent:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of each element of a sort."""
        return [attributes for name, attributes in self.elements if name == tag]


def squeezed(text: str) -> str:
    """A text without white space, so that line breaks make no difference."""
    return "".join(text.split())


def html_text(text: str) -> str:
    """What a reader reads of a page."""
    return squeezed("".join(Page(text).words))


def docx_text(raw: bytes) -> str:
    """What a reader reads of a document, paragraphs and tables in their order."""
    body: Any = Document(BytesIO(raw)).element.body
    return squeezed("".join(node.text or "" for node in body.iter("{*}t")))


def pdf_pages(raw: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(raw)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            found.append(text.get_text_bounded())
            text.close()
            page.close()
        return found
    finally:
        document.close()
