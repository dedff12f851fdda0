"""One file that holds others: written the same whenever, and read without trust.

A zip file from somebody else may name places outside its folder, hold a file twice, or grow without bounds when it is
opened. Nothing is unpacked to disk here, and whatever a packet has no use for is refused.

Source: PKWARE, .ZIP File Format Specification (APPNOTE 6.3.10).
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from tierengine.errors import LedgerError, Problem

Files = Mapping[str, bytes]
"""The bytes of each file under its name, with `/` between folder and file."""

LARGEST_FILE = 64 * 2**20
"""Bytes of one file."""
LARGEST = 256 * 2**20
"""Bytes of all files together."""
MOST = 5_000
"""Files."""
DENSEST = 200
"""How many times larger than its packed bytes a file may be; text seldom comes to 20."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_ENCRYPTED = 0x1
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\:]")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def pack(files: Files) -> bytes:
    """Return a zip file of some files; equal files give equal bytes with one build of zlib."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr, entry.create_system, entry.compress_type = _MODE, _UNIX, zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], compresslevel=9)
    return target.getvalue()


def unpack(raw: bytes) -> dict[str, bytes]:
    """Return the files of a zip file. Raise `LedgerError` with everything for which it is not opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            problems = [*_whole(archive), *(p for entry in archive.infolist() for p in _one(entry))]
            if problems:
                raise LedgerError(problems)
            return {entry.filename: _read(archive, entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise LedgerError([_refused("packet", f"it is no whole zip file: {error}")]) from None


def is_safe(name: str) -> bool:
    """Return whether a name stays in its folder, whatever system unpacks it."""
    parts = name.split("/")
    return not _CONTROL.search(name) and not any(part in ("", ".", "..") or part[-1] in " ." for part in parts)


def _whole(archive: zipfile.ZipFile) -> Iterator[Problem]:
    """What is wrong with all files together."""
    entries = archive.infolist()
    if len(entries) > MOST:
        yield _refused("packet", f"it holds {len(entries)} files, more than {MOST}")
    if sum(entry.file_size for entry in entries) > LARGEST:
        yield _refused("packet", f"its files come to more than {LARGEST // 2**20} MiB")
    seen: set[str] = set()
    for entry in entries:
        if entry.filename.casefold() in seen:
            yield _refused(entry.filename, "a file of this name stands in it twice")
        seen.add(entry.filename.casefold())


def _one(entry: zipfile.ZipInfo) -> Iterator[Problem]:
    """What is wrong with one file, before any of it is read."""
    where = entry.filename.encode("unicode_escape").decode("ascii")
    if not is_safe(entry.filename):
        yield _refused(where, "this is no name of a file inside the packet")
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        yield _refused(where, "this is a link or a device, and no file")
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        yield _refused(where, "this is encrypted, or packed in a way that is not read here")
    if entry.file_size > LARGEST_FILE or entry.file_size > DENSEST * max(entry.compress_size, 1024):
        yield _refused(where, "this grows too large when it is unpacked")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of a file; no more are unpacked than it said it has."""
    with archive.open(entry) as file:
        raw = file.read(entry.file_size + 1)
    if len(raw) != entry.file_size:
        raise LedgerError([_refused(entry.filename, "this is not as long as it says")])
    return raw


def _refused(where: str, what: str) -> Problem:
    cure = "ask whoever gave you the packet for it again, and do not unpack this one"
    return Problem(where=where, what=what, cure=cure)
