"""The way from a dossier to a recommendation, one stage after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import version

from tierengine.engines.agreement import AgreedEngine
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Engine, Facts, Form
from tierengine.engines.lowering import judged, lower, reached
from tierengine.evidence.dossier import Casefile
from tierengine.law.entries import Advice, Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import Admitted, SetAside, admit
from tierengine.reasoning.advice import advised
from tierengine.reasoning.assessment import (
    Assessment,
    CriterionAnswer,
    Fragile,
    LawUsed,
    OpenTier,
    Parting,
    Passage,
    PostAnswer,
    ProgressAnswer,
    Receipt,
    Recommended,
    RouteAnswer,
    StandardAnswer,
    Step,
    Subject,
    Unused,
)
from tierengine.reasoning.open_tiers import Doubt, OpenTiers
from tierengine.reasoning.progress import progress
from tierengine.reasoning.trace import NOBODY_JUDGED, NOT_SHOWN, Narrator, Tracer, level_range, passage_of
from tierengine.reasoning.words import sentences
from tierengine.terms.level import CERTAINTIES, LEVELS, Certainty
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Tier

VERSION = version("tierengine")
"""The version of tierengine, as it is installed."""


def assess(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> Assessment:
    """Return the recommendation on a dossier under the law in force on a date (the dossier's own, if none is given).

    Raise `NotInForceError` if no law is encoded for the date, `EvidenceError` if the records cannot be used under
    it, and `MismatchError` if the two evaluators disagree.
    """
    return Assessor(law_of(casefile, rulebook, as_of)).assess(casefile)


def law_of(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> Law:
    """Return the law in force on a date, or on the dossier's own; if there is none, that one is told with its line."""
    own = casefile.dossier.as_of
    day = as_of or own
    return rulebook.on(day, casefile.document.where("as_of") if day == own else None)


def two_engines(form: Form) -> Engine:
    """Return the engine of record with the generated evaluator beside it."""
    return AgreedEngine(DurableEngine(form), CompiledEngine(form))


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
        self._inputs = {field.id for field in self.form.inputs}
        self._open = OpenTiers(law, self.form)

    def assess(self, casefile: Casefile) -> Assessment:
        """Return the recommendation on a dossier: admit, evaluate, tell, recommend."""
        admitted = admit(casefile, self.law)
        facts = {name: value for name, value in admitted.facts.items() if name in self._inputs}
        if self._withheld:
            facts |= {judged(name): True for name in self.law.judges if judged(name) in facts}
        evaluation = self._engine.evaluate(facts)
        tracer = Tracer(self._narrator, admitted, facts, evaluation)
        possible = self._open.open(facts)
        answer = _Answer(self.law, casefile, admitted, tracer, evaluation.settled, possible)
        if not self._certified:
            return answer.whole((), ())
        if len(possible) > 1:
            return answer.whole(tuple(self._witnesses(possible, facts)), ())
        return answer.whole((), tuple(self._open.doubts(admitted, facts, possible[0])))

    def _witnesses(self, possible: tuple[TierRow, ...], facts: Facts) -> Iterator[OpenTier]:
        for row in possible:
            found = self._open.witness(row, facts)
            yield OpenTier(tier=row.tier, witness=sentences(self.law, found or {}), decided=found is not None)


class _Answer:
    """Puts the parts of an assessment together."""

    def __init__(
        self,
        law: Law,
        casefile: Casefile,
        admitted: Admitted,
        tracer: Tracer,
        settled: dict[str, bool],
        possible: tuple[TierRow, ...],
    ) -> None:
        self._law = law
        self._casefile = casefile
        self._admitted = admitted
        self._tracer = tracer
        self._narrator = tracer.narrator
        self._settled = settled
        self._possible = possible

    def whole(self, witnesses: tuple[OpenTier, ...], doubts: tuple[Doubt, ...]) -> Assessment:
        """Return the assessment, with what was found of its open tiers or its settled one."""
        law, dossier = self._law, self._casefile.dossier
        recommended, advice = self._recommended(fragile=bool(doubts))
        told = tuple(progress(self._casefile, law, self._admitted))
        return Assessment(
            subject=Subject(country=dossier.government.country, name=dossier.government.name),
            product=dossier.product,
            law=LawUsed(as_of=law.as_of, digest=law.digest),
            recommendation=recommended,
            open=witnesses,
            fragile=tuple(Fragile(record=doubt.record, others=doubt.others, tiers=doubt.tiers) for doubt in doubts),
            post_recommendation=self._post(recommended),
            standards=tuple(self._standard(c) for c in law.criteria if c.part == "standard"),
            criteria=tuple(self._criterion(c) for c in law.criteria if c.part == "factor"),
            watch_list=tuple(self._routes()),
            progress=told,
            considered=tuple(self._criterion(c) for c in law.criteria if c.part in self._considered()),
            set_aside=tuple(unused(item) for item in self._admitted.set_aside),
            trace=self._trace(recommended, advice, told),
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
        """The parts that are told beside standards and factors; a waiver only where there may be one to give."""
        waiver = self._admitted.standing.limit not in ("none", "3", "not WL")
        return ("scope", "efforts", "waiver") if waiver else ("scope", "efforts")

    # -- the recommendation -------------------------------------------------------------------------------------

    def _recommended(self, *, fragile: bool) -> tuple[Recommended, Advice]:
        possible = self._possible
        open_tiers = tuple(row.tier for row in possible if row.tier is not None)
        tier, advice = advised(self._law, self._casefile, possible)
        recommended = Recommended(
            tier=tier,
            settled=len(possible) == 1,
            answer="undetermined" if len(possible) > 1 else "fragile" if fragile else "settled",
            open_tiers=open_tiers,
            rule=advice.id,
            reason=f"{_tier_name(tier)}: {advice.because}",
        )
        return recommended, advice

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
        for name in dict.fromkeys(self._findings(proposition)):
            criterion = self._law.criterion(name.split("/")[0])
            yield Parting(id=criterion.id, outcome=self._tracer.outcome(name), reason=self._tracer.reason(name))

    def _findings(self, proposition: str) -> Iterator[str]:
        for test in self._tracer.deciding(proposition):
            if "/" in test.field:
                yield test.field
            else:
                yield from self._findings(test.field)

    # -- findings -----------------------------------------------------------------------------------------------

    def _standard(self, criterion: Criterion) -> StandardAnswer:
        name = reached(criterion.id, criterion.met_from)
        return StandardAnswer(
            id=criterion.id,
            title=criterion.title,
            outcome=self._tracer.outcome(name),
            citation=self._narrator.citations[criterion.id],
            reason=self._tracer.reason(name),
            to_settle=self._tracer.open_questions(name),
            evidence=self._evidence(self._fields(criterion)),
        )

    def _criterion(self, criterion: Criterion) -> CriterionAnswer:
        name = reached(criterion.id, criterion.met_from)
        low, high = level_range(self._settled, criterion)
        span = "" if low == high else f"Between {LEVELS[low]} and {LEVELS[high]}. "
        return CriterionAnswer(
            id=criterion.id,
            title=criterion.title,
            outcome=self._tracer.outcome(name),
            citation=self._narrator.citations[criterion.id],
            reason=span + self._tracer.reason(name),
            to_settle=self._tracer.open_questions(name),
            evidence=self._evidence(self._fields(criterion)),
            level=LEVELS[low] if low == high else None,
            certainty=self._certainty(criterion),
            set_aside=self._set_aside(criterion),
        )

    def _fields(self, criterion: Criterion) -> tuple[str, ...]:
        """The inputs of a criterion: those it rests on if it is settled, else all it asks, and its background."""
        name = reached(criterion.id, criterion.met_from)
        asked = self._tracer.deciding_leaves(name) if name in self._settled else self._narrator.leaves(name)
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
        return tuple(unused(item) for item in self._admitted.set_aside if item.record.measures in names)

    def _routes(self) -> Iterator[RouteAnswer]:
        for route in self._law.routes:
            # An open route hangs on the whole tier table; what bears on that is told with the standards.
            fields = self._tracer.deciding_leaves(route.id) if route.id in self._settled else ()
            yield self._route(route.id, route.id, self._narrator.citations[route.id], fields)
        for criterion in self._law.criteria:
            if criterion.part == "watch list":
                yield self._route(
                    criterion.id,
                    reached(criterion.id, criterion.met_from),
                    self._narrator.citations[criterion.id],
                    self._fields(criterion),
                )

    def _route(self, route: str, proposition: str, citation: str, fields: tuple[str, ...]) -> RouteAnswer:
        return RouteAnswer(
            route=route,
            outcome=self._tracer.outcome(proposition),
            citation=citation,
            reason=self._tracer.reason(proposition),
            evidence=self._evidence(fields),
        )

    # -- the trace ----------------------------------------------------------------------------------------------

    def _trace(self, recommended: Recommended, advice: Advice, told: tuple[ProgressAnswer, ...]) -> Step:
        rows = [self._row(row) for row in self._law.tiers]
        routes = [self._tracer.step(route.id, decisive=False) for route in self._law.routes]
        outcome = Outcome.MET if recommended.settled else Outcome.UNDETERMINED
        return Step(
            id="recommendation",
            says=recommended.reason,
            rule=advice.id,
            citation=self._narrator.citations[advice.id],
            outcome=outcome,
            decisive=True,
            children=(*rows, *routes, *(self._progress_step(answer) for answer in told)),
        )

    def _row(self, row: TierRow) -> Step:
        """The step of a row of the tier table; where no rule decides it and all completions agree, that does."""
        step, possible = self._tracer.step(row.id), [each.id for each in self._possible]
        if step.outcome is not Outcome.UNDETERMINED or (row.id in possible and len(possible) > 1):
            return step
        agreed = row.id in possible
        reached = "every completion of what is not known leads here" if agreed else "no completion leads here"
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


def unused(item: SetAside) -> Unused:
    """Return a record that was set aside, as the answer tells it."""
    because = item.rule.because + (f" ({item.counted})" if item.counted else "")
    return Unused(record=item.record.id, rule=item.rule.id, because=because, passage=passage_of(item.record))


def _tier_name(tier: Tier | None) -> str:
    return "No tier is recommended" if tier is None else NAMES[tier]
