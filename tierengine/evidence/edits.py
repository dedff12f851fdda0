"""Changes of a dossier's lists in its own file: what is not changed stays byte for byte, comments and order included.

A changed value is written in its place. What was written is read again and compared with what was meant, so that a
file of an unforeseen layout is refused and never damaged.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tierengine import yamlfile
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.written import item_lines, value_lines
from tierengine.yamlfile import Document

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1."""

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Edit:
    """What is written in the place of the characters from `first` up to `end`."""

    first: int
    end: int
    text: str


def edited(document: Document, wanted: Mapping[str, tuple[Item, ...]]) -> bytes:
    """Return the bytes of a dossier of which some lists hold other items; items are known by their `id`.

    Items keep their order in the file, and new ones follow them. Raise `EvidenceError` if the file is laid out in a way
    in which it cannot be changed with care.
    """
    found = {name: document.values.get(name, ()) for name in wanted}
    changed = {name: items for name, items in wanted.items() if not _same(found[name], items)}
    if not changed:
        return document.raw
    meant = document.values | {name: _ordered(found[name], items) for name, items in changed.items()}
    for whole in (False, True):
        raw = _written(document, changed, whole=whole)
        again = yamlfile.load(raw, document.name, [])
        if again is not None and again.values == meant:
            return raw
    problem = Problem(
        where=document.where(next(iter(changed))),
        what="the dossier is laid out in a way in which it cannot be changed without harm to the rest of it",
        cure="write each record on lines of its own, beginning with `- id:`, and each key on its own line",
    )
    raise EvidenceError([problem])


def _same(old: tuple[Item, ...], new: tuple[Item, ...]) -> bool:
    return _ordered(old, new) == old


def _ordered(old: tuple[Item, ...], new: tuple[Item, ...]) -> tuple[Item, ...]:
    """The new items in the order of the old ones, those of which the old have none after them."""
    by_id = {each["id"]: each for each in new}
    kept = [by_id[each["id"]] for each in old if each["id"] in by_id]
    known = {each["id"] for each in old}
    return (*kept, *(each for each in new if each["id"] not in known))


