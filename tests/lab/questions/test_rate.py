"""The rating sheet: printed, put into reports, written into the dossier as blanks, and refused half filled."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine.law.rulebook import Rulebook

DECIDE = (
    "serious_and_sustained_efforts",
    "increasing_efforts_not_shown",
    "significant_efforts",
    "significant_number_of_victims",
)


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """A copy of the dossier of Guatemala."""
    for file in GUATEMALA.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / "dossier.yaml"


def test_the_sheet_of_guatemala(tierengine: Callable[..., Ran]) -> None:
    """Four words decide; each has its rubric, what to weigh, and the tier that follows."""
    coded = tierengine("rate", GUATEMALA, "--format", "json")
    answer = json.loads(coded.out)
    assert coded.code == 4
    assert {each["word"] for each in answer["words"]} == set(DECIDE)
    assert answer["closing"][0] == {"tier": "3", "sets": [["significant_efforts"]], "whole": True}
    rows = {tuple(sorted(each["ratings"].items())): each["tiers"] for each in answer["table"]}
    assert rows[(("significant_efforts", "not met"), ("significant_number_of_victims", "met"))] == ["3"]
    weighed = next(each for each in answer["words"] if each["word"] == "increasing_efforts_not_shown")
    assert weighed["proposed"]["level"] == "met"
    assert weighed["against_met"][0]["passage"]["record"] == "commission-by-decree"
    text, page = tierengine("rate", GUATEMALA).out, tierengine("rate", GUATEMALA, "--format", "markdown").out
    for word in DECIDE:
        assert f"[{word}]" in text
        assert word.replace("_", r"\_") in page


def test_it_stands_in_every_report(tierengine: Callable[..., Ran]) -> None:
    """The sheet comes after the memorandum."""
    printed = tierengine("report", GUATEMALA).out
    assert printed.index("MOST WORTH ASKING") < printed.index("RATING SHEET") < printed.index("MINIMUM STANDARDS")


def test_blanks_are_written_and_check_asks_for_them(tierengine: Callable[..., Ran], dossier: Path) -> None:
    """Nothing else changes in the file, and each blank is reported with its line, all at once."""
    before = dossier.read_text(encoding="utf-8")
    ran = tierengine("rate", dossier, "--write")
    after = dossier.read_text(encoding="utf-8")
    assert "4 blank ratings stand in dossier.yaml" in ran.err
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line for line in after.splitlines() if line not in added] == before.splitlines()
    checked = tierengine("check", dossier)
    assert (checked.code, checked.out) == (1, "")
    for word in DECIDE:
        line = next(n for n, text in enumerate(after.splitlines(), 1) if text.strip() == f"measures: {word}")
        rated = next(
            n for n, text in enumerate(after.splitlines(), 1) if n > line and text.strip().startswith("rating:")
        )
        assert f"dossier.yaml:{rated}:" in checked.err
        assert f"the rating of `{word}` waits for its rating, author, date, reasons" in checked.err


def test_a_sheet_filled_in_is_used(tierengine: Callable[..., Ran], dossier: Path) -> None:
    """What the table says follows, follows; half filled it is refused with what is missing, and nothing is written."""
    tierengine("rate", dossier, "--write")
    text = dossier.read_text(encoding="utf-8")
    half = re.sub(r"rating: '\?'  # not met, met", "rating: met", text)
    dossier.write_text(half, encoding="utf-8")
    ran = tierengine("assess", dossier)
    assert ran.code == 1
    assert ran.err.count("waits for its author, date, reasons") == len(DECIDE)
    assert dossier.read_text(encoding="utf-8") == half
    full = half.replace("author: '?'", "author: A. Officer").replace("date: '?'", "date: 2007-11-09")
    full = full.replace("reasons: '?'", "reasons: made up for a test")
    full = full.replace("measures: serious_and_sustained_efforts\n", "measures: serious_and_sustained_efforts\n", 1)
    start = full.index("measures: serious_and_sustained_efforts")
    full = full[:start] + full[start:].replace("rating: met", "rating: not met", 1)
    dossier.write_text(full, encoding="utf-8")
    answer = json.loads(tierengine("assess", dossier, "--format", "json").out)
    assert answer["recommendation"]["open_tiers"] == ["2WL"]
    assert answer["recommendation"]["status"] == "settled"


def test_a_settled_case_shows_what_a_person_could_move(tierengine: Callable[..., Ran], rulebook: Rulebook) -> None:
    """The tier is settled on the facts; a person who rates freely may still move it."""
    answer = json.loads(tierengine("rate", ROOT / "seeds/invented-2019/dossier.yaml", "--format", "json").out)
    assert (answer["status"], answer["closing"]) == ("settled", [])
    assert {"ratings": {"victims_without_proportional_actions": "met"}, "tiers": ["2WL"]} in [
        {
            "ratings": {k: v for k, v in each["ratings"].items() if k == "victims_without_proportional_actions"},
            "tiers": each["tiers"],
        }
        for each in answer["table"]
    ]


def test_records_on_one_line_cannot_be_added_to(tierengine: Callable[..., Ran], dossier: Path) -> None:
    """It is said where, and the file stays as it was."""
    text = dossier.read_text(encoding="utf-8")
    start, end = text.index("records:\n"), text.index("silences:\n")
    records = yaml.safe_load(text[start:end])["records"]
    one_line = yaml.safe_dump(records, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True)
    short = f"{text[:start]}records: {one_line}{text[end:]}"
    dossier.write_text(short, encoding="utf-8")
    ran = tierengine("rate", dossier, "--write")
    assert ran.code == 1
    assert "the records are not written as a list of lines" in ran.err
    assert dossier.read_text(encoding="utf-8") == short
