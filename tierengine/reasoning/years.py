"""Figures of two years: which records speak of the year before, and when the two may be set beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from tierengine.engines.arithmetic import added, decide, ends, met
from tierengine.engines.form import Bounds, Facts, Value
from tierengine.engines.lowering import read_value
from tierengine.errors import Problem
from tierengine.evidence.dossier import LAST_YEAR_RECORD, Casefile
from tierengine.evidence.records import Evidence
from tierengine.law.entries import LAST_YEAR, Indicator
from tierengine.law.rulebook import Law
from tierengine.terms.bounds import Measured
from tierengine.terms.interval import Days

_YEAR = 366
"""The days of the longest year."""


@dataclass(frozen=True, slots=True)
class ByYear:
    """A casefile whose figures of the year before stand under the indicators that ask for them."""

    casefile: Casefile
    moved: frozenset[str]
    """The records that were coded under the indicator of the year itself."""


def by_year(casefile: Casefile, law: Law) -> ByYear:
    """Return a casefile with each record of the year before under the indicator that asks for its figure."""
    period = casefile.dossier.period
    before = _a_year_earlier(period)
    moved: dict[str, Evidence] = {}
    for record in casefile.dossier.records:
        if isinstance(record, Evidence) and record.period is not None and record.measures in law.last_year:
            days = record.period
            if days.last < period.first and days.overlaps(before):
                moved[record.id] = record.model_copy(update={"measures": law.last_year[record.measures].id})
    if not moved:
        return ByYear(casefile, frozenset())
    records = tuple(moved.get(record.id, record) for record in casefile.dossier.records)
    dossier = casefile.dossier.model_copy(update={"records": records})
    return ByYear(replace(casefile, dossier=dossier), frozenset(moved))


def _a_year_earlier(period: Days) -> Days:
    return Days(first=period.first - timedelta(days=_YEAR), last=period.first - timedelta(days=1))


# -- what is said of a count of the year before ---------------------------------------------------------------------


def figure(indicator: Indicator, records: Iterable[Evidence], moved: frozenset[str]) -> int | Bounds | None:
    """Return what records say of a figure of the year before; nothing where they contradict each other.

    The records of one place are added up where the indicator says so. Those of this dossier that answer the question
    itself, those of this dossier that are dated in the year before, and those of the last dossier say the same thing.
    """
    groups: dict[str, list[Value | Bounds]] = {}
    for record in records:
        place = "last dossier" if record.id.startswith(LAST_YEAR_RECORD) else "moved" if record.id in moved else "here"
        groups.setdefault(place, []).append(read_value(indicator, record.value))
    whole = (added(values) if indicator.combine == "sum" else met(values) for values in groups.values())
    said = [value for value in whole if value is not None]
    return met(said) if len(said) == len(groups) else None


# -- when two figures may be compared -------------------------------------------------------------------------------


def unlike(law: Law, casefile: Casefile, now: Iterable[Evidence], then: Iterable[Evidence]) -> str | None:
    """Say how the time of the figures of two years differs, if by more than the policy of the law allows."""
    policy = next(iter(law.years_compared), None)
    this = _spanned(now) or _so_far(casefile)
    last = _spanned(then)
    if policy is None or last is None or policy.compares(_length(this), _length(last)):
        return None
    return f"one is of {_length(last)} days, {last}, and the other of {_length(this)} days, {this}"


def _so_far(casefile: Casefile) -> Days:
    """The reporting period as far as it is over, on the day of the question."""
    period, day = casefile.dossier.period, casefile.dossier.as_of
    return Days(first=period.first, last=day) if period.first <= day < period.last else period


def _spanned(records: Iterable[Evidence]) -> Days | None:
    """The time from the first to the last day of figures that say of which days they are."""
    periods = [record.period for record in records if record.period is not None]
    if not periods:
        return None
    return Days(first=min(days.first for days in periods), last=max(days.last for days in periods))


def _length(days: Days) -> int:
    return (days.last - days.first).days + 1


def two_years_in_one(
    law: Law, records: Mapping[str, tuple[Evidence, ...]]
) -> Iterator[tuple[tuple[Evidence, ...], Days]]:
    """Yield the figures of more than a year that would be compared as those of one, with the time that they span."""
    policy = next(iter(law.years_compared), None)
    for name, last_year in law.last_year.items() if policy is not None else ():
        for asked in (name, last_year.id):
            found = records.get(asked, ())
            together = [found] if law.indicator(asked).combine == "sum" else [(record,) for record in found]
            for figures in together:
                days = _spanned(figures)
                if policy is not None and days is not None and _length(days) > _YEAR + policy.days_apart:
                    yield tuple(record for record in figures if record.period is not None), days


# -- what answers a comparison --------------------------------------------------------------------------------------


def denied(law: Law, facts: Facts) -> dict[str, Value | Bounds]:
    """Return the answers that follow from a no to what covers them, where nothing else answers them."""
    return {
        indicator.id: False
        for indicator in law.deniable
        if indicator.id not in facts
        and any(facts.get(name) is False for name in indicator.denied_with)
        and decided(indicator, facts) is None
    }


def decided(indicator: Indicator, facts: Facts) -> bool | None:
    """Return what two numbers say of an indicator that compares them; nothing where they do not decide it."""
    pair = indicator.compared
    return decide(facts.get(pair.greater), facts.get(pair.than)) if pair is not None else None


def may_say(word: Measured, left: Value | Bounds, right: Value | Bounds) -> bool:
    """Whether an answer given directly may be true of two counts."""
    (least, most), (least_right, most_right) = ends(left), ends(right)
    may_be_more = most is None or most > least_right
    may_be_fewer = most_right is None or least < most_right
    may_be_equal = (most is None or most >= least_right) and (most_right is None or least <= most_right)
    if word in ("true", "more than last year"):
        return may_be_more
    return may_be_equal if word == "as many as last year" else may_be_fewer or (word == "false" and may_be_equal)


def contradict(indicator: Indicator, one: Evidence, other: Evidence) -> bool:
    """Whether two records that answer one question cannot both be true."""
    if indicator.type == "count":
        return met(read_value(indicator, record.value) for record in (one, other)) is None
    if one.value in LAST_YEAR and other.value in LAST_YEAR:
        return one.value != other.value
    return read_value(indicator, one.value) != read_value(indicator, other.value)


def problem_of_two_years(figures: tuple[Evidence, ...], days: Days, where: Mapping[str, str]) -> Problem:
    """Return the problem that figures of two years stand as one, with the place of each."""
    named = ", ".join(f"`{record.id}` ({where[record.id]})" for record in figures)
    return Problem(
        where=where[figures[0].id],
        what=f"the figures of more than one year stand as one, {days}: {named}",
        cure="keep the figures of one year here, and give each figure of the year before its own `period`",
    )
