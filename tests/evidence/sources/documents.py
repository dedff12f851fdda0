"""Documents of every format, made for the tests: what a person would save, and nothing that is committed in bytes."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from functools import cache

import docx
import pypdfium2
import pypdfium2.raw as pdfium
import typst
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

WORDS = (
    "The Government of Tessalia opened a shelter for victims of trafficking in the capital, with trained counsellors. "
)

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Casa Libre: Tessalia</title>
<meta name="author" content="Casa Libre"><meta property="article:published_time" content="2014-02-03"></head>
<body><header><a href="/">Home</a></header>
<nav><ul><li><a href="/n">News</a></li><li><a href="/s">Secret</a></li><li><a href="/c">Confidential</a></li></ul></nav>
<main><h1>Trafficking in Tessalia</h1>
<p>The gov&shy;ernment opened \u201ctwo\u201d shel&shy;ters &mdash; one in
 March.</p>
<h2>Prosecution</h2><p>Courts convicted <b>12</b>&nbsp;persons<sup><a href="#n1">1</a></sup>.</p><p>Six were jailed.</p>
<table><tr><td>2013</td><td>12</td></tr></table>
<h2>Prosecution</h2><p>Again.<br><br>More.</p>
<div class="footnotes"><p>1. By the court&rsquo;s own count.</p></div></main>
<footer>(C) 2014 Casa Libre</footer><div style="display: none">hidden words</div><!-- a comment --></body></html>
"""


def page(body: str) -> bytes:
    """A web page around some elements."""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>T</title></head><body>{body}</body></html>".encode()


@cache
def pdf(body: str, settings: str = "") -> bytes:
    """A PDF set by Typst from its own markup."""
    return bytes(typst.compile(f'#set page(paper: "a4")\n{settings}\n{body}'.encode()))


def report(chapters: int) -> bytes:
    """A PDF report with running heads, page numbers, headings and footnotes."""
    body = "\n\n".join(
        f"= Chapter {chapter}\n\n"
        + "\n\n".join(f"Paragraph {chapter}.{number}. {WORDS * 4}" for number in range(1, 6))
        + f" It ended.#footnote[Footnote of chapter {chapter}.]"
        for chapter in range(1, chapters + 1)
    )
    head = "#set page(header: [Annual Report on Tessalia], footer: context [#counter(page).display()])"
    return pdf(body, f"{head}\n#set text(size: 11pt)\n#set par(justify: true)")


def pdf_with(*notes: str, **metadata: str) -> bytes:
    """A PDF with a page of text, with notes on it."""
    document = pypdfium2.PdfDocument(pdf("A page of text. It says nothing else."))
    page_ = document[0]
    for words in notes:
        note = pdfium.FPDFPage_CreateAnnot(page_, pdfium.FPDF_ANNOT_TEXT)
        wide = words.encode("utf-16-le") + b"\0\0"
        pdfium.FPDFAnnot_SetStringValue(
            note, b"Contents", (pdfium.FPDF_WCHAR * (len(wide) // 2)).from_buffer_copy(wide)
        )
        pdfium.FPDFPage_CloseAnnot(note)
    for name, attached in metadata.items():
        document.new_attachment(name.replace("_", ".")).set_data(attached.encode())
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def word(*paragraphs: str, more: str = "", **properties: str) -> bytes:
    """A Word document with paragraphs; those that begin with `# ` are headings, and `more` is XML for the body."""
    document = docx.Document()
    for words in paragraphs:
        if words.startswith("# "):
            document.add_heading(words[2:], 1)
        else:
            document.add_paragraph(words)
    for element in parse_xml(f"<w:body {nsdecls('w')}>{more}</w:body>") if more else ():
        document.element.body.insert(len(document.element.body) - 1, element)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def with_part(raw: bytes, name: str, part: bytes) -> bytes:
    """A zip file with one part more, or another in its place."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, part)
    return held.getvalue()


def mail(body: str, *attached: tuple[str, bytes], html: str = "", subject: str = "Shelter in Tessalia") -> bytes:
    """A message with files attached."""
    message = EmailMessage()
    message["From"], message["To"] = "Jane Doe <doe@example.org>", "Richard Roe <roe@example.org>"
    message["Subject"], message["Date"] = subject, "Mon, 3 Feb 2014 10:00:00 +0000"
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    for name, raw in attached:
        message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def protected(raw: bytes) -> bytes:
    """The same PDF, locked by a password that nobody knows: its keys are those of none."""
    keys = b"/O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b">"
    lock = b"trailer\n<</Encrypt << /Filter /Standard /V 1 /R 2 /P -4 " + keys + b" >>"
    assert b"trailer\n<<" in raw
    return raw.replace(b"trailer\n<<", lock, 1)
