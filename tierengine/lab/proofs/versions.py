"""The versions of the law: each stretch of days in which it does not change, those that are alike taken together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tierengine.engines.form import Form
from tierengine.engines.lowering import lower
from tierengine.lab.proofs.direction import signs
from tierengine.law.rulebook import Law, Rulebook


@dataclass(frozen=True, slots=True)
class Span:
    """From a day (included) until another (excluded); with no `until`, still in force."""

    first: date
    """The first day."""
    until: date | None

    def __str__(self) -> str:
        return f"from {self.first}" if self.until is None else f"from {self.first} until {self.until}"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the law with its form; `law` is that of the last of its days, or of one a year after the first."""

    law: Law
    form: Form
    spans: tuple[Span, ...]

    @property
    def name(self) -> str:
        """The first day on which it was in force."""
        return str(self.spans[0].first)


def versions(rulebook: Rulebook, as_of: date | None = None) -> tuple[Version, ...]:
    """Return every version of the law, the latest first, or only that of one date.

    Stretches of days are one version if their rules, the directions they declare and their numbers of years are the
    same. Raise `NotInForceError` if no law is encoded for the date.
    """
    if as_of is not None:
        rulebook.on(as_of)
    found: dict[object, Version] = {}
    for span in _stretches(rulebook):
        law = rulebook.select(span.until - timedelta(days=1) if span.until else span.first + timedelta(days=365))
        form = lower(law)
        other = found.get(key := _key(law, form))
        spans = (*(other.spans if other else ()), span)
        found[key] = Version(other.law if other else law, form, spans)
    every = sorted(found.values(), key=lambda version: version.spans[-1].first, reverse=True)
    return tuple(v for v in every if as_of is None or any(_holds(span, as_of) for span in v.spans))


def _stretches(rulebook: Rulebook) -> list[Span]:
    days = rulebook.boundaries()
    stretches = (Span(day, following) for day, following in zip(days, (*days[1:], None), strict=True))
    return [span for span in stretches if not rulebook.select(span.first).missing()]


def _holds(span: Span, day: date) -> bool:
    return span.first <= day and (span.until is None or day < span.until)


def _key(law: Law, form: Form) -> object:
    """All that the proofs look at."""
    return (
        form,
        tuple(signs(law, form).items()),
        tuple((criterion.id, criterion.direction, criterion.part) for criterion in law.criteria),
        tuple((each.id, each.proposal.rules) for each in law.criteria if each.proposal is not None),
        tuple((row.id, row.tier) for row in law.tiers),
        tuple((each.years, each.waiver_years, each.counted_from) for each in law.downgrades),
        tuple(each.years for each in law.relistings),
    )
