"""The solver reads a form as the other engines do, and finds a case exactly where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, read_once
from tests.engines import z3_reading
from tests.engines.test_bounds import MORE, compared_form
from tests.engines.test_lowering import whole_law
from tests.strategies import facts_for, facts_of, forms, laws
from tierengine.engines import proof
from tierengine.engines.arithmetic import OPERATORS, compare, decide
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import (
    Bounds,
    Comparison,
    Evaluation,
    Facts,
    Field,
    Form,
    Rule,
    Stratum,
    Tally,
    Test,
    Unanswered,
    Value,
)
from tierengine.engines.logic import Term, negate
from tierengine.engines.lowering import lower
from tierengine.engines.proof import (
    Case,
    asked_by_rules,
    inputs_below,
    known_numbers,
    linked,
    lowest,
    rules_on_findings,
    together,
)
from tierengine.engines.solver import Solver
from tierengine.law.conditions import Condition
from tierengine.law.rulebook import Rulebook

RULEBOOK = read_once(ROOT)
BOUNDARIES = [day for day in RULEBOOK.boundaries() if not RULEBOOK.select(day).missing()]
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def settled_by_solver(form: Form, facts: Facts) -> dict[str, bool] | None:
    """What the solver's rails show and refute where just these answers are known; nothing if they cannot all be."""
    case = Case(form, partly=True, facts=facts)
    known = {name for name, value in facts.items() if not isinstance(value, Bounds)}
    solver = Solver(case.definitions, case.gives(facts))
    # Of what others answer it is left open whether it is known: here it is what was given, as for the engines.
    solver.add(*(term if name in known else negate(term) for name, term in case.known.items()))
    model = solver.find()
    if model is None:
        return None
    rails = ((case.shown, True), (case.refuted, False))
    return {name: truth for rail, truth in rails for name, term in rail.items() if model.holds(term)}


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
    solver = Solver(case.definitions)
    for name, term in case.shown.items():
        for truth in (True, False):
            model = solver.find(term if truth else negate(term))
            if model is not None:
                assert engine.evaluate(case.read(model)).settled[name] is truth
    facts = asked(form, data.draw(facts_for(law, most_unknown=0)))
    possible = facts.get("limit", "none") == "none" or facts.get("last_report", "2WL") == "2WL"
    if possible and len(facts) == len(form.inputs):
        found = engine.evaluate(facts).settled
        terms = (term if found[name] else negate(term) for name, term in case.shown.items())
        assert solver.find(*case.gives(facts), *terms) is not None


def test_no_limit_binds_a_country_that_was_not_on_the_list(rulebook: Rulebook) -> None:
    """A case that no history makes is no case."""
    case = Case(lower(rulebook.on(date(2019, 6, 20))))
    solver = Solver(case.definitions)
    assert solver.find(case.answers("limit", "3"), case.answers("last_report", "2")) is None
    assert solver.find(case.answers("limit", "3"), case.answers("last_report", "2WL")) is not None


def test_terms_that_cannot_hold_together_are_named(rulebook: Rulebook) -> None:
    """The names of terms that clash are given, and nothing where none do."""
    case = Case(lower(rulebook.on(date(2019, 6, 20))))
    solver = Solver(case.definitions)
    full = case.answers("limit", "3")
    there = case.shown["TIER-2WL"]
    free = case.answers("victims_in_country", 4)
    assert solver.clash({"full": full, "there": there, "free": free}) == ("full", "there")
    assert solver.clash({"full": full, "free": free}) == ()


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
    assert Solver(Case(form).definitions).find() is not None


# -- a second opinion --------------------------------------------------------------------------------------------


def may_hold(form: Form, facts: Facts, names: Iterable[str] = ()) -> dict[str, tuple[bool, bool]]:
    """Of propositions, or of each, whether some completion of the facts shows it, and whether some refutes it."""
    case = Case(form, facts=facts)
    solver = Solver(case.definitions)
    with solver.supposing(*case.gives(facts)):
        terms = {name: case.shown[name] for name in names or case.shown}
        return {name: (solver.may_be(term), solver.may_be(negate(term))) for name, term in terms.items()}


