"""The solver reads a form as the other engines do, and finds a case exactly where there is one."""

from __future__ import annotations

from datetime import date

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import facts_for, laws
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Evaluation, Form, Test, Value
from tierengine.engines.lowering import lower
from tierengine.engines.proof import Case, Limit, Solver
from tierengine.errors import UndecidedError
from tierengine.law.conditions import Condition
from tierengine.law.rulebook import Rulebook

UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def settled_by_solver(form: Form, facts: dict[str, Value]) -> dict[str, bool]:
    """What the solver's rails show and refute, where exactly these answers are known."""
    case = Case(form, partly=True)
    solver = Solver(case)
    solver.add(*case.gives(facts), *(z3.Not(case.known[name]) for name in case.fields if name not in facts))
    model = solver.find()
    assert model is not None
    rails = ((case.shown, True), (case.refuted, False))
    return {name: truth for rail, truth in rails for name, term in rail.items() if z3.is_true(model.eval(term))}


def asked(form: Form, facts: dict[str, Value]) -> dict[str, Value]:
    """The facts that the form asks for."""
    return {field.id: facts[field.id] for field in form.inputs if field.id in facts}


@UNHURRIED
@given(st.data())
def test_partly_known_cases_agree_with_the_generated_evaluator(data: st.DataObject) -> None:
    """With some answers unknown, the two rails settle what the three-valued evaluator settles."""
    law = data.draw(laws())
    form = lower(law)
    facts = asked(form, data.draw(facts_for(law)))
    if facts.get("limit", "none") != "none" and facts.get("last_report", "2WL") != "2WL":
        del facts["limit"]  # no country is in that position, and the solver knows it
    assert settled_by_solver(form, facts) == CompiledEngine(form).evaluate(facts).settled


@UNHURRIED
@given(st.data())
def test_a_found_case_is_one(data: st.DataObject) -> None:
    """Whatever the solver finds for a proposition, the evaluator settles the same way; and it finds every case."""
    law = data.draw(laws(most_criteria=3))
    form = lower(law)
    engine, case = CompiledEngine(form), Case(form)
    solver = Solver(case)
    for name, term in case.shown.items():
        for truth in (True, False):
            model = solver.find(term if truth else z3.Not(term))
            if model is not None:
                assert engine.evaluate(case.read(model)).settled[name] is truth
    facts = asked(form, data.draw(facts_for(law, most_unknown=0)))
    possible = facts.get("limit", "none") == "none" or facts.get("last_report", "2WL") == "2WL"
    if possible and len(facts) == len(form.inputs):
        found = engine.evaluate(facts).settled
        terms = (term if found[name] else z3.Not(term) for name, term in case.shown.items())
        assert solver.find(*case.gives(facts), *terms) is not None


def test_no_limit_binds_a_country_that_was_not_on_the_list(rulebook: Rulebook) -> None:
    """A case that no history makes is no case."""
    case = Case(lower(rulebook.on(date(2019, 6, 20))))
    solver = Solver(case)
    assert solver.find(case.answers("limit", "3"), case.answers("last_report", "2")) is None
    assert solver.find(case.answers("limit", "3"), case.answers("last_report", "2WL")) is not None


def test_terms_that_cannot_hold_together_are_named(rulebook: Rulebook) -> None:
    """The names of terms that clash are given, and nothing where none do."""
    case = Case(lower(rulebook.on(date(2019, 6, 20))))
    solver = Solver(case)
    full = case.answers("limit", "3")
    there = case.shown["TIER-2WL"]
    free = case.answers("victims_in_country", 4)
    assert solver.clash({"full": full, "there": there, "free": free}) == ("full", "there")
    assert solver.clash({"full": full, "free": free}) == ()


def test_the_question_can_be_kept(rulebook: Rulebook) -> None:
    """The SMT-LIB text of a question has the same answer when it is read again."""
    case = Case(lower(rulebook.on(date(2007, 11, 9))))
    for terms, answer in (((case.shown["TIER-1"],), z3.sat), ((case.shown["TIER-1"], case.shown["TIER-3"]), z3.unsat)):
        again = z3.Solver()
        again.from_string(Solver(case).text(*terms))
        assert again.check() == answer


def test_a_solver_that_gives_up_says_so() -> None:
    """Too few steps for a hard question: nothing is concluded, and the limit is named."""
    holes = Case(Form(inputs=(), strata=()))
    solver = Solver(holes, limit=Limit(steps=50))
    birds = [[z3.Bool(f"{bird} in {hole}") for hole in range(9)] for bird in range(10)]
    solver.add(*(z3.Or(*places) for places in birds))
    solver.add(*(z3.AtMost(*(places[hole] for places in birds), 1) for hole in range(9)))
    with pytest.raises(UndecidedError, match="did not decide within 50 steps"):
        solver.find()


def test_a_watched_condition_is_a_proposition(rulebook: Rulebook) -> None:
    """A condition that is only watched settles like any other, and changes nothing else."""
    law = rulebook.on(date(2007, 11, 9))
    watched = {"many": Condition.model_validate({"indicator": "trafficking_prosecutions", "at_least": "5"})}
    form = lower(law, watched)
    facts: dict[str, Value] = {f"judged/{name}": False for name in law.judges}
    for number, truth in ((4, False), (5, True)):
        found = CompiledEngine(form).evaluate(facts | {"trafficking_prosecutions": number})
        plain = CompiledEngine(lower(law)).evaluate(facts | {"trafficking_prosecutions": number})
        assert found.settled == plain.settled | {"many": truth}
    assert Test(field="many", op="==", value=True) not in [t for s in form.strata for r in s.rules for t in r.tests]


def test_nothing_found_is_an_evaluation() -> None:
    """A form without rules has one case, in which nothing is settled."""
    form = Form(inputs=(), strata=())
    assert CompiledEngine(form).evaluate({}) == Evaluation({}, ())
    assert Solver(Case(form)).find() is not None
