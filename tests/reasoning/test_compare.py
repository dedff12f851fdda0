"""The causes of a change: they add up, and each is told with its evidence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran
from tests.reasoning.dossiers import casefile, records
from tierengine.law.reader import read_rulebook
from tierengine.reasoning.compare import CAUSES, Comparison, Side, compare

GUATEMALA = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"
BOOK = read_rulebook(SMALL)
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
    told = compare(before, after, BOOK)
    answers = [told.before, *(cause.after for cause in told.causes)]
    assert [cause.before for cause in told.causes] == answers[:-1]
    assert answers[-1] == told.after
    assert tuple(cause.id for cause in told.causes) == CAUSES
    for cause in told.causes:
        if cause.id != "law" and not cause.differences:
            assert cause.before == cause.after
            assert not cause.moved
    assert told.changed == bool(told.smallest)


@given(sides(), sides())
def test_the_other_way_round(before: Side, after: Side) -> None:
    """Exchanging the sides exchanges the answers."""
    forth, back = compare(before, after, BOOK), compare(after, before, BOOK)
    assert (forth.before, forth.after, forth.changed) == (back.after, back.before, back.changed)


@given(sides())
def test_nothing_changes_between_a_side_and_itself(side: Side) -> None:
    """A dossier compared with itself has no difference and no change."""
    told = compare(side, side, BOOK)
    assert not told.changed
    assert not any(cause.differences or cause.moved or cause.suffices or cause.needed for cause in told.causes)


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


def _told(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_rating_is_told_as_human_judgement(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Two ratings more, and nothing else: judgement alone explains the change, with author and criterion."""
    after = _changed(tmp_path / "after", lambda text: text.replace("records:\n", RATINGS, 1))
    told = _told(tierengine("compare", GUATEMALA, after, "--format", "json"))
    causes = {cause["id"]: cause for cause in told["causes"]}
    assert told["changed"]
    assert told["smallest"] == [["judgement"]]
    assert (causes["judgement"]["suffices"], causes["judgement"]["needed"]) == (True, True)
    assert {"SIGNIFICANT-EFFORTS", "WL-iii-II"} <= {moved["id"] for moved in causes["judgement"]["moved"]}
    assert any("A. Officer" in difference["says"] for difference in causes["judgement"]["differences"])
    assert not any(causes[name]["differences"] for name in ("law", "facts", "certainty"))
    Comparison.model_validate_json(json.dumps(told), strict=False)


def test_a_mark_is_told_as_certainty(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A source found unreliable: its record stays, and the difference is one of certainty only."""
    after = _changed(tmp_path / "after", lambda text: text.replace("reliability: B", "reliability: E", 1))
    told = _told(tierengine("compare", GUATEMALA, after, "--format", "json"))
    causes = {cause["id"]: cause for cause in told["causes"]}
    assert [difference["how"] for difference in causes["certainty"]["differences"]] == ["changed"]
    assert not causes["facts"]["differences"]
    assert "MS1" in {moved["id"] for moved in causes["certainty"]["moved"]} or not told["changed"]


def test_two_dates_of_one_dossier(tierengine: Callable[..., Ran]) -> None:
    """The same dossier under the law of two dates differs in the law only, told with Act and provision."""
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
