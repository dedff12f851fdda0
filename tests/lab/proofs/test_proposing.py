"""What is proved of the proposals, and what breaks each of the two theorems."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, read_once
from tests.lab.cases.test_proposals import RULES, proposing
from tierengine.engines.lowering import lower
from tierengine.lab.cases.proposals import Proof as Spans
from tierengine.lab.proofs.asking import Proof, Prover
from tierengine.lab.proofs.prove import prove_version
from tierengine.lab.proofs.versions import Span, Version, versions
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.level import Level

SMALL_LAW = read_once(SMALL).select(date(2007, 6, 1))
ALWAYS = (Span(date(2000, 10, 28), None),)


def _law(criterion: Criterion) -> Law:
    """The small law with another criterion in the place of its own."""
    criteria = tuple(criterion if each.id == criterion.id else each for each in SMALL_LAW.criteria)
    return replace(SMALL_LAW, criteria=criteria)


def _proofs(law: Law) -> dict[str, Proof]:
    return {proof.theorem: proof for proof in prove_version(Version(law, lower(law), ALWAYS), Prover())}


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(RULES, st.sampled_from(("favours the government", "counts against the government", "neither")))
def test_the_solver_finds_what_the_intervals_find(rules: list[tuple[Level, dict[str, object]]], direction: str) -> None:
    """Of random proposals, the theorem fails just where the check of the linter finds a pair of rules."""
    law = _law(proposing(rules, direction))
    worsened = tuple(Spans(law, law.criterion("EFFORTS")).worsened())
    proof = _proofs(law)["proposals"]
    assert (proof.verdict == "refuted") == bool(worsened)
    assert bool(proof.counterexamples) == bool(worsened)


def test_a_proposal_that_better_evidence_worsens_is_described() -> None:
    """The counterexample names both rules with what they say, and the answer that is better, first and then."""
    rules: list[tuple[Level, dict[str, object]]] = [
        ("met", {"indicator": "shelter", "is": "false"}),
        ("not met", {"indicator": "shelter", "is": "true"}),
    ]
    proof = _proofs(_law(proposing(rules, "favours the government")))["proposals"]
    (counterexample,) = proof.counterexamples
    assert proof.says == "Better evidence worsens what is proposed."
    assert counterexample.says == (
        "EFFORTS: rule 1 of the proposal proposes met (so), and once the evidence is better rule 2 proposes not met "
        "(so). Did the government open a shelter? First: no. Then: yes."
    )


def test_a_rule_that_asks_for_a_rating_beside_its_criterion_is_found() -> None:
    """A row that asks for a rating itself may take another one than the level that the criterion has without it."""
    row = next(row for row in SMALL_LAW.tiers if row.tier == "2")
    other = next(row for row in SMALL_LAW.tiers if row.tier == "3")
    rated = type(row.when).model_validate({"judgement": "significance", "at_least": "met"})
    not_rated = type(row.when).model_validate({"not": rated})
    rows = tuple(
        each.model_copy(update={"when": rated if each is row else not_rated})
        for each in SMALL_LAW.tiers
        if each in (row, other)
    )
    proof = _proofs(replace(SMALL_LAW, tiers=rows))["provisional"]
    assert proof.verdict == "refuted"
    (counterexample,) = proof.counterexamples
    assert counterexample.says.startswith("A word is rated at the level that its criterion has without the rating")
    assert len(counterexample.countries) == 2


@pytest.mark.parametrize("version", versions(read_once(ROOT)), ids=lambda version: version.name)
def test_no_proposal_of_any_date_is_worsened_or_strays(version: Version) -> None:
    """Both theorems hold of the law of every date."""
    proofs = {proof.theorem: proof.verdict for proof in prove_version(version, Prover())}
    assert (proofs["provisional"], proofs["proposals"]) == ("proved", "proved")
