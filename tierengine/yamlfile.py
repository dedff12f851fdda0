"""The one door by which YAML enters.

A file is read to plain values in which every scalar is text and every sequence a tuple, beside a map from
each value's path to its line and column. Anchors, tags and repeated keys are refused: the first can make a
small file huge, the second can name code, the third loses what was written first.
"""

from __future__ import annotations

import difflib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from tierengine.errors import Problem, UsageError

LARGEST = 2 * 1024 * 1024
"""Bytes; a hand-written dossier or criterion stays far below it."""

DEEPEST = 40
"""Levels of nesting; libyaml and pydantic would both go deeper than any writer means to."""

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its name as shown to people, its bytes, its values, and where each value stands."""

    name: str
    raw: bytes
    values: Any
    marks: Mapping[Path_, tuple[int, int]]
    """Path to line and column, from 1."""

    @property
    def text(self) -> str:
        """The characters of the file, without the mark that some editors set before them."""
        return self.raw.decode("utf-8-sig")

    def with_text(self, text: str) -> bytes:
        """Return the bytes of the file with other characters; the mark before them stays if there is one."""
        return (BOM_UTF8 if self.raw.startswith(BOM_UTF8) else b"") + text.encode()

    def where(self, *path: str | int) -> str:
        """Return `file:line:column` of the value at the path, or of the nearest value around it."""
        while path and path not in self.marks:
            path = path[:-1]
        line, column = self.marks.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"

    def part(self, *path: str | int) -> Document:
        """Return the value at a path as a document of its own, with the places that it has in this one."""
        values = self.values
        for step in path:
            values = values[step]
        return Document(self.name, self.raw, values, _Below(self.marks, path))

    def parts(self, key: str) -> list[Document]:
        """Return each value of a list as a document of its own, with the places that it has in this one."""
        return [self.part(key, number) for number in range(len(self.values[key]))]


class _Places(Mapping[Path_, tuple[int, int]]):
    """Where each value of a text stands. It is read again for that, since of a sound file hardly anybody asks."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _found(self) -> dict[Path_, tuple[int, int]]:
        marks: dict[Path_, tuple[int, int]] = {}
        _Reading(self._text, "", [], marks).root()
        return marks

    def __getitem__(self, path: Path_) -> tuple[int, int]:
        return self._found[path]

    def __iter__(self) -> Iterator[Path_]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class _Below(Mapping[Path_, tuple[int, int]]):
    """Where each value of a part stands, out of the places of the whole."""

    def __init__(self, marks: Mapping[Path_, tuple[int, int]], above: Path_) -> None:
        self._marks = marks
        self._above = above

    def __getitem__(self, path: Path_) -> tuple[int, int]:
        return self._marks[(*self._above, *path)]

    def __iter__(self) -> Iterator[Path_]:
        depth = len(self._above)
        return (path[depth:] for path in self._marks if path[:depth] == self._above)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def load(raw: bytes, name: str, problems: list[Problem], *, placed: bool = False) -> Document | None:
    """Read the bytes of a YAML file; add what is wrong to `problems` and return `None` if nothing can be read.

    With `placed`, it is noted on the way where each value stands, for who will ask of many even if all is sound.
    """
    text = _decode(raw, name, problems)
    if text is None:
        return None
    marks: dict[Path_, tuple[int, int]] | None = {} if placed else None
    try:
        values = _Reading(text, name, problems, marks).root()
    except _RefusedError:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        _add(
            problems,
            f"{name}:{line}:{column}",
            f"not well-formed YAML: {error.problem}",
            "check indentation, colons and quotes at and just above this line",
        )
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        _add(problems, f"{name}:{line}:1", "holds a character that YAML does not allow", "remove the control character")
        return None
    return Document(name, raw, values, _Places(text) if marks is None else marks)


