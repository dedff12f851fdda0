"""Changes of a dossier: one at a time, none lost, and each can be undone by the person who made it.

A change is made on the dossier as its file stands at that moment, and never on what the person saw. It says itself
what it takes to be there still; where that is no longer so, nothing is written, and the person is shown both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from tierengine import canonical, yamlfile
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

_MOST = 200
"""Changes of a dossier that can be undone at most."""
_TRIES = 5
"""How often a change is made anew because the file was changed beside the desk at the same moment."""


@dataclass(frozen=True, slots=True)
class Now:
    """A dossier as its file stands while it is changed."""

    document: Document
    """The whole file; `casefile` lacks its ratings that wait to be filled in."""
    casefile: Casefile
    law: Law


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made: by whom, when, what in words, and the file before and after it."""

    by: str
    at: datetime
    says: str
    before: bytes
    after: str
    """The digest of the file."""


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
    told: dict[str, Any] = item.model_dump(mode="json", by_alias=True, exclude_none=True)
    return canonical.digest(canonical.encode(told))


class Changes:
    """Writes what people decide into the files of dossiers."""

    def __init__(self, shelf: Shelf, answers: Answers) -> None:
        self._shelf = shelf
        self._answers = answers
        self._locks: defaultdict[Path, Lock] = defaultdict(Lock)
        self._done: defaultdict[Path, list[Done]] = defaultdict(list)

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

        Raise `EvidenceError` if there is none, or if something was changed since.
        """
        with self._locks[kept.path]:
            done = self._done[kept.path]
            own = [each for each in done if each.by == by]
            if not own:
                raise _refused("you changed nothing here that could be undone", "change it by hand")
            last = own[-1]
            if canonical.digest(kept.path.read_bytes()) != last.after:
                since = self.last(kept)
                who = since.by if since is not None and since is not last else "somebody, in its file"
                raise _refused(f"this dossier was changed since by {who}", "change it by hand, so that nothing is lost")
            write_whole(kept.path, last.before)
            done.remove(last)
            return last.says

    def last(self, kept: Kept) -> Done | None:
        """Return the change that made the dossier what it is; nothing if that was made in its file, or before."""
        done = self._done[kept.path]
        return done[-1] if done and done[-1].after == kept.version else None

    def can_undo(self, kept: Kept, by: str) -> str | None:
        """Return in words what a person could undo now."""
        last = self.last(kept)
        return last.says if last is not None and last.by == by else None

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
        write_whole(path, wanted)
        done = self._done[path]
        done.append(Done(by, datetime.now(UTC), says, before, canonical.digest(wanted)))
        del done[:-_MOST]

    def _again(self, kept: Kept) -> Kept:
        found = self._shelf.find(kept.country, kept.edition)
        return found if found is not None else kept


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
