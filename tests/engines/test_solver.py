"""The solver finds a case just if there is one: every gate and count against its truth table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.truth_tables import EVERY, VARIABLES, Tabled, tabled
from tierengine.engines.certificate import certificate
from tierengine.engines.clauses import Clauses
from tierengine.engines.logic import (
    FALSE,
    TRUE,
    Term,
    all_of,
    any_of,
    at_least,
    at_most,
    implies,
    negate,
    same,
    variable,
)
from tierengine.engines.solver import Limit, Model, Solver, Start
from tierengine.errors import Problem, UndecidedError
from tierengine.lab.proofs import drup


def _way(model: Model) -> int:
    """The way in which the variables hold in a case."""
    return sum(model.holds(each) << place for place, each in enumerate(VARIABLES))


def _just(way: int) -> list[Term]:
    """The terms that the variables hold in this way and no other."""
    return [each if way >> place & 1 else negate(each) for place, each in enumerate(VARIABLES)]


@given(tabled)
def test_a_term_holds_as_its_truth_table_says(one: Tabled) -> None:
    """Asked, added or its opposite asked: there is a case for each way of the table, and for no other."""
    asked, added = Solver(), Solver([one.term])
    for way in EVERY:
        holds = way in one.ways
        assert (asked.find(one.term, *_just(way)) is not None) is holds
        assert (asked.find(negate(one.term), *_just(way)) is not None) is not holds
        assert asked.has(one.term, *_just(way)) is holds
        assert added.may_be(*_just(way)) is holds


@given(st.lists(tabled, min_size=2, max_size=5))
def test_a_found_case_says_of_every_term_what_its_table_says(some: list[Tabled]) -> None:
    """Also of terms that were never asked about, or that were first asked about when the case was found already."""
    solver = Solver()
    model = solver.find(some[0].term)
    assert (model is None) is (not some[0].ways)
    if model is not None:
        way = _way(model)
        assert way in some[0].ways
        before = [model.holds(each.term) for each in some]
        assert before == model.each([each.term for each in some])
        for each in some:
            solver.may_be(each.term)
        assert before == [model.holds(each.term) for each in some] == [way in each.ways for each in some]


@given(st.lists(tabled, max_size=3), st.lists(st.tuples(tabled, tabled), max_size=4))
def test_what_is_supposed_ends_with_its_block(base: list[Tabled], blocks: list[tuple[Tabled, Tabled]]) -> None:
    """Blocks inside blocks, each with what is added meanwhile: after each end, all is as it was before."""
    solver = Solver([each.term for each in base])

    def ways() -> set[int]:
        return {way for way in EVERY if solver.may_be(*_just(way))}

    def enter(rest: list[tuple[Tabled, Tabled]], left: set[int]) -> None:
        assert ways() == left
        if rest:
            supposed, added = rest[0]
            with solver.supposing(supposed.term):
                assert ways() == left & supposed.ways
                solver.add(added.term)
                enter(rest[1:], left & supposed.ways & added.ways)
            assert ways() == left

    enter(blocks, set(EVERY).intersection(*(each.ways for each in base)))


@given(tabled, st.dictionaries(st.sampled_from("uvwxyz"), tabled, max_size=6))
def test_a_clash_names_terms_that_cannot_all_hold(base: Tabled, named: dict[str, Tabled]) -> None:
    """Nothing is named where all can hold; what is named cannot, beside what holds of every case."""
    solver = Solver([base.term])
    named_terms = {name: each.term for name, each in named.items()}
    clash = solver.clash(named_terms)
    assert set(clash) <= named.keys()
    literals = {name: solver.literal(term) for name, term in named_terms.items()}
    core = solver.clash_of(literals.values(), [])
    assert {name for name, literal in literals.items() if literal in core} == set(clash)
    if base.ways.intersection(*(each.ways for each in named.values())):
        assert clash == ()
    else:
        assert not base.ways.intersection(*(named[name].ways for name in clash))


@given(st.lists(tabled, max_size=3), tabled, st.lists(tabled, max_size=2))
def test_a_question_written_down_has_the_same_answer(base: list[Tabled], supposed: Tabled, asked: list[Tabled]) -> None:
    """All that must hold stands in its certificate, which the checker confirms."""
    solver = Solver([each.term for each in base])
    terms = [each.term for each in asked]
    with solver.supposing(supposed.term):
        made = certificate(solver.question(*terms))
        assert (made.proof is None) is (made.model is not None) is solver.may_be(*terms)
    if made.proof is not None:
        drup.confirm(made.formula, made.proof)
    else:
        drup.fulfil(made.formula, made.model or "")
    assert len(solver.question()) == len(base)


def test_what_holds_always_and_what_never_does() -> None:
    """Constants are asked and added like any other term; after the impossible nothing can be."""
    solver = Solver([TRUE])
    assert solver.find() is not None
    assert solver.find(TRUE) is not None
    assert solver.find(FALSE) is None
    assert solver.clash({"no": FALSE, "yes": TRUE}) == ("no",)
    solver.add(FALSE)
    assert solver.find() is None


def test_a_term_has_no_truth_of_its_own() -> None:
    """A term in the place of a truth is a mistake, and refused as one; it is written so that people can read it."""
    a, b = variable("a"), variable("b")
    with pytest.raises(TypeError, match=r"^a term has no truth of its own; ask a solver$"):
        assert a
    assert repr(all_of((a, negate(b)))) == "(all a (not b))"
    assert repr(at_least(2, (a, b, variable("c")))) == "(at least 2 a b c)"
    assert repr(TRUE) == "(all)"


def test_constants_are_folded_when_a_term_is_made() -> None:
    """What is asked stays small: no constant stands within a term, no twofold opposite, and no joint of one part."""
    a, b, c = (variable(name) for name in "abc")
    made = [
        (negate(TRUE), FALSE),
        (negate(FALSE), TRUE),
        (negate(negate(a)), a),
        (all_of((a,)), a),
        (any_of((a,)), a),
        (all_of((TRUE, a)), a),
        (any_of((FALSE, a)), a),
        (all_of((a, FALSE, b)), FALSE),
        (any_of((a, TRUE, b)), TRUE),
        (same(a, a), TRUE),
        (at_least(0, (a,)), TRUE),
        (at_least(3, (a, b)), FALSE),
        (at_least(2, (a, TRUE, FALSE)), a),
    ]
    assert [number for number, (term, folded) in enumerate(made) if term is not folded] == []
    shapes = (at_least(1, (a, b)), at_least(2, (a, b)), at_least(3, (a, TRUE, b, c)), at_most(1, (a, b)))
    assert [repr(shape) for shape in shapes] == ["(any a b)", "(all a b)", "(at least 2 a b c)", "(not (all a b))"]


def test_a_question_is_written_in_as_few_clauses_as_it_needs() -> None:
    """What must hold by itself needs no literal of its own, and numbers are given without a gap."""
    a, b, c, d = (variable(name) for name in "abcd")
    terms = [all_of((a, any_of((b, negate(c))))), at_least(2, (b, c, d)), any_of((all_of((a, d)), c))]
    lines = certificate(terms, ["so", "it is"]).formula.splitlines()
    assert lines[:7] == ["c so", "c it is", "c 1 a", "c 2 b", "c 3 c", "c 4 d", "p cnf 9 21"]
    assert lines[7:9] == ["1 0", "2 -3 0"]
    counted = ["3 4 -5 0", "-4 5 0", "3 -6 0", "-3 5 0", "4 -6 0", "-3 -4 6 0"]  # of c and d: one, both
    counted += ["2 5 -7 0", "-5 7 0", "2 6 -8 0", "-6 8 0", "2 -9 0", "-2 7 0", "5 -8 0", "-2 -5 8 0"]
    counted += ["6 -9 0", "-2 -6 9 0"]  # with b: one, two, all
    assert lines[9:] == [*counted, "8 0", "3 1 0", "3 4 0"]


def test_what_stands_nowhere_else_needs_no_literal() -> None:
    """What it is made of is written in its place; one conjunction beside others is written part by part."""
    a, b, c, d = (variable(name) for name in "abcd")
    written: list[tuple[Term, list[list[int]]]] = [
        (same(a, any_of((b, c))), [[-1, 2, 3], [1, -2], [1, -3]]),
        (implies(a, all_of((b, implies(c, d)))), [[-1, 2], [-1, -3, 4]]),
        (any_of((a, negate(all_of((b, any_of((c, d))))))), [[5, -3], [5, -4], [-5, 3, 4], [1, -2, -5]]),
        (negate(any_of((a, all_of((b, c))))), [[-1], [-2, -3]]),
        (same(a, all_of((b, c))), [[-1, 2], [-1, 3], [-2, -3, 1]]),
        (any_of((all_of((a, b)), all_of((c, d)))), [[-3, 1], [-3, 2], [3, -1, -2], [3, 4], [3, 5]]),
    ]
    for term, expected in written:
        clauses: list[list[int]] = []
        Clauses(clauses.append).require(term, [])
        assert clauses == expected
    clauses = []
    making, both = Clauses(clauses.append), all_of((a, b))
    assert making.literal(both) == 3
    clauses.clear()
    making.require(implies(c, both), [])
    assert clauses == [[-4, 3]], "what has a literal stands for itself"


def test_what_no_step_is_needed_to_refute_has_a_proof_of_one_line() -> None:
    """It says that nothing can hold; so a certificate without a case always has a proof."""
    a = variable("a")
    assert certificate([a, negate(a)]).proof == "0\n"


def test_a_conjunction_is_asked_by_its_parts() -> None:
    """The solver begins with each of them, and needs no literal for all."""
    clauses: list[list[int]] = []
    written, (a, b, c) = Clauses(clauses.append), (variable(name) for name in "abc")
    assert written.units([all_of((a, all_of((b, c)))), negate(a)]) == [1, 2, 3, -1]
    assert clauses == []


def test_a_count_is_written_as_far_as_it_is_asked() -> None:
    """Up to eight at first, then twice as far; what was written serves every lower number. Counted in literals."""
    clauses: list[list[int]] = []
    written, some = Clauses(clauses.append), [variable(str(number)) for number in range(10)]
    lengths = []
    for number in (3, 4, 5, 7, 8, 9):
        written.literal(at_least(number, some))
        lengths.append(sum(map(len, clauses)))
        clauses.clear()
    assert lengths == [395, 0, 0, 0, 0, 406]


def _pigeons(birds: int) -> list[Term]:
    """More birds than holes, one hole for each bird: impossible, and hard to see."""
    places = [[variable(f"{bird} in {hole}") for hole in range(birds - 1)] for bird in range(birds)]
    return [
        *map(any_of, places),
        *(at_most(1, [there[hole] for there in places]) for hole in range(birds - 1)),
    ]


@pytest.mark.parametrize(("limit", "says"), [(Limit(steps=50), "50 steps"), (Limit(seconds=1), "1 seconds")])
def test_a_solver_that_gives_up_says_so(limit: Limit, says: str) -> None:
    """Too little for a hard question: nothing is concluded, and the limit is named; an easy one is still answered."""
    solver = Solver(limit=limit)
    with solver.supposing(*_pigeons(12)):
        with pytest.raises(UndecidedError) as undecided:
            solver.find()
        what = f"it did not decide within {says}"
        cure = "nothing is proved either way; allow more time, or write the rules in smaller parts"
        assert undecided.value.problems == (Problem(where="the solver", what=what, cure=cure),)
        assert solver.may_be()
        if limit.steps:
            assert solver.may_be(), "that it gave up before shows nothing"
            assert solver.which([TRUE, variable("a")]) == [True, True]
            with pytest.raises(UndecidedError):
                solver.which([TRUE], sure=True)
    assert Solver(limit=limit).find() is not None


@given(st.lists(tabled, max_size=3), tabled, st.lists(tabled, min_size=1, max_size=6))
def test_many_terms_are_asked_about_at_once(base: list[Tabled], beside: Tabled, some: list[Tabled]) -> None:
    """Which of them some case has, beside another term: as if each was asked about alone, in whatever order."""
    solver = Solver([each.term for each in base])
    left = set(EVERY).intersection(beside.ways, *(each.ways for each in base))
    for _ in range(2):
        assert solver.which([each.term for each in some], beside.term) == [bool(left & each.ways) for each in some]


@given(st.lists(st.tuples(st.sampled_from(["suppose", "add", "ask"]), tabled), max_size=12))
def test_what_is_remembered_never_outlives_what_it_rests_on(steps: list[tuple[str, Tabled]]) -> None:
    """However questions, suppositions and additions follow one another, each answer is that of the truth tables."""
    solver, left = Solver(), set(EVERY)
    for asked_before in (True, False):
        now = set(left)
        with solver.supposing():
            for act, one in steps:
                if act == "ask":
                    assert solver.may_be(one.term) is bool(now & one.ways)
                    assert solver.may_be(negate(one.term)) is bool(now - one.ways)
                    continue
                (solver.suppose if act == "suppose" else solver.add)(one.term)
                now &= one.ways
        if asked_before and steps:
            solver.add(steps[0][1].term)
            left &= steps[0][1].ways


@given(st.lists(tabled, max_size=3), tabled, st.lists(tabled, min_size=1, max_size=4))
def test_what_was_written_once_begins_any_number_of_solvers(
    base: list[Tabled], more: Tabled, some: list[Tabled]
) -> None:
    """Each finds what a solver finds to which all was added, case for case; what one learns or adds binds no other."""
    terms = [each.term for each in base]
    start = Start(terms)
    for added in ([], [more.term], []):
        begun, anew = Solver(added, start=start), Solver(terms, added)
        for one in some:
            found, expected = begun.find(one.term), anew.find(one.term)
            assert (found and _way(found)) == (expected and _way(expected))
            assert begun.question(one.term) == anew.question(one.term)
