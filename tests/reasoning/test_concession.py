"""What conceding disputed findings does: nothing where nothing is disputed, and else what the oracle says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, Ran
from tests.oracle import SLUGS, Value, completions, conclude
from tests.strategies import facts_for, laws
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Facts
from tierengine.errors import UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.concession import Concession, Findings, concede
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import Tier

MOST = 1500
SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")
HELD = (Outcome.MET, Outcome.NOT_MET)
TO_TIER_2 = ("WL-iii-II=not met", "MS1=not met", "SIGNIFICANT-EFFORTS=met", "WL-iii-I=not met", "WL-iii-III=not met")
"""What must be conceded of Guatemala in 2007 so that Tier 2 is settled."""

Drawn = tuple[Law, Findings, dict[str, Value], dict[str, Outcome]]


@st.composite
def dissents(draw: st.DrawFn) -> Drawn:
    """A random law, what is known of a country, and outcomes that somebody holds."""
    law = draw(laws(most_criteria=3))
    facts = draw(facts_for(law, most_unknown=3))
    table = Findings(law)
    held = draw(st.dictionaries(st.sampled_from(sorted(table.titles)), st.sampled_from(HELD), min_size=1, max_size=3))
    return law, table, facts, held


def proposition(law: Law, finding: str) -> str:
    """The name of a finding in the oracle."""
    criterion = law.criteria_by_id.get(finding)
    return finding if criterion is None else f"{finding}/{SLUGS[criterion.met_from]}"


def refused(casefile: Casefile, rulebook: Rulebook, *disputes: str, tier: Tier = "2") -> list[str]:
    """What is said of disputes that cannot be."""
    with pytest.raises(UsageError) as caught:
        concede(casefile, rulebook.on(casefile.dossier.as_of), disputes, tier)
    return [str(problem) for problem in caught.value.problems]


def of(casefile: Casefile, rulebook: Rulebook, wanted: Tier | None, *disputes: str) -> Concession:
    """Concede something under the law of the dossier's date."""
    return concede(casefile, rulebook.on(casefile.dossier.as_of), disputes, wanted)


def test_what_follows_is_what_the_oracle_says() -> None:
    """With findings cut off, both engines settle what the oracle does, and never both sides of anything."""
    seen: Counter[str] = Counter()

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dissents())
    def run(drawn: Drawn) -> None:
        law, table, facts, held = drawn
        form, known = table.given(table.asked(facts), held)
        found = CompiledEngine(form).evaluate(known)
        with DurableEngine(form) as engine:
            assert engine.evaluate(known) == found
        without, outcomes = conclude(law, facts), conclude(law, {**facts, **known})
        assert {name: Outcome.of(found.settled.get(name)) for name in outcomes if name not in known} == {
            name: outcome for name, outcome in outcomes.items() if name not in known
        }
        for finding, outcome in held.items():
            assert outcomes[proposition(law, finding)] is outcome
            seen["found otherwise"] += without[proposition(law, finding)] is not outcome
        moved = {name for name in outcomes.keys() - known.keys() if outcomes[name] is not without[name]}
        seen["moved others"] += bool(moved)

    run()
    assert min(seen["found otherwise"], seen["moved others"]) > 10, seen


def test_the_open_tiers_are_those_that_some_completion_reaches() -> None:
    """Trying every completion with the findings cut off finds the same rows."""
    seen: Counter[str] = Counter()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dissents())
    def run(drawn: Drawn) -> None:
        law, table, facts, held = drawn
        form, known = table.given(table.asked(facts), held)
        judged: Facts = {name: value for name, value in facts.items() if name.startswith("judged/")}
        tried = _tried(law, {**judged, **known})
        settled = CompiledEngine(form).evaluate(known).settled
        if tried is None or sum(settled.get(row.id) is not False for row in law.tiers) < 2:
            seen["passed over"] += 1  # too many to try, or settled by the rules alone
            return
        assert {row.id for row in table.open_rows(table.asked(facts), held)} == tried
        seen["compared"] += 1

    run()
    assert seen["compared"] > 10, seen


