"""A dossier drafted from sources: what is sure of them, and what their sentences may tell, as proposals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tierengine import canonical
from tierengine.coding.proposing import Setting, proposals
from tierengine.coding.sentences import sentences
from tierengine.coding.writing import folded, keyed, scalar
from tierengine.evidence.dossier import Country, EarlierPlacement, Proposed, ProposedRecord
from tierengine.evidence.sources.opened import Opened
from tierengine.terms.interval import Days


@dataclass(frozen=True, slots=True)
class Given:
    """A source that was opened: the name of its file from the folder of the dossier, its format, and what it is."""

    file: str
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


def proposed(sources: Iterable[Opened], setting: Setting) -> Iterator[Proposed]:
    """Yield what the sentences of some sources may tell, in the order of the sources and of their text."""
    number = 0
    for source in sources:
        for sentence in sentences(source):
            if source.passage(sentence.at, sentence.text) is None:
                continue  # what no quote can name is read by a person
            for records in proposals(sentence, setting):
                number += 1
                yield Proposed(id=f"p{number}", at=sentence.at, quote=sentence.text, records=records)


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
        *(line for given in sources for line in _source(given)),
        "records: []",
        *_placements(heading.placements),
        *_proposals(tuple(items)),
    ]
    return "\n".join(lines) + "\n"


def _source(given: Given) -> Iterator[str]:
    opened = given.opened
    if opened.sent is not None:
        yield f"  # {' '.join(opened.sent.split())}"
    yield f"  - id: {scalar(opened.id)}"
    yield f"    format: {given.format}"
    yield f"    file: {scalar(given.file)}"
    yield f"    digest: {canonical.digest(opened.raw)}"
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
        yield f"  - id: {item.id}"
        yield f"    at: {scalar(item.at)}"
        yield from folded("    quote", item.quote)
        yield "    records:"
        for record in item.records:
            yield from proposal_lines(record, "      ")


def proposal_lines(record: ProposedRecord, indent: str) -> Iterator[str]:
    """Yield the lines of one proposed record."""
    told = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    mark = "- "
    for key, value in told.items():
        yield from keyed(f"{indent}{mark}{key}", value)
        mark = "  "


def _days(days: Days) -> str:
    return f"{{first: {days.first}, last: {days.last}}}"