@UNHURRIED
@given(st.data())
def test_two_solvers_agree_on_what_may_be(data: st.DataObject) -> None:
    """Clauses and z3 find a completion for the same propositions: with bounds, comparisons and coherence."""
    form = data.draw(forms())
    facts = data.draw(facts_of(form))
    assert may_hold(form, facts) == z3_reading.Completions(form).may_hold(facts)


@UNHURRIED
@given(st.data())
def test_two_solvers_agree_on_what_is_settled(data: st.DataObject) -> None:
    """Where just some facts are known, both settle the same, or both find that the facts contradict themselves.

    An input that a known answer shows is never given as false: admission sees to it.
    """
    form = data.draw(forms())
    facts = data.draw(facts_of(form))
    shown = (each for each in form.unanswered if any(facts.get(name) is True for name in each.shown_by))
    assume(not any(facts.get(each.id) is False for each in shown))
    assert settled_by_solver(form, facts) == z3_reading.settled(form, facts)


def test_a_comparison_is_known_as_the_generated_evaluator_knows_it() -> None:
    """By two numbers, by their bounds, or as it was answered without them; numbers may be any, cut by no rule.

    A direct answer goes along with what the two numbers say, as admission sees to it.
    """
    form = compared_form()
    engine = CompiledEngine(form)
    known = (None, 1, 3, 4, Bounds(1, 3), Bounds(2, 4), Bounds(3), Bounds(0, 1))
    for each in product(known, known, (None, True, False)):
        named = zip(("n", "o", "more"), each, strict=True)
        facts: Facts = {name: value for name, value in named if value is not None}
        decided = decide(facts.get("n"), facts.get("o"))
        if decided is None or facts.get("more") is not (not decided):
            assert settled_by_solver(form, facts) == engine.settled(facts), facts
            said = compare(facts, MORE)
            assert may_hold(form, facts)["m"] == ((True, True) if said is None else (said, not said)), facts


def test_two_solvers_agree_on_what_nobody_answered() -> None:
    """What may be of an input that another shows and a third denies, whoever of them answered."""
    fields = tuple(Field(id=name, type="truth") for name in "abc")
    rules = tuple(
        Rule(id=f"p{holds}", head="p", holds=holds, tests=(Test(field="a", op="==", value=holds),))
        for holds in (True, False)
    )
    taken = Unanswered(id="a", shown_by=("b",), denied_with=("c",))
    form = Form(inputs=fields, strata=(Stratum(rules=rules),), unanswered=(taken,))
    second = z3_reading.Completions(form)
    for each in product((None, True, False), repeat=3):
        facts: Facts = {name: value for name, value in zip("abc", each, strict=True) if value is not None}
        assert may_hold(form, facts) == second.may_hold(facts), facts


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_count_is_asked_with_every_operator(size: int) -> None:
    """Of how many members hold or fail, against every number from none to more than there are."""
    fields = tuple(Field(id=f"m{number}", type="truth") for number in range(size))
    members = tuple((Test(field=f.id, op="==", value=True), Test(field=f.id, op="==", value=False)) for f in fields)
    asked = product(("holds", "fails"), OPERATORS, range(-1, size + 2))
    tests = [Test(field=f"t.{end}", op=op, value=number) for end, op, number in asked]
    rules = tuple(Rule(id=str(n), head=str(n), holds=True, tests=(test,)) for n, test in enumerate(tests))
    form = Form(inputs=fields, strata=(Stratum(tallies=(Tally(id="t", members=members),), rules=rules),))
    engine = CompiledEngine(form)
    for each in product((None, True, False), repeat=size):
        facts: Facts = {f.id: value for f, value in zip(fields, each, strict=True) if value is not None}
        assert settled_by_solver(form, facts) == engine.settled(facts), facts


