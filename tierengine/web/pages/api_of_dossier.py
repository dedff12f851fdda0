"""What programs ask of one dossier of the folder; see `api`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tierengine import schemas
from tierengine.lab.questions.path import WayUp
from tierengine.lab.questions.path import path as find_path
from tierengine.lab.questions.rate import RatingSheet
from tierengine.lab.questions.settle import CollectionPlan, settle
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import unused
from tierengine.reasoning.assessment import Assessment
from tierengine.terms.tier import Tier
from tierengine.web.shapes import Aside, Checked, answers, as_json_text, dumped
from tierengine.web.visit import Here, TheCase

router = APIRouter(prefix="/api/v1/dossiers/{country}/{edition}")


@router.get("/assess", responses=answers(Assessment), operation_id="assess")
def assess(here: Here, case: TheCase) -> Response:
    """Assess a dossier of the folder."""
    return Response(schemas.to_json(here.desk.answers.assessment(case.casefile)), media_type="application/json")


@router.get("/rate", responses=answers(RatingSheet), operation_id="rate")
def rate(here: Here, case: TheCase) -> Response:
    """Return the rating sheet: the open words that decide, for and against, and the tier that follows."""
    return dumped(RatingSheet, here.desk.answers.rating_sheet(case.casefile))


@router.get("/settle", responses=answers(CollectionPlan), operation_id="settle")
def plan(here: Here, case: TheCase) -> Response:
    """Return the fewest questions that settle the tier."""
    return dumped(
        CollectionPlan,
        here.desk.answers.kept("settle", case.casefile, lambda: settle(case.casefile, here.desk.rulebook)),
    )


@router.get("/path", responses=answers(WayUp), operation_id="path")
def way_up(here: Here, case: TheCase, to: Annotated[Tier, Query(description="the tier to reach")]) -> Response:
    """Return the fewest actions by the government that reach a better tier, or what blocks them all."""
    found = here.desk.answers.kept(
        "path", case.casefile, lambda: find_path(case.casefile, here.desk.rulebook, to), str(to)
    )
    return dumped(WayUp, found)


@router.get("/check", responses=answers(Checked), operation_id="check")
def check(case: TheCase) -> Response:
    """Return what `check` finds: records set aside, quotes that moved, sentences not coded."""
    casefile = case.casefile
    aside = [unused(item) for item in admit(casefile, case.law).set_aside]
    checked = Checked(
        records=len(casefile.dossier.records),
        set_aside=[Aside(record=each.record, rule=each.rule, because=each.because) for each in aside],
        moved=list(casefile.moved()),
        undecided=len(casefile.undecided),
        uncoded=[{"at": at, "sentence": sentence} for at, sentence in casefile.uncoded()],
    )
    return as_json_text(checked.model_dump(mode="json"))
