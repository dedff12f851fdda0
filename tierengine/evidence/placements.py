"""A file of placements: where the reports of many years put many countries."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.countries import is_country
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Placement

COLUMNS = ("country", "iso3", "year", "tier", "waiver")
"""The columns a file of placements must have, in any order; others may stand beside them."""


class Placed(Model):
    """Where the report of a year put a country, and whether a downgrade was waived to keep it there."""

    iso3: str
    country: str
    year: int
    tier: Placement
    waived: bool
    where: str
    """The file and line it was read from."""


def read_placements(path: Path) -> tuple[Placed, ...]:
    """Return the rows of a CSV file in its order, each country's years ascending.

    Raise `EvidenceError` with every problem, each with file and line: a column that is missing, a cell that cannot be
    read, a country code that does not exist, two tiers for one year, or years out of order.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _refused(
            str(path), f"cannot be opened: {error.strerror}", "name a file that exists and may be read"
        ) from None
    except UnicodeDecodeError as error:
        raise _refused(f"{path.name}:1", f"byte {error.start} is not UTF-8", "save the file as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text), strict=True)
    problems: list[Problem] = []
    rows: list[Placed] = []
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise _refused(
            f"{path.name}:1", f"there is no column {', '.join(missing)}", f"name the columns {','.join(COLUMNS)}"
        )
    try:
        for cells in reader:
            row = _row(cells, reader.line_num, path.name, problems)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        problems.append(
            Problem(
                where=f"{path.name}:{reader.line_num}",
                what=f"is no line of CSV: {error}",
                cure="close every quotation mark",
            )
        )
    problems += _between(rows)
    if not rows and not problems:
        raise _refused(f"{path.name}:1", "there is no row", "add a line for each country and year")
    if problems:
        raise EvidenceError(problems)
    return tuple(rows)


def _refused(where: str, what: str, cure: str) -> EvidenceError:
    return EvidenceError([Problem(where=where, what=what, cure=cure)])


def _row(cells: Mapping[str, str | None], line: int, name: str, problems: list[Problem]) -> Placed | None:
    """One row, or nothing if one of its cells cannot be read."""
    before = len(problems)
    place = f"{name}:{line}"
    cell = {column: (cells.get(column) or "").strip() for column in COLUMNS}
    if not is_country(cell["iso3"]) or len(cell["iso3"]) != 3:
        cure = "write the three capital letters of ISO 3166-1, such as GTM"
        problems.append(Problem(where=place, what=f"`{cell['iso3']}` is no country code", cure=cure))
    if not (cell["year"].isascii() and cell["year"].isdigit() and len(cell["year"]) == 4):
        problems.append(
            Problem(where=place, what=f"`{cell['year']}` is no year", cure="write the year of the report, such as 2007")
        )
    if cell["tier"] not in get_args(Placement):
        cure = f"write one of: {', '.join(get_args(Placement))}"
        problems.append(Problem(where=place, what=f"`{cell['tier']}` is no placement", cure=cure))
    if cell["waiver"] not in ("", "waived"):
        problems.append(
            Problem(
                where=place, what=f"`{cell['waiver']}` is no waiver", cure="write `waived`, or leave the cell empty"
            )
        )
    if len(problems) > before:
        return None
    return Placed.model_validate(
        {
            "iso3": cell["iso3"],
            "country": cell["country"],
            "year": int(cell["year"]),
            "tier": cell["tier"],
            "waived": cell["waiver"] == "waived",
            "where": place,
        }
    )


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
