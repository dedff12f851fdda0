"""What the settled cases of a corpus hang on, in words for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.lab.corpus.fragile import Fragility
from tierengine.reports.like_cases import print_contradictory
from tierengine.reports.text import print_wrapped

MOST = 10
"""Answers that are printed with how many cases hang on them."""


def print_fragility(fragility: Fragility, console: Console) -> None:
    """Print how many cases are settled and fragile, then each fragile one with what it hangs on, then the rules."""
    counted = f"{fragility.cases:,} cases, {fragility.settled:,} settled, {fragility.fragile_cases:,} of them fragile"
    console.print(Text(counted, style="bold"))
    print_wrapped("Fragile: one answer alone, if it were otherwise, would open another tier.", console, 2)
    print_contradictory(fragility.contradictory_cases, fragility.contradictory, console)
    most = sorted(fragility.hangs_on.items(), key=lambda each: -each[1])[:MOST]
    if most:
        named = ", ".join(f"{name} ({number:,})" for name, number in most)
        print_wrapped(f"Most hang on: {named}", console, 2, hang=2)
    if fragility.fragile_cases > len(fragility.fragile):
        print_wrapped(f"The first {len(fragility.fragile):,} of these are:", console, 2)
    for each in fragility.fragile:
        tier = "on no list" if each.tier == "not ranked" else f"Tier {each.tier}"
        print_wrapped(f"{each.case} ({tier}) hangs on: {', '.join(each.answers)}", console, 2, hang=2)
    console.print()
    for law in fragility.unused:
        taken = f"{law.rules - len(law.never)} of {law.rules} rules are taken by some of {law.cases} cases"
        print_wrapped(f"law from {law.since}: {taken}; JSON names the others", console, 0, hang=2)
