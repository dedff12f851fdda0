"""Suggestions: the cases that a suite lacks, as pairs of countries on the two sides of each rule and condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count

from tierengine.lab.cases import Case, Expected
from tierengine.lab.coverage import Book, Covered
from tierengine.lab.pairs import Pair, Pairs
from tierengine.lab.sketches import sketch, sketch_of_other
from tierengine.lab.trial import Answer, Trials
from tierengine.law.rulebook import Law


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule or condition of which cases are missing, and the pair that shows it; none where nothing can."""

    covered: Covered
    pair: tuple[Case, Case] | None


def suggest(book: Book, trials: Trials) -> Iterator[Suggestion]:
    """Yield a suggestion for each rule and condition of which a book lacks a case; those made are noted in it.

    Where the lack is no edge, a pair that was made for another condition may fill it. What is expected is what the
    rules say today. Raise `UndecidedError` if the solver gives up.
    """
    finders: dict[tuple[str, object], Pairs] = {}
    names: set[str] = set()
    lacking = [(law, node, covered) for law, node in book.nodes() if (covered := book.covered(node)).missing]
    for law, node, covered in sorted(lacking, key=lambda item: (item[2].edge is None, not item[2].single)):
        if covered.edge is None and not book.covered(node).missing:
            continue
        entry, since, path = node.key
        if (entry, since) not in finders:
            found = next(each for each in (*law.criteria, *law.conditional()) if each.id == entry)
            finders[entry, since] = Pairs(law, found)
        pair = finders[entry, since].find(path)
        if pair is None:
            yield Suggestion(covered, None)
            continue
        cases = _cases(law, covered, pair, trials, names)
        for case, given in zip(cases, (pair.on, pair.beside), strict=True):
            book.see(case.name, trials.of_given(law, given))
        yield Suggestion(covered, cases)


def _cases(law: Law, covered: Covered, pair: Pair, trials: Trials, names: set[str]) -> tuple[Case, Case]:
    asks, edge = covered.asks, covered.edge
    sides = (asks, f"not {asks}") if edge is None else (edge.on.replace("`", ""), edge.beside.replace("`", ""))
    told = (sketch(law, pair.on, pair.differs), sketch_of_other(law, pair.beside, pair.differs))
    on, beside = (
        Case(
            name=_name(f"{covered.entry} since {covered.in_force_from}, {covered.rule}: {side}", names),
            as_of=law.as_of,
            sketch=words,
            given=given,
            expect=_expected(trials.of_given(law, given), pair),
        )
        for side, words, given in zip(sides, told, (pair.on, pair.beside), strict=True)
    )
    return on, beside


def _name(wanted: str, names: set[str]) -> str:
    """A name that no case has yet, which it has then."""
    free = next(name for name in chain((wanted,), (f"{wanted} ({n})" for n in count(2))) if name not in names)
    names.add(free)
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
