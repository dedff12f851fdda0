"""Each format holds every part that is required, the same as the others, and only ever shows what others wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2
import pytest
from docx import Document

from tests.conftest import GUATEMALA, ROOT, Ran, read_once
from tests.reports.reading import Page, docx_text, html_text, pdf_pages, squeezed
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.questions.rate import sheet_of
from tierengine.reasoning.assess import Assessor, assess, law_of
from tierengine.reasoning.assessment import Assessment, Passage, StandardAnswer
from tierengine.reasoning.compare import Side, compare
from tierengine.reports.answer import Coded, why
from tierengine.reports.bars import bar_of
from tierengine.reports.docx import docx
from tierengine.reports.drawing.way import Branch, twin
from tierengine.reports.html import html
from tierengine.reports.markdown import markdown
from tierengine.reports.outline import Line, Section
from tierengine.reports.pdf import pdf
from tierengine.reports.rate import rating_sections
from tierengine.reports.report import Report, report
from tierengine.reports.text import report_text

SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")
HOSTILE = "<script>alert(1)</script> </style> ]]> &amp; \"'> #panic() $x$ *b* _i_ @ref <label> \\ ${x} =1+1"
STEERING = "\x1b[31m\u202e\x07"


@cache
def reported(seed: str) -> tuple[Assessment, Report]:
    """The answer on a seed, and the report on it."""
    casefile, rulebook = read_dossier(ROOT / "seeds" / seed / "dossier.yaml"), read_once(ROOT)
    answer = assess(casefile, rulebook)
    earlier, coded = casefile.dossier.earlier_placements, Coded.of(casefile, answer)
    return answer, report(answer, law_of(casefile, rulebook), earlier=earlier, coded=coded)


@cache
def _with_its_sheet(seed: str) -> Report:
    """The report on a seed with its rating sheet, as the command makes it."""
    casefile, rulebook = read_dossier(ROOT / "seeds" / seed / "dossier.yaml"), read_once(ROOT)
    law = law_of(casefile, rulebook)
    assessor = Assessor(law)
    answer = assessor.assess(casefile)
    sheet = rating_sections(sheet_of(casefile, assessor, answer))
    earlier, coded = casefile.dossier.earlier_placements, Coded.of(casefile, answer)
    return report(answer, law, earlier=earlier, sheet=sheet, coded=coded)


def _shown_markdown(made: Report) -> str:
    return squeezed(re.sub(r"\\([\\`*_{}\[\]<>#|])", r"\1", markdown(made)))


def _shown_pdf(made: Report) -> str:
    """The text of all pages; a hyphen at the end of a row is not told apart from one that was put there."""
    return squeezed("".join(pdf_pages(pdf(made))))


SHOWN: dict[str, Callable[[Report], str]] = {
    "text": lambda made: squeezed(report_text(made)),
    "markdown": _shown_markdown,
    "html": lambda made: html_text(html(made)),
    "docx": lambda made: docx_text(docx(made)),
    "pdf": _shown_pdf,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("form", SHOWN)
def test_every_part_is_shown(form: str, seed: str) -> None:
    """Standards, factors, reasons, quotes and their paragraphs, open points, readings, receipt: in every format."""
    answer, made = reported(seed)
    text = SHOWN[form](made)
    missing = [part for part in _required(answer, made) if not _stands(squeezed(part), text, form)]
    assert not missing


def _required(answer: Assessment, made: Report) -> list[str]:
    found = [made.heading, *why(answer), answer.receipt.rulebook]
    answers: tuple[StandardAnswer, ...] = (*answer.standards, *answer.criteria, *answer.considered)
    for each in answers:
        found += [each.id, bar_of(each).words, each.title, each.reason, each.citation, *each.to_settle]
        found += [word for passage in each.evidence for word in _words(passage)]
    for unused in answer.set_aside:
        found += [unused.record, unused.rule, unused.because[1:], *_words(unused.passage)]
    found += [sentence for tier in answer.open for sentence in tier.witness]
    for section in made.sections:
        for line in section.lines:
            found += [section.title, line.name, line.mark, line.title, line.text, *line.below]
    assert made.drawn is not None
    found += [text for branch in twin(made.drawn) for text in _texts(branch)]
    return [part for part in found if part]


def _words(passage: Passage) -> list[str]:
    return [word for word in (passage.record, passage.at, passage.quote, passage.note) if word]


def _texts(branch: Branch) -> list[str]:
    return [branch.text, *(text for below in branch.below for text in _texts(below))]


def _stands(part: str, text: str, form: str) -> bool:
    """Whether a part is shown: in the terminal titles stand in capitals, and on paper a page may end in its midst."""
    if form == "pdf":
        part, text = part.replace("-", ""), re.sub("[-\x02\ufffe]", "", text)
    part, text = part.casefold(), text.casefold()
    return part in text or (
        form == "pdf" and any(part[:at] in text and part[at:] in text for at in range(1, len(part)))
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_all_standards_and_factors_have_reasons(seed: str) -> None:
    """Four standards and every factor of the date, none blank, and each cited passage in the list of evidence."""
    answer, made = reported(seed)
    lines = {section.title: section.lines for section in made.sections}
    assert [line.name for line in lines["Minimum standards"]] == ["MS1", "MS2", "MS3", "MS4"]
    assert [line.name for line in lines["Factors of standard 4"]] == [each.id for each in answer.criteria]
    assert len(answer.criteria) == {2007: 10, 2011: 11, 2013: 12, 2019: 12}[answer.law.as_of.year]
    for line in (*lines["Minimum standards"], *lines["Factors of standard 4"]):
        assert line.text
        assert line.mark
        assert all(made.number(passage) for passage in line.evidence)
    readings = [*lines["Interpretations relied on"], *lines["Other interpretations"]]
    assert len(readings) == len(answer.interpretations)
    titles = [section.title for section in made.body]
    assert titles.index("Interpretations relied on") + 1 == titles.index("Other interpretations")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_quote_opens_at_its_passage(seed: str) -> None:
    """What is cited from a source stands in the paragraph that is named beside it."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    quoted = [exhibit.passage for exhibit in reported(seed)[1].exhibits if exhibit.passage.quote]
    assert quoted
    for passage in quoted:
        source = casefile.sources[passage.at.split(" ")[0]]
        assert source.passage(passage.at, passage.quote or "") is not None


