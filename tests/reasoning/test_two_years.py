"""Figures of two years beside each other, bounds, silences and what is new, from the dossier to the trace."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Ran
from tests.reasoning.two_years import BEFORE, SILENT, YEAR, Written, last_year, record, write

Run = Callable[..., Ran]


@pytest.fixture
def ground(tierengine: Run) -> Callable[..., Written]:
    """Assess a dossier, and return what was found of the ground and the step of each input below it."""

    def run(path: Path) -> Written:
        ran = tierengine("assess", path, "--rulebook", ROOT, "--format", "json")
        assert ran.code in (0, 4), ran.err
        answer = json.loads(ran.out)
        route = next(each for each in answer["watch_list"] if each["route"] == "WL-iii-II")
        steps = {step["id"]: step for step in walk(answer["trace"]) if not step["children"]}
        return {"answer": answer, "ground": route, "steps": steps}

    return run


def walk(step: Written) -> Iterator[Written]:
    """Every step of a trace."""
    yield step
    for child in step["children"]:
        yield from walk(child)


def refused(tierengine: Run, path: Path) -> str:
    """What `check` says of a dossier that it refuses."""
    ran = tierengine("check", path, "--rulebook", ROOT)
    assert (ran.code, ran.out) == (1, "")
    return ran.err


# -- figures of two years -------------------------------------------------------------------------------------------


def test_figures_of_two_years_in_one_dossier(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """A figure with its period in the year before is last year's; the trace shows both, with their sources."""
    figures = [record("trafficking_convictions", 12), record("trafficking_convictions", 7, id="before", period=BEFORE)]
    found = ground(write(tmp_path, *figures, silences=SILENT))
    step = found["steps"]["more_convictions"]
    assert step["outcome"] == "not met"  # it was asked whether they are no more
    assert "Yes: 12 persons against 7 persons" in step["says"]
    assert [each["record"] for each in step["evidence"]] == ["trafficking-convictions", "before"]
    assert found["ground"]["outcome"] == "undetermined"
    progress = next(each for each in found["answer"]["criteria"] if each["id"] == "F-PROGRESS")
    assert (progress["shown"], progress["possible"]) == ("partly met", "met")


@pytest.mark.parametrize("done", ["identified", "referred", "assisted"])
@pytest.mark.parametrize(("now", "outcome", "shown"), [(41, "undetermined", "partly met"), (30, "met", "not met")])
def test_victims_found_sent_or_helped_of_two_years(
    done: str, now: int, outcome: str, shown: str, tmp_path: Path, ground: Callable[..., Written]
) -> None:
    """More victims identified, referred or helped than the year before keep the ground open and are progress."""
    figures = [record(f"victims_{done}", now), record(f"victims_{done}", 30, id="before", period=BEFORE)]
    found = ground(write(tmp_path, *figures, silences=SILENT))
    assert f"{now} persons against 30 persons" in found["steps"][f"more_victims_{done}"]["says"]
    assert found["ground"]["outcome"] == outcome
    progress = next(each for each in found["answer"]["criteria"] if each["id"] == "F-PROGRESS")
    assert progress["shown"] == shown


def test_figures_that_are_no_higher(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """Equal or lower figures are no evidence of an increase; beside sources that are silent, the ground is met."""
    figures = [record("trafficking_convictions", 7), record("trafficking_convictions_last_year", 7, period=BEFORE)]
    found = ground(write(tmp_path, *figures, silences=SILENT))
    assert "No: 7 persons against 7 persons" in found["steps"]["more_convictions"]["says"]
    assert found["ground"]["outcome"] == "met"


def test_the_last_dossier_answers(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """Its figures that count are last year's; what it has set aside is not."""
    last_year(
        tmp_path / "2012",
        record("trafficking_convictions", 4, id="one"),
        record("trafficking_convictions", 3, id="two"),
        record("trafficking_convictions", 90, id="doubtful", reliability="E"),
        record("trafficking_prosecutions", 2),
    )
    path = write(tmp_path, record("trafficking_convictions", 12), silences=SILENT, last_dossier="2012/dossier.yaml")
    found = ground(path)
    step = found["steps"]["more_convictions"]
    assert "Yes: 12 persons against 7 persons" in step["says"]
    assert [each["record"] for each in step["evidence"]] == [
        "trafficking-convictions",
        "last-year/one",
        "last-year/two",
    ]
    assert step["evidence"][1]["at"] == "12ORLENE7 ¶1"


def test_what_the_last_dossier_says_is_part_of_the_answer(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """Another figure in it gives the dossier another digest; a dossier without one keeps the digest it had."""
    digests = set()
    for number in (7, 8):
        last_year(tmp_path / "2012", record("trafficking_convictions", number))
        path = write(tmp_path, record("trafficking_convictions", 12), last_dossier="2012/dossier.yaml")
        digests.add(ground(path)["answer"]["receipt"]["dossier"])
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"government": {"country": "QP", "name": "Elsewhere"}}, "is on Elsewhere"),
        ({"last_report": "2010-06-27"}, "is for the report of 2011, and the last report is of 2012"),
        ({"product": "interim"}, "is no dossier of an annual report"),
    ],
)
def test_another_last_dossier_is_refused(changes: Written, expected: str, tmp_path: Path, tierengine: Run) -> None:
    """It is on the same country and of the last annual report; the line that names it is reported."""
    last_year(tmp_path / "2012", **changes)
    said = refused(tierengine, write(tmp_path, last_dossier="2012/dossier.yaml"))
    assert expected in said
    assert re.match(r"dossier.yaml:\d+:1: `2012/dossier.yaml` is", said)


