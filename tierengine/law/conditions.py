"""Conditions: what a rule asks, in a short closed list of words.

all: [...]                          every part holds
any: [...]                          one part holds, or more
not: ...                            the part fails
some: {at_least: 2, of: [...]}      so many of the parts hold
indicator: ID   is: WORD            a recorded answer: true, false, or a word of its list
                at_least: N         a recorded number
                at_most: N
                no_more_than: ID    not above another recorded number; in a rule of coherence only
judgement: ID   at_least: LEVEL     a person's rating of an open word
finding: ID     [at_least: LEVEL]   another criterion is met (or reaches the level)
conclusion: ID                      a conclusion of rules/ holds
placement: last_report  is: TIER    where the last report placed the country
           limit        is: LIMIT   how the years on the watch list bind the report: none, waiver or 3, 3, not WL
last_rating: ID  at_least: LEVEL    how a person rated an open word for the last report; proposals only
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pydantic import Field, model_validator

from tierengine.terms.level import Level
from tierengine.terms.scalars import Model, Text, Whole, Word

OPERATORS = (
    "all",
    "any",
    "not",
    "some",
    "indicator",
    "judgement",
    "finding",
    "conclusion",
    "placement",
    "last_rating",
)
"""Exactly one of these keys stands in each condition."""

_WORDS = {word + "_" if word in ("all", "any", "not") else word: word for word in OPERATORS}
"""The name of the field that holds it, to each of these words."""

_COMPARISONS = ("is", "at_least", "at_most", "no_more_than")
_COMPANIONS = {
    "indicator": _COMPARISONS,
    "judgement": ("at_least",),
    "finding": ("at_least",),
    "placement": ("is",),
    "last_rating": ("at_least",),
}
_NEEDS_COMPANION = ("indicator", "judgement", "placement", "last_rating")


_WHOLE = frozenset(
    frozenset(keys)
    for keys in (
        ("indicator", "is_"),
        ("indicator", "at_least"),
        ("indicator", "at_most"),
        ("judgement", "at_least"),
        ("finding",),
        ("finding", "at_least"),
        ("conclusion",),
        ("placement", "is_"),
        ("last_rating", "at_least"),
        ("not_",),
        ("some",),
    )
)
"""The keys of conditions that are well-formed whatever they ask; most are such, and there are many."""

_LISTED = frozenset({frozenset({"all_"}), frozenset({"any_"})})
"""The keys of conditions that are well-formed where they list something."""

_Path = tuple[str | int, ...]


class Condition(Model):
    """One condition of the closed list; conditions nest inside `all`, `any`, `not` and `some`."""

    all_: tuple[Condition, ...] | None = Field(default=None, alias="all")
    """Every part holds."""
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any")
    """One part holds, or more."""
    not_: Condition | None = Field(default=None, alias="not")
    some: Some | None = None
    indicator: Text | None = None
    judgement: Text | None = None
    """The open word that a person rates."""
    finding: Text | None = None
    conclusion: Text | None = None
    """The id of the conclusion that holds."""
    placement: Text | None = None
    """`last_report` or `limit`; `is` says what it must be."""
    last_rating: Text | None = None
    """The open word that a person rated for the last report; in proposals only."""
    is_: Word | None = Field(default=None, alias="is")
    """The answer that is asked for."""
    at_least: Word | None = None
    at_most: Word | None = None
    no_more_than: Text | None = None
    """The indicator above whose number the answer must not lie; in a rule of coherence only."""

    @property
    def operator(self) -> str:
        """The one word of `OPERATORS` that this condition uses."""
        for name in self.model_fields_set:  # which are one or two
            if name in _WORDS and getattr(self, name) is not None:
                return _WORDS[name]
        raise AssertionError("a condition has one of its words")

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions directly inside this one."""
        if self.some is not None:
            return self.some.of
        return self.all_ or self.any_ or ((self.not_,) if self.not_ is not None else ())

    @property
    def name(self) -> str:
        """The id of the indicator, judgement, finding, conclusion or placement that is asked; else empty."""
        return (
            self.indicator
            or self.judgement
            or self.finding
            or self.conclusion
            or self.placement
            or self.last_rating
            or ""
        )

    @property
    def needed(self) -> int:
        """How many of the parts must hold."""
        if self.some is not None:
            return self.some.at_least
        return 1 if self.any_ is not None else len(self.parts)

    @model_validator(mode="after")
    def _one_operator(self) -> Condition:
        given = frozenset(self.model_fields_set)
        sound = given in _WHOLE or (given in _LISTED and self.parts)
        if not sound or None in map(self.__dict__.get, given):
            self._check()
        return self

    def _check(self) -> None:
        written = {name.rstrip("_") for name in self.model_fields_set if getattr(self, name) is not None}
        used = written.intersection(OPERATORS)
        if len(used) != 1:
            found = ", ".join(f"`{name}`" for name in OPERATORS if name in used) or "none"
            raise ValueError(
                f"a condition has exactly one of its words, found {found}; write one of: {', '.join(OPERATORS)}"
            )
        (operator,) = used
        if operator in ("all", "any") and not self.parts:
            raise ValueError(f"`{operator}` is empty; list at least one condition under it, or remove the rule")
        self._check_companions(operator, [name for name in _COMPARISONS if name in written])

    def _check_companions(self, operator: str, given: list[str]) -> None:
        allowed = _COMPANIONS.get(operator, ())
        for name in given:
            if name not in allowed:
                raise ValueError(f"`{name}` does not go with `{operator}`; remove it")
        if operator in _NEEDS_COMPANION and len(given) != 1:
            raise ValueError(f"`{operator}` needs exactly one comparison; add one of: {', '.join(allowed)}")

    def walk(self) -> tuple[Condition, ...]:
        """This condition and every one inside it, outermost first."""
        return (self, *self._within)

    @cached_property
    def _within(self) -> tuple[Condition, ...]:
        found: list[Condition] = []
        waiting = list(reversed(self.parts))
        while waiting:
            condition = waiting.pop()
            found.append(condition)
            waiting += reversed(condition.parts)
        return tuple(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names for which it asks, or a condition inside it does, save placements."""
        asking = (each for each in self.walk() if each.placement is None)
        return frozenset(name for each in asking for name in (each.name, each.no_more_than) if name)

    def path_to(self, part: Condition) -> _Path:
        """Return the path of one of these in this condition."""
        return next(path for path, each in self.placed if each is part)

    @property
    def placed(self) -> tuple[tuple[_Path, Condition], ...]:
        """This condition and every one inside it, outermost first, each with its path in this one."""
        return (((), self), *self._inside)

    @cached_property
    def _inside(self) -> tuple[tuple[_Path, Condition], ...]:
        return tuple(_below((), self))

    @property
    def directly(self) -> tuple[tuple[_Path, Condition], ...]:
        """The conditions directly inside this one, each with its path in this one."""
        if self.not_ is not None:
            return ((("not",), self.not_),)
        under: _Path = ("some", "of") if self.some is not None else ("all",) if self.all_ is not None else ("any",)
        return tuple(((*under, number), part) for number, part in enumerate(self.parts))


def _below(path: _Path, condition: Condition) -> Iterator[tuple[_Path, Condition]]:
    """Every condition inside one, outermost first, each with its path."""
    for step, part in condition.directly:
        place = (*path, *step)
        yield place, part
        if part.parts:
            yield from _below(place, part)


class Some(Model):
    """A number of conditions that must hold, of a list."""

    at_least: Whole
    of: tuple[Condition, ...]

    @model_validator(mode="after")
    def _reachable(self) -> Some:
        if not 1 <= self.at_least <= len(self.of):
            raise ValueError(
                f"`some` asks for {self.at_least} of {len(self.of)}; ask for 1 or more, and no more than are listed"
            )
        return self


LEVEL_WORDS: tuple[Level, ...] = ("partly met", "largely met", "met")
"""The levels that `at_least` may ask of a finding or a rating."""
