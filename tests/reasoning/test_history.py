"""Years on the watch list: the run, the waiver, the limit, on real placements and on random ones."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran, read_once
from tierengine.errors import NotInForceError
from tierengine.evidence.placements import Placed, Waiver, read_placements
from tierengine.reasoning.history import Reading, Standing, YearOnRecord, history, in_words, listed, standing
from tierengine.terms.tier import Placement

BOOK = read_once(ROOT)
FILE = ROOT / "tests" / "data" / "tier_history.csv"
ROWS = read_placements(FILE)
FOUND = {(year.iso3, year.year): year for year in history(ROWS, BOOK)}
STRICTNESS = {"none": 0, "waiver or 3": 1, "3": 2}


def test_every_row_is_answered() -> None:
    """No placement of the file is lost, and none is made up."""
    assert set(FOUND) == {(row.iso3, row.year) for row in ROWS}


@pytest.mark.parametrize(("iso3", "year"), [("CHN", 2013), ("RUS", 2013), ("UZB", 2013), ("THA", 2014)])
def test_the_waiver_was_spent(iso3: str, year: int) -> None:
    """Four reports on the Tier 2 Watch List used both waiver years, and the fifth is Tier 3."""
    found = FOUND[iso3, year]
    assert (found.tier, found.run, found.waivers_used, found.limit, found.consistent) == ("3", 4, 2, "3", True)


def test_nobody_is_wrongly_forced_down() -> None:
    """No country was on the watch list in a year in which the rules say that it could not be."""
    forced = [key for key, year in FOUND.items() if year.tier == "2WL" and year.limit in ("3", "not WL")]
    assert forced == []


def test_a_blank_cell_is_not_found_and_not_none() -> None:
    """No row of the file is inconsistent: where a waiver was needed, an empty cell says only that none was found."""
    assert not [year for year in FOUND.values() if year.consistent is False]
    unfound = [year for year in FOUND.values() if "the file names none" in year.reason]
    assert {(year.limit, year.consistent) for year in unfound} == {("waiver or 3", "unknown")}
    waived = {(row.iso3, row.year) for row in ROWS if row.waived}
    assert not waived & {(year.iso3, year.year) for year in unfound}
    assert len(unfound) == 34


def test_an_explicit_none_is_inconsistent() -> None:
    """The same years on the list: with a waiver they fit, without one they do not, and an empty cell leaves it open."""
    years: dict[int, Placement] = {2008: "2", 2009: "2WL", 2010: "2WL", 2011: "2WL"}
    consistent = {}
    for waiver in get_args(Waiver):
        rows = [_row(year, tier, waiver if year == 2011 else "not found") for year, tier in years.items()]
        consistent[waiver] = list(history(rows, BOOK))[-1].consistent
    assert consistent == {"waived": True, "none": False, "not found": "unknown"}


def test_the_statute_s_reading_binds_more() -> None:
    """Counting the special watch list, two countries would have been barred that the Department kept on its list."""
    other = {(year.iso3, year.year): year for year in history(ROWS, BOOK, "statute")}
    barred = {key for key, year in other.items() if year.tier == "2WL" and year.limit == "not WL"}
    assert barred == {("GNQ", 2021), ("GNQ", 2022), ("SDN", 2019), ("SDN", 2020)}


# -- by hand ---------------------------------------------------------------------------------------------------

CASES: list[tuple[str, dict[int, str], int, tuple[Any, ...]]] = [
    ("nothing counts before 2009", {2007: "2WL", 2008: "2WL"}, 2009, (0, 0, "none")),
    ("two years before the first report that can downgrade", {2009: "2WL", 2010: "2WL"}, 2011, (2, 0, "waiver or 3")),
    ("one year used, one left", dict.fromkeys(range(2009, 2012), "2WL"), 2012, (3, 1, "waiver or 3")),
    ("both used", dict.fromkeys(range(2009, 2013), "2WL"), 2013, (4, 2, "3")),
    ("from 2019 one waiver year", dict.fromkeys(range(2016, 2019), "2WL") | {2015: "2"}, 2019, (3, 1, "3")),
    ("one year before, one waiver year is left", {2017: "2WL", 2018: "2WL", 2016: "2"}, 2019, (2, 0, "waiver or 3")),
    ("Tier 2 ends the run", {2009: "2WL", 2010: "2WL", 2011: "2"}, 2012, (0, 0, "none")),
    ("a missing year is not zero", {2015: "2WL", 2017: "2WL"}, 2018, (None, None, None)),
    ("a missing year after a known one off the list", {2018: "2"}, 2020, (None, None, "none")),
    ("a missing year before a full run", {2018: "2", 2020: "2WL", 2021: "2WL", 2022: "2WL"}, 2023, (None, None, "3")),
    ("a gap too short for a full run", {2017: "2", 2018: "3", 2020: "3", 2021: "2WL"}, 2022, (1, 0, "none")),
    ("a gap that may hold the downgrade", {2018: "3", 2020: "2WL"}, 2021, (None, None, None)),
    (
        "a missing year that may be the downgrade or a rise",
        {2011: "2", 2015: "3"}
        | dict.fromkeys((2012, 2013, 2014), "2WL")
        | dict.fromkeys((2016, 2017, 2018, 2020), "2WL"),
        2021,
        (None, None, None),
    ),
    (
        "a missing year after the downgrade, which may be a rise",
        {2014: "2", 2015: "2WL", 2016: "2WL", 2017: "2WL", 2018: "3", 2020: "2WL"},
        2021,
        (None, None, None),
    ),
    ("a missing year that cannot matter", dict.fromkeys(range(2014, 2018), "2WL"), 2018, (None, None, "3")),
    (
        "back for a year after a waived downgrade",
        {2015: "2", 2016: "2WL", 2017: "2WL", 2018: "2WL", 2019: "3", 2020: "2WL"},
        2021,
        (1, 0, "not WL"),
    ),
    (
        "back straight from Tier 3, the first year is free",
        {2015: "2", 2016: "2WL", 2017: "2WL", 2018: "2WL", 2019: "3"},
        2020,
        (0, 0, "none"),
    ),
    (
        "no waiver years, so State's reading does not bind",
        {2016: "2", 2017: "2WL", 2018: "2WL", 2019: "3", 2020: "2WL"},
        2021,
        (1, 0, "none"),
    ),
    (
        "Tier 3 after a shorter stay begins anew",
        {2015: "2", 2016: "2WL", 2017: "2WL", 2018: "2WL", 2019: "3", 2020: "2WL", 2021: "3", 2022: "2WL"},
        2023,
        (1, 0, "none"),
    ),
]


@pytest.mark.parametrize(("years", "year", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_by_hand(years: dict[int, Placement], year: int, expected: tuple[Any, ...]) -> None:
    """Run, waiver years and limit of cases worked out by hand."""
    stood = standing(years, year, BOOK)
    assert (stood.run, stood.waivers_used, stood.limit) == expected


def test_a_year_on_tier_2_is_not_the_year_back() -> None:
    """On the statute's reading too the re-listing limit counts route iii alone, not a year after a rise to Tier 2."""
    rose: dict[int, Placement] = {2015: "2", 2016: "2WL", 2017: "2WL", 2018: "3", 2019: "2"}
    assert standing(rose, 2020, BOOK, "statute").limit == "none"
    assert standing(rose | {2019: "2WL"}, 2020, BOOK, "statute").limit == "not WL"


