"""Raters who differ: what is counted by structure and by columns, against every combination tried one by one."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran
from tests.engines.test_columns import asked
from tests.lab.edits import corpus_table
from tests.strategies import laws, loosely
from tierengine.engines.columns import columns_of
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts
from tierengine.engines.lowering import lower
from tierengine.errors import UsageError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.change.sides import Side
from tierengine.lab.corpus import robust
from tierengine.lab.corpus.groups import Group
from tierengine.lab.corpus.robust import Standing
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit

Tiers = tuple[str, ...]


def standing_of(side: Side, facts: Facts, moves: robust.Moves | None = None) -> Standing | None:
    """How one case stands, by the lab."""
    group = Group(date(2000, 1, 1), side, columns_of(side.form, [facts]), np.array([0]))
    return robust._Case(group, 0, "case", moves).standing()


class ByHand:
    """Every combination of the ratings of a case, tried one by one with the generated evaluator."""

    def __init__(self, side: Side, facts: Facts) -> None:
        self.side = side
        self.facts = facts
        self.engine = CompiledEngine(side.form)
        fields = {field.id: field for field in side.form.inputs}
        self.levels: dict[str, tuple[int, ...]] = {}
        for name, given_ in facts.items():
            if name.startswith("rating/") and facts.get("judged/" + name[7:]) is True and name in fields:
                assert isinstance(given_, int)
                ranks = fields[name].numbers
                place = ranks.index(given_)
                near = tuple(level for n, level in enumerate(ranks) if abs(n - place) < 2)
                if len(near) > 1:
                    self.levels[name] = near

    def tiers(self, facts: Facts) -> Tiers | None:
        """The open tiers; none where a rule of coherence forbids the case."""
        settled = self.engine.evaluate(facts).settled
        if any(settled.get(name) is False for name in self.side.form.coherence):
            return None
        return tuple(dict.fromkeys(t for row, t in self.side.rows.items() if settled.get(row) is not False))

    def check(self, standing: Standing | None) -> None:
        """Compare everything that is reported with what is found here."""
        own = self.tiers(self.facts)
        assert (standing is None) == (own is None)
        if standing is None or own is None:
            return
        found = {
            combination: self.tiers({**self.facts, **dict(zip(self.levels, combination, strict=True))})
            for combination in product(*self.levels.values())
        }
        counted = Counter(tiers for tiers in found.values() if tiers is not None)
        assert {each.tiers: each.combinations for each in standing.reached} == counted
        assert (standing.tiers, standing.keeps, standing.ratings) == (own, counted[own], len(self.levels))
        assert (standing.combinations, standing.forbidden) == (counted.total(), len(found) - counted.total())
        share = Fraction(counted[own], counted.total())
        agreed = {}
        for place, name in enumerate(self.levels):
            some = [tiers for each, tiers in found.items() if each[place] == self.facts[name] and tiers is not None]
            if Fraction(some.count(own), len(some)) > share:
                agreed[name[7:]] = some.count(own) / len(some)
        assert {each.rating: each.keeps_if_agreed for each in standing.matters} == agreed
        assert [each.keeps_if_agreed for each in standing.matters] == sorted(agreed.values(), reverse=True)


@pytest.mark.parametrize("at_once", [1 << 17, 2], ids=["at once", "split"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_combination_is_counted(at_once: int, data: st.DataObject) -> None:
    """On random laws and cases: by columns all at once, and split rating by rating until little is left."""
    law = data.draw(laws())
    side = Side(law, lower(law))
    facts = asked(side.form, data.draw(loosely(law)))
    ratings = [field for field in side.form.inputs if field.id.startswith("rating/")]
    for field in ratings[:4]:
        facts |= {field.id: data.draw(st.sampled_from(field.numbers)), "judged/" + field.id[7:]: True}
    for field in ratings[4:]:
        facts["judged/" + field.id[7:]] = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robust, "ENUMERATED", at_once)
        ByHand(side, facts).check(standing_of(side, facts))


@pytest.mark.parametrize("seed", ["invented-2011", "invented-2013", "invented-2019"])
def test_the_real_law_with_its_rules_of_coherence(seed: str, rulebook: Rulebook) -> None:
    """The dossiers of the project, with five more ratings than they have, each on every side of its rubric."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = rulebook.on(casefile.dossier.as_of)
    side = Side(law, lower(law))
    facts = dict(admit(casefile, law).facts)
    more = [field for field in side.form.inputs if field.id.startswith("rating/") and field.id not in facts][:5]
    for number, field in enumerate(more):
        facts |= {field.id: field.numbers[number % len(field.numbers)], "judged/" + field.id[7:]: True}
    by_hand = ByHand(side, facts)
    assert len(by_hand.levels) > 4
    by_hand.check(standing_of(side, facts))


