"""What the rules propose for open words that nobody has rated.

A proposal is no finding. It fills an open word in the provisional reading only, and a person's rating outranks it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Engine, Facts, Form, Rule, Value
from tierengine.engines.lowering import LAST_ON_FILE, LAST_REPORT, judged, lower_proposals, speaks
from tierengine.engines.side_by_side import Countries, SideBySide
from tierengine.law.entries import Criterion, Judgement, Proposal, Reading
from tierengine.law.proposals import stages
from tierengine.law.rulebook import Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The rule of a proposal that speaks: the first whose condition is known to hold."""

    criterion: Criterion
    number: int
    """The place of the rule in the proposal, from 1."""
    rule: Reading
    read: tuple[str, ...]
    """The inputs that it read: indicators, findings, the last placement, ratings of the last report."""

    @property
    def id(self) -> str:
        """The name of the rule, as `CRITERION/proposal/NUMBER`."""
        return speaks(self.criterion.id, self.number)

    @property
    def word(self) -> str:
        """The name under which a person rates the open word."""
        return _judgement(self.criterion).id

    @property
    def proposal(self) -> Proposal:
        """The proposal to which the rule belongs, with its authority and its reason."""
        return _proposal(self.criterion)


class Proposer:
    """Proposes levels under the law of one date; made once, asked for as many countries as there are."""

    def __init__(
        self, law: Law, engine: Callable[[Form], Engine], criteria: Collection[Criterion] | None = None
    ) -> None:
        """With `criteria`, only the proposals of these are looked at."""
        self._law = law
        self.form = lower_proposals(law, criteria)
        self._engine = engine(self.form)
        self.inputs = tuple(field.id for field in (*self.form.inputs, *self.form.answerable()))
        """What proposals look at: answers, findings, the last placement, ratings of the last report."""
        by_head: dict[str, list[Rule]] = {}
        for rule in (rule for stratum in self.form.strata for rule in stratum.rules):
            by_head.setdefault(rule.head, []).append(rule)
        members = {
            tally.id + end: tuple(member[side].field for member in tally.members)
            for stratum in self.form.strata
            for tally in stratum.tallies
            for side, end in enumerate((".holds", ".fails"))
        }
        asked = chain.from_iterable(self.stages) if criteria is None else criteria
        self._ways = {each.id: tuple(_ways_of(each, by_head, members)) for each in asked}

    @staticmethod
    def of(law: Law) -> Proposer:
        """Return what proposes by the generated evaluator; it is kept with the law, since many dossiers share one."""
        if "proposer" not in law.kept:
            law.kept["proposer"] = Proposer(law, CompiledEngine)
        kept = law.kept["proposer"]
        assert isinstance(kept, Proposer)
        return kept

    @cached_property
    def stages(self) -> tuple[tuple[Criterion, ...], ...]:
        """The criteria with a proposal, in the order in which they are asked: each after those it looks at."""
        return stages(self._law)

    def propose(self, facts: Facts, settle: Callable[[Mapping[str, Spoken]], Mapping[str, bool]]) -> dict[str, Spoken]:
        """Return the rule that speaks for each open word without a rating, stage after stage.

        `facts` are all answers on the country, with ratings of the last report among them. `settle` returns the
        propositions that are settled once some open words are filled as they are proposed so far.
        """
        found: dict[str, Spoken] = {}
        known = self.given(facts)
        before, fired = None, frozenset[str]()
        for stage in self.stages:
            settled = settle(found)
            if settled is not before:
                before, fired = settled, self._fired(self._engine, known, settled)
            found |= self._spoken(stage, facts, fired)
        return found

    def spoken(self, criteria: Iterable[Criterion], facts: Facts, settled: Mapping[str, bool]) -> dict[str, Spoken]:
        """Return the rule that speaks for each open word of some criteria, unless it is rated or none does."""
        return self._spoken(criteria, facts, self._fired(self._engine, facts, settled))

    def spoken_by(self, engine: Engine, facts: Facts, settled: Mapping[str, bool]) -> dict[str, Spoken]:
        """Return the rule that speaks for each open word by another engine, which reads the same form."""
        return self._spoken(chain(*self.stages), facts, self._fired(engine, facts, settled))

    def spoken_in_each(
        self, criteria: Iterable[Criterion], countries: SideBySide, unrated: Callable[[str], Countries]
    ) -> Iterator[tuple[Spoken, Countries]]:
        """Yield each rule that speaks for an open word, with the countries in which it does.

        `countries` are settled by the form of the proposals; `unrated` says in which of them nobody has rated a word.
        """
        for criterion in criteria:
            left = unrated(_judgement(criterion).id)
            for rule, spoken in self._ways[criterion.id]:
                here = countries.fired(rule) & left
                if here:
                    left &= ~here
                    yield spoken, here

    def _fired(self, engine: Engine, facts: Facts, settled: Mapping[str, bool]) -> frozenset[str]:
        """The rules of which an engine finds that the condition is known to hold."""
        known = self.given(facts)
        known |= {name: settled[name] for name in self.inputs if name in settled}
        return frozenset(engine.evaluate(known).fired)

    def given(self, facts: Facts) -> dict[str, Value | Bounds]:
        """Return what proposals read of all answers.

        Where the last report did not rank the country, they read the latest that did.
        """
        known = {name: facts[name] for name in self.inputs if name in facts}
        if LAST_REPORT in self.inputs and known.get(LAST_REPORT, "SC") == "SC" and LAST_ON_FILE in facts:
            known[LAST_REPORT] = facts[LAST_ON_FILE]
        return known

    def _spoken(self, criteria: Iterable[Criterion], facts: Facts, fired: Collection[str]) -> dict[str, Spoken]:
        open_words = (each for each in criteria if facts.get(judged(_judgement(each).id)) is not True)
        speaking = (next((said for rule, said in self._ways[each.id] if rule in fired), None) for each in open_words)
        return {said.word: said for said in speaking if said is not None}


def _ways_of(
    criterion: Criterion, by_head: Mapping[str, Iterable[Rule]], members: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Spoken]]:
    """Each rule of the form by which a rule of a proposal speaks, in the order in which they are asked."""
    for number, reading in enumerate(_proposal(criterion).rules, 1):
        for rule in sorted(by_head.get(speaks(criterion.id, number), ()), key=lambda rule: rule.id):
            fields = (name for test in rule.tests for name in members.get(test.field, (test.field,)))
            read = tuple(dict.fromkeys(fields))
            yield rule.id, Spoken(criterion=criterion, number=number, rule=reading, read=read)


def _proposal(criterion: Criterion) -> Proposal:
    assert criterion.proposal is not None
    return criterion.proposal


def _judgement(criterion: Criterion) -> Judgement:
    assert criterion.judgement is not None
    return criterion.judgement