def test_the_provision_follows_the_date() -> None:
    """The same limit is cited under the number that the paragraph had in the year."""
    years: dict[int, Placement] = dict.fromkeys(range(2009, 2013), "2WL")
    assert "7107(b)(3)(D)" in standing(years, 2012, BOOK).provision
    assert "7107(b)(2)(D)" in standing(years, 2013, BOOK).provision


@pytest.mark.parametrize(
    ("before", "now", "routes"),
    [
        ("2", "1", ["WL-i"]),
        ("2WL", "1", ["WL-i"]),
        ("3", "1", []),
        (None, "1", []),
        ("3", "2", ["WL-ii"]),
        ("3", "2WL", ["WL-ii", "T2WL"]),
        ("2", "2WL", ["T2WL"]),
        (None, "2WL", ["T2WL"]),
        ("1", "2", []),
        ("2", "3", []),
        ("3", None, []),
    ],
)
def test_the_routes_to_the_special_watch_list(
    before: Placement | None, now: Placement | None, routes: list[str]
) -> None:
    """A rise to Tier 1 or from Tier 3, and the Tier 2 Watch List; the year after and the years around are not read."""
    years: dict[int, Placement] = {2007: "2", 2010: "3", 2011: "2WL"}
    known = {year: tier for year, tier in ((2008, before), (2009, now)) if tier is not None}
    assert list(listed(years | known, 2009)) == routes


