"""A corpus: many cases, from Parquet or from a folder of dossiers, whose answers are had as columns, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tierengine.engines.columns import Columns, columns_of
from tierengine.engines.form import Facts, Form
from tierengine.errors import ClassifiedError, EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.corpus.parquet import Rows, parquet_files, row_groups
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.terms.tier import Placement

DOSSIERS = 50
"""Dossiers that are read at once."""

S = TypeVar("S")
T = TypeVar("T")


class Watch(Protocol):
    """Goes through long work, and may show how far it is."""

    def __call__(self, pieces: Sequence[T], doing: str, /) -> Iterable[T]:
        """Yield the pieces; `doing` says in a few words what is done with them."""
        ...


def unwatched(pieces: Sequence[T], _doing: str, /) -> Iterable[T]:
    """Go through the pieces and show nothing."""
    return pieces


class Part(Protocol):
    """Some cases of a corpus."""

    def columns(self, rulebook: Rulebook, form: Form, problems: list[Problem], /) -> Columns:
        """Return their answers as the inputs of a form; what cannot be used is added to the problems."""
        ...


class Corpus(Protocol):
    """Some cases that are read at once."""

    @property
    def days(self) -> NDArray[np.datetime64]:
        """The day whose law decides each case: the one that was asked for, else its own, else not a time."""
        ...

    def reports(self, rows: Rows, /) -> list[Placement | None]:
        """Return where a report placed cases, if that is known."""
        ...

    def names(self, rows: Rows) -> list[str]:
        """Return the ids of cases."""
        ...

    def where(self, row: int) -> str:
        """Return where a case stands, for a problem with its day."""
        ...

    def part(self, rows: Rows) -> Part:
        """Return some of the cases."""
        ...


class CorpusPart(Protocol):
    """What is read of a corpus at once; it can be sent to another process that sees the same files."""

    @property
    def rows(self) -> int:
        """How many cases it has."""
        ...

    @property
    def state(self) -> str | None:
        """What distinguishes it from any other, and from itself once it is changed; none if that is not known."""
        ...

    def corpus(self) -> Corpus:
        """Read the cases. Raise `EvidenceError` with everything that is wrong with them."""
        ...


@dataclass(frozen=True, slots=True)
class Dossiers:
    """Some of the dossiers below a folder."""

    folder: Path
    names: tuple[str, ...]
    asked: date | None

    @property
    def rows(self) -> int:
        """How many they are."""
        return len(self.names)

    @property
    def state(self) -> None:
        """Not known without reading every dossier and every source."""

    def corpus(self) -> DossierCorpus:
        """Read them. Raise `EvidenceError` with everything that is wrong with them."""
        return DossierCorpus(self.folder, self.names, self.asked)


def parts_of(path: Path, forms: Iterable[Form], as_of: date | None = None) -> tuple[CorpusPart, ...]:
    """Return the parts of a folder of dossiers or of Parquet; with a date, its law decides every case.

    Raise `EvidenceError` with everything that can be seen to be wrong with it before a case is read.
    """
    if not path.is_dir() or (parquet_files(path) and not any(path.rglob("dossier.yaml"))):
        return row_groups(path, forms, as_of)
    names = [each.parent.relative_to(path).as_posix() for each in sorted(path.rglob("dossier.yaml"))]
    what = "there is no `dossier.yaml` in it or below it, and no Parquet file"
    if names and parquet_files(path):
        what = "there are both dossiers and Parquet files in it or below it"
    if not names or parquet_files(path):
        cure = "name a folder of dossiers, or Parquet with one row for each case"
        raise EvidenceError([Problem(where=str(path), what=what, cure=cure)])
    return tuple(Dossiers(path, tuple(names[n : n + DOSSIERS]), as_of) for n in range(0, len(names), DOSSIERS))


@dataclass(frozen=True, slots=True)
class Share:
    """Some cases of a part that one after the other are too much work for one machine."""

    part: CorpusPart
    first: int
    rows: int

    @property
    def state(self) -> str | None:
        """That of the part, with the cases that are meant."""
        return None if self.part.state is None else f"{self.part.state} {self.first} {self.rows}"

    def corpus(self) -> Corpus:
        """Read the part. Raise `EvidenceError` with everything that is wrong with it."""
        return _SharedCorpus(self.part.corpus(), self.first, self.rows)


def divided(parts: Iterable[CorpusPart], rows: int, most: int) -> tuple[Share, ...]:
    """Divide each part into shares of so many cases, or into the most that there may be of one part."""
    found: list[Share] = []
    for part in parts:
        size = max(rows, -(-part.rows // most))
        found += (Share(part, first, min(size, part.rows - first)) for first in range(0, part.rows, size))
    return tuple(found)


class _SharedCorpus:
    """Some cases of a corpus, counted from the first of them."""

    def __init__(self, corpus: Corpus, first: int, rows: int) -> None:
        self._corpus = corpus
        self._first = first
        self.days: NDArray[np.datetime64] = corpus.days[first : first + rows]

    def reports(self, rows: Rows, /) -> list[Placement | None]:
        return self._corpus.reports(rows + self._first)

    def names(self, rows: Rows) -> list[str]:
        return self._corpus.names(rows + self._first)

    def where(self, row: int) -> str:
        return self._corpus.where(row + self._first)

    def part(self, rows: Rows) -> Part:
        return self._corpus.part(rows + self._first)


class DossierCorpus:
    """Dossiers below a folder; a case is named by the folder in which its dossier lies."""

    def __init__(self, folder: Path, names: Sequence[str], asked: date | None = None) -> None:
        self._names = names
        paths = [folder / name / "dossier.yaml" for name in names]
        self._casefiles = list(_each(read_dossier, paths, names))
        self._days = [asked or casefile.dossier.as_of for casefile in self._casefiles]
        self.days: NDArray[np.datetime64] = np.array(self._days, "datetime64[D]")

    def reports(self, rows: Rows, /) -> list[Placement | None]:
        """Return where a report placed cases: a dossier does not say."""
        return [None] * rows.size

    def names(self, rows: Rows) -> list[str]:
        """Return the ids of cases."""
        return [self._names[row] for row in rows]

    def where(self, row: int) -> str:
        """Return where a case stands, for a problem with its day."""
        return f"{self._names[row]}/{self._casefiles[row].document.where('as_of')}"

    def part(self, rows: Rows) -> Part:
        """Return some of the cases."""
        return _Dossiers([(self._casefiles[row], self._days[row]) for row in rows], self.names(rows))


class _Dossiers:
    """Some dossiers, each with the day whose law decides it."""

    def __init__(self, dated: Sequence[tuple[Casefile, date]], names: Sequence[str]) -> None:
        self._dated = dated
        self._names = names

    def columns(self, rulebook: Rulebook, form: Form, problems: list[Problem], /) -> Columns:
        """Return what each dossier answers under the law of its day: the facts that `assess` has."""
        laws: dict[date, Law] = {}

        def facts(dated: tuple[Casefile, date]) -> Facts:
            casefile, day = dated
            law = laws.get(day) or laws.setdefault(day, rulebook.on(day))
            return admit(casefile, law).facts

        try:
            return columns_of(form, list(_each(facts, self._dated, self._names)))
        except EvidenceError as error:
            problems += error.problems
            return {}


def _each(of: Callable[[T], S], items: Iterable[T], names: Sequence[str]) -> Iterator[S]:
    """What a function gives for each dossier. Raise `EvidenceError` with the problems of all of them."""
    problems: list[Problem] = []
    kind = EvidenceError
    for item, name in zip(items, names, strict=True):
        try:
            yield of(item)
        except EvidenceError as error:
            kind = ClassifiedError if isinstance(error, ClassifiedError) else kind
            problems += (
                Problem(where=f"{name}/{each.where}", what=each.what, cure=each.cure) for each in error.problems
            )
    if problems:
        raise kind(problems)


def divide(corpus: Corpus, starts: Sequence[date]) -> Iterator[tuple[int, Rows]]:
    """Yield the cases that fall between the same two of the days, with the number of the first of them.

    A case without a day falls behind the last. Raise `EvidenceError` if one is older than the first.
    """
    firsts = np.array(starts, "datetime64[D]")
    days = np.where(np.isnat(corpus.days), firsts[-1], corpus.days)
    numbers = np.searchsorted(firsts, days, side="right") - 1
    early = np.flatnonzero(numbers < 0)
    if early.size:
        more = f", and none for {early.size - 1} more" if early.size > 1 else ""
        problem = Problem(
            where=corpus.where(int(early[0])),
            what=f"no law is encoded for {days[early[0]]}{more}",
            cure=f"give it a date from {starts[0]} on",
        )
        raise EvidenceError([problem])
    for number in np.flatnonzero(np.bincount(numbers)):
        yield int(number), np.flatnonzero(numbers == number)
