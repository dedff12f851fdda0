"""The examples that the criteria carry."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import ROOT, read_once
from tierengine.engines.durable import DurableEngine
from tierengine.engines.lowering import lower_criterion, reached
from tierengine.lab.cases.examples import example_facts, failed_examples
from tierengine.law.entries import Criterion
from tierengine.law.reader import read_draft
from tierengine.terms.outcome import Outcome

BOOK = read_once(ROOT)


def test_every_example_gives_what_it_expects() -> None:
    """No example of the rulebook fails."""
    assert not list(failed_examples(read_draft(ROOT)))


@pytest.mark.parametrize("criterion", BOOK.criteria, ids=lambda criterion: criterion.id)
def test_the_engine_of_record_gives_the_same(criterion: Criterion) -> None:
    """durable-rules answers the examples of each criterion as they expect."""
    law = BOOK.whole_for(criterion)
    assert law is not None
    form = lower_criterion(law, criterion)
    asked = {field.id for field in (*form.inputs, *form.answerable())}
    with DurableEngine(form) as engine:
        for example in criterion.examples:
            facts = {name: value for name, value in example_facts(law, criterion, example).items() if name in asked}
            settled = engine.evaluate(facts).settled
            outcome = Outcome.of(settled.get(reached(criterion.id, criterion.met_from)))
            assert outcome.value == example.expect, example.name


def test_the_law_of_the_ninth_of_november_2007() -> None:
    """Four standards, ten factors, scope, significant efforts with three considerations, and three grounds."""
    law = BOOK.on(date(2007, 11, 9))
    parts = [criterion.part for criterion in law.criteria]
    counted = {part: parts.count(part) for part in set(parts)}
    assert counted == {"standard": 4, "factor": 10, "scope": 1, "efforts": 4, "watch list": 3}
    assert [row.tier for row in law.tiers] == ["1", "2", "2WL", "3", None]


def test_what_came_later_is_not_in_force_yet() -> None:
    """Nothing of the later Acts is asked in 2007: no demand, no partnership, no peacekeepers, no incarceration."""
    law = BOOK.on(date(2007, 11, 9))
    asked = " ".join(indicator.asks for indicator in law.indicators).lower()
    for later in ("demand", "peacekeep", "partnership", "incarcerat", "diplomat", "recruiter", "birth regist"):
        assert later not in asked
