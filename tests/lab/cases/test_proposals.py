"""Proposals put to the test: better evidence worsens none, and the proof that says so is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts, Value
from tierengine.engines.lowering import lower_proposals, speaks
from tierengine.lab.cases.proposals import Proof, failed_proposals, run_examples
from tierengine.law.entries import Criterion
from tierengine.law.reader import read_draft, read_rulebook
from tierengine.law.rulebook import Law
from tierengine.terms.level import LEVELS, Level, rank

BOOK = read_rulebook(ROOT)
PROPOSING = tuple(criterion for criterion in BOOK.criteria if criterion.proposal is not None)


def _version(criterion: Criterion) -> str:
    return f"{criterion.id}-{criterion.in_force.from_}"


def _law(criterion: Criterion) -> Law:
    law = BOOK.whole_for(criterion)
    assert law is not None
    return law


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


# -- the proof against trying ---------------------------------------------------------------------------------------

SMALL_BOOK = read_rulebook(SMALL)
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
    st.builds(lambda: {"last_rating": "significance", "at_least": "met"}),
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
    spans = {"shelter": 1, "reports": TOP, "STANDARD": 2, "GROUND": 1, "last_report": 1, "last_rating": 1}
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
    if name == "last_rating":
        return {"last_rating/significance": 3 * place}
    # The better answer of the ground is that it does not apply.
    return {"shelter": place == 1} if name == "shelter" else {"GROUND/met": place == 0}


def _exact(known: Mapping[str, Known]) -> bool:
    """Whether a number is known or not known at all: facts tell no more of it here."""
    return known["reports"][0] == known["reports"][1] or known["reports"] == (0, TOP)


def _better(one: Mapping[str, Known], other: Mapping[str, Known]) -> bool:
    fixed = all(one[name] == other[name] for name in ("last_report", "last_rating"))
    return fixed and all(one[name][0] <= other[name][0] and one[name][1] <= other[name][1] for name in one)


COUNTRIES = [(known, _facts(known)) for known in _countries() if _exact(known)]


@settings(max_examples=60)
@given(RULES, st.sampled_from(("favours the government", "counts against the government")))
def test_the_proof_finds_what_trying_finds(rules: list[tuple[Level, dict[str, object]]], direction: str) -> None:
    """Of random proposals, a pair of countries is found worse by trying all only if the proof says so.

    Where the proof says so and trying does not, a number lies between two bounds that facts of a test cannot tell.
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
