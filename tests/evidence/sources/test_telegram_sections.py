"""Long cables: their page lines, their sections in one file and in several, and ids that only an archive's page has."""

from __future__ import annotations

from itertools import permutations

import pytest

from tierengine.errors import EvidenceError
from tierengine.evidence.sources.reading import read_source
from tierengine.evidence.sources.telegram import Telegram, joined, read_telegram

ROUTING = """VZCZCXRO000{n}
RR RUEHXX
RUEHYY RUEHZZ
DE RUEHTE #0402/0{n} 153120{n}
ZNR UUUUU ZZH
R 01120{n}Z JUN 08
FM AMEMBASSY TESSAL
TO SECSTATE WASHDC 0001
INFO RUEHYY/AMEMBASSY VARONA PRIORITY 0002

"""
CAPTION = """UNCLAS SECTION 0{n} OF 03 TESSAL 000402

SENSITIVE
SIPDIS

STATE FOR G/TIP AND WHA

E.O. 12958: N/A
TAGS: KCRM, PHUM,
XX
SUBJECT: THE COURTS OF
TESSALIA

REF: A. STATE 20417
B. TESSAL 311

"""
TEXTS = (
    "1. (SBU) Summary. The courts were slow.\n\n2. (SBU) In May the police raided a farm and found twelve per-\n",
    "sons in a barn. All of them were brought to the\n",
    "shelter of the ministry.\n\n3. (U) Nobody was convicted.\nDoe\n",
)
WHOLE = (
    "(SBU) In May the police raided a farm and found twelve per-sons in a barn. All of them were brought to the shelter"
)


def section(number: int, *, routing: bool = True) -> str:
    """One section of a cable as it was sent."""
    return (ROUTING.format(n=number) if routing else "") + CAPTION.format(n=number) + TEXTS[number - 1]


def numbered(telegram: Telegram) -> list[int]:
    """The numbers of its paragraphs."""
    return [paragraph.number for paragraph in telegram.paragraphs]


