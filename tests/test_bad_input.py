"""One bad file per way of being wrong: what is said, where, and with which exit code.

The first line of each file holds what must be said; of a bad rulebook file, the second line holds where it
would stand in the small rulebook of the tests.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SMALL, Ran

BAD = Path(__file__).parent / "bad"
CASES = sorted((BAD / "cases").glob("*.yaml"))
DOSSIERS = sorted(path for path in (BAD / "dossier").glob("*.yaml") if path.name != "good.yaml")
RULEBOOKS = sorted((BAD / "rulebook").glob("*.yaml"))
ONLY_LINT = {
    "failing-example",
    "coherence-failing-example",
    "dead-part",
    "part-that-never-fails",
    "part-covered-by-its-siblings",
    "part-implied-by-its-siblings",
    "counted-part-that-never-decides",
    "level-that-nothing-stops-at",
    "condition-that-never-holds",
    "direction-that-does-not-hold",
    "direction-undeclared",
    "proposal-failing-example",
    "proposal-rule-without-example",
    "proposal-rule-that-never-speaks",
    "proposal-that-better-evidence-worsens",
}
"""What no answer becomes wrong by: `lint` reports it, and `assess` goes on."""


def _comments(path: Path) -> list[str]:
    lines = path.read_bytes().split(b"\n")[:2]
    return [line.decode("utf-8").removeprefix("# ") for line in lines if line.startswith(b"#")]


def test_the_sound_dossier_is_sound(tierengine: Callable[..., Ran]) -> None:
    """The file from which the bad ones differ in one thing has nothing wrong with it."""
    ran = tierengine("check", BAD / "dossier" / "good.yaml", "--rulebook", SMALL)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda path: path.stem)
def test_bad_dossier(path: Path, tierengine: Callable[..., Ran]) -> None:
    """A bad dossier ends with 1 and is reported with file, line, what is wrong and the cure; nothing is printed."""
    ran = tierengine("check", path, "--rulebook", SMALL)
    for expected in _comments(path)[0].split(" | "):
        assert expected in ran.err
    assert (ran.code, ran.out) == (1, "")
    for where, cure in _problems(ran.err):
        assert re.match(r"[\w.-]+:\d+:\d+: \S", where), where
        assert cure


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_bad_rulebook(path: Path, tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A bad rulebook ends with 3, is reported in the same way, and is refused by `assess` as well."""
    expected, place = _comments(path)
    folder = tmp_path / "rulebook"
    shutil.copytree(SMALL, folder)
    (folder / place).parent.mkdir(exist_ok=True)
    shutil.copy(path, folder / place)
    ran = tierengine("lint", folder)
    assert expected in ran.err
    assert (ran.code, ran.out) == (3, "")
    for where, cure in _problems(ran.err):
        assert re.match(r"(criteria|rules)/[\w./-]+(:\d+:\d+): \S", where), where
        assert cure
    answer = json.loads(tierengine("lint", folder, "--format", "json").out)
    assert [f"{each['where']}: {each['what']}" for each in answer] == [where for where, _ in _problems(ran.err)]
    assert [f"{each['file']}:{each['line']}:{each['column']}" for each in answer] == [each["where"] for each in answer]
    refused = tierengine("assess", BAD / "dossier" / "good.yaml", "--rulebook", folder).code == 3
    assert refused == (path.stem not in ONLY_LINT)


def test_the_sound_rulebooks_are_sound(tierengine: Callable[..., Ran]) -> None:
    """Neither the rulebook of the project nor the one from which the bad ones differ has anything wrong with it."""
    for words in ((), (SMALL,)):
        ran = tierengine("lint", *words)
        assert (ran.code, ran.err) == (0, "")
    assert json.loads(tierengine("lint", SMALL, "--format", "json").out) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_bad_cases(path: Path, tierengine: Callable[..., Ran]) -> None:
    """A file of cases that cannot be run ends with 1 and is reported in the same way; no case of it is run."""
    ran = tierengine("test", path, "--rulebook", SMALL)
    for expected in _comments(path)[0].split(" | "):
        assert expected in ran.err
    assert (ran.code, ran.out) == (1, "")
    for where, cure in _problems(ran.err):
        assert re.match(rf".*{path.stem}\.yaml:\d+:\d+: \S", where), where
        assert cure


def test_all_problems_at_once(tierengine: Callable[..., Ran]) -> None:
    """Two mistakes in two records are reported in one run."""
    ran = tierengine("check", BAD / "dossier" / "many-at-once.yaml", "--rulebook", SMALL)
    assert len(_problems(ran.err)) == 2


def test_classified_text_is_not_repeated(tierengine: Callable[..., Ran]) -> None:
    """What is said of a classified cable holds none of its words."""
    for words in (
        ("check", BAD / "dossier" / "classified.yaml", "--rulebook", SMALL),
        ("ingest", BAD / "dossier" / "classified.txt"),
    ):
        ran = tierengine(*words)
        assert ran.code == 1
        assert "foundation" not in ran.err + ran.out


def _problems(err: str) -> list[tuple[str, str]]:
    """The problems that were reported: each a line with its place, and an indented line with its cure."""
    lines = err.splitlines()
    assert len(lines) % 2 == 0
    assert all(line.startswith("    ") for line in lines[1::2])
    return [(where, cure.strip()) for where, cure in zip(lines[::2], lines[1::2], strict=True)]
