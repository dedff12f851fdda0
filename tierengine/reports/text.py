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


def _print_line(line: Line, console: Console) -> None:
    console.print(Text.assemble("  ", (line.name, "bold"), "  ", (line.mark, _COLOURS.get(line.mark, "cyan"))))
    for text, style in ((line.text, ""), *((f"- {below}", "dim") for below in line.below)):
        hang = "        " if text.startswith("- ") else "      "
        for row in wrap(text, console.width, initial_indent="      ", subsequent_indent=hang, break_on_hyphens=False):
            console.print(Text(row, style=style), soft_wrap=True)
