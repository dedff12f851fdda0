"""A run over every single change of a rulebook: on all cores, kept as it goes, and gone on with where it stopped."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from tierengine import canonical
from tierengine.engines.solver import Limit
from tierengine.lab.cases.suite import case_files
from tierengine.lab.change.noticed import Examiner, Verdict
from tierengine.lab.change.record import Record, Standing, name_of, read_record, write_record
from tierengine.law.reader import RulebookFile, rulebook_digest, rulebook_files

PATIENCE = Limit(seconds=20)
"""How long the solver may try at one change."""

_AT_ONCE = 40
"""Changes that a process looks at before it reports what it found."""
_ALONE = 160
"""Changes for which it is not worth while to begin processes, each of which reads the law and the cases first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """What became of every single change that was looked at."""

    digest: str
    """The digest of the rulebook."""
    changes: int
    """How many single changes there are, those that were not looked at among them."""
    held: int = 0
    """Of how many the record of an earlier run still holds."""
    verdicts: tuple[Verdict, ...]

    def counted(self) -> dict[str, dict[str, int]]:
        """Return kind of change to how many of it were noticed by what, or became what."""
        found: dict[str, Counter[str]] = {}
        for each in self.verdicts:
            found.setdefault(each.kind, Counter())[each.by or each.became] += 1
        return {kind: dict(counts) for kind, counts in found.items()}

    def moving(self) -> tuple[Verdict, ...]:
        """Return the changes that nothing notices and that move an answer."""
        return tuple(each for each in self.verdicts if each.unnoticed)

    def undecided(self) -> tuple[Verdict, ...]:
        """Return the changes on which the solver gave up."""
        return tuple(each for each in self.verdicts if each.became == "undecided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be looked at, and how."""

    rulebook: Path
    cases: Path
    limit: Limit = PATIENCE
    files: frozenset[str] | None = None
    """Files of the rulebook whose changes alone are looked at."""
    sample: int | None = None
    """Look at each so-many-th change alone."""
    kept: Path | None = None
    """A folder in which what was found is kept."""
    record: Path | None = None
    """The record of an earlier run: where it holds, none is looked at, or each so-many-th. It is written anew."""
    workers: int = 0
    """Processes; as many as there are cores where it is 0."""


def mutation(plan: Plan, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Mutation:
    """Return what becomes of every single change that a plan asks for; what a run kept is not looked at again.

    `progress` is called with how many are done and how many there are. Raise `RulebookError` if the rulebook does not
    read, and `EvidenceError` if the cases do not.
    """
    examiner = Examiner(plan.rulebook, plan.cases, plan.limit)  # before any process starts, so it is reported once
    record: Record = {} if plan.record is None else read_record(plan.record)
    standing = Standing(examiner)
    held = standing.still_held(record) if record else frozenset()
    wanted = _wanted(plan, examiner, held)
    journal = _Journal(plan)
    found = {each.number: each for each in journal.read() if each.number in wanted}
    progress(len(found), len(wanted))
    left = [number for number in wanted if number not in found]
    for verdicts in _looked_at(plan, left, examiner):
        journal.add(verdicts)
        found |= {each.number: each for each in verdicts}
        progress(len(found), len(wanted))
    whole = Mutation(
        digest=examiner.base.draft.rulebook.digest,
        changes=len(examiner.changes),
        held=sum(name_of(change.item) in held for change in examiner.changes),
        verdicts=tuple(found[number] for number in wanted),
    )
    if plan.record is not None and plan.files is None and not (whole.moving() or whole.undecided()):
        write_record(plan.record, standing.recorded(whole.verdicts, record))
    return whole


def _wanted(plan: Plan, examiner: Examiner, held: frozenset[str]) -> list[int]:
    """The changes to look at: without a record each, or each so-many-th; with one each of which it holds no more."""
    numbers = [
        number
        for number, change in enumerate(examiner.changes)
        if plan.files is None or change.item.document.name in plan.files
    ]
    if plan.record is None:
        return numbers if plan.sample is None else numbers[:: plan.sample]
    known = [number for number in numbers if name_of(examiner.changes[number].item) in held]
    again = set() if plan.sample is None else set(known[:: plan.sample])
    left = set(numbers).difference(known)
    return [number for number in numbers if number in again or number in left]


def changed_files(now: Sequence[RulebookFile], then: Sequence[RulebookFile]) -> frozenset[str]:
    """Return the names of the files of a rulebook that were not there or read otherwise then."""
    before = {file.name: file.raw for file in then}
    return frozenset(file.name for file in now if before.get(file.name) != file.raw)


# -- processes -----------------------------------------------------------------------------------------------------


def _looked_at(plan: Plan, numbers: list[int], examiner: Examiner) -> Iterator[list[Verdict]]:
    """Yield what is found, some changes at a time, as it is found."""
    workers = plan.workers or os.cpu_count() or 1
    if workers == 1 or len(numbers) <= _ALONE:
        for part in _parts(numbers):
            yield [examiner.verdict(number) for number in part]
        return
    begin = (plan.rulebook, plan.cases, plan.limit)
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, begin) as pool:
        parts = _parts(numbers)
        running = {pool.submit(_verdicts, part) for part in islice(parts, 2 * workers)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(_verdicts, part) for part in islice(parts, len(done))}
                yield from (_result(each) for each in done)
        finally:
            pool.shutdown(cancel_futures=True)


def _result(done: Future[list[Verdict]]) -> list[Verdict]:
    return done.result()


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(numbers), _AT_ONCE):
        yield numbers[first : first + _AT_ONCE]


_examiner: list[Examiner] = []
"""The one examiner of a process."""


def _begin(rulebook: Path, cases: Path, limit: Limit) -> None:
    _examiner[:] = [Examiner(rulebook, cases, limit)]


def _verdicts(numbers: list[int]) -> list[Verdict]:
    return [_examiner[0].verdict(number) for number in numbers]


# -- what is kept --------------------------------------------------------------------------------------------------


class _Journal:
    """What was found so far, one line for each change; it holds for one state of rulebook, cases and program."""

    def __init__(self, plan: Plan) -> None:
        self._path = None if plan.kept is None else plan.kept / f"mutate-{_state(plan)}.jsonl"

    def read(self) -> Iterator[Verdict]:
        """Yield what was found before; a line that was broken off is passed over."""
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                yield Verdict(**json.loads(line))
            except (ValueError, TypeError):
                continue

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Keep what was found; where it cannot be kept, a later run looks again."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in verdicts)
        except OSError:
            self._path = None


def _state(plan: Plan) -> str:
    """A digest of the rulebook, of the cases, of the limit and of the program."""
    values = {
        "rulebook": rulebook_digest(rulebook_files(plan.rulebook)),
        "cases": [canonical.digest(file.read_bytes()) for file in case_files(plan.cases)],
        "code": canonical.digest_of_code(),
        "limit": str(plan.limit),
    }
    return canonical.digest(canonical.encode(values)).removeprefix("sha256:")[:20]
