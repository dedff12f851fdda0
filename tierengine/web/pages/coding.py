"""Coding a dossier: accept, change or refuse what is proposed, draft a record from some words, take back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query, Response

from tierengine.coding.accepting import Marks
from tierengine.coding.deciding import Coder, Deciding
from tierengine.coding.proposing import proposals
from tierengine.coding.revising import with_record, without_record, written_as
from tierengine.coding.sentences import Sentence
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import Casefile, Proposed, ProposedRecord
from tierengine.evidence.records import Evidence, Rating
from tierengine.web.changes import ClashError, Now, digest_of
from tierengine.web.recordform import RecordForm, filled, form_of
from tierengine.web.visit import Case, Here, TheCase, seen_again

router = APIRouter(prefix="/c/{country}/{edition}")

Words = Annotated[str, Form(max_length=5000)]
Short = Annotated[str, Form(max_length=200)]


# -- what is proposed ----------------------------------------------------------------------------------------------


@router.post("/accept")
def accept(
    here: Here,
    case: TheCase,
    *,
    proposal: Short,
    seen: Short,
    number: Annotated[int, Form(ge=1, le=3)] = 1,
    mark: Short = "",
) -> Response:
    """Take one of the records that are proposed for a sentence into the dossier."""

    def change(now: Now) -> bytes:
        item = _waiting(now.casefile, proposal, seen)
        if number > len(item.records):
            problem = Problem(where="number", what=f"there is no proposal {number}", cure="choose one that is shown")
            raise UsageError([problem])
        return _taken(here, now, item, item.records[number - 1], mark)

    here.desk.changes.make(case.kept, here.person.name, "accepted what was proposed", change)
    return _back(here, case)


@router.post("/refuse")
def refuse(here: Here, case: TheCase, *, proposal: Short, seen: Short, reason: Words = "") -> Response:
    """Refuse all that is proposed for a sentence, with the reason."""

    def change(now: Now) -> bytes:
        item = _waiting(now.casefile, proposal, seen)
        return Deciding(now.casefile, now.law).refused(item, _reason(reason)).document.raw

    here.desk.changes.make(case.kept, here.person.name, "refused what was proposed", change)
    return _back(here, case)


@router.post("/no-evidence")
def no_evidence(
    here: Here, case: TheCase, *, proposal: Short = "", seen: Short = "", at: Short = "", words: Words = "",
    reason: Words = "",
) -> Response:  # fmt: skip
    """Note that a passage is no evidence, with the reason: one for which something is proposed, or any words."""

    def change(now: Now) -> bytes:
        item = _waiting(now.casefile, proposal, seen) if proposal else _unproposed(now.casefile, at, words)
        return Deciding(now.casefile, now.law).no_evidence(item, _reason(reason)).document.raw

    here.desk.changes.make(case.kept, here.person.name, "noted that a passage is no evidence", change)
    return _back(here, case, at.partition(" ")[0])


@router.post("/undo")
def undo(here: Here, case: TheCase) -> Response:
    """Take back the last change that the person made."""
    here.desk.changes.undo(case.kept, here.person.name)
    return _back(here, case)


# -- a record drafted or changed -------------------------------------------------------------------------------------


@router.get("/draft")
def draft(
    here: Here,
    case: TheCase,
    *,
    at: Annotated[str, Query(max_length=200)] = "",
    words: Annotated[str, Query(max_length=5000)] = "",
    proposal: Annotated[str, Query(max_length=200)] = "",
    record: Annotated[str, Query(max_length=200)] = "",
    pick: Annotated[int, Query(ge=0, le=20)] = 0,
) -> Response:
    """Show the form of a record: for some words, for what is proposed, or of a record that stands."""
    casefile = case.casefile
    if record:
        standing = _record(casefile, record)
        if standing is None:
            raise HTTPException(404, f"No record of this dossier is called {record}.")
        return _form(here, case, form_of(standing), record=record, seen=digest_of(standing))
    if proposal:
        item = next((each for each in casefile.undecided if each.id == proposal), None)
        if item is None:
            raise HTTPException(404, "Nothing is proposed under this name any more; it was decided.")
        seen, candidates = digest_of(item), item.records
    else:
        item = _unproposed(casefile, at, words)
        seen, candidates = "", tuple(_candidates(here, casefile, item))
    chosen = candidates[pick] if pick < len(candidates) else None
    form = filled(item, chosen, Deciding(casefile, case.law).marks_of(item))
    return _form(here, case, form, candidates=candidates, pick=pick, proposal=proposal, seen=seen)


@router.post("/draft")
def write(
    here: Here,
    case: TheCase,
    form: Annotated[RecordForm, Form()],
) -> Response:
    """Write a record as the form has it: a new one, in the place of a proposal, or in its own place."""

    def change(now: Now) -> bytes:
        if form.record:
            standing = _record(now.casefile, form.record)
            if standing is None or digest_of(standing) != form.seen:
                theirs = _in_words(standing) if standing is not None else "The record was removed."
                raise ClashError("This record was changed meanwhile.", theirs, digest_of(standing))
            return with_record(now.document, form.changed(standing))
        item = _waiting(now.casefile, form.proposal, form.seen) if form.proposal else None
        item = item or _unproposed(now.casefile, form.at, form.words)
        record: ProposedRecord = written_as(form.proposed(), ProposedRecord)
        return _taken(here, now, item, record, form.reliability + form.credibility)

    says = "changed a record" if form.record else "added a record"
    here.desk.changes.make(case.kept, here.person.name, says, change)
    return _back(here, case, form.at.partition(" ")[0])


@router.post("/remove")
def remove(here: Here, case: TheCase, record: Short, seen: Short) -> Response:
    """Take a record or a rating out of the dossier."""

    def change(now: Now) -> bytes:
        standing = next((each for each in now.casefile.dossier.records if each.id == record), None)
        if standing is None or digest_of(standing) != seen:
            theirs = _in_words(standing) if standing is not None else "It was removed."
            raise ClashError("This was changed meanwhile.", theirs, digest_of(standing))
        return without_record(now.document, record)

    here.desk.changes.make(case.kept, here.person.name, "took a record out", change)
    return _back(here, case)


# -- the parts of it -------------------------------------------------------------------------------------------------


_KEPT = ("source", "q", "show")
"""What the address of a dossier holds and a decision does not change."""


def _back(here: Here, case: Case, source: str = "") -> Response:
    """Show the records again: narrowed as they were, beside the same source."""
    given = here.request.query_params
    kept = {name: given[name][:200] for name in _KEPT if given.get(name)}
    if source in case.casefile.sources:
        kept.setdefault("source", source)
    return seen_again(f"{case.address}?{urlencode({'part': 'records'} | kept)}")


def _form(here: Here, case: Case, form: RecordForm, **values: Any) -> Response:
    given: dict[str, Any] = {"candidates": (), "pick": 0, "proposal": "", "record": "", "seen": ""} | values
    table = here.desk.answers.questions(case.casefile)
    asked = {each.id: each for each in table.questions if each.type != "rating"}
    groups: dict[str, list[Any]] = {}
    for each in asked.values():
        groups.setdefault(each.title, []).append(each)
    return here.page("draft.html", case=case, form=form, groups=groups, asked=asked, **given)


def _candidates(here: Here, casefile: Casefile, item: Proposed) -> Iterator[ProposedRecord]:
    """What the words may answer, as the coder drafts it; each question once."""
    seen: set[tuple[str, str]] = set()
    for records in proposals(Sentence(item.at, item.quote), here.desk.answers.setting(casefile)):
        for record in records:
            if (record.measures, str(record.value)) not in seen:
                seen.add((record.measures, str(record.value)))
                yield record


def _unproposed(casefile: Casefile, at: str, words: str) -> Proposed:
    """Some words of a source, as if something were proposed for them. Raise `EvidenceError` if they stand not there."""
    quote = " ".join(words.split())
    source = casefile.sources.get(at.partition(" ")[0])
    if not quote or source is None or source.passage(at, quote) is None:
        what = f"these words do not stand at {at}" if at and quote else "no words were chosen"
        raise EvidenceError([Problem(where="words", what=what, cure="select words of one paragraph of a source")])
    stand_in = {"kind": "statement", "measures": "nothing", "value": "true", "undated": "-", "because": "-"}
    record = ProposedRecord.model_validate({**stand_in, "actor": {"is": "unknown", "name": "-"}})
    return Proposed(id="drafted", at=at, quote=quote, records=(record,))


def _waiting(casefile: Casefile, name: str, seen: str) -> Proposed:
    """A proposal that waits still, as the person saw it. Raise `ClashError` if somebody decided it meanwhile."""
    item = next((each for each in casefile.dossier.proposed if each.id == name), None)
    if item is None:
        raise ClashError("This was decided meanwhile.", "The proposal is gone; the records show what became of it.")
    if item.refused is not None:
        raise ClashError("This was decided meanwhile.", f"It was refused: {item.refused}")
    if digest_of(item) != seen:
        raise ClashError("What is proposed was changed meanwhile.", _listed(item.records), digest_of(item))
    return item


def _taken(here: Here, now: Now, item: Proposed, record: ProposedRecord, mark: str) -> bytes:
    deciding = Deciding(now.casefile, now.law)
    if record.kind == "silence":
        return deciding.silent(item, record, Coder(here.person.name, datetime.now(UTC).date())).document.raw
    marks = _marks(mark) if mark else deciding.marks_of(item)
    if marks is None:
        cure = "open `Change`, and say how sure the source is (A to F) and what it says (1 to 6)"
        raise EvidenceError([Problem(where="mark", what="nobody said yet how sure this source is", cure=cure)])
    return deciding.accepted(item, record, marks).document.raw


def _marks(mark: str) -> Marks:
    marks: Marks = written_as({"reliability": mark[:1], "credibility": mark[1:]}, Marks)
    return marks


def _reason(reason: str) -> str:
    plain = " ".join(reason.split())
    if not plain:
        raise EvidenceError([Problem(where="reason", what="a reason is needed", cure="write why, in a few words")])
    return plain


def _record(casefile: Casefile, name: str) -> Evidence | None:
    found = (each for each in casefile.dossier.records if isinstance(each, Evidence) and each.id == name)
    return next(found, None)


def _in_words(record: Evidence | Rating) -> str:
    """A record in one line."""
    if isinstance(record, Rating):
        return f"{record.question} {record.rating}, by {record.author} on {record.date}: {record.reasons}"
    unit = f" {record.unit}" if record.unit else ""
    return f"{record.measures}: {record.value}{unit} ({record.kind}, {record.mark})"


def _listed(records: Sequence[ProposedRecord]) -> str:
    return "; ".join(f"{each.measures}: {each.value}" for each in records)
