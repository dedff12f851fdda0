"""What is recommended once it is known which rows of the tier table are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tierengine.errors import Problem, RulebookError
from tierengine.evidence.dossier import Casefile
from tierengine.law.entries import Advice, Situation, TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Status
from tierengine.terms.tier import Tier


class Advised(NamedTuple):
    """What is recommended, and by which rule."""

    rule: Advice
    tier: Tier | None
    status: Status
    """Settled on the facts, provisional on what is proposed, or open."""


def advised(law: Law, casefile: Casefile, possible: Sequence[TierRow], left: Sequence[TierRow] = ()) -> Advised:
    """Return what is recommended where some rows are open.

    `left` are the rows that are left once the open words are as they are proposed; none where nothing is proposed.

    Raise `RulebookError` if no rule says it.
    """
    placed, product = _placed(casefile), casefile.dossier.product
    found = advised_on(law, product, placed, possible, left)
    if found is None:
        raise RulebookError([_unadvised(product, _situations(placed, possible, left))])
    return found


def advised_on(
    law: Law, product: str, placed: Placed, possible: Sequence[TierRow], left: Sequence[TierRow]
) -> Advised | None:
    """Return the same for a product and the placements of a country; nothing if no rule says it."""
    rule = first_advice(law, product, _situations(placed, possible, left))
    if rule is None:
        return None
    tier = _tier(rule, placed, possible, left)
    proposed = rule.recommend != "no tier" and tier in (row.tier for row in left)
    return Advised(rule, tier, "settled" if len(possible) == 1 else "provisional" if proposed else "open")


class Placed(NamedTuple):
    """Where reports placed a country."""

    present: Tier | None
    """By the last report; nothing if it gave no rank, or is not on file."""
    latest: Tier | None
    """By the latest report on file that gave one."""


def _placed(casefile: Casefile) -> Placed:
    last, latest = casefile.last_placement, casefile.latest_placement
    present = None if last is None or last.tier == "SC" else last.tier
    return Placed(present, None if latest is None or latest.tier == "SC" else latest.tier)


def _situations(placed: Placed, possible: Sequence[TierRow], left: Sequence[TierRow]) -> frozenset[Situation]:
    """Every situation in which a country is, by its placements and the rows that are open and left."""
    if len(possible) == 1:
        return frozenset({"settled"})
    found: set[Situation] = {"otherwise"}
    if _among(placed.present, possible):
        found.add("present placement open")
    if len(left) == 1:
        found.add("provisional")
    elif _among(placed.latest, left):
        found.add("latest placement proposed")
    return frozenset(found)


def _among(tier: Tier | None, rows: Sequence[TierRow]) -> bool:
    return tier is not None and tier in (row.tier for row in rows)


def first_advice(law: Law, product: str, situations: frozenset[Situation]) -> Advice | None:
    """Return the first rule for the product and one of the situations in which the country is, if there is one."""
    rules = (advice for advice in law.advice if product in advice.product and advice.situation in situations)
    return next(rules, None)


def _tier(advice: Advice, placed: Placed, possible: Sequence[TierRow], left: Sequence[TierRow]) -> Tier | None:
    """The tier that a rule recommends, if any."""
    if advice.recommend == "the settled tier":
        return possible[0].tier
    if advice.recommend == "the provisional tier":
        return left[0].tier
    if advice.recommend == "the latest placement":
        return placed.latest
    return placed.present if advice.recommend == "the present placement" else None


def _unadvised(product: str, situations: frozenset[Situation]) -> Problem:
    return Problem(
        where="rules/recommendation.yaml",
        what=f"no rule says what to recommend ({product}; {', '.join(sorted(situations))})",
        cure="add one; its `situation` may be `otherwise`",
    )
