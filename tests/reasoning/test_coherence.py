"""Rules of coherence: what follows from the answers of a country, what contradicts, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as draws
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran, read_once
from tests.oracle import coherent, complete, conclude, unknown_inputs
from tests.strategies import Value, coherent_laws, facts_for
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.lowering import lower
from tierengine.law.rulebook import Law
from tierengine.reasoning.coherence import Coherent, filled_in, rests_on
from tierengine.terms.outcome import Outcome

BOOK = read_once(ROOT)
LAW = BOOK.on(date(2012, 6, 19))
LATEST = BOOK.latest()


def follows(facts: dict[str, Value], law: Law = LAW) -> dict[str, Value]:
    """What follows from some answers, by name."""
    return {name: found.value for name, found in Coherent.of(law).follows(facts).items()}


def contradicted(facts: dict[str, Value], law: Law = LAW) -> list[str]:
    """The rules that fail."""
    known = Coherent.of(law)
    return [found.rule.id for found in known.contradictions(filled_in(facts, known.follows(facts)))]


# -- what follows ------------------------------------------------------------------------------------------------


def test_nobody_is_punished_without_a_conviction() -> None:
    """Without a conviction that counts nobody is sentenced, imprisoned or punished; each follows by its own rule."""
    given: dict[str, Value] = {"trafficking_convictions": 0, "punished_on_earlier_conviction": False}
    found = Coherent.of(LAW).follows(given | {"sentenced_on_earlier_conviction": False})
    assert {name: each.value for name, each in found.items()} == {
        "trafficking_punishments": 0,
        "trafficking_sentences": 0,
        "traffickers_imprisoned": 0,
    }
    assert all(type(each.value) is int for each in found.values())
    assert found["traffickers_imprisoned"].rule.id == "COH-IMPRISONED-SENTENCED"
    assert found["traffickers_imprisoned"].read == ("trafficking_sentences",)
    assert set(rests_on(found, "traffickers_imprisoned")) == {
        "trafficking_convictions",
        "sentenced_on_earlier_conviction",
    }


def test_what_may_come_apart_is_asked() -> None:
    """While it is not known whether an earlier conviction counts, nothing follows from there being none now."""
    assert "trafficking_punishments" not in follows({"trafficking_convictions": 0})
    punished: dict[str, Value] = {"trafficking_punishments": 3, "trafficking_convictions": 0}
    assert follows(punished) == {"punished_on_earlier_conviction": True, "trafficking_criminalised": True}


def test_a_number_that_is_only_bounded_is_not_filled_in() -> None:
    """At least one conviction is no number of convictions."""
    found = follows({"trafficking_punishments": 3, "punished_on_earlier_conviction": False})
    assert found == {"trafficking_criminalised": True}


def test_no_law_no_penalty() -> None:
    """Where no law makes trafficking a crime, nothing is covered, prescribed, or found stringent."""
    found = follows({"trafficking_criminalised": False})
    assert found["max_penalty_trafficking_years"] == 0
    assert found["prohibition_covers_forced_labour"] is False
    assert found["rating/stringent_punishment"] == 0


def test_ratings_follow_from_ratings_and_no_fact_does() -> None:
    """Serious efforts are significant, and the other way round; what a person rates is evidence of nothing."""
    assert follows({"rating/serious_and_sustained_efforts": 3})["rating/significant_efforts"] == 3
    assert follows({"rating/significant_efforts": 0})["rating/serious_and_sustained_efforts"] == 0
    assert "officials_complicit" not in follows({"rating/government_policy_or_pattern": 3}, LATEST)


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({"trafficking_criminalised": False, "trafficking_convictions": 2}, ["COH-CONVICTED-UNDER-A-LAW"]),
        ({"noncitizen_victims_percent": 101}, ["COH-PERCENTAGE"]),
        ({"max_penalty_grave_crime_years": 0}, ["COH-GRAVE-CRIME-PUNISHED"]),
        ({"victim_shelter_opened": True, "victim_services_provided": False}, ["COH-SHELTER-IS-A-SERVICE"]),
        ({"downgrade_waived": True, "limit": "none"}, ["COH-WAIVED-WHERE-DUE"]),
    ],
)
def test_contradictions(facts: dict[str, Value], rules: list[str]) -> None:
    """One pair of answers after another, each against the rule that it breaks."""
    judges = {f"judged/{name}": False for name in LAW.judges}
    assert contradicted(judges | facts) == rules


def test_a_policy_or_pattern_leaves_significant_efforts_to_a_person() -> None:
    """It is proof of failure that the Secretary considers: it excludes the standard, and not the lower bar."""
    judges: dict[str, Value] = {f"judged/{name}": False for name in LATEST.judges}
    pattern: dict[str, Value] = judges | {
        "judged/government_policy_or_pattern": True,
        "rating/government_policy_or_pattern": 3,
    }
    weighed: dict[str, Value] = {"judged/significant_efforts_on_actions": True}
    assert contradicted(pattern | weighed | {"rating/significant_efforts_on_actions": 3}, LATEST) == []
    serious: dict[str, Value] = {
        "judged/serious_and_sustained_efforts": True,
        "rating/serious_and_sustained_efforts": 3,
    }
    assert "COH-PATTERN-IS-NOT-SERIOUS" in contradicted(pattern | serious, LATEST)


# -- random laws ---------------------------------------------------------------------------------------------------

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@draws(st.data())
@SLOW
def test_every_engine_reads_the_rules(data: st.DataObject) -> None:
    """The engine of record and the generated evaluator find of each rule what the oracle finds."""
    law = data.draw(coherent_laws())
    facts = data.draw(facts_for(law))
    form = lower(law)
    assert form.coherence == tuple(rule.id for rule in law.coherence)
    outcomes = {
        name: outcome is Outcome.MET
        for name, outcome in conclude(law, facts).items()
        if outcome.value != "undetermined"
    }
    inputs = {field.id for field in form.inputs}
    known = {name: value for name, value in facts.items() if name in inputs}
    for engine in (DurableEngine(form), CompiledEngine(form)):
        assert engine.evaluate(known).settled == outcomes


@draws(st.data())
@SLOW
def test_what_follows_is_so_in_every_completion(data: st.DataObject) -> None:
    """Every completion that contradicts itself nowhere has the answers that follow; if a rule fails there is none."""
    law = data.draw(coherent_laws())
    facts = data.draw(facts_for(law, most_unknown=4))
    known = Coherent(law)
    found = known.follows(facts)
    broken = list(known.contradictions(filled_in(facts, found)))
    unknown = [name for name in unknown_inputs(law, facts) if name in known.inputs]
    assume(len(unknown) <= 4)
    cases = [case for case in complete(law, facts, unknown) if all(name in case for name in unknown)]
    assert not (broken and cases)
    for case in cases:
        assert {name: case[name] for name in found if name in case} == {
            n: f.value for n, f in found.items() if n in case
        }


@draws(st.data())
@SLOW
def test_answers_that_fail_a_rule_are_reported(data: st.DataObject) -> None:
    """Where the oracle finds that a rule fails, it is reported, with answers that were given or follow."""
    law = data.draw(coherent_laws())
    facts = data.draw(facts_for(law))
    known = Coherent(law)
    filled = filled_in(facts, known.follows(facts))
    found = list(known.contradictions(filled))
    assert coherent(law, filled) or found
    assert all(name in filled for each in found for name in each.inputs)


# -- as a user types it ---------------------------------------------------------------------------------------------

RECORD = """  - id: {id}
    kind: {kind}
    measures: {measures}
    value: {value}
    {unit}period: {{first: 2012-04-01, last: 2013-03-31}}
    actor: {{is: government, name: the Government of this invented country}}
    at: 13ORLENE7 ¶3
    quote: From April 2012 to March 2013 courts punished 21 traffickers under it.
    reliability: B
    credibility: 2
