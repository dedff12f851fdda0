"""What people do with a ledger: each act says something at a desk, where it is signed and appended.

Who keeps the private key elsewhere, such as in a browser, acts at a desk that gives what is to be signed (`Elsewhere`),
and hands it in with the signature (`Ledger.accept`). The rules of the ledger are asked inside the transaction (see
`register`); what is looked up before only fills in what the entry says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from typing import Any, Protocol, TypeVar

from tierengine import canonical
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.law.reader import RulebookFile, rulebook_of
from tierengine.ledger.book import Inputs, Ledger, people_of, register_of
from tierengine.ledger.entries import AnyEntry, Person, ProposalEntry, Role, Unsigned, Witness
from tierengine.ledger.keys import Key
from tierengine.ledger.notes import from_base64
from tierengine.ledger.replay import Recorded, Replayer, answer_of
from tierengine.reasoning.assess import VERSION, Assessor, law_of
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.concession import concede
from tierengine.terms.tier import Tier

_SHORTEST = 8
T_co = TypeVar("T_co", covariant=True)


class Writes(Protocol[T_co]):
    """A desk: the ledger, and what becomes of what is said there."""

    @property
    def ledger(self) -> Ledger:
        """The ledger."""

    def write(self, content: dict[str, Any], inputs: Inputs | None = None) -> T_co:
        """Do with what is said what is done at this desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Where somebody says what is signed elsewhere: the ledger, and who signs. Nothing is written here."""

    ledger: Ledger
    by: Person

    def write(self, content: dict[str, Any], inputs: Inputs | None = None) -> Unsigned:  # noqa: ARG002 - as `Desk`
        """Return what is to be signed; see `Ledger.to_sign` for what is raised."""
        return self.ledger.to_sign(content, self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where somebody writes: the ledger, the author's key to sign with, and the ledger's to seal with."""

    ledger: Ledger
    author: Key
    seal: Key

    def write(self, content: dict[str, Any], inputs: Inputs | None = None) -> AnyEntry:
        """Append an entry and return it; see `Ledger.append` for what is raised."""
        entry, _ = self.ledger.append(content, inputs or Inputs(), self.author, self.seal)
        return entry


# -- the law ----------------------------------------------------------------------------------------------------------


def change_rulebook(desk: Writes[T_co], files: tuple[RulebookFile, ...], examples: int, reasons: str) -> T_co:
    """Record that assessments are made under another rulebook from here on, all of whose examples passed."""
    content = {"kind": "rulebook", "examples": examples, "reasons": reasons}
    return desk.write(content | _replacing(desk, files), Inputs(rulebook=files))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found out of a proposed change of the law, as the bytes that are kept."""

    difference: bytes
    """The difference of the files, as text; see `difference`."""
    proof: bytes
    """Whether the change is stricter or looser, and the proof."""
    census: bytes | None = None
    """Which cases of a corpus it moves, if they were counted."""


def propose(desk: Writes[T_co], files: tuple[RulebookFile, ...], examples: int, found: Findings, reasons: str) -> T_co:
    """Propose that another rulebook takes the place of the ledger's; somebody else reviews it, then it is adopted."""
    content = {"kind": "proposal", "examples": examples, "reasons": reasons} | _replacing(desk, files)
    kept = [found.difference, found.proof]
    content |= {"difference": canonical.digest(found.difference), "proof": canonical.digest(found.proof)}
    if found.census is not None:
        content["census"] = canonical.digest(found.census)
        kept.append(found.census)
    return desk.write(content, Inputs(files=tuple(kept), rulebook=files))


def adopt(desk: Writes[T_co], number: int, reasons: str) -> T_co:
    """Let a proposed rulebook take its place. Raise `RefusedError` unless somebody else approved it."""
    with desk.ledger.store.reading() as reader:
        proposed, _ = desk.ledger.entry(reader, number)
        if not isinstance(proposed, ProposalEntry):
            what = f"entry {number} is no proposal, it is a {proposed.kind}"
            raise UsageError([Problem(where="--proposal", what=what, cure="see which are: tierengine ledger log")])
        _, files = Replayer(desk.ledger).rulebook(reader, proposed.rulebook)
    content = {"kind": "rulebook", "examples": proposed.examples, "proposal": number, "reasons": reasons}
    return desk.write(content | _replacing(desk, files), Inputs(rulebook=files))


