"""The tiers, as the Department of State names the lists of 22 USC 7107(b)(1)."""

from __future__ import annotations

from typing import Annotated, Literal

from tierengine.terms.scalars import as_written

Tier = Literal["1", "2", "2WL", "3"]

TIERS: tuple[Tier, ...] = ("1", "2", "2WL", "3")

Placement = Literal["1", "2", "2WL", "3", "SC"]
"""What an earlier report may say of a country: a tier, or `SC`, a special case that was not ranked."""

Limit = Literal["none", "waiver or 3", "3", "not WL"]
"""How a country's years on the Tier 2 Watch List bind the next report: not at all; Tier 3 unless waived; Tier 3,
since the waiver is spent; not the watch list again, since it was listed for its year after an automatic downgrade."""

WrittenTier = Annotated[Tier, as_written(*TIERS)]
WrittenPlacement = Annotated[Placement, as_written(*TIERS, "SC")]

NAMES: dict[Tier, str] = {"1": "Tier 1", "2": "Tier 2", "2WL": "Tier 2 Watch List", "3": "Tier 3"}
