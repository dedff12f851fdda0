"""The one door by which YAML enters.

A file is read to plain values in which every scalar is text and every sequence a tuple, beside a map from
each value's path to its line and column. Anchors, tags and repeated keys are refused: the first can make a
small file huge, the second can name code, the third loses what was written first.
"""

from __future__ import annotations

import difflib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

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
    marks: dict[Path_, tuple[int, int]]

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
        marks = {below[len(path) :]: mark for below, mark in self.marks.items() if below[: len(path)] == path}
        return Document(self.name, self.raw, values, marks)

    def parts(self, key: str) -> list[Document]:
        """Return each value of a list as a document of its own, with the places that it has in this one."""
        marks: list[dict[Path_, tuple[int, int]]] = [{} for _ in self.values[key]]
        for path, mark in self.marks.items():
            if len(path) > 1 and path[0] == key and isinstance(path[1], int):
                marks[path[1]][path[2:]] = mark
        pairs = zip(self.values[key], marks, strict=True)
        return [Document(self.name, self.raw, values, places) for values, places in pairs]


def load(raw: bytes, name: str, problems: list[Problem]) -> Document | None:
    """Read the bytes of a YAML file; add what is wrong to `problems` and return `None` if nothing can be read."""
    text = _decode(raw, name, problems)
    if text is None:
        return None
    builder = _Builder(name, problems)
    try:
        values = builder.build(yaml.parse(text, Loader=_loader()))
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
    return Document(name, raw, values, builder.marks)


def load_path(path: Path, name: str, problems: list[Problem]) -> Document | None:
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
    return load(raw, name, problems)


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


@dataclass
class _Open:
    """A mapping or sequence that is still being read."""

    path: Path_
    values: dict[str, Any] | list[Any]
    key: str | None = None
    keys: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Turns libyaml's events into values and marks, without building nodes in between."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.marks: dict[Path_, tuple[int, int]] = {}
        self._stack: list[_Open] = []
        self._root: Any = None
        self._documents = 0

    def build(self, events: Iterator[Any]) -> Any:
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._open(event, [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._refuse(event, "an alias (`*name`) is not allowed", "write the value out where it is needed")
            elif kind is yaml.DocumentStartEvent:
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "a second document (`---`) in one file", "put it into a file of its own")
        if self._documents == 0:
            _add(self.problems, f"{self.name}:1:1", "the file is empty", "write its keys, or remove the file")
            raise _RefusedError
        return self._root

    def _refuse(self, event: Any, what: str, cure: str) -> None:
        _add(self.problems, self._where(event), what, cure)
        raise _RefusedError

    def _where(self, event: Any) -> str:
        return f"{self.name}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"

    def _guard(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(
                event, f"an anchor (`&{event.anchor}`) is not allowed", "write the value out where it is needed"
            )
        if event.tag is not None:
            self._refuse(
                event,
                f"a tag (`{event.tag.replace('tag:yaml.org,2002:', '!!')}`) is not allowed",
                "write the plain value without a tag",
            )

    def _scalar(self, event: Any) -> None:
        self._guard(event)
        if self._stack and isinstance(self._stack[-1].values, dict) and self._stack[-1].key is None:
            self._take_key(self._stack[-1], event)
        else:
            self._put(event, event.value)

    def _take_key(self, holder: _Open, event: Any) -> None:
        key = event.value
        line = event.start_mark.line + 1
        if key in holder.keys:
            _add(
                self.problems,
                self._where(event),
                f"the key `{key}` stands here a second time",
                f"keep one of the two; the first is on line {holder.keys[key]}",
            )
        holder.keys.setdefault(key, line)
        holder.key = key
        self.marks.setdefault((*holder.path, key), (line, event.start_mark.column + 1))

    def _put(self, event: Any, value: Any) -> Path_:
        """Hang a value into the holder that is open, and return its path."""
        if not self._stack:
            self.marks[()] = (event.start_mark.line + 1, event.start_mark.column + 1)
            self._root = value
            return ()
        holder = self._stack[-1]
        if isinstance(holder.values, list):
            path = (*holder.path, len(holder.values))
            self.marks[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
            holder.values.append(value)
            return path
        if holder.key is None:
            self._refuse(event, "a list or mapping is used as a key", "use a plain word as the key")
        assert holder.key is not None
        path = (*holder.path, holder.key)
        holder.values.setdefault(holder.key, value)
        holder.key = None
        return path

    def _open(self, event: Any, values: dict[str, Any] | list[Any]) -> None:
        self._guard(event)
        if len(self._stack) >= DEEPEST:
            self._refuse(event, f"nested more than {DEEPEST} levels deep", "name the inner part and refer to it")
        self._stack.append(_Open(self._put(event, values), values))

    def _close(self) -> None:
        closed = self._stack.pop()
        if isinstance(closed.values, list):
            self._replace(closed.path, tuple(closed.values))

    def _replace(self, path: Path_, values: tuple[Any, ...]) -> None:
        if not self._stack:
            self._root = values
            return
        holder = self._stack[-1].values
        if isinstance(holder, list):
            holder[-1] = values
        else:
            holder[str(path[-1])] = values


@dataclass(frozen=True, slots=True)
class _Mismatch:
    """One finding of pydantic, with what is needed to tell it."""

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
    what, cure = _TOLD.get(mismatch.kind, _wrong_type)(mismatch)
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


_TOLD: dict[str, Callable[[_Mismatch], tuple[str, str]]] = {
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
