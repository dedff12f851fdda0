"""What one document is about: a dossier with its answer, the year before, what the ledger says, and what follows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tierengine.documents.draft import Exhibit
from tierengine.documents.templates import Templates
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import LAST_YEAR_RECORD, Casefile
from tierengine.evidence.handling import Mark, strictest
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.path import WayUp, path
from tierengine.lab.questions.rate import RatingSheet, sheet_of
from tierengine.lab.questions.settle import DataPresumption, Differences, Narrowing, data_presumptions, narrowings
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import Admitted, admit
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment, Passage
from tierengine.reasoning.clocks import Due, clocks, report_due
from tierengine.reasoning.compare import Comparison, Side, compare
from tierengine.reasoning.release import ReleaseName, Statement, release
from tierengine.reasoning.trace import passage_of
from tierengine.terms.interval import Days
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, TIERS, Placement, Tier

ANSWER = "answer"
"""The name under which a sentence cites the engine's own answer."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What the ledger holds of a case: one position, or the determination."""

    number: int
    who: str
    says: str
    reasons: str
    tier: Tier | None


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the ledger holds of a case; nothing where no ledger was named."""

    positions: tuple[Stand, ...] = ()
    determination: Stand | None = None


@dataclass(frozen=True)
class Matter:
    """What a document is about; whatever costs time is worked out when a template asks for it."""

    casefile: Casefile
    law: Law
    rulebook: Rulebook
    templates: Templates
    before: Casefile | None = None
    """The dossier of the year before."""
    on_record: OnRecord = field(default_factory=OnRecord)
    assessment: Assessment = field(kw_only=True)
    statement: Statement | None = field(kw_only=True, default=None)
    """What a release says of itself."""

    # -- what is worked out once ------------------------------------------------------------------------------------

    @cached_property
    def admitted(self) -> Admitted:
        """Which records count."""
        return admit(self.casefile, self.law)

    @cached_property
    def admitted_before(self) -> Admitted | None:
        """Which records counted in the year before, under the law of then."""
        return None if self.before is None else admit(self.before, law_of(self.before, self.rulebook))

    @cached_property
    def assessment_before(self) -> Assessment | None:
        """The answer on the dossier of the year before."""
        if self.before is None:
            return None
        return Assessor(law_of(self.before, self.rulebook), certified=False).assess(self.before)

    @cached_property
    def comparison(self) -> Comparison | None:
        """Why the answer changed since the year before."""
        if self.before is None:
            return None
        earlier = Side(self.before, self.before.dossier.as_of)
        return compare(earlier, Side(self.casefile, self.law.as_of), self.rulebook)

    @cached_property
    def way_up(self) -> WayUp | None:
        """The fewest actions to the next better tier of the day; nothing where there is none."""
        present = self.assessment.recommendation.tier
        known = {row.tier for row in self.law.tiers}
        better = [tier for tier in TIERS if tier in known and present and TIERS.index(tier) < TIERS.index(present)]
        return path(self.casefile, self.rulebook, better[-1], self.law.as_of) if better else None

    def planned(self) -> tuple[dict[str, Any], ...]:
        """Return the actions to the next better tier as a dossier holds them, so that the next one asks after them."""
        way, due = self.way_up, self.days.get("ACTION-PLAN")
        actions = way.ways[0].actions if way is not None and way.ways else ()
        return tuple(
            {
                "id": f"action-{number}",
                "says": f"{change.asks} What is needed: {change.then}.",
                "answered_by": (change.id,),
                "due": (self.law.as_of if due is None else due.day).isoformat(),
            }
            for number, change in enumerate(actions, start=1)
        )

    @cached_property
    def _inquiry(self) -> Inquiry:
        return Inquiry(self.law, self.admitted.facts)

    @cached_property
    def _differences(self) -> Differences:
        return Differences(self._inquiry)

    @cached_property
    def narrowing(self) -> tuple[Narrowing, ...]:
        """The open questions that decide the tier, those that narrow it most first."""
        if len(self._inquiry.open_rows()) < 2:
            return ()
        found = narrowings(self._inquiry, self._differences.deciding())
        return tuple(sorted(found, key=lambda each: (each.worst, each.average)))

    @cached_property
    def presumptions(self) -> tuple[DataPresumption, ...]:
        """What the statute presumes if data are requested and not given."""
        return tuple(data_presumptions(self._inquiry, self._differences))

    @cached_property
    def sheet(self) -> RatingSheet:
        """The open words that decide."""
        return sheet_of(self.casefile, Assessor(self.law), self.assessment)

    @cached_property
    def days(self) -> Mapping[str, Due]:
        """The days that the statute counts for the report of the year, by their names."""
        issued = self.law.as_of if self.casefile.dossier.product == "annual" else None
        due = report_due(self.rulebook, self.year)
        counted = issued if issued is not None and issued != due and issued.year in (self.year, self.year + 1) else None
        return {each.id: each for each in clocks(self.rulebook, self.year, counted)}

    # -- where the country stands -----------------------------------------------------------------------------------

    @property
    def year(self) -> int:
        """The year of the report; of an interim assessment that of the report before it."""
        dossier = self.casefile.dossier
        return dossier.last_report.year if dossier.product == "interim" else self.law.as_of.year

    @property
    def now(self) -> Tier | None:
        """Where the country stands: as a person determined, else as is recommended on the whole dossier."""
        determined = self.on_record.determination
        if determined is not None:
            return determined.tier
        return self.assessment.recommendation.tier if self.statement is None else self.statement.tier

    @property
    def last(self) -> Placement | None:
        """Where the last report placed it."""
        placement = self.casefile.last_placement
        return None if placement is None else placement.tier

    @property
    def moved(self) -> str:
        """How its list changed since the last report: up, down, not, or unknown."""
        if self.now is None or self.last is None or self.last == "SC":
            return "unknown"
        if self.now == self.last:
            return "not"
        return "up" if TIERS.index(self.now) < TIERS.index(self.last) else "down"

    @property
    def whole(self) -> bool:
        """Whether nothing is withheld, so that what no record says is on no record."""
        return self.statement is None or self.statement.whole

    @property
    def listed(self) -> bool:
        """Whether a route leads onto the special watch list; a country on Tier 3 is not on it."""
        return self.now != "3" and any(route.outcome is Outcome.MET for route in self.assessment.watch_list)

    def about(self) -> dict[str, str]:
        """Return what every sentence of a template may name."""
        dossier = self.casefile.dossier
        return {
            "country": dossier.government.name,
            "year": str(self.year),
            "last_year": str(dossier.last_report.year),
            "product": self._product(),
            "period": spanned(dossier.period),
            "last_report": in_words(dossier.last_report),
            "now": "no tier" if self.now is None else NAMES[self.now],
            "last": "no list that is on record" if self.last is None else placed(self.last),
            "how": "recommended" if self.on_record.determination is None else "determined",
            "marking": self.marking,
        }

    def _product(self) -> str:
        interim = self.casefile.dossier.product == "interim"
        return f"the interim assessment of {in_words(self.law.as_of)}" if interim else f"the report of {self.year}"

    @property
    def marking(self) -> str:
        """The marking that the document bears: that of its release, or the strictest of what it is made from."""
        if self.statement is not None:
            return self.statement.handling
        return str(strictest(_marks(self.casefile)))

    # -- what a sentence may cite -----------------------------------------------------------------------------------

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """All that a sentence may cite by a name: records, silences, requests, ratings, and those of last year."""
        found = dict(_passages(self.casefile))
        if self.before is not None:
            found |= {LAST_YEAR_RECORD + name: passage for name, passage in _passages(self.before)}
        status = self.assessment.recommendation.status
        found[ANSWER] = Passage(record=ANSWER, at="the program's own answer on all that the dossier holds", note=status)
        record = self.on_record
        for stand in (*record.positions, *((record.determination,) if record.determination else ())):
            name = f"entry {stand.number}"
            found[name] = Passage(record=name, at=stand.who, note=f"{stand.says} {stand.reasons}")
        return found

    def exhibit(self, name: str) -> Exhibit | None:
        """Return what a name stands for, as it is listed at the end; nothing for a clause."""
        passage = self.passages.get(name)
        if passage is None:
            return None
        words = [f"\u201c{passage.quote}\u201d"] if passage.quote else []
        words += [f"Note: {passage.note}"] if passage.note else []
        return Exhibit(name, passage.at, " ".join(words))


def matter_of(
    casefile: Casefile,
    rulebook: Rulebook,
    templates: Templates,
    *,
    day: date | None = None,
    before: Casefile | None = None,
    on_record: OnRecord | None = None,
    to: ReleaseName | None = None,
) -> Matter:
    """Return what a document on a dossier is about, under the law of a day (the dossier's own, if none is given).

    Without `before`, the dossier of the last report is taken if this one names it. With `to`, only what may be released
    is left of either. Raise `EvidenceError` for dossiers of two countries, or where `before` is not the earlier one.
    """
    law = law_of(casefile, rulebook, day)
    earlier = before if before is not None else casefile.last
    _refuse(_unfit(casefile, earlier))
    given = on_record or OnRecord()
    if to is None:
        answer = Assessor(law).assess(casefile)
        return Matter(casefile, law, rulebook, templates, earlier, given, assessment=answer)
    released = release(casefile, law, to)
    if earlier is not None:
        earlier = release(earlier, law_of(earlier, rulebook), to).part
    return Matter(
        released.part,
        law,
        rulebook,
        templates,
        earlier,
        OnRecord(determination=given.determination),
        assessment=released.assessment,
        statement=released.statement,
    )


def _unfit(casefile: Casefile, before: Casefile | None) -> Iterator[Problem]:
    if before is None:
        return
    now, then = casefile.dossier, before.dossier
    if now.government.country != then.government.country:
        what = f"this dossier is on {then.government.country}, the other on {now.government.country}"
        where = before.document.where("government", "country")
        yield Problem(where=where, what=what, cure="name two dossiers on one government")
    if then.as_of >= now.as_of:
        what = f"it is of {then.as_of}, which is not before {now.as_of}"
        yield Problem(where=before.document.where("as_of"), what=what, cure="name the dossier of the year before")


def _refuse(problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise EvidenceError(found)


def _marks(casefile: Casefile) -> Iterator[Mark]:
    """The marks of everything in a dossier, and of the one before it that is read with it."""
    for source in casefile.sources.values():
        yield Mark(source.handling, source.no_foreign)
    dossier = casefile.dossier
    for item in (*dossier.records, *dossier.silences, *dossier.requests, *dossier.deficiencies):
        if item.handling is not None:
            yield Mark(item.handling)
    if casefile.last is not None:
        yield from _marks(casefile.last)


def _passages(casefile: Casefile) -> Iterator[tuple[str, Passage]]:
    dossier = casefile.dossier
    for record in (*dossier.records, *dossier.silences):
        yield record.id, passage_of(record)
    for request in dossier.requests:
        yield request.id, Passage(record=request.id, at=request.at, quote=request.quote, note=request.words)
    for gap in dossier.deficiencies:
        yield gap.id, Passage(record=gap.id, at=gap.at, quote=gap.quote, note=gap.says)
    for question in dossier.questions or ():
        yield question.id, Passage(record=question.id, at=f"asked since {question.shown}", note=question.says)
    post = dossier.post_recommendation
    if post is not None:
        yield "post", Passage(record="post", at=post.at, quote=post.quote)
    for placement in dossier.earlier_placements:
        name = f"placement-{placement.year}"
        yield name, Passage(record=name, at=placement.source, note=f"placed on {placed(placement.tier)}")


# -- words ----------------------------------------------------------------------------------------------------------

_CODE = re.compile(r"(?<=[^\s]) \[[A-Za-z0-9_/-]+\]")
"""A code in brackets behind words of the engine: in a document, brackets hold grounds."""


def worded(text: str) -> str:
    """Return words of the engine without codes, in one line."""
    return " ".join(_CODE.sub("", text).split())


def in_words(day: date) -> str:
    """Return a day as `12 June 2007`."""
    return f"{day.day} {day:%B} {day.year}"


def spanned(days: Days) -> str:
    """Return a stretch of days in words: a day, a month, a year, or from the first to the last."""
    first, last = days.first, days.last
    if first == last:
        return in_words(first)
    ends = (last + timedelta(days=1)).day == 1
    if first.day == 1 and ends and (first.year, first.month) == (last.year, last.month):
        return f"{first:%B} {first.year}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return f"{in_words(first)} to {in_words(last)}"


def placed(tier: Placement) -> str:
    """Return where a report placed a country, in words."""
    return "no list, as a special case" if tier == "SC" else NAMES[tier]
