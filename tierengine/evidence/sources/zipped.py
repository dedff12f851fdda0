"""Files within a zip file, of which none is unpacked before it is known how large it grows."""

from __future__ import annotations

import io
import zipfile

from tierengine.evidence.sources.draft import refused

LARGEST = 100 * 2**20
"""Bytes of all parts together, unpacked."""
DENSEST = 250
"""How many times its packed size a part may grow beyond the first mebibyte; text packs about tenfold."""
MOST = 5000


def opened(raw: bytes, name: str) -> zipfile.ZipFile:
    """Open a zip file whose parts are of a bearable size; raise `EvidenceError` otherwise."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise refused(name, f"the file is cut short or damaged: {_said(error)}", "get the file again") from None
    total = sum(entry.file_size for entry in entries)
    dense = any(entry.file_size > 2**20 + DENSEST * entry.compress_size for entry in entries)
    if len(entries) > MOST or total > LARGEST or dense:
        what = f"it grows too large when it is unpacked: {len(entries)} parts, {total // 2**20} MiB"
        raise refused(name, what, "do not open it; ask whoever gave it for the document as PDF")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise refused(name, "the file is encrypted", "save it without a password, by whoever has the password")
    return archive


def part(archive: zipfile.ZipFile, entry: str, name: str) -> bytes:
    """Return a part; no more is unpacked than it said it has."""
    try:
        with archive.open(entry) as file:
            return file.read(archive.getinfo(entry).file_size)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise refused(name, f"`{entry}` in it is damaged: {_said(error)}", "get the file again") from None
    except Exception as error:  # zlib and its kin have errors of their own, which no module lists
        if type(error).__module__ not in ("zlib", "lzma", "_lzma", "bz2", "_bz2"):
            raise
        raise refused(name, f"`{entry}` in it is damaged: {_said(error)}", "get the file again") from None


def _said(error: Exception) -> str:
    return str(error).splitlines()[0].lower() if str(error) else type(error).__name__
