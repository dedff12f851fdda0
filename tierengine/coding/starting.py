"""A dossier begun from its sources, whether they lie in files or are sent to the desk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter, ValidationError

from tierengine.coding.drafting import Given, Heading, proposed, written
from tierengine.coding.proposing import Setting
from tierengine.coding.reader import Reader
from tierengine.coding.settings import (
    day_problems,
    drafted_years,
    earlier_placements,
    name_of,
    reporting_period,
    year_problems,
)
from tierengine.errors import ClassifiedError, EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import Casefile, Country, EarlierPlacement, dossier_of
from tierengine.evidence.placements import Placed
from tierengine.evidence.sources.reading import File, format_of, read_source, source_name, together
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.clocks import report_due

DOSSIER = "dossier.yaml"
"""What the file of a dossier is called where nobody names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a dossier is begun for."""

    country: str
    """ISO 3166-1 alpha-2."""
    report: int
    """The year of the annual report."""
    today: date
    """The day on which it is begun."""
    name: str | None = None
    """What the country is called, if not as in ISO 3166."""
    as_of: date | None = None
    """The day of the report, if not that on which it is due."""
    covers_period: bool = False
    """Whether the sources report on the period, so that what has no date there is of it."""
    placements: Sequence[Placed] = ()
    """Where earlier reports put countries."""
    placed_in: str = ""
    """The file that says it."""


def begun(beginning: Beginning, files: Sequence[File], rulebook: Rulebook, unread: Sequence[Problem] = ()) -> Casefile:
    """Return a dossier drafted from the files of its sources; the sections of one cable become one source.

    `unread` holds the problems of files that could not be had. Raise `UsageError` for a country or a year that is none,
    `EvidenceError` with all that is wrong with the sources, and `ClassifiedError` if one is marked classified.
    """
    country = _country(beginning.country)
    _refuse_days(beginning, rulebook)
    law = rulebook.on(report_due(rulebook, beginning.report))
    given = opened_sources(files, unread)
    heading = Heading(
        country=country,
        name=beginning.name or name_of(country) or country,
        as_of=beginning.as_of or law.as_of,
        period=reporting_period(rulebook, beginning.report),
        last_report=report_due(rulebook, beginning.report - 1),
        placements=tuple(_placements(beginning)),
    )
    reader = Reader(rulebook, law)
    setting = Setting(reader, law, heading.period, f"Government of {heading.name}", beginning.covers_period)
    raw = written(heading, given, proposed((each.opened for each in given), setting)).encode()
    return dossier_of(raw, DOSSIER, dict(files))  # nothing unsound is begun


def _country(code: str) -> str:
    try:
        found: str = TypeAdapter(Country).validate_python(code)
    except ValidationError:
        cure = "write the two capital letters of ISO 3166-1, such as GT"
        raise UsageError([Problem(where="country", what=f"`{code}` is no country code", cure=cure)]) from None
    return found


def _refuse_days(beginning: Beginning, rulebook: Rulebook) -> None:
    years = drafted_years(rulebook, beginning.today)
    problems = [*year_problems(beginning.report, years), *day_problems(beginning.as_of, beginning.report)]
    if problems:
        raise UsageError(problems)


def _placements(beginning: Beginning) -> Iterator[EarlierPlacement]:
    return earlier_placements(beginning.placements, beginning.country, beginning.report, beginning.placed_in)


def opened_sources(
    files: Sequence[File], unread: Sequence[Problem] = (), known: Collection[str] = ()
) -> tuple[Given, ...]:
    """Return sources, each read, under names that no other source has; `known` are the names of those before them.

    Raise `EvidenceError` with all that is wrong with them and `unread`, `ClassifiedError` if one is marked classified.
    """
    problems = [*unread, *_twice([name for name, _ in files], "two sources of this name would lie beside the dossier")]
    given: list[Given] = []
    classified = False
    if not files and not problems:
        problems.append(Problem(where="sources", what="no source was chosen", cure="choose a cable, report or page"))
    for parts in together(files):
        try:
            given.append(_one(parts, {*known, *(each.opened.id for each in given)}))
        except EvidenceError as error:
            problems += error.problems
            classified = classified or isinstance(error, ClassifiedError)
    problems += _called_alike(given, known)
    if problems:
        raise (ClassifiedError if classified else EvidenceError)(problems)
    return tuple(given)


def _one(parts: Sequence[File], known: set[str]) -> Given:
    """A source of one file, or of the sections of a cable; what its format gives no name is called after its file."""
    name, raw = parts[0]
    form, stem = format_of(raw, name), source_name(name)
    free = (each for each in (stem, *(f"{stem}-{number}" for number in range(2, 1000))) if each not in known)
    return Given(tuple(parts), form, read_source(parts, form, next(free)))


def _twice(names: Sequence[str], what: str) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Problem(where=f"{name}:1:1", what=what, cure="give one of them another name")


def _called_alike(given: Sequence[Given], known: Collection[str]) -> Iterator[Problem]:
    """The sources that call themselves as one before them does, and lie in another file."""
    files = dict.fromkeys(known, "a source of the dossier")
    for each in given:
        name = each.parts[0][0]
        other = files.setdefault(each.opened.id, f"`{name}`")
        if other != f"`{name}`":
            what = f"calls itself {each.opened.id}, as {other} does"
            yield Problem(where=f"{name}:1:1", what=what, cure="give one of the two")
