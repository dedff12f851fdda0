"""The rulebook, and the law that it holds in force on a date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Generic, TypeVar, get_args

from tierengine.errors import NotInForceError, Problem
from tierengine.law.entries import (
    Act,
    Admission,
    Advice,
    Carrying,
    CertaintyTable,
    Clause,
    Clock,
    Coherence,
    Conclusion,
    Criterion,
    Cue,
    Downgrade,
    Entry,
    Indicator,
    OpenWords,
    Progress,
    Relisting,
    Route,
    TierRow,
    YearOnYear,
)
from tierengine.law.section import Section
from tierengine.terms.level import Certainty
from tierengine.terms.tier import Limit, Placement, Tier

E = TypeVar("E", bound=Entry)


class _All(Generic[E]):
    """All entries of one section of a rulebook, of every date, in the order of reading; made when first asked for."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, rulebook: Rulebook, owner: type) -> tuple[E, ...]:
        found: tuple[E, ...] = tuple(rulebook.sections[self._name])
        rulebook.__dict__[self._name] = found  # where it is found before this is asked
        return found


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """Every entry of `criteria/` and `rules/`, of every date, and the digest of their bytes."""

    digest: str
    sections: Mapping[str, Section[Any]]
    """The entries by what they are, each under the name of the attribute that gives them all."""
    measures: frozenset[str]
    """Every indicator and judgement of any date."""

    criteria = _All[Criterion]()
    admissions = _All[Admission]()
    certainties = _All[CertaintyTable]()
    conclusions = _All[Conclusion]()
    tiers = _All[TierRow]()
    routes = _All[Route]()
    advice = _All[Advice]()
    progress = _All[Progress]()
    downgrades = _All[Downgrade]()
    relistings = _All[Relisting]()
    clocks = _All[Clock]()
    years_compared = _All[YearOnYear]()
    clauses = _All[Clause]()
    """The ledger of the statute; it decides nothing and is therefore not among the entries."""
    open_words = _All[OpenWords]()
    """Words that are left to a judgement; they decide nothing either."""
    acts = _All[Act]()
    """The Acts against which citations are held; they decide nothing either."""
    carryings = _All[Carrying]()
    """What of a dossier goes into that of the next report."""
    coherence = _All[Coherence]()
    """What holds of every country; a rule applies on the days on which all its questions are asked."""

    @classmethod
    def of(cls, digest: str, sections: Mapping[str, Section[Any]]) -> Rulebook:
        """Return the rulebook of certain entries."""
        criteria: tuple[Criterion, ...] = tuple(sections["criteria"])
        indicators = {indicator.id for criterion in criteria for indicator in criterion.indicators}
        judgements = {criterion.judgement.id for criterion in criteria if criterion.judgement is not None}
        return cls(digest=digest, sections=sections, measures=frozenset(indicators | judgements))

    def with_section(self, name: str, entries: Iterable[Entry]) -> Rulebook:
        """Return the rulebook with other entries in one section, and the same in the rest."""
        return Rulebook.of(self.digest, {**self.sections, name: Section.of(entries)})

    def __getstate__(self) -> dict[str, Any]:
        """Give the fields only, so that another process works out anew what follows from them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def examples(self) -> int:
        """How many examples there are, those of the proposals included."""
        criteria = sum(len(each.examples) for each in self.criteria)
        proposals = sum(len(each.proposal.examples) for each in self.criteria if each.proposal is not None)
        carried = sum(len(each.examples) for each in self.carryings)
        return criteria + proposals + carried + sum(len(each.examples) for each in self.coherence)

    @cached_property
    def _tiers_since(self) -> dict[Tier, date]:
        """The first day of each tier."""
        since: dict[Tier, date] = {}
        for row in self.tiers:
            if row.tier is not None:
                since[row.tier] = min(row.in_force.from_, since.get(row.tier, row.in_force.from_))
        return since

    @cached_property
    def cues(self) -> Mapping[str, tuple[Cue, ...]]:
        """The cues of each indicator, from every version that has some."""
        found: dict[str, tuple[Cue, ...]] = {}
        for criterion in self.criteria:
            for indicator in criterion.indicators:
                if indicator.cues:
                    found[indicator.id] = (*found.get(indicator.id, ()), *indicator.cues)
        return found

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order of reading."""
        return (
            *self.criteria,
            *self.admissions,
            *self.certainties,
            *self.conclusions,
            *self.tiers,
            *self.routes,
            *self.advice,
            *self.progress,
            *self.downgrades,
            *self.relistings,
            *self.clocks,
            *self.coherence,
            *self.years_compared,
            *self.carryings,
        )

    def boundaries(self) -> tuple[date, ...]:
        """Every day on which some entry comes into force, goes out of it or is renumbered, in order."""
        return self._boundaries

    @cached_property
    def _boundaries(self) -> tuple[date, ...]:
        days = {entry.in_force.from_ for entry in self.entries()}
        days |= {entry.in_force.until for entry in self.entries() if entry.in_force.until}
        return tuple(sorted(days | {move.from_ for entry in self.entries() for move in entry.renumbered}))

    def whole_laws(self) -> Iterator[Law]:
        """Yield the law of each stretch of days in which it is a whole and does not change, from the first on."""
        for day in self.boundaries():
            law = self.select(day)
            if not law.missing():
                yield law

    def latest(self) -> Law:
        """Return the law after its last change. Raise `NotInForceError` if it is no whole."""
        return self.on(self.boundaries()[-1])

    def select(self, day: date) -> Law:
        """Return the entries in force on the day, whether or not they make a whole."""
        if day not in self._laws:
            law = self._selected(day)
            known = law.known()
            law = replace(law, coherence=tuple(rule for rule in law.coherence if rule.asked <= known))
            law.share(self._alike.setdefault(tuple(map(id, law.entries())), law))
            self._laws[day] = law
        return self._laws[day]

    @cached_property
    def _laws(self) -> dict[date, Law]:
        """The law of days that were asked for."""
        return {}

    @cached_property
    def _alike(self) -> dict[tuple[int, ...], Law]:
        """The first law that was asked for with certain entries, which this rulebook keeps alive."""
        return {}

    def _selected(self, day: date) -> Law:
        return Law(
            as_of=day,
            digest=self.digest,
            criteria=tuple(sorted(self._in_force("criteria", day), key=_place_in_statute)),
            admissions=self._in_force("admissions", day),
            certainties=self._in_force("certainties", day),
            conclusions=self._in_force("conclusions", day),
            tiers=self._in_force("tiers", day),
            routes=self._in_force("routes", day),
            advice=self._in_force("advice", day),
            progress=self._in_force("progress", day),
            downgrades=self._in_force("downgrades", day),
            relistings=self._in_force("relistings", day),
            clocks=self._in_force("clocks", day),
            years_compared=self._in_force("years_compared", day),
            carryings=self._in_force("carryings", day),
            clauses=self._in_force("clauses", day),
            coherence=self._in_force("coherence", day),
            of_other_dates=self.measures,
            tiers_since=self._tiers_since,
        )

    def _in_force(self, section: str, day: date) -> tuple[Any, ...]:
        return tuple(self._numbered(entry, day) for entry in self.sections[section].on(day))

    def _numbered(self, entry: E, day: date) -> E:
        """The entry under its number of a day; made once for each number, since many days are asked for."""
        if not entry.renumbered:
            return entry
        key = id(entry), sum(move.from_ <= day for move in entry.renumbered)
        if key not in self._renumbered:
            self._renumbered[key] = entry.numbered_on(day)
        found: E = self._renumbered[key]
        return found

    def share_numbers(self, other: Rulebook) -> None:
        """Take over which entries another rulebook has put under the number of a day; both keep the entries alive."""
        self.__dict__["_renumbered"] = dict(other._renumbered)

    @cached_property
    def _renumbered(self) -> dict[tuple[int, int], Any]:
        """Entries under numbers that were asked for."""
        return {}

    def on(self, day: date, where: str | None = None) -> Law:
        """Return the law in force on the day. Raise `NotInForceError` if what is encoded for it is no whole.

        `where` is the place in which the day was written, if it was written in a file.
        """
        law = self.select(day)
        missing = law.missing()
        if missing:
            covered = self.covered()
            what, add = "no version is encoded of: " + ", ".join(missing), ", or add the missing versions"
            if covered and day < covered[0][0]:
                what, add = f"no version is encoded for {day}; the earliest date is {covered[0][0]}", ""
            cure = f"ask for a date {self._covered()}{add and add + ' to criteria/ and rules/'}"
            raise NotInForceError([Problem(where=where or f"the law on {day}", what=what, cure=cure)])
        return law

    def covered(self) -> tuple[tuple[date, date | None], ...]:
        """The half-open intervals in which the encoded law is a whole, in order; `None` is "until further notice"."""
        return self._whole_spans

    @cached_property
    def _whole_spans(self) -> tuple[tuple[date, date | None], ...]:
        days = self.boundaries()
        found: list[tuple[date, date | None]] = []
        for day, following in zip(days, (*days[1:], None), strict=True):
            if self.select(day).missing():
                continue
            if found and found[-1][1] == day:
                found[-1] = (found[-1][0], following)
            else:
                found.append((day, following))
        return tuple(found)

    def whole_for(self, entry: Entry) -> Law | None:
        """Return the law of the first day on which an entry is in force and the law is a whole, if there is one."""
        for first, until in self.covered():
            day = max(first, entry.in_force.from_)
            if entry.in_force.holds(day) and (until is None or day < until):
                if day not in self._whole_laws:
                    self._whole_laws[day] = self.on(day)
                return self._whole_laws[day]
        return None

    @cached_property
    def _whole_laws(self) -> dict[date, Law]:
        """The law of days that were asked for; many criteria begin on the same."""
        return {}

    def _covered(self) -> str:
        spans = [f"from {first} until {until or 'today'}" for first, until in self.covered()]
        return " or ".join(spans) or "for which a whole law is encoded (there is none yet)"


