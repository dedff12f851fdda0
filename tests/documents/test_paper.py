"""A finished document that comes as a PDF is read back as closely as one that does not."""

from __future__ import annotations

import ctypes
import io
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from tests.documents.conftest import draft, matter
from tests.documents.test_checking import ADDED, CHANGES, FALL, text_of
from tierengine.documents.checking import Checked, check
from tierengine.documents.docx import docx
from tierengine.documents.draft import Draft, Paragraph, Said, Section
from tierengine.documents.finished import Finished, read_finished
from tierengine.documents.pdf import pdf
from tierengine.errors import EvidenceError

SOME = [FALL, ("waiver-description", "invented-waiver"), ("narrative", "guatemala-2007")]
EDITS = [(old, new) for old, new, _ in CHANGES] + [
    ("## Actions not taken", f"- {sentence}\n\n## Actions not taken") for sentence, _ in ADDED
]


def found(raw: bytes, name: str, kind: str, seed: str) -> Checked:
    """What the checker finds in a file."""
    return check(read_finished(raw, name), draft(kind, seed), matter(seed))


def messages(of: Checked) -> list[str]:
    """All that is wrong, without the places, which differ by format."""
    return [problem.what for problem in (*of.faults, *of.missing, *of.blanks)]


def printed(finished: Finished, like: Draft) -> bytes:
    """A finished text as it is printed: every line of it as it stands, whoever wrote it."""
    head, *parts = finished.parts
    lines = [line.text for line in head.lines]
    sections = tuple(
        Section(part.heading, part.heading, None, tuple(Paragraph((Said(line.text),)) for line in part.lines))
        for part in parts
    )
    return pdf(
        replace(
            like,
            title=head.heading,
            marking=like.marking if like.marking in lines else "",
            notes=tuple(Said(line) for line in lines if line not in (like.marking, like.purpose)),
            sections=sections,
            exhibits=(),
            made_from=(),
        )
    )


@pytest.mark.parametrize(("kind", "seed"), SOME)
def test_a_pdf_holds_as_its_word_file_does(kind: str, seed: str) -> None:
    """Whatever lines and pages break, each sentence is known again, and what is missing in one is in the other."""
    of_pdf = found(pdf(draft(kind, seed)), "it.pdf", kind, seed)
    of_word = found(docx(draft(kind, seed)), "it.docx", kind, seed)
    assert of_pdf.faults == ()
    assert (of_pdf.holding, messages(of_pdf), of_pdf.own) == (of_word.holding, messages(of_word), of_word.own)


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_an_edit_that_was_printed_is_reported_as_in_the_text(old: str, new: str) -> None:
    """A changed figure, an added sentence, a lost mark: the same faults come out of the PDF as of the text."""
    finished = read_finished(text_of(*FALL).replace(old, new, 1).encode(), "it.md")
    wanted = check(finished, draft(*FALL), matter(FALL[1]))
    assert messages(wanted)
    assert messages(found(printed(finished, draft(*FALL)), "it.pdf", *FALL)) == messages(wanted)


def test_what_it_was_made_from_is_read_over_line_ends() -> None:
    """The digests and places that the checker needs, although a long line of them breaks."""
    digest = "a1" * 32
    made_from = (
        ("Document", "change-explanation"),
        ("Dossier", f"../../a-folder-with-a-long-name/another-folder-with-a-name/maravia/dossier.yaml ({digest})"),
        ("Law", f"2025-06-30 ({digest})"),
        ("Release", "none"),
        ("Program", "tierengine"),
    )
    raw = pdf(replace(draft(*FALL), made_from=made_from))
    assert read_finished(raw, "it.pdf").made_from == dict(made_from)


def test_the_margins_of_a_pdf_bear_the_marking_alone() -> None:
    """A page whose head and foot bear no marking has lost it."""
    raw = pdf(replace(draft(*FALL), marking="FOR EVERYBODY"))
    assert "the marking UNCLASSIFIED is lost, or something stands beside it" in messages(found(raw, "it.pdf", *FALL))


def _opened() -> tuple[pypdfium2.PdfDocument, pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(pdf(draft(*FALL)))
    return document, document[0]


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def test_a_note_and_a_picture_are_reported() -> None:
    """What stands beside the text of a PDF is no place for a statement."""
    document, page = _opened()
    note = pdfium.FPDFPage_CreateAnnot(page, pdfium.FPDF_ANNOT_TEXT)
    words = "is this so?\0".encode("utf-16-le")
    pdfium.FPDFAnnot_SetStringValue(
        note, b"Contents", ctypes.cast(ctypes.c_char_p(words), ctypes.POINTER(pdfium.FPDF_WCHAR))
    )
    pdfium.FPDFPage_CloseAnnot(note)
    with pytest.raises(EvidenceError, match="a note stands beside the text"):
        read_finished(_saved(document), "it.pdf")
    document, page = _opened()
    picture = pypdfium2.PdfImage.new(document)
    picture.set_bitmap(pypdfium2.PdfBitmap.new_native(8, 8, pdfium.FPDFBitmap_BGR))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(50, 50))
    page.insert_obj(picture)
    page.gen_content()
    with pytest.raises(EvidenceError, match="a picture stands in it"):
        read_finished(_saved(document), "it.pdf")


def test_a_scan_is_no_finished_document(tmp_path: Path) -> None:
    """A PDF without text is refused, with what to do."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    path = tmp_path / "scan.pdf"
    document.save(path)
    with pytest.raises(EvidenceError, match="a scan without text"):
        read_finished(path.read_bytes(), path.name)
