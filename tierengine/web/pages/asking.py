"""Ask: what to find out, of whom, and what each answer would do; as a list to send to a post."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from tierengine.lab.questions.path import WayUp
from tierengine.lab.questions.settle import CollectionPlan, Narrowing
from tierengine.reasoning.assessment import HingeOutcome
from tierengine.reports.answer import each_way
from tierengine.reports.asking import asking_report
from tierengine.reports.listing import Cell, Listing
from tierengine.reports.text import report_text
from tierengine.terms.tier import Tier
from tierengine.web.downloads import download
from tierengine.web.rendering import counted
from tierengine.web.sought import Sought, Words, as_file, has
from tierengine.web.visit import Here, TheCase, Visit, seen_again

router = APIRouter(prefix="/c/{country}/{edition}")

_BETTER: dict[Tier | None, tuple[Tier, ...]] = {
    "3": ("2WL", "2", "1"),
    "2WL": ("2", "1"),
    "2": ("1",),
    "1": (),
    None: ("2WL", "2", "1"),
}
"""The tiers to which a way up may be asked for, from each that is recommended now."""


@router.get("/ask")
def ask(here: Here, case: TheCase, to: Annotated[Tier | None, Query()] = None, q: Words = "") -> Response:
    """Show the questions in the order in which they help, and the shortest way to a better tier, if one is chosen."""
    if not here.desk.answers.has_plan(case.casefile):
        return here.page("working.html", case=case, end="/ask", work=_as_asked(here, f"{case.address}/ask/plan"))
    plan = here.desk.answers.plan(case.casefile)
    narrowing = _sought(plan, q)
    deciding = [each for each in narrowing if len({branch.tiers for branch in each.branches}) > 1]
    present = here.desk.answers.assessment(case.casefile).recommendation.tier
    way: WayUp | None = here.desk.answers.way_up(case.casefile, to) if to is not None else None
    return here.page(
        "ask.html",
        case=case,
        plan=plan,
        narrowing=narrowing,
        deciding=deciding,
        sought=Sought(
            at=f"{case.address}/ask",
            file=f"{case.address}/ask/questions",
            q=q,
            shown=len(narrowing),
            of=counted(len(plan.narrowing), "question"),
            kept=(("to", to or ""),),
        ),
        better=[tier for tier in _BETTER[present] if any(row.tier == tier for row in case.law.tiers)],
        to=to,
        way=way,
        each_way=each_way,
        open_questions=case.casefile.dossier.open_questions,
    )


@router.get("/ask/plan")
def work_out(here: Here, case: TheCase) -> Response:
    """Work out what to ask, however long it takes, and go to the page that shows it."""
    here.desk.answers.plan(case.casefile)
    return seen_again(_as_asked(here, f"{case.address}/ask"))


def _as_asked(here: Visit, address: str) -> str:
    """An address with all that this request asks for, so that nothing of it is lost on the way."""
    query = here.request.url.query
    return f"{address}?{query}" if query else address


@router.get("/ask/{file}")
def asked(
    here: Here,
    case: TheCase,
    file: Literal["questions.docx", "questions.txt", "questions.csv", "questions.xlsx"],
    q: Words = "",
) -> Response:
    """Give the list as a file: whole, to send to a post; or, as a table, those that are sought."""
    plan = here.desk.answers.plan(case.casefile)
    name = f"{case.kept.country}-{case.kept.edition}-questions"
    form = file.rpartition(".")[2]
    if form in ("csv", "xlsx"):
        listing = Listing(title="Questions", heads=_HEADS, rows=tuple(map(_cells, _sought(plan, q))))
        return as_file(listing, "csv" if form == "csv" else "xlsx", name, case.law.as_of)
    from tierengine.reports.docx import docx  # noqa: PLC0415 - large, and needed here alone

    report = asking_report(plan)
    made = docx(report) if form == "docx" else report_text(report).encode()
    return download(made, f"{name}.{form}")


_HEADS = ("question", "provision", "question id", "tiers open at worst", "tiers open on average", "what would follow")


def _cells(each: Narrowing) -> tuple[Cell, ...]:
    asked = each.question
    return (asked.asks, asked.citation or "", asked.id, each.worst, str(each.average), _follows(each))


def _follows(each: Narrowing) -> str:
    return each_way(tuple(HingeOutcome(answer=branch.answer, tiers=branch.tiers) for branch in each.branches))


def _sought(plan: CollectionPlan, q: str) -> tuple[Narrowing, ...]:
    """The questions that are sought, in the order in which they help."""
    return tuple(each for each in plan.narrowing if has(q, each.question.asks, each.question.citation))
