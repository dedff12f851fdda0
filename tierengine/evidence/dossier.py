"""The dossier: everything that is known about one government in one reporting period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tierengine import canonical, yamlfile
from tierengine.errors import ClassifiedError, EvidenceError, Problem
from tierengine.evidence.countries import is_country, last_year, was_country
from tierengine.evidence.handling import Handling, Mark, strictest
from tierengine.evidence.origins import chain
from tierengine.evidence.records import Actor, Evidence, Rating, Record, Year
from tierengine.evidence.sources.anchors import Anchor
from tierengine.evidence.sources.opened import Opened, text_digest
from tierengine.evidence.sources.reading import LARGEST, File, Format, read_source, too_large
from tierengine.evidence.unfilled import unfilled
from tierengine.terms.bounds import Measured
from tierengine.terms.interval import Days
from tierengine.terms.scalars import Day, Id, Model, Text, Whole
from tierengine.terms.tier import WrittenPlacement, WrittenTier
from tierengine.yamlfile import Document


def _country(code: str) -> str:
    if not is_country(code) and last_year(code) is None:
        raise ValueError(f"`{code}` is no country code; write the two capital letters of ISO 3166-1, such as GT")
    return code


Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
"""ISO 3166-1 alpha-2, also of a country that is no more (ISO 3166-3) for its years; for an invented country one of the
codes left to users, such as QM or XA."""


_KEPT_OPEN = 32
"""Sources that are kept open."""
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


class Government(Model):
    """The government that is assessed."""

    country: Country
    name: Text


Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class SectionFile(Model):
    """A further section of one cable, in a file of its own."""

    file: Text
    digest: Digest


class Source(Model):
    """A source document: where it lies, beside the dossier, and the digest of its bytes."""

    id: Text
    format: Format
    """The format that it is read as."""
    file: Text
    digest: Digest
    sections: tuple[SectionFile, ...] | None = None
    """The further sections of a cable that was given as several files."""
    text: Digest | None = None
    """The digest of its text as it was read when it was coded; by it one sees whether it is read otherwise now."""
    handling: Literal["unclassified", "sensitive but unclassified"] | None = None
    """How it is to be handled, where it bears no marking itself, or more strictly than that."""
    declared_by: Text | None = None
    """Who declares how it is to be handled."""

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The names of its files with their digests."""
        return ((self.file, self.digest), *((each.file, each.digest) for each in self.sections or ()))


class Silent(Model):
    """That a source was read for an indicator and does not answer it."""

    id: Id
    indicator: Id
    source: Text
    read: Text
    """Which part of the source was read."""
    covers: Days | None = None
    """Of which days that part speaks, where it is not of the time in which the source was written."""
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
    """Whether the data were given."""
    answer_date: Day | None = None
    """The day of the answer."""
    capacity_note: Text
    """What is known of the government's capacity to obtain the data."""
    at: Text
    quote: Text
    anchor: Anchor | None = None
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""

    @property
    def words(self) -> str:
        """The request in one line: its date, the answer, the capacity."""
        answered = f" on {self.answer_date}" if self.answer_date else ""
        return f"requested {self.date}; {self.answer}{answered}; capacity: {self.capacity_note}"


class NotEvidence(Model):
    """A passage that is no record, and why."""

    at: Text
    quote: Text
    anchor: Anchor | None = None
    why: Text


class Deficiency(Model):
    """Something for which the last report faulted the government, and the indicators that would answer it."""

    id: Id
    says: Text
    at: Text
    quote: Text
    anchor: Anchor | None = None
    answered_by: tuple[Id, ...]
    """The indicators that would answer it."""
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""


class PostRecommendation(Model):
    """What the reporting post asks for; it is shown beside the engine's own recommendation and never used in it."""

    asks: Text
    tier: WrittenTier
    at: Text
    quote: Text
    anchor: Anchor | None = None
    handling: Handling | None = None
    """Where it is to be handled more strictly than its source."""


class EarlierPlacement(Model):
    """Where an earlier annual report placed the country."""

    year: Whole
    """The year of the report."""
    tier: WrittenPlacement
    source: Text


