"""Why the answer changed: the change from one dossier to another, split into its causes.

Each cause is a part of what an answer rests on: the law of the date, the facts, the marks of their sources, and the
ratings of persons. Every mixture of the two sides is assessed, so that what a cause does is seen and not estimated.
What is dated after the day of its side does not count there, and so is no part of it; a law is only its provisions.

Source: 22 USC 7107(b)(1)(H), which asks for such an explanation for each country that changed list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Literal

from tierengine.engines.lowering import lower
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import LAST_YEAR_RECORD, Casefile, Dossier, Request
from tierengine.evidence.records import Evidence, Rating, dated
from tierengine.law.changes import changes
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment, Status, Step
from tierengine.terms.outcome import Outcome
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Tier

CauseName = Literal["law", "facts", "certainty", "judgement"]

CAUSES: tuple[CauseName, ...] = ("law", "facts", "certainty", "judgement")
"""The causes, in the order in which they are exchanged one after another."""

_MARKS = ("reliability", "credibility")


class Answer(Model):
    """What was recommended, how firmly, and what was open on the facts."""

    tier: Tier | None
    settled: bool
    status: Status
    open_tiers: tuple[Tier, ...]

    @property
    def contradicts(self) -> bool:
        """Whether nothing at all is open: what was mixed cannot all be so."""
        return not self.settled and not self.open_tiers


_CONTRADICTION = Answer(tier=None, settled=False, status="open", open_tiers=())
"""The answer on a mixture of two sides that contradict each other, such as a rating beside facts that rule it out."""


class Moved(Model):
    """A criterion, a route, a conclusion or a list whose outcome a cause changed."""

    id: str
    before: Outcome
    after: Outcome
    citation: str
    reason: str


class Difference(Model):
    """One thing that differs between the two sides."""

    id: str
    how: Literal["only before", "only after", "changed"]
    """On which side it stands, or that it stands otherwise on the two."""
    says: str
    at: str = ""
    quote: str = ""


class Cause(Model):
    """What one cause did: exchanged in its turn, alone, and left out."""

    id: CauseName
    before: Answer
    after: Answer
    """The answer before and after this cause is exchanged, those named earlier being exchanged already."""
    suffices: bool
    """Exchanged alone, it gives the later answer."""
    needed: bool
    """Without it, all others together do not give the later answer."""
    moved: tuple[Moved, ...]
    differences: tuple[Difference, ...]


class Comparison(Model):
    """A change of the answer and its causes."""

    country: str
    name: str
    before_date: date
    """The date whose law decides the earlier answer."""
    after_date: date
    """The date whose law decides the later answer."""
    before: Answer
    after: Answer
    changed: bool
    causes: tuple[Cause, ...]
    smallest: tuple[tuple[CauseName, ...], ...]
    """The smallest sets of causes that give the later answer; empty where nothing changed."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a dossier and the date whose law decides."""

    casefile: Casefile
    day: date


def compare(before: Side, after: Side, rulebook: Rulebook) -> Comparison:
    """Return why the answer on one side differs from that on the other.

    Raise `EvidenceError` for two governments or for records that cannot be used, and `NotInForceError` for a date
    without law.
    """
    countries = [side.casefile.dossier.government.country for side in (before, after)]
    if countries[0] != countries[1]:
        where = after.casefile.document.where("government", "country")
        what = f"this dossier is on {countries[1]}, the other on {countries[0]}"
        raise EvidenceError([Problem(where=where, what=what, cure="compare two dossiers on one government")])
    return _Comparer(before, after, rulebook).whole()


