"""The waiver of a downgrade is decided when the report is made, after the reporting period."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import ROOT, read_once
from tests.reasoning.dossiers import casefile, record
from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.assess import assess

BOOK = read_once(ROOT)
FINDINGS = ("waiver_written_plan", "waiver_plan_would_suffice", "waiver_sufficient_resources")
PLACED = {2008: "2", 2009: "2WL", 2010: "2WL"}


def _rated(name: str) -> dict[str, Any]:
    return {
        "id": f"rating-{name}",
        "kind": "judgement",
        "measures": name,
        "question": "Is it?",
        "rating": "met",
        "author": "A. Officer",
        "date": "2011-05-01",
        "reasons": "made up",
    }


def _case(*decided: dict[str, Any]) -> Casefile:
    """Two years on the list are full in 2011, and a ground applies."""
    return casefile(
        record("trafficking_criminalised", "false", kind="law", date="2010-05-01"),
        *decided,
        _rated("significant_efforts"),
        _rated("increasing_efforts_not_shown"),
        as_of="2011-06-27",
        period={"first": "2010-04-01", "last": "2011-03-31"},
        last_report="2010-06-14",
        earlier_placements=tuple({"year": str(y), "tier": t, "source": "made up"} for y, t in PLACED.items()),
    )


@pytest.mark.parametrize("day", ["2011-03-20", "2011-06-24"], ids=["in the period", "with the report"])
def test_a_waiver_keeps_the_country_on_the_list(day: str) -> None:
    """Whether it is dated in the period or in the week of the report, it counts."""
    decided = [record(name, "true", date=day) for name in (*FINDINGS, "downgrade_waived")]
    assessment = assess(_case(*decided), BOOK)
    assert (assessment.recommendation.tier, assessment.set_aside) == ("2WL", ())


def test_a_waiver_after_the_question_does_not() -> None:
    """What is decided later is not known yet."""
    decided = [record(name, "true", date="2011-07-04") for name in (*FINDINGS, "downgrade_waived")]
    assessment = assess(_case(*decided), BOOK)
    assert assessment.recommendation.open_tiers == ("2WL", "3")
    assert {unused.rule for unused in assessment.set_aside} == {"ADM-LATER"}


def test_other_acts_after_the_period_are_set_aside() -> None:
    """A shelter opened between the end of the period and the report belongs to the next period."""
    assessment = assess(_case(record("victim_shelter_opened", "true", date="2011-05-20")), BOOK)
    assert {unused.rule for unused in assessment.set_aside} == {"ADM-PERIOD"}


def test_the_dossier_file_may_hold_it(tmp_path: Any, tierengine: Any) -> None:
    """The loader refuses an act before the period, and leaves one between its end and the question to the law."""
    seed = ROOT / "seeds" / "invented-2011"
    for file in seed.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("date: 2011-03-15", "date: 2011-06-15"), encoding="utf-8")
    assert tierengine("check", path).code == 0
    path.write_text(text.replace("date: 2011-03-15", "date: 2009-03-15"), encoding="utf-8")
    assert "outside the reporting period" in tierengine("check", path).err
