"""The worksheets of a dossier: which lists of it they hold, and which column holds which key.

A worksheet's columns are the keys of the model, so that a key that the model gains is a column here. A key within a
key is written with a dot (`period.first`), and a list of names with commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from tierengine.evidence.dossier import Request, Silent
from tierengine.evidence.records import Evidence, Rating

Holds = Literal["text", "number", "date", "names", "value"]
"""What the cells of a column hold; `value` is what a record says, a word or a number."""

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key that it holds, and what may stand in it."""

    path: tuple[str, ...]
    holds: Holds
    words: tuple[str, ...]
    """The words there are, if no others may be written."""
    required: bool
    """Whether an item without it is incomplete; of a key within an optional one, where that one is there."""
    always: bool
    """Whether an item without it is incomplete in any case."""

    @property
    def name(self) -> str:
        """What stands in the head of the column."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: the list of the dossier of which it holds items, and its columns."""

    name: str
    section: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    """The keys of an item in the order in which they are written."""
    fixed: Mapping[str, str]
    """What every item of it says, so that no column is needed."""

    def takes(self, item: Mapping[str, Any]) -> bool:
        """Whether an item of the section belongs here and not on another sheet of the section."""
        return self.name == _ROOMS.get((self.section, str(item.get("kind"))), _ROOMS[self.section, ""])


_ROOMS = {
    ("records", ""): "records",
    ("records", "judgement"): "ratings",
    ("silences", ""): "silences",
    ("requests", ""): "requests",
}
_LAST = ("anchor", "handling", "note", "carried")
"""Keys that are seldom written and stand at the right."""


def _sheet(name: str, section: str, model: type[BaseModel], **fixed: str) -> Sheet:
    found = [column for column in _of_model(model, (), always=True) if column.name not in fixed]
    columns = tuple(sorted(found, key=lambda column: column.path[0] in _LAST))
    return Sheet(name, section, columns, tuple(field.alias or key for key, field in model.model_fields.items()), fixed)


def _of_model(model: type[BaseModel], path: tuple[str, ...], *, always: bool) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        key = (*path, field.alias or name)
        if name == "value":
            yield Column(key, "value", (), required=True, always=True)
            for bound in ("at_least", "at_most"):
                yield Column((*key, bound), "number", (), required=False, always=False)
        else:
            yield from _of_type(_bare(field.annotation), key, required=field.is_required(), always=always)


def _of_type(kind: Any, path: tuple[str, ...], *, required: bool, always: bool) -> Iterator[Column]:
    always = always and required
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _of_model(kind, path, always=always)
    elif get_origin(kind) is Literal:
        yield Column(path, "text", tuple(map(str, get_args(kind))), required, always)
    else:
        holds: Holds = "names" if get_origin(kind) is tuple else "date" if kind is date else "text"
        yield Column(path, holds, (), required, always)


def _bare(kind: Any) -> Any:
    """A type without what is said of it, and without the `None` of what may be left out."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    inner = [each for each in get_args(kind) if each is not NoneType]
    if NoneType in get_args(kind) and len(inner) == 1:
        return _bare(inner[0])
    return kind


SHEETS: tuple[Sheet, ...] = (
    _sheet("records", "records", Evidence),
    _sheet("ratings", "records", Rating, kind="judgement"),
    _sheet("silences", "silences", Silent),
    _sheet("requests", "requests", Request),
)
"""The worksheets that are read back, in their order."""

SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(sheet.section for sheet in SHEETS))


def cells(sheet: Sheet, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the text of each cell of an item, empty where it says nothing."""
    return tuple(_shown(_at(item, column.path)) for column in sheet.columns)


def _at(item: Mapping[str, Any] | None, path: tuple[str, ...]) -> Any:
    """What stands at a path, or nothing."""
    value: Any = item
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else ""


def same_text(first: str, second: str) -> bool:
    """Whether two cells say the same, however their lines end and whatever spaces stand around them."""
    return _trimmed(first) == _trimmed(second)


def _trimmed(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text).strip()


def item_of(sheet: Sheet, row: tuple[str, ...], was: Mapping[str, Any] | None = None) -> Item:
    """Return the item that a row of cells describes; a cell that says what it said before leaves it as it `was`.

    What must be said and is not is an empty text, so that the reader of dossiers reports it.
    """
    before = cells(sheet, was) if was is not None else ("",) * len(row)
    if was is not None and all(map(same_text, before, row)):
        return dict(was)
    given: dict[Column, Any] = {}
    for column, text, old in zip(sheet.columns, row, before, strict=True):
        kept = _at(was, column.path) if same_text(text, old) else _read(column, _trimmed(text))
        if kept is not None and not isinstance(kept, Mapping):
            given[column] = kept
    heads = {column.path[0] for column in given}
    item: Item = {key: value for key, value in (was or {}).items() if key not in {c.path[0] for c in sheet.columns}}
    for column in sheet.columns:
        if column in given:
            _put(item, column.path, given[column])
        elif column.required and (column.always or column.path[0] in heads) and column.path[0] != "value":
            _put(item, column.path, "")
        elif column.path == ("value",) and "value" not in heads:
            item["value"] = ""
    item |= sheet.fixed
    return dict(sorted(item.items(), key=lambda pair: sheet.keys.index(pair[0])))


def _read(column: Column, text: str) -> Any:
    """What a changed cell says, or nothing if it is empty."""
    if column.holds == "names":
        return tuple(part.strip() for part in text.split(",") if part.strip()) or None
    return text or None


def _put(item: Item, path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        inner = item.get(key)
        item[key] = dict(inner) if isinstance(inner, Mapping) else {}
        item = item[key]
    item[path[-1]] = value
