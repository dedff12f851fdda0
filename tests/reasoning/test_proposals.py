"""What the rules propose for open words that nobody has rated."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, read_once
from tests.strategies import Value, inputs_of
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Facts
from tierengine.engines.lowering import judged, last_rated, lower, lower_proposals, rating
from tierengine.evidence.dossier import read_dossier
from tierengine.law.entries import Indicator
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of, two_engines
from tierengine.reasoning.proposals import Proposer, Spoken
from tierengine.terms.level import rank

BOOK = read_once(ROOT)
LAWS = tuple(BOOK.whole_laws())
IN_2013 = BOOK.on(date(2013, 6, 19))
UNRATED: dict[str, Value] = {judged(name): False for name in IN_2013.judges}


class Desk:
    """The engines of a law, made once."""

    def __init__(self, law: Law) -> None:
        form = lower(law)
        self.law = law
        self.asked = {field.id for field in form.inputs}
        self.engine = CompiledEngine(form)
        self.proposer = Proposer(law, CompiledEngine)


DESKS = {law.as_of: Desk(law) for law in LAWS}


class Country:
    """A country under a law, with the open words filled as they are proposed."""

    def __init__(self, law: Law, facts: Facts) -> None:
        self._desk = DESKS[max(day for day in DESKS if day <= law.as_of)]
        self.facts = facts
        self.spoken = self._desk.proposer.propose(facts, self.settle)
        settled = self.settle(self.spoken)
        self.tiers = [row.tier for row in law.tiers if settled.get(row.id) is True]

    def settle(self, spoken: Mapping[str, Spoken]) -> Mapping[str, bool]:
        """What is settled with some words filled."""
        filled = dict(self.facts)
        for word, each in spoken.items():
            filled |= {judged(word): True, rating(word): rank(each.rule.level)}
        return self._desk.engine.evaluate({name: filled[name] for name in filled if name in self._desk.asked}).settled


def _spoken(facts: dict[str, Value]) -> dict[str, Spoken]:
    """What is proposed in 2013 with nothing settled."""
    everything = tuple(criterion for group in Proposer(IN_2013, CompiledEngine).stages for criterion in group)
    return Proposer(IN_2013, CompiledEngine).spoken(everything, UNRATED | facts, {})


def test_the_first_rule_that_is_known_to_hold_speaks() -> None:
    """A maximum of five years meets the benchmark, though the rating of last year, asked for later, says otherwise."""
    spoken = _spoken({"max_penalty_trafficking_years": 5, last_rated("stringent_punishment"): 0})
    found = spoken["stringent_punishment"]
    assert (found.rule.level, found.id, found.read) == ("met", "MS3/proposal/1", ("max_penalty_trafficking_years",))
    assert found.proposal.authority.authority == "guidance"


def test_what_is_not_known_speaks_neither_way() -> None:
    """Without an answer no rule speaks, and the word stays open; a rule reads only what is known."""
    assert "stringent_punishment" not in _spoken({})
    assert _spoken({last_rated("stringent_punishment"): 0})["stringent_punishment"].rule.level == "not met"


def test_a_rating_outranks_every_proposal() -> None:
    """Nothing is proposed for a word that a person has rated."""
    rated: dict[str, Value] = {judged("stringent_punishment"): True, rating("stringent_punishment"): 0}
    assert "stringent_punishment" not in _spoken(rated | {"max_penalty_trafficking_years": 5})


@pytest.mark.parametrize(
    ("placement", "tier"),
    [("2", "2"), ("2WL", "2WL"), ("3", "3")],
)
def test_an_ordinary_year_is_proposed_as_the_last(placement: str, tier: str) -> None:
    """Where nothing shows a change, the proposals together name the tier of the last report."""
    known: dict[str, Value] = {"trafficking_investigations": 4, "public_awareness_campaign": True, "limit": "none"}
    assert Country(IN_2013, UNRATED | known | {"last_report": placement}).tiers == [tier]


def test_tier_1_stands_where_the_laws_are_recorded() -> None:
    """A country of Tier 1 whose laws are recorded, and whose year is ordinary, is proposed for Tier 1 again."""
    known: dict[str, Value] = {
        "last_report": "1",
        "trafficking_criminalised": True,
        "prohibition_covers_sex_trafficking": True,
        "prohibition_covers_forced_labour": True,
        "trafficking_punishments": 3,
        "trafficking_convictions": 3,
        "trafficking_sentences": 3,
    }
    assert Country(IN_2013, UNRATED | known).tiers == ["1"]
    assert Country(IN_2013, UNRATED | known | {"victims_penalised_for_direct_result": True}).tiers == ["2"]


def test_a_country_that_was_not_ranked_is_read_from_its_year() -> None:
    """Without an earlier placement, what is done in the period names a tier; where too little is known, none does."""
    known: dict[str, Value] = {"trafficking_prosecutions": 6, "victim_services_provided": True}
    assert Country(IN_2013, UNRATED | known).tiers == ["2"]
    assert Country(IN_2013, UNRATED | known | {"last_report": "SC"}).tiers == ["2"]
    assert Country(IN_2013, UNRATED | {"trafficking_prosecutions": 6}).tiers == []


def test_the_latest_placement_on_file_stands_for_one_that_is_missing() -> None:
    """Where the last report is not on file, proposals read the latest one that is; where it is, they read it alone."""
    known: dict[str, Value] = {"trafficking_investigations": 4, "public_awareness_campaign": True, "limit": "none"}
    for placement in ("2", "2WL", "3"):
        assert Country(IN_2013, UNRATED | known | {"last_on_file": placement}).tiers == [placement]
        assert Country(IN_2013, UNRATED | known | {"last_on_file": placement, "last_report": "3"}).tiers == ["3"]
        assert Country(IN_2013, UNRATED | known | {"last_on_file": placement, "last_report": "SC"}).tiers == [placement]


@pytest.mark.parametrize(
    ("recorded", "tier"),
    [
        ({}, "2WL"),
        ({"national_action_plan_adopted": True}, "2WL"),
        ({"waiver_written_plan": False}, "3"),
        ({"waiver_written_plan": True, "waiver_sufficient_resources": False}, "3"),
        ({"downgrade_waived": False}, "3"),
        ({"more_convictions": True, "more_victims_identified": True}, "2"),
    ],
)
def test_a_country_whose_years_on_the_watch_list_are_full(recorded: dict[str, Value], tier: str) -> None:
    """What is denied of the plan or the waiver leads to Tier 3; a country that would not be listed escapes."""
    known: dict[str, Value] = {"trafficking_investigations": 4, "victim_services_provided": True, "last_report": "2WL"}
    assert Country(IN_2013, UNRATED | known | {"limit": "waiver or 3"} | recorded).tiers == [tier]
    assert Country(IN_2013, UNRATED | known | {"limit": "3"} | recorded).tiers == ["2" if tier == "2" else "3"]


def test_an_earlier_finding_that_is_carried_on_says_whether_an_action_is_recorded() -> None:
    """From 9 January 2019 only actions of the period count; without one, the proposal says that it needs one."""
    law = BOOK.on(date(2020, 6, 25))
    bare: dict[str, Value] = {judged(name): False for name in law.judges}
    bare["last_report"] = "2"
    without, beside = Country(law, bare), Country(law, bare | {"victim_call_centre": True})
    assert (without.tiers, beside.tiers) == (["2"], ["2"])
    word = "significant_efforts_on_actions"
    assert "no action of the period is recorded yet" in " ".join(without.spoken[word].rule.says.split())
    assert "an action of the period is recorded" in " ".join(beside.spoken[word].rule.says.split())


SEEDS = {"guatemala-2007": "2WL", "invented-2011": "3", "invented-2013": "1", "invented-2019": "2"}


@pytest.mark.parametrize(("seed", "tier"), SEEDS.items())
def test_the_proposals_name_one_tier_for_every_seed(seed: str, tier: str) -> None:
    """With what the rules propose, each worked dossier has one tier; both engines agree on every rule that speaks."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = law_of(casefile, BOOK)
    country = Country(law, admit(casefile, law).facts)
    assert country.tiers == [tier]
    assert Proposer(law, two_engines).propose(country.facts, country.settle) == country.spoken