def difference(old: tuple[RulebookFile, ...], new: tuple[RulebookFile, ...]) -> bytes:
    """Return the difference of the files of two rulebooks, as text (a unified diff)."""
    before, after = ({file.name: file.raw.decode(errors="replace") for file in files} for files in (old, new))
    lines: list[str] = []
    for name in sorted(before.keys() | after.keys()):
        sides = (before.get(name, "").splitlines(), after.get(name, "").splitlines())
        lines += unified_diff(*sides, f"old/{name}", f"new/{name}", lineterm="")
    return "".join(f"{line}\n" for line in lines).encode()


def _replacing(desk: Writes[Any], files: tuple[RulebookFile, ...]) -> dict[str, Any]:
    with desk.ledger.store.reading() as reader:
        return {"rulebook": rulebook_of(files).digest, "replaces": people_of(reader).rulebook}


# -- a case -----------------------------------------------------------------------------------------------------------


def record(
    desk: Writes[T_co], casefile: Casefile, files: tuple[RulebookFile, ...], as_of: date | None
) -> tuple[T_co, Assessment]:
    """Assess a dossier under the rulebook of some files, and record the answer with all that it was made from."""
    law = law_of(casefile, rulebook_of(files), as_of)
    assessment = Assessor(law).assess(casefile)
    answer, dossier = answer_of(assessment), casefile.document
    raws = casefile.files
    content = {
        "kind": "assessment",
        "case": casefile.dossier.id,
        "country": assessment.subject.country,
        "name": assessment.subject.name,
        "as_of": law.as_of.isoformat(),
        "dossier": _kept(dossier.name, dossier.raw),
        "sources": [_kept(name, raw) for name, raw in raws.items()],
        "rulebook": law.digest,
        "tierengine": VERSION,
        "answer": canonical.digest(answer),
        "tier": assessment.recommendation.tier,
        "open_tiers": list(assessment.recommendation.open_tiers),
    }
    return desk.write(content, Inputs(files=(answer, dossier.raw, *raws.values()), rulebook=files)), assessment


