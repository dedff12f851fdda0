"""What of a dossier may be released, and whether the reasons that are released alone still entail the answer.

The released assessment is worked out from the released part of the dossier and from nothing else, so that what is
withheld cannot show in it. What an answer that is released would otherwise gain by the withholding is withheld too: a
sum of which a part is missing, a silence beside a withheld answer, one of several answers to requests. So every answer
in the released part is an answer of the whole, and what the part settles, the whole settles. What the rules propose may
differ, since they read less: a provisional tier of the part is of the part alone, and is said to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from tierengine.evidence.dossier import Casefile, EarlierPlacement, NotEvidence, Request, Silent
from tierengine.evidence.handling import Mark, strictest
from tierengine.evidence.origins import origins_of
from tierengine.evidence.records import Evidence, Rating, Record
from tierengine.evidence.remainder import Item, answering, items, remainder, source_of
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment, Status, Step
from tierengine.reasoning.compare import answered
from tierengine.terms.outcome import Outcome
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Tier
from tierengine.yamlfile import Document

ReleaseName = Literal["unclassified", "public"]


@dataclass(frozen=True, slots=True)
class Release:
    """To whom something is released: the strictest mark that it may bear, and on whose authority."""

    admits: Mark
    authority: str


RELEASES: dict[ReleaseName, Release] = {
    "unclassified": Release(
        Mark("sensitive but unclassified", no_foreign=True),
        "policy of tierengine: what is sensitive but unclassified stays within the government",
    ),
    "public": Release(
        Mark("unclassified"),
        "policy of tierengine: only what is plainly marked UNCLASSIFIED goes to the public",
    ),
}
"""Within the government, and to anybody. What carries no marking at all stays in neither: a person must be asked."""

_NOT_RELEASED = "not released"
"""In place of words that a person wrote, of which nobody has said how they are to be handled."""


class Statement(Model):
    """What a release says of itself: the answer of the whole dossier, and how much of its reasons is shown."""

    release: ReleaseName
    authority: str
    handling: str
    """The marking of the released document."""
    tier: Tier | None
    """What is recommended on the whole dossier."""
    status: Status
    """Whether that is settled, provisional or open."""
    whole: bool
    """Nothing is withheld."""
    entailed: bool
    """The released part alone leads to the same recommendation and status, with the same tiers open on the facts."""
    findings: int
    """On how many findings the recommendation rests."""
    not_shown: int
    """How many of them are undetermined in the released part."""
    items: int
    """How many records, silences, requests and ratings there are."""
    withheld: int
    """How many of them are withheld."""


@dataclass(frozen=True, slots=True)
class Released:
    """The assessment of what is released, and the statement on it."""

    assessment: Assessment
    statement: Statement
    placements: tuple[EarlierPlacement, ...]
    """Where earlier reports placed the country, which is public."""
    part: Casefile
    """What of the dossier is released."""


def release(casefile: Casefile, law: Law, name: ReleaseName) -> Released:
    """Return what of an assessment may be released; raise `EvidenceError` if the records cannot be used."""
    whole = Assessor(law).assess(casefile)
    sieve = _Sieve(casefile, law, RELEASES[name].admits)
    kept = sieve.kept()
    part, shown = casefile, whole
    if not sieve.everything(kept):
        unrated = any(isinstance(item, Rating) and item not in kept for item in items(casefile))
        part = _bare(remainder(casefile, kept.__contains__, with_last=False), sieve.sources(kept))
        shown = _uncertain(Assessor(law, withheld=unrated).assess(part))
    rests_on, left = _findings(whole), _outcomes(shown.trace)
    answers = tuple(answering(casefile))
    return Released(
        assessment=shown,
        statement=Statement(
            release=name,
            authority=RELEASES[name].authority,
            handling=str(sieve.marking(kept)),
            tier=whole.recommendation.tier,
            status=whole.recommendation.status,
            whole=shown is whole,
            entailed=answered(shown) == answered(whole),
            findings=len(rests_on),
            not_shown=sum(any(left[step] is not truth for step, truth in each.items()) for each in rests_on.values()),
            items=len(answers),
            withheld=sum(item not in kept for item in answers),
        ),
        placements=part.dossier.earlier_placements,
        part=part,
    )


def shown_whole(casefile: Casefile, cleared: Mark) -> bool:
    """Say whether all of a dossier, and of that of the last report, may be shown to whom a mark is shown."""
    return cleared.covers(strictest(_marks(casefile)))


def shown_part(casefile: Casefile, law: Law, cleared: Mark) -> Casefile:
    """Return what of a dossier may be shown to whom a mark is shown, as a casefile that says nothing of the rest.

    Raise `EvidenceError` if the records cannot be used.
    """
    sieve = _Sieve(casefile, law, cleared)
    kept = sieve.kept()
    part = _bare(remainder(casefile, kept.__contains__, with_last=False), sieve.sources(kept))
    document = Document(f"{casefile.document.name}, in part", b"", {}, {})
    return Casefile.of(part.dossier, document, part.sources)


def _marks(casefile: Casefile) -> Iterator[Mark]:
    """Every mark in a dossier and in that of the last report."""
    for item in items(casefile):
        own = None if isinstance(item, NotEvidence) else item.handling
        if own is not None:
            yield Mark(own)
    for source in casefile.dossier.sources:
        opened = casefile.sources.get(source.id)
        yield Mark("unknown") if opened is None else Mark(opened.handling, opened.no_foreign)
    if casefile.last is not None:
        yield from _marks(casefile.last)


# -- what stays -------------------------------------------------------------------------------------------------


class _Sieve:
    """Knows what of a dossier may be shown where no stricter mark than one is admitted."""

    def __init__(self, casefile: Casefile, law: Law, admits: Mark) -> None:
        self._casefile, self._law, self._admits = casefile, law, admits
        self._items = tuple(items(casefile))
        self._sources = {name: Mark(each.handling, each.no_foreign) for name, each in casefile.sources.items()}
        sourced = (self._mark(item) for item in self._items if not isinstance(item, Rating))
        self._strictest = strictest((*sourced, *self._sources.values()))
        self._facts = admit(casefile, law).facts
        self._spans = {item: self._span(item) for item in self._items}

    def kept(self) -> frozenset[Item]:
        """Return what stays: what its mark admits, without what would show what does not, or mislead without it."""
        kept = frozenset(item for item in self._items if self._admits.covers(self._mark(item)))
        while True:
            fewer = frozenset(item for item in kept if not self._betrays(item, kept))
            fewer -= frozenset(self._misleading(fewer))
            if fewer == kept:
                return kept
            kept = fewer

    def everything(self, kept: frozenset[Item]) -> bool:
        """Whether nothing is withheld, not even a source from which nothing was coded; the last dossier always is."""
        if self._casefile.last is not None:
            return False
        return kept == frozenset(self._items) and self.sources(kept) == self._sources.keys()

    def sources(self, kept: frozenset[Item]) -> frozenset[str]:
        """Return the sources of which nothing is withheld.

        Of the others not even the digest is released: who knows a text but for one number finds the number by it.
        """
        touched = {source_of(item) for item in self._items if item not in kept}
        return frozenset(
            name for name, mark in self._sources.items() if self._admits.covers(mark) and name not in touched
        )

    def marking(self, kept: frozenset[Item]) -> Mark:
        """Return the mark that a document bears which holds what is kept, and the sources of it."""
        return strictest((*map(self._mark, kept), *(self._sources[name] for name in self.sources(kept))))

    def _mark(self, item: Item) -> Mark:
        """The mark of an item: its source's and its own together; an unmarked rating bears all that there are."""
        own = None if isinstance(item, NotEvidence) else item.handling
        source = source_of(item)
        if source is None:
            return Mark(own) if own is not None else self._strictest
        given = self._sources.get(source, Mark("unknown"))
        return strictest((given, Mark(own))) if own is not None else given

    def _betrays(self, item: Item, kept: frozenset[Item]) -> bool:
        """Whether an item quotes what is withheld, or was judged on it."""
        if isinstance(item, Rating):
            basis = set(item.rests_on or ())
            return any(other.id in basis for other in answering(self._casefile) if other not in kept)
        own = self._spans[item]
        return own is not None and any(
            own.overlaps(other) for each, other in self._spans.items() if other is not None and each not in kept
        )

    def _span(self, item: Item) -> _Span | None:
        """Where an item is quoted from."""
        if isinstance(item, Rating | Silent | NotEvidence):  # a passage that is no evidence is never released
            return None
        name, _, _ = item.at.partition(" ")
        source = self._casefile.sources.get(name)
        found = source.passage(item.at, item.quote, item.anchor) if source is not None else None
        return _Span(name, *(found or (0, 0)), " ".join(item.quote.split()))

    def _misleading(self, kept: frozenset[Item]) -> Iterator[Item]:
        """What gives an answer in the part that it does not give in the whole."""
        facts = admit(remainder(self._casefile, kept.__contains__, with_last=False), self._law).facts
        wrong = {name for name, value in facts.items() if self._facts.get(name) != value}
        kinds = {indicator.counts_kind for indicator in self._law.indicators if indicator.id in wrong}
        asked = {name for each in wrong & self._law.indicators_by_id.keys() for name in self._answering(each)}
        for item in kept:
            if isinstance(item, Evidence):
                bears = item.measures in asked or item.kind in kinds
            elif isinstance(item, Silent):
                bears = item.indicator in asked
            else:
                bears = isinstance(item, Request) and bool(wrong & self._logged(item))
            if bears:
                yield item

    def _answering(self, name: str) -> tuple[str | None, ...]:
        """The indicators by whose records and silences one may be answered: of the year before, that of this year."""
        indicator = self._law.indicator(name)
        return (name, *indicator.denied_with, *indicator.shown_by, indicator.last_year_of)

    def _logged(self, request: Request) -> set[str]:
        """The indicators that a request for data answers."""
        criterion = self._law.criteria_by_id.get(request.criterion)
        log = criterion.presumption.requests if criterion is not None and criterion.presumption is not None else None
        return {log.requested, log.provided} if log is not None else set()


