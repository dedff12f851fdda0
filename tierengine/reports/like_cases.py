"""The audit of like cases, in words for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tierengine.lab.corpus.like_cases import Audit, Difference, Pair, Placed
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES


def print_audit(audit: Audit, console: Console) -> None:
    """Print how many cases were compared, then each pair with what explains it."""
    compared = audit.cases - audit.not_ranked - audit.no_tier
    console.print(Text(f"{audit.cases} cases, {compared} compared, {len(audit.pairs)} pairs", style="bold"))
    print_wrapped(
        "A pair: one case is at least as good as the other on every criterion, whatever the open findings may turn out "
        "to be, and is yet placed lower.",
        console,
        2,
    )
    if audit.no_tier:
        print_wrapped(
            f"{audit.no_tier} left out: no report placed them, and the rules leave several tiers open.", console, 2
        )
    if audit.not_ranked:
        print_wrapped(f"{audit.not_ranked} left out: they are on none of the lists.", console, 2)
    print_contradictory(audit.contradictory_cases, audit.contradictory, console)
    for pair in audit.pairs:
        _print_pair(pair, console)


NAMED = 100
"""Cases that contradict themselves and are printed; JSON names more."""


def print_contradictory(number: int, cases: Sequence[str], console: Console) -> None:
    """Name the cases that contradict themselves, if there are any: how many, and the first of them."""
    if number:
        more = f", and {number - NAMED:,} more" if number > NAMED else ""
        says = f"{number:,} contradict themselves, and `assess` would refuse them: {', '.join(cases[:NAMED])}{more}"
        print_wrapped(says, console, 2, hang=2, style="red")


def _print_pair(pair: Pair, console: Console) -> None:
    console.print()
    print_wrapped(
        f"{_placed(pair.lower)} is at least as good as {_placed(pair.higher)} (law from {pair.since})",
        console,
        0,
        hang=2,
        style="bold",
    )
    if not pair.explained_by:
        print_wrapped("nothing in the record explains it", console, 2, style="red")
    for number, differences in enumerate(pair.explained_by):
        word = "or by" if number else "explained by"
        print_wrapped(f"{word}: {'; and '.join(_in_words(pair, each) for each in differences)}", console, 2, hang=2)


def _placed(placed: Placed) -> str:
    return f"{placed.case} ({NAMES[placed.tier]}, says {placed.by})"


def _in_words(pair: Pair, difference: Difference) -> str:
    if difference.lower is None or difference.higher is None:
        return difference.what
    return f"{difference.what} {pair.lower.case}: {difference.lower} {pair.higher.case}: {difference.higher}"