@pytest.mark.parametrize("routing", [True, False])
@pytest.mark.parametrize("between", ["", "\nBT\n#0402\n\nNNNN\n\n", "\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_sections_joined_in_one_file_are_one_cable(routing: bool, between: str, end: str) -> None:
    """A quote runs from one section into the next, over caption, addresses, tags, subject and references."""
    raw = between.join(section(n, routing=routing or n == 1) for n in (1, 2, 3)).replace("\n", end).encode()
    telegram = read_telegram(raw, "cable.txt")
    assert (telegram.id, numbered(telegram), telegram.signature) == ("08TESSAL402", [1, 2, 3], "Doe")
    assert telegram.paragraphs[1].text.startswith(WHOLE)
    assert telegram.warnings == ()
    for quote in ("twelve persons in a barn", "twelve per-sons in a barn", "brought to the shelter of the ministry"):
        span = telegram.passage("08TESSAL402 ¶2", quote)
        assert span is not None
        assert raw[span[0] : span[1]].decode().endswith(quote[-5:])
    assert any(left.what == "head of a section" for left in telegram.left_out)
    assert telegram.header.subject == "THE COURTS OF TESSALIA"


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_sections_in_several_files_are_one_source(order: tuple[int, ...]) -> None:
    """In whatever order the files are named, the sections are read in their own."""
    parts = [(f"{n}.txt", section(n).encode()) for n in order]
    telegram = read_source(parts, "telegram", "08TESSAL402")
    assert isinstance(telegram, Telegram)
    assert telegram.paragraphs[1].text.startswith(WHOLE)
    assert telegram.warnings == ()
    assert joined(parts) == telegram.raw


def test_a_section_that_is_missing_is_reported() -> None:
    """The first and the last of three sections are read, with a warning; one alone says so as well."""
    telegram = read_telegram((section(1) + section(3)).encode(), "cable.txt")
    assert telegram.warnings == ("of 3 sections these are not here: 2",)
    alone = read_telegram(section(3).encode(), "cable.txt")
    assert any("this is section 3 of 3; the others are not here" in warning for warning in alone.warnings)


def test_only_a_cable_comes_in_several_files() -> None:
    """Two pages are two sources."""
    parts = [("a.html", b"<p>One.</p>"), ("b.html", b"<p>Two.</p>")]
    with pytest.raises(EvidenceError, match="an HTML page is one file, and here are 2"):
        read_source(parts, "html", "page")


def test_words_of_a_caption_in_the_text_hide_nothing() -> None:
    """A sentence that speaks of another cable's caption is text."""
    body = "1. The copy says\nUNCLAS SECTION 02 OF 04 VARONA 000007\nand no more.\n\n2. Two.\n"
    telegram = read_telegram((ROUTING.format(n=1) + CAPTION.format(n=1) + body).encode(), "cable.txt")
    assert telegram.paragraphs[0].text == "The copy says UNCLAS SECTION 02 OF 04 VARONA 000007 and no more."


@pytest.mark.parametrize(
    "page", ["TESSAL 00000402  002 OF 003", "TESSAL 00000402  002.2 OF 003", "PORT-AU-PRINCE 00000402  001 OF 003"]
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n \n\n"])
def test_a_page_line_is_no_part_of_the_paragraph(page: str, gap: str) -> None:
    """A quote runs across it, also in the middle of a word, and the numbers of paragraphs go on."""
    body = (
        f"1. The shelter was traf{gap}{page}{gap}ficked.\n\n2. By the year-{gap}{page}{gap}end.\n{page}\n\n3. Three.\n"
    )
    telegram = read_telegram(
        (ROUTING.format(n=1) + "UNCLAS TESSAL 000402\n\nSUBJECT: X\n\n" + body).encode(), "cable.txt"
    )
    assert [paragraph.text for paragraph in telegram.paragraphs] == [
        "The shelter was traf ficked.",
        "By the year-end.",
        "Three.",
    ]
    assert telegram.passage("08TESSAL402 ¶2", "By the year-end") is not None


ARCHIVES = {
    "one line": "08TESSAL402\t2008-06-01 12:03\tUNCLASSIFIED\tEmbassy Tessal\n\n",
    "a box": "Reference ID | Created | Classification\n08TESSAL402 | 2008-06-01 12:03 | UNCLASSIFIED\n\n",
    "viewing": "News 07STATE1\nViewing cable 08TESSAL402, THE COURTS\nNext 08VARONA7\n\n",
    "canonical": "Canonical ID: 2008TESSAL00402_a\nDate: 2008-06-01\n\n",
}


@pytest.mark.parametrize("page", ARCHIVES.values(), ids=ARCHIVES.keys())
@pytest.mark.parametrize("lines", ["", "UNCLAS TESSAL 000402\n\n", "FM AMEMBASSY TESSAL\n\n"])
def test_the_id_comes_from_the_page_of_an_archive(page: str, lines: str) -> None:
    """Where the cable's own lines lack number or date, the archive's page gives the id, and it is reported."""
    body = "TAGS: KCRM, XX\nSUBJECT: THE COURTS\nREF: STATE 12\n\n1. One.\n\n2. Two.\n"
    telegram = read_telegram((page + lines + body).encode(), "x.txt")
    assert telegram.id == "08TESSAL402"
    assert any("taken from the page of the archive" in warning for warning in telegram.warnings)
    assert telegram.header.references[0].year == 2008
    assert (telegram.sent or "2008-06-01").startswith("2008-06-01")


def test_the_cables_own_lines_outrank_the_archive() -> None:
    """An id on the page that is another cable's is reported, and not taken; nor is one of several guessed."""
    telegram = read_telegram(("07VARONA9 2007-01-01\n" + section(1)).encode(), "x.txt")
    assert telegram.id == "08TESSAL402"
    assert any("not that of the cable's own lines" in warning for warning in telegram.warnings)
    several = read_telegram(b"07VARONA9\n08TESSAL4\nSUBJECT: X\n\n1. One.\n", "x.txt")
    assert several.id == "x-txt"
    assert any("names several cables" in warning for warning in several.warnings)
