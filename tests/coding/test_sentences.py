"""Sentences and their parts: each stands in its paragraph word by word, and abbreviations end none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierengine.coding.sentences import is_title, sentences, whole_sentences
from tierengine.evidence.sources.reading import read_source

PARTS = [
    ("It acted. It did more.", ["It acted.", "It did more."]),
    ("Mr. Smith of the U.S. Embassy met Dr. Lee on Jan. 5. He spoke.", 2),
    ("The police acted; the courts did not", ["The police acted", "the courts did not"]),
    ("It opened a shelter, but it did not fund it", ["It opened a shelter", "but it did not fund it"]),
    ("It freed victims, while courts, however, convicted nobody", 2),
    ("Article 2.5 holds. The end", ["Article 2.5 holds.", "The end"]),
]


@pytest.mark.parametrize(("text", "parts"), PARTS, ids=[text for text, _ in PARTS])
def test_parts(text: str, parts: list[str] | int) -> None:
    """Points, semicolons and words that turn about part sentences; points of abbreviations do not."""
    source = read_source([("a.txt", text.encode())], "text", "a")
    found = [each.text for each in sentences(source)]
    assert len(found) == parts if isinstance(parts, int) else found == parts


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("1. Prosecution", True),
        ("II. Protection of victims", True),
        ("Year Investigations Convictions", True),
        ("Year Victims identified Victims assisted 2013 20 18 2014 41 34", True),
        ("Convictions 5", False),
        ("1. Police arrested 14 traffickers", False),
        ("The police arrested nine traffickers", False),
        ("Prosecution.", False),
    ],
)
def test_titles_and_tables(text: str, title: bool) -> None:
    """A heading with its number, the head of a table and cells run together are no sentences; a row of one cell is."""
    assert is_title(text) is title


def test_a_heading_says_nothing() -> None:
    """It names what follows, and no record is drafted from it."""
    source = read_source([("a.md", b"# Prosecution\n\nIt convicted three.\n")], "markdown", "a")
    assert [each.at for each in sentences(source)] == ["a Prosecution \u00b61"]


LETTERS = st.text(st.sampled_from("aZ .;,-!?()\u2019\u2013\n0"), min_size=1, max_size=200)


@given(LETTERS)
def test_nothing_is_made_up_and_nothing_lost(text: str) -> None:
    """Every part is a passage of its paragraph, and every letter of the text stands in some part, titles apart."""
    if not re.search(r"[aZ]", text):
        return
    source = read_source([("a.txt", text.encode())], "text", "a")
    found = list(sentences(source))
    for each in found:
        assert source.passage(each.at, each.text) is not None
    letters = re.sub(r"[^aZ]", "", "".join(listed for _, listed in source.places() if not is_title(listed)))
    assert re.sub(r"[^aZ]", "", "".join(each.text for each in found)) == letters


@given(LETTERS)
def test_whole_sentences_make_the_paragraph(text: str) -> None:
    """The sentences of a paragraph, put together, are the paragraph."""
    assert "".join("".join(each.split()) for each in whole_sentences(text)) == "".join(text.split())
