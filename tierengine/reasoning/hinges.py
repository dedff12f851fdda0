"""What a recommendation hangs on: the single answers that lead elsewhere, and the questions most worth asking.

Each says what comes true once it is done: the answer is written into the dossier, and it is assessed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice

from tierengine.engines.form import Facts
from tierengine.engines.lowering import judged
from tierengine.engines.proof import Scale
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Hinge, HingeOutcome, WorthAsking
from tierengine.reasoning.open_tiers import OpenTiers, known
from tierengine.reasoning.provisional import ProvisionalReading, levels_of
from tierengine.reasoning.words import asked_by, in_order, question, ranged
from tierengine.terms.tier import Tier

Rows = tuple[TierRow, ...]
MOST_WORTH_ASKING = 3
"""Questions that are named as most worth asking."""


def hinges(law: Law, facts: Facts, reading: ProvisionalReading) -> Iterator[Hinge]:
    """Yield each open word that nobody has rated and of which some rating leads elsewhere than without it.

    The other open words are as the rules propose them.
    """
    unrated = [
        (each, word) for each in law.criteria if (word := each.judgement) and facts.get(judged(word.id)) is False
    ]
    rated = [reading.once(facts, word.id, level) for criterion, word in unrated for level in levels_of(criterion)]
    now, *others = reading.rows_of_each([facts, *rated])
    left = iter(others)
    for criterion, judgement in unrated:
        outcomes = [(level, next(left)) for level in levels_of(criterion)]
        if any(rows and rows != now for _, rows in outcomes):
            yield Hinge(
                word=judgement.id,
                question=None,
                asks=judgement.question,
                criterion=criterion.id,
                # A level that leaves no row contradicts the records, so nobody can give it.
                outcomes=tuple(HingeOutcome(answer=level, tiers=tiers(rows)) for level, rows in outcomes if rows),
            )


def tiers(rows: Rows) -> tuple[Tier | None, ...]:
    """Return the tiers of some rows."""
    return tuple(row.tier for row in rows)


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """What the answers to one question leave open."""

    field: str
    branches: tuple[tuple[str, Rows], ...]

    @property
    def weight(self) -> tuple[int, float]:
        """How many rows stay open after the least helpful answer, and on average."""
        counts = [len(rows) for _, rows in self.branches]
        return max(counts), sum(counts) / len(counts)


def worth_asking(law: Law, facts: Facts, rows: Rows, opened: OpenTiers) -> tuple[WorthAsking, ...]:
    """Return the questions of fact whose answers narrow the open rows most, at most three, the best first."""
    narrowed = sorted(_narrowing(law, facts, rows, opened), key=lambda each: each.weight)
    return tuple(_worth_asking(law, each) for each in narrowed[:MOST_WORTH_ASKING])


def _worth_asking(law: Law, narrowed: _Narrowed) -> WorthAsking:
    criterion = asked_by(law, narrowed.field)
    return WorthAsking(
        question=narrowed.field,
        asks=question(law, narrowed.field),
        criterion=criterion.id if criterion else None,
        outcomes=tuple(HingeOutcome(answer=answer, tiers=tiers(rows)) for answer, rows in narrowed.branches),
    )


def _narrowing(law: Law, facts: Facts, rows: Rows, opened: OpenTiers) -> Iterator[_Narrowed]:
    asked = opened.asked(facts)
    fields = [name for name in in_order(law) if name in asked.case.fields and not name.startswith("rating/")]
    scales = {name: asked.case.values[name] for name in fields if not known(facts, name)}
    answers = [scale.at(place) for scale in scales.values() for place in range(scale.places)]
    with asked.solver.supposing(*asked.case.gives(facts)):
        stays = [asked.solver.which(answers, asked.reaches(row)) for row in rows]
    left = iter([tuple(compress(rows, each)) for each in zip(*stays, strict=True)])
    for field, scale in scales.items():
        branches = tuple(_branches(law, field, scale, list(islice(left, scale.places))))
        if any(stay != rows for _, stay in branches):
            yield _Narrowed(field, branches)


def _branches(law: Law, field: str, scale: Scale, left: Sequence[Rows]) -> Iterator[tuple[str, Rows]]:
    """The answers to a question with what each leaves; neighbours that leave the same are given as one."""
    found: list[tuple[list[int], Rows]] = []
    for place, rows in enumerate(left):
        if rows and found and found[-1][1] == rows:
            found[-1][0].append(place)
        elif rows:
            found.append(([place], rows))
    for places, rows in found:
        yield _in_words(law, field, scale, places), rows


def _in_words(law: Law, field: str, scale: Scale, places: list[int]) -> str:
    first = scale.answers[places[0]]
    if isinstance(first, bool | str):
        return " or: ".join(ranged(law, field, scale.answers[place]) for place in places)
    following = places[-1] + 1
    last = int(scale.answers[following]) - 1 if following < scale.places else None
    return ranged(law, field, first, last)
