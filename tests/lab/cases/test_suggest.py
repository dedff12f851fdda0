"""Suggested cases: they run as they are written, fill what was missing, and differ in one answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, SMALL, Ran, read_once
from tierengine.lab.cases.coverage import Book
from tierengine.lab.cases.pairs import Pairs
from tierengine.lab.cases.suggest import Suggestion, suggest
from tierengine.lab.cases.suite import PlacedCase, read_suite
from tierengine.lab.cases.trial import Trials
from tierengine.law.linter import conditions
from tierengine.law.reader import read_draft
from tierengine.reports.cases import as_yaml

NOTHING = "cases: [{name: a, as_of: 2007-06-12, given: {}, expect: {open: [1, 2, 2WL, 3, unranked]}}]\n"


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """A file with a case of a country of which nothing is known."""
    path = tmp_path / "nothing.yaml"
    path.write_text(NOTHING)
    return path


def _answers(case: PlacedCase) -> dict[tuple[str, str], Any]:
    assert case.case.given is not None
    written = case.case.given.model_dump()
    flat = {(section, name): word for section in written for name, word in _items(written[section])}
    return {key: word for key, word in flat.items() if word is not None}


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else [("", value)]


def _suggested_for_the_project() -> tuple[list[Suggestion], Book]:
    """Suggestions for the law of every date where there is no case and no example."""
    book = Book(read_once(ROOT), read_draft(ROOT).placed)
    return list(suggest(book, Trials())), book


def test_suggestions_for_the_law_of_every_date(tmp_path: Path) -> None:
    """They pass as written, cover the whole law, differ in one answer, and no condition of the law is dead."""
    suggested, book = _suggested_for_the_project()
    assert not book.coverage().missing
    assert all(each.pair is not None for each in suggested)
    path = tmp_path / "suggested.yaml"
    path.write_text(as_yaml(suggested), encoding="utf-8")
    cases, trials = read_suite(path, read_once(ROOT)).cases, Trials()
    assert len(cases) == 2 * len(suggested)
    assert not [failure for case in cases for failure in trials.run(case).failures]
    for on, beside in zip(cases[::2], cases[1::2], strict=True):
        here, there = _answers(on), _answers(beside)
        assert here.keys() == there.keys()
        assert len([key for key in here if here[key] != there[key]]) == 1
        assert on.case.expect.findings != beside.case.expect.findings
        assert on.case.sketch is not None
        assert on.case.sketch.count("This is what it turns on.") == 1


def test_the_command_writes_a_file_that_runs(tierengine: Callable[..., Ran], nothing: Path, tmp_path: Path) -> None:
    """The written file passes, and with it nothing is missing."""
    written = tmp_path / "suggested.yaml"
    done = tierengine("test", nothing, "--suggest", "--output", written, "--rulebook", SMALL)
    assert (done.code, done.err) == (0, "")
    assert "0 conditions change nothing" in " ".join(done.out.split())
    text = written.read_text(encoding="utf-8")
    expecting = [line for line in text.splitlines() if "expect:" in line]
    assert expecting
    assert all(line.endswith("# check: written from what the rules say today") for line in expecting)
    assert isinstance(yaml.safe_load(text)["cases"], list)
    again = tierengine("test", tmp_path, "--coverage", "--rulebook", SMALL)
    assert again.code == 0
    assert "every edge has a case on both sides" in " ".join(again.out.split())
    assert "no case is missing" in tierengine("test", tmp_path, "--suggest", "--rulebook", SMALL).out


def test_without_a_file_the_cases_are_printed(tierengine: Callable[..., Ran], nothing: Path) -> None:
    """As YAML, or as JSON with the place of each."""
    printed = tierengine("test", nothing, "--suggest", "--rulebook", SMALL)
    assert (printed.code, printed.err) == (0, "")
    pairs = len(yaml.safe_load(printed.out)["cases"]) // 2
    answer = json.loads(tierengine("test", nothing, "--suggest", "--format", "json", "--rulebook", SMALL).out)
    assert len(answer) == pairs
    assert all(each["covered"]["where"].count(":") == 2 and len(each["pair"]) == 2 for each in answer)


def test_a_dead_condition_is_said_to_be_dead(tierengine: Callable[..., Ran], nothing: Path, tmp_path: Path) -> None:
    """A condition that another one makes needless gets no pair; that is said, with its place."""
    folder = tmp_path / "rulebook"
    shutil.copytree(SMALL, folder)
    path = folder / "criteria" / "GROUND" / "2000-10-28.yaml"
    needless = "{all: [{indicator: increase, is: false}, {indicator: promises, at_least: 9}]}"
    text = path.read_text(encoding="utf-8").replace("{indicator: promises, at_least: 9}", needless)
    path.write_text(text, encoding="utf-8")
    done = tierengine("test", nothing, "--suggest", "--rulebook", folder)
    assert done.code == 0
    dead = [line for line in done.out.splitlines() if line.startswith("# no case can show it")]
    assert dead
    assert all("criteria/GROUND/2000-10-28.yaml:24:" in line for line in dead)
    assert any("promises at least 9" in line for line in dead)
    assert yaml.safe_load(done.out)["cases"]


def test_a_pair_differs_because_of_its_condition() -> None:
    """Where one answer bears on a rule in two ways, the pair lies where this condition decides."""
    book = read_once(ROOT)
    for criterion in book.criteria:
        for path, condition in conditions(criterion):
            if (
                condition.name == "victims_in_country"
                and condition.at_least == "100"
                and criterion.part == "watch list"
            ):
                law = book.whole_for(criterion)
                assert law is not None
                found = Pairs(law, law.criterion(criterion.id)).find(path)
                assert found is not None
                sides = [
                    (each.indicators["victims_in_country"], each.indicators.get("victims_last_year", "0"))
                    for each in (found.on, found.beside)
                ]
                assert [int(now) > int(before) for now, before in sides] in ([True, True], [False, False])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--coverage", "--suggest"), "--coverage and --suggest"),
        (("--output", "x.yaml"), "--output without --suggest"),
    ],
)
def test_options_that_do_not_go_together(
    words: tuple[str, ...], message: str, tierengine: Callable[..., Ran], nothing: Path
) -> None:
    """They are refused before anything is run."""
    done = tierengine("test", nothing, *words, "--rulebook", SMALL)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize(
    ("name", "message"), [("nothing.yaml", "there is such a file already"), ("no/x.yaml", "cannot be")]
)
def test_no_file_is_overwritten(
    name: str, message: str, tierengine: Callable[..., Ran], nothing: Path, tmp_path: Path
) -> None:
    """A file that is there is kept, and one that cannot be written is refused."""
    done = tierengine("test", nothing, "--suggest", "--output", tmp_path / name, "--rulebook", SMALL)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert nothing.read_text() == NOTHING
