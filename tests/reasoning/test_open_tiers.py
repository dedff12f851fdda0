"""Open tiers are exact, each with a witness, and a settled tier names the records it hangs on."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran
from tests.oracle import completions, conclude
from tests.reasoning import dossiers
from tests.reasoning.releasable import Piece, made
from tests.strategies import ENTRY, coherent_laws, facts_for, laws
from tierengine.engines.arithmetic import decide
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Facts, Form, Value
from tierengine.engines.lowering import judged, lower, reached
from tierengine.engines.solver import Solver
from tierengine.errors import UndecidedError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.evidence.records import Rating
from tierengine.evidence.remainder import Item, remainder
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import Admitted, admit, known_in
from tierengine.reasoning.assess import assess, law_of
from tierengine.reasoning.open_tiers import Asked, Doubt, OpenTiers, _Dossier, answered, known, rungs_of
from tierengine.terms.level import Level, rank
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import Placement, Tier

MOST = 500
_Fact = TypeVar("_Fact", bound=Value | Bounds)
SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")


def asked(form: Form, facts: Mapping[str, _Fact]) -> dict[str, _Fact]:
    """The facts that the form asks for."""
    return {field.id: facts[field.id] for field in form.inputs if field.id in facts}


def possible(facts: Mapping[str, Value]) -> bool:
    """Whether some history makes these placements."""
    return facts.get("limit", "none") == "none" or facts.get("last_report", "2WL") == "2WL"


Completed = Sequence[Mapping[str, Outcome]]
"""What holds in each completion."""


def tried(law: Law, facts: Facts, most: int = MOST) -> Completed | None:
    """What holds in each completion, by trying them all; nothing if there are too many."""
    cases = list(islice(completions(law, facts), most + 1))
    return None if len(cases) > most else [conclude(law, case) for case in cases]


def rows_in(law: Law, whole: Completed) -> set[str]:
    """The rows met in some completion."""
    return {row.id for each in whole for row in law.tiers if each[row.id] is Outcome.MET}


def level_of(criterion: Criterion, outcomes: Mapping[str, Outcome]) -> Level:
    """The level of a criterion in one completion."""
    met = [rung.level for rung in criterion.rules if outcomes[reached(criterion.id, rung.level)] is Outcome.MET]
    return max(met, key=rank, default="not met")


def levels_in(law: Law, whole: Completed) -> dict[str, tuple[Level, Level]]:
    """The lowest and the highest level that some completion gives each criterion, and each route."""
    levels = {each.id: [level_of(each, one) for one in whole] for each in law.criteria}
    levels |= {each.id: ["met" if one[each.id] is Outcome.MET else "not met" for one in whole] for each in law.routes}
    return {name: (min(found, key=rank), max(found, key=rank)) for name, found in levels.items()}


def rates_in_one_place(law: Law) -> bool:
    """Whether each open word is asked for in the rules of its own criterion alone, as in the real law.

    Where another rule asks for it too, a rating may say what no records propose.
    """
    asked_by = [("", entry.when) for entry in law.conditional()]
    for each in law.criteria:
        own = each.judgement.id if each.judgement is not None else ""
        asked_by += [(own, rung.when) for rung in each.rules]
        asked_by += [("", each.presumption.when)] if each.presumption is not None else []
    return all(inner.judgement in (None, own) for own, when in asked_by for inner in when.walk())


def test_a_tier_is_open_if_and_only_if_some_completion_reaches_it() -> None:
    """The open rows and levels of random laws are those that trying every completion finds, also to who rates freely.

    So are they where a row is given and not worked out.
    """
    seen: Counter[str] = Counter()

    def agreed(law: Law, form: Form, facts: Facts, opened: Sequence[TierRow]) -> bool:
        """Whether the rows are those of every completion; a random law may leave a case without any."""
        whole = tried(law, facts)
        settled = CompiledEngine(form).settled(asked(form, facts))
        several = sum(settled.get(row.id) is not False for row in law.tiers) > 1
        seen["passed over"] += whole is None
        if whole is None or not several:
            return False
        assert [row.id for row in opened] == [row.id for row in law.tiers if row.id in rows_in(law, whole)]
        seen["several open"] += len(opened) > 1
        return True

    @settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(laws(most_criteria=2))
        form = lower(law)
        drawn = data.draw(facts_for(law, most_unknown=3))
        judged_ = {name: value for name, value in drawn.items() if name.startswith("judged/")}
        known_: dict[str, Value] = {**asked(form, drawn), **judged_}
        if not possible(known_):
            return
        opened = OpenTiers(law, form)
        row = law.tiers[0]
        given_ = known_ | {row.id: data.draw(st.booleans())}
        agreed(law, form.given([row.id]), given_, OpenTiers(law, form.given([row.id])).open(given_))
        freely = dict.fromkeys(judged_, True)
        agreed(law, form, {**known_, **freely}, opened.open_to_a_person(known_))
        found = opened.open(known_)
        if not agreed(law, form, known_, found):
            return
        whole = tried(law, known_) or ()
        assert opened.levels(known_) == levels_in(law, whole)
        in_levels(law, opened.asked(known_), known_, whole)
        if rates_in_one_place(law):
            seen["witness"] += len(found)
            settled_by(opened, found, known_)

    run()
    assert min(seen["several open"], seen["witness"]) > 10, seen


def in_levels(law: Law, country: Asked, facts: Facts, whole: Completed) -> None:
    """A criterion may have a level, and just the propositions that go with it, where some completion gives it."""
    with country.solver.supposing(*country.case.gives(facts)):
        for criterion, level in ((each, level) for each in law.criteria for level in each.scale):
            has, has_not = rungs_of(criterion, level)
            for one in whole:
                at_it = all(one[name] is Outcome.MET for name in has) and not any(
                    one[name] is Outcome.MET for name in has_not
                )
                assert at_it == (level_of(criterion, one) == level)
            reached_ = any(level_of(criterion, one) == level for one in whole)
            for _ in range(2):  # what is asked again is kept
                assert country.solver.may_be(country.at(criterion, level)) == reached_


def settled_by(opened: OpenTiers, rows: Sequence[TierRow], facts: Facts) -> None:
    """The witness of each row settles it once it is written, and not if any of its answers is left out."""
    engine = CompiledEngine(opened.form)
    for row, witness in zip(rows, opened.witnesses(rows, facts), strict=True):
        assert witness is not None
        assert opened.witness(row, facts) == witness
        assert engine.settled(answered(opened.form, facts, witness))[row.id] is True
        for name in witness:
            fewer = {other: value for other, value in witness.items() if other != name}
            assert engine.settled(answered(opened.form, facts, fewer)).get(row.id) is not True, name


def test_answers_clash_if_and_only_if_no_completion_has_them() -> None:
    """Under random rules of coherence; none of the answers that clash can be left out, and no row is open on them."""
    seen: Counter[str] = Counter()

    @settings(max_examples=35, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(coherent_laws())
        form = lower(law)
        drawn = data.draw(facts_for(law, most_unknown=2))
        facts = asked(form, drawn)
        judged_ = {name: value for name, value in drawn.items() if name.startswith("judged/")}
        opened = OpenTiers(law, form)
        found = opened.clash(facts)
        known = judged_ | {name: facts[name] for name in found}
        whole = tried(law, facts | judged_, most=200) if possible(facts) else None
        if whole is not None:
            assert bool(found) == (not whole) or not OpenTiers(law, form).open_if_so({})  # nobody can meet it
            so = {row.id for row in opened.open_if_so(facts)}
            assert so >= rows_in(law, whole)
            assert so == rows_in(law, whole) or whole
            seen["no completion" if found else "some"] += 1
        assert list(found) == [name for name in facts if name in found]
        for name in found:
            fewer = {other: value for other, value in known.items() if other != name}
            whole = tried(law, fewer, most=200) if possible(fewer) else None
            seen["fewer"] += bool(whole)
            assert whole or whole is None

    run()
    assert min(seen["no completion"], seen["some"], seen["fewer"]) > 5, seen


FOUND: dict[str, Any] = {"finding": "A"}


def criterion_on(name: str, indicators: tuple[dict[str, Any], ...], *rules: dict[str, Any], **more: Any) -> Criterion:
    """A criterion whose levels are given by some rules."""
    told: dict[str, Any] = {"id": name, "part": "factor", "title": name, "question": name, "direction": "neither"}
    scale = dict.fromkeys(("not met", *(rule["level"] for rule in rules)), "so")
    told |= {"scale": scale, "indicators": indicators, "rules": rules, "examples": ()}
    return Criterion.model_validate(ENTRY | told | more)


def row(tier: str, when: dict[str, Any]) -> TierRow:
    """A row of the tier table."""
    return TierRow.model_validate(ENTRY | {"id": f"T-{tier}", "tier": tier, "says": "so", "when": when})


def law_on(criteria: Sequence[Criterion], *rows: TierRow) -> Law:
    """A law of some criteria and rows."""
    return Law(
        as_of=date(2007, 11, 9),
        digest="made up",
        criteria=tuple(criteria),
        admissions=(),
        certainties=(),
        conclusions=(),
        tiers=rows,
        routes=(),
        advice=(),
        progress=(),
    )


def test_one_unknown_answer_that_bears_on_two_findings_opens_no_tier_that_it_cannot_reach() -> None:
    """Three values leave both tiers open; yet whichever way the one answer falls, the second is never reached."""

    def criterion(name: str, word: str) -> Criterion:
        indicators = ({"id": "x", "asks": "x", "type": "truth", "better": "true"},) if name == "A" else ()
        return criterion_on(name, indicators, {"level": "met", "says": "so", "when": {"indicator": "x", "is": word}})

    both = {"all": (FOUND, {"finding": "B"})}
    law = law_on([criterion("A", "true"), criterion("B", "false")], row("1", {"not": both}), row("2", both))
    form = lower(law)
    assert not {"T-1", "T-2"} & CompiledEngine(form).evaluate({}).settled.keys()
    assert [each.id for each in OpenTiers(law, form).open({})] == ["T-1"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_witness_of_a_seed_settles_its_tier(seed: str, rulebook: Rulebook) -> None:
    """In the seeds, the answers of a witness lead to its tier whatever the others are."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    assessment = assess(casefile, rulebook)
    assert {each.tier for each in assessment.open} == (
        set(assessment.recommendation.open_tiers) if assessment.recommendation.answer == "undetermined" else set()
    )
    assert all(each.witness and each.decided for each in assessment.open)


