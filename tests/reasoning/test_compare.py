"""The causes of a change: they add up, and each is listed with its evidence."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran, read_once
from tests.reasoning.dossiers import casefile, rating, record, records
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.compare import CAUSES, Comparison, Side, answered, compare
from tierengine.reports.change import answer

GUATEMALA = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"
INVENTED = ROOT / "seeds" / "invented-2011" / "dossier.yaml"
BOOK = read_once(SMALL)
DAY = date(2007, 6, 12)


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """A made-up dossier; its records may carry other marks than those of the other side."""
    found = draw(records())
    marks = draw(st.sampled_from((("B", "2"), ("E", "2"), ("B", "5"))))
    marked = [r | {"reliability": marks[0], "credibility": marks[1]} if "reliability" in r else r for r in found]
    return Side(casefile(*marked), draw(st.sampled_from((DAY, date(2007, 3, 1)))))


@given(sides(), sides())
def test_the_causes_explain_the_whole_change(before: Side, after: Side) -> None:
    """One after another they lead from the first answer to the last; a cause without a difference moves nothing."""
    comparison = compare(before, after, BOOK)
    answers = [comparison.before, *(cause.after for cause in comparison.causes)]
    assert [cause.before for cause in comparison.causes] == answers[:-1]
    assert answers[-1] == comparison.after
    assert tuple(cause.id for cause in comparison.causes) == CAUSES
    for cause in comparison.causes:
        if not cause.differences:
            assert cause.before == cause.after
            assert not cause.moved
        if cause.before.open_tiers != cause.after.open_tiers and not (
            cause.before.contradicts or cause.after.contradicts
        ):
            assert all(moved.id and moved.citation for moved in cause.moved)
            assert cause.moved
    assert comparison.changed == bool(comparison.smallest)


YEARS = range(2009, 2019)
REAL = read_once(ROOT)
LEVELS = st.sampled_from(("met", "not met"))


@st.composite
def real_sides(draw: st.DrawFn) -> Side:
    """Placements, an act, a promise and ratings under the law of one of four dates; marks may differ."""
    day = draw(st.sampled_from([date(2007, 11, 9), date(2013, 6, 19), date(2018, 6, 28), date(2019, 6, 20)]))
    rated = draw(st.dictionaries(st.sampled_from(("significant_efforts", "increasing_efforts_not_shown")), LEVELS))
    found = [rating(level, n, measures=name, date="2019-01-20") for n, (name, level) in enumerate(rated.items())]
    for number, kind in enumerate(draw(st.sets(st.sampled_from(("action", "commitment"))))):
        mark = draw(st.sampled_from(("B", "E")))
        found.append(record("victim_services_provided", "true", number, kind=kind, date="2019-01-15", reliability=mark))
    placed = draw(st.lists(st.sampled_from(("2", "2WL", "2WL", "3")), min_size=len(YEARS), max_size=len(YEARS)))
    placements = [{"year": str(y), "tier": tier, "source": "made up"} for y, tier in zip(YEARS, placed, strict=True)]
    made = casefile(
        *found,
        as_of=str(day),
        period={"first": "2018-04-01", "last": "2019-03-31"},
        last_report="2018-06-28",
        earlier_placements=tuple(placements),
    )
    return Side(made, day)


@settings(max_examples=15, deadline=None)
@given(real_sides(), real_sides())
def test_the_causes_add_up_under_the_real_law(before: Side, after: Side) -> None:
    """So it is with the law itself: every step is given with a standard id and its provision, and with what differs."""
    comparison = compare(before, after, REAL)
    answers = [comparison.before, *(cause.after for cause in comparison.causes)]
    assert [cause.before for cause in comparison.causes] == answers[:-1]
    assert answers[-1] == comparison.after
    for cause in comparison.causes:
        if cause.before != cause.after:
            assert cause.differences
        either = (cause.before, cause.after)
        if cause.before.open_tiers != cause.after.open_tiers and not any(each.contradicts for each in either):
            assert all(moved.citation for moved in cause.moved)
            assert cause.moved


@settings(max_examples=40)  # each compares twice, and the causes are tried on a hundred above
@given(sides(), sides())
def test_the_other_way_round(before: Side, after: Side) -> None:
    """Exchanging the sides exchanges the answers."""
    forth, back = compare(before, after, BOOK), compare(after, before, BOOK)
    assert (forth.before, forth.after, forth.changed) == (back.after, back.before, back.changed)


@settings(max_examples=40)
@given(sides())
def test_nothing_changes_between_a_side_and_itself(side: Side) -> None:
    """A dossier compared with itself has no difference and no change."""
    comparison = compare(side, side, BOOK)
    assert not comparison.changed
    assert not any(cause.differences or cause.moved or cause.suffices or cause.needed for cause in comparison.causes)


# -- on the dossier of Guatemala -------------------------------------------------------------------------------


def _changed(folder: Path, change: Callable[[str], str]) -> Path:
    shutil.copytree(GUATEMALA.parent, folder)
    path = folder / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    return path


RATINGS = """records:
  - id: rated-increase
    kind: judgement
    measures: increasing_efforts_not_shown
    question: Taken together, does the evidence fail to show efforts that increase over the previous year?
    rating: not met
    author: A. Officer
    date: 2007-11-01
    reasons: made up for the test
  - id: rated-efforts
    kind: judgement
    measures: significant_efforts
    question: Are the efforts significant?
    rating: met
    author: A. Officer
    date: 2007-11-01
    reasons: made up for the test
