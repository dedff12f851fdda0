"""What settles a case, what narrows it and what is pointless: against trying everything, and on the real dossiers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, Ran
from tests.lab.enumeration import Case, Rows, asked, completions, counting_cases, grid, rows_of, small_cases, subsets
from tests.oracle import unknown_inputs
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.settle import Branch, CollectionPlan, matters, settle, settling_answers
from tierengine.law.rulebook import Law, Rulebook

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def reached_in(law: Law, cases: Iterable[Case]) -> list[tuple[Case, Rows]]:
    """Each completion with the rows it reaches."""
    return [(case, rows_of(law, case)) for case in cases]


def answers_to(case: Case, names: Iterable[str]) -> tuple[object, ...]:
    """What a completion answers to some questions."""
    return tuple(case[name] for name in names)


def decide(reached: list[tuple[Case, Rows]], names: tuple[str, ...]) -> bool:
    """Whether the answers to these questions alone say which rows are reached, whatever they are."""
    by_answers: dict[tuple[object, ...], Rows] = {}
    return all(by_answers.setdefault(answers_to(case, names), rows) == rows for case, rows in reached)


def test_pointless_questions_and_those_needed_whatever_the_answers() -> None:
    """What is not pointless is the one smallest set whose answers decide; more answers make nothing matter."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases() | counting_cases(), st.data())
    def run(case: tuple[Law, Case], data: st.DataObject) -> None:
        law, facts = case
        cases = completions(law, facts)
        if cases is None:
            return
        reached, unknown = reached_in(law, cases), asked(law, unknown_inputs(law, facts))
        found = matters(Inquiry(law, facts))
        alone = [name for name in unknown if not decide(reached, tuple(other for other in unknown if other != name))]
        assert sorted(found) == sorted(alone)
        deciding = [names for names in subsets(unknown) if decide(reached, names)]
        assert sorted(deciding[0]) == sorted(found)
        assert [names for names in deciding if len(names) == len(found)] == deciding[:1]
        if unknown:
            name = data.draw(st.sampled_from(unknown))
            answered = {**facts, name: data.draw(st.sampled_from(cases))[name]}
            assert set(matters(Inquiry(law, answered))) <= set(found)
        seen["some matter"] += bool(found)
        seen["some are pointless"] += len(found) < len(unknown)

    run()
    assert seen["some matter"] >= 5
    assert seen["some are pointless"] >= 5


def can_settle(law: Law, facts: Case, cases: list[Case], row: str) -> set[frozenset[str]]:
    """Every smallest set of questions of which some answers leave only completions that reach a row."""
    reached, unknown = reached_in(law, cases), asked(law, unknown_inputs(law, facts))
    found: set[frozenset[str]] = set()
    for names in subsets(unknown):
        if found and len(names) > len(next(iter(found))):
            break
        near = {name: set(grid(law, facts, name)) for name in names}
        left: dict[tuple[object, ...], bool] = {}
        for case, rows in reached:
            key = answers_to(case, names)
            left[key] = left.get(key, True) and row in rows
        if any(sure and all(v in near[n] for n, v in zip(names, key, strict=True)) for key, sure in left.items()):
            found.add(frozenset(names))
    return found


def test_the_smallest_sets_that_can_settle_a_row() -> None:
    """They are those that trying everything finds, and the answers told with each of them settle the row."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases() | counting_cases())
    def run(case: tuple[Law, Case]) -> None:
        law, facts = case
        cases = completions(law, facts)
        if cases is None:
            return
        inquiry = Inquiry(law, facts)
        for row in law.tiers:
            told = list(settling_answers(inquiry, row.id))
            assert {frozenset(answers) for answers in told} == can_settle(law, facts, cases, row.id)
            assert len({frozenset(answers) for answers in told}) == len(told)
            for answers in told:
                left = completions(law, {**facts, **answers})
                assert left
                assert all(row.id in rows_of(law, each) for each in left)
                seen[f"{min(len(answers), 2)} questions"] += 1

    run()
    assert min(seen["0 questions"], seen["1 questions"], seen["2 questions"]) >= 1


def test_answers_of_one_sort_leave_the_same_rows() -> None:
    """Each number lies in one range of answers, and leaves the rows that the first number of the range leaves."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(small_cases() | counting_cases())
    def run(case: tuple[Law, Case]) -> None:
        law, facts = case
        cases = completions(law, facts)
        if cases is None:
            return
        inquiry, reached = Inquiry(law, facts), reached_in(law, cases)
        for name in inquiry.unknown:
            left: dict[object, set[str]] = {}
            for each, rows in reached:
                left.setdefault(each[name], set()).update(rows)
            for value in grid(law, facts, name):
                if value not in left:
                    continue
                with_it = {
                    row.id
                    for row in law.tiers
                    if inquiry.solver.find(inquiry.case.answers(name, value), inquiry.case.shown[row.id]) is not None
                }
                assert with_it == left[value]
                if inquiry.fields[name].type == "count" and not name.startswith("rating/"):
                    assert left[inquiry.range_of(name, int(value)).value] == left[value]
                    seen["numbers"] += 1
            assert len({answer.value for answer in inquiry.answers(name)}) == len(inquiry.answers(name))

    run()
    assert seen["numbers"] >= 20


