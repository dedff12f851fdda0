"""Writers are killed at random moments, 300 times: what was reported safe is there, and the ledger holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.ledger.conftest import Office
from tierengine import canonical
from tierengine.ledger.entries import AssessmentEntry
from tierengine.ledger.verify import verify

KILLS = {"sqlite": 200, "postgresql": 100}


def test_no_kill_loses_an_entry_that_was_acknowledged(office: Office, tmp_path: Path) -> None:
    """Each acknowledged entry stands at its number with its bytes; beside these at most one more for each kill."""
    office.adopt_rulebook()
    recorded = office.record()
    assert isinstance(recorded, AssessmentEntry)
    kills = KILLS["postgresql" if office.ledger.store.file is None else "sqlite"]
    content = recorded.model_dump(mode="json", exclude={"format", "number", "time", "by", "signature"})
    words = [sys.executable, "-m", "tests.ledger.killing", office.ledger.store.place, str(tmp_path / "keys")]
    words += [str(kills), "20071109"]
    ran = subprocess.run(words, input=json.dumps(content), capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    safe = dict(answer["safe"])
    size = verify(office.ledger).checkpoint.size
    assert len(safe) == len(answer["safe"])
    with office.ledger.store.reading() as reader:
        for number, digest in safe.items():
            raw = reader.entry(number)
            assert raw is not None, number
            assert canonical.digest(raw) == digest, number
    assert 0 <= size - 2 - len(safe) <= kills
    assert answer["amid"] > kills / 2, answer["amid"]
    assert len(safe) > kills / 2, len(safe)
    assert office.record().number == size
