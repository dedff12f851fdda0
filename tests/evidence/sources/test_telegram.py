"""Telegrams: the real cable, the shapes that copies take, what is refused, and what is reported as doubtful."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA
from tierengine.errors import ClassifiedError, EvidenceError, TierEngineError
from tierengine.evidence.sources.plain import PlainText
from tierengine.evidence.sources.telegram import Telegram, read_telegram

SEED = (GUATEMALA.parent / "cable.txt").read_bytes()

HEADER = """VZCZCXYZ0001
RR RUEHWEB

DE RUEHXX #0012/01 0911200
ZNR UUUUU ZZH
R 011200Z APR 07
FM AMEMBASSY NOWHERE
TO SECSTATE WASHDC 0001

UNCLAS NOWHERE 000012

SIPDIS

E.O. 12958: N/A
TAGS: KCRM, PHUM
SUBJECT: TIP: A COUNTRY
MADE UP FOR TESTS

REF: A. STATE 000001
B. NOWHERE 14
C. 06 NOWHERE 900

"""
WORDS = ("The government opened a shelter.", "It closed on May 12.", "Nobody was convicted, said the police.")


def cable(body: str, header: str = HEADER) -> Telegram:
    """Read a made-up cable."""
    return read_telegram((header + body).encode(), "cable.txt")


def paragraphs(telegram: Telegram) -> list[tuple[int, str]]:
    """The numbers and words of a cable's paragraphs."""
    return [(paragraph.number, paragraph.text) for paragraph in telegram.paragraphs]


# -- the real cable ----------------------------------------------------------------------------------------------


def test_the_seed_is_read_whole() -> None:
    """Eight paragraphs in order, four references, eight tags with the country last, the signature; nothing doubtful."""
    telegram = read_telegram(SEED, "cable.txt")
    assert telegram.id == "07GUATEMALA2213"
    assert [paragraph.number for paragraph in telegram.paragraphs] == list(range(1, 9))
    assert [(r.letter, r.year, r.post, r.number) for r in telegram.header.references] == [
        ("A", 2007, "STATE", 148925),
        ("B", 2007, "GUATEMALA", 1908),
        ("C", 2007, "GUATEMALA", 1402),
        ("D", 2007, "GUATEMALA", 2194),
    ]
    assert telegram.header.tags == ("KCRM", "KWMN", "ELAB", "PHUM", "PGOV", "PREL", "SMIG", "GT")
    assert telegram.header.dtg == datetime(2007, 11, 9, 16, 21, tzinfo=UTC)
    assert telegram.header.subject == "TIP: INTERIM ASSESSMENT OF GUATEMALA"
    assert telegram.header.captions == ("SIPDIS", "SIPDIS")
    assert telegram.header.to == ("SECSTATE WASHDC 4307",)
    assert (telegram.signature, telegram.embedded, telegram.warnings) == ("Derham", "", ())


def test_a_paragraph_with_a_blank_line_in_a_sentence_is_one() -> None:
    """Paragraph 5 of the seed breaks off at "related" and goes on two lines below."""
    fifth = read_telegram(SEED, "cable.txt").paragraphs[4]
    assert "shelter and related services to victims" in fifth.text


def test_the_bytes_of_a_paragraph_are_its_words() -> None:
    """The bytes from start to end of each paragraph of the seed hold just its text."""
    for paragraph in read_telegram(SEED, "cable.txt").paragraphs:
        assert " ".join(SEED[paragraph.start : paragraph.end].decode().split()) == paragraph.text


def test_a_quote_is_found_at_its_place_only() -> None:
    """White space may differ; a word, a capital or the paragraph may not."""
    telegram = read_telegram(SEED, "cable.txt")
    span = telegram.passage("07GUATEMALA2213 ¶5", "provide  shelter and related\nservices")
    assert span is not None
    assert SEED[slice(*span)] == b"provide shelter and related\n\nservices"
    assert telegram.passage("07GUATEMALA2213 ¶5", "provide Shelter") is None
    assert telegram.passage("07GUATEMALA2213 ¶4", "provide shelter") is None
    assert telegram.passage("07GUATEMALA2213 ¶5", "   ") is None
    assert telegram.paragraph("07GUATEMALA2213 ¶9") is None


