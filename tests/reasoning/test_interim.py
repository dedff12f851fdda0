"""The interim assessment as its own product."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT, Ran, read_once
from tierengine.evidence.dossier import read_dossier
from tierengine.reasoning.interim import interim

GUATEMALA = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"


def test_guatemala(tierengine: Callable[..., Ran]) -> None:
    """Reform: no progress; the other two areas: not known; the second ground waits for a person."""
    ran = tierengine("interim", GUATEMALA, "--format", "json")
    answer = json.loads(ran.out)
    assert ran.code == 4
    assert {each["id"]: each["progress"] for each in answer["deficiencies"]} == {
        "legislative-reform": "no progress",
        "enforcement": "undetermined",
        "identification-and-protection": "undetermined",
    }
    assert {each["id"]: each["would"] for each in answer["grounds"]} == {
        "WL-i": "be open",
        "WL-ii": "fall",
        "WL-iii-I": "be open",
        "WL-iii-II": "be open",
        "WL-iii-III": "be open",
    }
    assert answer["since"] == "2007-06-13"
    for each in answer["deficiencies"]:
        assert each["evidence"]
        assert bool(each["to_settle"]) == (each["progress"] == "undetermined")


def test_tiers_stand_apart_and_last(tierengine: Callable[..., Ran]) -> None:
    """No tier is named before the section that is no part of the assessment, but where the last report placed it."""
    before, mark, after = tierengine("interim", GUATEMALA).out.partition("WHICH IS NO PART OF THE ASSESSMENT")
    assert mark
    assert all("last report" in line for line in before.splitlines() if "Tier " in line and "(" not in line)
    assert "recommend" not in before
    assert "makes no list and predicts none" in after


def test_since_april_from_2019_on() -> None:
    """From 9 January 2019 progress is measured since 1 April of the previous year."""
    casefile, book = read_dossier(GUATEMALA), read_once(ROOT)
    progress = interim(casefile, book, book.boundaries()[-1])
    assert str(progress.since) == "2007-04-01"
    assert "7107(b)(2)(B)" in progress.provision


def test_another_product(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A dossier for the annual report is no interim assessment, and a date before 2003 knows none."""
    shutil.copytree(GUATEMALA.parent, tmp_path / "g")
    path = tmp_path / "g" / "dossier.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("product: interim", "product: annual"), encoding="utf-8")
    ran = tierengine("interim", path)
    assert (ran.code, ran.out) == (1, "")
    assert "dossier.yaml:4:" in ran.err
    early = tierengine("interim", GUATEMALA, "--as-of", "2002-06-05")
    assert (early.code, early.out) == (1, "")
    assert "knows no interim assessment" in early.err


def test_a_last_report_that_is_not_earlier(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Progress since a report that comes after the assessment cannot be shown."""
    shutil.copytree(GUATEMALA.parent, tmp_path / "g")
    path = tmp_path / "g" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    for day in ("2007-11-09", "9999-12-31"):
        path.write_text(text.replace("last_report: 2007-06-12", f"last_report: {day}"), encoding="utf-8")
        ran = tierengine("interim", path)
        assert (ran.code, ran.out) == (1, "")
        assert f"dossier.yaml:8:1: the last report, of {day}, is not earlier" in ran.err
