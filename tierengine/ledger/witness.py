"""A witness: it sees the checkpoints of ledgers, makes sure that each has only grown, and says so with the time.

For every ledger that it knows it keeps the last checkpoint that it cosigned. It cosigns another only if that goes on
from there, so that no two histories of one ledger, and no shorter one after a longer, ever have its cosignature. What
is kept is safe on disk before a cosignature is given out, and is looked at and replaced in one transaction. A witness
whose file was lost must not go on under the same key: it would not know what it has seen.

It answers as the protocol says, with the status codes of HTTP, and knows nothing of how it is asked (see
`witness_http`).

Sources: C2SP tlog-witness (2026), tlog-cosignature 1.0.0, tlog-checkpoint 1.0.0; RFC 6962, section 2.1.2.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tierengine.errors import LedgerError, Problem, StoreError, UsageError
from tierengine.ledger import merkle
from tierengine.ledger.keys import Key
from tierengine.ledger.notes import Cosigner, Verifier, base64, from_base64, text_of

LARGEST = 128 * 1024
"""Bytes of a request; one with 63 hashes and a hundred signatures is smaller."""

_MADE = """
CREATE TABLE witness (one INTEGER PRIMARY KEY CHECK (one = 1), key TEXT NOT NULL);
CREATE TABLE logs (origin TEXT PRIMARY KEY, verifier TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
    checkpoint TEXT, time INTEGER);
"""
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_HASHES = 63
_MOST = 2**63 - 1
"""Entries that a proof of 63 hashes can be about, and that the file can count."""
_WAIT = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers: a status code of HTTP, and a text of some type."""

    status: int
    text: str
    kind: str = "text/plain; charset=utf-8"


