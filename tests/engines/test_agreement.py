"""Two evaluators that agree give one answer; two that do not give none."""

from __future__ import annotations

import pytest

from tierengine.engines.agreement import AgreedEngine
from tierengine.engines.form import Evaluation, Facts
from tierengine.errors import MismatchError


class Says:
    """An engine that finds the same whatever it is asked, and keeps what it was asked."""

    def __init__(self, settled: dict[str, bool], *fired: str) -> None:
        self.found = Evaluation(settled, fired)
        self.asked: list[Facts] = []

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what it always finds."""
        self.asked.append(facts)
        return self.found


def test_what_both_find_is_the_answer() -> None:
    """Both are asked the same, and one of the equal findings is given."""
    first, second = Says({"p": True}, "r"), Says({"p": True}, "r")
    assert AgreedEngine(first, second).evaluate({"a": 1}) == Evaluation({"p": True}, ("r",))
    assert first.asked == second.asked == [{"a": 1}]


@pytest.mark.parametrize(
    ("second", "named"),
    [
        (Says({"p": False, "q": True}, "r", "s"), "`p`, `p`"),
        (Says({"q": True}, "r", "s"), "`p`"),
        (Says({"o": True, "p": True, "q": True}, "r", "s"), "`o`"),
        (Says({"p": True, "q": True}, "r"), "rule `s`"),
        (Says({"p": True, "q": False}, "a", "s", "t"), "`q`, `q`, rule `a`, rule `r`, rule `t`"),
    ],
    ids=["the other way", "one fewer", "one more", "a rule fewer", "all of it"],
)
def test_a_difference_is_no_answer(second: Says, named: str) -> None:
    """Whatever differs is named in the order of the names, and the error keeps what was asked and what each found."""
    with pytest.raises(MismatchError) as refusal:
        AgreedEngine(Says({"p": True, "q": True}, "r", "s"), second).evaluate({"a": 1})
    assert str(refusal.value) == (
        f"the two evaluators: they disagree on {named}\n    do not use this determination; send the dossier and both"
        " traces to those who maintain tierengine"
    )
    assert refusal.value.traces == {
        "facts": {"a": 1},
        "engine of record": {"settled": {"p": True, "q": True}, "fired": ("r", "s")},
        "second engine": {"settled": second.found.settled, "fired": second.found.fired},
    }
