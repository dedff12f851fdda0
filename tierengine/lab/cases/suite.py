"""Cases: what is known of a country on a date, and what the law must make of it; read from YAML files.

cases:
  - name: one conviction, and nobody has judged the whole
    as_of: 2019-06-20                                    also_on: [DATE, ...] asks the law of other dates the same
    given: {indicators: {trafficking_convictions: 1}}    or    dossier: FILE, beside the file of cases
    expect:
      tier: TIER                what is recommended: a tier, or `unranked`
      open: [TIER, ...]         exactly the tiers that are open, `unranked` among them
      status: WORD              settled, provisional or open: what the facts and the proposals leave
      provisional: TIER         the one tier that is left once each open word is as the rules propose
      hinges: [WORD, ...]       exactly the open words of which a rating leads elsewhere
      reasons: [ID, ...]        among what the answer rests on
      not_because: [ID, ...]    not among it
      findings: {ID: WORD}      a criterion with its outcome or level; a conclusion or step with its outcome
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tierengine import yamlfile
from tierengine.engines.form import Facts, Form
from tierengine.engines.lowering import lower
from tierengine.errors import EvidenceError, NotInForceError, Problem, UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.cases.asked import Asked, PlacedAsked, asked_in
from tierengine.lab.cases.given import Complaint, incoherent, unfit, whole_facts
from tierengine.law.entries import Given
from tierengine.law.linter import unknown
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.words import leaf_name
from tierengine.terms.scalars import Day, Model, Text, as_written
from tierengine.terms.tier import TIERS
from tierengine.yamlfile import Document

UNRANKED = "unranked"
"""How a case names the row of the tier table that has no tier."""

Row = Annotated[Literal["1", "2", "2WL", "3", "unranked"], as_written(*TIERS, UNRANKED)]

Found = Literal["met", "not met", "undetermined", "partly met", "largely met"]
"""What a criterion may be found to be: its outcome, or a level in between that it has exactly."""


class Expected(Model):
    """What must come out; what is not written may come out either way."""

    tier: Row | None = None
    """What is recommended. Single answers are of no product, so with them only a settled tier is."""
    open: tuple[Row, ...] | None = None
    """Exactly the rows of the tier table that some completion of what is not known reaches."""
    status: Literal["settled", "provisional", "open"] | None = None
    """Settled: one row is open on the facts. Provisional: the proposals leave one, or the latest rank on file among
    several. Open: neither."""
    provisional: Row | None = None
    """The tier that is recommended provisionally: the one row that the proposals leave, or the latest rank on file."""
    hinges: tuple[Text, ...] | None = None
    """Exactly the open words that nobody has rated, and of which some rating alone leads elsewhere."""
    reasons: tuple[Text, ...] = ()
    """Ids that must be among those on which the answer rests: on which it is settled, or which keep it open."""
    not_because: tuple[Text, ...] = ()
    """Ids on which the answer must not rest."""
    findings: dict[Text, Found] = Field(default_factory=dict)
    """By criterion, conclusion or route, or by a step as `tierengine explain` names it."""

    @model_validator(mode="after")
    def _something(self) -> Expected:
        if self == Expected.model_construct():
            raise ValueError(
                "`expect` is empty; say what must come out: tier, open, status, provisional, hinges, reasons, "
                "not_because or findings"
            )
        return self


class Case(Model):
    """A country on a date, and what must come out."""

    name: Text
    as_of: Day
    """The date whose law decides."""
    also_on: tuple[Day, ...] = ()
    """Other dates whose law decides the same."""
    sketch: Text | None = None
    """The country in plain sentences, for the reader."""
    dossier: Text | None = None
    """The file of a dossier, seen from the file of the case."""
    given: Given | None = None
    expect: Expected

    @model_validator(mode="after")
    def _one_source(self) -> Case:
        if (self.dossier is None) == (self.given is None):
            raise ValueError("a case has exactly one of `dossier` and `given`; keep one, or write `given: {}`")
        return self


class CaseFile(Model):
    """One file of cases."""

    cases: Annotated[tuple[Case, ...], Field(min_length=1)] | None = None
    asked: Annotated[tuple[Asked, ...], Field(min_length=1)] | None = None
    """Short cases of the rules of procedure."""


class _Listed(Model):
    """A file of cases before each is read by itself, so that what is wrong with one does not hide the others."""

    cases: Annotated[tuple[Any, ...], Field(min_length=1)] | None = None
    asked: Annotated[tuple[Any, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _some(self) -> _Listed:
        if self.cases is None and self.asked is None:
            raise ValueError("the file holds no case; list them under `cases`, or under `asked`")
        return self


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case that can be run: where it stands, the law of its date, and its dossier or the facts that it gives."""

    case: Case
    document: Document
    number: int
    law: Law
    casefile: Casefile | None
    facts: Facts | None = None
    """What is given of the country, with what follows from it; nothing where there is a dossier."""

    def where(self, *path: str | int) -> str:
        """Return `file:line:column` of a part of the case, or of the case itself."""
        return self.document.where("cases", self.number, *path)


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of some files: those of countries, and the short ones of the rules of procedure."""

    cases: tuple[PlacedCase, ...]
    asked: tuple[PlacedAsked, ...]


def read_suite(path: Path, rulebook: Rulebook) -> Suite:
    """Read every case of a file, or of every YAML file in a folder and below it, for a rulebook.

    Raise `EvidenceError` with every problem of every file, and `UsageError` if there is no file of cases there.
    """
    problems: list[Problem] = []
    reader = _Reader(rulebook)
    cases: list[PlacedCase] = []
    asked: list[PlacedAsked] = []
    for file in case_files(path):
        document = yamlfile.load_path(file, str(file), problems, placed=True)  # each result says where its case stands
        if document is not None:
            cases += reader.read(document, file.parent, problems)
            asked += asked_in(document, rulebook, problems)
    if problems:
        raise EvidenceError(problems)
    return Suite(tuple(cases), tuple(asked))


def case_files(path: Path) -> list[Path]:
    """Return a file of cases, or those of a folder and below. Raise `UsageError` if there is none."""
    if path.is_file():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml"))
    if not files:
        what = "holds no YAML file" if path.is_dir() else "there is no such file or folder"
        raise UsageError(
            [Problem(where=str(path), what=what, cure="name a file of cases, or a folder that holds some")]
        )
    return files


class _Reader:
    """Reads files of cases; keeps the law of each date, since many cases share one."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._laws: dict[date, Law] = {}
        self._alike: dict[str, Law] = {}
        self._names: dict[str, frozenset[str]] = {}

    def read(self, document: Document, folder: Path, problems: list[Problem]) -> Iterator[PlacedCase]:
        """Yield the sound cases of a file in a folder; add what is wrong with the others to the problems."""
        listed = yamlfile.check(document, _Listed, problems)
        if listed is None:
            return
        names: Counter[str] = Counter()
        for number, part in enumerate(document.parts("cases") if listed.cases else ()):
            case = yamlfile.check(part, Case, problems)
            if case is None:
                continue
            names[case.name] += 1
            if names[case.name] > 1:
                where = document.where("cases", number, "name")
                what = f"the name “{case.name}” is used more than once"
                problems.append(Problem(where=where, what=what, cure="give each case a name of its own"))
            for day in (case.as_of, *case.also_on):
                on_the_day = case.model_copy(update={"as_of": day})
                placed = self._place(on_the_day, number, document, folder, problems)
                if placed is not None:
                    yield placed

    def _place(
        self, case: Case, number: int, document: Document, folder: Path, problems: list[Problem]
    ) -> PlacedCase | None:
        try:
            law = self._law(case.as_of)
        except NotInForceError as error:
            problems += [
                Problem(where=document.where("cases", number, "as_of"), what=each.what, cure=each.cure)
                for each in error.problems
            ]
            return None
        casefile = None
        try:
            if case.dossier is not None:
                casefile = read_dossier(folder / case.dossier)
                admit(casefile, law)
        except EvidenceError as error:
            where = document.where("cases", number, "dossier")
            problems += [
                Problem(where=where, what=f"{each.where}: {each.what}", cure=each.cure) for each in error.problems
            ]
        facts = None
        complaints = list(self._complaints(case, law))
        if case.given is not None:
            # What is worked out for a law is kept with it, and days of the same entries share it.
            law = self._alike.setdefault(law.versions, law)
            unusable = list(unfit(case.given, law))
            if not unusable:
                facts = whole_facts(law, case.given)
                unusable += incoherent(case.given, law, facts)
            complaints += ((("given", *path), complaint) for path, complaint in unusable)
        for path, (what, cure) in complaints:
            problems.append(Problem(where=document.where("cases", number, *path), what=what, cure=cure))
        return PlacedCase(case, document, number, law, casefile, facts)

    def _law(self, day: date) -> Law:
        if day not in self._laws:
            self._laws[day] = self._rulebook.on(day)
        return self._laws[day]

    def _complaints(self, case: Case, law: Law) -> Iterator[Complaint]:
        """What is expected of a case that the law of its date does not know."""
        rows = [row.tier or UNRANKED for row in law.tiers]
        expect = case.expect
        single: list[tuple[tuple[str | int, ...], str | None]] = [
            (("tier",), expect.tier),
            (("provisional",), expect.provisional),
        ]
        for path, row in (*single, *((("open", place), row) for place, row in enumerate(expect.open or ()))):
            if row is not None and row not in rows:
                what = f"the law of {law.as_of} knows no tier {row}"
                yield ("expect", *path), (what, f"write one of: {', '.join(rows)}")
        for place, word in enumerate(expect.hinges or ()):
            if word not in law.judges:
                yield ("expect", "hinges", place), unknown("judgement", word, law.judges)
        names = self._known(law)
        for key in ("reasons", "not_because"):
            for place, name in enumerate(getattr(case.expect, key)):
                if name not in names:
                    yield ("expect", key, place), unknown("reason", name, names)
        for name, word in case.expect.findings.items():
            wrong = _unfit_finding(name, word, law, names)
            if wrong is not None:
                yield ("expect", "findings", name), wrong

    def _known(self, law: Law) -> frozenset[str]:
        """Every name that an answer under the law may rest on."""
        if law.versions not in self._names:
            self._names[law.versions] = frozenset(names_of(lower(law)))
        return self._names[law.versions]


