"""What the tests share: the command line as a user types it, and the two rulebooks."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tierengine import cli
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook

# A loaded machine is no fault of the code, and what passes here passes everywhere: every run draws the same cases.
# New ones are drawn by: pytest --hypothesis-profile=explore
settings.register_profile("tierengine", deadline=None, derandomize=True)
# A failing case is shown at once, and not made smaller first, by: pytest --hypothesis-profile=first
settings.register_profile("explore", deadline=None, derandomize=False)
settings.register_profile("first", deadline=None, derandomize=True, phases=[Phase.generate])
settings.load_profile("tierengine")

ROOT = Path(__file__).resolve().parent.parent
SMALL = ROOT / "tests" / "small"
GUATEMALA = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"


Golden = Callable[[dict[str, list[str]], str], None]
"""Holds lines under their names against those of a file of `tests/golden`; with --reset-golden it writes them."""


@cache
def read_once(folder: Path) -> Rulebook:
    """The rulebook of a folder that no test changes: it is read and checked once for all of them."""
    return read_rulebook(folder)


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def found_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which both rulebooks were found sound."""
    folder = tmp_path_factory.mktemp("found-sound")
    for rulebook in (ROOT, SMALL):
        read_rulebook(rulebook, cache=folder)
    return folder


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, found_sound: Path) -> Path:
    """The cache of this test alone; it begins with what was found sound."""
    folder = Path(tempfile.mkdtemp(dir=found_sound.parent))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return shutil.copytree(found_sound, folder / "tierengine", copy_function=os.link)


@pytest.fixture
def tierengine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_cache: Path
) -> Callable[..., Ran]:
    """Run the command line in this process, with a cache of its own."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["tierengine", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook of the project."""
    return read_once(ROOT)


@pytest.fixture(scope="session")
def small() -> Rulebook:
    """The small rulebook that the tests make up."""
    return read_once(SMALL)


@pytest.fixture(scope="session")
def guatemala() -> Casefile:
    """The real dossier."""
    return read_dossier(GUATEMALA)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """What holds lines against a file of `tests/golden`."""

    def hold(found: dict[str, list[str]], file: str) -> None:
        path = ROOT / "tests" / "golden" / file
        text = "\n".join("\n".join([f"# {name}", *(lines or ["nothing"]), ""]) for name, lines in found.items())
        if request.config.getoption("--reset-golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return hold


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command that writes golden results anew."""
    parser.addoption("--reset-golden", action="store_true", help="write tests/golden anew; review the difference")