def _place_in_statute(criterion: Criterion) -> tuple[tuple[int, str], ...]:
    """Sort as the statute counts: by each number and letter of the citation, 9 before 10."""
    return _counted(criterion.citation.usc or criterion.id)


@lru_cache
def _counted(place: str) -> tuple[tuple[int, str], ...]:
    words = re.findall(r"\d+|[A-Za-z]+", place)
    return tuple((int(word), "") if word.isdigit() else (0, word) for word in words)


@dataclass(frozen=True)
class Law:
    """The entries in force on one day."""

    as_of: date
    digest: str
    criteria: tuple[Criterion, ...]
    admissions: tuple[Admission, ...]
    certainties: tuple[CertaintyTable, ...]
    conclusions: tuple[Conclusion, ...]
    tiers: tuple[TierRow, ...]
    routes: tuple[Route, ...]
    advice: tuple[Advice, ...]
    progress: tuple[Progress, ...]
    downgrades: tuple[Downgrade, ...] = ()
    relistings: tuple[Relisting, ...] = ()
    clocks: tuple[Clock, ...] = ()
    years_compared: tuple[YearOnYear, ...] = ()
    carryings: tuple[Carrying, ...] = ()
    clauses: tuple[Clause, ...] = ()
    """The ledger of the statute; it decides nothing and is therefore not among the entries."""
    coherence: tuple[Coherence, ...] = ()
    """What holds of every country: the rules whose questions are all asked on the day."""
    of_other_dates: frozenset[str] = frozenset()
    """Every indicator and judgement that the rulebook knows on some date."""
    tiers_since: Mapping[Tier, date] = field(default_factory=dict)
    """The first day of each tier that the rulebook knows."""

    PLACEMENTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "last_report": get_args(Placement),
        "limit": get_args(Limit),
    }
    """What a condition on the country's placements may ask for, and the answers there are."""

    def entries(self) -> tuple[Entry, ...]:
        """Every entry in force."""
        return (
            *self.criteria,
            *self.admissions,
            *self.certainties,
            *self.conditional(),
            *self.advice,
            *self.progress,
            *self.downgrades,
            *self.relistings,
            *self.clocks,
            *self.coherence,
            *self.years_compared,
            *self.carryings,
        )

    @cached_property
    def versions(self) -> str:
        """The entries, each with the first day of its version: days on which these are the same have one law."""
        return ",".join(f"{entry.id}@{entry.in_force.from_}" for entry in self.entries())

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator declared by a criterion in force."""
        return tuple(indicator for criterion in self.criteria for indicator in criterion.indicators)

    @cached_property
    def indicators_by_id(self) -> dict[str, Indicator]:
        """The indicators by their id."""
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def deniable(self) -> tuple[Indicator, ...]:
        """The indicators to which a no to another is a no."""
        return tuple(indicator for indicator in self.indicators if indicator.denied_with)

    @cached_property
    def last_year(self) -> dict[str, Indicator]:
        """Indicator to the one that asks for its figure of the year before, where there is one."""
        return {each.last_year_of: each for each in self.indicators if each.last_year_of is not None}

    def of_two_years(self, indicator: Indicator) -> bool:
        """Say whether an indicator compares a count with one of an earlier year."""
        return indicator.compared is not None and self.indicator(indicator.compared.than).looks_back

    @cached_property
    def judges(self) -> dict[str, Criterion]:
        """The criterion of each judgement id."""
        return {criterion.judgement.id: criterion for criterion in self.criteria if criterion.judgement is not None}

    @cached_property
    def criteria_by_id(self) -> dict[str, Criterion]:
        """The criteria by their id."""
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def conclusions_by_id(self) -> dict[str, Conclusion]:
        """The conclusions by their id."""
        return {conclusion.id: conclusion for conclusion in self.conclusions}

    @cached_property
    def interpretations(self) -> tuple[str, ...]:
        """The names of the interpretations in force, each as `entry/interpretation`."""
        return tuple(f"{entry.id}/{reading.id}" for entry in self.entries() for reading in entry.interpretations)

    @cached_property
    def _certainties(self) -> dict[str, Certainty]:
        return {mark: level for table in self.certainties for level, marks in table.levels.items() for mark in marks}

    def certainty_of(self, mark: str) -> Certainty:
        """Return the certainty of a record by its two Admiralty marks; the linter has proved that there is one."""
        return self._certainties[mark]

    @cached_property
    def kept(self) -> dict[str, object]:
        """What others worked out from these entries and keep with them, by name; a law never changes."""
        return {}

    def share(self, other: Law) -> None:
        """Keep with this law what is kept with another; both must have the same entries, whatever their days."""
        self.__dict__["kept"] = other.kept

    @cached_property
    def _set_aside(self) -> dict[tuple[tuple[str, str], ...], Admission | None]:
        """What was found for records with certain attributes; most records of a dossier are alike."""
        return {}

    def sets_aside(self, attributes: Mapping[str, str]) -> Admission | None:
        """Return the first rule of admission that takes a record with these attributes, or nothing if it counts."""
        key = tuple(attributes.items())
        if key not in self._set_aside:
            self._set_aside[key] = next((rule for rule in self.admissions if rule.takes(attributes)), None)
        return self._set_aside[key]

    def criterion(self, name: str) -> Criterion:
        """Return the criterion in force with the id; the linter has proved that it exists."""
        return self.criteria_by_id[name]

    def indicator(self, name: str) -> Indicator:
        """Return the indicator in force with the id; the linter has proved that it exists."""
        return self.indicators_by_id[name]

    def conditional(self) -> tuple[Conclusion | TierRow | Route, ...]:
        """The entries of rules/ that are one condition each."""
        return (*self.conclusions, *self.tiers, *self.routes)

    def missing(self) -> tuple[str, ...]:
        """What is asked for by an entry in force and is itself not in force, sorted; empty if the law is a whole."""
        return self._missing

    @cached_property
    def _missing(self) -> tuple[str, ...]:
        parts = {
            "the tier table": self.tiers,
            "rules of admission": self.admissions,
            "certainties": self.certainties,
            "advice": self.advice,
        }
        if any(row.tier == "2WL" for row in self.tiers):
            parts |= {"watch-list routes": self.routes, "progress": self.progress}
        missing = {f"`{name}`" for name in self.asked() - self.known()}
        return tuple(sorted(missing | {name for name, entries in parts.items() if not entries}))

    def asked(self) -> set[str]:
        """Return every name that a rule or a comparison of this law asks for; proposals and coherence left aside."""
        conditions = [rung.when for criterion in self.criteria for rung in criterion.rules]
        conditions += [c.presumption.when for c in self.criteria if c.presumption is not None]
        conditions += [entry.when for entry in self.conditional()]
        asked = {name for condition in conditions for name in condition.names}
        asked |= {side for i in self.indicators if i.compared for side in (i.compared.greater, i.compared.than)}
        return asked | {i.last_year_of for i in self.indicators if i.last_year_of}

    def known(self) -> set[str]:
        """Return every name that a condition may ask for."""
        return (
            set(self.indicators_by_id)
            | set(self.judges)
            | set(self.criteria_by_id)
            | set(self.conclusions_by_id)
            | {row.id for row in self.tiers}
        )
