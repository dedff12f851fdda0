"""The theorems asked a second time, of the solver z3: each question whole, under the name of its certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import z3

from tests.engines.z3_reading import Z3Case, found
from tierengine.engines.arithmetic import OPERATORS
from tierengine.engines.form import Form, Test
from tierengine.engines.lowering import LIMIT, lower_criterion, lower_proposals, reached, speaks
from tierengine.lab.proofs.direction import sign_of, signs
from tierengine.lab.proofs.versions import Version
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.level import rank
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
    yield f"{name}-provisional", found(*_provisional(law, form))
    for criterion in law.criteria:
        if sign_of(criterion) and criterion.proposal is not None:
            yield f"{name}-proposals-{criterion.id}", found(*_proposal(law, criterion))
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
    for row, standing in ranks.items():
        if standing is not None:
            worse = [other for other, place in ranks.items() if place is not None and place > standing]
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


def _provisional(law: Law, form: Form) -> Iterator[z3.BoolRef]:
    """Words that nobody rated are rated at the level that their criterion has, and the row is another one."""
    before, after = Z3Case(form, "before"), Z3Case(form.model_copy(update={"coherence": ()}), "after")
    yield from (*before.definitions, *after.definitions)
    words = {name: criterion for name, criterion in law.judges.items() if f"judged/{name}" in before.values}
    for name in before.values:
        if name.split("/")[-1] not in words:
            yield before.values[name] == after.values[name]
    for word, criterion in words.items():
        pairs = [(case.values[f"judged/{word}"], case.values[f"rating/{word}"]) for case in (before, after)]
        (was, first), (is_, second) = pairs
        levels = (
            before.shown[reached(criterion.id, rung.level)] == (second >= rank(rung.level)) for rung in criterion.rules
        )
        yield z3.Or(z3.And(was == is_, first == second), z3.And(z3.Not(was), is_, *levels))
    yield z3.Or(*(before.shown[row.id] != after.shown[row.id] for row in law.tiers))


class _Evidence:
    """What is known of a country: each input lies between two numbers; words and levels count as their place."""

    def __init__(self, law: Law, form: Form, name: str) -> None:
        self._law, self._form, self._name = law, form, name
        self.ends: dict[str, tuple[z3.ArithRef, z3.ArithRef]] = {}
        self._choices = {field.id: field.choices for field in form.inputs}
        self._tallies = {tally.id: tally for stratum in form.strata for tally in stratum.tallies}
        self.domains: list[z3.BoolRef] = []
        for field in (*form.inputs, *form.answerable()):
            criterion = law.criteria_by_id.get(field.id.split("/")[0])
            if criterion is not None:
                self._add(criterion.id, [0, *(rank(rung.level) for rung in criterion.rules)])
            elif field.type == "count":
                self._add(field.id, list(field.numbers))
            else:
                self._add(field.id, list(range(max(2, len(field.choices)))))

    def _add(self, name: str, answers: list[int]) -> None:
        low, high = z3.Int(f"{self._name}:low:{name}"), z3.Int(f"{self._name}:high:{name}")
        self.ends[name] = low, high
        self.domains += [low >= 0, low <= high]
        if answers:
            self.domains += [z3.Or(*(end == answer for answer in answers)) for end in (low, high)]

    def holds(self, test: Test) -> z3.BoolRef:
        """A test is true whatever between the ends is so."""
        name, _, end = test.field.rpartition(".")
        if name in self._tallies:
            members = [member[end == "fails"] for member in self._tallies[name].members]
            return z3.AtLeast(*(self.holds(member) for member in members), int(test.value))
        criterion = self._law.criteria_by_id.get(test.field.split("/")[0])
        low, high = self.ends[criterion.id if criterion is not None else test.field]
        if criterion is not None:
            level = next(rank(r.level) for r in criterion.rules if reached(criterion.id, r.level) == test.field)
            return low >= level if test.value is True else high < level
        if isinstance(test.value, str):
            place = self._choices[test.field].index(test.value)
            return z3.And(low == place, high == place) if test.op == "==" else z3.Or(high < place, low > place)
        if isinstance(test.value, bool):
            return z3.And(low == int(test.value), high == int(test.value))
        return z3.And(OPERATORS[test.op](low, test.value), OPERATORS[test.op](high, test.value))

    def speaks(self, head: str) -> z3.BoolRef:
        """The condition of a rule is known to hold."""
        rules = [rule for stratum in self._form.strata for rule in stratum.rules if rule.head == head]
        return z3.Or(*(z3.And(*(self.holds(test) for test in rule.tests)) for rule in rules))


def _proposal(law: Law, criterion: Criterion) -> Iterator[z3.BoolRef]:
    """A rule speaks first, and on better evidence another one that proposes a worse level."""
    assert criterion.proposal is not None
    form = lower_proposals(law, (criterion,))
    before, after = _Evidence(law, form, "before"), _Evidence(law, form, "after")
    yield from (*before.domains, *after.domains)
    ways = {each.id: each.sign for each in law.indicators} | {each.id: each.sign for each in law.criteria}
    for name, ends in before.ends.items():
        for one, other in zip(ends, after.ends[name], strict=True):
            way = ways.get(name, 0)
            yield one == other if way == 0 else one <= other if way > 0 else one >= other
    ranks = [rank(rule.level) for rule in criterion.proposal.rules]
    heads = [speaks(criterion.id, number) for number in range(1, len(ranks) + 1)]
    heard = [
        [
            z3.And(case.speaks(head), *(z3.Not(case.speaks(other)) for other in heads[:place]))
            for place, head in enumerate(heads)
        ]
        for case in (before, after)
    ]
    yield z3.Or(
        *(
            z3.And(heard[0][one], heard[1][other])
            for one, first in enumerate(ranks)
            for other, second in enumerate(ranks)
            if sign_of(criterion) * (second - first) < 0
        )
    )


def _watch_list(law: Law, form: Form) -> Iterator[z3.BoolRef]:
    """The years are full and nothing waives them, or no waiver is left; yet it is on the Tier 2 Watch List."""
    case = Z3Case(form)
    waived = [case.shown[reached(each.id, each.met_from)] for each in law.criteria if each.part == "waiver"]
    over = ("3", "not WL") if law.relistings else ("3",)
    full = z3.And(case.answers(LIMIT, "waiver or 3"), *(z3.Not(waiver) for waiver in waived))
    yield from case.definitions
    yield z3.Or(full, *(case.answers(LIMIT, word) for word in over))
    yield z3.Or(*(case.shown[row.id] for row in law.tiers if row.tier == "2WL"))
