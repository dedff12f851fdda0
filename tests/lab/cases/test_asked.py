"""Short cases: one question to a rule of procedure, and what the law answers."""

from __future__ import annotations

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