class OpenQuestion(Model):
    """What the dossier of an earlier report leaves to ask; a record, silence or rating of this one answers it."""

    id: Id
    asks: Text
    says: Text
    """What was said then, or what it is about."""
    answered_by: tuple[Id, ...]
    """The indicators or judgements that would answer it."""
    shown: Year
    """The year of the report in whose dossier it came up."""
    by: Id
    """The rule of the rulebook by which it is asked."""


class PlannedAction(Model):
    """An action that an action plan asks of the government; the dossier of the next report asks whether it was done."""

    id: Id
    says: Text
    answered_by: tuple[Id, ...]
    """The indicators that would show it done."""
    due: Day
    """The day until which it is asked."""


class ProposedRecord(Model):
    """What a sentence may answer: a record, or that the source is silent. Nothing is reasoned from it."""

    kind: Literal["action", "statistic", "law", "commitment", "statement", "silence"]
    measures: Id
    value: Measured | None = None
    """As in a record; a silence has none."""
    unit: Text | None = None
    date: Day | None = None
    period: Days | None = None
    undated: Text | None = None
    """Why no date can be given, where the sentence gives none."""
    actor: Actor
    because: Text
    """The words that led there."""
    note: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> ProposedRecord:
        if (self.kind == "silence") != (self.value is None):
            raise ValueError("a proposed record has a `value`, and a silence has none; add it, or remove it")
        given = [name for name in ("date", "period", "undated") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a proposal has exactly one of `date`, `period` and `undated`; keep one of them")
        return self


class Proposed(Model):
    """A sentence that may answer a question, and the records that are proposed for it, the likeliest first.

    What is silent as a whole has no sentence: `quote` is empty, and `at` names the source and the part that was read.
    """

    id: Id
    at: Text
    quote: str = ""
    anchor: Anchor | None = None
    records: Annotated[tuple[ProposedRecord, ...], Field(min_length=1, max_length=3)]
    refused: Text | None = None
    """Why a person refused all of them; nothing as long as nobody has."""

    @property
    def words(self) -> str:
        """The words on which it rests, between quotation marks, or that the source as a whole is silent."""
        return f"\u201c{self.quote}\u201d" if self.quote else "Read as a whole: no sentence speaks of this."

    @model_validator(mode="after")
    def _quoted(self) -> Proposed:
        if not self.quote.strip() and any(record.kind != "silence" for record in self.records):
            raise ValueError("a proposed record rests on a `quote`, and only a silence has none; add the words")
        return self


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
    last_dossier: Text | None = None
    """The file of the dossier of the last report, beside this one; its figures are those of last year."""
    sources: tuple[Source, ...]
    records: tuple[Record, ...]
    """What the sources say of fact, and what persons judge."""
    silences: tuple[Silent, ...] = ()
    requests: tuple[Request, ...] = ()
    not_evidence: tuple[NotEvidence, ...] = ()
    deficiencies: tuple[Deficiency, ...] = ()
    post_recommendation: PostRecommendation | None = None
    earlier_placements: tuple[EarlierPlacement, ...] = ()
    questions: tuple[OpenQuestion, ...] | None = None
    """What is to be asked, where the dossier was made from that of the last report."""

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The questions that no record, silence or rating of this dossier answers; what is carried answers none."""
        answered = {r.measures for r in self.records if isinstance(r, Rating) or r.carried is None}
        answered |= {silence.indicator for silence in self.silences}
        return tuple(each for each in self.questions or () if not answered & set(each.answered_by))

    proposed: tuple[Proposed, ...] = ()
    """What was drafted and nobody has decided on yet; no verb reasons from it."""
    plan: tuple[PlannedAction, ...] = ()
    """What an action plan made from this dossier asks of the government; nothing is reasoned from it either."""


LAST_YEAR_RECORD = "last-year/"
"""What the id of a record of the last dossier begins with where it stands beside those of this one."""


@dataclass(frozen=True, slots=True)
class Casefile:
    """A dossier with its sources opened and every quote found."""

    dossier: Dossier
    document: Document
    sources: Mapping[str, Opened]
    digest: str
    """The digest of what the dossier says, whatever the order of its records and the layout of its file."""
    last: Casefile | None = None
    """That of the last report, if the dossier names it; the one before that is not opened."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The bytes of every file that was read beside the dossier, by the name under which it lies in its folder."""

    @staticmethod
    def of(
        dossier: Dossier,
        document: Document,
        sources: Mapping[str, Opened],
        last: Casefile | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Casefile:
        """Return the casefile of a dossier whose sources are open."""
        return Casefile(dossier, document, sources, _digest(dossier, last), last, files or {})

    @property
    def undecided(self) -> tuple[Proposed, ...]:
        """The proposals on which nobody has decided."""
        return tuple(each for each in self.dossier.proposed if each.refused is None)

    @property
    def last_placement(self) -> EarlierPlacement | None:
        """Where the last report placed the country, or nothing if the dossier does not say."""
        year = self.dossier.last_report.year
        return next((placement for placement in self.dossier.earlier_placements if placement.year == year), None)

    @property
    def latest_placement(self) -> EarlierPlacement | None:
        """Where the latest report on file that ranked the country placed it, or nothing; a special case is no rank."""
        ranked = (placement for placement in self.dossier.earlier_placements if placement.tier != "SC")
        return max(ranked, key=lambda placement: placement.year, default=None)

    def uncoded(self) -> Iterator[tuple[str, str]]:
        """Yield locator and text of every sentence that no record, silence or note of the dossier quotes from.

        A source from which there is only what is carried was read for the last report, and is passed over.
        """
        carried = {r.at.split(" ")[0] for r in self.dossier.records if isinstance(r, Evidence) and r.carried}
        cited = {at.split(" ")[0] for path, at, *_ in _places(self.dossier) if not _is_carried(self.dossier, path)}
        cited |= {silence.source for silence in self.dossier.silences}
        quoted: dict[str, list[tuple[int, int]]] = {}
        for _, at, quote, anchor in _places(self.dossier):
            source, span = _find(self.sources, at, quote, anchor)
            if source is not None and span is not None:
                quoted.setdefault(source.id, []).append(span)
        for source in self.sources.values():
            for locator, sentence in () if source.id in carried - cited else _sentences(source):
                span = source.passage(locator, sentence)
                spans = quoted.get(source.id, [])
                if span is not None and not any(first < span[1] and span[0] < last for first, last in spans):
                    yield locator, sentence

    def untouched(self) -> Iterator[str]:
        """Yield the names of the sources that nothing quotes, nothing is proposed from and no silence names."""
        quoted = {at.split(" ")[0] for _, at, *_ in (*_places(self.dossier), *_proposed_places(self.dossier))}
        quoted |= {source for _, source in _silent_sources(self.dossier)}
        yield from (each.id for each in self.dossier.sources if each.id not in quoted)

    def anchors(self) -> Iterator[Anchored]:
        """Yield where every quote of the dossier stands."""
        for path, at, quote, anchor in _places(self.dossier):
            source, span = _find(self.sources, at, quote, anchor)
            around = source.around(at, quote, anchor) if source is not None else None
            if source is not None and span is not None and around is not None:
                item = getattr(self.dossier, str(path[0]))
                name = getattr(item[path[1]], "id", f"{path[0]} {int(path[1]) + 1}") if len(path) > 1 else str(path[0])
                yield Anchored(name, source.id, at, quote, anchor, span, around, source.by_bytes)

    def moved(self) -> Iterator[str]:
        """Yield which sources are read otherwise than when they were coded, and which quotes stand elsewhere now."""
        for source in self.dossier.sources:
            found = text_digest(self.sources[source.id])
            if source.text is not None and source.text != found:
                yield f"{source.id} is read otherwise than when it was coded; every quote was found again by its words"
        for each in self.anchors():
            position = each.anchor.position if each.anchor is not None else None
            now = f"{each.span[0]}-{each.span[1]}"
            if position is not None and position != now:
                yield f"{each.name} was found again by its words, at {now}; when it was coded it stood at {position}"


@dataclass(frozen=True, slots=True)
class Anchored:
    """Where a quote stands: what is quoted for, the source, the paragraph, the words, and those around them."""

    name: str
    source: str
    at: str
    quote: str
    anchor: Anchor | None
    span: tuple[int, int]
    around: tuple[str, str]
    by_bytes: bool


def next_to(name: str, file: str) -> str:
    """Return the name of a file that lies beside another one."""
    return (PurePosixPath(name).parent / file).as_posix()


def _digest(dossier: Dossier, last: Casefile | None) -> str:
    content = dossier.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"proposed", "plan"})
    if last is not None:
        content["last_dossier"] = last.digest  # what it says counts, and not where it lies
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


