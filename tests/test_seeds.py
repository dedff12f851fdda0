"""The invented dossiers in `seeds/`, each under a law of its own, as a user runs them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Ran

SEEDS = ROOT / "seeds"


def _assessed(tierengine: Callable[..., Ran], seed: str | Path, *more: str) -> dict[str, Any]:
    path = seed if isinstance(seed, Path) else SEEDS / seed / "dossier.yaml"
    found: dict[str, Any] = json.loads(tierengine("assess", path, "--format", "json", *more).out)
    return found


def _routes(answer: dict[str, Any]) -> set[str]:
    return {each["route"] for each in answer["watch_list"] if each["outcome"] == "met"}


@pytest.mark.parametrize("seed", ["invented-2011", "invented-2013", "invented-2019"])
def test_each_is_marked_as_invented(seed: str) -> None:
    """Dossier and cable both say so, in their first lines."""
    assert (SEEDS / seed / "dossier.yaml").read_text(encoding="utf-8").startswith("# INVENTED")
    assert "This telegram is invented, as is the country." in (SEEDS / seed / "cable.txt").read_text(encoding="utf-8")


def test_two_full_years_and_no_plan(tierengine: Callable[..., Ran]) -> None:
    """2011: two years on the watch list, a ground applies, no written plan for a waiver, so Tier 3."""
    answer = _assessed(tierengine, "invented-2011")
    assert (answer["recommendation"]["tier"], answer["recommendation"]["settled"]) == ("3", True)
    assert _routes(answer) == {"WL-iii-II"}
    waiver = next(each for each in answer["considered"] if each["id"] == "WAIVER")
    assert waiver["outcome"] == "not met"


def _without_plan(tmp_path: Path) -> Path:
    """The dossier of 2011 without its record on the plan."""
    text = (SEEDS / "invented-2011" / "dossier.yaml").read_text(encoding="utf-8")
    start = text.index("  - id: no-written-plan")
    end = text.index("  - id: efforts", start)
    (tmp_path / "cable.txt").write_bytes((SEEDS / "invented-2011" / "cable.txt").read_bytes())
    path = tmp_path / "dossier.yaml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    return path


def test_waiver_or_tier_3(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """With nothing known of a plan the watch list and Tier 3 stay open, and the three findings are asked."""
    answer = _assessed(tierengine, _without_plan(tmp_path))
    assert answer["recommendation"]["open_tiers"] == ["2WL", "3"]
    asked = " ".join(next(each for each in answer["considered"] if each["id"] == "WAIVER")["to_settle"])
    for name in ("waiver_written_plan", "waiver_plan_would_suffice", "waiver_sufficient_resources"):
        assert name in asked


@pytest.mark.parametrize(
    ("placements", "open_tiers"),
    [
        ("  - {year: 2009, tier: 2, source: invented}\n  - {year: 2010, tier: 2WL, source: invented}\n", ["2WL"]),
        ("  - {year: 2010, tier: 2WL, source: invented}\n", ["2WL", "3"]),
        ("  - {year: 2009, tier: 2WL, source: invented}\n  - {year: 2010, tier: 3, source: invented}\n", ["2WL"]),
    ],
    ids=["one year", "a year is missing", "the run was broken"],
)
def test_earlier_placements_decide(
    placements: str, open_tiers: list[str], tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """One year leaves room; a missing year leaves both open; Tier 3 in between breaks the run."""
    path = _without_plan(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - {year: 2008")] + placements, encoding="utf-8")
    assert _assessed(tierengine, path)["recommendation"]["open_tiers"] == open_tiers


def test_an_older_placement_is_not_that_of_the_last_report(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """With the placement of the last report missing, a rise from it is not known, whatever an older report said."""
    shutil.copytree(SEEDS / "invented-2013", tmp_path / "seed")
    path = tmp_path / "seed" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  - {year: 2012, tier: 2, source: invented}\n", ""), encoding="utf-8")
    answer = _assessed(tierengine, path)
    assert answer["recommendation"]["open_tiers"] == ["1"]
    assert {each["route"]: each["outcome"] for each in answer["watch_list"]}["WL-i"] == "undetermined"


@pytest.mark.parametrize(
    ("command", "more"), [("assess", ()), ("check", ()), ("compare", ("--after-date", "2012-06-19"))]
)
def test_a_dossier_from_before_the_law(
    command: str, more: tuple[str, ...], tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """A date before 28 October 2000 is reported with the line on which it stands and the earliest date."""
    path = _without_plan(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("as_of: 2011-06-27", "as_of: 2000-10-27"))
    ran = tierengine(command, path, *more)
    assert (ran.code, ran.out) == (3, "")
    assert "dossier.yaml:5:1: no version is encoded for 2000-10-27; the earliest date is 2000-10-28" in ran.err


def test_a_rise_to_tier_1(tierengine: Callable[..., Ran]) -> None:
    """2013: all four standards are met; the rise from Tier 2 is on the special watch list as route i."""
    answer = _assessed(tierengine, "invented-2013")
    assert (answer["recommendation"]["tier"], answer["recommendation"]["settled"]) == ("1", True)
    assert _routes(answer) == {"WL-i"}
    assert {each["outcome"] for each in answer["standards"]} == {"met"}


def test_concrete_actions_of_the_period(tierengine: Callable[..., Ran]) -> None:
    """2019: the acts of the period carry Tier 2, and the two promises are set aside for everything."""
    answer = _assessed(tierengine, "invented-2019")
    assert (answer["recommendation"]["tier"], answer["recommendation"]["settled"]) == ("2", True)
    aside = {each["record"]: each["rule"] for each in answer["set_aside"]}
    assert aside == {"second-shelter-promised": "ADM-COMMITMENT", "amendment-promised": "ADM-COMMITMENT"}
    assert "WL-iii-III" not in {each["route"] for each in answer["watch_list"]}


def test_the_ground_of_promises_ends_on_a_day(tierengine: Callable[..., Ran]) -> None:
    """On 8 January 2019 the third ground is asked about; on 9 January it is not."""
    asked = {}
    for day in ("2019-01-08", "2019-01-09"):
        answer = _assessed(tierengine, "invented-2019", "--as-of", day)
        asked[day] = "WL-iii-III" in {each["route"] for each in answer["watch_list"]}
    assert asked == {"2019-01-08": True, "2019-01-09": False}


def test_a_post_that_asks_for_a_tier_before_it_existed(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Under the law of 2002 nobody can ask for the watch list: reported with file and line, not guessed."""
    folder = SEEDS / "guatemala-2007"
    (tmp_path / "cable.txt").write_bytes((folder / "cable.txt").read_bytes())
    text = (folder / "dossier.yaml").read_text(encoding="utf-8")
    start = text.index("post_recommendation:")
    (tmp_path / "dossier.yaml").write_text(text[:start] + text[start:].replace("tier: 2", "tier: 2WL", 1))
    ran = tierengine("assess", tmp_path / "dossier.yaml", "--as-of", "2002-06-05")
    assert (ran.code, ran.out) == (1, "")
    assert "the law of 2002-06-05 knows no tier 2WL" in ran.err


@pytest.mark.parametrize(("year", "tier"), [(2003, "2WL"), (2000, "2"), (1999, "SC"), (0, "3"), (-5, "2")])
def test_an_earlier_placement_before_its_tier_existed(
    year: int, tier: str, tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """A Tier 2 Watch List of 2003 in a dossier, or a placement before there were reports, is refused with its line."""
    path = _without_plan(tmp_path)
    text = path.read_text(encoding="utf-8").replace("{year: 2008, tier: 2,", f"{{year: {year}, tier: {tier},")
    path.write_text(text, encoding="utf-8")
    ran = tierengine("assess", path)
    assert (ran.code, ran.out) == (1, "")
    assert re.search(rf"dossier\.yaml:\d+:\d+: there was no tier {tier} in the report of {year}", ran.err)