def _written(document: Document, changed: Mapping[str, tuple[Item, ...]], *, whole: bool) -> bytes:
    """The bytes with the changes; `whole` writes each changed item anew, where the parts of it cannot be changed."""
    text = document.text
    root = yamlfile.nodes(text)
    page = _Page(
        text, tuple(found.span() for found in _BREAK.finditer(text)), "\r\n" if "\r\n" in text else "\n", whole
    )
    edits = sorted(page.edits(document, root, changed), key=lambda edit: edit.first)
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.first], edit.text]
        at = edit.end
    return document.with_text("".join((*parts, text[at:])))


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a dossier, where its lines end, and how."""

    text: str
    breaks: tuple[tuple[int, int], ...]
    newline: str
    whole: bool
    """Whether each changed item is written anew."""

    def edits(self, document: Document, root: Any, changed: Mapping[str, tuple[Item, ...]]) -> Iterator[_Edit]:
        """Yield what is to be written in place of what."""
        nodes = {key.value: (key, node) for key, node in root.value}
        for name, items in changed.items():
            old = document.values.get(name, ())
            if name not in nodes:
                yield self._new_section(name, items)
                continue
            key, node = nodes[name]
            block = isinstance(node, yaml.SequenceNode) and not node.flow_style
            kept = {each["id"] for each in old} & {each["id"] for each in items}
            if not block or not kept or not self._by_lines(node):
                yield self._section(key, node, _ordered(old, items))
            else:
                yield from self._items(node, old, items)

    def _new_section(self, name: str, items: tuple[Item, ...]) -> _Edit:
        end = len(self.text)
        open_line = "" if self.breaks and self.breaks[-1][1] == end else self.newline
        lines = [f"{name}:", *(line for item in items for line in item_lines(item, "  "))]
        return _Edit(end, end, open_line + "".join(line + self.newline for line in lines))

    def _section(self, key: Any, node: Any, items: tuple[Item, ...]) -> _Edit:
        """A list that is written anew."""
        first, end = self._after_colon(key), self._end(node)
        lines = [line for item in items for line in item_lines(item, "  ")]
        if not lines:
            return _Edit(first, end, " []")
        return _Edit(first, self._line_end(end), "".join(self.newline + line for line in lines))

    def _by_lines(self, node: Any) -> bool:
        """Whether each item begins on a line of its own with nothing before its first key but the dash."""
        before = (self.text[self._line_start(item.start_mark.index) : item.start_mark.index] for item in node.value)
        return all(re.fullmatch(r" *- +", each) for each in before)

    def _items(self, node: Any, old: tuple[Item, ...], new: tuple[Item, ...]) -> Iterator[_Edit]:
        by_id = {each["id"]: each for each in new}
        last = node
        for item, was in zip(node.value, old, strict=True):
            now = by_id.get(was["id"])
            last = last if now is None else item
            if now is None:
                first = self._line_start(item.start_mark.index)
                yield _Edit(first, self._next_line(self._end(item)), "")
            elif now != was:
                yield from self._changed(item, was, now)
        known = {each["id"] for each in old}
        indent = " " * node.start_mark.column
        lines = [line for each in new if each["id"] not in known for line in item_lines(each, indent)]
        if lines:
            end = self._line_end(self._end(last))
            yield _Edit(end, end, "".join(self.newline + line for line in lines))

    def _changed(self, item: Any, was: Item, now: Item) -> Iterator[_Edit]:
        """The changed keys of an item; the whole item where they cannot be changed one by one."""
        keys = {key.value: (key, node) for key, node in item.value}
        first_key = next(iter(keys))
        if self.whole or item.flow_style or first_key not in now:
            indent = " " * (item.start_mark.column - 2)
            first, *rest = item_lines(now, indent)
            end = self._line_end(self._end(item))
            comment = self.text[self._end(item) : end]  # it would end up within a value that is folded
            yield _Edit(item.start_mark.index, end, self.newline.join((first[len(indent) + 2 :] + comment, *rest)))
            return
        indent = " " * item.start_mark.column
        before = first_key
        added: dict[str, list[str]] = {}
        for name, value in now.items():
            head, *rest = value_lines(value, indent, len(indent) + len(name) + 2)
            if name not in was:
                lines = [f"{indent}{name}:{' ' if head else ''}{head}", *rest]
                added.setdefault(before, []).extend(lines)
                continue
            before = name
            if value != was[name]:
                yield self._value(*keys[name], [head, *rest])
        for name in was.keys() - now.keys():
            key, node = keys[name]
            yield _Edit(self._line_start(key.start_mark.index), self._next_line(self._end(node)), "")
        for name, lines in added.items():
            end = self._line_end(self._end(keys[name][1]))
            yield _Edit(end, end, "".join(self.newline + line for line in lines))

    def _value(self, key: Any, node: Any, lines: list[str]) -> _Edit:
        """A value written anew; a comment after it stays on its line."""
        first, end = self._after_colon(key), self._end(node)
        space = " " if lines[0] else ""
        if len(lines) == 1:
            return _Edit(first, end, space + lines[0])
        line_end = self._line_end(end)
        comment = self.text[end:line_end] if self._line_start(end) <= first else ""
        return _Edit(first, line_end, self.newline.join((space + lines[0] + comment, *lines[1:])))

    def _after_colon(self, key: Any) -> int:
        return self.text.index(":", key.end_mark.index) + 1

    def _end(self, node: Any) -> int:
        """Where the last character of a value ends, without the blank lines and comments after it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        first, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") and "+" in self.text[first : first + 3]:
            return self._line_end(end - 1)  # the empty lines at its end are part of it
        return int(first + len(self.text[first:end].rstrip()))

    def _line_start(self, at: int) -> int:
        before = bisect_right(self.breaks, at, key=lambda each: each[1])
        return self.breaks[before - 1][1] if before else 0

    def _line_end(self, at: int) -> int:
        after = bisect_left(self.breaks, at, key=lambda each: each[0])
        return self.breaks[after][0] if after < len(self.breaks) else len(self.text)

    def _next_line(self, at: int) -> int:
        after = bisect_left(self.breaks, at, key=lambda each: each[0])
        return self.breaks[after][1] if after < len(self.breaks) else len(self.text)
