"""Sentences of real summaries: what they say of a government has a question in the law of their year."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

SCRIPT = ROOT / "benchmarks" / "sentences.py"
JUDGED = ROOT / "tests" / "data" / "sentences.csv"


def run(*words: object, script: Path = SCRIPT) -> subprocess.CompletedProcess[str]:
    """What the script prints."""
    return subprocess.run([sys.executable, script, *map(str, words)], capture_output=True, text=True, check=False)


def test_ninety_five_of_a_hundred_find_a_question() -> None:
    """Of 200 sentences, each named question is asked in the year of its report, and at least 190 have one."""
    ran = run()
    assert (ran.returncode, ran.stderr) == (0, "")
    with JUDGED.open(encoding="utf-8", newline="") as file:
        acts = [row for row in csv.DictReader(file) if row["tells"] == "act"]
    fit = sum(bool(row["questions"]) for row in acts)
    assert len(acts) == 200
    assert fit >= 190
    assert f"{fit}  {fit / 200:.1%}" in ran.stdout


def test_what_is_not_so_is_reported(tmp_path: Path) -> None:
    """A question that the law of a year does not ask, and a row that the seed does not draw, fail by name."""
    copied = tmp_path / "benchmarks" / "sentences.py"
    for room in ("criteria", "rules"):
        (tmp_path / room).symlink_to(ROOT / room)
    copied.parent.mkdir()
    copied.write_bytes(SCRIPT.read_bytes())
    (tmp_path / "tests" / "data").mkdir(parents=True)
    rows = JUDGED.read_text(encoding="utf-8").splitlines()
    rows[1] = "Cuba,2006,1,Tier 3,act,partnership_outcomes,"
    (tmp_path / "tests" / "data" / "sentences.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = run(script=copied)
    assert ran.returncode == 1
    assert "Cuba 2006, sentence 1: the law of that year has no `partnership_outcomes`" in ran.stderr


def test_the_seed_draws_from_the_summaries(tmp_path: Path) -> None:
    """With other summaries the rows are not those drawn, and each is named; without any, the file is asked for."""
    text = "tier rating: Tier 3 - it failed; " + "; ".join(f"it did {n}" for n in range(900))
    file = tmp_path / "summaries.csv"
    file.write_text(f'iso3,country,report_year,tier,text\nXAA,Invented,2011,3,"{text}"\n', encoding="utf-8")
    ran = run("--summaries", file)
    assert ran.returncode == 1
    assert ran.stderr.count("the seed draws") == len(JUDGED.read_text(encoding="utf-8").splitlines()) - 1
    none = run("--summaries", tmp_path / "none.csv")
    assert none.returncode == 2
    assert "is no file" in none.stderr
    assert "Traceback" not in none.stderr
