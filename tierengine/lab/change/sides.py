"""Two rulebooks side by side: the stretches of days on which neither changes what it asks, with both forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tierengine.engines.columns import ColumnEngine
from tierengine.engines.form import Field, Form
from tierengine.engines.lowering import lower
from tierengine.errors import Problem, UsageError
from tierengine.law.entries import Entry
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.trace import Narrator

NOT_RANKED = "not ranked"
"""What is said of a row of the tier table without a tier."""


@dataclass(frozen=True)
class Side:
    """The law of one rulebook on the first day of a stretch, with its form."""

    law: Law
    form: Form

    @cached_property
    def rows(self) -> Mapping[str, str]:
        """Row of the tier table to its tier, or to `NOT_RANKED`."""
        return {row.id: row.tier or NOT_RANKED for row in self.law.tiers}

    @cached_property
    def engine(self) -> ColumnEngine:
        """The reading of the form on columns; planning it takes longer than many cases do."""
        return ColumnEngine(self.form)

    @cached_property
    def narrator(self) -> Narrator:
        """What puts the propositions of the form into words."""
        return Narrator(self.law, self.form)

    @cached_property
    def rules(self) -> Mapping[str, tuple[str, ...]]:
        """Proposition to its rules."""
        found: dict[str, tuple[str, ...]] = {}
        for rule in (rule for stratum in self.form.strata for rule in stratum.rules):
            found[rule.head] = (*found.get(rule.head, ()), rule.id)
        return found

    @cached_property
    def looks(self) -> Mapping[str, set[str]]:
        """Proposition to the fields that its rules look at, those of counted members in place of a tally."""
        counted = {
            tally.id + end: {test.field for member in tally.members for test in member}
            for stratum in self.form.strata
            for tally in stratum.tallies
            for end in (".holds", ".fails")
        }
        looks: dict[str, set[str]] = {}
        for rule in (rule for stratum in self.form.strata for rule in stratum.rules):
            fields = (counted.get(test.field, {test.field}) for test in rule.tests)
            looks.setdefault(rule.head, set()).update(*fields)
        return looks

    def __reduce__(self) -> tuple[object, ...]:
        """Say how it is made again in another process, without what was worked out from it."""
        return type(self), (self.law, self.form)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Days from the first until another (excluded); with no `until`, up to now. A side without a law is `None`."""

    first: date
    until: date | None
    old: Side | None
    new: Side | None

    def both(self) -> tuple[Side, Side] | None:
        """Return both sides, if on these days both rulebooks hold a whole law."""
        return None if self.old is None or self.new is None else (self.old, self.new)


def side_by_side(old: Rulebook, new: Rulebook) -> tuple[Pairing, ...]:
    """Return the stretches of days from the first on which either rulebook holds a whole law, without a gap.

    Raise `UsageError` if the two are of different vocabularies, so that no case could be asked under both.
    """
    found: list[Pairing] = []
    for day in sorted({*old.boundaries(), *new.boundaries()}):
        side = _side(old, day)
        pairing = Pairing(day, None, side, _side(new, day, side))
        if found and _alike(found[-1], pairing):
            continue
        if found:
            found[-1] = Pairing(found[-1].first, day, found[-1].old, found[-1].new)
        found.append(pairing)
    while found and not (found[0].old or found[0].new):
        del found[0]
    problems = [
        problem for pairing in found if (both := pairing.both()) for problem in _strangers(pairing.first, *both)
    ]
    if problems:
        raise UsageError(problems)
    return tuple(found)


def on(found: Sequence[Pairing], day: date) -> tuple[Pairing, ...]:
    """Return the stretch in which a day lies. Raise `UsageError` if there is none."""
    within = tuple(each for each in found if each.first <= day and (each.until is None or day < each.until))
    if not within:
        cure = f"ask for a date from {found[0].first} on" if found else "encode one"
        raise UsageError([Problem(where="--as-of", what=f"no law is encoded for {day}", cure=cure)])
    return within


def forms_of(found: Iterable[Pairing]) -> Iterator[Form]:
    """Yield every form of both sides."""
    return (side.form for pairing in found for side in (pairing.old, pairing.new) if side is not None)


def _side(rulebook: Rulebook, day: date, other: Side | None = None) -> Side | None:
    """One side; its form is that of the other if both ask the same, since lowering takes a while."""
    law = rulebook.select(day)
    if law.missing():
        return None
    return Side(law, other.form if other is not None and _asked(law) == _asked(other.law) else lower(law))


def _asked(law: Law) -> tuple[tuple[Entry, ...], ...]:
    """Everything of which the form is made."""
    return law.criteria, law.conclusions, law.tiers, law.routes, law.coherence


def _alike(one: Pairing, other: Pairing) -> bool:
    """Whether two stretches ask the same, on both sides."""
    return _asks(one.old) == _asks(other.old) and _asks(one.new) == _asks(other.new)


def _asks(side: Side | None) -> tuple[Form, Mapping[str, str]] | None:
    return None if side is None else (side.form, side.rows)


def _strangers(day: date, old: Side, new: Side) -> Iterator[Problem]:
    """Where the two rulebooks speak of different things under one name, or of no tier in common."""
    where = f"OLD and NEW, law of {day}"
    cure = "compare two states of the same rulebook; give an input that means something else another name"
    kinds = _kinds(old.form), _kinds(new.form)
    for name in sorted(kinds[0].keys() & kinds[1].keys()):
        if kinds[0][name] != kinds[1][name]:
            says = f"`{name}` is {kinds[0][name]} in the one and {kinds[1][name]} in the other"
            yield Problem(where=where, what=f"the two rulebooks are of different vocabularies: {says}", cure=cure)
    if not set(old.rows.values()) & set(new.rows.values()):
        yield Problem(
            where=where,
            what="the two rulebooks are of different vocabularies: no tier stands in both tier tables",
            cure="compare two states of the same rulebook",
        )


def _kinds(form: Form) -> dict[str, str]:
    """What each input holds, in words."""
    compared = {comparison.id: "worked out from two numbers" for comparison in form.comparisons}
    return compared | {field.id: _kind(field) for field in form.inputs}


def _kind(field: Field) -> str:
    if field.type == "choice":
        return f"one of {', '.join(field.choices)}"
    return "true or false" if field.type == "truth" else "a whole number"
