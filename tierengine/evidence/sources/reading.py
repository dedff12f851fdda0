"""Which formats there are, what each file is by its bytes, and the one door by which sources are opened.

Another format is one more file with a reader, and one more row here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, get_args

from tierengine.errors import ClassifiedError, EvidenceError, Problem
from tierengine.evidence.sources.draft import refused
from tierengine.evidence.sources.encodings import wide
from tierengine.evidence.sources.opened import Opened, Written
from tierengine.evidence.sources.telegram import Telegram, joined, read_telegram
from tierengine.evidence.sources.telegram_header import is_header_line
from tierengine.evidence.sources.telegram_sections import Sections, sections_of

Format = Literal["telegram", "html", "pdf", "docx", "mail", "markdown", "text"]
"""The formats in which sources are read."""

FORMATS: tuple[Format, ...] = get_args(Format)

LARGEST = 32 * 2**20
"""Bytes of one file."""

File = tuple[str, bytes]
"""A file: its name, and its bytes."""

Reader = Callable[[bytes, str, str], Opened]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A format: what it is called, the endings of its files, what its bytes may look like, and its reader."""

    called: str
    endings: tuple[str, ...]
    looks: tuple[str, ...]
    read: Reader


def _look(raw: bytes, name: str) -> Opened | None:
    """Read what is attached for the guard; raise `ClassifiedError` if it is marked."""
    try:
        return read_source([(name, raw)], format_of(raw, name), "attachment")
    except ClassifiedError as error:
        complaints = (each.what.replace("stands here", "stands in an attachment") for each in error.problems)
        raise ClassifiedError(
            Problem(where=each.where, what=what, cure=each.cure)
            for each, what in zip(error.problems, complaints, strict=True)
        ) from None
    except EvidenceError:
        return None


# A reader, and the library under it, is loaded when a source of its format is read: most dossiers need one or two.


def _telegram(raw: bytes, name: str, _source: str) -> Opened:
    return read_telegram(raw, name)


def _html(raw: bytes, name: str, source: str) -> Opened:
    from tierengine.evidence.sources.html import read_html  # noqa: PLC0415  # loaded when it is needed

    return read_html(raw, name, source)


def _pdf(raw: bytes, name: str, source: str) -> Opened:
    from tierengine.evidence.sources.pdf import read_pdf  # noqa: PLC0415  # loaded when it is needed

    return read_pdf(raw, name, source, _look)


def _docx(raw: bytes, name: str, source: str) -> Opened:
    from tierengine.evidence.sources.docx import read_docx  # noqa: PLC0415  # loaded when it is needed

    return read_docx(raw, name, source)


def _mail(raw: bytes, name: str, source: str) -> Opened:
    from tierengine.evidence.sources.mail import read_mail  # noqa: PLC0415  # loaded when it is needed

    return read_mail(raw, name, source, _look)


def _markdown(raw: bytes, name: str, source: str) -> Opened:
    from tierengine.evidence.sources.text import read_markdown  # noqa: PLC0415  # loaded when it is needed

    return read_markdown(raw, name, source)


def _text(raw: bytes, name: str, source: str) -> Opened:
    from tierengine.evidence.sources.text import read_text  # noqa: PLC0415  # loaded when it is needed

    return read_text(raw, name, source)


