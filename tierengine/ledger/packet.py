"""The packet: one file by which a stranger checks a case offline, with all that the answer was made from.

    README.txt  check.py                    what this is, and the second checker
    checkpoint  ledger.vkey                 the signed checkpoint, and the key that checks it
    entries/NUMBER.json  proofs/NUMBER.json each entry that bears on the case, and its proof of inclusion
    dossier/  rulebook/                     the dossier with its sources, and the rulebook, byte for byte
    text/                                   the text of sources that a plain Python cannot read, such as PDF
    assessment.json                         the answer
    page.html  provenance.json              a readable page with what was said of it, and where it comes from (W3C PROV)

The last three can be made from the rest; they are made anew when a packet is verified, and must come out the
same. An answer of another version must decide the same, and of its page only the words are not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.resources import files as resources
from typing import NoReturn

from tierengine import canonical
from tierengine.errors import LedgerError, Problem, RefusedError, TierEngineError, UsageError
from tierengine.evidence.dossier import Casefile, Source, dossier_of, next_to
from tierengine.evidence.sources.opened import Opened
from tierengine.evidence.sources.reading import needs_text
from tierengine.law.reader import RulebookFile, rulebook_digest, rulebook_of
from tierengine.law.rulebook import Law
from tierengine.ledger import merkle
from tierengine.ledger.archive import Files, is_safe
from tierengine.ledger.book import Ledger, Proof, people_of, sound
from tierengine.ledger.cosigning import cosigners, known_witnesses, lacking, times_of
from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    EnrolmentEntry,
    PositionEntry,
    ProposalEntry,
    RegisterEntry,
    ReviewEntry,
    RulebookEntry,
    WithdrawalEntry,
    WitnessesEntry,
    read,
)
from tierengine.ledger.notes import Checkpoint, Cosigner, Verifier, from_base64
from tierengine.ledger.register import Register
from tierengine.ledger.replay import Recorded, Replayer, answer_of, conceding_holds
from tierengine.ledger.sameness import compared
from tierengine.ledger.store import Reader
from tierengine.ledger.words import on_record
from tierengine.reasoning.assess import VERSION, Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.reports.html import html
from tierengine.reports.provenance import Act, prov_json, provenance
from tierengine.reports.report import report

_README = """\
A packet of tierengine: one case of a ledger, with all that its answer was made from.

To check it you need nothing but Python 3.11 or newer, and no network:

    python3 check.py

Compare the line in ledger.vkey with the key of the ledger that you were given by another way. Who could forge a packet
could forge its check.py too: to be sure, run a copy that you have from elsewhere, as python3 check.py PACKET.
If you know a witness of the ledger, have it among those who cosigned: python3 check.py PACKET --witness KEY
Who has tierengine can also ask it: tierengine verify PACKET --key KEY

