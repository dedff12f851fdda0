"""Answers by hand: those on the seeds, and the same with a status, proposals, hinges and questions filled in."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.conftest import ROOT, read_once
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import assess, law_of
from tierengine.reasoning.assessment import (
    Assessment,
    Hinge,
    HingeOutcome,
    Passage,
    Proposed,
    Status,
    WorthAsking,
)
from tierengine.terms.level import LEVELS, Level
from tierengine.terms.tier import Tier

SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")

_WORDS: tuple[tuple[str, str, Level], ...] = (
    (
        "significant_efforts",
        "Having considered extent, noncompliance with complicity, and what is reasonable, are the efforts significant?",
        "met",
    ),
    (
        "serious_and_sustained_efforts",
        "In the light of all ten factors, are the efforts serious and sustained?",
        "partly met",
    ),
    ("significant_given_extent", "In view of the extent of trafficking, do the efforts weigh as significant?", "met"),
)
_QUESTIONS = (
    (
        "prohibition_covers_sex_trafficking",
        "Does the prohibition cover sex trafficking, of persons under 18 also where there is no force or fraud?",
    ),
    ("prohibition_covers_forced_labour", "Does the prohibition cover trafficking for forced labour?"),
    (
        "trafficking_punishments",
        "How many persons were punished under the prohibition of trafficking in the period?",
    ),
)


def dossier(seed: str) -> Path:
    """The file of a seed's dossier."""
    return ROOT / "seeds" / seed / "dossier.yaml"


@cache
def answered(seed: str) -> tuple[Assessment, Law, Casefile]:
    """The answer on a seed, the law it was made under, and its dossier."""
    casefile = read_dossier(dossier(seed))
    return assess(casefile, read_once(ROOT)), law_of(casefile, read_once(ROOT)), casefile


def filled(seed: str, status: Status, proposals: int = 3, hinges: int = 3) -> Assessment:
    """The answer on a seed, made provisional or open, with so many proposals and hinges, and three questions."""
    answer = answered(seed)[0]
    proposed = tuple(_proposed(number) for number in range(proposals if status == "provisional" else 0))
    recommended = replace(
        answer.recommendation,
        tier="2WL" if status == "provisional" else None,
        settled=False,
        status=status,
        answer="undetermined",
        open_tiers=("2WL", "3"),
        open_to_a_person=("1", "2", "2WL", "3"),
        reason="Tier 2 Watch List: with the levels that the rules propose for what nobody has rated, one tier is left",
        rests_on=proposed,
    )
    return replace(
        answer,
        recommendation=recommended,
        fragile=(),
        hinges=tuple(_hinge(number) for number in range(hinges)),
        worth_asking=tuple(
            WorthAsking(
                question=name, asks=asks, criterion="MS1", outcomes=_ways(("Yes.", ("1", "3")), ("No.", ("3",)))
            )
            for name, asks in _QUESTIONS
        ),
    )


def _proposed(number: int) -> Proposed:
    name, asks, level = _WORDS[number % len(_WORDS)]
    return Proposed(
        word=_numbered(name, number),
        asks=asks,
        criterion="MS4",
        level=level,
        rule="MS4/proposal/2",
        says="at least five records of the period are on acts of the government, and none of a retreat",
        authority="guidance; the introduction to the report of 2007, p. 14",
        records=(Passage(record=f"read-{number}", at="somewhere", quote=f"words that were read for {number}"),),
    )


def _hinge(number: int) -> Hinge:
    """The last of three is a fact, the others are ratings."""
    if number % 3 == 2:
        name, asks = _QUESTIONS[number % len(_QUESTIONS)]
        ways = _ways(("Yes.", ("2",)), ("No.", ("2WL",)))
        return Hinge(word=None, question=_numbered(name, number), asks=asks, criterion="MS1", outcomes=ways)
    name, asks, _ = _WORDS[number % len(_WORDS)]
    tiers: tuple[Tier, ...] = ("3", "3", "2WL", "2WL")
    ways = _ways(*((level, (tier,)) for level, tier in zip(LEVELS, tiers, strict=True)))
    return Hinge(word=_numbered(name, number), question=None, asks=asks, criterion="MS4", outcomes=ways)


def _numbered(name: str, number: int) -> str:
    return name if number < len(_WORDS) else f"{name}_{number}"


def _ways(*answers: tuple[str, tuple[Tier | None, ...]]) -> tuple[HingeOutcome, ...]:
    return tuple(HingeOutcome(answer=words, tiers=tiers) for words, tiers in answers)
