"""What was recorded on one machine comes out byte for byte on another: the packet in `tests/golden` was made once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conftest import GUATEMALA, ROOT
from tests.ledger.conftest import ORIGIN, open_office
from tests.ledger.test_acts import AGREE
from tierengine.evidence.dossier import read_dossier
from tierengine.law.reader import rulebook_files
from tierengine.ledger import acts, archive, packet
from tierengine.ledger.acts import Desk
from tierengine.ledger.book import Ledger, make_ledger
from tierengine.ledger.keys import Key
from tierengine.ledger.store import Store

GOLDEN = ROOT / "tests" / "golden" / "guatemala-2007" / "packet.zip"


def _key(name: str, seed: int) -> Key:
    """A key that is the same everywhere, and therefore no secret."""
    return Key(name=name, office="Desk", private=Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)))


def exported(folder: Path) -> dict[str, bytes]:
    """The files of the packet of Guatemala, with keys and times that are the same everywhere."""
    seal, ann, bo = _key(ORIGIN, 1), _key("Ann Lee", 2), _key("Bo Chen", 3)
    store = Store(str(folder / "ledger.sqlite"))
    make_ledger(store, seal)
    ledger = Ledger(store, clock=lambda: "2007-11-09T12:00:00Z")
    files = rulebook_files(ROOT)
    acts.change_rulebook(Desk(ledger=ledger, author=ann, seal=seal), files, 208, "the law as encoded")
    acts.record(Desk(ledger=ledger, author=ann, seal=seal), read_dossier(GUATEMALA), files, None)
    acts.position(Desk(ledger=ledger, author=bo, seal=seal), 1, AGREE)
    found = packet.export(ledger, 2)
    store.close()
    return found


def test_a_packet_that_was_made_elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Made here it has the same bytes, file by file, and that one verifies here; --reset-golden writes it anew."""
    made = exported(tmp_path)
    if request.config.getoption("--reset-golden"):
        GOLDEN.write_bytes(archive.pack(made))
    golden = archive.unpack(GOLDEN.read_bytes())
    assert sorted(golden) == sorted(made)
    assert [name for name in golden if golden[name] != made[name]] == []
    assert packet.verify(golden).warnings == ()


def test_the_second_checker_of_a_packet_that_was_made_elsewhere() -> None:
    """It holds by that too, in a process of its own, which sees nothing of the package."""
    words = [sys.executable, "-I", str(ROOT / "tierengine" / "ledger" / "checker.py"), str(GOLDEN)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ran.returncode, "All holds" in ran.stdout) == (0, True), ran.stdout + ran.stderr


@pytest.mark.parametrize("seed", ["1", "20071109"])
def test_another_environment(tmp_path: Path, seed: str) -> None:
    """Neither the order of sets, the time zone, the language nor the folder shows in an answer."""
    office = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    office.adopt_rulebook()
    office.record()
    office.ledger.store.close()
    settings = {"PYTHONHASHSEED": seed, "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"}
    words = [
        sys.executable,
        "-m",
        "tierengine.cli",
        "ledger",
        "replay",
        "--all",
        "--ledger",
        str(tmp_path / "ledger.sqlite"),
    ]
    ran = subprocess.run(words, env=os.environ | settings, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "1 entry comes out byte for byte as recorded\n"), ran.stderr
