"""Compares an answer that was made again with the one that was recorded.

An answer of this version comes out byte for byte. One that another version made may be in other words, and an
earlier one lacks what was not answered then: it is compared in all that it decides. That is everything but the
sentences and the answers by which an open tier may be reached, of which there are many: the tier and what is open,
outcomes and levels, citations, rules and records of every step, what was set aside, what is still to be answered, and
the receipt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tierengine.reasoning.assess import VERSION

_SENTENCES = frozenset(("because", "note", "reason", "says", "title", "witness"))
"""What is said in words that another version may choose otherwise."""
_NAMED = frozenset(("to_settle",))
"""Questions of which only the name in brackets decides."""
_CAME_WITH = {
    (0, 2): frozenset(
        ("hinges", "open_to_a_person", "possible", "rests_on", "shown", "status", "worth_asking"),
    ),
}
"""Version to the keys that no answer of an earlier one has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sameness:
    """How an answer that was made again compares with the recorded one."""

    differs_at: str | None = None
    """The place of the first difference, as a JSON pointer; nothing where both decide the same."""
    in_other_words: bool = False
    """Whether another version said it in other words, so that only what it decides was compared."""


def compared(recorded: bytes, again: bytes, made_by: str) -> Sameness:
    """Compare an answer as a version of tierengine recorded it with the same answer made by this one."""
    if recorded == again:
        return Sameness()
    then, found = json.loads(recorded), json.loads(again)
    if made_by == VERSION:
        return Sameness(differs_at=first_difference(then, found))
    try:
        found["receipt"]["tierengine"] = made_by
        before, after = _decides(then, frozenset()), _decides(found, _unknown_to(made_by))
    except (AttributeError, LookupError, TypeError, ValueError):
        return Sameness(differs_at=first_difference(then, found))
    if before == after:
        return Sameness(in_other_words=True)
    return Sameness(differs_at=first_difference(before, after))


def _unknown_to(version: str) -> frozenset[str]:
    """The keys that came after a version."""
    made_by = tuple(int(part) for part in version.split("."))
    return frozenset(key for came, keys in _CAME_WITH.items() if made_by < came for key in keys)


def _decides(value: Any, later: frozenset[str]) -> Any:
    """What an answer decides, without its sentences and without the keys that came later."""
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key not in _SENTENCES | later}
        return {key: _names(each) if key in _NAMED else _decides(each, later) for key, each in kept.items()}
    if isinstance(value, list):
        return [_decides(each, later) for each in value]
    return value


def _names(questions: Iterable[str]) -> list[str]:
    """The names at the end of some questions."""
    return [question.rsplit("[", 1)[-1] for question in questions]


def first_difference(recorded: Any, again: Any, at: str = "") -> str:
    """Return the place of the first difference of two JSON values, as a JSON pointer (RFC 6901)."""
    if isinstance(recorded, dict) and isinstance(again, dict) and recorded.keys() == again.keys():
        pairs: Iterable[tuple[Any, Any, Any]] = ((name, recorded[name], again[name]) for name in sorted(recorded))
    elif isinstance(recorded, list) and isinstance(again, list) and len(recorded) == len(again):
        pairs = ((number, *pair) for number, pair in enumerate(zip(recorded, again, strict=True)))
    else:
        return at or "/"
    for name, before, after in pairs:
        if before != after:
            return first_difference(before, after, f"{at}/{name}")
    return at or "/"
