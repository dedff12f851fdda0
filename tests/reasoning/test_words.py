"""Answers in words."""

from __future__ import annotations

import pytest

from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.words import ranged


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [(1, 1, "1 person"), (0, 0, "0 persons"), (1, 3, "1 to 3 persons"), (1, None, "1 or more persons")],
)
def test_numbers_bear_their_unit(rulebook: Rulebook, first: int, last: int | None, said: str) -> None:
    """One of a kind is not named as if it were several."""
    assert ranged(rulebook.latest(), "trafficking_punishments", first, last) == said
