"""A report for the terminal."""

from __future__ import annotations

from io import StringIO
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from tierengine.reports.bars import signs
from tierengine.reports.drawing.way import Branch, twin
from tierengine.reports.outline import Line, Section, quoted
from tierengine.reports.printable import printable
from tierengine.reports.report import ANNEXES, WAY, Report
from tierengine.reports.states import COLOURS


def print_report(report: Report, console: Console) -> None:
    """Print a report to the console, wrapped to its width."""
    console.print(Text(printable(report.heading), style="bold"))
    for _, section in report.numbered_lead:
        _print_section(section, console)
    if report.body:
        console.print()
        console.print(Text(f"--- {ANNEXES} ---", style="bold"))
    if report.drawn is not None:
        _print_title(WAY, console)
        for branch in twin(report.drawn):
            _print_branch(branch, console, 2)
    for _, section in report.numbered_body:
        _print_section(section, console)


def report_text(report: Report) -> str:
    """Return a report as plain text, 110 columns wide, without colours."""
    console = Console(file=StringIO(), width=110, highlight=False, color_system=None, force_terminal=False)
    with console.capture() as captured:
        print_report(report, console)
    return captured.get()


def _print_section(section: Section, console: Console) -> None:
    _print_title(section.title, console)
    for line in section.lines:
        _print_line(line, console)


def _print_title(title: str, console: Console) -> None:
    console.print()
    console.print(Text(printable(title).upper(), style="bold"))


def _print_branch(branch: Branch, console: Console, indent: int) -> None:
    print_wrapped(f"- {branch.text}", console, indent, hang=2)
    for below in branch.below:
        _print_branch(below, console, indent + 2)


def print_wrapped(text: str, console: Console, indent: int, hang: int = 0, style: str = "") -> None:
    """Print a text wrapped to the console's width, indented; lines after the first hang further in."""
    before, after = " " * indent, " " * (indent + hang)
    for row in wrap(
        printable(text), console.width, initial_indent=before, subsequent_indent=after, break_on_hyphens=False
    ):
        console.print(Text(row, style=style), soft_wrap=True)


def _print_line(line: Line, console: Console) -> None:
    mark = printable(line.mark)
    if line.bar is not None:
        mark = f"{signs(line.bar, plain=not console.encoding.lower().startswith('utf'))} {mark}"
    _print_head(printable(line.label), mark, COLOURS[line.state], console)
    print_wrapped(line.text, console, 6)
    for below in (*line.below, *map(quoted, line.evidence)):
        print_wrapped(f"- {below}", console, 6, hang=2, style="dim")


def _print_head(label: str, mark: str, colour: str, console: Console) -> None:
    """The label of a line with its mark behind it; where both do not fit into one row, the mark follows the last."""
    before = "  "
    rows = wrap(label, console.width - len(before), break_on_hyphens=False) or [""]
    *most, last = rows
    for row in most:
        console.print(Text(before + row, style="bold"), soft_wrap=True)
        before = "    "
    if len(before) + len(last) + 2 + len(mark) > console.width:
        console.print(Text(before + last, style="bold"), soft_wrap=True)
        console.print(Text(f"      {mark}", style=colour), soft_wrap=True)
    else:
        console.print(
            Text.assemble(before, (last, "bold"), *((("  ", ""), (mark, colour)) if mark else ())), soft_wrap=True
        )
