"""What is shown and what is still possible: each bar says what its words say, in every format."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports.answers import SEEDS, answered
from tests.reports.reading import html_text, pdf_pages, squeezed
from tierengine.reasoning.assessment import Assessment
from tierengine.reports.bars import STEPS, Bar, bar_of, office_signs, signs
from tierengine.reports.docx import docx
from tierengine.reports.html import html
from tierengine.reports.markdown import markdown
from tierengine.reports.outline import GLANCE
from tierengine.reports.pdf import pdf
from tierengine.reports.report import Report, brief, report
from tierengine.reports.text import report_text
from tierengine.terms.level import LEVELS, rank

BARS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda found: Bar(LEVELS[min(found)], LEVELS[max(found)]))


@given(BARS)
def test_a_bar_says_what_its_words_say(bar: Bar) -> None:
    """As many full parts as steps are shown, as many light ones as are still possible; one word where they agree."""
    assert len(bar.parts) == STEPS
    assert bar.parts.count("shown") == rank(bar.shown)
    assert bar.parts.count("possible") == rank(bar.possible) - rank(bar.shown)
    assert list(bar.parts) == sorted(bar.parts, key=("shown", "possible", "out").index)
    if bar.shown == bar.possible:
        assert bar.words == bar.shown
    else:
        assert bar.words == f"shown: {bar.shown} \u00b7 possible: {bar.possible}"


@given(BARS, BARS)
def test_other_bars_look_otherwise(one: Bar, other: Bar) -> None:
    """In each set of signs."""
    for drawn in (signs, office_signs, lambda bar: signs(bar, plain=True)):
        assert (drawn(one) == drawn(other)) == (one == other)
    assert signs(one, plain=True).isascii()


def _with(answer: Assessment, bars: list[Bar]) -> Assessment:
    """The answer with other levels for its standards."""
    standards = tuple(
        replace(each, shown=bar.shown, possible=bar.possible) for each, bar in zip(answer.standards, bars, strict=True)
    )
    return replace(answer, standards=standards)


@settings(max_examples=25)
@given(st.lists(BARS, min_size=4, max_size=4))
def test_every_light_format_draws_the_bar_beside_its_words(bars: list[Bar]) -> None:
    """Text, Markdown, the page and the memorandum, for any levels."""
    answer = _with(answered("invented-2019")[0], bars)
    made = brief(answer)
    text, page = report_text(made), html(made)
    marks = dict(_page_marks(page))
    cells = dict(_memo_marks(docx(made)))
    for each in answer.standards:
        bar = bar_of(each)
        assert f"{signs(bar)} {bar.words}" in text
        assert f"[{each.id}\\]** ({signs(bar)} {bar.words})" in markdown(made)
        assert marks[each.id] == (list(bar.parts), bar.words)
        assert cells[each.id] == f"{office_signs(bar)} {bar.words}"


def _page_marks(page: str) -> list[tuple[str, tuple[list[str], str]]]:
    """The bar and the words of each line of the page's first table of levels."""
    found = []
    for row in re.findall(r'<tr id="s\d+-\d+"><th scope="row">.*?</tr>', page):
        code = re.search(r"<code>(.*?)</code>", row)
        words = re.search(r'<span class="state [\w-]+">(.*?)</span>', row)
        assert code
        assert words
        found.append((code[1], (re.findall(r'<span class="(shown|possible|out)">', row), words[1])))
    return found


def _memo_marks(raw: bytes) -> list[tuple[str, str]]:
    """The second cell of each row of the memorandum that has two, by the code in the first."""
    document: Any = Document(BytesIO(raw))
    rows = [row.cells for table in document.tables for row in table.rows if len(row.cells) == 2]
    return [(cells[0].text.split(" ")[-1], cells[1].text) for cells in rows]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_paper_says_the_words(seed: str) -> None:
    """Each standard, factor and route with its level, and a bar that is a shape needs no text of its own."""
    answer, law, _ = answered(seed)
    made = report(answer, law)
    first = squeezed("".join(pdf_pages(pdf(made))[:2])).replace("-", "").replace("\u2010", "")
    for line in _glance(made):
        assert squeezed(line).replace("-", "") in re.sub("[\x02\ufffe]", "", first)


def _glance(made: Report) -> list[str]:
    section = next(each for each in made.lead if each.title == GLANCE)
    return [word for line in section.lines for word in (line.title, line.mark)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_bar_stands_without_words(seed: str) -> None:
    """On the page the shape is hidden from those who hear it, and the words follow it."""
    answer, law, _ = answered(seed)
    page = html(report(answer, law))
    bars = re.findall(
        r'<span class="bar [\w-]+" aria-hidden="true">(?:<span class="\w+"></span>){3}</span> (\S+)', page
    )
    assert len(bars) == page.count('<span class="bar ')
    assert all(words == "<span" for words in bars)
    assert "shown:" in html_text(page)
