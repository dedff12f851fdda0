"""The way up: the fewest acts that can still be taken, against trying everything, and on the real dossiers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import prod

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, SMALL, Ran, read_once
from tests.lab.enumeration import MOST, Case, asked, completions, countries, grid, rows_of, small_cases
from tests.oracle import Value, conclude, unknown_inputs
from tierengine.engines.form import Bounds, Facts
from tierengine.errors import UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.questions.actions import possible_actions
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.path import PathSearch, WayUp, path
from tierengine.law.conditions import Condition
from tierengine.law.entries import Indicator
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.words import rank_of
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import TIERS, Tier

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = {"truth": ("true", "false", "true", "neither"), "count": ("more", "fewer", "more", "neither")}


@st.composite
def ways_to_try(draw: st.DrawFn) -> tuple[Law, Case, Tier]:
    """A random law whose indicators have a better answer, a country, and a tier to reach."""
    law, facts = draw(small_cases(most_unknown=2))
    criteria = []
    for criterion in law.criteria:
        indicators = tuple(draw(_declared(each)) for each in criterion.indicators)
        criteria.append(criterion.model_copy(update={"indicators": indicators}))
    target = draw(st.sampled_from([row.tier for row in law.tiers if row.tier is not None]))
    return replace(law, criteria=tuple(criteria)), facts, target


@st.composite
def _declared(draw: st.DrawFn, indicator: Indicator) -> Indicator:
    better = draw(st.sampled_from(WORDS[indicator.type])) if indicator.type in WORDS else "neither"
    return indicator.model_copy(
        update={
            "better": better,
            "effort": draw(st.integers(0, 4)) > 0,
            "looks_back": draw(st.integers(0, 5)) == 0,
            "lasting": better == "false" and draw(st.booleans()),
            "kinds": draw(st.sampled_from((("action", "statistic"), ("law",)))),
        }
    )


@st.composite
def ways_in_a_sound_law(draw: st.DrawFn) -> tuple[Law, Case, Tier]:
    """The small rulebook of the tests, a country and a tier to reach."""
    law = read_once(SMALL).on(date(2010, 6, 1))
    return law, draw(countries(law, most_unknown=3)), draw(st.sampled_from(TIERS))


@dataclass(frozen=True)
class Step:
    """What may become of one input: its answer (nothing: it stays unknown), and whether that is an act or a need."""

    value: Value | None
    act: bool = False
    need: bool = False


def steps(law: Law, facts: Case, name: str) -> Iterator[Step]:
    """Everything that may become of an input that is no rating on record."""
    now = facts.get(name)
    yield Step(now)
    for value in grid(law, facts, name):
        act = name in law.indicators_by_id and is_act(law.indicator(name), now, value)
        can_act = name in law.indicators_by_id and any(
            is_act(law.indicator(name), now, other) for other in grid(law, facts, name)
        )
        if act or (now is None and not can_act):
            yield Step(value, act=act, need=not act)


def is_act(indicator: Indicator, now: Value | None, then: Value) -> bool:
    """Whether a government can still bring an answer about: a better one, and nothing that undoes the past."""
    if indicator.looks_back or not indicator.effort or indicator.better == "neither" or indicator.compared is not None:
        return False
    undoes = indicator.better == "fewer" or indicator.lasting
    if undoes and indicator.kinds != ("law",):
        return False
    if indicator.type == "truth":
        return now != then and then == (indicator.better == "true")
    if indicator.better == "more":
        return int(then) > int(now or 0)
    return now is None or int(then) < int(now)


def weighs(law: Law, judgement: str) -> set[str]:
    """The indicators that the ladder of an open word asks for, directly or through other entries."""
    waiting = [rung.when for rung in law.judges[judgement].rules]
    if (presumption := law.judges[judgement].presumption) is not None:
        waiting.append(presumption.when)
    found: set[str] = set()
    read: set[Condition] = set()
    while waiting:
        condition = waiting.pop()
        if condition in read:
            continue
        read.add(condition)
        for part in condition.walk():
            if part.indicator is not None:
                compared = law.indicator(part.indicator).compared
                found |= {part.indicator} | ({compared.greater, compared.than} if compared else set())
            elif part.finding is not None:
                criterion = law.criterion(part.finding)
                level = next(
                    (rung.level for rung in criterion.rules if rung.level == part.at_least), criterion.met_from
                )
                waiting += [rung.when for rung in criterion.rungs_below(level)]
                waiting += [criterion.presumption.when] if criterion.presumption is not None else []
            elif part.conclusion is not None:
                waiting += [entry.when for entry in law.conditional() if entry.id == part.conclusion]
    return found


def with_what_follows(inquiry: Inquiry, facts: Case) -> Case:
    """The facts with every answer that follows from them, which no way needs to ask for."""
    return {**facts, **{name: value for name, value in inquiry.facts.items() if not isinstance(value, Bounds)}}


Selection = tuple[frozenset[str], frozenset[str]]


def try_everything(law: Law, facts: Case, target: Tier) -> dict[Selection, list[Case]] | None:
    """Each selection of acts and needs that reaches the tier, with the cases after it; nothing if it takes too long."""
    recorded = [f"rating/{name}" for name in law.judges if facts.get(f"judged/{name}") is True]
    names = asked(law, [*(name for name in facts if not name.startswith("judged/")), *unknown_inputs(law, facts)])
    choices = [
        [Step(facts[name]), *(Step(value, need=True) for value in grid(law, facts, name))]
        if name in recorded
        else list(steps(law, facts, name))
        for name in names
    ]
    if prod(map(len, choices)) > MOST:
        return None
    found: dict[Selection, list[Case]] = {}
    for chosen in product(*choices):
        acts = frozenset(name for name, step in zip(names, chosen, strict=True) if step.act)
        needs = frozenset(name for name, step in zip(names, chosen, strict=True) if step.need)
        anew = needs & set(recorded)
        weighed = [weighs(law, name.removeprefix("rating/")) for name in anew]
        if not all(acts & records if records else acts for records in weighed):
            continue
        after = {name: step.value for name, step in zip(names, chosen, strict=True) if step.value is not None}
        after |= {f"judged/{name}": facts.get(f"judged/{name}", False) for name in law.judges}
        after |= {name.replace("rating/", "judged/"): False for name in anew}
        written = after | {name.replace("rating/", "judged/"): True for name in needs if name.startswith("rating/")}
        if reaches(law, after, target) and none_worse(law, written, target):
            found.setdefault((acts, needs), []).append(written)
    return found


def reaches(law: Law, after: Mapping[str, Value], target: Tier) -> bool:
    """Whether no worse tier is left, whatever else is not known, and some completion has the tier itself."""
    if not none_worse(law, after, target):
        return False
    there = {row.id for row in law.tiers if row.tier == target}
    left = completions(law, dict(after), room=1, most=100_000)
    assert left is not None
    return any(there & rows_of(law, case) for case in left)


def none_worse(law: Law, after: Facts, target: Tier) -> bool:
    """Whether no worse tier is left, whatever else is not known."""
    outcomes = conclude(law, after)
    worse = [row.id for row in law.tiers if row.tier is None or TIERS.index(row.tier) > TIERS.index(target)]
    return all(outcomes[name] is Outcome.NOT_MET for name in worse)


_NONE = Indicator(id="none", asks="so", type="truth", better="neither")


def test_the_shortest_ways_are_those_that_trying_everything_finds() -> None:
    """No way has fewer acts, or as many acts and fewer other needs; every way as short is found."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(ways_to_try() | ways_in_a_sound_law())
    def run(case: tuple[Law, Case, Tier]) -> None:
        law, facts, target = case
        inquiry = Inquiry(law, facts)
        facts = with_what_follows(inquiry, facts)
        tried = try_everything(law, facts, target)
        if tried is None:
            return
        shortest = min(((len(acts), len(needs)) for acts, needs in tried), default=None)
        expected = {each for each in tried if (len(each[0]), len(each[1])) == shortest}
        search = PathSearch(inquiry, target)
        found = list(search.shortest())
        assert {(frozenset(acts), frozenset(needs)) for acts, needs in found} == expected
        assert len(found) == len(expected)
        for acts, needs in found:
            after = search._settled_by(search._solver(), acts, needs)
            assert none_worse(law, after, target)
            for name in (*acts, *needs):
                lower = rank_of(after[name]) - 1 if law.indicators_by_id.get(name, _NONE).type == "count" else -1
                if lower >= 0 and (name in needs or is_act(law.indicator(name), facts.get(name), lower)):
                    assert {**after, name: lower} not in tried[frozenset(acts), frozenset(needs)]
                    seen["least numbers"] += 1
        ways = list(search.ways(found))
        assert sum(len(way.also_needed) for way in ways) == len(found)
        seen["no way" if shortest is None else "acts" if shortest[0] else "needs" if shortest[1] else "there"] += 1
        seen["anew"] += any(change.now for way in ways for needs in way.also_needed for change in needs.rated)

    run()
    assert min(seen["no way"], seen["acts"], seen["needs"], seen["there"], seen["anew"], seen["least numbers"]) >= 1, (
        seen
    )


