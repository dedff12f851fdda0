"""What a ledger holds: eleven kinds of entries, each one JSON object that its author signed.

The bytes of an entry are its canonical JSON (RFC 8785), and they are one leaf of the Merkle tree. The author's
signature is over the same JSON without the member `signature`, behind a line that says what is signed. Whoever signs
elsewhere, such as a browser that keeps the private key, gets these bytes (`Unsigned`) and gives the signature.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from tierengine import canonical
from tierengine.errors import Problem, UsageError
from tierengine.ledger.keys import Key
from tierengine.ledger.notes import Cosigner, base64, from_base64, verifies
from tierengine.reasoning.concession import Effect
from tierengine.terms.outcome import Outcome
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Tier

FORMAT = 2
"""The format of entries and store that this version writes, and the newest that it reads.

Format 2 came with the register of people, and with the rule that names which look alike are one name."""

_SIGNED = b"tierengine ledger entry\n"
_UNSIGNED = base64(bytes(64))
"""What stands where a signature will stand."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _bytes_of(count: int) -> AfterValidator:
    def check(text: str) -> str:
        raw = from_base64(text)
        if raw is None or len(raw) != count:
            raise ValueError(f"it is not {count} bytes in base64")
        return text

    return AfterValidator(check)


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError("a time is written such as 2026-11-24T14:30:00Z")
    datetime.fromisoformat(text)
    return text


def _cosigner(line: str) -> str:
    if Cosigner.of(line) is None:
        raise ValueError("it is no public key of a witness")
    return line


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise ValueError("an address is written such as https://witness.example.org")
    return text


Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
PublicKey = Annotated[str, _bytes_of(32)]
Signature = Annotated[str, _bytes_of(64)]
Time = Annotated[str, AfterValidator(_time)]
"""A second of UTC by the clock of the writer's machine."""

Words = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Field(ge=0)]
"""Where an entry stands in the ledger, from 0 on."""


class Person(Model):
    """Who wrote an entry, and the public key by which the signature is checked."""

    name: Words
    office: str
    key: PublicKey
    """The public key (Ed25519), in base64."""


class Kept(Model):
    """A file as the ledger keeps it: the name that its reader knows it by, and the digest of its bytes."""

    name: Words
    digest: Digest


class Disputed(Model):
    """A finding that somebody disputes: the outcome that was found, and the one that is held."""

    id: Words
    found: Outcome
    held: Outcome


Role = Literal["administrator", "auditor", "determiner", "officer", "policy", "reader"]
"""What the register of people lets a person do; see `people.WRITTEN_BY`."""


class Witness(Model):
    """A witness that cosigns the checkpoints of a ledger: its public key, and where it is asked."""

    key: Annotated[str, AfterValidator(_cosigner)]
    """The public key as one line: name, identifier and key, joined by a plus."""
    address: Annotated[str, AfterValidator(_address)]
    """Where it is asked, such as `https://witness.example/`."""


class Entry(Model):
    """What every entry says: where it stands, who wrote it and when."""

    format: Literal[1, 2]
    """The version of the ledger's format."""
    number: Number
    """Its place in the ledger; the first entry is 0."""
    time: Time
    """When it was written, in UTC."""
    by: Person
    signature: Signature
    """Of its canonical bytes without this key: Ed25519, in base64."""


class AssessmentEntry(Entry):
    """An assessment, by the digests of all that it was made from, and of the answer."""

    kind: Literal["assessment"]
    case: Words
    """The id of the dossier: entries on one government and one reporting period have the same."""
    country: Words
    name: Words
    as_of: Words
    dossier: Kept
    sources: tuple[Kept, ...]
    rulebook: Digest
    """The digest of the rulebook's manifest: the names of its files and the digest of each."""
    tierengine: Words
    answer: Digest
    """The digest of the whole assessment as canonical JSON."""
    tier: Tier | None
    open_tiers: tuple[Tier, ...]


class Stand(Entry):
    """What positions and determinations have in common: a tier held against an assessment, and why."""

    case: Words
    on: Number
    """The assessment."""
    tier: Tier | None
    disputes: tuple[Disputed, ...] = ()
    discretion: bool = False
    """That the tier is held without disputing a finding."""
    concession: Effect | None = None
    """What the engine found when the disputed findings were conceded; nothing where none is disputed."""
    reasons: Words