@pytest.mark.parametrize("form", [markdown, html, docx, pdf, report_text])
def test_equal_reports_are_equal_bytes(form: Callable[[Report], Any]) -> None:
    """No clock, no chance."""
    assert form(reported("invented-2011")[1]) == form(reported("invented-2011")[1])


# -- hostile text ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile() -> Report:
    """A report in which whoever wrote something tries to do more than to be read."""
    made = reported("guatemala-2007")[1]
    words = HOSTILE + STEERING
    passage = Passage(record=words, at=words, quote=words, note=words)
    line = Line(words, words, words, (words,), (passage,), words)
    exhibit = replace(made.exhibits[0], passage=passage, number=len(made.exhibits) + 1)
    assert made.drawn is not None
    nodes = tuple(replace(node, name=words, says=words, mark=words, passage=None) for node in made.drawn.nodes)
    return replace(
        made,
        heading=words,
        body=(*made.body, Section(words, (line,), (words, words, words))),
        exhibits=(*made.exhibits, exhibit),
        drawn=replace(made.drawn, nodes=nodes),
    )


@pytest.mark.parametrize("form", SHOWN)
def test_hostile_text_is_only_shown(form: str, hostile: Report) -> None:
    """It is shown word for word, and what would steer the reader's machine or eye is replaced by a sign."""
    text = SHOWN[form](hostile)
    assert squeezed(HOSTILE) in text
    assert not set("\x1b\u202e\x07") & set(text)


