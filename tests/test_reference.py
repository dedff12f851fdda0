"""The pages of docs/reference/ that the program writes are those that it would write today."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT, Ran

GUATEMALA = ROOT / "seeds/guatemala-2007/dossier.yaml"


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


@pytest.mark.parametrize(("page", "least"), [("json.md", 800), ("files.md", 500)])
def test_every_key_has_a_sentence(page: str, least: int) -> None:
    """Of its own, or of its kind."""
    rows = re.findall(r"^\| `(.+?)` \|.*\| *(\S[^|]*)?\|$", REFERENCE.PAGES[page](), re.MULTILINE)
    assert len(rows) > least
    assert [key for key, means in rows if not means] == []


def test_every_verb_that_prints_json_is_described() -> None:
    """Each verb with `--format json` has a section of its keys, or is of a standard that the page names."""
    commands = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    helps = re.findall(r"^##+ tierengine ([a-z -]+)$(.*?)^```$", commands, re.DOTALL | re.MULTILINE)
    printing = {verb for verb, text in helps if re.search(r"--format <[a-z|]*json", text)}
    assert printing > {"assess", "ledger log", "audit fragile"}
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## ([a-z -]+)", page, re.MULTILINE))
    assert printing - sections == {"anchors"}


@pytest.mark.parametrize(
    ("words", "section"),
    [
        (("assess", GUATEMALA), "assess"),
        (("explain", GUATEMALA, "--without", "07GUATEMALA2213"), "explain"),
        (("ingest", GUATEMALA.with_name("cable.txt")), "ingest"),
        (("test", ROOT / "tests/cases/procedure.yaml"), "test"),
    ],
    ids=["assess", "explain", "ingest", "test"],
)
def test_the_keys_that_are_printed_are_those_described(
    words: tuple[str | Path, ...], section: str, tierengine: Callable[..., Ran]
) -> None:
    """Neither is a key printed that the page does not have, nor is one missing that is always there."""
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    text = re.split(r"^## |^### ", page.partition(f"\n## {section}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (yes|) \|[^|]*\|$", text, re.MULTILINE)
    printed = json.loads(tierengine(*words, "--format", "json").out).keys()
    assert {key for key, always in rows if always} <= printed <= {key for key, _ in rows}


def test_every_key_of_a_dossier_is_described() -> None:
    """What may stand at the top of a dossier stands in its table, with what it takes."""
    page = REFERENCE.files()
    for key in ("government", "as_of", "period", "records", "silences", "earlier_placements"):
        assert f"| `{key}` | " in page
    assert "any value" not in page
