"""The guard: whatever a reader could see of a marking is seen, in every format; menus and plain words are none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.evidence.sources import documents
from tests.evidence.sources.test_telegram import HEADER
from tierengine.errors import ClassifiedError, Problem
from tierengine.evidence.sources.guard import Seen, marked, refuse_classified
from tierengine.evidence.sources.opened import Opened
from tierengine.evidence.sources.reading import Format, read_source

HIDDEN = "unrepeatable"
"""A word of every document here, which no message may repeat."""

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def page(line: str) -> bytes:
    """A page that shows a line."""
    return documents.page(f"<p>One {HIDDEN} line.</p><div>{line}</div><p>Three.</p>")


def plain(line: str) -> bytes:
    """Plain text with a line; markup in it is only text."""
    return f"One {HIDDEN} line.\n\n{line}\n\nThree.\n".encode()


def cable(line: str) -> bytes:
    """A cable with a line above its paragraphs."""
    return f"{HEADER}{line}\n\n1. One {HIDDEN} line.\n".encode()


def message(line: str) -> bytes:
    """A mail with a line."""
    return documents.mail(f"One {HIDDEN} line.\n\n{line}\n")


def word(line: str) -> bytes:
    """A Word document with a line, whose tags are resolved as a person would have formatted it."""
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in line.replace("<b>", "|").replace("</b>", "|").split("|"))
    runs = runs.replace("&nbsp;", "\u00a0").replace("&#8203;", "\u200b").replace("&shy;", "\u00ad")
    return documents.word(f"One {HIDDEN} line.", more=f"<w:p>{runs}</w:p>")


MAKERS: dict[Format, Callable[[str], bytes]] = {
    "html": page,
    "text": plain,
    "markdown": plain,
    "telegram": cable,
    "mail": message,
    "docx": word,
}

MARKINGS = [
    "SECRET//NOFORN",
    "CONFIDENTIAL",
    "TOP SECRET",
    "S&nbsp;E&nbsp;C&nbsp;R&nbsp;E&nbsp;T",
    "<b>SE</b>CRET",
    "C<b>ONFIDEN</b>TIAL",
    "SE&#8203;CRET",
    "SE&shy;CRET",
    "SE\u2060CRET",
    "S\u0415CR\u0415T",
    "\u0405\u0415\u0421R\u0415T",
    "\uff33\uff25\uff23\uff32\uff25\uff34",
    "\U0001d412\U0001d404\U0001d402\U0001d411\U0001d404\U0001d413",
    "\u24c8\u24ba\u24b8\u24c7\u24ba\u24c9",
    "S\u0332E\u0332C\u0332R\u0332E\u0332T\u0332",
    "\ua731\u1d07\u1d04\u0280\u1d07\u1d1b",
    "S.E.C.R.E.T",
    "S-E-C-R-E-T",
    "C0NFIDENTIAL",
    "C O N F I D E N T I A L",
    "\u202eTERCES\u202c",
    "(S/NF) The rest.",
    "(\u0405//NF) The rest.",
    "Classified By: somebody",
    "Original Classification: Secret",
    "E.O. 13526: DECL: 01/01/2030",
    "DECLASSIFY ON: 01/01/2030",
]


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize("line", MARKINGS)
def test_a_marking_is_seen_in_every_format(form: Format, line: str) -> None:
    """Apart, bold in part, with invisible, wide or look-alike letters: nothing is read, and nothing repeated."""
    with pytest.raises(ClassifiedError) as refusal:
        read_source([("source", MAKERS[form](line))], form, "s")
    assert HIDDEN not in str(refusal.value)


@pytest.mark.parametrize("form", [form for form in MAKERS if form != "docx"])
@pytest.mark.parametrize("line", ["S&amp;nbsp;E&amp;nbsp;C&amp;nbsp;R&amp;nbsp;E&amp;nbsp;T", "<i>S</i>E<u>CR</u>ET"])
def test_a_marking_that_was_escaped_twice_is_seen(form: Format, line: str) -> None:
    """Copies of copies escape what was escaped."""
    with pytest.raises(ClassifiedError):
        read_source([("source", MAKERS[form](line))], form, "s")


COLUMN = "S\nE\nC\nR\nE\nT"
ELSEWHERE: dict[str, tuple[Format, bytes]] = {
    "a letter a line": ("text", plain(COLUMN)),
    "title": ("html", b"<!doctype html><title>SECRET//NOFORN</title><p>One.</p>"),
    "meta": ("html", documents.page("<meta name=classification content='SECRET//NOFORN'><p>One.</p>")),
    "comment": ("html", documents.page("<!-- SECRET//NOFORN --><p>One.</p>")),
    "hidden": ("html", documents.page("<p hidden>CONFIDENTIAL</p><p>One.</p>")),
    "no display": ("html", documents.page("<p style='display:none'>CONFIDENTIAL</p><p>One.</p>")),
    "template": ("html", documents.page("<template><p>CONFIDENTIAL</p></template><p>One.</p>")),
    "noscript": ("html", documents.page("<noscript><p>CONFIDENTIAL</p></noscript><p>One.</p>")),
    "picture": ("html", documents.page("<img alt='CONFIDENTIAL'><p>One.</p>")),
    "tooltip": ("html", documents.page("<p title='CONFIDENTIAL'>One.</p>")),
    "frame": ("html", documents.page("<iframe srcdoc='<p>SECRET//NOFORN</p>'></iframe><p>One.</p>")),
    "style": ("html", documents.page("<style>body::before{content:'SECRET//NOFORN'}</style><p>One.</p>")),
    "header": ("html", documents.page("<header>CONFIDENTIAL</header><p>One.</p>")),
    "words in a menu": ("html", documents.page("<nav>SECRET//NOFORN</nav><p>One.</p>")),
    "link debris": ("markdown", b"One.\n\n[SECRET](http://x)\n"),
    "html in markdown": ("markdown", b"One.\n\n<!-- SECRET//NOFORN -->\n"),
    "word properties": ("docx", documents.word("One.", subject="SECRET//NOFORN")),
    "word keywords": ("docx", documents.word("One.", keywords="CONFIDENTIAL")),
    "word hidden": (
        "docx",
        documents.word("One.", more="<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>SECRET</w:t></w:r></w:p>"),
    ),
    "word deleted": (
        "docx",
        documents.word("One.", more="<w:p><w:del><w:r><w:delText>SECRET</w:delText></w:r></w:del></w:p>"),
    ),
    "word cell": (
        "docx",
        documents.word(
            "One.",
            more="<w:tbl><w:tr><w:tc><w:p><w:r><w:t>SECRET</w:t></w:r></w:p></w:tc>"
            "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        ),
    ),
    "word watermark": (
        "docx",
        documents.with_part(
            documents.word("One."),
            "word/header3.xml",
            f'<w:hdr {W} xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="CONFIDENTIAL"/></w:hdr>'.encode(),
        ),
    ),
    "word drawing": (
        "docx",
        documents.with_part(documents.word("One."), "word/diagrams/data1.xml", b"<d><t>SECRET//NOFORN</t></d>"),
    ),
    "pdf text": ("pdf", documents.pdf('One.\n\n#"SECRET//NOFORN"')),
    "pdf white": ("pdf", documents.pdf('One.\n\n#text(fill: white, size: 1pt)[#"SECRET//NOFORN"]')),
    "pdf head": ("pdf", documents.pdf("One.", "#set page(header: [CONFIDENTIAL])")),
    "pdf note": ("pdf", documents.pdf_with("SECRET//NOFORN")),
    "pdf title": ("pdf", documents.pdf("One.", '#set document(title: "SECRET//NOFORN")')),
    "pdf attached": ("pdf", documents.pdf_with(note_txt="SECRET//NOFORN")),
    "pdf attachment's name": ("pdf", documents.pdf_with(CONFIDENTIAL="x")),
    "subject": ("mail", documents.mail("One.", subject="CONFIDENTIAL")),
    "other form": ("mail", documents.mail("One.", html="<p><b>SE</b>CRET</p>")),
    "attached text": ("mail", documents.mail("One.", ("a.txt", b"SECRET//NOFORN"))),
    "attached page": ("mail", documents.mail("One.", ("a.html", page("S&nbsp;E&nbsp;C&nbsp;R&nbsp;E&nbsp;T")))),
    "attached word": ("mail", documents.mail("One.", ("a.docx", documents.word("SECRET//NOFORN")))),
    "attached mail": ("mail", documents.mail("One.", ("a.eml", documents.mail("SECRET//NOFORN")))),
    "attached pdf": ("mail", documents.mail("One.", ("a.pdf", documents.pdf('#"SECRET//NOFORN"')))),
}
for KIND in ("comments", "footnotes", "endnotes", "header1", "footer2"):
    MARKED = f"<w:{KIND} {W}><w:p><w:r><w:t>SE</w:t></w:r><w:r><w:t>CRET</w:t></w:r></w:p></w:{KIND}>"
    ELSEWHERE[f"word {KIND}"] = "docx", documents.with_part(documents.word("One."), f"word/{KIND}.xml", MARKED.encode())


@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_marking_is_seen_wherever_it_stands(where: str) -> None:
    """In properties, comments, tracked changes, hidden text, notes and attachments."""
    form, raw = ELSEWHERE[where]
    with pytest.raises(ClassifiedError):
        read_source([("source", raw)], form, "s")


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        ("html", documents.PAGE.encode()),
        ("html", documents.page("<nav><a href=1>Secret</a></nav><nav><a href=1>CONFIDENTIAL</a></nav><p>One.</p>")),
        ("html", documents.page("<p>One.</p><select><option>Secret<option>Confidential</select>")),
        ("html", documents.page("<h2>SECRET SHELTERS OF THE CAPITAL</h2><p>One.</p>")),
        ("html", documents.page("<p>A confidential hotline, and a secret ballot.</p>")),
        ("html", documents.page("<p>(A) the first;</p><p>(B) the second;</p><p>(C) the third;</p>")),
        ("html", documents.page("<p>One.</p><p>(C) 2014 Casa Libre</p><p>(C) Copyright of somebody</p>")),
        ("html", documents.page("<h3>Classified By Age</h3><p>One.</p>")),
        ("html", documents.page("<p>\u0421\u0435\u043a\u0440\u0435\u0442\u043d\u043e.</p>")),
        ("text", b"(S)he was freed.\n\nThe Secret Service trained officers.\n"),
        ("text", b"Victims are declared 5 times."),
        ("docx", documents.word("Secret ballots", "Confidential shelters exist.")),
        ("mail", documents.mail("This message is confidential and meant for its receiver.")),
    ],
)
def test_what_is_no_marking_is_read(form: Format, raw: bytes) -> None:
    """Entries of menus, headings in capitals, letters of lists, the sign of copyright, and words in sentences."""
    assert read_source([("source", raw)], form, "s").text


@pytest.mark.parametrize(
    ("lines", "handling", "no_foreign"),
    [
        ("UNCLASSIFIED\n\nOne.", "unclassified", False),
        ("One.", "unknown", False),
        ("SENSITIVE BUT UNCLASSIFIED\n\nOne.", "sensitive but unclassified", False),
        ("UNCLASSIFIED//FOR OFFICIAL USE ONLY\n\nOne.", "sensitive but unclassified", False),
        ("UNCLASSIFIED\n\n(SBU) One.", "sensitive but unclassified", False),
        ("(SBU/NF) One.", "sensitive but unclassified", True),
        ("CUI\n\nOne.", "sensitive but unclassified", False),
        ("The unclassified version was read.", "unknown", False),
    ],
)
def test_the_markings_of_a_paper_say_how_to_handle_it(lines: str, handling: str, no_foreign: bool) -> None:
    """The strictest counts; without any, the handling is unknown."""
    for source in (opened_text(lines), opened_word(lines)):
        assert (source.handling, source.no_foreign) == (handling, no_foreign)


def opened_text(lines: str) -> Opened:
    """Plain text with some lines."""
    return read_source([("source", lines.encode())], "text", "s")


def opened_word(lines: str) -> Opened:
    """A Word document with the same lines."""
    return read_source([("source", documents.word(*lines.split("\n\n")))], "docx", "s")


def test_the_place_of_a_marking_is_named() -> None:
    """The file, the line or page, and where on it."""
    with pytest.raises(ClassifiedError, match=r"a\.txt:3:1: classified: a classification line stands here"):
        read_source([("a.txt", plain("SECRET//NOFORN"))], "text", "s")
    with pytest.raises(ClassifiedError, match=r"a\.pdf:2:1: .* stands on page 2"):
        read_source([("a.pdf", documents.pdf('One.\n#pagebreak()\n#"SECRET//NOFORN"'))], "pdf", "s")
    with pytest.raises(ClassifiedError, match="stands in a property"):
        read_source([("a.docx", documents.word("One.", subject="SECRET//NOFORN"))], "docx", "s")
    with pytest.raises(ClassifiedError, match=r"b\.txt:1:1: .* stands in an attachment"):
        read_source([("a.eml", documents.mail("One.", ("b.txt", b"SECRET//NOFORN")))], "mail", "s")


def refused(*lines: str, cable: bool = False, menu: bool = False) -> list[tuple[str, str]]:
    """Where the guard refuses some lines, and what it says; the lines are numbered 10, 20, 30 ..."""
    problems: tuple[Problem, ...] = ()
    try:
        seen = [Seen(10 * number, line, menu=menu) for number, line in enumerate(lines, start=1)]
        refuse_classified(seen, "s", cable=cable)
    except ClassifiedError as error:
        problems = error.problems
    assert all(problem.cure.startswith("do not use this source here; take it off") for problem in problems)
    return [(problem.where, problem.what) for problem in problems]


LINE = "classified: a classification line stands here; nothing was read"
PARAGRAPH = "classified: a paragraph marked as classified stands here; nothing was read"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("SECRET//NOFORN",), [("s:10:1", LINE)]),
        (("One.", "SECRET//NOFORN"), [("s:20:1", LINE)]),
        (("One.", "", "SECRET//NOFORN", "Four."), [("s:30:1", LINE)]),
        (("SECRET//NOFORN", "", "TOP SECRET//SI"), [("s:10:1", LINE), ("s:30:1", LINE)]),
        (("One.", *"SECRET", "End."), [("s:20:1", LINE)]),
        (("**SE**CRET//NOFORN", "__SE__CRET//NOFORN"), [("s:10:1", LINE), ("s:20:1", LINE)]),
        (("One.", "(S/NF) Two.", "Three."), [("s:20:1", PARAGRAPH)]),
        (("One.", "", "", "(S/NF) Four."), [("s:40:1", PARAGRAPH)]),
        (("One.", "(S)", "2."), [("s:20:1", PARAGRAPH)]),
        (("One.", "--", "(S)"), [("s:30:1", PARAGRAPH)]),
        (("One.", "(S/NF", ") Two."), [("s:30:1", PARAGRAPH)]),
    ],
)
def test_the_line_of_a_marking_is_exactly_named(lines: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    """The line on which a sign begins, and of a mark the line on which it stands; each line once for each kind."""
    assert refused(*lines) == found


def test_letters_of_a_list_are_no_marks() -> None:
    """A list counts (A), (B), (C), or goes from (R) to (S), within two hundred lines; and never in a cable."""
    assert not refused("(A) One.", "(B) Two.", "(C) Three.")
    assert not refused("(A)", "(B)", "(C)", "(D)")
    assert not refused("(B) Before.", "(A) One.", "(B) Two.", "(C) Three.")
    assert not refused("(R) One.", "(S) Two.")
    assert not refused("(Q) One.", "(R) Two.", "(S) Three.")
    assert refused("(A) One.", "(B) Two.", "(C) Three.", cable=True) == [("s:30:1", PARAGRAPH)]
    assert refused("(Q) One.", "(S) Two.") == [("s:20:1", PARAGRAPH)]
    assert refused("(B) Two.", "(C) Three.") == [("s:20:1", PARAGRAPH)]
    assert refused("(A) One.", "(C) Three.") == [("s:20:1", PARAGRAPH)]
    assert not refused("(A) One.", "(B) Two.", *["More."] * 198, "(C) Three.")
    assert refused("(A) One.", "(B) Two.", *["More."] * 199, "(C) Three.") == [("s:2020:1", PARAGRAPH)]


def test_a_level_by_itself_is_no_marking_in_a_menu() -> None:
    """A word to click on; a level with its caveat, a mark or a date of declassification is refused there too."""
    assert not refused("SECRET", "Confidential", menu=True)
    assert refused("SECRET", "Confidential") == [
        ("s:10:1", "classified: a classification line stands here; nothing was read"),
        ("s:10:1", "classified: a classified label of the archive stands here; nothing was read"),
        ("s:20:1", "classified: a classified label of the archive stands here; nothing was read"),
    ]
    assert refused("SECRET//NOFORN", "(S/NF) Two.", "DECLASSIFY ON: 2030", menu=True)
    assert marked([Seen(1, "UNCLASSIFIED", menu=True)]) == ("unknown", False)
    assert marked([Seen(1, "FOUO"), Seen(2, "NOFORN", menu=True)]) == ("sensitive but unclassified", False)
    assert marked([Seen(1, "NOFORN", menu=False)]) == ("sensitive but unclassified", True)


def test_a_cable_is_read_more_strictly_and_is_what_is_taken_for_granted() -> None:
    """What may be a heading on a page is a caption in a cable; its line is that of the file."""
    heading = "SECRET AB SHELTERS"
    assert not refused(heading)
    assert refused(heading, cable=True) == [("s:10:1", LINE)]
    with pytest.raises(ClassifiedError, match="s:7:1: "):
        refuse_classified([Seen(7, heading)], "s")
    with pytest.raises(ClassifiedError) as refusal:
        read_source([("a.txt", cable("SECRET"))], "telegram", "s")
    assert refusal.value.problems[0].where == f"a.txt:{HEADER.count(chr(10)) + 1}:1"
