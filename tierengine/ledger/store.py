"""Where a ledger lies: one SQLite file, or a PostgreSQL database.

The tables hold bytes and what finds them again; every other column can be made anew from the bytes of the entries, and
`verify` does so. A transaction that writes first locks the one row of `head`, so writers come one after the other and
what a rule saw is still so when its entry is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError

from tierengine.errors import LedgerError, Problem, StoreError, UsageError
from tierengine.ledger.entries import FORMAT
from tierengine.ledger.merkle import leaf_hash


class _Bytes(sa.types.TypeDecorator[bytes]):
    """Bytes, also where somebody who altered a SQLite file left text in their place: the digests then show it."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> bytes | None:  # noqa: ARG002
        """Return what is stored as bytes, whatever its type."""
        return value if value is None or isinstance(value, bytes) else str(value).encode()


_TABLES = sa.MetaData()

HEAD = sa.Table(
    "head",
    _TABLES,
    sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("verifier", sa.Text, nullable=False),
    sa.Column("checkpoint", sa.Text, nullable=False),
    sa.Column("peaks", _Bytes, nullable=False),
)
"""One row: the newest format among the entries, the key that checks it, the signed checkpoint over every entry with
what witnesses signed under it, and the hashes of the tree's largest complete subtrees, from the right, on which the
next entry is put."""

BLOBS = sa.Table(
    "blobs",
    _TABLES,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("raw", _Bytes, nullable=False),
)
"""Whatever entries were made from, as it was, under the digest of its bytes."""

