"""What settles a case, what narrows it and what is pointless: against trying everything, and on the real dossiers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import compress, product
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import randoms

from tests.conftest import GUATEMALA, ROOT, Ran
from tests.lab.enumeration import (
    Case,
    Rows,
    asked,
    completions,
    counting_cases,
    grid,
    possible,
    rows_of,
    small_cases,
    subsets,
)
from tests.oracle import unknown_inputs
from tierengine.engines.form import Bounds
from tierengine.engines.lowering import lower
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.settle import Branch, CollectionPlan, Differences, settle, settling_answers
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


def written(facts: Case, answers: Case) -> Case:
    """The facts once answers are written into the dossier: a word that is rated there is judged."""
    return {
        **facts,
        **answers,
        **{f"judged/{n.removeprefix('rating/')}": True for n in answers if n.startswith("rating/")},
    }


def outcomes(law: Law, facts: Case) -> frozenset[Rows]:
    """What trying every completion of the facts finds: which rows each reaches (one, in a sound law)."""
    return frozenset(rows_of(law, case) for case in completions(law, facts, most=100_000) or ())


def questions(law: Law, facts: Case) -> list[str]:
    """What is not known."""
    return asked(law, unknown_inputs(law, facts))


def every_answer(law: Law, facts: Case, names: Iterable[str], room: int = 0) -> Iterator[Case]:
    """Every way to answer some questions that some history makes possible."""
    listed = list(names)
    for values in product(*(grid(law, facts, name, room) for name in listed)):
        answers = dict(zip(listed, values, strict=True))
        if possible({**facts, **answers}):
            yield answers


def test_pointless_questions_and_those_that_decide() -> None:
    """No answer to a pointless question moves a row, whatever else is answered; the deciding ones decide."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases(most_unknown=2) | counting_cases())
    def run(case: tuple[Law, Case]) -> None:
        law, facts = case
        if completions(law, facts, most=400) is None:
            return
        inquiry = Inquiry(law, facts)
        differences, unknown = Differences(inquiry), list(inquiry.unknown)
        for name in set(questions(law, facts)) - set(unknown):
            assert len(list(every_answer(law, facts, [name]))) == 1
        found = set(differences.pointless())
        moves = {
            name
            for name in unknown
            for others in subsets(other for other in unknown if other != name)
            for beside in every_answer(law, facts, others)
            for answer in every_answer(law, written(facts, beside), [name])
            if outcomes(law, written(facts, beside)) != outcomes(law, written(facts, {**beside, **answer}))
        }
        assert found <= set(unknown) - moves
        bound = {"limit", "last_report"} <= set(unknown)
        assert bound or found == set(unknown) - moves
        deciding = [
            names
            for names in subsets(unknown)
            if all(len(outcomes(law, written(facts, a))) <= 1 for a in every_answer(law, facts, names, room=3))
        ]
        assert set(differences.deciding()) == set(deciding[0])
        seen["some matter"] += bool(moves)
        seen["some are pointless"] += bool(found)
        seen["words that matter"] += any(name.startswith("rating/") for name in moves)

    run()
    assert min(seen["some matter"], seen["some are pointless"], seen["words that matter"]) >= 5, seen


def can_settle(law: Law, facts: Case, row: str) -> set[frozenset[str]]:
    """Every smallest set of questions of which some answers leave only completions that reach a row."""
    for names in subsets(questions(law, facts)):
        found = {
            frozenset(other)
            for other in subsets(questions(law, facts))
            if len(other) == len(names)
            and any(
                all(row in rows for rows in outcomes(law, written(facts, a))) for a in every_answer(law, facts, other)
            )
        }
        if found:
            return found
    return set()


