"""How the placements of a corpus stand against raters who differ.

A rating that a person gave may be one level higher or lower, or what a table of observed disagreement allows. Every
combination of such ratings is looked at, none is drawn by chance: by columns, where the ratings still matter; the
others only multiply what is found. Combinations that a rule of coherence forbids are left out.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from io import StringIO
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.arithmetic import compare, holds
from tierengine.engines.columns import (
    Column,
    Columns,
    Numbers,
    Plane,
    Truths,
    all_of,
    columns_of,
    facts_of,
    unpack,
)
from tierengine.engines.form import Bounds, Evaluation, Facts, Rule, Tally, Test, Value
from tierengine.engines.lowering import OPPOSITE, judged, rating
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.lab.change.sides import Pairing, Side, forms_of
from tierengine.lab.corpus.cases import Corpus, CorpusPart, divided, parts_of
from tierengine.lab.corpus.groups import Group, groups, laws_of
from tierengine.lab.corpus.work import ALONE, Means, answers
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.words import in_order, leaf_name
from tierengine.terms.level import LEVELS, rank
from tierengine.terms.tier import TIERS

LISTED = 10_000
"""Cases, and pairs of cases, that are listed one by one."""

PAIRED = 2_000
"""Cases under one law of which the pairs are listed one by one; of more only how many pairs there are."""

ENUMERATED = 1 << 17
"""Combinations of one case that are worked out at once."""

MOST_COMBINATIONS = 1 << 32
"""Combinations of one case that are worked out at all."""

CASES_AT_ONCE = 16
"""Cases of a part, so that the work can be shared out; a corpus of many cases has larger parts."""

SHARES = 32
"""Into how many parts what is read at once is divided at most, since each reads it anew."""

_FORBIDDEN = 255
"""What stands for the tiers of a combination that a rule of coherence forbids."""

Moves = Mapping[tuple[str, str], tuple[str, ...]]
"""Open word and level to the other levels that raters were seen to give; a word that is not named does not move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Tiers that are open in some combinations; one alone is settled."""

    tiers: tuple[str, ...]
    combinations: int
    """How many these are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A rating, and what it would do if the raters agreed on it."""

    rating: str
    """The name of the open word."""
    keeps_if_agreed: float
    """The share of the combinations that keep the tier, of those in which this rating is as it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the placement of one case stands."""

    case: str
    since: date
    """The first day of the law that decides it."""
    tiers: tuple[str, ...]
    """The tiers that its own ratings leave open."""
    ratings: int
    """How many of its ratings can be otherwise."""
    combinations: int
    """How many combinations of them there are that no rule of coherence forbids."""
    forbidden: int
    """How many a rule of coherence forbids."""
    keeps: int
    """In how many of them the same tiers are open."""
    reached: tuple[Reached, ...]
    """What is open in them, the most frequent first."""
    matters: tuple[Matter, ...]
    """The ratings on which agreement would help, the one that helps most first."""

    @property
    def share(self) -> Fraction:
        """The share of the combinations that keep its tiers."""
        return Fraction(self.keeps, self.combinations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Two cases of which the one that is placed better is placed worse in some combinations of their ratings."""

    since: date
    """The first day of the law that decides both."""
    better: str
    """The case that is placed better."""
    worse: str
    """The case that is placed worse."""
    share: float
    """The share of all combinations of the ratings of both, each settled, in which the order is turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """How a corpus stands against raters who differ."""

    cases: int
    firm: int
    """Cases that keep their tiers in every combination."""
    pairs: int
    """Pairs of cases that one law decides and places on different tiers."""
    turning_pairs: int
    """Pairs of these whose order can turn."""
    standings: tuple[Standing, ...]
    """The cases that can move least safely first, at most `LISTED`."""
    turns: tuple[Turn, ...]
    """The pairs whose order turns most easily first, at most `LISTED`; none where a law decides more than `PAIRED`."""
    contradictory: tuple[str, ...]
    """Cases that contradict themselves as they are; `assess` would refuse them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRobustness:
    """How the cases of a part stand, in their order."""

    standings: tuple[Standing, ...]
    contradictory: tuple[str, ...]


