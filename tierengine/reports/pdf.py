"""A report as a tagged PDF, for print and for the file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tierengine.reports.bars import DRAWN_LEGEND
from tierengine.reports.drawing.svg import SERIF, described, svg
from tierengine.reports.drawing.way import Branch, Way, twin
from tierengine.reports.outline import Line, Section
from tierengine.reports.printable import printable
from tierengine.reports.report import ANNEXES, EVIDENCE, PURPOSE, TWIN, WAY, Exhibit, Report
from tierengine.reports.typeset import pdf_of

_TEMPLATE = files("tierengine.reports").joinpath("memo.typ").read_bytes()


def pdf(report: Report) -> bytes:
    """Return a report as PDF; equal reports give equal bytes, and every word goes in as data."""
    return pdf_of(_TEMPLATE, {"report": json.dumps(_clean(_values(report)), ensure_ascii=False)}, report.as_of)


def _values(report: Report) -> dict[str, Any]:
    lead, sheet = report.numbered_lead[: len(report.lead)], report.numbered_lead[len(report.lead) :]
    return {
        "heading": report.heading,
        "purpose": PURPOSE,
        "date": {"year": report.as_of.year, "month": report.as_of.month, "day": report.as_of.day},
        "lead": [_section(report, section, at) for at, section in lead],
        "sheet": [_section(report, section, at) for at, section in sheet],
        "legend": DRAWN_LEGEND,
        "annexes-title": ANNEXES,
        "body": [_section(report, section, at) for at, section in report.numbered_body],
        "way": None if report.drawn is None else _way(report.drawn, report.heading),
        "evidence-title": EVIDENCE,
        "exhibits": [_exhibit(exhibit) for exhibit in report.exhibits],
    }


def _section(report: Report, section: Section, at: int) -> dict[str, Any]:
    lines = [_line(report, line, f"s{at}-{number}") for number, line in enumerate(section.lines, start=1)]
    kind = "answer" if section.answer else "bars" if section.bars else "table"
    return {"title": section.title, "heads": section.heads, "kind": kind, "marked": section.marked, "lines": lines}


def _line(report: Report, line: Line, anchor: str) -> dict[str, Any]:
    return {
        "anchor": anchor,
        "name": line.name,
        "title": line.title,
        "mark": {"kind": line.state, "text": line.mark},
        "bar": line.bar.parts if line.bar else (),
        "text": line.text,
        "below": line.below,
        "evidence": [{"number": report.number(passage), "at": passage.at} for passage in line.evidence],
    }


def _way(drawn: Way, heading: str) -> dict[str, Any]:
    return {
        "title": WAY,
        "svg": svg(drawn, f"{heading}: {WAY.lower()}", SERIF),
        "alt": described(),
        "twin-title": TWIN,
        "twin": [_branch(branch) for branch in twin(drawn)],
    }


def _branch(branch: Branch) -> dict[str, Any]:
    return {"text": branch.text, "below": [_branch(below) for below in branch.below]}


def _exhibit(exhibit: Exhibit) -> dict[str, Any]:
    passage = exhibit.passage
    return {
        "number": exhibit.number,
        "record": passage.record,
        "at": passage.at,
        "quote": passage.quote or "",
        "note": passage.note or "",
        "uses": [{"anchor": f"s{use.section}-{use.line}", "name": use.name} for use in exhibit.uses],
    }


def _clean(value: Any) -> Any:
    """The same with every text as it may be shown."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