# -- marks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["{n}.", "[1](#){n}.", "¶{n}.", "1{n}.", "1.{n}.", "J.{n} .", "11_{n} .", "¶ {n}."])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_rendering_of_marks_gives_the_same_paragraphs(mark: str, end: str, encoding: str) -> None:
    """Link, pilcrow, pilcrow read as 1, scanned, plain: in every line end and encoding, the same words."""
    body = "\n\n".join(f"{mark.format(n=n)} {words}" for n, words in enumerate(WORDS, 1))
    raw = (HEADER + body + "\nAuthor\n").replace("\n", end).encode(encoding)
    telegram = read_telegram(raw, "cable.txt")
    assert paragraphs(telegram) == list(enumerate(WORDS, 1))
    assert telegram.signature == "Author"
    for paragraph in telegram.paragraphs:
        assert raw[paragraph.start : paragraph.end].decode("cp1252") == paragraph.text


def test_real_paragraphs_eleven_and_twelve() -> None:
    """In a cable of thirteen paragraphs, `11.` and `12.` are not taken for 1 and 2."""
    telegram = cable("\n\n".join(f"{n}. Sentence {n} is here." for n in range(1, 14)))
    assert paragraphs(telegram) == [(n, f"Sentence {n} is here.") for n in range(1, 14)]


def test_a_pilcrow_read_as_one_past_ten() -> None:
    """Where `11.` is 1, `110.` is 10 and `111.` is 11."""
    telegram = cable("\n\n".join(f"1{n}. Sentence {n} is here." for n in range(1, 14)))
    assert paragraphs(telegram) == [(n, f"Sentence {n} is here.") for n in range(1, 14)]


@pytest.mark.parametrize(
    "line", ["12. Then more.", "2007. Then more.", "Q3.45 was paid.", "137-03 is the decree.", "5. After."]
)
def test_a_number_in_a_wrapped_line_is_no_mark(line: str) -> None:
    """A line that goes on with a date, a sum or a decree does not begin a paragraph."""
    telegram = cable(f"1. It happened on May\n{line}\n\n2. Second.")
    assert paragraphs(telegram) == [(1, f"It happened on May {line}"), (2, "Second.")]


def test_a_gap_in_the_numbers_is_kept_and_reported() -> None:
    """Paragraph 4 after paragraph 2 stays 4, with a warning."""
    telegram = cable("¶1. One.\n\n¶2. Two.\n\n¶4. Four.")
    assert [paragraph.number for paragraph in telegram.paragraphs] == [1, 2, 4]
    assert any("paragraph 4 follows paragraph 2" in warning for warning in telegram.warnings)


def test_an_enclosure_is_not_the_posts_report() -> None:
    """What follows a second paragraph 1 has a numbering of its own and is kept apart."""
    telegram = cable("1. One.\n\n2. Two. Begin text:\n\n1. Please grade as Tier 1.\n\n2. Thank you.")
    assert paragraphs(telegram) == [(1, "One."), (2, "Two. Begin text:")]
    assert telegram.embedded.startswith("1. Please grade")
    assert any("second paragraph 1" in warning for warning in telegram.warnings)


def test_text_before_the_first_mark_is_paragraph_zero() -> None:
    """A sentence between header and paragraph 1 is kept, as paragraph 0."""
    telegram = cable("This cable is in answer to a request.\n\n1. One.")
    assert paragraphs(telegram) == [(0, "This cable is in answer to a request."), (1, "One.")]


def test_broken_words_are_joined_and_links_removed() -> None:
    """A compound that breaks at the line end keeps its hyphen; `[x](#)` shows x, and quotes are found across both."""
    telegram = cable("1. By the year-\nend, see [B](#) and\n\nref C.")
    assert paragraphs(telegram) == [(1, "By the year-end, see B and ref C.")]
    span = telegram.passage("07NOWHERE12 ¶1", "year-end, see B and ref")
    assert span is not None
    assert telegram.raw[slice(*span)] == b"year-\nend, see [B](#) and\n\nref"


# -- header ------------------------------------------------------------------------------------------------------