@dataclass(frozen=True)
class RobustJob:
    """Works out every combination of the ratings of each case of a part."""

    rulebook: Rulebook
    laws: tuple[Pairing, ...]
    moves: tuple[tuple[str, str, tuple[str, ...]], ...] | None
    """Open word, level, and the other levels that it may be; with none, each level may be one higher or lower."""
    kind: type[PartRobustness] = PartRobustness

    @property
    def key(self) -> str:
        """The question, with the law."""
        return f"robust {self.rulebook.digest} {[str(law.first) for law in self.laws]} {self.moves}"

    def of(self, corpus: Corpus, /) -> PartRobustness:
        """Return how the cases of a part stand; raise as `groups` does, and `UsageError` if one has too many."""
        moves = None if self.moves is None else {(word, level): others for word, level, others in self.moves}
        found: list[tuple[int, Standing]] = []
        against: list[int] = []
        for group in groups(corpus, self.rulebook, self.laws):
            names = corpus.names(group.rows)
            for place, row in enumerate(group.rows.tolist()):
                standing = _Case(group, place, names[place], moves).standing()
                if standing is None:
                    against.append(row)
                else:
                    found.append((row, standing))
        found.sort(key=lambda each: each[0])
        contradictory = corpus.names(np.array(sorted(against), np.intp))
        return PartRobustness(standings=tuple(each for _, each in found), contradictory=tuple(contradictory))


def robustness(
    path: Path,
    rulebook: Rulebook,
    as_of: date | None = None,
    observed: Path | None = None,
    means: Means = ALONE,
) -> Robustness:
    """Return how the placements of a folder of dossiers or of Parquet stand, with a table of disagreement or without.

    Raise as `laws_of`, `parts_of`, `answers` and `read_moves` do, and `UsageError` if a case has too many combinations.
    """
    laws = laws_of(rulebook, as_of)
    moves = None if observed is None else read_moves(observed, rulebook)
    listed = None if moves is None else tuple((word, level, others) for (word, level), others in sorted(moves.items()))
    parts: Sequence[CorpusPart] = divided(parts_of(path, forms_of(laws), as_of), CASES_AT_ONCE, SHARES)
    return _put_together(answers(RobustJob(rulebook, laws, listed), parts, means, "moving each rating"))


def _put_together(found: Iterable[PartRobustness]) -> Robustness:
    standings: list[Standing] = []
    contradictory: list[str] = []
    for part in found:
        standings += part.standings
        contradictory += part.contradictory
    by_law: dict[date, list[Standing]] = {}
    for each in standings:
        by_law.setdefault(each.since, []).append(each)
    counted = [_pairs(some) for some in by_law.values()]
    turns = [turn for _, some in sorted(by_law.items()) if len(some) <= PAIRED for turn in _turns(some)]
    turns.sort(key=lambda each: -each[0])  # the order of the corpus stays where the shares are alike
    return Robustness(
        cases=len(standings) + len(contradictory),
        firm=sum(each.keeps == each.combinations for each in standings),
        pairs=sum(pairs for pairs, _ in counted),
        turning_pairs=sum(turning for _, turning in counted),
        standings=tuple(sorted(standings, key=lambda each: each.share)[:LISTED]),
        turns=tuple(turn for _, turn in turns[:LISTED]),
        contradictory=tuple(contradictory[:LISTED]),
    )


# -- one case ---------------------------------------------------------------------------------------------------

Box = dict[str, tuple[int, ...]]
"""Rating to the levels that it may have, as ranks in order."""


class _Found:
    """What was found of the combinations that were looked at."""

    def __init__(self, ratings: Box) -> None:
        self.codes: Counter[int] = Counter()
        self.kept: dict[str, Counter[int]] = {name: Counter() for name in ratings}
        self.sound: dict[str, Counter[int]] = {name: Counter() for name in ratings}


