"""A folder of files that can be lost at any time: what was worked out before, so that it need not be worked out again.

A file is used only if nobody else can have written it (it belongs to the user and nobody else may write it), and if its
bytes are those that were written, by a digest in its first line, which also names what the file is of. Anything else is
passed over and written anew. No file holds code. What was checked before it was kept need not be checked again.

Several processes may share a folder: a file is written beside its place, under a name of its own, and then moved there.
Where the folder cannot be written, or the disk is full, there is no cache and nothing is said of it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from tierengine import canonical

MOST_FILES = 16
"""Files that are left in a folder, the newest; each change of a rulebook, or of the program, makes one."""


def kept(folder: Path, key: str) -> bytes | None:
    """Return what was kept under a key; nothing if there is nothing that can be trusted."""
    try:
        with os.fdopen(os.open(_place(folder, key), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            if not _ours(os.fstat(file.fileno())):
                return None
            head, _, content = file.read().partition(b"\n")
    except OSError:
        return None
    return content if head == _head(key, content) else None


def keep(folder: Path, key: str, content: bytes) -> None:
    """Keep some bytes under a key, as a whole or not at all; old files make room."""
    beside: str | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".", dir=folder)  # only the user may read or write it
        with os.fdopen(handle, "wb") as file:
            file.write(_head(key, content) + b"\n" + content)
        Path(beside).replace(_place(folder, key))
        _make_room(folder)
    except OSError:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)


def _place(folder: Path, key: str) -> Path:
    return folder / f"{key}.kept"


def _head(key: str, content: bytes) -> bytes:
    return f"tierengine {key} {canonical.digest(content)}".encode()


def _ours(found: os.stat_result) -> bool:
    """Whether a file is a plain one that nobody but the user can have written."""
    owner = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return owner and stat.S_ISREG(found.st_mode) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _make_room(folder: Path) -> None:
    newest = sorted(folder.glob("*.kept"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[MOST_FILES:]:
        path.unlink(missing_ok=True)
