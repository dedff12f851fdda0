"""What tierengine 0.1.0 recorded still holds: made again, it decides the same; what was altered is refused.

`tests/data/recorded-by-0.1.0` was made by that version and is never made anew: a ledger in which two cases were
assessed, one of them disputed and determined, and a packet of the Guatemala dossier. Its keys are made from known
numbers, and are no secret.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Ran
from tests.ledger.conftest import Office
from tierengine.errors import LedgerError
from tierengine.ledger import acts, checker
from tierengine.ledger.archive import unpack
from tierengine.ledger.book import Ledger
from tierengine.ledger.packet import export, verify
from tierengine.ledger.replay import answer_of, replay
from tierengine.ledger.sameness import compared
from tierengine.ledger.store import Store
from tierengine.ledger.verify import verify as verify_ledger
from tierengine.reasoning.assess import VERSION

OF_THEN = ROOT / "tests" / "data" / "recorded-by-0.1.0"
PACKET = OF_THEN / "guatemala-2007.zip"
SAID_AGAIN = [1, 2, 3, 4, 5, 6]
"""The entries in which the engine says something."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of then."""
    found = tmp_path_factory.mktemp("then") / "ledger.sqlite"
    found.write_bytes(gzip.decompress((OF_THEN / "ledger.sqlite.gz").read_bytes()))
    return found