def test_every_open_word_of_the_law_at_once(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of millions of combinations are counted exactly, and the same however they are split."""
    law = rulebook.latest()
    side = Side(law, lower(law))
    chance = random.Random(5)
    facts: dict[str, Any] = {}
    for field in side.form.inputs:
        if field.id.startswith("rating/"):
            facts |= {field.id: chance.choice(field.numbers), "judged/" + field.id[7:]: True}
    standing = standing_of(side, facts)
    assert standing is not None
    assert standing.ratings > 20
    assert standing.combinations + standing.forbidden > 2**28
    assert sum(each.combinations for each in standing.reached) == standing.combinations
    monkeypatch.setattr(robust, "ENUMERATED", 1 << 9)
    assert standing_of(side, facts) == standing


def test_too_many_combinations_are_refused(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of them might be mistaken for all."""
    law = rulebook.latest()
    side = Side(law, lower(law))
    rated = [field for field in side.form.inputs if field.id.startswith("rating/")]
    facts: dict[str, Any] = {field.id: field.numbers[0] for field in rated}
    facts |= {"judged/" + field.id[7:]: True for field in rated}
    monkeypatch.setattr(robust, "MOST_COMBINATIONS", 1)
    with pytest.raises(UsageError, match=r"case: [0-9]+ of its ratings matter at once"):
        standing_of(side, facts | {"rating/standards_applicable": 3})


# -- the command ------------------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {"victims": 200, "forbidden": True, "punished": 1, "shelter": True, "increase": True}
RATED = {"judged/significance": True, "promises": 0}


def corpus(path: Path, rulebook: Rulebook, cases: dict[str, dict[str, Any]]) -> Path:
    """Write cases of the small rulebook."""
    pq.write_table(corpus_table(lower(rulebook.latest()), list(cases), list(cases.values())), path)
    return path


def test_the_report(small: Rulebook, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Who keeps its tier, who does not, what matters most, and which order can turn."""
    good = GOOD | RATED
    cases = {
        "firm": good | {"rating/significance": 3},
        "weak": good | {"punished": 0, "rating/significance": 3},
        "worst": good | {"punished": 0, "rating/significance": 0},
    }
    path = corpus(tmp_path / "c.parquet", small, cases)
    ran = tierengine("audit", "robust", path, "--rulebook", SMALL)
    assert (ran.code, ran.err) == (0, "")
    printed = " ".join(ran.out.split())
    for words in (
        "3 cases, 1 keep their tier whatever the raters say",
        "weak (Tier 2): the same in 50.0 % of 2 combinations else: Tier 3 in 50.0 %",
        "this matters most: Significant efforts [significance]. Were it agreed, the tier would be the same in 100.0 %",
        "1 of 3 pairs of cases on different tiers can turn their order",
        "weak above worst: turned in 25.0 %",
    ):
        assert words in printed
    found = json.loads(tierengine("audit", "robust", path, "--rulebook", SMALL, "--format", "json").out)
    assert (found["cases"], found["firm"], found["pairs"], found["turning_pairs"]) == (3, 1, 3, 1)
    assert found["turns"][0]["share"] == 0.25
    assert [each["case"] for each in found["standings"]] == ["weak", "worst", "firm"]


def test_a_table_of_disagreement(small: Rulebook, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Only what was seen may be otherwise; everything that is wrong with a table is reported by its line."""
    path = corpus(tmp_path / "c.parquet", small, {"weak": GOOD | RATED | {"punished": 0, "rating/significance": 3}})
    table = tmp_path / "seen.csv"
    asked_ = ("audit", "robust", path, "--rulebook", SMALL, "--disagreement", table)
    table.write_text("rating,given,other\nsignificance,not met,met\n")
    assert "1 cases, 1 keep their tier" in tierengine(*asked_).out
    table.write_text("rating,given,other\nsignificance,met,not met\n")
    assert "1 cases, 0 keep their tier" in tierengine(*asked_).out
    table.write_text("rating,given,other\nsignificanse,met,not met\n\nsignificance,met,bad\n")
    ran = tierengine(*asked_)
    assert (ran.code, ran.out) == (1, "")
    assert "seen.csv:2: `significanse` is no open word of the law\n    did you mean `significance`?" in ran.err
    assert "seen.csv:4: `bad` is no level" in ran.err
    table.write_text("word,level\n")
    assert "seen.csv:1: it has not the columns of such a table" in tierengine(*asked_).err
    assert "cannot be read: No such file or directory" in tierengine(*asked_[:-1], tmp_path / "none.csv").err


def test_the_answer_does_not_hang_on_the_shares(
    small: Rulebook, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the cases are shared out among parts; and dossiers are cases too."""
    cases = {f"c{n}": GOOD | RATED | {"punished": n % 3, "rating/significance": n % 2 * 3} for n in range(40)}
    path = corpus(tmp_path / "c.parquet", small, cases)
    first = tierengine("audit", "robust", path, "--rulebook", SMALL, "--format", "json").out
    monkeypatch.setattr(robust, "CASES_AT_ONCE", 7)
    assert tierengine("audit", "robust", path, "--rulebook", SMALL, "--format", "json").out == first
    ran = tierengine("audit", "robust", ROOT / "seeds")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("9 cases, ")
