"""Entries told for people, each in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    Disputed,
    DocumentEntry,
    PositionEntry,
    ReviewEntry,
)
from tierengine.ledger.register import Register
from tierengine.reports.outline import Line, Section
from tierengine.terms.tier import NAMES, Tier


def headline(entry: AnyEntry) -> str:
    """Tell what an entry says, in one sentence without its reasons."""
    if isinstance(entry, AssessmentEntry):
        return f"{entry.name} ({entry.country}) assessed under the law of {entry.as_of}: {_recommended(entry)}."
    if isinstance(entry, PositionEntry | DeterminationEntry):
        return _stood(entry)
    if isinstance(entry, ReviewEntry):
        return f"Reviewed entry {entry.of} and {'approves' if entry.approves else 'objects to'} it."
    if isinstance(entry, CorrectionEntry):
        return f"Entry {entry.of} is wrong and counts no more."
    if isinstance(entry, DocumentEntry):
        return f"Keeps the {entry.document} {entry.file.name}, which tells entry {entry.on}."
    changed = "is the first" if entry.replaces is None else f"takes the place of {short(entry.replaces)}"
    return f"The rulebook {short(entry.rulebook)} {changed}; all its {entry.examples} examples come out as expected."


def _stood(entry: PositionEntry | DeterminationEntry) -> str:
    tier, ground = tier_name(entry.tier), " at discretion" if entry.discretion else ""
    if isinstance(entry, DeterminationEntry):
        departs = f"and departs from entry {entry.on}{ground}"
        return f"Determines {tier}, {f'as entry {entry.on} recommends' if entry.adopts else departs}."
    return (
        f"Agrees with entry {entry.on}: {tier}."
        if entry.agrees
        else f"Dissents from entry {entry.on} and holds {tier}{ground}."
    )


def details(entry: AnyEntry) -> Iterator[str]:
    """Yield what else an entry says: disputed findings, what conceding them does, reasons."""
    if isinstance(entry, PositionEntry | DeterminationEntry):
        yield from (_disputed(each) for each in entry.disputes)
        if entry.concession is not None:
            yield f"Conceding {'this' if len(entry.disputes) == 1 else 'these'} {_CONCEDED[entry.concession]}."
    if isinstance(entry, DocumentEntry):
        yield f"Its digest: {entry.file.digest}"
    elif not isinstance(entry, AssessmentEntry):
        yield f"Reasons: {entry.reasons}"


_CONCEDED = {
    "gives it": "gives that tier",
    "leaves it open": "leaves that tier open, and others with it",
    "excludes it": "does not give that tier: it stays excluded",
}


def on_record(entries: Sequence[AnyEntry]) -> Section:
    """Return the section of a report that tells what was said, when and by whom; corrected entries are marked."""
    corrected = {entry.of for entry in entries if isinstance(entry, CorrectionEntry)}
    return Section(
        "On the record", tuple(_line(entry, corrected) for entry in entries), ("Entry", "Kind", "What it says")
    )


def _line(entry: AnyEntry, corrected: set[int]) -> Line:
    mark = f"{entry.kind}, corrected" if entry.number in corrected else entry.kind
    return Line(f"Entry {entry.number}", mark, headline(entry), (f"{author(entry)}, {entry.time}", *details(entry)))


def author(entry: AnyEntry) -> str:
    """Tell who wrote an entry."""
    return f"{entry.by.name}, {entry.by.office}" if entry.by.office else entry.by.name


def standing(register: Register, case: str) -> str:
    """Tell in one sentence where a case stands."""
    assessment, determination = register.assessment(case), register.determination(case)
    if assessment is None:
        return "No assessment of this case is current; record one."
    if determination is None:
        return f"Entry {assessment.number} is current and waits for a determination."
    reviews = [said for said in register.case(case) if said.kind == "review" and said.on == determination.number]
    looked = "nobody has reviewed it"
    if reviews:
        looked = "a review approves it" if all(said.approves for said in reviews) else "a review objects to it"
    return f"Entry {determination.number} determined {tier_name(determination.tier)}; {looked}."


def tier_name(tier: Tier | None) -> str:
    """Return the name of a tier, or `no tier`."""
    return "no tier" if tier is None else NAMES[tier]


def short(digest: str) -> str:
    """Return the beginning of a digest, enough to tell it from others."""
    return digest.removeprefix("sha256:")[:12]


def _recommended(entry: AssessmentEntry) -> str:
    if entry.open_tiers == (entry.tier,):
        return f"{tier_name(entry.tier)} is recommended"
    return f"{tier_name(entry.tier)} is recommended, and {_list(map(tier_name, entry.open_tiers))} stay open"


def _list(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _disputed(each: Disputed) -> str:
    return f"Disputes {each.id}: found {each.found.value}, held to be {each.held.value}."
