"""Open tiers are exact, each with a witness, and a settled tier names the records it hangs on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran
from tests.oracle import completions, tell
from tests.strategies import ENTRY, facts_for, laws
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Value
from tierengine.engines.lowering import judged, lower
from tierengine.engines.solver import Solver
from tierengine.errors import UndecidedError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.evidence.records import Rating
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit, known_in
from tierengine.reasoning.assess import assess, law_of
from tierengine.reasoning.open_tiers import OpenTiers, answered
from tierengine.terms.level import Level
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import Placement

MOST = 3000
SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")


def asked(form: Form, facts: Mapping[str, Value]) -> dict[str, Value]:
    """The facts that the form asks for."""
    return {field.id: facts[field.id] for field in form.inputs if field.id in facts}


def possible(facts: Mapping[str, Value]) -> bool:
    """Whether some history makes these placements."""
    return facts.get("limit", "none") == "none" or facts.get("last_report", "2WL") == "2WL"


def reached_by_enumeration(law: Law, facts: Mapping[str, Value]) -> set[str] | None:
    """The rows met in some completion, by trying them all; nothing if there are too many."""
    cases = list(islice(completions(law, facts), MOST + 1))
    if len(cases) > MOST:
        return None
    return {row.id for case in cases for row in law.tiers if tell(law, case)[row.id] is Outcome.MET}


def test_a_tier_is_open_if_and_only_if_some_completion_reaches_it() -> None:
    """The open rows of random laws are those that trying every completion finds."""
    seen: Counter[str] = Counter()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(laws(most_criteria=2))
        form = lower(law)
        drawn = data.draw(facts_for(law, most_unknown=3))
        facts = asked(form, drawn) | {name: value for name, value in drawn.items() if name.startswith("judged/")}
        tried = reached_by_enumeration(law, facts) if possible(facts) else None
        if tried is None:
            seen["passed over"] += 1
            return
        known = asked(form, facts)
        refuted = {name for name, truth in CompiledEngine(form).evaluate(known).settled.items() if truth is False}
        three_valued = {row.id for row in law.tiers} - refuted
        opened = OpenTiers(law, form)
        found = opened.open(known)
        if len(three_valued) > 1:  # a random law may leave a case without any row, which no sound rulebook does
            assert {row.id for row in found} == tried
            seen["several open"] += len(tried) > 1
        engine = CompiledEngine(form)
        for row in found if len(three_valued) > 1 else ():
            witness = opened.witness(row, known)
            assert witness is not None
            assert engine.evaluate({**known, **witness}).settled[row.id] is True
            for name in witness:
                fewer = {other: value for other, value in witness.items() if other != name}
                assert engine.evaluate({**known, **fewer}).settled.get(row.id) is not True

    run()
    assert seen["several open"] > 10, seen


def test_one_unknown_answer_that_bears_on_two_findings_opens_no_tier_that_it_cannot_reach() -> None:
    """Three values leave both tiers open; yet whichever way the one answer falls, the second is never reached."""

    def criterion(name: str, word: str) -> Criterion:
        indicators = ({"id": "x", "asks": "x", "type": "truth", "better": "true"},) if name == "A" else ()
        rules = ({"level": "met", "says": "so", "when": {"indicator": "x", "is": word}},)
        fields = {"id": name, "part": "factor", "title": name, "question": name, "direction": "neither"}
        more = {"scale": {"not met": "so", "met": "so"}, "indicators": indicators, "rules": rules, "examples": ()}
        return Criterion.model_validate(ENTRY | fields | more)

    def row(tier: str, when: dict[str, Any]) -> TierRow:
        return TierRow.model_validate(ENTRY | {"id": f"T-{tier}", "tier": tier, "says": "so", "when": when})

    both = {"all": ({"finding": "A"}, {"finding": "B"})}
    law = Law(
        as_of=date(2007, 11, 9),
        digest="made up",
        criteria=(criterion("A", "true"), criterion("B", "false")),
        admissions=(),
        certainties=(),
        conclusions=(),
        tiers=(row("1", {"not": both}), row("2", both)),
        routes=(),
        advice=(),
        progress=(),
    )
    form = lower(law)
    assert not {"T-1", "T-2"} & CompiledEngine(form).evaluate({}).settled.keys()
    assert [each.id for each in OpenTiers(law, form).open({})] == ["T-1"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_witness_of_a_seed_settles_its_tier(seed: str, rulebook: Rulebook) -> None:
    """In the seeds, the answers of a witness lead to its tier whatever the others are."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    assessment = assess(casefile, rulebook)
    assert {each.tier for each in assessment.open} == (
        set(assessment.recommendation.open_tiers) if assessment.recommendation.answer == "undetermined" else set()
    )
    assert all(each.witness and each.decided for each in assessment.open)


def without(casefile: Casefile, record: str) -> Casefile:
    """The dossier without one of its records, silences or ratings."""
    dossier = casefile.dossier
    fewer = {
        section: tuple(item for item in getattr(dossier, section) if item.id != record)
        for section in ("records", "silences", "requests")
    }
    return Casefile.of(dossier.model_copy(update=fewer), casefile.document, casefile.sources)


