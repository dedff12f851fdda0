"""The census of a change: every case of a corpus that it moves, from which tiers to which, and what makes it move."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tierengine.engines.columns import (
    Columns,
    Evaluations,
    Plane,
    Truths,
    all_of,
    bit,
    some_of,
    unpack,
)
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.lab.change.sides import Pairing, Side
from tierengine.lab.corpus.cases import Corpus, divide
from tierengine.lab.corpus.parquet import Rows
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.trace import Words
from tierengine.terms.outcome import Outcome

FIRST = 10
"""How many of the cases that contradict themselves are named."""

NAMED = 100
"""How many cases of a move are named; `--moved` writes all."""

LOOKED_INTO = 1 << 17
"""Moved cases that are looked into at once: every rule of each is kept for it."""


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
    """The rules of the finding that fire under the new rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Cases that move in the same way for the same reasons."""

    since: date
    """The first day of the law that decides them."""
    before: tuple[str, ...]
    """The tiers that the old rules leave open, best first; one alone is settled."""
    after: tuple[str, ...]
    """The tiers that the new rules leave open, best first."""
    reasons: tuple[Reason, ...]
    number: int
    """How many they are."""
    cases: tuple[str, ...]
    """The first of them, at most `NAMED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a change does to a corpus."""

    cases: int
    moved: int
    """How many of them move."""
    moves: tuple[Move, ...]
    """The largest first."""
    contradictory: int = 0
    """How many cases contradict themselves under the new rules; they are counted among the others."""
    such_as: tuple[str, ...] = ()
    """The first of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCensus:
    """What a change does to one part of a corpus."""

    cases: int
    moves: tuple[Move, ...]
    """In the order of the first case of each."""
    contradictory: int
    such_as: tuple[str, ...]
    rows: str
    """A row for each case that moves, if they are to be listed: Arrow's stream format in base64."""


@dataclass(frozen=True)
class CensusJob:
    """Counts the cases of a part whose open tiers differ between two rulebooks."""

    rulebooks: tuple[Rulebook, Rulebook]
    pairings: tuple[Pairing, ...]
    listed: bool
    kind: type[PartCensus] = PartCensus

    @property
    def key(self) -> str:
        """The question, with the laws that are compared."""
        days = [str(pairing.first) for pairing in self.pairings]
        return f"census {self.rulebooks[0].digest} {self.rulebooks[1].digest} {days} {self.listed}"

    def of(self, corpus: Corpus, /) -> PartCensus:
        """Return what the change does to a part. Raise `EvidenceError` with everything in it that cannot be used."""
        problems: list[Problem] = []
        found: list[_Moved] = []
        contradictory: list[Rows] = []
        for number, rows in divide(corpus, [pairing.first for pairing in self.pairings]):
            pairing = self.pairings[number]
            sides = pairing.both()
            if sides is None:
                problems.append(_one_sided(corpus, pairing, int(rows[0])))
                continue
            part = corpus.part(rows)
            given = [part.columns(book, side.form, problems) for book, side in zip(self.rulebooks, sides, strict=True)]
            if not problems:
                columns = given[0], given[1]
                moved, against = _moved(sides, columns, rows.size)
                contradictory.append(rows[against])
                found += _looked_into(pairing.first, sides, columns, moved, rows)
        if problems:
            raise EvidenceError(problems)
        found.sort(key=lambda each: int(each.rows[0]))
        against = np.concatenate([np.empty(0, np.intp), *contradictory])
        against.sort(kind="stable")  # which sees that those of one law are in order already
        return PartCensus(
            cases=corpus.days.size,
            moves=tuple(_named(each, corpus) for each in found),
            contradictory=against.size,
            such_as=tuple(corpus.names(against[:FIRST])),
            rows=_listed(found, corpus) if self.listed else "",
        )


def put_together(counted: Iterable[PartCensus], moved: MovedFile | None = None) -> Census:
    """Return the census of a whole corpus from those of its parts, and write the cases that move to a file."""
    cases, contradictory = 0, 0
    such_as: tuple[str, ...] = ()
    moves: dict[tuple[date, tuple[str, ...], tuple[str, ...], tuple[Reason, ...]], Move] = {}
    for part in counted:
        cases, contradictory = cases + part.cases, contradictory + part.contradictory
        such_as = (*such_as, *part.such_as)[:FIRST]
        for move in part.moves:
            key = move.since, move.before, move.after, move.reasons
            before = moves.get(key)
            moves[key] = move if before is None else _joined(before, move)
        if moved is not None:
            moved.write(part.rows)
    return Census(
        cases=cases,
        moved=sum(move.number for move in moves.values()),
        moves=tuple(sorted(moves.values(), key=lambda move: -move.number)),
        contradictory=contradictory,
        such_as=such_as,
    )


def _joined(one: Move, other: Move) -> Move:
    return replace(one, number=one.number + other.number, cases=(*one.cases, *other.cases)[:NAMED])


@dataclass(frozen=True, slots=True)
class _Moved:
    """Cases of a part that move alike: their places in it, and the move without any of them."""

    move: Move
    rows: Rows


def _moved(
    sides: tuple[Side, Side], columns: tuple[Columns, Columns], count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The cases for which another set of tiers is open, and those that contradict themselves under the new rules."""
    coherence = sides[1].form.coherence
    asked = [{*sides[0].rows}, {*sides[1].rows, *coherence}]
    old, new = (
        side.engine.settle(given, count, heads) for side, given, heads in zip(sides, columns, asked, strict=True)
    )
    nobody = np.zeros_like(all_of(count))
    before, after = (_open(side, found, count) for side, found in zip(sides, (old, new), strict=True))
    moved = _any([before.get(tier, nobody) ^ after.get(tier, nobody) for tier in {**before, **after}], count)
    against = _any([new[head].refuted for head in coherence], count)
    return np.flatnonzero(unpack(moved, count)), np.flatnonzero(unpack(against, count))


def _looked_into(
    since: date, sides: tuple[Side, Side], columns: tuple[Columns, Columns], moved: NDArray[np.intp], rows: Rows
) -> list[_Moved]:
    """Return the moved cases, those that move alike together."""
    found: dict[Move, _Moved] = {}
    for start in range(0, moved.size, LOOKED_INTO):
        some = moved[start : start + LOOKED_INTO]
        for each in Change(since, sides, _some(columns, some), some.size).moves(rows[some]):
            known = found.get(each.move)
            found[each.move] = each if known is None else _Moved(each.move, np.concatenate([known.rows, each.rows]))
    return list(found.values())


def _some(columns: tuple[Columns, Columns], records: Rows) -> tuple[Columns, Columns]:
    """Return the columns of some of the cases; what both laws ask is one column, which is gone through once."""
    given = {id(column): column for each in columns for column in each.values()}
    some = {key: some_of(column, records) for key, column in given.items()}
    old, new = ({name: some[id(column)] for name, column in each.items()} for each in columns)
    return old, new


def _named(moved: _Moved, corpus: Corpus) -> Move:
    return replace(moved.move, number=moved.rows.size, cases=tuple(corpus.names(moved.rows[:NAMED])))


# -- the cases that move, one by one ----------------------------------------------------------------------------

_TIERS = pa.list_(pa.string())
_COLUMNS = {"id": pa.string(), "since": pa.date32(), "before": _TIERS, "after": _TIERS, "findings": _TIERS}


def _listed(found: Sequence[_Moved], corpus: Corpus) -> str:
    """A row for each case, in the order of the corpus."""
    rows = np.concatenate([each.rows for each in found]) if found else np.empty(0, np.intp)
    which = np.repeat(np.arange(len(found)), [each.rows.size for each in found])
    order = np.argsort(rows)
    said = {
        "since": [each.move.since for each in found],
        "before": [each.move.before for each in found],
        "after": [each.move.after for each in found],
        "findings": [[reason.finding for reason in each.move.reasons] for each in found],
    }
    places = pa.array(which[order], pa.int64())
    columns = [pa.array(corpus.names(rows[order]), pa.string())]
    columns += [pa.array(values, _COLUMNS[name]).take(places) for name, values in said.items()]
    sink = io.BytesIO()
    batch = pa.record_batch(columns, schema=pa.schema(_COLUMNS))
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_batch(batch)
    return base64.b64encode(sink.getvalue()).decode()


class MovedFile:
    """A Parquet file with one row for each case that moves, in the order of the corpus.

    The columns: `id`, `since` (the first day of the law that decides the case), `before` and `after` (lists of open
    tiers), `findings` (those that make it move). The file is there as a whole or not at all.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")

    def __enter__(self) -> Self:
        """Begin the file. Raise `UsageError` if it cannot be written, before anything is counted."""
        with self._writing():
            self._writer = pq.ParquetWriter(self._partial, pa.schema(_COLUMNS))
        return self

    def write(self, rows: str) -> None:
        """Add what a part listed. Raise `UsageError` if it cannot be written."""
        with self._writing(), pa.ipc.open_stream(base64.b64decode(rows)) as stream:
            self._writer.write_table(stream.read_all())

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """End the file and put it in its place, unless something failed."""
        try:
            with self._writing():
                self._writer.close()
                if failed is None:
                    self._partial.replace(self._path)
        finally:
            self._partial.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = f"cannot be written: {os.strerror(error.errno) if error.errno else error}"
            problem = Problem(where=str(self._path), what=what, cure="name a file in a folder that may be written to")
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
        self._found = tuple(side.engine.evaluate(given, count) for side, given in zip(sides, columns, strict=True))

    def moves(self, rows: Rows) -> Iterator[_Moved]:
        """Yield the cases that move, those that do so alike together, by their places in the corpus."""
        moved = np.flatnonzero(unpack(self.moved, self._count))
        if not moved.size:
            return
        kinds = _kinds(list(self._marks()), moved, self._count)
        order = np.argsort(kinds, kind="stable")
        for members in np.split(order, np.cumsum(np.bincount(kinds))[:-1]):
            record = int(moved[members[0]])
            before, after = self.tiers(record)
            reasons = tuple(self.reasons(record))
            move = Move(since=self._since, before=before, after=after, reasons=reasons, number=0, cases=())
            yield _Moved(move, rows[moved[members]])

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
    def _open(self) -> tuple[dict[str, Plane], dict[str, Plane]]:
        """For each side, tier to the cases for which it is open: some row of it is not refuted."""
        before, after = (
            _open(side, {row: found.truths(row) for row in side.rows}, self._count)
            for side, found in zip(self._sides, self._found, strict=True)
        )
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
            for head in {each for side in self._sides for each in side.looks.get(above, ())} & self._differing.keys():
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
            below = [self._leading[each] for each in self._sides[side].looks.get(head, ()) if each in self._leading]
            plane = self._leading[head] & ~_any(below, self._count)
            if plane.any():
                roots[head] = plane
        return roots

    def _marks(self) -> Iterator[Plane]:
        """What distinguishes two moves: the open tiers, the findings that make them, the rules that fired on these."""
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
        return self._sides[side].rules.get(finding, ())

    def _words(self, finding: str) -> Words:
        """The words of the new rules for a finding, or of the old where the new do not know it."""
        old, new = self._sides
        return new.narrator.words.get(finding) or old.narrator.words[finding]


def _open(side: Side, found: Mapping[str, Truths], count: int) -> dict[str, Plane]:
    """Tier to the cases for which some row of it is not refuted."""
    opened: dict[str, Plane] = {}
    for row, tier in side.rows.items():
        plane = all_of(count) & ~found[row].refuted
        opened[tier] = opened[tier] | plane if tier in opened else plane
    return opened


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
