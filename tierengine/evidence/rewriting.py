"""Changes of a dossier's text that touch what they mean to touch, and leave comments and layout as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from tierengine import yamlfile
from tierengine.errors import EvidenceError, Problem
from tierengine.yamlfile import Document


class Rewriting:
    """A dossier whose text is being changed; items are counted from 0, as they stand."""

    def __init__(self, document: Document) -> None:
        self._document = document
        text = document.text
        self._newline = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
        self._lines = text.splitlines(keepends=True)

    @property
    def raw(self) -> bytes:
        """The bytes of the dossier as it stands now."""
        return self._document.with_text("".join(self._lines))

    def append(self, section: str, lines: Sequence[str]) -> None:
        """Add an item to a list, given as its lines without indentation; a list that is missing or empty is begun.

        Raise `EvidenceError` if the list is not written as a list of lines.
        """
        key, items = self._section(section)
        if key is None:
            self._end_the_last_line(len(self._lines))
            self._lines += self._written([f"{section}:", *(f"  {line}" for line in lines)])
            return
        if isinstance(items, yaml.SequenceNode) and not items.value:
            row = key.start_mark.line
            self._lines[row : items.end_mark.line + 1] = self._written(
                [f"{section}:", *(f"  {line}" for line in lines)]
            )
            return
        place = self._end(self._block(section, key, items))
        self._end_the_last_line(place)
        indent = " " * items.start_mark.column
        self._lines[place:place] = self._written(f"{indent}{line}" for line in lines)

    def remove(self, section: str, number: int) -> None:
        """Remove an item of a list, with its own comments; the last one goes with its key."""
        key, items = self._section(section)
        self._block(section, key, items)
        first, past = self._span(items, number)
        if len(items.value) == 1:
            first = key.start_mark.line
        del self._lines[first:past]

    def set_key(self, section: str, number: int, lines: Sequence[str]) -> None:
        """Add a key to an item of a list, given as its lines without indentation."""
        key, items = self._section(section)
        self._block(section, key, items)
        _, past = self._span(items, number)
        self._end_the_last_line(past)
        indent = " " * (items.start_mark.column + 2)
        self._lines[past:past] = self._written(f"{indent}{line}" for line in lines)

    def _section(self, section: str) -> tuple[Any, Any]:
        root = yamlfile.nodes("".join(self._lines))
        pairs = root.value if isinstance(root, yaml.MappingNode) else ()
        return next(((key, value) for key, value in pairs if key.value == section), (None, None))

    def _block(self, section: str, key: Any, items: Any) -> Any:
        """The list, if it is written as a list of lines."""
        if not isinstance(items, yaml.SequenceNode) or items.flow_style or not items.value:
            name = self._document.name
            where = f"{name}:{key.start_mark.line + 1}:1" if key else name
            problem = Problem(
                where=where,
                what=f"the {section} are not written as a list of lines, so that none can be added",
                cure=f"write each under `{section}:` on lines of its own, beginning with `- `",
            )
            raise EvidenceError([problem])
        return items

    def _span(self, items: Any, number: int) -> tuple[int, int]:
        """The lines of an item: from its dash to before the comments of the next one."""
        first = items.value[number].start_mark.line
        if number + 1 < len(items.value):
            return first, self._back(items.value[number + 1].start_mark.line, first, items.start_mark.column)
        return first, self._end(items)

    def _end(self, items: Any) -> int:
        """The line before which something can be added to a list: comments after it belong to what follows."""
        mark = items.end_mark
        past = min(int(mark.line) + (1 if mark.column else 0), len(self._lines))
        return self._back(past, items.start_mark.line, items.start_mark.column)

    def _back(self, past: int, first: int, column: int) -> int:
        """The line after the last that is neither blank nor a comment as far left as the list."""
        while past > first + 1:
            line = self._lines[past - 1]
            comment = line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= column
            if line.strip() and not comment:
                break
            past -= 1
        return past

    def _end_the_last_line(self, place: int) -> None:
        if place and not self._lines[place - 1].endswith("\n"):
            self._lines[place - 1] += self._newline

    def _written(self, lines: Iterable[str]) -> list[str]:
        return [line + self._newline for line in lines]