def without(casefile: Casefile, record: str) -> Casefile:
    """The dossier without one of its records, silences or ratings."""
    dossier = casefile.dossier
    fewer = {
        section: tuple(item for item in getattr(dossier, section) if item.id != record)
        for section in ("records", "silences", "requests")
    }
    return Casefile.of(dossier.model_copy(update=fewer), casefile.document, casefile.sources)


def rated_otherwise(casefile: Casefile, rating: Rating, level: Level) -> Casefile:
    """The dossier with another level in place of a person's rating."""
    records = tuple(r.model_copy(update={"rating": level}) if r is rating else r for r in casefile.dossier.records)
    return Casefile.of(casefile.dossier.model_copy(update={"records": records}), casefile.document, casefile.sources)


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_a_settled_tier_hangs_on_the_records_without_which_it_is_open(seed: str, rulebook: Rulebook) -> None:
    """A record is named if and only if the tier is open once it is taken away (no record of these seeds is doubled)."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    assessment = assess(casefile, rulebook)
    assert assessment.recommendation.answer == "fragile"
    named = {each.record: set(each.tiers) for each in assessment.fragile if not each.record.startswith("placement-")}
    dossier, law = casefile.dossier, rulebook.on(casefile.dossier.as_of)
    for item in (*dossier.records, *dossier.silences, *dossier.requests):
        wrong = [without(casefile, item.id)]
        if isinstance(item, Rating):  # a wrong rating is another one; without any, the records would speak
            wrong = [rated_otherwise(casefile, item, level) for level in law.judges[item.measures].scale]
        reached = {tier for each in wrong for tier in assess(each, rulebook).recommendation.open_tiers}
        assert reached - {assessment.recommendation.tier} == named.get(item.id, set()), item.id


def test_two_records_that_say_the_same_are_not_decisive(rulebook: Rulebook, tmp_path: Path) -> None:
    """A fact that two records support does not hang on either of them."""
    folder = ROOT / "seeds" / "invented-2019"
    text = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (tmp_path / "cable.txt").write_bytes((folder / "cable.txt").read_bytes())
    start = text.index("  - id: no-labour")
    record = text[start : text.index("  - id: investigations")]
    (tmp_path / "dossier.yaml").write_text(text.replace(record, record + record.replace("no-labour", "again")))
    assessment = assess(read_dossier(tmp_path / "dossier.yaml"), rulebook)
    assert not {"no-labour", "again"} & {each.record for each in assessment.fragile}
    assert "victims" in {each.record for each in assessment.fragile}


def placed_otherwise(casefile: Casefile, year: int, tier: Placement) -> Casefile:
    """The dossier with another placement in one year."""
    placed = casefile.dossier.earlier_placements
    moved = tuple(each.model_copy(update={"tier": tier}) if each.year == year else each for each in placed)
    changed = casefile.dossier.model_copy(update={"earlier_placements": moved})
    return Casefile.of(changed, casefile.document, casefile.sources)


def test_a_settled_tier_hangs_on_the_placements_of_which_another_moves_it(rulebook: Rulebook) -> None:
    """The automatic downgrade of 2011 hangs on both of the years before, and on what each could have been instead."""
    casefile = read_dossier(ROOT / "seeds" / "invented-2011" / "dossier.yaml")
    assessment, law = assess(casefile, rulebook), rulebook.on(casefile.dossier.as_of)
    named = {
        each.record: set(each.tiers) - {None} for each in assessment.fragile if each.record.startswith("placement-")
    }
    for placement in casefile.dossier.earlier_placements:
        others = known_in(law, placement.year)
        moved = (assess(placed_otherwise(casefile, placement.year, tier), rulebook) for tier in others)
        reached = {tier for each in moved for tier in each.recommendation.open_tiers}
        found = named.get(f"placement-{placement.year}", set())
        assert reached - {assessment.recommendation.tier} == found, placement.year
    assert named["placement-2009"] == named["placement-2010"] == {"2WL"}
    assert {each.others for each in assessment.fragile if each.record.startswith("placement-")} == {()}


def test_another_placement_may_leave_the_limit_unknown(rulebook: Rulebook) -> None:
    """With the one year on file on the watch list, nobody knows how long the country was: its limit is open again."""
    days = {"as_of": "2015-06-20", "last_report": "2014-06-20", "period": {"first": "2014-04-01", "last": "2015-03-31"}}
    dossier = dossiers.casefile(earlier_placements=({"year": "2014", "tier": "2", "source": "made up"},), **days)
    law = law_of(dossier, rulebook)
    form = lower(law)
    opened = OpenTiers(law, form)
    tiers: set[Tier | None] = set()
    for tier in known_in(law, 2014):
        moved = asked(form, admit(placed_otherwise(dossier, 2014, tier), law).given)
        assert ("limit" in moved) == (tier != "2WL")
        tiers |= {each.tier for each in opened.open(moved)}
    admitted = admit(dossier, law)
    facts = asked(form, admitted.given)
    first = opened.open(facts)[0]
    (found,) = opened.doubts(admitted, facts, first)
    assert (found.record, found.others) == ("placement-2014", ())
    assert set(found.tiers) == tiers - {first.tier}


def test_a_rating_falls_with_the_silence_that_it_rests_on(small: Rulebook) -> None:
    """What a person judged on that a source says nothing is wrong if it does say something."""
    heard = {"source": "07NOWHERE12", "read": "all", "author": "A. Officer", "date": "2007-04-01", "note": "so"}
    silent = {"id": "silent", "indicator": "increase", "covers": {"first": "2006-04-01", "last": "2007-04-01"}, **heard}
    facts_ = dossiers.record("victims", "100"), dossiers.record("shelter", "true")
    dossier = dossiers.casefile(*facts_, dossiers.rating("met", rests_on=("silent",)), silences=(silent,))
    law = law_of(dossier, small)
    form = lower(law)
    admitted, opened = admit(dossier, law), OpenTiers(law, form)
    found = {each.record: each for each in opened.doubts(admitted, asked(form, admitted.given), law.tiers[0])}
    assert found["silent"] == Doubt("silent", ("rating-0",), ("2", "2WL", "3"))


def test_a_solver_that_gives_up_excludes_nothing(
    rulebook: Rulebook, guatemala: Casefile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the solver does not decide, each tier stays open, without a witness, and the report says so."""

    def tired(*_asked: object) -> None:
        raise UndecidedError([])

    monkeypatch.setattr("tierengine.reasoning.open_tiers.lowest", tired)
    monkeypatch.setattr(Solver, "may_be", lambda _self, *_terms: True)
    assessment = assess(guatemala, rulebook)
    assert {each.tier for each in assessment.open} >= {"1", "2WL", "3"}
    assert not any(each.decided or each.witness for each in assessment.open)


