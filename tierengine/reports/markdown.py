"""A report as Markdown, for a memorandum or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierengine.reports.bars import signs
from tierengine.reports.drawing.way import Branch, twin
from tierengine.reports.outline import Section, quoted
from tierengine.reports.printable import printable
from tierengine.reports.report import ANNEXES, WAY, Report

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def markdown(report: Report) -> str:
    """Return a report as Markdown text; what a source or a person wrote is escaped."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped_line(report.heading)}"
    for _, section in report.numbered_lead:
        yield from _section(section)
    if report.body:
        yield from ("", f"# {ANNEXES}")
    if report.drawn is not None:
        yield from ("", f"## {WAY}", "")
        for branch in twin(report.drawn):
            yield from _branch(branch, 0)
    for _, section in report.numbered_body:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {escaped_line(section.title)}", "")
    for line in section.lines:
        drawn = "" if line.bar is None else f"{signs(line.bar)} "
        mark = f" ({drawn}{escaped_line(line.mark)})" if line.mark else ""
        yield f"- **{escaped_line(line.label)}**{mark}" + (f": {escaped_line(line.text)}" if line.text else "")
        for below in (*line.below, *map(quoted, line.evidence)):
            yield f"  - {escaped_line(below)}"


def _branch(branch: Branch, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- {escaped_line(branch.text)}"
    for below in branch.below:
        yield from _branch(below, depth + 1)


def escaped_line(text: str) -> str:
    """One line of text that means only itself."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split()))
