"""The files of a release, in every format, unpacked and searched for what is withheld, metadata included."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings

from tests.conftest import ROOT, Ran
from tests.reasoning.releasable import MARKS, Piece, made, pieces, secrets, word
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.release import RELEASES, release
from tierengine.reports.docx import docx
from tierengine.reports.html import html
from tierengine.reports.markdown import markdown
from tierengine.reports.pdf import pdf
from tierengine.reports.release import released_report
from tierengine.reports.report import Report
from tierengine.reports.text import report_text

TESSALY = ROOT / "seeds" / "invented-2019"


def unpacked(raw: bytes) -> bytes:
    """The bytes of a file, of every part of an archive and of every stream that is packed, and the text of a PDF."""
    return b"\n".join([raw, *_parts(raw), *_streams(raw)])


def _parts(raw: bytes) -> Iterator[bytes]:
    if zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield name.encode()
                # A word of a memorandum may be cut into several runs.
                yield re.sub(rb"<[^>]*>", b"", archive.read(name)) + archive.read(name)


def _streams(raw: bytes) -> Iterator[bytes]:
    if raw.startswith(b"%PDF"):
        for found in re.finditer(rb"stream\r?\n", raw):
            try:
                yield zlib.decompressobj().decompress(raw[found.end() :])
            except zlib.error:
                continue
        document = pypdfium2.PdfDocument(raw)
        yield repr(document.get_metadata_dict()).encode()
        for page in document:
            text = page.get_textpage().get_text_bounded()
            yield text.encode() + re.sub(r"\s|\N{SOFT HYPHEN}|￾", "", text).encode()


def _light(document: Report) -> bytes:
    return b"\n".join(
        [report_text(document).encode(), markdown(document).encode(), html(document).encode(), unpacked(docx(document))]
    )


def hidden_words(written: list[Piece]) -> set[str]:
    """The words of what a public release must not hold, by the marks of the made-up telegrams alone."""
    allows = RELEASES["public"].admits.covers
    places = [n for n, each in enumerate(written) if each.handling in ("unknown", "sensitive but unclassified")]
    places += [n for n, each in enumerate(written) if each.what != "rating" and not allows(MARKS[each.source])]
    return {secret for place in places for secret in secrets(written, place)}


@settings(max_examples=30)
@given(written=pieces())
def test_no_format_holds_a_word_of_what_is_withheld(small: Rulebook, written: list[Piece]) -> None:
    """Text, Markdown, the page and the unpacked memorandum hold nothing of it."""
    casefile = made(written)
    law = law_of(casefile, small)
    content = _light(released_report(release(casefile, law, "public"), law))
    assert not [secret for secret in hidden_words(written) if secret.encode() in content]


WRITTEN = [
    Piece("victims", 0, None),
    Piece("shelter", 1, None),
    Piece("forbidden", 0, "sensitive but unclassified"),
    Piece("increase", 3, None),
    Piece("deficiency", 1, None),
    Piece("post", 2, None),
    Piece("rating", 0, None, value="met"),
    Piece("reports", 0, None),
]


@pytest.mark.parametrize("make", [report_text, markdown, html, docx, pdf])
def test_the_search_finds_what_is_there_and_nothing_that_is_withheld(
    small: Rulebook, make: Callable[[Report], str | bytes]
) -> None:
    """What is released is found in each format, so the search can find; what is withheld is not."""
    casefile = made(WRITTEN)
    law = law_of(casefile, small)
    made_of = make(released_report(release(casefile, law, "public"), law))
    content = unpacked(made_of if isinstance(made_of, bytes) else made_of.encode())
    assert word(WRITTEN[0], 0, "quote").encode() in content
    assert word(WRITTEN[0], 0, "note").encode() not in content
    assert not [secret for secret in hidden_words(WRITTEN) if secret.encode() in content]
    for source in casefile.dossier.sources[1:]:
        assert source.id.encode() not in content
    assert not [source.digest for source in casefile.dossier.sources if source.digest.encode() in content]
    assert casefile.digest.encode() not in content


def _marked(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (TESSALY / "dossier.yaml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "cable.txt").write_bytes((TESSALY / "cable.txt").read_bytes())
    (folder / "dossier.yaml").write_text(text, encoding="utf-8")
    return folder / "dossier.yaml"


SENSITIVE = ("    measures: trafficking_investigations\n", "    handling: sensitive but unclassified\n")
RATINGS = [
    (f"    measures: {name}\n", f"    measures: {name}\n    handling: unclassified\n")
    for name in ("significant_efforts_on_actions", "government_policy_or_pattern", "increasing_efforts_not_shown")
]


def test_the_command_releases_a_report(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Public and unclassified reports of one dossier: the first leaves out the sensitive record and says so."""
    file = _marked(tmp_path, (SENSITIVE[0], SENSITIVE[0] + SENSITIVE[1]), *RATINGS)
    public = tierengine("report", file, "--release", "public")
    assert public.code == 0
    printed = " ".join(public.out.split())
    assert "The reasons released here alone entail it." in printed
    assert "Withheld: 1 of 11 records, silences, requests and ratings" in printed
    assert "14 trafficking cases" not in printed
    inside = " ".join(tierengine("report", file, "--release", "unclassified").out.split())
    assert "Nothing is withheld." in inside
    assert "14 trafficking cases" in inside
    assert "SENSITIVE BUT UNCLASSIFIED" in inside


def test_where_the_rest_does_not_entail_the_tier(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """The tier of the whole is given, and that the rest does not lead to it; the answer is open, so it ends with 4."""
    file = _marked(tmp_path, (SENSITIVE[0], SENSITIVE[0] + SENSITIVE[1]))
    ran = tierengine("report", file, "--release", "public", "--format", "markdown")
    assert ran.code == 4
    assert "The reasons released here alone do not entail it: of the" in ran.out
    assert "Tier 2" in ran.out.split("## ")[1]
    assert "an invented desk officer" not in ran.out


def test_a_change_is_not_explained_in_a_release(tierengine: Callable[..., Ran]) -> None:
    """It would speak of the whole of two dossiers."""
    file = TESSALY / "dossier.yaml"
    ran = tierengine("report", file, "--release", "public", "--before", file)
    assert (ran.code, ran.out) == (2, "")
    assert "a change cannot be explained from what is released" in ran.err
