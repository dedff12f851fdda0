"""Running cases: right and wrong answers, right answers for the wrong reason, and findings that are given."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, SMALL, Ran, read_once
from tests.reasoning.dossiers import casefile, rating, record
from tests.strategies import facts_for, laws
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Value
from tierengine.engines.lowering import lower, reached
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.cases.suite import Case, Expected, PlacedCase, read_suite
from tierengine.lab.cases.trial import Answer, Laid, Result, Trials
from tierengine.law.entries import Given
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import Assessor
from tierengine.terms.outcome import Outcome
from tierengine.yamlfile import Document

LAW = read_once(SMALL).on(date(2007, 6, 12))
ASSESSOR = Assessor(LAW)
TRIALS = Trials()

TWO_WL = {"findings": {"SCOPE": "met", "STANDARD": "not met", "EFFORTS": "met", "GROUND": "met"}}
"""A country on the watch list because of its ground."""


def ran(given: dict[str, Any], **expect: Any) -> Result:
    """Run a case of the small rulebook."""
    written = {"name": "a", "as_of": "2007-06-12", "given": given, "expect": expect}
    document = Document("made-up.yaml", b"", {}, {})
    return TRIALS.run(PlacedCase(Case.model_validate(written), document, 0, LAW, None))


def of(result: Result) -> list[str]:
    """What failed of a case."""
    return [failure.of for failure in result.failures]


def test_a_case_as_expected_passes() -> None:
    """Tier, open tiers, reasons and findings as they are make no failure."""
    result = ran(
        TWO_WL,
        tier="2WL",
        open=("2WL",),
        reasons=("GROUND", "SCOPE", "FULL", "STANDARD"),
        not_because=("shelter", "significance", "TIER-3"),
        findings={"EFFORTS": "met", "STANDARD": "not met", "FULL": "not met", "TIER-2": "not met"},
    )
    assert of(result) == []


def test_the_wrong_tier_fails_and_says_what_decided() -> None:
    """The tier that came out instead is shown with what it rests on."""
    (failure,) = ran(TWO_WL, tier="2").failures
    assert (failure.expected, failure.found) == ("2", "2WL")
    assert failure.because[0] == "TIER-2WL"
    assert {"GROUND", "EFFORTS", "SCOPE", "FULL"} <= set(failure.because)


def test_the_right_tier_for_the_wrong_reason_fails() -> None:
    """Tier 3 because nothing was done is not Tier 3 because the efforts were judged slight."""
    given = {
        "indicators": {"shelter": "false"},
        "findings": {"SCOPE": "met", "STANDARD": "partly met"},
    }
    (failure,) = ran(given, tier="3", reasons=("significance",)).failures
    assert (failure.of, failure.expected) == ("reasons", "significance")
    assert "EFFORTS/presumed" not in failure.because  # each entry is named once, by its shortest name
    assert "shelter" in failure.because
    assert any(sentence.startswith("Did the government open a shelter? No.") for sentence in failure.answers)


def test_a_forbidden_reason_fails() -> None:
    """The right tier that rests on what it must not rest on fails."""
    (failure,) = ran(TWO_WL, tier="2WL", not_because=("GROUND",)).failures
    assert (failure.of, failure.expected, failure.found) == ("not_because", "not GROUND", "it decides")


def test_every_sufficient_reason_counts() -> None:
    """Of two facts that each decide alone, both are reasons, though a trace names only the first."""
    given = {"indicators": {"increase": "false", "promises": "9"}, "findings": {"SCOPE": "met", "STANDARD": "not met"}}
    given["findings"]["EFFORTS"] = "met"
    assert of(ran(given, tier="2WL", reasons=("increase", "promises"))) == []
    assert of(ran(given, tier="2WL", not_because=("promises",))) == ["not_because"]


def test_what_keeps_the_answer_open_is_its_reason() -> None:
    """An open answer rests on what is not known, and not on what is settled."""
    given = {"findings": {"SCOPE": "met", "STANDARD": "not met", "EFFORTS": "met"}}
    assert of(ran(given, open=("2", "2WL"), reasons=("GROUND", "increase"), not_because=("SCOPE", "EFFORTS"))) == []
    (failure,) = ran(given, tier="2").failures
    assert failure.found == "none; open: 2, 2WL"


def test_a_level_is_expected_exactly() -> None:
    """A level in between is met by that level alone, and an outcome by any level that has it."""
    given = {"indicators": {"forbidden": "true", "punished": "0"}}
    assert of(ran(given, findings={"STANDARD": "partly met"})) == []
    assert of(ran(given, findings={"STANDARD": "not met"})) == []
    (failure,) = ran(given, findings={"STANDARD": "met"}).failures
    assert failure.found == "STANDARD not met (partly met)"
    open_still = {"indicators": {"forbidden": "true"}}
    assert of(ran(open_still, findings={"STANDARD": "partly met"})) == ["findings"]


def test_a_country_on_no_list() -> None:
    """The row without a tier can be expected, alone and among others."""
    assert of(ran({"findings": {"SCOPE": "not met"}}, tier="unranked", open=("unranked",))) == []
    assert of(ran({}, open=("1", "2", "2WL", "3", "unranked"))) == []
    assert of(ran({}, open=("1", "2", "2WL", "3"))) == ["open"]


def test_the_recommendation_of_a_dossier_is_that_of_assess() -> None:
    """In an interim case the present placement is recommended although several tiers are open."""
    book = read_once(ROOT)
    written = {
        "name": "a",
        "as_of": "2007-11-09",
        "dossier": "x",
        "expect": {"tier": "2WL", "open": ("1", "2", "2WL", "3")},
    }
    placed = PlacedCase(
        Case.model_validate(written), Document("x", b"", {}, {}), 0, book.on(date(2007, 11, 9)), read_dossier(GUATEMALA)
    )
    assert of(Trials().run(placed)) == []


def test_what_is_provisional_and_what_it_hangs_on() -> None:
    """A case may expect the status, the provisional tier and the hinges; each that is otherwise is reported."""
    (placed,) = (
        each
        for each in read_suite(ROOT / "tests" / "cases" / "country_years.yaml", read_once(ROOT)).cases
        if each.case.name.startswith("Seychelles")
    )
    assert of(Trials().run(placed)) == []
    other = Expected(status="open", provisional="3", hinges=("significant_efforts",))
    failures = Trials().run(replace(placed, case=placed.case.model_copy(update={"expect": other}))).failures
    hinges = "protection_as_a_whole, increasing_efforts_not_shown, significant_efforts"
    assert [(each.of, each.found) for each in failures] == [
        ("status", "provisional"),
        ("provisional", "2WL"),
        ("hinges", hinges),
    ]


def test_a_settled_answer_has_no_proposals() -> None:
    """Where the facts settle the tier, it is the provisional one too, and nothing hangs on a rating that is given."""
    assert of(ran(TWO_WL, status="settled", provisional="2WL", hinges=())) == []
    given = {"findings": {"SCOPE": "met", "STANDARD": "not met", "EFFORTS": "met"}}
    assert of(ran(given, status="open")) == []
    (failure,) = ran(given, provisional="2").failures
    assert failure.found == "no single tier"


# -- findings that are given ---------------------------------------------------------------------------------------


def test_a_given_finding_leaves_out_its_own_rules() -> None:
    """Its levels become inputs, and nothing about it is worked out."""
    form = lower(LAW, given={"EFFORTS"})
    heads = {rule.head for stratum in form.strata for rule in stratum.rules}
    assert not [head for head in heads if head.startswith("EFFORTS/")]
    assert "EFFORTS/met" in {field.id for field in form.inputs}
    assert "shelter" not in {field.id for field in form.inputs}


def test_a_given_finding_outranks_what_would_be_worked_out() -> None:
    """Facts that would settle it otherwise change nothing."""
    given = {"indicators": {"shelter": "false"}, **TWO_WL}
    assert of(ran(given, tier="2WL", findings={"EFFORTS": "met"}, not_because=("shelter",))) == []


@st.composite
def _countries(draw: st.DrawFn) -> tuple[Law, dict[str, Value]]:
    law = draw(laws())
    return law, draw(facts_for(law))


@given(_countries(), st.data())
def test_giving_what_would_be_worked_out_changes_nothing(
    country: tuple[Law, dict[str, Value]], data: st.DataObject
) -> None:
    """With settled findings and conclusions given instead, everything else comes out as before."""
    law, facts = country
    worked_out = CompiledEngine(lower(law)).evaluate(facts).settled
    ladders = {c.id: [reached(c.id, rung.level) for rung in c.rules] for c in law.criteria}
    settled = [name for name, ladder in ladders.items() if all(step in worked_out for step in ladder)]
    settled += [entry.id for entry in law.conclusions if entry.id in worked_out]
    names = data.draw(st.sets(st.sampled_from(settled))) if settled else set()
    given = {step: worked_out[step] for name in names for step in ladders.get(name, [name])}
    found = Answer(Laid(law, frozenset(names)), {**facts, **given}, law)
    for entry in (*law.criteria, *law.conditional()):
        for step in ladders.get(entry.id, [entry.id]):
            assert found.outcome(step) is Outcome.of(worked_out.get(step)), step


# -- the same by a dossier -----------------------------------------------------------------------------------------


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "victims": st.sampled_from(("0", "99", "100")),
            "forbidden": st.sampled_from(("true", "false")),
            "punished": st.sampled_from(("0", "1")),
            "shelter": st.sampled_from(("true", "false")),
            "increase": st.sampled_from(("true", "false")),
        },
    ),
    st.sampled_from((None, "met", "not met")),
)
def test_single_answers_come_out_as_in_a_dossier(answers: dict[str, str], rated: str | None) -> None:
    """What `assess` makes of records and a rating, a case makes of the same answers."""
    records = [record(name, value) for name, value in answers.items()]
    assessment = ASSESSOR.assess(casefile(*records, *([rating(rated)] if rated else [])))
    judged = {"significance": rated} if rated else {}
    answer = TRIALS.of_given(LAW, Given.model_validate({"indicators": answers, "judgements": judged}))
    rows = tuple(row for row in answer.open_rows.values() if row != "unranked")
    assert rows == assessment.recommendation.open_tiers
    settled = assessment.recommendation.tier if assessment.recommendation.settled else None
    assert answer.tier == (settled or ("unranked" if rows == () else None))
    for each in (*assessment.standards, *assessment.criteria, *assessment.considered):
        assert answer.found(each.id)[0] is each.outcome


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in ROOT.glob("seeds/*/dossier.yaml")))
def test_a_dossier_rests_on_what_its_trace_calls_decisive(folder: str) -> None:
    """Every decisive step below the row that the answer rests on is a reason."""
    book, dossier = read_once(ROOT), read_dossier(ROOT / "seeds" / folder / "dossier.yaml")
    law = book.on(dossier.dossier.as_of)
    written = {"name": "a", "as_of": str(law.as_of), "dossier": "x", "expect": {"tier": "1"}}
    placed = PlacedCase(Case.model_validate(written), Document("x", b"", {}, {}), 0, law, dossier)
    answer = Trials().answer(placed)
    assessment = Assessor(law).assess(dossier)
    rests = {field.removeprefix("rating/") for field in answer.rests_on(*answer.open_rows)}
    waiting = [step for step in assessment.trace.children if step.id in answer.open_rows]
    assert waiting
    while waiting:
        step = waiting.pop()
        assert step.id in rests
        waiting += [child for child in step.children if child.decisive]


# -- the command ---------------------------------------------------------------------------------------------------

PASSING = """cases:
  - name: on the watch list
    as_of: 2007-06-12
    given: {findings: {SCOPE: met, STANDARD: not met, EFFORTS: met, GROUND: met}}
    expect: {tier: 2WL, reasons: [GROUND]}