def dossier_in(document: Document, folder: Path) -> Casefile:
    """Read a dossier that is a document already, with the sources it names in a folder; as `read_dossier`."""
    return _checked(document, [], lambda name: _beside(folder, name))


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
        if path.stat().st_size > LARGEST:
            raise _UnopenedError(too_large(path.stat().st_size), "give the part of it that is evidence")
        return path.read_bytes()
    except OSError as error:
        raise _UnopenedError(
            f"cannot be opened: {error.strerror}", "put the source beside the dossier, or correct the name"
        ) from None


def _among(sources: Mapping[str, bytes], name: str) -> bytes:
    if name not in sources:
        raise _UnopenedError("is missing", "give the source with the dossier")
    return sources[name]


def _checked(
    document: Document, problems: list[Problem], read: Callable[[str], bytes], *, with_last: bool = True
) -> Casefile:
    """The casefile of a dossier whose sources are read by the names it gives them."""
    dossier = yamlfile.check(document, Dossier, problems)
    problems = unfilled(document, problems)
    if dossier is None or problems:
        raise EvidenceError(problems)
    files: dict[str, bytes] = {}
    keeping = _kept(read, files)
    opened, classified = _open(dossier, document, keeping, problems)
    problems += _repeated(dossier, document)
    problems += _dates(dossier, document)
    problems += _origins(dossier, document)
    problems += _bases(dossier, document)
    problems += _misplaced(dossier, document, opened)
    last: Casefile | None = None
    try:
        last = _last(dossier, document, keeping) if with_last else None
    except EvidenceError as error:
        problems += error.problems
        classified = classified or isinstance(error, ClassifiedError)
    if problems:
        raise (ClassifiedError if classified else EvidenceError)(problems)
    return Casefile.of(dossier, document, opened, last, files)


