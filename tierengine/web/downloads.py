"""Files that a person takes away."""

from __future__ import annotations

import mimetypes
import re

from fastapi import Response

_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "yaml": "application/yaml; charset=utf-8",
}


def download(content: bytes, name: str) -> Response:
    """Return an answer that a browser keeps as a file and does not open in the desk's own place."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    kind = _TYPES.get(plain.rpartition(".")[2]) or mimetypes.guess_type(plain)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{plain}"'})
