"""Every format: paragraphs in reading order, places that people can follow, and nothing of the text lost."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from tests.evidence.sources import documents
from tierengine.evidence.sources.opened import Opened, Written
from tierengine.evidence.sources.reading import Format, format_of, read_source, source_name


def opened(raw: bytes, form: Format, name: str = "source") -> Written:
    """Open a document under the id `s`."""
    found = read_source([(name, raw)], form, "s")
    assert isinstance(found, Written)
    return found


def places(source: Opened) -> list[tuple[str, str]]:
    """Its paragraphs: where they stand, without the id, and what they say."""
    return [(locator.removeprefix("s "), text) for locator, text in source.places()]


def left(source: Opened) -> list[tuple[str, str]]:
    """What is left out, by kind."""
    return [(each.what, each.text) for each in source.left_out]


# -- web pages ----------------------------------------------------------------------------------------------------


def test_a_saved_page() -> None:
    """Headings name the places, menus and hidden text are left out, and title, author and date are known."""
    page = opened(documents.PAGE.encode(), "html")
    assert places(page) == [
        ("Trafficking in Tessalia ¶0", "Trafficking in Tessalia"),
        ("Trafficking in Tessalia ¶1", "The government opened \u201ctwo\u201d shelters \u2014 one in March."),
        ("Prosecution ¶0", "Prosecution"),
        ("Prosecution ¶1", "Courts convicted 12 persons1."),
        ("Prosecution ¶2", "Six were jailed."),
        ("Prosecution ¶3", "2013 12"),
        ("Prosecution (2) ¶0", "Prosecution"),
        ("Prosecution (2) ¶1", "Again."),
        ("Prosecution (2) ¶2", "More."),
    ]
    assert (page.title, page.author, page.sent) == ("Casa Libre: Tessalia", "Casa Libre", "2014-02-03")
    left_out = left(page)
    assert {("menu", "News"), ("menu", "Secret"), ("header", "Home"), ("comment", "a comment")} <= set(left_out)
    assert {("hidden text", "hidden words"), ("footer", "(C) 2014 Casa Libre")} <= set(left_out)
    assert ("footnote", "1. By the court\u2019s own count.") in left_out
    assert page.handling == "unknown"


def test_quotes_of_a_page() -> None:
    """A quote as a person copies it is found, over tags, entities and soft hyphens, and at its paragraph only."""
    page = opened(documents.PAGE.encode(), "html")
    span = page.passage("s Trafficking in Tessalia ¶1", 'The government opened "two" shelters - one in March.')
    assert span is not None
    assert page.text[slice(*span)].endswith("March.")
    assert page.passage("s Prosecution ¶1", "Courts convicted 12 persons") is not None
    assert page.passage("s Prosecution ¶2", "Courts convicted 12 persons") is None
    assert page.passage("s Prosecution ¶9", "Six were jailed.") is None


@pytest.mark.parametrize(
    ("body", "kept", "away"),
    [
        ("<p>One.<div>Two.</div>Three.", ["One.", "Two.", "Three."], []),
        ("<p>One<br>line.</p>", ["One line."], []),
        ("One.<br><br>Two.", ["One.", "Two."], []),
        ("<ul><li>One.<li>Two.</ul>", ["One.", "Two."], []),
        ("<pre>One\nline.\n\nTwo.</pre>", ["One line.", "Two."], []),
        ("<table><tr><td>A<td>1<tr><td>B<td>2</table>", ["A 1", "B 2"], []),
        ("<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>", ["One.", "Two."], []),
        ("<script>var x = 'no';</script><style>p {}</style><p>One.</p>", ["One."], []),
        ("<p>One.</p><noscript><p>Turn scripts on.</p></noscript>", ["One."], ["Turn scripts on."]),
        ("<p>One.</p><template><p>Mould.</p></template>", ["One."], ["Mould."]),
        ("<p>One <span hidden>not seen</span>two.</p>", ["One two."], ["not seen"]),
        ("<p>One.</p><select><option>Secret</option><option>Open</option></select>", ["One."], ["Secret", "Open"]),
        ("<article><header><p>By Doe.</p></header><p>One.</p></article>", ["By Doe.", "One."], []),
        ("<div role=main><p>One.</p></div><p>Beside.</p>", ["One."], ["Beside."]),
        ('<div class="main-menu"><a href=1>A</a> <a href=2>B</a></div><p>One.</p>', ["One."], ["A B"]),
        ('<div class="breadcrumb"><a href=1>A</a> &raquo; Here</div><p>One.</p>', ["One."], ["A \u00bb Here"]),
        ('<div id="cookie-banner"><p>We use cookies.</p></div><p>One.</p>', ["One."], ["We use cookies."]),
        ('<div role="dialog"><p>Sign up!</p></div><p>One.</p>', ["One."], ["Sign up!"]),
        ('<body class="has-sidebar"><p>One.</p></body>', ["One."], []),
        ("<p>One.</p><ul><li><a href=1>A</a><li><a href=2>B</a><li><a href=3>C</a></ul>", ["One."], ["A", "B", "C"]),
        ('<p>One <img src=x alt="a map">two.</p>', ["One two."], ["a map"]),
        ("<p>Price &lt;5&gt; &amp; more</p>", ["Price <5> & more"], []),
        ("<p>One &#x200f;\u05e9\u05dc\u05d5\u05dd two</p>", ["One \u200f\u05e9\u05dc\u05d5\u05dd two"], []),
    ],
)
def test_the_parts_of_a_page(body: str, kept: list[str], away: list[str]) -> None:
    """What a reader of the page takes for a paragraph is one; what is none is left out, and is not lost."""
    page = opened(documents.page(body), "html")
    assert [text for _, text in places(page)] == kept
    assert [text for what, text in left(page) if what != "title"] == away


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "shift_jis", "cp1251", "gb18030"]
)
def test_a_page_in_every_encoding(encoding: str) -> None:
    """By its mark, by what it declares, or by its look."""
    words = {
        "shift_jis": "政府は被害者のための保護施設を開設した。",
        "cp1251": "Правительство открыло приют.",
        "gb18030": "政府开设了一个庇护所。",
    }
    text = words.get(encoding, "Le gouvernement a ouvert un foyer \u2013 l\u2019unique.")
    declared = "" if encoding.startswith("utf") else f"<meta charset={encoding}>"
    raw = f"<!doctype html><html><head>{declared}<title>T</title></head><body><p>{text}</p></body></html>".encode(
        encoding
    )
    assert places(opened(raw, "html")) == [("¶1", text)]


def test_a_page_saved_with_its_pictures() -> None:
    """An MHTML file holds the page among its parts."""
    raw = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html;"
        b" charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><p>One=20p=C3=A9rson.</p>"
        b"</body></html>\r\n--x--\r\n"
    )
    assert format_of(raw, "page.mhtml") == "html"
    assert places(opened(raw, "html")) == [("¶1", "One pérson.")]


# -- PDF ----------------------------------------------------------------------------------------------------------


def test_a_report_as_pdf() -> None:
    """Paragraphs are those of the page, heads and numbers of pages and footnotes are left out."""
    report = opened(documents.report(5), "pdf")
    text_at = dict(places(report))
    assert text_at["page 1 ¶1"] == "Chapter 1"
    assert text_at["page 1 ¶2"].startswith("Paragraph 1.1. The Government of Tessalia opened a shelter")
    assert text_at["page 1 ¶2"].endswith("with trained counsellors.")
    assert sum(text.startswith("Paragraph ") for text in text_at.values()) == 25
    assert not any("Annual Report" in text or "Footnote of" in text for text in text_at.values())
    words = [text for _, text in left(report)]
    assert words.count("Annual Report on Tessalia") >= max(int(re.sub(r"page (\d+).*", r"\1", at)) for at in text_at)
    assert sum("Footnote of chapter" in text for text in words) == 5


def test_a_sentence_goes_on_over_the_page() -> None:
    """A paragraph that the page breaks is one, at the page on which it begins."""
    body = "#lorem(20).\n\n" * 20 + "#block(height: 60pt)[ ]\n" + "#lorem(400)"
    source = opened(documents.pdf(body, "#set page(height: 400pt)\n#set text(size: 11pt)"), "pdf")
    found = places(source)
    assert found[-1][1].count("Lorem ipsum") >= 1
    assert len(found[-1][1].split()) > 300


def test_hyphenation_and_ligatures_in_a_pdf() -> None:
    """Words that the typesetter broke are quoted whole."""
    words = (
        "The identification of trafficking victims by officials was insufficient, undocumented and unsystematic. " * 3
    )
    settings = '#set page(width: 6cm)\n#set text(size: 11pt, lang: "en", hyphenate: true)\n#set par(justify: true)'
    source = opened(documents.pdf(words, settings), "pdf")
    locator, text = next(source.places())
    assert "-" in text, text
    for word in sorted(set(words.replace(",", "").replace(".", "").split())):
        assert source.passage(locator, word), word
    assert source.passage(locator, words.strip()) is not None


def test_notes_and_attachments_of_a_pdf_are_left_out() -> None:
    """A note on the page is no text of it, and an attachment is named."""
    source = opened(documents.pdf_with("please check", note_txt="Some words."), "pdf")
    assert places(source) == [("page 1 ¶1", "A page of text. It says nothing else.")]
    assert ("note", "please check") in left(source)
    assert ("attachment", "note.txt") in left(source)


def test_the_items_of_a_list_are_paragraphs() -> None:
    """Each begins with its mark, and not every item ends with a full stop."""
    source = opened(documents.pdf("Before the list.\n- One item\n- Two items\n\nAfter it."), "pdf")
    assert [text for _, text in places(source)] == [
        "Before the list.",
        "\u2022 One item",
        "\u2022 Two items",
        "After it.",
    ]


def test_a_page_without_text_is_reported() -> None:
    """Of two pages one is a picture: the other is read, with a warning."""
    source = opened(documents.pdf("One.\n#pagebreak()\n#rect(width: 5cm)"), "pdf")
    assert places(source) == [("page 1 ¶1", "One.")]
    assert source.warnings == ("page 2 holds no text; it may be a picture",)


def test_two_columns_are_read_one_after_the_other() -> None:
    """The right column follows the left one."""
    settings = "#set page(columns: 2, height: 10cm)\n#set text(size: 10pt)"
    body = "\n\n".join(
        f"Number {n} begins here and goes on for quite a few words, as paragraphs do." for n in range(1, 13)
    )
    found = " ".join(text for _, text in places(opened(documents.pdf(body, settings), "pdf")))
    assert [int(n) for n in re.findall(r"Number (\d+)", found)] == list(range(1, 13))


def test_footnotes_and_running_heads_of_two_columns() -> None:
    """Footnotes stand below their column, and heads are known where there are but two pages."""
    settings = "#set page(columns: 2, height: 10cm, header: [Ombudsman])\n#set text(size: 10pt)"
    body = "\n\n".join(
        f"Number {n} begins here and goes on for quite a few words." + "#footnote[A note.]" * (n in (2, 14))
        for n in range(1, 25)
    )
    source = opened(documents.pdf(body, settings), "pdf")
    found = " ".join(text for _, text in places(source))
    assert [int(n) for n in re.findall(r"Number (\d+)", found)] == list(range(1, 25))
    assert "note" not in found
    assert "Ombudsman" not in found
    assert [text for what, text in left(source) if what == "footnote"] == ["1A note.", "2A note."]


# -- Word ---------------------------------------------------------------------------------------------------------


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_a_word_document() -> None:
    """Headings name the places; title and author are those of the document."""
    raw = documents.word(
        "Before.", "# Prosecution", "Courts convicted 12.", "Six\u00a0were jailed.", title="T", author="Doe"
    )
    source = opened(raw, "docx")
    assert places(source) == [
        ("¶1", "Before."),
        ("Prosecution ¶0", "Prosecution"),
        ("Prosecution ¶1", "Courts convicted 12."),
        ("Prosecution ¶2", "Six were jailed."),
    ]
    assert (source.title, source.author) == ("T", "Doe")


@pytest.mark.parametrize(
    ("more", "kept", "away"),
    [
        ("<w:p><w:r><w:t>One </w:t></w:r><w:r><w:t>two.</w:t></w:r></w:p>", ["One two."], []),
        ("<w:p><w:ins><w:r><w:t>New.</w:t></w:r></w:ins></w:p>", ["New."], []),
        (
            "<w:p><w:r><w:t>One.</w:t></w:r><w:del><w:r><w:delText>Old.</w:delText></w:r></w:del></w:p>",
            ["One."],
            [("deleted text", "Old.")],
        ),
        (
            "<w:p><w:r><w:t>One.</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hid.</w:t></w:r></w:p>",
            ["One."],
            [("hidden text", "Hid.")],
        ),
        (
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc>"
            "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            ["A 1"],
            [],
        ),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>In a form.</w:t></w:r></w:p></w:sdtContent></w:sdt>", ["In a form."], []),
        (
            "<w:p><w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>goes on.</w:t></w:r></w:p>",
            ["A link goes on."],
            [],
        ),
        (
            "<w:p><w:r><w:fldChar/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>One.</w:t></w:r></w:p>",
            ["One."],
            [("field code", "PAGE")],
        ),
        (
            "<w:p><w:r><w:t>One.</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p>"
            "</w:txbxContent></w:pict></w:r></w:p>",
            ["One.", "In a box."],
            [],
        ),
        (
            "<w:p><w:r><w:t>vic</w:t><w:softHyphen/><w:t>tims and well</w:t><w:noBreakHyphen/><w:t>known</w:t></w:r>"
            "</w:p>",
            ["victims and well\u2011known"],
            [],
        ),
    ],
)
def test_the_parts_of_a_word_document(more: str, kept: list[str], away: list[tuple[str, str]]) -> None:
    """Tracked changes are read as accepted; what is deleted, hidden or a field code is left out."""
    source = opened(documents.word(more=more), "docx")
    assert [text for _, text in places(source)] == kept
    assert [each for each in left(source) if each[0] != "property"] == away


def test_comments_notes_and_heads_are_left_out() -> None:
    """They stand in parts of their own."""
    raw = documents.word("One.")
    for kind in ("comments", "footnotes", "endnotes", "header1", "footer1"):
        body = f"<w:{kind} {W}><w:p><w:r><w:t>In {kind}.</w:t></w:r></w:p></w:{kind}>"
        raw = documents.with_part(raw, f"word/{kind}.xml", body.encode())
    left_out = left(opened(raw, "docx"))
    assert {("comment", "In comments."), ("footnote", "In footnotes."), ("header", "In header1.")} <= set(left_out)
    assert {("endnote", "In endnotes."), ("footer", "In footer1.")} <= set(left_out)


# -- mail ---------------------------------------------------------------------------------------------------------


def test_a_mail() -> None:
    """The words of the message, those it quotes apart; sender, date and subject are known, attachments are named."""
    body = "Dear all,\n\nThe shelter opened\nin May.\n\n-- \nJane\n\n"
    body += "On 1 May Roe wrote:\n> Has it opened?\n> Please tell.\n"
    source = opened(documents.mail(body, ("list.txt", b"Names.")), "mail")
    assert places(source) == [
        ("¶1", "Dear all,"),
        ("¶2", "The shelter opened in May."),
        ("quoted ¶1", "On 1 May Roe wrote: Has it opened? Please tell."),
    ]
    assert (source.author, source.sent) == ("Jane Doe <doe@example.org>", "2014-02-03T10:00:00+00:00")
    assert any(what == "attachment" and text.startswith("list.txt, sha256:") for what, text in left(source))
    assert ("signature", "--\nJane") in left(source)


def test_a_mail_in_two_forms() -> None:
    """The plain form is read; the other is left out. Where there is but a page, the page is read."""
    both = opened(documents.mail("The plain form.", html="<p>The page.</p>"), "mail")
    assert places(both) == [("¶1", "The plain form.")]
    assert ("another form of the message", "The page.") in left(both)
    raw = b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n<h2>H</h2><p>Only a page.</p>"
    assert places(opened(raw, "mail")) == [("H ¶0", "H"), ("H ¶1", "Only a page.")]


def test_a_mail_that_holds_a_page_and_a_mail() -> None:
    """It is a mail by its own first lines, whatever stands in it; a mail within it is left out with its words."""
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "a@b.c", "d@e.f", "Figures"
    inner.set_content("Nine were convicted.")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "d@e.f", "g@h.i", "Fwd: Figures"
    outer.set_content("See below.")
    outer.add_alternative("<html><body><p>See below.</p></body></html>", subtype="html")
    outer.add_attachment(inner)
    assert format_of(outer.as_bytes(), "figures.eml") == "mail"
    source = opened(outer.as_bytes(), "mail")
    assert places(source) == [("\u00b61", "See below.")]
    assert ("attached message", "Nine were convicted.") in left(source)


# -- text ---------------------------------------------------------------------------------------------------------


def test_plain_text() -> None:
    """Paragraphs stand between blank lines, whatever the line ends; a form feed ends a line."""
    for end in ("\n", "\r\n", "\r"):
        raw = "One\nline.\n\n \n\fTwo vic-\ntims.\n".replace("\n", end).encode()
        source = opened(raw, "text")
        assert places(source) == [("¶1", "One line."), ("¶2", "Two vic-tims.")]
        assert source.passage("s ¶2", "Two victims.") is not None


def test_markdown() -> None:
    """What a reader sees: no marks of emphasis, no addresses; headings name the places."""
    text = "# Law\n\nThe **law** of [2009](http://x.y) `is`\nin force.\n\n- One\n- Two\n\n"
    text += "| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>Raw</div>\n"
    source = opened(text.encode(), "markdown")
    assert places(source) == [
        ("Law ¶0", "Law"),
        ("Law ¶1", "The law of 2009 is in force."),
        ("Law ¶2", "One"),
        ("Law ¶3", "Two"),
        ("Law ¶4", "a b"),
        ("Law ¶5", "1 2"),
    ]
    assert left(source) == [("HTML in Markdown", "<div>Raw</div>")]


# -- all ----------------------------------------------------------------------------------------------------------


SOURCES: dict[str, tuple[Format, bytes]] = {
    "page.html": ("html", documents.PAGE.encode()),
    "memo.docx": ("docx", documents.word("# H", "One.", "Two.")),
    "mail.eml": ("mail", documents.mail("One.\n\nTwo.")),
    "note.md": ("markdown", b"# H\n\nOne."),
    "note.txt": ("text", b"One.\n\nTwo."),
    "cable.txt": ("telegram", b"UNCLAS TESSAL 000012\n\nSIPDIS\n\nSUBJECT: X\n\n1. One.\n"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_format_of_a_file_is_known(name: str) -> None:
    """By its name and its bytes together."""
    form, raw = SOURCES[name]
    assert format_of(raw, name) == form


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "cable.txt"])
def test_positions_are_those_of_the_text(name: str) -> None:
    """Each paragraph lies where it says in the whole text, and no locator stands twice."""
    form, raw = SOURCES[name]
    source = opened(raw, form)
    for paragraph in source.paragraphs:
        assert source.text[paragraph.start : paragraph.end] == paragraph.text
    locators = [paragraph.locator for paragraph in source.paragraphs]
    assert len(set(locators)) == len(locators)


def test_a_source_is_called_after_its_file() -> None:
    """Without a space, which ends the id in a locator."""
    assert source_name("folder/Annual Report 2014.pdf") == "Annual-Report-2014"
