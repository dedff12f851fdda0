"""The verbs of the ledger as a user types them, from the first key to the replay."""

from __future__ import annotations

import base64
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import SMALL, Ran
from tests.ledger.conftest import GOOD, ORIGIN, new_database
from tierengine.ledger import merkle
from tierengine.ledger.keys import Keys
from tierengine.ledger.notes import Checkpoint

Run = Callable[..., Ran]
CASE = "nowhere-2007"


@pytest.fixture
def ledger(tierengine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line in an empty folder, where ledger, keys and rulebook are found without options."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIERENGINE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("TIERENGINE_RULEBOOK", str(SMALL))
    return lambda *words: tierengine("ledger", *words)


def seen(ledger: Run) -> str:
    """What is on record of the case, as `log` prints it."""
    last = ledger("log", CASE).out.splitlines()[-1]
    assert last.startswith("what is on record now: sha256:")
    return last.rpartition(" ")[2]


def set_up(ledger: Run) -> None:
    """A ledger, three keys, the rulebook and an assessment."""
    assert ledger("init", "--origin", ORIGIN).code == 0
    for name, office in (("Ann Lee", "Desk"), ("Bo Chen", "Post"), ("Cy Dee", "Seat")):
        assert ledger("key", name, "--office", office).code == 0
    assert ledger("rulebook", "--reasons", "the first", "--as", "Ann Lee").code == 0
    assert ledger("record", GOOD, "--as", "Ann Lee").code == 4


def test_the_whole_way(ledger: Run, tmp_path: Path) -> None:
    """Every verb does its part, and what is kept shows it."""
    set_up(ledger)
    assert ledger("position", 1, "--reasons", "agreed", "--as", "Bo Chen").code == 0
    kept = tmp_path / "kept"
    kept.write_text(ledger("checkpoint").out, encoding="utf-8")
    determined = ledger("determine", 1, "--seen", seen(ledger), "--reasons", "so be it", "--as", "Cy Dee")
    assert determined.code == 0
    assert "Determines no tier, as entry 1 recommends." in determined.out
    assert ledger("review", 3, "--reasons", "in order", "--as", "Ann Lee").code == 0
    assert ledger("review", 2, "--objects", "--reasons", "too short", "--as", "Cy Dee").code == 0
    assert ledger("correct", 2, "--reasons", "it was", "--as", "Bo Chen").code == 0
    printed = ledger("log", CASE).out
    assert "Reviewed entry 2 and objects to it." in printed
    assert printed.count("It was corrected, and counts no more.") == 1
    assert "Entry 3 determined no tier; a review approves it." in printed
    verified = ledger("verify", "--kept", kept)
    assert (verified.code, "7 entries and" in verified.out) == (0, True)
    assert "they go on from the checkpoint" in verified.out
    assert ledger("replay", "--all").out == "3 entries come out byte for byte as recorded\n"
    assert ledger("replay", 1).out == "1 entry comes out byte for byte as recorded\n"


def test_a_proof_can_be_checked_by_anybody(ledger: Run, tmp_path: Path) -> None:
    """What `prove` prints leads from the entry's bytes to the signed root, and from a kept checkpoint to it."""
    set_up(ledger)
    kept = tmp_path / "kept"
    kept.write_text(ledger("checkpoint").out, encoding="utf-8")
    ledger("position", 1, "--reasons", "agreed", "--as", "Bo Chen")
    answer = json.loads(ledger("prove", 1, "--kept", kept, "--format", "json").out)
    verifier = Keys(tmp_path / "keys").of(ORIGIN).verifier
    checkpoint = Checkpoint.of(answer["checkpoint"], verifier, "checkpoint")
    before = Checkpoint.of(kept.read_text(encoding="utf-8"), verifier, "kept")
    hashes = [base64.b64decode(each) for each in answer["hashes"]]
    assert merkle.includes(hashes, 1, 3, base64.b64decode(answer["leaf"]), checkpoint.root)
    grown = [base64.b64decode(each) for each in answer["kept"]["hashes"]]
    assert merkle.extends(grown, before.size, before.root, checkpoint.size, checkpoint.root)
    text = ledger("prove", 1, "--kept", kept).out
    assert all(each in text for each in [answer["leaf"], *answer["hashes"], *answer["kept"]["hashes"]])


def test_json_says_the_same(ledger: Run) -> None:
    """Of one case, and of all."""
    set_up(ledger)
    answer = json.loads(ledger("log", CASE, "--format", "json").out)
    assert [entry["kind"] for entry in answer["entries"]] == ["assessment"]
    assert answer["seen"] == seen(ledger)
    assert [entry["kind"] for entry in json.loads(ledger("log", "--format", "json").out)["entries"]] == [
        "rulebook",
        "assessment",
    ]


def test_questions_that_are_put_wrongly(ledger: Run) -> None:
    """Each has its message, and none is a traceback."""
    set_up(ledger)
    wrong = {
        ("log", "nowhere"): "has no case `nowhere`",
        ("prove", 9): "has no entry 9",
        ("replay",): "neither or both",
        ("replay", 1, "--all"): "neither or both",
        ("replay", 0): "no assessment, it is a rulebook",
        ("position", 0, "--reasons", "x", "--as", "Ann Lee"): "no assessment, it is a rulebook",
        ("position", 1, "--reasons", "x", "--as", "Dot"): "there is no key of `Dot`",
        ("init", "--origin", "two words"): "cannot name a ledger",
        ("key", "Ann Lee", "--office", "Desk"): "has a key already",
        ("determine", 1, "--seen", "x", "--reasons", "x", "--as", "Cy Dee"): "`x` is no digest",
    }
    for words, message in wrong.items():
        ran = ledger(*words)
        assert (ran.code, message in ran.err) == (2, True), (words, ran)
    assert ledger("verify", "--kept", "nothing").code == 1


def test_the_verbs_in_postgresql(ledger: Run, request: pytest.FixtureRequest) -> None:
    """A URL in the place of a file is all the difference."""
    place = ("--ledger", new_database(request))

    def there(*words: object) -> Ran:
        return ledger(*words, *place) if words[0] != "key" else ledger(*words)

    set_up(there)
    assert there("verify").code == 0
    assert there("replay", "--all").code == 0


def test_secrets_are_printed_nowhere(ledger: Run, tmp_path: Path) -> None:
    """No private key stands in anything that is printed, in the ledger, a proof or a packet, in any writing."""
    set_up(ledger)
    ledger("position", 1, "--reasons", "agreed", "--as", "Bo Chen")
    (tmp_path / "keys" / "bo-chen.key").chmod(0o644)
    printed = [
        ledger(*words)
        for words in (
            ("log",),
            ("log", "--format", "json"),
            ("checkpoint",),
            ("verify",),
            ("prove", 1, "--format", "json"),
            ("review", 1, "--reasons", "x", "--as", "Bo Chen"),
            ("review", 1, "--reasons", "x", "--as", "Ann Lee"),
            ("init", "--origin", ORIGIN),
            ("key", "Cy Dee", "--office", "Seat"),
            ("key", "Dot", "--office", "Desk"),
        )
    ]
    (tmp_path / "keys" / "bo-chen.key").chmod(0o600)
    text = "".join(ran.out + ran.err for ran in printed).encode()
    text += b"".join(path.read_bytes() for path in tmp_path.glob("ledger.sqlite*"))
    assert ledger("export", 1, tmp_path / "packet.zip").code == 0
    with zipfile.ZipFile(tmp_path / "packet.zip") as packet:
        text += b"".join(packet.read(name) for name in packet.namelist() if name != "check.py")
    keys = Keys(tmp_path / "keys")
    for name in ("Ann Lee", "Bo Chen", "Cy Dee", "Dot", ORIGIN):
        secret = keys.of(name).private.private_bytes_raw()
        for writing in (secret, secret.hex().encode(), *_base64(secret)):
            assert writing not in text, name
    assert b"PRIVATE KEY" not in text
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "keys").iterdir())


def _base64(secret: bytes) -> Iterator[bytes]:
    """The middle of what base64 makes of a secret behind none, one or two other bytes."""
    for before in range(3):
        yield re.sub(rb"=+$", b"", base64.b64encode(bytes(before) + secret))[4:-4]