class _RefusedError(Exception):
    """A request that is not granted, with the answer to it."""

    def __init__(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        super().__init__(text)
        self.answer = Answer(status, text + "\n", kind)


@dataclass(frozen=True, slots=True)
class Log:
    """A ledger that a witness knows: its name and key, and the size and time (POSIX seconds) that it last cosigned."""

    origin: str
    verifier: Verifier
    size: int
    time: int | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to cosign: the old size, the proof, and the checkpoint with its three lines read."""

    old: int
    proof: tuple[bytes, ...]
    note: str
    origin: str
    size: int
    root: bytes


class Witness:
    """A witness with the file in which it keeps what it has seen, and its key."""

    def __init__(self, path: Path, key: Key, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._key = key
        self._clock = clock
        self.cosigner = Cosigner(key.name, key.public)

    # -- keeping ------------------------------------------------------------------------------------------------------

    @staticmethod
    def make(path: Path, key: Key) -> Witness:
        """Make the file of a new witness. Raise `UsageError` if there is one, `StoreError` if it cannot be made."""
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            raise UsageError([_problem(str(path), "there is a file here already", "name another place")]) from None
        except OSError as error:
            raise _out_of_reach(path, str(error.strerror)) from None
        made = Witness(path, key)
        with made._connected() as connection:
            connection.executescript(_MADE)
            connection.execute("INSERT INTO witness VALUES (1, ?)", (str(made.cosigner),))
        return made

    @staticmethod
    def key_of(path: Path) -> Cosigner:
        """Return the public key of the witness whose file this is. Raise `StoreError` or `LedgerError`."""
        with _connected(path) as connection:
            (line,) = connection.execute("SELECT key FROM witness").fetchone()
        found = Cosigner.of(line)
        if found is None:
            raise _damaged(path, "its key cannot be read")
        return found

    def know(self, verifier: Verifier) -> None:
        """Know a ledger by its public key from here on. Raise `UsageError` if it is known already."""
        with self._transaction() as connection:
            row = (verifier.name, str(verifier), 0, merkle.EMPTY)
            try:
                connection.execute("INSERT INTO logs (origin, verifier, size, root) VALUES (?, ?, ?, ?)", row)
            except sqlite3.IntegrityError:
                what = f"the ledger `{verifier.name}` is known already"
                cure = "a ledger with another key is another ledger, and has another name"
                raise UsageError([_problem("KEY", what, cure)]) from None

    def logs(self) -> tuple[Log, ...]:
        """Return the ledgers that are known, by name."""
        with self._connected() as connection:
            found = connection.execute("SELECT origin, verifier, size, time FROM logs ORDER BY origin").fetchall()
        return tuple(Log(origin, self._verifier(line), size, seen) for origin, line, size, seen in found)

    # -- the protocol -------------------------------------------------------------------------------------------------

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request to cosign a checkpoint: 200 with the cosignature, or why not.

        400 it cannot be read; 403 it is not signed by the ledger's key; 404 the ledger is not known; 409 the old size
        is not the last one seen, which is the answer; 422 it does not go on from what was seen.
        """
        try:
            asked = _read(body)
            with self._transaction() as connection:
                return self._cosigned(connection, asked)
        except _RefusedError as refused:
            return refused.answer

    def checkpoint(self, origin_hash: str) -> Answer:
        """Answer which checkpoint of a ledger was last cosigned: SHA-256 of its name in hexadecimal small letters."""
        with self._connected() as connection:
            for origin, note in connection.execute("SELECT origin, checkpoint FROM logs"):
                if hashlib.sha256(origin.encode()).hexdigest() == origin_hash and note is not None:
                    return Answer(200, note)
        return Answer(404, "no checkpoint of such a ledger was cosigned here\n")

    def _cosigned(self, connection: sqlite3.Connection, asked: _Asked) -> Answer:
        row = connection.execute("SELECT verifier, size, root FROM logs WHERE origin = ?", (asked.origin,)).fetchone()
        if row is None:
            raise _RefusedError(404, "this ledger is not known here")
        verifier = self._verifier(row[0])
        try:
            verifier.text_of(asked.note, "checkpoint")
        except LedgerError as error:
            raise _RefusedError(403, error.problems[0].what) from None
        if asked.old > asked.size:
            raise _RefusedError(400, "the old size is larger than that of the checkpoint")
        if asked.old != row[1]:
            raise _RefusedError(409, str(row[1]), "text/x.tlog.size")
        if not merkle.extends(asked.proof, asked.old, row[2], asked.size, asked.root):
            raise _RefusedError(422, f"it does not go on from the {row[1]} entries that were seen here")
        now = int(self._clock())
        line = self.cosigner.cosign(asked.note, now, self._key.private)
        signed = (verifier.signature_line(each) for each in verifier.signatures_in(asked.note))
        kept = f"{text_of(asked.note)}\n{''.join(dict.fromkeys(signed))}{line}"
        connection.execute(
            "UPDATE logs SET size = ?, root = ?, checkpoint = ?, time = ? WHERE origin = ?",
            (asked.size, asked.root, kept, now, asked.origin),
        )
        return Answer(200, line)

    def _verifier(self, line: str) -> Verifier:
        found = Verifier.of(line)
        if found is None:
            raise _damaged(self._path, f"`{line}` is no public key of a ledger")
        return found

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with _connected(self._path) as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that nobody else writes beside; all is safe on disk at the end, or nothing is done."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _read(body: bytes) -> _Asked:
    """Read a request: a line with the old size, the hashes of the proof, an empty line, and the checkpoint."""
    try:
        head, _, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise _RefusedError(400, "this is no text in UTF-8") from None
    first, *rest = head.split("\n")
    old, hashes = _OLD.fullmatch(first), [from_base64(line) for line in rest]
    proof = tuple(each for each in hashes if each is not None and len(each) == hashlib.sha256().digest_size)
    if old is None or len(proof) != len(hashes) or len(proof) > _HASHES:
        raise _RefusedError(400, "it begins with `old` and a size, and at most 63 hashes in base64")
    lines = text_of(note).split("\n")
    root = from_base64(lines[2]) if len(lines) > 3 and note.endswith("\n") else None
    if root is None or len(root) != hashlib.sha256().digest_size or not _SIZE.fullmatch(lines[1]) or "" in lines[:-1]:
        raise _RefusedError(400, "no checkpoint follows: a name, a size and a root, an empty line, and signatures")
    if max(int(old[1]), int(lines[1])) > _MOST:
        raise _RefusedError(400, "no ledger has so many entries")
    return _Asked(int(old[1]), proof, note, lines[0], int(lines[1]), root)


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to a witness's file. Raise `StoreError` if it is out of reach, `LedgerError` if damaged."""
    try:
        place = f"file:{quote(str(path))}?mode=rw"  # it makes no file: a mistyped name is no new witness
        with closing(sqlite3.connect(place, uri=True, isolation_level=None, timeout=_WAIT)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
    except sqlite3.OperationalError as error:
        raise _out_of_reach(path, str(error)) from None
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from None


def request(old: int, proof: tuple[bytes, ...], note: str) -> bytes:
    """Return the request to cosign a checkpoint that goes on from an old size."""
    return f"old {old}\n{''.join(base64(each) + chr(10) for each in proof)}\n{note}".encode()


def _out_of_reach(path: Path, why: str) -> StoreError:
    cure = "name the file of a witness that may be read and written, or make one: tierengine witness init"
    return StoreError([_problem(str(path), f"the witness cannot be used: {why}", cure)])


def _damaged(path: Path, why: str) -> LedgerError:
    cure = "do not go on with this witness: make a new one with a new key, and inform those who keep its ledgers"
    return LedgerError([_problem(str(path), f"what the witness kept is damaged: {why}", cure)])


def _problem(where: str, what: str, cure: str) -> Problem:
    return Problem(where=where, what=what, cure=cure)
