"""The dossier: everything that is known about one government in one reporting period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tierengine import canonical, yamlfile
from tierengine.errors import ClassifiedError, EvidenceError, Problem
from tierengine.evidence.countries import is_country
from tierengine.evidence.handling import Handling
from tierengine.evidence.origins import chain
from tierengine.evidence.records import Evidence, Rating, Record
from tierengine.evidence.sources.telegram import Telegram, read_telegram
from tierengine.terms.interval import Days
from tierengine.terms.scalars import Day, Id, Model, Text, Whole
from tierengine.terms.tier import WrittenPlacement, WrittenTier
from tierengine.yamlfile import Document


def _country(code: str) -> str:
    if not is_country(code):
        raise ValueError(f"`{code}` is no country code; write the two capital letters of ISO 3166-1, such as GT")
    return code


Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
"""ISO 3166-1 alpha-2; for an invented country one of the codes left to users, such as QM or XA."""


_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


class Government(Model):
    """The government that is assessed."""

    country: Country
    name: Text


class Source(Model):
    """A source document: where it lies, beside the dossier, and the digest of its bytes."""

    id: Text
    format: Literal["telegram"]
    file: Text
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Silent(Model):
    """That a source was read for an indicator and does not answer it."""

    id: Id
    indicator: Id
    source: Text
    read: Text
    """Which part of the source was read."""
    author: Text
    date: Day
    note: Text
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""


class Request(Model):
    """A request for data that was made to the government, and what came of it."""

    id: Id
    criterion: Id
    """The criterion whose data were asked for."""
    date: Day
    asks: Text
    answer: Literal["given", "partly given", "not given"]
    answer_date: Day | None = None
    capacity_note: Text
    """What is known of the government's capacity to obtain the data."""
    at: Text
    quote: Text
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""

    @property
    def told(self) -> str:
        """The request in one line: its date, the answer, the capacity."""
        answered = f" on {self.answer_date}" if self.answer_date else ""
        return f"requested {self.date}; {self.answer}{answered}; capacity: {self.capacity_note}"


class NotEvidence(Model):
    """A passage that is no record, and why."""

    at: Text
    quote: Text
    why: Text


class Deficiency(Model):
    """Something for which the last report faulted the government, and the indicators that would answer it."""

    id: Id
    says: Text
    at: Text
    quote: Text
    answered_by: tuple[Id, ...]
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""


class PostRecommendation(Model):
    """What the reporting post asks for; it is shown beside the engine's own recommendation and never used in it."""

    asks: Text
    tier: WrittenTier
    at: Text
    quote: Text
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""


class EarlierPlacement(Model):
    """Where an earlier annual report placed the country."""

    year: Whole
    tier: WrittenPlacement
    source: Text


