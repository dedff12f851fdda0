"""Short cases: one question to a rule of procedure, and what the law answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT, Ran


def test_a_short_case_fails_where_the_law_answers_otherwise(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """The failure names its place, what is expected and all that the law answers, and the exit code is 3."""
    path = tmp_path / "cases.yaml"
    path.write_text(
        "asked:\n"
        "  - name: two waiver years, as before 2019\n"
        "    as_of: 2019-06-20\n"
        "    years: {2016: 2, 2017: 2WL, 2018: 2WL}\n"
        "    report: 2019\n"
        "    expect: {limit: waiver or 3, cap: 2}\n",
        encoding="utf-8",
    )
    ran = tierengine("test", path)
    assert ran.code == 3
    assert f"{path}:6:34: cap: 2 is expected; cap: 1 is what the law answers" in " ".join(ran.out.split())
    assert "run: 2" in ran.out


def test_the_cases_of_procedure_hold(tierengine: Callable[..., Ran]) -> None:
    """Every rule of admission, advice and years, and every clock, has cases, and each comes out as expected."""
    path = ROOT / "tests" / "cases" / "procedure.yaml"
    ran = tierengine("test", path)
    assert ran.code == 0
    text = path.read_text(encoding="utf-8")
    for file in ("admission", "recommendation", "clocks"):
        rules = (ROOT / "rules" / f"{file}.yaml").read_text(encoding="utf-8").splitlines()
        names = {line.removeprefix("  - id: ") for line in rules if line.startswith("  - id: ")}
        assert not {name for name in names - {"YEARS-COMPARED", "CERTAINTY", "PROGRESS"} if name not in text}


def test_a_case_is_asked_of_several_dates(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A date whose law answers otherwise fails, in a short case and in a country; a day before all law is refused."""
    path = tmp_path / "cases.yaml"
    text = (
        "asked:\n"
        "  - name: a promise supports nothing\n"
        "    as_of: 2019-01-09\n"
        "    also_on: [2020-06-25, 2018-06-28]\n"
        "    record: {kind: commitment, dated: in the period}\n"
        "    expect: {set_aside_by: ADM-COMMITMENT}\n"
        "cases:\n"
        "  - name: one victim is enough\n"
        "    as_of: 2009-06-16\n"
        "    also_on: [2019-06-20, 2007-06-12]\n"
        "    given: {indicators: {victims_in_country: 1}}\n"
        "    expect: {findings: {SCOPE: met}}\n"
    )
    path.write_text(text, encoding="utf-8")
    answer = json.loads(tierengine("test", path, "--format", "json").out)
    failed = [(each["name"], each["as_of"]) for each in answer["results"] if each["failures"]]
    assert sorted(failed) == [("a promise supports nothing", "2018-06-28"), ("one victim is enough", "2007-06-12")]
    assert len(answer["results"]) == 6
    path.write_text(text.replace("2018-06-28", "1999-06-28"), encoding="utf-8")
    ran = tierengine("test", path)
    assert ran.code == 1
    assert "1999-06-28" in ran.err
