"""Countries: what waits on me."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from tierengine.errors import LedgerError, NotInForceError, Problem, StoreError, TierEngineError
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.clocks import Due, clocks
from tierengine.reports.answer import tier_name
from tierengine.web.desk import Desk
from tierengine.web.onrecord import Standing
from tierengine.web.shelf import Kept
from tierengine.web.visit import Here, Visit
from tierengine.web.waiting import Looked, Waits, beside_dossiers, due_for, in_dossier, offered

router = APIRouter()

_MOST_DAYS = 4
"""Days that the statute counts and that are told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A dossier on the page of countries."""

    kept: Kept
    assessment: Assessment | None
    waits: tuple[Waits, ...]

    @property
    def need(self) -> int:
        """How much it presses."""
        return sum(each.urgent for each in self.waits)

    @property
    def moved(self) -> str:
        """Where the last report placed the country, and whether that stays."""
        casefile = self.kept.casefile
        last = casefile.last_placement if casefile is not None else None
        if last is None or self.assessment is None:
            return "no earlier placement is known"
        name = "a special case" if last.tier == "SC" else tier_name(last.tier)
        tier = self.assessment.recommendation.tier
        return f"{name} in {last.year}" + ("" if tier is None else ", unchanged" if tier == last.tier else "; changed")


@router.get("/")
def countries(here: Here, on: Annotated[date | None, Query(description="the day that is today")] = None) -> Response:
    """List the dossiers in the order of need, and what waits beside them; `on` looks from another day than today."""
    today = on or datetime.now(UTC).date()
    kept = here.desk.all_shown(here.person.cleared)
    standing, broken = _standing(here.desk)
    rows = rows_of(here, kept, standing, today)
    return here.page(
        "countries.html",
        rows=rows,
        beside=offered(here, broken or beside_dossiers(here, standing)),
        days=_days(here.desk, today),
        today=today,
        doubled=here.desk.shelf.same_address(kept),
        folder=here.desk.folder,
    )


def rows_of(here: Visit, kept: Iterable[Kept], standing: Standing | None, today: date) -> list[Row]:
    """Return the dossiers in the order of need."""
    every = tuple(kept)
    beside = here.desk.beside.of(each for each in every if not each.withheld)
    return sorted((_row(here, each, beside, standing, today) for each in every), key=lambda row: -row.need)


def _row(here: Visit, kept: Kept, beside: Mapping[str, tuple[str, ...]], standing: Standing | None, today: date) -> Row:
    desk, assessment, problems, due = here.desk, None, kept.problems, tuple[Due, ...]()
    if kept.casefile is not None:
        casefile = kept.casefile
        try:
            assessment = desk.answers.in_short(casefile)
            due = desk.answers.kept("due", casefile, lambda: due_for(desk.rulebook, casefile))
        except TierEngineError as error:
            problems = error.problems
    looked = Looked(kept=kept, assessment=assessment, problems=problems, beside=beside.get(kept.name, ()), due=due)
    waits = in_dossier(looked, standing, desk.rulebook.digest, today)
    return Row(kept=kept, assessment=assessment, waits=offered(here, waits))


def _standing(desk: Desk) -> tuple[Standing | None, tuple[Waits, ...]]:
    """What is on record; where that cannot be read, the dossiers are listed all the same, and it is told."""
    try:
        return desk.onrecord.now(), ()
    except (LedgerError, StoreError) as error:
        return None, (Waits(says=f"The ledger cannot be used: {_first(error.problems)}.", address="/ledger"),)


def _first(problems: tuple[Problem, ...]) -> str:
    return problems[0].what


def _days(desk: Desk, today: date) -> tuple[Due, ...]:
    """The next days that the statute counts, of the reports of this year and of those around it."""
    found: list[Due] = []
    for year in (today.year - 1, today.year, today.year + 1):
        with suppress(NotInForceError):
            found += (each for each in clocks(desk.rulebook, year) if each.day >= today)
    return tuple(sorted(found, key=lambda due: due.day)[:_MOST_DAYS])
