"""The log of requests for data behind the presumptions of two factors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.conftest import ROOT, read_once
from tests.reasoning.dossiers import casefile, record
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.assess import assess
from tierengine.reasoning.assessment import Assessment, Step

BOOK = read_once(ROOT)

CAPACITY = {
    date(2007, 6, 12): ("capacity_to_obtain_enforcement_data", "true"),
    date(2020, 6, 25): ("enforcement_data_show_increasing_capacity", "false"),
}


def _request(answer: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "request-1",
        "criterion": "F-PROSECUTE",
        "date": "2007-01-10",
        "asks": "data on investigations, prosecutions, convictions and sentences",
        "answer": answer,
        "capacity_note": "the police keep a register of cases",
        "at": "07NOWHERE12 ¶1",
        "quote": "made up",
    } | changes


def _case(day: date, answer: str, *more: dict[str, Any], **changes: Any) -> Casefile:
    indicator, value = CAPACITY[day]
    year = {"date": f"{day.year}-01-10", "answer_date": f"{day.year}-02-10"}
    return casefile(
        record(indicator, value, date=f"{day.year}-01-20"),
        *more,
        as_of=str(day),
        period={"first": f"{day.year - 1}-04-01", "last": f"{day.year}-03-31"},
        last_report=f"{day.year - 1}-06-05",
        requests=(_request(answer, **(year | changes)),),
    )


def _steps(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from _steps(child)


def _factor(assessment: Assessment) -> str:
    return next(each.outcome.value for each in assessment.criteria if each.id == "F-PROSECUTE")


@pytest.mark.parametrize("day", CAPACITY, ids=str)
@pytest.mark.parametrize(
    ("answer", "outcome"), [("not given", "not met"), ("given", "undetermined"), ("partly given", "undetermined")]
)
def test_the_answer_decides(day: date, answer: str, outcome: str) -> None:
    """Data not given start the presumption; data given lift it; a part leaves it open, under both qualifiers."""
    assessment = assess(_case(day, answer), BOOK)
    assert _factor(assessment) == outcome
    passages = [
        passage for step in _steps(assessment.trace) for passage in step.evidence if passage.record == "request-1"
    ]
    assert passages
    note = passages[0].note or ""
    assert f"requested {day.year}-01-10" in note
    assert f"{answer} on {day.year}-02-10" in note
    assert "capacity: the police keep a register of cases" in note


def test_a_request_after_the_question_answers_nothing() -> None:
    """What is asked later cannot have been withheld yet."""
    late = {"date": "2007-07-01", "answer_date": "2007-07-02"}
    assert _factor(assess(_case(date(2007, 6, 12), "not given", **late), BOOK)) == "undetermined"


@pytest.mark.parametrize("answer", ["given", "not given"])
def test_an_answer_after_the_question_is_not_known_yet(answer: str) -> None:
    """Whether the data would be given was open on the date of the question, and so is the presumption."""
    late = _case(date(2007, 6, 12), answer, answer_date="2007-07-02")
    assessment = assess(late, BOOK)
    asked = {each.id: each for each in assessment.criteria}["F-PROSECUTE"]
    assert asked.outcome.value == "undetermined"
    assert any("enforcement_data_provided" in question for question in asked.to_settle)


def test_before_there_was_a_presumption() -> None:
    """Under the first Act a request that is not answered starts nothing."""
    assessment = assess(_case(date(2007, 6, 12), "not given"), BOOK, date(2003, 6, 11))
    assert _factor(assessment) == "undetermined"


def test_log_and_record_must_agree() -> None:
    """A record that says the data were given contradicts a log that says they were not."""
    given = record("enforcement_data_provided", "true", 7, date="2007-02-01")
    with pytest.raises(EvidenceError, match="the log of requests says otherwise"):
        assess(_case(date(2007, 6, 12), "not given", given), BOOK)


def test_a_request_for_no_criterion() -> None:
    """A request names the criterion whose data it asks for."""
    with pytest.raises(EvidenceError, match="no criterion is called `F-NOTHING`"):
        assess(_case(date(2007, 6, 12), "given", criterion="F-NOTHING"), BOOK)