def _an_answer(indicator: Indicator, chance: random.Random) -> Value:
    """A number, a word of its list, or yes more often than no."""
    if indicator.type == "count":
        return chance.choice([0, 1, 5])
    return chance.choice(indicator.choices) if indicator.type == "choice" else chance.random() < 0.7


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.as_of))
def test_five_records_of_effort_and_a_placement_name_one_tier(law: Law) -> None:
    """Of a country on Tier 2, the watch list or Tier 3, any five answers on efforts are enough for a proposal.

    That holds also where only actions of the period count and none of the five is one: the proposal says so.
    """
    chance = random.Random(law.as_of.toordinal())
    efforts = [i for i in law.indicators if i.effort and i.compared is None and i.counts_kind is None]
    bare: dict[str, Value] = {judged(name): False for name in law.judges}
    bare["limit"] = "none"
    inputs = inputs_of(law)
    without: list[Facts] = []
    for placement in [row.tier for row in law.tiers if row.tier not in (None, "1")]:
        for _ in range(40):
            facts: dict[str, Value] = bare | {"last_report": str(placement)}
            for indicator in chance.sample(efforts, 5):
                assert indicator.id in inputs
                facts[indicator.id] = _an_answer(indicator, chance)
            if len(Country(law, facts).tiers) != 1:
                without.append(facts)
    assert not without, without[:3]


@given(st.data())
def test_both_engines_hear_the_same_rules(data: st.DataObject) -> None:
    """durable-rules and the generated evaluator find the same rules that may speak, on random answers."""
    form, durable, compiled = ENGINES
    facts: dict[str, Value] = {}
    for field in data.draw(st.lists(st.sampled_from(form.inputs), max_size=40, unique_by=lambda field: field.id)):
        if field.type == "choice":
            facts[field.id] = data.draw(st.sampled_from(field.choices))
        else:
            values = {"truth": st.booleans(), "count": st.sampled_from(field.numbers or (0, 1, 2, 5, 12, 2000))}
            facts[field.id] = data.draw(values[field.type])
    assert durable.evaluate(facts) == compiled.evaluate(facts)


_FORM = lower_proposals(LAWS[-1])
ENGINES = _FORM, DurableEngine(_FORM), CompiledEngine(_FORM)
