"""A country's way through the years, and the days the statute counts, in words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierengine.reasoning.clocks import Due
from tierengine.reasoning.history import YearOnRecord

_LINE = "{:<4}{!s:<7}{:<5}{:<8}{:<8}{:<12}{:<13}{:<8}{}"

_ANSWERS = {"True": "yes", "False": "no", "unknown": "unknown"}


def print_history(years: Sequence[YearOnRecord], console: Console) -> None:
    """Print one line for each country and year, and how many placements fit."""
    lines = [_LINE.format("", "report", "tier", "run", "waived", "limit", "special list", "fits", "reason")]
    for year in years:
        cells = (year.iso3, year.year, year.tier, _number(year.run), _number(year.waivers_used), year.limit)
        routes = " ".join(year.special_watch_list)
        lines.append(_LINE.format(*cells, routes, _ANSWERS[str(year.consistent)], year.reason))
    # One plain text: thousands of lines laid out as a table take seconds.
    console.print(Text("\n".join(line.rstrip() for line in [*lines, "", *counted(years)])), soft_wrap=True)


def counted(years: Sequence[YearOnRecord]) -> Iterator[str]:
    """Yield the counts of placements that fit, that do not, and of which it is not known."""
    found = Counter(str(year.consistent) for year in years)
    yield f"{len(years)} placements of {len({year.iso3 for year in years})} countries"
    yield f"consistent {found['True']}, unknown {found['unknown']}, inconsistent {found['False']}"


def print_clocks(days: Sequence[Due], console: Console) -> None:
    """Print one line for each day that the statute counts, in order."""
    table = Table(box=None, pad_edge=False)
    for name in ("day", "id", "what", "provision"):
        table.add_column(name, overflow="fold")
    for due in days:
        table.add_row(str(due.day), due.id, due.says, due.citation)
    console.print(table)


def _number(value: int | None) -> str:
    return "unknown" if value is None else str(value)
