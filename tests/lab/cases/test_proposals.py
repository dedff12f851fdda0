"""Proposals put to the test: better evidence worsens none, and the proof that says so is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, read_once
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts, Field, Value
from tierengine.engines.lowering import lower_proposals, speaks
from tierengine.lab.cases.proposals import Proof, failed_proposals, run_examples
from tierengine.law.entries import Criterion
from tierengine.law.reader import read_draft
from tierengine.law.rulebook import Law
from tierengine.terms.level import LEVELS, Level, rank

BOOK = read_once(ROOT)
PROPOSING = tuple(criterion for criterion in BOOK.criteria if criterion.proposal is not None)


def _version(criterion: Criterion) -> str:
    return f"{criterion.id}-{criterion.in_force.from_}"


def _law(criterion: Criterion) -> Law:
    law = BOOK.whole_for(criterion)
    assert law is not None
    return law


TRUTH = st.integers(0, 2)
"""No, not known, yes."""


def _ways(law: Law) -> dict[str, int]:
    """Which way each indicator helps."""
    return {indicator.id: indicator.sign for indicator in law.indicators if indicator.compared is None}


def _values(field: Field) -> st.SearchStrategy[Value]:
    if field.type == "choice":
        return st.sampled_from(field.choices)
    return st.booleans() if field.type == "truth" else st.sampled_from(field.numbers or (0, 1, 3, 4, 5, 10, 25, 1000))


def _first(criterion: Criterion, settled: Mapping[str, bool]) -> int | None:
    """The place on the scale of the level that is proposed."""
    assert criterion.proposal is not None
    for number, rule in enumerate(criterion.proposal.rules, 1):
        if settled.get(speaks(criterion.id, number)):
            return rank(rule.level)
    return None


def test_the_proposals_of_the_rulebook_are_sound() -> None:
    """Each example comes out as expected, each rule speaks in one, and better evidence worsens nothing."""
    assert list(failed_proposals(read_draft(ROOT))) == []


@pytest.mark.parametrize("criterion", PROPOSING, ids=_version)
def test_better_evidence_silences_no_good_level(criterion: Criterion) -> None:
    """More than is asked: better evidence leaves a word open only where the worst level was proposed.

    So a level that is proposed is a floor under every better country, and the findings above it do not fall.
    """
    assert list(Proof(_law(criterion), criterion).fades()) == []


@pytest.mark.parametrize("criterion", PROPOSING, ids=_version)
def test_some_example_of_every_level_and_of_none(criterion: Criterion) -> None:
    """The examples of a proposal show each level that its rules propose, and the open word."""
    assert criterion.proposal is not None
    shown = {None if spoken is None else spoken.rule.level for _, spoken in run_examples(_law(criterion), criterion)}
    assert shown == {None, *(rule.level for rule in criterion.proposal.rules)}


LAWS = {law.as_of: law for law in BOOK.whole_laws()}
FORMS = {day: lower_proposals(law) for day, law in LAWS.items()}
ENGINES = {day: CompiledEngine(form) for day, form in FORMS.items()}
WAYS = {day: _ways(law) for day, law in LAWS.items()}


@given(st.data())
def test_better_answers_worsen_no_proposal_of_any_date(data: st.DataObject) -> None:
    """On random answers of a country, and on better ones: no open word is proposed worse, under the law of any date."""
    day = data.draw(st.sampled_from(sorted(LAWS)))
    law, form = LAWS[day], FORMS[day]
    before: dict[str, Value] = {}
    after: dict[str, Value] = {}
    for field in data.draw(st.lists(st.sampled_from(form.inputs), max_size=30, unique_by=lambda field: field.id)):
        sign = WAYS[day].get(field.id, 0)
        if field.type == "choice" or sign == 0 or "/" in field.id:
            # Findings move in `test_the_proof_finds_what_trying_finds`, where their levels move together.
            value = data.draw(st.none() | _values(field))
            before |= {} if value is None else {field.id: value}
            after |= {} if value is None else {field.id: value}
        elif field.type == "truth":
            one, other = sorted(data.draw(st.tuples(TRUTH, TRUTH)), reverse=sign < 0)
            before |= {} if one == 1 else {field.id: one == 2}
            after |= {} if other == 1 else {field.id: other == 2}
        else:
            low, high = sorted(data.draw(st.tuples(_values(field), _values(field))), reverse=sign < 0)
            before[field.id], after[field.id] = low, high
    heard = [ENGINES[day].evaluate(facts).settled for facts in (before, after)]
    for criterion in law.judges.values():
        assert criterion.proposal is not None
        first, second = (_first(criterion, settled) for settled in heard)
        if first is not None and second is not None:
            assert criterion.sign * (second - first) >= 0, (criterion.id, before, after)


# -- the proof against trying ---------------------------------------------------------------------------------------

SMALL_BOOK = read_once(SMALL)
SMALL_LAW = SMALL_BOOK.latest()
EFFORTS = SMALL_LAW.criterion("EFFORTS")
TOP = 2
"""The conditions ask for no number past it."""

SINGLE = st.one_of(
    st.builds(lambda word: {"indicator": "shelter", "is": word}, st.sampled_from(("true", "false"))),
    st.builds(lambda n: {"indicator": "reports", "at_least": n}, st.sampled_from(("1", "2"))),
    st.builds(lambda n: {"indicator": "reports", "at_most": n}, st.sampled_from(("0", "1"))),
    st.builds(lambda n: {"finding": "STANDARD", "at_least": n}, st.sampled_from(("partly met", "met"))),
    st.builds(lambda: {"finding": "GROUND"}),
    st.builds(lambda n: {"placement": "last_report", "is": n}, st.sampled_from(("1", "2"))),
)
CONDITION = st.recursive(
    SINGLE,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(
            lambda word, parts: {word: tuple(parts)},
            st.sampled_from(("all", "any")),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(
            lambda parts: {"some": {"at_least": "2", "of": tuple(parts)}}, st.lists(SINGLE, min_size=2, max_size=3)
        ),
    ),
    max_leaves=4,
)
RULES = st.lists(st.tuples(st.sampled_from(LEVELS), CONDITION), min_size=1, max_size=4)


def proposing(rules: list[tuple[Level, dict[str, object]]], direction: str) -> Criterion:
    """Return the criterion of efforts of the small law with another proposal and direction."""
    written = {
        "authority": {"authority": "policy", "source": "made up for a test"},
        "why": "so",
        "rules": tuple({"level": level, "when": when, "says": "so"} for level, when in rules),
        "too_thin": "so",
        "examples": ({"name": "so", "expect": "open"},),
    }
    fields = {name: getattr(EFFORTS, name) for name in Criterion.model_fields}
    every = dict.fromkeys(LEVELS, "so")
    judgement = fields["judgement"].model_copy(update={"rubric": every})
    rungs = tuple(
        {"level": level, "says": "so", "when": {"judgement": "significance", "at_least": level}} for level in LEVELS[1:]
    )
    changed = {"proposal": written, "direction": direction, "scale": every, "judgement": judgement, "rules": rungs}
    return Criterion.model_validate(fields | changed)


Known = tuple[int, int]
"""The least and the most that an input can be: its place on its own scale, from the worst to the best."""


def _countries() -> Iterator[dict[str, Known]]:
    """Everything that can be known of a country, as far as the conditions ask."""
    spans = {"shelter": 1, "reports": TOP, "STANDARD": 2, "GROUND": 1, "last_report": 1}
    every = [[(low, high) for low in range(top + 1) for high in range(low, top + 1)] for top in spans.values()]
    for case in product(*every):
        yield dict(zip(spans, case, strict=True))


def _facts(known: Mapping[str, Known]) -> Facts:
    facts: dict[str, Value] = {}
    for name, (low, high) in known.items():
        if name == "STANDARD":
            # The levels of a finding are known one by one: what is sure, and what is out of reach.
            for place, level in enumerate(("partly", "met"), 1):
                if low >= place or high < place:
                    facts[f"STANDARD/{level}"] = low >= place
        elif low == high:
            facts |= _given(name, low)
    return facts


def _given(name: str, place: int) -> dict[str, Value]:
    """The answer that has a place on the scale of an input."""
    if name == "reports":
        return {"reports": place}
    if name == "last_report":
        return {"last_report": "12"[place]}
    # The better answer of the ground is that it does not apply.
    return {"shelter": place == 1} if name == "shelter" else {"GROUND/met": place == 0}


def _exact(known: Mapping[str, Known]) -> bool:
    """Whether a number is known or not known at all: facts say no more of it here."""
    return known["reports"][0] == known["reports"][1] or known["reports"] == (0, TOP)


def _better(one: Mapping[str, Known], other: Mapping[str, Known]) -> bool:
    fixed = one["last_report"] == other["last_report"]
    return fixed and all(one[name][0] <= other[name][0] and one[name][1] <= other[name][1] for name in one)


COUNTRIES = [(known, _facts(known)) for known in _countries() if _exact(known)]


@settings(max_examples=60)
@given(RULES, st.sampled_from(("favours the government", "counts against the government")))
def test_the_proof_finds_what_trying_finds(rules: list[tuple[Level, dict[str, object]]], direction: str) -> None:
    """Of random proposals, a pair of countries is found worse by trying all only if the proof says so.

    Where the proof says so and trying does not, a number lies between two bounds that a test's facts do not part.
    """
    criterion = proposing(rules, direction)
    proof = Proof(SMALL_LAW, criterion)
    engine = CompiledEngine(lower_proposals(SMALL_LAW, (criterion,)))
    heard: list[tuple[dict[str, Known], int | None]] = []
    for known, facts in COUNTRIES:
        settled = engine.evaluate(facts).settled
        numbers = (number for number in range(1, len(rules) + 1) if settled.get(speaks(criterion.id, number)))
        heard.append((known, next(numbers, None)))
    speaking = {number for _, number in heard if number is not None}
    silent = set(proof.silent())
    assert speaking.isdisjoint(silent)
    worse = {(each.before, each.after) for each in proof.worsened()}
    sign = criterion.sign
    for known, number in heard:
        for other, later in heard:
            if number is None or later is None or (number, later) in worse:
                continue
            fallen = sign * (rank(rules[later - 1][0]) - rank(rules[number - 1][0])) < 0
            assert not (fallen and _better(known, other)), (number, later, known, other)
    if "reports" not in str(rules):
        assert speaking | silent == set(range(1, len(rules) + 1))
        assert worse == {
            (number, later)
            for known, number in heard
            for other, later in heard
            if number is not None
            and later is not None
            and sign * (rank(rules[later - 1][0]) - rank(rules[number - 1][0])) < 0
            and _better(known, other)
        }
