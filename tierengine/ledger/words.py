"""Entries in words for people, each in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    Disputed,
    DocumentEntry,
    EnrolmentEntry,
    Person,
    PositionEntry,
    ProposalEntry,
    RegisterEntry,
    ReviewEntry,
    RulebookEntry,
    Unsigned,
    WithdrawalEntry,
)
from tierengine.ledger.register import Register
from tierengine.reports.outline import Line, Section
from tierengine.terms.tier import NAMES, Tier


def headline(entry: AnyEntry) -> str:
    """Return what an entry says, in one sentence without its reasons."""
    if isinstance(entry, AssessmentEntry):
        return f"{entry.name} ({entry.country}) assessed under the law of {entry.as_of}: {_recommended(entry)}."
    if isinstance(entry, PositionEntry | DeterminationEntry):
        return _stood(entry)
    if isinstance(entry, ReviewEntry | CorrectionEntry | DocumentEntry):
        return _on_another(entry)
    if isinstance(entry, RegisterEntry):
        return _registered(entry)
    return _changed(entry)


def _on_another(entry: ReviewEntry | CorrectionEntry | DocumentEntry) -> str:
    if isinstance(entry, ReviewEntry):
        return f"Reviewed entry {entry.of} and {'approves' if entry.approves else 'objects to'} it."
    if isinstance(entry, CorrectionEntry):
        return f"Entry {entry.of} is wrong and counts no more."
    return f"Keeps the {entry.document} {entry.file.name}, which is about entry {entry.on}."


def _changed(entry: RulebookEntry | ProposalEntry) -> str:
    book, first = short(entry.rulebook), entry.replaces is None
    examples = f"all its {entry.examples} examples come out as expected"
    if isinstance(entry, ProposalEntry):
        place = "be the first" if first else f"take the place of {short(entry.replaces or '')}"
        return f"Proposes that the rulebook {book} {place}; {examples}."
    place = "is the first" if first else f"takes the place of {short(entry.replaces or '')}"
    adopted = "" if entry.proposal is None else f", as entry {entry.proposal} proposed and others approved"
    return f"The rulebook {book} {place}{adopted}; {examples}."


def _registered(entry: RegisterEntry) -> str:
    if isinstance(entry, EnrolmentEntry):
        cleared = f", cleared for {_list(entry.cleared)}" if entry.cleared else ""
        roles = f"{_list(entry.roles)}{cleared}"
        return f"{_who(entry.person)} is in the register as {roles}, with the key {entry.person.key}."
    if isinstance(entry, WithdrawalEntry):
        return f"The key {entry.key} of {entry.name} counts no more."
    if not entry.witnesses:
        return "No witness cosigns the checkpoints."
    names = _list(witness.key.partition("+")[0] for witness in entry.witnesses)
    many = "cosignature" if entry.quorum == 1 else "cosignatures"
    return f"A checkpoint needs {entry.quorum} {many} of these witnesses: {names}."


def to_be_signed(waiting: Unsigned) -> tuple[str, ...]:
    """State in words what somebody signs who signs an entry: the author, what it says, its place, and the digest."""
    entry = waiting.entry
    return (
        f"{author(entry)} signs entry {entry.number}, {entry.time}, with the key {entry.by.key}.",
        headline(entry),
        *details(entry),
        *_bound(entry),
        f"The digest of what is signed: {waiting.digest}",
    )


def _bound(entry: AnyEntry) -> Iterator[str]:
    """What a signature binds beside its sentences: the bytes that are meant, by their digests."""
    named = {
        "rulebook": "The rulebook that is meant",
        "answer": "The answer that is meant",
        "entry": "The entry that is meant",
        "seen": "What was on record of the case",
        "difference": "The difference of the files",
        "proof": "What was proved of the change",
        "census": "The cases that it moves",
    }
    for name, words in named.items():
        if (digest := getattr(entry, name, None)) is not None:
            yield f"{words}: {digest}"
    if isinstance(entry, AssessmentEntry):
        yield from (f"The file {each.name}: {each.digest}" for each in (entry.dossier, *entry.sources))


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
    """Return the section of a report that lists what was said, when and by whom; corrected entries are marked.

    The register of people is left out: it is as long as an office has people, and says nothing of the case.
    """
    corrected = {entry.of for entry in entries if isinstance(entry, CorrectionEntry)}
    lines = tuple(_line(entry, corrected) for entry in entries if not isinstance(entry, RegisterEntry))
    return Section("On the record", lines, ("Entry", "Kind", "What it says"))


def _line(entry: AnyEntry, corrected: set[int]) -> Line:
    mark = f"{entry.kind}, corrected" if entry.number in corrected else entry.kind
    return Line(f"Entry {entry.number}", mark, headline(entry), (f"{author(entry)}, {entry.time}", *details(entry)))


def author(entry: AnyEntry) -> str:
    """Say who wrote an entry."""
    return _who(entry.by)


def _who(person: Person) -> str:
    return f"{person.name}, {person.office}" if person.office else person.name


def standing(register: Register, case: str) -> str:
    """Say in one sentence where a case stands."""
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
    """Return the beginning of a digest, enough to distinguish it from others."""
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