class Dossier(Model):
    """All records on one government for one reporting period."""

    id: Id
    government: Government
    product: Literal["annual", "interim"]
    as_of: Day
    """The date whose law decides: the day the product is issued."""
    period: Days
    """The reporting period, first and last day."""
    last_report: Day
    """The day of the last annual report."""
    sources: tuple[Source, ...]
    records: tuple[Record, ...]
    silences: tuple[Silent, ...] = ()
    requests: tuple[Request, ...] = ()
    not_evidence: tuple[NotEvidence, ...] = ()
    deficiencies: tuple[Deficiency, ...] = ()
    post_recommendation: PostRecommendation | None = None
    earlier_placements: tuple[EarlierPlacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Casefile:
    """A dossier with its sources opened and every quote found."""

    dossier: Dossier
    document: Document
    sources: Mapping[str, Telegram]
    digest: str
    """The digest of what the dossier says, whatever the order of its records and the layout of its file."""

    @staticmethod
    def of(dossier: Dossier, document: Document, sources: Mapping[str, Telegram]) -> Casefile:
        """Return the casefile of a dossier whose sources are open."""
        return Casefile(dossier, document, sources, _digest(dossier))

    @property
    def last_placement(self) -> EarlierPlacement | None:
        """Where the last report placed the country, or nothing if the dossier does not say."""
        year = self.dossier.last_report.year
        return next((placement for placement in self.dossier.earlier_placements if placement.year == year), None)

    def uncoded(self) -> Iterator[tuple[str, str]]:
        """Yield locator and text of every sentence that no record, silence or note of the dossier quotes from."""
        quoted: dict[str, list[tuple[int, int]]] = {}
        for _, at, quote in _places(self.dossier):
            source, span = _find(self.sources, at, quote)
            if source is not None and span is not None:
                quoted.setdefault(source.id, []).append(span)
        for source in self.sources.values():
            for locator, sentence in _sentences(source):
                span = source.passage(locator, sentence)
                spans = quoted.get(source.id, [])
                if span is not None and not any(first < span[1] and span[0] < last for first, last in spans):
                    yield locator, sentence


def _digest(dossier: Dossier) -> str:
    content = dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
    for section in ("sources", "records", "silences", "requests", "deficiencies"):
        content[section] = sorted(content[section], key=lambda item: str(item["id"]))
    content["not_evidence"] = sorted(content["not_evidence"], key=lambda item: (item["at"], item["quote"]))
    content["earlier_placements"] = sorted(content["earlier_placements"], key=lambda item: int(item["year"]))
    if not content["requests"]:
        del content["requests"]  # a dossier without requests keeps the digest it had before there were any
    return canonical.digest(canonical.encode(content))


def read_dossier(path: Path) -> Casefile:
    """Read a dossier and the sources it names, which lie in its folder.

    Raise `EvidenceError` with every problem found, or `ClassifiedError` if a source is marked classified.
    """
    problems: list[Problem] = []
    document = yamlfile.load_path(path, path.name, problems)
    if document is None:
        raise EvidenceError(problems)
    return _checked(document, problems, lambda name: _beside(path.parent, name))


def dossier_of(raw: bytes, name: str, sources: Mapping[str, bytes]) -> Casefile:
    """Read a dossier from its bytes and those of its sources, by the names it gives them; as `read_dossier`."""
    problems: list[Problem] = []
    document = yamlfile.load(raw, name, problems)
    if document is None:
        raise EvidenceError(problems)
    return _checked(document, problems, lambda file: _among(sources, file))


class _UnopenedError(Exception):
    """A source cannot be had; says why and what to do."""


def _beside(folder: Path, name: str) -> bytes:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _UnopenedError(
            "lies outside the dossier's folder", "put the source beside the dossier and name it without `..`"
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise _UnopenedError(
            f"cannot be opened: {error.strerror}", "put the source beside the dossier, or correct the name"
        ) from None


def _among(sources: Mapping[str, bytes], name: str) -> bytes:
    if name not in sources:
        raise _UnopenedError("is missing", "give the source with the dossier")
    return sources[name]


def _checked(document: Document, problems: list[Problem], read: Callable[[str], bytes]) -> Casefile:
    """The casefile of a dossier whose sources are read by the names it gives them."""
    dossier = yamlfile.check(document, Dossier, problems)
    if dossier is None:
        raise EvidenceError(problems)
    opened, classified = _open(dossier, document, read, problems)
    problems += _repeated(dossier, document)
    problems += _dates(dossier, document)
    problems += _origins(dossier, document)
    problems += _bases(dossier, document)
    problems += _misplaced(dossier, document, opened)
    if problems:
        raise (ClassifiedError if classified else EvidenceError)(problems)
    return Casefile.of(dossier, document, opened)


def _open(
    dossier: Dossier, document: Document, read: Callable[[str], bytes], problems: list[Problem]
) -> tuple[dict[str, Telegram], bool]:
    opened: dict[str, Telegram] = {}
    classified = False
    for number, source in enumerate(dossier.sources):
        try:
            opened[source.id] = _open_one(source, document, number, read)
        except EvidenceError as error:
            problems += error.problems
            classified = classified or isinstance(error, ClassifiedError)
    return opened, classified


def _open_one(source: Source, document: Document, number: int, read: Callable[[str], bytes]) -> Telegram:
    try:
        raw = read(source.file)
    except _UnopenedError as error:
        what, cure = error.args
        where = document.where("sources", number, "file")
        raise EvidenceError([Problem(where=where, what=f"`{source.file}` {what}", cure=cure)]) from None
    found = canonical.digest(raw)
    if found != source.digest:
        raise EvidenceError(
            [
                Problem(
                    where=document.where("sources", number, "digest"),
                    what=f"`{source.file}` is not the file that was coded: it has {found}",
                    cure="restore the file, or code the new one and then write its digest here",
                )
            ]
        )
    telegram = read_telegram(raw, source.file)
    if telegram.id != source.id:
        raise EvidenceError(
            [
                Problem(
                    where=document.where("sources", number, "id"),
                    what=f"`{source.file}` calls itself {telegram.id}",
                    cure=f"write `id: {telegram.id}`, or name the right file",
                )
            ]
        )
    return telegram


def _repeated(dossier: Dossier, document: Document) -> Iterator[Problem]:
    """Ids that stand twice, and years that have two placements."""
    for section in ("sources", "records", "silences", "requests", "deficiencies"):
        items = getattr(dossier, section)
        counted = Counter(item.id for item in items)
        for number, item in enumerate(items):
            if counted[item.id] > 1:
                yield Problem(
                    where=document.where(section, number, "id"),
                    what=f"the id `{item.id}` is used more than once",
                    cure="give each an id of its own",
                )
    years = Counter(placement.year for placement in dossier.earlier_placements)
    for number, placement in enumerate(dossier.earlier_placements):
        if years[placement.year] > 1:
            yield Problem(
                where=document.where("earlier_placements", number, "year"),
                what=f"{placement.year} has more than one placement",
                cure="keep the one that the report gave",
            )
        if placement.year > dossier.last_report.year:
            yield Problem(
                where=document.where("earlier_placements", number, "year"),
                what=f"{placement.year} is later than the last report, of {dossier.last_report}",
                cure="list reports up to the last one, or correct `last_report`",
            )


def _dates(dossier: Dossier, document: Document) -> Iterator[Problem]:
    """Requests that were answered before they were made."""
    for number, request in enumerate(dossier.requests):
        if request.answer_date is not None and request.answer_date < request.date:
            yield Problem(
                where=document.where("requests", number, "answer_date"),
                what=f"`{request.id}` was answered on {request.answer_date}, before it was made on {request.date}",
                cure="correct one of the two dates",
            )


def _origins(dossier: Dossier, document: Document) -> Iterator[Problem]:
    """Records that repeat themselves, a judgement, or a whole source, of which nobody could say what is repeated."""
    written = {record.id: record.origin for record in dossier.records if isinstance(record, Evidence)}
    judgements = {record.id for record in dossier.records if isinstance(record, Rating)}
    listed = {source.id for source in dossier.sources}
    for number, record in enumerate(dossier.records):
        if not isinstance(record, Evidence) or record.origin is None:
            continue
        *_, last = chain(record.id, written)
        if written.get(last) is not None:
            what, cure = f"`{record.id}` repeats itself in the end", "name as origin what was said first"
        elif record.origin in judgements:
            what = f"`{record.origin}` is a person's judgement, and no statement that can be repeated"
            cure = "name the record whose statement this one repeats"
        elif record.origin in listed:
            what = f"`{record.origin}` is a source of this dossier, and does not say which statement is repeated"
            cure = "name the record that holds the statement; code one if there is none"
        else:
            continue
        yield Problem(where=document.where("records", number, "origin"), what=what, cure=cure)


def _bases(dossier: Dossier, document: Document) -> Iterator[Problem]:
    """Judgements that rest on what is no record of fact, silence or request."""
    known = {record.id for record in dossier.records if isinstance(record, Evidence)}
    known |= {silence.id for silence in dossier.silences} | {request.id for request in dossier.requests}
    for number, record in enumerate(dossier.records):
        missing = [name for name in record.rests_on or () if name not in known] if isinstance(record, Rating) else []
        if missing:
            yield Problem(
                where=document.where("records", number, "rests_on"),
                what=f"no record, silence or request is called {', '.join(f'`{name}`' for name in missing)}",
                cure="name those on which the person judged, or leave `rests_on` out",
            )


def _find(sources: Mapping[str, Telegram], at: str, quote: str) -> tuple[Telegram | None, tuple[int, int] | None]:
    source = sources.get(at.split(" ", maxsplit=1)[0])
    return source, source.passage(at, quote) if source is not None else None


def _misplaced(dossier: Dossier, document: Document, opened: Mapping[str, Telegram]) -> Iterator[Problem]:
    """Quotes that are not at their place, and sources that are named but not listed."""
    listed = {source.id for source in dossier.sources}
    for path, at, quote in _places(dossier):
        name = at.split(" ")[0]
        if name not in listed:
            yield Problem(
                where=document.where(*path, "at"),
                what=f"no source of this dossier is called `{name}`",
                cure=f"write one of: {', '.join(sorted(listed))}, then the paragraph, such as `¶4`",
            )
        elif name in opened and opened[name].paragraph(at) is None:
            yield Problem(
                where=document.where(*path, "at"),
                what=f"`{at}` is no paragraph of the source",
                cure=f"write the paragraph as in `{name} ¶1`",
            )
        elif name in opened and opened[name].passage(at, quote) is None:
            yield Problem(
                where=document.where(*path, "quote"),
                what=f"the quote does not stand at {at}{_elsewhere(opened[name], quote)}",
                cure="copy the exact words of that paragraph, or correct `at`",
            )
    for number, silence in enumerate(dossier.silences):
        if silence.source not in listed:
            yield Problem(
                where=document.where("silences", number, "source"),
                what=f"no source of this dossier is called `{silence.source}`",
                cure=f"write one of: {', '.join(sorted(listed))}",
            )


def _places(dossier: Dossier) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    for section in ("records", "requests", "not_evidence", "deficiencies"):
        for number, item in enumerate(getattr(dossier, section)):
            if not isinstance(item, Rating):
                yield (section, number), item.at, item.quote
    if dossier.post_recommendation is not None:
        yield ("post_recommendation",), dossier.post_recommendation.at, dossier.post_recommendation.quote


def _sentences(source: Telegram) -> Iterator[tuple[str, str]]:
    for paragraph in source.paragraphs:
        for sentence in _SENTENCE_END.split(paragraph.text):
            yield source.locator(paragraph.number), sentence


def _elsewhere(source: Telegram, quote: str) -> str:
    found = [source.locator(p.number) for p in source.paragraphs if source.passage(source.locator(p.number), quote)]
    return f"; it stands at {', '.join(found)}" if found else ""