def test_the_answer_is_given_in_json(tierengine: Callable[..., Ran]) -> None:
    """JSON carries the answer in one word, the witnesses and the decisive records."""
    open_ = json.loads(tierengine("assess", ROOT / "seeds/guatemala-2007/dossier.yaml", "--format", "json").out)
    assert open_["recommendation"]["answer"] == "undetermined"
    assert [each["tier"] for each in open_["open"]] == ["1", "2", "2WL", "3"]
    settled = json.loads(tierengine("assess", ROOT / "seeds/invented-2013/dossier.yaml", "--format", "json").out)
    assert settled["recommendation"]["answer"] == "fragile"
    assert {"record": "efforts", "tiers": ["2", "2WL", "3"], "others": []} in settled["fragile"]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_answer_of_a_witness_can_be_left_out(seed: str, rulebook: Rulebook) -> None:
    """Of each seed, whole and with half of its answers taken away: the generated evaluator finds the row settled.

    Without any one of the answers, it finds it open.
    """
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = law_of(casefile, rulebook)
    form = lower(law)
    opened = OpenTiers(law, form)
    inputs = {field.id for field in (*form.inputs, *form.answerable())}
    whole = {name: value for name, value in admit(casefile, law).facts.items() if name in inputs}
    half = dict(sorted(whole.items())[::2]) | {judged(name): False for name in law.judges}
    for facts in (whole, half):
        settled_by(opened, opened.open(facts), facts)


