"""The impact of a change of the rules: its proved direction under each law version, and its census over a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tierengine.engines.columns import columns_of
from tierengine.engines.form import Value
from tierengine.engines.lowering import judged, rating
from tierengine.engines.solver import PATIENCE, Limit
from tierengine.lab.change.census import Census, CensusJob, Change, MovedFile, Reason, put_together
from tierengine.lab.change.proved import Verdict, Way, Witness, direction
from tierengine.lab.change.sides import Pairing, Side, forms_of, on, side_by_side
from tierengine.lab.corpus.cases import CorpusPart, parts_of
from tierengine.lab.corpus.work import ALONE, Means, answers
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.words import in_order, leaf_name, question, rank_of, sentence
from tierengine.terms.level import LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country that the change moves, in words."""

    way: Way
    """Whether it comes to a worse tier, a better one, or on or off the lists."""
    old: str
    """Its tier under the old rules."""
    new: str
    """Its tier under the new rules."""
    answers: tuple[str, ...]
    """All that need be known of it."""
    smallest: bool
    """Whether it is proved that no country of which less is known shows it."""
    reasons: tuple[Reason, ...]
    facts: Mapping[str, Value]
    """The same answers, by the name of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What the change does under the law of some days: from the first until another, or up to now."""

    first: date
    """The first day."""
    until: date | None
    verdict: Verdict
    """What is proved: stricter moves some country to a worse tier and none to a better, looser the other way round."""
    same_rules: bool
    """Whether the two are equal because they are written alike, so that there was nothing to prove."""
    countries: tuple[Country, ...]
    gave_up: str | None
    """Where nothing is proved: how long the solver tried, and why it gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a change of the rules does."""

    old: str
    """The digest of the old rulebook."""
    new: str
    """The digest of the new rulebook."""
    stretches: tuple[Stretch, ...]
    corpus: str | None
    """The cases over which it was counted, as they were named; null without any."""
    census: Census | None
    proposals: tuple[str, ...]
    """The criteria whose proposals differ, each with its first day in force: they move no open tier."""

    @property
    def decided(self) -> bool:
        """Whether the direction is proved under every law pairing."""
        return all(stretch.gave_up is None for stretch in self.stretches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a change beside the two rulebooks."""

    corpus: Path | None = None
    as_of: date | None = None
    """A date whose law alone is looked at, and decides every case."""
    limit: Limit = PATIENCE
    moved: Path | None = None
    """Where the cases that move are written, as Parquet."""


def impact(old: Rulebook, new: Rulebook, asked: Question, means: Means = ALONE) -> Impact:
    """Return what the change from one rulebook to another does.

    Raise `UsageError` if the two are of different vocabularies or know no law for the date, or if a file cannot be
    written; `EvidenceError` if the corpus cannot be used; and as `answers` does.
    """
    found = side_by_side(old, new)
    if asked.as_of is not None:
        found = on(found, asked.as_of)
    parts = None if asked.corpus is None else parts_of(asked.corpus, forms_of(found), asked.as_of)
    with ThreadPoolExecutor(1) as beside:
        # The census is mostly made outside Python, and hardly waits for the proofs.
        proofs = [beside.submit(_stretch, pairing, asked.limit) for pairing in found]
        try:
            counted = (
                None
                if parts is None
                else _census(CensusJob((old, new), found, asked.moved is not None), parts, asked, means)
            )
        except BaseException:
            beside.shutdown(wait=False, cancel_futures=True)
            raise
        stretches = tuple(proof.result() for proof in means.watch(proofs, "proving the direction"))
    return Impact(
        old=old.digest,
        new=new.digest,
        stretches=stretches,
        corpus=None if asked.corpus is None else str(asked.corpus),
        census=counted,
        proposals=tuple(_proposals(old, new)),
    )


def _census(job: CensusJob, parts: Sequence[CorpusPart], asked: Question, means: Means) -> Census:
    """The census of the parts, with the file of the cases that move if one is asked for."""
    with nullcontext() if asked.moved is None else MovedFile(asked.moved) as moved:
        return put_together(answers(job, parts, means, "counting the cases that move"), moved)


def _proposals(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """Each version of a criterion that both rulebooks hold, or one of them, with other proposals in each."""
    before, after = ({(c.id, c.in_force.from_): c.proposal for c in book.criteria} for book in (old, new))
    for name, first in sorted(before.keys() | after.keys()):
        if before.get((name, first)) != after.get((name, first)):
            yield f"{name} from {first}"


def _stretch(pairing: Pairing, limit: Limit) -> Stretch:
    proved = direction(pairing, limit)
    return Stretch(
        first=pairing.first,
        until=pairing.until,
        verdict=proved.verdict,
        same_rules=proved.same_rules,
        countries=tuple(_country(pairing, witness) for witness in proved.witnesses),
        gave_up=proved.gave_up,
    )


def _country(pairing: Pairing, witness: Witness) -> Country:
    sides = pairing.both()
    assert sides is not None
    old, new = sides
    columns = columns_of(old.form, [witness.facts]), columns_of(new.form, [witness.facts])
    return Country(
        way=witness.way,
        old=witness.old,
        new=witness.new,
        answers=tuple(_answers(old, new, witness.facts)),
        smallest=witness.smallest,
        reasons=tuple(Change(pairing.first, sides, columns, 1).reasons(0)),
        facts=witness.facts,
    )


def _answers(old: Side, new: Side, facts: Mapping[str, Value]) -> Iterator[str]:
    """Each answer in words, in the order of the new law; what only the old law asks comes last."""
    seen: set[str] = set()
    for law in (new.law, old.law):
        for field in in_order(law):
            if field in facts and field not in seen:
                seen.add(field)
                yield _answer(law, field, facts)


def _answer(law: Law, field: str, facts: Mapping[str, Value]) -> str:
    """An answer in words; a rating that no person gave is one for which the records leave room."""
    name = leaf_name(field)
    if field != rating(name) or facts.get(judged(name)) is True:
        return sentence(law, field, facts[field])
    level = LEVELS[rank_of(facts[field])]
    return f"{question(law, field)} Not rated; whoever goes by the records may say: {level}. [{name}]"