def test_the_smallest_sets_that_can_settle_a_row() -> None:
    """They are those that trying everything finds, and the answers given with each of them settle the row."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases(most_unknown=2) | counting_cases())
    def run(case: tuple[Law, Case]) -> None:
        law, facts = case
        if completions(law, facts, most=400) is None:
            return
        inquiry = Inquiry(law, facts)
        facts = {**facts, **{name: value for name, value in inquiry.facts.items() if not isinstance(value, Bounds)}}
        for row in law.tiers:
            sets = settling_answers(inquiry, row.id).found
            assert {frozenset(answers) for answers in sets} == can_settle(law, facts, row.id)
            assert len({frozenset(answers) for answers in sets}) == len(sets)
            for answers in sets:
                assert all(row.id in rows for rows in outcomes(law, written(facts, answers)))
                seen[f"{min(len(answers), 2)} questions"] += 1

    run()
    assert min(seen["0 questions"], seen["1 questions"], seen["2 questions"]) >= 1, seen


def test_answers_of_one_sort_leave_the_same_rows() -> None:
    """Each number lies in one range of answers, and leaves the rows that the first number of the range leaves."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases() | counting_cases())
    def run(case: tuple[Law, Case]) -> None:
        law, facts = case
        if completions(law, facts, most=400) is None:
            return
        inquiry = Inquiry(law, facts)
        for name in inquiry.unknown:
            for answer in every_answer(law, facts, [name]):
                left = frozenset[str]().union(*outcomes(law, written(facts, answer)))
                assert {row.id for row in inquiry.stay_open(answer)} == left
                if inquiry.fields[name].type == "count" and not name.startswith("rating/"):
                    alike = {name: inquiry.range_of(name, int(answer[name])).value}
                    assert frozenset[str]().union(*outcomes(law, written(facts, alike))) == left
                    seen["numbers"] += 1
            assert len({answer.value for answer in inquiry.answers(name)}) == len(inquiry.answers(name))

    run()
    assert seen["numbers"] >= 20


# -- the real dossiers ---------------------------------------------------------------------------------------------


def test_answers_that_stand_alone_change_nothing_else(rulebook: Rulebook, guatemala: Casefile) -> None:
    """The rows are those that stay open if each other input is read anew beside the answers."""
    law = law_of(guatemala, rulebook)
    known = admit(guatemala, law).facts
    pairs = [(each.left, each.right) for each in lower(law).comparisons]
    seen: Counter[str] = Counter()

    @settings(QUICK, max_examples=25)
    @given(randoms(use_true_random=False))
    def run(chance: Random) -> None:
        kept = {name: known[name] for name in sorted(known) if name.startswith("judged/") or chance.random() < 0.6}
        bounds = {chance.choice(pair): Bounds(0, 2) for pair in pairs}
        case = Inquiry(law, kept | bounds)
        others = [name for pair in pairs for name in pair if name in case.unknown]
        for among in (case.unknown, others, others):
            answers = {name: chance.choice(case.answers(name)).value for name in chance.sample(among, 2)}
            with case.solver.supposing(*case.given(answers)):
                left = case.solver.which([case.whole.shown[row.id] for row in law.tiers])
            assert case.stay_open(answers) == tuple(compress(law.tiers, left)), answers
            seen["alone" if case.stands_alone(answers) else "not alone"] += 1

    run()
    assert min(seen["alone"], seen["not alone"]) >= 10, seen


def plan_of(dossier: str, rulebook: Rulebook) -> CollectionPlan:
    """The plan for a dossier of seeds/."""
    return settle(read_dossier(ROOT / "seeds" / dossier / "dossier.yaml"), rulebook)


def test_what_settles_guatemala(guatemala: Casefile, rulebook: Rulebook) -> None:
    """One rating settles the lowest tier; each better one asks for more; a failed standard can be any of many."""
    plan = settle(guatemala, rulebook)
    assert plan.open_tiers == ("1", "2", "2WL", "3")
    assert {(each.tier, each.size, len(each.sets), each.whole) for each in plan.settling} == {
        ("1", 6, 1, True),
        ("2", 5, 30, True),
        ("2WL", 2, 8, True),
        ("3", 1, 1, True),
    }
    (lowest,) = plan.settling[-1].sets
    assert lowest.questions == ("significant_efforts",)
    assert all("efforts_rest_on_commitments" in each.questions for each in plan.settling[2].sets)
    narrowest = min(plan.narrowing, key=lambda each: each.average)
    assert narrowest.question.id == "significant_efforts"


