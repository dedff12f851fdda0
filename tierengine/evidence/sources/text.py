"""Plain text and Markdown: paragraphs between blank lines, under the headings of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tierengine.evidence.sources.draft import Draft
from tierengine.evidence.sources.encodings import decoded
from tierengine.evidence.sources.opened import Written

NOTHING = "it holds no text"
_CURE = "name the file that holds the words of the source"
_BREAK = re.compile(r"[\f\v\x85\u2028\u2029]|\r\n|\r|\n")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def read_text(raw: bytes, name: str, source: str) -> Written:
    """Read plain text; raise `EvidenceError` if it is none, `ClassifiedError` if it is marked."""
    text, doubts = decoded(raw, name)
    draft = Draft(raw, name, source, "text")
    draft.warnings += doubts
    see_all(draft, text)
    for number, paragraph in blocks(text):
        draft.paragraph(paragraph, number)
    return draft.written(NOTHING, _CURE)


def see_all(draft: Draft, text: str) -> None:
    """Let the guard see a text line by line, as it stands, with tags and addresses of links."""
    draft.watching = False
    for number, line in enumerate(_BREAK.split(text), start=1):
        draft.see(line, number)


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of plain text, each with its first line; a form feed ends a line, and no paragraph."""
    lines: list[str] = []
    for number, line in enumerate([*_BREAK.split(text), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield number - len(lines), "\n".join(lines)
            lines = []


def read_markdown(raw: bytes, name: str, source: str) -> Written:
    """Read Markdown: what a reader sees of it when it is shown."""
    text, doubts = decoded(raw, name)
    draft = Draft(raw, name, source, "markdown")
    draft.warnings += doubts
    see_all(draft, text)
    tokens = _MARKDOWN.parse(text)
    row: list[str] = []
    for at, token in enumerate(tokens):
        number = (token.map or [0])[0] + 1
        opened = tokens[at - 1].type if at else ""
        if token.type == "inline" and opened in ("th_open", "td_open"):
            row.append(_shown(token, draft, number))
        elif token.type == "inline" and opened == "heading_open":
            draft.heading(_shown(token, draft, number), number)
        elif token.type == "inline":
            draft.paragraph(_shown(token, draft, number), number)
        elif token.type == "tr_close":
            draft.paragraph("\t".join(row), number)
            row = []
        elif token.type in ("fence", "code_block"):
            for _, paragraph in blocks(token.content):
                draft.paragraph(paragraph, number)
        elif token.type == "html_block":
            draft.leave("HTML in Markdown", f"line {number}", token.content, number)
    return draft.written(NOTHING, _CURE)


def _shown(token: Token, draft: Draft, number: int) -> str:
    """The words of a line: those of links and pictures, without the addresses."""
    words: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif child.type == "image":
            draft.leave("picture", f"line {number}", child.content, number)
        elif child.type == "html_inline":
            draft.leave("HTML in Markdown", f"line {number}", child.content, number)
    return "".join(words)
