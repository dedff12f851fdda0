"""What people do with a ledger: each act says something, signs it, and appends it.

The rules of the ledger are asked inside the transaction (see `register`); what is looked up before only fills in what
the entry says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tierengine import canonical
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.law.reader import RulebookFile, rulebook_of
from tierengine.ledger.book import Inputs, Ledger, register_of
from tierengine.ledger.entries import AnyEntry
from tierengine.ledger.keys import Key
from tierengine.ledger.replay import Recorded, Replayer, answer_of
from tierengine.reasoning.assess import VERSION, Assessor, law_of
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.concession import concede
from tierengine.terms.tier import Tier

_SHORTEST = 8


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


def change_rulebook(desk: Desk, files: tuple[RulebookFile, ...], examples: int, reasons: str) -> AnyEntry:
    """Record that assessments are made under another rulebook from here on, all of whose examples passed."""
    with desk.ledger.store.reading() as reader:
        current = register_of(reader, "").rulebook
    content = {
        "kind": "rulebook",
        "rulebook": rulebook_of(files).digest,
        "replaces": current,
        "examples": examples,
        "reasons": reasons,
    }
    return desk.write(content, Inputs(rulebook=files))


def record(
    desk: Desk, casefile: Casefile, files: tuple[RulebookFile, ...], as_of: date | None
) -> tuple[AnyEntry, Assessment]:
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


def position(desk: Desk, number: int, ground: Ground) -> AnyEntry:
    """Say that the author's office agrees with an assessment or dissents from it."""
    on = _recorded(desk, number)
    tier = ground.tier or on.entry.tier
    content = {"kind": "position", "answer": on.entry.answer, "agrees": tier == on.entry.tier}
    return desk.write(content | _stand(on, tier, ground))


def determine(desk: Desk, number: int, seen: str, ground: Ground) -> AnyEntry:
    """Adopt an assessment's recommendation or depart from it; `seen` is the digest of what was on record, or begins it.

    Raise `RefusedError` if that is no longer what is on record.
    """
    on = _recorded(desk, number)
    tier = ground.tier or on.entry.tier
    content = {"kind": "determination", "seen": _whole(desk, on.entry.case, seen), "adopts": tier == on.entry.tier}
    return desk.write(content | _stand(on, tier, ground))


def review(desk: Desk, number: int, reasons: str, *, approves: bool) -> AnyEntry:
    """Say what came of looking at an entry that somebody else wrote."""
    return desk.write({"kind": "review", "approves": approves} | _about(desk, number, reasons))


def correct(desk: Desk, number: int, reasons: str) -> AnyEntry:
    """Say that an entry which the author wrote is wrong, so that it counts no more."""
    return desk.write({"kind": "correction"} | _about(desk, number, reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """A finished document: what kind it is, its file, and the digest of the dossier that it tells."""

    kind: str
    name: str
    raw: bytes
    dossier: str


def keep(desk: Desk, number: int, final: Final) -> AnyEntry:
    """Keep a final document that tells an assessment, by the digest of its bytes.

    Raise `UsageError` if it tells another dossier than the one that was assessed.
    """
    on = _recorded(desk, number)
    if on.casefile.digest != final.dossier:
        what = f"{final.name} was not drafted from the dossier of entry {number}"
        cure = "record the dossier as it is now, and draft the document from it"
        raise UsageError([Problem(where="ENTRY", what=what, cure=cure)])
    content = {"kind": "document", "case": on.entry.case, "on": on.entry.number, "answer": on.entry.answer}
    content |= {"document": final.kind, "file": _kept(final.name, final.raw)}
    return desk.write(content, Inputs(files=(final.raw,)))


def _about(desk: Desk, number: int, reasons: str) -> dict[str, Any]:
    with desk.ledger.store.reading() as reader:
        _, raw = desk.ledger.entry(reader, number)
    return {"of": number, "entry": canonical.digest(raw), "reasons": reasons}


def _recorded(desk: Desk, number: int) -> Recorded:
    with desk.ledger.store.reading() as reader:
        return Replayer(desk.ledger).recorded(reader, number)


def _whole(desk: Desk, case: str, seen: str) -> str:
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
