"""Makes again what the engine said in entries, from what was kept and under the rulebook of then, and compares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context

from tierengine import canonical, schemas
from tierengine.errors import LedgerError, Problem, TierEngineError, UsageError
from tierengine.evidence.dossier import Casefile, dossier_of
from tierengine.law.reader import RulebookFile, rulebook_of
from tierengine.law.rulebook import Law, Rulebook
from tierengine.ledger.book import Ledger
from tierengine.ledger.entries import AssessmentEntry, DeterminationEntry, PositionEntry
from tierengine.ledger.notes import Verifier
from tierengine.ledger.sameness import compared
from tierengine.ledger.store import Reader, Store
from tierengine.reasoning.assess import VERSION, Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.concession import concede

_FEW = 24
"""Assessments that are made sooner than a second process is started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An assessment as the ledger keeps it: what it was made from, and the bytes of the answer."""

    entry: AssessmentEntry
    casefile: Casefile
    rulebook: Rulebook
    files: tuple[RulebookFile, ...]
    answer: bytes

    @property
    def as_of(self) -> date:
        """The date whose law decides."""
        return date.fromisoformat(self.entry.as_of)


def answer_of(assessment: Assessment) -> bytes:
    """Return the bytes of an answer as they are kept: its canonical JSON."""
    return canonical.encode(schemas.dump(Assessment, assessment))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of making an entry again."""

    number: int
    problem: Problem | None = None
    """What is not as it was recorded, if anything."""
    in_other_words: bool = False
    """Whether an earlier version said it in other words, and it decides the same."""


@dataclass(slots=True)
class Replayer:
    """Reads what a ledger keeps and makes it again; a rulebook is read once, and its engines are made once a date."""

    ledger: Ledger
    _rulebooks: dict[str, tuple[Rulebook, tuple[RulebookFile, ...]]] = field(default_factory=dict)
    _assessors: dict[tuple[str, date], Assessor] = field(default_factory=dict)

    def recorded(self, reader: Reader, number: int) -> Recorded:
        """Return a recorded assessment. Raise `UsageError` if the entry is none, `LedgerError` if it lacks an input."""
        entry, _ = self.ledger.entry(reader, number)
        if not isinstance(entry, AssessmentEntry):
            what = f"entry {number} is no assessment, it is a {entry.kind}"
            raise UsageError([Problem(where="ENTRY", what=what, cure="see which are: tierengine ledger log")])
        rulebook, files = self.rulebook(reader, entry.rulebook)
        sources = {source.name: self.ledger.blob(reader, source.digest) for source in entry.sources}
        dossier = self.ledger.blob(reader, entry.dossier.digest)
        return Recorded(
            entry=entry,
            casefile=dossier_of(dossier, entry.dossier.name, sources),
            rulebook=rulebook,
            files=files,
            answer=self.ledger.blob(reader, entry.answer),
        )

    def rulebook(self, reader: Reader, digest: str) -> tuple[Rulebook, tuple[RulebookFile, ...]]:
        """Return a kept rulebook and its files. Raise `LedgerError` if one is missing."""
        if digest not in self._rulebooks:
            manifest: Mapping[str, str] = json.loads(self.ledger.blob(reader, digest))
            named = sorted(manifest.items(), key=lambda item: item[0].split("/"))
            files = tuple(RulebookFile(name, self.ledger.blob(reader, held)) for name, held in named)
            self._rulebooks[digest] = rulebook_of(files), files
        return self._rulebooks[digest]

    def assessor(self, recorded: Recorded) -> Assessor:
        """Return the assessor with both engines for the rulebook and date of a recorded assessment."""
        key = recorded.rulebook.digest, recorded.as_of
        if key not in self._assessors:
            self._assessors[key] = Assessor(recorded.rulebook.on(recorded.as_of))
        return self._assessors[key]

    def again(self, reader: Reader, number: int) -> Replayed:
        """Make what an entry says of the engine again, and return what came of it."""
        try:
            entry, _ = self.ledger.entry(reader, number)
            if isinstance(entry, PositionEntry | DeterminationEntry):
                return Replayed(number=number, problem=self._stand(reader, entry))
            recorded = self.recorded(reader, number)
            again = answer_of(self.assessor(recorded).assess(recorded.casefile))
        except UsageError:
            raise
        except TierEngineError as error:
            first = error.problems[0]
            problem = _differs(number, f"it cannot be made again: {first.where}: {first.what}", first.cure)
            return Replayed(number=number, problem=problem)
        found = compared(recorded.answer, again, recorded.entry.tierengine)
        if found.differs_at is None:
            return Replayed(number=number, in_other_words=found.in_other_words)
        cure = "keep both answers and ask those who maintain tierengine which is right"
        if recorded.entry.tierengine != VERSION:
            cure = f"replay it with tierengine {recorded.entry.tierengine}, which made it; this is {VERSION}"
        what = f"made again, it differs from what was recorded, first at {found.differs_at}"
        return Replayed(number=number, problem=_differs(number, what, cure))

    def _stand(self, reader: Reader, entry: PositionEntry | DeterminationEntry) -> Problem | None:
        """Concede the disputed findings again."""
        if not entry.disputes:
            return None
        on = self.recorded(reader, entry.on)
        if conceding_holds(entry, on.casefile, on.rulebook.on(on.as_of)):
            return None
        cure = "keep the entry and ask those who maintain tierengine what is right"
        return _differs(entry.number, "conceded again, the disputed findings do not do what was recorded", cure)