def test_answers_are_taken_with_what_they_show_or_deny(rulebook: Rulebook, guatemala: Casefile) -> None:
    """As the law says of each question that others answer: worked out once more, for random facts and answers."""
    form = lower(law_of(guatemala, rulebook)).given(())  # a form of its own, with which nothing is kept
    sides = {each.id: [(e.left, e.right) for e in form.comparisons if e.id == each.id] for each in form.unanswered}
    seen: Counter[str] = Counter()

    def by_hand(facts: Facts, answers: Facts) -> dict[str, Value | Bounds]:
        found = {**facts, **answers}
        found |= {judged(name.removeprefix("rating/")): True for name in answers if name.startswith("rating/")}
        for each in form.unanswered:
            compared = [decide({**facts, **answers}.get(a), {**facts, **answers}.get(b)) for a, b in sides[each.id]]
            if each.id in answers:
                continue
            if any(answers.get(name) is True for name in each.shown_by):
                found[each.id] = True
                seen["shown"] += 1
            elif any(answers.get(name) is False for name in each.denied_with) and each.id not in facts:
                if set(compared) <= {None}:
                    found[each.id] = False
                seen["denied" if set(compared) <= {None} else "compared"] += 1
        return found

    words = [field.id for field in form.inputs if field.id.startswith("rating/")][:2]
    chance = random.Random(7)
    for _ in range(400):
        taken = chance.choice((*form.unanswered[:2], form.unanswered[-1]))
        values: dict[str, tuple[Value | Bounds, ...]] = dict.fromkeys(
            (taken.id, *taken.shown_by, *taken.denied_with), (False, True)
        )
        values |= {name: (0, 1, 2, Bounds(1), Bounds(0, 1)) for pair in sides[taken.id] for name in pair}
        values |= dict.fromkeys(words, (0, 3))
        facts, answers = (
            {name: chance.choice(found) for name, found in values.items() if chance.random() < part}
            for part in (0.3, 0.5)
        )
        facts |= {judged(name.removeprefix("rating/")): name in facts for name in words}
        assert answered(form, facts, answers) == by_hand(facts, answers)
    assert min(seen["shown"], seen["denied"], seen["compared"]) > 5, seen


