"""Bad and hostile documents: a clear message, a limit that is named, and nothing that runs, is loaded or is written."""

from __future__ import annotations

import io
import socket
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran
from tests.evidence.sources import documents
from tests.evidence.sources.test_formats import left, opened, places
from tierengine.errors import EvidenceError, TierEngineError
from tierengine.evidence.sources import zipped
from tierengine.evidence.sources.reading import FORMATS, LARGEST, format_of, read_source

BAD = ROOT / "tests" / "bad" / "sources"
EXPECTED: dict[str, str] = yaml.safe_load((BAD / "expected.yaml").read_text(encoding="utf-8"))


def test_every_bad_file_is_expected() -> None:
    """No file lies there of which nobody says what is wrong with it, and none is missing."""
    assert {path.relative_to(BAD).as_posix() for path in BAD.glob("*/*")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_file(name: str, tierengine: Callable[..., Ran]) -> None:
    """It ends with 1; file, what is wrong and the cure are named, and nothing is printed."""
    ran = tierengine("ingest", BAD / name, *(("--as", "telegram") if name.startswith("telegram") else ()))
    assert (ran.code, ran.out) == (1, "")
    where, cure = ran.err.splitlines()
    assert where == f"{Path(name).name}:1:1: {EXPECTED[name]}"
    assert cure.startswith("    ")


def bomb() -> bytes:
    """A Word document with a part that grows a thousandfold."""
    return documents.with_part(documents.word("One."), "word/more.xml", b"0" * (40 * 2**20))


def liar() -> bytes:
    """A zip file that says of a part that it is smaller than it is."""
    raw = bytearray(documents.with_part(documents.word("One."), "word/more.xml", b"0" * 5000))
    at = raw.index((5000).to_bytes(4, "little"))
    while at >= 0:
        raw[at : at + 4] = (5).to_bytes(4, "little")
        at = raw.find((5000).to_bytes(4, "little"))
    return bytes(raw)


def locked_zip() -> bytes:
    """A Word document of which one part says that it is encrypted."""
    raw = bytearray(documents.word("One."))
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + flag] |= 1
            at = raw.find(mark, at + 4)
    return bytes(raw)


def nested(times: int) -> bytes:
    """A mail in a mail in a mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.c", "d@e.f", "inmost"
    message.set_content("The inmost words.")
    for _ in range(times):
        outer = EmailMessage()
        outer["From"], outer["To"], outer["Subject"] = "a@b.c", "d@e.f", "around"
        outer.set_content("See what is attached.")
        outer.add_attachment(message)
        message = outer
    return message.as_bytes()


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY x SYSTEM "file:///etc/passwd">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&b;&x;</w:t></w:r></w:p>
</w:body></w:document>"""

MADE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.docx": (bomb, "it grows too large when it is unpacked"),
    "entities.docx": (
        lambda: documents.with_part(documents.word("One."), "word/document.xml", ENTITIES),
        "declares entities",
    ),
    "locked.docx": (locked_zip, "the file is encrypted"),
    "cut-short.docx": (lambda: documents.word("One.")[:-200], "the file is cut short or damaged"),
    "unsound.docx": (
        lambda: documents.with_part(documents.word("One."), "word/document.xml", b"<w:document"),
        "this is no whole Word document",
    ),
    "no-words.docx": (lambda: documents.word(" "), "the document holds no text"),
    "sheet.docx": (
        lambda: documents.with_part(zip_of("xl/workbook.xml"), "xl/a.xml", b"<a/>"),
        "this is a packed file, and no Word",
    ),
    "scanned.pdf": (lambda: documents.pdf("#rect(width: 5cm, height: 5cm)"), "it is a scan without text"),
    "locked.pdf": (lambda: documents.protected(documents.pdf("One.")), "the file is protected by a password"),
    "half.pdf": (lambda: documents.pdf("One.")[:-400], "the file is cut short"),
    "nested.eml": (lambda: nested(12), "messages stand within one another more than 10 deep"),
    "deep.html": (
        lambda: b"<!doctype html>" + b"<div>" * 5000 + b"deep",
        "its elements stand within one another more than",
    ),
    "many.txt": (lambda: b"x\n\n" * 100_001, "it has more than 100000 paragraphs"),
    "large.txt": (lambda: b"words and " * (LARGEST // 10 + 1), "MiB, and 32 are read at most"),
}


def zip_of(name: str) -> bytes:
    """A zip file that is no Word document."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr(name, "<a/>")
    return held.getvalue()


@pytest.mark.parametrize("name", MADE)
def test_a_hostile_file(name: str, tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """It ends with 1, with the limit or the reason."""
    make, expected = MADE[name]
    (tmp_path / name).write_bytes(make())
    ran = tierengine("ingest", tmp_path / name)
    assert (ran.code, ran.out) == (1, "")
    assert expected in ran.err
    assert ran.err.startswith(f"{name}:1:1: ")


def test_nothing_of_a_bomb_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """That it grows too large is seen from its list of parts."""
    raw, unpacked = bomb(), list[object]()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda _, part, *__: unpacked.append(part))
    with pytest.raises(EvidenceError, match="it grows too large when it is unpacked"):
        read_source([("a.docx", raw)], "docx", "s")
    assert not unpacked


def test_a_file_of_fifty_megabytes_is_not_read(
    tierengine: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is named, and not a byte of the file is read."""
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(50 * 2**20)
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path.name} was read"))
    ran = tierengine("ingest", tmp_path / "huge.pdf")
    assert "huge.pdf:1:1: the file has 50.0 MiB, and 32 are read at most" in ran.err