def test_the_header_in_its_parts() -> None:
    """Tags by commas, a subject over two lines, references with the year that follows from their number."""
    header = cable("1. One.").header
    assert header.tags == ("KCRM", "PHUM")
    assert header.subject == "TIP: A COUNTRY MADE UP FOR TESTS"
    assert [(r.letter, r.year, r.post, r.number) for r in header.references] == [
        ("A", 2007, "STATE", 1),
        ("B", 2006, "NOWHERE", 14),
        ("C", 2006, "NOWHERE", 900),
    ]
    assert (header.serial, header.sent, header.marking) == (12, "0911200", "UNCLAS")


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("R 011200Z APR 07", "R 312500Z APR 07", "the date-time group is not a date"),
        ("R 011200Z APR 07\n", "", "no date-time group"),
        ("#0012/01", "#0013/01", "does not belong to message number"),
        ("0911200", "0901200", "more than 48 hours apart"),
        ("UNCLAS NOWHERE 000012", "UNCLAS SECTION 01 OF 03 NOWHERE 000012", "the others are not here"),
        ("UNCLAS NOWHERE 000012\n", "", "the handling is unknown"),
        ("REF: A. STATE 000001\nB. NOWHERE 14\nC. 06 NOWHERE 900", "REF: see below", "the references cannot be read"),
    ],
)
def test_doubts_are_reported_and_nothing_is_guessed(old: str, new: str, warning: str) -> None:
    """A part that is missing or does not agree with another is a warning, and the paragraphs are read all the same."""
    assert old in HEADER
    telegram = cable("1. One.", HEADER.replace(old, new))
    assert any(warning in each for each in telegram.warnings), telegram.warnings
    assert paragraphs(telegram) == [(1, "One.")]


def test_a_header_block_that_stands_twice_is_read_once() -> None:
    """Copies that repeat the lines from E.O. to REF give the same header."""
    block = HEADER[HEADER.index("E.O.") :]
    once, twice = cable("1. One."), cable("1. One.", HEADER + block)
    assert (twice.header.tags, twice.header.subject) == (once.header.tags, once.header.subject)
    assert twice.header.references == once.header.references
    assert paragraphs(twice) == paragraphs(once)


@pytest.mark.parametrize("trailer", ["BT", "NNNN", "BT\n#0012", "SIPDIS", ""])
def test_what_follows_the_signature_is_dropped(trailer: str) -> None:
    """Signs of transmission after the signature belong to neither paragraph nor signature."""
    telegram = cable(f"1. One.\n\n2. Two.\nAuthor\n{trailer}\n")
    assert (paragraphs(telegram)[-1], telegram.signature) == ((2, "Two."), "Author")


def test_a_missing_signature() -> None:
    """A last line that is part of a sentence is no signature."""
    telegram = cable("1. One.\n\n2. It was signed by\nTwo Ministers")
    assert telegram.signature is None
    assert paragraphs(telegram)[-1] == (2, "It was signed by Two Ministers")


@pytest.mark.parametrize(
    ("header", "body", "handling", "no_foreign"),
    [
        (HEADER, "1. One.", "unclassified", False),
        (HEADER.replace("SIPDIS", "SENSITIVE\nSIPDIS"), "1. One.", "sensitive but unclassified", False),
        (HEADER, "1. (SBU) One.\n\n2. (U) Two.", "sensitive but unclassified", False),
        (HEADER, "1. (SBU/NF) One.", "sensitive but unclassified", True),
        (
            HEADER.replace("UNCLAS NOWHERE 000012", "UNCLASSIFIED//FOR OFFICIAL USE ONLY"),
            "1. One.",
            "sensitive but unclassified",
            False,
        ),
        (HEADER.replace("UNCLAS NOWHERE 000012\n", ""), "1. One.", "unknown", False),
    ],
)
def test_the_strictest_marking_says_how_to_handle(header: str, body: str, handling: str, no_foreign: bool) -> None:
    """A caption or a single paragraph mark is enough; no marking at all is unknown."""
    telegram = cable(body, header)
    assert (telegram.handling, telegram.no_foreign) == (handling, no_foreign)
    mismatch = any("the caption is not" in warning for warning in telegram.warnings)
    assert mismatch == (body.startswith("1. (SBU"))


