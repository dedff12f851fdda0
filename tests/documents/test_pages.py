"""The page on documents shows what the commands print."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran
from tests.documents.conftest import templates

PAGE = ROOT / "docs" / "how-to" / "documents.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def _said(output: str, shown: str) -> bool:
    """Whether an output begins as is shown; `...` stands for lines that are left out."""
    at = 0
    for number, piece in enumerate(re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)):
        found = output.find(piece, at)
        if found < 0 or (number == 0 and found != 0):
            return False
        at = found + len(piece)
    return True


def test_the_page_shows_what_is_printed(
    tierengine: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the page, run in its order."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for command, shown in re.findall(r"^\$ tierengine (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            found = tierengine(*shlex.split(command))
            assert _said(found.out + found.err, shown), (command, found)
            ran += 1
    assert ran > 4


def test_every_kind_is_on_the_page() -> None:
    """The table of kinds names each, and no other."""
    named = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) == set(templates().names)


def test_where_each_required_part_stands() -> None:
    """The table of the reference names parts that there are, and every part that a clause requires."""
    text = (ROOT / "docs" / "reference" / "documents.md").read_text(encoding="utf-8")
    table = text.split("| Clause |")[1].split("\n\n")[0]
    stated: set[tuple[str, str]] = set()
    kind = ""
    for row in table.splitlines()[2:]:
        _, _, named, parts = (cell.strip() for cell in row.strip("|").split("|"))
        kind = named.strip("`") or kind
        stated |= {(kind, part.strip()) for part in parts.split(";")}
    in_force = [each for each in templates().kinds if each.in_force.until is None]
    known = {(each.id, part.heading): part.required_by for each in in_force for part in each.parts}
    assert stated <= known.keys()
    assert {name for name, required_by in known.items() if required_by is not None} <= stated
