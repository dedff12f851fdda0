"""A rulebook that was found sound, as bytes: one line of JSON for each entry, so that a date has only its own made.

The first line lists the rest: which entries there are of which kind, and when each is in force. Every model is written
with its name, and without what it has by default. Who reads it back sees to it that these are the bytes that were
written, by the same program: what was checked before is not checked again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from pydantic_core import PydanticUndefined

from tierengine.law import conditions, entries
from tierengine.law.rulebook import Rulebook
from tierengine.law.section import Section, Span
from tierengine.terms.bounds import WrittenBounds
from tierengine.terms.scalars import Model

_MODEL, _DAY = "", "day"
"""The key under which a model has its name, and what stands there of a date. No mapping of the law has such a key."""

_MODELS = {
    found.__name__: found
    for found in (*vars(entries).values(), *vars(conditions).values(), WrittenBounds)
    if isinstance(found, type) and issubclass(found, Model)
}


def stored(rulebook: Rulebook) -> bytes:
    """Return a rulebook as bytes."""
    head = {
        "digest": rulebook.digest,
        "measures": sorted(rulebook.measures),
        "sections": {
            name: [[str(day) if day else None for day in span] for span in section.spans]
            for name, section in rulebook.sections.items()
        },
    }
    written = (_written(entry) for section in rulebook.sections.values() for entry in section)
    lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in (head, *written))
    return "\n".join(lines).encode()


def restored(raw: bytes) -> Rulebook:
    """Return the rulebook of which these are the bytes."""
    first, *lines = raw.split(b"\n")
    head = json.loads(first)
    sections, before = {}, 0
    for name, spans in head["sections"].items():
        own = lines[before : before + len(spans)]
        sections[name] = Section([_span(*span) for span in spans], partial(_entry, own))
        before += len(spans)
    return Rulebook(digest=head["digest"], sections=sections, measures=frozenset(head["measures"]))


def _span(first: str, until: str | None) -> Span:
    return date.fromisoformat(first), date.fromisoformat(until) if until else None


def _entry(lines: Sequence[bytes], number: int) -> Any:
    return _READER.decode(lines[number].decode())


def _written(value: Any) -> Any:
    if isinstance(value, Model):
        defaults = _defaults(type(value))
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        given = {name: each for name, each in fields.items() if name not in defaults or each != defaults[name]}
        return {_MODEL: type(value).__name__} | {name: _written(each) for name, each in given.items()}
    if isinstance(value, date):
        return {_MODEL: _DAY, _DAY: str(value)}
    if isinstance(value, dict):
        return {name: _written(each) for name, each in value.items()}
    return [_written(each) for each in value] if isinstance(value, tuple) else value


def _read(found: dict[str, Any]) -> Any:
    """Return what an object of JSON stands for; what is within it was read before."""
    name = found.pop(_MODEL, None)
    if name == _DAY:
        return date.fromisoformat(found[_DAY])
    for key, value in found.items():
        if value.__class__ is list:
            found[key] = tuple(value)
    return found if name is None else _made(_MODELS[name], found)


def _made(model: type[Model], given: dict[str, Any]) -> Model:
    """Return a model with what pydantic gives one that it has checked."""
    made = model.__new__(model)
    put = object.__setattr__
    put(made, "__dict__", _defaults(model) | given)
    put(made, "__pydantic_fields_set__", set(given))
    put(made, "__pydantic_extra__", None)
    put(made, "__pydantic_private__", None)
    return made


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    return {name: each.default for name, each in model.model_fields.items() if each.default is not PydanticUndefined}


_READER = json.JSONDecoder(object_hook=_read)