class _Case:
    """A case whose ratings may differ."""

    def __init__(self, group: Group, place: int, name: str, moves: Moves | None) -> None:
        self._side = group.side
        self._since = group.since
        self._name = name
        self._facts = facts_of(group.side.form, group.columns, place)
        self._asked = (*self._side.rows, *self._side.form.coherence)
        self._tiers = tuple(dict.fromkeys(self._side.rows.values()))
        self._box = {name: levels for name, levels in self._levels(moves) if len(levels) > 1}

    def _levels(self, moves: Moves | None) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Each rating that a person gave, in the order of the law, with the levels that it may have."""
        fields = {field.id: field for field in self._side.form.inputs}
        for name in in_order(self._side.law):
            word, given = leaf_name(name), self._facts.get(name)
            if name != rating(word) or name not in fields or not isinstance(given, int):
                continue
            if self._facts.get(judged(word)) is not True:
                continue
            ranks = fields[name].numbers
            if moves is None:
                place = ranks.index(given)
                yield name, ranks[max(place - 1, 0) : place + 2]
            else:
                others = {rank(level) for level in LEVELS if level in moves.get((word, LEVELS[given]), ())}
                yield name, tuple(sorted({given, *others} & set(ranks)))

    def standing(self) -> Standing | None:
        """Return how it stands; nothing if it contradicts itself. Raise `UsageError` for too many combinations."""
        given = int(self._codes({}, {})[0])
        if given == _FORBIDDEN:
            return None
        found = _Found(self._box)
        waiting, left = [self._box], MOST_COMBINATIONS
        while waiting:
            matter = self._matter(waiting)
            boxes, waiting = waiting, []
            for box, names in zip(boxes, matter, strict=True):
                size = prod(len(box[name]) for name in names)
                if size <= ENUMERATED:
                    self._enumerate(box, names, given, found)
                    left -= size
                else:
                    widest = max(names, key=lambda name: len(box[name]))
                    waiting += ({**box, widest: (level,)} for level in box[widest])
            if left < 0 or len(waiting) * ENUMERATED > MOST_COMBINATIONS:
                raise UsageError([self._too_many(max(map(len, matter)))])
        return self._standing(given, found)

    def _enumerate(self, box: Box, names: Sequence[str], given: int, found: _Found) -> None:
        """Look at every combination of the ratings that matter; the others multiply what is found."""
        codes = self._codes(box, {name: box[name] for name in names})
        times = prod(len(levels) for name, levels in box.items() if name not in names)
        for code, number in enumerate(np.bincount(codes).tolist()):
            if number:
                found.codes[code] += number * times
        shape = [len(box[name]) for name in names]
        kept, sound = (codes == given).reshape(shape), (codes != _FORBIDDEN).reshape(shape)
        for counted, truths in ((found.kept, kept), (found.sound, sound)):
            total = int(truths.sum()) * times
            for name, levels in box.items():
                if name in names:
                    axis = tuple(place for place in range(len(names)) if names[place] != name)
                    sums = [number * times for number in truths.sum(axis=axis).tolist()]
                else:
                    sums = [total // len(levels)] * len(levels)
                counted[name].update(dict(zip(levels, sums, strict=True)))

    def _codes(self, box: Box, enumerated: Box) -> NDArray[np.uint8]:
        """The open tiers of every combination of some ratings, the last varying soonest: a bit for each tier."""
        facts = self._facts | {name: levels[0] for name, levels in box.items()}
        count = prod(len(levels) for levels in enumerated.values())
        columns = _repeated(columns_of(self._side.form, [facts]), count)
        shape = [len(levels) for levels in enumerated.values()]
        indices = np.indices(shape, np.int8).reshape(len(shape), count)
        for (name, levels), places in zip(enumerated.items(), indices, strict=True):
            columns[name] = Numbers(np.array(levels, np.int8)[places], all_of(count))
        settled = self._side.engine.settle(columns, count, self._asked)
        codes = np.zeros(count, np.uint8)
        for row, tier in self._side.rows.items():
            codes |= (~unpack(settled[row].refuted, count)).astype(np.uint8) << self._tiers.index(tier)
        for head in self._side.form.coherence:
            codes[unpack(settled[head].refuted, count)] = _FORBIDDEN
        return codes

    def _matter(self, boxes: Sequence[Box]) -> list[list[str]]:
        """For each box the ratings on which what is asked may still depend: no other can make a difference in it."""
        bounded = [self._facts | {name: _within(levels) for name, levels in box.items()} for box in boxes]
        found = self._side.engine.evaluate(columns_of(self._side.form, bounded), len(boxes))
        return [
            _Residue(self._side, facts, found.of(number)).ratings(self._asked, self._box)
            for number, facts in enumerate(bounded)
        ]

    def _standing(self, given: int, found: _Found) -> Standing:
        total = prod(len(levels) for levels in self._box.values())
        forbidden = found.codes.pop(_FORBIDDEN, 0)
        keeps = found.codes[given]
        reached = sorted(found.codes.items(), key=lambda each: (-each[1], each[0]))
        agreed = {}
        for name in self._box:
            level = self._facts[name]
            assert isinstance(level, int)
            agreed[name] = Fraction(found.kept[name][level], found.sound[name][level])
        share = Fraction(keeps, total - forbidden)
        order = sorted((name for name in agreed if agreed[name] > share), key=lambda name: -agreed[name])
        return Standing(
            case=self._name,
            since=self._since,
            tiers=self._opened(given),
            ratings=len(self._box),
            combinations=total - forbidden,
            forbidden=forbidden,
            keeps=keeps,
            reached=tuple(Reached(tiers=self._opened(code), combinations=number) for code, number in reached),
            matters=tuple(Matter(rating=leaf_name(name), keeps_if_agreed=float(agreed[name])) for name in order),
        )

    def _opened(self, code: int) -> tuple[str, ...]:
        return tuple(tier for place, tier in enumerate(self._tiers) if code >> place & 1)

    def _too_many(self, ratings: int) -> Problem:
        return Problem(
            where=self._name,
            what=f"{ratings} of its ratings matter at once, which is more combinations than are worked out",
            cure="give a table of the disagreement that was seen with --disagreement; it allows fewer",
        )


def _within(levels: tuple[int, ...]) -> Value | Bounds:
    return levels[0] if len(levels) == 1 else Bounds(levels[0], levels[-1])


def _repeated(columns: Columns, count: int) -> dict[str, Column]:
    """Columns of one record as those of so many records that are alike, in hardly more memory."""
    everyone = all_of(count)
    nobody = np.zeros_like(everyone)

    def all_or_none(plane: Plane) -> Plane:
        return everyone if plane[0] & 1 else nobody

    found: dict[str, Column] = {}
    for name, column in columns.items():
        if isinstance(column, Truths):
            found[name] = Truths(all_or_none(column.shown), all_or_none(column.refuted))
        else:
            values = np.broadcast_to(column.values, count)
            most = column.greatest
            greatest = (
                None if most is None else type(most)(np.broadcast_to(most.values, count), all_or_none(most.known))
            )
            found[name] = Numbers(values, all_or_none(column.known), greatest)
    return found


class _Residue:
    """What is still open of a form while some ratings may be any of some levels and all else is as it is."""

    def __init__(self, side: Side, facts: Facts, found: Evaluation) -> None:
        self._facts = facts
        self._settled = found.settled
        self._rules: dict[str, list[Rule]] = {}
        self._tallies: dict[str, Tally] = {}
        for stratum in side.form.strata:
            for rule in stratum.rules:
                self._rules.setdefault(rule.head, []).append(rule)
            for tally in stratum.tallies:
                self._tallies |= {f"{tally.id}.holds": tally, f"{tally.id}.fails": tally}
        self._compared = {pair.id: compare(facts, pair) for pair in side.form.comparisons}

    def ratings(self, asked: Iterable[str], among: Iterable[str]) -> list[str]:
        """Return the ratings among some that what is asked may still depend on."""
        seen = {head for head in asked if head not in self._settled}
        waiting, found = list(seen), set[str]()
        while waiting:
            for rule in self._rules[waiting.pop()]:
                open_ = self._open(rule.tests)
                found |= open_
                fresh = open_ & self._rules.keys() - seen
                seen |= fresh
                waiting += fresh
        return [name for name in among if name in found]

    def _open(self, tests: Sequence[Test]) -> set[str]:
        """The fields on which it depends whether all tests are true; none if one of them cannot be."""
        found: set[str] = set()
        for test in tests:
            if test.field in self._tallies:
                pairs = self._tallies[test.field].members
                found |= {name for pair in pairs for member in pair for name in self._open([member])}
            elif not self._true(test):
                if not self._undecided(test):
                    return set()
                found.add(test.field)
        return found

    def _true(self, test: Test) -> bool:
        if test.field in self._rules:
            return self._settled.get(test.field) is ((test.value is True) == (test.op == "=="))
        if test.field in self._compared:
            return self._compared[test.field] is ((test.value is True) == (test.op == "=="))
        return holds(test, self._facts)

    def _undecided(self, test: Test) -> bool:
        """Whether a test that is not true may yet be: of a proposition that is open, or of a rating that may differ."""
        if test.field in self._rules:
            return test.field not in self._settled
        opposite = Test.model_validate({"field": test.field, "op": OPPOSITE[test.op], "value": test.value})
        return isinstance(self._facts.get(test.field), Bounds) and not holds(opposite, self._facts)


# -- pairs ------------------------------------------------------------------------------------------------------

_PLACES = {str(tier): place for place, tier in enumerate(TIERS)}


def _placed(standing: Standing) -> dict[int, int]:
    """The place of each tier that is settled in some combinations, the best first, and in how many."""
    settled = [each for each in standing.reached if len(each.tiers) == 1 and each.tiers[0] in _PLACES]
    return dict(sorted((_PLACES[each.tiers[0]], each.combinations) for each in settled))


def _own(standing: Standing) -> int | None:
    """The place of the tier of a case, if it is settled and ranked."""
    return _PLACES.get(standing.tiers[0]) if len(standing.tiers) == 1 else None


def _pairs(standings: Sequence[Standing]) -> tuple[int, int]:
    """How many pairs are placed on different tiers, and of how many of these the order can turn."""
    kinds: Counter[tuple[int, int, int]] = Counter()
    for each in standings:
        own, placed = _own(each), _placed(each)
        if own is not None:
            kinds[own, min(placed), max(placed)] += 1
    pairs = turning = 0
    for ((better, _, worst), several), ((worse, best, _), others) in product(kinds.items(), repeat=2):
        if better < worse:
            pairs += several * others
            turning += several * others if worst > best else 0
    return pairs, turning


def _turns(standings: Sequence[Standing]) -> Iterator[tuple[Fraction, Turn]]:
    """Yield the pairs whose order can turn, with the exact share of the combinations in which it does."""
    ranked = [(each, own, _placed(each)) for each in standings if (own := _own(each)) is not None]
    for (one, better, reached), (other, worse, reached_too) in product(ranked, repeat=2):
        if better < worse and max(reached) > min(reached_too):
            turned = sum(a * b for (p, a), (q, b) in product(reached.items(), reached_too.items()) if p > q)
            share = Fraction(turned, sum(reached.values()) * sum(reached_too.values()))
            yield share, Turn(since=one.since, better=one.case, worse=other.case, share=float(share))


# -- the disagreement that was seen -----------------------------------------------------------------------------


def read_moves(path: Path, rulebook: Rulebook) -> Moves:
    """Read a table of observed disagreement: CSV with the columns `rating`, `given` and `other`, a line for each move.

    Raise `EvidenceError` with everything that is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        raise EvidenceError([Problem(where=str(path), what=what, cure="name a CSV file")]) from None
    reader = csv.DictReader(StringIO(text), strict=True)
    columns = ("rating", "given", "other")
    if tuple(reader.fieldnames or ()) != columns:
        cure = "begin it with the line: rating,given,other"
        raise EvidenceError([Problem(where=f"{path.name}:1", what="it has not the columns of such a table", cure=cure)])
    words = {criterion.judgement.id for criterion in rulebook.criteria if criterion.judgement is not None}
    problems: list[Problem] = []
    moves: dict[tuple[str, str], tuple[str, ...]] = {}
    try:
        for row in reader:
            word, given, other = ((row[name] or "").strip() for name in columns)
            wrong = list(_wrong(f"{path.name}:{reader.line_num}", (word, given, other), words))
            problems += wrong
            if not wrong:
                moves[word, given] = tuple(dict.fromkeys((*moves.get((word, given), ()), other)))
    except csv.Error as error:
        problems.append(Problem(where=f"{path.name}:{reader.line_num}", what=str(error), cure="correct the quotes"))
    if problems:
        raise EvidenceError(problems)
    return moves


def _wrong(where: str, line: tuple[str, str, str], words: set[str]) -> Iterator[Problem]:
    word, *levels = line
    if word not in words:
        near = get_close_matches(word, sorted(words), 1)
        cure = f"did you mean `{near[0]}`?" if near else "`tierengine questions` lists them"
        yield Problem(where=where, what=f"`{word}` is no open word of the law", cure=cure)
    for level in levels:
        if level not in LEVELS:
            yield Problem(where=where, what=f"`{level}` is no level", cure=f"write one of: {', '.join(LEVELS)}")
