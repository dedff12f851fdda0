"""A report for the terminal."""

from __future__ import annotations

from textwrap import wrap

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.assessment import Assessment
from tierengine.reports.outline import Line, heading, outline

_COLOURS = {
    "met": "green",
    "not met": "red",
    "undetermined": "yellow",
    "settled": "green",
    "settled, and fragile": "green",
    "not settled": "yellow",
    "progress": "green",
    "no progress": "red",
}


def print_report(assessment: Assessment, console: Console) -> None:
    """Print an assessment to the console, wrapped to its width."""
    console.print(Text(heading(assessment), style="bold"))
    for section in outline(assessment):
        console.print()
        console.print(Text(section.title.upper(), style="bold"))
        for line in section.lines:
            _print_line(line, console)


def print_wrapped(text: str, console: Console, indent: int, hang: int = 0, style: str = "") -> None:
    """Print a text wrapped to the console's width, indented; lines after the first hang further in."""
    before, after = " " * indent, " " * (indent + hang)
    for row in wrap(text, console.width, initial_indent=before, subsequent_indent=after, break_on_hyphens=False):
        console.print(Text(row, style=style), soft_wrap=True)


def _print_line(line: Line, console: Console) -> None:
    console.print(Text.assemble("  ", (line.name, "bold"), "  ", (line.mark, _COLOURS.get(line.mark, "cyan"))))
    print_wrapped(line.text, console, 6)
    for below in line.below:
        print_wrapped(f"- {below}", console, 6, hang=2, style="dim")
