"""The law in words for people: what is in force on a date, what changed between two, and what became of each clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from tierengine.law.changes import Change, named
from tierengine.law.coverage import counted
from tierengine.law.entries import Clause, Coherence, Criterion, Entry
from tierengine.law.rulebook import Law
from tierengine.reports.text import print_wrapped
from tierengine.terms.scalars import Model


class Provision(Model):
    """One entry in force, as `law show` prints it."""

    id: str
    part: str
    """The part of the law: `rules`, `coherence`, or that of a criterion."""
    number: int | None
    """The number of a factor on the date; other entries have none."""
    title: str
    citation: str
    in_force_from: str
    in_force_until: str | None
    """The first day on which it is in force no more; null while there is none."""
    act: str | None
    """The Act that made this version."""


_PARTS = {
    "scope": "Scope",
    "standard": "Minimum standards",
    "factor": "Factors of standard 4",
    "efforts": "Significant efforts",
    "watch list": "Grounds of the special watch list",
    "waiver": "Waiver of the automatic downgrade",
    "rules": "Rules",
    "coherence": "What holds of every country",
}


def part_name(part: str) -> str:
    """Return the name of a part of the law, as `Provision.part` gives it."""
    return _PARTS[part]


def provisions(law: Law) -> tuple[Provision, ...]:
    """Return every entry in force, the criteria part by part and in the order of the statute."""
    criteria = sorted(law.criteria, key=lambda criterion: list(_PARTS).index(criterion.part))
    rules = (*law.conditional(), *law.downgrades, *law.relistings, *law.advice, *law.progress, *law.clocks)
    return tuple(_provision(entry) for entry in (*criteria, *law.admissions, *rules, *law.carryings, *law.coherence))


def _provision(entry: Entry) -> Provision:
    return Provision(
        id=entry.id,
        part=_part(entry),
        number=_number(entry),
        title=named(entry),
        citation=str(entry.citation),
        in_force_from=str(entry.in_force.from_),
        in_force_until=str(entry.in_force.until) if entry.in_force.until else None,
        act=entry.change.act if entry.change else entry.citation.public_law,
    )


def _part(entry: Entry) -> str:
    if isinstance(entry, Criterion):
        return entry.part
    return "coherence" if isinstance(entry, Coherence) else "rules"


def _number(entry: Entry) -> int | None:
    """The number of a factor, from its citation on the date."""
    if not isinstance(entry, Criterion) or entry.part != "factor":
        return None
    found = re.search(r"\((\d+)\)$", entry.citation.usc or "")
    return int(found[1]) if found else None


def print_law(law: Law, console: Console) -> None:
    """Print what is in force on a date, and how many factors there are."""
    found = provisions(law)
    console.print(Text(f"The law in force on {law.as_of}", style="bold"))
    for part, title in _PARTS.items():
        inside = [each for each in found if each.part == part]
        if inside:
            console.print(Text(f"\n{title}", style="bold"))
        for each in inside:
            name = each.id if each.number is None else f"{each.number}. {each.id}"
            until = each.in_force_until or "further notice"
            print_wrapped(f"{name}: {each.title}", console, 2, hang=4)
            act = f"; {each.act}" if each.act else ""
            print_wrapped(f"{each.citation}; from {each.in_force_from} until {until}{act}", console, 6, hang=2)
    console.print(f"\n{sum(each.part == 'factor' for each in found)} factors")


def print_changes(found: Sequence[Change], console: Console) -> None:
    """Print what changed, day by day."""
    if not found:
        console.print("Nothing changed between the two dates.")
    day = None
    for change in found:
        if change.day != day:
            console.print(Text(f"{chr(10) if day else ''}{change.day}", style="bold"))
            day = change.day
        print_wrapped(f"{change.how:<11}{change.id}: {change.says}", console, 2, hang=11)
        print_wrapped(f"{change.act}; {change.provision}", console, 13, hang=2)


def print_ledger(clauses: tuple[Clause, ...], console: Console) -> None:
    """Print every clause with what became of it, and how many there are of each."""
    for clause in clauses:
        until = clause.in_force.until or "further notice"
        console.print(Text(f"{clause.citation.usc}, from {clause.in_force.from_} until {until}", style="bold"))
        print_wrapped(f"{clause.asks}", console, 4)
        print_wrapped(f"{clause.treatment}{_by(clause)}", console, 4, hang=2)
        for name in clause.cases:
            print_wrapped(f"without it fails: {name}", console, 4, hang=2)
    console.print()
    for line in counts_in_words(clauses):
        console.print(line)


def counts_in_words(clauses: tuple[Clause, ...]) -> Iterator[str]:
    """Yield how many clauses were treated in which way."""
    yield f"{len(clauses)} clauses: " + ", ".join(f"{number} {way}" for way, number in counted(clauses).items())


def _by(clause: Clause) -> str:
    return f": {', '.join(clause.by)}" if clause.by else f": {clause.why}"
