"""The theorems asked a second time, of the solver z3: each question whole, under the name of its certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import z3

from tests.engines.z3_reading import Z3Case, found
from tierengine.engines.form import Form
from tierengine.engines.lowering import LIMIT, lower_criterion, reached
from tierengine.lab.proofs.direction import sign_of, signs
from tierengine.lab.proofs.versions import Version
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.tier import TIERS


def broken(version: Version) -> Iterator[tuple[str, bool]]:
    """Yield the name of each first question of a theorem, and whether some country breaks it."""
    law, form, name = version.law, version.form, version.name
    yield f"{name}-rails", found(*_rails(form))
    yield f"{name}-one-tier", found(*_one_tier(law, form))
    for criterion in law.criteria:
        if sign_of(criterion):
            yield f"{name}-contracts-{criterion.id}", found(*_contract(law, criterion))
    yield f"{name}-direction", found(*_direction(law, form))
    yield f"{name}-unknowns", found(*_unknowns(form))
    if law.downgrades and any(field.id == LIMIT for field in form.inputs):
        yield f"{name}-watch-list", found(*_watch_list(law, form))


def _rails(form: Form) -> Iterator[z3.BoolRef]:
    case = Z3Case(form, partly=True)
    yield from (*case.definitions, *case.known.values())
    yield z3.Or(*(case.shown[head] == case.refuted[head] for head in case.shown))


def _one_tier(law: Law, form: Form) -> Iterator[z3.BoolRef]:
    case = Z3Case(form)
    yield from case.definitions
    yield z3.Sum(*(z3.If(case.shown[row.id], 1, 0) for row in law.tiers)) != 1


def _contract(law: Law, criterion: Criterion) -> Iterator[z3.BoolRef]:
    form = lower_criterion(law, criterion)
    before, after = Z3Case(form, "before"), Z3Case(form, "after")
    yield from (*before.definitions, *after.definitions, *_no_worse(before, after, signs(law, form)))
    lost, kept = (before, after) if sign_of(criterion) > 0 else (after, before)
    levels = [reached(criterion.id, rung.level) for rung in criterion.rules]
    yield z3.Or(*(z3.And(lost.shown[level], z3.Not(kept.shown[level])) for level in levels))


def _direction(law: Law, form: Form) -> Iterator[z3.BoolRef]:
    """A country stands in a row, then in a worse one and in none that is as good or lies on no list."""
    before, after = Z3Case(form, "before"), Z3Case(form, "after")
    yield from (*before.definitions, *after.definitions, *_no_worse(before, after, signs(law, form)))
    ranks = {row.id: None if row.tier is None else TIERS.index(row.tier) for row in law.tiers}
    falls = []
    for row, rank in ranks.items():
        if rank is not None:
            worse = [other for other, place in ranks.items() if place is not None and place > rank]
            falls.append(
                z3.And(
                    before.shown[row],
                    z3.Or(*(after.shown[other] for other in worse)),
                    *(z3.Not(after.shown[other]) for other in ranks.keys() - set(worse)),
                )
            )
    yield z3.Or(*falls)


def _no_worse(before: Z3Case, after: Z3Case, ways: Mapping[str, int]) -> Iterator[z3.BoolRef]:
    for name, way in ways.items():
        first, second = before.values[name], after.values[name]
        if way == 0:
            yield first == second
        else:
            lower, higher = (first, second) if way > 0 else (second, first)
            yield z3.Implies(lower, higher) if z3.is_bool(first) else lower <= higher


def _unknowns(form: Form) -> Iterator[z3.BoolRef]:
    before, after = Z3Case(form, "before", partly=True), Z3Case(form, "after", partly=True)
    yield from (*before.definitions, *after.definitions)
    for name, known in before.known.items():
        yield z3.Implies(known, z3.And(after.known[name], before.values[name] == after.values[name]))
    rails = ((before.shown, after.shown), (before.refuted, after.refuted))
    yield z3.Or(*(z3.And(one[head], z3.Not(other[head])) for one, other in rails for head in one))


def _watch_list(law: Law, form: Form) -> Iterator[z3.BoolRef]:
    """The years are full and nothing waives them, or no waiver is left; yet it is on the Tier 2 Watch List."""
    case = Z3Case(form)
    waived = [case.shown[reached(each.id, each.met_from)] for each in law.criteria if each.part == "waiver"]
    over = ("3", "not WL") if law.relistings else ("3",)
    full = z3.And(case.answers(LIMIT, "waiver or 3"), *(z3.Not(waiver) for waiver in waived))
    yield from case.definitions
    yield z3.Or(full, *(case.answers(LIMIT, word) for word in over))
    yield z3.Or(*(case.shown[row.id] for row in law.tiers if row.tier == "2WL"))
