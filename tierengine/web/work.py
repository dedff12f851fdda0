"""Long work on the law: proofs, cases, the census of a change. Each runs in a process of its own and can be stopped.

Those processes are forked from one that has loaded what they need and does nothing else, so that each begins at once.
They yield the processor to the desk, and to one another: what shows soonest whether a draft is sound goes first.

What is asked for is the law of the desk, or a draft of it: the law with some of its files replaced, which is laid out
in a folder of its own, so that nothing half-written is ever law.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Literal

from tierengine.errors import Problem, UsageError
from tierengine.reports.problems import as_json

Kind = Literal["lint", "prove", "test", "impact", "mutate", "like-cases", "robust"]
State = Literal["running", "done", "failed", "stopped"]
Files = Mapping[str, str]
"""Text by the name of a law file, such as `rules/tiers.yaml`."""

MOST = 8
"""Pieces of work that run or wait at once, enough for two drafts; more are refused until one ends."""
_KEPT = 64
_LAW_FILE = re.compile(r"criteria/[A-Za-z0-9-]+/[0-9]{4}-[0-9]{2}-[0-9]{2}\.yaml|rules/[a-z_]+\.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done, with which law, on which cases."""

    kind: Kind
    law: Path
    """The folder that holds `criteria/` and `rules/`."""
    cache: Path | None = None
    """Where the law as it stands is kept once it was found sound."""
    files: Files = field(default_factory=dict)
    """What is otherwise in the draft of a change; empty for the law as it stands."""
    cases: Path | None = None
    """The cases that `test` runs, and that notice what `mutate` changes: a folder."""
    corpus: Path | None = None
    """The dossiers over which `impact` takes its census, and which are audited."""
    state: str = ""
    """The digest of law and dossiers as they stand: once one of them is changed, the work is done again."""


@dataclass(slots=True, kw_only=True)
class Work:
    """A piece of work, and how far it is."""

    id: str
    kind: Kind
    owner: str
    """Who asked for it; nobody else is shown it."""
    order: Order
    state: State = "running"
    done: int = 0
    of: int | None = None
    result: Any = None
    """What the command of the same name prints as JSON, once it is done."""
    found: list[Any] = field(default_factory=list)
    """What was found on the way and is worth showing at once."""
    problems: tuple[Problem, ...] = ()
    """Why it failed."""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "work": self.kind,
            "state": self.state,
            "done": self.done,
            "of": self.of,
            "result": self.result,
            "found": list(self.found),
            "problems": as_json(self.problems),
        }


_LABOUR = "tierengine.web.labour"
"""What a piece of work does; the desk itself never loads it."""
_FORKED = get_context("forkserver")
_FORKED.set_forkserver_preload(["__main__", _LABOUR])

_YIELDS: dict[Kind, int] = {"prove": 0, "lint": 2, "test": 2, "impact": 4, "mutate": 10, "like-cases": 4, "robust": 4}
"""How readily each kind of work leaves the processor to others; see nice(2)."""


