"""The theorems hold of the real law, and each is broken by a rulebook made for it, with a country that shows it."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran, read_once
from tests.lab.proofs.z3_theorems import broken
from tests.strategies import laws
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Rule, Stratum, Tally, Test, Value
from tierengine.engines.lowering import lower
from tierengine.engines.solver import Limit
from tierengine.errors import MismatchError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.proofs import years as lab_years
from tierengine.lab.proofs.asking import Proof, Prover
from tierengine.lab.proofs.certificates import Certificates
from tierengine.lab.proofs.prove import prove, prove_version, written
from tierengine.lab.proofs.versions import Span, Version, versions
from tierengine.law.reader import read_draft
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor, two_engines
from tierengine.reasoning.assessment import Assessment, Step
from tierengine.reasoning.history import Standing

LAW_OF_SMALL = read_once(SMALL).select(date(2007, 6, 1))
ALWAYS = (Span(date(2000, 10, 28), None),)


def _version(law: Law, form: Form | None = None) -> Version:
    return Version(law, form or lower(law), ALWAYS)


def _verdicts(proofs: Iterator[Proof]) -> dict[str, str]:
    return {proof.theorem: proof.verdict for proof in proofs}


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Return a copy of a rulebook in which some words of some file are others."""

    def change(source: Path, file: str, old: str, new: str) -> Path:
        folder = tmp_path / "changed"
        for room in ("criteria", "rules"):
            shutil.copytree(source / room, folder / room)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return change


# -- the real law ------------------------------------------------------------------------------------------------


def test_everything_holds_of_the_law_of_every_date(rulebook: Rulebook) -> None:
    """Eight theorems of each version, and two more since there is an automatic downgrade; none is left out."""
    proofs = tuple(prove(rulebook))
    assert {proof.verdict for proof in proofs} == {"proved"}
    spans = sorted({span.first for proof in proofs for span in proof.spans})
    assert spans == [day for day in rulebook.boundaries() if not rulebook.select(day).missing()]
    counted = {version.spans: 10 if version.law.downgrades else 8 for version in versions(rulebook)}
    assert {spans: sum(proof.spans == spans for proof in proofs) for spans in counted} == counted


def test_versions_that_are_alike_are_proved_once(rulebook: Rulebook) -> None:
    """The day of the report moved in 2021 and nothing that is proved hangs on it."""
    latest = versions(rulebook)[0]
    assert [span.first for span in latest.spans] == [date(2019, 1, 9), date(2021, 1, 1)]
    assert versions(rulebook, date(2020, 5, 5)) == (latest,)


def test_the_command_says_so(tierengine: Callable[..., Ran]) -> None:
    """`prove` ends with 0, sentences for people, and the same as JSON."""
    ran = tierengine("prove", "--as-of", "2007-11-09")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "8 proved, 0 refuted, 0 undecided")
    answer = json.loads(tierengine("prove", "--as-of", "2007-11-09", "--format", "json").out)
    assert {proof["verdict"] for proof in answer} == {"proved"}


