"""A change of the answer and its causes, told for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.compare import Answer, Cause, Comparison, Difference
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES

_TITLES = {
    "law": "Changed law",
    "facts": "New facts",
    "certainty": "Changed certainty",
    "judgement": "Human judgement",
}


def print_comparison(told: Comparison, console: Console) -> None:
    """Print the change, the smallest sets of causes that make it, and each cause with its evidence."""
    console.print(Text(f"{told.name} ({told.country}): from {told.before_date} to {told.after_date}", style="bold"))
    print_wrapped(f"before: {answer(told.before)}", console, 2, hang=2)
    print_wrapped(f"after: {answer(told.after)}", console, 2, hang=2)
    print_wrapped(_why(told), console, 2, hang=2)
    for cause in told.causes:
        _print_cause(cause, console)


def answer(found: Answer) -> str:
    """Tell an answer in one line."""
    tier = "no tier" if found.tier is None else NAMES[found.tier]
    if found.settled:
        return f"{tier}, settled"
    return f"{tier}, not settled; open: {', '.join(NAMES[each] for each in found.open_tiers) or 'none'}"


def _why(told: Comparison) -> str:
    if not told.changed:
        return "The answer did not change."
    sets = [" and ".join(_TITLES[name].lower() for name in each) for each in told.smallest]
    return f"The change is explained by {', or by '.join(sets)}."


def _print_cause(cause: Cause, console: Console) -> None:
    console.print(Text(f"\n{_TITLES[cause.id]}", style="bold"))
    if not cause.differences:
        print_wrapped("nothing differs", console, 2)
        return
    step = "moves nothing in its turn"
    if cause.before != cause.after:
        step = f"in its turn: {answer(cause.before)} -> {answer(cause.after)}"
    words = [step, *(["enough alone"] if cause.suffices else []), *(["needed"] if cause.needed else [])]
    print_wrapped("; ".join(words), console, 2, hang=2)
    for moved in cause.moved:
        says = f"{moved.id}: {moved.before.value} -> {moved.after.value}, {moved.reason} ({moved.citation})"
        print_wrapped(says, console, 4, hang=4)
    for difference in cause.differences:
        print_wrapped(_told(difference), console, 4, hang=4)


def _told(difference: Difference) -> str:
    place = f" [{difference.at}]" if difference.at else ""
    quote = f' "{difference.quote}"' if difference.quote else ""
    return f"- {difference.how}: {difference.id}: {difference.says}{place}{quote}"