@pytest.fixture(scope="module")
def ledger(kept: Path) -> Iterator[Ledger]:
    """The ledger of then, opened."""
    store = Store(str(kept))
    yield Ledger(store)
    store.close()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The packet of then."""
    return unpack(PACKET.read_bytes())


@pytest.fixture(scope="module")
def recorded(files: dict[str, bytes]) -> Any:
    """The answer of then."""
    return json.loads(files["assessment.json"])


# -- the ledger -------------------------------------------------------------------------------------------------------


def test_the_ledger_holds(ledger: Ledger) -> None:
    """Every entry, every input, the tree and the checkpoint."""
    assert verify_ledger(ledger).checkpoint.size == 7


def test_every_entry_decides_the_same(ledger: Ledger) -> None:
    """The three assessments in other words; the position, its concession and the determination as they were."""
    assert replay(ledger, SAID_AGAIN) == (1, 3, 6)


def test_the_verb_says_so(tierengine: Callable[..., Ran], kept: Path, tmp_path: Path) -> None:
    """Which entries are in other words, and how many are the same byte for byte."""
    ran = tierengine("ledger", "replay", "--all", "--ledger", kept, "--keys", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    same, others = ran.out.splitlines()[0], " ".join(ran.out.splitlines()[1:])
    assert same == "3 entries come out byte for byte as recorded"
    assert others == "entries 1, 3, 6 were made by another version: made again, each decides the same, in other words"


def test_a_packet_of_what_was_recorded_then(ledger: Ledger) -> None:
    """It carries the answer of then, and a page and a second checker of now."""
    made = export(ledger, 5)
    verified = verify(made)
    assert (verified.in_other_words, verified.warnings) == (True, ())
    assert json.loads(made["assessment.json"])["receipt"]["tierengine"] == "0.1.0"


# -- the packet -------------------------------------------------------------------------------------------------------


def test_the_packet_holds(files: dict[str, bytes]) -> None:
    """Its page and its README.txt are in the words of then, and its second checker is of then; all are said."""
    verified = verify(files)
    assert verified.in_other_words
    assert [warning.split()[0] for warning in verified.warnings] == ["page.html", "check.py", "README.txt"]


def test_the_verb_says_that_it_decides_the_same(tierengine: Callable[..., Ran]) -> None:
    """In words, with the version that made it."""
    ran = tierengine("verify", PACKET)
    assert (ran.code, ran.err) == (0, "")
    printed = " ".join(ran.out.split())
    assert "was made by tierengine 0.1.0; made again" in printed
    assert "it decides the same, in other words" in printed


def test_the_second_checker_of_then(tmp_path: Path, files: dict[str, bytes]) -> None:
    """The one that lies in the packet still checks it, in a process of its own."""
    check = tmp_path / "check.py"
    check.write_bytes(files["check.py"])
    ran = subprocess.run([sys.executable, "-I", str(check), str(PACKET)], capture_output=True, text=True, check=False)
    assert (ran.returncode, "All holds" in ran.stdout) == (0, True), ran.stdout + ran.stderr


def test_the_second_checker_of_now(files: dict[str, bytes]) -> None:
    """It checks all that the answer of then holds, and says what an answer of then does not hold."""
    report = checker.check(files)
    assert (report.wrong, report.unchecked) == ([], [])
    assert [note for note in report.notes if "0.1.0" in note] == [
        "assessment.json: tierengine 0.1.0 made it, before answers told what the rules propose, what is shown and"
        " possible, and what the answer hangs on; there is nothing of that to check"
    ]


# -- what is altered --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["assessment.json", "provenance.json", "dossier/cable.txt", "entries/1.json"])
def test_any_byte_of_the_packet(files: dict[str, bytes], name: str) -> None:
    """One letter in the middle of a file that is compared, and the packet is refused."""
    raw = bytearray(files[name])
    at = next(at for at in range(len(raw) // 2, len(raw)) if chr(raw[at]).isalpha())
    raw[at] ^= 1
    with pytest.raises(LedgerError, match=name):
        verify(files | {name: bytes(raw)})


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values in JSON that hold no others."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield at
    for key, each in inner:
        yield from _places(each, (*at, key))


def _altered(answer: Any, at: tuple[Any, ...]) -> Any:
    """An answer in which one value is another."""
    found = copy.deepcopy(answer)
    inner = found
    for key in at[:-1]:
        inner = inner[key]
    value = inner[at[-1]]
    inner[at[-1]] = not value if isinstance(value, bool) else f"{value} not"
    return found


SENTENCES = {"because", "note", "reason", "says", "title", "witness"}


def test_whatever_decides_is_compared(files: dict[str, bytes], recorded: Any) -> None:
    """Any value of the answer, made another: what decides is noticed, and only sentences may be others."""
    again = json.loads(files["assessment.json"])
    again["receipt"]["tierengine"] = VERSION
    made = json.dumps(again).encode()
    places = list(_places(recorded))
    for at in random.Random(11).sample(places, 400):
        words = any(key in SENTENCES for key in at)
        questions = "to_settle" in at
        found = compared(json.dumps(_altered(recorded, at)).encode(), made, "0.1.0")
        assert (found.differs_at is None) == words or questions, at
    assert {str(at[0]) for at in places} >= {"criteria", "recommendation", "receipt", "set_aside", "trace"}


@pytest.mark.parametrize("key", ["standards", "criteria", "recommendation", "trace", "receipt"])
def test_a_key_that_is_missing_is_noticed(recorded: Any, key: str) -> None:
    """An answer of then may lack only what came later."""
    made = json.dumps(recorded).encode()
    less = {name: value for name, value in recorded.items() if name != key}
    assert compared(json.dumps(less).encode(), made, "0.1.0").differs_at is not None


def test_an_answer_of_now_must_hold_all(recorded: Any) -> None:
    """What came later may be missing from an answer of then, and not from one of this version or a later one."""
    now = recorded | {"hinges": []}
    now["receipt"] = recorded["receipt"] | {"tierengine": VERSION}
    old, new = json.dumps(recorded).encode(), json.dumps(now).encode()
    assert compared(old, new, "0.1.0").in_other_words
    assert compared(new, new, VERSION).differs_at is None
    for version in (VERSION, "0.9.0", "another"):
        assert compared(old, new, version).differs_at is not None
    assert compared(new, new + b" ", "0.1.0").differs_at is not None


def test_a_false_answer_that_names_an_earlier_version(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed and signed as if 0.1.0 had said it; made again, it decides something else."""
    office.adopt_rulebook()

    def false(assessment: Any) -> bytes:
        answer = json.loads(answer_of(assessment))
        answer["receipt"]["tierengine"] = "0.1.0"
        answer["standards"][0]["outcome"] = "met" if answer["standards"][0]["outcome"] != "met" else "not met"
        return json.dumps(answer).encode()

    monkeypatch.setattr(acts, "VERSION", "0.1.0")
    monkeypatch.setattr(acts, "answer_of", false)
    office.record()
    with pytest.raises(LedgerError, match="replay it with tierengine") as raised:
        replay(office.ledger, [1])
    assert "it differs from what was recorded, first at /" in raised.value.problems[0].what