checkpoint, ledger.vkey   what the ledger was when this was taken from it, and the key that signed it
entries, proofs           what was said, by whom and when; and the proof that each entry is in the ledger
dossier, rulebook         what the answer was made from
text                      the text of sources that check.py cannot read, where there are such
assessment.json           the answer with its whole trace; the engine recommends, a person determines
page.html                 the same answer to read, with what was said of it
provenance.json           where it comes from, as W3C PROV-JSON
check.py                  the second checker: its first lines say what it checks, and what it does not
"""


# -- making one -------------------------------------------------------------------------------------------------------


def export(ledger: Ledger, number: int) -> dict[str, bytes]:
    """Return the files of the packet of an assessment, or of the one that an entry speaks of.

    Raise `UsageError` if the entry speaks of none, `RefusedError` if the checkpoint still lacks cosignatures, and
    `LedgerError` if something in the ledger does not hold.
    """
    replayer = Replayer(ledger)
    with ledger.store.reading() as reader:
        recorded = replayer.recorded(reader, _assessment(ledger, reader, number))
        missing = lacking(reader.head.checkpoint, people_of(reader).witnesses, "checkpoint")
        if missing is not None:
            raise RefusedError([missing])
        files = {
            "README.txt": _README.encode(),
            "check.py": _second_checker(),
            "checkpoint": reader.head.checkpoint.encode(),
            "ledger.vkey": f"{ledger.verifier(reader)}\n".encode(),
            **_made_from(recorded),
        }
        bearing = dict(reader.bearing_on(recorded.entry.case, "", ""))
        entries = _for_a_stranger([sound(raw, number) for number, raw in bearing.items()])
        for entry in entries:
            raw = bearing[entry.number]
            files[f"entries/{entry.number}.json"] = raw
            files[f"proofs/{entry.number}.json"] = canonical.encode(ledger.proof(reader, entry.number, raw).as_json())
    assessor = replayer.assessor(recorded)
    made = _made(assessor.assess(recorded.casefile), assessor.law, recorded.casefile, entries)
    return files | {"assessment.json": recorded.answer, **made}


def _for_a_stranger(entries: Sequence[AnyEntry]) -> list[AnyEntry]:
    """The entries without those on people who wrote none of them: a stranger is not given the list of an office.

    Administrators stay: the rules ask who was one when an entry on another person was written.
    """
    needed = {entry.by.key for entry in entries if not isinstance(entry, RegisterEntry)}
    needed |= {
        entry.person.key for entry in entries if isinstance(entry, EnrolmentEntry) and "administrator" in entry.roles
    }
    about = {entry.number: entry.person.key for entry in entries if isinstance(entry, EnrolmentEntry)}
    about |= {entry.number: entry.key for entry in entries if isinstance(entry, WithdrawalEntry)}
    return [entry for entry in entries if about.get(entry.number) in (needed | {None})]


def _assessment(ledger: Ledger, reader: Reader, number: int) -> int:
    """The assessment that an entry is, or speaks of."""
    entry, _ = ledger.entry(reader, number)
    if isinstance(entry, RulebookEntry | ProposalEntry | RegisterEntry):
        what = f"entry {number} ({entry.kind}) speaks of no case"
        raise UsageError([Problem(where="ENTRY", what=what, cure="name an entry of the case: tierengine ledger log")])
    if isinstance(entry, AssessmentEntry):
        return number
    spoken_of = entry.of if isinstance(entry, ReviewEntry | CorrectionEntry) else entry.on
    return _assessment(ledger, reader, spoken_of)


def _made_from(recorded: Recorded) -> dict[str, bytes]:
    """The dossier, its sources and the rulebook under their own names."""
    evidence = {recorded.entry.dossier.name: recorded.casefile.document.raw, **recorded.casefile.files}
    found = {f"dossier/{name}": raw for name, raw in evidence.items()}
    found |= {f"rulebook/{file.name}": file.raw for file in recorded.files}
    found |= _texts(recorded.casefile)
    if unsafe := [name for name in found if not is_safe(name)]:
        cure = "give it a plain name, without backslash, colon or `..`, and record the dossier again"
        raise UsageError([Problem(where=name, what="a packet cannot hold this name", cure=cure) for name in unsafe])
    return found


def _texts(casefile: Casefile) -> dict[str, bytes]:
    """The text, as it is read, of sources that the second checker cannot read."""
    return {_text_name(file): each.text.encode() for file, _, each in _sources(casefile) if needs_text(each)}


def _sources(casefile: Casefile) -> Iterator[tuple[str, Source, Opened]]:
    """The file in the packet of every source of a dossier and of that of the last report, with what it is."""
    for source in casefile.dossier.sources:
        yield source.file, source, casefile.sources[source.id]
    name = casefile.dossier.last_dossier
    if casefile.last is not None and name is not None:
        yield from ((next_to(name, file), source, opened) for file, source, opened in _sources(casefile.last))


def _text_name(file: str) -> str:
    return f"text/{file}.txt"


def _made(assessment: Assessment, law: Law, casefile: Casefile, entries: Sequence[AnyEntry]) -> dict[str, bytes]:
    """What is made from an assessment and from what was said of it: the page, and the provenance."""
    earlier, record = casefile.dossier.earlier_placements, on_record(entries)
    return {
        "page.html": html(report(assessment, law, earlier=earlier, extra=(record,))).encode(),
        "provenance.json": prov_json(provenance(casefile, law, assessment, tuple(_acts(entries)))),
    }


def _acts(entries: Sequence[AnyEntry]) -> Iterator[Act]:
    """What persons said of the recommendation, and of what others said of it."""
    assessments = {entry.number for entry in entries if isinstance(entry, AssessmentEntry)}
    apart = {entry.number for entry in entries if isinstance(entry, ProposalEntry | RegisterEntry)}
    for entry in entries:
        of = getattr(entry, "of", None)
        if entry.number in apart or of in apart:
            apart.add(entry.number)
        elif isinstance(entry, PositionEntry | DeterminationEntry | ReviewEntry | CorrectionEntry):
            yield Act(
                number=entry.number,
                kind=entry.kind,
                person=entry.by.name,
                office=entry.by.office,
                time=entry.time,
                tier=getattr(entry, "tier", None),
                revises=None if of in assessments else of,
            )


def _second_checker() -> bytes:
    return resources("tierengine.ledger").joinpath("checker.py").read_bytes()


# -- checking one -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found sound: the checkpoint and its key, the assessment and the entries of its case, and warnings."""

    verifier: Verifier
    checkpoint: Checkpoint
    assessment: AssessmentEntry
    entries: tuple[AnyEntry, ...]
    times: Mapping[str, int]
    """When each witness cosigned the checkpoint, in POSIX seconds."""
    in_other_words: bool
    """Whether another version made the answer, and made again it decides the same."""
    warnings: tuple[str, ...]


