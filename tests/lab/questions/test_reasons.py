"""Sufficient reasons: against trying every subset of findings on every case, and on the real dossiers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import product
from math import prod

import pytest
from hypothesis import HealthCheck, given, settings

from tests.conftest import GUATEMALA, ROOT, Ran
from tests.lab.enumeration import Case, completions, grid, possible, rows_of, small_cases, subsets
from tests.oracle import Value, conclude
from tierengine.engines.form import Bounds
from tierengine.engines.lowering import lower
from tierengine.errors import UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.reasons import Findings, Reasons, findings_seen, reasons
from tierengine.law.rulebook import Law, Rulebook
from tierengine.terms.outcome import Outcome

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
MOST = 2000


def every_case(law: Law) -> list[Case] | None:
    """Every case there is, rated or not; nothing if there are too many to try."""
    names = [field.id for field in lower(law).inputs]
    values = [grid(law, {}, name, room=0) for name in names]
    if prod(map(len, values)) > MOST:
        return None
    whole = (dict(zip(names, chosen, strict=True)) for chosen in product(*values))
    return [case for case in whole if possible(case)]


def outcomes(law: Law, case: Mapping[str, Value], names: list[str]) -> dict[str, Value]:
    """What the findings come out as in one case."""
    found = conclude(law, {f"judged/{name}": False for name in law.judges} | dict(case))
    return {name: case[name] if name in law.PLACEMENTS else found[name] is Outcome.MET for name in names}


def test_the_smallest_sets_of_findings() -> None:
    """No smaller set of settled findings makes a row sure, or its failure; every set as small is found."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases())
    def run(case: tuple[Law, Case]) -> None:
        law, facts = case
        inquiry = Inquiry(law, facts)
        facts = {**facts, **{name: value for name, value in inquiry.facts.items() if not isinstance(value, Bounds)}}
        left, everything = completions(law, facts), every_case(law)
        if left is None or everything is None:
            return
        names = list(findings_seen(law))
        come_out = [outcomes(law, each, names) for each in left]
        settled = {
            name: come_out[0][name]
            for name in names
            if (name in facts if name in law.PLACEMENTS else len({each[name] for each in come_out}) == 1)
        }
        tried = [(outcomes(law, each, names), rows_of(law, each)) for each in everything]
        findings = Findings(inquiry)
        for row in law.tiers:
            for holds in (True, False):
                found = list(findings.entailing(row.id, holds))
                assert len(set(found)) == len(found)
                expected: set[frozenset[str]] = set()
                for names_of_set in subsets(settled):
                    if expected and len(names_of_set) > len(next(iter(expected))):
                        break
                    agree = [rows for out, rows in tried if all(out[name] == settled[name] for name in names_of_set)]
                    if all((row.id in rows) == holds for rows in agree):
                        expected.add(frozenset(names_of_set))
                assert {frozenset(each) for each in found} == expected
                seen["sets" if len(expected) > 1 else "a set" if expected else "none"] += 1

    run()
    assert min(seen["sets"], seen["a set"], seen["none"]) >= 1, seen


def test_the_table_sees_criteria_and_placements(rulebook: Rulebook) -> None:
    """In 2011: scope, the standards, the grounds, the waiver, significant efforts, and how the years bind."""
    law = rulebook.on(read_dossier(ROOT / "seeds" / "invented-2011" / "dossier.yaml").dossier.as_of)
    names = [f"{name}/met" for name in ("SCOPE", "MS1", "MS2", "MS3", "MS4", "SIGNIFICANT-EFFORTS", "WAIVER")]
    names += [f"WL-iii-{ground}/met" for ground in ("I", "II", "III")]
    assert set(findings_seen(law)) == {*names, "limit"}


# -- the real dossiers ---------------------------------------------------------------------------------------------


FULL_YEARS = ROOT / "seeds" / "invented-2011" / "dossier.yaml"


def reasons_of(dossier: str, rulebook: Rulebook) -> Reasons:
    """The reasons of a dossier of seeds/."""
    return reasons(read_dossier(ROOT / "seeds" / dossier / "dossier.yaml"), rulebook)


