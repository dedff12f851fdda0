"""What moves if a source is wrong, in words for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.suppose import Alone, Supposition
from tierengine.reports.change import answer, moved_words
from tierengine.reports.text import print_wrapped


def print_supposition(supposition: Supposition, console: Console) -> None:
    """Print what is left out, the answer before and after, and the findings that move."""
    console.print(Text(f"Left out: {_counted(len(supposition.left_out))}", style="bold"))
    for left in supposition.left_out:
        print_wrapped(f"- {left.id}: {left.why}", console, 2, hang=2)
    if supposition.stays:
        print_wrapped(
            f"ratings that name no records they rest on, and stay: {', '.join(supposition.stays)}", console, 2, hang=2
        )
    print_wrapped(f"before: {answer(supposition.before)}", console, 2, hang=2)
    print_wrapped(f"after: {answer(supposition.after)}", console, 2, hang=2)
    console.print(Text("The answer moves." if supposition.changed else "The answer stays.", style="bold"))
    for moved in supposition.moved:
        print_wrapped(moved_words(moved), console, 2, hang=2)
    console.print()


def print_alone(found: Sequence[Alone], console: Console) -> None:
    """Print for each source and report alone how the answer stands without it."""
    for each in found:
        console.print(Text.assemble((each.without, "bold"), f"  {_counted(each.left_out)} left out"))
        print_wrapped(f"{'moves to' if each.changed else 'stays'}: {answer(each.after)}", console, 6, hang=2)
    if not found:
        console.print("The dossier names no source.")


def _counted(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"
