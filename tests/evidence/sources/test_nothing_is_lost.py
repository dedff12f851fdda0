"""No text is lost: every word of a source stands in a paragraph or in what is left out, and in one of them alone."""

from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence.sources import documents
from tests.evidence.sources.test_formats import opened
from tests.evidence.sources.test_telegram_sections import section
from tierengine.errors import ClassifiedError, EvidenceError
from tierengine.evidence.sources.opened import Opened
from tierengine.evidence.sources.telegram import read_telegram

TAGS = (
    "p div span b i a ul ol li table tr td th nav header footer aside main article section h1 h2 h3 pre blockquote"
    " form button label select option details summary dialog figure figcaption dl dt dd noscript template sup textarea"
)
TREES = st.recursive(
    st.just("word"), lambda inner: st.tuples(st.sampled_from(TAGS.split()), st.lists(inner, max_size=4))
)


def found(source: Opened) -> list[str]:
    """All made-up words of a source, wherever they stand."""
    texts = [text for _, text in source.places()] + [left.text for left in source.left_out]
    return sorted(word for text in texts for word in text.split() if word.startswith("w"))


@settings(max_examples=300)
@given(st.lists(TREES, max_size=6), st.integers(0, 2**32))
def test_no_word_of_a_page_is_lost(trees: list[object], seed: int) -> None:
    """However its elements are nested, hidden or left open."""
    chance, words = random.Random(seed), list[str]()

    def written(tree: object) -> str:
        if not isinstance(tree, tuple):
            words.append(f"w{len(words)}")
            return f" {words[-1]} "
        tag, inner = tree
        hidden = chance.choice(["", "", " hidden", " style='display:none'", " class=menu", " role=navigation"])
        return f"<{tag}{hidden}>" + "".join(map(written, inner)) + (f"</{tag}>" if chance.random() < 0.9 else "")

    body = "".join(map(written, trees)) + "<p>The end.</p>"
    try:
        source = opened(documents.page(body), "html")
    except EvidenceError:
        return  # nothing of it is shown
    assert set(found(source)) == set(words)


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(["w{} ", "\n", "\n\n", "\n\n# ", "\n- ", "**w{}** ", "[w{}](http://x)", "> ", "| w{} |\n"])
    )
)
def test_no_word_of_a_text_is_lost(pieces: list[str]) -> None:
    """Of plain text and Markdown."""
    text = "The end.\n\n" + "".join(piece.format(at) for at, piece in enumerate(pieces))
    words = {f"w{at}" for at, piece in enumerate(pieces) if "{}" in piece}
    for form in ("text", "markdown"):
        source = opened(text.encode(), form)
        shown = " ".join([*(words_ for _, words_ in source.places()), *(left.text for left in source.left_out)])
        assert all(word in shown for word in words)


LINES = st.sampled_from(
    [
        "w{}",
        "1. w{}",
        "2. w{}",
        "SUBJECT: w{}",
        "TAGS: w{}",
        "",
        "TESSAL 00000402 002 OF 003",
        "BT",
        "-----",
        "w{}. w{}",
        "Doe",
    ]
)


@settings(max_examples=200)
@given(st.lists(LINES, max_size=20))
def test_no_word_of_a_cable_is_lost(lines: list[str]) -> None:
    """Header, heads of sections, page lines, paragraphs, enclosures, and what follows."""
    text = section(1) + "\n" + "\n".join(line.format(at, at + 100) for at, line in enumerate(lines)) + "\n" + section(2)
    try:
        telegram = read_telegram(text.encode(), "cable.txt")
    except ClassifiedError:
        return
    words = set(re.findall(r"w\d+", "\n".join(line.format(at, at + 100) for at, line in enumerate(lines))))
    kept = " ".join([*(text for _, text in telegram.places()), *(left.text for left in telegram.left_out)])
    kept += f" {telegram.signature}"
    assert words <= set(re.findall(r"w\d+", kept))
