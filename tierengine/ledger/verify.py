"""Goes through a whole ledger and names the first thing in it that is not what was sealed.

Everything is made anew from the bytes of the entries: their digests, columns and inputs, the tree and its root, and
what the rules of the ledger say of each entry where it stands. The tables must hold that, no less and no more. Then the
root is held against the signed checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tierengine import canonical
from tierengine.errors import LedgerError, Problem
from tierengine.ledger import merkle
from tierengine.ledger.book import Ledger, columns, sound
from tierengine.ledger.cosigning import cosigners, known_witnesses, lacking, times_of
from tierengine.ledger.entries import AnyEntry, AssessmentEntry, ProposalEntry, RulebookEntry, WitnessesEntry, keeps
from tierengine.ledger.keys import plain_name
from tierengine.ledger.notes import Checkpoint, Cosigner
from tierengine.ledger.register import Register
from tierengine.ledger.store import BLOBS, ENTRIES, NODES, PARTS, PEOPLE, USES, Reader

Progress = Callable[[], None]
"""Called once for each entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found sound: the checkpoint, and how many inputs are kept."""

    checkpoint: Checkpoint
    inputs: int
    times: Mapping[str, int]
    """When each witness cosigned the checkpoint, in POSIX seconds."""


def verify(
    ledger: Ledger,
    kept: Checkpoint | None = None,
    progress: Progress = lambda: None,
    known: tuple[Cosigner, ...] = (),
) -> Verified:
    """Verify a ledger, and that it goes on from a checkpoint that was kept, if one is given.

    The witnesses that its register names must have cosigned it, as many as that says, and all that are `known`.
    Raise `LedgerError` that names the first thing that does not hold.
    """
    with ledger.store.reading() as reader:
        if damage := reader.damage():
            raise _broken(ledger.store.shown, damage)
        checkpoint = ledger.checkpoint(reader)
        inputs = _Inputs(reader)
        entries = _Entries(reader, inputs)
        size = entries.through(progress)
        entries.tree.ends()
        if reader.head.peaks != b"".join(entries.tree.node(*at) for at in merkle.peaks(size)):
            raise _broken("head", "the hashes on which the next entry is put are not those of the tree")
        inputs.all_used()
        root = merkle.root(size, entries.tree.node)
        if (size, root) != (checkpoint.size, checkpoint.root):
            what = f"it is over {checkpoint.size} entries with another root than that of the {size} that are here"
            raise _broken("checkpoint", what)
        if kept is not None:
            _goes_on(kept, size, entries.tree)
        times = _cosigned(reader.head.checkpoint, entries.register.witnesses, known)
    return Verified(checkpoint=checkpoint, inputs=inputs.count, times=times)


def _cosigned(note: str, required: WitnessesEntry | None, known: tuple[Cosigner, ...]) -> Mapping[str, int]:
    """See that the witnesses cosigned the checkpoint, and return when."""
    missing = lacking(note, required, "checkpoint")
    if problems := [*([] if missing is None else [missing]), *known_witnesses(note, known, "checkpoint")]:
        raise LedgerError(problems)
    return times_of(note, {*cosigners(required), *known}, "checkpoint")


def _goes_on(kept: Checkpoint, size: int, tree: _Tree) -> None:
    """See that the ledger begins with the entries that a kept checkpoint was signed over."""
    if kept.size > size:
        raise _broken("the kept checkpoint", f"it is over {kept.size} entries, and only {size} are here")
    if merkle.root(kept.size, tree.node) != kept.root:
        raise _broken("the kept checkpoint", f"the first {kept.size} entries are not those that it was signed over")


class _Inputs:
    """What is kept, gone through in the order of the digests and held against them."""

    def __init__(self, reader: Reader) -> None:
        self._manifests: dict[str, set[str]] = {}
        self._used: set[str] = set()
        self._kept: set[str] = set()
        self._parts: dict[str, set[str]] = {}
        for manifest, digest in reader.rows(PARTS):
            self._parts.setdefault(manifest, set()).add(digest)
        for digest, raw in reader.rows(BLOBS):
            if canonical.digest(raw) != digest:
                raise _broken(digest, "what is kept under this digest has another")
            self._kept.add(digest)
            if digest in self._parts:
                self._manifests[digest] = _named_in(raw, digest)
        self.count = len(self._kept)

    def used_by(self, entry: AnyEntry) -> None:
        """Note what an entry was made from. Raise `LedgerError` if some of it is missing."""
        wanted = dict.fromkeys(keeps(entry))
        if isinstance(entry, AssessmentEntry | RulebookEntry | ProposalEntry) and entry.rulebook not in self._used:
            wanted |= dict.fromkeys(sorted(self._manifests.get(entry.rulebook, ())))
            if entry.rulebook in self._kept and self._manifests.get(entry.rulebook) != self._parts.get(entry.rulebook):
                raise _broken(entry.rulebook, "the files of this rulebook are not those that its manifest names")
        for digest in wanted:
            if digest not in self._kept:
                raise _broken(f"entry {entry.number}", f"what it was made from is missing: {digest}")
        self._used.update(wanted)

    def all_used(self) -> None:
        """Raise `LedgerError` if something is kept that no entry was made from."""
        for digest in sorted(self._kept - self._used):
            raise _broken(digest, "no entry was made from what is kept under this digest")
        for manifest in sorted(self._parts.keys() - self._used):
            raise _broken(manifest, "no entry was made under this rulebook")


def _named_in(raw: bytes, digest: str) -> set[str]:
    try:
        return set(json.loads(raw).values())
    except (ValueError, AttributeError, TypeError):
        raise _broken(digest, "this is no manifest of a rulebook") from None


class _Entries:
    """The entries, gone through in order."""

    def __init__(self, reader: Reader, inputs: _Inputs) -> None:
        self._rows = reader.rows(ENTRIES)
        self._uses = _Runs(reader.rows(USES))
        self._people = {row.name: (row.key, row.entry) for row in reader.rows(PEOPLE)}
        self._inputs = inputs
        self._format = reader.head.format
        self.register = Register()
        self.tree = _Tree(reader.rows(NODES))

    def through(self, progress: Progress) -> int:
        """Verify each entry and return how many there are. Raise `LedgerError` at the first that does not hold."""
        size = 0
        for size, row in enumerate(self._rows, 1):
            self._one(row, size - 1)
            progress()
        self._uses.ends(size)
        for name in sorted(self._people):
            raise _broken("people", f"`{name}` wrote no entry here")
        return size

    def _one(self, row: Any, number: int) -> None:
        if row.number != number:
            raise _broken(f"entry {number}", f"it is missing; entry {row.number} follows")
        entry = sound(row.raw, number)
        if entry.format > self._format:
            raise _broken("head", f"entry {number} has format {entry.format}, and it names format {self._format}")
        for problem in self.register.objections(entry):
            raise _broken(f"entry {number}", f"the rules of the ledger are against it: {problem.what}")
        for name, value in columns(entry, self.register).items():
            if getattr(row, name) != value:
                raise _broken(f"entry {number}", f"the column `{name}` does not say what the entry does")
        if self._uses.of(number) != set(keeps(entry)):
            raise _broken(f"entry {number}", "what the tables say it was made from is not what it says itself")
        name = plain_name(entry.by.name)
        if not self.register.knows(name) and self._people.pop(name, None) != (entry.by.key, number):
            raise _broken(f"entry {number}", "the table of authors does not say that this is its author's first")
        self._inputs.used_by(entry)
        self.register.take(entry, row.raw)
        self.tree.grow(row.raw)


class _Runs:
    """Rows of `uses`, taken entry by entry."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, number: int) -> set[str]:
        """Take the digests of an entry."""
        taken: set[str] = set()
        while self._next is not None and self._next.entry == number:
            taken.add(self._next.digest)
            self._next = next(self._rows, None)
        return taken

    def ends(self, size: int) -> None:
        """Raise `LedgerError` if rows are left."""
        if self._next is not None:
            raise _broken("uses", f"something is said of entry {self._next.entry}, and there are {size}")


@dataclass(slots=True)
class _Tree:
    """The tree, grown anew from the entries; each of its complete subtrees is held against the row that keeps it."""

    rows: Iterator[Any]
    size: int = 0
    _nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def node(self, level: int, place: int) -> bytes:
        """Return the hash of a complete subtree."""
        return self._nodes[level, place]

    def grow(self, raw: bytes) -> None:
        """Add a leaf."""
        for level, place, found in merkle.completed(self.size, merkle.leaf_hash(raw), self.node):
            self._nodes[level, place] = found
        self.size += 1

    def ends(self) -> None:
        """Raise `LedgerError` if the rows are not exactly the complete subtrees."""
        left = len(self._nodes) - self.size
        for level, place, found in self.rows:
            if not level or self._nodes.get((level, place)) != found:
                raise _broken(f"node {level}/{place}", "it is not the hash over the entries below it")
            left -= 1
        if left:
            raise _broken("nodes", f"{left} of the tree are missing")


def _broken(where: str, what: str) -> LedgerError:
    cure = "restore it from where the ledger is kept safe, and ask who could write to it"
    return LedgerError([Problem(where=where, what=what, cure=cure)])