def _last(dossier: Dossier, document: Document, read: Callable[[str], bytes]) -> Casefile | None:
    """The casefile of the last report, checked as this one is. Raise `EvidenceError` if it is another."""
    name = dossier.last_dossier
    if name is None:
        return None
    where = document.where("last_dossier")
    try:
        raw = read(name)
    except _UnopenedError as error:
        what, cure = error.args
        raise EvidenceError([Problem(where=where, what=f"`{name}` {what}", cure=cure)]) from None
    problems: list[Problem] = []
    opened = yamlfile.load(raw, name, problems)
    if opened is None:
        raise EvidenceError(problems)
    last = _checked(opened, problems, lambda file: read(next_to(name, file)), with_last=False)
    problems += (Problem(where=where, what=f"`{name}` {what}", cure=cure) for what, cure in _another(dossier, last))
    if problems:
        raise EvidenceError(problems)
    return last


def _another(dossier: Dossier, last: Casefile) -> Iterator[tuple[str, str]]:
    """What shows that a dossier is not the one on which the last report was made."""
    then, report = last.dossier, dossier.last_report.year
    if then.government.country != dossier.government.country:
        yield f"is on {then.government.name}", f"name a dossier on {dossier.government.name}"
    if then.product != "annual":
        yield "is no dossier of an annual report", "name the one on which the last report was made"
    elif then.last_report.year + 1 != report:
        yield (
            f"is for the report of {then.last_report.year + 1}, and the last report is of {report}",
            f"name the dossier of the report of {report}, or correct `last_report`",
        )


def _kept(read: Callable[[str], bytes], files: dict[str, bytes]) -> Callable[[str], bytes]:
    """Read files as another function does, and keep their bytes."""

    def keeping(name: str) -> bytes:
        files[name] = read(name)
        return files[name]

    return keeping


def _open(
    dossier: Dossier, document: Document, read: Callable[[str], bytes], problems: list[Problem]
) -> tuple[dict[str, Opened], bool]:
    opened: dict[str, Opened] = {}
    classified = False
    for number, source in enumerate(dossier.sources):
        try:
            opened[source.id] = _open_one(source, document, number, read)
        except EvidenceError as error:
            problems += error.problems
            classified = classified or isinstance(error, ClassifiedError)
    return opened, classified


