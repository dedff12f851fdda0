"""Every dossier of a year at a glance: where each country stood and stands, what binds it, which documents are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tierengine import canonical, yamlfile
from tierengine.documents.finished import ends_as_drafted, read_finished
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

_ENDINGS = (".docx", ".html", ".md", ".pdf")
"""The files among which finished documents are looked for."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A document that a country is owed: its kind, the day it is due, and where it is, if it is anywhere."""

    kind: str
    day: date
    found: str | None
    """Where it is, in words: the file in which it is written, the entry under which the ledger keeps it, or both."""


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
    """Every finished document on it: its kind and where it is."""

    @property
    def unexplained(self) -> bool:
        """Whether its list changed and no document that is owed for that is there."""
        return self.changed and any(each.kind == _EXPLAINS and each.found is None for each in self.owed)


_EXPLAINS = "change-explanation"


@dataclass(frozen=True, slots=True)
class Kept:
    """A final document as a ledger keeps it: the number of its entry, the name of its file, and its bytes."""

    entry: int
    name: str
    raw: bytes


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


def year_of(
    folder: Path,
    year: int,
    rulebook: Rulebook,
    templates: Templates,
    *,
    kept: tuple[Kept, ...] = (),
    watch: Watch = unwatched,
) -> Year:
    """Return the year of all dossiers in a folder, and in folders below it, that are for its report.

    Documents are those that lie there, and those that a ledger keeps.

    Raise `EvidenceError` with every problem of every dossier, or if there is none of that year.
    """
    days = clocks(rulebook, year)
    found = dict(_matters(folder, year, rulebook, templates, watch))
    finished = tuple(_finished(folder, kept))
    if not found:
        what = f"no dossier in it is for the report of {year}"
        raise EvidenceError([Problem(where=str(folder), what=what, cure=_other_years(folder))])
    interim = dict(_interim(folder, year))
    countries = (_country(name, matter, templates, finished, interim) for name, matter in found.items())
    unlike = audit(folder, rulebook).pairs if len(found) > 1 else ()
    names = set(found)
    return Year(
        year=year,
        report=next(each.day for each in days if each.id == "REPORT"),
        countries=tuple(sorted(countries, key=lambda each: each.name)),
        days=days,
        unlike=tuple(pair for pair in unlike if {pair.lower.case, pair.higher.case} <= names),
    )


def _other_years(folder: Path) -> str:
    """What to ask for where a year has no dossier: the years that have one."""
    years = sorted({year for path in folder.rglob("dossier.yaml") if (year := _year_in(path)).isdigit()})
    if not years:
        return "name the folder in which the dossiers of annual reports lie"
    return f"ask for {' or '.join(years)}, or name another folder"


def _matters(
    folder: Path, year: int, rulebook: Rulebook, templates: Templates, watch: Watch
) -> Iterator[tuple[str, Matter]]:
    problems: list[Problem] = []
    paths = [path for path in sorted(folder.rglob("dossier.yaml")) if _year_in(path) == str(year)]
    for path in watch(paths, "assessing"):
        try:
            yield path.parent.relative_to(folder).as_posix(), matter_of(read_dossier(path), rulebook, templates)
        except TierEngineError as error:
            problems += error.problems
    if problems:
        raise EvidenceError(problems)


def _interim(folder: Path, year: int) -> Iterator[tuple[str, str]]:
    """The digest of each dossier of an interim assessment after the report of a year, and its country."""
    for path in sorted(folder.rglob("dossier.yaml")):
        if _year_in(path, "interim", "last_report") == str(year):
            casefile = read_dossier(path)
            yield casefile.digest, casefile.dossier.government.country


def _year_in(path: Path, product: str = "annual", day: str = "as_of") -> str:
    """The year of a day in a product's dossier; nothing in another file. What is wrong in it, its reader reports."""
    document = yamlfile.load_path(path, path.name, [])
    values = document.values if document is not None else None
    if not isinstance(values, dict) or not {"government", "product", day} <= values.keys():
        return ""
    return str(values[day])[:4] if values["product"] == product else ""


@dataclass(frozen=True, slots=True)
class _Document:
    """A finished document: its kind, where it is, and the digest of its dossier."""

    kind: str
    found: str
    dossier: str
    release: str


def _finished(folder: Path, kept: tuple[Kept, ...]) -> Iterator[_Document]:
    """The finished documents that lie in the folder, and those that a ledger keeps, each once."""
    entries = {canonical.digest(each.raw): each for each in kept}
    for path in sorted(each for each in folder.rglob("*") if each.suffix in _ENDINGS):
        raw, name = path.read_bytes(), path.relative_to(folder).as_posix()
        entry = entries.pop(canonical.digest(raw), None)
        where = f"written in {name}" + (f", entry {entry.entry} of the ledger" if entry else "")
        yield from _document(raw, path.name, where)
    for each in entries.values():
        yield from _document(each.raw, each.name, f"kept in the ledger, entry {each.entry} ({each.name})")


def _document(raw: bytes, name: str, found: str) -> Iterator[_Document]:
    digests = _made_from(raw, name)
    if {"Document", "Dossier"} <= digests.keys():
        digest = digests["Dossier"].rpartition(" (")[2].rstrip(")")
        yield _Document(digests["Document"], found, digest, digests.get("Release", "none"))


def _made_from(raw: bytes, name: str) -> Mapping[str, str]:
    """What a finished document says that it was made from; nothing of any other file: most of them are sources."""
    if raw.startswith(b"%PDF-") and not ends_as_drafted(raw):
        return {}
    try:
        return read_finished(raw, name).made_from
    except TierEngineError:
        return {}


def _country(
    name: str, matter: Matter, templates: Templates, finished: tuple[_Document, ...], interim: Mapping[str, str]
) -> Country:
    dossier = matter.casefile.dossier
    after = {digest for digest, country in interim.items() if country == dossier.government.country}
    digests = {matter.casefile.digest, *_released(matter, finished), *after}
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
        finished=tuple((each.kind, each.found) for each in own),
    )


def _released(matter: Matter, finished: tuple[_Document, ...]) -> Iterator[str]:
    """The digests of what is left of a dossier in each release in which some document was written."""
    for name in RELEASES:
        if any(each.release == name for each in finished):
            yield release(matter.casefile, matter.law, name).part.digest


_BINDS = {
    None: "what is on record does not say",
    "waiver or 3": "Tier 3 unless waived",
    "3": "Tier 3, since the waiver is spent",
    "not WL": "not the watch list again",
}


def _owed(matter: Matter, templates: Templates, own: tuple[_Document, ...]) -> Iterator[Owed]:
    for kind in templates.in_force(matter.law.as_of):
        if kind.due is not None and kind.due in matter.days and _is_owed(kind, matter):
            found = next((each.found for each in own if each.kind == kind.id), None)
            yield Owed(kind.id, matter.days[kind.due].day, found)


def _is_owed(kind: Kind, matter: Matter) -> bool:
    return all(holds(rule, matter) for rule in kind.owed or kind.applies)