def test_a_dossier_shows_the_same_however_its_answers_were_written(rulebook: Rulebook, guatemala: Casefile) -> None:
    """Answers are written and left out one after another: each time it shows what all that are left show together."""
    form = lower(law_of(guatemala, rulebook)).given(())
    engine, chance = CompiledEngine(form), random.Random(5)
    heads = sorted({rule.head for stratum in form.strata for rule in stratum.rules})
    taken, last = form.unanswered[0], form.unanswered[-1]
    sides = [name for each in form.comparisons if each.id == taken.id for name in (each.left, each.right)]
    values: dict[str, tuple[Value | Bounds, ...]] = dict.fromkeys(sides, (1, 2))
    values |= dict.fromkeys((*taken.denied_with, *last.shown_by, taken.id, last.id), (False, True))
    dossier, answers = _Dossier(form, {}), dict[str, Value | Bounds]()
    for _ in range(150):
        name = chance.choice(sorted(values))
        if name in answers:
            dossier.leave_out(name)
            del answers[name]
        else:
            answers[name] = chance.choice(values[name])
            dossier.write(name, answers[name])
        settled = engine.settled(answered(form, {}, answers))
        assert [head for head in heads if dossier.shown(head)] == [head for head in heads if settled.get(head) is True]
    assert dossier.cleared() == answers


