"""The provisional reading: the facts, with each open word that nobody has rated as the rules propose it.

A proposal picks among the completions of the facts. It never overrules what the records show, so a tier of the
provisional reading is always open on the facts. Where the records leave no room for a proposed level, it is passed
over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tierengine.engines.form import Bounds, Engine, Facts, Value
from tierengine.engines.logic import Term, all_of, negate
from tierengine.engines.lowering import judged, rating
from tierengine.errors import MismatchError, Problem
from tierengine.law.entries import Criterion, TierRow
from tierengine.reasoning.coherence import Coherent, filled_in
from tierengine.reasoning.once_rated import rows_of_each
from tierengine.reasoning.open_tiers import Asked, OpenTiers, answered
from tierengine.reasoning.proposals import Proposer, Spoken
from tierengine.terms.level import Level, rank


@dataclass(frozen=True, slots=True)
class Provisional:
    """What the proposals make of a country."""

    rows: tuple[TierRow, ...]
    """The rows that are open once the open words are as they are proposed."""
    proposals: Mapping[str, Spoken]
    """Open word to the rule that speaks for it and for whose level the records leave room."""
    settled: Mapping[str, bool] = field(default_factory=dict)
    """The propositions that are settled in the provisional reading."""

    @property
    def left(self) -> tuple[TierRow, ...]:
        """The rows that are open on what is proposed; none where nothing is."""
        return self.rows if self.proposals else ()


class ProvisionalReading:
    """Reads the facts of countries provisionally, under the law of one date."""

    def __init__(self, opened: OpenTiers) -> None:
        """Take what knows the open tiers. The generated evaluator reads; `confirm` asks the engine of record."""
        self._law, self._form = opened.law, opened.form
        self._engine = opened.engine
        self._open = opened
        self._inputs = {each.id for each in (*self._form.inputs, *self._form.answerable())}
        self._coherent = Coherent.of(self._law)
        self.proposer = Proposer.of(self._law)

    def once(self, facts: Facts, word: str, level: Level) -> dict[str, Value | Bounds]:
        """Return the facts once a word is rated, with what then follows by the rules of coherence."""
        rated = answered(self._form, facts, {rating(word): rank(level)})
        return filled_in(rated, self._coherent.follows(rated, {rating(word), judged(word)}))

    def read(self, facts: Facts) -> Provisional:
        """Return the provisional reading of all that is known of a country, ratings of the last report among it."""
        asked = self._open.asked(facts)
        known = {name: value for name, value in facts.items() if name in self._inputs}
        filling = _Filling(asked)
        settled = self._engine.settled(known)

        def settle(found: Mapping[str, Spoken]) -> Mapping[str, bool]:
            nonlocal settled
            if filling.take(found):
                settled = self._engine.settled(answered(self._form, known, filling.ratings))
            return settled

        with asked.solver.supposing(*asked.case.gives(known)):
            if not asked.solver.may_be():
                return Provisional((), {})
            settle(self.proposer.propose(facts, settle))
        # As a person would rate: a level that the records may yet show says more, namely that they show it.
        possible = [row for row in self._law.tiers if settled.get(row.id) is not False]
        with asked.solver.supposing(*asked.case.gives(answered(self._form, known, filling.ratings))):
            rows = tuple(row for row in possible if asked.solver.may_be(asked.reaches(row)))
        return Provisional(rows, filling.proposals, settled)

    def rows_of_each(self, countries: Sequence[Facts]) -> list[tuple[TierRow, ...]]:
        """Return the rows of the provisional reading of each of some countries.

        It is quick where they differ from the first in ratings only.
        """
        found = rows_of_each(self._open, self.proposer, countries)
        return [self.read(each).rows if rows is None else rows for each, rows in zip(countries, found, strict=True)]

    def confirm(self, facts: Facts, reading: Provisional, engine: Engine, proposing: Engine) -> None:
        """Ask the engine of record what follows once the words are filled, and which rules then propose.

        `engine` reads the form of the law, `proposing` that of the proposals. A rule that spoke on the way speaks at
        the end too, since it looks only at what was filled before it. Raise `MismatchError` if it is found otherwise.
        """
        known = {name: value for name, value in facts.items() if name in self._inputs}
        ratings = {rating(word): rank(each.rule.level) for word, each in reading.proposals.items()}
        settled = engine.evaluate(answered(self._form, known, ratings)).settled
        spoken = self.proposer.spoken_by(proposing, facts, settled)
        otherwise = [each.id for word, each in reading.proposals.items() if spoken.get(word) != each]
        if settled != reading.settled or otherwise:
            raise MismatchError(
                [
                    Problem(
                        where="the provisional reading",
                        what=f"the engine of record finds otherwise: {', '.join(otherwise) or 'what is settled'}",
                        cure="do not use this determination; send the dossier to those who maintain tierengine",
                    )
                ],
                {"engine of record": settled, "second engine": dict(reading.settled)},
            )

    def rests_on(self, facts: Facts, reading: Provisional) -> tuple[Spoken, ...]:
        """Return the proposals that leave just the rows if a person rates so, none to spare, and those they read.

        Those on factors and considerations are left out first: what stands nearer to the tier says more.
        """
        asked = self._open.asked(facts)
        known = {name: value for name, value in facts.items() if name in self._inputs}
        levels = {word: rank(each.rule.level) for word, each in reading.proposals.items()}
        other = all_of(negate(asked.reaches(row)) for row in reading.rows)
        for word in sorted(levels, key=lambda name: reading.proposals[name].criterion.part not in _WEIGHED):
            fewer = {rating(name): level for name, level in levels.items() if name != word}
            if not asked.solver.may_be(*asked.case.gives(answered(self._form, known, fewer)), other):
                del levels[word]
        return tuple(self._with_what_they_read(reading, levels, known))

    def _with_what_they_read(self, reading: Provisional, needed: Iterable[str], known: Facts) -> Iterator[Spoken]:
        """The proposals that are needed, and those for the findings that they read and that the facts leave open."""
        settled = self._engine.settled(known)
        waiting, seen = list(needed), set[str]()
        by_criterion = {each.criterion.id: word for word, each in reading.proposals.items()}
        while waiting:
            word = waiting.pop(0)
            if word in seen:
                continue
            seen.add(word)
            open_findings = (name for name in reading.proposals[word].read if name not in settled)
            waiting += [by_criterion[c] for name in open_findings if (c := name.split("/")[0]) in by_criterion]
        yield from (each for word, each in reading.proposals.items() if word in seen)


_WEIGHED = ("factor", "efforts")
"""Parts of the law that are weighed on the way to a standard or to the finding of significant efforts."""


class _Filling:
    """Takes proposals one after another, as long as the records and those taken before leave room."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._may_be = asked.solver.may_be
        self._seen: set[str] = set()
        self.terms: list[Term] = []
        self.proposals: dict[str, Spoken] = {}

    @property
    def ratings(self) -> dict[str, int]:
        """The open words as they are filled so far."""
        return {rating(word): rank(each.rule.level) for word, each in self.proposals.items()}

    def take(self, found: Mapping[str, Spoken]) -> bool:
        """Take what was not seen yet and has room, and return whether that is anything."""
        new = {word: each for word, each in found.items() if word not in self._seen}
        self._seen |= new.keys()
        asked = {word: each for word, each in new.items() if judged(word) in self._asked.case.fields}
        terms = [self._asked.at(each.criterion, each.rule.level) for each in asked.values()]
        before = len(self.terms)
        # Mostly there is room for all of them together, and so for each after those before it.
        if terms and self._may_be(*self.terms, *terms):
            self.terms += terms
            self.proposals |= asked
        else:
            for (word, each), term in zip(asked.items(), terms, strict=True):
                if self._may_be(*self.terms, term):
                    self.terms.append(term)
                    self.proposals[word] = each
        return len(self.terms) > before


def levels_of(criterion: Criterion) -> Sequence[Level]:
    """Return the levels at which a person may rate the open word of a criterion, from the lowest up."""
    assert criterion.judgement is not None
    return sorted(criterion.judgement.rubric, key=rank)