def test_the_record_names_the_routes_where_the_law_has_them() -> None:
    """No special watch list before its Act: a rise from Tier 3 counts in 2005 and did not in 2002."""
    years: dict[int, Placement] = {2001: "3", 2002: "2", 2004: "3", 2005: "2"}
    rows = [_row(year, tier, "not found") for year, tier in years.items()]
    found = {each.year: each.special_watch_list for each in history(rows, BOOK)}
    assert found == {2001: (), 2002: (), 2004: (), 2005: ("WL-ii",)}


ON_LIST: dict[int, Placement] = {2008: "2"}
WHY: list[tuple[dict[int, Placement], Placement, Waiver, bool | str, str]] = [
    ({2009: "2WL"}, "2WL", "waived", False, "a waiver is recorded, and after 1 year on the list no downgrade was due"),
    ({2009: "2WL"}, "2WL", "none", True, "the years on the list leave room"),
    ({}, "2WL", "not found", True, "the years on the list leave room"),
    ({2009: "2WL", 2010: "2WL"}, "2WL", "waived", True, "after 2 years on the list the downgrade was waived"),
    ({2009: "2WL", 2010: "2WL"}, "2WL", "none", False, "after 2 years on the list there was no waiver"),
    ({2009: "2WL", 2010: "2WL"}, "3", "not found", True, "Tier 3, after full years on the list without a waiver"),
    ({2009: "2WL", 2010: "2WL"}, "2", "not found", True, "no limit binds this placement"),
    ({2009: "2WL"}, "3", "not found", True, "no limit binds this placement"),
    (dict.fromkeys(range(2009, 2013), "2WL"), "2WL", "waived", False, "after 4 years on the list the waiver was spent"),
    (dict.fromkeys(range(2009, 2013), "2WL"), "2WL", "none", False, "after 4 years on the list the waiver was spent"),
    (
        dict.fromkeys(range(2009, 2013), "2WL"),
        "2WL",
        "not found",
        False,
        "after 4 years on the list the waiver was spent",
    ),
    (dict.fromkeys(range(2009, 2013), "2WL"), "3", "not found", True, "Tier 3, since the waiver was spent"),
]


@pytest.mark.parametrize(("years", "tier", "waiver", "fits", "why"), WHY)
def test_why_a_placement_fits(
    years: dict[int, Placement], tier: Placement, waiver: Waiver, fits: bool | str, why: str
) -> None:
    """Each limit with each word on the waiver; the provision stands behind where there is one, and nothing else."""
    rows = [_row(year, placed, "not found") for year, placed in (ON_LIST | years).items()]
    found = list(history([*rows, _row(max(ON_LIST | years) + 1, tier, waiver)], BOOK))[-1]
    provision = "" if found.limit == "none" else " (22 USC 7107(b)(3)(D); TVPA section 110(b)(3)(D))"
    if found.year >= 2013 and provision:
        provision = " (22 USC 7107(b)(2)(D); TVPA section 110(b)(2)(D))"
    assert (found.consistent, found.reason) == (fits, why + provision)


@pytest.mark.parametrize(
    ("tier", "fits", "why"),
    [
        ("2WL", False, "after an automatic downgrade the one year on the list was over"),
        ("3", True, "Tier 3, since the one year on the list after a downgrade was over"),
        ("2", True, "no limit binds this placement"),
    ],
)
def test_the_one_year_back_is_over(tier: Placement, fits: bool, why: str) -> None:
    """Back on the list for a year after a downgrade, a country may not stay there, whatever is said of a waiver."""
    back: dict[int, Placement] = {2015: "2", 2016: "2WL", 2017: "2WL", 2018: "2WL", 2019: "3", 2020: "2WL"}
    for waiver in get_args(Waiver) if tier == "2WL" else ("none",):
        rows = [*(_row(year, placed, "not found") for year, placed in back.items()), _row(2021, tier, waiver)]
        found = list(history(rows, BOOK))[-1]
        assert (found.limit, found.consistent) == ("not WL", fits)
        assert found.reason.startswith(f"{why} (22 USC 7107(b)(2)(F)")