def test_countries_whose_numbers_are_compared_are_kept_apart() -> None:
    """Each number may be the one above which another lies, and more countries are asked for than are kept."""
    counts = [{"id": name, "asks": "so", "better": "neither", "type": "count", "unit": "cases"} for name in ("N", "M")]
    more = {"id": "more", "asks": "so", "better": "neither", "type": "truth", "compared": {"greater": "N", "than": "M"}}
    rule = {"level": "met", "says": "so", "when": {"indicator": "more", "is": "true"}}
    law = law_on([criterion_on("A", (*counts, more), rule)], row("1", FOUND), row("2", {"not": FOUND}))
    opened = OpenTiers(law, lower(law))
    for number in (1, 57, 58, *range(100, 110), 57):
        within: Facts = {"N": number, "M": Bounds(number - 1, number)}
        assert [each.id for each in opened.open(within)] == ["T-1", "T-2"]
        assert [each and each["M"] for each in opened.witnesses(law.tiers, within)] == [number - 1, number]


def test_a_witness_rates_a_word_with_the_level_that_its_row_asks_for() -> None:
    """No higher and no lower, where a row is reached by one level alone."""
    rules = [
        {"level": level, "says": "so", "when": {"judgement": "w", "at_least": level}} for level in ("partly met", "met")
    ]
    rubric = dict.fromkeys(("not met", "partly met", "met"), "so")
    word = {"id": "w", "words": ("vigorous",), "question": "so", "rubric": rubric}
    met, partly = ({"finding": "A", "at_least": level} for level in ("met", "partly met"))
    rows = row("1", met), row("2", {"all": (partly, {"not": met})}), row("3", {"not": partly})
    law = law_on([criterion_on("A", (), *rules, judgement=word)], *rows)
    opened = OpenTiers(law, lower(law))
    found = list(opened.witnesses(law.tiers, {"judged/w": False}))
    assert found == [{"rating/w": rank("met")}, {"rating/w": rank("partly met")}, {"rating/w": rank("not met")}]
    assert opened.levels({"judged/w": False}) == {"A": ("not met", "met")}


def test_what_a_tier_needs_falls_on_what_the_statute_asks_first(small: Rulebook) -> None:
    """Of several witnesses the one is taken whose answers at the end of the statute are lowest, and told from there."""
    law = law_of(made([]), small)
    opened = OpenTiers(law, lower(law))
    witnesses = opened.witnesses(law.tiers, {"judged/significance": False})
    found = {row.id: list((witness or {}).items()) for row, witness in zip(law.tiers, witnesses, strict=True)}
    enough = [("forbidden", False), ("victims", 100)]
    significant = [("rating/significance", 3), ("shelter", True)]
    assert found == {
        "TIER-1": [("punished", 1), ("forbidden", True), ("victims", 100)],
        "TIER-2": [*significant, ("promises", 0), ("increase", True), *enough],
        "TIER-2WL": [*significant, ("increase", False), *enough],
        "TIER-3": [("shelter", False), *enough],
        "UNRANKED": [("victims", 0)],
    }


def test_a_person_may_rate_otherwise_than_the_records_leave_room(small: Rulebook) -> None:
    """Without a shelter the records leave no room for significant efforts; who rates them may find them all the same.

    A word that is rated stays as it is.
    """
    law = law_of(made([]), small)
    opened = OpenTiers(law, lower(law))
    facts: Facts = {"victims": 100, "forbidden": True, "punished": 0, "shelter": False, "increase": True, "promises": 0}
    unrated: Facts = {**facts, "judged/significance": False}
    assert [row.id for row in opened.open(unrated)] == ["TIER-3"]
    assert [row.id for row in opened.open_to_a_person(unrated)] == ["TIER-2", "TIER-3"]
    rated: Facts = {**facts, "judged/significance": True, "rating/significance": 0}
    assert [row.id for row in opened.open_to_a_person(rated)] == ["TIER-3"]


