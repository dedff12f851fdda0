"""The parts of a corpus on the machines of a Dask cluster (the extra `tierengine[cluster]`).

A machine is given the question and a part, reads the part itself, and sends back what it gives. Before it is given
any, and again with each, it must be of the same versions and have the same law as this one. A part whose machine ends
is given to another; one that nobody answers is done here. TLS and all else is set by the settings of `distributed`.
"""

from __future__ import annotations

import multiprocessing
import pickle
import platform
import signal
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import islice
from typing import Any, TypeVar

from tierengine import canonical
from tierengine.errors import Problem, TierEngineError, UsageError
from tierengine.lab.corpus.cases import CorpusPart
from tierengine.lab.corpus.job import Done, Job, do
from tierengine.law.reader import own_folder, rulebook_digest, rulebook_files
from tierengine.reasoning.assess import VERSION

try:
    import dask
    import distributed
except ImportError:
    raise UsageError(
        [
            Problem(
                where="--cluster",
                what="the package `distributed`, which runs the cluster, is not installed",
                cure="install the extra: pip install 'tierengine[cluster]'",
            )
        ]
    ) from None

R = TypeVar("R")

REACHED_WITHIN = 15
"""Seconds in which a scheduler must answer and have a worker."""

PATIENCE = 120.0
"""Seconds without any answer from the cluster, after which the part that waits longest is done here."""

WORKER_SILENT = "30s"
"""How long a worker of a cluster of our own may be silent until its parts are given to another."""

Identity = Mapping[str, str]
"""What must be the same on every machine: what it is, to its version or its digest."""


@cache
def identity() -> Identity:
    """Return the versions of this machine: program, Python, the packages that read columns, and the law installed."""
    try:
        law = rulebook_digest(rulebook_files(own_folder()))
    except TierEngineError:
        law = "none"
    return {
        "tierengine": VERSION,
        "the code of tierengine": canonical.digest_of_code(),
        "the law that is installed": law,
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: version(name) for name in ("numpy", "pyarrow")},
    }


@dataclass(frozen=True, slots=True)
class _Differs:
    """The answer of a machine that is not of the same versions."""

    theirs: Identity


def on_cluster(
    job: Job[R], parts: Sequence[CorpusPart], todo: Sequence[int], address: str
) -> Generator[tuple[int, Done[R]], None, None]:
    """Do parts on a cluster, and yield each with its number as it is done.

    Raise `UsageError` if the cluster cannot be reached or is lost, or if a worker differs.
    """
    with _connected(address) as client:
        _compare(client)
        sent = zlib.compress(pickle.dumps(job))
        waiting = iter(todo)
        running: dict[Any, int] = {}
        while True:
            at_once = 2 * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
            # Where a worker was lost, more run than the rest are given at once.
            for number in islice(waiting, max(at_once - len(running), 0)):
                running[client.submit(_task, identity(), sent, parts[number], pure=False)] = number
            if not running:
                return
            try:
                done = distributed.wait(list(running), timeout=PATIENCE, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                silent = next(iter(running))
                silent.cancel(force=True)
                number = running.pop(silent)
                yield number, do(job, parts[number])
                continue
            for future in done:
                number = running.pop(future)
                yield number, _result(future, number, address)


def _task(expected: Identity, sent: bytes, part: CorpusPart) -> Done[Any] | _Differs:
    """What a worker does."""
    return do(_job(sent), part) if identity() == expected else _Differs(identity())


@lru_cache(maxsize=4)
def _job(sent: bytes) -> Job[Any]:
    job: Job[Any] = pickle.loads(zlib.decompress(sent))  # noqa: S301 - from the client, whom a worker obeys anyway
    return job


def _result(future: Any, number: int, address: str) -> Done[Any]:
    error = future.exception()
    if isinstance(error, TierEngineError):
        raise error
    if isinstance(error, distributed.KilledWorker):
        raise _trouble(
            address,
            f"part {number + 1} ended every worker that was given it",
            "look into the log of the workers, most likely for a lack of memory",
        )
    if error is not None:  # whatever a worker or the network may throw
        raise _trouble(
            address,
            f"part {number + 1} was not done: {type(error).__name__}: {error}",
            "look into the log of the scheduler and the workers; the same command goes on from what is done",
        )
    found = future.result()
    if isinstance(found, _Differs):
        raise UsageError(_differences("a worker that joined", found.theirs))
    done: Done[Any] = found
    return done


# -- the machines -----------------------------------------------------------------------------------------------


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Give a client of the cluster at an address, or of one of our own that ends with it."""
    kind, _, number = address.partition(":")
    if kind == "local":
        with _of_our_own(number, address) as cluster, distributed.Client(cluster) as client:
            yield client
        return
    try:
        client = distributed.Client(address, timeout=REACHED_WITHIN)
    except (OSError, ValueError, TimeoutError, TypeError) as error:  # a TypeError: TLS without a certificate
        raise _trouble(
            address,
            f"the scheduler cannot be reached: {str(error) or type(error).__name__}",
            "name one that runs, such as tcp://scheduler:8786, or ask for processes of this machine with `local`",
        ) from None
    try:
        client.wait_for_workers(1, timeout=REACHED_WITHIN)
    except TimeoutError:
        with suppress(Exception):
            client.close()
        raise _trouble(address, "the scheduler has no worker", "start some, and ask again") from None
    with client:
        yield client


@contextmanager
def _of_our_own(number: str, address: str) -> Iterator[Any]:
    if number and not (number.isdecimal() and int(number) > 0):
        raise _trouble(address, f"`{number}` is no number of processes", "write `local`, or such as `local:2`")
    with dask.config.set({"distributed.scheduler.worker-ttl": WORKER_SILENT}):
        with _deaf_to_ctrl_c():
            cluster = distributed.LocalCluster(
                n_workers=int(number) if number else multiprocessing.cpu_count(),
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",  # a port that is free; the usual one may be taken
                host="127.0.0.1",
                silence_logs="CRITICAL",
            )
        with cluster:
            yield cluster


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes that leave it to this one to stop: Ctrl-C in a terminal goes to all of them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _compare(client: Any) -> None:
    """Compare every worker with this machine, before any of them is given a part. Raise `UsageError` if one differs."""
    asked = {
        worker: client.submit(_task_of_identity, workers=[worker], allow_other_workers=False, pure=False)
        for worker in client.scheduler_info(n_workers=-1)["workers"]
    }
    with suppress(TimeoutError):  # one that never answers is compared with its first part, if it ever takes one
        distributed.wait(list(asked.values()), timeout=REACHED_WITHIN)
    problems: list[Problem] = []
    for worker, future in asked.items():
        if future.status == "error":
            error = future.exception()
            what = f"the worker cannot run tierengine: {type(error).__name__}: {error}"
            problems.append(Problem(where=worker, what=what, cure="install the same tierengine there"))
        elif future.status == "finished":
            problems += _differences(f"worker {worker}", future.result())
        else:
            future.cancel(force=True)
    if problems:
        raise UsageError(problems)


def _task_of_identity() -> Identity:
    return identity()


def _differences(worker: str, theirs: Identity) -> Iterator[Problem]:
    for name, ours in identity().items():
        if theirs.get(name) != ours:
            yield Problem(
                where=worker,
                what=f"{name}: {theirs.get(name, 'unknown')} there, {ours} here",
                cure="install the same on every machine; machines that differ might answer differently",
            )


def _trouble(address: str, what: str, cure: str) -> UsageError:
    return UsageError([Problem(where=f"--cluster {address}", what=what, cure=cure)])
