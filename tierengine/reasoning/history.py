"""How a country's years on the watch list bind its next report: automatic downgrade, waiver, re-listing limit.

Source: 22 USC 7107(b)(2)(D) and (F), formerly (b)(3)(D), with the numbers of `rules/history.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal, get_args

from tierengine.errors import EvidenceError, NotInForceError, Problem
from tierengine.evidence.placements import Placed, Waiver
from tierengine.law.entries import Downgrade, Relisting
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.clocks import report_due
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Limit, Placement

Reading = Literal["state", "statute"]
"""Which years the downgrade counts: those on the Tier 2 Watch List, or those on the special watch list."""

Years = Mapping[int, Placement]
"""Where the reports of some years put one country."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a country stands before a report."""

    run: int | None
    """Consecutive years on the list up to the report before; `None` where a year of it is not known."""
    waivers_used: int | None
    cap: int
    """Waiver years that the law of the date allows."""
    limit: Limit | None
    """`None` where what is not known decides."""
    provision: str
    """The provision that makes the limit; empty where there is none."""


class YearOnRecord(Model):
    """One country in one report: how it stood before, and whether its placement fits."""

    iso3: str
    year: int
    """Of the report."""
    tier: Placement
    run: int | None
    """Years on the watch list without a break before this report; nothing where an earlier year is missing."""
    waivers_used: int | None
    """How many of these years took a waiver; nothing where that is not known."""
    limit: Limit | Literal["unknown"]
    special_watch_list: tuple[str, ...]
    """The routes by which it is on the special watch list, such as `WL-ii`; `T2WL` for the Tier 2 Watch List."""
    consistent: bool | Literal["unknown"]
    """Whether the placement keeps to the limit."""
    reason: str


def standing(years: Years, year: int, rulebook: Rulebook, reading: Reading = "state") -> Standing:
    """Return how a country stands before the report of a year, under the law of the day that report is due.

    Raise `NotInForceError` if no law asks for a report of that year.
    """
    return standing_under(years, year, rulebook.select(report_due(rulebook, year)), reading)


def standing_under(years: Years, year: int, law: Law, reading: Reading = "state") -> Standing:
    """Return how a country stands before the report of a year that is made under a law."""
    downgrade = next(iter(law.downgrades), None)
    if downgrade is None:
        return Standing(run=0, waivers_used=0, cap=0, limit="none", provision="")
    runs = _runs(years, year, downgrade.counted_from, reading)
    relisting = next(iter(law.relistings), None)
    bars = {False} if relisting is None else _bars(years, year, downgrade, relisting, reading)
    limits = {_limit(run, downgrade, barred) for run in runs for barred in bars}
    run = min(runs) if len(runs) == 1 else None
    limit = limits.pop() if len(limits) == 1 else None
    provision: Downgrade | Relisting | None = relisting if limit == "not WL" else downgrade
    return Standing(
        run=run,
        waivers_used=None if run is None else max(0, run - downgrade.years),
        cap=downgrade.waiver_years,
        limit=limit,
        provision="" if limit in ("none", None) or provision is None else str(provision.citation),
    )


def history(rows: Iterable[Placed], rulebook: Rulebook, reading: Reading = "state") -> Iterator[YearOnRecord]:
    """Yield how each country stood before each report on record, and whether its placement fits.

    Raise `NotInForceError` for a year before the first report, and `EvidenceError` for a tier or a waiver that the law
    of its year does not know. The rows of one country stand together in the answer, in the order of their years.
    """
    rows = tuple(rows)
    problems = tuple(untimely(rows, rulebook))
    if problems:
        early = any(row.year <= _first_day(rulebook).year for row in rows)
        raise (NotInForceError if early else EvidenceError)(problems)
    laws = {year: rulebook.select(report_due(rulebook, year)) for year in {row.year for row in rows}}
    for _, found in groupby(sorted(rows, key=lambda row: (row.iso3, row.year)), key=lambda row: row.iso3):
        country = tuple(found)
        years: dict[int, Placement] = {row.year: row.tier for row in country}
        for row in country:
            yield _on_record(row, years, laws[row.year], reading)