"""


def _answer(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_rating_is_listed_as_human_judgement(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Two ratings more, and nothing else: judgement alone explains the change, with author and criterion."""
    after = _changed(tmp_path / "after", lambda text: text.replace("records:\n", RATINGS, 1))
    comparison = _answer(tierengine("compare", GUATEMALA, after, "--format", "json"))
    causes = {cause["id"]: cause for cause in comparison["causes"]}
    assert comparison["changed"]
    assert comparison["smallest"] == [["judgement"]]
    assert (causes["judgement"]["suffices"], causes["judgement"]["needed"]) == (True, True)
    assert {"SIGNIFICANT-EFFORTS", "WL-iii-II"} <= {moved["id"] for moved in causes["judgement"]["moved"]}
    assert any("A. Officer" in difference["says"] for difference in causes["judgement"]["differences"])
    assert not any(causes[name]["differences"] for name in ("law", "facts", "certainty"))
    Comparison.model_validate_json(json.dumps(comparison), strict=False)


def test_a_mark_is_listed_as_certainty(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A source found unreliable: its record stays, and the difference is one of certainty only."""
    after = _changed(tmp_path / "after", lambda text: text.replace("reliability: B", "reliability: E", 1))
    comparison = _answer(tierengine("compare", GUATEMALA, after, "--format", "json"))
    causes = {cause["id"]: cause for cause in comparison["causes"]}
    assert [difference["how"] for difference in causes["certainty"]["differences"]] == ["changed"]
    assert not causes["facts"]["differences"]
    assert "MS1" in {moved["id"] for moved in causes["certainty"]["moved"]} or not comparison["changed"]


GROUND = """records:
  - id: rated-ground
    kind: judgement
    measures: increasing_efforts_not_shown
    question: Taken together, does the evidence fail to show efforts that increase over the previous year?
    rating: met
    author: A. Officer
    date: 2013-06-01
    reasons: made up for the test
"""


def test_years_on_the_list_are_listed_with_the_limit_and_the_lists(
    tmp_path: Path, tierengine: Callable[..., Ran]
) -> None:
    """No finding moves where the waiver is spent: the conclusion on the years does, and the two lists."""
    paths = []
    for name, last in (("before", "2"), ("after", "2WL")):
        shutil.copytree(INVENTED.parent, tmp_path / name)
        text = INVENTED.read_text(encoding="utf-8").replace("as_of: 2011-06-27", "as_of: 2013-06-19")
        text = text.replace("last_report: 2010-06-14", "last_report: 2012-06-19").replace("2010-04-01", "2012-04-01")
        text = text.replace("2011-03-31", "2013-03-31").replace("date: 2011-03-15", "date: 2013-03-15")
        # The cable is of 2011, and is silent on the period only if it is said to speak of it.
        text = re.sub(r"\n( +)read: ", r"\n\1covers: {first: 2012-04-01, last: 2013-03-31}\n\1read: ", text)
        text = text[: text.index("  - {year: 2008")].replace("records:\n", GROUND, 1)
        for year, tier in {2009: "2WL", 2010: "2WL", 2011: "2WL", 2012: last}.items():
            text += f"  - {{year: {year}, tier: {tier}, source: invented}}\n"
        paths.append(tmp_path / name / "dossier.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    comparison = _answer(tierengine("compare", *paths, "--format", "json"))
    facts = next(cause for cause in comparison["causes"] if cause["id"] == "facts")
    assert (comparison["before"]["tier"], comparison["after"]["tier"], comparison["smallest"]) == (
        "2WL",
        "3",
        [["facts"]],
    )
    assert [difference["id"] for difference in facts["differences"]] == ["placement-2012"]
    assert [moved["id"] for moved in facts["moved"]] == ["DOWNGRADED", "TIER-2WL", "TIER-3"]
    assert "4 years on the Tier 2 Watch List without a break" in facts["moved"][0]["reason"]


REQUEST = """requests:
  - id: figures-asked-for
    criterion: F-PROSECUTE
    date: 2007-09-01
    asks: figures
    answer: not given
    capacity_note: made up for the test
    at: 07GUATEMALA2213 ¶4
    quote: The Prosecutor's Office for Women
"""


def test_a_request_for_data_is_listed_as_a_fact(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A request that was not answered, and another day of the last report: both stand among the differences."""
    after = _changed(
        tmp_path / "after",
        lambda text: text.replace("records:\n", REQUEST + "records:\n", 1).replace("2007-06-12", "2007-06-11", 1),
    )
    comparison = _answer(tierengine("compare", GUATEMALA, after, "--format", "json"))
    facts = next(cause for cause in comparison["causes"] if cause["id"] == "facts")
    assert [difference["id"] for difference in facts["differences"]] == ["figures-asked-for", "last-report"]
    assert facts["differences"][0]["says"].startswith("data for F-PROSECUTE, requested 2007-09-01; not given")


def test_what_is_no_longer_asked_for(tierengine: Callable[..., Ran]) -> None:
    """Under the Act of 2000 there is no watch list, and nothing is said of the reason a route had before."""
    comparison = _answer(tierengine("compare", GUATEMALA, "--after-date", "2002-06-05", "--format", "json"))
    moved = {each["id"]: each for each in comparison["causes"][0]["moved"]}
    assert (moved["WL-ii"]["after"], moved["WL-ii"]["reason"]) == ("undetermined", "it is no longer asked for")


def test_a_later_day_is_no_change_of_the_law(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Ratings given after the first day, and asked of two days: they explain the change, and the law does not."""
    later = RATINGS.replace("2007-11-01", "2007-11-10")
    rated = _changed(tmp_path / "rated", lambda text: text.replace("records:\n", later, 1))
    words = ("compare", rated, "--before-date", "2007-11-09", "--after-date", "2007-11-12", "--format", "json")
    comparison = _answer(tierengine(*words))
    differ = {cause["id"]: [each["id"] for each in cause["differences"]] for cause in comparison["causes"]}
    assert (comparison["changed"], comparison["smallest"]) == (True, [["judgement"]])
    assert differ == {"law": [], "facts": [], "certainty": [], "judgement": ["rated-efforts", "rated-increase"]}
    assert not any(cause["moved"] or cause["needed"] for cause in comparison["causes"] if cause["id"] != "judgement")


def test_a_request_that_is_answered_in_between(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A record and an answer that are dated between the two days are facts of the later one, and no law."""
    asked = REQUEST.replace("answer: not given", "answer: given\n    answer_date: 2007-10-01")
    after = _changed(tmp_path / "asked", lambda text: text.replace("records:\n", asked + "records:\n", 1))
    words = ("compare", after, "--before-date", "2007-09-20", "--after-date", "2007-11-09", "--format", "json")
    facts = next(cause for cause in _answer(tierengine(*words))["causes"] if cause["id"] == "facts")
    says = {each["id"]: each["says"] for each in facts["differences"]}
    assert "requested 2007-09-01; no answer by 2007-09-20; then data for" in says["figures-asked-for"]
    assert "given on 2007-10-01" in says["figures-asked-for"]


def test_two_dates_of_one_dossier(tierengine: Callable[..., Ran]) -> None:
    """The same dossier under the law of two dates differs in the law only, named with Act and provision."""
    ran = tierengine("compare", GUATEMALA, "--after-date", "2013-06-19")
    assert ran.code == 4
    assert "P.L. 113-4 section 1204(5)" in ran.out
    assert ran.out.count("nothing differs") == 3


def test_what_cannot_be_compared(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """One dossier without a date, and two governments."""
    ran = tierengine("compare", GUATEMALA)
    assert (ran.code, ran.out) == (2, "")
    other = _changed(tmp_path / "other", lambda text: text.replace("country: GT", "country: HN", 1))
    ran = tierengine("compare", GUATEMALA, other)
    assert (ran.code, ran.out) == (1, "")
    assert "dossier.yaml:3:" in ran.err
    assert "compare two dossiers on one government" in ran.err


def test_the_last_dossier_goes_with_the_facts() -> None:
    """What it says is a fact of this side, and is listed as one; no mixture loses it."""
    opened = read_dossier(GUATEMALA)
    last = Casefile.of(opened.dossier, opened.document, opened.sources)
    named = opened.dossier.model_copy(update={"last_dossier": "last/dossier.yaml"})
    after = Casefile.of(named, opened.document, opened.sources, last)
    day = opened.dossier.as_of
    comparison = compare(Side(opened, day), Side(after, day), REAL)
    facts = comparison.causes[CAUSES.index("facts")]
    assert {difference.id for difference in facts.differences} == {
        f"last-year/{each.id}" for each in opened.dossier.records
    }
    assert all(difference.says.startswith("in the last dossier: ") for difference in facts.differences)
    assert comparison.after == answered(Assessor(REAL.on(day), certified=False).assess(after))


def _planned(found: str, level: str) -> Side:
    """A country whose plan was recorded and rated so."""
    asked = ("waiver_written_plan", "waiver_plan_would_suffice", "waiver_sufficient_resources")
    facts = [record(name, found, number, date="2013-01-15") for number, name in enumerate(asked)]
    rated = rating(level, 9, measures="plan_would_be_significant_efforts", date="2013-01-20")
    period = {"first": "2012-04-01", "last": "2013-03-31"}
    made = casefile(*facts, rated, as_of="2013-06-19", period=period, last_report="2012-06-15")
    return Side(made, date(2013, 6, 19))


def test_a_mixture_that_contradicts_itself() -> None:
    """A rating of the earlier side that the facts of the later one rule out is listed as such, and hides nothing."""
    comparison = compare(_planned("true", "met"), _planned("false", "not met"), REAL)
    facts = comparison.causes[CAUSES.index("facts")]
    assert facts.after.contradicts
    assert answer(facts.after) == "none, since these contradict each other"
    assert not comparison.after.contradicts
