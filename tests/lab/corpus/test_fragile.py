"""Fragile cases: what a corpus hangs on, against trying every answer of every case otherwise with the other engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, SMALL, Ran
from tests.lab.change.test_impact import small_records
from tests.lab.edits import corpus_table
from tests.oracle import Value
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.lowering import lower
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.corpus.fragile import Hanging, fragility
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import assess, law_of

TRIED: dict[str, tuple[Value, ...]] = {
    "victims": (0, 99, 100, 101, 5000),
    "punished": (0, 1, 2, 50),
    "promises": (0, 8, 9, 10),
    "rating/significance": (0, 3),
}
"""Answers on both sides of every threshold of the small rulebook, and far from it."""


def opened(engine: CompiledEngine, law: Law, facts: dict[str, Value]) -> frozenset[str]:
    """The rows that the generated evaluator does not refute."""
    settled = engine.evaluate(facts).settled
    return frozenset(row.id for row in law.tiers if settled.get(row.id) is not False)


def by_hand(engine: CompiledEngine, law: Law, facts: dict[str, Value]) -> set[str]:
    """The answers of a settled case of which another value opens another row."""
    now = opened(engine, law, facts)
    fields = {field.id: field for field in lower(law).inputs}
    found = set()
    for name, value in facts.items():
        if name not in fields or name.startswith("judged/"):
            continue
        others = TRIED.get(name, fields[name].choices or (True, False))
        if any(opened(engine, law, {**facts, name: other}) - now for other in others if other != value):
            found.add(name.removeprefix("rating/"))
    return found if len(now) == 1 else set()


def test_every_answer_is_tried_otherwise(small: Rulebook, tmp_path: Path) -> None:
    """On random cases of the small rulebook the columns find what trying one answer after the other finds."""
    law = small.latest()
    form = lower(law)
    engine = CompiledEngine(form)
    records = {f"case-{number}": facts for number, facts in enumerate(small_records(120, seed=5))}
    pq.write_table(corpus_table(form, list(records), list(records.values())), tmp_path / "corpus.parquet")
    fragile = fragility(tmp_path / "corpus.parquet", small)
    expected = {name: found for name, facts in records.items() if (found := by_hand(engine, law, facts))}
    settled = sum(len(opened(engine, law, facts)) == 1 for facts in records.values())
    assert {each.case: set(each.answers) for each in fragile.fragile} == expected
    assert (fragile.cases, fragile.settled) == (len(records), settled)
    assert len(expected) > 10


@pytest.mark.parametrize("seed", ["invented-2011", "invented-2013", "invented-2019"])
def test_a_seed_hangs_on_the_answers_of_its_decisive_records(seed: str, rulebook: Rulebook) -> None:
    """What the columns say of a dossier is what `assess` says of its records, one for each answer.

    Save where others follow from an answer: on columns they stay when it is turned round, and the case is as settled.
    """
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    follows = admit(casefile, law_of(casefile, rulebook)).follows
    read = {name for found in follows.values() for name in found.read}
    decisive = {each.record for each in assess(casefile, rulebook).fragile}
    measured = {record.measures for record in casefile.dossier.records if record.id in decisive}
    measured |= {silence.indicator for silence in casefile.dossier.silences if silence.id in decisive}
    fragile = next(each for each in fragility(ROOT / "seeds", rulebook).fragile if each.case == seed)
    placements = {"last_report", "limit"}
    assert set(fragile.answers) - placements - read == measured - read
    assert set(fragile.answers) - placements <= measured


def test_the_verb_lists_cases_and_rules(tierengine: Callable[..., Ran]) -> None:
    """Text counts; JSON names each case with its answers, and the rules that no case takes."""
    ran = tierengine("audit", "fragile", ROOT / "seeds")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("9 cases, 7 settled, 7 of them fragile")
    answer = json.loads(tierengine("audit", "fragile", ROOT / "seeds", "--format", "json").out)
    assert Hanging(**answer["fragile"][0] | {"answers": tuple(answer["fragile"][0]["answers"])}).tier == "3"
    law = next(each for each in answer["unused"] if each["since"] == "2019-01-09")
    assert (law["cases"], sum(each["cases"] for each in answer["unused"])) == (6, 9)
    assert 0 < len(law["never"]) < law["rules"]


def test_a_corpus_that_is_none_is_refused(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """As for every verb on a corpus."""
    ran = tierengine("audit", "fragile", tmp_path, "--rulebook", SMALL)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no `dossier.yaml`" in ran.err
