"""The pages of docs/reference/ that the program writes are those that it would write today."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for it there
    spec.loader.exec_module(module)
    return module


REFERENCE = _script()


@pytest.mark.parametrize("name", REFERENCE.PAGES)
def test_a_page_is_what_the_program_knows(name: str, request: pytest.FixtureRequest) -> None:
    """`make reference` (or --reset-golden) writes it anew where the program has changed."""
    page = Path(REFERENCE.FOLDER) / name
    written = REFERENCE.PAGES[name]()
    if request.config.getoption("--reset-golden"):
        page.write_text(written, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == written


def test_every_key_of_a_dossier_is_described() -> None:
    """What may stand at the top of a dossier stands in its table, with what it takes."""
    page = REFERENCE.files()
    for key in ("government", "as_of", "period", "records", "silences", "earlier_placements"):
        assert f"| `{key}` | " in page
    assert "any value" not in page
