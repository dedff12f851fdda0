"""The law of a date, and one criterion of it on a page that people can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Query, Response

from tierengine.law.coverage import counted
from tierengine.law.entries import Clock, Conclusion, Criterion, Downgrade, Entry, Relisting, Route
from tierengine.law.questions import questions
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reports.answer import tier_name
from tierengine.reports.ladder import in_words, ladder
from tierengine.reports.law import part_name, provisions
from tierengine.reports.listing import Form
from tierengine.reports.questions import questions_csv
from tierengine.web.downloads import download
from tierengine.web.visit import Here

router = APIRouter(prefix="/law")

On = Annotated[date | None, Query(description="the day whose law is shown")]


_Says = Conclusion | Route | Downgrade | Relisting | Clock

TREATMENTS = {
    "encoded": "answered by rules",
    "left to a judgement": "left to a person",
    "not encoded": "not answered here",
    "out of scope": "not about placing a country",
}
"""What became of a clause, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a criterion: its days, and whether it is the one that is shown."""

    first: date
    until: date | None
    act: str
    shown: bool


@router.get("")
def index(here: Here, on: On = None) -> Response:
    """List what is in force on a day, part by part."""
    book = here.desk.rulebook
    law = law_on(book, on)
    parts = [(part_name(part), list(group)) for part, group in groupby(provisions(law), key=lambda each: each.part)]
    return here.page("law.html", law=law, parts=parts, days=[each.as_of for each in book.whole_laws()])


@router.get("/questions.{form}")
def questions_listed(here: Here, form: Form, on: On = None) -> Response:
    """Give every question that the law of a day asks as a table, with what answers it."""
    from tierengine.reports.workbook import questions_workbook  # noqa: PLC0415 - large, and needed here alone

    law = law_on(here.desk.rulebook, on)
    table = questions(law)
    raw = questions_csv(table).encode() if form == "csv" else questions_workbook(table)
    return download(raw, f"questions-{law.as_of}.{form}")


@router.get("/coverage")
def coverage(here: Here, on: On = None) -> Response:
    """Show every clause of the statute on a day, in our words, beside what became of it."""
    book = here.desk.rulebook
    law = law_on(book, on)
    days = [each.as_of for each in book.whole_laws()]
    values = {"counts": counted(law.clauses), "treatments": TREATMENTS, "meanings": meanings(law)}
    return here.page("coverage.html", 200, law=law, days=days, **values)


@router.get("/{name}")
def criterion(here: Here, name: str, on: On = None) -> Response:
    """Show one criterion: what it asks, how it is scored, what was read into it."""
    law = law_on(here.desk.rulebook, on)
    found = criterion_of(law, name)
    proposal = found.proposal
    return here.page(
        "criterion.html",
        law=law,
        criterion=found,
        part=part_name(found.part),
        ladder=ladder(found, law),
        proposed=[(rule, in_words(rule.when, law)) for rule in proposal.rules] if proposal else [],
        presumed=in_words(found.presumption.when, law) if found.presumption else None,
        versions=versions(here.desk.rulebook, found, law),
        clauses=[each for each in law.clauses if own_names(found) & set(each.by)],
        used=[each for each in law.conditional() if name in names_in(each)],
    )


def meanings(law: Law) -> dict[str, str]:
    """Return what the names mean that stand beside a clause of the statute; a few are those of readings of the text."""
    entries: tuple[_Says, ...] = (*law.conclusions, *law.routes, *law.downgrades, *law.relistings, *law.clocks)
    words = (each.judgement for each in law.criteria if each.judgement is not None)
    return (
        {each.id: each.says for each in entries}
        | {row.id: tier_name(row.tier) for row in law.tiers}
        | {each.id: each.asks for each in law.indicators}
        | {word.id: word.question for word in words}
        | {each.id: each.title for each in law.criteria}
    )


def law_on(book: Rulebook, on: date | None) -> Law:
    """Return the law of a day, or of today. Raise `NotInForceError` if none is encoded for it."""
    return book.on(on) if on is not None else book.on(max(today(), book.latest().as_of))


def today() -> date:
    """Return the day it is, where the clocks of the desk stand."""
    return datetime.now(ZoneInfo("UTC")).date()


def criterion_of(law: Law, name: str) -> Criterion:
    """Return a criterion in force. Raise `HTTPException` 404 if there is none of this name."""
    found = law.criteria_by_id.get(name)
    if found is None:
        raise HTTPException(404, f"No criterion in force on {law.as_of} is called {name[:60]}.")
    return found


def versions(book: Rulebook, shown: Criterion, law: Law) -> list[Version]:
    """Return the versions of a criterion through the years, the first one first."""
    found = sorted((each for each in book.criteria if each.id == shown.id), key=lambda each: each.in_force.from_)
    return [
        Version(
            first=each.in_force.from_,
            until=each.in_force.until,
            act=(each.change.act if each.change else each.citation.public_law) or str(each.citation),
            shown=each.in_force.from_ == law.criteria_by_id[shown.id].in_force.from_,
        )
        for each in found
    ]


def own_names(criterion: Criterion) -> set[str]:
    """Return the names of a criterion, of its open word and of its indicators."""
    words = {criterion.judgement.id} if criterion.judgement else set()
    return {criterion.id, *words, *(each.id for each in criterion.indicators)}


def names_in(entry: Entry) -> frozenset[str]:
    """Return the criteria that the condition of a rule names."""
    condition = getattr(entry, "when", None)
    return (
        frozenset(each.finding for each in condition.walk() if each.finding is not None) if condition else frozenset()
    )