@pytest.mark.parametrize(
    ("dossier", "tier", "findings"),
    [
        ("invented-2011", "3", ("SCOPE", "MS1", "WL-iii-II", "limit", "WAIVER")),
        ("invented-2013", "1", ("SCOPE", "MS1", "MS2", "MS3", "MS4")),
        ("invented-2019", "2", ("SCOPE", "MS1", "SIGNIFICANT-EFFORTS", "WL-iii-I", "WL-iii-II")),
    ],
)
def test_what_a_settled_tier_rests_on(dossier: str, tier: str, findings: tuple[str, ...], rulebook: Rulebook) -> None:
    """The only smallest set, each finding with its reason and citation."""
    (why,) = reasons_of(dossier, rulebook).tiers
    assert (why.tier, why.standing, why.whole, len(why.sets)) == (tier, "settled", True, 1)
    assert {finding.id for finding in why.sets[0]} == set(findings)
    assert all(finding.reason for finding in why.sets[0])
    assert all(finding.citation or finding.id == "limit" for finding in why.sets[0])


def test_an_open_case_is_entailed_by_nothing(guatemala: Casefile, rulebook: Rulebook) -> None:
    """Each open tier is said to be open, with answers that reach it."""
    found = reasons(guatemala, rulebook)
    assert not found.settled
    assert [(why.tier, why.standing, why.sets) for why in found.tiers] == [
        (tier, "open", ()) for tier in ("1", "2", "2WL", "3")
    ]
    assert all(why.witness for why in found.tiers)


def test_why_not_an_excluded_tier(guatemala: Casefile, rulebook: Rulebook) -> None:
    """The second ground alone excludes Tier 2 from the invented case; Tier 1 is open to Guatemala, and said to be."""
    (why,) = reasons(read_dossier(FULL_YEARS), rulebook, "2").tiers
    assert (why.standing, [[each.id for each in each_set] for each_set in why.sets]) == ("excluded", [["WL-iii-II"]])
    assert why.sets[0][0].says == "No evidence of increasing efforts: met."
    (tier_1,) = reasons(guatemala, rulebook, "1").tiers
    assert (tier_1.standing, tier_1.sets) == ("open", ())
    assert tier_1.witness


def test_a_tier_that_is_the_answer_or_that_no_law_knows(guatemala: Casefile, rulebook: Rulebook) -> None:
    """Neither can be asked for under `--why-not`."""
    settled = read_dossier(FULL_YEARS)
    with pytest.raises(UsageError, match="`3` is the settled answer"):
        reasons(settled, rulebook, "3")
    before = guatemala.dossier.as_of.replace(year=2001)
    with pytest.raises(UsageError, match="the law of 2001-11-09 knows no tier `2WL`"):
        reasons(guatemala, rulebook, "2WL", before)


def test_the_command(tierengine: Callable[..., Ran]) -> None:
    """It ends with 0 where one tier is left and with 4 otherwise; text and JSON say the same."""
    settled = ROOT / "seeds" / "invented-2019" / "dossier.yaml"
    text, coded = tierengine("reasons", settled), tierengine("reasons", settled, "--format", "json")
    assert (text.code, coded.code, text.err, coded.err) == (0, 0, "", "")
    (why,) = json.loads(coded.out)["tiers"]
    assert "These 5 findings together lead to Tier 2, whatever else is found. No smaller set does." in text.out
    for finding in why["sets"][0]:
        assert f"[{finding['id']}]" in text.out
    assert tierengine("reasons", GUATEMALA, "--why-not", "2").code == 4
    ran = tierengine("reasons", FULL_YEARS, "--why-not", "2")
    assert (ran.code, ran.err) == (0, "")
    assert "This finding alone excludes Tier 2" in ran.out
    ran = tierengine("reasons", settled, "--why-not", "2")
    assert (ran.code, ran.out) == (2, "")
    assert "`2` is the settled answer" in ran.err