class PositionEntry(Stand):
    """That an office agrees with an assessment, or dissents."""

    kind: Literal["position"]
    answer: Digest
    """The assessment's answer, as the office saw it."""
    agrees: bool
    """Whether the office agrees."""


class DeterminationEntry(Stand):
    """What an accountable person determined: the recommendation adopted, or departed from."""

    kind: Literal["determination"]
    seen: Digest
    """The digest of all that was on record of the case: see `Case.seen`."""
    adopts: bool
    """Whether the recommendation is adopted."""


class ReviewEntry(Entry):
    """That somebody else looked at an entry, and what came of it."""

    kind: Literal["review"]
    of: Number
    """The number of the reviewed entry."""
    entry: Digest
    """The digest of the reviewed entry's bytes."""
    approves: bool
    """Whether it is approved."""
    reasons: Words


class CorrectionEntry(Entry):
    """That an earlier entry is wrong. It stays, and counts no more."""

    kind: Literal["correction"]
    of: Number
    """The number of the entry that is wrong."""
    entry: Digest
    """The digest of that entry's bytes."""
    reasons: Words


class DocumentEntry(Entry):
    """A final document on an assessment, kept by the digest of its bytes."""

    kind: Literal["document"]
    case: Words
    on: Number
    """The assessment."""
    answer: Digest
    """The assessment's answer, which the document is about."""
    document: Words
    """What kind of document it is, such as `downgrade-letter`."""
    file: Kept


class RulebookEntry(Entry):
    """That assessments are made under another rulebook from here on."""

    kind: Literal["rulebook"]
    rulebook: Digest
    replaces: Digest | None
    """The rulebook in whose place it comes; null for the first."""
    examples: Number
    """How many examples of the rulebook's criteria were run, each as its author expects."""
    reasons: Words
    proposal: Number | None = None
    """The proposal that is adopted, which somebody else approved."""


class ProposalEntry(Entry):
    """That a rulebook is proposed to take the place of another, with what was found out of the change."""

    kind: Literal["proposal"]
    rulebook: Digest
    replaces: Digest | None
    """The rulebook in whose place it is to come; null for the first."""
    examples: Number
    """How many examples of the proposed rulebook were run, each as its author expects."""
    difference: Digest
    """Of the difference of the files, as text."""
    proof: Digest
    """Of what was proved of the change: whether it is stricter or looser."""
    census: Digest | None = None
    """Of which cases of a corpus it moves, if they were counted."""
    reasons: Words


class EnrolmentEntry(Entry):
    """That a person is in the register from here on, with a key and roles; or has other roles or another office."""

    kind: Literal["enrolment"]
    person: Person
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    """In the order of the alphabet, each once."""
    cleared: tuple[Words, ...] = ()
    """The handling marks whose records this person is shown."""
    reasons: Words


class WithdrawalEntry(Entry):
    """That a key counts no more from here on. What it signed before stays."""

    kind: Literal["withdrawal"]
    name: Words
    key: PublicKey
    """The public key (Ed25519), in base64."""
    reasons: Words


class WitnessesEntry(Entry):
    """Which witnesses cosign the checkpoints from here on, and how many of them a checkpoint needs."""

    kind: Literal["witnesses"]
    witnesses: tuple[Witness, ...]
    quorum: Number
    """How many of them must cosign a checkpoint."""
    reasons: Words


AnyEntry = (
    AssessmentEntry
    | PositionEntry
    | DeterminationEntry
    | ReviewEntry
    | CorrectionEntry
    | DocumentEntry
    | RulebookEntry
    | ProposalEntry
    | EnrolmentEntry
    | WithdrawalEntry
    | WitnessesEntry
)
RegisterEntry = EnrolmentEntry | WithdrawalEntry | WitnessesEntry
"""What an administrator says; it belongs to no case, and nobody reviews or corrects it: the next entry changes it."""

_ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(Annotated[AnyEntry, Field(discriminator="kind")])


