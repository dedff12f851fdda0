"""A rulebook with one change in it, made in memory: the entry, the laws of its days, and what is wrong with it.

What is not touched is shared with the rulebook without the change, since thousands of changes are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from tierengine.engines.solver import Limit
from tierengine.errors import Problem, RulebookError
from tierengine.lab.cases.examples import failed_coherence, failed_rules
from tierengine.lab.cases.proposals import failed_proposal, failed_readings
from tierengine.lab.change.single import Changed
from tierengine.lab.proofs.idle import idle
from tierengine.lab.proofs.misdirected import misdirected
from tierengine.law.acts import Acts
from tierengine.law.constancy import lint_constancy
from tierengine.law.coverage import COVERED, citations
from tierengine.law.cues import lint_cues
from tierengine.law.drift import lint_drift
from tierengine.law.entries import Coherence, Criterion, Entry
from tierengine.law.linter import (
    Placed,
    Vocabulary,
    conditions,
    lint,
    lint_alone,
    lint_conditions,
    lint_ledger,
    lint_references,
    lint_tiers,
)
from tierengine.law.proposals import lint_proposal, lint_proposals
from tierengine.law.reader import Draft
from tierengine.law.rulebook import Law

CONDITIONS = frozenset(("rules", "presumption", "proposal", "when", "then"))


@dataclass(frozen=True)
class Base:
    """The rulebook without a change, with what is shared by all that differ from it in one."""

    draft: Draft

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every name that a condition may ask for."""
        return Vocabulary.of(self.draft.rulebook)

    @cached_property
    def acts(self) -> Acts:
        """The Acts of the rulebook."""
        return Acts(self.draft.rulebook)

    @cached_property
    def listed(self) -> Mapping[date, frozenset[str | None]]:
        """Each day on which the law changes, with the provisions that the ledger of the statute lists then."""
        book = self.draft.rulebook
        days = book.boundaries() if book.clauses else ()
        return {day: frozenset(each.citation.usc for each in book.select(day).clauses) for day in days}

    @cached_property
    def declaring(self) -> Mapping[str, tuple[Placed, ...]]:
        """Each indicator with the criteria that declare it."""
        found: dict[str, tuple[Placed, ...]] = {}
        for item in self.draft.placed:
            for indicator in item.entry.indicators if isinstance(item.entry, Criterion) else ():
                found[indicator.id] = (*found.get(indicator.id, ()), item)
        return found

    @cached_property
    def _askers(self) -> Mapping[str, tuple[Entry, ...]]:
        found: dict[str, tuple[Entry, ...]] = {}
        for entry in self.draft.rulebook.entries():
            for name in asked(entry):
                found[name] = (*found.get(name, ()), entry)
        return found

    def asked_elsewhere(self, name: str, entry: Entry) -> bool:
        """Say whether another entry that is in force as long as this one asks for a name."""
        others = (other for other in self._askers.get(name, ()) if other is not entry and other.id != name)
        return any(other.in_force.from_ <= entry.in_force.from_ and _lasts(other, entry) for other in others)

    def law_of(self, entry: Entry) -> Law | None:
        """Return the first whole law in which a criterion is in force."""
        return self.draft.rulebook.whole_for(entry) if isinstance(entry, Criterion) else None

    @cached_property
    def laws(self) -> tuple[Law, ...]:
        """The law of each stretch of days."""
        return tuple(self.draft.rulebook.whole_laws())