def names_of(form: Form) -> Iterator[str]:
    """Yield every name under which a form's inputs, propositions and rules, and their entries, can be spoken of."""
    yield from named(field.id for field in form.inputs)
    yield from named(comparison.id for comparison in form.comparisons)
    for stratum in form.strata:
        yield from named(rule.head for rule in stratum.rules)
        yield from (rule.id for rule in stratum.rules)


def named(fields: Iterable[str]) -> Iterator[str]:
    """Yield the names of inputs and propositions: of an input the one a dossier uses, of a step also its entry's.

    That a person has judged, or has not, is no reason by itself.
    """
    for field in fields:
        if field.startswith("rating/"):
            yield leaf_name(field)
        elif not field.startswith("judged/"):
            yield field
            yield field.split("/", maxsplit=1)[0]


def _unfit_finding(name: str, word: str, law: Law, names: Collection[str]) -> tuple[str, str] | None:
    criterion = law.criteria_by_id.get(name)
    if criterion is not None:
        words = ["met", "not met", "undetermined", *(level for level in ("partly met", "largely met"))]
        known = [each for each in words if each in ("met", "not met", "undetermined") or each in criterion.scale]
    elif name in {entry.id for entry in law.conditional()} or ("/" in name and name in names and "+" not in name):
        known = ["met", "not met", "undetermined"]
    else:
        findings = [*law.criteria_by_id, *(entry.id for entry in law.conditional())]
        return unknown("criterion, conclusion or step", name, [*findings, *(each for each in names if "/" in each)])
    if word not in known:
        return f"`{name}` is never found to be `{word}`", f"write one of: {', '.join(known)}"
    return None
