"""What stays the same from one version of a provision to the next: what an input means, and what a criterion is.

Figures and answers are compared from year to year under their names. A name therefore means one thing on every date.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.errors import Problem
from tierengine.law.entries import Criterion, Indicator
from tierengine.law.linter import Placed

_MAY_DIFFER = frozenset(("id", "asks", "cues", "background", "when_silent"))
"""What a version may say otherwise of an indicator: how it is asked, found in a text, used and cited."""


def lint_constancy(placed: list[Placed]) -> Iterator[Problem]:
    """Yield each indicator and criterion that one version declares otherwise than the version before it."""
    indicators: dict[str, tuple[Placed, Indicator]] = {}
    criteria: dict[str, tuple[Placed, Criterion]] = {}
    for item in placed:
        criterion = item.entry
        if not isinstance(criterion, Criterion):
            continue
        yield from _of_criterion(item, criterion, criteria)
        for number, indicator in enumerate(criterion.indicators):
            first, declared = indicators.setdefault(indicator.id, (item, indicator))
            for key in _differing(declared, indicator):
                yield item.problem(
                    f"`{indicator.id}` is declared otherwise in {first.document.name}: `{key}` differs",
                    "declare it alike; give a question that means something else a name of its own",
                    *("indicators", number, key),
                )


def _of_criterion(item: Placed, criterion: Criterion, seen: dict[str, tuple[Placed, Criterion]]) -> Iterator[Problem]:
    first, declared = seen.setdefault(criterion.id, (item, criterion))
    for key in ("part", "direction"):
        if getattr(declared, key) != getattr(criterion, key):
            yield item.problem(
                f"`{criterion.id}` has another `{key}` in {first.document.name}",
                "write the same in every version, or give the new criterion a name of its own",
                key,
            )


def _differing(one: Indicator, other: Indicator) -> Iterator[str]:
    """The keys in which two declarations of one indicator differ; of a silence, only what it is read as."""
    for key in Indicator.model_fields:
        if key not in _MAY_DIFFER and getattr(one, key) != getattr(other, key):
            yield key
    silences = [each.when_silent.reads_as if each.when_silent is not None else None for each in (one, other)]
    if silences[0] != silences[1]:
        yield "when_silent"
