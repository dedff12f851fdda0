"""YAML as people write it: a key on a line, mappings in braces, long texts folded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

_WIDTH = 110


def keyed(key: str, value: Any) -> Iterator[str]:
    """Yield the lines of a key with its value: a mapping in braces, a long text folded."""
    if isinstance(value, dict):
        yield f"{key}: {{{', '.join(f'{name}: {scalar(inner)}' for name, inner in value.items())}}}"
    elif isinstance(value, str) and len(key) + len(value) > _WIDTH:
        yield from folded(key, value)
    else:
        yield f"{key}: {scalar(value)}"


def folded(key: str, text: str) -> Iterator[str]:
    """Yield a text as a folded block under a key; blanks in a row become one."""
    indent = " " * (len(key) - len(key.lstrip(" -")) + 2)
    yield f"{key}: >-"
    yield from (
        f"{indent}{line}" for line in wrap(" ".join(text.split()), 100, break_long_words=False, break_on_hyphens=False)
    )


_PLAIN = re.compile(r"[A-Za-z0-9][\w\u00b6./()' -]*(?:, [\w\u00b6./()' -]+)*")


def scalar(value: Any) -> str:
    """Return a value as YAML of one line; what could be read as something else stands in quotation marks."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    plain = _PLAIN.fullmatch(value) and "," not in value and " #" not in value and value == value.strip()
    return value if plain else json.dumps(value, ensure_ascii=False)
