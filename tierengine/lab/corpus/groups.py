"""A corpus by the law that decides each case, with the cases' answers as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from tierengine.engines.columns import ColumnEngine, Columns, unpack
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.lab.change.sides import Pairing, Side, forms_of, on, side_by_side
from tierengine.lab.corpus.cases import Corpus, Watch, divide, read_corpus, unwatched
from tierengine.lab.corpus.parquet import Rows
from tierengine.law.rulebook import Rulebook

MOST_CASES = 20_000
"""Cases under one law that are looked at one by one; what is said of each of them is read by a person."""


@dataclass(frozen=True, slots=True)
class Group:
    """The cases that one law decides."""

    since: date
    """The first day of that law."""
    side: Side
    columns: Columns
    rows: Rows
    """Their places in the corpus."""


def read_groups(
    path: Path, rulebook: Rulebook, as_of: date | None = None, watch: Watch = unwatched
) -> tuple[Corpus, list[Group]]:
    """Return the cases of a folder of dossiers or a Parquet file, by the law that decides them.

    Raise `EvidenceError` with everything in the corpus that cannot be used, and `UsageError` if there are too many
    cases or no law is encoded for the date that is asked for.
    """
    laws = side_by_side(rulebook, rulebook)
    if as_of is not None:
        laws = on(laws, as_of)
    corpus = read_corpus(path, forms_of(laws), as_of, watch)
    return corpus, groups(corpus, rulebook, laws)


def groups(corpus: Corpus, rulebook: Rulebook, laws: Sequence[Pairing]) -> list[Group]:
    """Return the cases of a corpus by the law that decides them; raise as `read_groups` does."""
    problems: list[Problem] = []
    found: list[Group] = []
    for number, rows in divide(corpus, [pairing.first for pairing in laws]):
        side = laws[number].new
        if side is None:
            problems.append(_no_law(corpus, laws[number], int(rows[0])))
            continue
        not_too_many("cases", rows.size, MOST_CASES)
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


def contradictory(group: Group, corpus: Corpus) -> list[str]:
    """Return the cases of a group that contradict themselves."""
    found = ColumnEngine(group.side.form).evaluate(group.columns, group.rows.size).contradicted(group.side.form)
    return corpus.names(group.rows[np.flatnonzero(unpack(found, group.rows.size))])


def not_too_many(what: str, found: int, most: int) -> None:
    """Raise `UsageError` if there is more of something than anybody would read."""
    if found > most:
        problem = Problem(
            where="audit",
            what=f"there are more than {most} {what}",
            cure="audit a part of the corpus at a time, such as one year or one region",
        )
        raise UsageError([problem])
