"""A dossier: what the sources say, what was made of it, and the answer that follows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Evidence, Rating
from tierengine.reasoning.assessment import Assessment, Hinge
from tierengine.reports import answer
from tierengine.web.marked import FATES, marked
from tierengine.web.visit import Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")

Part = Literal["source", "records", "answer"]


@router.get("")
def dossier(
    here: Here,
    case: TheCase,
    part: Part = "source",
    source: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show the source, the records and the answer beside one another."""
    assessment = here.desk.answers.assessment(case.casefile)
    aside = {each.record: f"{each.because} [{each.rule}]" for each in assessment.set_aside}
    sources = tuple(each.id for each in case.casefile.dossier.sources)
    chosen = source if source in sources else next(iter(sources), None)
    return here.page(
        "dossier.html",
        case=case,
        part=part,
        sources=sources,
        source=chosen,
        opened=case.casefile.sources.get(chosen or ""),
        paragraphs=marked(case.casefile, chosen, aside) if chosen else (),
        fates=FATES,
        aside=aside,
        evidence=[each for each in case.casefile.dossier.records if isinstance(each, Evidence)],
        ratings=[each for each in case.casefile.dossier.records if isinstance(each, Rating)],
        asks={each.id: each.asks for each in case.law.indicators},
        **_answer(case.casefile, assessment),
    )


def _answer(casefile: Casefile, assessment: Assessment) -> dict[str, Any]:
    """What the column of the answer shows."""
    records = answer.weighed((record.id for record in casefile.dossier.records), assessment)
    return {
        "assessment": assessment,
        "recommended": assessment.recommendation,
        "name": answer.recommended_name(assessment.recommendation),
        "status": answer.status_words(assessment.recommendation),
        "means": answer.status_means(assessment.recommendation),
        "why": answer.why(assessment),
        "groups": answer.groups(assessment),
        "hinges": [_hinge(assessment, each) for each in assessment.hinges],
        "count": answer.records_words(assessment, records),
        "title": answer.title,
        "code": answer.code,
        "questions": answer.questions(assessment),
        "each_way": answer.each_way,
        "post": answer.post_words(assessment, post) if (post := assessment.post_recommendation) else None,
    }


def _hinge(assessment: Assessment, hinge: Hinge) -> dict[str, str]:
    proposed = answer.proposals(assessment).get(hinge.word or "")
    return {
        "asks": hinge.asks,
        "name": answer.hinge_name(hinge),
        "kind": answer.hinge_kind(hinge),
        "ways": answer.each_way(hinge.outcomes, proposed.level if proposed else None),
        "proposed": str(proposed.level) if proposed else "",
    }
