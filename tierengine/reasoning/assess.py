"""The way from a dossier to a recommendation, one stage after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypedDict

from tierengine.engines.agreement import AgreedEngine
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Engine, Facts, Form
from tierengine.engines.lowering import judged, lower, rating, reached
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import Admitted, SetAside, admit
from tierengine.reasoning.advice import Advised, advised
from tierengine.reasoning.assessment import (
    Assessment,
    CriterionAnswer,
    Fragile,
    Hinge,
    LawUsed,
    OpenTier,
    Parting,
    Passage,
    PostAnswer,
    ProgressAnswer,
    Proposed,
    Receipt,
    Recommended,
    RouteAnswer,
    StandardAnswer,
    Step,
    Subject,
    Unused,
    WorthAsking,
)
from tierengine.reasoning.hinges import hinges, worth_asking
from tierengine.reasoning.open_tiers import Doubt, OpenTiers
from tierengine.reasoning.progress import progress
from tierengine.reasoning.proposals import Spoken
from tierengine.reasoning.provisional import Provisional, ProvisionalReading
from tierengine.reasoning.trace import NOBODY_JUDGED, NOT_SHOWN, Narrator, Tracer, level_range, passage_of
from tierengine.reasoning.words import question, sentence, sentences
from tierengine.terms.level import CERTAINTIES, LEVELS, Certainty, Level
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Tier

VERSION = "0.2.0"
"""The version of tierengine, which every receipt names. It stands here, beside what makes the answer, so that a receipt
names the code that ran and not what was once installed."""


def assess(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> Assessment:
    """Return the recommendation on a dossier under the law in force on a date (the dossier's own, if none is given).

    Raise `NotInForceError` if no law is encoded for the date, `EvidenceError` if the records cannot be used under
    it, and `MismatchError` if the two evaluators disagree.
    """
    return Assessor(law_of(casefile, rulebook, as_of)).assess(casefile)


def law_of(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> Law:
    """Return the law in force on a date, or on the dossier's own; if there is none, its date is named with its line."""
    own = casefile.dossier.as_of
    day = as_of or own
    return rulebook.on(day, casefile.document.where("as_of") if day == own else None)


def two_engines(form: Form) -> Engine:
    """Return the engine of record with the generated evaluator beside it; both are kept with the form."""
    of_record = form.kept.get("engine of record")
    if not isinstance(of_record, DurableEngine) or of_record.closed:
        of_record = form.kept["engine of record"] = DurableEngine(form)
    return AgreedEngine(of_record, CompiledEngine(form))


class _Answered(TypedDict):
    """What the answers on a standard, on a factor and on a ground for the watch list have in common."""

    outcome: Outcome
    citation: str
    reason: str
    evidence: tuple[Passage, ...]
    shown: Level
    possible: Level


class Assessor:
    """Assesses dossiers under the law of one date; made once, used for as many as there are.

    Without `certified`, no witness of an open tier and no doubt of a settled one is looked for, which takes most of
    the time; the tiers are the same. Where ratings are `withheld` from the dossiers, each open word without a rating is
    taken as judged in a way that is not known, and no longer as left to what the records propose.
    """

    def __init__(
        self,
        law: Law,
        engine: Callable[[Form], Engine] = two_engines,
        *,
        certified: bool = True,
        withheld: bool = False,
    ) -> None:
        self.law = law
        self._certified = certified
        self.form = lower(law)
        self._engine = engine(self.form)
        self._withheld = withheld
        self._narrator = Narrator(law, self.form, NOT_SHOWN if withheld else NOBODY_JUDGED)
        self._inputs = {field.id for field in (*self.form.inputs, *self.form.answerable())}
        self._open = OpenTiers(law, self.form)
        self._make_engine = engine

    def assess(self, casefile: Casefile) -> Assessment:
        """Return the recommendation on a dossier: admit, evaluate, trace, recommend.

        Raise `EvidenceError` if the records cannot be used, and `MismatchError` if two evaluators disagree.
        """
        admitted = admit(casefile, self.law)
        facts = {name: value for name, value in admitted.facts.items() if name in self._inputs}
        if self._withheld:
            facts |= {judged(name): True for name in self.law.judges if judged(name) in facts}
        evaluation = self._engine.evaluate(facts)
        tracer = Tracer(self._narrator, admitted, facts, evaluation)
        found = self._found(casefile, admitted, facts)
        return _Answer(self.law, casefile, admitted, tracer, found).whole()

    def read_provisionally(self, casefile: Casefile) -> Provisional:
        """Return what the proposals make of a dossier."""
        return self._reading.read(admit(casefile, self.law).facts)

    @cached_property
    def _reading(self) -> ProvisionalReading:
        """What reads a country that the facts leave open; made for the first."""
        return ProvisionalReading(self._open)

    @cached_property
    def _proposing(self) -> Engine:
        """The engines that confirm what is proposed."""
        return self._make_engine(self._reading.proposer.form)

    def once_rated(self, casefile: Casefile, ratings: Mapping[str, Level]) -> Rows:
        """Return the rows that are left once a person rates some open words so, and the others are as proposed.

        None is left where the ratings contradict the records or one another.
        """
        admitted = admit(casefile, self.law)
        facts: Facts = admitted.facts
        for word, level in ratings.items():
            facts = self._reading.once(facts, word, level)
        return self._reading.read(facts).rows

    def _found(self, casefile: Casefile, admitted: Admitted, facts: Facts) -> _Found:
        """Return which tiers are open, and what the recommendation hangs on."""
        possible = self._open.open(facts)
        if not possible:
            raise EvidenceError([self._clash(casefile, facts)])
        reading = self._read_provisionally(admitted, facts, possible)
        found = _Found(
            possible=possible,
            to_a_person=self._open.open_to_a_person(facts),
            levels=self._open.levels(facts),
            provisional=reading,
            advised=advised(self.law, casefile, possible, reading.left),
        )
        return self._certify(found, admitted, facts) if self._certified else found

    def _read_provisionally(self, admitted: Admitted, facts: Facts, possible: Rows) -> Provisional:
        """The provisional reading; there is none where the facts settle the tier, or where ratings are withheld."""
        if len(possible) == 1 or self._withheld:
            return Provisional(possible, {})
        whole = {**admitted.facts, **facts}
        reading = self._reading.read(whole)
        self._reading.confirm(whole, reading, self._engine, self._proposing)
        return reading

    def _certify(self, found: _Found, admitted: Admitted, facts: Facts) -> _Found:
        """What is found, with witnesses of open tiers, doubts of a settled one, and what the answer hangs on."""
        whole = {**admitted.facts, **facts}
        found = replace(found, hinges=() if self._withheld else tuple(hinges(self.law, whole, self._reading)))
        if found.settled:
            # What follows from a record falls with it, and the rules of coherence bring back what still follows.
            given = {name: value for name, value in admitted.given.items() if name in self._inputs}
            return replace(found, doubts=tuple(self._open.doubts(admitted, given, found.possible[0])))
        return replace(
            found,
            rests_on=self._reading.rests_on(whole, found.provisional) if found.advised.status == "provisional" else (),
            witnesses=tuple(self._witnesses(found.possible, facts)),
            worth_asking=worth_asking(self.law, facts, found.possible, self._open),
        )

    def _witnesses(self, possible: Rows, facts: Facts) -> Iterator[OpenTier]:
        for row, found in zip(possible, self._open.witnesses(possible, facts), strict=True):
            yield OpenTier(tier=row.tier, witness=sentences(self.law, found or {}), decided=found is not None)

    def _clash(self, casefile: Casefile, facts: Facts) -> Problem:
        """Answers of which each may be so, and which cannot all be so together."""
        sentences = "; ".join(sentence(self.law, name, facts[name]) for name in self._open.clash(facts))
        return Problem(
            where=casefile.document.name,
            what=f"these answers cannot all be so: {sentences}",
            cure="correct the record or the rating that is wrong; `rules/coherence.yaml` says what goes together",
        )


Rows = tuple[TierRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Which tiers are open to one country, and what the recommendation hangs on."""

    possible: Rows
    """The rows that are open on the facts."""
    to_a_person: Rows
    """The rows that are open to a person who may rate freely."""
    levels: Mapping[str, tuple[Level, Level]]
    """Criterion to its lowest and its highest level on the facts."""
    provisional: Provisional
    advised: Advised
    rests_on: tuple[Spoken, ...] = ()
    hinges: tuple[Hinge, ...] = ()
    witnesses: tuple[OpenTier, ...] = ()
    worth_asking: tuple[WorthAsking, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether one row is open on the facts."""
        return len(self.possible) == 1


class _Answer:
    """Puts the parts of an assessment together."""

    def __init__(
        self,
        law: Law,
        casefile: Casefile,
        admitted: Admitted,
        tracer: Tracer,
        found: _Found,
    ) -> None:
        self._law = law
        self._casefile = casefile
        self._admitted = admitted
        self._tracer = tracer
        self._narrator = tracer.narrator
        self._found = found
        self._possible = found.possible

    def whole(self) -> Assessment:
        """Return the assessment."""
        law, dossier, found = self._law, self._casefile.dossier, self._found
        recommended = self._recommended()
        progressed = tuple(progress(self._casefile, law, self._admitted))
        return Assessment(
            subject=Subject(country=dossier.government.country, name=dossier.government.name),
            product=dossier.product,
            law=LawUsed(as_of=law.as_of, digest=law.digest),
            recommendation=recommended,
            open=found.witnesses,
            fragile=tuple(Fragile(record=each.record, others=each.others, tiers=each.tiers) for each in found.doubts),
            hinges=found.hinges,
            worth_asking=found.worth_asking,
            post_recommendation=self._post(recommended),
            standards=tuple(self._standard(c) for c in law.criteria if c.part == "standard"),
            criteria=tuple(self._criterion(c) for c in law.criteria if c.part == "factor"),
            watch_list=tuple(self._routes()),
            progress=progressed,
            considered=tuple(self._criterion(c) for c in law.criteria if c.part in self._considered()),
            set_aside=tuple(unused(item) for item in self._admitted.set_aside),
            trace=self._trace(recommended, progressed),
            receipt=Receipt(
                tierengine=VERSION,
                rulebook=law.digest,
                dossier=self._casefile.digest,
                sources=tuple(sorted(digest for source in dossier.sources for _, digest in source.files)),
                as_of=law.as_of,
            ),
            interpretations=law.interpretations,
        )

    def _considered(self) -> tuple[str, ...]:
        """The parts that stand beside standards and factors; a waiver only where there may be one to give."""
        waiver = self._admitted.standing.limit not in ("none", "3", "not WL")
        return ("scope", "efforts", "waiver") if waiver else ("scope", "efforts")

    # -- the recommendation -------------------------------------------------------------------------------------

    def _recommended(self) -> Recommended:
        found, advice = self._found, self._found.advised.rule
        return Recommended(
            tier=found.advised.tier,
            settled=found.settled,
            status=found.advised.status,
            answer="undetermined" if not found.settled else "fragile" if found.doubts else "settled",
            open_tiers=_ranked(found.possible),
            open_to_a_person=_ranked(found.to_a_person),
            rule=advice.id,
            reason=f"{_tier_name(found.advised.tier)}: {advice.because}",
            rests_on=tuple(self._proposed(each) for each in found.rests_on),
        )

    def _proposed(self, spoken: Spoken) -> Proposed:
        records = (found for field in spoken.read for found in self._tracer.passages(field))
        return Proposed(
            word=spoken.word,
            asks=question(self._law, rating(spoken.word)),
            criterion=spoken.criterion.id,
            level=spoken.rule.level,
            rule=spoken.id,
            says=spoken.rule.says,
            authority=str(spoken.proposal.authority),
            records=tuple({found.record: found for found in records}.values()),
        )

    def _post(self, recommended: Recommended) -> PostAnswer | None:
        post = self._casefile.dossier.post_recommendation
        if post is None:
            return None
        row = next(row for row in self._law.tiers if row.tier == post.tier)
        agree = recommended.tier == post.tier
        return PostAnswer(
            tier=post.tier,
            asks=post.asks,
            at=post.at,
            quote=post.quote,
            parts_at=() if agree else tuple(self.obstacles(row.id)),
        )

    def obstacles(self, proposition: str) -> Iterator[Parting]:
        """The findings on which it rests that a proposition does not hold, or is not known to."""
        for name in dict.fromkeys((*self._against(proposition),) or self._findings(proposition)):
            criterion = self._law.criterion(name.split("/")[0])
            yield Parting(id=criterion.id, outcome=self._tracer.outcome(name), reason=self._tracer.reason(name))

    def _findings(self, proposition: str) -> Iterator[str]:
        """The findings on which a proposition rests, directly or further down."""
        for test in self._tracer.deciding(proposition):
            if "/" in test.field:
                yield test.field
            else:
                yield from self._findings(test.field)

    def _against(self, proposition: str) -> Iterator[str]:
        """Of them, those that stand against it in the provisional reading; none where there is no such reading."""
        proposed = self._found.provisional.settled
        for test in self._tracer.deciding(proposition):
            found = proposed.get(test.field)
            if found is None or found is test.value:
                continue
            if "/" in test.field:
                yield test.field
            else:
                yield from (name for name in self._findings(test.field) if proposed.get(name) is found)

    # -- findings -----------------------------------------------------------------------------------------------

    def _standard(self, criterion: Criterion) -> StandardAnswer:
        name = reached(criterion.id, criterion.met_from)
        return StandardAnswer(
            id=criterion.id,
            title=criterion.title,
            to_settle=self._tracer.open_questions(name),
            **self._answered(criterion),
        )

    def _criterion(self, criterion: Criterion) -> CriterionAnswer:
        name = reached(criterion.id, criterion.met_from)
        least, most = level_range(self._tracer.settled, criterion)
        return CriterionAnswer(
            id=criterion.id,
            title=criterion.title,
            to_settle=self._tracer.open_questions(name),
            **self._answered(criterion),
            level=LEVELS[least] if least == most else None,
            certainty=self._certainty(criterion),
            set_aside=self._set_aside(criterion),
        )

    def _fields(self, criterion: Criterion) -> tuple[str, ...]:
        """The inputs of a criterion: those it rests on if it is settled, else all it asks, and its background."""
        name = reached(criterion.id, criterion.met_from)
        asked = self._tracer.deciding_leaves(name) if name in self._tracer.settled else self._narrator.leaves(name)
        return (*asked, *self._narrator.background[criterion.id])

    def _evidence(self, fields: tuple[str, ...]) -> tuple[Passage, ...]:
        """The records behind some inputs, each once."""
        return tuple({found.record: found for field in fields for found in self._tracer.passages(field)}.values())

    def _certainty(self, criterion: Criterion) -> Certainty | None:
        """The certainty of the weakest record that the finding rests on."""
        records = (record for field in self._fields(criterion) for record in self._admitted.records.get(field, ()))
        return max((self._law.certainty_of(record.mark) for record in records), key=CERTAINTIES.index, default=None)

    def _set_aside(self, criterion: Criterion) -> tuple[Unused, ...]:
        names = self._narrator.answered_by[criterion.id]
        return tuple(unused(item) for item in self._admitted.set_aside if item.measures in names)

    def _routes(self) -> Iterator[RouteAnswer]:
        for route in self._law.routes:
            # An open route hangs on the whole tier table; what bears on that is listed with the standards.
            fields = self._tracer.deciding_leaves(route.id) if route.id in self._tracer.settled else ()
            low, high = self._found.levels[route.id]
            yield RouteAnswer(
                route=route.id,
                title=route.says,
                outcome=self._tracer.outcome(route.id),
                citation=self._narrator.citations[route.id],
                reason=self._tracer.reason(route.id),
                evidence=self._evidence(fields),
                shown=low,
                possible=high,
            )
        for criterion in self._law.criteria:
            if criterion.part == "watch list":
                yield RouteAnswer(route=criterion.id, title=criterion.title, **self._answered(criterion))

    def _answered(self, criterion: Criterion) -> _Answered:
        """What every answer on a criterion says of it, be it a standard, a factor or a ground."""
        name = reached(criterion.id, criterion.met_from)
        low, high = self._found.levels[criterion.id]
        return {
            "outcome": self._tracer.outcome(name),
            "citation": self._narrator.citations[criterion.id],
            "reason": self._tracer.reason(name),
            "evidence": self._evidence(self._fields(criterion)),
            "shown": low,
            "possible": high,
        }

    # -- the trace ----------------------------------------------------------------------------------------------

    def _trace(self, recommended: Recommended, progressed: tuple[ProgressAnswer, ...]) -> Step:
        rows = [self._row(row) for row in self._law.tiers]
        routes = [self._tracer.step(route.id, decisive=False) for route in self._law.routes]
        outcome = Outcome.MET if recommended.settled else Outcome.UNDETERMINED
        return Step(
            id="recommendation",
            says=recommended.reason,
            rule=recommended.rule,
            citation=self._narrator.citations[recommended.rule],
            outcome=outcome,
            decisive=True,
            children=(*rows, *routes, *(self._progress_step(answer) for answer in progressed)),
        )

    def _row(self, row: TierRow) -> Step:
        """The step of a row of the tier table; where no rule decides it and all completions agree, that does."""
        step, possible = self._tracer.step(row.id), [each.id for each in self._possible]
        if step.outcome is not Outcome.UNDETERMINED or (row.id in possible and len(possible) > 1):
            return step
        agreed = row.id in possible
        reached = (
            "whatever is not known turns out to be, it leads here" if agreed else "nothing that is not known leads here"
        )
        return replace(step, outcome=Outcome.of(agreed), says=f"{step.says} ({reached})")

    def _progress_step(self, answer: ProgressAnswer) -> Step:
        rule = self._law.progress[0]
        return Step(
            id=f"progress/{answer.id}",
            says=f"{answer.says}: {answer.reason}",
            rule=rule.id,
            citation=self._narrator.citations[rule.id],
            outcome=answer.outcome,
            decisive=False,
            evidence=answer.evidence,
        )


def _ranked(rows: Rows) -> tuple[Tier, ...]:
    """The tiers of some rows, without that of countries on no list."""
    return tuple(row.tier for row in rows if row.tier is not None)


def unused(item: SetAside) -> Unused:
    """Return a record that was set aside, as the answer lists it."""
    because = item.rule.because + "".join(f" ({more})" for more in (item.counted, item.why) if more)
    return Unused(record=item.record.id, rule=item.rule.id, because=because, passage=passage_of(item.record))


def _tier_name(tier: Tier | None) -> str:
    return "No tier is recommended" if tier is None else NAMES[tier]
