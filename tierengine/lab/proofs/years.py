"""Whether a full run of years on the watch list binds the next report, in every history that can make a difference."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.law.entries import Downgrade
from tierengine.law.rulebook import Law
from tierengine.reasoning.history import standing_under
from tierengine.terms.tier import Placement


def unbound_years(law: Law) -> tuple[str, ...]:
    """Return each history of placements after which a full run does not bind the next report as it must, in words.

    The runs go one year past the waiver's last; a longer run meets the same comparisons. Before the run stands every
    placement there is, the first report that counts, or an automatic downgrade with years on Tier 3 after it.
    """
    downgrade = law.downgrades[0]
    return tuple(found for before in _befores(downgrade) for found in _unbound(law, downgrade, before))


def _unbound(law: Law, downgrade: Downgrade, before: tuple[Placement, ...]) -> Iterator[str]:
    for run in range(downgrade.years, _longest(downgrade) + 1):
        placements = (*before, *_listed(run))
        years = dict(enumerate(placements, downgrade.counted_from))
        limit = standing_under(years, downgrade.counted_from + len(placements), law).limit
        allowed = ("3", "not WL") if run >= downgrade.years + downgrade.waiver_years else ("waiver or 3", "3", "not WL")
        if limit not in allowed:
            yield f"after the placements {', '.join(placements)} the limit is `{limit}`"


def _befores(downgrade: Downgrade) -> Iterator[tuple[Placement, ...]]:
    lasts: tuple[Placement, ...] = ("1", "2", "3", "SC")
    yield ()
    for last in lasts:
        yield (last,)
    for run in range(1, _longest(downgrade) + 1):
        for years_on_tier_3 in (1, 2):
            yield (*_listed(run), *_listed(years_on_tier_3, "3"))


def _longest(downgrade: Downgrade) -> int:
    return downgrade.years + downgrade.waiver_years + 1


def _listed(years: int, tier: Placement = "2WL") -> tuple[Placement, ...]:
    return (tier,) * years