@dataclass(frozen=True, slots=True)
class _Span:
    """A passage: its source, its place in bytes, and its words."""

    source: str
    first: int
    past: int
    words: str

    def overlaps(self, other: _Span) -> bool:
        """Whether one passage shows words of the other; also where a source says the same words twice."""
        if self.source != other.source:
            return False
        return (self.first < other.past and other.first < self.past) or (
            self.words in other.words or other.words in self.words
        )


# -- what is said of it -----------------------------------------------------------------------------------------


def _bare(casefile: Casefile, sources: frozenset[str]) -> Casefile:
    """The released items without words that nobody has marked, and without names of what is withheld."""
    dossier = casefile.dossier
    changes: dict[str, Any] = {
        "sources": tuple(source for source in dossier.sources if source.id in sources),
        "records": tuple(_bare_records(dossier.records)),
        "silences": tuple(silence.model_copy(update={"note": _NOT_RELEASED}) for silence in dossier.silences),
        "requests": tuple(request.model_copy(update={"capacity_note": _NOT_RELEASED}) for request in dossier.requests),
        "not_evidence": (),
        "proposed": (),
        "plan": (),
        "earlier_placements": tuple(
            placement.model_copy(update={"source": f"the report of {placement.year}"})
            for placement in dossier.earlier_placements
        ),
    }
    shown = {name: source for name, source in casefile.sources.items() if name in sources}
    return Casefile.of(dossier.model_copy(update=changes), casefile.document, shown)


