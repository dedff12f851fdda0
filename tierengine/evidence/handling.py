"""How a source, and what was coded from it, is to be handled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Handling = Literal["unclassified", "sensitive but unclassified", "unknown"]
"""From the freest to the strictest; `unknown` where there is no marking at all, so that a person must be asked."""

_HANDLINGS: tuple[Handling, ...] = get_args(Handling)


@dataclass(frozen=True, slots=True)
class Mark:
    """A handling, and whether it is not for foreign governments (NF, NOFORN)."""

    handling: Handling
    no_foreign: bool = False

    def __str__(self) -> str:
        return self.handling.upper() + ("; NOT FOR FOREIGN GOVERNMENTS" if self.no_foreign else "")

    def covers(self, mark: Mark) -> bool:
        """Return whether who is shown what bears this mark may be shown what bears another."""
        return strictest((mark, self)) == self


def strictest(marks: Iterable[Mark]) -> Mark:
    """Return the mark that asks for everything that some marks ask for; of none, what anybody may have."""
    found = tuple(marks)
    handling = max((mark.handling for mark in found), key=_HANDLINGS.index, default=_HANDLINGS[0])
    return Mark(handling, any(mark.no_foreign for mark in found))


NO_FOREIGN = "not for foreign governments"
"""How the mark of what foreign governments are not given is called where people are cleared for it."""

MARKS: tuple[str, ...] = ("sensitive but unclassified", "unknown", NO_FOREIGN)
"""What a person may be cleared for. What bears none of these marks everybody is shown."""

EVERYTHING = Mark("unknown", no_foreign=True)


def cleared_for(words: Iterable[str]) -> Mark:
    """Return the strictest mark whose bearers are shown to somebody who is cleared for some marks.

    What bears no marking at all (`unknown`) may be sensitive: being cleared for it alone does not open what it may be.
    """
    given = {" ".join(each.split()).casefold() for each in words}
    handling = _HANDLINGS[0]
    for each in _HANDLINGS[1:]:
        if each not in given:
            break
        handling = each
    return Mark(handling, NO_FOREIGN in given)
