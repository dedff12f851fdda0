"""Changes of a dossier: one at a time, none lost, and each can be undone by the person who made it.

A change is made on the dossier as its file stands at that moment, and never on what the person saw. It says itself
what it takes to be there still; where that is no longer so, nothing is written, and the person is shown both.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from tierengine import canonical, yamlfile
from tierengine.coding.undoing import Note, Steps, steps_file
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, dossier_in
from tierengine.evidence.unfilled import without_blanks
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.terms.scalars import Model
from tierengine.web.answers import Answers
from tierengine.web.shelf import Kept, Shelf
from tierengine.wholefile import write_whole
from tierengine.yamlfile import Document

_TRIES = 5
"""How often a change is made anew because the file was changed beside the desk at the same moment."""


@dataclass(frozen=True, slots=True)
class Now:
    """A dossier as its file stands while it is changed."""

    document: Document
    """The whole file; `casefile` lacks its ratings that wait to be filled in."""
    casefile: Casefile
    law: Law


class ClashError(Exception):
    """What a change rests on is no longer so: somebody else decided meanwhile. `theirs` is what stands now."""

    def __init__(self, says: str, theirs: str, seen: str = "") -> None:
        super().__init__(says)
        self.says = says
        self.theirs = theirs
        self.seen = seen
        """The digest of what stands now, with which the same form can be sent again."""


def digest_of(item: Model | None) -> str:
    """Return the digest of a part of a dossier, by which a form says what its writer saw; nothing of what is not."""
    if item is None:
        return ""
    values: dict[str, Any] = item.model_dump(mode="json", by_alias=True, exclude_none=True)
    return canonical.digest(canonical.encode(values))


class Changes:
    """Writes what people decide into the files of dossiers."""

    def __init__(self, shelf: Shelf, answers: Answers) -> None:
        self._shelf = shelf
        self._answers = answers
        self._locks: defaultdict[Path, Lock] = defaultdict(Lock)
        self._known: dict[Path, tuple[tuple[int, int] | None, Steps]] = {}
        """What can be undone of each dossier, and the time of change and the size of the file that it was read from."""

    def make(self, kept: Kept, by: str, says: str, change: Callable[[Now], bytes]) -> Kept:
        """Make a change on a dossier as it stands now, and return it; what is returned is safe on the disk.

        Raise what `change` raises, and `EvidenceError` if the dossier would not hold with it; nothing is written then.
        """
        with self._locks[kept.path]:
            for _ in range(_TRIES):
                now, raw = self._now(kept)
                wanted = change(now)
                if wanted == raw:
                    return self._again(kept)
                self._check(now, wanted, kept.path)
                if kept.path.read_bytes() == raw:
                    self._write(kept.path, by, says, raw, wanted)
                    return self._again(kept)
        problem = Problem(
            where=kept.name,
            what="the file is being changed beside the desk all the time",
            cure="close it in the other program, and send this again",
        )
        raise EvidenceError([problem])

    def undo(self, kept: Kept, by: str) -> str:
        """Take back the last change that a person made, if nothing was changed since, and return it in words.

        What was done before the desk was started anew can be taken back too. Raise `EvidenceError` if there is
        nothing, or if something was changed since.
        """
        with self._locks[kept.path]:
            steps, raw = self._steps(kept.path), kept.path.read_bytes()
            newest = steps.newest(canonical.digest(raw))
            if newest is None or newest.by != by:
                if not steps.by(by):
                    raise _refused("you changed nothing here that could be undone", "change it by hand")
                who = newest.by if newest is not None and newest.by else "somebody, in its file"
                raise _refused(f"this dossier was changed since by {who}", "change it by hand, so that nothing is lost")
            before = steps.last(raw)
            write_whole(kept.path, before)
            steps.drop(before)
            return newest.says

    def last(self, kept: Kept) -> Note | None:
        """Return the change that made the dossier what it is; nothing if that was made in its file, or before."""
        try:
            found = self._steps(kept.path).newest(kept.version)
        except (EvidenceError, OSError):
            return None  # whoever undoes sees the error
        return found if found is not None and found.by else None

    def can_undo(self, kept: Kept, by: str) -> str | None:
        """Return in words what a person could undo now."""
        last = self.last(kept)
        return last.says if last is not None and last.by == by else None

    def _steps(self, path: Path) -> Steps:
        """What can be undone of a dossier, read anew where the file was changed by somebody in a terminal."""
        place = steps_file(path)
        state = (found.st_mtime_ns, found.st_size) if (found := _stat(place)) is not None else None
        known = self._known.get(path)
        if known is None or known[0] != state:
            known = self._known[path] = (state, Steps(path))
        return known[1]

    def _now(self, kept: Kept) -> tuple[Now, bytes]:
        raw = kept.path.read_bytes()
        document, casefile = _read(raw, kept.path)
        return Now(document, casefile, self._answers.law(casefile)), raw

    def _check(self, now: Now, wanted: bytes, path: Path) -> None:
        """Refuse what makes the dossier contradict itself or the law, where it did not before."""
        _, casefile = _read(wanted, path)
        before = {problem.what for problem in _against_the_law(now.casefile, now.law)}
        problems = [each for each in _against_the_law(casefile, now.law) if each.what not in before]
        if problems:
            raise EvidenceError(problems)

    def _write(self, path: Path, by: str, says: str, before: bytes, wanted: bytes) -> None:
        """Write a change: first how it is undone, so that there is none that cannot be."""
        try:
            self._steps(path).keep(before, wanted, Note(by, says, datetime.now(UTC).isoformat(timespec="seconds")))
        except OSError as error:
            what = f"what can be undone cannot be kept beside it: {error.strerror}"
            cure = "have whoever keeps the desk make its folder one that can be written"
            raise EvidenceError([Problem(where=path.name, what=what, cure=cure)]) from None
        write_whole(path, wanted)

    def _again(self, kept: Kept) -> Kept:
        found = self._shelf.find(kept.country, kept.edition)
        return found if found is not None else kept


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _read(raw: bytes, path: Path) -> tuple[Document, Casefile]:
    problems: list[Problem] = []
    document = yamlfile.load(raw, path.name, problems)
    if document is None or problems:
        raise EvidenceError(problems)
    return document, dossier_in(without_blanks(document), path.parent)


def _against_the_law(casefile: Casefile, law: Law) -> tuple[Problem, ...]:
    try:
        admit(casefile, law)
    except EvidenceError as error:
        return error.problems
    return ()


def _refused(what: str, cure: str) -> EvidenceError:
    return EvidenceError([Problem(where="undo", what=what, cure=cure)])
