"""Which way helps: the direction that the law declares of each answer, rating and finding, as terms of logic."""

from __future__ import annotations

from collections.abc import Mapping

from tierengine.engines.form import Form
from tierengine.engines.logic import Term, all_of, any_of, negate
from tierengine.engines.lowering import reached
from tierengine.engines.proof import Case, Scale
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.tier import TIERS

Sign = int
"""1 where more or true helps, -1 where fewer or false does, 0 where neither does."""

_BETTER: Mapping[str, Sign] = {"more": 1, "true": 1, "fewer": -1, "false": -1, "neither": 0}
_DIRECTION: Mapping[str, Sign] = {"favours the government": 1, "counts against the government": -1, "neither": 0}


def sign_of(criterion: Criterion) -> Sign:
    """Return which way a finding of a criterion helps."""
    return _DIRECTION[criterion.direction]


def levels_of(criterion: Criterion) -> tuple[str, ...]:
    """Return the propositions that a criterion reaches each of its levels, from the lowest up."""
    return tuple(reached(criterion.id, rung.level) for rung in criterion.rules)


def signs(law: Law, form: Form) -> dict[str, Sign]:
    """Return which way each input of a form, or of a part of one, helps.

    Whether a word was judged, where earlier reports placed the country and what a conclusion says help neither way.
    """
    found = dict.fromkeys((field.id for field in form.inputs), 0)
    for criterion in law.criteria:
        found |= {
            indicator.id: _BETTER[indicator.better] for indicator in criterion.indicators if indicator.id in found
        }
        rating = [f"rating/{criterion.judgement.id}"] if criterion.judgement is not None else []
        found |= {name: sign_of(criterion) for name in (*levels_of(criterion), *rating) if name in found}
    return found


def moved(before: Scale, after: Scale, sign: Sign) -> Term:
    """Return the term that an answer is as before or, where one way helps, better."""
    if sign == 0:
        return before.alike(after)
    return before.no_higher_than(after) if sign > 0 else after.no_higher_than(before)


def truth_of(term: Term) -> Scale:
    """Return the answer to the question whether a term holds."""
    return Scale((False, True), (term,))


def no_worse(before: Case, after: Case, signs: Mapping[str, Sign]) -> list[Term]:
    """Return the terms that each answer is as before or better."""
    return [moved(before.values[name], after.values[name], sign) for name, sign in signs.items()]


def worse_levels(criterion: Criterion, before: Case, after: Case) -> Term:
    """Return the term that a criterion moves against its own direction; without one, that it moves at all."""
    sign = sign_of(criterion)
    sides = ((truth_of(before.shown[name]), truth_of(after.shown[name])) for name in levels_of(criterion))
    return any_of(negate(moved(first, second, sign)) for first, second in sides)


def steps_down(law: Law) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return each row of a tier, every row that is no worse, and every row that is worse.

    The rows of countries that are not ranked are neither better nor worse, and stand among the former.
    """
    ranks = {row.id: TIERS.index(row.tier) for row in law.tiers if row.tier is not None}
    apart = tuple(row.id for row in law.tiers if row.tier is None)
    return [
        (
            row,
            (*(other for other, place in ranks.items() if place <= ranks[row]), *apart),
            tuple(other for other, place in ranks.items() if place > ranks[row]),
        )
        for row in ranks
    ]


def worse_tier(law: Law, before: Case, after: Case) -> Term:
    """Return the term that a country stands in one row, and then in a worse one and in none as good."""
    return any_of(
        all_of(
            (
                before.shown[row],
                any_of(after.shown[other] for other in worse),
                *(negate(after.shown[other]) for other in as_good),
            )
        )
        for row, as_good, worse in steps_down(law)
    )