def test_a_part_that_lies_about_its_size_is_cut_off() -> None:
    """No more is unpacked than the zip file says that there is."""
    with pytest.raises(EvidenceError):
        read_source([("a.docx", liar())], "docx", "s")
    with zipped.opened(zip_of("a"), "a.docx") as archive:
        assert zipped.part(archive, "a", "a.docx") == b"<a/>"


def test_five_hundred_pages_are_read() -> None:
    """In seconds, and the last page has its place."""
    source = opened(documents.pdf("\n#pagebreak()\n".join(f"Page {n} has these words." for n in range(1, 501))), "pdf")
    assert places(source)[-1] == ("page 500 ¶1", "Page 500 has these words.")


def test_a_nested_mail_is_left_out_and_looked_through() -> None:
    """Up to ten messages within one another."""
    source = opened(nested(9), "mail")
    assert places(source) == [("¶1", "See what is attached.")]
    assert ("attached message", "The inmost words.") in left(source)


def test_a_form_feed_a_line() -> None:
    """Every line of a listing ends with one."""
    source = opened(b"".join(b"Line %d.\f" % n for n in range(20_000)), "text")
    assert len(places(source)) == 1


@pytest.mark.parametrize("form", ["html", "text", "markdown", "mail"])
def test_right_to_left_text(form: str) -> None:
    """Arabic is read in its own order, marks of direction with it."""
    words = "\u0627\u0641\u062a\u062a\u062d\u062a \u0627\u0644\u062d\u0643\u0648\u0645\u0629 \u200f(12)."
    raw = {"html": documents.page(f"<p dir=rtl>{words}</p>"), "mail": documents.mail(words)}.get(form, words.encode())
    assert places(opened(raw, form)) == [("¶1", words)]  # type: ignore[arg-type]  # the parameter is one of the formats


@pytest.mark.parametrize("form", ["html", "mail"])
def test_a_copy_that_is_cut_short_is_reported(form: str) -> None:
    """What is there is read, with a warning."""
    raw = documents.PAGE.encode()[:700] if form == "html" else documents.mail("One.", ("a.txt", b"x" * 99))[:-40]
    source = opened(raw, form)  # type: ignore[arg-type]  # the parameter is one of the formats
    assert any("cut short" in warning for warning in source.warnings)


def test_nothing_is_fetched_run_or_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pictures, frames, templates and entities that a document names stay where they are."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a document reached out")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.chdir(tmp_path)
    body = "<img src=http://x.invalid/a><iframe src=file:///etc/passwd></iframe><link rel=stylesheet href=http://x.invalid>"
    body += "<script>fetch('http://x.invalid')</script><object data=file:///etc/passwd></object><p>One.</p>"
    assert places(opened(documents.page(body), "html")) == [("¶1", "One.")]
    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    rels += b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    rels += b'Target="http://x.invalid/t.dotm" TargetMode="External"/></Relationships>'
    word = documents.with_part(documents.word("One."), "word/_rels/settings.xml.rels", rels)
    assert places(opened(word, "docx")) == [("¶1", "One.")]
    opened(documents.pdf_with("a note"), "pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60)
@given(raw=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(form: str, raw: bytes) -> None:
    """Nothing but our own errors ever comes out of a reader."""
    for given_ in (
        raw,
        {"pdf": b"%PDF-1.4\n", "docx": b"PK\x03\x04word/", "mail": b"From: a\nTo: b\n"}.get(form, b"<p>") + raw,
    ):
        try:
            read_source([("a", given_)], form, "s")  # type: ignore[arg-type]  # the parameter is one of the formats
            format_of(given_, "a")
        except TierEngineError:
            continue


DAMAGED = {
    "pdf": documents.report(1),
    "docx": documents.word("# H", "One.", "Two."),
    "mail": documents.mail("One.\n\nTwo.", ("a.txt", b"Three."), html="<p>One.</p>"),
    "html": documents.PAGE.encode(),
}


@pytest.mark.parametrize("form", DAMAGED)
@settings(max_examples=60)
@given(chance=st.randoms(use_true_random=False))
def test_a_damaged_document_is_read_or_refused(form: str, chance: object) -> None:
    """Random cuts, repeats and changed bytes bring nothing but our own errors."""
    raw = bytearray(DAMAGED[form])
    for _ in range(chance.randint(1, 8)):  # type: ignore[attr-defined]  # a random.Random, made by hypothesis
        at = chance.randrange(len(raw))  # type: ignore[attr-defined]  # as above
        piece = slice(at, at + chance.randint(0, 60))  # type: ignore[attr-defined]  # as above
        raw[piece] = chance.choice([b"", bytes(raw[piece]) * 2, b"\xff", b"<"])  # type: ignore[attr-defined]  # as above
    try:
        read_source([("a", bytes(raw))], form, "s")  # type: ignore[arg-type]  # the parameter is one of the formats
    except TierEngineError:
        return
