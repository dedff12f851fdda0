"""What `assess` answers: the recommendation with its reasons, its trace and its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tierengine.terms.level import Certainty, Level
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The record that a step rests on, and the exact words it was coded from.

    A person's rating and a recorded silence have no quote; for a rating `at` names its author and date, for a
    silence the part of the source that was read. `note` is what the coder, or the person who judged, wrote to it.
    """

    record: str
    at: str
    quote: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act of reasoning: what was asked, by which rule, with which outcome, from what."""

    id: str
    says: str
    rule: str | None
    """The rule that fired; nothing where none did, or where a record answers directly."""
    citation: str | None
    outcome: Outcome
    decisive: bool
    """Whether the step above rests on this one: it made it settled, or it keeps it open."""
    evidence: tuple[Passage, ...] = ()
    children: tuple[Step, ...] = ()
    """Empty also where the same step already stands further up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A record that was set aside, by which rule and why."""

    record: str
    rule: str
    because: str
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAnswer:
    """The conclusion on one minimum standard."""

    id: str
    title: str
    outcome: Outcome
    citation: str
    reason: str
    to_settle: tuple[str, ...]
    """The questions that are open, each with the name under which it is answered."""
    evidence: tuple[Passage, ...]
    shown: Level
    """The lowest level that it can have on the facts: what is shown, whatever else turns out."""
    possible: Level
    """The highest level that it can still have on the facts, ratings as the records leave room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionAnswer(StandardAnswer):
    """The finding on one criterion."""

    level: Level | None
    certainty: Certainty | None
    """How far the sources carry; nothing where the finding rests on no record."""
    set_aside: tuple[Unused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAnswer:
    """Whether one route leads onto the special watch list."""

    route: str
    """The id of the route, such as `WL-iii-II`."""
    title: str
    outcome: Outcome
    citation: str
    reason: str
    evidence: tuple[Passage, ...]
    shown: Level
    """`met` if it is sure that the route leads there, else `not met` (or a level between, where the scale has one)."""
    possible: Level
    """`not met` if it is sure that the route does not lead there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressAnswer:
    """Progress since the last annual report on a deficiency that it named: met means progress."""

    id: str
    says: str
    outcome: Outcome
    reason: str
    evidence: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The country: ISO 3166-1 alpha-2 and its name."""

    country: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawUsed:
    """The date whose law was applied, and the digest of the rulebook."""

    as_of: date
    digest: str


Status = Literal["settled", "provisional", "open"]
"""Settled: one tier is open on the facts. Provisional: one is, once each open word that nobody has rated has the level
that the rules propose. Open: neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A level that the rules propose for an open word that nobody has rated. It is no finding."""

    word: str
    """The name under which a person rates it."""
    asks: str
    criterion: str
    level: Level
    rule: str
    """The rule that speaks, as `CRITERION/proposal/NUMBER`."""
    says: str
    """What the rule read."""
    authority: str
    records: tuple[Passage, ...]
    """The records that the rule read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HingeOutcome:
    """An answer, and the tiers that are open once it is given."""

    answer: str
    """The answer: a level, or words such as `Yes`."""
    tiers: tuple[Tier | None, ...]
    """`None` for a country that is on no list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinge:
    """One answer on which the recommendation hangs: given otherwise, it alone leads elsewhere."""

    word: str | None
    """The open word, where a person's rating is what is missing."""
    question: str | None
    """The indicator, where a fact is."""
    asks: str
    criterion: str
    outcomes: tuple[HingeOutcome, ...]
    """What is then left, the other open words being as the rules propose them; what nobody can answer is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthAsking:
    """A question whose answer would narrow the open tiers most."""

    question: str
    asks: str
    criterion: str | None
    outcomes: tuple[HingeOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """What the engine recommends; a person determines."""

    tier: Tier | None
    settled: bool
    """Whether one tier is open on the facts."""
    status: Status
    answer: Literal["settled", "fragile", "undetermined"]
    """Fragile is settled, and a single record would move it if it were wrong."""
    open_tiers: tuple[Tier, ...]
    """Open on the facts: every tier that some answers to the open questions reach, each open word that nobody has rated
    being rated only as the records leave room. That a country may be on no list is no tier: where that is open too,
    `open` names it."""
    open_to_a_person: tuple[Tier, ...]
    """Every tier that is reached once a person rates the open words freely, whatever the records propose; that a
    country is on no list is no tier, and `hinges` names it."""
    rule: str
    reason: str
    rests_on: tuple[Proposed, ...]
    """Where the status is provisional: the proposals without which the answer would not be this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTier:
    """A tier that is open, and answers to open questions that lead there whatever the others are: its witness."""

    tier: Tier | None
    """`None` for a country that is on no list."""
    witness: tuple[str, ...]
    """The answers, in sentences."""
    decided: bool
    """False where the solver gave up: the tier is then not excluded, and has no witness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragile:
    """A record that would move the settled tier if it were wrong, and the tiers that could then be reached."""

    record: str
    """The record, or the report to which it goes back where several do."""
    others: tuple[str, ...]
    """What falls with it: the records that go back to it, and the ratings that rest on any of them."""
    tiers: tuple[Tier | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """A finding at which what the post asks for and what the engine recommends part."""

    id: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnswer:
    """What the post asks for, and where that parts from the recommendation (nowhere if they agree)."""

    tier: Tier
    asks: str
    at: str
    quote: str
    parts_at: tuple[Parting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the answer was made with; equal receipts mean equal answers."""

    tierengine: str
    rulebook: str
    dossier: str
    """The digest of the dossier (SHA-256)."""
    sources: tuple[str, ...]
    """The digests of the files of its sources (SHA-256), sorted."""
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The whole answer."""

    subject: Subject
    product: Literal["annual", "interim"]
    law: LawUsed
    recommendation: Recommended
    open: tuple[OpenTier, ...]
    """Where several tiers are open, each with its witness."""
    fragile: tuple[Fragile, ...]
    hinges: tuple[Hinge, ...]
    """What the recommendation hangs on: each answer that alone leads elsewhere, open words first."""
    worth_asking: tuple[WorthAsking, ...]
    """The questions most worth asking, at most three, the one that narrows most first."""
    post_recommendation: PostAnswer | None
    standards: tuple[StandardAnswer, ...]
    criteria: tuple[CriterionAnswer, ...]
    watch_list: tuple[RouteAnswer, ...]
    progress: tuple[ProgressAnswer, ...]
    considered: tuple[CriterionAnswer, ...]
    """What is decided before a tier beside the standards: who is in scope, and what bears on significant efforts."""
    set_aside: tuple[Unused, ...]
    """Every record that was set aside."""
    trace: Step
    receipt: Receipt
    interpretations: tuple[str, ...]
    """The interpretations that the law in force carries, each as `entry/id`."""
