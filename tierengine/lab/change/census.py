"""The census of a change: every case of a corpus that it moves, from which tiers to which, and what makes it move."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tierengine.engines.columns import ColumnEngine, Columns, Evaluations, Plane, all_of, bit, unpack
from tierengine.engines.form import Form
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.lab.change.sides import Pairing, Side
from tierengine.lab.corpus.cases import Corpus, divide
from tierengine.lab.corpus.parquet import Rows
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.trace import Narrator, Words
from tierengine.terms.outcome import Outcome

FIRST = 10
"""How many of the cases that contradict themselves are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A finding that comes out otherwise under the new rules, though every finding it rests on comes out the same."""

    finding: str
    says: str
    citation: str | None
    before: Outcome
    after: Outcome
    fired_before: tuple[str, ...]
    """The rules of the finding that fired under the old rules; empty where it was open, or did not exist."""
    fired_after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Cases that move in the same way for the same reasons."""

    since: date
    """The first day of the law that decides them."""
    before: tuple[str, ...]
    """The tiers that the old rules leave open, best first; one alone is settled."""
    after: tuple[str, ...]
    reasons: tuple[Reason, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a change does to a corpus."""

    cases: int
    moved: int
    moves: tuple[Move, ...]
    """The largest first."""
    contradictory: int = 0
    """How many cases contradict themselves under the new rules; they are counted among the others."""
    such_as: tuple[str, ...] = ()
    """The first of these."""


def census(
    corpus: Corpus,
    rulebooks: tuple[Rulebook, Rulebook],
    pairings: Sequence[Pairing],
) -> Census:
    """Return every case of the corpus whose open tiers differ between the two rulebooks.

    Raise `EvidenceError` with everything in the corpus that cannot be used.
    """
    groups = list(divide(corpus, [pairing.first for pairing in pairings]))
    problems: list[Problem] = []
    changes: list[tuple[Change, Rows]] = []
    for number, rows in groups:
        sides = pairings[number].both()
        if sides is None:
            problems.append(_one_sided(corpus, pairings[number], int(rows[0])))
            continue
        part = corpus.part(rows)
        columns = [part.columns(book, side.form, problems) for book, side in zip(rulebooks, sides, strict=True)]
        if not problems:
            changes.append((Change(pairings[number].first, sides, (columns[0], columns[1]), rows.size), rows))
    if problems:
        raise EvidenceError(problems)
    moves = [move for change, rows in changes for move in change.moves(corpus, rows)]
    moves.sort(key=lambda move: -len(move.cases))
    contradictory = [rows[change.contradictory] for change, rows in changes]
    return Census(
        cases=sum(rows.size for _, rows in groups),
        moved=sum(len(move.cases) for move in moves),
        moves=tuple(moves),
        contradictory=sum(found.size for found in contradictory),
        such_as=tuple(corpus.names(np.concatenate(contradictory)[:FIRST])) if changes else (),
    )


def write_moves(told: Census, path: Path) -> None:
    """Write one row for each case that moves, as Parquet. Raise `UsageError` if the file cannot be written.

    The columns: `id`, `since` (the first day of the law that decides the case), `before` and `after` (lists of open
    tiers), `findings` (those that make it move).
    """
    rows = [(case, move) for move in told.moves for case in move.cases]
    tiers = pa.list_(pa.string())
    table = pa.table(
        {
            "id": pa.array([case for case, _ in rows], pa.string()),
            "since": pa.array([move.since for _, move in rows], pa.date32()),
            "before": pa.array([list(move.before) for _, move in rows], tiers),
            "after": pa.array([list(move.after) for _, move in rows], tiers),
            "findings": pa.array([[reason.finding for reason in move.reasons] for _, move in rows], tiers),
        }
    )
    try:
        pq.write_table(table, path)
    except OSError as error:
        what = f"cannot be written: {os.strerror(error.errno) if error.errno else error}"
        problem = Problem(where=str(path), what=what, cure="name a file in a folder that may be written to")
        raise UsageError([problem]) from None


def _one_sided(corpus: Corpus, pairing: Pairing, row: int) -> Problem:
    lacking = [name for name, side in (("OLD", pairing.old), ("NEW", pairing.new)) if side is None]
    return Problem(
        where=corpus.where(row),
        what=f"{' and '.join(lacking)} hold no whole law for the days from {pairing.first} until "
        f"{pairing.until or 'today'}",
        cure="leave the cases of these days out, or add the missing versions to the rulebook",
    )


class Change:
    """The same cases under the old rules and under the new."""

    def __init__(self, since: date, sides: tuple[Side, Side], columns: tuple[Columns, Columns], count: int) -> None:
        self._since = since
        self._sides = sides
        self._count = count
        self._found = tuple(
            ColumnEngine(side.form).evaluate(given, count) for side, given in zip(sides, columns, strict=True)
        )
        self._looks = tuple(_looks(side.form) for side in sides)

    def moves(self, corpus: Corpus, rows: Rows) -> Iterator[Move]:
        """Yield the cases that move, those that do so alike together."""
        moved = np.flatnonzero(unpack(self.moved, self._count))
        if not moved.size:
            return
        kinds = _kinds(list(self._marks()), moved, self._count)
        order = np.argsort(kinds, kind="stable")
        for members in np.split(order, np.cumsum(np.bincount(kinds))[:-1]):
            before, after = self.tiers(int(moved[members[0]]))
            yield Move(
                since=self._since,
                before=before,
                after=after,
                reasons=tuple(self.reasons(int(moved[members[0]]))),
                cases=tuple(corpus.names(rows[moved[members]])),
            )

    def tiers(self, record: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the tiers that are open for one case, under the old rules and under the new."""
        before, after = (tuple(tier for tier, plane in opened.items() if bit(plane, record)) for opened in self._open)
        return before, after

    def reasons(self, record: int) -> Iterator[Reason]:
        """Yield the findings that make a case move, in the order of the new rules."""
        for finding, plane in self._roots.items():
            if bit(plane, record):
                words = self._words(finding)
                yield Reason(
                    finding=finding,
                    says=words.says,
                    citation=words.citation,
                    before=_outcome(self._found[0], finding, record),
                    after=_outcome(self._found[1], finding, record),
                    fired_before=tuple(self._fired(0, finding, record)),
                    fired_after=tuple(self._fired(1, finding, record)),
                )

    # -- what differs -------------------------------------------------------------------------------------------

    @cached_property
    def moved(self) -> Plane:
        """The cases for which another set of tiers is open."""
        return _any([before ^ after for before, after in self._opened()], self._count)

    @cached_property
    def contradictory(self) -> NDArray[np.intp]:
        """The cases that contradict themselves under the new rules."""
        return np.flatnonzero(unpack(self._found[1].contradicted(self._sides[1].form), self._count))

    @cached_property
    def _open(self) -> tuple[dict[str, Plane], dict[str, Plane]]:
        """For each side, tier to the cases for which it is open: some row of it is not refuted."""
        before, after = (_open(side, found, self._count) for side, found in zip(self._sides, self._found, strict=True))
        return before, after

    def _opened(self) -> Iterator[tuple[Plane, Plane]]:
        nobody = np.zeros_like(all_of(self._count))
        before, after = self._open
        for tier in {**before, **after}:
            yield before.get(tier, nobody), after.get(tier, nobody)

    @cached_property
    def _differing(self) -> dict[str, Plane]:
        """Proposition to the moved cases on which it comes out otherwise; those that never do are left out."""
        found: dict[str, Plane] = {}
        nobody = np.zeros_like(all_of(self._count))
        for head in {**self._found[1].heads, **self._found[0].heads}:
            rails = [_rails(side, head, nobody) for side in self._found]
            plane = ((rails[0][0] ^ rails[1][0]) | (rails[0][1] ^ rails[1][1])) & self.moved
            if plane.any():
                found[head] = plane
        return found

    @cached_property
    def _leading(self) -> dict[str, Plane]:
        """Proposition to the cases on which it comes out otherwise and leads, through others that do, to a tier."""
        rows = {row for side in self._sides for row in side.rows}
        leading = {head: plane for head, plane in self._differing.items() if head in rows}
        waiting = list(leading)
        while waiting:
            above = waiting.pop()
            for head in {*self._looks[0].get(above, ()), *self._looks[1].get(above, ())} & self._differing.keys():
                reached = leading[above] & self._differing[head]
                known = leading.get(head)
                grown = reached if known is None else known | reached
                if grown.any() and (known is None or not np.array_equal(grown, known)):
                    leading[head] = grown
                    waiting.append(head)
        return leading

    @cached_property
    def _roots(self) -> dict[str, Plane]:
        """Proposition to the cases on which it leads to a tier while nothing does that it rests on.

        What it rests on is taken from the new rules, in which nothing rests on itself, so that each case has one.
        """
        roots: dict[str, Plane] = {}
        order = list({**self._found[1].heads, **self._found[0].heads})
        for head in sorted(self._leading, key=order.index):
            side = 1 if head in self._found[1].heads else 0
            below = [self._leading[each] for each in self._looks[side].get(head, ()) if each in self._leading]
            plane = self._leading[head] & ~_any(below, self._count)
            if plane.any():
                roots[head] = plane
        return roots

    def _marks(self) -> Iterator[Plane]:
        """What tells two moves apart: the open tiers, the findings that make them, the rules that fired on these."""
        yield from (plane for opened in self._open for plane in opened.values())
        for finding, root in self._roots.items():
            yield root
            for side in (0, 1):
                found = self._found[side]
                yield from (found.fired[found.rules[rule]] & root for rule in self._rules(side, finding))

    # -- one case -----------------------------------------------------------------------------------------------

    def _fired(self, side: int, finding: str, record: int) -> Iterator[str]:
        found = self._found[side]
        return (rule for rule in self._rules(side, finding) if bit(found.fired[found.rules[rule]], record))

    def _rules(self, side: int, finding: str) -> tuple[str, ...]:
        return self._rules_of[side].get(finding, ())

    @cached_property
    def _rules_of(self) -> tuple[Mapping[str, tuple[str, ...]], ...]:
        """For each side, the rules of each proposition."""
        found: tuple[dict[str, tuple[str, ...]], ...] = ({}, {})
        for side, rules in zip(self._sides, found, strict=True):
            for rule in (rule for stratum in side.form.strata for rule in stratum.rules):
                rules[rule.head] = (*rules.get(rule.head, ()), rule.id)
        return found

    @cached_property
    def _narrators(self) -> tuple[Narrator, ...]:
        return tuple(Narrator(side.law, side.form) for side in self._sides)

    def _words(self, finding: str) -> Words:
        """The words of the new rules for a finding, or of the old where the new do not know it."""
        old, new = self._narrators
        return new.words.get(finding) or old.words[finding]


def _open(side: Side, found: Evaluations, count: int) -> dict[str, Plane]:
    opened: dict[str, Plane] = {}
    for row, tier in side.rows.items():
        plane = all_of(count) & ~found.truths(row).refuted
        opened[tier] = opened[tier] | plane if tier in opened else plane
    return opened


def _looks(form: Form) -> dict[str, set[str]]:
    """Proposition to the fields that its rules look at, those of counted members in place of a tally."""
    counted = {
        tally.id + end: {test.field for member in tally.members for test in member}
        for stratum in form.strata
        for tally in stratum.tallies
        for end in (".holds", ".fails")
    }
    looks: dict[str, set[str]] = {}
    for rule in (rule for stratum in form.strata for rule in stratum.rules):
        fields = (counted.get(test.field, {test.field}) for test in rule.tests)
        looks.setdefault(rule.head, set()).update(*fields)
    return looks


def _rails(found: Evaluations, head: str, nobody: Plane) -> tuple[Plane, Plane]:
    """Where a proposition is shown and refuted; nowhere if there is none of this name."""
    if head not in found.heads:
        return nobody, nobody
    truths = found.truths(head)
    return truths.shown, truths.refuted


def _outcome(found: Evaluations, head: str, record: int) -> Outcome:
    if head not in found.heads:
        return Outcome.UNDETERMINED
    truths = found.truths(head)
    return Outcome.of(True if bit(truths.shown, record) else False if bit(truths.refuted, record) else None)


def _any(planes: Sequence[Plane], count: int) -> Plane:
    found = np.zeros_like(all_of(count))
    for plane in planes:
        found |= plane
    return found


def _kinds(planes: Sequence[Plane], records: NDArray[np.intp], count: int) -> NDArray[np.int32]:
    """Number the records by what the planes say of them: those of which all say the same have the same number."""
    bits = np.empty((records.size, len(planes)), np.bool_)
    for place, plane in enumerate(planes):
        bits[:, place] = unpack(plane, count)[records]
    rows = np.packbits(bits, axis=1)
    texts = pa.Array.from_buffers(pa.binary(rows.shape[1]), records.size, [None, pa.py_buffer(rows)])
    kinds: NDArray[np.int32] = texts.dictionary_encode().indices.to_numpy()
    return kinds
