"""A dossier begun from the bytes of its sources, as they are sent from elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from tierengine.coding.drafting import Given, Heading, proposed, written
from tierengine.coding.proposing import Setting
from tierengine.coding.reader import Reader
from tierengine.coding.settings import due, law_of_report, name_of, reporting_period
from tierengine.errors import ClassifiedError, EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import Country, dossier_of
from tierengine.evidence.sources.reading import format_of, read_source, source_name
from tierengine.law.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a dossier is begun for."""

    country: str
    """ISO 3166-1 alpha-2."""
    report: int
    """The year of the annual report."""
    covers_period: bool = False
    """Whether the sources report on the period, so that what has no date there is of it."""


def begun(beginning: Beginning, sources: Sequence[tuple[str, bytes]], rulebook: Rulebook) -> bytes:
    """Return the bytes of a dossier drafted from sources, each given by the name of its file and its bytes.

    Raise `UsageError` for a country or a year that is none, `EvidenceError` with all that is wrong with the sources,
    and `ClassifiedError` if one is marked classified.
    """
    country = _country(beginning.country)
    law = law_of_report(rulebook, beginning.report)
    given = opened_sources(sources)
    heading = Heading(
        country=country,
        name=name_of(country) or country,
        as_of=law.as_of,
        period=reporting_period(rulebook, beginning.report),
        last_report=due(rulebook, beginning.report - 1),
        placements=(),
    )
    reader = Reader(rulebook, law)
    setting = Setting(reader, law, heading.period, f"Government of {heading.name}", beginning.covers_period)
    raw = written(heading, given, proposed((each.opened for each in given), setting)).encode()
    dossier_of(raw, "dossier.yaml", {each.file: each.opened.raw for each in given})  # nothing unsound is begun
    return raw


def _country(code: str) -> str:
    try:
        found: str = TypeAdapter(Country).validate_python(code)
    except ValidationError:
        cure = "write the two capital letters of ISO 3166-1, such as GT"
        raise UsageError([Problem(where="country", what=f"`{code}` is no country code", cure=cure)]) from None
    return found


def opened_sources(sources: Sequence[tuple[str, bytes]], known: Collection[str] = ()) -> tuple[Given, ...]:
    """Return sources, each read, under names that no other source has; `known` are the names of those before them.

    Raise `EvidenceError` with all that is wrong with them, `ClassifiedError` if one is marked classified.
    """
    problems: list[Problem] = []
    given: list[Given] = []
    classified = False
    if not sources:
        problems.append(Problem(where="sources", what="no source was chosen", cure="choose a cable, report or page"))
    for file, raw in sources:
        try:
            form = format_of(raw, file)
            called = next(_names(source_name(file), {*known, *(each.opened.id for each in given)}))
            given.append(Given(file, form, read_source([(file, raw)], form, called)))
        except EvidenceError as error:
            problems += error.problems
            classified = classified or isinstance(error, ClassifiedError)
    for number, each in enumerate(given):
        if each.opened.id in {*known, *(other.opened.id for other in given[:number])}:
            what = f"calls itself {each.opened.id}, as another one does"
            problems.append(Problem(where=each.file, what=what, cure="give one of the two"))
    if problems:
        raise (ClassifiedError if classified else EvidenceError)(problems)
    return tuple(given)


def _names(name: str, known: set[str]) -> Iterator[str]:
    """The names that a source may get, of which the first is not taken."""
    yield from (each for each in (name, *(f"{name}-{number}" for number in range(2, 1000))) if each not in known)