def load_path(path: Path, name: str, problems: list[Problem], *, placed: bool = False) -> Document | None:
    """Read a YAML file from disk; like `load`, and a file that cannot be opened is a problem too."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        _add(
            problems,
            f"{name}:1:1",
            f"cannot be opened: {error.strerror or 'no such file'}",
            "name a file that exists and may be read",
        )
        return None
    return load(raw, name, problems, placed=placed)


def check(document: Document, model: type[M], problems: list[Problem]) -> M | None:
    """Read the document as a model; add every mismatch to `problems` with its place and cure."""
    try:
        return model.model_validate(document.values)
    except ValidationError as error:
        problems.extend(_problem(document, model, dict(detail)) for detail in error.errors(include_url=False))
        return None


def nodes(text: str) -> Any:
    """Return the root node of a text that was read before, with the places of all below it; nothing if it is empty."""
    return yaml.compose(text, Loader=_loader())


class _RefusedError(Exception):
    """The file is refused; the reason already stands among the problems."""


def _loader() -> Any:
    """Return libyaml's reader. PyYAML's own refuses some texts that libyaml reads, so no other stands in for it."""
    if not hasattr(yaml, "CSafeLoader"):
        raise UsageError(
            [
                Problem(
                    where="PyYAML",
                    what="it was built without libyaml, and reads some files otherwise",
                    cure="install libyaml (Debian: libyaml-dev), then run: "
                    "pip install --force-reinstall --no-cache-dir pyyaml",
                )
            ]
        )
    return yaml.CSafeLoader


def _add(problems: list[Problem], where: str, what: str, cure: str) -> None:
    problems.append(Problem(where=where, what=what, cure=cure))


def _decode(raw: bytes, name: str, problems: list[Problem]) -> str | None:
    if len(raw) > LARGEST:
        _add(problems, f"{name}:1:1", f"larger than {LARGEST} bytes", "split it; a hand-written file is far smaller")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        _add(problems, f"{name}:{line}:{column}", "not UTF-8 text", "save the file in the encoding UTF-8")
        return None


class _Reading:
    """Turns libyaml's events into values, without building nodes in between; and notes where each stands, if asked."""

    def __init__(
        self, text: str, name: str, problems: list[Problem], marks: dict[Path_, tuple[int, int]] | None = None
    ) -> None:
        self._name = name
        self._problems = problems
        self._marks = marks
        self._next: Callable[[], Any] = _loader()(text).get_event
        self._path: list[str | int] = []

    def root(self) -> Any:
        """Return the value of the one document of the file."""
        self._next()  # the stream begins
        if type(self._next()) is not DocumentStartEvent:
            _add(self._problems, f"{self._name}:1:1", "the file is empty", "write its keys, or remove the file")
            raise _RefusedError
        event = self._next()
        self._note(event)
        value = self._value(event)
        self._next()  # the document ends
        if type(second := self._next()) is DocumentStartEvent:
            self._refuse(second, "a second document (`---`) in one file", "put it into a file of its own")
        return value

    def _value(self, event: Any) -> Any:
        if event.anchor is not None or event.tag is not None:
            self._guard(event)
        if type(event) is ScalarEvent:
            return event.value
        if len(self._path) >= DEEPEST:
            self._refuse(event, f"nested more than {DEEPEST} levels deep", "name the inner part and refer to it")
        return self._mapping() if type(event) is MappingStartEvent else self._sequence()

    def _mapping(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        keys: dict[str, Any] = {}
        path, take, marks = self._path, self._next, self._marks
        while type(event := take()) is not MappingEndEvent:
            if type(event) is not ScalarEvent or event.anchor is not None or event.tag is not None:
                self._guard(event)
                self._refuse(event, "a list or mapping is used as a key", "use a plain word as the key")
            key: str = event.value
            if key in keys:
                self._twice(event, keys[key])
            if marks is not None:
                self._note(event, key)
            found = take()
            if type(found) is ScalarEvent and found.anchor is None and found.tag is None:  # as most are
                value = found.value
            else:
                path.append(key)
                value = self._value(found)
                path.pop()
            if key not in keys:
                keys[key], values[key] = event, value
        return values

    def _sequence(self) -> tuple[Any, ...]:
        values: list[Any] = []
        path, take, marks = self._path, self._next, self._marks
        while type(event := take()) is not SequenceEndEvent:
            if marks is not None:
                self._note(event, len(values))
            if type(event) is ScalarEvent and event.anchor is None and event.tag is None:
                values.append(event.value)
            else:
                path.append(len(values))
                values.append(self._value(event))
                path.pop()
        return tuple(values)

    def _note(self, event: Any, *step: str | int) -> None:
        if self._marks is not None:
            place = event.start_mark
            self._marks.setdefault((*self._path, *step), (place.line + 1, place.column + 1))

    def _twice(self, event: Any, first: Any) -> None:
        _add(
            self._problems,
            self._where(event),
            f"the key `{event.value}` stands here a second time",
            f"keep one of the two; the first is on line {first.start_mark.line + 1}",
        )

    def _guard(self, event: Any) -> None:
        """Refuse what may stand for something else than it says."""
        if type(event) is AliasEvent:
            self._refuse(event, "an alias (`*name`) is not allowed", "write the value out where it is needed")
        if event.anchor is not None:
            what = f"an anchor (`&{event.anchor}`) is not allowed"
            self._refuse(event, what, "write the value out where it is needed")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, f"a tag (`{tag}`) is not allowed", "write the plain value without a tag")

    def _refuse(self, event: Any, what: str, cure: str) -> NoReturn:
        _add(self._problems, self._where(event), what, cure)
        raise _RefusedError

    def _where(self, event: Any) -> str:
        return f"{self._name}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"


