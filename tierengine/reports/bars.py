"""What is shown of a standard, factor or route, and what is still possible: in words, and as a small bar.

A bar has three parts, one for each step up the scale from `not met` over `partly met` and `largely met` to `met`. A
part that is shown is full, one that is still possible is light, and one that is out of reach is empty. A scale that
has fewer levels takes several steps at once, so that bars can be compared with one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tierengine.reasoning.assessment import RouteAnswer, StandardAnswer
from tierengine.reports.states import State
from tierengine.terms.level import LEVELS, Level, rank

Part = Literal["shown", "possible", "out"]

STEPS = len(LEVELS) - 1
"""How many parts a bar has."""

_SIGNS: dict[Part, str] = {"shown": "\u2588", "possible": "\u2591", "out": "\u00b7"}
_PLAIN_SIGNS: dict[Part, str] = {"shown": "#", "possible": "?", "out": "-"}


@dataclass(frozen=True, slots=True)
class Bar:
    """The lowest and the highest level that something can have."""

    shown: Level
    possible: Level
    neutral: bool = False
    """Whether neither end of the scale is the good one, as for what leads to the watch list."""

    @property
    def settled(self) -> bool:
        """Whether the level is known."""
        return self.shown == self.possible

    @property
    def words(self) -> str:
        """The same in words: one level where it is known, else both."""
        return self.shown if self.settled else f"shown: {self.shown} \u00b7 possible: {self.possible}"

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the bar, from the worst to the best."""
        shown, possible = rank(self.shown), rank(self.possible)
        return tuple(
            "shown" if step <= shown else "possible" if step <= possible else "out" for step in range(1, STEPS + 1)
        )

    @property
    def state(self) -> State:
        """The sort of outcome by which it is coloured."""
        if not self.settled:
            return "open"
        if self.neutral:
            return "plain"
        return "met" if self.shown == LEVELS[-1] else "not-met" if self.shown == LEVELS[0] else "plain"


def bar_of(answer: StandardAnswer | RouteAnswer) -> Bar:
    """Return the bar of a standard, factor or route."""
    return Bar(answer.shown, answer.possible, neutral=isinstance(answer, RouteAnswer))


_OFFICE_SIGNS: dict[Part, str] = {"shown": "\u25a0", "possible": "\u25a1", "out": "\u00b7"}


ROUTE_LEGEND = "A route that is met leads to the special watch list."
DRAWN_LEGEND = f"A full part is shown, a hatched one is still possible, an empty one is out of reach. {ROUTE_LEGEND}"
"""What the parts of a bar mean where it is drawn."""


def office_signs(bar: Bar) -> str:
    """Return a bar in the signs that the fonts of word processors have."""
    return "".join(_OFFICE_SIGNS[part] for part in bar.parts)


def office_legend() -> str:
    """Return what the signs of a bar in a word processor mean."""
    return f"\u25a0 shown, \u25a1 still possible, \u00b7 out of reach. {ROUTE_LEGEND}"


def signs(bar: Bar, *, plain: bool = False) -> str:
    """Return a bar as text; `plain` keeps to the signs of ASCII."""
    return "".join((_PLAIN_SIGNS if plain else _SIGNS)[part] for part in bar.parts)


def legend(*, plain: bool = False) -> str:
    """Return what the signs of a bar mean."""
    of = _PLAIN_SIGNS if plain else _SIGNS
    return f"{of['shown']} shown, {of['possible']} still possible, {of['out']} out of reach"