@pytest.mark.parametrize(
    ("years", "waiver", "fits", "why"),
    [
        (
            {2008: "2", 2009: "2WL", 2011: "2WL"},
            "none",
            "unknown",
            "an earlier year is missing, and the limit hangs on it",
        ),
        (
            {2018: "2", 2020: "2WL", 2021: "2WL", 2022: "2WL"},
            "none",
            False,
            "after an unknown number of years on the list the waiver was spent (",
        ),
    ],
)
def test_a_missing_year_is_named(years: dict[int, Placement], waiver: Waiver, fits: bool | str, why: str) -> None:
    """Where the limit hangs on it, nothing is said of the placement; where it does not, the run alone is unknown."""
    rows = [_row(year, placed, "not found") for year, placed in years.items()]
    found = list(history([*rows, _row(max(years) + 1, "2WL", waiver)], BOOK))[-1]
    assert found.consistent == fits
    assert found.reason.startswith(why)


def test_before_the_limit_nothing_is_counted() -> None:
    """Under a law without the automatic downgrade there is neither a run, nor a waiver, nor a provision."""
    assert standing({2004: "2WL", 2005: "2WL"}, 2006, BOOK) == Standing(
        run=0, waivers_used=0, cap=0, limit="none", provision=""
    )


def test_the_law_begins_within_a_year_without_report() -> None:
    """A row of the year in which the Act was passed is one without a law, and no bad evidence."""
    with pytest.raises(NotInForceError, match="no law asks for a report of 2000"):
        list(history([_row(2000, "2", "not found")], BOOK))


def test_a_waiver_elsewhere_than_on_the_list() -> None:
    """A waiver that is recorded for another tier fits nothing."""
    (found,) = history([_row(2012, "3", "waived")], BOOK)
    assert (found.consistent, found.reason) == (
        False,
        "a waiver keeps a country on the Tier 2 Watch List and puts it nowhere else",
    )


@pytest.mark.parametrize(
    ("years", "year", "words"),
    [
        ({2010: "2"}, 2011, "0 years on the Tier 2 Watch List without a break"),
        ({2009: "2", 2010: "2WL"}, 2011, "1 year on the Tier 2 Watch List without a break, 0 of 2 waiver years used"),
        (
            dict.fromkeys(range(2009, 2012), "2WL"),
            2012,
            "3 years on the Tier 2 Watch List without a break, 1 of 2 waiver years used; "
            "22 USC 7107(b)(3)(D); TVPA section 110(b)(3)(D)",
        ),
        ({2010: "2WL"}, 2012, "how long the country was on the Tier 2 Watch List without a break is not known"),
    ],
)
def test_a_standing_in_words(years: dict[int, Placement], year: int, words: str) -> None:
    """One clause: the run, the waivers used, and the provision that makes the limit."""
    assert in_words(standing(years, year, BOOK)) == words


# -- on random histories ---------------------------------------------------------------------------------------

PLACEMENTS: st.SearchStrategy[Placement] = st.sampled_from(("1", "2", "2WL", "3", "SC"))
HISTORIES = st.lists(PLACEMENTS, min_size=1, max_size=22).map(lambda tiers: dict(enumerate(tiers, start=2004)))


@given(st.integers(2010, 2025), st.integers(0, 8))
def test_the_limit_never_loosens_with_a_longer_run(year: int, run: int) -> None:
    """One more year on the list before the same report never leaves more room."""
    limits = []
    for length in (run, run + 1):
        years: dict[int, Placement] = {y: "2WL" if y >= year - length else "2" for y in range(2009, year)}
        limits.append(STRICTNESS[str(standing(years, year, BOOK).limit)])
    assert limits == sorted(limits)


