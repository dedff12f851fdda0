"""Zip files from somebody else: whatever a packet has no use for is refused before it is read."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierengine.errors import LedgerError
from tierengine.ledger import archive
from tierengine.ledger.archive import is_safe, pack, unpack


def written(fill: Callable[[zipfile.ZipFile], object]) -> bytes:
    """A zip file that some function fills."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands in it twice
        fill(made)
    return target.getvalue()


def holding(*names: str) -> bytes:
    """A zip file of empty files."""

    def fill(made: zipfile.ZipFile) -> None:
        for name in names:
            made.writestr(name, b"")

    return written(fill)


def refused(raw: bytes) -> str:
    """Why a zip file is not opened."""
    with pytest.raises(LedgerError) as raised:
        unpack(raw)
    return "; ".join(f"{problem.where}: {problem.what}" for problem in raised.value.problems)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}(/[a-z0-9]{1,5}){0,2}", fullmatch=True), st.binary(max_size=300)))
def test_what_was_packed_comes_out(files: dict[str, bytes]) -> None:
    """Byte for byte, and packed the same whenever."""
    assert unpack(pack(files)) == files
    assert pack(files) == pack(dict(sorted(files.items(), reverse=True)))


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "/a",
        "a/../b",
        "a//b",
        "./a",
        "C:/a",
        "c:a",
        "a\\b",
        "..",
        "a/",
        "a\nb",
        "a\x7f",
        "a /b",
        "a.",
        "con/...",
    ],
)
def test_names_that_lead_elsewhere(name: str) -> None:
    """Outside the folder, to a drive, to a folder, or elsewhere on another system."""
    assert not is_safe(name)
    assert "no name of a file inside the packet" in refused(written(lambda made: made.writestr(name, b"x")))


def test_a_link() -> None:
    """A link could lead out of the folder that it is unpacked in."""

    def link(made: zipfile.ZipFile) -> None:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(entry, "/etc/passwd")

    assert "link: this is a link or a device" in refused(written(link))


def test_a_name_twice() -> None:
    """Also where only the letter case differs, since some systems make one file of the two."""
    for names in (("a", "a"), ("a", "A")):
        assert "stands in it twice" in refused(holding(*names))


def test_a_bomb() -> None:
    """A megabyte of zeros in a kilobyte; and more files, or more bytes, than a packet ever has."""
    zeros = b"\0" * (archive.DENSEST * 1024 + 1)
    assert "grows too large" in refused(written(lambda made: made.writestr("zeros", zeros)))
    assert f"more than {archive.MOST}" in refused(holding(*map(str, range(archive.MOST + 1))))


def test_sizes_that_are_not_true() -> None:
    """A file that says it has 256 MiB and more is refused by what it says; one that says less is read no further."""
    raw = written(lambda made: made.writestr("a", b"x" * 1000))
    at = raw.index(b"PK\x01\x02") + 24
    assert "a: this grows too large" in refused(raw[:at] + struct.pack("<I", 2**31) + raw[at + 4 :])
    assert refused(raw[:at] + struct.pack("<I", 10) + raw[at + 4 :])


def test_what_is_encrypted() -> None:
    """Nobody could check it."""
    raw = written(lambda made: made.writestr("a", b"x"))
    at = raw.index(b"PK\x01\x02") + 8
    assert "a: this is encrypted" in refused(raw[:at] + b"\x01\x00" + raw[at + 2 :])


@given(st.data())
def test_any_damage(data: st.DataObject) -> None:
    """A damaged zip file is refused, or holds what it did; and never anything else."""
    files = {"a/b": b"some words " * 20, "c": b"others"}
    raw = bytearray(pack(files))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = unpack(bytes(raw))
    except LedgerError:
        return
    assert all(raw in files.values() for raw in found.values())


def test_what_is_no_zip_file() -> None:
    """One sentence, and no traceback."""
    assert "it is no whole zip file" in refused(b"PK nothing")
