"""What the verbs say of a dossier comes true: it is written into the dossier, and the dossier is assessed again.

Random dossiers under the law of every date, and the seeds. Nothing of the lab is asked about itself here: every claim
is tried by `assess` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.ledger.random_dossiers import casefile, draw_dossier
from tierengine.engines.form import Bounds, Value
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import Casefile, Dossier, read_dossier
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.path import PathSearch
from tierengine.lab.questions.rate import rate
from tierengine.lab.questions.settle import Differences, settling_answers
from tierengine.lab.questions.smallest import Listed
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.reasoning.words import leaf_name
from tierengine.terms.level import LEVELS, Level
from tierengine.terms.tier import TIERS

SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")
Answers = Mapping[str, Value | Bounds]


def _assessors(law: Law) -> tuple[Assessor, Assessor]:
    """What assesses under a law without certificates and with them; made once for a day, which takes longest."""
    if law.as_of not in _MADE:
        _MADE[law.as_of] = Assessor(law, certified=False), Assessor(law)
    return _MADE[law.as_of]


_MADE: dict[date, tuple[Assessor, Assessor]] = {}


class Case:
    """A dossier under a law, into which answers can be written."""

    def __init__(self, file: Casefile, law: Law) -> None:
        self.file, self.law = file, law
        self.assessor, whole = _assessors(law)
        self.now = whole.assess(file)
        admitted = admit(file, law)
        self.inquiry = Inquiry(law, admitted.facts, admitted.follows)
        self.measured = {record.measures for record in file.dossier.records}
        # What the log of requests answers, no record may answer otherwise: the request would have to be changed.
        self.measured |= admitted.requests.keys() & admitted.facts.keys()
        self.answers = {name: tuple(each.value for each in self.inquiry.answers(name)) for name in self.inquiry.unknown}
        """Answers to each open question, one of each sort."""

    @property
    def open(self) -> set[Any]:
        """What `assess` finds open on the facts; nothing among them for no list."""
        return rows(self.now, self)

    def again(self, answers: Answers) -> Assessment | None:
        """The answer once these are written into the dossier; nothing if it is refused as contradicting itself."""
        try:
            return self.assessor.assess(written(self.file, self.law, answers))
        except EvidenceError:
            return None


def rows(answer: Assessment, case: Case) -> set[Any]:
    """The rows of the tier table that an answer leaves open."""
    ids = {step.id: step.outcome.value for step in answer.trace.children}
    return {row.tier for row in case.law.tiers if ids[row.id] != "not met"}


def written(file: Casefile, law: Law, answers: Answers) -> Casefile:
    """The dossier with a record for each answer, of a kind and a day that count."""
    raw = file.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
    # A rating that is set aside, such as one of a later day, gives way to the one that is written.
    words = {leaf_name(field) for field in answers if field.startswith("rating/")}
    records = [each for each in raw["records"] if each["kind"] != "judgement" or each["measures"] not in words]
    for number, (field, value) in enumerate(answers.items()):
        if field.startswith("rating/"):
            records.append(rating_of(file, law, leaf_name(field), LEVELS[int(value)], number))  # type: ignore[arg-type]
        else:
            records.append(record_of(file, law, field, value, number))
    raw["records"] = records
    # A source that now speaks of something is not silent on it, nor on what it shows.
    spoken = {*answers, *(each.id for each in law.indicators if not answers.keys().isdisjoint(each.shown_by))}
    raw["silences"] = [each for each in raw.get("silences", ()) if each["indicator"] not in spoken]
    text = _as_written(raw)
    return Casefile.of(Dossier.model_validate(text), file.document, file.sources, file.last)


def _as_written(value: Any) -> Any:
    """A value as the reader of YAML hands it over: sequences as tuples, scalars as text."""
    if isinstance(value, dict):
        return {key: _as_written(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(map(_as_written, value))
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def rating_of(file: Casefile, law: Law, word: str, level: str, number: int) -> dict[str, Any]:
    """A person's rating of an open word."""
    day = max(file.dossier.period.first, min(law.as_of, file.dossier.as_of))
    return {
        "id": f"answer-{number}",
        "kind": "judgement",
        "measures": word,
        "question": "Is it?",
        "rating": level,
        "author": "A. Officer",
        "date": str(day),
        "reasons": "made up",
    }


def record_of(file: Casefile, law: Law, field: str, value: Value | Bounds, number: int) -> dict[str, Any]:
    """A record that answers a question of fact."""
    indicator, dossier = law.indicator(field), file.dossier
    day = min(law.as_of, dossier.period.last)
    if indicator.with_the_report:
        day = law.as_of
    if indicator.looks_back or indicator.last_year_of is not None:
        day = dossier.period.first - timedelta(days=200)
    source = dossier.sources[0].id if dossier.sources else "07NOWHERE12"
    found = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
    return {
        "id": f"answer-{number}",
        "kind": indicator.kinds[0],
        "measures": field,
        "value": found,
        **({"unit": indicator.unit} if indicator.unit else {}),
        "date": str(day),
        "actor": {"is": "government", "name": "Nowhere"},
        "at": f"{source} ¶1",
        "quote": "made up",
        "reliability": "A",
        "credibility": "1",
    }