@settings(deadline=None)  # it selects the law of every year twice, which takes its time on a busy machine
@given(HISTORIES, st.data())
def test_a_waiver_raises_no_tier_and_changes_no_limit(years: dict[int, Placement], data: st.DataObject) -> None:
    """With a waiver recorded the limits stay, and only a country on the watch list can fit with it."""
    year = data.draw(st.sampled_from(sorted(y for y in years if y >= 2009) or [max(years)]))
    plain, waived = (_years(years, {year} if marked and year >= 2009 else set()) for marked in (False, True))
    assert [each.limit for each in plain] == [each.limit for each in waived]
    for before, after in zip(plain, waived, strict=True):
        if after.year == year and after.year >= 2009 and after.consistent is True:
            assert after.tier == "2WL"
        elif after.year != year:
            assert before == after


@given(HISTORIES)
def test_a_country_that_earns_tier_2_ends_the_run(years: dict[int, Placement]) -> None:
    """After Tier 1 or 2 the run is zero, and no limit binds."""
    year = max(years) + 1
    years[year - 1] = "2"
    stood = standing(years, year, BOOK)
    assert (stood.run, stood.limit) == (0, "none")


@given(HISTORIES, st.data())
def test_a_missing_year_only_widens(years: dict[int, Placement], data: st.DataObject) -> None:
    """Leaving a year out gives the same limit or none that is known, never another."""
    year = max(years) + 1
    whole = standing(years, year, BOOK)
    lost = data.draw(st.sampled_from(sorted(years)))
    part = standing({y: tier for y, tier in years.items() if y != lost}, year, BOOK)
    assert part.limit in (whole.limit, None)
    assert part.run in (whole.run, None)


# -- a second opinion ------------------------------------------------------------------------------------------


def _slowly(years: dict[int, Placement], year: int, reading: Reading) -> tuple[int, str]:
    """Run and limit where every year is known, worked out forward, year by year."""
    run = stay = 0
    downgraded = False
    for each in range(2009, year):
        now, before = years[each], years[each - 1]
        rose = (now == "1" and before in ("2", "2WL")) or (now == "2" and before == "3")
        if now == "3":
            downgraded = stay >= (3 if reading == "state" else 2) if stay else downgraded and before == "3"
        elif now != "2WL":
            downgraded = False
        stay = stay + 1 if now == "2WL" else 0
        run = run + 1 if now == "2WL" or (rose and reading == "statute") else 0
    if year >= 2019 and downgraded and stay >= 1:
        return run, "not WL"
    left = (2 if year <= 2018 else 1) - (run - 2)
    return run, "none" if run < 2 or year < 2009 else "waiver or 3" if left > 0 else "3"


def _all_ways(years: dict[int, Placement], year: int, reading: Reading) -> tuple[int | None, str | None]:
    """Run and limit where every way of filling in the missing years agrees on them."""
    missing = [each for each in range(2008, year) if each not in years]
    ways = product(get_args(Placement), repeat=len(missing))
    found = {_slowly(years | dict(zip(missing, way, strict=True)), year, reading) for way in ways}
    runs, limits = {run for run, _ in found}, {limit for _, limit in found}
    return runs.pop() if len(runs) == 1 else None, limits.pop() if len(limits) == 1 else None


READINGS: tuple[Reading, ...] = ("state", "statute")


@pytest.mark.parametrize("reading", READINGS)
@given(
    st.lists(st.sampled_from(("1", "2", "2WL", "2WL", "2WL", "3", "3", "SC")), min_size=2, max_size=17),
    st.sets(st.integers(2008, 2024), max_size=3),
)
def test_a_slow_calculation_agrees(reading: Reading, tiers: list[Placement], lost: set[int]) -> None:
    """Run and limit are those of the slow calculation; they are unknown only where missing years decide."""
    year = 2008 + len(tiers)
    years: dict[int, Placement] = {y: tier for y, tier in enumerate(tiers, start=2008) if y not in lost}
    stood = standing(years, year, BOOK, reading)
    assert (stood.run, stood.limit) == _all_ways(years, year, reading)


@pytest.mark.parametrize("reading", READINGS)
def test_a_slow_calculation_agrees_on_the_file(reading: Reading) -> None:
    """So it is for every row of the file behind which no more than three years are missing."""
    compared = 0
    for year in history(ROWS, BOOK, reading):
        years = {row.year: row.tier for row in ROWS if row.iso3 == year.iso3}
        if year.year > 2009 and len(set(range(2008, year.year)) - years.keys()) <= 3:
            limit = None if year.limit == "unknown" else year.limit
            assert (year.run, limit) == _all_ways(years, year.year, reading)
            compared += 1
    assert compared > 1500


