"""Thousands of random alterations of a ledger's tables by somebody who has no key: none is missed.

Every alteration is made inside a transaction, verified there, and rolled back, so that the next one meets the ledger
as it was.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.ledger.conftest import Office, new_database, open_office
from tests.ledger.test_acts import AGREE, DEPART, seen
from tierengine.errors import LedgerError, StoreError
from tierengine.ledger import acts
from tierengine.ledger.acts import Findings
from tierengine.ledger.book import Ledger
from tierengine.ledger.entries import Person, Role
from tierengine.ledger.notes import Checkpoint, base64
from tierengine.ledger.store import BLOBS, ENTRIES, HEAD, NODES, PARTS, PEOPLE, USES, Reader, Store
from tierengine.ledger.verify import verify

BATCHES = 10
IN_A_BATCH = 550
IN_POSTGRESQL = 400
IN_THE_REGISTER = 300
IN_THE_FILE = 250
TABLES = (HEAD, BLOBS, PARTS, ENTRIES, PEOPLE, USES, NODES)


def fill(office: Office) -> None:
    """Every kind of entry, each with an author of its own choice."""
    office.adopt_rulebook()
    office.record()
    acts.position(office.desk(office.bo), 1, AGREE)
    acts.position(office.desk(office.cy), 1, DEPART)
    acts.determine(office.desk(office.cy), 1, seen(office), AGREE)
    acts.review(office.desk(office.ann), 4, "in order", approves=True)
    acts.review(office.desk(office.bo), 0, "in order", approves=True)
    acts.correct(office.desk(office.bo), 2, "too early")
    office.record()
    acts.determine(office.desk(office.bo), 8, seen(office), DEPART)
    acts.review(office.desk(office.ann), 9, "not in order", approves=False)


def fill_register(office: Office) -> None:
    """A register of people, a change of the law with four eyes, and witnesses."""
    everything: tuple[Role, ...] = ("administrator", "auditor", "determiner", "officer", "policy", "reader")
    for key in (office.ann, office.bo, office.cy):
        who = Person(name=key.name, office=key.office, key=base64(key.public))
        acts.enrol(office.desk(office.ann), who, everything, ("SBU",), "joins")
    office.adopt_rulebook()
    files = (*office.files[:-1], replace(office.files[-1], raw=office.files[-1].raw + b"# clearer\n"))
    found = Findings(difference=acts.difference(office.files, files), proof=b"equal", census=b"none")
    acts.propose(office.desk(office.ann), files, 4, found, "clearer")
    acts.review(office.desk(office.bo), 4, "the proof says equal", approves=True)
    acts.adopt(office.desk(office.cy), 4, "approved")
    acts.require_witnesses(office.desk(office.ann), (), 0, "none yet")
    acts.record(office.desk(office.ann), office.casefile, files, None)
    acts.withdraw(office.desk(office.cy), "Bo Chen", "left")
    acts.review(office.desk(office.cy), 8, "in order", approves=True)


class Altered(Store):
    """A store that is read inside the transaction in which it is altered."""

    connection: Connection

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        """Give the connection to alter by; afterwards all is as it was."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
            else:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            self.connection = connection
            yield connection
            connection.rollback()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Read what was altered."""
        with self._translating("read"), closing(Reader(self.connection, self._head(self.connection))) as reader:
            yield reader


@dataclass(frozen=True)
class Alteration:
    """What was done, and what `verify` may name first."""

    done: str
    named: str


Alter = Callable[[Connection, random.Random], Alteration | None]
"""Alters something, or gives nothing if chance chose what would change nothing."""


def rows(connection: Connection, table: sa.Table) -> list[Any]:
    """The rows of a table."""
    return list(connection.execute(sa.select(table).order_by(*table.primary_key.columns)))


def where(table: sa.Table, row: Any) -> sa.ColumnElement[bool]:
    """The condition that finds one row."""
    return sa.and_(*(column == getattr(row, column.name) for column in table.primary_key.columns))


def name_of(table: sa.Table, row: Any) -> str:
    """How `verify` names what a row holds; for a table of which it may name more than one thing, any name."""
    names = {
        ENTRIES: "entry {0.number}",
        NODES: "node {0.level}/{0.place}",
        BLOBS: "{0.digest}",
        USES: "entry {0.entry}",
    }
    return names.get(table, "").format(row)


def change_a_byte(connection: Connection, chance: random.Random) -> Alteration | None:
    """One byte of one value, which gets another."""
    table = chance.choice((HEAD, BLOBS, ENTRIES, ENTRIES, NODES))
    row = chance.choice(rows(connection, table))
    column = chance.choice([c for c in table.columns if c.name in ("raw", "hash", "peaks", "checkpoint", "verifier")])
    value = getattr(row, column.name)
    raw = bytearray(value if isinstance(value, bytes) else value.encode())
    at = chance.randrange(len(raw))
    raw[at] ^= chance.randrange(1, 256 if isinstance(value, bytes) else 128)
    changed: bytes | str = bytes(raw)
    if isinstance(value, str):
        changed = bytes(raw).decode("latin-1").replace("\x00", " ")
        if changed == value:
            return None
    connection.execute(sa.update(table).where(where(table, row)).values({column.name: changed}))
    return Alteration(f"byte {at} of {table.name}.{column.name} {row[0]}", name_of(table, row))


def change_a_column(connection: Connection, chance: random.Random) -> Alteration | None:
    """A value by which entries, authors or inputs are found."""
    table, name = chance.choice(
        ((ENTRIES, "kind"), (ENTRIES, "about"), (PEOPLE, "name"), (PEOPLE, "key"), (PEOPLE, "entry"))
    )
    row = chance.choice(rows(connection, table))
    value = row.entry + chance.choice((-1, 1)) if name == "entry" else f"{getattr(row, name)}{chance.choice('xyz')}"
    connection.execute(sa.update(table).where(where(table, row)).values({name: value}))
    return Alteration(f"{table.name}.{name} of {row[0]}", name_of(table, row))


def drop_a_row(connection: Connection, chance: random.Random) -> Alteration | None:
    """A row of any table."""
    table = chance.choice(TABLES)
    row = chance.choice(rows(connection, table))
    connection.execute(sa.delete(table).where(where(table, row)))
    return Alteration(f"{table.name} without {row[0]}", "")


def add_a_row(connection: Connection, chance: random.Random) -> Alteration | None:
    """A row that is there already, under another key."""
    table = chance.choice((BLOBS, PARTS, ENTRIES, PEOPLE, USES, NODES))
    row = chance.choice(rows(connection, table))
    digest = "sha256:" + chance.randbytes(32).hex()
    others = {
        BLOBS: {"digest": digest},
        PARTS: {"digest": digest},
        ENTRIES: {"number": chance.randrange(11, 99)},
        PEOPLE: {"name": "dot", "key": "dot"},
        USES: {"entry": chance.randrange(11, 99)},
        NODES: {"place": chance.randrange(11, 99)},
    }
    connection.execute(sa.insert(table), row._asdict() | others[table])
    return Alteration(f"{table.name} with another {row[0]}", "")


def swap_two_rows(connection: Connection, chance: random.Random) -> Alteration | None:
    """What two rows of a table hold."""
    table, name = chance.choice(((BLOBS, "raw"), (ENTRIES, "raw"), (NODES, "hash")))
    one, other = chance.sample(rows(connection, table), 2)
    if getattr(one, name) == getattr(other, name):
        return None
    for row, value in ((one, getattr(other, name)), (other, getattr(one, name))):
        connection.execute(sa.update(table).where(where(table, row)).values({name: value}))
    first = min(one, other, key=lambda row: tuple(row[: len(table.primary_key.columns)]))
    return Alteration(f"{table.name} {one[0]} and {other[0]} swapped", name_of(table, first))


def cut_short(connection: Connection, chance: random.Random) -> Alteration | None:
    """The last entries, with all that hangs on them, and whatever of the tree."""
    size = chance.randrange(len(rows(connection, ENTRIES)))
    connection.execute(sa.delete(USES).where(USES.c.entry >= size))
    connection.execute(sa.delete(PEOPLE).where(PEOPLE.c.entry >= size))
    connection.execute(sa.delete(ENTRIES).where(ENTRIES.c.number >= size))
    if chance.random() < 0.8:
        for row in rows(connection, NODES):
            if (row.place + 1) << row.level > size:
                connection.execute(sa.delete(NODES).where(where(NODES, row)))
    return Alteration(f"cut to {size} entries", "")


def renumber(connection: Connection, chance: random.Random) -> Alteration | None:
    """Two entries trade their places, with all that hangs on them."""
    one, other = chance.sample([row.number for row in rows(connection, ENTRIES)], 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute(sa.update(USES).where(USES.c.entry == old).values(entry=new))
        connection.execute(sa.update(PEOPLE).where(PEOPLE.c.entry == old).values(entry=new))
        connection.execute(sa.update(ENTRIES).where(ENTRIES.c.number == old).values(number=new))
    return Alteration(f"entries {one} and {other} renumbered", f"entry {min(one, other)}")


ALTERATIONS: tuple[Alter, ...] = (
    *[change_a_byte] * 8,
    *[change_a_column, drop_a_row, add_a_row, swap_two_rows] * 2,
    cut_short,
    renumber,
)


def alter_often(office: Office, count: int, seed: str, filling: Callable[[Office], None] = fill) -> None:
    """Alter a ledger so often, and see that each time something is found, and the right thing named."""
    filling(office)
    verifier = office.seal.verifier
    assert verify(office.ledger).checkpoint.size == 11
    store = Altered(office.ledger.store.place)
    altered = Ledger(store, verifier)
    chance = random.Random(seed)
    done = 0
    while done < count:
        with store.altering() as connection:
            alteration = chance.choice(ALTERATIONS)(connection, chance)
            if alteration is None:
                continue
            found = first_bad_thing(altered)
            assert found is not None, f"not found: {alteration.done}"
            assert alteration.named in ("", found) or found in _EARLIER, (alteration, found)
            done += 1
    assert verify(office.ledger).checkpoint.size == 11
    store.close()


_EARLIER = ("the ledger's key", "checkpoint")
"""What `verify` looks at before the entries, whatever else was altered with it."""


def first_bad_thing(ledger: Ledger) -> str | None:
    """What `verify` names, or nothing if it finds the ledger sound."""
    try:
        verify(ledger)
    except (LedgerError, StoreError) as error:
        return error.problems[0].where
    return None


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_alteration_is_missed(tmp_path: Path, batch: int) -> None:
    """In SQLite, several thousand."""
    office = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    alter_often(office, IN_A_BATCH, f"batch {batch}")
    office.ledger.store.close()


def test_no_alteration_of_the_register_is_missed(tmp_path: Path) -> None:
    """Of the people, of a change of the law, and of the witnesses."""
    office = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    alter_often(office, IN_THE_REGISTER, "register", fill_register)
    office.ledger.store.close()


def test_an_older_format_is_noticed(tmp_path: Path) -> None:
    """A ledger that says it holds nothing of the newer format would be opened by who does not know its rules."""
    office = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    office.adopt_rulebook()
    office.ledger.store.close()
    for number, message in ((1, "entry 0 has format 2, and it names format 1"), (3, "reads the formats up to 2")):
        with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
            connection.execute("UPDATE head SET format = ?", (number,))
        connection.close()
        with closing(Store(office.ledger.store.place)) as store, pytest.raises(LedgerError, match=message):
            verify(Ledger(store))


def test_no_alteration_is_missed_in_postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The same, fewer times."""
    office = open_office(new_database(request), tmp_path / "keys")
    alter_often(office, IN_POSTGRESQL, "postgresql")
    office.ledger.store.close()