def rated_otherwise(casefile: Casefile, rating: Rating, level: Level) -> Casefile:
    """The dossier with another level in place of a person's rating."""
    records = tuple(r.model_copy(update={"rating": level}) if r is rating else r for r in casefile.dossier.records)
    return Casefile.of(casefile.dossier.model_copy(update={"records": records}), casefile.document, casefile.sources)


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_a_settled_tier_hangs_on_the_records_without_which_it_is_open(seed: str, rulebook: Rulebook) -> None:
    """A record is named if and only if the tier is open once it is taken away (no record of these seeds is doubled)."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    assessment = assess(casefile, rulebook)
    assert assessment.recommendation.answer == "fragile"
    named = {each.record: set(each.tiers) for each in assessment.fragile if not each.record.startswith("placement-")}
    dossier, law = casefile.dossier, rulebook.on(casefile.dossier.as_of)
    for item in (*dossier.records, *dossier.silences, *dossier.requests):
        wrong = [without(casefile, item.id)]
        if isinstance(item, Rating):  # a wrong rating is another one; without any, the records would speak
            wrong = [rated_otherwise(casefile, item, level) for level in law.judges[item.measures].scale]
        reached = {tier for each in wrong for tier in assess(each, rulebook).recommendation.open_tiers}
        assert reached - {assessment.recommendation.tier} == named.get(item.id, set()), item.id


def test_two_records_that_say_the_same_are_not_decisive(rulebook: Rulebook, tmp_path: Path) -> None:
    """A fact that two records support does not hang on either of them."""
    folder = ROOT / "seeds" / "invented-2019"
    text = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (tmp_path / "cable.txt").write_bytes((folder / "cable.txt").read_bytes())
    start = text.index("  - id: no-labour")
    record = text[start : text.index("  - id: investigations")]
    (tmp_path / "dossier.yaml").write_text(text.replace(record, record + record.replace("no-labour", "again")))
    assessment = assess(read_dossier(tmp_path / "dossier.yaml"), rulebook)
    assert not {"no-labour", "again"} & {each.record for each in assessment.fragile}
    assert "victims" in {each.record for each in assessment.fragile}


def placed_otherwise(casefile: Casefile, year: int, tier: Placement) -> Casefile:
    """The dossier with another placement in one year."""
    placed = casefile.dossier.earlier_placements
    moved = tuple(each.model_copy(update={"tier": tier}) if each.year == year else each for each in placed)
    changed = casefile.dossier.model_copy(update={"earlier_placements": moved})
    return Casefile.of(changed, casefile.document, casefile.sources)


def test_a_settled_tier_hangs_on_the_placements_of_which_another_moves_it(rulebook: Rulebook) -> None:
    """The automatic downgrade of 2011 hangs on both of the years before, and on what each could have been instead."""
    casefile = read_dossier(ROOT / "seeds" / "invented-2011" / "dossier.yaml")
    assessment, law = assess(casefile, rulebook), rulebook.on(casefile.dossier.as_of)
    named = {
        each.record: set(each.tiers) - {None} for each in assessment.fragile if each.record.startswith("placement-")
    }
    for placement in casefile.dossier.earlier_placements:
        others = known_in(law, placement.year)
        moved = (assess(placed_otherwise(casefile, placement.year, tier), rulebook) for tier in others)
        reached = {tier for each in moved for tier in each.recommendation.open_tiers}
        found = named.get(f"placement-{placement.year}", set())
        assert reached - {assessment.recommendation.tier} == found, placement.year
    assert named["placement-2009"] == named["placement-2010"] == {"2WL"}
    assert not any(each.others for each in assessment.fragile if each.record.startswith("placement-"))


def test_a_solver_that_gives_up_excludes_nothing(
    rulebook: Rulebook, guatemala: Casefile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the solver does not decide, each tier stays open, without a witness, and the report says so."""

    def tired(*_asked: object) -> None:
        raise UndecidedError([])

    monkeypatch.setattr("tierengine.reasoning.open_tiers.lowest", tired)
    monkeypatch.setattr(Solver, "may_be", lambda _self, *_terms: True)
    assessment = assess(guatemala, rulebook)
    assert {each.tier for each in assessment.open} >= {"1", "2WL", "3"}
    assert not any(each.decided or each.witness for each in assessment.open)


def test_the_answer_is_given_in_json(tierengine: Callable[..., Ran]) -> None:
    """JSON carries the answer in one word, the witnesses and the decisive records."""
    open_ = json.loads(tierengine("assess", ROOT / "seeds/guatemala-2007/dossier.yaml", "--format", "json").out)
    assert open_["recommendation"]["answer"] == "undetermined"
    assert [each["tier"] for each in open_["open"]] == ["1", "2", "2WL", "3"]
    settled = json.loads(tierengine("assess", ROOT / "seeds/invented-2013/dossier.yaml", "--format", "json").out)
    assert settled["recommendation"]["answer"] == "fragile"
    assert {"record": "efforts", "tiers": ["2", "2WL", "3"], "others": []} in settled["fragile"]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_answer_of_a_witness_can_be_left_out(seed: str, rulebook: Rulebook) -> None:
    """Of each seed, whole and with half of its answers taken away: the generated evaluator finds the row settled.

    Without any one of the answers, it finds it open.
    """
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = law_of(casefile, rulebook)
    form = lower(law)
    opened, engine = OpenTiers(law, form), CompiledEngine(form)
    inputs = {field.id for field in (*form.inputs, *form.answerable())}
    whole = {name: value for name, value in admit(casefile, law).facts.items() if name in inputs}
    half = dict(sorted(whole.items())[::2]) | {judged(name): False for name in law.judges}
    for facts in (whole, half):
        rows = opened.open(facts)
        for row, found in zip(rows, opened.witnesses(rows, facts), strict=True):
            assert found is not None
            assert engine.settled(answered(form, facts, found)).get(row.id) is True
            for name in found:
                fewer = {other: value for other, value in found.items() if other != name}
                assert row.id not in engine.settled(answered(form, facts, fewer)), name