def untimely(rows: Iterable[Placed], rulebook: Rulebook) -> Iterator[Problem]:
    """Yield what is wrong with rows under the law: no report in their year, or a tier or waiver that was not yet."""
    first = _first_day(rulebook)
    laws: dict[int, Law] = {}
    for row in rows:
        if row.year <= first.year:
            what, cure = f"no law asks for a report of {row.year}", f"the law begins on {first}; remove the row"
            yield Problem(where=row.where, what=what, cure=cure)
            continue
        if row.year not in laws:
            laws[row.year] = rulebook.select(report_due(rulebook, row.year))
        yield from _unknown_to(laws[row.year], row)


def _first_day(rulebook: Rulebook) -> date:
    return min(clock.in_force.from_ for clock in rulebook.clocks if clock.report)


def _unknown_to(law: Law, row: Placed) -> Iterator[Problem]:
    """What a row says that the law of its year has no place for."""
    tiers = {tier.tier for tier in law.tiers}
    if row.tier != "SC" and row.tier not in tiers:
        known = ", ".join(sorted(tier for tier in tiers if tier))
        yield Problem(
            where=row.where, what=f"there was no tier {row.tier} in {row.year}", cure=f"write one of: {known}, SC"
        )
    if row.waived and not law.downgrades:
        yield Problem(
            where=row.where, what=f"there was no waiver in {row.year}", cure="leave the cell empty, or correct the year"
        )


def _on_record(row: Placed, years: Years, law: Law, reading: Reading) -> YearOnRecord:
    stood = standing_under(years, row.year, law, reading)
    consistent, reason = _fits(row, stood)
    return YearOnRecord(
        iso3=row.iso3,
        year=row.year,
        tier=row.tier,
        run=stood.run,
        waivers_used=stood.waivers_used,
        limit="unknown" if stood.limit is None else stood.limit,
        special_watch_list=tuple(listed(years, row.year)) if law.routes else (),
        consistent=consistent,
        reason=f"{reason} ({stood.provision})" if stood.provision else reason,
    )


# -- the run ---------------------------------------------------------------------------------------------------


def listed(years: Years, year: int) -> Iterator[str]:
    """Yield the routes by which the report of a year put a country on the special watch list."""
    return _routes(years.get(year), years.get(year - 1))


def _routes(now: Placement | None, before: Placement | None) -> Iterator[str]:
    if now == "1" and before in ("2", "2WL"):
        yield "WL-i"
    if now in ("2", "2WL") and before == "3":
        yield "WL-ii"
    if now == "2WL":
        yield "T2WL"


def _runs(years: Years, year: int, first: int, reading: Reading) -> set[int]:
    """Every length that the run of years before a report may have; one where what is missing does not bear on it."""
    found: set[int] = set()
    on_list = _possible(years, year - 1)
    for run, earlier in enumerate(range(year - 1, first - 1, -1)):
        before = _possible(years, earlier - 1)
        counted = {(now, was) for now in on_list for was in before if _counts(now, was, reading)}
        if len(counted) < len(on_list) * len(before):
            found.add(run)
        if not counted:
            return found
        on_list = {was for _, was in counted}
    return found | {max(0, year - first)}


def _possible(years: Years, year: int) -> set[Placement]:
    """Where the report of a year may have put a country."""
    return {years[year]} if year in years else set(get_args(Placement))


def _counts(now: Placement, before: Placement, reading: Reading) -> bool:
    """Whether a year was spent on the list that the reading counts, the year before it being known."""
    return now == "2WL" if reading == "state" else any(_routes(now, before))


# -- the limit -------------------------------------------------------------------------------------------------


