"""What documents take from the ledger: what offices hold of a case, its determination, and the documents kept there."""

from __future__ import annotations

from tierengine import canonical
from tierengine.documents.matter import OnRecord, Stand
from tierengine.documents.year import Kept
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.ledger.book import Ledger, register_of
from tierengine.ledger.entries import AssessmentEntry, DeterminationEntry, DocumentEntry, PositionEntry
from tierengine.ledger.words import author, headline


def on_record(ledger: Ledger, casefile: Casefile) -> OnRecord:
    """Return the positions on the current assessment of a case, and its determination.

    Raise `UsageError` if the ledger has no current assessment of this very dossier.
    """
    case = casefile.dossier.id
    with ledger.store.reading() as reader:
        register = register_of(reader, case)
        current = register.assessment(case)
        entry = None if current is None else ledger.entry(reader, current.number)[0]
        if not isinstance(entry, AssessmentEntry) or entry.dossier.digest != canonical.digest(casefile.document.raw):
            what = f"the ledger has no current assessment of `{case}` as the dossier is now"
            cure = "record it first: tierengine ledger record DOSSIER; or leave --ledger out"
            raise UsageError([Problem(where="--ledger", what=what, cure=cure)])
        said = [ledger.entry(reader, each.number)[0] for each in register.case(case) if register.counts(each)]
    on = [each for each in said if isinstance(each, PositionEntry | DeterminationEntry) and each.on == entry.number]
    stands = {each.number: _stand(each) for each in on}
    determined = next((stands[each.number] for each in on if isinstance(each, DeterminationEntry)), None)
    return OnRecord(tuple(stands[each.number] for each in on if isinstance(each, PositionEntry)), determined)


def kept_documents(ledger: Ledger) -> tuple[Kept, ...]:
    """Return the final documents that the ledger keeps and that no entry corrects, in the order of their entries."""
    with ledger.store.reading() as reader:
        return tuple(
            Kept(number, entry.file.name, ledger.blob(reader, entry.file.digest))
            for number in reader.numbers("document")
            if isinstance(entry := ledger.entry(reader, number)[0], DocumentEntry)
            and (register := register_of(reader, entry.case)).counts(register.said[number])
        )


def _stand(entry: PositionEntry | DeterminationEntry) -> Stand:
    return Stand(entry.number, author(entry), headline(entry), entry.reasons, entry.tier)
