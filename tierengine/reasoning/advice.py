"""What is recommended once it is known which rows of the tier table are open."""

from __future__ import annotations

from collections.abc import Sequence

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
    present, product = _present(casefile), casefile.dossier.product
    situations = situations_of(present, possible, left)
    advice = first_advice(law, product, situations)
    if advice is None:
        raise RulebookError([_unadvised(product, situations)])
    return recommended_by(advice, present, possible, left), advice


def _present(casefile: Casefile) -> Tier | None:
    """The tier where the last report placed the country."""
    placement = casefile.last_placement
    return None if placement is None or placement.tier == "SC" else placement.tier


def situations_of(present: Tier | None, possible: Sequence[TierRow], left: Sequence[TierRow]) -> frozenset[Situation]:
    """Return every situation in which a country is, by the tier of its last placement and the rows that are open."""
    if len(possible) == 1:
        return frozenset({"settled"})
    found: set[Situation] = {"otherwise"}
    if _among(present, possible):
        found.add("present placement open")
    if len(left) == 1:
        found.add("provisional")
    elif _among(present, left):
        found.add("present placement proposed")
    return frozenset(found)


def _among(tier: Tier | None, rows: Sequence[TierRow]) -> bool:
    return tier is not None and tier in (row.tier for row in rows)


def first_advice(law: Law, product: str, situations: frozenset[Situation]) -> Advice | None:
    """Return the first rule for the product and one of the situations in which the country is, if there is one."""
    rules = (advice for advice in law.advice if product in advice.product and advice.situation in situations)
    return next(rules, None)


def recommended_by(
    advice: Advice, present: Tier | None, possible: Sequence[TierRow], left: Sequence[TierRow]
) -> Tier | None:
    """Return the tier that a rule recommends, if any."""
    if advice.recommend == "the settled tier":
        return possible[0].tier
    if advice.recommend == "the provisional tier":
        return left[0].tier
    return present if advice.recommend == "the present placement" else None


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
