"""A zip that carries no moment of its own, so that equal contents give equal bytes."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest day that a zip can hold; the parts of a document carry no day of their own."""


def timeless(raw: bytes) -> bytes:
    """Return the same zip without the moment at which it was made."""
    made = BytesIO()
    with ZipFile(BytesIO(raw)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = ZipInfo(name, _ZIP_DAY)
            part.compress_type = ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return made.getvalue()
