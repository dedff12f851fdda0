"""One byte string per value, and the digest of it (RFC 8785); and how a value is written for people to read."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785


def encode(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value made of dicts, lists, text, whole numbers and truths."""
    return rfc8785.dumps(value)


def digest(raw: bytes) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the bytes."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def readable(value: Any) -> str:
    """Return a value as JSON, two spaces deep, as it is printed, sent and kept beside what is signed."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