def test_every_unknown_limit_follows_on_a_missing_year() -> None:
    """A limit is not known for one reason: the years on the list lead back to a report that the file does not have."""
    years: dict[str, dict[int, Placement]] = {}
    for row in ROWS:
        years.setdefault(row.iso3, {})[row.year] = row.tier
    gaps: Counter[int] = Counter()
    for each in FOUND.values():
        if each.consistent == "unknown" and each.limit == "unknown":
            before = each.year - 1
            while years[each.iso3].get(before) == "2WL":
                before -= 1
            assert before not in years[each.iso3]
            gaps[before] += 1
    assert gaps == {2019: 28, 2016: 6, 2010: 6, 2009: 1}


def _years(years: dict[int, Placement], waived: set[int]) -> list[YearOnRecord]:
    rows = [_row(year, tier, "waived" if year in waived else "none") for year, tier in years.items()]
    return list(history(rows, BOOK))


def _row(year: int, tier: Placement, waiver: Waiver) -> Placed:
    return Placed(iso3="XAA", country="Made up", year=year, tier=tier, waiver=waiver, where=f"made-up:{year}")


# -- as a user types it ----------------------------------------------------------------------------------------


def test_json_of_one_year(tierengine: Callable[..., Ran]) -> None:
    """JSON is a list of objects with exactly the promised keys."""
    ran = tierengine("history", FILE, "--year", "2013", "--format", "json")
    found = {each["iso3"]: each for each in json.loads(ran.out)}
    assert ran.code == 0
    assert found["CHN"] == {
        "iso3": "CHN",
        "year": 2013,
        "tier": "3",
        "run": 4,
        "waivers_used": 2,
        "limit": "3",
        "special_watch_list": [],
        "consistent": True,
        "reason": "Tier 3, since the waiver was spent (22 USC 7107(b)(2)(D); TVPA section 110(b)(2)(D))",
    }


def test_text_counts(tierengine: Callable[..., Ran]) -> None:
    """The text ends with the counts, and the other reading is a switch."""
    assert tierengine("history", FILE).out.endswith("consistent 2269, unknown 75, inconsistent 0\n")
    assert "inconsistent 0" not in tierengine("history", FILE, "--reading", "statute").out


