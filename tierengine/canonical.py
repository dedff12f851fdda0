"""One byte string per value, and the digest of it (RFC 8785)."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def encode(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value made of dicts, lists, text, whole numbers and truths."""
    return rfc8785.dumps(value)


def digest(raw: bytes) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the bytes."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()