class _Comparer:
    """Assesses the mixtures of two sides, each once."""

    def __init__(self, before: Side, after: Side, rulebook: Rulebook) -> None:
        self._before, self._after, self._rulebook = before, after, rulebook
        self._laws = {side.day: law_of(side.casefile, rulebook, side.day) for side in (before, after)}
        self._assessors: dict[tuple[date, date], Assessor] = {}
        self._mixed: dict[frozenset[str], Assessment | None] = {}

    def whole(self) -> Comparison:
        government = self._after.casefile.dossier.government
        first, last = self._answer(()), self._answer(CAUSES)
        return Comparison(
            country=government.country,
            name=government.name,
            before_date=self._before.day,
            after_date=self._after.day,
            before=first,
            after=last,
            changed=first != last,
            causes=tuple(self._cause(number) for number in range(len(CAUSES))),
            smallest=tuple(self._smallest()) if first != last else (),
        )

    def _cause(self, number: int) -> Cause:
        name, earlier = CAUSES[number], CAUSES[:number]
        last = self._answer(CAUSES)
        without = [other for other in CAUSES if other != name]
        return Cause(
            id=name,
            before=self._answer(earlier),
            after=self._answer((*earlier, name)),
            suffices=self._answer(()) != last and self._answer((name,)) == last,
            needed=self._answer(()) != last and self._answer(without) != last,
            moved=tuple(moved(self._assess(earlier), self._assess((*earlier, name)))),
            differences=tuple(self._differences(name)),
        )

    def _smallest(self) -> Iterator[tuple[CauseName, ...]]:
        found: list[set[str]] = []
        for size in range(1, len(CAUSES) + 1):
            for causes in combinations(CAUSES, size):
                if not any(known <= set(causes) for known in found) and self._answer(causes) == self._answer(CAUSES):
                    found.append(set(causes))
                    yield causes

    def _answer(self, causes: Iterable[str]) -> Answer:
        mixed = self._assess(causes)
        return _CONTRADICTION if mixed is None else answered(mixed)

    def _assess(self, causes: Iterable[str]) -> Assessment | None:
        """The answer with some causes taken from the later side and the rest from the earlier.

        There is none where the two contradict each other; each side by itself must be usable.
        """
        chosen = frozenset(causes)
        if chosen not in self._mixed:
            sides = {name: self._after if name in chosen else self._before for name in CAUSES}
            assessor = self._assessor(sides["law"].day, sides["facts"].day)
            mixed = 0 < len(chosen) < len(CAUSES)
            try:
                self._mixed[chosen] = assessor.assess(_mixture(sides) if mixed else sides["facts"].casefile)
            except EvidenceError:
                if not mixed:
                    raise
                self._mixed[chosen] = None
        return self._mixed[chosen]

    def _assessor(self, law: date, asked: date) -> Assessor:
        """What assesses, under the provisions of one day, facts of which it is asked on another."""
        if (law, asked) not in self._assessors:
            found = self._laws[law] if law == asked else _asked_on(self._laws[asked], self._laws[law])
            self._assessors[law, asked] = Assessor(found, certified=False)
        return self._assessors[law, asked]

    def _differences(self, name: CauseName) -> Iterator[Difference]:
        if name == "law":
            yield from self._changed_law()
            return
        before, after = (_items(side, name) for side in (self._before, self._after))
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) == after.get(key) or (name == "certainty" and not (key in before and key in after)):
                continue
            yield _difference(key, before.get(key), after.get(key), self._record(key))

    def _changed_law(self) -> Iterator[Difference]:
        days = sorted((self._before.day, self._after.day))
        for change in changes(self._rulebook, *days):
            says = f"{change.how} on {change.day} by {change.act}: {change.says}"
            yield Difference(id=change.id, how="changed", says=says, at=change.provision)

    def _record(self, key: str) -> Evidence | None:
        sides = (self._after, self._before)
        found = (r for side in sides for r in side.casefile.dossier.records if r.id == key and isinstance(r, Evidence))
        return next(found, None)


# -- mixing ----------------------------------------------------------------------------------------------------


def _asked_on(own: Law, other: Law) -> Law:
    """Another law as if it were in force on the day of this one; it is kept with this one, since it is asked again.

    The reporting period goes with the facts. Where the provisions of the two days are the same, so is the law.
    """
    name = f"the law of {other.as_of} asked on {own.as_of}"  # other days with the same entries keep theirs here too
    if name not in own.kept:
        mixed = replace(other, as_of=own.as_of, clocks=own.clocks)
        mixed.kept["form"] = lower(other)
        own.kept[name] = own if mixed.entries() == own.entries() else mixed
    kept = own.kept[name]
    assert isinstance(kept, Law)
    return kept


def _mixture(sides: Mapping[CauseName, Side]) -> Casefile:
    """A dossier with the facts of one side, the marks of another and the ratings of a third.

    The dossier of the last report goes with the facts, whole: what was found and rated then is a fact of now. A rating
    that counts on its own side counts beside earlier facts as well.
    """
    facts, asked = sides["facts"].casefile, sides["facts"].day
    marks = {record.id: record for record in _evidence(sides["certainty"].casefile.dossier)}
    records: list[Evidence | Rating] = []
    for record in _evidence(facts.dossier):
        other = marks.get(record.id, record)
        records.append(record.model_copy(update={name: getattr(other, name) for name in _MARKS}))
    rated = _ratings(sides["judgement"].casefile.dossier, sides["judgement"].day)
    records += [each.model_copy(update={"date": min(each.date, asked)}) for each in rated]
    mixed = facts.dossier.model_copy(update={"records": tuple(records)})
    return Casefile.of(mixed, facts.document, facts.sources, facts.last)


def _evidence(dossier: Dossier, by: date = date.max) -> Iterator[Evidence]:
    """The records of a dossier that count by a day."""
    for record in dossier.records:
        if isinstance(record, Evidence) and dated(record, dossier.period, by) != "after the question":
            yield record


