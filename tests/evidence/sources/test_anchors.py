"""Quotes: found in spite of what typesetting does to words, and refused for every other difference."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tierengine.evidence.sources.anchors import BREAK, Anchor, Folded, selectors
from tierengine.evidence.sources.draft import flowing

PLAIN = (
    'In May the government\'s "first" office identified fifty-two victims - an efficient, well-known flow of officials.'
)


def found(text: str, quote: str, anchor: Anchor | None = None) -> str | None:
    """The words of a text that a quote takes up."""
    span = Folded.of(text).find(quote, anchor)
    return text[span[0] : span[1]] if span else None


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("the vic-\ntims were", "the victims were"),
        ("the vic-\r\n   tims were", "the victims"),
        ("the vic\u2010\ntims were", "victims"),
        ("the well-\nknown man", "well-known man"),
        ("the well-\nknown man", "wellknown man"),
        ("the victims were", "the vic-\ntims were"),
        ("the vic\u00adtims were", "victims"),
        ("the vic\u00ad\ntims were", "victims"),
        ("an e\ufb03cient \ufb02ow of o\ufb00ers", "an efficient flow of offers"),
        ("an efficient flow", "an e\ufb03cient \ufb02ow"),
        ("\u201cTwo\u201d of the police\u2019s", '"Two" of the police\'s'),
        ("1999\u20132004 \u2014 and on", "1999-2004 - and on"),
        ("1999-2004 -- and on", "1999\u20132004 \u2014 and on"),
        ("twelve\u00a0persons\u202fin\u2009all", "twelve persons in all"),
        ("twelve\n\n persons", "twelve persons"),
        ("twelve persons", "  twelve\tpersons\n"),
    ],
)
def test_what_typesetting_does_is_no_difference(text: str, quote: str) -> None:
    """Line breaks, hyphenation, soft hyphens, ligatures, quotation marks, dashes, no-break spaces: on either side."""
    assert found(text, quote)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("the victims were", "the Victims were"),
        ("the victims were", "the victim were"),
        ("twelve persons", "twelvepersons"),
        ("12 persons", "1 2 persons"),
        ("12 persons", "120 persons"),
        ("résumé", "resume"),
        ("not guilty", "guilty of"),
        ("the vic- tims", "the victims"),
        ("anti-trafficking", "antitrafficking"),
        ("five, six", "five six"),
        ("Straße", "Strasse"),
        ("zero\u200bwidth", "zerowidth"),
        ("one (1)", "one 1"),
        ("œuvre", "oeuvre"),
        ("", "x"),
        ("x", ""),
        ("x", "\u00ad"),
    ],
)
def test_every_other_difference_refuses(text: str, quote: str) -> None:
    """Another letter, accent, number, comma or space is another quote; nothing is quoted by no words."""
    assert found(text, quote) is None


def typeset(words: str, chance: random.Random) -> str:
    """Words as some program might set them."""
    out: list[str] = []
    for at, letter in enumerate(words):
        inside = at and words[at - 1].isalpha() and letter.isalpha()
        if inside and chance.random() < 0.1:
            out.append(chance.choice(["\u00ad", "-\n", "-\r\n  ", "\u00ad\n", "\u2010\n"]))
        swaps = {"'": "'\u2018\u2019", '"': '"\u201c\u201d', "-": "-\u2010\u2011\u2013\u2014", " ": " \u00a0\n\t\u2009"}
        out.append(chance.choice(swaps.get(letter, letter)))
    set_ = "".join(out)
    for plain, ligature in (("ffi", "\ufb03"), ("fi", "\ufb01"), ("fl", "\ufb02")):
        set_ = set_.replace(plain, chance.choice([plain, ligature]))
    return set_


@given(st.integers(0, 2**32), st.integers(0, len(PLAIN) - 2), st.integers(1, 60))
def test_words_however_set_are_found(seed: int, start: int, length: int) -> None:
    """Any stretch of a text, set in any way, is found in the text set in any other way; and is those words."""
    quote = PLAIN[start : start + length].strip(" -")
    assume(quote)
    chance = random.Random(seed)
    text = typeset(PLAIN, chance)
    words = found(text, typeset(quote, chance))
    assert words is not None
    bare = Folded.of(flowing(words)).characters.replace(BREAK, "").replace("-", "")
    assert quote.replace("-", "") in bare
    assert len(bare) < len(quote) + 5  # at either end a quote may begin or end within a ligature


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_is_found_stands_there(text: str, quote: str) -> None:
    """The span lies within the text, and what it spans is found by the quote again."""
    span = Folded.of(text).find(quote)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(text)
        assert Folded.of(text[span[0] : span[1]]).find(quote) is not None


@given(st.text(alphabet="ab c", min_size=1, max_size=40), st.text(alphabet="ab c", min_size=1, max_size=6))
def test_nothing_but_white_space_is_forgiven_in_plain_words(text: str, quote: str) -> None:
    """On words without marks, finding is what looking for them with single spaces is."""
    words, line = " ".join(quote.split()), " ".join(text.split())
    assert (found(text, quote) is not None) == (bool(words) and words in line)


def test_an_anchor_says_which_of_two() -> None:
    """Of words that stand twice, prefix and suffix say which; words around that are not there lose the quote."""
    text = "In 2013 ten were jailed. In 2014 ten were jailed, and later freed."
    assert Folded.of(text).find("ten were jailed") == (8, 23)
    assert Folded.of(text).find("ten were jailed", Anchor(prefix="In 2014 ")) == (33, 48)
    assert Folded.of(text).find("ten were jailed", Anchor(suffix=", and")) == (33, 48)
    assert Folded.of(text).find("ten were jailed", Anchor(prefix="In 2015 ")) is None
    assert Folded.of(text).find("ten were jailed", Anchor(position="0-15")) == (8, 23)


def test_the_words_around_a_quote_find_it_again() -> None:
    """What `around` gives is an anchor that fits."""
    text = "In 2013 ten were jailed. In 2014 ten were jailed, and later freed."
    prefix, suffix = Folded.of(text).around("ten were jailed", Anchor(suffix=", and")) or ("", "")
    assert Folded.of(text).find("ten were jailed", Anchor(prefix=prefix, suffix=suffix)) == (33, 48)


def test_selectors_are_those_of_the_standard() -> None:
    """A quote and a position; of a file of which bytes are counted, a position in the data."""
    quote, position = selectors("ten", ("In ", " were"), (3, 6), by_bytes=False)
    assert quote == {"type": "TextQuoteSelector", "exact": "ten", "prefix": "In ", "suffix": " were"}
    assert position == {"type": "TextPositionSelector", "start": 3, "end": 6}
    assert selectors("ten", ("", ""), (3, 6), by_bytes=True)[1]["type"] == "DataPositionSelector"
