"""A report as Markdown, for a memorandum or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierengine.reports.drawing.way import Branch, twin
from tierengine.reports.outline import Section, quoted
from tierengine.reports.report import WAY, Report
from tierengine.reports.shown import shown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def markdown(report: Report) -> str:
    """Return a report as Markdown text; what a source or a person wrote is escaped."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {_escape(report.heading)}"
    for section in report.lead:
        yield from _section(section)
    if report.drawn is not None:
        yield from ("", f"## {WAY}", "")
        for branch in twin(report.drawn):
            yield from _branch(branch, 0)
    for section in report.body:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {_escape(section.title)}", "")
    for line in section.lines:
        mark = f" ({_escape(line.mark)})" if line.mark else ""
        yield f"- **{_escape(line.name)}**{mark}" + (f": {_escape(line.sentence)}" if line.sentence else "")
        for below in (*line.below, *map(quoted, line.evidence)):
            yield f"  - {_escape(below)}"


def _branch(branch: Branch, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- {_escape(branch.text)}"
    for below in branch.below:
        yield from _branch(below, depth + 1)


def _escape(text: str) -> str:
    """One line of text that means only itself."""
    return _SPECIAL.sub(r"\\\1", " ".join(shown(text).split()))
