"""What is recommended once it is known which rows of the tier table are open."""

from __future__ import annotations

from collections.abc import Sequence

from tierengine.errors import Problem, RulebookError
from tierengine.evidence.dossier import Casefile
from tierengine.law.entries import Advice, TierRow
from tierengine.law.rulebook import Law
from tierengine.terms.tier import Tier


def advised(
    law: Law, casefile: Casefile, possible: Sequence[TierRow], likely: TierRow | None = None
) -> tuple[Tier | None, Advice]:
    """Return the tier that is recommended where some rows are open, if any, and the rule that says so.

    `likely` is the one row that is left once the open words are as they are proposed, if it is one.

    Raise `RulebookError` if no rule does.
    """
    present = _present(casefile)
    advice = _first(law, casefile.dossier.product, _situations(possible, present, likely))
    if advice.recommend == "the settled tier":
        return possible[0].tier, advice
    if advice.recommend == "the provisional tier":
        assert likely is not None
        return likely.tier, advice
    return present if advice.recommend == "the present placement" else None, advice


def _present(casefile: Casefile) -> Tier | None:
    """The tier where the last report placed the country."""
    placement = casefile.last_placement
    return None if placement is None or placement.tier == "SC" else placement.tier


def _situations(possible: Sequence[TierRow], present: Tier | None, likely: TierRow | None) -> set[str]:
    if len(possible) == 1:
        return {"settled"}
    found = {"otherwise"}
    if present in [row.tier for row in possible if row.tier is not None]:
        found.add("present placement open")
    if likely is not None:
        found.add("provisional")
    return found


def first_advice(law: Law, product: str, situations: set[str]) -> Advice | None:
    """Return the first rule for the product and one of the situations in which the country is, if there is one."""
    rules = (advice for advice in law.advice if product in advice.product and advice.situation in situations)
    return next(rules, None)


def _first(law: Law, product: str, situations: set[str]) -> Advice:
    """The first rule for the product and the situation."""
    advice = first_advice(law, product, situations)
    if advice is not None:
        return advice
    raise RulebookError(
        [
            Problem(
                where="rules/recommendation.yaml",
                what=f"no rule says what to recommend ({product}; {', '.join(sorted(situations))})",
                cure="add one; its `situation` may be `otherwise`",
            )
        ]
    )