def test_what_blocks_every_way() -> None:
    """The known answers that are named exclude every way together, and without any one of them there is a way."""
    seen: Counter[str] = Counter()

    @QUICK
    @given(ways_to_try() | ways_in_a_sound_law())
    def run(case: tuple[Law, Case, Tier]) -> None:
        law, facts, target = case
        inquiry = Inquiry(law, facts)
        facts = with_what_follows(inquiry, facts)
        search = PathSearch(inquiry, target)
        if any(facts.get(f"judged/{name}") for name in law.judges) or next(search.shortest(), None) is not None:
            return
        blocking = {each.id for each in search.blocking()}
        assert blocking <= facts.keys()
        for kept in (blocking, *(blocking - {name} for name in blocking)):
            there = some_way(law, facts, kept, target)
            if there is None:
                return
            assert there == (kept != blocking)
        seen["named" if blocking else "no country is there"] += 1

    run()
    assert seen["named"] >= 1, seen


def some_way(law: Law, facts: Case, kept: set[str], target: Tier) -> bool | None:
    """Whether a tier can be reached if only some known answers hold fast; nothing if it takes too long to try."""
    names = asked(law, [*(name for name in facts if not name.startswith("judged/")), *unknown_inputs(law, facts)])
    choices = [
        list(steps(law, facts, name))
        if name in kept or name not in facts
        else [Step(value) for value in grid(law, facts, name)]
        for name in names
    ]
    if prod(map(len, choices)) > MOST:
        return None
    judged = {f"judged/{name}": False for name in law.judges}
    return any(
        reaches(
            law,
            judged | {name: step.value for name, step in zip(names, chosen, strict=True) if step.value is not None},
            target,
        )
        for chosen in product(*choices)
    )