def _open_one(source: Source, document: Document, number: int, read: Callable[[str], bytes]) -> Opened:
    parts: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    for place, (file, digest) in enumerate(source.files):
        path = ("sources", number) if place == 0 else ("sources", number, "sections", place - 1)
        raw = _as_coded(file, digest, document, path, read, problems)
        if raw is not None:
            parts.append((file, raw))
    if not problems:
        problems += _misnamed(source, document, number)
    if problems:
        raise EvidenceError(problems)
    opened = _opened(tuple(parts), source.format, source.id)
    if opened.id != source.id:
        problem = Problem(
            where=document.where("sources", number, "id"),
            what=f"`{source.file}` calls itself {opened.id}",
            cure=f"write `id: {opened.id}`, or name the right file",
        )
        raise EvidenceError([problem])
    return _declared(source, opened, document, number)


@lru_cache(_KEPT_OPEN)
def _opened(parts: tuple[File, ...], form: Format, source: str) -> Opened:
    """A source, opened once however often dossiers that rest on it are read, as after each change of one."""
    return read_source(parts, form, source)


def _as_coded(
    file: str,
    digest: str,
    document: Document,
    path: tuple[str | int, ...],
    read: Callable[[str], bytes],
    problems: list[Problem],
) -> bytes | None:
    """The bytes of a file of a source; if they cannot be had, or are not those that were coded, a problem is added."""
    try:
        raw = read(file)
    except _UnopenedError as error:
        what, cure = error.args
        problems.append(Problem(where=document.where(*path, "file"), what=f"`{file}` {what}", cure=cure))
        return None
    found = canonical.digest(raw)
    if found != digest:
        problem = Problem(
            where=document.where(*path, "digest"),
            what=f"`{file}` is not the file that was coded: it has {found}",
            cure="restore the file, or code the new one and then write its digest here",
        )
        problems.append(problem)
        return None
    return raw


def _misnamed(source: Source, document: Document, number: int) -> Iterator[Problem]:
    """An id by which no locator could be taken apart, and a handling that nobody declares."""
    if re.search(r"[\s¶]", source.id):
        yield Problem(
            where=document.where("sources", number, "id"),
            what=f"`{source.id}` holds a space, and a locator begins with the id and a space",
            cure=f"write `id: {re.sub('[^A-Za-z0-9]+', '-', source.id).strip('-')}`, and begin its locators with that",
        )
    if (source.handling is None) != (source.declared_by is None):
        there, lacking = ("handling", "declared_by") if source.declared_by is None else ("declared_by", "handling")
        yield Problem(
            where=document.where("sources", number, there),
            what=f"`{there}` stands here without `{lacking}`",
            cure="say how the source is to be handled and who declares it, or leave both out",
        )


def _declared(source: Source, opened: Opened, document: Document, number: int) -> Opened:
    """The source with the handling that is declared, which is never freer than its own marking."""
    if source.handling is None:
        return opened
    marked = () if opened.handling == "unknown" else (Mark(opened.handling),)
    strict = strictest((Mark(source.handling), *marked)).handling
    if strict != source.handling:
        problem = Problem(
            where=document.where("sources", number, "handling"),
            what=f"`{source.file}` is marked {opened.handling}, and is declared here as {source.handling}",
            cure="leave `handling` and `declared_by` out: the marking counts",
        )
        raise EvidenceError([problem])
    return opened.handled(strict)