def test_a_quote_of_the_last_dossier_is_checked(tmp_path: Path, tierengine: Run) -> None:
    """A quote that does not stand there is reported with file and line of the last dossier; so is a missing file."""
    last_year(tmp_path / "2012", record("trafficking_convictions", 7, quote="nowhere"))
    said = refused(tierengine, write(tmp_path, last_dossier="2012/dossier.yaml"))
    assert "2012/dossier.yaml:" in said
    assert "the quote does not stand" in said
    assert "`none.yaml` cannot be opened" in refused(tierengine, write(tmp_path, last_dossier="none.yaml"))


def test_unlike_figures_are_listed_and_not_compared(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """A figure of nine months is set beside none of twelve, nor cases beside persons; the trace says why."""
    months = {"first": "2011-07-01", "last": "2012-03-31"}
    figures = [
        record("trafficking_convictions", 12),
        record("trafficking_convictions", 7, id="short", period=months),
        record("trafficking_prosecutions", 12),
        record("trafficking_prosecutions", 7, id="persons", unit="persons", period=BEFORE),
    ]
    found = ground(write(tmp_path, *figures))
    aside = {each["record"]: each["because"] for each in found["answer"]["set_aside"]}
    assert "275 days" in aside["short"]
    assert "365 days" in aside["short"]
    assert "counts something else" in aside["persons"]
    assert "Not compared: one is of 275 days" in found["steps"]["more_convictions"]["says"]
    assert found["steps"]["more_convictions"]["outcome"] == "undetermined"


def test_a_month_more_is_compared(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """The policy allows 31 days, and no more."""
    for first, said in (("2011-05-03", "Yes: 12"), ("2011-05-04", "Not compared")):
        figures = [
            record("trafficking_convictions", 12),
            record("trafficking_convictions", 7, id="before", period={"first": first, "last": "2012-03-31"}),
        ]
        assert said in ground(write(tmp_path, *figures))["steps"]["more_convictions"]["says"]


def test_figures_of_two_years_under_one_period_are_refused(tmp_path: Path, tierengine: Run) -> None:
    """As one record, or as two that would be added up; each is named with its line."""
    both = record("trafficking_convictions", 12, period={"first": "2011-04-01", "last": "2013-03-31"})
    assert "the figures of more than one year stand as one" in refused(tierengine, write(tmp_path, both))
    years = [{"first": f"{year}-01-01", "last": f"{year}-12-31"} for year in (2012, 2013)]
    two = [record("trafficking_convictions", 5, id=f"year-{n}", period=year) for n, year in enumerate(years)]
    said = refused(tierengine, write(tmp_path, *two))
    assert "`year-0` (dossier.yaml:" in said
    assert "`year-1` (dossier.yaml:" in said


def test_last_year_recorded_twice(tmp_path: Path, tierengine: Run) -> None:
    """Where the last dossier says otherwise than a figure of this one, both are named."""
    last_year(tmp_path / "2012", record("trafficking_convictions", 9))
    figure = record("trafficking_convictions", 7, id="before", period=BEFORE)
    said = refused(tierengine, write(tmp_path, figure, last_dossier="2012/dossier.yaml"))
    assert "answered in several ways: `before` (dossier.yaml:" in said
    assert "`last-year/trafficking-convictions` (2012/dossier.yaml:" in said


# -- bounds and direct answers --------------------------------------------------------------------------------------


def test_bounds_are_read_and_shown(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """At least 20 is more than 7; what the bounds leave open stays open."""
    before = record("trafficking_convictions", 7, id="before", period=BEFORE)
    found = ground(write(tmp_path, record("trafficking_convictions", {"at_least": 20}), before))
    assert "Yes: At least 20 persons against 7 persons" in found["steps"]["more_convictions"]["says"]
    found = ground(write(tmp_path, record("trafficking_convictions", {"at_least": 2, "at_most": 9}), before))
    assert found["steps"]["more_convictions"]["outcome"] == "undetermined"
    assert "At least 2 and at most 9 persons" in found["steps"]["trafficking_convictions"]["says"]


def test_bounds_of_several_records(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """Counts that are added up have a greatest number only if each has one."""
    several = [record("trafficking_convictions", {"at_least": 20}, id="courts"), record("trafficking_convictions", 3)]
    says = ground(write(tmp_path, *several))["steps"]["trafficking_convictions"]["says"]
    assert "At least 23 persons" in says
    both = {"at_least": 1, "at_most": 4}
    several = [record("trafficking_convictions", both, id="courts"), record("trafficking_convictions", 3)]
    says = ground(write(tmp_path, *several))["steps"]["trafficking_convictions"]["says"]
    assert "At least 4 and at most 7 persons" in says


def test_a_comparison_is_answered_directly(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """A source that says more than last year without numbers answers it, as does one that says fewer."""
    for words, outcome, ground_is in (
        ("more than last year", "not met", "undetermined"),
        ("fewer than last year", "met", "met"),
    ):
        found = ground(write(tmp_path, record("more_convictions", words), silences=SILENT))
        assert found["steps"]["more_convictions"]["outcome"] == outcome
        assert found["ground"]["outcome"] == ground_is


def test_an_answer_that_the_numbers_contradict_is_refused(tmp_path: Path, tierengine: Run) -> None:
    """Directly, or by denying any increase; the numbers are named with their lines."""
    numbers = [record("trafficking_convictions", 5), record("trafficking_convictions", 7, id="before", period=BEFORE)]
    for said in ("more than last year", "as many as last year"):
        problems = refused(tierengine, write(tmp_path, *numbers, record("more_convictions", said)))
        assert f"answers `more_convictions` with {said}, and the numbers say otherwise" in problems
        assert "`before` (dossier.yaml:" in problems
    higher = [record("trafficking_convictions", 9), *numbers[1:]]
    problems = refused(tierengine, write(tmp_path, *higher, record("increase_in_enforcement", False)))
    assert "answers `increase_in_enforcement` with false, and the numbers say otherwise" in problems


@pytest.mark.parametrize(
    ("said", "beside", "refuses"),
    [
        ("more than last year", {"victims_identified": 0}, True),
        ("as many as last year", {"victims_identified": 0}, False),
        ("fewer than last year", {"victims_identified": 0}, False),
        ("more than last year", {"victims_identified": {"at_most": 3}}, False),
        ("fewer than last year", {"victims_identified_last_year": 0}, True),
        ("more than last year", {"victims_identified_last_year": 0}, False),
    ],
)
def test_an_answer_that_one_number_contradicts_is_refused(
    said: str, beside: dict[str, Any], refuses: bool, tmp_path: Path, tierengine: Run
) -> None:
    """Nothing is more than last year where there is none, or fewer where there was none; `check` names both lines."""
    ((name, value),) = beside.items()
    days = {"period": BEFORE} if name.endswith("last_year") else {}
    dossier = write(tmp_path, record(name, value, id="figure", **days), record("more_victims_identified", said))
    ran = tierengine("check", dossier)
    assert ran.code == (1 if refuses else 0), ran.err
    assert ("the numbers say otherwise: `figure` (dossier.yaml:" in ran.err) == refuses


# -- silences, statements and what is new ---------------------------------------------------------------------------


def test_a_silence_counts_only_from_a_source_of_the_period(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """A cable of the year before says nothing of this one, unless what was read covers it; `check` says which rule."""
    assert ground(write(tmp_path, silences=SILENT))["ground"]["outcome"] == "met"
    old = ground(write(tmp_path, sent="021201Z APR 11", silences=SILENT))
    assert old["ground"]["outcome"] == "undetermined"
    assert {each["rule"] for each in old["answer"]["set_aside"]} == {"ADM-SILENCE"}
    assert "set aside: silent-increase-in-enforcement" in old["steps"]["increase_in_enforcement"]["says"]
    covering = [each | {"covers": YEAR} for each in SILENT]
    assert ground(write(tmp_path, sent="021201Z APR 11", silences=covering))["ground"]["outcome"] == "met"


def test_a_statement_of_few_efforts_counts_as_a_silence(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """It denies the increase; the opposite statement is set aside as before. Figures outrank both."""
    few = record("increase_in_enforcement", False, kind="statement")
    assert ground(write(tmp_path, few, silences=SILENT[1:]))["ground"]["outcome"] == "met"
    found = ground(write(tmp_path, few | {"value": True}, silences=SILENT[1:]))
    assert [each["record"] for each in found["answer"]["set_aside"]] == ["increase-in-enforcement"]
    figures = [record("trafficking_convictions", 9), record("trafficking_convictions", 7, id="before", period=BEFORE)]
    found = ground(write(tmp_path, few, *figures, silences=SILENT[1:]))
    assert found["ground"]["outcome"] == "undetermined"
    assert "two figures do not" in found["steps"]["increase_in_enforcement"]["says"]


def test_what_is_new_in_the_period_keeps_the_ground_open(tmp_path: Path, ground: Callable[..., Written]) -> None:
    """A shelter opened in the period is weighed by a person; one of unknown date does not count as new."""
    shelter = record("victim_shelter_opened", True, kind="action", period=None, date="2012-09-01")
    found = ground(write(tmp_path, shelter, silences=SILENT[:3]))  # a source that speaks of the shelter is not silent
    assert found["ground"]["outcome"] == "undetermined"
    assert [each["record"] for each in found["steps"]["other_increase"]["evidence"]] == ["victim-shelter-opened"]
    undated = shelter | {"undated": "the passage gives no date"}
    del undated["date"]
    assert ground(write(tmp_path, undated, silences=SILENT))["ground"]["outcome"] == "met"
