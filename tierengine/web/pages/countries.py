"""Countries: what waits on me."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from tierengine.errors import LedgerError, NotInForceError, StoreError, TierEngineError
from tierengine.reasoning.clocks import Due, clocks
from tierengine.reports.answer import tier_name
from tierengine.reports.listing import Cell, Form, Listing
from tierengine.terms.tier import TIERS
from tierengine.web.desk import Desk
from tierengine.web.onrecord import Standing
from tierengine.web.remembered import InShort
from tierengine.web.rendering import counted
from tierengine.web.shelf import Kept
from tierengine.web.sought import Choice, Sought, Words, as_file, choice, has
from tierengine.web.visit import Here, Visit
from tierengine.web.waiting import Looked, Waits, beside_dossiers, due_for, in_dossier, offered

router = APIRouter()

_AT_ONCE = 3
"""Answers that are worked out before the page is sent; where more are unknown, it is sent first."""

_MOST_DAYS = 4
"""Days that the statute counts and that are shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A dossier on the page of countries."""

    kept: Kept
    recommended: InShort | None
    waits: tuple[Waits, ...]
    awaited: bool = False
    """Whether the recommendation is not worked out yet."""

    @property
    def need(self) -> int:
        """How much it presses."""
        return sum(each.urgent for each in self.waits)

    @property
    def moved(self) -> str:
        """Where the last report placed the country, and whether that stays."""
        casefile = self.kept.casefile
        last = casefile.last_placement if casefile is not None else None
        if last is None:
            return "no earlier placement is known"
        name = "a special case" if last.tier == "SC" else tier_name(last.tier)
        tier = self.recommended.tier if self.recommended is not None else None
        return f"{name} in {last.year}" + ("" if tier is None else ", unchanged" if tier == last.tier else "; changed")


On = Annotated[date | None, Query(description="the day that is today")]
Short = Annotated[str, Query(max_length=20)]


@router.get("/")
def countries(
    here: Here, q: Words = "", tier: Short = "", status: Short = "", on: On = None, *, whole: bool = False
) -> Response:
    """List the dossiers in the order of need, and what waits beside them; `on` looks from another day than today.

    Where many answers are unknown the page is sent without them, and asks for itself again, `whole`.
    """
    today = on or datetime.now(UTC).date()
    kept = here.desk.all_shown(here.person.cleared)
    standing, broken = _standing(here.desk)
    awaited = frozenset[str]() if whole else _unknown(here, kept)
    every = rows_of(here, kept, standing, today, awaited)
    rows, choices = _narrowed(every, q, tier, status)
    sought = Sought(
        at="/",
        file="/countries",
        q=q,
        shown=len(rows),
        of=counted(len(every), "dossier"),
        choices=choices,
        kept=(("on", str(on or "")),),
    )
    return here.page(
        "countries.html",
        rows=rows,
        any=bool(every),
        awaited=len(awaited),
        sought=sought,
        beside=offered(here, broken or beside_dossiers(here, standing)),
        days=_days(here.desk, today),
        today=today,
        doubled=here.desk.shelf.same_address(kept),
        folder=here.desk.folder,
    )


@router.get("/countries.{form}")
def listed(here: Here, form: Form, q: Words = "", tier: Short = "", status: Short = "", on: On = None) -> Response:
    """Give what the page lists as a file."""
    today = on or datetime.now(UTC).date()
    every = rows_of(here, here.desk.all_shown(here.person.cleared), _standing(here.desk)[0], today)
    rows, _ = _narrowed(every, q, tier, status)
    listing = Listing(title="Countries", heads=_HEADS, rows=tuple(map(_cells, rows)))
    return as_file(listing, form, "countries", today)


_HEADS = ("country", "code", "report", "recommendation", "status", "tiers still open", "last report", "what waits")


def _cells(row: Row) -> tuple[Cell, ...]:
    waits = "\n".join(each.says for each in row.waits)
    named = (row.kept.title, row.kept.country, row.kept.edition)
    recommended = row.recommended
    if recommended is None:
        return (*named, "cannot be assessed", "", "", row.moved, waits)
    name = tier_name(recommended.tier) if recommended.tier is not None or recommended.settled else "no tier yet"
    return (*named, name, recommended.status, ", ".join(map(tier_name, recommended.open_tiers)), row.moved, waits)


_NONE = "none"
"""How the address calls what has no tier yet."""


def _narrowed(rows: list[Row], q: str, tier: str, status: str) -> tuple[list[Row], tuple[Choice, ...]]:
    """The rows that are sought, and the fields by which they are."""
    tiers: list[tuple[str, str]] = [
        (each, tier_name(each)) for each in TIERS if any(_tier(row) == each for row in rows)
    ]
    if any(_tier(row) == _NONE for row in rows):
        tiers.append((_NONE, "no tier yet"))
    states = sorted({row.recommended.status for row in rows if row.recommended is not None})
    choices = (
        choice("tier", "Recommendation", tier, tiers, "any"),
        choice("status", "Status", status, [(each, each) for each in states], "any"),
    )
    found = [
        row
        for row in rows
        if has(q, row.kept.title, row.kept.country, row.kept.edition, *(each.says for each in row.waits))
        and choices[0].chosen in ("", _tier(row))
        and choices[1].chosen in ("", row.recommended.status if row.recommended is not None else "-")
    ]
    return found, choices


def _tier(row: Row) -> str:
    return (row.recommended.tier if row.recommended is not None else None) or _NONE


def _unknown(here: Visit, kept: Iterable[Kept]) -> frozenset[str]:
    """The names of the dossiers whose answers are unknown; of few none, since they are worked out at once."""
    usable = ((each.name, each.casefile) for each in kept if each.casefile is not None)
    found = frozenset(name for name, casefile in usable if not here.desk.answers.is_listed(casefile))
    return found if len(found) > _AT_ONCE else frozenset()


def rows_of(
    here: Visit,
    kept: Iterable[Kept],
    standing: Standing | None,
    today: date,
    awaited: frozenset[str] = frozenset(),
) -> list[Row]:
    """Return the dossiers in the order of need; the answers of those that are awaited are not worked out."""
    every = tuple(kept)
    beside = here.desk.beside.of(each for each in every if not each.withheld)
    found = (
        Row(kept=each, recommended=None, waits=(), awaited=True)
        if each.name in awaited
        else _row(here, each, beside, standing, today)
        for each in every
    )
    rows = sorted(found, key=lambda row: -row.need)
    here.desk.answers.remember()
    return rows


def _row(here: Visit, kept: Kept, beside: Mapping[str, tuple[str, ...]], standing: Standing | None, today: date) -> Row:
    desk, recommended, problems, due = here.desk, None, kept.problems, tuple[Due, ...]()
    unread: Mapping[str, int] = {}
    if kept.casefile is not None:
        casefile = kept.casefile
        try:
            recommended = desk.answers.listed(casefile)
            unread = desk.answers.unread(casefile)
            due = desk.answers.kept("due", casefile, lambda: due_for(desk.rulebook, casefile))
        except TierEngineError as error:
            problems = error.problems
    own = beside.get(kept.name, ())
    looked = Looked(kept=kept, recommended=recommended, problems=problems, beside=own, due=due, unread=unread)
    waits = in_dossier(looked, standing, desk.rulebook.digest, today)
    return Row(kept=kept, recommended=recommended, waits=offered(here, waits))


def _standing(desk: Desk) -> tuple[Standing | None, tuple[Waits, ...]]:
    """What is on record; where that cannot be read, the dossiers are listed all the same, and the error is shown."""
    try:
        return desk.onrecord.now(), ()
    except (LedgerError, StoreError) as error:
        return None, (Waits(says=f"The ledger cannot be used: {error.problems[0].what}.", address="/ledger"),)


def _days(desk: Desk, today: date) -> tuple[Due, ...]:
    """The next days that the statute counts, of the reports of this year and of those around it."""
    found: list[Due] = []
    for year in (today.year - 1, today.year, today.year + 1):
        with suppress(NotInForceError):
            found += (each for each in clocks(desk.rulebook, year) if each.day >= today)
    return tuple(sorted(found, key=lambda due: due.day)[:_MOST_DAYS])