def _kept(name: str, raw: bytes) -> dict[str, str]:
    return {"name": name, "digest": canonical.digest(raw)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Which tier somebody holds (the recommended one, if none is given), the findings disputed for it, and why."""

    tier: Tier | None
    disputes: tuple[str, ...] = ()
    """Each as `FINDING` or `FINDING=OUTCOME`."""
    discretion: bool = False
    reasons: str


def position(desk: Writes[T_co], number: int, ground: Ground) -> T_co:
    """Say that the author's office agrees with an assessment or dissents from it."""
    on = _recorded(desk, number)
    tier = ground.tier or on.entry.tier
    content = {"kind": "position", "answer": on.entry.answer, "agrees": tier == on.entry.tier}
    return desk.write(content | _stand(on, tier, ground))


def determine(desk: Writes[T_co], number: int, seen: str, ground: Ground) -> T_co:
    """Adopt an assessment's recommendation or depart from it; `seen` is the digest of what was on record, or begins it.

    Raise `RefusedError` if that is no longer what is on record.
    """
    on = _recorded(desk, number)
    tier = ground.tier or on.entry.tier
    content = {"kind": "determination", "seen": _whole(desk, on.entry.case, seen), "adopts": tier == on.entry.tier}
    return desk.write(content | _stand(on, tier, ground))


def review(desk: Writes[T_co], number: int, reasons: str, *, approves: bool) -> T_co:
    """Say what came of looking at an entry that somebody else wrote."""
    return desk.write({"kind": "review", "approves": approves} | _about(desk, number, reasons))


def correct(desk: Writes[T_co], number: int, reasons: str) -> T_co:
    """Say that an entry which the author wrote is wrong, so that it counts no more."""
    return desk.write({"kind": "correction"} | _about(desk, number, reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """A finished document: what kind it is, its file, and the digest of the dossier that it is about."""

    kind: str
    name: str
    raw: bytes
    dossier: str


def keep(desk: Writes[T_co], number: int, final: Final) -> T_co:
    """Keep a final document on an assessment, by the digest of its bytes.

    Raise `UsageError` if it is about another dossier than the one that was assessed.
    """
    on = _recorded(desk, number)
    if on.casefile.digest != final.dossier:
        what = f"{final.name} was not drafted from the dossier of entry {number}"
        cure = "record the dossier as it is now, and draft the document from it"
        raise UsageError([Problem(where="ENTRY", what=what, cure=cure)])
    content = {"kind": "document", "case": on.entry.case, "on": on.entry.number, "answer": on.entry.answer}
    content |= {"document": final.kind, "file": _kept(final.name, final.raw)}
    return desk.write(content, Inputs(files=(final.raw,)))


# -- the register of people -------------------------------------------------------------------------------------------


def person(name: str, office: str, key: str) -> Person:
    """Return a person with a public key (32 bytes in base64). Raise `UsageError` if it is none."""
    if len(from_base64(key) or b"") != 32:
        cure = "write the line that `tierengine ledger key` printed for that person: 44 characters"
        raise UsageError([Problem(where="--public", what=f"`{key}` is no public key", cure=cure)])
    return Person(name=name, office=office, key=key)


def enrol(desk: Writes[T_co], who: Person, roles: tuple[Role, ...], cleared: tuple[str, ...], reasons: str) -> T_co:
    """Enrol somebody, or change the office, the roles and the marks of somebody who is enrolled."""
    content: dict[str, Any] = {"kind": "enrolment", "person": who.model_dump(), "reasons": reasons}
    content |= {"roles": sorted(set(roles)), "cleared": sorted(set(cleared))}
    return desk.write(content)


def withdraw(desk: Writes[T_co], name: str, reasons: str) -> T_co:
    """Withdraw the key of somebody who is enrolled. Raise `UsageError` if nobody of this name is."""
    with desk.ledger.store.reading() as reader:
        found = people_of(reader).people.named(name)
    if found is None:
        what = f"nobody of the name `{name}` is enrolled"
        raise UsageError([Problem(where="NAME", what=what, cure="see who is: tierengine people list")])
    content = {"kind": "withdrawal", "name": found.person.name, "key": found.person.key, "reasons": reasons}
    return desk.write(content)


def require_witnesses(desk: Writes[T_co], witnesses: tuple[Witness, ...], quorum: int, reasons: str) -> T_co:
    """Say which witnesses cosign the checkpoints from here on, and how many of them a checkpoint needs."""
    named = [each.model_dump() for each in witnesses]
    return desk.write({"kind": "witnesses", "witnesses": named, "quorum": quorum, "reasons": reasons})


def _about(desk: Writes[Any], number: int, reasons: str) -> dict[str, Any]:
    with desk.ledger.store.reading() as reader:
        _, raw = desk.ledger.entry(reader, number)
    return {"of": number, "entry": canonical.digest(raw), "reasons": reasons}


def _recorded(desk: Writes[Any], number: int) -> Recorded:
    with desk.ledger.store.reading() as reader:
        return Replayer(desk.ledger).recorded(reader, number)


def _whole(desk: Writes[Any], case: str, seen: str) -> str:
    """The whole digest of what is on record, if what was given begins it; else what was given, which is refused."""
    with desk.ledger.store.reading() as reader:
        current = register_of(reader, case).seen(case)
    beginning = seen.removeprefix("sha256:")
    if len(beginning) < _SHORTEST or not set(beginning) <= set("0123456789abcdef"):
        cure = f"write the digest that `tierengine ledger log {case}` ends with, or its beginning"
        raise UsageError([Problem(where="--seen", what=f"`{seen}` is no digest", cure=cure)])
    return current if current.removeprefix("sha256:").startswith(beginning) else "sha256:" + "0" * 64


def _stand(on: Recorded, tier: Tier | None, ground: Ground) -> dict[str, Any]:
    """What a position and a determination have in common; what is the default is left out, as entries are written."""
    content: dict[str, Any] = {"case": on.entry.case, "on": on.entry.number, "tier": tier, "reasons": ground.reasons}
    if ground.discretion:
        content["discretion"] = True
    if ground.disputes:
        conceded = concede(on.casefile, on.rulebook.on(on.as_of), ground.disputes, tier)
        content["disputes"] = [
            {"id": each.id, "found": each.found.value, "held": each.held.value} for each in conceded.findings
        ]
        content["concession"] = conceded.effect
    return content