def test_countries_that_are_no_more(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A code that was withdrawn names its country up to the year of its end (ISO 3166-3), and none later."""
    rows = "Serbia and Montenegro,SCG,2006,2,\nNetherlands Antilles,ANT,2010,2WL,\n"
    (tmp_path / "h.csv").write_text(HEADER + rows, encoding="utf-8")
    assert tierengine("history", tmp_path / "h.csv").code == 0
    (tmp_path / "h.csv").write_text(HEADER + rows.replace("2006", "2007") + "Sikkim,SKM,2007,2,\n", encoding="utf-8")
    ran = tierengine("history", tmp_path / "h.csv")
    assert (ran.code, ran.out) == (1, "")
    assert "h.csv:2: `SCG` is no country code since 2006" in ran.err
    assert "h.csv:4: `SKM` is no country code since 1975" in ran.err


def test_a_year_that_is_not_there(tierengine: Callable[..., Ran]) -> None:
    """A year without a placement is a question that cannot be asked."""
    ran = tierengine("history", FILE, "--year", "1999")
    assert (ran.code, ran.out) == (2, "")
    assert "ask for a year from 2001 to 2025" in ran.err


HEADER = "country,iso3,year,tier,waiver\n"
BAD = [
    ("an unknown code", HEADER + "Nowhere,ZQZ,2010,2,\n", 1, ["h.csv:2: `ZQZ` is no country code"]),
    ("two tiers a year", HEADER + "Fiji,FJI,2010,2,\nFiji,FJI,2010,3,\n", 1, ["h.csv:3: FJI has a second placement"]),
    ("out of order", HEADER + "Fiji,FJI,2011,2,\nFiji,FJI,2010,3,\n", 1, ["h.csv:3: FJI 2010 stands after 2011"]),
    (
        "no watch list yet",
        HEADER + "Fiji,FJI,2003,2WL,\n",
        1,
        ["h.csv:2: there was no tier 2WL in 2003", "write one of: 1, 2, 3, SC"],
    ),
    (
        "no waiver yet",
        HEADER + "Fiji,FJI,2008,2WL,waived\n",
        1,
        ["h.csv:2: there was no waiver in 2008", "leave the cell empty, or correct the year"],
    ),
    ("before the law", HEADER + "Fiji,FJI,1999,2,\n", 3, ["h.csv:2: no law asks for a report of 1999", "2000-10-28"]),
    ("no column", "country,iso3,year,tier\nFiji,FJI,2010,2\n", 1, ["h.csv:1: there is no column waiver"]),
    ("empty", "", 1, ["h.csv:1: there is no column"]),
    ("only a header", HEADER, 1, ["h.csv:1: there is no row"]),
    ("a short row", HEADER + "Fiji,FJI\n", 1, ["h.csv:2: `` is no year", "h.csv:2: `` is no placement"]),
    (
        "all at once",
        HEADER + "Fiji,fji,20x0,4,maybe\nFiji,FJI,2010,2,\nFiji,FJI,2010,2,\n",
        1,
        ["`fji` is no country", "`20x0` is no year", "`4` is no placement", "`maybe` is no waiver", "h.csv:4: FJI has"],
    ),
    (
        "years without their law, all at once",
        HEADER + "Fiji,FJI,1999,2,\nFiji,FJI,2003,2WL,\nFiji,FJI,2008,2WL,waived\n",
        3,
        ["h.csv:2: no law asks", "2000-10-28", "h.csv:3: there was no tier 2WL", "h.csv:4: there was no waiver"],
    ),
    (
        "what cannot be read and what the law does not know, all at once",
        HEADER
        + "Fiji,FJI,1999,2,\nNowhere,ZQZ,2010,2,\nFiji,FJI,2003,2WL,\nFiji,FJI,2003,2,\nFiji,FJI,2002,2,waived\n",
        1,
        [
            "h.csv:2: no law",
            "h.csv:3: `ZQZ`",
            "h.csv:4: there was no tier",
            "h.csv:5: FJI has",
            "h.csv:6: FJI 2002 stands",
        ],
    ),
    ("a cell too many", HEADER + "Fiji,FJI,2010,2,,waived\n", 1, ["h.csv:2: the row has 6 cells, and there are 5"]),
    ("a bare comma", HEADER + "Korea, South,KOR,2010,2,\n", 1, ["h.csv:2: the row has 6 cells", "between quotation"]),
    ("a cell too few", HEADER + "Fiji,FJI,2010,2\n", 1, ["h.csv:2: the row has 4 cells, and there are 5"]),
    (
        "a column twice",
        HEADER[:-1] + ",tier\nFiji,FJI,2010,2,,3\n",
        1,
        ["h.csv:1: more than one column is called tier"],
    ),
    ("an open quotation mark in the header", '"' + HEADER + "Fiji,FJI,2010,2,\n", 1, ["h.csv:1: is no line of CSV"]),
    ("an endless header", "x" * 200_000 + HEADER, 1, ["h.csv:1: is no line of CSV: field larger"]),
    ("an endless cell", HEADER + "x" * 200_000 + ",FJI,2010,2,\n", 1, ["h.csv:2: is no line of CSV: field larger"]),
    ("a cell of two lines", HEADER + '\n"Fi\nji",FJI,20x0,2,\n', 1, ["h.csv:3: `20x0` is no year"]),
    ("another separator", HEADER.replace(",", "|") + "Fiji|FJI|2010|2|\n", 1, ["h.csv:1: there is no column country"]),
    ("two separators", HEADER.replace(",", ";") + "Fiji,FJI,2010,2,\n", 1, ["h.csv:2: the row has 1 cells"]),
    ("the same row twice", HEADER + "Fiji,FJI,2010,2,\n" * 2, 1, ["h.csv:3: FJI has a second placement for 2010"]),
    ("an open quotation mark", HEADER + '"Fiji,FJI,2010,2,\n', 1, ["is no line of CSV"]),
]


@pytest.mark.parametrize(("text", "code", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_files(text: str, code: int, expected: list[str], tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A bad file is reported with file and line, all problems at once, and nothing is printed."""
    (tmp_path / "h.csv").write_text(text, encoding="utf-8")
    ran = tierengine("history", tmp_path / "h.csv")
    assert (ran.code, ran.out) == (code, "")
    for words in expected:
        assert words in ran.err
    seen = ran.err.splitlines()
    lines = [re.findall(r"\Ah\.csv:(\d+): \S", line) for line in seen[::2]]
    assert all(lines)
    assert lines == sorted(lines, key=lambda found: int(found[0]))
    assert all(line.startswith("    ") for line in seen[1::2])


def test_a_file_that_is_not_text_or_not_there(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Bytes of no known encoding, reported with their line; a file that does not exist, and a folder."""
    # No character of Windows-1252 either, or UTF-8 beside it, so that the file is damaged.
    for name, after in ((b"C\x81te", b""), (b"C\xf4te", "C\u00f4te".encode())):
        rows = b"Fiji,FJI,2010,2,\n" + name + b",CIV,2010,2,\n" + after
        (tmp_path / "h.csv").write_bytes(HEADER.encode() + rows)
        ran = tierengine("history", tmp_path / "h.csv")
        assert (ran.code, ran.out) == (1, "")
        assert "h.csv:3: byte 48 of the file is not UTF-8" in ran.err
    for missing in (tmp_path / "none.csv", tmp_path):
        ran = tierengine("history", missing)
        assert (ran.code, ran.out) == (1, "")
        assert f"{missing}: cannot be opened" in ran.err


def test_how_a_file_may_be_written(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A byte order mark, lines as other systems end them, blank lines, and columns of one's own in any order."""
    plain = "country,iso3,year,tier,waiver\nFiji,FJI,2010,2,\nFiji,FJI,2011,2WL,\n"
    other = "mine,waiver,tier,year,iso3,country\nx,,2,2010,FJI,Fiji\n\ny,,2WL,2011,FJI,Fiji\n\n\n"
    (tmp_path / "h.csv").write_text(plain, encoding="utf-8")
    (tmp_path / "o.csv").write_bytes(b"\xef\xbb\xbf" + other.replace("\n", "\r\n").encode())
    first, second = (tierengine("history", tmp_path / name) for name in ("h.csv", "o.csv"))
    assert (first.code, first.out) == (0, second.out)


EXPORTS = {
    "semicolons": (";", "utf-8", b""),
    "tabs": ("\t", "utf-8", b""),
    "a byte order mark": (",", "utf-8", b"\xef\xbb\xbf"),
    "Windows-1252": (";", "cp1252", b""),
    "UTF-16 with its mark": ("\t", "utf-16-le", b"\xff\xfe"),
    "UTF-16, the other way round": ("\t", "utf-16-be", b"\xfe\xff"),
    "UTF-16 without a mark": (",", "utf-16-le", b""),
}
"""How offices export: the separator, the encoding, and the mark before it."""


@pytest.mark.parametrize(("separator", "encoding", "mark"), EXPORTS.values(), ids=EXPORTS)
def test_what_offices_export(
    separator: str, encoding: str, mark: bytes, tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """The same rows in every usual form give the same answer: quoted cells, empty rows at the end, `sep=` before."""
    rows = [["country", "iso3", "year", "tier", "waiver"], ["C\u00f4te, d'Ivoire", "CIV", "2010", "2", ""]]
    rows += [["Fiji", "FJI", "2010", "2WL", ""]]
    (tmp_path / "h.csv").write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), encoding="utf-8")
    plain = tierengine("history", tmp_path / "h.csv", "--format", "json").out.replace("h.csv", "FILE")
    text = "\r\n".join([separator.join(f'"{cell}"' for cell in row) for row in rows] + [separator * 4] * 2)
    for before, name in (("", "e.csv"), (f"sep={separator}\r\n", "s.csv")):
        (tmp_path / name).write_bytes(mark + (before + text).encode(encoding))
        ran = tierengine("history", tmp_path / name, "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.replace(name, "FILE") == plain
        assert read_placements(tmp_path / name)[0].country == "C\u00f4te, d'Ivoire"