def can_be_written(case: Case, field: str) -> bool:
    """Whether a dossier answers a question by a record, a rating or a placement of its own."""
    if field in ("limit", "last_report"):
        return False  # they follow from the placements of many years, which bind one another
    if field.startswith("rating/"):
        return True
    if field in case.measured:
        return False  # a record that is set aside would have to be taken out first
    indicator = case.law.indicator(field)
    return indicator.counts_kind is None and not indicator.shown_by


# -- the claims ----------------------------------------------------------------------------------------------------


def pointless_is_pointless(case: Case, pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """No answer to a pointless question moves what is open, also once another question was answered."""
    listed = [name for name in Differences(case.inquiry).pointless() if can_be_written(case, name)]
    others = [name for name in case.inquiry.unknown if can_be_written(case, name)]
    for name in {pick(listed) for _ in range(3)} if listed else ():
        besides = [{}, *({other: v} for other in others[:40] for v in case.answers[other] if other != name)]
        for value in case.answers[name]:
            beside = pick(besides)
            before, after = case.again(beside), case.again({**beside, name: value})
            if before is not None and after is not None:
                assert rows(before, case) == rows(after, case), (name, value, beside)
                seen["pointless"] += 1


def what_settles_settles(case: Case, pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """The answers of a smallest set settle the tier that they are given for."""
    if len(case.open) == 1:
        return
    row = pick([row for row in case.law.tiers if row.tier in case.open])
    for answers in settling_answers(case.inquiry, row.id, most=2).found:
        if all(can_be_written(case, name) for name in answers):
            again = case.again(answers)
            assert again is not None, answers
            assert rows(again, case) == {row.tier}, (row.id, answers)
            seen["settled"] += 1


def what_narrows_narrows(case: Case, pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """Each answer to a question leaves the rows that are given with it."""
    names = [name for name in case.inquiry.unknown if can_be_written(case, name)]
    for name in {pick(names) for _ in range(3)} if names else ():
        for value in case.answers[name]:
            left = {row.tier for row in case.inquiry.stay_open({name: value})}
            again = case.again({name: value})
            if again is None:
                assert not left, (name, value, left)
            else:
                assert rows(again, case) == left, (name, value)
            seen["narrowed"] += 1


def witnesses_lead_there(case: Case, _pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """The answers of the witness of an open tier, once they are written, settle it."""
    if len(case.open) == 1:
        return
    opened = OpenTiers(case.law, case.assessor.form)
    for row in case.law.tiers:
        witness = opened.witness(row, case.inquiry.facts) if row.tier in case.open else None
        if witness is not None and all(can_be_written(case, name) for name in witness):
            again = case.again(witness)
            assert again is not None, witness
            assert rows(again, case) == {row.tier}, (row.id, witness)
            seen["witness"] += 1


def hinges_turn(case: Case, _pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """A rating on which the answer hangs leads to what is given with it, and each other way is refused."""
    for hinge in case.now.hinges:
        tiers_of = {outcome.answer: outcome.tiers for outcome in hinge.outcomes}
        for level in case.law.judges[str(hinge.word)].scale:
            again = case.again({f"rating/{hinge.word}": LEVELS.index(level)})
            assert (again is None) == (level not in tiers_of), (hinge.word, level)
            if again is not None:
                assert set(tiers_of[level]) <= rows(again, case)
                if len(tiers_of[level]) == 1 and case.now.product == "annual":
                    assert again.recommendation.tier == tiers_of[level][0]
                    assert again.recommendation.status != "open" or tiers_of[level] == (None,)
                seen["hinge"] += 1


def the_provisional_tier_is_open(case: Case, _pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """A provisional tier is open on the facts; rated as it is proposed, it is recommended no less."""
    recommendation = case.now.recommendation
    if recommendation.status != "provisional":
        return
    assert recommendation.tier in case.open
    # Where a placement stands, no proposal may be needed.
    assert recommendation.rests_on or recommendation.rule != "REC-PROVISIONAL"
    ratings = {f"rating/{each.word}": LEVELS.index(each.level) for each in recommendation.rests_on}
    again = case.again(ratings)
    assert again is not None
    assert again.recommendation.tier == recommendation.tier, ratings
    seen["provisional"] += 1


def a_person_is_free(case: Case, pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """No ratings at all lead to a tier that is not open to a person; and facts open no tier that is not."""
    free = set(case.now.recommendation.open_to_a_person) | {None}
    assert case.open <= free
    words = [name for name in case.inquiry.unrated if f"rating/{name}" in case.inquiry.fields]
    ratings: dict[str, Value] = {}
    for name in {pick(words) for _ in range(4)} if words else ():
        ratings[f"rating/{name}"] = LEVELS.index(pick(list(case.law.judges[name].scale)))
    again = case.again(ratings)
    if again is not None:
        assert rows(again, case) <= free, ratings
        seen["free"] += 1


def the_sheet_is_right(case: Case, pick: Callable[[list[Any]], Any], seen: Counter[str], rulebook: Rulebook) -> None:
    """What the rating sheet says follows from ratings, follows."""
    sheet = rate(case.file, rulebook, case.law.as_of)
    for each in sheet.table[:4]:
        again = case.again({f"rating/{word}": LEVELS.index(level) for word, level in each.ratings.items()})
        if again is None:
            continue  # a word that the row does not name may have to be rated along
        assert set(each.tiers) <= rows(again, case)
        if len(each.tiers) == 1 and case.now.product == "annual":
            assert again.recommendation.tier == each.tiers[0], each
        seen["table"] += 1
    for closing in sheet.closing[:2]:
        words = pick(list(closing.sets))
        assert some_ratings_settle(case, words, closing.tier), (words, closing.tier)
        seen["closing"] += 1


def some_ratings_settle(case: Case, words: tuple[str, ...], tier: Any) -> bool:
    """Whether some ratings of these words leave one tier only; tried for few words."""
    found: list[dict[str, Value]] = [{}]
    for word in words:
        levels: list[Level] = list(case.law.judges[word].scale)
        found = [{**each, f"rating/{word}": LEVELS.index(level)} for each in found for level in levels]
    if len(found) > 64:
        return True
    answers = (case.again(each) for each in found)
    return any(again is not None and rows(again, case) == {tier} for again in answers)


def the_way_leads_up(case: Case, pick: Callable[[list[Any]], Any], seen: Counter[str]) -> None:
    """Once the shortest way is gone, no tier is left that is worse than its target."""
    present = case.now.recommendation.tier
    better = [
        row.tier for row in case.law.tiers if row.tier and present and TIERS.index(row.tier) < TIERS.index(present)
    ]
    if not better:
        return
    target = pick(better)
    search = PathSearch(case.inquiry, target)
    for acts, needs in Listed.of(search.shortest(), 1).found:
        after = search._settled_by(search._solver(), acts, needs)
        answers = {name: after[name] for name in (*acts, *needs)}
        changed = {name for name in answers if not can_be_written(case, name)}
        if changed:
            continue  # a record would have to be taken away
        again = case.again(answers)
        assert again is not None, answers
        left = rows(again, case)
        assert all(tier is not None and TIERS.index(tier) <= TIERS.index(target) for tier in left), (target, answers)
        seen["way"] += 1


CLAIMS = (
    pointless_is_pointless,
    what_narrows_narrows,
    witnesses_lead_there,
    hinges_turn,
    the_provisional_tier_is_open,
    a_person_is_free,
    the_way_leads_up,
)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_of_a_seed_comes_true(seed: str, rulebook: Rulebook) -> None:
    """Every claim about the seeds, each question and each set being tried in turn."""
    file = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    case = Case(file, rulebook.on(file.dossier.as_of))
    seen: Counter[str] = Counter()
    turn = iter(range(10**9))

    def pick(items: list[Any]) -> Any:
        return items[next(turn) * 7 % len(items)]

    for _ in range(6):
        for claim in (*CLAIMS, what_settles_settles):
            claim(case, pick, seen)
    the_sheet_is_right(case, pick, seen, rulebook)
    assert seen["narrowed"]
    # Where a rating or a comparison binds facts, few questions or none are pointless whatever else is answered.
    assert seen["pointless"] or seed != "invented-2011"


def coherent_case(dossier: dict[str, Any], law: Law) -> Case | None:
    """The case of a random dossier; of one that contradicts itself, of as many of its first records as do not."""
    for kept in (len(dossier["records"]), 12, 8, 4, 2):
        try:
            return Case(casefile({**dossier, "records": dossier["records"][:kept]}), law)
        except EvidenceError:
            continue
    return None


@pytest.mark.parametrize("part", range(4))
def test_what_is_said_of_random_dossiers_comes_true(part: int, rulebook: Rulebook) -> None:
    """Every claim, about random dossiers under the law of every date; the engine refuses those that contradict."""
    laws = [law for number, law in enumerate(rulebook.whole_laws()) if number % 4 == part]
    seen: Counter[str] = Counter()

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        law = data.draw(st.sampled_from(laws))
        case = coherent_case(draw_dossier(data.draw, rulebook, law) | {"as_of": str(law.as_of)}, law)
        if case is None:
            seen["refused"] += 1
            return
        seen["dossiers"] += 1

        def pick(items: list[Any]) -> Any:
            return data.draw(st.sampled_from(items))

        for claim in CLAIMS:
            claim(case, pick, seen)
        if seen["dossiers"] % 12 == 0:  # these look for the fewest of many, which takes longest
            what_settles_settles(case, pick, seen)
            the_sheet_is_right(case, pick, seen, rulebook)

    run()
    _MADE.clear()  # each keeps the solvers of the countries that it was asked about
    assert seen["dossiers"] >= 50, seen
