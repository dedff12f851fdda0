"""Ledgers that are damaged, foreign, full or out of reach: a clear message each, and the ledger unharmed."""

from __future__ import annotations

import dataclasses
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import SMALL, Ran
from tests.ledger.conftest import GOOD, ORIGIN, Office, new_database, open_office
from tierengine import canonical
from tierengine.errors import StoreError
from tierengine.ledger import acts
from tierengine.ledger.book import Inputs, Ledger, make_ledger
from tierengine.ledger.entries import AssessmentEntry
from tierengine.ledger.store import Store
from tierengine.ledger.verify import verify

Run = Callable[..., Ran]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A ledger in SQLite with one assessment, which the command line finds without options."""
    place = tmp_path / "ledger.sqlite"
    opened = open_office(str(place), tmp_path / "keys")
    opened.adopt_rulebook()
    opened.record()
    for name, value in (("LEDGER", place), ("KEYS", tmp_path / "keys"), ("AS", "Ann Lee"), ("RULEBOOK", SMALL)):
        monkeypatch.setenv(f"TIERENGINE_{name}", str(value))
    yield opened
    opened.ledger.store.close()


def alter(office: Office, *statements: str) -> None:
    """Change the tables as somebody would who has the file and not the keys."""
    with sqlite3.connect(office.ledger.store.place) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_ledger_of_a_newer_version(here: Office, tierengine: Run) -> None:
    """It is not touched."""
    alter(here, "UPDATE head SET format = 3")
    for verb in (("verify",), ("record", GOOD), ("log",)):
        ran = tierengine("ledger", *verb)
        assert (ran.code, "this tierengine reads the formats up to 2" in ran.err) == (5, True)


def test_a_missing_input(here: Office, tierengine: Run) -> None:
    """Verify and replay name it."""
    alter(
        here,
        "DELETE FROM blobs WHERE digest = (SELECT min(digest) FROM uses WHERE entry = 1 AND digest NOT IN "
        "(SELECT digest FROM uses WHERE entry = 0))",
    )
    verified, replayed = tierengine("ledger", "verify"), tierengine("ledger", "replay", "--all")
    assert (verified.code, replayed.code) == (5, 5)
    assert verified.err.startswith("entry 1: what it was made from is missing: sha256:")
    assert "entry 1: it cannot be made again: sha256:" in replayed.err


def test_a_changed_input(here: Office, tierengine: Run) -> None:
    """The digest does not hold."""
    alter(here, "UPDATE blobs SET raw = x'00' WHERE digest = (SELECT min(digest) FROM blobs)")
    ran = tierengine("ledger", "verify")
    assert (ran.code, "what is kept under this digest has another" in ran.err) == (5, True)


def test_another_answer(here: Office, tierengine: Run) -> None:
    """An answer that the engines do not give is found by replay, though it was recorded by the book."""
    with here.ledger.store.reading() as reader:
        entry, _ = here.ledger.entry(reader, 1)
        assert isinstance(entry, AssessmentEntry)
        answer = here.ledger.blob(reader, entry.answer)
    forged = answer.replace(b'"settled":false', b'"settled":true', 1)
    assert forged != answer
    content = entry.model_dump(mode="json", exclude={"format", "number", "time", "by", "signature"})
    content["answer"] = canonical.digest(forged)
    here.ledger.append(content, Inputs(files=(forged,)), here.ann, here.seal)
    assert tierengine("ledger", "verify").code == 0
    ran = tierengine("ledger", "replay", "--all")
    assert ran.code == 5
    assert "entry 2: made again, it differs from what was recorded, first at /recommendation/settled" in ran.err


def test_a_wrong_key(here: Office, tierengine: Run, tmp_path: Path) -> None:
    """Whether it is given, or lies in the folder of keys."""
    other = open_office(str(tmp_path / "other.sqlite"), tmp_path / "others")
    other.ledger.store.close()
    given = tierengine("ledger", "verify", "--key", str(other.seal.verifier))
    assert (given.code, "the ledger carries the key" in given.err) == (5, True)
    found = tierengine("ledger", "verify", "--keys", tmp_path / "others")
    assert (found.code, "the ledger carries the key" in found.err) == (5, True)
    assert tierengine("ledger", "verify", "--key", "no key").code == 2
    assert tierengine("ledger", "verify", "--key", str(here.seal.verifier)).code == 0


def test_a_replaced_ledger(here: Office, tierengine: Run, tmp_path: Path) -> None:
    """A whole and sound ledger of somebody else in the place of the right one: only who knows the key sees it."""
    other = open_office(str(tmp_path / "other.sqlite"), tmp_path / "others")
    other.adopt_rulebook()
    other.ledger.store.close()
    here.ledger.store.close()
    (tmp_path / "other.sqlite").replace(here.ledger.store.place)
    assert tierengine("ledger", "verify").code == 5
    stranger = tierengine("ledger", "verify", "--keys", tmp_path / "none")
    assert stranger.code == 0
    assert "compare it with the one you were given" in " ".join(stranger.out.split())


def test_a_ledger_that_was_cut_short(here: Office, tierengine: Run, tmp_path: Path) -> None:
    """An older copy holds in itself; the checkpoint that was kept shows that it is not all."""
    here.ledger.store.close()
    place = Path(here.ledger.store.place)
    older = place.read_bytes()
    here.record()
    kept = tmp_path / "kept"
    kept.write_text(tierengine("ledger", "checkpoint").out, encoding="utf-8")
    here.ledger.store.close()
    place.write_bytes(older)
    assert tierengine("ledger", "verify").code == 0
    for verb in (("verify",), ("prove", 1)):
        ran = tierengine("ledger", *verb, "--kept", kept)
        assert (ran.code, "over 3 entries, and" in ran.err) == (5, True)


def test_another_history_of_the_same_length(here: Office, tierengine: Run, tmp_path: Path) -> None:
    """Who holds the ledger's key can write another one, but not under a checkpoint that was kept."""
    kept = tmp_path / "kept"
    kept.write_text(tierengine("ledger", "checkpoint").out, encoding="utf-8")
    here.ledger.store.close()
    Path(here.ledger.store.place).unlink()
    again = Store(here.ledger.store.place)
    make_ledger(again, here.seal)
    again.close()
    acts.change_rulebook(here.desk(here.bo), here.files, 4, "another beginning")
    here.record()
    here.ledger.store.close()
    assert tierengine("ledger", "verify").code == 0
    ran = tierengine("ledger", "verify", "--kept", kept)
    assert (ran.code, "the first 2 entries are not those that it was signed over" in ran.err) == (5, True)


