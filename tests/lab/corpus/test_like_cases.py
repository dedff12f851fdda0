"""Like cases alike: pairs worked out by hand, and every pair of many cases found by comparing each with each."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, SMALL, Ran
from tests.lab.change.test_impact import small_records
from tests.lab.edits import Edit, edited, parquet
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.lowering import lower
from tierengine.lab.corpus import like_cases
from tierengine.lab.corpus.like_cases import Pair, audit
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.trace import level_range

RULES = "rules/rules.yaml"
LIMITED: tuple[Edit, ...] = (
    (
        RULES,
        "{finding: EFFORTS}, {finding: GROUND}]}",
        "{finding: EFFORTS}, {finding: GROUND}, {not: {placement: limit, is: 3}}]}",
    ),
    (
        RULES,
        "{not: {finding: EFFORTS}}]}",
        "{any: [{not: {finding: EFFORTS}}, {all: [{finding: GROUND}, {placement: limit, is: 3}]}]}]}",
    ),
)
"""As in the real law: whose years on the watch list are full goes to Tier 3 where a ground applies."""

GROUND = "criteria/GROUND/2000-10-28.yaml"
AGAINST = "direction: counts against the government"

LISTED: dict[str, Any] = {
    "victims": 200,
    "forbidden": True,
    "punished": 0,
    "shelter": True,
    "rating/significance": 3,
    "increase": False,
    "promises": 0,
}
"""A country that the rules put on the Tier 2 Watch List."""

FREE = LISTED | {"limit": "none"}
FULL = LISTED | {"limit": "3"}

TIER_2 = LISTED | {"increase": True}


def pairs(tmp_path: Path, cases: dict[str, dict[str, Any]], *made: Edit) -> dict[tuple[str, str], Pair]:
    """The pairs of some cases, each by the lower and the higher one."""
    rulebook = read_rulebook(edited(tmp_path / "rules", *made))
    return {(pair.lower.case, pair.higher.case): pair for pair in audit(written(tmp_path, cases), rulebook).pairs}


def written(tmp_path: Path, cases: dict[str, dict[str, Any]]) -> Path:
    """The cases as a Parquet file."""
    names = dict.fromkeys(name for facts in cases.values() for name in facts)
    columns = {name: [facts.get(name) for facts in cases.values()] for name in names}
    return parquet(tmp_path / "cases.parquet", {"id": list(cases), **columns})


def explained(pair: Pair) -> list[list[str]]:
    """What explains a pair, in words."""
    return [[difference.what for difference in each] for each in pair.explained_by]


LIMIT = "How do the country's years on the Tier 2 Watch List bind this report?"


def test_the_limit_explains_a_lower_tier(tmp_path: Path) -> None:
    """Two countries with the same findings, of which one has no more years on the watch list."""
    found = pairs(tmp_path, {"full": FULL, "free": FREE}, *LIMITED)
    assert set(found) == {("full", "free")}
    pair = found["full", "free"]
    assert (pair.lower.tier, pair.lower.by, pair.higher.tier, pair.higher.by) == ("3", "the rules", "2WL", "the rules")
    assert explained(pair) == [[LIMIT]]
    ((difference,),) = pair.explained_by
    assert difference.lower == "They are full and the waiver is spent: Tier 3."
    assert difference.higher == "They do not bind it."


def test_a_person_explains_a_lower_tier(tmp_path: Path) -> None:
    """A report that placed a country lower than the rules do, and one that placed a country higher."""
    cases = {
        "plain": FREE,
        "down": FREE | {"placed": "3"},
        "up": FREE | {"placed": "2"},
        "as ruled": FREE | {"placed": "2WL"},
    }
    found = pairs(tmp_path, cases, *LIMITED)
    assert set(found) == {
        (lower, higher) for lower, higher in permutations(cases, 2) if lower == "down" or higher == "up"
    }
    down = "a person placed down: the report says Tier 3, the rules Tier 2 Watch List"
    up = "a person placed up: the report says Tier 2, the rules Tier 2 Watch List"
    assert explained(found["down", "plain"]) == explained(found["down", "as ruled"]) == [[down]]
    assert explained(found["plain", "up"]) == [[up]]
    assert explained(found["down", "up"]) == [[down, up]]


def test_two_differences_may_be_needed(tmp_path: Path) -> None:
    """Neither the limit alone nor the report alone makes up for two steps."""
    found = pairs(tmp_path, {"full": FULL, "up": FREE | {"placed": "2"}}, *LIMITED)
    up = "a person placed up: the report says Tier 2, the rules Tier 2 Watch List"
    assert {pair: explained(each) for pair, each in found.items()} == {("full", "up"): [[up, LIMIT]]}


def test_a_difference_that_changes_nothing_explains_nothing(tmp_path: Path) -> None:
    """Where the last report placed them differs too, and bears on no tier."""
    cases = {"full": FULL | {"last_report": "2WL"}, "free": FREE | {"last_report": "1"}}
    assert explained(pairs(tmp_path, cases, *LIMITED)["full", "free"]) == [[LIMIT]]


def test_a_better_country_in_a_better_tier_is_no_pair(tmp_path: Path) -> None:
    """And a worse one in a worse tier neither."""
    cases = {
        "one": TIER_2 | {"punished": 5},
        "two": TIER_2,
        "listed": LISTED,
        "three": LISTED | {"shelter": False, "rating/significance": None},
    }
    assert pairs(tmp_path, cases) == {}


def test_an_open_finding_counts_only_if_it_cannot_matter(tmp_path: Path) -> None:
    """Whether an increase was shown is not known: at the worst it was not, as for the other; at the best it was."""
    unknown = LISTED | {"increase": None}
    cases = {
        "open, down": unknown | {"placed": "3"},
        "open, up": unknown | {"placed": "2WL"},
        "ground": LISTED,
        "no ground, down": TIER_2 | {"placed": "3"},
        "no ground": TIER_2,
    }
    found = pairs(tmp_path, cases)
    assert set(found) == {
        ("open, down", "ground"),
        ("no ground, down", "ground"),
        ("no ground, down", "open, up"),
        ("no ground, down", "no ground"),
    }
    message = "a person placed open, down: the report says Tier 3, the rules Tier 2 or Tier 2 Watch List"
    assert explained(found["open, down", "ground"]) == [[message]]


def test_nothing_explains_what_only_the_rules_do(tmp_path: Path) -> None:
    """A criterion that is declared to favour the government, and does not: the audit finds it out."""
    found = pairs(
        tmp_path, {"ground": LISTED, "no ground": TIER_2}, (GROUND, AGAINST, "direction: favours the government")
    )
    assert {pair: explained(each) for pair, each in found.items()} == {("ground", "no ground"): []}


def test_a_criterion_without_a_direction_may_explain(tmp_path: Path) -> None:
    """It makes no case better or worse, and the difference is shown."""
    found = pairs(tmp_path, {"ground": LISTED, "no ground": TIER_2}, (GROUND, AGAINST, "direction: neither"))
    assert explained(found["ground", "no ground"]) == [["No evidence of increasing efforts"]]
    ((difference,),) = found["ground", "no ground"].explained_by
    assert (difference.lower, difference.higher) == ("No. 0 commitments.", "Yes. 0 commitments.")


def test_cases_without_a_tier_are_left_out_and_counted(tmp_path: Path, small: Rulebook) -> None:
    """Open by the rules and placed by nobody; on none of the lists; special cases."""
    cases = {
        "open": LISTED | {"increase": None},
        "out": LISTED | {"victims": 1},
        "special": TIER_2 | {"placed": "SC"},
        "listed": LISTED,
    }
    found = audit(written(tmp_path, cases), small)
    assert (found.cases, found.not_ranked, found.no_tier, found.pairs) == (4, 2, 1, ())


def test_every_pair_is_found(tmp_path: Path, small: Rulebook) -> None:
    """Random cases, some placed at random, each compared with each in the plainest way."""
    law = small.on(small.boundaries()[0])
    engine = CompiledEngine(lower(law))
    places = ["1", "2", "2WL", "3"]
    cases: dict[str, dict[str, Any]] = {}
    for number, facts in enumerate(small_records(300, 11)):
        cases[f"c{number}"] = facts | {"placed": None if number % 3 else places[number // 3 % 4]}
    signs = {"favours the government": 1, "counts against the government": -1}
    ranges, tiers = {}, {}
    for name, case in cases.items():
        settled = engine.evaluate({k: v for k, v in case.items() if k != "placed"}).settled
        ranges[name] = [sorted(signs[c.direction] * level for level in level_range(settled, c)) for c in law.criteria]
        open_ = [row.tier or "none" for row in law.tiers if settled.get(row.id) is not False]
        tiers[name] = case["placed"] or (open_[0] if len(open_) == 1 else "none")
    expected = {
        (lower, higher)
        for lower, higher in permutations(cases, 2)
        if "none" not in (tiers[lower], tiers[higher])
        and places.index(tiers[lower]) > places.index(tiers[higher])
        and all(one[0] >= other[1] for one, other in zip(ranges[lower], ranges[higher], strict=True))
    }
    found = audit(written(tmp_path, cases), small).pairs
    assert {(pair.lower.case, pair.higher.case) for pair in found} == expected
    assert len(found) == len(expected) > 20


# -- the command ------------------------------------------------------------------------------------------------


def test_the_audit_in_words(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """The pair, and what explains it."""
    rules = edited(tmp_path / "rules", *LIMITED)
    corpus = written(tmp_path, {"full": FULL, "free": FREE, "open": LISTED})
    ran = tierengine("audit", "like-cases", corpus, "--rulebook", rules)
    assert (ran.code, ran.err) == (0, "")
    printed = " ".join(ran.out.split())
    assert "3 cases, 2 compared, 1 pairs" in printed
    assert "1 left out: no report placed them, and the rules leave several tiers open." in printed
    assert "full (Tier 3, says the rules) is at least as good as free (Tier 2 Watch List, says the rules)" in printed
    assert f"explained by: {LIMIT} full: They are full" in printed
    ran = tierengine("audit", "like-cases", corpus, "--rulebook", rules, "--format", "json")
    (pair,) = json.loads(ran.out)["pairs"]
    assert pair["explained_by"][0][0]["what"] == LIMIT


def test_nothing_explains_it_in_words(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Said in so many words."""
    rules = edited(tmp_path / "rules", (GROUND, AGAINST, "direction: favours the government"))
    corpus = written(tmp_path, {"ground": LISTED, "no ground": TIER_2})
    ran = tierengine("audit", "like-cases", corpus, "--rulebook", rules)
    assert "nothing in the record explains it" in ran.out


def test_the_dossiers_of_the_project_can_be_audited(tierengine: Callable[..., Ran]) -> None:
    """Under the law of one date, and each under its own."""
    for words in ((), ("--as-of", "2013-06-01")):
        ran = tierengine("audit", "like-cases", ROOT / "seeds", *words)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("9 cases, ")


@pytest.mark.parametrize(("limit", "what"), [("MOST_CASES", "cases"), ("MOST_PAIRS", "pairs")])
def test_too_much_is_refused_and_not_cut_short(
    limit: str, what: str, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of the pairs might be mistaken for all of them."""
    monkeypatch.setattr(like_cases, limit, 1)
    corpus = written(tmp_path, {"a": LISTED | {"placed": "3"}, "b": LISTED, "c": LISTED})
    ran = tierengine("audit", "like-cases", corpus, "--rulebook", SMALL)
    assert (ran.code, ran.out) == (2, "")
    assert f"there are more than 1 {what}\n    audit a part of the corpus at a time" in ran.err
    monkeypatch.setattr(like_cases, limit, 3)
    assert tierengine("audit", "like-cases", corpus, "--rulebook", SMALL).code == 0
