"""Every completion of a small case, by trying them all; it shares nothing with the solver or with the lab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, islice, product
from math import prod

from hypothesis import strategies as st

from tests.oracle import Value, _conditions, tell, unknown_inputs
from tests.strategies import facts_for, laws
from tierengine.engines.lowering import lower
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
    drawn = draw(facts_for(law, most_unknown=most_unknown))
    facts = {name: drawn[name] for name in asked(law, drawn)}
    if not possible(facts):
        facts["limit"] = "none"
    return law, facts


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
    return list(indicator.choices) if indicator.type == "choice" else list(_numbers(law, facts, room))


def _numbers(law: Law, facts: Mapping[str, Value], room: int) -> range:
    """Every number up to the last that a rule or a fact names, and some more; every count is asked on all of them."""
    named = [int(word) for when in _conditions(law) for word in (when.at_least, when.at_most) if _is_number(word)]
    known = [int(facts[each.id]) for each in law.indicators if each.type == "count" and each.id in facts]
    return range(max([0, *named, *known]) + 3 + room)


def _is_number(word: str | None) -> bool:
    return word is not None and word.isdigit()


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
    told = tell(law, {name: value for name, value in _padded(law, case).items()})
    return frozenset(row.id for row in law.tiers if told[row.id] is Outcome.MET)


def _padded(law: Law, case: Mapping[str, Value]) -> dict[str, Value]:
    return {f"judged/{name}": False for name in law.judges} | dict(case)


def subsets(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Every subset, the smallest first."""
    listed = list(names)
    for size in range(len(listed) + 1):
        yield from combinations(listed, size)


def first(items: Iterable[Case], most: int = MOST) -> list[Case]:
    """The first of some items."""
    return list(islice(items, most))