@dataclass(frozen=True)
class Mutant:
    """The rulebook with one change in it."""

    base: Base
    changed: Changed
    entry: Entry | None
    """The entry with the change; nothing if it is gone."""

    @property
    def original(self) -> Entry:
        """The entry without the change."""
        return self.changed.item.entry

    @cached_property
    def item(self) -> Placed | None:
        """The changed entry in its place."""
        return None if self.entry is None else replace(self.changed.item, entry=self.entry)

    @cached_property
    def draft(self) -> Draft:
        """The whole rulebook with the change."""
        was, now = self.changed.item, self.item
        placed = tuple(now if each is was else each for each in self.base.draft.placed)
        kept = tuple(each for each in placed if each is not None)
        section = was.section
        entries = (each.entry for each in kept if each.section == section)
        rulebook = self.base.draft.rulebook.with_section(section, entries)
        rulebook.share_numbers(self.base.draft.rulebook)
        return Draft(rulebook, kept, ())

    def law(self, law: Law) -> Law:
        """Return a law of the rulebook without the change as it is with it; the law of a day is made once."""
        if law.as_of not in self._laws:
            self._laws[law.as_of] = self._changed(law)
        return self._laws[law.as_of]

    @cached_property
    def _laws(self) -> dict[date, Law]:
        """The laws of days that were asked for, with the change."""
        return {}

    def _changed(self, law: Law) -> Law:
        if self.entry is None or "in_force" in self.changed.fields:
            return self.draft.rulebook.select(law.as_of)
        new: Any = self.entry.numbered_on(law.as_of)
        for field in fields(law):
            entries = getattr(law, field.name)
            if isinstance(entries, tuple) and any(_same(each, self.original) for each in entries):
                put = tuple(new if _same(each, self.original) else each for each in entries)
                change: dict[str, Any] = {field.name: put}
                found = replace(law, **change)
                self._share(law, found)
                return found
        return law

    def _share(self, law: Law, found: Law) -> None:
        """Give a law what was worked out from the law without the change and does not rest on it."""
        if self.changed.fields <= {"rules", "presumption", "proposal", "when", "then"}:
            found.kept.update({name: each for name, each in law.kept.items() if name.startswith("lowered ")})
            if self.changed.item.section != "coherence" and "deriving" in law.kept:
                found.kept["deriving"] = law.kept["deriving"]

    # -- what is wrong with it -----------------------------------------------------------------------------------

    def quick_problems(self) -> Iterator[Problem]:
        """Yield what the linter finds in what the change can have touched; `problems` finds everything."""
        keys = self.changed.fields
        if self.item is None:
            return
        yield from lint_alone(self.item)
        if self.changed.cites or "in_force" in keys:
            yield from self.base.acts.problems(self.item)
            yield from self._unlisted(self.item)
        if keys & CONDITIONS:
            yield from lint_references(self.item, self.base.vocabulary)
            yield from lint_proposal(self.base.draft.rulebook, self.item, self.base.vocabulary)
            yield from lint_drift([self.item])
            if self._asks_less():
                yield from lint_conditions(list(self.draft.placed))
        if self.changed.item.section == "criteria" and any(key.startswith("indicators") for key in keys):
            yield from self._inconstant(self.item)

    def _unlisted(self, item: Placed) -> Iterator[Problem]:
        """Provisions that the entry cites and the ledger of the statute does not list on some day."""
        if item.section == "clauses":
            return
        for day, known in self.base.listed.items():
            if item.entry.in_force.holds(day):
                for path, citation in citations(item.entry.numbered_on(day)):
                    if citation.usc and COVERED.match(citation.usc) and citation.usc not in known:
                        what = f"the ledger of the statute does not list {citation.usc}"
                        yield item.problem(what, "correct the citation, or add the clause", *path)

    def _asks_less(self) -> bool:
        """Whether the entry asks no more for something that no other entry asks for all that time."""
        assert self.entry is not None
        return any(
            not self.base.asked_elsewhere(name, self.original) for name in asked(self.original) - asked(self.entry)
        )

    def _inconstant(self, item: Placed) -> Iterator[Problem]:
        """What another version of the criterion, or another that knows its indicators, declares otherwise."""
        assert isinstance(item.entry, Criterion)
        number = int(self.changed.path[1]) if len(self.changed.path) > 1 else 0
        if number < len(item.entry.indicators):
            alike = self.base.declaring.get(item.entry.indicators[number].id, ())
            yield from lint_constancy([item if each is self.changed.item else each for each in alike])

    def problems(self) -> Iterator[Problem]:
        """Yield everything that the linter finds by looking, and not by proving."""
        rulebook, placed = self.draft.rulebook, list(self.draft.placed)
        if self.changed.item.section == "clauses" and "in_force" not in self.changed.fields:
            yield from lint_ledger(rulebook, placed)
            return
        if self.changed.kind == "cue":  # a cue that is gone, or says less, hides no other and leads to nothing new
            yield from lint_cues([self.item] if self.item is not None else [])
            return
        found = lint(rulebook, placed)
        yield from found
        if not found:
            yield from (*lint_proposals(rulebook, placed), *lint_constancy(placed), *lint_drift(placed))
            yield from (problem for item in placed for problem in Acts(rulebook).problems(item))

    def failing_examples(self) -> Iterator[Problem]:
        """Yield the examples of the entry that come out otherwise, and what is unsound in its proposal."""
        if self.item is None:
            return
        if isinstance(self.entry, Coherence):
            law = next((law for law in self.base.laws if self.original in law.coherence), None)
            yield from failed_coherence(self.item, self.entry, self.law(law)) if law is not None else ()
        if isinstance(self.entry, Criterion) and "in_force" not in self.changed.fields:
            law = self.base.law_of(self.original)
            if law is not None:
                yield from self._failing(self.item, self.entry, self.law(law))

    def _failing(self, item: Placed, criterion: Criterion, law: Law) -> Iterator[Problem]:
        if "proposal" not in self.changed.fields:
            yield from failed_rules(item, criterion, law)
        if criterion.proposal is not None and not self.changed.fields <= {"rules", "presumption"}:
            yield from failed_readings(item, law, criterion)

    def disproved(self, limit: Limit) -> Iterator[Problem]:
        """Yield what the proofs of the linter find in the entry. Raise `UndecidedError` if the solver gives up."""
        if self.item is not None:
            yield from self._of_proposal(self.item)
        if self.changed.fields == {"proposal"}:  # at which the proofs of the other rules do not look
            return
        if self.changed.item.section != "criteria" or not self.changed.fields <= CONDITIONS:
            yield from lint_tiers(self.draft.rulebook, list(self.draft.placed))
        if self.item is not None:
            alone = Draft(self.draft.rulebook, (self.item,), ())
            yield from idle(alone, limit)
            yield from misdirected(alone, limit)

    def _of_proposal(self, item: Placed) -> Iterator[Problem]:
        criterion = item.entry
        law = self.base.law_of(self.original)
        if isinstance(criterion, Criterion) and criterion.proposal is not None and law is not None:
            yield from failed_proposal(item, self.law(law), criterion, criterion.proposal)


def mutant(base: Base, changed: Changed) -> Mutant | str:
    """Return the rulebook with a change, or what is wrong with the entry if it cannot be read any more."""
    if changed.values is None:
        return Mutant(base, changed, None)
    try:
        return Mutant(base, changed, type(changed.item.entry).model_validate(changed.values))
    except (ValidationError, RulebookError) as error:
        return str(error).splitlines()[0]


def _lasts(other: Entry, entry: Entry) -> bool:
    """Whether one entry is in force at least until another ends."""
    ends, needed = other.in_force.until, entry.in_force.until
    return ends is None or (needed is not None and needed <= ends)


def asked(entry: Entry) -> set[str]:
    """Return everything that the conditions of an entry ask for."""
    return {condition.name for _, condition in conditions(entry)}


def _same(entry: object, original: Entry) -> bool:
    """Whether an entry of a law is one of the rulebook, perhaps under a later number."""
    return isinstance(entry, Entry) and entry.id == original.id and entry.in_force.from_ == original.in_force.from_
