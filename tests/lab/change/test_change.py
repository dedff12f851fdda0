"""The proved direction of a change, against every complete case of the small rulebook tried one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.lab import edits
from tests.lab.edits import Edit, edited
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Rule, Stratum, Test
from tierengine.engines.solver import Limit
from tierengine.lab.change.proved import Direction, direction
from tierengine.lab.change.sides import NOT_RANKED, Pairing, Side, side_by_side
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook

VALUES: dict[str, tuple[Any, ...]] = {
    "forbidden": (True, False),
    "increase": (True, False),
    "judged/significance": (True, False),
    "promises": (0, 7, 8, 9, 10, 12),
    "punished": (0, 1, 2),
    "rating/significance": (0, 3),
    "shelter": (True, False),
    "victims": (99, 100, 101),
}
"""Every input that bears on a tier of the small rulebook, on both sides of every threshold, edited or not."""

ORDER = ("1", "2", "2WL", "3")


class OneByOne:
    """Both sides of a version, asked case by case."""

    def __init__(self, pairing: Pairing) -> None:
        both = pairing.both()
        assert both is not None
        self.sides = both
        self.engines = [CompiledEngine(side.form) for side in both]

    def tiers(self, facts: dict[str, Any]) -> tuple[str, str]:
        """The tier that each side settles, empty where it settles none."""
        found = []
        for side, engine in zip(self.sides, self.engines, strict=True):
            settled = engine.evaluate(facts).settled
            found.append(next((tier for row, tier in side.rows.items() if settled.get(row)), ""))
        return found[0], found[1]

    def way(self, facts: dict[str, Any]) -> str | None:
        """How a case moves."""
        old, new = self.tiers(facts)
        if "" in (old, new) or old == new:
            return None
        if NOT_RANKED in (old, new):
            return "in or out of the lists"
        return "worse" if ORDER.index(new) > ORDER.index(old) else "better"

    def ways(self) -> set[str]:
        """Every way in which some complete case moves."""
        return {way for case in self.cases() if (way := self.way(case)) is not None}

    def cases(self) -> Iterator[dict[str, Any]]:
        """Every complete case that contradicts the coherence of neither side, or need not."""
        for values in product(*VALUES.values()):
            case = dict(zip(VALUES, values, strict=True))
            if all(
                engine.evaluate(case).settled.get(rule) is not False
                for side, engine in zip(self.sides, self.engines, strict=True)
                for rule in side.form.coherence
            ):
                yield case

    def fewest(self, way: str) -> int:
        """How many answers a country needs at least to move this way; whether a person judged counts as none."""
        names = [name for name in VALUES if not name.startswith("judged/")]
        for size in range(len(names) + 1):
            for given in combinations(names, size):
                for values in product(*(VALUES[name] for name in given)):
                    facts = dict(zip(given, values, strict=True))
                    flags = (False, True) if "rating/significance" in given else (False,)
                    if any(self.way({**facts, "judged/significance": flag}) == way for flag in flags):
                        return size
        raise AssertionError


def proved(tmp_path: Path, small: Rulebook, *made: Edit, limit: Limit | None = None) -> tuple[Direction, OneByOne]:
    """The direction of some edits of the small rulebook."""
    (pairing,) = side_by_side(small, read_rulebook(edited(tmp_path / "new", *made)))
    return (direction(pairing, limit) if limit else direction(pairing)), OneByOne(pairing)


EDITS: dict[str, tuple[tuple[Edit, ...], str]] = {
    "a higher bar for punishment": ((edits.MORE_PUNISHED,), "stricter"),
    "a ground sooner": ((edits.FEWER_PROMISES,), "stricter"),
    "a ground later": ((edits.MORE_PROMISES,), "looser"),
    "no shelter needed": ((edits.NO_SHELTER,), "looser"),
    "scope": ((edits.STRICTER_SCOPE,), "incomparable"),
    "both ways": ((edits.MORE_PUNISHED, edits.MORE_PROMISES), "incomparable"),
    "all three ways": ((edits.MORE_PUNISHED, edits.MORE_PROMISES, edits.STRICTER_SCOPE), "incomparable"),
    "written otherwise": ((edits.WRITTEN_OTHERWISE,), "equal"),
    "a case that another covers": ((edits.UNREACHED,), "equal"),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_proof_says_what_the_cases_say(name: str, tmp_path: Path, small: Rulebook) -> None:
    """Verdict, ways and the size of each witness are those found by going through every case."""
    made, expected = EDITS[name]
    found, one_by_one = proved(tmp_path, small, *made)
    assert found.verdict == expected
    assert found.gave_up is None
    assert {witness.way for witness in found.witnesses} == one_by_one.ways()
    for witness in found.witnesses:
        facts = dict(witness.facts)
        assert one_by_one.tiers(facts) == (witness.old, witness.new)
        assert one_by_one.way(facts) == witness.way
        assert witness.smallest
        assert sum(not field.startswith("judged/") for field in facts) == one_by_one.fewest(witness.way)


@pytest.mark.parametrize("name", ["scope", "both ways", "all three ways", "a higher bar for punishment"])
def test_a_country_that_contradicts_itself_moves_nothing(name: str, tmp_path: Path, small: Rulebook) -> None:
    """Whatever must hold of every country, on either side or on both: the ways are those of the cases that are left."""
    (pairing,) = side_by_side(small, read_rulebook(edited(tmp_path / "new", *EDITS[name][0])))
    both = pairing.both()
    assert both is not None
    heads = sorted({rule.head for stratum in both[0].form.strata for rule in stratum.rules})
    for number, head in enumerate(heads):
        coherence = [() if number % 3 == side else (head,) for side in (0, 1)]
        sides = [
            Side(side.law, side.form.model_copy(update={"coherence": rules}))
            for side, rules in zip(both, coherence, strict=True)
        ]
        one_by_one = OneByOne(Pairing(pairing.first, None, *sides))
        found = direction(Pairing(pairing.first, None, *sides))
        assert {witness.way for witness in found.witnesses} == one_by_one.ways(), (head, coherence)
        for witness in found.witnesses:
            completions = [case for case in one_by_one.cases() if witness.facts.items() <= case.items()]
            assert {one_by_one.way(case) for case in completions} == {witness.way}


def test_a_country_that_no_answers_complete_moves_nothing(tmp_path: Path, small: Rulebook) -> None:
    """Nobody may be punished with a shelter, and nobody without: that contradicts itself before shelter is known."""
    (pairing,) = side_by_side(small, read_rulebook(edited(tmp_path / "new", edits.MORE_PUNISHED)))
    assert direction(pairing).verdict == "stricter"
    old, new = (Side(side.law, _unpunished(side.form)) for side in pairing.both() or ())
    found = direction(Pairing(pairing.first, None, old, new))
    assert (found.verdict, found.same_rules) == ("equal", False)


def _unpunished(form: Form) -> Form:
    """A form with two rules of coherence that leave no country in which somebody is punished."""
    punished = Test(field="punished", op=">=", value=1)
    rules = []
    for name, shelter in (("WITH", True), ("WITHOUT", False)):
        breaks = (punished, Test(field="shelter", op="==", value=shelter))
        rules.append(Rule(id=f"{name}-1", head=name, holds=False, tests=breaks))
        rules.append(Rule(id=f"{name}+1", head=name, holds=True, tests=(Test(field="punished", op="<", value=1),)))
    stratum = Stratum(rules=tuple(rules))
    return form.model_copy(update={"strata": (*form.strata, stratum), "coherence": ("WITH", "WITHOUT")})


def test_equal_by_proof_is_told_apart_from_the_same_rules(tmp_path: Path, small: Rulebook) -> None:
    """Only rules that are the same are equal without asking the solver: here it may do nothing at all."""
    found, _ = proved(tmp_path / "a", small, edits.WRITTEN_OTHERWISE)
    assert (found.verdict, found.same_rules) == ("equal", False)
    found, _ = proved(tmp_path / "b", small, limit=Limit(steps=1))
    assert (found.verdict, found.same_rules) == ("equal", True)


def test_a_solver_that_gives_up_proves_nothing(tmp_path: Path, small: Rulebook) -> None:
    """The verdict is that nothing is decided, and the limit is named."""
    found, _ = proved(tmp_path, small, edits.MORE_PUNISHED, limit=Limit(steps=1))
    assert found.verdict == "not decided"
    assert "within 1 steps" in (found.gave_up or "")
    assert not found.witnesses


def test_the_same_country_is_named_every_time(tmp_path: Path, rulebook: Rulebook) -> None:
    """Whatever the solver was asked before, and in whichever order Python keeps its sets."""
    new = read_rulebook(edited(tmp_path / "new", REAL, of=ROOT))
    pairing = side_by_side(rulebook, new)[-1]
    first, *others = (direction(pairing).witnesses for _ in range(3))
    assert all(other == first for other in others)
    assert first[0].facts["victims_in_country"] == 50
    assert first[0].facts["limit"] == "none"


def test_an_input_of_one_rulebook_only_is_free(tmp_path: Path, small: Rulebook) -> None:
    """A new question whose answer can lower a tier makes the rules stricter."""
    asked = "  - {id: promises,"
    new = "  - {id: setback, asks: Did efforts fall?, type: truth, better: false, effort: false}\n" + asked
    path = "criteria/GROUND/2000-10-28.yaml"
    rule = "{indicator: promises, at_least: 9}"
    made = (
        (path, asked, new),
        (path, rule, f"{rule}, {{indicator: setback, is: true}}"),
        (path, "promises: 0}", "promises: 0, setback: false}"),
    )
    found, _ = proved(tmp_path, small, *made)
    assert found.verdict == "stricter"
    assert found.witnesses[0].facts["setback"] is True


REAL = ("criteria/WL-iii-I/2019-01-08.yaml", "victims_in_country, at_least: 100", "victims_in_country, at_least: 50")


def test_a_real_edit_is_stricter_from_its_day_on(tmp_path: Path, rulebook: Rulebook) -> None:
    """A ground of the watch list that begins with fewer victims, in the law since 2019 only."""
    new = read_rulebook(edited(tmp_path / "new", REAL, of=ROOT))
    found = [direction(pairing) for pairing in side_by_side(rulebook, new)]
    assert [each.verdict for each in found] == ["equal"] * (len(found) - 2) + ["stricter"] * 2
    for each in found[-2:]:
        (witness,) = each.witnesses
        one_by_one = OneByOne(each.pairing)
        assert one_by_one.tiers(dict(witness.facts)) == (witness.old, witness.new)
        assert 50 <= int(witness.facts["victims_in_country"]) < 100
        assert witness.smallest
        for left_out in witness.facts:
            fewer = {name: value for name, value in witness.facts.items() if name != left_out}
            assert one_by_one.way(fewer) is None or left_out.startswith("judged/")
