"""Suggestions: the cases that a suite lacks, as pairs of countries on the two sides of each rule and condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, count

from tierengine.lab.cases.coverage import Book, Covered
from tierengine.lab.cases.pairs import Pair, Pairs
from tierengine.lab.cases.sketches import sketch, sketch_of_other
from tierengine.lab.cases.suite import Case, Expected
from tierengine.lab.cases.trial import Answer, Trials
from tierengine.law.entries import Given
from tierengine.law.rulebook import Law


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule or condition of which cases are missing, and the pair that shows it; none where nothing can."""

    covered: Covered
    pair: tuple[Case, Case] | None
    """Two cases that differ in one answer: it holds in the one, and fails in the other."""


def suggest(book: Book, trials: Trials) -> Iterator[Suggestion]:
    """Yield a suggestion for each rule and condition of which a book lacks a case; those made are noted in it.

    Where the lack is no edge, a pair that was made for another condition may fill it. What is expected is what the
    rules say today. Raise `UndecidedError` if the solver gives up.
    """
    writer = _Writer(trials)
    lacking = [(law, node, covered) for law, node in book.nodes() if (covered := book.covered(node)).missing]
    for law, node, covered in sorted(lacking, key=lambda item: (item[2].edge is None, not item[2].single)):
        if covered.edge is None and not book.covered(node).missing:
            continue
        cases = writer.pair(law, covered)
        for case in cases or ():
            assert case.given is not None
            book.see(case.name, trials.of_given(law, case.given))
        yield Suggestion(covered, cases)


class _Writer:
    """Writes pairs of cases, each case under a name of its own."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials
        self._pairs: dict[tuple[str, date], Pairs] = {}
        self._names: set[str] = set()

    def pair(self, law: Law, covered: Covered) -> tuple[Case, Case] | None:
        """Return the two cases for a rule or condition, or nothing if no pair can show it."""
        key = (covered.entry, covered.in_force_from)
        if key not in self._pairs:
            entries = (*law.criteria, *law.conditional())
            self._pairs[key] = Pairs(law, next(each for each in entries if each.id == covered.entry))
        pair = self._pairs[key].find(covered.path)
        if pair is None:
            return None
        subject = f"{covered.entry} since {covered.in_force_from}, {covered.rule}: "
        sides = (covered.asks, f"not {covered.asks}")
        if covered.edge is not None:
            sides = (covered.edge.on.replace("`", ""), covered.edge.beside.replace("`", ""))
        return (
            self._case(law, pair, pair.on, subject + sides[0], sketch(law, pair.on, pair.differs)),
            self._case(law, pair, pair.beside, subject + sides[1], sketch_of_other(law, pair.beside, pair.differs)),
        )

    def _case(self, law: Law, pair: Pair, given: Given, name: str, says: str) -> Case:
        return Case(
            name=self._name(name),
            as_of=law.as_of,
            sketch=says,
            given=given,
            expect=_expected(self._trials.of_given(law, given), pair),
        )

    def _name(self, wanted: str) -> str:
        names = chain((wanted,), (f"{wanted} ({number})" for number in count(2)))
        free = next(name for name in names if name not in self._names)
        self._names.add(free)
        return free


def _expected(answer: Answer, pair: Pair) -> Expected:
    """What the rules say today: of the rule, of its criterion, and of the tier where a row of the table is at stake."""
    findings = {name: answer.found(name)[0].value for name in (pair.proposition, pair.finding)}
    entry = pair.proposition.split("/", maxsplit=1)[0]
    if entry in answer.law.criteria_by_id:
        level = answer.level(entry)
        findings[entry] = level if level in ("partly met", "largely met") else answer.found(entry)[0].value
    tier = answer.tier if entry in {row.id for row in answer.law.tiers} else None
    return Expected.model_validate({"findings": findings} | ({"tier": tier} if tier else {}))