def conceding_holds(entry: PositionEntry | DeterminationEntry, casefile: Casefile, law: Law) -> bool:
    """Concede again what an entry disputes, and return whether that does to its tier what the entry says."""
    again = concede(casefile, law, [f"{each.id}={each.held.value}" for each in entry.disputes], entry.tier)
    found = [(each.id, each.found, each.held) for each in again.findings]
    disputed = [(each.id, each.found, each.held) for each in entry.disputes]
    return (found, again.effect) == (disputed, entry.concession)


def _differs(number: int, what: str, cure: str) -> Problem:
    return Problem(where=f"entry {number}", what=what, cure=cure)


def replay(
    ledger: Ledger, numbers: Sequence[int], progress: Callable[[], None] = lambda: None, workers: int = 1
) -> tuple[int, ...]:
    """Make the assessments of some entries, and what conceding findings did, again; `progress` is called after each.

    Return the entries that another version said in other words, and which decide the same; all others come out byte
    for byte. Raise `LedgerError` with every entry that does not come out as it was recorded.
    """
    found: list[Replayed] = []
    for each in _replayed(ledger, numbers, workers):
        found.append(each)
        progress()
    if problems := [each.problem for each in found if each.problem is not None]:
        raise LedgerError(problems)
    return tuple(each.number for each in found if each.in_other_words)


def _replayed(ledger: Ledger, numbers: Sequence[int], workers: int) -> Iterator[Replayed]:
    if workers < 2 or len(numbers) <= _FEW:
        yield from map(_with(ledger), numbers)
        return
    chosen = (ledger.store.place, ledger.known)
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, chosen) as pool:
        yield from pool.map(_one, numbers, chunksize=4)


def _with(ledger: Ledger) -> Callable[[int], Replayed]:
    replayer = Replayer(ledger)

    def one(number: int) -> Replayed:
        with ledger.store.reading() as reader:
            return replayer.again(reader, number)

    return one


_mine: list[Callable[[int], Replayed]] = []
"""What a process that replays for another makes once: it reads the rulebooks, which takes longer than a replay."""


def _start(place: str, known: Verifier | None) -> None:
    _mine.append(_with(Ledger(Store(place), known)))


def _one(number: int) -> Replayed:
    return _mine[0](number)