def test_the_inputs_on_which_each_proposition_rests() -> None:
    """As found from each proposition downwards; of two numbers that are compared, both."""
    form = lower(RULEBOOK.latest())
    asked: dict[str, set[str]] = {each.id: {each.left, each.right} for each in form.comparisons}
    for stratum in form.strata:
        for tally in stratum.tallies:
            looks = {test.field for member in tally.members for test in member}
            asked |= {f"{tally.id}.holds": looks, f"{tally.id}.fails": looks}
        for rule in stratum.rules:
            asked.setdefault(rule.head, set()).update(test.field for test in rule.tests)

    def rests(name: str) -> set[str]:
        return set().union(*map(rests, asked[name])) if name in asked else {name}

    assert inputs_below(form) == {name: rests(name) for name in asked}
    assert asked_by_rules(form) == {name: rests(name) for name in form.coherence}
    propositions = {rule.head for stratum in form.strata for rule in stratum.rules}
    on_findings = {name for name in form.coherence if not asked[name].isdisjoint(propositions)}
    assert rules_on_findings(form) == on_findings
    assert 0 < len(on_findings) < len(form.coherence)


@pytest.mark.parametrize("day", BOUNDARIES, ids=str)
def test_two_solvers_agree_on_the_open_rows_of_the_law(day: date) -> None:
    """Under the law of every date, clauses and z3 leave the same rows of the tier table open."""
    law = RULEBOOK.select(day)
    form, rows = lower(law), [row.id for row in law.tiers]
    second = z3_reading.Completions(form)

    @settings(max_examples=25)
    @given(facts_of(form))
    def agree(facts: Facts) -> None:
        assert may_hold(form, facts, rows) == second.may_hold(facts, rows)

    agree()


@UNHURRIED
@given(st.data())
def test_the_lowest_case_is_the_first_of_all(data: st.DataObject) -> None:
    """No case has a lower answer to the first question, nor with that answer to the second, and so on."""
    form = data.draw(forms())
    facts = data.draw(facts_of(form))
    case = Case(form, facts=facts)
    solver = Solver(case.definitions, case.gives(facts))
    fields = data.draw(st.permutations([field.id for field in form.inputs]))
    found = lowest(solver, case, fields)
    assert (found is None) is (solver.find() is None)
    settled: list[Term] = []
    for field, value in (found or {}).items():
        place = case.values[field].place(value)
        assert place is not None
        assert place == 0 or solver.find(*settled, case.values[field].at_most(place - 1)) is None
        settled.append(case.answers(field, value))
    assert solver.find(*settled) is not None or found is None


def test_cases_that_are_compared_have_room_for_their_numbers() -> None:
    """Four numbers in a row, two in each of two countries, lie between two numbers at which a rule says otherwise."""
    counts = tuple(Field(id=name, type="count") for name in ("few", "many"))
    comparisons = tuple(
        Comparison(id=f"{left} > {right}", left=left, right=right) for left, right in (("few", "many"), ("many", "few"))
    )
    form = Form(inputs=counts, comparisons=comparisons, strata=())
    alone = Case(form)
    above = alone.answers("few", 1000), alone.answers("many > few", True)
    assert Solver(alone.definitions).find(*above) is not None, "there is room above every number that may be given"
    one, other = (Case(form, name, beside=(form,)) for name in ("one", "other"))
    apart = [negate(other.values[name].no_higher_than(one.values[name])) for name in ("few", "many")]
    terms = [one.answers("many > few", True), other.answers("few > many", True), *apart]
    model = Solver(one.definitions, other.definitions).find(*terms)
    assert model is not None
    first, second = one.read(model), other.read(model)
    assert int(first["few"]) < int(first["many"]) < int(second["many"]) < int(second["few"])


