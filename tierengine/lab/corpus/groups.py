"""A corpus by the law that decides each case, with the cases' answers as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np

from tierengine.engines.columns import Columns, all_of, unpack
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.lab.change.sides import Pairing, Side, on, side_by_side
from tierengine.lab.corpus.cases import Corpus, divide
from tierengine.lab.corpus.parquet import Rows
from tierengine.law.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Group:
    """The cases that one law decides."""

    since: date
    """The first day of that law."""
    side: Side
    columns: Columns
    rows: Rows
    """Their places in the corpus."""


def laws_of(rulebook: Rulebook, as_of: date | None = None) -> tuple[Pairing, ...]:
    """Return each law of a rulebook with its days, or that of one date. Raise `UsageError` if there is none for it."""
    laws = side_by_side(rulebook, rulebook)
    return laws if as_of is None else on(laws, as_of)


def groups(corpus: Corpus, rulebook: Rulebook, laws: Sequence[Pairing]) -> list[Group]:
    """Return the cases of a corpus by the law that decides them.

    Raise `EvidenceError` with everything in the corpus that cannot be used.
    """
    problems: list[Problem] = []
    found: list[Group] = []
    for number, rows in divide(corpus, [pairing.first for pairing in laws]):
        side = laws[number].new
        if side is None:
            problems.append(_no_law(corpus, laws[number], int(rows[0])))
            continue
        columns = corpus.part(rows).columns(rulebook, side.form, problems)
        if not problems:
            found.append(Group(laws[number].first, side, columns, rows))
    if problems:
        raise EvidenceError(problems)
    return found


def _no_law(corpus: Corpus, pairing: Pairing, row: int) -> Problem:
    return Problem(
        where=corpus.where(row),
        what=f"no whole law is encoded for the days from {pairing.first} until {pairing.until or 'today'}",
        cure="leave the cases of these days out",
    )


def contradictory(group: Group) -> Rows:
    """Return the cases of a group that contradict themselves, by their places in the corpus."""
    form = group.side.form
    settled = group.side.engine.settle(group.columns, group.rows.size, form.coherence)
    nowhere = np.zeros_like(all_of(group.rows.size))
    against = reduce(np.bitwise_or, (truths.refuted for truths in settled.values()), nowhere)
    return group.rows[np.flatnonzero(unpack(against, group.rows.size))]


def not_too_many(what: str, found: int, most: int) -> None:
    """Raise `UsageError` if there is more of something than anybody would read."""
    if found > most:
        problem = Problem(
            where="audit",
            what=f"there are more than {most} {what}",
            cure="audit a part of the corpus at a time, such as one year or one region",
        )
        raise UsageError([problem])
