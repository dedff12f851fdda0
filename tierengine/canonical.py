"""One byte string per value, and the digest of it (RFC 8785); and how a value is written for people to read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import rfc8785


def encode(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value made of dicts, lists, text, whole numbers and truths."""
    if _is_plain(value):
        with suppress(UnicodeEncodeError):
            return _JSON.encode(value).encode("utf-8")
    return rfc8785.dumps(value)


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
"""Writes what is plain as RFC 8785 asks, and several times as fast as a writer in Python."""
_GREATEST = 2**53 - 1


def _is_plain(value: Any) -> bool:
    """Whether Python's own writer of JSON writes a value as RFC 8785 asks.

    It orders keys beyond ASCII otherwise, writes floats and great numbers otherwise, and takes keys that are no text.
    """
    kind = value.__class__
    if kind is dict:
        return all(key.__class__ is str and key.isascii() and _is_plain(each) for key, each in value.items())
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))
    if kind is int:
        return bool(-_GREATEST <= value <= _GREATEST)
    return kind is str or kind is bool or value is None


def digest(raw: bytes) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the bytes."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def digest_of_code(parts: Iterable[str] = ("",)) -> str:
    """Return the digest of the program: of the code in it, or in some folders of it, each file by its name and bytes.

    Raise `OSError` if a file cannot be read.
    """
    package = Path(__file__).parent
    files = (path for part in parts for path in (package / part).rglob("*.py"))
    return digest(encode({path.relative_to(package).as_posix(): digest(path.read_bytes()) for path in files}))


def readable(value: Any) -> str:
    """Return a value as JSON, two spaces deep, as it is printed, sent and kept beside what is signed."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
