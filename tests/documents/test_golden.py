"""Every kind of document on every seed that asks for it, as golden text: a change of a word is seen as a difference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.documents.conftest import SEEDS, draft, matter, templates
from tierengine.documents.docx import docx
from tierengine.documents.draft import Draft, Said
from tierengine.documents.finished import alike, read_finished
from tierengine.documents.html import html
from tierengine.documents.markdown import markdown
from tierengine.documents.pdf import pdf
from tierengine.documents.writing import applies

GOLDEN = ROOT / "tests" / "golden" / "documents"
EVERY = sorted(path.parent.name for path in SEEDS.glob("*/dossier.yaml"))


def asked_for() -> list[tuple[str, str]]:
    """Every kind of document, with each seed that asks for it under the law of its day."""
    pairs = []
    for seed in EVERY:
        about = matter(seed)
        pairs += [(kind.id, seed) for kind in templates().in_force(about.law.as_of) if applies(kind, about)]
    return pairs


def text_of(of: Draft) -> str:
    """A draft as Markdown, without the list of what it was made from."""
    return re.sub(r"\\([\[\]_*()#])", r"\1", markdown(of).decode()).split("\n## Made from")[0] + "\n"


def test_golden(request: pytest.FixtureRequest) -> None:
    """Each document reads as it did; and none is golden that no seed asks for."""
    wanted = {f"{seed}-{kind}.md": text_of(draft(kind, seed)) for kind, seed in asked_for()}
    if request.config.getoption("--reset-golden"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for path in GOLDEN.iterdir():
            path.unlink()
        for name, text in wanted.items():
            (GOLDEN / name).write_text(text, encoding="utf-8")
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(wanted)
    for name, text in wanted.items():
        assert (GOLDEN / name).read_text(encoding="utf-8") == text, name


def test_every_kind_is_shown() -> None:
    """Among the seeds there is one for every kind of document."""
    assert {kind for kind, _ in asked_for()} == set(templates().names)


@pytest.mark.parametrize(("kind", "seed"), [("action-plan", "invented-rise"), ("interim-assessment", "guatemala-2007")])
def test_every_format_says_the_same(kind: str, seed: str) -> None:
    """The words of a document are read back from DOCX, HTML and Markdown alike; equal documents are equal bytes."""
    whole = draft(kind, seed)
    wanted = [alike(piece.marked) for section in whole.sections for piece in section.pieces if isinstance(piece, Said)]
    for name, make in (("it.docx", docx), ("it.html", html), ("it.md", markdown)):
        raw = make(whole)
        assert make(whole) == raw
        read = [alike(line.text) for part in read_finished(raw, name).body for line in part.lines]
        assert [words for words in wanted if not any(words in line for line in read)] == []
    assert pdf(whole) == pdf(whole)
    assert pdf(whole).startswith(b"%PDF-")


def test_what_the_clauses_require_has_a_part() -> None:
    """What 7107(b)(1)(H), (b)(2)(E) and (b)(4) and P.L. 115-427 section 7(a) require is a part of a document."""
    required = {
        (kind.id, part.required_by.usc or part.required_by.public_law)
        for kind in templates().kinds
        for part in kind.parts
        if part.required_by is not None
    }
    assert {
        ("change-explanation", "22 USC 7107(b)(1)(H)"),
        ("waiver-description", "22 USC 7107(b)(2)(E)"),
        ("waiver-description", "22 USC 7107(b)(2)(E)(i)"),
        ("waiver-description", "22 USC 7107(b)(2)(E)(ii)"),
        ("waiver-description", "22 USC 7107(b)(2)(D)(ii)"),
        ("action-plan", "22 USC 7107(b)(4)(B)"),
        ("action-plan", "22 USC 7107(b)(4)(D)"),
        ("downgrade-letter", "P.L. 115-427 section 7(a)"),
        ("interim-assessment", "22 USC 7107(b)(3)(B)"),
    } <= required


def test_every_sentence_has_its_ground() -> None:
    """No sentence of any document on any seed is without a record or a clause."""
    for kind, seed in asked_for():
        for section in draft(kind, seed).sections:
            for piece in section.pieces:
                assert not isinstance(piece, Said) or piece.grounds, (kind, seed, piece)


def test_a_memo_for_decision_is_two_pages(tmp_path: Path) -> None:
    """Without the lists at its end, which are for who looks things up."""
    import pypdfium2  # noqa: PLC0415 - only here

    for seed in EVERY:
        path = tmp_path / f"{seed}.pdf"
        path.write_bytes(pdf(draft("decision-memo", seed)))
        pages = pypdfium2.PdfDocument(path)
        text = [pages[number].get_textpage().get_text_range() for number in range(len(pages))]
        assert next(number for number, words in enumerate(text, 1) if "\nRecords" in words or "Made from" in words) <= 2