# -- the real dossiers ---------------------------------------------------------------------------------------------


def way_of(dossier: str, rulebook: Rulebook, target: Tier) -> WayUp:
    """The ways of a dossier of seeds/ to a tier."""
    return path(read_dossier(ROOT / "seeds" / dossier / "dossier.yaml"), rulebook, target)


def test_the_way_of_guatemala_to_tier_2(guatemala: Casefile, rulebook: Rulebook) -> None:
    """No act is needed: five words that nobody rated have to be rated so, one of them a choice of three."""
    plan = path(guatemala, rulebook, "2")
    assert (plan.present, plan.actions, plan.also_needed, plan.whole, plan.blocked_by) == ("2WL", 0, 5, True, ())
    (way,) = plan.ways
    assert way.actions == ()
    assert [needs.turns_out for needs in way.also_needed] == [(), (), ()]
    rated = [{(each.id, each.then) for each in needs.rated} for needs in way.also_needed]
    common = {
        ("victims_very_significant_or_increasing", "rated not met"),
        ("increasing_efforts_not_shown", "rated not met"),
        ("efforts_rest_on_commitments", "rated not met"),
        ("significant_efforts", "rated met"),
    }
    assert set.intersection(*rated) == common
    assert {name for each in rated for name, _ in each - common} == {
        "significant_given_extent",
        "noncompliance_not_disqualifying",
        "measures_reasonable",
    }


def test_numbers_are_the_smallest_that_suffice(rulebook: Rulebook) -> None:
    """Tier 1 asks for five acts of a country whose law leaves out forced labour, with four more things."""
    plan = way_of("invented-2019", rulebook, "1")
    (way,) = plan.ways
    assert {(act.id, act.now, act.then) for act in way.actions} == {
        ("prohibition_covers_sex_trafficking", None, "Yes"),
        ("prohibition_covers_forced_labour", "No", "Yes"),
        ("trafficking_punishments", None, "1 or more persons"),
        (
            "max_penalty_sex_trafficking_years",
            None,
            "4 or more years, and no fewer than the answer to [max_penalty_grave_crime_years], "
            "and no fewer than the answer to [max_penalty_trafficking_years]",
        ),
        (
            "max_penalty_trafficking_years",
            None,
            "4 or more years, and no more than the answer to [max_penalty_sex_trafficking_years]",
        ),
    }
    (needs,) = way.also_needed
    assert [each.id for each in needs.turns_out] == ["max_penalty_grave_crime_years"]
    assert {each.id for each in needs.rated} == {
        "commensurate_punishment",
        "stringent_punishment",
        "serious_and_sustained_efforts",
    }


def test_a_full_watch_list_leaves_the_waiver(rulebook: Rulebook) -> None:
    """Two years are full, so back to the watch list leads a waiver: two acts, and two findings of the Secretary."""
    plan = way_of("invented-2011", rulebook, "2WL")
    (way,) = plan.ways
    assert {act.id for act in way.actions} == {"waiver_written_plan", "waiver_sufficient_resources"}
    assert [each.id for each in way.also_needed[0].turns_out] == ["waiver_plan_would_suffice", "downgrade_waived"]


