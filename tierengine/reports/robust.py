"""How the placements of a corpus stand against raters who differ, in words for people."""

from __future__ import annotations

from fractions import Fraction

from rich.console import Console
from rich.text import Text

from tierengine.lab.corpus.robust import Robustness, Standing
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reports.impact import tier_named
from tierengine.reports.like_cases import print_contradictory
from tierengine.reports.text import print_wrapped

FIRST = 20
"""How many pairs are printed; JSON holds more."""


def print_robustness(robustness: Robustness, rulebook: Rulebook, console: Console) -> None:
    """Print how many cases stand, then each with where it may go and what matters most, then the pairs that turn."""
    console.print(
        Text(f"{robustness.cases:,} cases, {robustness.firm:,} keep their tier whatever the raters say", style="bold")
    )
    print_wrapped(
        "Each rating that a person gave may be one level higher or lower, or what the table of disagreement allows. "
        "Every combination counts once, unless a rule of coherence forbids it.",
        console,
        2,
    )
    print_contradictory(len(robustness.contradictory), robustness.contradictory, console)
    for each in robustness.standings:
        if each.keeps < each.combinations:
            _print_standing(each, rulebook.on(each.since), console)
    console.print()
    pairs = (
        f"{robustness.turning_pairs:,} of {robustness.pairs:,} pairs of cases on different tiers can turn their order"
    )
    console.print(Text(pairs, style="bold"))
    for turn in robustness.turns[:FIRST]:
        print_wrapped(f"{turn.better} above {turn.worse}: turned in {_percent(turn.share)}", console, 2, hang=2)
    if robustness.turning_pairs > min(FIRST, len(robustness.turns)):
        more = robustness.turning_pairs - min(FIRST, len(robustness.turns))
        print_wrapped(f"{more:,} more are not printed; `--format json` lists more of them.", console, 2)


def _print_standing(standing: Standing, law: Law, console: Console) -> None:
    console.print()
    line = f"{standing.case} ({_tiers(standing.tiers)}): the same in {_percent(standing.share)}"
    print_wrapped(f"{line} of {standing.combinations:,} combinations", console, 0, hang=2, style="bold")
    others = [each for each in standing.reached if each.tiers != standing.tiers]
    listed = "; ".join(
        f"{_tiers(each.tiers)} in {_percent(Fraction(each.combinations, standing.combinations))}" for each in others
    )
    print_wrapped(f"else: {listed}", console, 2, hang=2)
    if standing.matters:
        most = standing.matters[0]
        title = law.judges[most.rating].title
        print_wrapped(
            f"of its {standing.ratings} ratings this matters most: {title} [{most.rating}]. Were it agreed, the tier "
            f"would be the same in {_percent(most.keeps_if_agreed)}",
            console,
            2,
            hang=2,
        )


def _tiers(tiers: tuple[str, ...]) -> str:
    names = [tier_named(tier) for tier in tiers]
    return names[0] if len(names) == 1 else f"open: {', '.join(names) or 'none'}"


def _percent(share: float | Fraction) -> str:
    """A share in percent; what is not nothing or all is never rounded to it."""
    rounded = f"{float(share) * 100:.1f} %"
    if share > 0 and rounded == "0.0 %":
        return "less than 0.1 %"
    return "more than 99.9 %" if share < 1 and rounded == "100.0 %" else rounded
