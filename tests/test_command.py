"""The command as it is installed: what it loads, what it says of itself, and that the law travels with it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from tests.conftest import GUATEMALA, ROOT, Ran, read_once
from tierengine.cli.app import VERBS, app
from tierengine.engines import measured
from tierengine.engines.measured import PYTHONS, check_python
from tierengine.errors import UsageError
from tierengine.law.reader import read_rulebook
from tierengine.reasoning.assess import VERSION

LOADED = """
import json, sys
from tierengine.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def loaded_by(*words: object) -> set[str]:
    """The packages that a verb loads."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *map(str, words)], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    )
    return set(json.loads(ran.stderr.splitlines()[-1]))


def test_the_help_loads_no_verb() -> None:
    """Neither models, nor the law, nor the ledger."""
    assert not loaded_by("--help") & {"pydantic", "yaml", "sqlalchemy", "docx", "pysat", "numpy", "durable"}


def test_a_verb_loads_what_it_needs() -> None:
    """To assess takes the rules engine and the solver, and no ledger, no reader of other formats, no typesetting."""
    loaded = loaded_by("assess", GUATEMALA)
    assert {"pydantic", "durable_rules_engine"} <= loaded
    assert not loaded & {"sqlalchemy", "cryptography", "docx", "lxml", "pypdfium2", "typst", "prov", "numpy", "pyarrow"}


@pytest.mark.parametrize("name", VERBS)
def test_the_list_of_verbs_says_what_each_says_of_itself(name: str) -> None:
    """The list is written by hand so that no verb need be loaded; it says the same as the verb."""
    verb = typer.main.get_command(app).get_command(None, name)  # type: ignore[attr-defined]  # a group
    first = re.match(r".*?[.?](?= |$)", (verb.help or "").split("\n\n")[0].replace("\n", " "))
    assert first is not None
    assert VERBS[name].says == first[0]
    if verb.callback is not None and type(verb).__name__ != "TyperGroup":
        assert verb.callback.__module__ == f"tierengine.cli.{VERBS[name].module}"


def test_every_verb_is_listed(tierengine: Callable[..., Ran]) -> None:
    """Whatever a module of verbs adds to the root stands in the list."""
    for module in {verb.module for verb in VERBS.values()}:
        __import__(f"tierengine.cli.{module}")
    assert set(typer.main.get_group(app).commands) == set(VERBS)
    assert all(f"\n  {name} " in tierengine("--help").out for name in VERBS)


@pytest.mark.parametrize("group", [(), ("audit",), ("law",), ("ledger",), ("people",), ("witness",)])
def test_no_list_of_verbs_breaks_off(tierengine: Callable[..., Ran], group: tuple[str, ...]) -> None:
    """What a verb does is said within the line that the list has for it."""
    _, *lines = tierengine(*group, "--help").out.splitlines()
    assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (("compare",), "compare [OPTIONS] BEFORE [AFTER]"),
        (("draft",), "draft [OPTIONS] SOURCE..."),
        (("ledger", "keep"), "ledger keep [OPTIONS] ENTRY FILE"),
    ],
)
def test_usage_writes_what_must_be_given_as_it_is(
    tierengine: Callable[..., Ran], words: tuple[str, ...], usage: str
) -> None:
    """Brackets are around what may be left out, and there are no other signs that one might type."""
    assert tierengine(*words, "--help").out.split("\n")[0].endswith(f" {usage}")


@pytest.mark.parametrize(
    "words",
    [
        ("draft", "note.txt", "--country", "GT", "--report"),
        ("roll", GUATEMALA, "--report"),
        ("clocks", "--year"),
        ("history", ROOT / "tests" / "data" / "tier_history.csv", "--year"),
        ("year",),
    ],
)
@pytest.mark.parametrize("year", ["0", "1850", "9999", "19", "2019.5", "soon"])
def test_a_year_that_is_none(words: tuple[object, ...], year: str, tierengine: Callable[..., Ran]) -> None:
    """Every verb that takes the year of a report refuses it in the same words, with how one is written."""
    more = (ROOT / "seeds",) if words == ("year",) else ()
    ran = tierengine(*words, year, *more)
    assert (ran.code, ran.out) == (2, "")
    option = "YEAR" if more else words[-1]
    assert ran.err == f"{option}: `{year}` is no year of a report\n    write the year with four digits, such as 2007\n"


def test_the_version(tierengine: Callable[..., Ran]) -> None:
    """Of the program, and the digest of the law."""
    ran = tierengine("--version")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"tierengine {VERSION}\nlaw {read_once(ROOT).digest}\n"


def test_a_new_rulebook_is_the_law(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """It is copied as a whole, lint finds it sound, and a folder that is there is left as it is."""
    copy = tmp_path / "mine"
    ran = tierengine("new-rulebook", copy)
    assert (ran.code, ran.err) == (0, "")
    assert read_rulebook(copy).digest == read_once(ROOT).digest
    assert read_once(ROOT).digest in ran.out
    again = tierengine("new-rulebook", copy)
    assert (again.code, again.out) == (2, "")
    assert "is there already" in again.err
    nowhere = tierengine("new-rulebook", tmp_path / "no" / "where")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_the_law_travels_in_the_wheel(tmp_path: Path) -> None:
    """A wheel that is unpacked elsewhere assesses a dossier in any folder, under the same law."""
    project = tmp_path / "project"
    for folder in ("tierengine", "criteria", "rules"):
        shutil.copytree(ROOT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md"):
        shutil.copy(ROOT / name, project / name)
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, project],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in GUATEMALA.parent.iterdir():
        (elsewhere / path.name).write_bytes(path.read_bytes())
    program = (
        "import tierengine, sys; print(tierengine.__file__, file=sys.stderr)\nfrom tierengine.cli import main\nmain()"
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=elsewhere,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "installed"), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        )

    ran = run("assess", "dossier.yaml", "--format", "json")
    assert ran.returncode == 4, ran.stderr
    assert str(tmp_path / "installed") in ran.stderr
    assert json.loads(ran.stdout)["receipt"]["rulebook"] == read_once(ROOT).digest
    assert run("--version").stdout == f"tierengine {VERSION}\nlaw {read_once(ROOT).digest}\n"


# --- the Pythons that it runs on --------------------------------------------------------------------------------------


def test_the_pythons_are_the_same_everywhere() -> None:
    """Those that the engine was measured on are those that may install it, that `make` looks for, and that it names."""
    names = [f"{major}.{minor}" for major, minor in PYTHONS]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (major, first), (_, last) = PYTHONS[0], PYTHONS[-1]
    assert project["requires-python"] == f">={major}.{first},<{major}.{last + 1}"
    language = "Programming Language :: Python :: "
    assert [word.removeprefix(language) for word in project["classifiers"] if word.startswith(language)] == names
    sought = re.search(r"^PYTHONS := ([\d. ]+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sought is not None
    assert sought[1].split() == names[::-1]
    install = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d\.\d+) \|", install, re.MULTILINE) == names


@pytest.mark.parametrize("python", [(3, 10), (PYTHONS[-1][0], PYTHONS[-1][1] + 1), (4, 0)])
def test_a_python_that_was_not_measured_is_refused(python: tuple[int, int]) -> None:
    """Older and newer ones alike; it is said which will do."""
    with pytest.raises(UsageError, match=rf"Python {python[0]}\.{python[1]}: the rules engine was not measured on it"):
        check_python(python)
    for good in PYTHONS:
        check_python(good)


def test_the_program_does_not_start_on_it(tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Usage, said in two lines, and nothing is printed; a program that uses it as a library gets the same."""
    monkeypatch.setattr(measured, "PYTHONS", ((2, 6), (2, 7)))
    ran = tierengine("assess", GUATEMALA)
    assert (ran.code, ran.out) == (2, "")
    assert "was not measured on it" in ran.err
    assert ran.err.endswith("run tierengine with Python 2.6 or 2.7\n")


@pytest.mark.parametrize(("given", "found"), [("false", "false"), ("", "none of them")])
def test_make_says_which_pythons_will_do(given: str, found: str, tmp_path: Path) -> None:
    """Nothing is set up with another."""
    words = ["make", f"PYTHON={given}", f"VENV={tmp_path / 'venv'}", str(tmp_path / "venv" / "installed")]
    ran = subprocess.run(words, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert ran.returncode != 0
    assert f"and {found} was found;\ninstall one of these, or run: make PYTHON=" in ran.stdout
    assert not list(tmp_path.iterdir())
