"""Like cases alike: pairs in which one case is at least as good on every criterion and yet placed lower.

At least as good is meant strictly. Where a finding is open it may be anything between two levels; then the worst
that it may be must be as good as the best that the other may be. Which way is good is what each criterion declares;
a criterion that declares neither cannot make a case better or worse, and may explain a difference.
Only cases that the same law decides are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.columns import Evaluations, columns_of, facts_of, unpack
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Facts
from tierengine.engines.lowering import judged, rating, reached
from tierengine.lab.change.sides import Pairing, Side, forms_of
from tierengine.lab.corpus.cases import Corpus, Watch, parts_of
from tierengine.lab.corpus.groups import Group, contradictory, groups, laws_of, not_too_many
from tierengine.lab.corpus.parquet import Rows
from tierengine.lab.corpus.work import ALONE, Means, answers
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.words import answer, leaf_name
from tierengine.terms.level import rank
from tierengine.terms.tier import NAMES, TIERS, Placement, Tier

MOST_CASES = 20_000
"""Cases under one law that are compared, each with each; what is said of them is read by a person."""

LISTED = 10_000
"""Cases that contradict themselves and are named."""

_OPEN = "?"
"""What stands for the tier of a case that has several."""

_NONE: Rows = np.empty(0, np.intp)

MOST_PAIRS = 10_000
"""Pairs that are listed; nobody reads more, and a corpus with more is better audited part by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A case with its tier, and who says so: a report, or the rules."""

    case: str
    tier: Tier
    by: str
    """`the report` or `the rules`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something outside the criteria in which two cases differ: in words, and what it is for each where it has both."""

    what: str
    lower: str | None = None
    """What it is for the case that is placed lower."""
    higher: str | None = None
    """What it is for the case that is placed higher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two cases of which the one placed lower is at least as good on every criterion."""

    since: date
    """The first day of the law that decides both."""
    lower: Placed
    higher: Placed
    explained_by: tuple[tuple[Difference, ...], ...]
    """The smallest sets of differences without which the one need not be lower; none if nothing explains it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found."""

    cases: int
    not_ranked: int
    """Cases on none of the lists; they are not compared."""
    no_tier: int
    """Cases that no report placed and for which the rules leave several tiers open; they are not compared."""
    pairs: tuple[Pair, ...]
    contradictory_cases: int = 0
    """How many cases contradict themselves; `assess` would refuse them."""
    contradictory: tuple[str, ...] = ()
    """The first of these, at most `LISTED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCases:
    """The cases of a part that one law decides and that have a tier, so that they are compared."""

    since: date
    names: tuple[str, ...]
    reports: tuple[Placement | None, ...]
    facts: tuple[dict[str, bool | int | str | Bounds], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAudit:
    """What there is to be compared in one part of a corpus."""

    cases: int
    not_ranked: int
    no_tier: int
    compared: tuple[ComparedCases, ...]
    contradictory_cases: int
    contradictory: tuple[str, ...]


@dataclass(frozen=True)
class LikeCasesJob:
    """Finds the cases of a part that are compared."""

    rulebook: Rulebook
    laws: tuple[Pairing, ...]
    kind: type[PartAudit] = PartAudit

    @property
    def key(self) -> str:
        """The question, with the law."""
        return f"like cases {self.rulebook.digest} {[str(law.first) for law in self.laws]}"

    def of(self, corpus: Corpus, /) -> PartAudit:
        """Return what is compared of a part; raise as `groups` does, and `UsageError` if it is too much."""
        not_ranked = no_tier = 0
        against: list[Rows] = [_NONE]
        compared: list[ComparedCases] = []
        for group in groups(corpus, self.rulebook, self.laws):
            against.append(contradictory(group))
            tiers = _tiers(group, corpus)
            ranked = np.flatnonzero(np.isin(tiers, list(_PLACES)))
            no_tier += int((tiers == _OPEN).sum())
            not_ranked += tiers.size - ranked.size - int((tiers == _OPEN).sum())
            not_too_many("cases", ranked.size, MOST_CASES)
            compared.append(
                ComparedCases(
                    since=group.since,
                    names=tuple(corpus.names(group.rows[ranked])),
                    reports=tuple(corpus.reports(group.rows[ranked])),
                    facts=tuple(facts_of(group.side.form, group.columns, int(place)) for place in ranked),
                )
            )
        found = np.sort(np.concatenate(against))
        return PartAudit(
            cases=corpus.days.size,
            not_ranked=not_ranked,
            no_tier=no_tier,
            compared=tuple(compared),
            contradictory_cases=found.size,
            contradictory=tuple(corpus.names(found[:LISTED])),
        )


def _tiers(group: Group, corpus: Corpus) -> NDArray[np.str_]:
    """The tier of each case: of its report, else the one that the rules leave open; `_OPEN` where they leave more."""
    count, side = group.rows.size, group.side
    settled = side.engine.settle(group.columns, count, side.rows)
    open_ = {tier: np.zeros(count, np.bool_) for tier in side.rows.values()}
    for row, tier in side.rows.items():
        open_[tier] |= ~unpack(settled[row].refuted, count)
    names = np.array([*open_, _OPEN])
    which = np.array(list(open_.values()))
    ruled = names[np.where(which.sum(axis=0) == 1, which.argmax(axis=0), len(open_))]
    reports = np.array([report or "" for report in corpus.reports(group.rows)], names.dtype)
    return np.where(reports == "", ruled, reports)


def audit(path: Path, rulebook: Rulebook, as_of: date | None = None, means: Means = ALONE) -> Audit:
    """Return every pair of cases in which one is at least as good on every criterion and yet placed lower.

    Raise as `laws_of`, `parts_of` and `answers` do, and `UsageError` if there are too many cases or pairs.
    """
    laws = laws_of(rulebook, as_of)
    parts = parts_of(path, forms_of(laws), as_of)
    cases = not_ranked = no_tier = against = 0
    named: tuple[str, ...] = ()
    compared: dict[date, list[ComparedCases]] = {}
    for part in answers(LikeCasesJob(rulebook, laws), parts, means, "reading cases"):
        cases, against = cases + part.cases, against + part.contradictory_cases
        not_ranked, no_tier = not_ranked + part.not_ranked, no_tier + part.no_tier
        named = (*named, *part.contradictory)[:LISTED]
        for each in part.compared:
            compared.setdefault(each.since, []).append(each)
            not_too_many("cases", sum(len(some.names) for some in compared[each.since]), MOST_CASES)
    sides = {law.first: law.new for law in laws}
    pairs: list[Pair] = []
    for since, some in sorted(compared.items()):
        side = sides[since]
        if side is None or not any(each.names for each in some):
            continue
        group = _Group(since, side, some)
        found = list(islice(group.dominating(means.watch), MOST_PAIRS + 1))
        not_too_many("pairs", len(pairs) + len(found), MOST_PAIRS)
        pairs += (group.pair(lower, higher) for lower, higher in means.watch(found, "looking for explanations"))
    return Audit(
        cases=cases,
        not_ranked=not_ranked,
        no_tier=no_tier,
        pairs=tuple(pairs),
        contradictory_cases=against,
        contradictory=named,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something outside the criteria that could explain a difference, and what it takes away."""

    difference: Difference
    fields: tuple[str, ...] = ()
    """Inputs that the lower case then answers as the higher one does."""
    of: int | None = None
    """The case, 0 for the lower and 1 for the higher, that is then placed by the rules and not by its report."""


class _Group:
    """The cases that one law decides."""

    def __init__(self, since: date, side: Side, compared: Sequence[ComparedCases]) -> None:
        self._since = since
        self._side = side
        self._names = [name for some in compared for name in some.names]
        self._reports = [report for some in compared for report in some.reports]
        self._cases: list[Facts] = [facts for some in compared for facts in some.facts]
        self._engine = CompiledEngine(side.form)
        self._narrator = side.narrator
        count = len(self._names)
        found = side.engine.evaluate(columns_of(side.form, self._cases), count)
        self._tiers = [report or open_[0] for report, open_ in zip(self._reports, _opened(side, found), strict=True)]
        self._ranges = _ranges([c for c in side.law.criteria if c.direction != "neither"], found)

    def dominating(self, watch: Watch) -> Iterator[tuple[int, int]]:
        """Yield each pair of cases: the lower one, which is at least as good on every criterion, and the higher one."""
        worst, best = self._ranges
        places = np.array([_PLACES[tier] for tier in self._tiers])
        for lower in watch(np.flatnonzero(places > 0).tolist(), "comparing cases"):
            higher = places < places[lower]
            for least, most in zip(worst, best, strict=True):
                higher &= most <= least[lower]
            yield from ((lower, int(each)) for each in np.flatnonzero(higher))

    def pair(self, lower: int, higher: int) -> Pair:
        """Return a pair with its smallest explanations."""
        return Pair(
            since=self._since,
            lower=self._placed(lower),
            higher=self._placed(higher),
            explained_by=tuple(self._explanations(lower, higher)),
        )

    def _placed(self, row: int) -> Placed:
        tier = next(tier for tier in TIERS if tier == self._tiers[row])
        return Placed(case=self._names[row], tier=tier, by="the report" if self._reports[row] else "the rules")

    # -- what explains a pair -----------------------------------------------------------------------------------

    def _explanations(self, lower: int, higher: int) -> Iterator[tuple[Difference, ...]]:
        """Yield the smallest sets of differences without which the lower case need not be lower."""
        facts = self._facts(lower), self._facts(higher)
        candidates = list(self._candidates((lower, higher), facts))
        for size in range(1, len(candidates) + 1):
            found = [each for each in combinations(candidates, size) if self._levelled((lower, higher), facts, each)]
            if found:
                yield from (tuple(candidate.difference for candidate in each) for each in found)
                return

    def _candidates(self, rows: tuple[int, int], facts: tuple[Facts, Facts]) -> Iterator[_Candidate]:
        for number, row in enumerate(rows):
            ruled, report = self._open(facts[number]), self._reports[row]
            if report is not None and ruled != (report,):
                both = f"the report says {_in_words((report,))}, the rules {_in_words(ruled)}"
                says = f"a person placed {self._names[row]}: {both}"
                yield _Candidate(Difference(what=says), of=number)
        for what, fields in self._outside():
            if any(facts[0].get(field) != facts[1].get(field) for field in fields):
                lower, higher = (self._values(case, fields) for case in facts)
                yield _Candidate(Difference(what=what, lower=lower, higher=higher), fields=fields)

    def _outside(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What bears on a tier and is no criterion with a direction, and the inputs that answer it."""
        inputs = {field.id for field in self._side.form.inputs}
        for name in self._side.law.PLACEMENTS:
            if name in inputs:
                yield self._narrator.question(name), (name,)
        for criterion in self._side.law.criteria:
            if criterion.direction == "neither":
                yield criterion.title, tuple(self._inputs(reached(criterion.id, criterion.met_from)))

    def _inputs(self, proposition: str) -> Iterator[str]:
        """The inputs that a proposition rests on, with those that are compared, and whether a person has judged."""
        compared = {comparison.id: (comparison.left, comparison.right) for comparison in self._side.form.comparisons}
        for leaf in self._narrator.leaves(proposition):
            yield leaf  # what is compared may itself be answered directly
            yield from compared.get(leaf, ())
            if leaf.startswith(rating("")):
                yield judged(leaf_name(leaf))

    def _values(self, facts: Facts, fields: tuple[str, ...]) -> str:
        """What a case answers to some inputs, in words."""
        answers = [
            answer(self._side.law, field, facts[field])
            for field in fields
            if field in facts and field != judged(leaf_name(field))
        ]
        return " ".join(answers) or "Not known."

    def _levelled(self, rows: tuple[int, int], facts: tuple[Facts, Facts], taken: Sequence[_Candidate]) -> bool:
        """Whether the lower case need not be lower once the differences are taken away."""
        swapped = {field for candidate in taken for field in candidate.fields}
        changed = {name: value for name, value in facts[0].items() if name not in swapped}
        changed |= {name: value for name, value in facts[1].items() if name in swapped}
        ruled = {candidate.of for candidate in taken}
        lower = self._stands(rows[0], facts[0], changed, by_rules=0 in ruled)
        higher = self._stands(rows[1], facts[1], facts[1], by_rules=1 in ruled)
        return min(lower, default=-1) <= max(higher, default=-1)

    def _stands(self, row: int, own: Facts, facts: Facts, *, by_rules: bool) -> list[int]:
        """The places that a case may have: as its report departed from the rules, or as the rules say."""
        report = self._reports[row]
        if report is not None and not by_rules and self._open(own) != (report,):
            return [_PLACES[report]]
        return [_PLACES[tier] for tier in self._open(facts) if tier in _PLACES]

    def _open(self, facts: Facts) -> tuple[str, ...]:
        settled = self._engine.evaluate(facts).settled
        return tuple(dict.fromkeys(t for row, t in self._side.rows.items() if settled.get(row) is not False))

    def _facts(self, row: int) -> Facts:
        return self._cases[row]


_PLACES: Mapping[str, int] = {str(tier): place for place, tier in enumerate(TIERS)}


def _opened(side: Side, found: Evaluations) -> Iterator[tuple[str, ...]]:
    """The tiers that the rules leave open for each case."""
    rows = [(tier, ~unpack(found.truths(row).refuted, found.count)) for row, tier in side.rows.items()]
    for record in range(found.count):
        yield tuple(dict.fromkeys(tier for tier, opened in rows if opened[record]))


def _ranges(criteria: Sequence[Criterion], found: Evaluations) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The worst and the best that each finding of each case may be, the higher the better: a row for each criterion."""
    worst = np.zeros((len(criteria), found.count), np.int8)
    best = np.zeros((len(criteria), found.count), np.int8)
    for row, criterion in enumerate(criteria):
        for rung in criterion.rules:
            truths = found.truths(reached(criterion.id, rung.level))
            worst[row, unpack(truths.shown, found.count)] = rank(rung.level)
            best[row, ~unpack(truths.refuted, found.count)] = rank(rung.level)
        if criterion.direction == "counts against the government":
            worst[row], best[row] = -best[row], -worst[row]
    return worst, best


def _in_words(tiers: tuple[str, ...]) -> str:
    names = {str(tier): name for tier, name in NAMES.items()}
    return " or ".join(names.get(tier, tier) for tier in tiers)