def test_what_is_within_bounds_is_not_known() -> None:
    """A number of which only bounds are known is asked for, as one of which nothing is known is."""
    facts: Facts = {"one": 1, "some": Bounds(at_least=1), "no": False}
    assert [known(facts, name) for name in ("one", "some", "no", "other")] == [True, False, True, False]


def name_of(item: Item) -> str:
    """What an item is called, if it has a name."""
    return getattr(item, "id", "")


def test_an_origin_is_in_doubt_if_and_only_if_another_row_is_reached_without_it(small: Rulebook) -> None:
    """Each origin of random dossiers is taken away, with the ratings that rest on it, and every completion is tried.

    What the rest says of a number is the least that it may be.
    """
    law = law_of(made([]), small)
    form = lower(law)
    opened, inputs = OpenTiers(law, form), {field.id for field in form.inputs}
    seen: Counter[str] = Counter()

    def given_by(admitted: Admitted) -> dict[str, Value | Bounds]:
        given_ = {name: value for name, value in admitted.given.items() if name in inputs}
        return given_ | {"last_report": "2", "limit": "none"}

    def doubted(dossier: Casefile, admitted: Admitted, origin: str, row: TierRow) -> Doubt | None:
        gone = {name for name, last in admitted.origins.items() if last == origin} | {origin}
        gone |= {each.id for each in admitted.ratings.values() if gone & set(each.rests_on or ())}
        facts = given_by(admitted)
        left = given_by(admit(remainder(dossier, lambda item: name_of(item) not in gone), law))
        moved = {name for name in facts if left.get(name) != facts[name] and not name.startswith("judged/")}
        freed = {name: value for name, value in facts.items() if name not in moved}
        freed |= {name: Bounds(at_least=rest) for name in moved if isinstance(rest := left.get(name), int)}
        told = tried(law, freed)
        assert told
        rows = rows_in(law, told)
        tiers = tuple(each.tier for each in law.tiers if each.id in rows - {row.id})
        seen["in doubt" if tiers else "not in doubt"] += bool(moved)
        return Doubt(origin, tuple(sorted(gone - {origin})), tiers) if moved and tiers else None

    chance = random.Random(3)
    whats = ("victims", "forbidden", "punished", "punished", "shelter", "increase", "reports")
    for _ in range(40):
        written = [
            Piece(chance.choice(whats), chance.randrange(4), None, origin=chance.choice((None, None, 0, 1, 2)))
            for _ in range(chance.randint(2, 9))
        ]
        written += [Piece("promise", 0, None)] * chance.choice((0, 1, 10))
        written += [Piece("silence", 0, None)] * chance.choice((0, 1, 2))
        rated = Piece("rating", 0, None, value=chance.choice(("met", "not met")), rests_on=chance.choice((None, 0, 1)))
        written += [rated] * chance.choice((0, 1))
        dossier = made(written)
        admitted = admit(dossier, law)
        facts = given_by(admitted)
        row = opened.open(facts)[0]
        origins = set(admitted.origins.values())
        origins |= {each.id for each in admitted.ratings.values()} | {each.id for each in dossier.dossier.silences}
        expected = [doubted(dossier, admitted, origin, row) for origin in sorted(origins)]
        assert list(opened.doubts(admitted, facts, row)) == [each for each in expected if each is not None]
    assert min(seen["in doubt"], seen["not in doubt"]) > 5, seen


@pytest.mark.parametrize(("requests", "in_doubt"), [(1, True), (2, False)])
def test_an_answer_hangs_on_a_request_for_data_that_alone_gives_it(
    rulebook: Rulebook, requests: int, in_doubt: bool
) -> None:
    """Of two requests that say the same neither is decisive."""
    asked_for = {"criterion": "F-PROSECUTE", "date": "2007-01-10", "answer_date": "2007-02-10", "asks": "data"}
    answer_ = {"answer": "given", "capacity_note": "a register", "at": "07NOWHERE12 ¶1", "quote": "made up"}
    made_ = dossiers.casefile(
        requests=tuple({"id": f"request-{number}", **asked_for, **answer_} for number in range(requests))
    )
    law = law_of(made_, rulebook)
    admitted = admit(made_, law)
    form = lower(law)
    facts = asked(form, admitted.given)
    opened = OpenTiers(law, form)
    found = {each.record for each in opened.doubts(admitted, facts, opened.open(facts)[0])}
    assert ("request-0" in found) == in_doubt
    assert found <= {"request-0"}
