"""The tiers, as the Department of State names the lists of 22 USC 7107(b)(1)."""

from __future__ import annotations

from typing import Annotated, Literal

from tierengine.terms.scalars import as_written

Tier = Literal["1", "2", "2WL", "3"]

TIERS: tuple[Tier, ...] = ("1", "2", "2WL", "3")

Placement = Literal["1", "2", "2WL", "3", "SC"]
"""What an earlier report may say of a country: a tier, or `SC`, a special case that was not ranked."""

WrittenTier = Annotated[Tier, as_written(*TIERS)]
WrittenPlacement = Annotated[Placement, as_written(*TIERS, "SC")]

NAMES: dict[Tier, str] = {"1": "Tier 1", "2": "Tier 2", "2WL": "Tier 2 Watch List", "3": "Tier 3"}