def _ratings(dossier: Dossier, by: date = date.max) -> Iterator[Rating]:
    return (record for record in dossier.records if isinstance(record, Rating) and record.date <= by)


# -- in words --------------------------------------------------------------------------------------------------


def _items(side: Side, name: CauseName) -> dict[str, str]:
    """What one side brings to a cause: id to what it says, in one line."""
    casefile = side.casefile
    found = _items_of(casefile.dossier, name, side.day)
    if name == "facts" and casefile.last is not None:
        last = casefile.last.dossier
        then = _items_of(last, "judgement") | {r.id: f"{r.measures} is {r.value}{_dated(r)}" for r in _evidence(last)}
        found |= {f"{LAST_YEAR_RECORD}{key}": f"in the last dossier: {says}" for key, says in then.items()}
    return found


def _items_of(dossier: Dossier, name: CauseName, by: date = date.max) -> dict[str, str]:
    if name == "judgement":
        ratings = _ratings(dossier, by)
        return {r.id: f"{r.measures} rated {r.rating} by {r.author} on {r.date}: {r.reasons}" for r in ratings}
    if name == "certainty":
        return {r.id: f"{r.measures} from a source marked {r.mark}" for r in _evidence(dossier, by)}
    found = {r.id: f"{r.measures} is {r.value}{_dated(r)}" for r in _evidence(dossier, by)}
    found |= {silence.id: f"{silence.source} is silent on {silence.indicator}" for silence in dossier.silences}
    found |= {f"placement-{p.year}": f"placed {p.tier} in {p.year}" for p in dossier.earlier_placements}
    found |= {r.id: f"data for {r.criterion}, {_requested(r, by)}" for r in dossier.requests if r.date <= by}
    found |= {d.id: f"deficiency: {d.says}; answered by {', '.join(d.answered_by)}" for d in dossier.deficiencies}
    found |= {"last-report": f"the last report is of {dossier.last_report}"}
    return found | {"period": f"the period is {dossier.period}", "product": f"the product is {dossier.product}"}


def _requested(request: Request, by: date) -> str:
    """A request as it stood on a day."""
    answered = request.answer_date is None or request.answer_date <= by
    return request.words if answered else f"requested {request.date}; no answer by {by}"


def _dated(record: Evidence) -> str:
    unit = f" {record.unit}" if record.unit else ""
    repeats = f", repeating {record.origin}" if record.origin else ""
    return f"{unit} ({record.days or 'undated'}, {record.kind}{repeats})"


def _difference(key: str, before: str | None, after: str | None, record: Evidence | None) -> Difference:
    place = {"at": record.at, "quote": record.quote} if record is not None else {}
    if before is None:
        return Difference(id=key, how="only after", says=after or "", **place)
    if after is None:
        return Difference(id=key, how="only before", says=before, **place)
    return Difference(id=key, how="changed", says=f"{before}; then {after}", **place)


def answered(assessment: Assessment) -> Answer:
    """Return what an assessment recommends, and what it leaves open."""
    recommended = assessment.recommendation
    return Answer(
        tier=recommended.tier, settled=recommended.settled, status=recommended.status, open_tiers=recommended.open_tiers
    )


def moved(before: Assessment | None, after: Assessment | None) -> Iterator[Moved]:
    """Yield what differs between two answers; what only one of them asks for was or is undetermined in the other.

    Nothing can be said where one of them contradicts itself.
    """
    if before is None or after is None:
        return
    first, second = _findings(before), _findings(after)
    for name in dict.fromkeys((*first, *second)):
        old, new = first.get(name), second.get(name)
        was, now = (each[0] if each else Outcome.UNDETERMINED for each in (old, new))
        either = new or old
        if either is not None and was is not now:
            reason = new[2] if new else "it is no longer asked for"
            yield Moved(id=name, before=was, after=now, citation=either[1], reason=reason)


def _findings(answer: Assessment) -> dict[str, tuple[Outcome, str, str]]:
    found = {each.id: (each.outcome, each.citation, each.reason) for each in (*answer.standards, *answer.criteria)}
    found |= {each.id: (each.outcome, each.citation, each.reason) for each in answer.considered}
    found |= {each.route: (each.outcome, each.citation, each.reason) for each in answer.watch_list}
    for row in answer.trace.children:
        for step in (*row.children, row):
            if "/" not in step.id and step.citation is not None:
                found.setdefault(step.id, (step.outcome, step.citation, _because(step)))
    return found


def _because(step: Step) -> str:
    """What decided a conclusion or a list where that is no finding of its own; else what it says."""
    facts = {each.id: each.says for each in reversed(step.children) if each.decisive and each.citation is None}
    return " ".join(reversed(facts.values())) or step.says