def test_hostile_text_makes_no_element(hostile: Report) -> None:
    """The page has the elements of any other report, and no more."""
    page = Page(html(hostile))
    assert not page.unclosed
    assert {name for name, _ in page.elements} == {
        name for name, _ in Page(html(reported("guatemala-2007")[1])).elements
    }


# -- the page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_page_needs_nothing_else(seed: str) -> None:
    """No script, no reference to anything outside, and a policy that forbids both."""
    text = html(reported(seed)[1])
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {name for name, _ in page.elements}
    for name, attributes in page.elements:
        assert not {"src", "style", "srcset", "action"} & attributes.keys(), name
        assert not [key for key in attributes if key.startswith("on")]
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text
    policy = next(each["content"] for each in page.all("meta") if "http-equiv" in each)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_page_can_be_walked(seed: str) -> None:
    """One first heading, none skipped, landmarks, heads with a scope, and each link leads to one place."""
    page = Page(html(reported(seed)[1]))
    assert not page.unclosed
    headings = [int(name[1]) for name, _ in page.elements if re.fullmatch(r"h\d", name)]
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert all(len(page.all(name)) == 1 for name in ("header", "nav", "main", "footer", "svg"))
    assert all(each["scope"] in {"row", "col"} for each in page.all("th"))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    links = {each["href"][1:] for each in page.all("a")}
    labels = {word for _, each in page.elements for word in each.get("aria-labelledby", "").split()}
    assert links | labels <= set(names)
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("svg")[0]["role"] == "img"


def test_evidence_is_linked_there_and_back() -> None:
    """From each line to each of its passages, and from each passage to each line that rests on it."""
    made = reported("guatemala-2007")[1]
    links = [each["href"] for each in Page(html(made)).all("a")]
    cited = sum(len(line.evidence) for section in made.sections for line in section.lines)
    assert sum(link.startswith("#e") and link != "#evidence" for link in links) == cited
    assert sum(bool(re.fullmatch(r"#s\d+-\d+", link)) for link in links) == cited


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_the_colours_of_the_page_can_be_told_apart(scheme: str) -> None:
    """Text stands out from its ground by 4.5 to 1 at least (WCAG 2.2, 1.4.3)."""
    style = (ROOT / "tierengine" / "reports" / "page.css").read_text(encoding="utf-8")
    light, dark, printed = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in _roots(style))
    colours = {"light": light, "dark": dark, "print": printed}[scheme]
    for ground in ("ground", "card"):
        for ink in ("ink", "quiet", "link", "met", "not-met", "open", "plain"):
            assert _contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def _roots(style: str) -> list[str]:
    return re.findall(r":root \{[^}]*\}", style)


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# -- the memorandum and the paper --------------------------------------------------------------------------------


def test_the_memorandum_can_be_edited() -> None:
    """Styles, repeated heads, lines to fill in, a picture with its text, and nothing of the machine in it."""
    raw = docx(reported("guatemala-2007")[1])
    document: Any = Document(BytesIO(raw))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") > 15
    assert [row.cells[0].text for row in document.tables[0].rows] == ["To:", "From:", "Subject:", "Date:"]
    assert [row.cells[0].text for row in document.tables[-1].rows][1:] == ["Drafted:", "Cleared:", "Approved:"]
    for table in document.tables[1:]:
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    pictures = document.element.body.xpath(".//wp:docPr")
    assert [len(picture.get("descr")) > 50 for picture in pictures] == [True]
    known = document.core_properties
    assert (known.author, known.last_modified_by, known.comments) == ("tierengine", "tierengine", "")
    assert str(known.created) == str(known.modified) == "2007-11-09 00:00:00+00:00"
    with ZipFile(BytesIO(raw)) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist())
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert str(ROOT).encode() not in whole
    assert str(Path.home()).encode() + b"/" not in whole


def test_the_paper_is_tagged() -> None:
    """Title, language, page numbers, a running head from the second page on, and the tags of PDF/UA."""
    made = reported("guatemala-2007")[1]
    raw = pdf(made)
    document = pypdfium2.PdfDocument(raw)
    assert document.get_metadata_value("Title") == made.heading
    assert document.is_tagged()
    document.close()
    assert b"/Lang(en)" in raw
    pages = pdf_pages(raw)
    for number, page in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in squeezed(page)
        assert squeezed(made.heading) in squeezed(page)


