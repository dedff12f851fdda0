"""What the rules propose for open words that nobody has rated.

A proposal is no finding. It fills an open word in the provisional reading only, and a person's rating outranks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tierengine.engines.form import Engine, Facts, Form
from tierengine.engines.lowering import LAST_ON_FILE, LAST_REPORT, judged, lower_proposals, speaks
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

    def __init__(self, law: Law, engine: Callable[[Form], Engine]) -> None:
        self.stages = stages(law)
        """The criteria with a proposal, in the order in which they are asked: each after those it looks at."""
        self.form = lower_proposals(law)
        self._engine = engine(self.form)
        self._inputs = frozenset(field.id for field in (*self.form.inputs, *self.form.answerable()))
        self._rules = {rule.id: rule for stratum in self.form.strata for rule in stratum.rules}
        self._members = {
            tally.id + end: tuple(member[side].field for member in tally.members)
            for stratum in self.form.strata
            for tally in stratum.tallies
            for side, end in enumerate((".holds", ".fails"))
        }

    def propose(self, facts: Facts, settle: Callable[[Mapping[str, Spoken]], Mapping[str, bool]]) -> dict[str, Spoken]:
        """Return the rule that speaks for each open word without a rating, stage after stage.

        `facts` are all answers on the country, with ratings of the last report among them. `settle` returns the
        propositions that are settled once some open words are filled as they are proposed so far.
        """
        found: dict[str, Spoken] = {}
        for stage in self.stages:
            found |= self.spoken(stage, facts, settle(found))
        return found

    def spoken(self, criteria: Iterable[Criterion], facts: Facts, settled: Mapping[str, bool]) -> dict[str, Spoken]:
        """Return the rule that speaks for each open word of some criteria, unless it is rated or none does."""
        known = {name: value for name, value in {**facts, **settled}.items() if name in self._inputs}
        if LAST_REPORT in self._inputs and LAST_REPORT not in known and LAST_ON_FILE in facts:
            known[LAST_REPORT] = facts[LAST_ON_FILE]
        evaluation = self._engine.evaluate(known)
        read: dict[str, tuple[str, ...]] = {}
        for fired in evaluation.fired:
            rule = self._rules[fired]
            fields = (name for test in rule.tests for name in self._members.get(test.field, (test.field,)))
            read.setdefault(rule.head, tuple(dict.fromkeys(fields)))
        found: dict[str, Spoken] = {}
        for criterion in criteria:
            if facts.get(judged(_judgement(criterion).id)) is True:
                continue
            for number, reading in enumerate(_proposal(criterion).rules, 1):
                name = speaks(criterion.id, number)
                if name in read:
                    spoken = Spoken(criterion=criterion, number=number, rule=reading, read=read[name])
                    found[spoken.word] = spoken
                    break
        return found


def _proposal(criterion: Criterion) -> Proposal:
    assert criterion.proposal is not None
    return criterion.proposal


def _judgement(criterion: Criterion) -> Judgement:
    assert criterion.judgement is not None
    return criterion.judgement
