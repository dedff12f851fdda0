"""Files that are written as a whole or not at all, whenever the machine stops."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

HALF = ".half"
"""How the name of a file ends that is not whole yet."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place first, then into it; once this returns, it is on the disk.

    An existing file keeps its permissions. Raise `OSError` if it cannot be written; nothing has changed then. A
    process that is killed within may leave what it wrote beside, in a file `.NAME.….half` that nothing reads.
    """
    beside: str | None = None
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=HALF, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_mask()
        Path(beside).chmod(mode)
        Path(beside).replace(path)
        _settle(path.parent)
    except OSError:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """Have the disk keep the new name of a file in a folder; Windows opens no folders, and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mask() -> int:
    """What the user withholds from new files; it can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