def test_what_hangs_together() -> None:
    """Unknown inputs bind one another by a rule of coherence or by standing for one another; counts, by comparisons."""
    form = lower(whole_law())
    groups = {frozenset({"last_report"}), frozenset({"C_0", "C_1", "C_4", "L_0"})}
    assert set(together(form, {field.id for field in form.inputs})) == groups
    apart = {frozenset({"last_report"}), frozenset({"C_4"}), frozenset({"L_0"})}
    assert set(together(form, {"C_4", "L_0", "rating/weight"})) == apart, "what binds them is known"
    assert set(linked(form)) == {frozenset({"C_1", "C_4", "L_0"})}
    assert set(linked(form.model_copy(update={"comparisons": ()}))) == {
        frozenset({name}) for name in ("C_1", "C_4", "L_0")
    }
    assert known_numbers(form, {"C_1": 4, "C_4": Bounds(2, 6), "L_0": Bounds(3), "C_0": True, "rating/weight": 3}) == {
        "C_1": (4, 5),
        "C_4": (2, 7),
        "L_0": (3,),
    }


def test_two_answers_on_one_scale_are_compared() -> None:
    """Whether one is no higher than the other, and whether they are the same."""
    form = Form(inputs=(Field(id="n", type="count"),), strata=())
    one, other = (Case(form, name, cuts={"n": (1, 2, 3)}, beside=(form,)) for name in ("one", "other"))
    solver = Solver(one.definitions, other.definitions)
    for left, right in product(range(4), repeat=2):
        given = one.answers("n", left), other.answers("n", right)
        assert (solver.find(*given, one.values["n"].no_higher_than(other.values["n"])) is not None) is (left <= right)
        assert (solver.find(*given, one.values["n"].alike(other.values["n"])) is not None) is (left == right)


def test_terms_are_called_so_that_people_can_read_a_certificate() -> None:
    """After the case, and after the answer, finding or conclusion for which they stand."""
    case = Case(lower(whole_law()), "Utopia", partly=True)
    terms = [case.known["C_0"], case.values["C_1"].rises[1], case.values["C_2"].rises[2], case.shown["so"]]
    named = ["known:C_0", "C_1>=1", "C_2>=enacted", "so", "not:so", "L_0/exceeds/C_1"]
    terms += [case.refuted["so"], case.answers("L_0/exceeds/C_1", value=True)]
    assert [repr(term) for term in terms] == [f"Utopia:{name}" for name in named]


def test_a_solver_of_a_case_knows_what_every_case_obeys() -> None:
    """Or just what it is given; what either knows is written as clauses once."""
    case = Case(lower(whole_law()))
    assert case.solver().question() == case.definitions
    assert case.solver(case.follows).question() == case.follows
    broken = negate(case.coherence["COH"])
    assert [case.solver().find(broken), case.solver(case.follows).find(broken) is None] == [None, False]


def test_a_kept_case_is_shared_where_numbers_are_cut_alike_and_only_there(
    rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Truths and ratings cut no number; a count that is known does, and so do its bounds and other cuts."""
    form = lower(rulebook.latest()).model_copy()  # with which no other test has kept cases
    count = next(field.id for field in form.inputs if field.type == "count" and not field.numbers)
    truth = next(field.id for field in form.inputs if field.type == "truth")
    alike = [Case.of(form, facts=facts) for facts in ({}, {truth: True}, {truth: False})]
    assert len({id(case) for case in alike}) == 1
    others = [Case.of(form, facts={count: 7}), Case.of(form, facts={count: 8}), Case.of(form, facts={count: Bounds(7)})]
    others += [Case.of(form, cuts={count: (7,)}), Case.of(form, "other"), Case.of(form, partly=True)]
    others += [Case.of(form, cases=2), Case.of(form.model_copy())]
    assert len({id(case) for case in (*alike, *others)}) == 1 + len(others)
    assert Case.of(form, facts={count: 7}) is others[0]
    monkeypatch.setattr(proof, "_KEPT", 1)
    Case.of(form, facts={count: 9})
    assert Case.of(form, cuts={}) is not alike[0], "the one that was made first goes"