def _limit(run: int, downgrade: Downgrade, barred: bool) -> Limit:
    if barred:
        return "not WL"
    if run < downgrade.years:
        return "none"
    return "waiver or 3" if run - downgrade.years < downgrade.waiver_years else "3"


def _bars(years: Years, year: int, downgrade: Downgrade, relisting: Relisting, reading: Reading) -> set[bool]:
    """Whether the re-listing limit binds; both if that is not known. It counts route iii alone, on either reading."""
    found: set[bool] = set()
    for run in _runs(years, year, downgrade.counted_from, "state"):
        over = run >= relisting.years
        found |= _downgraded(years, year - run - 1, downgrade, reading) if over else {False}
    return found


def _downgraded(years: Years, year: int, downgrade: Downgrade, reading: Reading) -> set[bool]:
    """Whether a report put the country on Tier 3 in a stretch that follows on a full run; both if that is not known."""
    now, before = years.get(year), years.get(year - 1)
    if year <= downgrade.counted_from or now not in ("3", None):
        return {False}
    needed = downgrade.years + (1 if reading == "state" else 0)  # on State's reading a waiver year belongs to it
    found = set() if now == "3" else {False}
    if before in ("3", None):
        found |= _downgraded(years, year - 1, downgrade, reading)
    if before != "3":
        found |= {run >= needed for run in _runs(years, year, downgrade.counted_from, "state")}
    return found


# -- whether it fits -------------------------------------------------------------------------------------------


def _fits(row: Placed, stood: Standing) -> tuple[bool | Literal["unknown"], str]:
    """Whether a placement obeys the limit, and why."""
    if row.tier != "2WL":
        if row.waived:
            return False, "a waiver keeps a country on the Tier 2 Watch List and puts it nowhere else"
        return True, _why_elsewhere(row, stood)
    if stood.limit is None:
        return "unknown", "an earlier year is missing, and the limit hangs on it"
    after = f"after {_years(stood.run)} on the list"
    answers: dict[tuple[Limit, Waiver], tuple[bool | Literal["unknown"], str]] = {
        ("none", "waived"): (False, f"a waiver is recorded, and {after} no downgrade was due"),
        ("none", "none"): (True, "the years on the list leave room"),
        ("none", "not found"): (True, "the years on the list leave room"),
        ("waiver or 3", "waived"): (True, f"{after} the downgrade was waived"),
        ("waiver or 3", "none"): (False, f"{after} there was no waiver"),
        ("waiver or 3", "not found"): ("unknown", f"{after} a waiver was needed, and the file names none"),
        ("3", "waived"): (False, f"{after} the waiver was spent"),
        ("3", "none"): (False, f"{after} the waiver was spent"),
        ("3", "not found"): (False, f"{after} the waiver was spent"),
    }
    over = (False, "after an automatic downgrade the one year on the list was over")
    return answers.get((stood.limit, row.waiver), over)


_WHY_TIER_3: Mapping[str | None, str] = {
    "3": "Tier 3, since the waiver was spent",
    "waiver or 3": "Tier 3, after full years on the list without a waiver",
    "not WL": "Tier 3, since the one year on the list after a downgrade was over",
}


def _why_elsewhere(row: Placed, stood: Standing) -> str:
    otherwise = "no limit binds this placement"
    return _WHY_TIER_3.get(stood.limit, otherwise) if row.tier == "3" else otherwise


def in_words(stood: Standing) -> str:
    """Return a standing in one clause."""
    if stood.run is None:
        return "how long the country was on the Tier 2 Watch List without a break is not known"
    used = "" if stood.run < 1 else f", {stood.waivers_used} of {stood.cap} waiver years used"
    where = f"; {stood.provision}" if stood.provision else ""
    return f"{_years(stood.run)} on the Tier 2 Watch List without a break{used}{where}"


def _years(run: int | None) -> str:
    return "an unknown number of years" if run is None else f"{run} year{'' if run == 1 else 's'}"
