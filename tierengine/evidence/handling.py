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


def strictest(marks: Iterable[Mark]) -> Mark:
    """Return the mark that asks for everything that some marks ask for; of none, what anybody may have."""
    found = tuple(marks)
    handling = max((mark.handling for mark in found), key=_HANDLINGS.index, default=_HANDLINGS[0])
    return Mark(handling, any(mark.no_foreign for mark in found))
