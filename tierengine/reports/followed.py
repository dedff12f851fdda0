"""What became of what an earlier report left to ask, such as the actions of its plan, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierengine.reasoning.followed import Followed
from tierengine.reports.outline import Line, Section, filled


def followed_section(found: Iterable[Followed]) -> tuple[Section, ...]:
    """Return the section that says what was carried out; none where nothing was left to ask."""
    return filled(
        Section("What became of it", tuple(_lines(found)), ("Asked for", "Shown as done", "What is on record"))
    )


def _lines(found: Iterable[Followed]) -> Iterator[Line]:
    for each in found:
        shown = ", ".join(each.records) if each.records else "no record of this period speaks of it"
        text = f"{each.question.says} {each.question.asks} On record: {shown}."
        yield Line(each.question.id, "shown as done" if each.done else "not shown", text)
