"""The README shows what the commands really print."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine.law import conditions

README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- output: (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())


def _shown(name: str, tierengine: Callable[..., Ran]) -> str:
    """What the README must show under a name."""
    if name == "assess":
        return "\n".join(tierengine("assess", GUATEMALA).out.splitlines()[:36])
    if name == "help":
        return tierengine("--help").out
    if name == "law-diff":
        return tierengine("law", "diff", "2007-11-09", "2008-06-04").out
    if name == "history":
        head, *lines = tierengine("history", ROOT / "tests" / "data" / "tier_history.csv").out.splitlines()
        return "\n".join([head, *(line for line in lines if " no waiver is recorded" in line), "", *lines[-2:]])
    if name == "why-not":
        return tierengine("explain", GUATEMALA, "--why-not", "2").out
    assert name == "words"
    lines = (conditions.__doc__ or "").splitlines()[2:]
    return "\n".join(line.removeprefix("    ") for line in lines if line)


def test_the_readme_shows_real_output(tierengine: Callable[..., Ran], request: pytest.FixtureRequest) -> None:
    """Each block of output is what the command prints today; --reset-golden writes them anew."""
    names = ("assess", "help", "why-not", "law-diff", "history", "words")
    shown = {name: "\n" + _indented(_shown(name, tierengine)) + "\n" for name in names}
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