def _repeated(dossier: Dossier, document: Document) -> Iterator[Problem]:
    """Ids that stand twice, and years that have two placements."""
    for section in ("sources", "records", "silences", "requests", "deficiencies", "proposed"):
        items = getattr(dossier, section)
        counted = Counter(item.id for item in items)
        for number, item in enumerate(items):
            if counted[item.id] > 1:
                yield Problem(
                    where=document.where(section, number, "id"),
                    what=f"the id `{item.id}` is used more than once",
                    cure="give each an id of its own",
                )
    asked = Counter(question.id for question in dossier.questions or ())
    for number, question in enumerate(dossier.questions or ()):
        if asked[question.id] > 1:
            yield Problem(
                where=document.where("questions", number, "id"),
                what=f"the id `{question.id}` is used more than once",
                cure="give each question an id of its own",
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
    """A country that was no more in the period, and requests that were answered before they were made."""
    code, year = dossier.government.country, dossier.period.first.year
    if not was_country(code, year):
        yield Problem(
            where=document.where("government", "country"),
            what=f"`{code}` is no country code since {last_year(code)}, and the period begins in {year}",
            cure="write the code that the country had in that time, or correct the period",
        )
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


def _find(
    sources: Mapping[str, Opened], at: str, quote: str, anchor: Anchor | None
) -> tuple[Opened | None, tuple[int, int] | None]:
    source = sources.get(at.split(" ", maxsplit=1)[0])
    return source, source.passage(at, quote, anchor) if source is not None else None


def _misplaced(dossier: Dossier, document: Document, opened: Mapping[str, Opened]) -> Iterator[Problem]:
    """Quotes that are not at their place, and sources that are named but not listed."""
    listed = {source.id for source in dossier.sources}
    for path, at, quote, anchor in (*_places(dossier), *_proposed_places(dossier)):
        name = at.split(" ")[0]
        if name not in listed:
            yield Problem(
                where=document.where(*path, "at"),
                what=f"no source of this dossier is called `{name}`",
                cure=f"write one of: {', '.join(sorted(listed))}, then the paragraph, such as `¶4`",
            )
            continue
        source = opened.get(name)
        if source is None or source.passage(at, quote, anchor) is not None:
            continue
        known = [locator for locator, _ in source.places()]
        if at not in known:
            yield Problem(
                where=document.where(*path, "at"),
                what=f"`{at}` is no paragraph of the source{_elsewhere(source, quote)}",
                cure=f"write the paragraph as in `{known[0]}`",
            )
        elif anchor is not None and source.passage(at, quote) is not None:
            yield Problem(
                where=document.where(*path, "anchor"),
                what=f"the quote is lost: it stands at {at}, and not between the words of its anchor",
                cure="find the passage that was meant, and write its anchor anew: tierengine anchors DOSSIER",
            )
        else:
            yield Problem(
                where=document.where(*path, "quote"),
                what=f"the quote does not stand at {at}{_elsewhere(source, quote)}",
                cure="copy the exact words of that paragraph, or correct `at`",
            )
    for path, name in _silent_sources(dossier):
        if name not in listed:
            yield Problem(
                where=document.where(*path),
                what=f"no source of this dossier is called `{name}`",
                cure=f"write one of: {', '.join(sorted(listed))}",
            )


def _silent_sources(dossier: Dossier) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The sources that are called silent, and that are proposed to be silent as a whole."""
    for number, silence in enumerate(dossier.silences):
        yield ("silences", number, "source"), silence.source
    for number, item in enumerate(dossier.proposed):
        if not item.quote:
            yield ("proposed", number, "at"), item.at.split(" ", maxsplit=1)[0]


def _places(dossier: Dossier) -> Iterator[tuple[tuple[str | int, ...], str, str, Anchor | None]]:
    for section in ("records", "requests", "not_evidence", "deficiencies"):
        for number, item in enumerate(getattr(dossier, section)):
            if not isinstance(item, Rating):
                yield (section, number), item.at, item.quote, item.anchor
    post = dossier.post_recommendation
    if post is not None:
        yield ("post_recommendation",), post.at, post.quote, post.anchor


def _is_carried(dossier: Dossier, path: tuple[str | int, ...]) -> bool:
    record = dossier.records[int(path[1])] if path[0] == "records" else None
    return isinstance(record, Evidence) and record.carried is not None


def _proposed_places(dossier: Dossier) -> Iterator[tuple[tuple[str | int, ...], str, str, Anchor | None]]:
    for number, item in enumerate(dossier.proposed):
        if item.quote:
            yield ("proposed", number), item.at, item.quote, item.anchor


def _sentences(source: Opened) -> Iterator[tuple[str, str]]:
    for locator, text in source.places():
        for sentence in _SENTENCE_END.split(text):
            yield locator, sentence


def _elsewhere(source: Opened, quote: str) -> str:
    found = [locator for locator, _ in source.places() if source.passage(locator, quote)]
    return f"; it stands at {', '.join(found)}" if found else ""
