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


def advised(
    law: Law, casefile: Casefile, possible: Sequence[TierRow], left: Sequence[TierRow] = ()
) -> tuple[Tier | None, Advice]:
    """Return the tier that is recommended where some rows are open, if any, and the rule that says so.

    `left` are the rows that are left once the open words are as they are proposed; none where nothing is proposed.

    Raise `RulebookError` if no rule does.
    """
    placed, product = _placed(casefile), casefile.dossier.product
    situations = situations_of(placed, possible, left)
    advice = first_advice(law, product, situations)
    if advice is None:
        raise RulebookError([_unadvised(product, situations)])
    return recommended_by(advice, placed, possible, left), advice


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


def situations_of(placed: Placed, possible: Sequence[TierRow], left: Sequence[TierRow]) -> frozenset[Situation]:
    """Return every situation in which a country is, by its placements and the rows that are open and left."""
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


def recommended_by(advice: Advice, placed: Placed, possible: Sequence[TierRow], left: Sequence[TierRow]) -> Tier | None:
    """Return the tier that a rule recommends, if any."""
    if advice.recommend == "the settled tier":
        return possible[0].tier
    if advice.recommend == "the provisional tier":
        return left[0].tier
    if advice.recommend == "the latest placement":
        return placed.latest
    return placed.present if advice.recommend == "the present placement" else None


def status_of(advice: Advice, tier: Tier | None, possible: Sequence[TierRow], left: Sequence[TierRow]) -> Status:
    """Return how firm a recommendation is: settled on the facts, provisional on what is proposed, or open."""
    if len(possible) == 1:
        return "settled"
    proposed = advice.recommend != "no tier" and tier in (row.tier for row in left)
    return "provisional" if proposed else "open"


def _unadvised(product: str, situations: frozenset[Situation]) -> Problem:
    return Problem(
        where="rules/recommendation.yaml",
        what=f"no rule says what to recommend ({product}; {', '.join(sorted(situations))})",
        cure="add one; its `situation` may be `otherwise`",
    )
