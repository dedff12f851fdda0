"""The structure that docs/explanation/structure.md draws is the structure of the code."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch

from tests.conftest import ROOT


def test_every_module_has_its_place() -> None:
    """Each module and room of the package stands in a layer of the import contract, so that none is left unplaced."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    placed = {name.strip().removeprefix("tierengine.") for layer in contracts[0]["layers"] for name in layer.split("|")}
    package = ROOT / "tierengine"
    found = {path.stem for path in package.glob("*.py") if path.stem != "__init__"}
    found |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert found == placed


def test_the_drawing_shows_every_room() -> None:
    """Each room of the package is named in the picture of how it is built."""
    drawing = (ROOT / "docs" / "explanation" / "structure.md").read_text(encoding="utf-8")
    for path in (ROOT / "tierengine").glob("*/__init__.py"):
        assert f"\n      {path.parent.name}/ " in drawing, path.parent.name
    for path in (ROOT / "tierengine").glob("*/*/__init__.py"):
        assert f"\n        {path.parent.name}/ " in drawing, path.parent.name


def test_every_package_is_installed() -> None:
    """Each room is found by the build, so that an installed tierengine is whole."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    rooms = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "tierengine").rglob("__init__.py")}
    assert all(any(fnmatch(room, pattern) for pattern in found) for room in rooms)
    holding = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "tierengine").rglob("*.py")}
    assert holding == rooms  # a folder of modules without __init__.py would be left out


def test_no_room_is_called_after_nothing() -> None:
    """No module has a name that says nothing of what it holds."""
    empty = re.compile(r"^(utils?|helpers?|common|base|manager|handler|processor|data|info|misc)$")
    assert not [path for path in (ROOT / "tierengine").rglob("*.py") if empty.match(path.stem)]
