"""A document as one HTML page that needs nothing else: no network, no script; the print style is in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from tierengine.documents.draft import MADE_FROM, RECORDS, Blank, Draft, Paragraph, Said
from tierengine.reports.printable import escaped

_STYLE = "\n" + files("tierengine.documents").joinpath("document.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""What a browser may load for the page: nothing but this very style."""


def html(draft: Draft) -> bytes:
    """Return a document as an HTML page; what a source or a person wrote is only ever text in it."""
    return ("\n".join(_page(draft)) + "\n").encode()


def head(title: str, css_class: str = "") -> Iterator[str]:
    """Yield the beginning of a page, up to its title."""
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escaped(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f'<main class="{css_class}">' if css_class else "<main>"
    yield f"<h1>{escaped(title)}</h1>"


def _page(draft: Draft) -> Iterator[str]:
    yield from head(draft.title)
    yield f'<p class="marking">{escaped(draft.marking)}</p>\n<p class="purpose">{escaped(draft.purpose)}</p>'
    anchors = {each.name: f"r{number}" for number, each in enumerate(draft.exhibits, start=1)}
    for note in draft.notes:
        yield f'<p class="note">{_piece(note, anchors)}</p>'
    for section in draft.sections:
        if section.paragraphs:
            yield f"<h2>{escaped(section.heading)}</h2>"
            yield from _paragraphs(section.paragraphs, anchors)
    if draft.exhibits:
        yield f'<h2>{RECORDS}</h2>\n<ul class="records">'
        for each in draft.exhibits:
            words = escaped(f"{each.at}. {each.words}")
            yield f'<li id="{anchors[each.name]}"><strong>{escaped(each.name)}:</strong> {words}</li>'
        yield "</ul>"
    yield f'<h2>{MADE_FROM}</h2>\n<ul class="records">'
    yield from (f"<li>{escaped(f'{name}: {value}')}</li>" for name, value in draft.made_from)
    yield "</ul>\n</main>\n</body>\n</html>"


def _paragraphs(paragraphs: tuple[Paragraph, ...], anchors: dict[str, str]) -> Iterator[str]:
    listed = False
    for paragraph in paragraphs:
        if paragraph.listed != listed:
            listed = paragraph.listed
            yield "<ul>" if listed else "</ul>"
        words = " ".join(_piece(piece, anchors) for piece in paragraph.pieces)
        yield f"<li>{words}</li>" if listed else f"<p>{words}</p>"
    if listed:
        yield "</ul>"


def _piece(piece: Said | Blank, anchors: dict[str, str]) -> str:
    if isinstance(piece, Blank):
        label, bracket, rest = piece.marked.partition("[")
        before = f"<strong>{escaped(label.strip())}</strong> " if label else ""
        return f"{before}<mark>{escaped(bracket + rest)}</mark>"
    if not piece.grounds:
        return escaped(piece.text)
    links = "; ".join(_link(name, anchors) for name in piece.grounds)
    return f'{escaped(piece.text)} <span class="ground">[{links}]</span>'


def _link(name: str, anchors: dict[str, str]) -> str:
    return f'<a href="#{anchors[name]}">{escaped(name)}</a>' if name in anchors else escaped(name)