def verify(files: Files, known: Verifier | None = None, witnesses: tuple[Cosigner, ...] = ()) -> Verified:
    """Verify the files of a packet, under the key that it carries or the one that is known.

    The witnesses that its entries name must have cosigned it, as many as they say, and all `witnesses`.
    Raise `LedgerError` that names the first thing that does not hold.
    """
    opened = _Opened(files)
    opened.within_key(known)
    entries = tuple(opened.entries())
    times = opened.cosigned(entries, witnesses)
    assessment = opened.assessment(entries)
    opened.inputs(assessment)
    opened.nothing_else(entries, assessment)
    opened.beside()
    opened.follows(assessment, entries)
    return Verified(
        verifier=opened.verifier,
        checkpoint=opened.checkpoint,
        assessment=assessment,
        entries=entries,
        times=times,
        in_other_words=opened.in_other_words,
        warnings=tuple(opened.warnings()),
    )


class _Opened:
    """A packet that is being verified."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._page_compared = True
        self.in_other_words = False
        """Whether another version made the answer, so that only what it decides was compared."""
        self._doubts: list[str] = []
        self._earlier: dict[str, str] = {}
        """The files for a stranger that an earlier version wrote, each with that version."""

    def _file(self, name: str) -> bytes:
        if name not in self._files:
            _broken(name, "it is missing")
        return self._files[name]

    def _text(self, name: str) -> str:
        try:
            return self._file(name).decode()
        except UnicodeDecodeError:
            _broken(name, "it is no text")

    # 1. the seal

    @cached_property
    def verifier(self) -> Verifier:
        """The key of the ledger, as the packet gives it."""
        found = Verifier.of(self._text("ledger.vkey").removesuffix("\n"))
        if found is None or f"{found}\n" != self._text("ledger.vkey"):
            _broken("ledger.vkey", "this is no public key of a ledger")
        return found

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The signed checkpoint."""
        return Checkpoint.of(self._text("checkpoint"), self.verifier, "checkpoint")

    def cosigned(self, entries: Sequence[AnyEntry], known: tuple[Cosigner, ...]) -> dict[str, int]:
        """See that the witnesses cosigned the checkpoint, as many as its entries say, and return when."""
        note, required = self._text("checkpoint"), [each for each in entries if isinstance(each, WitnessesEntry)]
        asked = required[-1] if required else None
        missing = lacking(note, asked, "checkpoint")
        for problem in (*([] if missing is None else [missing]), *known_witnesses(note, known, "checkpoint")):
            _broken(problem.where, problem.what)
        return times_of(note, {*cosigners(asked), *known}, "checkpoint")

    def within_key(self, known: Verifier | None) -> None:
        """See that the key is the known one, if one is."""
        if known not in (None, self.verifier):
            _broken("ledger.vkey", f"the packet carries the key `{self.verifier}`, and not `{known}`")

    # 2. the entries

    def entries(self) -> Iterator[AnyEntry]:
        """Yield the entries in order, each signed, proved, and allowed by the rules of the ledger."""
        register = Register()
        for number in sorted(set(self._numbers())):
            raw = self._file(f"entries/{number}.json")
            entry = read(raw)
            if entry is None or entry.number != number:
                _broken(f"entries/{number}.json", "it is no entry as its author signed it")
            proof = self._proof(number)
            place, leaf = self.checkpoint, merkle.leaf_hash(raw)
            if not merkle.includes(proof.hashes, number, place.size, leaf, place.root):
                _broken(f"proofs/{number}.json", f"it does not lead from entry {number} to the root of the checkpoint")
            for problem in register.objections(entry):
                _broken(f"entries/{number}.json", f"the rules of the ledger are against it: {problem.what}")
            register.take(entry, raw)
            yield entry

    def _numbers(self) -> Iterator[int]:
        """The numbers of entries and of proofs; each must have the other."""
        for name in self._files:
            folder, _, rest = name.partition("/")
            if folder in ("entries", "proofs"):
                number = rest.removesuffix(".json")
                if not _NUMBER.fullmatch(number) or name != f"{folder}/{number}.json":
                    _broken(name, "this file does not belong in the packet")
                yield int(number)

    def _proof(self, number: int) -> Proof:
        name = f"proofs/{number}.json"
        try:
            values = json.loads(self._file(name))
            hashes = tuple(from_base64(each) or b"" for each in values["hashes"])
            proof = Proof(index=values["index"], size=values["size"], hashes=hashes)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            _broken(name, "this is no proof")
        expected = Proof(index=number, size=self.checkpoint.size, hashes=hashes)
        if proof != expected or canonical.encode(expected.as_json()) != self._files[name]:
            _broken(name, f"this is no proof of entry {number} in the ledger of the checkpoint")
        return proof

    # 3. what the answer was made from

    def assessment(self, entries: tuple[AnyEntry, ...]) -> AssessmentEntry:
        """The assessment that the packet is about: the last whose answer it holds."""
        digest = canonical.digest(self._file("assessment.json"))
        made = [entry for entry in entries if isinstance(entry, AssessmentEntry) and entry.answer == digest]
        if not made:
            _broken("assessment.json", "no entry of the packet says that this was the answer")
        return made[-1]

    def inputs(self, assessment: AssessmentEntry) -> None:
        """Hold dossier, sources and rulebook against the digests in the entry."""
        for kept in (assessment.dossier, *assessment.sources):
            if canonical.digest(self._file(f"dossier/{kept.name}")) != kept.digest:
                _broken(f"dossier/{kept.name}", "this is not the file that was assessed")
        if rulebook_digest(self._rulebook) != assessment.rulebook:
            _broken("rulebook", "these are not the files of the rulebook under which it was assessed")

    @cached_property
    def _rulebook(self) -> tuple[RulebookFile, ...]:
        names = sorted((name for name in self._files if name.startswith("rulebook/")), key=lambda name: name.split("/"))
        return tuple(RulebookFile(name.removeprefix("rulebook/"), self._files[name]) for name in names)

    def nothing_else(self, entries: tuple[AnyEntry, ...], assessment: AssessmentEntry) -> None:
        """See that every file belongs to the packet, and every entry to its case."""
        known = {"README.txt", "check.py", "checkpoint", "ledger.vkey", "assessment.json", *_FOR_PEOPLE}
        known |= {f"{folder}/{entry.number}.json" for folder in ("entries", "proofs") for entry in entries}
        known |= {f"dossier/{kept.name}" for kept in (assessment.dossier, *assessment.sources)}
        known |= {_text_name(kept.name) for kept in assessment.sources}
        for name in sorted(self._files):
            if name not in known and not name.startswith("rulebook/"):
                _broken(name, "this file does not belong in the packet")
        for entry in entries:
            if getattr(entry, "case", assessment.case) != assessment.case:
                _broken(f"entries/{entry.number}.json", f"this is of another case than `{assessment.case}`")

    # 4. the answer

    def follows(self, assessment: AssessmentEntry, entries: tuple[AnyEntry, ...]) -> None:
        """Make the answer again with both engines, and all that is made from it, and compare the bytes."""
        sources = {source.name: self._files[f"dossier/{source.name}"] for source in assessment.sources}
        try:
            casefile = dossier_of(self._files[f"dossier/{assessment.dossier.name}"], assessment.dossier.name, sources)
            law = rulebook_of(self._rulebook).on(date.fromisoformat(assessment.as_of))
            again = Assessor(law).assess(casefile)
        except TierEngineError as error:
            first = error.problems[0]
            _broken("assessment.json", f"it cannot be made again: {first.where}: {first.what}")
        self._texts(casefile)
        found = compared(self._files["assessment.json"], answer_of(again), assessment.tierengine)
        if found.differs_at is not None:
            what = f"made again, it differs, first at {found.differs_at}"
            _broken("assessment.json", what, _version_cure(assessment))
        self.in_other_words = found.in_other_words
        self._made_for_people(assessment, again, lambda answer: _made(answer, law, casefile, entries))
        for entry in entries:
            if (
                isinstance(entry, PositionEntry | DeterminationEntry)
                and entry.disputes
                and entry.on == assessment.number
            ):
                _conceded_again(entry, casefile, law)

    def _made_for_people(
        self, assessment: AssessmentEntry, again: Assessment, make: Callable[[Assessment], Mapping[str, bytes]]
    ) -> None:
        """Make again what is made from the answer; the page of another version is in its own words."""
        of_then = replace(again, receipt=replace(again.receipt, tierengine=assessment.tierengine))
        for name, made in make(again).items():
            if self._file(name) == made:
                continue
            if self.in_other_words and name == "page.html":
                self._page_compared = False
            elif not self.in_other_words or self._file(name) != make(of_then)[name]:
                _broken(name, "made again from the answer, it differs", _version_cure(assessment))

    def _texts(self, casefile: Casefile) -> None:
        """See that the texts of sources are those that are read here, or those that were read when they were coded."""
        texts = _texts(casefile)
        for file, source, _ in _sources(casefile):
            name = _text_name(file)
            if name not in texts and name in self._files:
                _broken(name, "this file does not belong in the packet")
            if name in texts and self._file(name) != texts[name]:
                if canonical.digest(self._file(name)) != source.text:
                    _broken(name, f"it is not the text of {file}")
                self._doubts.append(f"{file} is read otherwise by this tierengine than when it was coded")

    def warnings(self) -> Iterator[str]:
        """Yield what does not make the packet unsound, but must be known of the files that go with it."""
        if not self._page_compared:
            yield "page.html is in the words of another version, and was not compared; rely on assessment.json"
        for name, version in self._earlier.items():
            yield f"{name} is the one of tierengine {version}, and knows what that version knew"
        yield from self._doubts

    def beside(self) -> None:
        """See that what shows a stranger how to check is of this version, or of an earlier one that is named."""
        for name, own in (("check.py", _second_checker()), ("README.txt", _README.encode())):
            if self._file(name) != own:
                version = _OF_EARLIER.get(canonical.digest(self._file(name)))
                if version is None:
                    what = f"it is not the one of tierengine {VERSION}, nor of an earlier version"
                    cure = "do not run it; if a later tierengine made the packet, verify the packet with that one"
                    _broken(name, what, cure)
                self._earlier[name] = version


