"""Values as a person writes them in YAML: words unquoted where they may be, long text folded, small parts in braces.

Every plain scalar is text to the reader (see `yamlfile`), so `true`, `2` and `2014-06-20` need no quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

import yaml

WIDTH = 110
"""Characters of a line, where text can be folded."""

_ENDLESS = 10**9
_FOLDS = re.compile(r"[^\s#]\S*( \S+)+")
"""Text that comes out of folding as it went in: words with one space between them."""


class _Dumper(yaml.SafeDumper):
    """Takes no plain scalar for anything but text, so that none is quoted for what it looks like."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML looks for it on the class


def item_lines(item: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield the lines of an entry of a list, the first with its dash; `indent` stands before the dash."""
    for number, (key, value) in enumerate(item.items()):
        head, *rest = value_lines(value, f"{indent}  ", len(indent) + len(key) + 4)
        yield f"{indent}{'  ' if number else '- '}{key}:{' ' if head else ''}{head}"
        yield from rest


def value_lines(value: Any, indent: str, used: int) -> tuple[str, ...]:
    """Return what is written after `key:`, and the lines that follow it; `indent` is that of the key.

    `used` is how many characters of the first line are taken.
    """
    if isinstance(value, str):
        return _text(value, indent, used)
    flow = _dump(_as_lists(value), flow=True)
    if isinstance(value, tuple) and value and len(flow) + used > WIDTH:
        return ("", *(line for each in value for line in _listed(each, indent)))
    return (flow,)


def _listed(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from item_lines(value, f"{indent}  ")
    else:
        head, *rest = value_lines(value, f"{indent}  ", len(indent) + 4)
        yield f"{indent}  - {head}"
        yield from rest


def _text(text: str, indent: str, used: int) -> tuple[str, ...]:
    if not all(character.isprintable() for character in text):
        return ('"' + "".join(map(_escaped, text)) + '"',)
    plain = _dump({"k": text}, flow=False).removeprefix("k: ")
    if len(plain) + used <= WIDTH or not _FOLDS.fullmatch(text):
        return (plain,)
    lines = wrap(text, WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    return (">-", *(f"{indent}  {line}" for line in lines))


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return {"\n": "\\n", "\t": "\\t"}.get(character) or f"\\U{ord(character):08X}"


def _as_lists(value: Any) -> Any:
    """The value with lists for tuples, which PyYAML would write with a tag."""
    if isinstance(value, Mapping):
        return {key: _as_lists(inner) for key, inner in value.items()}
    return [_as_lists(inner) for inner in value] if isinstance(value, tuple) else value


def _dump(value: Any, *, flow: bool) -> str:
    written: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=flow, width=_ENDLESS, allow_unicode=True, sort_keys=False
    )
    return written.removesuffix("\n")
