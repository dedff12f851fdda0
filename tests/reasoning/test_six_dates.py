"""The same facts under the law of six dates, with the different right answers written out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest

from tests.conftest import ROOT, read_once
from tests.reasoning.dossiers import casefile, record
from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.assess import assess
from tierengine.reasoning.assessment import Assessment

BOOK = read_once(ROOT)

RATINGS = {
    "significant_given_extent": "met",
    "noncompliance_not_disqualifying": "met",
    "measures_reasonable": "met",
    "significant_efforts": "met",
    "significant_efforts_on_actions": "not met",
    "victims_very_significant_or_increasing": "not met",
    "increasing_efforts_not_shown": "not met",
    "efforts_rest_on_commitments": "met",
    "serious_and_sustained_demand_efforts": "not met",
    "victims_without_proportional_actions": "not met",
}

ANSWERS: dict[str, Any] = {
    "trafficking_criminalised": "false",
    "public_awareness_campaign": "true",
    "potential_victims_informed": "true",
    "forced_and_child_labour_prevented": "true",
    "deployed_nationals_prevented": "false",
    "demand_for_commercial_sex_reduced": "false",
    "local_populations_identified": "false",
    "cooperated_in_trafficking_case": "true",
    "law_enforcement_arrangements_entered": "false",
    "public_allegations_against_officials": "true",
    "allegations_addressed_appropriately": "false",
    "officials_involved_in_trafficking": "true",
}


def _facts(day: date) -> Casefile:
    """What is known, the same on every date; only the dates of dossier and records follow the question."""
    acts = [
        record(name, value, number, date=str(day.replace(month=1, day=15)))
        for number, (name, value) in enumerate(ANSWERS.items())
    ]
    refused = record("cooperation_requests_refused", "0", 50, unit="requests", date=str(day.replace(month=1, day=15)))
    promise = record("victim_services_provided", "true", 60, kind="commitment", date=str(day.replace(month=1, day=15)))
    for each in (*acts, refused, promise):
        each["kind"] = "law" if each["measures"] == "trafficking_criminalised" else each["kind"]
    judged = [
        {
            "id": f"rating-{number}",
            "kind": "judgement",
            "measures": name,
            "question": "Is it?",
            "rating": level,
            "author": "A. Officer",
            "date": str(day.replace(month=1, day=20)),
            "reasons": "made up",
        }
        for number, (name, level) in enumerate(RATINGS.items())
    ]
    placements = [
        {"year": str(year), "tier": "2WL" if 2009 <= year <= 2012 else "2", "source": "made up"}
        for year in range(2001, day.year)
    ]
    return casefile(
        *acts,
        refused,
        promise,
        *judged,
        as_of=str(day),
        period={"first": str(date(day.year - 1, 4, 1)), "last": str(date(day.year, 3, 31))},
        last_report=str(date(day.year - 1, 6, 1)),
        earlier_placements=tuple(placements),
    )


def _outcomes(assessment: Assessment) -> dict[str, str]:
    found = {each.id: each.outcome.value for each in (*assessment.standards, *assessment.criteria)}
    return found | {each.route: each.outcome.value for each in assessment.watch_list}


EXPECTED: list[tuple[date, str | None, tuple[str, ...], dict[str, str | None]]] = [
    # The finding rests on promises: watch list. Demand, missions and labour are not asked about.
    (
        date(2007, 11, 9),
        "2WL",
        ("2WL",),
        {
            "F-PREVENT": "met",
            "F-DEMAND": None,
            "WL-iii-III": "met",
            "F-COOPERATE": "met",
            "F-OFFICIALS": "undetermined",
        },
    ),
    # The deferred words bind: forced labour is one of the three other measures, and two would be needed.
    (
        date(2008, 6, 4),
        "2WL",
        ("2WL",),
        {"F-PREVENT": "not met", "F-DEMAND": None, "WL-iii-III": "met", "F-COOPERATE": "met"},
    ),
    # Demand is a factor of its own; no year on the list counts yet.
    (date(2009, 6, 16), "2WL", ("2WL",), {"F-PREVENT": "not met", "F-DEMAND": "not met", "F-COOPERATE": "met"}),
    # Four years on the list, and the waiver is spent; allegations left alone are inaction; arrangements are asked.
    (
        date(2013, 6, 19),
        "3",
        ("3",),
        {
            "F-PREVENT": "undetermined",
            "F-COOPERATE": "not met",
            "F-OFFICIALS": "not met",
            "F-PARTNERSHIP": "undetermined",
            "WL-iii-III": "met",
        },
    ),
    # The run ended with Tier 2 in 2013: the watch list has room again.
    (date(2018, 6, 28), "2WL", ("2WL",), {"WL-iii-III": "met", "F-OFFICIALS": "not met"}),
    # Promises support nothing: the ground is gone, and efforts that rested on them are not significant on acts alone.
    (date(2019, 6, 20), "3", ("3",), {"WL-iii-III": None, "F-OFFICIALS": "not met", "WL-iii-I": "not met"}),
]


@pytest.mark.parametrize(("day", "tier", "open_tiers", "outcomes"), EXPECTED, ids=[str(case[0]) for case in EXPECTED])
def test_same_facts(day: date, tier: str | None, open_tiers: tuple[str, ...], outcomes: dict[str, str | None]) -> None:
    """One set of facts, six laws."""
    assessment = assess(_facts(day), BOOK)
    found = _outcomes(assessment)
    assert (assessment.recommendation.tier, assessment.recommendation.open_tiers) == (tier, open_tiers)
    assert {name: found.get(name) for name in outcomes} == outcomes


def test_a_rating_given_before_2019_does_not_answer_for_concrete_actions() -> None:
    """Whether actions alone carry Tier 2 stays open; the rating that could rest on promises is set aside."""
    facts = _facts(date(2019, 6, 20))
    left = tuple(r for r in facts.dossier.records if r.measures != "significant_efforts_on_actions")
    assessment = assess(replace(facts, dossier=facts.dossier.model_copy(update={"records": left})), BOOK)
    assert assessment.recommendation.open_tiers == ("2", "3")
    assert "rating-3" in {unused.record for unused in assessment.set_aside}


@pytest.mark.parametrize(("day", "outcome"), [(date(2018, 6, 28), "met"), (date(2019, 6, 20), "undetermined")], ids=str)
def test_a_high_number_leaves_proportional_actions_open_since_2019(day: date, outcome: str) -> None:
    """That the number is very significant was the ground; since 2019 only beside actions out of proportion."""
    facts = _facts(day)
    name = "victims_very_significant_or_increasing"
    kept = [r for r in facts.dossier.records if r.measures not in (name, "victims_without_proportional_actions")]
    high = next(r for r in facts.dossier.records if r.measures == name).model_copy(update={"rating": "met"})
    assessment = assess(replace(facts, dossier=facts.dossier.model_copy(update={"records": (*kept, high)})), BOOK)
    assert _outcomes(assessment)["WL-iii-I"] == outcome


def test_no_two_answers_are_the_same() -> None:
    """Each date has an answer of its own, in the tier or in what the findings say."""
    assessments = [assess(_facts(day), BOOK) for day, *_ in EXPECTED]
    found = [(each.recommendation.tier, _outcomes(each)) for each in assessments]
    assert not [(one, other) for one, other in combinations(range(len(found)), 2) if found[one] == found[other]]
