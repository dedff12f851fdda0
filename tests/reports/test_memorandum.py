"""The memorandum: two pages at most, before the rating sheet and the annexes, and the answer on the first screen."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from tests.reports.answers import SEEDS, answered, filled
from tests.reports.reading import Page, pdf_pages, squeezed
from tierengine.reasoning.assessment import Status
from tierengine.reports.answer import Coded
from tierengine.reports.docx import docx
from tierengine.reports.html import html
from tierengine.reports.markdown import markdown
from tierengine.reports.outline import GLANCE, HANGS, MOST_WORTH, Line, Section
from tierengine.reports.pdf import pdf
from tierengine.reports.report import ANNEXES, Report, report
from tierengine.reports.text import report_text

SHEET = Section("Rating sheet", (Line("word", "not rated", "What a person has to rate."),))


def made(seed: str, status: Status = "settled", hinges: int = 3, sheet: tuple[Section, ...] = ()) -> Report:
    """The report on a seed, as it is or filled by hand."""
    answer, law, casefile = answered(seed)
    if status != "settled":
        answer = filled(seed, status, hinges=hinges, proposals=hinges)
    earlier, coded = casefile.dossier.earlier_placements, Coded.of(casefile, answer)
    return report(answer, law, earlier=earlier, sheet=sheet, coded=coded)


@pytest.mark.parametrize(("status", "hinges"), [("settled", 0), ("provisional", 3), ("provisional", 12)])
@pytest.mark.parametrize("seed", SEEDS)
def test_it_takes_two_pages(seed: str, status: Status, hinges: int) -> None:
    """On paper, however much it hangs on; the annexes begin on a page of their own."""
    pages = list(map(squeezed, pdf_pages(pdf(made(seed, status, hinges)))))
    first = next(number for number, page in enumerate(pages) if ANNEXES in page)
    assert 1 <= first <= 2
    assert any(squeezed(GLANCE) in page for page in pages[:first])
    assert not any(squeezed("Minimum standards") in page for page in pages[:first])


def test_the_rating_sheet_stands_between() -> None:
    """After the memorandum and before the annexes, in every format, and its lines can be cited."""
    memo = made("guatemala-2007", sheet=(SHEET,))
    pages = list(map(squeezed, pdf_pages(pdf(memo))))
    at = next(number for number, page in enumerate(pages) if "Ratingsheet" in page)
    assert at <= next(number for number, page in enumerate(pages) if ANNEXES in page) - 1
    for text in (report_text(memo).casefold(), markdown(memo).casefold(), html(memo).casefold()):
        assert text.index(GLANCE.casefold()) < text.index("rating sheet") < text.index(ANNEXES.casefold())
    document: Any = Document(BytesIO(docx(memo)))
    headings = [each.text for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert headings.index(GLANCE) < headings.index("Rating sheet") < headings.index(ANNEXES)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_page_answers_first(seed: str) -> None:
    """The first thing in the page's main part is the answer; contents and annexes come after the bars."""
    memo = made(seed, "provisional")
    page = html(memo)
    order = [page.index(each) for each in ('<main id="main"', 'class="answer"', HANGS, MOST_WORTH, GLANCE, "<nav")]
    assert order == sorted(order)
    assert page.index("<nav") < page.index("<svg xmlns")
    headings = [name for name, _ in Page(page).elements if re.fullmatch(r"h\d", name)]
    assert headings[:2] == ["h1", "h2"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_stand_in_their_order(seed: str) -> None:
    """Recommendation, what it hangs on, the post if it asks, questions, bars."""
    answer = filled(seed, "provisional")
    titles = [section.title for section in made(seed, "provisional").lead]
    post = ["What the post asks for"] if answer.post_recommendation else []
    assert titles == ["Recommendation", HANGS, *post, MOST_WORTH, GLANCE]


def test_what_has_no_room_stands_in_an_annex() -> None:
    """Of many hinges the memorandum names eight, and an annex all of them; proposals stand whole there.

    Of the proposals of which none alone leads elsewhere it names three.
    """
    memo = made("guatemala-2007", "provisional", hinges=12)
    sections = {section.title: section for section in memo.sections}
    assert len(sections["All that it hangs on"].lines) == 12
    others = len(sections["Proposals that the answer rests on"].lines) - sum(
        line.mark.startswith("a rating, proposed") for line in sections["All that it hangs on"].lines
    )
    assert sections[HANGS].lines[-1].name == f"{12 - 8 + others - 3} more"
    proposals = sections["Proposals that the answer rests on"]
    assert len(proposals.lines) == 12
    assert all("it is no finding" in line.below[-1] for line in proposals.lines)
    assert "All that it hangs on" not in {section.title for section in made("guatemala-2007", "provisional").sections}
