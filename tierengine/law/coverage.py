"""The ledger of the statute: every clause of 22 USC 7106 and 7107(b), and what became of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tierengine.law.entries import Clause, Criterion, Downgrade, Entry, Relisting
from tierengine.law.rulebook import Rulebook
from tierengine.law.section import of_each
from tierengine.terms.citation import Citation

COVERED = re.compile(r"22 USC (7106|7107\(b\))")
"""The sections of which every clause is on the ledger."""


def counted(clauses: tuple[Clause, ...]) -> dict[str, int]:
    """How many clauses were treated in each way."""
    return dict(Counter(clause.treatment for clause in clauses))


def citations(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], Citation]]:
    """Yield every citation of an entry with its path in the entry."""
    yield ("citation",), entry.citation
    for number, interpretation in enumerate(entry.interpretations):
        yield ("interpretations", number, "authority"), interpretation.authority
    if isinstance(entry, Downgrade | Relisting):
        yield from ((("cited", name), citation) for name, citation in entry.cited.items())
    if isinstance(entry, Criterion):
        if entry.presumption is not None:
            yield ("presumption", "citation"), entry.presumption.citation
        if entry.proposal is not None:
            yield ("proposal", "authority"), entry.proposal.authority
        for number, indicator in enumerate(entry.indicators):
            if indicator.when_silent is not None:
                yield ("indicators", number, "when_silent", "citation"), indicator.when_silent.citation


def unlisted(rulebook: Rulebook) -> Iterator[tuple[Entry, tuple[str | int, ...], str]]:
    """Yield each provision that an entry cites and the ledger does not list on some day, with entry and path."""
    covered = of_each(_covered)
    for day in rulebook.boundaries():
        law = rulebook.select(day)
        known = {clause.citation.usc for clause in law.clauses}
        for entry in law.entries():
            for path, usc in covered(entry):
                if usc not in known:
                    yield entry, path, usc


def _covered(entry: Entry) -> tuple[tuple[tuple[str | int, ...], str], ...]:
    """The provisions that an entry cites and that are to be on the ledger, each with its path."""
    cited = ((path, citation.usc) for path, citation in citations(entry))
    return tuple((path, usc) for path, usc in cited if usc and COVERED.match(usc))


def unknown_names(rulebook: Rulebook) -> Iterator[tuple[Clause, str]]:
    """Yield each clause with a name under `by` that nothing in force over its whole time has."""
    named = of_each(_names)
    names = {day: frozenset().union(*map(named, rulebook.select(day).entries())) for day in rulebook.boundaries()}
    for clause in rulebook.clauses:
        for name in clause.by:
            if not all(name in known for day, known in names.items() if clause.in_force.holds(day)):
                yield clause, name


def _names(entry: Entry) -> frozenset[str]:
    names = {entry.id, *(reading.id for reading in entry.interpretations)}
    if isinstance(entry, Criterion):
        names |= {indicator.id for indicator in entry.indicators}
        names |= {entry.judgement.id} if entry.judgement else set()
    return frozenset(names)
