"""Proposals in the rulebook: every open word has one, and each is asked after what it looks at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, SMALL, Ran, read_once
from tierengine.law.linter import conditions
from tierengine.law.proposals import asked_in, stages
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Law

BOOK = read_once(ROOT)
LAWS = tuple(BOOK.whole_laws())


def _law(law: Law) -> str:
    return str(law.as_of)


@pytest.mark.parametrize("law", LAWS, ids=_law)
def test_every_open_word_of_every_date_has_a_proposal(law: Law) -> None:
    """No criterion that leaves a word to a person lacks rules that propose a level for it."""
    assert [criterion.id for criterion in law.judges.values() if criterion.proposal is None] == []


@pytest.mark.parametrize("law", LAWS, ids=_law)
def test_a_proposal_is_asked_after_everything_it_looks_at(law: Law) -> None:
    """Every finding at which a proposal looks rests only on open words that are proposed in an earlier group."""
    place = {criterion.id: number for number, group in enumerate(stages(law)) for criterion in group}
    assert set(place) == {criterion.id for criterion in law.judges.values()}
    for criterion in law.judges.values():
        for condition in (each for _, outermost in asked_in(criterion) for each in outermost.walk()):
            if condition.finding is not None:
                below = _below(law, condition.finding) & place.keys()
                assert all(place[name] < place[criterion.id] for name in below), (criterion.id, condition.finding)


def _below(law: Law, name: str) -> set[str]:
    """A finding or conclusion and everything on which it rests, kept apart from the code under test."""
    entries = {entry.id: entry for entry in (*law.criteria, *law.conditional())}
    asked = {c.name for _, c in conditions(entries[name]) if c.finding or c.conclusion}
    return {name}.union(*(_below(law, other) for other in asked))


def test_a_rulebook_without_proposals_is_read_as_before(tmp_path: Path) -> None:
    """A proposal is no duty: a rulebook that was recorded before there were any can still be read and replayed."""
    shutil.copytree(SMALL, tmp_path / "rulebook")
    assert read_rulebook(tmp_path / "rulebook").criteria[0].proposal is None


def test_a_proposal_is_shown_with_its_criterion(tierengine: Callable[..., Ran]) -> None:
    """`show` prints why a level is proposed, the rules in their order with what they read, and when it stays open."""
    printed = " ".join(tierengine("show", "MS3").out.split())
    assert (
        "Proposed while nobody has rated it The Department's published benchmark is a maximum of four years" in printed
    )
    assert "1. met: the prescribed maximum is four years or more" in printed
    assert "for the last report stringent_punishment was rated met or better" in printed
    assert "Where none does, it stays open The maximum is not recorded" in printed
    assert printed.index("Left to a person") < printed.index("Proposed while nobody has rated it")


def test_lint_counts_the_examples_of_proposals(tierengine: Callable[..., Ran]) -> None:
    """The examples that `lint` runs and counts are those of criteria, proposals, rules of coherence and carrying."""
    criteria = sum(len(criterion.examples) for criterion in BOOK.criteria)
    proposals = sum(len(criterion.proposal.examples) for criterion in BOOK.criteria if criterion.proposal is not None)
    coherence = sum(len(rule.examples) for rule in BOOK.coherence)
    carryings = sum(len(rule.examples) for rule in BOOK.carryings)
    assert f"{criteria + proposals + coherence + carryings} examples: sound" in tierengine("lint").out
