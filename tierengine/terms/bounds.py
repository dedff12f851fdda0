"""A number that a source gives only by bounds: at least so many, at most so many, or both."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Tag, model_validator

from tierengine.terms.scalars import Model, Whole, Word


class WrittenBounds(Model):
    """What is written of a count that is not known exactly, such as `{at_least: 20}`."""

    at_least: Whole | None = None
    at_most: Whole | None = None

    @model_validator(mode="after")
    def _of_some_number(self) -> WrittenBounds:
        if self.at_least is None and self.at_most is None:
            raise ValueError("bounds without a number say nothing; write `at_least`, `at_most` or both")
        if min(number for number in (self.at_least, self.at_most) if number is not None) < 0:
            raise ValueError("a count is 0 or more; write bounds that are not below 0")
        if self.at_most is not None and self.least > self.at_most:
            raise ValueError(
                f"no number is at least {self.at_least} and at most {self.at_most}; correct one of the two"
            )
        return self

    @property
    def least(self) -> int:
        """The least number within the bounds."""
        return self.at_least or 0

    def __int__(self) -> int:
        """Return the least number within the bounds, which is what it surely adds to a sum."""
        return self.least

    def __str__(self) -> str:
        return in_words(self.at_least, self.at_most)


def in_words(least: int | None, most: int | None) -> str:
    """Return bounds in words: at least 20, at most 3, or both."""
    if least is not None and least == most:
        return str(least)
    ends = (("at least", least), ("at most", most))
    return " and ".join(f"{word} {number}" for word, number in ends if number is not None)


def _written_as(value: object) -> str:
    if isinstance(value, str):  # as nearly all are; to ask after a model takes several times as long
        return "word"
    return "bounds" if isinstance(value, dict | WrittenBounds) else "word"


Measured = Annotated[Annotated[Word, Tag("word")] | Annotated[WrittenBounds, Tag("bounds")], Discriminator(_written_as)]
"""The value of a record: a word whose type is declared elsewhere, or the bounds of a count."""
