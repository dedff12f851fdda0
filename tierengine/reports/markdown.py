"""A report as Markdown, for a memorandum or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierengine.reasoning.assessment import Assessment
from tierengine.reports.outline import heading, outline

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def markdown(assessment: Assessment) -> str:
    """Return an assessment as Markdown text; what a source or a person wrote is escaped."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    yield f"# {_escape(heading(assessment))}"
    for section in outline(assessment):
        yield ""
        yield f"## {section.title}"
        yield ""
        for line in section.lines:
            mark = f" ({_escape(line.mark)})" if line.mark else ""
            yield f"- **{_escape(line.name)}**{mark}" + (f": {_escape(line.text)}" if line.text else "")
            for below in line.below:
                yield f"  - {_escape(below)}"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