def now() -> str:
    """Return the second that it is, as entries write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An entry that waits for its author's signature."""

    raw: bytes
    """Its canonical JSON, with a signature of zeros in the place of the real one."""

    @property
    def entry(self) -> AnyEntry:
        """What it says."""
        return _ENTRY.validate_json(self.raw)

    @property
    def to_sign(self) -> bytes:
        """The bytes that the author's Ed25519 key must sign, and nothing else."""
        return _SIGNED + _without(self.raw, _UNSIGNED)

    @property
    def digest(self) -> str:
        """The digest of the bytes to sign, by which a person compares what is shown with what is signed."""
        return canonical.digest(self.to_sign)

    def signed(self, signature: bytes) -> bytes:
        """Return the bytes of the entry with a signature (64 bytes); `read` says whether it is the author's."""
        return self.raw.replace(_member(_UNSIGNED), _member(base64(signature)), 1)


def unsigned(content: dict[str, Any], number: int, by: Person, time: str) -> Unsigned:
    """Return what somebody is to sign: some content, with its place, author and time.

    Raise `UsageError` with everything in it that no entry can say.
    """
    about = {"format": FORMAT, "number": number, "time": time, "by": by.model_dump(), "signature": _UNSIGNED}
    try:
        entry = _ENTRY.validate_json(canonical.encode(content | about))
    except ValidationError as error:
        raise UsageError([_unsayable(each) for each in error.errors()]) from None
    # As `read` wants it: what is the default is left out.
    return Unsigned(canonical.encode(entry.model_dump(mode="json", exclude_defaults=True)))


def _unsayable(error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"][1:]) or "entry"
    what = error["msg"].removeprefix("Value error, ")
    return Problem(where=where, what=f"the ledger cannot say this: {what}", cure="write it as the message says")


def sealed(content: dict[str, Any], number: int, key: Key, time: str) -> tuple[AnyEntry, bytes]:
    """Return an entry with its place, time, author and signature, and its bytes. Raises as `unsigned` does."""
    waiting = unsigned(content, number, Person(name=key.name, office=key.office, key=base64(key.public)), time)
    raw = waiting.signed(key.private.sign(waiting.to_sign))
    return _ENTRY.validate_json(raw), raw


def _member(signature: str) -> bytes:
    """The member of an entry's bytes that holds its signature; no text within an entry can hold a bare quote."""
    return f',"signature":"{signature}"'.encode()


def _without(raw: bytes, signature: str) -> bytes:
    """What is signed of an entry's bytes: canonical JSON less one member is canonical."""
    return raw.replace(_member(signature), b"", 1)


@lru_cache(maxsize=1024)
def parse(raw: bytes) -> AnyEntry | None:
    """Read the bytes of an entry, whoever signed them, or give nothing if they say none.

    Equal bytes say the same: the register of an office is read at every act, and parsed once.
    """
    try:
        return _ENTRY.validate_json(raw)
    except ValidationError:
        return None


def read(raw: bytes) -> AnyEntry | None:
    """Read the bytes of an entry, or give nothing if they are not those of a sound one that its author signed."""
    entry = parse(raw)
    if entry is None or canonical.encode(entry.model_dump(mode="json", exclude_defaults=True)) != raw:
        return None
    public, signature = from_base64(entry.by.key), from_base64(entry.signature)
    assert public is not None
    assert signature is not None
    return entry if verifies(public, signature, _SIGNED + _without(raw, entry.signature)) else None


def keeps(entry: AnyEntry) -> tuple[str, ...]:
    """Return the digests of what an entry alone says must be kept, each once; the files of a rulebook apart."""
    if isinstance(entry, AssessmentEntry):
        files = (entry.dossier, *entry.sources)
        return tuple(dict.fromkeys((*(file.digest for file in files), entry.rulebook, entry.answer)))
    if isinstance(entry, DocumentEntry):
        return (entry.file.digest,)
    if isinstance(entry, ProposalEntry):
        found = (entry.rulebook, entry.difference, entry.proof, entry.census)
        return tuple(dict.fromkeys(digest for digest in found if digest is not None))
    return (entry.rulebook,) if isinstance(entry, RulebookEntry) else ()
