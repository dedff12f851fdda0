"""Files that a person sends: under names that lead nowhere else, each once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from fastapi import UploadFile

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def sent_files(sent: Iterable[UploadFile], taken: Collection[str]) -> list[tuple[str, bytes]]:
    """Return the files that were sent, each under a name that nothing else has; `taken` are names of others."""
    found: dict[str, bytes] = {}
    for each in sent:
        if each.filename:
            found[_free(each.filename, {*taken, *found})] = each.file.read()
    return list(found.items())


def _free(name: str, known: Collection[str]) -> str:
    """The name without a folder, and with letters that every system takes; with a number where it is taken."""
    plain = _UNSAFE.sub("-", name.replace("\\", "/").rpartition("/")[2]).lstrip(".-")[-100:] or "source"
    stem, dot, ending = plain.rpartition(".")
    others = (f"{stem}-{number}{dot}{ending}" if dot else f"{ending}-{number}" for number in range(2, 1000))
    return plain if plain not in known else next(each for each in others if each not in known)
