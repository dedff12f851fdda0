"""The rules stated a second time, tried against cases worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests import oracle
from tests.oracle import complete, conclude, open_tiers, unknown_inputs
from tests.strategies import CITATION, ENTRY, Value
from tierengine.engines.form import Bounds
from tierengine.law.entries import Conclusion, Criterion, Route, TierRow
from tierengine.law.rulebook import Law
from tierengine.terms.outcome import Outcome

Written = dict[str, Any]

INDICATORS = (
    {"id": "x", "asks": "x", "type": "truth", "better": "true"},
    {"id": "y", "asks": "y", "type": "truth", "better": "true"},
    {"id": "z", "asks": "z", "type": "truth", "better": "true"},
    {"id": "now", "asks": "now", "type": "count", "unit": "cases", "better": "more"},
    {"id": "before", "asks": "before", "type": "count", "unit": "cases", "better": "more"},
    {"id": "law", "asks": "law", "type": "choice", "choices": ("none", "draft", "enacted"), "better": "neither"},
    {
        "id": "more",
        "asks": "more",
        "type": "truth",
        "better": "true",
        "compared": {"greater": "now", "than": "before"},
    },
)
X, Y, Z = ({"indicator": name, "is": "true"} for name in "xyz")
NOT_X = {"not": X}


def criterion(name: str, rungs: Mapping[str, Written], **more: object) -> Criterion:
    """A criterion with a rule for each level given."""
    return Criterion.model_validate(
        ENTRY
        | {
            "id": name,
            "part": "factor",
            "title": name,
            "question": name,
            "direction": "favours the government",
            "scale": dict.fromkeys(("not met", *rungs), "so"),
            "rules": tuple({"level": level, "says": "so", "when": when} for level, when in rungs.items()),
            "examples": (),
        }
        | more
    )


def judged(name: str, *levels: str) -> Written:
    """A judgement with a rubric of these levels, beside not met."""
    return {"id": name, "words": ("so",), "question": "so", "rubric": dict.fromkeys(("not met", *levels), "so")}


def law(
    *criteria: Criterion,
    conclusions: Mapping[str, Written] | None = None,
    tiers: Mapping[str, Written] | None = None,
    routes: Mapping[str, Written] | None = None,
) -> Law:
    """The law of these parts; a criterion `base`, met if x, declares the indicators."""
    base = criterion("base", {"met": X}, indicators=INDICATORS)

    def entries(model: Any, whens: Mapping[str, Written] | None) -> tuple[Any, ...]:
        written = ({"id": name, "says": "so", "when": when} for name, when in (whens or {}).items())
        return tuple(model.model_validate(ENTRY | entry) for entry in written)

    return Law(
        as_of=date(2007, 11, 9),
        digest="made up",
        criteria=(base, *criteria),
        admissions=(),
        certainties=(),
        conclusions=entries(Conclusion, conclusions),
        tiers=entries(TierRow, tiers),
        routes=entries(Route, routes),
        advice=(),
        progress=(),
    )


def outcome_of(when: Written, facts: Mapping[str, Value]) -> str:
    """The outcome of one condition."""
    return conclude(law(conclusions={"so": when}), facts)["so"].value


@pytest.mark.parametrize(
    ("when", "facts", "outcome"),
    [
        (X, {"x": True}, "met"),
        (X, {"x": False}, "not met"),
        (X, {}, "undetermined"),
        ({"indicator": "x", "is": "false"}, {"x": False}, "met"),
        (NOT_X, {"x": True}, "not met"),
        (NOT_X, {}, "undetermined"),
        ({"all": (X, Y)}, {"x": True}, "undetermined"),
        ({"all": (X, Y)}, {"x": False}, "not met"),
        ({"all": (X, Y)}, {"x": True, "y": True}, "met"),
        ({"any": (X, Y)}, {"x": True}, "met"),
        ({"any": (X, Y)}, {"x": False}, "undetermined"),
        ({"any": (X, Y)}, {"x": False, "y": False}, "not met"),
        ({"indicator": "now", "at_least": "3"}, {"now": 3}, "met"),
        ({"indicator": "now", "at_least": "3"}, {"now": 2}, "not met"),
        ({"indicator": "now", "at_most": "3"}, {"now": 3}, "met"),
        ({"indicator": "now", "at_most": "3"}, {"now": 4}, "not met"),
        ({"indicator": "now", "at_most": "3"}, {}, "undetermined"),
        ({"indicator": "law", "is": "draft"}, {"law": "draft"}, "met"),
        ({"indicator": "law", "is": "draft"}, {"law": "none"}, "not met"),
        ({"placement": "last_report", "is": "2WL"}, {"last_report": "2WL"}, "met"),
        ({"placement": "last_report", "is": "2WL"}, {"last_report": "2"}, "not met"),
        ({"placement": "last_report", "is": "2WL"}, {}, "undetermined"),
    ],
)
def test_conditions(when: Written, facts: dict[str, Value], outcome: str) -> None:
    """Each word of the list, where it holds, where it fails and where it is not known."""
    assert outcome_of(when, facts) == outcome


@pytest.mark.parametrize(
    ("when", "outcome"),
    [
        ({"any": (X, NOT_X)}, "undetermined"),
        ({"all": (X, NOT_X)}, "undetermined"),
        ({"not": {"all": (X, NOT_X)}}, "undetermined"),
        ({"some": {"at_least": "1", "of": (X, {"indicator": "x", "is": "false"})}}, "undetermined"),
    ],
)
def test_as_written(when: Written, outcome: str) -> None:
    """A condition is read part by part, so that even what must hold is open while its parts are."""
    assert outcome_of(when, {}) == outcome


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"now": 5, "before": 4}, "met"),
        ({"now": 4, "before": 4}, "not met"),
        ({"now": 3, "before": 4}, "not met"),
        ({"now": 5}, "undetermined"),
        ({"before": 0}, "undetermined"),
    ],
)
def test_compared(facts: dict[str, Value], outcome: str) -> None:
    """More than before, not more, or not known while either number is."""
    assert outcome_of({"indicator": "more", "is": "true"}, facts) == outcome


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"x": True, "y": True}, "met"),
        ({"x": True, "y": False}, "undetermined"),
        ({"x": False, "y": False}, "not met"),
        ({"x": True}, "undetermined"),
        ({}, "undetermined"),
    ],
)
def test_some(facts: dict[str, Value], outcome: str) -> None:
    """Two of three: settled as soon as two hold, or two fail."""
    assert outcome_of({"some": {"at_least": "2", "of": (X, Y, Z)}}, facts) == outcome


def test_levels_climb() -> None:
    """A level is reached only with every level below it; what is met is asked from `met_from` upwards."""
    climbing = criterion("C", {"partly met": X, "largely met": Y, "met": Z}, met_from="largely met")
    asked: dict[str, Written] = {"enough": {"finding": "C"}, "full": {"finding": "C", "at_least": "met"}}
    facts: dict[str, Value] = {"x": True, "y": True, "z": False}
    assert conclude(law(climbing, conclusions=asked), facts) == {
        "base/met": Outcome.MET,
        "C/partly": Outcome.MET,
        "C/largely": Outcome.MET,
        "C/met": Outcome.NOT_MET,
        "enough": Outcome.MET,
        "full": Outcome.NOT_MET,
    }
    gap = conclude(law(climbing, conclusions=asked), {"x": False, "z": True})
    assert {outcome for name, outcome in gap.items() if name != "base/met"} == {Outcome.NOT_MET}
    assert conclude(law(climbing), {"x": True, "z": True})["C/met"] is Outcome.UNDETERMINED


def test_a_judgement_outranks_the_rules() -> None:
    """A rating replaces what the rules propose, in both directions; what was proposed still stands."""
    weighed = criterion("C", {"partly met": X, "met": Y}, judgement=judged("weight", "partly met", "met"))
    asked: dict[str, Written] = {"heavy": {"judgement": "weight", "at_least": "partly met"}}
    facts: dict[str, Value] = {"x": True, "y": False, "judged/weight": True}
    names = ("C/partly/proposed", "C/met/proposed", "C/partly", "C/met", "heavy")

    def row(**more: Value) -> list[str]:
        found = conclude(
            law(weighed, conclusions=asked), facts | {name.replace("__", "/"): v for name, v in more.items()}
        )
        return [found[name].value for name in names]

    assert row(rating__weight=3) == ["met", "not met", "met", "met", "met"]
    assert row(rating__weight=1) == ["met", "not met", "met", "not met", "met"]
    assert row(rating__weight=0) == ["met", "not met", "not met", "not met", "not met"]
    assert row(judged__weight=False) == ["met", "not met", "met", "not met", "undetermined"]


@pytest.mark.parametrize(
    ("facts", "presumed", "proposed", "reached"),
    [
        ({"x": True, "y": True}, "met", "met", "not met"),
        ({"x": True, "y": False}, "not met", "met", "met"),
        ({"x": True}, "undetermined", "met", "undetermined"),
        ({"x": False}, "undetermined", "not met", "not met"),
        ({"y": True}, "met", "undetermined", "not met"),
        ({"y": False}, "not met", "undetermined", "undetermined"),
    ],
)
def test_a_presumption_bars_every_level(facts: dict[str, Value], presumed: str, proposed: str, reached: str) -> None:
    """While the presumption holds, no level is reached; while it is open, none that the rules propose is settled."""
    barred = criterion("C", {"met": X}, presumption={"when": Y, "says": "so", "citation": CITATION})
    found = conclude(law(barred), facts)
    assert [found[name].value for name in ("C/presumed", "C/met/proposed", "C/met")] == [presumed, proposed, reached]


def test_a_presumption_bars_a_rating_too() -> None:
    """The best rating does not lift a criterion that is presumed not met."""
    barred = criterion(
        "C",
        {"met": X},
        judgement=judged("weight", "met"),
        presumption={"when": Y, "says": "so", "citation": CITATION},
    )
    facts: dict[str, Value] = {"y": True, "judged/weight": True, "rating/weight": 3}
    assert conclude(law(barred), facts)["C/met"] is Outcome.NOT_MET
    assert conclude(law(barred), facts | {"y": False})["C/met"] is Outcome.MET


def test_rules_that_ask_for_rules() -> None:
    """A conclusion asks for a finding, a tier row for a conclusion, a route for a tier row."""
    made = law(
        conclusions={"so": {"not": {"finding": "base"}}},
        tiers={"T-1": {"all": ({"conclusion": "so"}, Y)}},
        routes={"way": {"any": ({"conclusion": "T-1"}, Z)}},
    )
    assert conclude(made, {"x": False, "y": True})["way"] is Outcome.MET
    assert conclude(made, {"x": True, "z": False})["way"] is Outcome.NOT_MET
    assert conclude(made, {"x": False, "z": False})["way"] is Outcome.UNDETERMINED


def test_completions_stand_on_both_sides_of_each_boundary() -> None:
    """Truths are true and false, words each word, counts what lies beside a boundary, a rating also absent."""
    weighed = criterion("C", {"met": X}, judgement=judged("weight", "met"))
    bounds: dict[str, Written] = {
        "least": {"indicator": "now", "at_least": "3"},
        "most": {"indicator": "now", "at_most": "7"},
    }
    made = law(weighed, conclusions=bounds)
    facts: dict[str, Value] = {"judged/weight": False}
    assert unknown_inputs(made, facts) == [
        "x",
        "y",
        "z",
        "now",
        "before",
        "law",
        "rating/weight",
        "last_report",
        "limit",
    ]
    assert list(complete(made, facts, ["x"])) == [facts | {"x": False}, facts | {"x": True}]
    assert [case["law"] for case in complete(made, facts, ["law"])] == ["none", "draft", "enacted"]
    assert [case["last_report"] for case in complete(made, facts, ["last_report"])] == ["1", "2", "2WL", "3", "SC"]
    assert list(complete(made, facts, ["rating/weight"])) == [
        facts,
        {"judged/weight": True, "rating/weight": 0},
        {"judged/weight": True, "rating/weight": 3},
    ]
    assert {2, 3, 7, 8} <= {case["now"] for case in complete(made, facts, ["now"])}
    assert len(list(complete(made, facts, ["x", "y", "law"]))) == 2 * 2 * 3


def number(value: Value | Bounds) -> int:
    """A count of a completion, which has no bounds."""
    assert isinstance(value, int)
    return value


def test_completions_reach_every_order_of_compared_counts() -> None:
    """Whatever side of its boundary a count stands on, the other can be greater, equal or less."""
    made = law(conclusions={"least": {"indicator": "now", "at_least": "3"}})
    pairs = [(number(case["now"]), number(case["before"])) for case in complete(made, {}, ["now", "before"])]
    orders = {(now >= 3, (now > before) - (now < before)) for now, before in pairs}
    assert orders == {(side, order) for side in (True, False) for order in (-1, 0, 1)}
    beside_a_known_count = {number(case["now"]) for case in complete(made, {"before": 40}, ["now"])}
    assert {2, 3, 39, 40, 41} <= beside_a_known_count


def test_open_tiers() -> None:
    """A tier row is open if some completion makes it met, though it may look open when no completion does."""
    made = law(
        tiers={
            "T-1": {"all": (X, Y)},
            "T-2": {"all": ({"not": X}, Y)},
            "T-3": {"not": Y},
            "T-never": {"all": (X, {"not": X})},
        }
    )
    assert open_tiers(made, {}) == {"T-1", "T-2", "T-3"}
    assert open_tiers(made, {"y": True}) == {"T-1", "T-2"}
    assert open_tiers(made, {"x": True, "y": True}) == {"T-1"}
    assert open_tiers(made, {"x": True}, ["y"]) == {"T-1", "T-3"}
    assert conclude(made, {})["T-never"] is Outcome.UNDETERMINED


def test_a_rating_may_open_what_the_rules_have_settled() -> None:
    """With nobody's rating the rules decide; a tier they rule out is open again if ratings may still come."""
    weighed = criterion("C", {"met": X}, judgement=judged("weight", "met"))
    made = law(weighed, tiers={"T-1": {"finding": "C"}})
    facts: dict[str, Value] = {"x": False, "judged/weight": False}
    others = [name for name in unknown_inputs(made, facts) if not name.startswith("rating/")]
    assert conclude(made, facts)["T-1"] is Outcome.NOT_MET
    assert open_tiers(made, facts, others) == set()
    assert open_tiers(made, facts) == {"T-1"}


def test_it_stands_alone() -> None:
    """The oracle reads the law and the terms, and no engine; bounds are a value like a number."""
    theirs = [name for name in vars(oracle).values() if "engines" in str(getattr(name, "__module__", ""))]
    assert theirs == [Bounds]
