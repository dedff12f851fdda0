"""The three-valued answer to a criterion or standard."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Outcome(Enum):
    """Met, not met or undetermined, combined as in Kleene's strong logic.

    An outcome has no truth value of its own: `if outcome:` would turn undetermined into one of the
    other two, so `bool(outcome)` raises `TypeError`. Compare with `is Outcome.MET` instead.
    """

    MET = "met"
    NOT_MET = "not met"
    UNDETERMINED = "undetermined"

    def __bool__(self) -> NoReturn:
        raise TypeError("an outcome is not true or false; compare it with Outcome.MET, NOT_MET or UNDETERMINED")

    def __invert__(self) -> Outcome:
        return _NEGATION[self]

    def __and__(self, other: Outcome) -> Outcome:
        return all_of((self, other))

    def __or__(self, other: Outcome) -> Outcome:
        return any_of((self, other))

    @staticmethod
    def of(known: bool | None) -> Outcome:
        """Return the outcome of a proposition that is known true, known false, or not known (`None`)."""
        return _OF[known]


_OF = {True: Outcome.MET, False: Outcome.NOT_MET, None: Outcome.UNDETERMINED}

_NEGATION = {
    Outcome.MET: Outcome.NOT_MET,
    Outcome.NOT_MET: Outcome.MET,
    Outcome.UNDETERMINED: Outcome.UNDETERMINED,
}


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Return not met if any is not met, else undetermined if any is, else met (so nothing at all is met)."""
    seen = set(outcomes)
    for decisive in (Outcome.NOT_MET, Outcome.UNDETERMINED):
        if decisive in seen:
            return decisive
    return Outcome.MET


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Return met if any is met, else undetermined if any is, else not met (so nothing at all is not met)."""
    return ~all_of(~outcome for outcome in outcomes)