_OF_EARLIER = {
    "sha256:9376bef301c0be116086caa666fea61f66ab031a7a5f87847792bbf534306205": "0.1.0",
    "sha256:308863597721dadbdb91a705f131d04b7b59271de61acc616a44adbc5706529f": "0.1.0",
}
"""The check.py and the README.txt that earlier versions put into their packets, by their digests."""
_FOR_PEOPLE = ("page.html", "provenance.json")
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")


def _conceded_again(entry: PositionEntry | DeterminationEntry, casefile: Casefile, law: Law) -> None:
    """See that conceding the disputed findings does to the tier what the entry says."""
    try:
        holds = conceding_holds(entry, casefile, law)
    except TierEngineError as error:
        _broken(f"entries/{entry.number}.json", f"what it disputes cannot be conceded: {error.problems[0].what}")
    if not holds:
        _broken(f"entries/{entry.number}.json", "conceding what it disputes does something else than it says")


def _version_cure(assessment: AssessmentEntry) -> str:
    if assessment.tierengine != VERSION:
        return f"verify it with tierengine {assessment.tierengine}, which made it; this is {VERSION}"
    return "ask whoever gave you the packet how it came about"


def _broken(
    where: str, what: str, cure: str = "get the packet anew from the ledger, and ask who changed this one"
) -> NoReturn:
    raise LedgerError([Problem(where=where, what=what, cure=cure)])
