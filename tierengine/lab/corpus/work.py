"""A question that is put to every part of a corpus: here or on a cluster, with what is done kept until all is done.

What a part gives depends on the part alone, and what the parts give is put together in their order. So the answer is
the same bytes however many there are, wherever and in whatever order they were done. Each is kept in a file as soon as
it is there: memory stays small, and a run that was stopped goes on where it was.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from tierengine import canonical
from tierengine.errors import ClassifiedError, EvidenceError, Problem, UsageError
from tierengine.lab.corpus.cases import CorpusPart, Watch, unwatched
from tierengine.lab.corpus.job import Done, Job, do
from tierengine.reasoning.assess import VERSION
from tierengine.wholefile import write_whole

R = TypeVar("R")

WORKERS = min(os.cpu_count() or 1, 4)
"""Threads that work on parts in one process."""

ROWS_AT_ONCE = 1 << 20
"""Rows of the parts that are in memory at once; a larger part is there alone."""

MOST_PROBLEMS = 50
"""Problems that are listed of a corpus; with so many, the parts that are left are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How the work is done; the answer is the same."""

    watch: Watch = unwatched
    kept: Path | None = None
    """A folder in which the parts that are done are kept; without one they are in memory, and a stopped run is lost."""
    cluster: str | None = None
    """`local`, `local:N` for N processes, or the address of a Dask scheduler."""


ALONE = Means()
"""In this process, in memory, showing nothing."""


class StoppedError(KeyboardInterrupt):
    """The user stopped a run; the text says how far it was, and that the same command goes on."""


def answers(job: Job[R], parts: Sequence[CorpusPart], means: Means, doing: str) -> Iterator[R]:
    """Yield what each part gives, in their order, once all are done.

    Raise `EvidenceError` with what cannot be used, `UsageError` if the parts cannot be kept or the cluster cannot be
    used, and `StoppedError` if the user stops it.
    """
    with _keeping(job, parts, means) as kept:
        todo = [number for number in range(len(parts)) if number not in kept]
        try:
            _do_all(job, parts, todo, means, kept, doing)
        except KeyboardInterrupt:
            done = sum(number in kept for number in range(len(parts)))
            raise StoppedError(kept.stopped(done, len(parts))) from None
        yield from (kept[number] for number in range(len(parts)))


def _do_all(
    job: Job[R], parts: Sequence[CorpusPart], todo: Sequence[int], means: Means, kept: _Kept[R], doing: str
) -> None:
    """Do and keep the parts that are to be done; raise `EvidenceError` with what cannot be used, in their order."""
    wrong: dict[int, EvidenceError] = {}
    if means.cluster is None:
        finished = _here(job, parts, todo)
    else:
        from tierengine.lab.corpus.cluster import on_cluster  # noqa: PLC0415 - an extra of the package, and slow

        finished = on_cluster(job, parts, todo, means.cluster)
    left = len(todo)
    with closing(finished):
        for _ in means.watch(todo, doing):
            number, done = next(finished)
            left -= 1
            if done.found is not None:
                kept[number] = done.found
            elif done.error is not None:
                wrong[number] = done.error
                if sum(len(error.problems) for error in wrong.values()) >= MOST_PROBLEMS:
                    break
    if wrong:
        _refuse([wrong[number] for number in sorted(wrong)], left)


def _refuse(wrong: Sequence[EvidenceError], left: int) -> None:
    kind = ClassifiedError if any(isinstance(error, ClassifiedError) for error in wrong) else EvidenceError
    problems = list(dict.fromkeys(problem for error in wrong for problem in error.problems))
    if left:
        what = f"{left} parts were not looked at, since so much is wrong with the others"
        problems.append(Problem(where="the rest of the corpus", what=what, cure="mend what is named, and ask again"))
    raise kind(problems)


def _here(job: Job[R], parts: Sequence[CorpusPart], todo: Sequence[int]) -> Generator[tuple[int, Done[R]], None, None]:
    """Do parts in this process, some at once: most of the work is done outside Python."""
    waiting = deque(todo)
    running: deque[tuple[int, Future[Done[R]]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            while waiting or running:
                rows = sum(parts[number].rows for number, _ in running)
                while waiting and (not running or rows + parts[waiting[0]].rows <= ROWS_AT_ONCE):
                    number = waiting.popleft()
                    running.append((number, pool.submit(do, job, parts[number])))
                    rows += parts[number].rows
                number, future = running.popleft()
                yield number, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


# -- what is kept -----------------------------------------------------------------------------------------------


class _Kept(Protocol[R]):
    """The parts that are done."""

    def __contains__(self, number: int) -> bool: ...

    def __setitem__(self, number: int, found: R) -> None: ...

    def __getitem__(self, number: int) -> R: ...

    def stopped(self, done: int, parts: int) -> str:
        """Return what is said of a run that is stopped."""


class _InMemory(dict[int, R]):
    """Parts that are kept as long as the run."""

    def stopped(self, done: int, parts: int) -> str:
        return f"stopped after {done} of {parts} parts; nothing is kept"


class _InFolder(Generic[R]):
    """Parts that are kept in a folder, each in a file that begins with the digest of what follows."""

    def __init__(self, folder: Path, kind: type[R]) -> None:
        self._folder = folder
        self._adapter: TypeAdapter[R] = TypeAdapter(kind)

    def __contains__(self, number: int) -> bool:
        return self._read(number) is not None

    def __getitem__(self, number: int) -> R:
        content = self._read(number)
        if content is None:
            problem = Problem(
                where=str(self._path(number)),
                what="a part that was kept is gone, or is not what it was",
                cure="leave the folder alone while the command runs; the same command does the part again",
            )
            raise UsageError([problem])
        return self._adapter.validate_json(content)

    def __setitem__(self, number: int, found: R) -> None:
        content = self._adapter.dump_json(found)
        try:
            write_whole(self._path(number), canonical.digest(content).encode() + b"\n" + content)
        except OSError as error:
            raise UsageError([_not_kept(self._folder, error)]) from None

    def stopped(self, done: int, parts: int) -> str:
        return f"stopped after {done} of {parts} parts, which are kept; the same command goes on from there"

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.json"

    def _read(self, number: int) -> bytes | None:
        """The content of a part; none if it is not there, or was damaged."""
        try:
            digest, _, content = self._path(number).read_bytes().partition(b"\n")
        except OSError:
            return None
        return content if canonical.digest(content).encode() == digest else None


@contextmanager
def _keeping(job: Job[R], parts: Sequence[CorpusPart], means: Means) -> Iterator[_Kept[R]]:
    """Give what is kept of this run, and throw it away at the end, unless the run is stopped or its machine fails."""
    states = [part.state for part in parts]
    if means.kept is None or len(parts) < 2 or None in states:
        yield _InMemory()
        return
    folder = means.kept / canonical.digest("\n".join([VERSION, job.key, *map(str, states)]).encode())[7:39]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise UsageError([_not_kept(folder, error)]) from None
    with lock:
        _alone(lock.fileno(), folder)
        try:
            yield _InFolder(folder, job.kind)
        except UsageError:
            raise  # such as a full disk: what is done stays done
        except EvidenceError:
            shutil.rmtree(folder, ignore_errors=True)  # it must be mended, and is then another corpus
            raise
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _alone(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        problem = Problem(
            where=str(folder),
            what="the same question is being put to the same corpus by another run",
            cure="wait for it, or stop it; what it has done is then taken up",
        )
        raise UsageError([problem]) from None


def _not_kept(folder: Path, error: OSError) -> Problem:
    return Problem(
        where=str(folder),
        what=f"the parts that are done cannot be kept there: {os.strerror(error.errno or 0)}",
        cure="make room there, or set XDG_CACHE_HOME to a folder with more; the same command goes on from what is done",
    )
