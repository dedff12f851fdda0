"""The law of the project, read three ways on random facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.conftest import ROOT, read_once
from tierengine.engines.compiled import CompiledEngine, GivenEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Field
from tierengine.engines.lowering import lower
from tierengine.terms.outcome import Outcome


class Version:
    """The law of one date, ready in both engines."""

    def __init__(self, day: date) -> None:
        self.law = read_once(ROOT).on(day)
        self.form = lower(self.law)
        self.of_record = DurableEngine(self.form)
        self.generated = CompiledEngine(self.form)
        self.tiers = [row.id for row in self.law.tiers]

    def __repr__(self) -> str:
        return f"the law of {self.law.as_of}"


VERSIONS = [Version(day) for day in read_once(ROOT).boundaries()]
"""Each stretch of days in which no provision changes, by its first day."""


def _values(field: Field) -> st.SearchStrategy[Any]:
    if field.type == "truth":
        return st.booleans()
    if field.type == "choice":
        return st.sampled_from(field.choices)
    return st.integers(0, 3) if field.id.startswith("rating/") else st.sampled_from((0, 1, 3, 4, 99, 100, 1000))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Version, dict[str, Any]]:
    """The law of some date and facts for it, each input known or not; whether a person has rated is always known."""
    version = draw(st.sampled_from(VERSIONS))
    inputs = version.form.inputs
    known = draw(st.sets(st.sampled_from([field.id for field in inputs])))
    found = {field.id: draw(_values(field)) for field in inputs if field.id in known}
    for name in version.law.judges:
        found[f"judged/{name}"] = f"rating/{name}" in found
    return version, found


@given(cases())
def test_three_readings_of_the_law_agree(case: tuple[Version, dict[str, Any]]) -> None:
    """The engine of record, the generated evaluator and the oracle find the same, proposition by proposition."""
    version, found = case
    first, second = version.of_record.evaluate(found), version.generated.evaluate(found)
    assert first == second
    for name, outcome in oracle.conclude(version.law, found).items():
        assert Outcome.of(first.settled.get(name)) is outcome, name


@given(cases(), st.data())
@settings(max_examples=20)  # each compiles a form of its own
def test_what_is_given_stands_for_the_rules_that_are_left_out(
    case: tuple[Version, dict[str, Any]], data: st.DataObject
) -> None:
    """The one text for whatever is given, or nothing, says what the form without it says, and as much fires."""
    version, found = case
    entries = [entry.id for entry in (*version.law.criteria, *version.law.conditional())]
    given_ones = data.draw(st.sets(st.sampled_from(entries), max_size=4))
    form = lower(version.law, given=given_ones)
    facts = {field.id: found[field.id] for field in form.inputs if field.id in found}
    for field in form.inputs:
        if field.id.split("/")[0] in given_ones and (truth := data.draw(st.none() | st.booleans())) is not None:
            facts[field.id] = truth
    engine = GivenEngine(version.form, given_ones)
    assert engine.evaluate(facts) == CompiledEngine(form).evaluate(facts)
    assert engine.settled(facts) == engine.evaluate(facts).settled


@given(cases(), st.data())
def test_a_further_fact_never_opens_a_tier(case: tuple[Version, dict[str, Any]], data: st.DataObject) -> None:
    """Whatever becomes known, other than a rating, leaves settled what was settled."""
    version, found = case
    unknown = [field for field in version.form.inputs if field.id not in found and "/" not in field.id]
    if unknown:
        field = data.draw(st.sampled_from(unknown))
        before = version.generated.evaluate(found).settled
        after = version.generated.evaluate(found | {field.id: data.draw(_values(field))}).settled
        assert before.items() <= after.items()


@given(cases())
def test_a_settled_case_has_exactly_one_tier(case: tuple[Version, dict[str, Any]]) -> None:
    """At most one row applies, some row is always left, and one that applies excludes every other."""
    version, found = case
    settled = version.generated.evaluate(found).settled
    met = [name for name in version.tiers if settled.get(name) is True]
    open_rows = [name for name in version.tiers if settled.get(name) is not False]
    assert len(met) <= 1
    assert open_rows
    assert not met or open_rows == met
