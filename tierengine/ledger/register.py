"""What has been said so far, and whether the rules of the ledger let another entry join it.

The same rules are asked when an entry is written, inside the transaction that writes it, and again of every entry when
the ledger is verified: who holds the keys of a ledger cannot write round them unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tierengine import canonical
from tierengine.errors import Problem
from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    DocumentEntry,
    Person,
    PositionEntry,
    ReviewEntry,
    RulebookEntry,
)
from tierengine.ledger.keys import plain_name
from tierengine.terms.tier import NAMES, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the rules must know of an entry: its digest, author and case, and what it holds."""

    number: int
    kind: str
    digest: str
    author: str
    """The name as it is compared."""
    key: str
    case: str | None
    on: int | None = None
    """The entry that it speaks of."""
    rulebook: str | None = None
    answer: str | None = None
    tier: Tier | None = None
    approves: bool | None = None


@dataclass(slots=True)
class Register:
    """The entries that were taken in, in order: of a whole ledger, or of one case with what else bears on it."""

    said: dict[int, Said] = field(default_factory=dict)
    _cases: dict[str, list[Said]] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _corrected: set[int] = field(default_factory=set)
    _reviewed: set[tuple[int, str]] = field(default_factory=set)
    _rulebooks: list[Said] = field(default_factory=list)

    @staticmethod
    def of(entries: Iterable[tuple[AnyEntry, bytes]]) -> Register:
        """Return the register of some entries with their bytes, in the order of their numbers."""
        register = Register()
        for entry, raw in entries:
            register.take(entry, raw)
        return register

    def take(self, entry: AnyEntry, raw: bytes) -> None:
        """Take in an entry that the rules allow."""
        said = self._said(entry, raw)
        self.said[said.number] = said
        self._keys[said.author], self._names[said.key] = said.key, said.author
        if said.case is not None:
            self._cases.setdefault(said.case, []).append(said)
        if isinstance(entry, CorrectionEntry):
            self._corrected.add(entry.of)
        elif isinstance(entry, ReviewEntry):
            self._reviewed.add((entry.of, said.author))
        elif isinstance(entry, RulebookEntry):
            self._rulebooks.append(said)

    def case_of(self, entry: AnyEntry) -> str | None:
        """Return the case that an entry belongs to: its own, or that of the entry it speaks of."""
        if isinstance(entry, ReviewEntry | CorrectionEntry):
            spoken_of = self.said.get(entry.of)
            return None if spoken_of is None else spoken_of.case
        return None if isinstance(entry, RulebookEntry) else entry.case

    def _said(self, entry: AnyEntry, raw: bytes) -> Said:
        return Said(
            number=entry.number,
            kind=entry.kind,
            digest=canonical.digest(raw),
            author=plain_name(entry.by.name),
            key=entry.by.key,
            case=self.case_of(entry),
            on=getattr(entry, "on", getattr(entry, "of", None)),
            rulebook=getattr(entry, "rulebook", None),
            answer=getattr(entry, "answer", None),
            tier=getattr(entry, "tier", None),
            approves=getattr(entry, "approves", None),
        )

    # -- how things stand -------------------------------------------------------------------------------------------

    @property
    def rulebook(self) -> str | None:
        """The digest of the rulebook under which assessments are made now."""
        return next((said.rulebook for said in reversed(self._rulebooks) if self.counts(said)), None)

    def knows(self, name: str) -> bool:
        """Return whether somebody of this name, as it is compared, wrote an entry."""
        return name in self._keys

    def counts(self, said: Said) -> bool:
        """Return whether an entry was not corrected."""
        return said.number not in self._corrected

    def cases(self) -> tuple[str, ...]:
        """Return the cases, in the order in which they were opened."""
        return tuple(self._cases)

    def case(self, case: str) -> tuple[Said, ...]:
        """Return the entries of a case, in order."""
        return tuple(self._cases.get(case, ()))

    def assessment(self, case: str) -> Said | None:
        """Return the assessment of a case that is current: the last that counts, if the rulebook is still the same."""
        made = [said for said in self.case(case) if said.kind == "assessment" and self.counts(said)]
        return made[-1] if made and made[-1].rulebook == self.rulebook else None

    def determination(self, case: str) -> Said | None:
        """Return the determination on the current assessment of a case, if there is one."""
        current = self.assessment(case)
        found = (
            said
            for said in self.case(case)
            if said.kind == "determination" and self.counts(said) and current is not None and said.on == current.number
        )
        return next(found, None)

    def seen(self, case: str) -> str:
        """Return the digest of all that is on record of a case: its entries in order, and the rulebook of the day."""
        entries = [said.digest for said in self.case(case)]
        return canonical.digest(canonical.encode({"entries": entries, "rulebook": self.rulebook}))

    # -- the rules --------------------------------------------------------------------------------------------------

    def objections(self, entry: AnyEntry) -> Iterator[Problem]:
        """Yield what the rules have against an entry that would be the next; nothing if it may join."""
        yield from self._person(entry.by)
        if isinstance(entry, AssessmentEntry):
            yield from self._assessment(entry)
        elif isinstance(entry, PositionEntry):
            yield from self._position(entry)
        elif isinstance(entry, DeterminationEntry):
            yield from self._determination(entry)
        elif isinstance(entry, ReviewEntry):
            yield from self._review(entry)
        elif isinstance(entry, CorrectionEntry):
            yield from self._correction(entry)
        elif isinstance(entry, DocumentEntry):
            yield from self._document(entry)
        else:
            yield from self._change(entry)

    def _person(self, by: Person) -> Iterator[Problem]:
        """A name belongs to the key that used it first, and a key to its name."""
        name = plain_name(by.name)
        if self._keys.get(name, by.key) != by.key:
            yield _objection("author", f"`{by.name}` wrote here with another key", "use that key, or your own name")
        elif self._names.get(by.key, name) != name:
            yield _objection("author", "this key wrote here under another name", "use that name, or a key of your own")

    def _assessment(self, entry: AssessmentEntry) -> Iterator[Problem]:
        if entry.rulebook != self.rulebook:
            what = "the assessment was made under a rulebook that is not the ledger's"
            yield _objection("rulebook", what, "record the change first: tierengine ledger rulebook --reasons TEXT")

    def _position(self, entry: PositionEntry) -> Iterator[Problem]:
        current = self.assessment(entry.case)
        if current is None or entry.on != current.number or entry.answer != current.answer:
            yield self._stale(entry.case)
        elif entry.agrees != (entry.tier == current.tier):
            held = "agrees" if entry.agrees else "dissents"
            yield _objection("--tier", f"the office {held} and holds {_tier(entry.tier)}", "leave out one of the two")
        else:
            yield from _grounds(entry, departs=not entry.agrees)

    def _determination(self, entry: DeterminationEntry) -> Iterator[Problem]:
        current = self.assessment(entry.case)
        if current is None or entry.on != current.number or entry.seen != self.seen(entry.case):
            yield self._stale(entry.case)
        elif self.determination(entry.case) is not None:
            what = "this assessment has been determined"
            yield _objection("case", what, "have its author correct that determination, or record a new assessment")
        elif entry.adopts != (entry.tier == current.tier):
            what = f"{_tier(entry.tier)} is {'not ' if entry.adopts else ''}what is recommended"
            yield _objection("--tier", what, "adopt the recommendation, or depart from it")
        else:
            yield from _grounds(entry, departs=not entry.adopts)

    def _stale(self, case: str) -> Problem:
        what = f"what was seen of `{case}` is no longer what is on record"
        return _objection("--seen", what, f"read it again: tierengine ledger log {case}")

    def _review(self, entry: ReviewEntry) -> Iterator[Problem]:
        reviewed = self.said.get(entry.of)
        if reviewed is None or reviewed.digest != entry.entry or reviewed.kind == "review":
            yield _objection("ENTRY", f"entry {entry.of} is none that can be reviewed", "see `tierengine ledger log`")
        elif not self.counts(reviewed):
            yield _objection("ENTRY", f"entry {entry.of} was corrected and counts no more", "review what replaced it")
        elif plain_name(entry.by.name) == reviewed.author or entry.by.key == reviewed.key:
            yield _objection("--as", f"`{entry.by.name}` wrote entry {entry.of}", "have somebody else review it")
        elif (entry.of, plain_name(entry.by.name)) in self._reviewed:
            yield _objection("--as", f"`{entry.by.name}` has reviewed entry {entry.of}", "one review each is enough")

    def _correction(self, entry: CorrectionEntry) -> Iterator[Problem]:
        wrong = self.said.get(entry.of)
        if wrong is None or wrong.digest != entry.entry or wrong.kind == "correction":
            yield _objection("ENTRY", f"entry {entry.of} is none that can be corrected", "see `tierengine ledger log`")
        elif not self.counts(wrong):
            yield _objection("ENTRY", f"entry {entry.of} was corrected before", "write what is right as a new entry")
        elif entry.by.key != wrong.key:
            what = f"`{entry.by.name}` did not write entry {entry.of}"
            yield _objection("--as", what, "object to it in a review, or have its author correct it")

    def _document(self, entry: DocumentEntry) -> Iterator[Problem]:
        current = self.assessment(entry.case)
        if current is None or entry.on != current.number or entry.answer != current.answer:
            what = f"entry {entry.on} is not the current assessment of `{entry.case}`"
            yield _objection(
                "ENTRY", what, f"draft the document from what is current: tierengine ledger log {entry.case}"
            )

    def _change(self, entry: RulebookEntry) -> Iterator[Problem]:
        if entry.rulebook == self.rulebook:
            yield _objection("rulebook", "this is the ledger's rulebook already", "there is nothing to record")
        elif entry.replaces != self.rulebook:
            yield _objection("rulebook", "the rulebook was changed meanwhile", "look at that change, then record yours")


def _grounds(entry: PositionEntry | DeterminationEntry, *, departs: bool) -> Iterator[Problem]:
    """Who departs disputes findings or says that it is discretion; who does not, does neither."""
    if departs and bool(entry.disputes) == entry.discretion:
        what = "a departure has one ground: findings that are disputed, or discretion"
        yield _objection("--disputes", what, "name each disputed finding with --disputes, or write --discretion")
    elif not departs and (entry.disputes or entry.discretion):
        what = "who goes along with the recommendation disputes nothing"
        yield _objection("--disputes", what, "leave --disputes and --discretion out")


def _tier(tier: Tier | None) -> str:
    return "no tier" if tier is None else NAMES[tier]


def _objection(where: str, what: str, cure: str) -> Problem:
    return Problem(where=where, what=what, cure=cure)
