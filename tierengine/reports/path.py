"""The ways to a better tier, or what blocks them, in words for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from tierengine.lab.questions.path import Change, Needs, WayUp
from tierengine.reports.alternatives import factored
from tierengine.reports.settle import number_word
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES

_RATES = "A person rates it"

Part = tuple[str, Change]
"""A word for who or what brings a change about, and the change."""


def print_path(way: WayUp, console: Console) -> None:
    """Print what every way asks, what its variants ask beside that, or the known answers that block every way."""
    subject = way.subject
    title = f"{subject.name} ({subject.country}): the way to {NAMES[way.target]}, law in force on {way.law.as_of}"
    console.print(Text(title, style="bold"))
    now = f"Recommended now: {NAMES[way.present]}." if way.present else "Now no tier is recommended."
    print_wrapped(f"{now} {_summary(way)}", console, 2)
    if way.ways:
        _print_ways(way, console)
    for each in way.blocked_by:
        print_wrapped(f"- {each.says} [{each.id}]", console, 2, hang=2)
        print_wrapped(f"It stays so: {each.why}.", console, 4)


def _summary(way: WayUp) -> str:
    if way.actions is None:
        if not way.blocked_by:
            return "There is no way to it in this period: the rules leave none, whatever is known of the country."
        return (
            "There is no way to it in this period. These known answers together exclude it, whatever the government"
            " does and whatever the open answers are. Without any one of them there would be a way:"
        )
    acts = f"{way.actions} action{'' if way.actions == 1 else 's'} by the government"
    answers = f"{way.also_needed} more answer{'' if way.also_needed == 1 else 's'} that must come out so"
    return f"The shortest way to it, or to a better tier: {acts} and {answers}."


def _print_ways(found: WayUp, console: Console) -> None:
    variants = [(*_acts(way.actions), *_needed(needs)) for way in found.ways for needs in way.also_needed]
    common = [part for part in variants[0] if all(part in variant for variant in variants)]
    console.print(Text("\nIN EVERY SHORTEST WAY" if len(variants) > 1 else "\nTHE ONLY WAY SO SHORT", style="bold"))
    if not common:
        print_wrapped("Nothing is common to all ways." if variants[0] else "Nothing more is needed.", console, 2)
    _print_parts(common, console, 2)
    if len(variants) > 1:
        _print_choice(found, [[part for part in variant if part not in common] for variant in variants], console)


def _print_choice(way: WayUp, variants: list[list[Part]], console: Console) -> None:
    """What the ways do not share: one of each group where they are all such choices, else one way after another."""
    parts = {_key(part): part for variant in variants for part in variant}
    groups = factored([[_key(part) for part in variant] for variant in variants]) if way.whole else None
    if groups is None:
        count = f"{len(variants)}" if way.whole else f"more than {len(variants)}, of which these are listed"
        console.print(Text(f"\nAND ONE OF THESE ({count})", style="bold"))
        for number, variant in enumerate(variants, 1):
            print_wrapped(f"{number}.", console, 2)
            _print_parts(variant, console, 5)
        return
    for group in groups:
        console.print(Text(f"\nAND ONE OF THESE {number_word(len(group)).upper()}", style="bold"))
        _print_parts([parts[name] for name in group], console, 2)


def _key(part: Part) -> str:
    return f"{part[0]} {part[1].id} {part[1].then}"


def _acts(actions: Iterable[Change]) -> Iterable[Part]:
    return (("The government acts", change) for change in actions)


def _needed(needs: Needs) -> Iterable[Part]:
    yield from (("It turns out", change) for change in needs.turns_out)
    for change in needs.rated:
        yield (_RATES if change.now is None else "A person rates it anew", change)


def _print_parts(parts: Iterable[Part], console: Console, indent: int) -> None:
    for who, change in parts:
        now = change.now or ("not rated" if who == _RATES else "not known")
        print_wrapped(f"- {who}: {change.asks} [{change.id}]", console, indent, hang=2)
        source = f" (for {change.criterion}, {change.citation})" if change.criterion else ""
        print_wrapped(f"now: {now}; then: {change.then}{source}", console, indent + 4, hang=2)
