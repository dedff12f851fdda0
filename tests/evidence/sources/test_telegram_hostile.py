"""Telegrams that would be misread: hidden markings, header words in the body, long lines, stray bytes."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

import pytest

from tests.evidence.sources.steps import patterns_of, steps
from tests.evidence.sources.test_telegram import HEADER, SEED, cable, paragraphs
from tierengine.errors import ClassifiedError
from tierengine.evidence import sources
from tierengine.evidence.sources.telegram import read_telegram


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("UNCLAS NOWHERE", "C  O  N  F  I  D  E  N  T  I  A  L NOWHERE"),
        ("UNCLAS NOWHERE", "S\xa0E\xa0C\xa0R\xa0E\xa0T NOWHERE"),
        ("UNCLAS NOWHERE", "[CONFIDENTIAL](#) NOWHERE"),
        ("UNCLAS NOWHERE", "**SECRET** NOWHERE"),
        ("UNCLAS NOWHERE", "FM AMEMBASSY NOWHERE TO SECSTATE WASHDC CONFIDENTIAL NOWHERE"),
        ("VZCZC", "07NOWHERE12 2007-04-01 12:00 CONFIDENTIAL Embassy Nowhere\nVZCZC"),
        ("VZCZC", "Original Classification: Secret\nVZCZC"),
        ("ZNR UUUUU", "[ZNY](#) CCCCC"),
        ("12958: N/A", "12958: DECL 04/01/2017"),
        ("E.O. 12958: N/A", "E.O. 11652: GDS"),
        ("SIPDIS", "Classified\nBy: somebody"),
        ("A COUNTRY", "A COUNTRY (C)"),
        ("1. ", "12 . (C) "),
        ("1. ", "11_1 . (S) "),
        ("1. ", "1. Summary: (C) "),
        ("1. ", "[1](#)1. [(C)](#) "),
        ("1. ", "1. (S//REL TO USA, GBR) "),
    ],
)
def test_a_marking_that_hides_is_found(old: str, new: str) -> None:
    """Debris, odd spaces, one-line headers and titles before the mark do not hide that a cable is classified."""
    text = HEADER + "1. One unrepeatable sentence."
    assert old in text
    with pytest.raises(ClassifiedError) as refused:
        read_telegram(text.replace(old, new, 1).encode(), "cable.txt")
    assert "unrepeatable" not in str(refused.value)


@pytest.mark.parametrize("words", ["Victims are classified by age.", "THE\nOFFENDER(S) WERE FINED.", "He is XGDS."])
def test_words_that_look_like_a_marking(words: str) -> None:
    """Sorting victims by age and a plural in brackets are no markings."""
    assert paragraphs(cable(f"1. {words}")) == [(1, " ".join(words.split()))]


@pytest.mark.parametrize("line", ["TO THE POLICE.", "TOTAL: nine.", "REF: see above.", "SUBJECT: letter.", "TAGS: XX"])
def test_header_words_in_the_body_lose_no_paragraph(line: str) -> None:
    """A body line that begins like a header line is text of its paragraph."""
    telegram = cable(f"1. One.\n\n2. Two went\n{line}\n\n3. Three.")
    assert paragraphs(telegram) == [(1, "One."), (2, f"Two went {line}"), (3, "Three.")]
    assert (telegram.header.subject, telegram.header.tags) == ("TIP: A COUNTRY MADE UP FOR TESTS", ("KCRM", "PHUM"))


def test_an_enclosure_with_a_header_of_its_own() -> None:
    """The enclosure neither replaces the header nor the post's report."""
    telegram = cable("1. One.\n\n2. Two.\n\nBEGIN TEXT\n\nSUBJECT: letter\n\n1. Tier 1, please.")
    assert [paragraph.number for paragraph in telegram.paragraphs] == [1, 2]
    assert "Tier 1, please" not in telegram.paragraphs[-1].text
    assert telegram.embedded == "1. Tier 1, please."
    assert telegram.signature is None


@pytest.mark.parametrize(
    ("body", "numbers", "warning"),
    [
        ("1. A.\n\n2. B.\n\n2. C.\n\n3. D.", [1, 2, 2, 3], "paragraph 2 follows paragraph 2"),
        ("1. A.\n\n5. B.\n\n6. C.", [1, 5, 6], "paragraph 5 follows paragraph 1"),
        ("3. A.\n\n4. B.", [3, 4], "paragraph 3 follows paragraph 0"),
    ],
)
def test_repeats_and_gaps_of_plain_numbers(body: str, numbers: list[int], warning: str) -> None:
    """A plain number out of sequence below a blank line and a whole sentence is kept, and reported."""
    telegram = cable(body)
    assert [paragraph.number for paragraph in telegram.paragraphs] == numbers
    assert any(warning in each for each in telegram.warnings)