PARTS = sa.Table(
    "parts",
    _TABLES,
    sa.Column("manifest", sa.ForeignKey("blobs.digest"), primary_key=True),
    sa.Column("digest", sa.ForeignKey("blobs.digest"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Which files the manifest of a rulebook names."""

ENTRIES = sa.Table(
    "entries",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("raw", _Bytes, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about", sa.Text, index=True),
)
"""The entries, with the columns by which they are found: kind and case."""

PEOPLE = sa.Table(
    "people",
    _TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("entry", sa.ForeignKey("entries.number"), nullable=False),
)
"""The authors: the name as it is compared, the key that signed the first entry, and that entry."""

USES = sa.Table(
    "uses",
    _TABLES,
    sa.Column("entry", sa.ForeignKey("entries.number"), primary_key=True),
    sa.Column("digest", sa.ForeignKey("blobs.digest"), primary_key=True),
    sqlite_with_rowid=False,
)
"""What each entry was made from."""

NODES = sa.Table(
    "nodes",
    _TABLES,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hash", _Bytes, nullable=False),
    sqlite_with_rowid=False,
)
"""The complete subtrees of the Merkle tree, from level 1 on; those of level 0 are the entries themselves."""

_WAIT = 60
"""Seconds that a writer waits for its turn."""


# Statements of every append are made once: making one takes SQLAlchemy longer than the database takes to run it.
_HEAD = sa.select(HEAD.c.format, HEAD.c.verifier, HEAD.c.checkpoint, HEAD.c.peaks)
_LOCKED = _HEAD.with_for_update()
_MINE = sa.select(PEOPLE.c.entry).where(
    sa.or_(PEOPLE.c.name == sa.bindparam("name"), PEOPLE.c.key == sa.bindparam("key"))
)
_BEARING = (
    sa.select(ENTRIES.c.number, ENTRIES.c.raw)
    .where(sa.or_(ENTRIES.c.about == sa.bindparam("case"), ENTRIES.c.about.is_(None), ENTRIES.c.number.in_(_MINE)))
    .order_by(ENTRIES.c.number)
)
_FIRSTS = sa.select(ENTRIES.c.number, ENTRIES.c.raw).where(ENTRIES.c.number.in_(sa.select(PEOPLE.c.entry)))
_KEEP = sa.text("INSERT INTO blobs (digest, raw) VALUES (:digest, :raw) ON CONFLICT DO NOTHING")
_PART = sa.text("INSERT INTO parts (manifest, digest) VALUES (:manifest, :digest) ON CONFLICT DO NOTHING")
_GROW = sa.update(HEAD).values(checkpoint=sa.bindparam("note"), peaks=sa.bindparam("tops"), format=FORMAT)
_COSIGN = sa.update(HEAD).values(checkpoint=sa.bindparam("note"))
_ADD = {table.name: sa.insert(table) for table in (ENTRIES, PEOPLE, USES, NODES)}


@dataclass(frozen=True, slots=True)
class Head:
    """The one row that every transaction begins with."""

    format: int
    verifier: str
    checkpoint: str
    peaks: bytes


class Store:
    """The tables of one ledger; `place` is a path, or a URL that begins with `postgresql:`."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.file = None if place.startswith(("postgresql:", "postgresql+")) else Path(place)
        self._engine = _postgresql(place) if self.file is None else _sqlite(self.file)
        self.shown = place if self.file is not None else self._engine.url.render_as_string(hide_password=True)
        """The place as it may be shown: without a password."""

    def make(self, verifier: str, checkpoint: str) -> None:
        """Make the tables of a new ledger. Raise `UsageError` if there is one, `StoreError` if it cannot be made."""
        if self.file is not None:
            _touch(self.file)
        with self._translating("made"), self._begun("writing") as connection:
            if sa.inspect(connection).has_table(HEAD.name):
                what = "there is a ledger here already"
                raise UsageError([Problem(where=self.shown, what=what, cure="use it, or name another place")])
            _TABLES.create_all(connection)
            row = {"one": 1, "format": FORMAT, "verifier": verifier, "checkpoint": checkpoint, "peaks": b""}
            connection.execute(sa.insert(HEAD), row)

    def made(self) -> bool:
        """Say whether there is a ledger. Raise `StoreError` if the place cannot be reached."""
        if self.file is not None and not self.file.exists():
            return False
        with self._translating("read"), self._begun("reading") as connection:
            return sa.inspect(connection).has_table(HEAD.name)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Give a reader that sees the ledger as it is at one moment."""
        with (
            self._translating("read"),
            self._begun("reading") as connection,
            closing(Reader(connection, self._head(connection))) as reader,
        ):
            yield reader

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Give a writer that nobody else writes beside; all that it writes stays, or nothing if an error is raised."""
        with (
            self._translating("written"),
            self._begun("writing") as connection,
            closing(Writer(connection, self._head(connection, lock=True))) as writer,
        ):
            yield writer

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _begun(self, purpose: str) -> Iterator[Connection]:
        with self._engine.connect().execution_options(purpose=purpose) as connection, connection.begin():
            yield connection

    def _head(self, connection: Connection, *, lock: bool = False) -> Head:
        try:
            found = connection.execute(_LOCKED if lock else _HEAD).all()
        except DBAPIError as error:
            if "head" not in str(error.orig):
                raise
            found = []
        if len(found) != 1:
            what, cure = "there is no ledger here", "name the place of one, or make it: tierengine ledger init"
            raise StoreError([Problem(where=self.shown, what=what, cure=cure)])
        head = Head(*found[0])
        if not 1 <= head.format <= FORMAT:
            what = f"this ledger has format {head.format}, and this tierengine reads the formats up to {FORMAT}"
            raise LedgerError([Problem(where=self.shown, what=what, cure="use the tierengine that wrote it")])
        return head

    @contextmanager
    def _translating(self, done: str) -> Iterator[None]:
        """Turn what the database says into a problem of the ledger; its words hold no password."""
        try:
            yield
        except IntegrityError as error:
            what = f"the tables contradict each other: {_said(error)}"
            cure = "find out what was altered: tierengine ledger verify"
            raise LedgerError([Problem(where=self.shown, what=what, cure=cure)]) from None
        except DBAPIError as error:
            if _damaged(error.orig):
                cure = "restore the file from where it is kept safe"
                raise LedgerError([Problem(where=self.shown, what=_said(error), cure=cure)]) from None
            raise StoreError([self._out_of_reach(done, error)]) from None
        except SQLAlchemyError as error:
            raise StoreError([self._out_of_reach(done, error)]) from None

    def _out_of_reach(self, done: str, error: SQLAlchemyError) -> Problem:
        cure = "see that the place exists, can be reached, may be written and has room; then do it again"
        if done == "written" and self.file is None:
            cure = "look with `tierengine ledger log` whether the entry was written before you do it again"
        return Problem(where=self.shown, what=f"the ledger cannot be {done}: {_said(error)}", cure=cure)


class Reader:
    """What can be asked of a ledger within one transaction."""

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self._unfinished: list[sa.CursorResult[Any]] = []
        self.head = head

    def close(self) -> None:
        """Give back what was being gone through: who finds something wrong half-way leaves the rest unread."""
        for result in self._unfinished:
            result.close()

    def damage(self) -> str | None:
        """Return what SQLite finds wrong in its own file, such as an index that differs from its table, if anything."""
        if self._connection.dialect.name != "sqlite":
            return None
        found = str(self._connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        return None if found == "ok" else found

    def entry(self, number: int) -> bytes | None:
        """Return the bytes of an entry."""
        found: bytes | None = self._connection.scalar(sa.select(ENTRIES.c.raw).where(ENTRIES.c.number == number))
        return found

    def bearing_on(self, case: str | None, name: str, key: str) -> list[tuple[int, bytes]]:
        """Return the entries of a case, those that speak of no case, and the author's first one, by number."""
        found = self._connection.execute(_BEARING, {"case": case, "name": name, "key": key})
        return [(number, raw) for number, raw in found]

    def firsts(self) -> list[tuple[int, bytes]]:
        """Return the first entry of every author, by number."""
        return sorted((number, raw) for number, raw in self._connection.execute(_FIRSTS))

    def about(self, number: int) -> str | None:
        """Return the case that an entry belongs to."""
        found: str | None = self._connection.scalar(sa.select(ENTRIES.c.about).where(ENTRIES.c.number == number))
        return found

    def numbers(self, *kinds: str, about: str | None = None) -> list[int]:
        """Return the numbers of the entries, in order; of some kinds, or of one case, if they are given."""
        asked = sa.select(ENTRIES.c.number).order_by(ENTRIES.c.number)
        if kinds:
            asked = asked.where(ENTRIES.c.kind.in_(kinds))
        if about is not None:
            asked = asked.where(ENTRIES.c.about == about)
        return list(self._connection.scalars(asked))

    def blob(self, digest: str) -> bytes | None:
        """Return what is kept under a digest."""
        found: bytes | None = self._connection.scalar(sa.select(BLOBS.c.raw).where(BLOBS.c.digest == digest))
        return found

    def node(self, level: int, place: int) -> bytes:
        """Return the hash of a complete subtree. Raise `LedgerError` if it is missing."""
        if level == 0:
            raw = self.entry(place)
            if raw is None:
                raise _missing(f"entry {place}")
            return leaf_hash(raw)
        asked = sa.select(NODES.c.hash).where(NODES.c.level == level, NODES.c.place == place)
        found: bytes | None = self._connection.scalar(asked)
        if found is None:
            raise _missing(f"node {level}/{place}")
        return found

    def rows(self, table: sa.Table) -> Iterator[Any]:
        """Yield every row of a table, in the order of its key, without holding them all."""
        asked = sa.select(table).order_by(*table.primary_key.columns)
        result = self._connection.execute(asked.execution_options(yield_per=256))
        self._unfinished.append(result)
        yield from result


class Writer(Reader):
    """What can be written within one transaction."""

    def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Keep some bytes under their digests, unless they are kept already."""
        self._run(_KEEP, [{"digest": digest, "raw": raw} for digest, raw in blobs.items()])

    def part(self, manifest: str, digests: Iterable[str]) -> None:
        """Write down which files a manifest names."""
        self._run(_PART, [{"manifest": manifest, "digest": digest} for digest in digests])

    def introduce(self, name: str, key: str, entry: int) -> None:
        """Write down whose first entry this is."""
        self._run(_ADD["people"], [{"name": name, "key": key, "entry": entry}])

    def add(self, row: Mapping[str, Any], uses: Iterable[str]) -> None:
        """Add an entry, and what it was made from."""
        self._run(_ADD["entries"], [row])
        self._run(_ADD["uses"], [{"entry": row["number"], "digest": digest} for digest in uses])

    def grow(self, nodes: Iterable[tuple[int, int, bytes]], peaks: bytes, checkpoint: str) -> None:
        """Add complete subtrees to the tree, and put a new checkpoint in the place of the old."""
        rows = [{"level": level, "place": place, "hash": raw} for level, place, raw in nodes if level]
        self._run(_ADD["nodes"], rows)
        self._run(_GROW, [{"note": checkpoint, "tops": peaks}])

    def cosign(self, checkpoint: str) -> None:
        """Put the same checkpoint with more signatures in the place of the one that is there."""
        self._run(_COSIGN, [{"note": checkpoint}])

    def _run(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows[0] if len(rows) == 1 else rows)


def _missing(where: str) -> LedgerError:
    cure = "find out what else was altered: tierengine ledger verify"
    return LedgerError([Problem(where=where, what="it is missing from the tree", cure=cure)])


def _sqlite(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # `rw` makes no file: a mistyped name is an error, and not an empty ledger.
        opened = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None, timeout=_WAIT)
        try:
            for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                opened.execute(f"PRAGMA {setting}")
        except sqlite3.Error:
            opened.close()  # nobody else knows of it; since Python 3.13 one that is lost open is warned of
            raise
        return opened

    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=sa.QueuePool)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("purpose") == "writing"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        what, cure = "this is no URL of a database", "write postgresql://USER@HOST/DATABASE"
        raise UsageError([Problem(where="--ledger", what=what, cure=cure)]) from None
    engine = sa.create_engine(parsed, connect_args={"connect_timeout": _WAIT // 6}, pool_pre_ping=True)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("purpose") == "reading":
            # A reader sees one moment, whatever is written meanwhile; a writer sees what the one before it left.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    return engine


def _touch(path: Path) -> None:
    """Make the empty file of a new ledger, which nobody but its owner reads. SQLite takes it for an empty database."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        cure = "name a place in a folder that exists and may be written"
        raise StoreError([Problem(where=str(path), what=f"cannot be made: {error.strerror}", cure=cure)]) from None


def _damaged(error: BaseException | None) -> bool:
    """Whether SQLite says that the file itself is damaged, and not that it is out of reach."""
    if isinstance(error, sqlite3.OperationalError):
        return "decode" in str(error)
    return isinstance(error, sqlite3.DatabaseError)


def _said(error: SQLAlchemyError) -> str:
    """The first line of what the database said."""
    says = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return says.strip().split("\n")[0] or type(error).__name__
