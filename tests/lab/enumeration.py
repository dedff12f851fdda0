"""Every completion of a small case, by trying them all; it shares nothing with the solver or with the lab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations, product
from math import prod

from hypothesis import strategies as st

from tests.oracle import Value, _conditions, conclude, unknown_inputs
from tests.strategies import ENTRY, Askable, Written, _condition, facts_for, laws
from tierengine.engines.lowering import lower
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law
from tierengine.terms.level import rank
from tierengine.terms.outcome import Outcome

MOST = 3000
"""Cases with more completions are passed over."""

Case = dict[str, Value]
Rows = frozenset[str]


@st.composite
def small_cases(draw: st.DrawFn, most_unknown: int = 3) -> tuple[Law, Case]:
    """A random law and what is known, of all that it asks, of a country that some history makes possible."""
    law = draw(laws(most_criteria=2))
    drawn = draw(facts_for(law, most_unknown=0))
    facts = {name: drawn[name] for name in asked(law, drawn)}
    names = [name for name in facts if not name.startswith("judged/")]
    least = min(2, len(names))
    for name in draw(st.lists(st.sampled_from(names), min_size=least, max_size=most_unknown, unique=True)):
        del facts[name]
        if name.startswith("rating/"):
            facts[f"judged/{name.removeprefix('rating/')}"] = False
    if not possible(facts):
        facts["limit"] = "none"
    return law, facts


@st.composite
def counting_cases(draw: st.DrawFn) -> tuple[Law, Case]:
    """A law that compares counts with one another and with numbers, and what is known of a country."""
    counts: list[Written] = [_written(f"N{number}") for number in range(draw(st.integers(2, 3)))]
    pairs = [(f"N{number}", f"N{number + 1}") for number in range(len(counts) - 1)]
    compared: list[Written] = [
        {
            "id": f"more_{left}",
            "asks": "so",
            "better": "neither",
            "type": "truth",
            "compared": {"greater": left, "than": right},
        }
        for left, right in pairs
    ]
    askable = Askable(indicators=[*counts, *compared])
    criterion: Written = ENTRY | {
        "id": "C0",
        "part": "factor",
        "title": "C0",
        "question": "C0",
        "direction": "neither",
        "scale": {"not met": "so", "met": "so"},
        "indicators": (*counts, *compared),
        "examples": (),
        "rules": ({"level": "met", "says": "so", "when": _condition(draw, askable)},),
    }
    rows = [ENTRY | {"id": f"T-{t}", "says": "so", "tier": t, "when": _condition(draw, askable)} for t in ("1", "2")]
    law = Law(
        as_of=date(2007, 11, 9),
        digest="made up",
        criteria=(Criterion.model_validate(criterion),),
        admissions=(),
        certainties=(),
        conclusions=(),
        tiers=tuple(TierRow.model_validate(row) for row in rows),
        routes=(),
        advice=(),
        progress=(),
    )
    known = draw(st.sets(st.sampled_from([each["id"] for each in counts]), max_size=1))
    return law, {name: draw(st.integers(0, 4)) for name in asked(law, sorted(known))}


def _written(name: str) -> Written:
    return {"id": name, "asks": "so", "better": "neither", "type": "count", "unit": "cases"}


@st.composite
def countries(draw: st.DrawFn, law: Law, most_unknown: int) -> Case:
    """What is known of a country that some history makes possible, near the boundaries of the law."""
    inputs = asked(law, unknown_inputs(law, {}))
    unknown = draw(st.sets(st.sampled_from(inputs), max_size=most_unknown))
    facts = {name: draw(st.sampled_from(grid(law, {}, name))) for name in inputs if name not in unknown}
    facts |= {f"judged/{name}": f"rating/{name}" in facts for name in law.judges}
    return facts if possible(facts) else facts | {"limit": "none"}


def asked(law: Law, names: Iterable[str]) -> list[str]:
    """Those inputs that some rule asks for."""
    inputs = {field.id for field in lower(law).inputs}
    return [name for name in names if name in inputs]


def possible(facts: Mapping[str, Value]) -> bool:
    """Whether some history makes these placements."""
    return facts.get("limit", "none") == "none" or facts.get("last_report", "2WL") == "2WL"


def grid(law: Law, facts: Mapping[str, Value], name: str, room: int = 0) -> list[Value]:
    """Values of an input on all sides of every boundary, with as much room above the last one as is asked for."""
    if name in law.PLACEMENTS:
        return list(law.PLACEMENTS[name])
    if name.startswith(("judged/", "rating/")):
        if name.startswith("judged/"):
            return [False, True]
        judgement = law.judges[name.removeprefix("rating/")].judgement
        assert judgement is not None
        return sorted(rank(level) for level in judgement.rubric)
    indicator = law.indicator(name)
    if indicator.type == "truth":
        return [False, True]
    return list(indicator.choices) if indicator.type == "choice" else _numbers(law, facts, name, room)


def _numbers(law: Law, facts: Mapping[str, Value], name: str, room: int) -> list[Value]:
    """Numbers on both sides of each boundary; where counts are compared with one another, all up to the last."""
    compared = any(each.compared is not None for each in law.indicators)
    conditions = [when for when in _conditions(law) if compared or when.indicator == name]
    named = [int(word) for when in conditions for word in (when.at_least, when.at_most) if word and word.isdigit()]
    known = [int(facts[each.id]) for each in law.indicators if each.type == "count" and each.id in facts]
    if compared:
        return list(range(max([0, *named, *known]) + 3 + room))
    own = [int(facts[name])] if name in facts else []
    return sorted({number + step for number in (*named, *own) for step in (-1, 0, 1) if number + step >= 0} | {0})


def completions(law: Law, facts: Mapping[str, Value], room: int = 3, most: int = MOST) -> list[Case] | None:
    """Each completion of the facts, nothing if there are more than so many."""
    names = asked(law, unknown_inputs(law, facts))
    values = [grid(law, facts, name, room) for name in names]
    if prod(map(len, values)) > most:
        return None
    whole = ({**facts, **dict(zip(names, chosen, strict=True))} for chosen in product(*values))
    return [case for case in whole if possible(case)]


def rows_of(law: Law, case: Mapping[str, Value]) -> Rows:
    """The rows of the tier table that one completion reaches."""
    outcomes = conclude(law, {f"judged/{name}": False for name in law.judges} | dict(case))
    return frozenset(row.id for row in law.tiers if outcomes[row.id] is Outcome.MET)


def subsets(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Every subset, the smallest first."""
    listed = list(names)
    for size in range(len(listed) + 1):
        yield from combinations(listed, size)
