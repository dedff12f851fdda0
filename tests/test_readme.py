"""The README shows what the commands really print."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine.law import conditions

README = ROOT / "README.md"
LATEST = ROOT / "seeds" / "invented-2019" / "dossier.yaml"
FULL_YEARS = ROOT / "seeds" / "invented-2011" / "dossier.yaml"
Run = Callable[..., Ran]
BLOCK = re.compile(r"<!-- output: (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())


def _history(tierengine: Run) -> str:
    head, *lines = tierengine("history", ROOT / "tests" / "data" / "tier_history.csv").out.splitlines()
    return "\n".join([head, *(line for line in lines if line.startswith("CHN")), "", *lines[-2:]])


def _words(_tierengine: Run) -> str:
    lines = (conditions.__doc__ or "").splitlines()[2:]
    return "\n".join(line.removeprefix("    ") for line in lines if line)


def _without(run: Run) -> str:
    told = run("explain", LATEST, "--without", "19TESSAL88", "--decisive").out
    return "\n".join(told.splitlines()[:12])


def _ledger_log(run: Run) -> str:
    """A case from its assessment to a review, at one moment, and without the digest that hangs on the keys."""
    words = ("--ledger", "ledger.sqlite", "--keys", "keys")

    def ledger(*given: object) -> str:
        ran = run("ledger", *given, *(words if given[0] != "key" else words[2:]))
        assert ran.code in (0, 4), ran.err
        return ran.out

    ledger("init", "--origin", "example.gov/tier-ledger")
    for name, office in (("Ann Lee", "Country desk"), ("Bo Chen", "Embassy"), ("Cy Dee", "Office of the Secretary")):
        ledger("key", name, "--office", office)
    ledger("rulebook", "--reasons", "the law as encoded today", "--as", "Ann Lee")
    ledger("record", GUATEMALA, "--as", "Ann Lee")
    dissent = ("--tier", "2", "--disputes", "WL-iii-II=not met", "--reasons", "the new unit is an increase")
    ledger("position", 1, *dissent, "--as", "Bo Chen")
    seen = ledger("log", "guatemala-2007-interim").split()[-1]
    reasons = ("--reasons", "one cable shows no figures of last year")
    ledger("determine", 1, "--seen", seen, *reasons, "--as", "Cy Dee")
    ledger("review", 3, "--reasons", "it follows the record", "--as", "Ann Lee")
    told = ledger("log", "guatemala-2007-interim").rpartition("what is on record now")[0]
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:]{8}Z", "2026-11-24T09:30:00Z", told)


SHOWN: dict[str, Callable[[Run], str]] = {
    "assess": lambda run: run("assess", GUATEMALA).out,
    "help": lambda run: run("--help").out,
    "why-not": lambda run: run("explain", FULL_YEARS, "--why-not", "2").out,
    "law-diff": lambda run: run("law", "diff", "2007-11-09", "2008-06-04").out,
    "history": _history,
    "reasons": lambda run: run("reasons", FULL_YEARS, "--why-not", "2").out,
    "without": lambda run: "\n".join(
        run("explain", LATEST, "--without", "19TESSAL88", "--decisive").out.splitlines()[:16]
    ),
    "concede": lambda run: run("concede", GUATEMALA, "WL-iii-II=not met", "--tier", "2").out,
    "ledger-log": _ledger_log,
    "prove": lambda run: run("prove", "--as-of", "2007-11-09").out,
    "words": _words,
}
"""What the README must show under each name."""


def test_the_readme_shows_real_output(
    tierengine: Callable[..., Ran], request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block of output is what the command prints today; --reset-golden writes them anew."""
    monkeypatch.chdir(tmp_path)
    shown = {name: "\n" + _indented(show(tierengine)) + "\n" for name, show in SHOWN.items()}
    if request.config.getoption("--reset-golden"):
        text = README.read_text(encoding="utf-8")
        text = BLOCK.sub(lambda m: f"<!-- output: {m[1]} -->\n{shown[m[1]]}<!-- end -->", text)
        README.write_text(text, encoding="utf-8")
    assert dict(BLOCK.findall(README.read_text(encoding="utf-8"))) == shown


def test_the_paths_that_the_readme_names_exist() -> None:
    """No file or folder is named that is not there."""
    named = set(
        re.findall(r"`((?:criteria|rules|seeds|tests|benchmarks)/[\w./-]*)`", README.read_text(encoding="utf-8"))
    )
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_two_commands_are_those_of_the_makefile() -> None:
    """`make assess` and `make test` are targets."""
    makefile = Path(ROOT / "Makefile").read_text()
    for target in ("assess", "test", "bench"):
        assert re.search(rf"^{target}: ", makefile, re.MULTILINE)
