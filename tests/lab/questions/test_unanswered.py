"""Questions that cannot be answered end with a message and an exit code, and nothing that looks like an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import GUATEMALA, Ran
from tierengine.engines.solver import Solver
from tierengine.errors import Problem, UndecidedError

VERBS = (("settle",), ("path", "--to", "2"), ("reasons",))


@pytest.mark.parametrize("words", VERBS, ids=lambda words: words[0])
def test_a_dossier_that_is_not_there(words: tuple[str, ...], tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """It is unusable evidence."""
    ran = tierengine(words[0], tmp_path / "none.yaml", *words[1:])
    assert (ran.code, ran.out) == (1, "")
    assert "none.yaml" in ran.err


@pytest.mark.parametrize("words", VERBS, ids=lambda words: words[0])
def test_a_law_that_is_not_encoded(words: tuple[str, ...], tierengine: Callable[..., Ran]) -> None:
    """It is said so; before the first Act there is no law."""
    ran = tierengine(words[0], GUATEMALA, *words[1:], "--as-of", "1999-01-01")
    assert (ran.code, ran.out) == (3, "")
    assert "from 2000-10-28" in ran.err


@pytest.mark.parametrize("words", VERBS, ids=lambda words: words[0])
def test_a_solver_that_gives_up(
    words: tuple[str, ...], tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is concluded and nothing is printed but that."""

    def give_up(solver: Solver, assumed: list[int]) -> None:
        raise UndecidedError([Problem(where="the solver", what="it did not decide", cure="allow more time")])

    monkeypatch.setattr(Solver, "_check", give_up)
    ran = tierengine(words[0], GUATEMALA, *words[1:])
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "the solver: it did not decide\n    allow more time\n"
