"""The sort of each outcome in words, by which it is coloured; the words themselves are always shown as well."""

from __future__ import annotations

from typing import Literal

State = Literal["met", "not-met", "open", "plain"]

_STATES: dict[str, State] = {
    "met": "met",
    "settled": "met",
    "provisional": "open",
    "settled, and fragile": "met",
    "progress": "met",
    "not met": "not-met",
    "no progress": "not-met",
    "undetermined": "open",
    "not settled": "open",
    "open": "open",
}


def state(mark: str) -> State:
    """Return the sort of a mark; one that is no outcome is plain."""
    return _STATES.get(mark, "plain")


COLOURS: dict[State, str] = {"met": "green", "not-met": "red", "open": "yellow", "plain": "cyan"}
"""The colour of each sort in a terminal."""
