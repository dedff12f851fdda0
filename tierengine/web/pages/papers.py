"""Papers: reports and tables of a dossier, to take away."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Response

from tierengine import schemas
from tierengine.documents.draft import Draft
from tierengine.documents.matter import Matter, matter_of
from tierengine.documents.writing import applies, write
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.assess import VERSION
from tierengine.reasoning.release import ReleaseName, release
from tierengine.reports.answer import Coded
from tierengine.reports.rate import rating_sections
from tierengine.reports.release import released_report
from tierengine.reports.report import Report, report
from tierengine.reports.text import report_text
from tierengine.web.desk import Desk
from tierengine.web.downloads import download
from tierengine.web.visit import Case, Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")


class Paper(NamedTuple):
    """A file that is made of a dossier."""

    name: str
    says: str
    make: Callable[[Desk, Case], bytes]


def _report(desk: Desk, case: Case) -> Report:
    """The whole report."""
    assessment = desk.answers.assessment(case.casefile)
    sheet = rating_sections(desk.answers.rating_sheet(case.casefile))
    earlier = case.casefile.dossier.earlier_placements
    coded = Coded.of(case.casefile, assessment)
    return report(assessment, case.law, None, earlier, sheet=sheet, coded=coded)


def _released(case: Case, to: ReleaseName) -> Report:
    """What of it may be given to others."""
    return released_report(release(case.casefile, case.law, to), case.law)


def _as(report: Report, form: str) -> bytes:
    """A report in a format; the libraries of each are large, and loaded when it is asked for."""
    if form == "txt":
        return report_text(report).encode()
    name = {"md": "markdown"}.get(form, form)
    made: str | bytes = getattr(import_module(f"tierengine.reports.{name}"), name)(report)
    return made.encode() if isinstance(made, str) else made


def _workbook(dossier: Path, rulebook: Rulebook) -> bytes:
    """The workbook of a dossier."""
    from tierengine.coding.sheet import written_out  # noqa: PLC0415 - it loads what writes for Excel

    return written_out(dossier, rulebook)


def _drafted_as(draft: Draft, form: str) -> bytes:
    """A document in a format."""
    name = {"md": "markdown"}.get(form, form)
    made: bytes = getattr(import_module(f"tierengine.documents.{name}"), name)(draft)
    return made


PAPERS: dict[str, Paper] = {
    "memorandum.docx": Paper("Memorandum", "Word; one page, then the annexes", lambda d, c: _as(_report(d, c), "docx")),
    "report.pdf": Paper("Report", "PDF, to print", lambda d, c: _as(_report(d, c), "pdf")),
    "report.html": Paper("Report", "one page for a browser, without network", lambda d, c: _as(_report(d, c), "html")),
    "report.md": Paper("Report", "Markdown", lambda d, c: _as(_report(d, c), "md")),
    "report.txt": Paper("Report", "plain text", lambda d, c: _as(_report(d, c), "txt")),
    "release-public.docx": Paper(
        "For release to anybody",
        "Word; what may not be released is left out",
        lambda _, c: _as(_released(c, "public"), "docx"),
    ),
    "release-unclassified.docx": Paper(
        "For release within the government",
        "Word; what is marked more strictly is left out",
        lambda _, c: _as(_released(c, "unclassified"), "docx"),
    ),
    "dossier.xlsx": Paper(
        "Workbook", "the dossier for Excel, with drop-down lists", lambda d, c: _workbook(c.kept.path, d.rulebook)
    ),
    "answer.json": Paper(
        "Answer", "JSON, as programs read it", lambda d, c: schemas.to_json(d.answers.assessment(c.casefile)).encode()
    ),
    "dossier.yaml": Paper("Dossier", "the file itself", lambda _, c: c.kept.raw),
}
"""Each paper by the end of its address."""

WHOLE = frozenset(("dossier.xlsx", "dossier.yaml"))
"""Those that are made from the file itself, and not from what of it somebody is shown."""


FORMS = {"docx": "Word", "html": "page", "pdf": "PDF", "md": "Markdown"}
"""The formats of the documents that the statute asks for, by the endings of their files."""


def _statutory(desk: Desk, case: Case) -> dict[str, Draft]:
    """The documents that the statute asks for of this case, each drafted, by their kinds."""
    templates = desk.lawbook.templates

    def make() -> dict[str, Draft]:
        matter = matter_of(case.casefile, desk.rulebook, templates)
        asked = (kind for kind in templates.in_force(case.law.as_of) if applies(kind, matter))
        return {kind.id: write(kind, matter, _made_from(kind.id, matter, case)) for kind in asked}

    return desk.answers.kept("documents", case.casefile, make, templates.digest, case.kept.path.name)


def _made_from(kind: str, matter: Matter, case: Case) -> tuple[tuple[str, str], ...]:
    """What the checker needs to draft the document again, once it lies in the folder of its dossier."""
    return (
        ("Document", kind),
        ("Dossier", f"{case.kept.path.name} ({case.casefile.digest})"),
        ("Law", f"{matter.law.as_of} ({matter.law.digest})"),
        ("Templates", matter.templates.digest),
        ("Ledger", "none"),
        ("Release", "none"),
        ("Program", f"tierengine {VERSION}"),
    )


@router.get("/papers")
def papers(here: Here, case: TheCase) -> Response:
    """List what can be taken away, and of the documents that the statute asks for what is missing."""
    return here.page("papers.html", case=case, papers=PAPERS, statutory=_statutory(here.desk, case), forms=FORMS)


@router.get("/papers/{file}")
def paper(here: Here, case: TheCase, file: str) -> Response:
    """Give one of them."""
    kind, _, form = file.rpartition(".")
    drafted = _statutory(here.desk, case).get(kind) if form in FORMS and file not in PAPERS else None
    if drafted is not None:
        return download(_drafted_as(drafted, form), f"{case.kept.country}-{case.kept.edition}-{file}")
    found = PAPERS.get(file)
    if found is None:
        raise HTTPException(404, "There is no such paper.")
    if case.kept.withheld and file in WHOLE:
        raise HTTPException(403, "This holds the dossier as a whole, and you are not cleared for all of it.")
    content = here.desk.answers.kept(
        "paper", case.casefile, lambda: found.make(here.desk, case), file, case.kept.version
    )
    return download(content, f"{case.kept.country}-{case.kept.edition}-{file}")
