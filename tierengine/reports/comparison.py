"""A change of the answer and its causes, in words for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.compare import Cause, Comparison, Difference
from tierengine.reports.change import CAUSE_TITLES, answer, effect, moves, why
from tierengine.reports.text import print_wrapped


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the change, the smallest sets of causes that make it, and each cause with its evidence."""
    console.print(
        Text(
            f"{comparison.name} ({comparison.country}): from {comparison.before_date} to {comparison.after_date}",
            style="bold",
        )
    )
    print_wrapped(f"before: {answer(comparison.before)}", console, 2, hang=2)
    print_wrapped(f"after: {answer(comparison.after)}", console, 2, hang=2)
    print_wrapped(why(comparison), console, 2, hang=2)
    for cause in comparison.causes:
        _print_cause(cause, console)


def _print_cause(cause: Cause, console: Console) -> None:
    console.print(Text(f"\n{CAUSE_TITLES[cause.id]}", style="bold"))
    if not cause.differences:
        print_wrapped("nothing differs", console, 2)
        return
    print_wrapped("; ".join(effect(cause)), console, 2, hang=2)
    for says in moves(cause):
        print_wrapped(says, console, 4, hang=4)
    for difference in cause.differences:
        print_wrapped(_in_words(difference), console, 4, hang=4)


def _in_words(difference: Difference) -> str:
    place = f" [{difference.at}]" if difference.at else ""
    quote = f' "{difference.quote}"' if difference.quote else ""
    return f"- {difference.how}: {difference.id}: {difference.says}{place}{quote}"