def _tried(law: Law, facts: Facts) -> set[str] | None:
    if facts.get("limit", "none") != "none" and facts.get("last_report", "2WL") != "2WL":
        return None  # no history makes this case
    found: set[str] = set()
    for number, case in enumerate(completions(law, facts)):
        if number == MOST:
            return None
        outcomes = conclude(law, case)
        found |= {row.id for row in law.tiers if outcomes[row.id] is Outcome.MET}
    return found


def test_conceding_nothing_or_what_was_found_changes_nothing() -> None:
    """Random laws: the same rows are open, whichever settled findings are given as they were found."""
    seen: Counter[bool] = Counter()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dissents(), st.data())
    def run(drawn: Drawn, data: st.DataObject) -> None:
        _, table, facts, _ = drawn
        asked = table.asked(facts)
        settled = {name: each for name, each in table.outcomes(asked).items() if each is not Outcome.UNDETERMINED}
        chosen = data.draw(st.sets(st.sampled_from(sorted(settled) or [""]))) & settled.keys()
        before = table.open_rows(asked, {})
        assert table.open_rows(asked, {name: settled[name] for name in chosen}) == before
        seen[len(before) > 1 and bool(chosen)] += 1

    run()
    assert seen[True] > 5, seen


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_conceded_is_the_assessment(seed: str, rulebook: Rulebook) -> None:
    """In the seeds, now and then are what is recommended; so they are if every settled finding is given as found."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = rulebook.on(casefile.dossier.as_of)
    recommended = Assessor(law, certified=False).assess(casefile).recommendation
    concession = concede(casefile, law, (), recommended.tier)
    assert concession.now == concession.then
    assert concession.effect == "gives it"
    assert (concession.now.recommended, concession.now.open_tiers) == (recommended.tier, recommended.open_tiers)
    assert concession.now.status == recommended.status


def test_a_provisional_tier_is_conceded_as_such(rulebook: Rulebook, guatemala: Casefile) -> None:
    """For an annual report of the same records, what the rules propose is recommended, and conceding may move it."""
    annual = Casefile.of(
        guatemala.dossier.model_copy(update={"product": "annual"}), guatemala.document, guatemala.sources
    )
    law = rulebook.on(annual.dossier.as_of)
    recommended = Assessor(law, certified=False).assess(annual).recommendation
    assert recommended.status == "provisional"
    nothing = of(annual, rulebook, recommended.tier)
    assert (nothing.now.recommended, nothing.now.status) == (recommended.tier, "provisional")
    assert " is recommended provisionally, on what the rules propose, and " in nothing.says
    moved = of(annual, rulebook, "3", "SIGNIFICANT-EFFORTS=not met")
    assert (moved.then.recommended, moved.effect) == ("3", "gives it")


def test_conceding_what_contradicts_the_rest(rulebook: Rulebook, guatemala: Casefile) -> None:
    """Efforts that are serious and sustained are significant: nothing is open to who denies it."""
    concession = of(guatemala, rulebook, "1", "MS4=met", "SIGNIFICANT-EFFORTS=not met")
    assert (concession.then.open_tiers, concession.effect) == ((), "excludes it")
    assert concession.says.endswith("nothing is open: what is conceded and what is recorded contradict each other.")


def test_every_way_to_concede_guatemala(rulebook: Rulebook, guatemala: Casefile) -> None:
    """One finding leaves Tier 2 open, five settle it, and without the first of them its watch list stays beside it."""
    one, five = of(guatemala, rulebook, "2", TO_TIER_2[0]), of(guatemala, rulebook, "2", *TO_TIER_2)
    assert (one.now.open_tiers, one.then.open_tiers) == (("1", "2", "2WL", "3"), ("1", "2", "2WL", "3"))
    assert (one.effect, one.then.recommended) == ("leaves it open", "2WL")
    assert (five.effect, five.then.open_tiers, five.then.recommended) == ("gives it", ("2",), "2")
    assert five.says.endswith("Tier 2 is recommended and settled.")
    four = of(guatemala, rulebook, "2", *TO_TIER_2[1:])
    assert (four.effect, four.then.open_tiers) == ("leaves it open", ("2", "2WL"))
    assert of(guatemala, rulebook, "2WL", "WL-iii-II=not met").effect == "gives it"  # the present placement, still open
    assert (
        of(guatemala, rulebook, "3", "SCOPE").says
        == "With SCOPE not met, Tier 3 is excluded: being on no list stays open on the facts."
    )


def test_a_ladder_is_conceded_up_to_the_level_that_counts(rulebook: Rulebook, guatemala: Casefile) -> None:
    """Met grants the lower levels, not met denies the higher ones, and the rest is worked out as before."""
    law = rulebook.on(guatemala.dossier.as_of)
    ladder = next(each for each in law.criteria if len(each.rules) > 1 and each.met_from != each.rules[0].level)
    table = Findings(law)
    names = [f"{ladder.id}/{SLUGS[rung.level]}" for rung in ladder.rules]
    bar = [rung.level for rung in ladder.rules].index(ladder.met_from)
    _, met = table.given({}, {ladder.id: Outcome.MET})
    _, failed = table.given({}, {ladder.id: Outcome.NOT_MET})
    assert met == dict.fromkeys(names[: bar + 1], True)
    assert failed == dict.fromkeys(names[bar:], False)


def test_disputes_that_cannot_be(rulebook: Rulebook, guatemala: Casefile) -> None:
    """All problems are reported at once, each with what to write."""
    problems = refused(guatemala, rulebook, "WL-ii", "MS4", "MS9", "wl-iii-ii", "SCOPE=met", "MS1=perhaps", "WL-ii=met")
    assert len(problems) == 6
    assert problems[0].startswith(
        "`MS4`: this finding is undetermined, so it has no opposite\n    say what you hold: `MS4=met`"
    )
    assert "`MS9`: no finding has this name\n    the nearest are: `MS4`" in problems[1]
    assert "the nearest are: `WL-iii-II`" in problems[2]
    assert "this finding is `met` already" in problems[3]
    assert "`perhaps` is no outcome that can be held" in problems[4]
    assert "named twice" in problems[5]
    assert "no outcome that can be held" in refused(guatemala, rulebook, "SCOPE=undetermined")[0]
    assert "write one of: `" in refused(guatemala, rulebook, "?!")[0]


def test_a_tier_that_the_law_of_the_date_does_not_know(rulebook: Rulebook, guatemala: Casefile) -> None:
    """Before the special watch list there was none to hold."""
    law = rulebook.on(guatemala.dossier.as_of.replace(year=2002))
    with pytest.raises(UsageError, match="the law of 2002-11-09 knows no tier `2WL`\n    write one of: 1, 2, 3"):
        concede(guatemala, law, ["MS1=met"], "2WL")


def test_the_verb(tierengine: Callable[..., Ran]) -> None:
    """Text and JSON say the same, and the exit code says whether several tiers stay open."""
    open_ = tierengine("concede", GUATEMALA, "WL-iii-II=not met", "--tier", "2")
    assert open_.code == 4
    assert "Tier 2 stays open on the facts beside Tier 1, Tier 2 Watch List and Tier 3" in " ".join(open_.out.split())
    assert "found undetermined, held not met" in open_.out
    settled = tierengine("concede", GUATEMALA, *TO_TIER_2, "--tier", "2", "--format", "json")
    answer = json.loads(settled.out)
    then = {"recommended": "2", "status": "settled", "open_tiers": ["2"]}
    assert (settled.code, answer["effect"], answer["then"]) == (0, "gives it", then)
    assert answer["findings"][1] == {
        "id": "MS1",
        "says": "Prohibition and punishment of trafficking",
        "found": "undetermined",
        "held": "not met",
    }
    wrong = tierengine("concede", GUATEMALA, "MS9", "--tier", "2")
    assert (wrong.code, wrong.out) == (2, "")
