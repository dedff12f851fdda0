"""Every dossier of a year at a glance: where each country stood and stands, what binds it, which documents are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tierengine import yamlfile
from tierengine.documents.finished import read_finished
from tierengine.documents.matter import Matter, matter_of, placed
from tierengine.documents.templates import Kind, Templates
from tierengine.documents.writing import holds
from tierengine.errors import EvidenceError, Problem, TierEngineError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.corpus.cases import Watch, unwatched
from tierengine.lab.corpus.like_cases import Pair, audit
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.clocks import Due, clocks
from tierengine.reasoning.history import in_words as standing_in_words
from tierengine.reasoning.release import RELEASES, release
from tierengine.terms.tier import NAMES

_ENDINGS = (".docx", ".html", ".md")
"""The files among which finished documents are looked for."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A document that a country is owed: its kind, the day it is due, and the file in which it is, if there is one."""

    kind: str
    day: date
    file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country in the year."""

    name: str
    code: str
    dossier: str
    """The folder in which its dossier lies, from the one that was named."""
    before: str
    now: str
    status: str
    changed: bool
    bound: str
    """How its years on the watch list bind this report; empty where they do not."""
    owed: tuple[Owed, ...]
    finished: tuple[tuple[str, str], ...]
    """Every finished document on it: its kind and its file."""

    @property
    def unexplained(self) -> bool:
        """Whether its list changed and no document that is owed for that is there."""
        return self.changed and any(each.kind == _EXPLAINS and each.file is None for each in self.owed)


_EXPLAINS = "change-explanation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year of reports."""

    year: int
    report: date
    """The day of the report."""
    countries: tuple[Country, ...]
    days: tuple[Due, ...]
    unlike: tuple[Pair, ...]
    """Pairs of countries of which the one that is placed lower is at least as good on every criterion."""


def year_of(folder: Path, year: int, rulebook: Rulebook, templates: Templates, watch: Watch = unwatched) -> Year:
    """Return the year of all dossiers in a folder, and in folders below it, that are for its report.

    Raise `EvidenceError` with every problem of every dossier, or if there is none of that year.
    """
    days = clocks(rulebook, year)
    found = dict(_matters(folder, year, rulebook, templates, watch))
    finished = tuple(_finished(folder))
    if not found:
        what, cure = (
            f"no dossier in it is for the report of {year}",
            "name the folder in which they lie, or another year",
        )
        raise EvidenceError([Problem(where=str(folder), what=what, cure=cure)])
    countries = (_country(name, matter, templates, finished) for name, matter in found.items())
    unlike = audit(folder, rulebook).pairs if len(found) > 1 else ()
    names = set(found)
    return Year(
        year=year,
        report=next(each.day for each in days if each.id == "REPORT"),
        countries=tuple(sorted(countries, key=lambda each: each.name)),
        days=days,
        unlike=tuple(pair for pair in unlike if {pair.lower.case, pair.higher.case} <= names),
    )


def _matters(
    folder: Path, year: int, rulebook: Rulebook, templates: Templates, watch: Watch
) -> Iterator[tuple[str, Matter]]:
    problems: list[Problem] = []
    paths = [path for path in sorted(folder.rglob("dossier.yaml")) if _is_of(path, year)]
    for path in watch(paths, "assessing"):
        try:
            yield path.parent.relative_to(folder).as_posix(), matter_of(read_dossier(path), rulebook, templates)
        except TierEngineError as error:
            problems += error.problems
    if problems:
        raise EvidenceError(problems)


def _is_of(path: Path, year: int) -> bool:
    """Whether a file is the dossier of the report of a year; whatever is wrong with it is told when it is read."""
    document = yamlfile.load_path(path, path.name, [])
    values = document.values if document is not None else None
    if not isinstance(values, dict) or not {"government", "product", "as_of"} <= values.keys():
        return False
    return values["product"] == "annual" and str(values["as_of"]).startswith(f"{year}-")


@dataclass(frozen=True, slots=True)
class _Document:
    """A finished document that lies in the folder: its file, its kind, and the digest of its dossier."""

    file: str
    kind: str
    dossier: str
    release: str


def _finished(folder: Path) -> Iterator[_Document]:
    for path in sorted(each for each in folder.rglob("*") if each.suffix in _ENDINGS):
        try:
            told: Mapping[str, str] = read_finished(path.read_bytes(), path.name).made_from
        except TierEngineError:
            continue  # most files of these formats are sources
        if {"Document", "Dossier"} <= told.keys():
            digest = told["Dossier"].rpartition(" (")[2].rstrip(")")
            name = path.relative_to(folder).as_posix()
            yield _Document(name, told["Document"], digest, told.get("Release", "none"))


def _country(name: str, matter: Matter, templates: Templates, finished: tuple[_Document, ...]) -> Country:
    dossier = matter.casefile.dossier
    digests = {matter.casefile.digest, *_released(matter, finished)}
    own = tuple(each for each in finished if each.dossier in digests)
    standing = matter.admitted.standing
    return Country(
        name=dossier.government.name,
        code=dossier.government.country,
        dossier=name,
        before="not on record" if matter.last is None else placed(matter.last),
        now="no tier" if matter.now is None else NAMES[matter.now],
        status=matter.assessment.recommendation.status,
        changed=matter.moved in ("up", "down"),
        bound="" if standing.limit == "none" else f"{standing_in_words(standing)}: {_BINDS[standing.limit]}",
        owed=tuple(_owed(matter, templates, own)),
        finished=tuple((each.kind, each.file) for each in own),
    )


def _released(matter: Matter, finished: tuple[_Document, ...]) -> Iterator[str]:
    """The digests of what is left of a dossier in each release in which some document was written."""
    for name in RELEASES:
        if any(each.release == name for each in finished):
            yield release(matter.casefile, matter.law, name).part.digest


_BINDS = {
    None: "what is on record does not tell",
    "waiver or 3": "Tier 3 unless waived",
    "3": "Tier 3, since the waiver is spent",
    "not WL": "not the watch list again",
}


def _owed(matter: Matter, templates: Templates, own: tuple[_Document, ...]) -> Iterator[Owed]:
    for kind in templates.in_force(matter.law.as_of):
        if kind.due is not None and kind.due in matter.days and _is_owed(kind, matter):
            file = next((each.file for each in own if each.kind == kind.id), None)
            yield Owed(kind.id, matter.days[kind.due].day, file)


def _is_owed(kind: Kind, matter: Matter) -> bool:
    return all(holds(rule, matter) for rule in kind.owed or kind.applies)