def test_the_whole_run_takes_less_than_five_seconds() -> None:
    """Reading, proving and printing, as a user runs it; in processor time, which a loaded machine leaves alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run([sys.executable, "-m", "tierengine.cli", "prove"], cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.stdout.endswith(b" proved, 0 refuted, 0 undecided\n")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


# -- one country that breaks a theorem ---------------------------------------------------------------------------


def _refuted(folder: Path, theorem: str, to: Path, as_of: date | None = None) -> Proof:
    """The one theorem that is broken, its counterexamples written."""
    proofs = [written(proof, to) for proof in prove(read_draft(folder).rulebook, as_of)]
    assert {proof.theorem for proof in proofs if proof.verdict != "proved"} == {theorem}
    return next(proof for proof in proofs if proof.theorem == theorem)


def _assessed(folder: Path, proof: Proof) -> list[list[Assessment]]:
    """What both engines make of the dossiers of each counterexample."""
    found = []
    for counterexample in proof.counterexamples:
        paths = [Path(country.written) for country in counterexample.countries if country.written]
        assert len(paths) == len(counterexample.countries)
        casefiles = [read_dossier(path) for path in paths]
        rulebook = read_draft(folder).rulebook
        found.append([Assessor(rulebook.select(each.dossier.as_of)).assess(each) for each in casefiles])
    return found


def _rows(law: Law, dossier: str | None) -> dict[str, bool]:
    """What both engines of `assess` say of each row of the tier table, of which they expect one."""
    assert dossier is not None
    form = lower(law)
    answered = admit(read_dossier(Path(dossier)), law).facts
    settled = two_engines(form).evaluate({each.id: answered[each.id] for each in form.inputs if each.id in answered})
    return {row.id: settled.settled[row.id] for row in law.tiers if row.id in settled.settled}


def _steps(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from _steps(child)


@pytest.mark.parametrize(
    ("bad", "outcomes"),
    [
        ("two-tiers-for-one-case", {"TIER-2": True, "TIER-2WL": True}),
        ("no-tier-for-a-case", dict.fromkeys(("TIER-1", "TIER-2", "TIER-2WL", "TIER-3", "UNRANKED"), False)),
    ],
)
def test_a_tier_table_that_places_a_country_twice_or_nowhere(
    bad: str, outcomes: dict[str, bool], changed: Callable[..., Path], tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """A draft is read in spite of it, and the country assessed shows it; `assess` itself refuses the rulebook."""
    whole = (SMALL / "rules" / "rules.yaml").read_text(encoding="utf-8")
    other = (ROOT / "tests" / "bad" / "rulebook" / f"{bad}.yaml").read_text(encoding="utf-8")
    folder = changed(SMALL, "rules/rules.yaml", whole, other)
    proof = _refuted(folder, "one-tier", tmp_path / "to")
    (country,) = proof.counterexamples[0].countries
    assert outcomes.items() <= _rows(read_draft(folder).rulebook.select(date(2001, 10, 28)), country.written).items()
    refused = tierengine("assess", country.written, "--rulebook", folder)
    assert (refused.code, "one case gets" in refused.err) == (3, True)
    ran = tierengine("prove", folder, "--write", tmp_path / "cli")
    assert ran.code == 3
    assert (tmp_path / "cli" / "2000-10-28-one-tier-1-1" / "dossier.yaml").is_file()


def test_the_country_could_not_be_smaller(changed: Callable[..., Path], tmp_path: Path) -> None:
    """No country with fewer answers gets two rows: every one that there is was tried."""
    old = "{not: {conclusion: FULL}}, {finding: EFFORTS}, {not: {finding: GROUND}}]}"
    folder = changed(SMALL, "rules/rules.yaml", old, "{not: {conclusion: FULL}}, {finding: EFFORTS}]}")
    proof = _refuted(folder, "one-tier", tmp_path / "to")
    (country,) = proof.counterexamples[0].countries
    law = read_draft(folder).rulebook.select(date(2007, 6, 1))
    breaking = [
        sum(value is not None for name, value in facts.items() if name != "judged/significance")
        for facts in _every_country()
        if _has_two_rows(law, facts)
    ]
    answers = [name for name in country.facts if not name.startswith("judged/")]
    assert len(answers) == min(breaking) == 5


def _every_country() -> Iterator[dict[str, Value | None]]:
    fields: dict[str, tuple[Value | None, ...]] = {
        "victims": (None, 99, 100),
        "forbidden": (None, True, False),
        "punished": (None, 0, 1),
        "shelter": (None, True, False),
        "increase": (None, True, False),
        "promises": (None, 1, 9),
        "rating/significance": (None, 0, 3),
    }
    for values in product(*fields.values()):
        facts = dict(zip(fields, values, strict=True))
        yield facts | {"judged/significance": facts["rating/significance"] is not None}


_ENGINES: dict[int, CompiledEngine] = {}


def _has_two_rows(law: Law, facts: Mapping[str, Value | None]) -> bool:
    engine = _ENGINES.setdefault(id(law), CompiledEngine(lower(law)))
    settled = engine.evaluate({name: value for name, value in facts.items() if value is not None}).settled
    return sum(settled.get(row.id, False) for row in law.tiers) > 1


def test_a_rule_that_never_speaks(changed: Callable[..., Path], tmp_path: Path) -> None:
    """It is named, with the numbers that cannot be together."""
    old, new = (
        "{indicator: victims, at_least: 100}",
        "{indicator: victims, at_least: 300}, {indicator: victims, at_most: 200}",
    )
    folder = changed(
        SMALL, "criteria/SCOPE/2000-10-28.yaml", f"when: {old}", f"when: {{any: [{old}, {{all: [{new}]}}]}}"
    )
    proof = _refuted(folder, "no-dead-rule", tmp_path)
    sentences = {counterexample.says for counterexample in proof.counterexamples}
    both = "`victims` is at least 300 and `victims` is at most 200"
    assert f"Rule SCOPE/met+2 never speaks, since no country has this: {both}." in sentences


def test_years_that_are_full_and_bind_nothing(changed: Callable[..., Path], tmp_path: Path) -> None:
    """Without the spent waiver in the downgrade, a country stays on the watch list a fourth year."""
    spent, nothing = "        - {placement: limit, is: 3}\n", "        - {placement: limit, is: none}\n"
    folder = changed(ROOT, "rules/standards.yaml", spent, nothing)
    proofs = [written(proof, tmp_path / "to") for proof in prove(read_draft(folder).rulebook, date(2020, 1, 1))]
    proof = next(proof for proof in proofs if proof.theorem == "watch-list")
    assert proof.verdict == "refuted"
    ((assessment,),) = _assessed(folder, proof)
    assert (assessment.recommendation.tier, assessment.recommendation.settled) == ("2WL", True)
    assert "waiver is spent" in " ".join(proof.counterexamples[0].countries[0].answers)


def test_years_on_the_list_that_are_not_counted(monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook) -> None:
    """A count of years that lets a full run go by is found, with the placements."""

    def lenient(*_: Any, **__: Any) -> Standing:
        return Standing(run=2, waivers_used=0, cap=1, limit="none", provision="")

    monkeypatch.setattr(lab_years, "standing_under", lenient)
    proof = next(proof for proof in prove(rulebook, date(2020, 1, 1)) if proof.theorem == "years")
    assert proof.verdict == "refuted"
    assert proof.counterexamples[0].says == "after the placements 2WL, 2WL the limit is `none`."


# -- two countries that break a direction ------------------------------------------------------------------------


def test_a_direction_that_does_not_hold(changed: Callable[..., Path], tmp_path: Path) -> None:
    """A presumption that a better finding brings about: two dossiers that differ in one answer, and the worse level."""
    old = "{not: {finding: STANDARD, at_least: partly met}}]}"
    folder = changed(SMALL, "criteria/EFFORTS/2000-10-28.yaml", old, "{finding: STANDARD, at_least: partly met}]}")
    proofs = {proof.theorem: written(proof, tmp_path / "to") for proof in prove(read_draft(folder).rulebook)}
    assert {name for name, proof in proofs.items() if proof.verdict == "refuted"} == {"contracts", "direction"}
    for name in ("contracts", "direction"):
        first, second = (country.facts for country in proofs[name].counterexamples[0].countries)
        assert {field for field in first if first[field] != second[field]} == {"forbidden"}
    ((before, after),) = _assessed(folder, proofs["contracts"])
    outcomes = [_efforts(each).outcome.value for each in (before, after)]
    assert outcomes == ["met", "undetermined"]  # with the law forbidding it, the presumption may apply
    ((before, after),) = _assessed(folder, proofs["direction"])
    assert before.recommendation.settled
    assert max(after.recommendation.open_tiers) == "3" > str(before.recommendation.tier)


def _efforts(assessment: Assessment) -> Step:
    return next(step for step in _steps(assessment.trace) if step.id == "EFFORTS/met")


def test_the_bar_to_extradition_helps_neither_way(changed: Callable[..., Path], tmp_path: Path) -> None:
    """Declared better when false, it is refuted: with the bar a person may find the factor met, without it not."""
    path = ROOT / "criteria" / "F-EXTRADITE" / "2000-10-28.yaml"
    text = path.read_text(encoding="utf-8")
    at = text.index("better: neither", text.index("id: extradition_barred_by_law"))
    old, new = text, text[:at] + "better: false" + text[at + len("better: neither") :]
    folder = changed(ROOT, "criteria/F-EXTRADITE/2000-10-28.yaml", old, new)
    proofs = {p.theorem: written(p, tmp_path / "to") for p in prove(read_draft(folder).rulebook, date(2007, 11, 9))}
    assert {name for name, proof in proofs.items() if proof.verdict == "refuted"} == {
        "contracts",
        "direction",
        "proposals",
    }
    ((before, after),) = _assessed(folder, proofs["contracts"])
    outcomes = [next(c for c in each.criteria if c.id == "F-EXTRADITE").outcome.value for each in (before, after)]
    assert outcomes == ["undetermined", "not met"]
    ((before, after),) = _assessed(folder, proofs["direction"])
    assert "1" in before.recommendation.open_tiers
    assert "1" not in after.recommendation.open_tiers


# -- forms that no rulebook makes --------------------------------------------------------------------------------


def _with(form: Form, *rules: Rule, tally: Tally | None = None) -> Form:
    stratum = Stratum(tallies=() if tally is None else (tally,), rules=rules)
    return form.model_copy(update={"strata": (*form.strata, stratum)})


def _test(field: str, op: str, value: Value) -> Test:
    return Test.model_validate({"field": field, "op": op, "value": value})


def _rule(name: str, holds: bool, *tests: Test) -> Rule:
    return Rule(id=f"ODD{'+' if holds else '-'}{name}", head="ODD", holds=holds, tests=tests)


def _proof(form: Form, theorem: str) -> Proof:
    return next(p for p in prove_version(_version(LAW_OF_SMALL, form), Prover()) if p.theorem == theorem)


def test_a_proposition_that_holds_and_fails() -> None:
    """The engines refuse the very country that is shown."""
    sheltered, some = _test("shelter", "==", True), _test("victims", ">=", 7)
    form = _with(
        lower(LAW_OF_SMALL), _rule("1", True, sheltered), _rule("1", False, some), _rule("2", False, sheltered)
    )
    proof = _proof(form, "rails")
    assert proof.verdict == "refuted"
    (country,) = proof.counterexamples[0].countries
    assert {name for name in country.facts if not name.startswith("judged/")} == {"shelter"}
    with pytest.raises(MismatchError):
        CompiledEngine(form).evaluate(country.facts)


def test_a_proposition_that_stays_open() -> None:
    """With every answer given nothing speaks for it or against it."""
    form = _with(lower(LAW_OF_SMALL), _rule("1", True, _test("shelter", "==", True)))
    proof = _proof(form, "rails")
    assert proof.verdict == "refuted"
    (country,) = proof.counterexamples[0].countries
    assert "ODD" not in CompiledEngine(form).evaluate(country.facts).settled


def test_a_rule_that_silence_fires() -> None:
    """What is settled as long as nothing is known, and otherwise once it is: the two countries show it."""
    shelter = _test("shelter", "==", True), _test("shelter", "==", False)
    tally = Tally(id="ODD/some1", members=(shelter,))
    rules = _rule("1", True, _test("ODD/some1.holds", "<=", 0)), _rule("1", False, _test("ODD/some1.holds", ">=", 1))
    form = _with(lower(LAW_OF_SMALL), *rules, tally=tally)
    proof = _proof(form, "unknowns")
    assert proof.verdict == "refuted"
    before, after = (country.facts for country in proof.counterexamples[0].countries)
    engine = CompiledEngine(form)
    assert engine.evaluate(before).settled["ODD"] is True
    assert engine.evaluate(after).settled["ODD"] is False
    assert set(after) - set(before) == {"shelter"}


# -- random laws -------------------------------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(law=laws(most_criteria=3))
def test_both_rails_and_unknowns_on_any_law(law: Law) -> None:
    """How conditions are written out makes both theorems hold, whatever the law says."""
    verdicts = _verdicts(prove_version(_version(law), Prover()))
    assert (verdicts["rails"], verdicts["unknowns"]) == ("proved", "proved")


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(law=laws(most_criteria=3))
def test_part_by_part_is_as_in_the_whole(law: Law, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is proved part by part is what the whole question answers."""
    whole = Prover(certificates=Certificates.begin(tmp_path_factory.mktemp("whole")))
    assert _verdicts(prove_version(_version(law), Prover())) == _verdicts(prove_version(_version(law), whole))


