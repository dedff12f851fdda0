"""What the settled cases of a corpus hang on, in words for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tierengine.engines.lowering import rating
from tierengine.lab.corpus.fragile import Fragility
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.words import PLACEMENT_QUESTIONS, question
from tierengine.reports.impact import tier_named
from tierengine.reports.like_cases import print_contradictory
from tierengine.reports.text import print_wrapped

MOST = 10
"""Answers that are printed with how many cases hang on them."""


def print_fragility(fragility: Fragility, rulebook: Rulebook, console: Console) -> None:
    """Print how many cases are settled and fragile, then each fragile one with what it hangs on, then the rules."""
    counted = f"{fragility.cases:,} cases, {fragility.settled:,} settled, {fragility.fragile_cases:,} of them fragile"
    console.print(Text(counted, style="bold"))
    print_wrapped("Fragile: one answer alone, if it were otherwise, would open another tier.", console, 2)
    print_contradictory(fragility.contradictory_cases, fragility.contradictory, console)
    most = sorted(fragility.hangs_on.items(), key=lambda each: -each[1])[:MOST]
    if most:
        laws = [rulebook.on(law.since) for law in fragility.unused]
        print_wrapped("Most hang on the answer to:", console, 2)
        for name, number in most:
            print_wrapped(f"{number:,}: {_asks(name, laws)} [{name}]", console, 4, hang=2)
    if fragility.fragile_cases > len(fragility.fragile):
        print_wrapped(f"The first {len(fragility.fragile):,} of these are:", console, 2)
    for each in fragility.fragile:
        print_wrapped(f"{each.case} ({tier_named(each.tier)}) hangs on: {', '.join(each.answers)}", console, 2, hang=2)
    console.print()
    for law in fragility.unused:
        cases = f"{law.cases:,} case{'s' if law.cases != 1 else ''}"
        applied = f"{law.rules - len(law.never)} of {law.rules} rules apply to at least one"
        print_wrapped(f"law from {law.since}, {cases}: {applied}; --format json names the others", console, 0, hang=2)


def _asks(name: str, laws: Sequence[Law]) -> str:
    """What an answer answers, as the first of the laws asks it that has it."""
    if name in PLACEMENT_QUESTIONS:
        return PLACEMENT_QUESTIONS[name]
    law = next(law for law in laws if name in law.judges or name in law.indicators_by_id)
    return question(law, rating(name) if name in law.judges else name)
