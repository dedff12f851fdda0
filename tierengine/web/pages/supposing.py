"""What if: records, sources and ratings switched off or given otherwise, beside the answer; nothing is saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Rating
from tierengine.evidence.remainder import answering, source_of
from tierengine.lab.questions.rate import RatingSheet
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.suppose import Doubted, Supposition, doubtable, supposed
from tierengine.reports.answer import tier_name
from tierengine.reports.change import moved_words
from tierengine.terms.level import Level
from tierengine.web.desk import Desk
from tierengine.web.visit import Case, Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")

_RATE = "rate-"
"""What the name of a field begins with in which an open word is rated."""


@router.get("/what-if")
def what_if(
    here: Here,
    case: TheCase,
    off: Annotated[list[str] | None, Query(max_length=200)] = None,
    source: Annotated[list[str] | None, Query(max_length=200)] = None,
) -> Response:
    """Show the answer as it would be, beside the switches; the address holds how they stand."""
    casefile, desk = case.casefile, here.desk
    doubted = Doubted(
        sources=tuple(sorted(set(source or ()) & set(doubtable(casefile)))),
        items=tuple(sorted(set(off or ()) & {item.id for item in answering(casefile)})),
        ratings=_ratings(here.request, case.law),
    )
    before, supposition, after = _supposed(desk, casefile, doubted)
    names = {each.id: each.asks for each in case.law.indicators}
    sheet = desk.answers.rating_sheet(casefile)
    return here.page(
        "what-if.html",
        case=case,
        doubted=doubted,
        supposition=supposition,
        before=before.recommendation,
        after=after.recommendation,
        moved=[moved_words(each, _titles(case)) for each in supposition.moved],
        sources=doubtable(casefile),
        items=[
            (item, source_of(item), names.get(getattr(item, "measures", getattr(item, "indicator", "")), item.id))
            for item in answering(casefile)
            if not isinstance(item, Rating)
        ],
        words=_words(casefile, case.law, sheet),
    )


def _titles(case: Case) -> dict[str, str]:
    """What findings are called: criteria, and the rows of the tier table."""
    return case.titles | {row.id: tier_name(row.tier) for row in case.law.tiers}


def _supposed(desk: Desk, casefile: Casefile, doubted: Doubted) -> tuple[Assessment, Supposition, Assessment]:
    assessor = desk.answers.quick
    before = desk.answers.in_short(casefile)
    given = (doubted.sources, doubted.items, tuple(sorted(doubted.ratings.items())))
    supposition, after = desk.answers.kept(
        "what-if", casefile, lambda: supposed(casefile, assessor(casefile), doubted, before), *given
    )
    return before, supposition, after


def _ratings(request: Request, law: Law) -> dict[str, Level]:
    """The open words that the address rates, at levels of their rubric."""
    found: dict[str, Level] = {}
    for key, value in request.query_params.items():
        word = key.removeprefix(_RATE)
        judge = law.judges.get(word) if key.startswith(_RATE) else None
        if judge is not None and judge.judgement is not None:
            level = next((each for each in judge.judgement.rubric if each == value), None)
            found |= {word: level} if level is not None else {}
    return found


def _words(casefile: Casefile, law: Law, sheet: RatingSheet) -> list[tuple[str, str, list[Level], str]]:
    """The open words that can be rated otherwise: name, question, levels, and the rating that is given."""
    given = {each.measures: each.rating for each in casefile.dossier.records if isinstance(each, Rating)}
    names = dict.fromkeys((*(each.word for each in sheet.words), *given))
    found = []
    for name in names:
        judge = law.judges.get(name)
        if judge is not None and judge.judgement is not None:
            found.append((name, judge.judgement.question, list(judge.judgement.rubric), given.get(name, "")))
    return found
