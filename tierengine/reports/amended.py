"""An amendment of the rulebook, in words for people: what is written, what is left to write, what else to look at."""

from __future__ import annotations

from rich.console import Console

from tierengine.law.amending import Amended
from tierengine.reports.text import print_wrapped


def print_amended(made: Amended, also: tuple[tuple[str, str], ...], console: Console) -> None:
    """Print the files that were written, the lines that a person fills in, and every place that names the provision."""
    console.print("WRITTEN")
    for name in sorted(made.files):
        console.print(f"  {name}")
    if made.fill_in:
        console.print("FILL IN, from the text of the Act (`tierengine lint` refuses it until then)")
        for place in made.fill_in:
            console.print(f"  {place}")
    console.print("LOOK AT WHAT ELSE NAMES IT")
    for place, says in also:
        print_wrapped(f"{place}: {says}", console, 2, hang=2)
    console.print("Then run `tierengine lint`, `prove`, `test`, `mutate --since` and `impact` on the rulebook.")
