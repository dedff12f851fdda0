"""Evidence records: dated statements of fact, each anchored to the passage it comes from."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tierengine.evidence.handling import Handling
from tierengine.evidence.sources.anchors import Anchor
from tierengine.terms.bounds import Measured
from tierengine.terms.interval import Days
from tierengine.terms.level import Level
from tierengine.terms.scalars import Day, Id, Model, Text, as_written

Doer = Literal[
    "government", "other government", "non-governmental organisation", "international organisation", "post", "unknown"
]
"""Who did what the record speaks of; `post` is the embassy or department that reports."""

Reliability = Literal["A", "B", "C", "D", "E", "F"]
"""Admiralty scale of sources: A completely reliable, E unreliable, F cannot be judged."""

Credibility = Annotated[Literal["1", "2", "3", "4", "5", "6"], as_written("1", "2", "3", "4", "5", "6")]
"""Admiralty scale of information: 1 confirmed by other sources, 5 improbable, 6 cannot be judged."""


class Actor(Model):
    """Who did it, and by what name the source calls them."""

    is_: Doer = Field(alias="is")
    """Of which kind they are; only the government itself answers for what the government did."""
    name: Text


Year = Annotated[str, Field(pattern=r"^[12][0-9]{3}$")]
"""The year of a report."""


class Carried(Model):
    """That a record was taken over from the dossier of the last report, since nothing said otherwise."""

    shown: Year
    """The year of the report in whose dossier it was last shown."""
    by: Id
    """The rule of the rulebook by which it is carried."""


class Evidence(Model):
    """One statement of fact from one passage: what it measures, the value, when, and by whom."""

    id: Id
    kind: Literal["action", "statistic", "law", "commitment", "statement"]
    measures: Id
    value: Measured
    """True or false, a number, a word of the indicator's list; of a count that is not known exactly, its bounds."""
    unit: Text | None = None
    date: Day | None = None
    period: Days | None = None
    undated: Text | None = None
    """Why no date can be given, where the passage gives none."""
    actor: Actor
    at: Text
    """The locator of the passage, such as `07GUATEMALA2213 ¶4`."""
    quote: Text
    """The exact words, which must stand in that paragraph; line breaks count as spaces."""
    anchor: Anchor | None = None
    """What marks the passage besides its words: those around it, and its position."""
    reliability: Reliability
    """How reliable the source is: A is completely reliable, E unreliable, F cannot be judged."""
    credibility: Credibility
    """How credible what it says is: 1 is confirmed, 5 improbable, 6 cannot be judged."""
    origin: Text | None = None
    """Whose statement it repeats: the id of a record, or the name of a report; nothing where it stands for itself."""
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""
    note: Text | None = None
    carried: Carried | None = None
    """Where it is of an earlier report, and stands because nothing says otherwise; it is no act of the period."""

    @model_validator(mode="after")
    def _one_time(self) -> Evidence:
        given = [name for name in ("date", "period", "undated") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "a record has exactly one of `date`, `period` and `undated`; "
                "give the day, the days, or why the passage gives none"
            )
        return self

    @cached_property
    def days(self) -> Days | None:
        """The days the record speaks of, or nothing if the passage does not say."""
        if self.date is not None:
            return Days(first=self.date, last=self.date)
        return self.period

    @property
    def mark(self) -> str:
        """The two Admiralty marks together, such as `B2`."""
        return self.reliability + self.credibility


class Rating(Model):
    """A person's judgement of an open word of the law."""

    id: Id
    kind: Literal["judgement"]
    measures: Id
    question: Text
    rating: Level
    """The level that the person gives."""
    author: Text
    date: Day
    reasons: Text
    rests_on: tuple[Id, ...] | None = None
    """The records on which the person judged, where the person names them."""
    handling: Handling | None = None
    """How it is to be handled; without a mark, as strictly as the strictest source of the dossier."""

    @cached_property
    def days(self) -> Days:
        """The day on which it was given."""
        return Days(first=self.date, last=self.date)


Record = Annotated[Evidence | Rating, Field(discriminator="kind")]


def dated(record: Evidence | Rating, period: Days, as_of: date) -> str:
    """Say how the days of a record lie to the reporting period and to the date of the question.

    What is carried over from an earlier report has no days in this one.
    """
    if isinstance(record, Evidence) and record.carried is not None:
        return "carried"
    days = record.days
    if days is None:
        return "undated"
    if days.first > as_of:
        return "after the question"
    if not days.overlaps(period):
        return "outside the period"
    return "in the period" if period.covers(days) else "partly in the period"
