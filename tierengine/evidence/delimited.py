"""CSV as offices export it: commas, semicolons or tabs, with a byte order mark or without, in the usual encodings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.sources.encodings import marked, wide
from tierengine.evidence.sources.reading import LARGEST

_SEPARATORS = (",", ";", "\t")


def rows_of(path: Path, columns: Collection[str], problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a CSV file, each with the line on which it begins; its cells are without spaces around them.

    Rows without a cell are passed over. The separator is the one by which most of the expected columns are found in
    the first line, or the one that Excel names there (`sep=;`). What is no CSV ends the reading and is added to
    `problems`. Raise `EvidenceError` if the file cannot be opened or its characters cannot be mark.
    """
    text = _text(path)
    lines = text.splitlines()
    named = re.fullmatch(r'"?sep=(.)"? *', lines[0], re.IGNORECASE) if lines else None
    separator = named[1] if named else _separator(lines[0] if lines else "", columns)
    return _rows(text, path.name, separator, 1 if named else 0, problems)


def _separator(first: str, columns: Collection[str]) -> str:
    """The separator by which a first line names the most of some columns; the comma where none does better."""

    def found(separator: str) -> int:
        return len({cell.strip().strip('"').strip() for cell in first.split(separator)} & set(columns))

    return max(_SEPARATORS, key=found)  # of equals the first


def _rows(
    text: str, name: str, separator: str, skipped: int, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cells) and begins > skipped:
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        what = f"is no line of CSV: {error}"
        cure = "close every quotation mark, and shorten a cell of a page or more"
        problems.append(Problem(where=f"{name}:{begins}", what=what, cure=cure))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path.name, f"the file has more than {LARGEST // 2**20} MiB", "split it")
        raw = path.read_bytes()
    except OSError as error:
        raise _refused(
            str(path), f"cannot be opened: {error.strerror}", "name a file that exists and may be read"
        ) from None
    if mark := marked(raw):
        encoding, rest = mark
        return _decoded(rest, encoding, path.name)
    if unmarked := wide(raw):
        return _decoded(raw, unmarked, path.name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # A text of which some characters are those of UTF-8 is damaged, and no text of another encoding.
        damaged = not raw.decode("utf-8", "ignore").isascii()
        return _decoded(raw, "utf-8" if damaged else "cp1252", path.name)


def _decoded(raw: bytes, encoding: str, name: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"byte {error.start} of the file is not {_SHOWN.get(encoding, encoding)}"
        raise _refused(f"{name}:{line}", what, "save the file as UTF-8") from None


_SHOWN = {
    "utf-8": "UTF-8",
    "cp1252": "UTF-8, and no character of Windows-1252",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}


def _refused(where: str, what: str, cure: str) -> EvidenceError:
    return EvidenceError([Problem(where=where, what=what, cure=cure)])
