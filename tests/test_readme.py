"""The README shows what the commands really print."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine.law import conditions

README = ROOT / "README.md"
Run = Callable[..., Ran]
BLOCK = re.compile(r"<!-- output: (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())


def _history(tierengine: Run) -> str:
    head, *lines = tierengine("history", ROOT / "tests" / "data" / "tier_history.csv").out.splitlines()
    return "\n".join([head, *(line for line in lines if " no waiver is recorded" in line), "", *lines[-2:]])


def _words(_tierengine: Run) -> str:
    lines = (conditions.__doc__ or "").splitlines()[2:]
    return "\n".join(line.removeprefix("    ") for line in lines if line)


SHOWN: dict[str, Callable[[Run], str]] = {
    "assess": lambda run: "\n".join(run("assess", GUATEMALA).out.splitlines()[:36]),
    "help": lambda run: run("--help").out,
    "why-not": lambda run: run("explain", GUATEMALA, "--why-not", "2").out,
    "law-diff": lambda run: run("law", "diff", "2007-11-09", "2008-06-04").out,
    "history": _history,
    "reasons": lambda run: run("reasons", GUATEMALA, "--why-not", "2").out,
    "prove": lambda run: run("prove", "--as-of", "2007-11-09").out,
    "words": _words,
}
"""What the README must show under each name."""


def test_the_readme_shows_real_output(tierengine: Callable[..., Ran], request: pytest.FixtureRequest) -> None:
    """Each block of output is what the command prints today; --reset-golden writes them anew."""
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
