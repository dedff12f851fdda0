"""What was decided on a dossier, step by step, kept in a file beside it: so it can be undone in a later sitting too."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path

from tierengine import canonical
from tierengine.errors import EvidenceError, Problem
from tierengine.wholefile import write_whole

MOST = 200
"""Steps that are kept."""


@dataclass(frozen=True, slots=True)
class Note:
    """Who made a step, what it did in words, and when, as ISO 8601 writes it; empty where nobody said."""

    by: str = ""
    says: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """A change of a file: the bytes from `at` on that were `old` and are `new`, and the digests before and after."""

    at: int
    old: bytes
    new: bytes
    before: str
    after: str
    note: Note = Note()


class Steps:
    """The steps by which a dossier became what it is, the last of which can be taken back in turn."""

    def __init__(self, dossier: Path) -> None:
        """Read the steps that were kept beside a dossier, if there are any.

        Raise `EvidenceError` if that file is damaged, and `OSError` if it cannot be read.
        """
        self._path = steps_file(dossier)
        self._steps = _read(self._path) if self._path.exists() else []

    def keep(self, before: bytes, after: bytes, note: Note | None = None) -> None:
        """Keep a step that is about to be made. Raise `OSError` if it cannot be written."""
        self._steps = [*self._made(before), _step(before, after, note or Note())][-MOST:]
        self._write()

    def newest(self, version: str) -> Note | None:
        """Return the note on the step that made a dossier what it is; nothing if it was changed otherwise.

        `version` is the digest of its file.
        """
        made = (each for each in reversed(self._steps) if each.before != version)
        last = next(made, None)
        return last.note if last is not None and last.after == version else None

    def by(self, name: str) -> bool:
        """Return whether somebody made one of the steps that are kept."""
        return any(each.note.by == name for each in self._steps)

    def last(self, now: bytes) -> bytes:
        """Return what a dossier was before the last step.

        Raise `EvidenceError` if no step is left, or if the file was changed otherwise since.
        """
        steps = self._made(now)
        if not steps:
            raise _refused("nothing is left that was decided here and could be undone", "change the file by hand")
        step = steps[-1]
        if step.after != canonical.digest(now):
            cure = "change it by hand, so that nothing of it is lost"
            raise _refused("the file was changed otherwise since the last decision", cure)
        return now[: step.at] + step.old + now[step.at + len(step.new) :]

    def drop(self, now: bytes) -> None:
        """Forget the steps that lead away from what a dossier is now, since the last of them was taken back."""
        self._steps = self._made(now)
        if self._steps:
            self._write()
        else:
            self._path.unlink(missing_ok=True)

    def _made(self, now: bytes) -> list[_Step]:
        """The steps without one that was kept and never made: the machine stopped between the two."""
        kept = self._steps
        return kept[:-1] if kept and kept[-1].before == canonical.digest(now) else kept

    def _write(self) -> None:
        values = [
            {"at": each.at, "old": _text(each.old), "new": _text(each.new)}
            | {"before": each.before, "after": each.after, "note": asdict(each.note)}
            for each in self._steps
        ]
        write_whole(self._path, canonical.readable(values).encode())


def steps_file(dossier: Path) -> Path:
    """Return the file in which the steps of a dossier are kept."""
    return dossier.with_name(f".{dossier.name}.undo")


def _step(before: bytes, after: bytes, note: Note) -> _Step:
    """The one stretch in which two texts differ."""
    at = _alike(before, after)
    end = _alike(before[at:][::-1], after[at:][::-1])
    old, new = before[at : len(before) - end], after[at : len(after) - end]
    return _Step(at, old, new, canonical.digest(before), canonical.digest(after), note)


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes are the same from the beginning on."""
    both = zip(one, other, strict=False)
    return next((at for at, (mine, theirs) in enumerate(both) if mine != theirs), min(len(one), len(other)))


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _read(path: Path) -> list[_Step]:
    try:
        return [
            _Step(
                *(int(each["at"]), b64decode(each["old"]), b64decode(each["new"]), each["before"], each["after"]),
                Note(**each.get("note", {})),
            )
            for each in json.loads(path.read_bytes())
        ]
    except (ValueError, KeyError, TypeError):
        what = "the file is damaged that keeps what can be undone"
        raise EvidenceError([Problem(where=str(path), what=what, cure="move it away, and go on without it")]) from None


def _refused(what: str, cure: str) -> EvidenceError:
    return EvidenceError([Problem(where="undo", what=what, cure=cure)])