_KINDS: dict[Format, _Kind] = {
    "telegram": _Kind("a telegram", (".cable", ".txt"), ("text", "mail", "html"), _telegram),
    "html": _Kind("an HTML page", (".html", ".htm", ".xhtml", ".mht", ".mhtml"), ("html", "mail", "text"), _html),
    "pdf": _Kind("a PDF", (".pdf",), ("pdf",), _pdf),
    "docx": _Kind("a DOCX", (".docx", ".docm"), ("docx",), _docx),
    "mail": _Kind("a mail", (".eml",), ("mail",), _mail),
    "markdown": _Kind("Markdown", (".md", ".markdown"), ("text",), _markdown),
    "text": _Kind("plain text", (".txt", ".text"), ("text", "mail"), _text),
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"Rar!", "packed"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_CALLED = {
    "pdf": ("a PDF", "write `format: pdf`, and end its name with .pdf"),
    "docx": ("a DOCX", "write `format: docx`, and end its name with .docx"),
    "html": ("an HTML page", "write `format: html`, and end its name with .html"),
    "mail": ("a mail", "write `format: mail`, and end its name with .eml"),
    "text": ("plain text", "write `format: text` or `format: telegram`, and end its name with .txt"),
    "zip": ("a packed file, and no Word document", "unpack it, and give the document in it"),
    "ole": ("a protected document, or one of an old Office", "save it as .docx, without a password"),
    "rtf": ("a document in rich text (RTF)", "save it as .docx"),
    "picture": ("a picture", "read it with text recognition first, and give the text"),
    "packed": ("a packed file", "unpack it, and give the document in it"),
    "program": ("a program", "give the document itself"),
    "binary": ("no document that is read here", "save it as PDF, DOCX, HTML, mail or text"),
}
_HTML = re.compile(rb"<!doctype\s+html|<(?:html|head|body|title|meta)\b", re.IGNORECASE)
_MAIL = re.compile(
    rb"^(?:From|To|Subject|Date|Received|Return-Path|MIME-Version|Message-ID|Delivered-To)\s*:",
    re.IGNORECASE | re.MULTILINE,
)


def read_source(parts: Sequence[File], form: Format, source: str) -> Opened:
    """Open a source of some format: one file, or the sections of a telegram in several, each with its name.

    Raise `EvidenceError` if it cannot be read, `ClassifiedError` if it is marked.
    """
    for name, raw in parts:
        _refuse(raw, name, form)
    name = parts[0][0]
    if len(parts) > 1 and form != "telegram":
        cure = "list each file as a source of its own"
        raise refused(name, f"{_KINDS[form].called} is one file, and here are {len(parts)}", cure)
    return _KINDS[form].read(parts[0][1] if len(parts) == 1 else joined(parts), name, source)


def format_of(raw: bytes, name: str) -> Format:
    """Return the format of a file by its name and its bytes; raise `EvidenceError` if they contradict each other."""
    ending, kind = PurePath(name).suffix.lower(), looks_like(raw)
    if not raw.strip():
        raise refused(name, "the file is empty", "name the file that holds the source")
    if ending in (".txt", "", ".cable", ".text") and kind in ("text", "mail"):
        return "telegram" if _is_cable(raw) else "text"
    for form, row in _KINDS.items():
        if ending in row.endings and form not in ("telegram", "text"):
            if kind not in row.looks:
                raise _mislabelled(name, form, kind)
            return form
    found = next((form for form in FORMATS if form == kind), None)
    if found is None or ending in (".txt", ".text", ".cable"):
        raise _mislabelled(name, "text", kind)
    return found


def together(files: Sequence[File]) -> list[tuple[File, ...]]:
    """Return files by the sources that they make up: the sections of one cable together, in their order.

    A section that is there twice stands by itself.
    """
    found: dict[str, list[tuple[Sections, File]]] = {}
    for number, file in enumerate(files):
        one, alone = _sections(file), f"file {number}"
        before = found.get(one.cable, [])
        repeats = any(set(one.met) & set(other.met) for other, _ in before)
        found.setdefault(alone if repeats or not one.cable else one.cable, []).append((one, file))
    return [tuple(file for _, file in sorted(parts, key=lambda part: part[0].met)) for parts in found.values()]


def _sections(file: File) -> Sections:
    """The sections of a cable that a file holds; none where it is something else."""
    name, raw = file
    try:
        cable = format_of(raw, name) == "telegram"
    except EvidenceError:
        cable = False  # it is found out when it is read
    return sections_of(raw) if cable else Sections()


def may_be_source(name: str) -> bool:
    """Say whether a file has the ending of a format that is read."""
    return any(PurePath(name).suffix.lower() in kind.endings for kind in _KINDS.values())


def source_name(name: str) -> str:
    """Return what a source is called after its file: the name without folder, ending and spaces."""
    return re.sub(r"[\s\u00b6]+", "-", PurePath(name).stem.strip()) or "source"


def needs_text(opened: Opened) -> bool:
    """Whether the text of a source cannot be had from its file by a plain Python."""
    if isinstance(opened, Telegram):
        return bool(opened.hidden)
    return isinstance(opened, Written) and opened.format == "pdf"


def looks_like(raw: bytes) -> str:
    """Return what a file is by its bytes: `pdf`, `docx`, `html`, `mail`, `text`, or what is not read here."""
    head = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind is None and b"%PDF-" in raw[:1024]:
        return "pdf"
    if kind == "zip":
        return "docx" if b"word/" in raw else "zip"
    if kind is not None:
        return kind
    two_bytes = raw[:2] in (b"\xff\xfe", b"\xfe\xff") or wide(raw) is not None
    plain = head.replace(b"\0", b"") if two_bytes else head
    if len(set(_MAIL.findall(plain))) > 1 and re.match(rb"[\w-]+\s*:", plain):
        return "mail"  # which may hold a page
    if _HTML.search(plain):
        return "html"
    return "binary" if b"\0" in head and not two_bytes else "text"


def too_large(size: int) -> str:
    """Say that a file is larger than what is read."""
    return f"has {size / 2**20:.1f} MiB, and {LARGEST // 2**20} are read at most"


def refuse_too_large(size: int, name: str) -> None:
    """Raise `EvidenceError` if a file is larger than what is read; its size is enough to know."""
    if size > LARGEST:
        raise refused(name, f"the file {too_large(size)}", "give the part of it that is evidence")


def _refuse(raw: bytes, name: str, form: Format) -> None:
    """Refuse a file that is empty, too large, or not of the format that is said."""
    refuse_too_large(len(raw), name)
    if form == "telegram":
        return  # its reader reports itself what is no telegram
    if not raw.strip():
        raise refused(name, "the file is empty", "name the file that holds the source")
    kind = looks_like(raw)
    if kind not in _KINDS[form].looks:
        raise _mislabelled(name, form, kind)


def _mislabelled(name: str, form: Format, kind: str) -> EvidenceError:
    called, cure = _CALLED[kind]
    return refused(name, f"this is {called}, and not {_KINDS[form].called}", cure)


def _is_cable(raw: bytes) -> bool:
    """Whether plain text has lines that only the header of a cable has."""
    lines = raw[:20_000].decode("utf-8", "replace").splitlines()
    keys = sum(is_header_line(line) for line in lines)
    caption = any(re.match(r"\W*(?:VZCZC|UNCLAS\b|ZNR |[RPOZ] \d{6}Z )", line) for line in lines)
    return keys > 1 or (caption and keys > 0) or (caption and any(line.strip() == "SIPDIS" for line in lines))
