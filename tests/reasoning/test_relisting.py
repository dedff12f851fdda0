"""The limit on coming back to the watch list: the tier it leads to, and the provision that is cited for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.conftest import ROOT, read_once
from tests.reasoning.dossiers import casefile, record
from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.assess import assess
from tierengine.reasoning.assessment import Step

BOOK = read_once(ROOT)
AS_OF = date(2021, 7, 1)

RATINGS = {"significant_efforts_on_actions": "met", "increasing_efforts_not_shown": "met"}

WAIVED_AND_DOWNGRADED = {2015: "2", 2016: "2WL", 2017: "2WL", 2018: "2WL", 2019: "3"}


def _case(last: str) -> Casefile:
    """No law on trafficking, significant efforts without evidence of an increase, and a downgrade after a waiver."""
    judged = [
        {
            "id": f"rating-{number}",
            "kind": "judgement",
            "measures": name,
            "question": "Is it?",
            "rating": level,
            "author": "A. Officer",
            "date": "2021-04-20",
            "reasons": "made up",
        }
        for number, (name, level) in enumerate(RATINGS.items())
    ]
    placements = WAIVED_AND_DOWNGRADED | {2020: last}
    return casefile(
        record("trafficking_criminalised", "false", kind="law", date="2020-05-01"),
        *judged,
        as_of=str(AS_OF),
        period={"first": "2020-04-01", "last": "2021-03-31"},
        last_report="2020-06-25",
        earlier_placements=tuple(
            {"year": str(year), "tier": tier, "source": "made up"} for year, tier in placements.items()
        ),
    )


def _steps(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from _steps(child)


def test_the_second_year_back_is_tier_3_by_its_own_provision() -> None:
    """The year on the list after the downgrade is full; (F) says so, and the two consecutive years of (D) do not."""
    assessment = assess(_case("2WL"), BOOK)
    assert (assessment.recommendation.tier, assessment.recommendation.open_tiers) == ("3", ("3",))
    found = {step.id: step for step in _steps(assessment.trace)}
    assert "22 USC 7107(b)(2)(F)" in (found["RELISTED"].citation or "")
    assert found["RELISTED"].outcome.value == "met"
    assert found["DOWNGRADED"].outcome.value == "not met"


def test_a_year_on_tier_2_frees_the_list() -> None:
    """A country that earned Tier 2 in between begins anew."""
    assert assess(_case("2"), BOOK).recommendation.tier == "2WL"