def test_a_date_that_wraps_is_not_the_next_paragraph() -> None:
    """`2.` in the middle of a sentence is no mark where the true one stands further on."""
    telegram = cable("1. It happened on May\n2. Then more.\n\n2. Second.")
    assert paragraphs(telegram) == [(1, "It happened on May 2. Then more."), (2, "Second.")]


def test_compounds_with_capitals_and_digits_are_joined() -> None:
    """The hyphen at the line end joins whatever letter or digit follows; a dash joins nothing."""
    assert paragraphs(cable("1. The anti-\nTIP law of mid-\n2007 -\nthe last.")) == [
        (1, "The anti-TIP law of mid-2007 - the last.")
    ]


def test_one_stray_byte_moves_no_mark() -> None:
    """A Windows-1252 byte in a UTF-8 copy is read as its character, and the pilcrows stay pilcrows."""
    raw = SEED.replace(b"NGO Casa", b"NGO\x92s Casa")
    telegram = read_telegram(raw, "cable.txt")
    assert [paragraph.number for paragraph in telegram.paragraphs] == list(range(1, 9))
    assert "NGO\N{RIGHT SINGLE QUOTATION MARK}s Casa" in telegram.paragraphs[4].text


@pytest.mark.parametrize(
    ("shown", "letter", "post", "number"),
    [
        ("STATE 00148925", None, "STATE", 148925),
        ("A. 07 PORT-AU-PRINCE 123", "A", "PORT-AU-PRINCE", 123),
        ("1B. STATE 5", "B", "STATE", 5),
    ],
)
def test_references_are_not_cut(shown: str, letter: str | None, post: str, number: int) -> None:
    """Long numbers, hyphens in posts and pilcrows before letters are read whole."""
    text = HEADER[: HEADER.index("REF:")] + f"REF: {shown}\n\n"
    (found,) = cable("1. One.", text).header.references
    assert (found.letter, found.post, found.number, found.raw) == (letter, post, number, shown)


@pytest.mark.parametrize("post", ["STATE", "PORT-AU-PRINCE", "N'DJAMENA"])
def test_message_numbers_of_eight_digits_and_odd_posts(post: str) -> None:
    """The id has neither zeros before the number nor marks within the post."""
    telegram = cable("1. One.", HEADER.replace("NOWHERE 000012", f"{post} 00100012"))
    assert telegram.id == "07" + "".join(filter(str.isalpha, post)) + "100012"
    assert telegram.warnings == ()


def test_new_year_between_the_two_times() -> None:
    """A cable of 31 December that was sent on after midnight is not out of order."""
    header = HEADER.replace("R 011200Z APR", "R 312350Z DEC").replace("0911200", "0010010")
    assert cable("1. One.", header).warnings == ()


def test_an_attention_line_that_wraps() -> None:
    """Its second line has no keyword and belongs to it."""
    header = HEADER.replace("SIPDIS", "SIPDIS\n\nDEPT FOR WHA/PPC, G: SOMEBODY,\nAND G/TIP")
    assert cable("1. One.", header).header.attention == ("DEPT FOR WHA/PPC, G: SOMEBODY, AND G/TIP",)


@pytest.mark.parametrize(
    "text",
    [
        HEADER.replace("REF: A.", "REF: A. " + "A" * 60_000),
        HEADER.replace("REF: A.", "REF: A. " + "A " * 20_000),
        HEADER.replace("NOWHERE 000012", "N" + " " * 20_000 + "x"),
        HEADER + "1. (C" + " / A" * 5_000,
        HEADER + "1. " + "SECRET " * 10_000,
        HEADER.replace("REF: A.", "REF: A. " + "(" * 60_000),
    ],
    ids=["long word", "many words", "spaces", "half a mark", "levels", "brackets"],
)
def test_long_runs_are_read(text: str) -> None:
    """Of what a pattern half fits, or are refused."""
    with suppress(ClassifiedError):
        read_telegram((text + "\n\n1. One.").encode(), "cable.txt")


PATTERNS = tuple(
    dict.fromkeys(
        pattern
        for found in iter_modules(sources.__path__, f"{sources.__name__}.")
        for pattern in patterns_of(import_module(found.name))
    )
)


@pytest.mark.parametrize("run", ["A", "A ", "1 ", ". ", " / A", "SECRET ", "(", "A, ", " ", "\n"])
@pytest.mark.parametrize("head", ["", "REF: A. "])
def test_no_pattern_takes_long(head: str, run: str) -> None:
    """Twice as long a run of what a pattern half fits takes it twice as many steps, and not four times as many."""
    for pattern in PATTERNS:
        few, many = (steps(pattern, head + run * (length // len(run))) for length in (60, 120))
        assert many < 2.6 * few, pattern.pattern
