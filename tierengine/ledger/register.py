"""What has been said so far, and whether the rules of the ledger let another entry join it.

The same rules are asked when an entry is written, inside the transaction that writes it, and again of every entry when
the ledger is verified: who holds the keys of a ledger cannot write round them unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tierengine import canonical
from tierengine.errors import Problem
from tierengine.ledger.alike import Names, alike
from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    DocumentEntry,
    EnrolmentEntry,
    PositionEntry,
    ProposalEntry,
    RegisterEntry,
    ReviewEntry,
    RulebookEntry,
    WitnessesEntry,
)
from tierengine.ledger.keys import plain_name
from tierengine.ledger.people import People
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
    people: People = field(default_factory=People)
    witnesses: WitnessesEntry | None = None
    """Who cosigns the checkpoints, and how many must, if anybody."""
    _format: int = 1
    _written: Names = field(default_factory=Names)
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
        self._format = max(self._format, entry.format)
        if not self.knows(said.author):
            self._written.add(entry.by.name)
        self._keys[said.author], self._names[said.key] = said.key, said.author
        if said.case is not None:
            self._cases.setdefault(said.case, []).append(said)
        if isinstance(entry, CorrectionEntry):
            self._corrected.add(entry.of)
        elif isinstance(entry, ReviewEntry):
            self._reviewed.add((entry.of, said.author))
        elif isinstance(entry, RulebookEntry):
            self._rulebooks.append(said)
        elif isinstance(entry, WitnessesEntry):
            self.witnesses = entry
        else:
            self.people.take(entry)

    def case_of(self, entry: AnyEntry) -> str | None:
        """Return the case that an entry belongs to: its own, or that of the entry it speaks of."""
        if isinstance(entry, ReviewEntry | CorrectionEntry):
            spoken_of = self.said.get(entry.of)
            return None if spoken_of is None else spoken_of.case
        return None if isinstance(entry, RulebookEntry | ProposalEntry | RegisterEntry) else entry.case

    def _said(self, entry: AnyEntry, raw: bytes) -> Said:
        values = vars(entry)  # asking a model for what it has not takes it long, and most entries have little of this
        return Said(
            number=entry.number,
            kind=entry.kind,
            digest=canonical.digest(raw),
            author=plain_name(entry.by.name),
            key=entry.by.key,
            case=self.case_of(entry),
            on=values.get("on", values.get("of")),
            rulebook=values.get("rulebook"),
            answer=values.get("answer"),
            tier=values.get("tier"),
            approves=values.get("approves"),
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
        yield from self._person(entry)
        yield from self.people.objections(entry)
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
        elif isinstance(entry, RulebookEntry | ProposalEntry):
            yield from self._change(entry)
        elif isinstance(entry, EnrolmentEntry):
            yield from self._enrolment(entry)

    def _person(self, entry: AnyEntry) -> Iterator[Problem]:
        """A name belongs to the key that used it first, and a key to its name, unless a register of people says so."""
        by, name = entry.by, plain_name(entry.by.name)
        if entry.format < self._format:
            what = f"it is written in format {entry.format}, after entries of format {self._format}"
            yield _objection("format", what, "write it with the newest tierengine that writes here")
        elif self.people.kept:
            return
        elif self._keys.get(name, by.key) != by.key:
            yield _objection("author", f"`{by.name}` wrote here with another key", "use that key, or your own name")
        elif self._names.get(by.key, name) != name:
            yield _objection("author", "this key wrote here under another name", "use that name, or a key of your own")
        elif entry.format > 1 and not self.knows(name) and (like := self._written.like(by.name)) is not None:
            what = f"`{by.name}` looks like `{like}`, who wrote here with another key"
            yield _objection("author", what, "use a name that nobody takes for that one")

    def _enrolment(self, entry: EnrolmentEntry) -> Iterator[Problem]:
        """Who wrote before is enrolled with the same name and key, and nobody else looks like them."""
        name, key = plain_name(entry.person.name), entry.person.key
        first, other = self._keys.get(name), self._names.get(key)
        former = None if first is None else self.people.of(first)
        like = self._written.like(entry.person.name)
        if other is not None and other != name:
            yield _objection("--key", f"this key wrote here as `{other}`", "use that name, or another key")
        elif first is not None and first != key and (former is None or former.counts):
            what = f"`{entry.person.name}` wrote here with another key"
            yield _objection("--key", what, "enrol that key first; then it can be withdrawn, and another enrolled")
        elif first is None and like is not None and self.people.of(self._keys[plain_name(like)]) is None:
            what = f"`{entry.person.name}` looks like `{like}`, who wrote here"
            yield _objection("NAME", what, "choose a name that nobody takes for that one")

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
        if reviewed is None or reviewed.digest != entry.entry or reviewed.kind in _NEVER_REVIEWED:
            yield _objection("ENTRY", f"entry {entry.of} is none that can be reviewed", "see `tierengine ledger log`")
        elif not self.counts(reviewed):
            yield _objection("ENTRY", f"entry {entry.of} was corrected and counts no more", "review what replaced it")
        elif self._is_author(entry, reviewed):
            yield _objection("--as", f"`{entry.by.name}` wrote entry {entry.of}", "have somebody else review it")
        elif (entry.of, plain_name(entry.by.name)) in self._reviewed:
            yield _objection("--as", f"`{entry.by.name}` has reviewed entry {entry.of}", "one review each is enough")
        elif reviewed.kind == "proposal" and not self._may_change_the_law(entry.by.key):
            what = f"`{entry.by.name}` is not enrolled as policy staff"
            yield _objection("--as", what, "have somebody else of the policy staff review the change of the law")

    @staticmethod
    def _is_author(entry: ReviewEntry, reviewed: Said) -> bool:
        """Whether a reviewer is who wrote the entry, by name, by key, or by a name that looks the same."""
        name = plain_name(entry.by.name)
        same = name == reviewed.author or entry.by.key == reviewed.key
        return same or (entry.format > 1 and alike(name, reviewed.author))

    def _may_change_the_law(self, key: str) -> bool:
        enrolled = self.people.of(key)
        return not self.people.kept or (enrolled is not None and "policy" in enrolled.roles)

    def _correction(self, entry: CorrectionEntry) -> Iterator[Problem]:
        wrong = self.said.get(entry.of)
        if wrong is None or wrong.digest != entry.entry or wrong.kind in _NEVER_CORRECTED:
            yield _objection("ENTRY", f"entry {entry.of} is none that can be corrected", "see `tierengine ledger log`")
        elif not self.counts(wrong):
            yield _objection("ENTRY", f"entry {entry.of} was corrected before", "write what is right as a new entry")
        elif entry.by.key != wrong.key and not (self.people.kept and plain_name(entry.by.name) == wrong.author):
            what = f"`{entry.by.name}` did not write entry {entry.of}"
            yield _objection("--as", what, "object to it in a review, or have its author correct it")
        elif wrong.kind == "rulebook" and self.people.kept:
            what = "where a register of people is kept, nobody alone takes back a change of the law"
            yield _objection("ENTRY", what, "propose the rulebook that is right: tierengine ledger propose")

    def _document(self, entry: DocumentEntry) -> Iterator[Problem]:
        current = self.assessment(entry.case)
        if current is None or entry.on != current.number or entry.answer != current.answer:
            what = f"entry {entry.on} is not the current assessment of `{entry.case}`"
            yield _objection(
                "ENTRY", what, f"draft the document from what is current: tierengine ledger log {entry.case}"
            )

    def _change(self, entry: RulebookEntry | ProposalEntry) -> Iterator[Problem]:
        if entry.rulebook == self.rulebook:
            yield _objection("rulebook", "this is the ledger's rulebook already", "there is nothing to record")
        elif entry.replaces != self.rulebook:
            yield _objection("rulebook", "the rulebook was changed meanwhile", "look at that change, then record yours")
        elif isinstance(entry, RulebookEntry):
            yield from self._adoption(entry)

    def _adoption(self, entry: RulebookEntry) -> Iterator[Problem]:
        """A change of the law is proposed, approved by somebody else, and adopted as it was approved."""
        if entry.proposal is None:
            if self.people.kept and self.rulebook is not None:
                what = "where a register of people is kept, a change of the law is proposed and approved first"
                yield _objection("rulebook", what, "propose it: tierengine ledger propose")
            return
        proposed = self.said.get(entry.proposal)
        if proposed is None or proposed.kind != "proposal" or not self.counts(proposed):
            what = f"entry {entry.proposal} is no proposal that counts"
            yield _objection("--proposal", what, "see `tierengine ledger log`")
        elif proposed.rulebook != entry.rulebook:
            what = f"this is another rulebook than entry {entry.proposal} proposes"
            yield _objection("--proposal", what, "adopt what was proposed, or propose this one")
        else:
            yield from self._approval(proposed)

    def _approval(self, proposed: Said) -> Iterator[Problem]:
        """At least one review approves a proposal, and none that counts objects to it."""
        reviews = [said for said in self.said.values() if said.kind == "review" and said.on == proposed.number]
        counting = [said for said in reviews if self.counts(said)]
        if not counting:
            what = f"nobody else has approved the proposal of entry {proposed.number}"
            yield _objection("--proposal", what, f"have it reviewed: tierengine ledger review {proposed.number}")
        elif against := [said.number for said in counting if not said.approves]:
            what = f"the review of entry {against[0]} objects to the proposal"
            yield _objection("--proposal", what, "mend it and propose it anew, or have that review corrected")


_NEVER_CORRECTED = frozenset(("correction", "enrolment", "withdrawal", "witnesses"))
_NEVER_REVIEWED = _NEVER_CORRECTED - {"correction"} | {"review"}
"""The kinds that are not reviewed, or corrected; what an administrator said of the register the next entry changes."""


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