# -- a second opinion --------------------------------------------------------------------------------------------


def _certified(proofs: Callable[[Certificates], object], folder: Path) -> dict[str, bool]:
    """The first question of each theorem by name, and whether its certificate shows a country that breaks it."""
    proofs(Certificates.begin(folder))
    found = {path.stem: path.with_suffix(".model").exists() for path in folder.glob("*.cnf")}
    return {name: broken for name, broken in found.items() if "no-dead-rule" not in name and "whole" not in name}


def test_two_solvers_agree_on_the_whole_run(rulebook: Rulebook, tmp_path: Path) -> None:
    """Each question about the law of every date is asked of z3 as well, in words of its own."""
    certified = _certified(lambda kept: tuple(prove(rulebook, certificates=kept)), tmp_path / "whole")
    assert certified == {name: sketch for version in versions(rulebook) for name, sketch in broken(version)}
    assert not any(certified.values())


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(law=laws(most_criteria=3), data=st.data())
def test_two_solvers_agree_on_any_law(law: Law, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also on laws of which theorems fail, and of which some propositions must hold of every country."""
    form = lower(law)
    heads = sorted({rule.head for stratum in form.strata for rule in stratum.rules})
    coherent = data.draw(st.sets(st.sampled_from(heads), max_size=2))
    version = _version(law, form.model_copy(update={"coherence": tuple(sorted(coherent))}))
    certified = _certified(
        lambda kept: tuple(prove_version(version, Prover(certificates=kept))), tmp_path_factory.mktemp("whole")
    )
    assert certified == dict(broken(version))


# -- the solver --------------------------------------------------------------------------------------------------


def test_a_solver_that_gives_up(monkeypatch: pytest.MonkeyPatch, tierengine: Callable[..., Ran]) -> None:
    """It is said as undecided, with the limit, never as proved; and the command ends with 3."""
    monkeypatch.setattr("tierengine.cli.prove.PATIENCE", Limit(steps=1))
    ran = tierengine("prove", SMALL)
    assert ran.code == 3
    assert "undecided one-tier" in ran.out
    assert "within 1 steps" in " ".join(ran.out.split())
    assert "0 refuted" in ran.out


def test_bad_questions(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A folder that is none, a date without law, a limit of no time: refused, with the exit code of each."""
    assert tierengine("prove", tmp_path / "nowhere").code == 3
    assert tierengine("prove", "--as-of", "1999-01-01").code == 3
    assert tierengine("prove", "--as-of", "yesterday").code == 2
    assert tierengine("prove", "--time-limit", "0").code == 2