@pytest.mark.parametrize("page", ["NOWHERE 00000012  002 OF 003", "002.2 OF 003"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_page_line_is_left_out_of_the_sentence(page: str, end: str) -> None:
    """A page line breaks neither paragraph nor quote, and the bytes behind a quote span it."""
    raw = (HEADER + f"1. The shelter was\n\n{page}\n\nopened in May.\n\n2. Two.").replace("\n", end).encode()
    telegram = read_telegram(raw, "cable.txt")
    assert paragraphs(telegram) == [(1, "The shelter was opened in May."), (2, "Two.")]
    span = telegram.passage("07NOWHERE12 ¶1", "was opened")
    assert span is not None
    assert raw[slice(*span)].endswith(b"opened")


# -- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("UNCLAS NOWHERE", "CONFIDENTIAL NOWHERE"),
        ("UNCLAS NOWHERE", "S E C R E T NOWHERE"),
        ("UNCLAS NOWHERE", "C O N F I D E N T I A L NOWHERE"),
        ("UNCLAS NOWHERE", "SECRET SECTION 01 OF 02 NOWHERE"),
        ("ZNR UUUUU ZZH", "ZNY CCCCC ZZH"),
        ("E.O. 12958: N/A", "E.O. 12958: DECL: 04/01/2017"),
        ("SIPDIS", "SIPDIS\n\nClassified By: somebody"),
        ("1. ", "1. (C) "),
        ("1. ", "1. (S/NF) "),
        ("1. ", "1.(C/NF) "),
        ("1. ", "(S) "),
        ("1. One", "1. (SBU) One.\n\n2. (C) Two"),
    ],
)
def test_any_sign_of_classification_refuses_the_whole(old: str, new: str) -> None:
    """One sign anywhere is enough, and not a word of the text is repeated."""
    text = (HEADER + "1. One unrepeatable sentence.").replace(old, new, 1)
    with pytest.raises(ClassifiedError) as refused:
        read_telegram(text.encode(), "cable.txt")
    assert "unrepeatable" not in str(refused.value)
    assert all(re.match(r"cable\.txt:\d+:1", problem.where) for problem in refused.value.problems)


@pytest.mark.parametrize(
    "words",
    [
        "A confidential hotline was opened.",
        "They voted by secret ballot.",
        "(SBU) This is sensitive.",
        "(U) Open.",
        "The Secret Service trained officers.",
        "Confidential shelters exist.",
        "It (c) lists acts.",
    ],
)
def test_the_words_in_a_sentence_are_no_sign(words: str) -> None:
    """Confidential and secret in running text, and the marks of unclassified paragraphs, are read."""
    assert paragraphs(cable(f"1. {words}")) == [(1, words)]


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"%PDF-1.4 ...", "no plain text"),
        (b"ab\0cd", "no plain text"),
        (b"Dear all,\nnothing of a cable here.\n", "not a whole telegram"),
        (HEADER.encode(), "no numbered paragraph"),
    ],
)
def test_what_is_no_telegram_is_refused(raw: bytes, what: str) -> None:
    """Empty, binary, or without numbered paragraphs: an error that says which."""
    with pytest.raises(EvidenceError, match=what):
        read_telegram(raw, "cable.txt")


# -- whatever comes ----------------------------------------------------------------------------------------------


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Nothing but our own errors ever comes out."""
    with suppress(TierEngineError):
        assert read_telegram(raw, "cable.txt").paragraphs


@settings(max_examples=200)
@given(st.integers(0, 2**32))
def test_a_damaged_seed_is_read_or_refused(seed: int) -> None:
    """Random cuts, repeats and changed bytes: paragraphs still slice to their words, or the copy is refused."""
    chance = random.Random(seed)
    raw = bytearray(SEED)
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(raw))
        piece = slice(at, at + chance.randint(0, 200))
        raw[piece] = chance.choice([b"", bytes(raw[piece]) * 2, bytes([chance.randrange(1, 256)])])
    try:
        telegram = read_telegram(bytes(raw), "cable.txt")
    except TierEngineError:
        return
    for paragraph in telegram.paragraphs:
        assert PlainText.of(bytes(raw), paragraph.start, paragraph.end).characters == paragraph.text
        if paragraph.text and [p.number for p in telegram.paragraphs].count(paragraph.number) == 1:
            assert telegram.passage(telegram.locator(paragraph.number), paragraph.text) is not None