"""
RATING = """  - id: {id}
    kind: judgement
    measures: {measures}
    question: Is it?
    rating: {value}
    author: an invented desk officer
    date: 2013-05-06
    reasons: made up
"""


def record(name: str, measures: str, value: str, unit: str = "") -> str:
    """A record as the dossier of the seed writes it."""
    kind = "statistic" if unit else "action"
    return RECORD.format(id=name, kind=kind, measures=measures, value=value, unit=f"unit: {unit}\n    " if unit else "")


def dossier(folder: Path, *more: str) -> Path:
    """The invented dossier of 2013, in which 21 traffickers are punished, with more records."""
    seed = ROOT / "seeds" / "invented-2013"
    text = (seed / "dossier.yaml").read_text(encoding="utf-8")
    (folder / "cable.txt").write_bytes((seed / "cable.txt").read_bytes())
    path = folder / "dossier.yaml"
    path.write_text(text.replace("earlier_placements:", "".join(more) + "earlier_placements:"), encoding="utf-8")
    return path


@pytest.mark.parametrize("verb", ["check", "assess"])
def test_a_dossier_that_contradicts_itself(verb: str, tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """It is refused by both verbs: every rule that fails, its words, and the lines of both sides, all at once."""
    path = dossier(
        tmp_path,
        record("nobody", "trafficking_convictions", "0", "persons"),
        record("not-earlier", "punished_on_earlier_conviction", "false"),
        RATING.format(id="slight", measures="significant_efforts", value="not met"),
    )
    lines = path.read_text(encoding="utf-8").splitlines()
    ran = tierengine(verb, path)
    assert (ran.code, ran.out) == (1, "")
    for words, ids in (
        ("nobody is punished under the prohibition", ("punished", "nobody", "not-earlier")),
        ("efforts that are serious and sustained are significant", ("efforts", "slight")),
    ):
        message = next(line for line in ran.err.splitlines() if words in line)
        for name in ids:
            number = lines.index(f"  - id: {name}") + 1
            key = "rating" if name in ("efforts", "slight") else "value"
            at = next(n for n in range(number, number + 9) if lines[n - 1].startswith(f"    {key}:"))
            assert f"dossier.yaml:{at}:5" in message
    assert "COH-PUNISHED-CONVICTED" in ran.err
    assert "that is asked" in ran.err


def test_what_follows_is_shown_and_not_asked(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """The trace says by which rule, and shows the records that it was read from; the question is asked no more."""
    path = dossier(tmp_path, record("found", "trafficking_investigations", "0", "cases"))
    printed = " ".join(word for word in tierengine("explain", path).out.split() if word not in "│└├──")
    assert "Rated met: They are, which follows, since efforts that a person finds serious and sustained" in printed


def test_show(tierengine: Callable[..., Ran]) -> None:
    """A rule of coherence is shown like a criterion, and listed with the law of its date."""
    shown = tierengine("show", "COH-IMPRISONED-SENTENCED").out
    assert "traffickers imprisoned is no more than trafficking sentences" in shown
    assert "contradiction: three of two went to prison" in shown
    assert "COH-IMPRISONED-SENTENCED" in tierengine("law", "show", "--as-of", "2012-06-19").out
    assert "COH-IMPRISONED-SENTENCED" not in tierengine("law", "show", "--as-of", "2007-11-09").out