# -- the real dossiers ---------------------------------------------------------------------------------------------


def plan_of(dossier: str, rulebook: Rulebook) -> CollectionPlan:
    """The plan for a dossier of seeds/."""
    return settle(read_dossier(ROOT / "seeds" / dossier / "dossier.yaml"), rulebook)


def test_what_settles_guatemala(guatemala: Casefile, rulebook: Rulebook) -> None:
    """Two lists hang on three questions: one standard that is not met, one consideration, and the open words."""
    plan = settle(guatemala, rulebook)
    assert plan.open_tiers == ("1", "2WL", "3")
    assert {(each.tier, each.size, len(each.sets), each.whole) for each in plan.settling} == {
        ("1", 8, 1, True),
        ("2WL", 3, 18, True),
        ("3", 3, 18, True),
    }
    standards = {
        "prohibition_covers_sex_trafficking",
        "prohibition_covers_forced_labour",
        "trafficking_punishments",
        "commensurate_punishment",
        "max_penalty_trafficking_years",
        "stringent_punishment",
    }
    considerations = {"significant_given_extent", "noncompliance_not_disqualifying", "measures_reasonable"}
    expected = {frozenset({one, "significant_efforts", other}) for one in standards for other in considerations}
    for settling in plan.settling[1:]:
        assert {frozenset(each.questions) for each in settling.sets} == expected
    assert {each.question.id for each in plan.narrowing if each.average < 3} == standards


def test_the_outcome_of_each_answer(guatemala: Casefile, rulebook: Rulebook) -> None:
    """A count is told by the numbers between which the law tells the difference."""
    narrowing = {each.question.id: each for each in settle(guatemala, rulebook).narrowing}
    penalties = narrowing["max_penalty_trafficking_years"]
    assert penalties.branches == (
        Branch(answer="0 to 3 years", tiers=("2WL", "3")),
        Branch(answer="4 or more years", tiers=("1", "2WL", "3")),
    )
    assert (penalties.worst, penalties.average) == (3, 2.5)
    assert penalties.question.criterion == "MS3"
    assert penalties.question.citation == "22 USC 7106(a)(3); TVPA section 108(a)(3)"


def test_pointless_questions_of_guatemala(guatemala: Casefile, rulebook: Rulebook) -> None:
    """The second ground of the watch list applies, so nothing that bears on the other two can matter."""
    plan = settle(guatemala, rulebook)
    pointless = {each.id for each in plan.pointless}
    assert {
        "victims_last_year",
        "victims_very_significant_or_increasing",
        "increasing_efforts_not_shown",
        "efforts_rest_on_commitments",
    } <= pointless
    assert len(plan.pointless) + len(plan.whatever) == 62
    assert not pointless & {each.id for each in plan.whatever}


def test_questions_that_start_the_presumption(guatemala: Casefile, rulebook: Rulebook) -> None:
    """Two factors carry it; the data are the numbers of what was done against traffickers and against officials."""
    told = {each.criterion: each for each in settle(guatemala, rulebook).presumptions}
    assert set(told) == {"F-PROSECUTE", "F-OFFICIALS"}
    assert [each.id for each in told["F-PROSECUTE"].data] == [
        "trafficking_investigations",
        "trafficking_prosecutions",
        "trafficking_convictions",
        "trafficking_sentences",
    ]
    assert told["F-PROSECUTE"].citation == "22 USC 7106(b)(1); TVPA section 108(b)(1)"
    assert told["F-PROSECUTE"].bears
    assert "enforcement_data_requested" in {each.id for each in told["F-PROSECUTE"].needs}


def test_a_settled_case_has_only_pointless_questions(rulebook: Rulebook, tierengine: Callable[..., Ran]) -> None:
    """Nothing is planned where nothing is open, and the command ends with 0."""
    plan = plan_of("invented-2011", rulebook)
    assert (plan.open_tiers, plan.settling, plan.whatever, plan.narrowing) == (("3",), (), (), ())
    assert plan.pointless
    ran = tierengine("settle", ROOT / "seeds" / "invented-2011" / "dossier.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "Settled: Tier 3. No answer can change it." in ran.out


def test_the_command(tierengine: Callable[..., Ran]) -> None:
    """It ends with 4 while several tiers are open; text and JSON say the same."""
    text, coded = tierengine("settle", GUATEMALA), tierengine("settle", GUATEMALA, "--format", "json")
    assert (text.code, coded.code, text.err, coded.err) == (4, 4, "", "")
    told = json.loads(coded.out)
    assert told["open_tiers"] == ["1", "2WL", "3"]
    assert "Tier 2 Watch List: 3 answers can settle it" in text.out
    assert "It takes this one, one of these six and one of these three:" in text.out
    assert "- 0 to 3 years: this leaves Tier 2 Watch List, Tier 3." in text.out
    assert f"POINTLESS: {len(told['pointless'])} QUESTIONS" in text.out
    assert told["pointless"][0]["id"] not in text.out
    assert told["pointless"][0]["id"] in tierengine("settle", GUATEMALA, "--pointless").out
    for each in told["narrowing"]:
        narrows = any(len(branch["tiers"]) < len(told["open_tiers"]) for branch in each["branches"])
        assert not narrows or f"[{each['question']['id']}]" in text.out
