"""A dossier drafted from sources: what is sure of them, and what their sentences may answer, as proposals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tierengine import canonical
from tierengine.coding.proposing import Setting, proposals
from tierengine.coding.sentences import sentences
from tierengine.coding.writing import folded, keyed, scalar
from tierengine.evidence.dossier import Country, EarlierPlacement, Proposed, ProposedRecord
from tierengine.evidence.records import Actor
from tierengine.evidence.sources.opened import Opened
from tierengine.evidence.sources.reading import File
from tierengine.law.entries import LAST_YEAR
from tierengine.terms.interval import Days


@dataclass(frozen=True, slots=True)
class Given:
    """A source that was opened: its files, named from the folder of the dossier, its format, and what it is."""

    parts: tuple[File, ...]
    """One file, or the sections of a cable in their order."""
    format: str
    opened: Opened


@dataclass(frozen=True, slots=True)
class Heading:
    """What the dossier says of itself, before any evidence."""

    country: Country
    name: str
    as_of: date
    period: Days
    last_report: date
    placements: tuple[EarlierPlacement, ...]


WHOLE = "all paragraphs"
"""The part of a source that was read where the source is silent as a whole."""


def proposed(sources: Iterable[Opened], setting: Setting) -> Iterator[Proposed]:
    """Yield what the sentences of some sources may answer, in the order of the sources and of their text.

    Of sources that report on the period, there follow the silences that the law reads as an answer.
    """
    opened = tuple(sources)
    statements = [each for source in opened for each in _statements(source, setting)]
    silent = _silences(opened, setting, [records[0] for _, _, records in statements]) if setting.covers_period else ()
    for number, (at, quote, records) in enumerate((*statements, *silent), start=1):
        yield Proposed(id=f"p{number}", at=at, quote=quote, records=records)


_Statement = tuple[str, str, tuple[ProposedRecord, ...]]
"""Where something stands, in which words, and the records that are proposed for it."""


def _statements(source: Opened, setting: Setting) -> Iterator[_Statement]:
    for sentence in sentences(source):
        if source.passage(sentence.at, sentence.text) is None:
            continue  # what no quote can name is read by a person
        for records in proposals(sentence, setting):
            yield sentence.at, sentence.text, records


def _silences(sources: Iterable[Opened], setting: Setting, records: Sequence[ProposedRecord]) -> Iterator[_Statement]:
    """The questions that none of the sources answers, and whose silence the law reads as an answer."""
    answered = {name for record in records for name in _answers(record, setting)}
    asked = [each.id for each in setting.law.indicators if each.when_silent is not None and each.when_silent.drafted]
    for source in sources:
        for name in asked:
            if name not in answered:
                yield f"{source.id} {WHOLE}", "", (_silence(name, setting),)


def _answers(record: ProposedRecord, setting: Setting) -> Collection[str]:
    """The indicators that a record answers or shows to be so: its own, a whole of which it is part, and parts of it."""
    indicator = setting.law.indicators_by_id.get(record.measures)
    denies = record.value in ("false", "0") or LAST_YEAR.get(str(record.value)) is False
    if indicator is None or denies or record.kind not in indicator.kinds:
        return (record.measures,)  # what is merely stated answers nothing else
    shown = [each.id for each in setting.law.indicators if record.measures in each.shown_by]
    wholes = indicator.denied_with if indicator.compared is not None else ()
    return {record.measures, *shown, *wholes, *setting.reader.parts.get(record.measures, ())}


def _silence(name: str, setting: Setting) -> ProposedRecord:
    return ProposedRecord(
        kind="silence",
        measures=name,
        period=setting.period,
        actor=Actor.model_validate({"is": "government", "name": setting.government}),
        because="nothing in the source leads to it",
        note="The source is said to report on the period, and no sentence of it was found to speak of this.",
    )


def written(heading: Heading, sources: Sequence[Given], items: Iterable[Proposed]) -> str:
    """Return the dossier as YAML, for people to read and to go on writing in."""
    lines = [
        f"# {heading.name}, drafted for the report of {heading.as_of.year}.",
        "# What stands under `proposed` counts only once a person accepts it: `tierengine code` goes through it.",
        f"id: {heading.country.lower()}-{heading.as_of.year}",
        f"government: {{country: {scalar(heading.country)}, name: {scalar(heading.name)}}}",
        "product: annual",
        f"as_of: {heading.as_of}",
        f"period: {_days(heading.period)}",
        f"last_report: {heading.last_report}",
        "sources:",
        *(line for given in sources for line in source_lines(given)),
        "records: []",
        *_placements(heading.placements),
        *_proposals(tuple(items)),
    ]
    return "\n".join(lines) + "\n"


def source_lines(given: Given) -> Iterator[str]:
    """Yield the lines of a source in the list of them, indented by two."""
    opened = given.opened
    if opened.sent is not None:
        yield f"  # {' '.join(opened.sent.split())}"
    yield f"  - id: {scalar(opened.id)}"
    yield f"    format: {given.format}"
    (file, raw), *sections = given.parts
    yield f"    file: {scalar(file)}"
    yield f"    digest: {canonical.digest(raw)}"
    if sections:
        yield "    sections:"
    for file, raw in sections:
        yield f"      - {{file: {scalar(file)}, digest: {canonical.digest(raw)}}}"
    if opened.handling == "unknown":
        yield "    # It bears no marking. Say how it is to be handled: handling: unclassified, declared_by: your name"


def _placements(placements: Sequence[EarlierPlacement]) -> Iterator[str]:
    if placements:
        yield "earlier_placements:"
    for each in placements:
        yield f"  - {{year: {each.year}, tier: {each.tier}, source: {scalar(each.source)}}}"


def _proposals(items: Sequence[Proposed]) -> Iterator[str]:
    if items:
        yield "proposed:"
    for item in items:
        yield from item_lines(item)


def item_lines(item: Proposed) -> Iterator[str]:
    """Yield the lines of what is proposed for a sentence in the list of proposals, indented by two."""
    yield f"  - id: {item.id}"
    yield f"    at: {scalar(item.at)}"
    if item.quote:
        yield from folded("    quote", item.quote)
    yield "    records:"
    for record in item.records:
        yield from proposal_lines(record, "      ")


def proposal_lines(record: ProposedRecord, indent: str) -> Iterator[str]:
    """Yield the lines of one proposed record."""
    values = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    mark = "- "
    for key, value in values.items():
        yield from keyed(f"{indent}{mark}{key}", value)
        mark = "  "


def _days(days: Days) -> str:
    return f"{{first: {days.first}, last: {days.last}}}"
