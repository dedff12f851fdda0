"""What the ledger says in short: of each case the assessment that stands, and how the proposed changes of law stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock

from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    ProposalEntry,
    ReviewEntry,
    RulebookEntry,
)
from tierengine.ledger.keys import plain_name
from tierengine.terms.tier import Tier
from tierengine.web.book import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An assessment on record."""

    number: int
    dossier: str
    """The digest of the dossier's file, as it was recorded."""
    rulebook: str
    """The digest of the rulebook under which it was made."""
    tier: Tier | None
    open_tiers: tuple[Tier, ...]
    determined: bool = False
    """Whether a person determined on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A proposed change of law."""

    number: int
    author: str
    """The name as it is compared."""
    reasons: str
    rulebook: str
    reviews: tuple[tuple[str, bool], ...] = ()
    """Who looked at it, by names as they are compared, and whether they approve."""
    adopted: bool = False

    @property
    def approved(self) -> bool:
        """Whether somebody approves it, and nobody objects."""
        return bool(self.reviews) and all(approves for _, approves in self.reviews)


@dataclass(slots=True)
class Standing:
    """What the entries of a ledger come to."""

    rulebook: str | None = None
    """The digest of the rulebook under which assessments are recorded now."""
    pending: dict[int, Pending] = field(default_factory=dict)
    """Every proposed change of law by its number."""
    _recorded: dict[str, list[Recorded]] = field(default_factory=dict)
    _rulebooks: list[tuple[int, str]] = field(default_factory=list)
    _determined: dict[int, int] = field(default_factory=dict)
    _corrected: set[int] = field(default_factory=set)

    def assessment(self, case: str) -> Recorded | None:
        """Return the last assessment of a case that counts."""
        made = (each for each in reversed(self._recorded.get(case, ())) if each.number not in self._corrected)
        found = next(made, None)
        if found is None:
            return None
        ons = (on for number, on in self._determined.items() if number not in self._corrected)
        return replace(found, determined=found.number in set(ons))

    def take(self, entry: AnyEntry) -> None:
        """Take in the next entry."""
        if isinstance(entry, AssessmentEntry):
            made = Recorded(
                number=entry.number,
                dossier=entry.dossier.digest,
                rulebook=entry.rulebook,
                tier=entry.tier,
                open_tiers=entry.open_tiers,
            )
            self._recorded.setdefault(entry.case, []).append(made)
        elif isinstance(entry, DeterminationEntry):
            self._determined[entry.number] = entry.on
        elif isinstance(entry, CorrectionEntry):
            self._corrected.add(entry.of)
            self._settle()
        else:
            self._change(entry)

    def _change(self, entry: AnyEntry) -> None:
        if isinstance(entry, ProposalEntry):
            author = plain_name(entry.by.name)
            self.pending[entry.number] = Pending(
                number=entry.number, author=author, reasons=entry.reasons, rulebook=entry.rulebook
            )
        elif isinstance(entry, ReviewEntry) and entry.of in self.pending:
            found = self.pending[entry.of]
            review = (plain_name(entry.by.name), entry.approves)
            self.pending[entry.of] = replace(found, reviews=(*found.reviews, review))
        elif isinstance(entry, RulebookEntry):
            self._rulebooks.append((entry.number, entry.rulebook))
            self._settle()
            if entry.proposal in self.pending:
                self.pending[entry.proposal] = replace(self.pending[entry.proposal], adopted=True)

    def _settle(self) -> None:
        left = (digest for number, digest in reversed(self._rulebooks) if number not in self._corrected)
        self.rulebook = next(left, None)


class OnRecord:
    """What a ledger comes to now; of its entries each is read once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._lock = Lock()
        self._verifier = ""
        self._size = 0
        self._standing = Standing()

    def now(self) -> Standing | None:
        """Return how things stand; nothing where there is no ledger. Raise `LedgerError` if it does not hold."""
        if not self._book.begun:
            return None
        with self._lock, self._book.opened() as ledger, ledger.store.reading() as reader:
            size = ledger.checkpoint(reader).size
            if reader.head.verifier != self._verifier or size < self._size:  # another ledger lies there now
                self._verifier, self._size, self._standing = reader.head.verifier, 0, Standing()
            for number in range(self._size, size):
                self._standing.take(ledger.entry(reader, number)[0])
                self._size = number + 1
            return self._standing