def test_no_ledger_here(here: Office, tierengine: Run, tmp_path: Path) -> None:
    """A mistyped name makes no file; an empty file and a foreign one are no ledgers."""
    missing = tmp_path / "leger.sqlite"
    ran = tierengine("ledger", "log", "--ledger", missing)
    assert (ran.code, "cannot be read" in ran.err, missing.exists()) == (1, True, False)
    missing.write_bytes(b"")
    assert tierengine("ledger", "log", "--ledger", missing).code == 1
    missing.write_bytes(b"this is a text file, and quite a long one at that" * 30)
    ran = tierengine("ledger", "log", "--ledger", missing)
    assert (ran.code, "not a database" in ran.err) == (5, True)
    assert tierengine("ledger", "log", "--ledger", "postgresql://host:port/ledger").code == 2
    assert here.ledger.store.file is not None


def test_a_ledger_is_not_made_over_another(here: Office, tierengine: Run, tmp_path: Path) -> None:
    """The first stays; so does its key, and the second leaves none behind."""
    before = sorted((tmp_path / "keys").iterdir())
    assert tierengine("ledger", "init", "--origin", ORIGIN).code == 2
    assert tierengine("ledger", "init", "--origin", "example.gov/second").code == 2
    assert sorted((tmp_path / "keys").iterdir()) == before
    second = ("--origin", "example.gov/second", "--ledger")
    assert tierengine("ledger", "init", *second, tmp_path / "nowhere" / "second.sqlite").code == 1
    assert tierengine("ledger", "init", *second, tmp_path / "second.sqlite").code == 0
    assert verify(here.ledger).checkpoint.size == 2


@contextmanager
def _nobody() -> Iterator[None]:
    """Be a user to whom the modes of files apply."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written() -> None:
    """Neither can a ledger be made there, nor one be written that lies there."""
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(f"{folder}/ledger.sqlite", Path(folder) / "keys")
        office.adopt_rulebook()
        office.ledger.store.close()
        Path(folder).chmod(0o555)
        Path(office.ledger.store.place).chmod(0o444)
        try:
            with _nobody(), pytest.raises(StoreError, match="cannot be written"):
                office.record()
            with _nobody(), pytest.raises(StoreError, match="cannot be made"):
                Store(f"{folder}/second.sqlite").make("", "")
            office.ledger.store.close()
        finally:
            Path(folder).chmod(0o700)
        Path(office.ledger.store.place).chmod(0o600)
        assert verify(office.ledger).checkpoint.size == 1
        office.ledger.store.close()


def test_a_full_disk(here: Office) -> None:
    """What does not fit is not written, and what was there holds."""
    here.ledger.store.close()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    words = [sys.executable, "-m", "tierengine.cli", "ledger", "record", str(GOOD)]
    for _ in range(6):
        ran = subprocess.run(words, capture_output=True, text=True, preexec_fn=limit, check=False)
        if ran.returncode not in (0, 4):
            break
    assert ran.returncode == 1, ran.stderr
    assert "the ledger cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
    verify(here.ledger)
    here.record()


def test_a_connection_that_is_lost(postgresql: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The server ends the session after the rules were asked and before the entry is safe: nothing was written."""
    url = new_database(request)
    office = open_office(url, tmp_path / "keys")
    office.adopt_rulebook()
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))

    def cut() -> str:
        with engine.connect() as connection:
            mine = sa.text("pid <> pg_backend_pid() AND datname = current_database()")
            connection.execute(
                sa.select(sa.func.pg_terminate_backend(sa.column("pid")))
                .select_from(sa.table("pg_stat_activity"))
                .where(mine)
            )
        return "2026-11-24T14:30:00Z"

    unlucky = Ledger(Store(url), clock=cut)
    with pytest.raises(StoreError) as caught:
        acts.review(dataclasses.replace(office.desk(office.bo), ledger=unlucky), 0, "fine", approves=True)
    assert "tierengine ledger log" in caught.value.problems[0].cure
    assert verify(office.ledger).checkpoint.size == 1
    office.record()
    assert verify(office.ledger).checkpoint.size == 2
    for each in (engine, unlucky.store, office.ledger.store):
        each.dispose() if isinstance(each, sa.Engine) else each.close()


def test_a_server_that_is_not_there(tierengine: Run) -> None:
    """The message names the place, and not the password in it."""
    ran = tierengine("ledger", "log", "--ledger", "postgresql://ann:hunter2@127.0.0.1:1/ledger")
    assert ran.code == 1
    assert "postgresql+psycopg://ann:***@127.0.0.1:1/ledger: the ledger cannot be read" in ran.err
    assert "hunter2" not in ran.err + ran.out
