"""A ledger: entries are appended, found and proved; nothing in it is ever changed or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tierengine import canonical
from tierengine.errors import LedgerError, Problem, RefusedError, UsageError
from tierengine.law.reader import RulebookFile, rulebook_manifest
from tierengine.ledger import merkle
from tierengine.ledger.entries import (
    AnyEntry,
    EnrolmentEntry,
    Person,
    ProposalEntry,
    RulebookEntry,
    Unsigned,
    keeps,
    now,
    parse,
    read,
    sealed,
    unsigned,
)
from tierengine.ledger.keys import Key, Keys, plain_name
from tierengine.ledger.notes import Checkpoint, Verifier, base64, sign
from tierengine.ledger.register import Register
from tierengine.ledger.store import Reader, Store, Writer

_PATIENCE = 3600
"""Seconds between the moment when an entry is given out to be signed elsewhere, and that when it comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What an entry was made from: the bytes of some files, and the files of a rulebook."""

    files: tuple[bytes, ...] = ()
    rulebook: tuple[RulebookFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That an entry stands at its place in the tree of a checkpoint: hashes of 32 bytes, from the leaf upwards."""

    index: int
    size: int
    hashes: tuple[bytes, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the proof as what JSON can hold, the hashes in base64."""
        return {"index": self.index, "size": self.size, "hashes": [base64(each) for each in self.hashes]}


def make_ledger(store: Store, key: Key) -> Ledger:
    """Make a ledger without entries, sealed by its key, whose name is its origin."""
    store.make(str(key.verifier), _signed(key, 0, merkle.EMPTY))
    return Ledger(store)


def known_ledger(store: Store, keys: Keys) -> Ledger:
    """Return the ledger in a store, held against its own public key where that lies among the keys of its user."""
    with store.reading() as reader:
        return Ledger(store, keys.verifier_of(reader.head.verifier.partition("+")[0]))


class Ledger:
    """The ledger in a store. With `known`, the key that its users were given, it is held against that one."""

    def __init__(self, store: Store, known: Verifier | None = None, clock: Callable[[], str] = now) -> None:
        self.store = store
        self.known = known
        self._clock = clock
        self._checked: tuple[str, str, Checkpoint] | None = None

    # -- writing ------------------------------------------------------------------------------------------------------

    def append(self, content: dict[str, Any], inputs: Inputs, author: Key, seal: Key) -> tuple[AnyEntry, bytes]:
        """Append an entry and return it with its bytes, once both are safe on disk.

        `content` is what the entry says beside its place, time and author; `inputs` are kept with it. Raise
        `RefusedError` if the rules of the ledger are against it, `LedgerError` if the seal is not the ledger's, and
        `StoreError` if it cannot be written; then nothing was.
        """
        with self.store.writing() as writer:
            checkpoint = self._to_seal(writer, seal)
            entry, raw = sealed(content, checkpoint.size, author, self._clock())
            grown = _join(writer, entry, raw, inputs, seal)
        self._checked = (writer.head.verifier, *grown)
        return entry, raw

    def to_sign(self, content: dict[str, Any], by: Person) -> Unsigned:
        """Return what a person is to sign elsewhere, as the next entry; nothing is written.

        Raise `RefusedError` if the rules of the ledger are against it as things stand.
        """
        with self.store.reading() as reader:
            waiting = unsigned(content, self.checkpoint(reader).size, by, self._clock())
            _allowed(register_for(reader, waiting.entry), waiting.entry)
        return waiting

    def accept(self, waiting: Unsigned, signature: bytes, inputs: Inputs, seal: Key) -> tuple[AnyEntry, bytes]:
        """Append an entry that was signed elsewhere (Ed25519, 64 bytes), and return it with its bytes.

        `waiting` is what `to_sign` gave: who serves others keeps it, and takes nothing but the signature from outside,
        since what an entry says of the engine is not worked out again here.

        Raise as `append` does, and `RefusedError` if the signature is not that of the key which the entry names, if
        something was said since it was given out, or if that was too long ago.
        """
        raw = waiting.signed(signature)
        entry = read(raw)
        if entry is None:
            what = "the signature is not that of the author's key over these bytes"
            raise _refused("signature", what, "sign exactly the bytes that were given, with the key that was named")
        with self.store.writing() as writer:
            checkpoint = self._to_seal(writer, seal)
            if entry.number != checkpoint.size:
                what = f"it was to be entry {entry.number}, and the next is entry {checkpoint.size}"
                raise _refused("number", what, "look at what was said meanwhile, and sign it again")
            if abs(_seconds(self._clock()) - _seconds(entry.time)) > _PATIENCE:
                what = f"it was given out to be signed at {entry.time}, which is too long ago"
                raise _refused("time", what, "look at it once more, and sign it again")
            grown = _join(writer, entry, raw, inputs, seal)
        self._checked = (writer.head.verifier, *grown)
        return entry, raw

    def cosign(self, checkpoint: Checkpoint, lines: Iterable[str]) -> bool:
        """Add the lines of cosignatures under a checkpoint; return whether it was still the ledger's.

        A witness that cosigned it meanwhile, asked by somebody else, is not written down twice.
        """
        with self.store.writing() as writer:
            if self.checkpoint(writer) != checkpoint:
                return False
            note = writer.head.checkpoint
            for line in lines:
                if not any(each.rpartition(" ")[0] == line.rpartition(" ")[0] for each in note.splitlines()):
                    note += line
            writer.cosign(note)
        return True

    def _to_seal(self, writer: Writer, seal: Key) -> Checkpoint:
        """The checkpoint that the next entry is put on. Raise `LedgerError` if the seal is not the ledger's."""
        checkpoint = self.checkpoint(writer)
        if str(seal.verifier) != writer.head.verifier:
            what = f"the ledger was made with another key of `{checkpoint.origin}` than this one"
            raise LedgerError([Problem(where="the ledger's key", what=what, cure=f"use `{writer.head.verifier}`")])
        return checkpoint

    # -- reading ------------------------------------------------------------------------------------------------------

    def checkpoint(self, reader: Reader) -> Checkpoint:
        """Return the ledger's checkpoint. Raise `LedgerError` if it is not signed by the ledger's key."""
        found = reader.head.verifier, reader.head.checkpoint
        if self._checked is None or self._checked[:2] != found:
            # The same note under the same key was signed the last time too: who writes many entries asks once.
            self._checked = (*found, Checkpoint.of(found[1], self.verifier(reader), "checkpoint"))
        return self._checked[2]

    def verifier(self, reader: Reader) -> Verifier:
        """Return the key that checks the ledger. Raise `LedgerError` if it is another than the known one, or none."""
        found = Verifier.of(reader.head.verifier)
        if found is None or self.known not in (None, found):
            what = f"the ledger carries the key `{reader.head.verifier}`, and not `{self.known or 'a key of a ledger'}`"
            cure = "see that this is the ledger you mean; if it is, it was replaced by another"
            raise LedgerError([Problem(where="the ledger's key", what=what, cure=cure)])
        return found

    def entry(self, reader: Reader, number: int) -> tuple[AnyEntry, bytes]:
        """Return an entry and its bytes. Raise `UsageError` if there is none, `LedgerError` if it does not hold."""
        raw = reader.entry(number)
        if raw is None:
            what = f"the ledger has no entry {number}"
            raise UsageError([Problem(where="ENTRY", what=what, cure="see which there are: tierengine ledger log")])
        return sound(raw, number), raw

    def blob(self, reader: Reader, digest: str) -> bytes:
        """Return what is kept under a digest. Raise `LedgerError` if it is missing."""
        raw = reader.blob(digest)
        if raw is None:
            cure = "restore it from where the ledger is kept safe; without it nothing made from it can be replayed"
            raise LedgerError([Problem(where=digest, what="what the ledger kept under this is missing", cure=cure)])
        return raw

    def proof(self, reader: Reader, number: int, raw: bytes) -> Proof:
        """Return the proof that an entry stands in the tree of the checkpoint, checked. Raise `LedgerError`."""
        checkpoint = self.checkpoint(reader)
        hashes = merkle.inclusion(number, checkpoint.size, reader.node)
        if not merkle.includes(hashes, number, checkpoint.size, merkle.leaf_hash(raw), checkpoint.root):
            what, cure = "it is not what was sealed", "find out what else was altered: tierengine ledger verify"
            raise LedgerError([Problem(where=f"entry {number}", what=what, cure=cure)])
        return Proof(index=number, size=checkpoint.size, hashes=hashes)

    def growth(self, reader: Reader, before: Checkpoint) -> tuple[bytes, ...]:
        """Return the proof that the ledger goes on from an earlier checkpoint, checked. Raise `LedgerError`."""
        checkpoint = self.checkpoint(reader)
        where = "the kept checkpoint"
        if before.size > checkpoint.size:
            what = f"it is over {before.size} entries, and the ledger has {checkpoint.size}"
            raise LedgerError([Problem(where=where, what=what, cure="find out who cut the ledger short")])
        hashes = merkle.consistency(before.size, checkpoint.size, reader.node)
        if not merkle.extends(hashes, before.size, before.root, checkpoint.size, checkpoint.root):
            what = f"the first {before.size} entries are not those that it was signed over"
            raise LedgerError([Problem(where=where, what=what, cure="find out who replaced them")])
        return hashes


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _refused(where: str, what: str, cure: str) -> RefusedError:
    return RefusedError([Problem(where=where, what=what, cure=cure)])


def sound(raw: bytes, number: int) -> AnyEntry:
    """Return the entry that some bytes hold. Raise `LedgerError` if they are not those of a sound entry."""
    return _of_place(read(raw), number)


def parsed(raw: bytes, number: int) -> AnyEntry:
    """Return the entry that some bytes say, whoever signed them. Raise `LedgerError` if they say none."""
    return _of_place(parse(raw), number)


def _of_place(entry: AnyEntry | None, number: int) -> AnyEntry:
    if entry is None or entry.number != number:
        what = "it is no entry as its author signed it"
        cure = "restore it from where the ledger is kept safe"
        raise LedgerError([Problem(where=f"entry {number}", what=what, cure=cure)])
    return entry


def register_for(reader: Reader, entry: AnyEntry) -> Register:
    """Return the register of all that bears on an entry that would be the next."""
    spoken_of = getattr(entry, "of", None)
    case = getattr(entry, "case", None) if spoken_of is None else reader.about(spoken_of)
    bearing = reader.bearing_on(case, plain_name(entry.by.name), entry.by.key)
    register = _register(bearing)
    if isinstance(entry, EnrolmentEntry) or not register.knows(plain_name(entry.by.name)):
        # A name is new: it is held against those of all who ever wrote.
        register = _register(sorted({**dict(reader.firsts()), **dict(bearing)}.items()))
    return register


def register_of(reader: Reader, case: str) -> Register:
    """Return the register of one case and of all that speaks of none."""
    return _register(reader.bearing_on(case, "", ""))


def people_of(reader: Reader) -> Register:
    """Return the register of what speaks of no case: the people, the witnesses, and the law."""
    return _register(reader.bearing_on(None, "", ""))


def columns(entry: AnyEntry, register: Register) -> dict[str, Any]:
    """Return the columns by which an entry is found."""
    return {"number": entry.number, "kind": entry.kind, "about": register.case_of(entry)}


def _register(entries: Iterable[tuple[int, bytes]]) -> Register:
    # Whose they are was checked when they were written, and is whenever the ledger is verified.
    return Register.of((parsed(raw, number), raw) for number, raw in entries)


def _join(writer: Writer, entry: AnyEntry, raw: bytes, inputs: Inputs, seal: Key) -> tuple[str, Checkpoint]:
    """Let an entry join the ledger; return the new checkpoint as it is signed, and as it is read."""
    register = register_for(writer, entry)
    _allowed(register, entry)
    _keep(writer, entry, inputs)
    writer.add(columns(entry, register) | {"raw": raw}, keeps(entry))
    name = plain_name(entry.by.name)
    if not register.knows(name):
        writer.introduce(name, entry.by.key, entry.number)
    return _grow(writer, entry.number, merkle.leaf_hash(raw), seal)


def _allowed(register: Register, entry: AnyEntry) -> None:
    objections = list(register.objections(entry))
    if objections:
        raise RefusedError(objections)


def _keep(writer: Writer, entry: AnyEntry, inputs: Inputs) -> None:
    """Keep what an entry was made from. The files of a rulebook are kept when it is recorded, with its manifest."""
    if isinstance(entry, RulebookEntry | ProposalEntry) and inputs.rulebook:
        files = _digested(file.raw for file in inputs.rulebook)
        writer.keep({**files, entry.rulebook: rulebook_manifest(inputs.rulebook)})
        writer.part(entry.rulebook, files)
    writer.keep(_digested(inputs.files))


def _digested(raws: Iterable[bytes]) -> dict[str, bytes]:
    return {canonical.digest(raw): raw for raw in raws}


def _grow(writer: Writer, size: int, leaf: bytes, seal: Key) -> tuple[str, Checkpoint]:
    """Let the tree grow by a leaf, and sign the checkpoint over it; return it as signed, and as it is read."""
    known = dict(zip(merkle.peaks(size), _hashes(writer.head.peaks), strict=False))
    grown = list(merkle.completed(size, leaf, lambda *at: known[at]))
    known |= {(level, place): raw for level, place, raw in grown}
    root = merkle.root(size + 1, lambda *at: known[at])
    note = _signed(seal, size + 1, root)
    writer.grow(grown, b"".join(known[at] for at in merkle.peaks(size + 1)), note)
    return note, Checkpoint(seal.name, size + 1, root)


def _hashes(joined: bytes) -> list[bytes]:
    return [joined[begin : begin + 32] for begin in range(0, len(joined), 32)]


def _signed(key: Key, size: int, root: bytes) -> str:
    return sign(Checkpoint(key.name, size, root).text, key.name, key.private)