"""
FAILING = PASSING.replace("reasons: [GROUND]", "reasons: [shelter]")


def test_a_case_that_fails_ends_with_three(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """It is reported with its place, what was expected, what was found, and what decided instead."""
    (tmp_path / "a.yaml").write_text(PASSING)
    (tmp_path / "b.yaml").write_text(FAILING)
    done = tierengine("test", tmp_path, "--rulebook", SMALL)
    assert (done.code, done.err) == (3, "")
    printed = " ".join(done.out.split())
    assert "b.yaml:2:5" in printed
    assert "b.yaml:5:35: shelter is expected among the reasons; it decides nothing" in printed
    assert "What decided: TIER-2WL, SCOPE, FULL, EFFORTS, GROUND, STANDARD." in printed
    assert "a.yaml:" not in printed
    assert "2 cases in 2 files: 1 not as expected The generated evaluator alone was asked; " in printed
    assert tierengine("test", tmp_path / "a.yaml", "--rulebook", SMALL).code == 0


def test_json_holds_everything(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Each case with its failures, each failure with its place and reasons."""
    (tmp_path / "b.yaml").write_text(FAILING)
    done = tierengine("test", tmp_path, "--rulebook", SMALL, "--format", "json")
    answer = json.loads(done.out)
    assert (done.code, answer["cases"], answer["failed"]) == (3, 1, 1)
    (failure,) = answer["results"][0]["failures"]
    assert failure["where"].endswith("b.yaml:5:35")
    assert (failure["of"], failure["expected"]) == ("reasons", "shelter")
    assert failure["because"][0] == "TIER-2WL"


@pytest.mark.parametrize("words", [("nowhere",), (".",), ("x.yaml",)])
def test_a_path_without_cases_is_refused(
    words: tuple[str, ...], tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """A path that is not there, or a folder without a file of cases, ends with 2."""
    done = tierengine("test", tmp_path / words[0], "--rulebook", SMALL)
    assert (done.code, done.out) == (2, "")
    assert "name a file of cases" in done.err


def test_a_dossier_is_found_beside_the_file_of_its_case(tierengine: Callable[..., Ran]) -> None:
    """The dossiers of the project are named from the folder of the cases, wherever the command runs."""
    done = tierengine("test", ROOT / "tests" / "cases" / "dossiers.yaml")
    assert done.code == 0