class Works:
    """The pieces of work of a desk."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._known: dict[str, Work] = {}
        self._processes: dict[str, Any] = {}

    def expect(self) -> None:
        """Make ready for work that somebody may soon ask for, without waiting for it."""
        forkserver.ensure_running()

    def begin(self, order: Order, owner: str, after: Sequence[Work] = ()) -> Work:
        """Begin a piece of work, or return the one that somebody began on the same law.

        `after` is work that goes before it: it waits until that has ended, and is stopped if that failed or found the
        law unsound. Raise `UsageError` where too many run, or a file is none of a law.
        """
        refuse_names(order.files)
        with self._changed:
            alike = (each for each in self._known.values() if each.owner == owner and each.order == order)
            if (same := next((each for each in alike if each.state in ("running", "done")), None)) is not None:
                return same
            if sum(each.state == "running" for each in self._known.values()) >= MOST:
                cure = "wait until one has ended, or stop one"
                raise UsageError([Problem(where="work", what=f"{MOST} pieces of work run already", cure=cure)])
            work = Work(id=secrets.token_urlsafe(9), kind=order.kind, owner=owner, order=order)
            self._known[work.id] = work
            self._forget()
        if not after:
            self._start(work)
        else:
            Thread(target=self._start_after, args=(work, after), daemon=True).start()
        return work

    def _start(self, work: Work) -> None:
        """Start the process of a piece of work, unless it was stopped before."""
        with self._changed:
            if work.state != "running":
                return
            ours, theirs = _FORKED.Pipe(duplex=False)
            folder = tempfile.TemporaryDirectory(prefix="tierengine-draft-", ignore_cleanup_errors=True)
            process = _FORKED.Process(target=_in_its_process, args=(work.order, theirs, Path(folder.name)), daemon=True)
            process.start()
            theirs.close()
            self._processes[work.id] = process
        Thread(target=self._follow, args=(work, ours, process, folder), daemon=True).start()

    def _start_after(self, work: Work, before: Sequence[Work]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: work.state != "running" or all(each.state != "running" for each in before))
            sound = all(each.state == "done" and not (each.kind == "lint" and each.result) for each in before)
            if not sound and work.state == "running":
                work.state = "stopped"
                self._changed.notify_all()
        self._start(work)

    def find(self, name: str, owner: str) -> Work | None:
        """Return a piece of work of somebody; nothing if they have none of that name."""
        found = self._known.get(name)
        return found if found is not None and found.owner == owner else None

    def stop(self, work: Work) -> None:
        """Stop a piece of work that still runs."""
        with self._changed:
            if work.state == "running":
                work.state = "stopped"
                if work.id in self._processes:
                    self._processes[work.id].kill()
                self._changed.notify_all()

    def stop_drafts(self, owner: str, files: Files) -> None:
        """Stop what somebody began on other drafts than this one: its text has changed since."""
        for each in tuple(self._known.values()):
            if each.owner == owner and each.order.files and each.order.files != files:
                self.stop(each)

    def moved(self, work: Work, seen: tuple[State, int], seconds: float) -> tuple[State, int]:
        """Wait until a piece of work is further than was seen, at most for some seconds; return how far it is."""
        with self._changed:
            self._changed.wait_for(lambda: (work.state, work.done) != seen, timeout=seconds)
            return work.state, work.done

    def _forget(self) -> None:
        """Let go of the oldest that have ended."""
        ended = [name for name, each in self._known.items() if each.state != "running"]
        for name in ended[: max(len(self._known) - _KEPT, 0)]:
            del self._known[name]
            self._processes.pop(name, None)

    def _follow(self, work: Work, ours: Connection, process: Any, folder: tempfile.TemporaryDirectory[str]) -> None:
        """Take note of what a process sends, and clear up after it: one that is stopped does not do so itself."""
        with folder:
            self._note(work, ours)
            ours.close()
            process.join()

    def _note(self, work: Work, ours: Connection) -> None:
        while True:
            try:
                word, value = ours.recv()
            except (EOFError, OSError):
                word, value = "ended", None
            with self._changed:
                if word == "step":
                    work.done, work.of, found = value
                    work.found += () if found is None else (found,)
                elif word == "done" and work.state == "running":
                    work.state, work.result = "done", value
                elif work.state == "running":
                    work.state = "failed"
                    work.problems = tuple(value or [_died()])
                self._changed.notify_all()
            if word != "step":
                return


def refuse_names(files: Iterable[str]) -> None:
    """Raise `UsageError` for names of which no law has files."""
    cure = "name files as they stand in the law, such as rules/tiers.yaml or criteria/MS1/2000-10-28.yaml"
    if bad := [name for name in files if not _LAW_FILE.fullmatch(name)]:
        raise UsageError([Problem(where=name[:100], what="no file of a law is named so", cure=cure) for name in bad])


def lay_out(law: Path, files: Files, folder: Path) -> Path:
    """Lay the law of a folder out in another one, with some files replaced; return where it stands."""
    if not files:
        return law
    for part in ("criteria", "rules"):
        shutil.copytree(law / part, folder / part)
    for each, text in files.items():
        place = folder / each
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    return folder


def _died() -> Problem:
    cure = "begin it again; if it ends so again, run the command of the same name in a terminal"
    return Problem(where="work", what="it ended without an answer", cure=cure)


def _in_its_process(order: Order, back: Connection, folder: Path) -> None:
    """Do a piece of work where nothing else is done."""
    os.nice(_YIELDS[order.kind])
    import_module(_LABOUR).carry_out(order, back, folder)
