"""How many steps a pattern takes: the time that a slow one takes, counted, and so the same on every machine."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from re import _compiler, _constants, _parser  # type: ignore[attr-defined] # nothing else shows a pattern's parts
from types import ModuleType
from typing import Any

Part = tuple[Any, Any]
Then = Callable[[int], bool]

_DEEP = 20_000
"""Calls within one another: a few for each letter of a run."""


def patterns_of(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """The patterns of text that a module keeps, by themselves or in tuples."""
    waiting = list(vars(module).values())
    while waiting:
        each = waiting.pop()
        if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
            yield each
        elif isinstance(each, tuple):
            waiting += each


def steps(pattern: re.Pattern[str], text: str) -> int:
    """How many parts of a pattern are tried at places of a text until it is found, or known not to be there."""
    search, limit = _Search(pattern, text), sys.getrecursionlimit()
    sys.setrecursionlimit(_DEEP)
    try:
        found = any(search.from_(search.parts, place, lambda _: True) for place in range(len(text) + 1))
    finally:
        sys.setrecursionlimit(limit)
    assert found is (pattern.search(text) is not None)
    return search.steps


class _Search:
    """A search that goes back as that of Python does, and counts."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._read = _parser.parse(pattern.pattern, pattern.flags)
        self._alone: dict[int, re.Pattern[str]] = {}
        self._text = text
        self.parts: Sequence[Part] = tuple(self._read)
        self.steps = 0

    def from_(self, parts: Sequence[Part], place: int, then: Then) -> bool:
        """Whether some parts match from a place on, and what comes then matches after them."""
        if not parts:
            return then(place)
        self.steps += 1
        part, rest = parts[0], parts[1:]
        kind, value = part

        def go_on(end: int) -> bool:
            return self.from_(rest, end, then)

        if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            return self._repeated(part, 0, place, go_on)
        if kind is _constants.SUBPATTERN:
            return self.from_(tuple(value[3]), place, go_on)
        if kind is _constants.BRANCH:
            return any(self.from_(tuple(each), place, go_on) for each in value[1])
        if kind in (_constants.ASSERT, _constants.ASSERT_NOT) and value[0] > 0:
            ahead = self.from_(tuple(value[1]), place, lambda _: True)
            return ahead is (kind is _constants.ASSERT) and go_on(place)
        found = self._by_itself(part).match(self._text, place)
        return found is not None and go_on(found.end())

    def _repeated(self, part: Part, done: int, place: int, then: Then) -> bool:
        kind, (least, most, repeated) = part

        def once_more() -> bool:
            return done < most and self.from_(
                tuple(repeated), place, lambda end: end > place and self._repeated(part, done + 1, end, then)
            )

        def enough() -> bool:
            return done >= least and then(place)

        ways = (enough, once_more) if kind is _constants.MIN_REPEAT else (once_more, enough)
        return any(way() for way in ways)

    def _by_itself(self, part: Part) -> re.Pattern[str]:
        """What looks at one place alone, as a pattern that Python matches."""
        if id(part) not in self._alone:
            self._alone[id(part)] = _compiler.compile(_parser.SubPattern(self._read.state, [part]))
        return self._alone[id(part)]
