"""The dossier of the last report travels with a packet, and what is read from it is checked twice."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest

from tests.conftest import GUATEMALA, ROOT
from tests.ledger.conftest import open_office
from tierengine.errors import LedgerError
from tierengine.evidence.dossier import read_dossier
from tierengine.law.reader import rulebook_files
from tierengine.ledger import checker
from tierengine.ledger.packet import export, verify
from tierengine.ledger.replay import replay

RATED = """records:
  - id: rated-then
    kind: judgement
    measures: cooperation_as_a_whole
    question: Taken together, does the government cooperate in investigating and prosecuting trafficking?
    rating: met
    author: A. Officer
    date: 2007-05-01
    reasons: made up for the test
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The packet of an annual dossier on Guatemala that names the dossier of the year before."""
    folder = tmp_path_factory.mktemp("named")
    text = GUATEMALA.read_text(encoding="utf-8").replace("product: interim", "product: annual")
    then = text.replace("last_report: 2007-06-12", "last_report: 2006-06-05").replace("records:\n", RATED, 1)
    then = re.sub(r"(?m)^  - \{year: 2007, .*\n", "", then)
    for place, written in ((folder, f"last_dossier: last/dossier.yaml\n{text}"), (folder / "last", then)):
        place.mkdir(exist_ok=True)
        shutil.copy(GUATEMALA.parent / "cable.txt", place)
        (place / "dossier.yaml").write_text(written, encoding="utf-8")
    made = open_office(str(folder / "ledger.sqlite"), folder / "keys")
    office = replace(made, casefile=read_dossier(folder / "dossier.yaml"), files=rulebook_files(ROOT))
    office.adopt_rulebook()
    office.record()
    assert replay(office.ledger, [1]) == ()
    found = export(office.ledger, 1)
    office.ledger.store.close()
    return found


def test_it_travels_along(files: dict[str, bytes]) -> None:
    """With its own source; the packet holds, and the second checker reads the rating of then."""
    assert {"dossier/last/dossier.yaml", "dossier/last/cable.txt"} <= files.keys()
    assert verify(files).warnings == ()
    report = checker.check(files)
    assert (report.wrong, report.unchecked) == ([], [])
    answer = json.loads(files["assessment.json"])
    assert answer["recommendation"]["status"] == "provisional"


@pytest.mark.parametrize("name", ["dossier/last/dossier.yaml", "dossier/last/cable.txt"])
def test_what_is_done_to_it_shows(files: dict[str, bytes], name: str) -> None:
    """One letter of the last dossier or of its source, and both checks name the file."""
    changed = files | {name: files[name].replace(b"Guatemala", b"Guatemale", 1)}
    assert changed[name] != files[name]
    with pytest.raises(LedgerError, match=name):
        verify(changed)
    assert any(name in line for line in checker.check(changed).wrong)


def test_a_rating_of_then_is_read(files: dict[str, bytes]) -> None:
    """It is among the facts of the second checker, and what the answer rests on is what the rules then propose."""
    answer = json.loads(files["assessment.json"])
    resting = [item["rule"] for item in answer["recommendation"]["rests_on"]]
    law = checker.Law(files, "2007-11-09")
    dossier = checker.Yaml(files["dossier/dossier.yaml"], "dossier.yaml").document()
    last = checker.Yaml(files["dossier/last/dossier.yaml"], "dossier.yaml").document()
    days = {"07GUATEMALA2213": checker.sent("telegram", files["dossier/cable.txt"]) or ""}
    case = checker.case_of(law, dossier, checker.Report(), checker.Beside(days, last))
    assert case.facts["last_rating/cooperation_as_a_whole"] == 3
    spoken = [rule["id"] for rule in checker.provisional(case).spoken.values()]
    assert set(resting) <= set(spoken)
