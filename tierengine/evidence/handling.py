"""How a source, and what was coded from it, is to be handled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Handling = Literal["unclassified", "sensitive but unclassified", "unknown"]
"""From the freest to the strictest; `unknown` where there is no marking at all, so that a person must be asked."""

HANDLINGS: tuple[Handling, ...] = get_args(Handling)


def strictest(handlings: Iterable[Handling]) -> Handling:
    """Return the strictest of some handlings; of none, `unknown`."""
    return max(handlings, key=HANDLINGS.index, default="unknown")