def test_no_older_state_passes_for_the_whole(tmp_path: Path) -> None:
    """A copy from before is sound in itself; beside a kept checkpoint it is not."""
    office = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    office.adopt_rulebook()
    copies: list[Path] = []
    for number in range(6):
        office.record()
        office.ledger.store.close()
        copies.append(tmp_path / f"{number}.sqlite")
        shutil.copy(tmp_path / "ledger.sqlite", copies[-1])
    with office.ledger.store.reading() as reader:
        kept = Checkpoint.of(reader.head.checkpoint, office.seal.verifier, "kept")
    for copy in copies[:-1]:
        older = Ledger(Store(str(copy)), office.seal.verifier)
        verify(older)
        with pytest.raises(LedgerError) as caught:
            verify(older, kept)
        assert caught.value.problems[0].where == "the kept checkpoint"
        older.store.close()
    office.ledger.store.close()


def test_no_byte_of_the_file_changes_what_is_read(tmp_path: Path) -> None:
    """A changed byte of the file is found, or stands where nothing is kept: then all that is read is as it was."""
    office = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    fill(office)
    office.ledger.store.close()
    raw, chance, found = (tmp_path / "ledger.sqlite").read_bytes(), random.Random("the file"), 0
    before = _whole(tmp_path / "ledger.sqlite")
    copy = tmp_path / "copy.sqlite"
    for _ in range(IN_THE_FILE):
        changed = bytearray(raw)
        changed[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
        copy.write_bytes(changed)
        altered = Ledger(Store(str(copy)), office.seal.verifier)
        try:
            verify(altered)
        except (LedgerError, StoreError):
            found += 1
        else:
            altered.store.close()
            assert _whole(copy) == before
        altered.store.close()
        for beside in tmp_path.glob("copy.sqlite-*"):
            beside.unlink()
    assert found > IN_THE_FILE / 4


def _whole(path: Path) -> list[list[tuple[object, ...]]]:
    with sqlite3.connect(path) as connection:
        found = [sorted(connection.execute(f"SELECT * FROM {table.name}")) for table in TABLES]  # noqa: S608
    connection.close()
    return found