def test_the_outcome_of_each_answer(guatemala: Casefile, rulebook: Rulebook) -> None:
    """A count is answered by the numbers between which the law makes a difference."""
    narrowing = {each.question.id: each for each in settle(guatemala, rulebook).narrowing}
    penalties = narrowing["max_penalty_trafficking_years"]
    assert penalties.branches == (
        Branch(answer="0 to 3 years", tiers=("2", "2WL", "3")),
        Branch(answer="4 or more years", tiers=("1", "2", "2WL", "3")),
    )
    assert (penalties.worst, penalties.average) == (4, 3.5)
    assert penalties.question.criterion == "MS3"
    assert penalties.question.citation == "22 USC 7106(a)(3); TVPA section 108(a)(3)"


def test_pointless_questions_of_guatemala(guatemala: Casefile, rulebook: Rulebook) -> None:
    """What binds no other answer and moves nothing; a number that others are compared with binds them."""
    plan = settle(guatemala, rulebook)
    pointless, whatever = ({each.id for each in found} for found in (plan.pointless, plan.whatever))
    assert pointless == {"victim_shelter_opened"}
    assert not pointless & whatever
    # Each may bind another by a comparison that is denied, and decides nothing once the others are answered.
    compared = {"trafficking_convictions_last_year", "victims_assisted", "victims_assisted_last_year"}
    assert not compared & (pointless | whatever)


def test_questions_that_start_the_presumption(guatemala: Casefile, rulebook: Rulebook) -> None:
    """Two factors carry it; the data are the numbers of what was done against traffickers and against officials."""
    by_criterion = {each.criterion: each for each in settle(guatemala, rulebook).presumptions}
    assert set(by_criterion) == {"F-PROSECUTE", "F-OFFICIALS"}
    assert [each.id for each in by_criterion["F-PROSECUTE"].data] == [
        "trafficking_investigations",
        "trafficking_prosecutions",
        "trafficking_convictions",
        "trafficking_sentences",
    ]
    assert by_criterion["F-PROSECUTE"].citation == "22 USC 7106(b)(1); TVPA section 108(b)(1)"
    assert by_criterion["F-PROSECUTE"].bears
    assert "enforcement_data_requested" in {each.id for each in by_criterion["F-PROSECUTE"].needs}


def test_a_settled_case_has_only_pointless_questions(rulebook: Rulebook, tierengine: Callable[..., Ran]) -> None:
    """Nothing is planned where nothing is open, and the command ends with 0."""
    plan = plan_of("invented-2011", rulebook)
    assert (plan.open_tiers, plan.settling, plan.whatever, plan.narrowing) == (("3",), (), (), ())
    assert plan.pointless
    ran = tierengine("settle", ROOT / "seeds" / "invented-2011" / "dossier.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "Settled on the facts: Tier 3. No further fact can change it" in " ".join(ran.out.split())


def test_the_command(tierengine: Callable[..., Ran]) -> None:
    """It ends with 4 while several tiers are open; text and JSON say the same."""
    text, coded = tierengine("settle", GUATEMALA), tierengine("settle", GUATEMALA, "--format", "json")
    assert (text.code, coded.code, text.err, coded.err) == (4, 4, "", "")
    answer = json.loads(coded.out)
    assert answer["open_tiers"] == ["1", "2", "2WL", "3"]
    assert "Tier 2 Watch List: 2 answers can settle it" in text.out
    assert "Tier 3: 1 answer can settle it" in text.out
    assert "- 0 to 3 years: this leaves Tier 2, Tier 2 Watch List, Tier 3." in text.out
    assert "POINTLESS: 1 QUESTION\n" in text.out
    assert answer["pointless"][0]["id"] not in text.out
    assert answer["pointless"][0]["id"] in tierengine("settle", GUATEMALA, "--pointless").out
    for each in answer["narrowing"]:
        narrows = any(len(branch["tiers"]) < len(answer["open_tiers"]) for branch in each["branches"])
        assert not narrows or f"[{each['question']['id']}]" in text.out