def _bare_records(records: tuple[Record, ...]) -> Iterator[Record]:
    """Records without notes; those of one origin name the first of them, since the origin itself may be withheld."""
    origins = origins_of(records)
    first: dict[str, str] = {}
    for name in sorted(origins):
        first.setdefault(origins[name], name)
    for record in records:
        if isinstance(record, Rating):
            yield record
            continue
        origin = first[origins[record.id]]
        changes = {"note": None, "origin": None if origin == record.id else origin}
        yield record.model_copy(update=changes | ({"undated": _NOT_RELEASED} if record.undated else {}))


def _uncertain(assessment: Assessment) -> Assessment:
    """An assessment without certainties, which would speak of the released sources alone."""
    return replace(
        assessment,
        criteria=tuple(replace(each, certainty=None) for each in assessment.criteria),
        considered=tuple(replace(each, certainty=None) for each in assessment.considered),
    )


def _outcomes(step: Step) -> dict[str, Outcome]:
    """The outcome of every proposition in a trace."""
    found = {step.id: step.outcome}
    for child in step.children:
        found |= _outcomes(child)
    return found


def _findings(assessment: Assessment) -> dict[str, dict[str, Outcome]]:
    """The findings on which a recommendation rests: criterion to the levels of it that were asked for."""
    unfolded = {step.id: step for step in _walk(assessment.trace) if step.children}
    rows = [step for step in assessment.trace.children if step.decisive]
    if assessment.recommendation.settled:
        rows = [step for step in rows if step.outcome is Outcome.MET]
    found: dict[str, dict[str, Outcome]] = {}
    asked, seen = rows, set[str]()
    while asked:
        step = asked.pop()
        if step.id in seen:
            continue
        seen.add(step.id)
        if "/" in step.id and step.id in unfolded:
            found.setdefault(step.id.split("/")[0], {})[step.id] = step.outcome
        asked += [child for child in unfolded.get(step.id, step).children if child.decisive]
    return found


def _walk(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from _walk(child)
