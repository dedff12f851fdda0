"""Three values, and no way to make two of them by accident."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierengine.terms.outcome import Outcome, all_of, any_of

OUTCOMES = st.sampled_from(Outcome)
COMPLETIONS = {
    Outcome.MET: (True,),
    Outcome.NOT_MET: (False,),
    Outcome.UNDETERMINED: (True, False),
}


def _of(truths: set[bool]) -> Outcome:
    return Outcome.of(truths.pop() if len(truths) == 1 else None)


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_has_no_truth(outcome: Outcome) -> None:
    """`if outcome:` is refused for all three values."""
    with pytest.raises(TypeError, match="not true or false"):
        bool(outcome)


@given(st.lists(OUTCOMES, min_size=1, max_size=5))
def test_all_of_is_what_every_completion_agrees_on(outcomes: list[Outcome]) -> None:
    """Kleene's conjunction of different things is met or not met exactly if every completion is."""
    completions = product(*(COMPLETIONS[outcome] for outcome in outcomes))
    assert all_of(outcomes) is _of({all(truths) for truths in completions})


@given(st.lists(OUTCOMES, min_size=1, max_size=5))
def test_any_of_is_what_every_completion_agrees_on(outcomes: list[Outcome]) -> None:
    """Kleene's disjunction of different things is met or not met exactly if every completion is."""
    completions = product(*(COMPLETIONS[outcome] for outcome in outcomes))
    assert any_of(outcomes) is _of({any(truths) for truths in completions})


@given(OUTCOMES, OUTCOMES)
def test_operators_are_the_functions(one: Outcome, other: Outcome) -> None:
    """`&`, `|` and `~` say the same as the functions, and De Morgan's law holds."""
    assert (one & other) is all_of([one, other])
    assert (one | other) is any_of([one, other])
    assert ~(one & other) is (~one | ~other)


def test_nothing_at_all() -> None:
    """An empty conjunction is met and an empty disjunction is not; rules may not contain either."""
    assert all_of([]) is Outcome.MET
    assert any_of([]) is Outcome.NOT_MET
