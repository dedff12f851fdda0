"""The impact of a change of the rules, in words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from tierengine.lab.change.census import Census, Move, Reason
from tierengine.lab.change.impact import Country, Impact, Stretch
from tierengine.lab.change.proved import Verdict, Way
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES

FIRST = 10
"""How many groups of cases, and how many ids of a group, are printed; JSON holds all groups, `--moved` all cases."""

_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "equal": ("green", "Proved over every complete case: no country gets another tier."),
    "stricter": (
        "yellow",
        "Proved over every complete case: some countries get a worse tier, and none gets a better one.",
    ),
    "looser": (
        "yellow",
        "Proved over every complete case: some countries get a better tier, and none gets a worse one.",
    ),
    "incomparable": ("red", "Proved: it is neither stricter nor looser. A country shows each way in which it moves."),
    "not decided": ("red", "Nothing is proved either way; the change may be anything."),
    "only in the old": ("red", "The new rulebook holds no whole law for these days; there is nothing to compare."),
    "only in the new": ("yellow", "The old rulebook holds no whole law for these days; there is nothing to compare."),
    "no law": ("yellow", "Neither rulebook holds a whole law for these days."),
}

_WAYS: dict[Way, str] = {
    "worse": "a worse tier",
    "better": "a better tier",
    "in or out of the lists": "put on the lists, or taken off them",
}


def print_impact(impact: Impact, console: Console) -> None:
    """Print the direction under each law version, then the census."""
    print_wrapped(f"From the rulebook {impact.old} to {impact.new}", console, 0, hang=2, style="bold")
    for _, alike in groupby(impact.stretches, key=_together):
        _print_stretch(list(alike), console)
    if impact.proposals:
        what = (
            "Other levels are proposed for open words of these, which moves no open tier and can move a provisional one"
        )
        print_wrapped(f"\n{what}: {', '.join(impact.proposals)}.", console, 0, hang=2)
    if impact.census is not None:
        _print_census(impact.census, str(impact.corpus), console)


def _print_stretch(alike: Sequence[Stretch], console: Console) -> None:
    """Print the direction under one law version, or under several together of which the rules are the same."""
    stretch, until = alike[0], alike[-1].until or "further notice"
    style, says = _VERDICTS[stretch.verdict]
    line = Text.assemble((f"\nLaw from {stretch.first} until {until}: ", "bold"), (stretch.verdict, f"bold {style}"))
    console.print(line)
    print_wrapped("The rules are the same." if stretch.same_rules else says, console, 2)
    if stretch.gave_up is not None:
        print_wrapped(f"The solver was asked, and {stretch.gave_up}.", console, 2)
    for country in stretch.countries:
        _print_country(country, console)


def _together(stretch: Stretch) -> str:
    """What is the same for stretches that are printed as one."""
    return "same rules" if stretch.same_rules else str(stretch.first)


def _print_country(country: Country, console: Console) -> None:
    size = "no country of which less is known shows it" if country.smallest else "a smaller one may exist"
    before, after = tier_named(country.old), tier_named(country.new)
    console.print()
    print_wrapped(
        f"A country for which it means {_WAYS[country.way]}: {before} under the old rules, {after} under the new. "
        f"All that need be known of it ({len(country.answers)} answers; {size}):",
        console,
        2,
    )
    for answer in country.answers:
        print_wrapped(f"- {answer}", console, 4, hang=2)
    print_wrapped("It moves because:", console, 2)
    _print_reasons(country.reasons, console, 4)


def _print_census(census: Census, corpus: str, console: Console) -> None:
    console.print(Text(f"\nCensus of {corpus}: {_number(census.moved)} of {_number(census.cases)} cases move", "bold"))
    print_wrapped(
        "A case moves if the rules leave other tiers open for it than before, from what is known of it. Where several "
        "are open, `assess` may prove of one that no completion reaches it.",
        console,
        2,
    )
    if census.contradictory:
        print_wrapped(
            f"{_number(census.contradictory)} cases contradict themselves under the new rules, such as "
            f"{', '.join(census.such_as)}; `assess` would refuse them.",
            console,
            2,
            style="red",
        )
    totals: Counter[tuple[tuple[str, ...], tuple[str, ...]]] = Counter()
    for move in census.moves:
        totals[move.before, move.after] += move.number
    for (before, after), number in totals.most_common():
        print_wrapped(f"{_number(number):>9}  {_tiers(before)} -> {_tiers(after)}", console, 2, hang=11)
    for move in census.moves[:FIRST]:
        _print_move(move, console)
    rest = census.moves[FIRST:]
    if rest:
        cases = sum(move.number for move in rest)
        print_wrapped(
            f"{_number(len(rest))} more groups with {_number(cases)} cases are not printed; `--format json` lists all.",
            console,
            2,
        )


def _print_move(move: Move, console: Console) -> None:
    console.print()
    print_wrapped(
        f"{_number(move.number)} cases: {_tiers(move.before)} -> {_tiers(move.after)} (law from {move.since})",
        console,
        2,
        style="bold",
    )
    _print_reasons(move.reasons, console, 4)
    more = move.number - FIRST
    named = ", ".join(move.cases[:FIRST]) + (f", and {_number(more)} more" if more > 0 else "")
    print_wrapped(f"cases: {named}", console, 4, hang=2)


def _print_reasons(reasons: Sequence[Reason], console: Console, indent: int) -> None:
    for reason in reasons:
        cited = f" ({reason.citation})" if reason.citation else ""
        print_wrapped(
            f"- {reason.finding}: {reason.before.value}{_by(reason.fired_before)} -> "
            f"{reason.after.value}{_by(reason.fired_after)}. It says: {reason.says}{cited}",
            console,
            indent,
            hang=2,
        )


def _by(rules: tuple[str, ...]) -> str:
    return f" (rule {', '.join(rules)})" if rules else ""


def _tiers(tiers: tuple[str, ...]) -> str:
    names = [tier_named(tier) for tier in tiers]
    return names[0] if len(names) == 1 else f"open: {', '.join(names) or 'none'}"


def tier_named(tier: str) -> str:
    """Return a tier as the Department names it, and anything else as it is."""
    return {str(each): name for each, name in NAMES.items()}.get(tier, tier)


def _number(value: int) -> str:
    return f"{value:,}"
