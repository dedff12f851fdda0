"""The records of a dossier as a list: narrowed by the address, and given as a file with exactly what the page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from tierengine.evidence.dossier import Casefile, ProposedRecord, Silent
from tierengine.evidence.records import Evidence, Rating
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment
from tierengine.reports.listing import Form, Listing
from tierengine.web.rendering import counted, said
from tierengine.web.sought import Sought, Words, as_file, choice, has
from tierengine.web.visit import Case, Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")

Shown = Literal["", "proposed", "counted", "aside", "silence", "rating"]

_SHOWN: tuple[tuple[Shown, str], ...] = (
    ("proposed", "what is proposed"),
    ("counted", "records that count"),
    ("aside", "what is set aside"),
    ("silence", "silences"),
    ("rating", "ratings"),
)
Show = Annotated[Shown, Query()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A record, silence, rating or proposal in the list; its parts are the columns of the file."""

    became: Shown
    id: str
    question: str
    measures: str
    value: str
    unit: str
    kind: str
    when: str
    who: str
    at: str
    quote: str
    marked: str
    says: str
    """Why it is set aside, what was noted, or the reasons of a rating."""


_HEADS = (
    *("what became of it", "id", "question", "question id", "value", "unit", "kind", "when", "by whom", "place"),
    *("quote", "mark", "note"),
)


def sought_items(case: Case, assessment: Assessment, q: str, show: Shown) -> list[Item]:
    """Return the items of a dossier that are sought, in the order of the page."""
    every = _items(case.casefile, case.law, {each.record: each.because for each in assessment.set_aside})
    return [each for each in every if show in ("", each.became) and has(q, *astuple(each))]


def narrowed(case: Case, q: str, show: Shown, shown: int, *kept: tuple[str, str]) -> Sought:
    """Return how the list of a dossier is narrowed."""
    dossier = case.casefile.dossier
    every = len(dossier.records) + len(dossier.silences) + len(case.casefile.undecided)
    return Sought(
        at=case.address,
        file=f"{case.address}/records",
        q=q,
        shown=shown,
        of=counted(every, "item"),
        choices=(choice("show", "Which", show, _SHOWN, "all"),),
        kept=(("part", "records"), *kept),
    )


@router.get("/records.{form}")
def listed(here: Here, case: TheCase, form: Form, q: Words = "", show: Show = "") -> Response:
    """Give the records that the page lists as a file."""
    found = sought_items(case, here.desk.answers.assessment(case.casefile), q, show)
    listing = Listing(title="Records", heads=_HEADS, rows=tuple(astuple(each) for each in found))
    return as_file(listing, form, f"{case.kept.country}-{case.kept.edition}-records", case.law.as_of)


def _items(casefile: Casefile, law: Law, aside: Mapping[str, str]) -> Iterator[Item]:
    asks = {each.id: each.asks for each in law.indicators}
    for item in casefile.undecided:
        for each in item.records:
            yield _proposed(item.id, item.at, item.words, each, asks)
    for record in casefile.dossier.records:
        yield _rating(record, aside) if isinstance(record, Rating) else _evidence(record, asks, aside)
    for silence in casefile.dossier.silences:
        yield _silence(silence, asks, aside)


def _proposed(name: str, at: str, words: str, record: ProposedRecord, asks: Mapping[str, str]) -> Item:
    return Item(
        became="proposed",
        id=name,
        question=asks.get(record.measures, record.measures),
        measures=record.measures,
        value=said(record.value) if record.value is not None else "silent on it",
        unit=record.unit or "",
        kind=record.kind,
        when=_when(record),
        who=record.actor.name,
        at=at,
        quote=words,
        marked="",
        says=record.note or "",
    )


def _evidence(record: Evidence, asks: Mapping[str, str], aside: Mapping[str, str]) -> Item:
    return Item(
        became="aside" if record.id in aside else "counted",
        id=record.id,
        question=asks.get(record.measures, record.measures),
        measures=record.measures,
        value=said(record.value),
        unit=record.unit or "",
        kind=record.kind,
        when=_when(record),
        who=record.actor.name,
        at=record.at,
        quote=record.quote,
        marked=record.mark,
        says=aside.get(record.id) or record.note or "",
    )


def _rating(record: Rating, aside: Mapping[str, str]) -> Item:
    return Item(
        became="rating",
        id=record.id,
        question=record.question,
        measures=record.measures,
        value=record.rating,
        unit="",
        kind=record.kind,
        when=str(record.date),
        who=record.author,
        at=", ".join(record.rests_on or ()),
        quote="",
        marked="",
        says=aside.get(record.id) or record.reasons,
    )


def _silence(silence: Silent, asks: Mapping[str, str], aside: Mapping[str, str]) -> Item:
    return Item(
        became="silence",
        id=silence.id,
        question=asks.get(silence.indicator, silence.indicator),
        measures=silence.indicator,
        value="silent on it",
        unit="",
        kind="silence",
        when=str(silence.date),
        who=silence.author,
        at=f"{silence.source}, {silence.read}",
        quote="",
        marked="",
        says=aside.get(silence.id) or silence.note,
    )


def _when(record: Evidence | ProposedRecord) -> str:
    if record.period is not None:
        return f"{record.period.first} to {record.period.last}"
    return str(record.date) if record.date is not None else record.undated or ""