def test_no_tier_that_is_no_better_and_none_that_the_law_does_not_know(guatemala: Casefile, rulebook: Rulebook) -> None:
    """Both are refused as a wrong question."""
    with pytest.raises(UsageError, match="`2WL` is no better than what is recommended now, Tier 2 Watch List"):
        path(guatemala, rulebook, "2WL")
    with pytest.raises(UsageError, match="the law of 2001-11-09 knows no tier `2WL`"):
        path(guatemala, rulebook, "2WL", guatemala.dossier.as_of.replace(year=2001))


def spent(limit: str) -> Case:
    """A country of 2011 whose standards are not met, with a ground for the watch list that no act takes away."""
    return {"limit": limit, "last_report": "2WL", "max_penalty_grave_crime_years": 30}


@pytest.mark.parametrize(("limit", "blocked"), [("3", ["limit"]), ("none", [])])
def test_the_limit_of_years_blocks_the_watch_list(limit: str, blocked: list[str], rulebook: Rulebook) -> None:
    """Once the waiver is spent nothing leads to the watch list; the limit alone is named, with the reason."""
    law = rulebook.on(read_dossier(ROOT / "seeds" / "invented-2011" / "dossier.yaml").dossier.as_of)
    search = PathSearch(Inquiry(law, {**spent(limit), **{f"judged/{name}": False for name in law.judges}}), "2WL")
    assert [each.id for each in (search.blocking() if next(search.shortest(), None) is None else ())] == blocked
    for each in search.blocking() if blocked else ():
        assert each.why == "it follows from where earlier reports placed the country"
        assert each.says == (
            "How do the country's years on the Tier 2 Watch List bind this report? "
            "They are full and the waiver is spent: Tier 3."
        )


def test_numbers_overtake_what_a_record_states_without_them(rulebook: Rulebook) -> None:
    """A law that is recorded as milder than that for rape is amended; that record then holds no longer, as it says."""
    law = rulebook.on(read_dossier(ROOT / "seeds" / "invented-2019" / "dossier.yaml").dossier.as_of)
    facts: Case = {"penalty_below_grave_crimes": True, **{f"judged/{name}": False for name in law.judges}}
    search = PathSearch(Inquiry(law, facts), "1")
    way = next(search.ways([next(search.shortest())]))
    assert "max_penalty_sex_trafficking_years" in {act.id for act in way.actions}
    turns_out = {each.id: (each.now, each.then) for each in way.also_needed[0].turns_out}
    assert turns_out["penalty_below_grave_crimes"] == ("Yes", "No")
    assert "max_penalty_grave_crime_years" in turns_out


def test_what_can_still_be_done(rulebook: Rulebook) -> None:
    """Laws are amended and numbers rise; penalties imposed on victims, refusals and other years stay as they are."""
    law = rulebook.on(read_dossier(GUATEMALA).dossier.as_of)
    facts: Case = {
        "max_penalty_trafficking_years": 2,
        "trafficking_convictions": 3,
        "victim_services_provided": True,
        "victims_penalised_for_direct_result": True,
        "cooperation_requests_refused": 2,
        "victims_last_year": 100,
        "max_penalty_grave_crime_years": 12,
        "last_report": "2WL",
    }
    can = set(possible_actions(Inquiry(law, facts)))
    assert {"max_penalty_trafficking_years", "trafficking_convictions", "prohibition_covers_forced_labour"} <= can
    assert not can & (facts.keys() - {"max_penalty_trafficking_years", "trafficking_convictions"})


def test_the_command(tierengine: Callable[..., Ran]) -> None:
    """Text and JSON say the same; a tier that is no better ends with 2 and prints nothing else."""
    text = tierengine("path", GUATEMALA, "--to", "2")
    coded = tierengine("path", GUATEMALA, "--to", "2", "--format", "json")
    assert (text.code, coded.code, text.err, coded.err) == (0, 0, "", "")
    answer = json.loads(coded.out)
    assert (answer["target"], answer["actions"], answer["also_needed"]) == ("2", 0, 5)
    assert "0 actions by the government and 5 more answers that must come out so" in " ".join(text.out.split())
    assert text.out.index("IN EVERY SHORTEST WAY") < text.out.index("AND ONE OF THESE THREE")
    for way in answer["ways"]:
        for act in way["actions"]:
            assert f"[{act['id']}]" in text.out
    ran = tierengine("path", GUATEMALA, "--to", "3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "--to: `3` is no better than what is recommended now, Tier 2 Watch List\n    write a better tier: 1, 2\n"
    )
