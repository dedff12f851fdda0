"""What a program sees of tierengine, and what the command line does when the evaluators disagree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import tierengine as package
from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine.cli import assess as verbs
from tierengine.errors import MismatchError, Problem


def test_the_front_door_lists_what_it_holds() -> None:
    """Each exported name exists and has a docstring; the list is sorted."""
    assert list(package.__all__) == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name).__doc__


def test_three_calls_from_dossier_to_recommendation() -> None:
    """A program reads a rulebook and a dossier, and assesses."""
    rulebook = package.read_rulebook(ROOT)
    assessment = package.assess(package.read_dossier(GUATEMALA), rulebook)
    assert assessment.recommendation.tier == "2WL"


def test_a_mismatch_ends_with_3_and_keeps_both_traces(
    tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No recommendation is printed; the traces of both evaluators lie in a file that is named."""

    def disagree(*_: object) -> None:
        raise MismatchError([Problem(where="here", what="they differ", cure="report it")], {"one": 1, "other": 2})

    monkeypatch.setattr(verbs, "assess_casefile", disagree)
    monkeypatch.chdir(tmp_path)
    ran = tierengine("assess", GUATEMALA)
    assert (ran.code, ran.out) == (3, "")
    (kept,) = tmp_path.glob("mismatch-*.json")
    assert kept.name in ran.err
    assert json.loads(kept.read_text()) == {"one": 1, "other": 2}


def test_a_criterion_is_shown_as_it_stands_today(tierengine: Callable[..., Ran]) -> None:
    """Without a date, `show` takes the law after its last change."""
    assert "22 USC 7106(b)(9)" in tierengine("show", "F-PARTNERSHIP").out
    assert "demonstrably increasing capacity" in tierengine("show", "F-PROSECUTE").out


@pytest.mark.parametrize("words", [(), ("nonsense",), ("assess",), ("assess", "x", "--format", "pdf"), ("show",)])
def test_wrong_usage_ends_with_2(words: tuple[str, ...], tierengine: Callable[..., Ran]) -> None:
    """A missing or unknown word ends with 2, without a traceback."""
    ran = tierengine(*words)
    assert ran.code == 2
    assert "Traceback" not in ran.err + ran.out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("show", "F-NOTHING"), 2, "is called `F-NOTHING`"),
        (("show", "MS1", "--as-of", "yesterday"), 2, "`yesterday` is not a date"),
        (("show", "MS1", "--as-of", "1999-01-01"), 3, "no version is encoded"),
        (("explain", GUATEMALA, "--open", "--decisive"), 2, "one of them at a time"),
        (("assess", "no-such.yaml"), 1, "cannot be opened"),
        (("ingest", "no-such.txt"), 1, "cannot be opened"),
        (("lint", "no-such-folder"), 3, "there is no such folder"),
    ],
)
def test_each_kind_of_mistake_has_its_code(
    words: tuple[object, ...], code: int, message: str, tierengine: Callable[..., Ran]
) -> None:
    """Evidence 1, usage 2, law 3; reported on standard error, with nothing printed beside it."""
    ran = tierengine(*words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
