"""From records to a recommendation, on the small rulebook."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SMALL, read_once
from tests.reasoning.dossiers import casefile, rating, record, records
from tierengine import schemas
from tierengine.engines.agreement import AgreedEngine
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Evaluation, Facts, Form
from tierengine.errors import EvidenceError, MismatchError, NotInForceError
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.terms.outcome import Outcome

LAW = read_once(SMALL).on(date(2007, 6, 12))
ASSESSOR = Assessor(LAW)

NOT_COMPLYING = [record("victims", "500"), record("forbidden", "false")]
SHELTER = record("shelter", "true")
SILENT = {
    "id": "silent",
    "indicator": "increase",
    "source": "07NOWHERE12",
    "read": "all",
    "author": "the tests",
    "date": "2007-04-01",
    "note": "nothing",
}


def assess(*found: dict[str, Any], **changes: Any) -> Assessment:
    """Assess made-up records."""
    return ASSESSOR.assess(casefile(*found, **changes))


@pytest.mark.parametrize(
    ("found", "changes", "tier"),
    [
        ([record("victims", "500"), record("forbidden", "true"), record("punished", "3")], {}, "1"),
        ([*NOT_COMPLYING, SHELTER, rating("met"), record("increase", "true")], {}, None),
        ([*NOT_COMPLYING, SHELTER, rating("met"), record("increase", "false")], {}, "2WL"),
        ([*NOT_COMPLYING, SHELTER, rating("met")], {"silences": (SILENT,)}, "2WL"),
        ([*NOT_COMPLYING, SHELTER, rating("not met")], {}, "3"),
    ],
)
def test_settled_cases(found: list[dict[str, Any]], changes: dict[str, Any], tier: str | None) -> None:
    """Cases in which everything that matters is recorded end in the tier that the table gives them."""
    recommended = assess(*found, **changes).recommendation
    assert recommended.tier == tier
    assert recommended.settled == (tier is not None)


def test_nothing_known_leaves_everything_open() -> None:
    """An empty annual dossier recommends nothing and says by which rule."""
    recommended = assess().recommendation
    assert (recommended.tier, recommended.settled, recommended.rule) == (None, False, "REC-OPEN")
    assert recommended.open_tiers == ("1", "2", "2WL", "3")


@pytest.mark.parametrize(
    ("last", "tier", "rule"),
    [("2WL", "2WL", "REC-INTERIM"), ("2", "2", "REC-INTERIM"), ("SC", None, "REC-OPEN"), (None, None, "REC-OPEN")],
)
def test_an_interim_assessment_lets_the_present_placement_stand(last: str | None, tier: str | None, rule: str) -> None:
    """What is recommended in an open interim case is said by a rule, and needs a present placement."""
    placements = ({"year": "2006", "tier": last, "source": "the tests"},) if last else ()
    recommended = assess(product="interim", earlier_placements=placements).recommendation
    assert (recommended.tier, recommended.rule) == (tier, rule)


def test_the_present_placement_does_not_stand_against_the_evidence() -> None:
    """A present placement that is no longer open is not recommended."""
    recommended = assess(
        record("victims", "500"),
        record("forbidden", "false"),
        product="interim",
        earlier_placements=({"year": "2006", "tier": "1", "source": "the tests"},),
    ).recommendation
    assert "1" not in recommended.open_tiers
    assert (recommended.tier, recommended.rule) == (None, "REC-OPEN")


def test_a_country_out_of_scope_is_settled_without_a_tier() -> None:
    """Fewer than a hundred victims: no tier, and that is settled."""
    recommended = assess(record("victims", "99")).recommendation
    assert (recommended.tier, recommended.settled, recommended.open_tiers) == (None, True, ())


def test_commitments_and_statements_are_set_aside_with_the_rule() -> None:
    """An announced shelter answers nothing about shelters, and the answer says by which rule."""
    answer = assess(record("shelter", "true", kind="commitment"), record("increase", "true", kind="statement"))
    assert {unused.record: unused.rule for unused in answer.set_aside} == {
        "shelter-0": "ADM-KIND",
        "increase-0": "ADM-KIND",
    }
    assert answer.watch_list[-1].outcome is Outcome.UNDETERMINED


def test_what_happened_after_the_question_is_set_aside() -> None:
    """On 1 March 2007 a shelter opened on 3 March does not count yet."""
    early = Assessor(read_once(SMALL).on(date(2007, 3, 1)))
    answer = early.assess(casefile(SHELTER))
    assert [(unused.record, unused.rule) for unused in answer.set_aside] == [("shelter-0", "ADM-LATER")]


def test_silence_is_read_only_where_the_provision_reads_it() -> None:
    """A silence on evidence of increase is read as none; a silence on the law against trafficking is not."""
    silent_on_law = SILENT | {"id": "law", "indicator": "forbidden"}
    answer = assess(silences=(SILENT, silent_on_law))
    assert answer.watch_list[-1].outcome is Outcome.MET
    assert answer.standards[0].outcome is Outcome.UNDETERMINED


def test_a_rating_outranks_the_proposal_and_the_presumption_outranks_the_rating() -> None:
    """The trace shows what was proposed beside what a person judged."""
    judged = assess(SHELTER, rating("not met"))
    steps = {step.id: step for step in _walk(judged.trace) if step.children}
    assert steps["EFFORTS/met"].outcome is Outcome.NOT_MET
    assert [child.id for child in steps["EFFORTS/met"].children if child.decisive] == ["significance"]
    presumed = assess(record("shelter", "false"), record("forbidden", "false"), rating("met"))
    assert next(c for c in presumed.considered if c.id == "EFFORTS").outcome is Outcome.NOT_MET


def test_certainty_is_that_of_the_weakest_record() -> None:
    """Two records of high and moderate certainty give a finding of moderate certainty, at the same level."""
    found = [record("victims", "500"), record("victims", "500", number=1, credibility="3")]
    answer = assess(*found)
    scope = next(c for c in answer.considered if c.id == "SCOPE")
    assert (scope.level, scope.certainty) == ("met", "moderate")


def test_every_deciding_step_down_to_the_quote() -> None:
    """Each settled step rests on deciding steps, down to records with their quotes."""
    answer = assess(*NOT_COMPLYING, SHELTER, rating("met"), record("increase", "false"))
    for step in _walk(answer.trace):
        if step.outcome is not Outcome.UNDETERMINED and step.children:
            assert any(child.decisive for child in step.children), step.id
        if step.outcome is not Outcome.UNDETERMINED and not step.children and step.rule is None:
            assert step.evidence or step.id == "last_report", step.id


@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(found: list[dict[str, Any]], chance: random.Random) -> None:
    """Shuffled records give the same bytes, receipt included."""
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert schemas.to_json(assess(*found)) == schemas.to_json(assess(*shuffled))


@given(records(), st.data())
def test_a_further_answer_never_opens_a_tier(found: list[dict[str, Any]], data: st.DataObject) -> None:
    """Leaving out a record, other than a rating, never closes a tier."""
    droppable = [item for item in found if item["kind"] not in ("judgement", "commitment")]
    if droppable:
        dropped = data.draw(st.sampled_from(droppable))
        fewer = assess(*(item for item in found if item is not dropped))
        assert set(assess(*found).recommendation.open_tiers) <= set(fewer.recommendation.open_tiers)


@given(records())
def test_the_outcome_of_a_criterion_is_that_of_its_level(found: list[dict[str, Any]]) -> None:
    """A settled level and the outcome never contradict each other."""
    for answer in assess(*found).considered:
        if answer.level is not None:
            assert answer.outcome is Outcome.of(answer.level == "met")


def test_a_mismatch_refuses_the_answer_and_keeps_both_traces() -> None:
    """Two engines that disagree give no answer; the error holds what each found."""

    class Wrong:
        def __init__(self, form: Form) -> None:
            self._right = CompiledEngine(form)

        def evaluate(self, facts: Facts) -> Evaluation:
            right = self._right.evaluate(facts)
            return Evaluation(right.settled | {"SCOPE/met": False}, right.fired)

    refusing = Assessor(LAW, lambda form: AgreedEngine(CompiledEngine(form), Wrong(form)))
    with pytest.raises(MismatchError, match="they disagree on `SCOPE/met`") as caught:
        refusing.assess(casefile(record("victims", "500")))
    assert {"facts", "engine of record", "second engine"} == set(caught.value.traces)


def test_a_date_before_the_law_is_refused() -> None:
    """No law is encoded before the Act; the error says for which dates there is."""
    with pytest.raises(NotInForceError, match="from 2000-10-28 until today"):
        read_once(SMALL).on(date(2000, 10, 27))


def test_somebody_elses_act_is_not_the_governments() -> None:
    """A shelter opened by a foundation cannot answer what the government did."""
    found = record("shelter", "true", actor={"is": "non-governmental organisation", "name": "a foundation"})
    with pytest.raises(EvidenceError, match="only the government's efforts count"):
        assess(found)


def _walk(step: Any) -> Any:
    yield step
    for child in step.children:
        yield from _walk(child)
