"""Dates: the half-open time in which a provision is in force, and the days a record speaks of."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from tierengine.terms.scalars import Day, Model


class InForce(Model):
    """From a day (included) until another (excluded); with no `until`, still in force."""

    from_: Day = Field(alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> InForce:
        if self.until is not None and self.until <= self.from_:
            raise ValueError("`until` must be later than `from`; it is the first day no longer in force")
        return self

    def holds(self, day: date) -> bool:
        """Say whether the day lies in the interval."""
        return self.from_ <= day and (self.until is None or day < self.until)

    def overlaps(self, other: InForce) -> bool:
        """Say whether some day lies in both."""
        return (other.until is None or self.from_ < other.until) and (self.until is None or other.from_ < self.until)


class Days(Model):
    """The days from the first to the last, both included."""

    first: Day
    """The first day."""
    last: Day
    """The last day, counted in."""

    @model_validator(mode="after")
    def _ordered(self) -> Days:
        if self.last < self.first:
            raise ValueError("`last` is before `first`; write the earlier day as `first`")
        return self

    def overlaps(self, other: Days) -> bool:
        """Say whether some day lies in both."""
        return self.first <= other.last and other.first <= self.last

    def covers(self, other: Days) -> bool:
        """Say whether every day of the other lies here."""
        return self.first <= other.first and other.last <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"
