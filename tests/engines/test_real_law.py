"""The law of the project, read three ways on random facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from tests.conftest import ROOT
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Field
from tierengine.engines.lowering import lower
from tierengine.law.reader import read_rulebook
from tierengine.terms.outcome import Outcome

LAW = read_rulebook(ROOT).on(date(2007, 11, 9))
FORM = lower(LAW)
OF_RECORD = DurableEngine(FORM)
GENERATED = CompiledEngine(FORM)
TIERS = [row.id for row in LAW.tiers]


def _values(field: Field) -> st.SearchStrategy[Any]:
    if field.type == "truth":
        return st.booleans()
    if field.type == "choice":
        return st.sampled_from(field.choices)
    return st.integers(0, 3) if field.id.startswith("rating/") else st.sampled_from((0, 1, 3, 4, 99, 100, 1000))


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts for the law, each input known or not; whether a person has rated is always known."""
    known = draw(st.sets(st.sampled_from([field.id for field in FORM.inputs])))
    found = {field.id: draw(_values(field)) for field in FORM.inputs if field.id in known}
    for name in LAW.judges:
        found[f"judged/{name}"] = f"rating/{name}" in found
    return found


@given(facts())
def test_three_readings_of_the_law_agree(found: dict[str, Any]) -> None:
    """The engine of record, the generated evaluator and the oracle find the same, proposition by proposition."""
    first, second = OF_RECORD.evaluate(found), GENERATED.evaluate(found)
    assert first == second
    for name, outcome in oracle.tell(LAW, found).items():
        assert Outcome.of(first.settled.get(name)) is outcome, name


@given(facts(), st.data())
def test_a_further_fact_never_opens_a_tier(found: dict[str, Any], data: st.DataObject) -> None:
    """Whatever becomes known, other than a rating, leaves settled what was settled."""
    unknown = [field for field in FORM.inputs if field.id not in found and "/" not in field.id]
    if unknown:
        field = data.draw(st.sampled_from(unknown))
        before = GENERATED.evaluate(found).settled
        after = GENERATED.evaluate(found | {field.id: data.draw(_values(field))}).settled
        assert before.items() <= after.items()


@given(facts())
def test_a_settled_case_has_exactly_one_tier(found: dict[str, Any]) -> None:
    """At most one row applies, some row is always left, and one that applies excludes every other."""
    settled = GENERATED.evaluate(found).settled
    met = [name for name in TIERS if settled.get(name) is True]
    open_rows = [name for name in TIERS if settled.get(name) is not False]
    assert len(met) <= 1
    assert open_rows
    assert not met or open_rows == met