# -- the change, and the command ---------------------------------------------------------------------------------


def test_the_change_is_explained_with_its_quotes() -> None:
    """With an earlier dossier the report splits the change; without one it sets the placement beside the answer."""
    rulebook = read_once(ROOT)
    casefile = read_dossier(ROOT / "seeds" / "invented-2019" / "dossier.yaml")
    records = tuple(record for record in casefile.dossier.records if record.id not in {"no-labour", "victims"})
    before = replace(casefile, dossier=casefile.dossier.model_copy(update={"records": records}))
    day = casefile.dossier.as_of
    change = compare(Side(before, day), Side(casefile, day), rulebook)
    made = report(assess(casefile, rulebook), law_of(casefile, rulebook), change)
    section = next(each for each in made.body if each.title == "Why the answer changed")
    facts = next(line for line in section.lines if line.name == "New facts")
    assert {passage.record for passage in facts.evidence} == {"no-labour", "victims"}
    assert change.changed
    assert any(text.startswith("MS1: open before, not met now.") for text in facts.below)
    earlier = next(each for each in reported("guatemala-2007")[1].body if each.title == "Earlier placement")
    assert earlier.lines[0].text.startswith("The recommendation leaves the country there.")
    assert not [each for each in made.sections if each.title == "Earlier placement"]


def test_extra_sections_stand_after_the_recommendation() -> None:
    """What the ledger or a release adds is given in its place, and its evidence has numbers."""
    casefile, rulebook = read_dossier(GUATEMALA), read_once(ROOT)
    own = Passage(record="own", at="somewhere", quote="words")
    extra = Section("On the record", (Line("A", "agrees", "so", (), (own,)),))
    made = report(assess(casefile, rulebook), law_of(casefile, rulebook), extra=(extra,))
    assert made.lead[1] == extra
    assert made.exhibits[0].passage == own


@pytest.mark.parametrize("form", ["text", "markdown", "html", "docx", "pdf"])
def test_the_command_writes_a_whole_file(form: str, tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """The file is what the library gives, also where there was one before, and nothing else is left beside it."""
    output = tmp_path / "out" / f"report.{form}"
    output.parent.mkdir()
    output.write_text("old")
    ran = tierengine("report", GUATEMALA, "--format", form, "--output", output)
    assert ran == Ran(4, "", "")
    made = _with_its_sheet("guatemala-2007")
    makers: dict[str, Callable[[Report], Any]] = {
        "text": report_text,
        "markdown": markdown,
        "html": html,
        "docx": docx,
        "pdf": pdf,
    }
    found = makers[form](made)
    assert output.read_bytes() == (found.encode() if isinstance(found, str) else found)
    assert list(output.parent.iterdir()) == [output]


def test_what_cannot_be_written_is_refused(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A folder that is not there, and a file that is a folder: a clear message, and nothing is left."""
    for output in (tmp_path / "no" / "report.html", tmp_path):
        ran = tierengine("report", GUATEMALA, "--format", "html", "--output", output)
        assert ran.code == 2
        assert "cannot be written there" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_binary_file_is_not_shown_on_a_terminal(
    tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must be led into a file."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = tierengine("report", GUATEMALA, "--format", "pdf")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be shown on a terminal" in ran.err


def test_a_release_shows_no_more_than_it_may(tierengine: Callable[..., Ran]) -> None:
    """A report that is released says so, and is not combined with an earlier dossier."""
    ran = tierengine("report", GUATEMALA, "--release", "public")
    assert "RELEASE: PUBLIC" in ran.out
    assert "Earlier placement" not in ran.out
    both = tierengine("report", GUATEMALA, "--release", "public", "--before", GUATEMALA)
    assert both.code == 2
    assert "a change cannot be explained from what is released" in both.err
