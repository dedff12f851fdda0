"""A file of placements: where the reports of many years put many countries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, get_args

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.countries import last_year, was_country
from tierengine.evidence.delimited import rows_of
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Placement

COLUMNS = ("country", "iso3", "year", "tier", "waiver")
"""The columns a file of placements must have, in any order; others may stand beside them."""


Waiver = Literal["waived", "none", "not found"]
"""What the file says of a waiver; an empty cell says only that nobody found one."""


class Placed(Model):
    """Where the report of a year put a country, and whether a downgrade was waived to keep it there."""

    iso3: str
    country: str
    year: int
    tier: Placement
    waiver: Waiver
    where: str
    """The file and line it was read from."""

    @property
    def waived(self) -> bool:
        """Whether a waiver is on record."""
        return self.waiver == "waived"


def _nothing(_: tuple[Placed, ...]) -> Iterable[Problem]:
    return ()


def read_placements(
    path: Path, beside: Callable[[tuple[Placed, ...]], Iterable[Problem]] = _nothing
) -> tuple[Placed, ...]:
    """Return the rows of a CSV file (see `delimited`) in its order, each country's years ascending.

    Raise `EvidenceError` with every problem in the order of the lines, each with file and line: a column that is
    missing or stands twice, a row with too few or too many cells, a cell that cannot be read, a country code that does
    not exist, two tiers for one year, or years out of order. What `beside` finds wrong with the rows that can be read
    is reported with them; alone it refuses nothing.
    """
    problems: list[Problem] = []
    rows: list[Placed] = []
    lines = rows_of(path, COLUMNS, problems)
    _, header = next(lines, (1, []))
    _check_header(header, path.name, problems)
    for line, cells in lines:
        row = _row(header, cells, f"{path.name}:{line}", problems)
        if row is not None:
            rows.append(row)
    problems += _between(rows)
    if not rows and not problems:
        raise _refused(f"{path.name}:1", "there is no row", "add a line for each country and year")
    if problems:
        raise EvidenceError(sorted((*problems, *beside(tuple(rows))), key=_line))
    return tuple(rows)


def _line(problem: Problem) -> int:
    return int(problem.where.rpartition(":")[2])


def _check_header(header: list[str], name: str, problems: list[Problem]) -> None:
    """Refuse a file whose columns do not say what its cells are."""
    where, cure = f"{name}:1", f"name the columns {','.join(COLUMNS)}"
    missing = [column for column in COLUMNS if column not in header]
    twice = [column for column in COLUMNS if header.count(column) > 1]
    if missing and not problems:
        problems.append(Problem(where=where, what=f"there is no column {', '.join(missing)}", cure=cure))
    if twice:
        what = f"more than one column is called {', '.join(twice)}"
        problems.append(Problem(where=where, what=what, cure=f"{cure}, each once"))
    if problems:
        raise EvidenceError(problems)


def _refused(where: str, what: str, cure: str) -> EvidenceError:
    return EvidenceError([Problem(where=where, what=what, cure=cure)])


def _row(header: list[str], cells: list[str], place: str, problems: list[Problem]) -> Placed | None:
    """One row, or nothing if one of its cells cannot be read."""
    before = len(problems)
    if len(cells) != len(header):
        what = f"the row has {len(cells)} cells, and there are {len(header)} columns"
        cure = "write one cell for each column, and put one with a comma between quotation marks"
        problems.append(Problem(where=place, what=what, cure=cure))
    cell = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
    dated = cell["year"].isascii() and cell["year"].isdigit() and len(cell["year"]) == 4
    problems += _of_country(cell["iso3"], int(cell["year"]) if dated else None, place)
    if not dated:
        problems.append(
            Problem(where=place, what=f"`{cell['year']}` is no year", cure="write the year of the report, such as 2007")
        )
    if cell["tier"] not in get_args(Placement):
        cure = f"write one of: {', '.join(get_args(Placement))}"
        problems.append(Problem(where=place, what=f"`{cell['tier']}` is no placement", cure=cure))
    if cell["waiver"] not in ("", "waived", "none"):
        cure = "write `waived`, `none` if it is known that there was none, or leave the cell empty"
        problems.append(Problem(where=place, what=f"`{cell['waiver']}` is no waiver", cure=cure))
    if len(problems) > before:
        return None
    return Placed.model_validate(
        {
            "iso3": cell["iso3"],
            "country": cell["country"],
            "year": int(cell["year"]),
            "tier": cell["tier"],
            "waiver": cell["waiver"] or "not found",
            "where": place,
        }
    )


def _of_country(code: str, year: int | None, place: str) -> Iterator[Problem]:
    """What is wrong with a code: that there is no such country, or that it was no more in the year."""
    last = last_year(code)
    if len(code) != 3 or not was_country(code, last or 0):
        cure = "write the three capital letters of ISO 3166-1, such as GTM"
        yield Problem(where=place, what=f"`{code}` is no country code", cure=cure)
    elif year is not None and not was_country(code, year):
        what = f"`{code}` is no country code since {last}"
        yield Problem(where=place, what=what, cure="write the code of a country of that year, or correct the year")


def _between(rows: list[Placed]) -> Iterator[Problem]:
    """Two rows for one country and year, and years that do not ascend."""
    seen: dict[tuple[str, int], Placed] = {}
    latest: dict[str, Placed] = {}
    for row in rows:
        other = seen.setdefault((row.iso3, row.year), row)
        before = latest.get(row.iso3)
        if other is not row:
            what = f"{row.iso3} has a second placement for {row.year}; the first is at {other.where}"
            yield Problem(where=row.where, what=what, cure="keep the one that the report gives")
        elif before is not None and row.year < before.year:
            what = f"{row.iso3} {row.year} stands after {before.year}"
            yield Problem(where=row.where, what=what, cure="let the years of each country ascend")
        if before is None or row.year > before.year:
            latest[row.iso3] = row
