"""What cannot be written as rules is refused, with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.test_three_readings import law_around
from tierengine.engines.lowering import WIDEST, lower
from tierengine.errors import Problem, RulebookError

YES, DRAFT = {"indicator": "C_0", "is": "true"}, {"indicator": "C_2", "is": "draft"}


def either(number: int) -> dict[str, Any]:
    """One of two numbers that no other condition asks for."""
    return {"any": ({"indicator": "C_1", "at_least": str(number)}, {"indicator": "C_4", "at_least": str(number)})}


def refusal(when: dict[str, Any]) -> tuple[Problem, ...]:
    """What is said of a condition that cannot be written as rules."""
    with pytest.raises(RulebookError) as refused:
        lower(law_around(when))
    return refused.value.problems


def test_a_condition_that_needs_too_many_cases() -> None:
    """Five times one of two are just as many cases as may be; six times are too many, to hold or to fail."""
    several = tuple(either(number) for number in range(1, 7))
    assert WIDEST == 2**5
    lower(law_around({"all": several[:5]}))
    cure = "give a part of it a name of its own under `conclusions`, and ask for that"
    what = "the condition needs 64 cases to write out, more than 32"
    assert refusal({"all": several}) == (Problem(where="`D/met`", what=what, cure=cure),)
    assert refusal({"not": {"all": several}}) == (Problem(where="`D/met`", what=what, cure=cure),)


def test_a_count_of_what_is_made_of_several() -> None:
    """Only single conditions are counted, whichever way one is made of several."""
    problem = Problem(
        where="`D/met`",
        what="`some` counts a condition that is made of several",
        cure="give that condition a name of its own under `conclusions`, and list it under `of`",
    )
    for part in ({"all": (YES, DRAFT)}, {"any": (YES, DRAFT)}, {"not": {"all": (YES, DRAFT)}}):
        assert refusal({"some": {"at_least": "1", "of": (YES, part)}}) == (problem,)


def test_entries_that_ask_for_each_other() -> None:
    """All that cannot be decided are named, also those that only rest on the circle."""
    problem = Problem(
        where="`D/met`",
        what="these ask for each other in a circle: D/met, E/met, E/presumed, asked, denied",
        cure="remove one of the references, so that each rests on what is decided before it",
    )
    assert refusal({"conclusion": "asked"}) == (problem,)
