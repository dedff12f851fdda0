"""The ordinal scale of a criterion, from the worst level to the best."""

from __future__ import annotations

from typing import Literal

Level = Literal["not met", "partly met", "largely met", "met"]

LEVELS: tuple[Level, ...] = ("not met", "partly met", "largely met", "met")


Certainty = Literal["high", "moderate", "low", "very low"]
"""How far the sources of a finding carry; kept apart from its level."""


CERTAINTIES: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")


def rank(level: Level) -> int:
    """Return the place of a level on the scale: 0 for not met, 3 for met."""
    return LEVELS.index(level)
