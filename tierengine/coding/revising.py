"""Records and ratings written into a dossier, changed in it or taken out; the rest of the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from tierengine import yamlfile
from tierengine.coding.accepting import free_id
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.edits import Item, edited
from tierengine.evidence.records import Evidence, Rating
from tierengine.evidence.written import value_lines
from tierengine.terms.scalars import Model
from tierengine.yamlfile import Document

Written = TypeVar("Written", bound=Model)

_FORM = "the form"


def with_record(document: Document, record: Evidence | Rating) -> bytes:
    """Return the bytes of a dossier with a record: in the place of the one with its id, else after the others.

    Raise `EvidenceError` if the file is laid out in a way in which it cannot be changed with care.
    """
    items = _records(document)
    known = {str(each.get("id")) for each in items}
    new = _item(record)
    if record.id in known:
        return edited(document, {"records": tuple(new if each.get("id") == record.id else each for each in items)})
    return edited(document, {"records": (*items, new)})


def without_record(document: Document, name: str) -> bytes:
    """Return the bytes of a dossier without a record. Raise `EvidenceError` as `with_record` does."""
    return edited(document, {"records": tuple(each for each in _records(document) if each.get("id") != name)})


def rating_id(document: Document, word: str) -> str:
    """Return the id of the rating of an open word: of one that is given or waits to be filled in, else a new id."""
    for each in _records(document):
        if each.get("kind") == "judgement" and each.get("measures") == word:
            return str(each["id"])
    return free_id(f"rating-{word}", known_ids(document))


def known_ids(document: Document) -> set[str]:
    """Return the ids of everything in a dossier that answers a question."""
    lists = (document.values.get(name, ()) for name in ("records", "silences", "requests"))
    return {str(each["id"]) for items in lists for each in items if "id" in each}


def written_as(written: Mapping[str, Any], model: type[Written]) -> Written:
    """Return what a person wrote, key by key, as a part of a dossier; keys without a value are left out.

    Raise `EvidenceError` with a problem for each key, which it names.
    """
    given = {key: value for key, value in written.items() if value not in (None, "", {})}
    names = [key for key, value in given.items() for _ in value_lines(value, "", 0)]
    lines = (f"{key}: {chr(10).join(value_lines(value, '', len(key) + 2))}" for key, value in given.items())
    problems: list[Problem] = []
    document = yamlfile.load("\n".join(lines).encode(), _FORM, problems)
    found = yamlfile.check(document, model, problems) if document is not None else None
    if found is None or problems:
        raise EvidenceError(replace(each, where=_key(each.where, names)) for each in problems)
    return found


def _key(where: str, names: list[str]) -> str:
    """The key in whose lines a problem stands."""
    line = int(where.removeprefix(f"{_FORM}:").partition(":")[0])
    return names[line - 1] if line <= len(names) else _FORM


def _records(document: Document) -> tuple[Item, ...]:
    items: tuple[Item, ...] = document.values.get("records", ())
    return items


def _item(record: Evidence | Rating) -> Item:
    """A record as the reader of YAML would give it: every scalar as text, every list as a tuple."""
    dumped: Item = _as_read(record.model_dump(mode="json", by_alias=True, exclude_none=True))
    return dumped


def _as_read(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_read(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(map(_as_read, value))
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