@dataclass(frozen=True, slots=True)
class _Mismatch:
    """One finding of pydantic, with what is needed to put it into words."""

    name: str
    missing: str
    given: Any
    context: dict[str, Any]
    message: str
    kind: str
    model: type[BaseModel]


def _problem(document: Document, model: type[BaseModel], detail: dict[str, Any]) -> Problem:
    """Put one finding of pydantic into the words of the person who wrote the file."""
    path, rest = _resolve(document, detail["loc"])
    mismatch = _Mismatch(
        name=str(path[-1]) if path else "the file",
        missing=str(rest[-1]) if rest else "",
        given=detail.get("input"),
        context=detail.get("ctx", {}),
        message=detail["msg"],
        kind=detail["type"],
        model=model,
    )
    what, cure = _IN_WORDS.get(mismatch.kind, _wrong_type)(mismatch)
    return Problem(where=document.where(*path), what=what, cure=cure)


def _missing(mismatch: _Mismatch) -> tuple[str, str]:
    return f"`{mismatch.missing}` is missing", f"add `{mismatch.missing}:` here"


def _unknown_key(mismatch: _Mismatch) -> tuple[str, str]:
    return f"unknown key `{mismatch.name}`", _nearest(mismatch.name, mismatch.model)


def _refused(mismatch: _Mismatch) -> tuple[str, str]:
    """A message of our own validators: what is wrong, a semicolon, the cure."""
    what, _, cure = str(mismatch.context.get("error", mismatch.message)).partition("; ")
    return what, cure or f"correct `{mismatch.name}`"


def _unknown_word(mismatch: _Mismatch) -> tuple[str, str]:
    allowed = str(mismatch.context.get("expected")).replace("'", "")
    return f"`{_shown(mismatch.given)}` is not a known word here", f"write one of: {allowed}"


def _unknown_tag(mismatch: _Mismatch) -> tuple[str, str]:
    tag = str(mismatch.context["discriminator"]).strip("'")
    allowed = str(mismatch.context["expected_tags"]).replace("'", "")
    return f"`{tag}: {mismatch.context['tag']}` is not a known word here", f"write one of: {allowed}"


def _missing_tag(mismatch: _Mismatch) -> tuple[str, str]:
    tag = str(mismatch.context["discriminator"]).strip("'")
    return f"`{tag}` is missing", f"add `{tag}:` here"


def _not_of_the_form(mismatch: _Mismatch) -> tuple[str, str]:
    what = f"`{_shown(mismatch.given)}` is not written as `{mismatch.name}` must be"
    return what, f"match the form {mismatch.context['pattern']}"


def _empty(mismatch: _Mismatch) -> tuple[str, str]:
    return f"`{mismatch.name}` is empty", f"fill in `{mismatch.name}`, or remove the key"


def _wrong_type(mismatch: _Mismatch) -> tuple[str, str]:
    what = f"`{mismatch.name}` is of the wrong type: {_type_found(mismatch.given)} stands here"
    return what, f"write {_WANTED.get(mismatch.kind, mismatch.message.lower())}"


_IN_WORDS: dict[str, Callable[[_Mismatch], tuple[str, str]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "value_error": _refused,
    "literal_error": _unknown_word,
    "union_tag_invalid": _unknown_tag,
    "union_tag_not_found": _missing_tag,
    "string_pattern_mismatch": _not_of_the_form,
    "string_too_short": _empty,
    "too_short": _empty,
}

_WANTED = {
    "string_type": "a text",
    "tuple_type": "a list, each item after `- `",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "dict_type": "a mapping of keys to values",
}


def _type_found(given: Any) -> str:
    if isinstance(given, str):
        return f"the text `{_shown(given)}`"
    return "a list" if isinstance(given, tuple) else "a mapping"


def _shown(given: Any) -> str:
    text = given if isinstance(given, str) else type(given).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def _resolve(document: Document, loc: tuple[str | int, ...]) -> tuple[Path_, tuple[str | int, ...]]:
    """Split a location of pydantic into the path that stands in the file and what is not there.

    Pydantic mixes the names of union members into its locations; those stand nowhere in the file and are left out.
    """
    path: Path_ = ()
    rest: tuple[str | int, ...] = ()
    for part in loc:
        if (*path, part) in document.marks:
            path, rest = (*path, part), ()
        else:
            rest = (*rest, part)
    return path, rest


def _nearest(key: str, model: type[BaseModel]) -> str:
    known = sorted(set(_schema_keys(model.model_json_schema(by_alias=True))))
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean `{near[0]}`?" if near else "remove it, or see `tierengine schema` for the keys that exist"


def _schema_keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for value in schema.values():
            yield from _schema_keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _schema_keys(value)
